"""Stage 1: files, folders, globs and standard input become documents; what can't be read becomes an issue."""

from __future__ import annotations

import glob
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

import yaml

from kgx.errors import Issue
from kgx.models import Document, PartialDate

SUFFIXES = (".txt", ".md", ".jsonl")
STDIN = "-"
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)^---[ \t]*(?:\n|\Z)", re.S | re.M)
_FIELDS = ("lang", "published", "url", "title", "publisher", "author")


def read(paths: Iterable[str | Path], *, stdin: IO[bytes] | None = None) -> Iterator[Document | Issue]:
    """Read every document that `paths` name, in order of name; a file named twice is read once.

    Args:
        paths: files (.txt, .md, .jsonl; any other name is read as plain text when it is named itself), folders
            (searched for those endings, recursively), glob patterns, or ``-`` for `stdin`.
        stdin: what ``-`` reads, as bytes: JSON lines when its first character is ``{``, else one plain text.

    Yields:
        Documents, and an `Issue` for each input that could not be read. Ids are unique: a second document of the
        same stem gets its folder's name before it.
    """
    seen: dict[str, str] = {}
    # In the order of their names, whatever the order given: ids and bytes must not depend on it.
    for item in sorted(_expand(paths), key=lambda i: (isinstance(i, Issue), str(i) == STDIN, str(i))):
        if isinstance(item, Issue):
            yield item
            continue
        if item == STDIN:
            content = stdin.read() if stdin is not None else b""
            name, jsonl = "stdin", content.lstrip()[:1] == b"{"
            found: Iterable[Document | Issue] = _decode(name, content, jsonl=jsonl)
        else:
            path = Path(item)
            try:
                found = _decode(path.name, path.read_bytes(), jsonl=path.suffix == ".jsonl", where=str(path))
            except OSError as error:
                found = [Issue(str(path), error.strerror or str(error))]
        for document in found:
            if isinstance(document, Document):
                document = _unique(document, str(item), seen)
            yield document


def is_few(paths: Iterable[str | Path], *, limit: int = 12) -> bool:
    """Whether `paths` surely name fewer documents than `limit`, as far as names tell."""
    names = [item for item in _expand(paths) if isinstance(item, str)]
    return len(names) < limit and not any(name == STDIN or name.endswith(".jsonl") for name in names)


def _unique(document: Document, where: str, seen: dict[str, str]) -> Document:
    """Give the second of two documents with one id another one, derived from where it lies."""
    wanted = document.id
    if wanted in seen:
        wanted = f"{Path(where).parent.name}-{document.id}" if where != STDIN else wanted
    number = 2
    unique = wanted
    while unique in seen:
        unique, number = f"{wanted}-{number}", number + 1
    seen[unique] = where
    return document if unique == document.id else document.model_copy(update={"id": unique})


def _expand(paths: Iterable[str | Path]) -> Iterator[str | Issue]:
    done: set[str] = set()
    for raw in paths:
        path = Path(raw)
        if str(raw) == STDIN:
            names = [STDIN]
        elif path.is_dir():
            names = sorted(str(p) for p in path.rglob("*") if p.suffix in SUFFIXES and p.is_file())
            if not names:
                yield Issue(str(raw), f"folder holds no {', '.join(SUFFIXES)} file")
        elif path.exists():
            names = [str(path)]
        else:
            names = sorted(n for n in glob.glob(str(raw), recursive=True) if Path(n).is_file())
            if not names:
                yield Issue(str(raw), "no such file or folder")
        for name in names:
            key = name if name == STDIN else str(Path(name).resolve())
            if key not in done:
                done.add(key)
                yield name


def _decode(name: str, content: bytes, *, jsonl: bool, where: str | None = None) -> Iterator[Document | Issue]:
    where = where or name
    if not content.strip():
        yield Issue(where, "empty file")
        return
    if b"\x00" in content:
        yield Issue(where, "binary file, not text")
        return
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        yield Issue(where, f"not UTF-8: byte 0x{content[error.start]:02x} at offset {error.start}")
        return
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    yield from _lines(name, where, text) if jsonl else [_plain(name, where, text)]


def _plain(name: str, where: str, text: str) -> Document | Issue:
    fields: dict[str, Any] = {}
    front = _FRONT_MATTER.match(text)
    if front is None and re.match(r"---[ \t]*\n[ \t]*[\w-]+[ \t]*:", text):
        return Issue(where, "malformed front matter: no closing ---")
    if front:
        try:
            fields = yaml.safe_load(front[1]) or {}
        except (yaml.YAMLError, ValueError) as error:  # a ValueError is a date that no calendar has
            mark = getattr(error, "problem_mark", None)
            line = f" in line {mark.line + 2}" if mark else ""
            return Issue(where, f"malformed front matter{line}: {getattr(error, 'problem', None) or error}")
        if not isinstance(fields, dict):
            return Issue(where, "malformed front matter: not 'name: value' lines")
        text = text[front.end() :]
    return _document(Path(name).stem, name, where, text, fields)


def _lines(name: str, where: str, text: str) -> Iterator[Document | Issue]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        here = f"{where}:{number}"
        try:
            record = json.loads(line)
        except (json.JSONDecodeError, RecursionError) as error:
            yield Issue(here, f"not JSON: {getattr(error, 'msg', error)}")
            continue
        if not isinstance(record, dict) or not isinstance(record.get("text"), str):
            yield Issue(here, "not an object with a string 'text'")
            continue
        identifier = record.get("id")
        if identifier is None:
            identifier = f"{Path(name).stem}-{number}"
        yield _document(str(identifier), name, here, record["text"], record)


def _document(identifier: str, name: str, where: str, text: str, fields: dict[str, Any]) -> Document | Issue:
    if not text.strip():
        return Issue(where, "empty text")
    if any(0xD800 <= ord(c) < 0xE000 for c in text):
        return Issue(where, "text holds half of a surrogate pair, which is no character")
    known: dict[str, Any] = {}
    for key in _FIELDS:
        value = fields.get(key)
        if value is None or value == "":
            continue
        if key == "published":
            try:
                value = published(value)
            except ValueError as error:
                return Issue(where, f"published: {error}")
        elif not isinstance(value, str):
            return Issue(where, f"{key}: not a string: {value!r}")
        elif key == "lang":
            value = value.lower()
        known[key] = value
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Document(id=identifier, file_name=name, text=text, sha256=digest, **known)


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
