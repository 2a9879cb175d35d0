"""Stage 1: files, folders, globs and standard input become documents; what can't be read becomes an issue.

`sources` walks through what the user names and gives each document as bytes with an id (here, in one process);
`document_of` reads one of them (anywhere): bytes to text, with what the format tells of it.
"""

from __future__ import annotations

import glob
import hashlib
import io
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any

from kgx.errors import Issue
from kgx.ingest.containers import Budget, is_container, open_file, sources_in
from kgx.ingest.formats import DERIVED, READERS, kind_of
from kgx.ingest.source import FIELDS, InputError, InputLimits, Source
from kgx.models import Document, PartialDate

__all__ = ["InputError", "InputLimits", "Source", "derived", "document_of", "is_few", "published", "read", "sources"]

STDIN = "-"
_LIMITS = InputLimits()


def read(
    paths: Iterable[str | Path], *, stdin: IO[bytes] | None = None, limits: InputLimits = _LIMITS
) -> Iterator[Document | Issue]:
    """Every document that `paths` name (see `sources`), or why it can't be read."""
    for item in sources(paths, stdin=stdin, limits=limits):
        if isinstance(item, Issue):
            yield item
            continue
        try:
            yield document_of(item)
        except InputError as error:
            yield Issue(item.where, str(error))


def sources(
    paths: Iterable[str | Path], *, stdin: IO[bytes] | None = None, limits: InputLimits = _LIMITS
) -> Iterator[Source | Issue]:
    """Find every document that `paths` name, in order of name; a file named twice is taken once.

    Args:
        paths: files (of an unknown ending they are read as plain text when named themselves), folders (searched for
            all known endings, recursively; links to folders are not followed), glob patterns, or ``-`` for `stdin`.
        stdin: what ``-`` reads, as bytes: JSON lines when its first character is ``{``, else one plain text.
        limits: of size and depth.

    Yields:
        Sources, and an `Issue` for each input that could not be read. Ids are unique: a second document of the same
        stem gets its folder's name before it.
    """
    seen: set[str] = set()
    for item in _expand(paths):
        if isinstance(item, Issue):
            yield item
            continue
        for found in _stdin(stdin, limits) if item == STDIN else _of_file(Path(item), limits):
            yield _unique(found, item, seen) if isinstance(found, Source) else found


def _stdin(stdin: IO[bytes] | None, limits: InputLimits) -> Iterator[Source | Issue]:
    stream = io.BufferedReader(stdin) if isinstance(stdin, io.RawIOBase) else stdin or io.BytesIO()
    content = stream.read(1)
    while content.isspace():
        content = stream.read(1)
    if content != b"{":
        content += stream.read(limits.document)
    name = "stdin.jsonl" if content == b"{" else "stdin"
    joined = io.BufferedReader(_Joined(content, stream))
    for found in sources_in(name, "stdin", joined, limits=limits, budget=Budget(0, limits)):
        yield replace(found, file_name="stdin") if isinstance(found, Source) else found


class _Joined(io.RawIOBase):
    """What was read ahead of a stream, and the rest of it."""

    def __init__(self, head: bytes, rest: IO[bytes]) -> None:
        self._head, self._rest = head, rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = self._head[: len(buffer)] or self._rest.read(len(buffer))
        self._head = self._head[len(buffer) :]
        buffer[: len(piece)] = piece
        return len(piece)


def _of_file(path: Path, limits: InputLimits) -> Iterator[Source | Issue]:
    try:
        with open_file(path) as stream:
            budget = Budget(os.fstat(stream.fileno()).st_size, limits)
            whole = not is_container(path.name)
            for found in sources_in(path.name, str(path), stream, limits=limits, budget=budget):
                yield replace(found, whole=whole) if isinstance(found, Source) else found
    except InputError as error:
        yield Issue(str(path), str(error))
    except OSError as error:
        yield Issue(str(path), error.strerror or str(error))


def is_few(paths: Iterable[str | Path], *, limit: int = 12) -> bool:
    """Whether `paths` surely name fewer documents than `limit`, as far as names tell."""
    names = [item for item in _expand(paths) if isinstance(item, str)]
    return len(names) < limit and not any(name == STDIN or is_container(name) for name in names)


def _unique(source: Source, where: str, seen: set[str]) -> Source:
    """Give the second of two documents with one id another one, derived from where it lies."""
    wanted = source.id
    if wanted in seen:
        wanted = f"{Path(os.path.abspath(where)).parent.name}-{source.id}" if where != STDIN else wanted
    number = 2
    unique = wanted
    while unique in seen:
        unique, number = f"{wanted}-{number}", number + 1
    seen.add(unique)
    return source if unique == source.id else replace(source, id=unique)


def _expand(paths: Iterable[str | Path]) -> Iterator[str | Issue]:
    """Each file once, in the order of their names, whatever the order given: ids and bytes must not depend on it."""
    names: set[str] = set()
    issues: list[Issue] = []
    for raw in paths:
        path = Path(raw)
        if str(raw) == STDIN:
            names.add(STDIN)
        elif path.is_dir():
            inside = list(_walk(path)) or [Issue(str(raw), "folder holds no file that can be read")]
            names.update(item for item in inside if isinstance(item, str))
            issues += [item for item in inside if isinstance(item, Issue)]
        elif path.exists():
            names.add(str(path))
        else:
            found = [name for name in glob.glob(str(raw), recursive=True) if Path(name).is_file()]
            names.update(found)
            issues += [] if found else [Issue(str(raw), "no such file or folder")]
    done: set[str] = set()
    # Of several names of one file the first counts; a name is the same whether told from here or from the root.
    for name in sorted(names, key=lambda n: (n == STDIN, os.path.abspath(n), n)):
        key = name if name == STDIN else os.path.realpath(name)
        if key not in done:
            done.add(key)
            yield name
    yield from sorted(set(issues), key=str)


def _walk(folder: Path) -> Iterator[str | Issue]:
    """The files of a folder that can be read; a loop of links can't catch it, for links to folders are not followed."""
    faults: list[OSError] = []
    for where, folders, names in os.walk(folder, onerror=faults.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            known = kind_of(name) is not None or is_container(name)
            if known and not name.startswith(".") and (Path(where) / name).is_file():
                yield str(Path(where) / name)
    for error in faults:
        yield Issue(str(error.filename), error.strerror or str(error))


def document_of(source: Source) -> Document:
    """Read one document.

    Raises:
        InputError: if it can't be read, with the reason.
    """
    text, told = READERS[source.kind](source)
    fields = {**{k: v for k, v in told.items() if v not in (None, "")}, **source.fields}
    if not text.strip():
        raise InputError("empty text" if source.content.strip() else "empty file")
    if any(0xD800 <= ord(c) < 0xE000 for c in text):
        raise InputError("text holds half of a surrogate pair, which is no character")
    known: dict[str, Any] = {}
    for key in FIELDS:
        value = fields.get(key)
        if value is None or value == "":
            continue
        if key == "published":
            try:
                value = published(value)
            except ValueError as error:
                if source.kind in DERIVED:
                    continue  # a page that declares no date tells nothing, and is no fault of the user
                raise InputError(f"published: {error}") from error
        elif not isinstance(value, str):
            raise InputError(f"{key}: not a string: {value!r}")
        elif key == "lang":
            value = value.lower()
        known[key] = value
    digest = hashlib.sha256(text.encode()).hexdigest()
    name = PurePosixPath(source.file_name).name
    return Document(id=source.id, file_name=name, text=text, sha256=digest, derived=derived(source), **known)


def derived(source: Source) -> str | None:
    """What a document's text is made from (see `kgx.models.Document.derived`); None where a file has it as it is."""
    if source.kind in DERIVED:
        return source.kind
    return None if source.whole else "part"


def published(value: object) -> PartialDate:
    """A publication date from front matter or JSON: a date, a time stamp, a year, or ISO 8601 text.

    Raises:
        ValueError: it is none of these.
    """
    if isinstance(value, datetime | date):
        return PartialDate(year=value.year, month=value.month, day=value.day)
    text = re.split(r"[T ]", str(value).strip())[0]
    if re.fullmatch(r"\d{8}", text):
        text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    try:
        return PartialDate.parse(text)
    except ValueError as error:
        raise ValueError(f"{value!r} is no date (write 2025-05-05, 2025-05 or 2025)") from error
