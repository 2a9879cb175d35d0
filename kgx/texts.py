"""The texts of documents: what offsets count in, and where the words around a quote stand.

The text of a page, of a PDF or of a row of a table is in no file: reading made it. So a build keeps such texts beside
the graph, in one file called as the graph is, with ``.texts`` after it: SQLite, a row for each text, by its SHA-256.
`Texts` finds them there, in the graph itself (``kgx build --with-text``), or in the files of the documents; what does
not have the digest that the graph tells is never taken for the text.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import re
import shutil
import sqlite3
import threading
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from kgx.errors import UsageError
from kgx.export.files import replacing, writable
from kgx.ingest import read
from kgx.models import Document
from kgx.query import Endpoint, Store, select

__all__ = ["Texts", "beside", "copying_texts", "keeping_texts", "lacking", "prepare_texts", "write_texts"]

ENDING = ".texts"
_MARK = 0x6B677874  # 'kgxt', by which SQLite tells whose file it is
_SCHEMA = "CREATE TABLE texts (sha256 BLOB PRIMARY KEY, content BLOB NOT NULL) WITHOUT ROWID"
_DIGEST = re.compile("[0-9a-f]{64}")
_LONGEST = 256 * 2**20  # bytes of one text, unpacked


def beside(graph: str | Path) -> Path:
    """The file that keeps the texts of a graph; of a link, beside the graph that it means."""
    target = Path(graph).resolve()
    return target.with_name(target.name + ENDING)


def prepare_texts(graph: str | Path) -> bool:
    """Make sure, before the work is done, that texts can be kept beside a graph; nothing is changed.

    Returns:
        Whether they are to be: a pipe or a terminal has nothing beside it.

    Raises:
        UsageError: if they can't, or another file has the name.
    """
    if Path(graph).exists() and not (Path(graph).is_file() or Path(graph).is_dir()):
        return False
    path = beside(graph)
    writable(path)
    if path.exists() and not _is_ours(path):
        raise UsageError(f"{path}: is no file of texts, and would be replaced by one: move it away")
    return True


@contextlib.contextmanager
def keeping_texts(graph: str | Path, documents: Iterable[Document]) -> Iterator[int]:
    """Keep the texts of documents beside a graph that is written meanwhile: exactly these; if there are none, no file.

    They are made ready before the block, and in place when it ends well: if anything fails, the old graph still has
    its own.

    Args:
        graph: the file or store.
        documents: in any order; the same texts give the same bytes.

    Yields:
        How many texts are kept, each once.

    Raises:
        UsageError: if they can't be written.
    """
    path = beside(graph)
    several = iter(documents)
    first = next(several, None)
    if first is None:
        yield 0
        _remove(path)
        return
    with replacing(path) as aside:
        try:
            count = _filled(aside, itertools.chain([first], several))
        except (OSError, sqlite3.Error) as error:
            raise UsageError(f"{path}: cannot be written: {getattr(error, 'strerror', None) or error}") from error
        yield count


def _filled(path: Path, documents: Iterable[Document]) -> int:
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as base:
        # It is written aside: no journal is needed, and what fails leaves nothing behind.
        base.execute("PRAGMA journal_mode=OFF")
        base.execute("PRAGMA synchronous=OFF")
        base.execute(f"PRAGMA application_id={_MARK}")
        base.execute("PRAGMA page_size=16384")  # holds several articles; of the usual size each would take one
        base.execute(_SCHEMA)
        base.execute("BEGIN")
        base.executemany("INSERT OR IGNORE INTO texts VALUES (?, ?)", map(_row, documents))
        base.execute("COMMIT")
        base.execute("VACUUM")  # whatever the order in which they came, the bytes are the same
        return int(base.execute("SELECT count(*) FROM texts").fetchone()[0])


def write_texts(graph: str | Path, documents: Iterable[Document]) -> int:
    """Keep texts beside a graph that is written already; see `keeping_texts`."""
    with keeping_texts(graph, documents) as count:
        return count


@contextlib.contextmanager
def copying_texts(graph: str | Path, output: str | Path) -> Iterator[None]:
    """Keep beside a graph that is written meanwhile what is kept beside the one that it is made from.

    Raises:
        UsageError: if it can't be written.
    """
    source, target = beside(graph), beside(output)
    if source == target:
        yield
    elif source.is_file():
        with replacing(target) as aside:
            try:
                shutil.copyfile(source, aside)
            except OSError as error:
                raise UsageError(f"{target}: cannot be written: {error.strerror or error}") from error
            yield
    else:
        yield
        _remove(target)


def _row(document: Document) -> tuple[bytes, bytes]:
    return bytes.fromhex(document.sha256), zlib.compress(document.text.encode(), 6)


def _is_ours(path: Path) -> bool:
    try:
        with _opened(path) as base:
            return bool(base.execute("PRAGMA application_id").fetchone()[0] == _MARK)
    except sqlite3.Error:
        return False


def _remove(path: Path) -> None:
    """Texts of a graph that is no more are of no use; a file that is not ours stays."""
    if path.is_file() and _is_ours(path):
        path.unlink()


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    """A file to read, never made and never changed; whoever wrote it, nothing in it is run."""
    base = sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)
    try:
        base.execute("PRAGMA trusted_schema=OFF")
        yield base
    finally:
        base.close()


class Texts:
    """Texts by their digest: of the graph, of the file beside it, of the documents where they lie.

    Args:
        source: the graph, which holds texts if it was built so.
        graph: where it was read from, beside which texts are kept.
        folders: in which the documents lie; they are read when a text is nowhere else.
    """

    def __init__(
        self, source: Store | None = None, graph: str | Path | None = None, folders: Sequence[Path] = ()
    ) -> None:
        self._source = source
        self._file = beside(graph) if graph is not None and not isinstance(source, Endpoint) else None
        self._folders = tuple(folders)
        self._found: dict[str, str] | None = None
        self._lock = threading.Lock()

    def __getitem__(self, sha256: str) -> str | None:
        """The text of a digest; None where it is not at hand."""
        if not _DIGEST.fullmatch(sha256):
            return None
        for find in (self._kept, self._told, self._lying):
            text = find(sha256)
            if text is not None and hashlib.sha256(text.encode("utf8", "replace")).hexdigest() == sha256:
                return text
        return None

    def _kept(self, sha256: str) -> str | None:
        """Of the file beside the graph; opened each time, so that a new one counts at once and any thread may ask."""
        if self._file is None or not self._file.is_file():
            return None
        try:
            with _opened(self._file) as base:
                found = base.execute("SELECT content FROM texts WHERE sha256 = ?", (bytes.fromhex(sha256),)).fetchone()
            return None if found is None else zlib.decompressobj().decompress(found[0], _LONGEST).decode()
        except (sqlite3.Error, zlib.error, TypeError, UnicodeDecodeError):
            return None

    def _told(self, sha256: str) -> str | None:
        if self._source is None:
            return None
        rows = select(self._source, f'SELECT ?text {{ ?document kgx:sha256 "{sha256}" ; kgx:text ?text }} LIMIT 1').rows
        return str(rows[0][0]) if rows else None

    def _lying(self, sha256: str) -> str | None:
        with self._lock:
            if self._found is None:
                known = (d for d in read(self._folders) if isinstance(d, Document)) if self._folders else ()
                self._found = {document.sha256: document.text for document in known}
            return self._found.get(sha256)


def lacking(source: Store, graph: str | Path) -> str | None:
    """What a user is to be told of texts that are only kept beside a graph and are not there; None if all are.

    Args:
        source: the graph.
        graph: where it was read from.
    """
    if isinstance(source, Endpoint):
        return None
    wanted = {
        str(row[0])
        for row in select(
            source,
            "SELECT DISTINCT ?digest { ?document kgx:textFrom ?kind ; kgx:sha256 ?digest "
            "FILTER NOT EXISTS { ?document kgx:text ?text } }",
        ).rows
    }
    path = beside(graph)
    if not wanted:
        return None
    several = f"{len(wanted):,} text{'s' if len(wanted) > 1 else ''}"
    if not path.is_file():
        return f"{several} should be in {path.name}, which is not beside {Path(graph).name}: not shown whole"
    try:
        with _opened(path) as base:
            known = {bytes(row[0]).hex() for row in base.execute("SELECT sha256 FROM texts")}
    except (sqlite3.Error, TypeError) as error:
        return f"{path.name} can't be read ({error}): {several} not shown whole"
    missing = len(wanted - known)
    return f"{path.name} belongs to another graph: it lacks {missing:,} of {several}" if missing else None
