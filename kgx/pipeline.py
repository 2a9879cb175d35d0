"""The chain: files -> documents -> mentions -> claims -> knowledge -> graph. Read this first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO

from kgx.errors import Issue
from kgx.graph import Graph, build_graph
from kgx.ingest import read
from kgx.lang import languages
from kgx.lang.detect import detect
from kgx.models import Annotated, Claims, Document, Knowledge
from kgx.resolve import resolve

Report = Callable[[Issue], None]


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


def build(paths: str | Path | Iterable[str | Path], *, lang: str | None = None) -> Graph:
    """Build the knowledge graph of some documents.

    Args:
        paths: files, folders or glob patterns.
        lang: the language of all of them; by default it is found per document.

    Returns:
        A networkx MultiDiGraph (see `kgx.graph`); its attribute ``graph["issues"]`` lists what could not be read.
    """
    issues: list[Issue] = []
    several = [paths] if isinstance(paths, str | Path) else paths
    graph = build_graph(know(several, lang=lang, report=issues.append))
    graph.graph["issues"] = tuple(issues)
    return graph
