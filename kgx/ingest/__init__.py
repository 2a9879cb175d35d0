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
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any

from kgx.errors import Aside, Issue, printable
from kgx.ingest.containers import Budget, is_container, left_aside, open_file, sources_in
from kgx.ingest.formats import DERIVED, READERS, kind_of
from kgx.ingest.remote import Remote, fetched, here, is_url, listed
from kgx.ingest.source import FIELDS, InputError, InputLimits, Joined, Source
from kgx.models import Document, PartialDate

__all__ = [
    "InputError", "InputLimits", "Source", "derived", "document_of", "is_few", "is_read", "published", "read",
    "sources",
]  # fmt: skip

STDIN = "-"
_HALF = re.compile("[\ud800-\udfff]")
_LIMITS = InputLimits()


@dataclass(frozen=True, slots=True)
class _File:
    """A file of this machine, or standard input; whether it was named itself, and not found in a folder."""

    path: str
    named: bool = True

    def __str__(self) -> str:
        return self.path


def read(
    paths: Iterable[str | Path], *, stdin: IO[bytes] | None = None, limits: InputLimits = _LIMITS
) -> Iterator[Document | Issue]:
    """Every document that `paths` name (see `sources`), or why it can't be read."""
    for item in sources(paths, stdin=stdin, limits=limits):
        if not isinstance(item, Source):
            yield from (issue for issue in [item] if isinstance(issue, Issue))
            continue
        try:
            yield document_of(item)
        except InputError as error:
            yield item.fault(str(error))


def sources(
    paths: Iterable[str | Path],
    *,
    stdin: IO[bytes] | None = None,
    limits: InputLimits = _LIMITS,
    remote: bool = False,
) -> Iterator[Source | Issue | Aside]:
    """Find every document that `paths` name, in order of name; a file named twice is taken once.

    Args:
        paths: files (of an unknown ending they are read as plain text when named themselves), folders (searched for
            all known endings, recursively; links to folders are not followed), glob patterns, or ``-`` for `stdin`.
        stdin: what ``-`` reads, as bytes: JSON lines when its first character is ``{``, else one plain text.
        limits: of size and depth.
        remote: whether `paths` may be URLs (see `kgx.ingest.remote`); else they are issues.

    Yields:
        Sources, an `Issue` for each input that could not be read, and an `Aside` for what lies beside them in a folder
        or archive and is of no kind that is read or a table without texts, unless it is hidden. Ids are unique: a
        second document of the same stem gets its folder's name before it.
    """
    seen: dict[str, int] = {}
    items = _expand(paths, remote=remote)
    for item in fetched(items) if remote else items:
        if isinstance(item, Issue | Aside):
            yield item
            continue
        for found in _stdin(stdin, limits) if str(item) == STDIN else _of_file(item, limits):
            yield _unique(found, str(item), seen) if isinstance(found, Source) else found


def _stdin(stdin: IO[bytes] | None, limits: InputLimits) -> Iterator[Source | Issue | Aside]:
    stream = io.BufferedReader(stdin) if isinstance(stdin, io.RawIOBase) else stdin or io.BytesIO()
    try:
        content = stream.read(1)
        while content.isspace():
            content = stream.read(1)
        if content != b"{":
            content += stream.read(limits.document)
    except OSError as error:
        yield Issue("stdin", error.strerror or str(error))
        return
    name = "stdin.jsonl" if content == b"{" else "stdin"
    joined = io.BufferedReader(Joined(content, stream))
    for found in sources_in(name, "stdin", joined, limits=limits, budget=Budget(0, limits)):
        if isinstance(found, Source):
            found = replace(found, file_name="stdin", locator=found.where if found.where != "stdin" else None)
        yield found


def _of_file(item: _File | Remote, limits: InputLimits) -> Iterator[Source | Issue | Aside]:
    try:
        with item.open() if isinstance(item, Remote) else open_file(Path(item.path)) as stream:
            size = item.size if isinstance(item, Remote) else os.fstat(stream.fileno()).st_size
            name = (PurePosixPath(item.name) if isinstance(item, Remote) else Path(item.path)).name
            budget = Budget(size, limits)
            for found in sources_in(name, str(item), stream, limits=limits, budget=budget, named=item.named):
                yield _placed(found, name, str(item)) if isinstance(found, Source) else found
    except InputError as error:
        yield Issue(str(item), str(error))
    except OSError as error:
        yield Issue(str(item), error.strerror or str(error))


def _placed(found: Source, name: str, where: str) -> Source:
    """A document with its place in the file that it was found in; the folder of that file says nothing of it."""
    if not is_container(name):
        return replace(found, whole=True)
    return replace(found, locator=printable(name) + found.where.removeprefix(printable(where)))


def is_few(paths: Iterable[str | Path], *, limit: int = 12) -> bool:
    """Whether `paths` surely name fewer texts than `limit`, and nothing else, as far as names tell."""
    names = [item.path for item in _expand(paths) if isinstance(item, _File)]
    others = (n for n in names if n == STDIN or is_container(n) or kind_of(n) not in (None, "plain"))
    return len(names) < limit and next(others, None) is None


def _unique(source: Source, where: str, seen: dict[str, int]) -> Source:
    """Give the second of two documents with one id another one, derived from where it lies."""
    wanted = source.id
    if wanted in seen:
        wanted = f"{printable(Path(os.path.abspath(where)).parent.name)}-{source.id}" if where != STDIN else wanted
    # Counted on from the last one: a million lines of one id would else be compared each with all before it.
    number = seen.get(wanted, 0) + 1
    unique = wanted if number == 1 else f"{wanted}-{number}"
    while unique in seen:
        number += 1
        unique = f"{wanted}-{number}"
    seen[wanted] = number
    seen.setdefault(unique, 1)
    return source if unique == source.id else replace(source, id=unique)


def _expand(paths: Iterable[str | Path], *, remote: bool = False) -> Iterator[_File | Remote | Issue | Aside]:
    """Each file once, in the order of their names, whatever the order given: ids and bytes must not depend on it."""
    names: dict[str, bool] = {}  # of each file, whether it was named
    far: list[Remote] = []
    told: list[Issue | Aside] = []
    for given in paths:
        raw = here(given) if remote else given
        if str(raw) == STDIN:
            names[STDIN] = True
        elif is_url(raw):
            listing: Sequence[Remote | Issue | Aside] = (
                list(listed(str(raw))) if remote else [Issue(str(raw), "documents by URL need --engine daft")]
            )
            far += [item for item in listing if isinstance(item, Remote)]
            told += [item for item in listing if isinstance(item, Issue | Aside)]
        else:
            inside = _named(raw)
            names |= {
                item.path: item.named or names.get(item.path, False) for item in inside if isinstance(item, _File)
            }
            told += [item for item in inside if isinstance(item, Issue | Aside)]
    done: set[str] = set()
    # Of several names of one file the first counts; a name is the same whether told from here or from the root.
    for name in sorted(names, key=lambda n: (n == STDIN, os.path.abspath(n), n)):
        key = name if name == STDIN else os.path.realpath(name)
        if key not in done:
            done.add(key)
            yield _File(name, names[name])
    yield from {str(item): item for item in sorted(far, key=lambda item: (item.name, item.named))}.values()
    yield from sorted({item for item in told if item.where not in names}, key=str)  # who names a file has it read


def _named(raw: str | Path) -> Sequence[_File | Issue | Aside]:
    """The files that one path names; what is no file that can be read is told when it is opened."""
    if raw == "":
        return [Issue("''", "no such file or folder")]
    path = Path(raw)
    try:
        if not stat.S_ISDIR(path.stat().st_mode):
            return [_File(str(path))]
    except (OSError, ValueError) as error:  # a ValueError is a zero byte in the name
        if os.path.islink(raw):
            return [_File(str(path))]
        found = sorted(n for n in glob.glob(str(raw), recursive=True) if not os.path.isdir(n))
        if found:
            return list(map(_File, found))
        missing = isinstance(error, FileNotFoundError | NotADirectoryError)
        reason = "no such file or folder" if missing else getattr(error, "strerror", None) or str(error)
        return [Issue(str(raw), reason)]
    inside = list(_walk(path))
    if all(isinstance(item, Aside) for item in inside):
        inside.append(Issue(str(raw), "folder holds no file that can be read"))
    return inside


def is_read(file: str | Path, path: str | Path) -> bool:
    """Whether a file that is there is one of those that a path names, itself or by a folder that it lies in."""
    if Path(path).is_file():
        return Path(path).samefile(file)
    whole = Path(file).resolve()
    if not Path(path).is_dir() or not whole.is_relative_to(inside := Path(path).resolve()):
        return False
    hidden = any(part.startswith(".") for part in whole.relative_to(inside).parts)
    return not hidden and left_aside(whole.name, str(whole)) is None


def _walk(folder: Path) -> Iterator[_File | Issue | Aside]:
    """The files of a folder that can be read, with what is told of the others.

    A loop of links can't catch it, for links to folders are not followed.
    """
    faults: list[OSError] = []
    for where, folders, names in os.walk(folder, onerror=faults.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith("."):
                path = str(Path(where) / name)
                yield left_aside(name, path) or _File(path, named=False)
    for error in faults:
        yield Issue(str(error.filename), error.strerror or str(error))


def document_of(source: Source) -> Document:
    """Read one document.

    Raises:
        InputError: if it can't be read, with the reason.
    """
    text, told = _read_by_kind(source)
    fields = {**{k: v for k, v in told.items() if v not in (None, "")}, **source.fields}
    if not text.strip():
        raise InputError("empty text" if source.content.strip() or source.kind == "text" else "empty file")
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
            raise InputError(f"{key}: not a string: {value!r}"[:200])
        elif key == "lang":
            value = value.lower()
        known[key] = value
    for name, value in {"id": source.id, **known, "text": text}.items():
        if isinstance(value, str) and _HALF.search(value):
            raise InputError(f"{name} holds half of a surrogate pair, which is no character")
    digest = hashlib.sha256(text.encode()).hexdigest()
    name = PurePosixPath(source.file_name).name
    told = {"derived": derived(source), "locator": source.locator}
    if source.kind in DERIVED:  # in a plain text it would be the user's front matter that says it
        told["attachments"] = tuple(fields.get("attachments", ()))
    return Document(id=source.id, file_name=name, text=text, sha256=digest, **told, **known)


def derived(source: Source) -> str | None:
    """What a document's text is made from (see `kgx.models.Document.derived`); None where a file has it as it is."""
    if source.kind in DERIVED:
        return source.kind
    return None if source.whole else "part"


def _read_by_kind(source: Source) -> tuple[str, dict[str, Any]]:
    try:
        return READERS[source.kind](source)
    except (InputError, MemoryError):
        raise
    except Exception as error:  # libraries stumble over strange bytes in ways that they do not tell of
        raise InputError(f"cannot be read as {source.kind} ({type(error).__name__}: {error})") from error


def published(value: object) -> PartialDate:
    """A publication date from front matter or JSON: a date, a time stamp, a year, or ISO 8601 text.

    Raises:
        ValueError: it is none of these.
    """
    if isinstance(value, datetime | date):
        return PartialDate(year=value.year, month=value.month, day=value.day)
    if not isinstance(value, str | int | float):
        raise ValueError("no date but several values")
    text = re.split(r"[T ]", str(value).strip())[0]
    if re.fullmatch(r"\d{8}", text):
        text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    try:
        return PartialDate.parse(text)
    except ValueError as error:
        raise ValueError(f"{value!r} is no date (write 2025-05-05, 2025-05 or 2025)") from error
