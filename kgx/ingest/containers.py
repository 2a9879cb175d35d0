"""Files that hold several documents: JSON lines, tables, feeds, crawls, archives, and anything compressed.

Each is read as a stream, document by document, within limits: what unpacks to too much, nests too deep or breaks off is
named, and what was read of it before stays.
"""

from __future__ import annotations

import bz2
import gzip
import html
import io
import json
import lzma
import re
import stat
import tarfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any, Self, cast

from kgx.errors import Aside, Issue, printable
from kgx.ingest.formats import ending_of, kind_of, needed
from kgx.ingest.source import FIELDS, InputError, InputLimits, NoTexts, Source
from kgx.ingest.table import lacking, rows

__all__ = ["CONTAINERS", "Budget", "is_container", "left_aside", "sources_in"]

Found = Iterator[Source | Issue | Aside]
# Of what stands before a document and is held in memory: a head of a crawl, a long name in an archive.
_HEAD = 2**20
_TAR_EXTENSIONS = (
    tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK,
)  # fmt: skip
# Bytes of zstd at a time: each may unpack to thirty thousand.
_PIECE = 2**10
# What a line or record costs at least: a million of them are work, even if there is nothing in them.
_LINE_COST, _RECORD_COST = 64, 2**10
# A file may unpack to this many times its size, or to this much, whichever is more: text packs to a tenth.
_RATIO, _FREE = 200, 2**30


class Budget:
    """How much a file may still unpack to."""

    def __init__(self, size: int, limits: InputLimits) -> None:
        self.left = min(limits.container, max(_FREE, _RATIO * size))

    def spend(self, amount: int) -> None:
        self.left -= amount
        if self.left < 0:
            raise InputError("unpacks to far more than its size: not read on")


@dataclass(frozen=True)
class _Input:
    """A stream with its name, what messages call it, and what it may cost."""

    name: str
    where: str
    stream: IO[bytes]
    limits: InputLimits
    budget: Budget
    depth: int

    @property
    def stem(self) -> str:
        return PurePosixPath(self.name).name.partition(".")[0] or "x"


class _Counted(io.RawIOBase):
    """A stream that counts what is read from it against a budget."""

    def __init__(self, stream: IO[bytes], budget: Budget) -> None:
        self._stream, self._budget = stream, budget

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        # One piece at a time: of a stream that is cut off, all is given that stands before.
        piece = getattr(self._stream, "read1", self._stream.read)(len(buffer))
        self._budget.spend(len(piece))
        buffer[: len(piece)] = piece
        return len(piece)


class _Zstd(io.RawIOBase):
    """What a stream of zstd unpacks to; unlike the library's own reader it tells where the stream is cut off."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self._make = stream, needed("zstandard").ZstdDecompressor(max_window_size=2**27).decompressobj
        self._frame, self._begun, self._rest, self._ready = self._make(), False, b"", b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._ready:
            packed = self._rest or self._stream.read(_PIECE)
            if not packed:
                if self._begun:
                    raise EOFError("the file ends before its content does")
                return 0
            self._ready, self._begun = self._frame.decompress(packed), True
            self._rest = self._frame.unused_data
            if self._frame.eof:
                self._frame, self._begun = self._make(), False
        piece, self._ready = self._ready[: len(buffer)], self._ready[len(buffer) :]
        buffer[: len(piece)] = piece
        return len(piece)


_PACKED: dict[str, Callable[[IO[bytes]], IO[bytes]]] = {
    ".gz": lambda s: gzip.GzipFile(fileobj=s),  # type: ignore[dict-item,return-value]
    ".bz2": bz2.BZ2File,
    ".xz": lzma.LZMAFile,
    ".zst": _Zstd,  # type: ignore[dict-item]
}
_SHORT = {".tgz": ".tar.gz", ".tbz2": ".tar.bz2", ".txz": ".tar.xz"}
_FAULTS = (
    OSError, EOFError, zlib.error, lzma.LZMAError, tarfile.TarError, zipfile.BadZipFile, NotImplementedError,
    RuntimeError, ValueError,
)  # fmt: skip


def sources_in(
    name: str,
    where: str,
    stream: IO[bytes],
    *,
    limits: InputLimits,
    budget: Budget,
    depth: int = 0,
    named: bool = True,
) -> Found:
    """The documents of a file, whatever it is.

    Args:
        name: of the file, whose endings tell what it is.
        where: what messages call it.
        stream: its bytes.
        limits: of size and depth.
        budget: what it may unpack to.
        depth: how many archives it lies within.
        named: whether it was asked for; one that was only found and holds no texts is left aside.
    """
    name, where = printable(name), printable(where)
    suffix = PurePosixPath(name).suffix.lower()
    if suffix in _SHORT:
        name, suffix = name[: -len(suffix)] + _SHORT[suffix], "." + _SHORT[suffix].rpartition(".")[2]
    try:
        if suffix in _PACKED and not name.lower().endswith(".warc.gz"):
            unpacked = io.BufferedReader(_Counted(_PACKED[suffix](stream), budget), 2**16)
            inner = name[: -len(suffix)]
            yield from sources_in(inner, where, unpacked, limits=limits, budget=budget, depth=depth, named=named)
            return
        given = _Input(name, where, stream, limits, budget, depth)
        yield from CONTAINERS.get(_suffix(name), _single)(given)
    except NoTexts as error:
        yield Issue(where, str(error)) if named else Aside(where, suffix, error.reason)
    except InputError as error:
        if depth and budget.left < 0:
            raise  # told once, of the file, and not of each of its members
        yield Issue(where, str(error))
    except _FAULTS as error:
        yield Issue(where, f"broken off: {getattr(error, 'strerror', None) or error or type(error).__name__}")
    except MemoryError:
        raise
    except Exception as error:  # whatever a library makes of strange bytes, it must not cost the other files
        yield Issue(where, f"broken off: {type(error).__name__}: {error}")


def _suffix(name: str) -> str:
    return ".warc" if name.lower().endswith(".warc.gz") else PurePosixPath(name).suffix.lower()


def is_container(name: str) -> bool:
    """Whether a file of this name may hold several documents, or is packed."""
    suffix = PurePosixPath(name).suffix.lower()
    if suffix in _PACKED:
        inner = name[: -len(suffix)]
        return kind_of(inner) is not None or is_container(inner)
    return suffix in CONTAINERS or suffix in _SHORT


def left_aside(name: str, where: str) -> Aside | None:
    """What is told of a file that is of no kind that is read; None if it is of one."""
    if kind_of(name) is not None or is_container(name):
        return None
    return Aside(where, ending_of(name), "not a kind that kgx reads")


def _single(given: _Input) -> Found:
    kind = kind_of(given.name)
    content = _bounded(given.stream, given.limits.document)
    if not content.strip():
        raise InputError("empty file")
    name = PurePosixPath(given.name).name
    yield Source(PurePosixPath(name).stem, name, given.where, kind or "plain", content)


def _bounded(stream: IO[bytes], limit: int) -> bytes:
    content = stream.read(limit + 1)
    if len(content) > limit:
        raise InputError(f"larger than {limit // 2**20} MB")
    return content


def _lines(given: _Input) -> Found:
    """JSON lines; a line that is longer than a document may be is passed over, not held."""
    number = 0
    while True:
        line = given.stream.readline(given.limits.document + 1)
        if not line:
            return
        given.budget.spend(_LINE_COST)
        number += 1
        here = f"{given.where}:{number}"
        if len(line) > given.limits.document:
            while line and not line.endswith(b"\n"):
                line = given.stream.readline(2**20)
            yield Issue(here, f"a line larger than {given.limits.document // 2**20} MB")
            continue
        if line.strip():
            yield _record_line(given, line, here, number)


def _record_line(given: _Input, line: bytes, here: str, number: int) -> Source | Issue:
    try:
        record = json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8"))
    except UnicodeDecodeError as error:
        return Issue(here, f"not UTF-8: byte 0x{line[error.start]:02x} at offset {error.start}")
    except (ValueError, RecursionError) as error:  # a ValueError may be a number of thousands of digits
        return Issue(here, f"not JSON: {getattr(error, 'msg', error)}")
    if not isinstance(record, dict) or not isinstance(record.get("text"), str):
        return Issue(here, "not an object with a string 'text'")
    return _record(given, record, here, number)


def _record(given: _Input, record: dict[str, Any], here: str, number: int) -> Source:
    identifier = record.get("id")
    fields = {key: record[key] for key in FIELDS if record.get(key) not in (None, "")}
    content = record["text"].encode("utf-8", "surrogatepass")
    name = PurePosixPath(given.name).name
    return Source(
        str(identifier) if identifier is not None else f"{given.stem}-{number}", name, here, "text", content, fields
    )


def _parquet(given: _Input) -> Found:
    """Rows with a column ``text``, and others named as the fields of a document."""
    parquet = needed("pyarrow.parquet")
    stream = given.stream if given.stream.seekable() else io.BytesIO(_bounded(given.stream, given.budget.left))
    # As dictionaries texts are not copied for each row that repeats them.
    try:
        names = parquet.ParquetFile(stream).schema_arrow.names
    except ValueError as error:
        raise InputError(f"not a Parquet file, or cut off: {error}") from error
    columns = [name for name in ("id", "text", *FIELDS) if name in names]
    if "text" not in columns:
        raise lacking("text", names)
    table = parquet.ParquetFile(stream, read_dictionary=columns)
    for group in range(table.num_row_groups):
        about = table.metadata.row_group(group)
        if about.total_byte_size > given.budget.left:
            raise InputError("unpacks to far more than its size: not read on")
    number = 0
    for batch in table.iter_batches(batch_size=256, columns=columns):
        for row in range(batch.num_rows):
            number += 1
            here = f"{given.where}:{number}"
            record = {name: batch.column(place)[row].as_py() for place, name in enumerate(batch.schema.names)}
            if not isinstance(record.get("text"), str):
                yield Issue(here, "its text is no string")
                continue
            given.budget.spend(len(record["text"]))
            if len(record["text"]) > given.limits.document:
                yield Issue(here, f"larger than {given.limits.document // 2**20} MB")
            else:
                yield _record(given, record, here, number)


def _table(given: _Input) -> Found:
    """Rows of CSV or TSV, with columns as of `_parquet`."""
    for number, row in enumerate(rows(given.stream, column="text", longest=given.limits.document), 1):
        given.budget.spend(_LINE_COST)
        here = f"{given.where}:{number}"
        if isinstance(row, str):
            yield Issue(here, row)
        else:
            told = {name: cell.strip() for name, cell in row.items() if cell.strip() and name != "text"}
            text = row.get("text", "").replace("\r\n", "\n").replace("\r", "\n")
            yield _record(given, {**told, "text": text}, here, number)


_MEDIA = {"text/html": "html", "application/xhtml+xml": "html", "application/pdf": "pdf", "text/plain": "plain"}


def _warc(given: _Input) -> Found:
    """Pages of a crawl, each with the address it was fetched from; what else was fetched is counted."""
    others: Counter[str] = Counter()
    fault = None
    try:
        yield from _pages(given, others)
    except Exception as error:
        fault = error
    for kind, number in sorted(others.items()):
        yield Aside(given.where, kind, "records of a crawl that are no page", number)
    if fault is not None:
        raise fault


def _pages(given: _Input, others: Counter[str]) -> Found:
    needed("warcio")
    from warcio.archiveiterator import ArchiveIterator

    number = 0
    archive = ArchiveIterator(given.stream)
    heads = _Heads(archive.reader, given.budget)
    for record in _records(archive):
        given.budget.spend(_RECORD_COST)
        kind, other = _page(record)
        found = _page_source(given, record, kind, number + 1) if kind else None
        others.update(filter(None, [other]))
        if _cut(record):
            raise EOFError("the file ends within a record")
        heads.begun = False
        if found is not None:
            number += 1
            yield found
    if heads.begun:
        raise EOFError("the file ends within the head of a record")
    if not number:
        raise InputError("a crawl without pages")


# Records that tell of others, and hold nothing that was fetched.
_ABOUT = ("warcinfo", "request", "metadata")


def _page(record: Any) -> tuple[str | None, str | None]:
    """How the content of a record is read, or else what was fetched instead of a page."""
    if record.rec_type not in ("response", "resource"):
        return None, None if record.rec_type in _ABOUT else str(record.rec_type)
    status = record.http_headers.get_statuscode() if record.http_headers else "200"
    if status != "200":
        return None, f"status {status}"
    media = _media(record).partition(";")[0].strip().lower()
    kind = _MEDIA.get(media)
    return kind, None if kind else media or "without a type"


def _media(record: Any) -> str:
    return (record.http_headers or record.rec_headers).get_header("Content-Type") or ""


def _page_source(given: _Input, record: Any, kind: str, number: int) -> Source | Issue:
    here = f"{given.where}:{number}"
    content = record.content_stream().read(given.limits.document + 1)
    given.budget.spend(len(content))
    charset = re.search(r"charset=\"?([\w.:-]+)", _media(record), re.I)
    fields = {
        "url": record.rec_headers.get_header("WARC-Target-URI"), "charset": charset[1] if charset else None,
    }  # fmt: skip
    told = {key: value for key, value in fields.items() if value}
    source = Source(f"{given.stem}-{number}", PurePosixPath(given.name).name, here, kind, content, told)
    if len(content) > given.limits.document:
        return source.fault(f"larger than {given.limits.document // 2**20} MB")
    return source


def _cut(record: Any) -> bool:
    """Whether a record ends before the length that its head tells, or the head before it tells any."""
    while record.raw_stream.read(2**16):
        pass
    return record.length is None or bool(getattr(record.raw_stream, "limit", 0) > 0)


class _Heads:
    """Bounds what the reader of a crawl holds of a head, and what it unpacks; knows whether a head was begun."""

    def __init__(self, reader: Any, budget: Budget) -> None:
        self._read, self._readline, self._budget = reader.read, reader.readline, budget
        self._length = 0
        self.begun = False
        reader.read, reader.readline = self._bounded_read, self._bounded_line

    def _bounded_read(self, length: int | None = None) -> bytes:
        content: bytes = self._read(length)
        self._length = 0
        self._budget.spend(len(content))
        return content

    def _bounded_line(self, length: int | None = None) -> bytes:
        line: bytes = self._readline(min(length or _HEAD, _HEAD))
        self._length += len(line)
        self.begun = self.begun or bool(line.strip())
        self._budget.spend(len(line))
        if self._length >= _HEAD:
            raise InputError(f"a head larger than {_HEAD // 2**20} MB")
        return line


def _records(records: Iterator[Any]) -> Iterator[Any]:
    while True:
        try:
            with redirect_stderr(io.StringIO()):  # the library prints what it wonders at
                record = next(records, None)
        except InputError:
            raise
        except Exception as error:  # a damaged head makes the library stumble in any way
            raise InputError(f"broken off: {error}") from error
        if record is None:
            return
        yield record


def _zip(given: _Input) -> Found:
    stream = given.stream if given.stream.seekable() else io.BytesIO(_bounded(given.stream, given.limits.document))
    try:
        whole = zipfile.ZipFile(stream)
    except zipfile.BadZipFile as error:
        raise InputError("not a zip archive, or cut off") from error
    with whole as archive:
        for member in sorted(archive.infolist(), key=lambda m: m.filename):
            name = _named(member.filename)
            # One without a name is none of ours, and the library stumbles over it.
            if not name or name.endswith("/") or _hidden(name):
                continue
            here = f"{given.where}!{member.filename}"
            if (aside := _aside(name, here)) is not None:
                yield aside
                continue
            if member.flag_bits & 1:
                yield Issue(here, "locked with a password")
                continue
            try:
                with archive.open(member) as inner:
                    yield from _member(given, name, here, inner)
            except _FAULTS as error:
                yield Issue(here, f"broken off: {error or type(error).__name__}")


class _TarHead(tarfile.TarInfo):
    """The head of a member, whose long name or other extension is held in memory, and therefore bounded."""

    def _proc_member(self, archive: tarfile.TarFile) -> Any:
        if self.type in _TAR_EXTENSIONS and self.size > _HEAD:
            raise tarfile.ReadError(f"a head larger than {_HEAD // 2**20} MB")
        return super()._proc_member(archive)  # type: ignore[misc]

    @classmethod
    def fromtarfile(cls, archive: tarfile.TarFile) -> Self:
        try:
            return super().fromtarfile(archive)
        except tarfile.EOFHeaderError:  # type: ignore[attr-defined]
            archive.ended = True  # type: ignore[attr-defined]
            raise


class _ToTheCut:
    """A stream that may be cut off: what stands before is read first, and the reason is told after it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._fault: Exception | None = None

    def read(self, size: int) -> bytes:
        found = b""
        while len(found) < size and self._fault is None:
            try:
                if not (piece := self._stream.read1(size - len(found))):  # type: ignore[attr-defined]
                    break
                found += piece
            except _FAULTS as error:
                self._fault = error
        if self._fault is not None and not found:
            raise self._fault
        return found


def _tar(given: _Input) -> Found:
    try:
        whole = tarfile.open(fileobj=cast(Any, _ToTheCut(given.stream)), mode="r|", tarinfo=_TarHead)
    except tarfile.ReadError as error:
        raise InputError(f"not a tar archive, or cut off: {error}") from error
    with whole as archive:
        while (member := archive.next()) is not None:
            archive.members = []  # type: ignore[attr-defined]  # else all heads would be kept
            name = _named(member.name)
            if member.isdir() or _hidden(name):
                continue
            here = f"{given.where}!{member.name}"
            inner = archive.extractfile(member) if member.isfile() else None
            aside = _aside(name, here) if inner is not None else Aside(here, "link or device", "no regular file")
            if inner is None or aside is not None:
                yield from filter(None, [aside])
                continue
            told = False
            for found in _member(given, name, here, inner):
                told = isinstance(found, Issue)
                yield found
            try:
                while inner.read(2**20):
                    pass
            except _FAULTS:
                if not told:
                    raise
                return  # it ends within this member, which is named
        if not hasattr(archive, "ended"):  # tarfile takes the end of the file for the end of the archive
            raise EOFError("the archive ends before its end is marked")


def _named(name: str) -> str:
    """The name of a member, its folders parted by slashes: some programs write the backslashes of Windows."""
    return name.replace("\\", "/")


def _hidden(name: str) -> bool:
    """Whether a member of an archive is what systems leave beside documents."""
    return any(part.startswith((".", "__MACOSX")) and part != ".." for part in PurePosixPath(name).parts)


def _aside(name: str, where: str) -> Aside | None:
    """What is told of a member that is not read; None if it is."""
    if ".." in PurePosixPath(name).parts:
        return Aside(where, ending_of(name), "its name leads out of the archive")
    return left_aside(PurePosixPath(name).name, where)


def _member(given: _Input, name: str, here: str, stream: IO[bytes]) -> Found:
    nested = is_container(name)
    if nested and given.depth + 1 >= given.limits.depth:
        yield Issue(here, f"archives within archives, deeper than {given.limits.depth}")
        return
    counted = io.BufferedReader(_Counted(stream, given.budget), 2**16)
    # An archive within one is held in memory, for it is read from its end.
    try:
        inner = io.BytesIO(_bounded(counted, given.limits.document)) if nested else counted
    except InputError as error:
        if given.budget.left < 0:
            raise
        yield Issue(here, str(error))
        return
    depth = given.depth + 1
    yield from sources_in(name, here, inner, limits=given.limits, budget=given.budget, depth=depth, named=False)


_BLOCK = re.compile(r"<(?:/?(?:p|div|li|h\d|tr|blockquote)\b[^<>]*|br\s*/?)>", re.I)
_TAG = re.compile(r"<[^<>]*>")


def _feed(given: _Input) -> Found:
    """Entries of RSS, RDF and Atom: title, text or summary, address and date."""
    needed("lxml")
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
    try:
        root = etree.fromstring(_bounded(given.stream, given.limits.document), parser)
    except etree.XMLSyntaxError as error:
        raise InputError(f"this feed cannot be read: {error}") from error
    entries = [e for e in root.iter() if isinstance(e.tag, str) and _local(e.tag) in ("item", "entry")]
    if not entries:
        raise InputError("XML that is no feed")
    channel = next((_content(e) for e in root.iter("{*}title")), None)
    for number, entry in enumerate(entries, 1):
        parts = {_local(e.tag): e for e in entry if isinstance(e.tag, str)}
        title = _content(parts.get("title"))
        body = next((t for n in ("encoded", "content", "description", "summary") if (t := _content(parts.get(n)))), "")
        text = "\n\n".join(filter(None, (title, body if body != title else "")))
        link = parts.get("link")
        here = f"{given.where}:{number}"
        if not text.strip():
            yield Issue(here, "an entry without text")
            continue
        fields = {
            "title": title, "publisher": channel, "published": _day(parts),
            "url": (link.get("href") or link.text) if link is not None else None,
        }  # fmt: skip
        yield _record(given, {"text": text, **{k: v for k, v in fields.items() if v}}, here, number)


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _content(element: Any) -> str:
    if element is None:
        return ""
    text = "".join(element.xpath(".//text()"))  # what an entity would stand for is no part of it
    plain = html.unescape(_TAG.sub("", _BLOCK.sub("\n", text)))
    return "\n".join(line for raw in plain.split("\n") if (line := " ".join(raw.split())))


def _day(parts: dict[str, Any]) -> str | None:
    from email.utils import parsedate_to_datetime

    told = next((parts[n].text for n in ("pubDate", "published", "date", "updated") if n in parts), None)
    if not told:
        return None
    try:
        return parsedate_to_datetime(told).date().isoformat()
    except (TypeError, ValueError, IndexError):
        found = re.match(r"\d{4}-\d{2}-\d{2}", told.strip())
        return found[0] if found else None


CONTAINERS: dict[str, Callable[[_Input], Found]] = {
    ".jsonl": _lines, ".ndjson": _lines, ".csv": _table, ".tsv": _table, ".parquet": _parquet, ".warc": _warc,
    ".zip": _zip, ".tar": _tar, ".rss": _feed, ".atom": _feed, ".xml": _feed,
}  # fmt: skip


def suffixes() -> tuple[str, ...]:
    """The endings of files that hold several documents, packed ones included."""
    return (*CONTAINERS, *_SHORT, ".warc.gz")


def open_file(path: Path) -> IO[bytes]:
    """A file to read; one that is no regular file (a pipe, a device) could be read for ever, and is refused.

    Raises:
        InputError: it is none.
        OSError: it can't be opened, or is gone.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise InputError("no regular file")
    return path.open("rb")
