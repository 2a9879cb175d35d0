"""The chain: files -> documents -> mentions -> claims -> knowledge -> graph. Read this first."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from kgx.claims import ClaimsStore, key_of
from kgx.copies import without_copies
from kgx.errors import Issue
from kgx.graph import Graph, build_graph
from kgx.ingest import InputError, Source, derived, document_of, read, sources
from kgx.lang import languages
from kgx.lang.detect import detect
from kgx.models import Annotated, Claims, Document, Knowledge
from kgx.resolve import resolve
from kgx.workers import Failure, Limits, cores, in_processes

Report = Callable[[Issue], None]
# Fewer documents than this are read sooner here than processes start.
_FEW = 12
_LIMITS = Limits()


def readable(
    paths: Iterable[str | Path], *, lang: str | None = None, report: Report, stdin: IO[bytes] | None = None
) -> Iterator[tuple[Document, str]]:
    """Documents with their language; what can't be read is reported and left out."""
    for item in read(paths, stdin=stdin):
        if isinstance(item, Issue):
            report(item)
            continue
        try:
            yield item, _language(item, lang)
        except InputError as error:
            report(Issue(item.file_name, str(error)))


def _language(document: Document, lang: str | None) -> str:
    code = lang or document.lang or detect(document.text)
    if code not in languages():
        known = ", ".join(languages())
        raise InputError(f"language {code!r} is not supported (supported: {known}); if it is one, --lang tells which")
    return code


def found(paths: Iterable[str | Path], *, report: Report, stdin: IO[bytes] | None = None) -> Iterator[Source]:
    """Documents as bytes, to be read anywhere; what can't be found or unpacked is reported and left out."""
    for item in sources(paths, stdin=stdin):
        if isinstance(item, Issue):
            report(item)
        else:
            yield item


def annotated(documents: Iterable[tuple[Document, str]], *, report: Report) -> Iterator[Annotated]:
    """Mentions of each document."""
    from kgx.annotate import annotate  # loads spaCy and the model, which other commands do not need

    for document, lang in documents:
        try:
            yield annotate(document, lang)
        except _FAULTS as error:
            report(_unread(document, error))


def claimed(documents: Iterable[Annotated], *, report: Report) -> Iterator[Claims]:
    """What each document says."""
    from kgx.extract import extract

    for document in documents:
        try:
            yield extract(document)
        except _FAULTS as error:
            report(_unread(document.text.document, error))


def read_claims(source: Source, lang: str | None, characters: int) -> bytes:
    """What a document says, as JSON; the whole work on one document, for another process to do.

    Args:
        source: its bytes.
        lang: its language; None to find it.
        characters: the longest text to read; 0 for no limit.

    Raises:
        InputError: if it can't be read.
    """
    from kgx.annotate import annotate  # loads spaCy and the model, which other commands do not need
    from kgx.extract import extract

    document = document_of(source)
    if characters and len(document.text) > characters:
        raise InputError(f"longer than {characters:,} characters: {len(document.text):,}")
    return extract(annotate(document, _language(document, lang))).model_dump_json().encode()


@dataclass
class Told:
    """What documents say, kept in a store: `keys` of the documents, and how many were known already.

    Attributes:
        made: of them those whose text is no file's own.
    """

    store: ClaimsStore
    keys: list[bytes] = field(default_factory=list)
    made: list[bytes] = field(default_factory=list)
    known: int = 0

    def __iter__(self) -> Iterator[Claims]:
        return self.store.read(self.keys)

    def __len__(self) -> int:
        return len(self.keys)

    def documents(self, *, made: bool = False) -> Iterator[Document]:
        """The documents alone, copies among them, each with its text; on demand only those whose text was made."""
        return self.store.documents(self.made if made else self.keys)


def told(
    documents: Iterable[Source],
    store: ClaimsStore,
    *,
    report: Report,
    lang: str | None = None,
    jobs: int = 0,
    limits: Limits = _LIMITS,
    tick: Callable[[str], None] = lambda where: None,
) -> Told:
    """Find what documents say, and keep it in `store`; what is there already is not read again.

    Neither the number of processes nor what the store held before changes the outcome.

    Args:
        documents: as found.
        store: where claims are kept.
        report: is told of each document that could not be read.
        lang: the language of all of them; by default it is found per document.
        jobs: how many processes read; 0 for as many as there are processors.
        limits: what one document may cost.
        tick: is told where each document was, when it is read.
    """
    out = Told(store)
    for source, claims in _read(iter(documents), out, lang, jobs=jobs or cores(), limits=limits):
        if isinstance(claims, Failure):
            report(Issue(source.where, claims.reason))
            continue
        key = key_of(source, lang)
        if claims is not None:
            store.add(key, claims)
        out.keys.append(key)
        if derived(source) is not None:
            out.made.append(key)
        tick(source.where)
    return out


def _read(
    documents: Iterator[Source], out: Told, lang: str | None, *, jobs: int, limits: Limits
) -> Iterator[tuple[Source, bytes | Failure | None]]:
    """Each document with its claims; with None where the store knows them."""

    def unknown() -> Iterator[tuple[Source, str | None, int]]:
        for source in documents:
            if key_of(source, lang) in out.store:
                passed.append(source)
            else:
                yield source, lang, limits.characters

    passed: list[Source] = []
    fresh = unknown()
    first = list(itertools.islice(fresh, _FEW))
    several = len(first) == _FEW
    tasks = itertools.chain(first, fresh)
    outcomes = in_processes(tasks, read_claims, jobs=jobs, limits=limits) if several else map(_here, tasks)
    for task, outcome in outcomes:
        yield from _known(passed, out)
        yield task[0], outcome
    yield from _known(passed, out)


def _known(passed: list[Source], out: Told) -> Iterator[tuple[Source, None]]:
    out.known += len(passed)
    yield from ((source, None) for source in passed)
    passed.clear()


def _here(task: tuple[Source, str | None, int]) -> tuple[tuple[Source, str | None, int], bytes | Failure]:
    try:
        return task, read_claims(*task)
    except InputError as error:
        return task, Failure(str(error))
    except _FAULTS as error:
        return task, Failure(f"could not be read ({type(error).__name__}: {error})")


# A fault of ours in one document is told like a fault of the document: it must not cost the other ninety-nine.
_FAULTS = (ArithmeticError, LookupError, RecursionError, TypeError, ValueError)


def _unread(document: Document, error: Exception) -> Issue:
    return Issue(document.file_name, f"could not be read ({type(error).__name__}: {error})")


def know(
    paths: Iterable[str | Path], *, lang: str | None = None, report: Report, stdin: IO[bytes] | None = None
) -> Knowledge:
    """Read, annotate, extract and resolve."""
    documents = readable(paths, lang=lang, report=report, stdin=stdin)
    return resolve(without_copies(claimed(annotated(documents, report=report), report=report)))


def build(paths: str | Path | Iterable[str | Path], *, lang: str | None = None, jobs: int = 0) -> Graph:
    """Build the knowledge graph of some documents.

    Args:
        paths: files, folders or glob patterns.
        lang: the language of all of them; by default it is found per document.
        jobs: how many processes read documents, where there are many; 0 for as many as there are processors.

    Returns:
        A networkx MultiDiGraph (see `kgx.graph`); its attribute ``graph["issues"]`` lists what could not be read.
    """
    issues: list[Issue] = []
    several = [paths] if isinstance(paths, str | Path) else paths
    with ClaimsStore() as store:
        documents = found(several, report=issues.append)
        claims = told(documents, store, report=issues.append, lang=lang, jobs=jobs)
        graph = build_graph(resolve(without_copies(claims)))
    graph.graph["issues"] = tuple(issues)
    return graph
