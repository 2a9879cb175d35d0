"""The chain: files -> documents -> mentions -> claims -> knowledge -> graph. Read this first."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from kgx.claims import ClaimsStore, key_of
from kgx.errors import Issue
from kgx.graph import Graph, build_graph
from kgx.ingest import read
from kgx.lang import languages
from kgx.lang.detect import detect
from kgx.models import Annotated, Claims, Document, Knowledge
from kgx.resolve import resolve
from kgx.workers import Failure, Limits, Task, cores, in_processes

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
        code = lang or item.lang or detect(item.text)
        if code not in languages():
            report(Issue(item.file_name, f"language {code!r} is not supported (supported: {', '.join(languages())})"))
            continue
        yield item, code


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


def read_claims(document: Document, lang: str) -> bytes:
    """What a document says, as JSON; the whole work on one document, for another process to do."""
    from kgx.annotate import annotate
    from kgx.extract import extract

    return extract(annotate(document, lang)).model_dump_json().encode()


@dataclass
class Told:
    """What documents say, kept in a store: `keys` in the order of the documents, and how many were known already."""

    store: ClaimsStore
    keys: list[bytes] = field(default_factory=list)
    known: int = 0

    def __iter__(self) -> Iterator[Claims]:
        return self.store.read(self.keys)

    def __len__(self) -> int:
        return len(self.keys)


def told(
    documents: Iterable[Task],
    store: ClaimsStore,
    *,
    report: Report,
    jobs: int = 0,
    limits: Limits = _LIMITS,
    tick: Callable[[Document], None] = lambda document: None,
) -> Told:
    """Find what documents say, and keep it in `store`; what is there already is not read again.

    Neither the number of processes nor what the store held before changes the outcome.

    Args:
        documents: with their languages.
        store: where claims are kept.
        report: is told of each document that could not be read.
        jobs: how many processes read; 0 for as many as there are processors.
        limits: what one document may cost.
        tick: is called after each document.
    """
    found = Told(store)
    within = _within(documents, limits, report)
    for (document, lang), claims in _read(within, found, jobs=jobs or cores(), limits=limits):
        if isinstance(claims, Failure):
            report(Issue(document.file_name, claims.reason))
            continue
        key = key_of(document, lang)
        if claims is not None:
            store.add(key, claims)
        found.keys.append(key)
        tick(document)
    return found


def _within(documents: Iterable[Task], limits: Limits, report: Report) -> Iterator[Task]:
    for document, lang in documents:
        if limits.characters and len(document.text) > limits.characters:
            report(Issue(document.file_name, f"longer than {limits.characters:,} characters: {len(document.text):,}"))
        else:
            yield document, lang


def _read(
    documents: Iterator[Task], found: Told, *, jobs: int, limits: Limits
) -> Iterator[tuple[Task, bytes | Failure | None]]:
    """Each document with its claims; with None where the store knows them."""

    def unknown() -> Iterator[Task]:
        for task in documents:
            if key_of(*task) in found.store:
                passed.append(task)
            else:
                yield task

    passed: list[Task] = []
    fresh = unknown()
    first = list(itertools.islice(fresh, _FEW))
    several = len(first) == _FEW
    tasks = itertools.chain(first, fresh)
    outcomes = in_processes(tasks, read_claims, jobs=jobs, limits=limits) if several else map(_here, tasks)
    for task, outcome in outcomes:
        yield from _known(passed, found)
        yield task, outcome
    yield from _known(passed, found)


def _known(passed: list[Task], found: Told) -> Iterator[tuple[Task, None]]:
    found.known += len(passed)
    yield from ((task, None) for task in passed)
    passed.clear()


def _here(task: Task) -> tuple[Task, bytes | Failure]:
    try:
        return task, read_claims(*task)
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
    return resolve(claimed(annotated(documents, report=report), report=report))


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
        graph = build_graph(
            resolve(told(readable(several, lang=lang, report=issues.append), store, report=issues.append, jobs=jobs))
        )
    graph.graph["issues"] = tuple(issues)
    return graph
