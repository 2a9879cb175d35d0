"""What a build read, what it skipped and why, for a program or a person to look through."""

from __future__ import annotations

import platform
import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from kgx import __version__
from kgx.claims import fingerprint, libraries, model_digest
from kgx.errors import Aside, Issue
from kgx.ingest.formats import ending_of
from kgx.models import Knowledge

__all__ = ["NOTHING", "BuildReport", "Stopwatch", "build_report", "in_a_line", "left_aside"]

NOTHING = Knowledge(documents=(), things=(), facts=())
_DIGITS = re.compile(r"([0-9]+)")
_KINDS = 8  # that a line names of what was left aside for one reason


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Versions(_Part):
    """What read; the same rules and model read the same from the same documents."""

    kgx: str
    python: str
    rules: str = Field(description="digest of all code, rules, tables and weights that decide what a document says")
    model: str = Field(description="digest of the model's weights")
    libraries: dict[str, str] = Field(description="versions of those that what is read depends on")


class Read(_Part):
    """Numbers of what was read."""

    documents: int = Field(description="all that were read, copies included")
    copies: int = Field(description="of these, copies of others: they count as one witness")
    from_cache: int = Field(description="of these, known to the cache and not read again")
    characters: int = Field(description="of the originals")
    languages: dict[str, int] = Field(description="documents of each, copies included")


class ReadDocument(_Part):
    """A document that was read and is no copy."""

    id: str
    file: str
    locator: str | None = Field(default=None, description="which part of a file it is; null: a whole one")
    lang: str
    characters: int
    facts: int


class CopiedDocument(_Part):
    """A document that says what another says."""

    id: str
    file: str
    locator: str | None = Field(default=None, description="as above")
    lang: str
    copy_of: str = Field(description="id of the original")


class Skipped(_Part):
    """An input that could not be read."""

    where: str = Field(description="path, member!of an archive, or line:number")
    reason: str


class LeftAside(_Part):
    """What lay beside the documents, and is of no kind that is read."""

    where: str = Field(description="as above; of records of a crawl, the crawl")
    kind: str = Field(description="an ending, a media type, a status")
    reason: str
    number: int = Field(description="how many")


class BuildReport(_Part):
    """The report of a build; ``kgx build --report`` writes it as JSON."""

    versions: Versions
    limits: dict[str, float] = Field(description="what one document might cost: characters, seconds, megabytes; 0: any")
    read: Read
    skipped: tuple[Skipped, ...] = Field(description="each input that could not be read, once, with the reason")
    aside: tuple[LeftAside, ...] = Field(description="what lay beside the documents and is of no kind that is read")
    found: dict[str, int] = Field(description="things and facts by kind")
    seconds: dict[str, float] = Field(description="of each stage, by the clock: read, resolve, reconcile, graph, write")
    documents: tuple[ReadDocument, ...]
    copies: tuple[CopiedDocument, ...]


class Stopwatch:
    """Seconds by the clock of the stages of a run, in the order in which they came."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        began = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[stage] = round(self.seconds.get(stage, 0.0) + time.perf_counter() - began, 3)


def build_report(
    knowledge: Knowledge,
    skipped: Sequence[Issue],
    aside: Sequence[Aside] = (),
    *,
    known: int = 0,
    seconds: dict[str, float] | None = None,
    limits: dict[str, float] | None = None,
) -> str:
    """A report as JSON: a `BuildReport`.

    Args:
        knowledge: what the build found.
        skipped: what could not be read.
        aside: what was left aside, see `left_aside`.
        known: how many documents a cache spared.
        seconds: of each stage.
        limits: what one document might cost.
    """
    originals = knowledge.documents
    copies = [(copy, d.document.id) for d in originals for copy in d.copies]
    languages = Counter([*(d.lang for d in originals), *(copy.lang or "" for copy, _ in copies)])
    found = Counter([*(t.kind for t in knowledge.things), *(f.type for f in knowledge.facts)])
    report = BuildReport(
        versions=Versions(
            kgx=__version__,
            python=platform.python_version(),
            rules=fingerprint(),
            model=model_digest(),
            libraries=libraries(),
        ),
        limits=limits or {},
        read=Read(
            documents=len(originals) + len(copies),
            copies=len(copies),
            from_cache=known,
            characters=sum(len(d.document.text) for d in originals),
            languages=dict(sorted(languages.items())),
        ),
        skipped=tuple(Skipped(where=issue.where, reason=issue.reason) for issue in sorted(skipped, key=_natural)),
        aside=tuple(LeftAside(**vars(other)) for other in aside),
        found=dict(sorted(found.items())),
        seconds=seconds or {},
        documents=tuple(
            ReadDocument(
                id=d.document.id,
                file=d.document.file_name,
                locator=d.document.locator,
                lang=d.lang,
                characters=len(d.document.text),
                facts=len(d.facts),
            )
            for d in originals
        ),
        copies=tuple(
            CopiedDocument(
                id=copy.id, file=copy.file_name, locator=copy.locator, lang=copy.lang or "", copy_of=original
            )
            for copy, original in copies
        ),
    )
    return report.model_dump_json(indent=2) + "\n"


def left_aside(knowledge: Knowledge, found: Iterable[Aside]) -> list[Aside]:
    """All that lay beside the documents and was not read, in order: what was found so, and attachments of mails."""
    documents = [document for claims in knowledge.documents for document in (claims.document, *claims.copies)]
    attached = (
        Aside(f"{document.where}!{name}", name if "/" in name else ending_of(name), "attachments of mails")
        for document in documents
        for name in document.attachments
    )
    return sorted([*found, *attached], key=_natural)


def _natural(told: Issue | Aside) -> tuple[list[Any], str]:
    """A key that puts the second line before the tenth, as people count."""
    parts: list[Any] = _DIGITS.split(told.where)  # text and numbers by turns
    parts[1::2] = [(len(number), number) for digits in parts[1::2] for number in [digits.lstrip("0")]]
    return parts, str(told)


def in_a_line(aside: Iterable[Aside]) -> str:
    """How much was left aside, by reason and kind, the most first.

    >>> in_a_line([Aside("a.png", ".png", "not a kind that kgx reads"), Aside("w", "status 404", "no page", 3)])
    '3 status 404 (no page); 1 .png (not a kind that kgx reads)'
    """
    reasons: dict[str, Counter[str]] = defaultdict(Counter)
    for other in aside:
        reasons[other.reason][other.kind] += other.number
    parts = []
    for reason, kinds in sorted(reasons.items(), key=lambda item: (-item[1].total(), item[0])):
        ordered = sorted(kinds.items(), key=lambda item: (-item[1], item[0]))
        names = [f"{number:,} {kind}" for kind, number in ordered[:_KINDS]]
        if rest := sum(number for _, number in ordered[_KINDS:]):
            names.append(f"{rest:,} of {len(ordered) - _KINDS} other kinds")
        parts.append(f"{', '.join(names)} ({reason})")
    return "; ".join(parts)
