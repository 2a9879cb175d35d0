"""The chain: files -> documents -> mentions -> claims -> knowledge -> graph. Read this first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any, overload

from kgx.claims import Store, key_of
from kgx.copies import without_copies
from kgx.engines import Engine, store_of
from kgx.engines import engine as engine_of
from kgx.engines.local import FAULTS, in_this_machine
from kgx.errors import Aside, Issue, UsageError
from kgx.graph import Graph, build_graph
from kgx.ingest import InputError, Source, derived, document_of, read, sources
from kgx.lang import languages
from kgx.lang.detect import detect
from kgx.models import Annotated, Claims, Document, Knowledge
from kgx.quantities.types import made
from kgx.report import in_a_line, left_aside
from kgx.resolve import resolve
from kgx.workers import Failure, Limits, Task

Report = Callable[[Issue], None]
_LIMITS = Limits()


def named(paths: Any) -> list[str | Path]:
    """The files, folders and patterns that someone names, one or many.

    Raises:
        UsageError: if none is named, or what is no path: an empty name would be the folder one happens to be in.
    """
    try:
        several = [paths] if isinstance(paths, str | Path) else list(paths)
    except TypeError:
        several = [paths]
    if not several:
        raise UsageError("no document is named: give files, folders or patterns")
    for path in several:
        if not isinstance(path, str | Path):
            raise UsageError(f"{path!r} is no path: give files, folders or patterns")
        if not str(path).strip():
            raise UsageError("a path is empty; '.' is the folder you are in")
    return several


def known_language(lang: str | None) -> None:
    """Make sure that the language all documents are said to be in is one that can be read.

    Raises:
        UsageError: if it is not.
    """
    if lang is not None and lang not in languages():
        raise UsageError(f"language {lang!r} is not supported (supported: {', '.join(languages())})")


def readable(
    paths: Iterable[str | Path], *, lang: str | None = None, report: Report, stdin: IO[bytes] | None = None
) -> Iterator[tuple[Document, str]]:
    """Documents with their language; what can't be read is reported and left out."""
    for item in read(named(paths), stdin=stdin):
        if isinstance(item, Issue):
            report(item)
            continue
        try:
            yield item, _language(item, lang)
        except InputError as error:
            report(Issue(item.where, str(error)))


def _language(document: Document, lang: str | None) -> str:
    code = lang or document.lang or detect(document.text)
    if code == "und":
        raise InputError("too few letters to tell the language by; --lang tells which it is")
    if code not in languages():
        known = ", ".join(languages())
        raise InputError(f"language {code!r} is not supported (supported: {known}); if it is one, --lang tells which")
    return code


def found(
    paths: Iterable[str | Path],
    *,
    report: Report,
    aside: Callable[[Aside], None] = lambda other: None,
    stdin: IO[bytes] | None = None,
    remote: bool = False,
) -> Iterator[Source]:
    """Documents as bytes, to be read anywhere; what can't be found or unpacked is reported and left out.

    With `remote`, paths may be URLs of files and folders in object storage. `aside` is told of what lies beside the
    documents and is of no kind that is read.
    """
    for item in sources(named(paths), stdin=stdin, remote=remote):
        if isinstance(item, Source):
            yield item
        elif isinstance(item, Aside):
            aside(item)
        else:
            report(item)


def annotated(documents: Iterable[tuple[Document, str]], *, report: Report) -> Iterator[Annotated]:
    """Mentions of each document."""
    from kgx.annotate import annotate  # loads spaCy and the model, which other commands do not need

    for document, lang in documents:
        try:
            yield annotate(document, lang)
        except FAULTS as error:
            report(_unread(document, error))


def claimed(documents: Iterable[Annotated], *, report: Report) -> Iterator[Claims]:
    """What each document says."""
    from kgx.extract import extract

    for document in documents:
        try:
            yield extract(document)
        except FAULTS as error:
            report(_unread(document.text.document, error))


def read_claims(source: Source, lang: str | None, characters: int) -> bytes:
    """What a document says, as JSON; the whole work on one document, for another process to do.

    It is kept, and may stand in another line when it is asked for again: `Told` says which part of a file it is.

    Args:
        source: its bytes.
        lang: its language; None to find it.
        characters: the longest text to read; 0 for no limit.

    Raises:
        InputError: if it can't be read.
    """
    from kgx.annotate import annotate  # loads spaCy and the model, which other commands do not need
    from kgx.extract import extract

    document = document_of(replace(source, locator=None))
    if characters and len(document.text) > characters:
        raise InputError(f"longer than {characters:,} characters: {len(document.text):,}")
    return extract(annotate(document, _language(document, lang))).model_dump_json().encode()


@dataclass
class Told(Sequence[Claims]):
    """What documents say, kept in a store: `keys` of the documents, and how many were known already.

    Attributes:
        locators: of each which part of a file it is in this run.
        made: keys of those whose text is no file's own.
    """

    store: Store
    keys: list[bytes] = field(default_factory=list)
    locators: list[str | None] = field(default_factory=list)
    made: list[bytes] = field(default_factory=list)
    known: int = 0

    def __iter__(self) -> Iterator[Claims]:
        pairs = zip(self.store.read(self.keys), self.locators, strict=True)
        return (_located(claims, locator) for claims, locator in pairs)

    @overload
    def __getitem__(self, number: int) -> Claims: ...

    @overload
    def __getitem__(self, number: slice) -> list[Claims]: ...

    def __getitem__(self, number: int | slice) -> Claims | list[Claims]:
        if isinstance(number, slice):
            return list(map(_located, self.store.read(self.keys[number]), self.locators[number]))
        return _located(next(self.store.read([self.keys[number]])), self.locators[number])

    def __len__(self) -> int:
        return len(self.keys)

    def documents(self, *, made: bool = False) -> Iterator[Document]:
        """The documents alone, copies among them, each with its text; on demand only those whose text was made."""
        return (claims.document for claims in self.store.read(self.made if made else self.keys))


def _located(claims: Claims, locator: str | None) -> Claims:
    """Claims as kept, of a document that is this part of a file now."""
    if locator is None:
        return claims
    document = made(Document, **{**vars(claims.document), "locator": locator})
    return made(Claims, **{**vars(claims), "document": document})


def told(
    documents: Iterable[Source],
    store: Store,
    *,
    report: Report,
    lang: str | None = None,
    jobs: int = 0,
    limits: Limits = _LIMITS,
    engine: Engine = in_this_machine,
    tick: Callable[[str], None] = lambda where: None,
) -> Told:
    """Find what documents say, and keep it in `store`; what is there already is not read again.

    Neither the engine, nor the number of processes, nor what the store held before changes the outcome.

    Args:
        documents: as found.
        store: where claims are kept.
        report: is told of each document that could not be read.
        lang: the language of all of them; by default it is found per document.
        jobs: how many processes read; 0 for as many as there are processors.
        limits: what one document may cost.
        engine: where they are read (see `kgx.engines`).
        tick: is told where each document was, when it is read.

    Raises:
        UsageError: if no document can be read here, for there is no room for what reading puts aside.
    """
    out = Told(store)

    def keep(key: bytes, source: Source) -> None:
        out.keys.append(key)
        out.locators.append(source.locator)
        if derived(source) is not None:
            out.made.append(key)
        tick(source.where)

    def unknown() -> Iterator[Task]:
        """Those to read; of what the store knows nothing is kept but the key, however much it is."""
        for source in documents:
            key = key_of(source, lang)
            if key not in store:
                yield source, lang, limits.characters
            else:
                keep(key, source)
                out.known += 1

    for (source, *_), claims in engine(unknown(), reader=read_claims, jobs=jobs, limits=limits):
        if isinstance(claims, Failure):
            if claims.machine:
                raise UsageError(claims.reason)
            report(source.fault(claims.reason))
            continue
        key = key_of(source, lang)
        store.add(key, claims)
        keep(key, source)
    return out


def _unread(document: Document, error: Exception) -> Issue:
    return Issue(document.where, f"could not be read ({type(error).__name__}: {error})")


def know(
    paths: Iterable[str | Path], *, lang: str | None = None, report: Report, stdin: IO[bytes] | None = None
) -> Knowledge:
    """Read, annotate, extract and resolve."""
    documents = readable(paths, lang=lang, report=report, stdin=stdin)
    return resolve(without_copies(claimed(annotated(documents, report=report), report=report)))


def build(
    paths: str | Path | Iterable[str | Path],
    *,
    lang: str | None = None,
    jobs: int = 0,
    engine: str = "local",
    ray: str | None = None,
    claims: str | Path | None = None,
) -> Graph:
    """Build the knowledge graph of some documents.

    What can't be read is left out and listed, as long as anything can. A dozen documents or more are read in processes
    of their own, for which Python wants the call in a script to stand below ``if __name__ == "__main__":``.

    Args:
        paths: files, folders or glob patterns; with ``engine="daft"`` also URLs of files and folders.
        lang: the language of all of them; by default it is found per document.
        jobs: how many processes read documents, where there are many; 0 for as many as there are processors.
        engine: ``local``, or ``daft`` (needs the extra ``scale``); the graph is the same.
        ray: the address of a cluster of Ray that the plan of Daft runs on.
        claims: a folder, or with ``engine="daft"`` a URL, that keeps what documents say as Parquet: what is there is
            not read again.

    Returns:
        A networkx MultiDiGraph (see `kgx.graph`); its attribute ``graph["issues"]`` lists what could not be read,
        and ``graph["aside"]`` what lay beside the documents and is of no kind that is read.

    Raises:
        UsageError: if nothing is named, the language is not known, the engine is not installed, claims cannot be kept
            there, or not one document could be read.
    """
    known_language(lang)
    issues: list[Issue] = []
    others: list[Aside] = []
    reading = engine_of(engine, ray=ray)
    with store_of(claims, remote=engine != "local") as store:
        documents = found(named(paths), report=issues.append, aside=others.append, remote=engine != "local")
        known = told(documents, store, report=issues.append, lang=lang, jobs=jobs, engine=reading)
        if not known:
            raise UsageError(f"no document could be read: {_few(issues) or in_a_line(others)}")
        resolved = resolve(without_copies(known))
        graph = build_graph(resolved)
    graph.graph.update(issues=tuple(issues), aside=tuple(left_aside(resolved, others)))
    return graph


def _few(issues: Sequence[Issue], most: int = 3) -> str:
    more = f"; and {len(issues) - most} more" if len(issues) > most else ""
    return "; ".join(map(str, issues[:most])) + more
