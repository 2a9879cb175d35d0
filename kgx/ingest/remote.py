"""Documents by URL: files and folders of object storage, through the file systems of pyarrow.

Nothing here runs unless a user names a URL. What a store needs (keys, a region, another endpoint) it takes from where
its own tools take it, or from the query of the URL, as ``s3://bucket/news?region=eu-west-3``.
"""

from __future__ import annotations

import io
import re
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any, TypeVar
from urllib.parse import urlsplit
from urllib.request import url2pathname

from kgx.errors import Aside, Issue
from kgx.ingest.containers import left_aside
from kgx.ingest.formats import needed
from kgx.ingest.source import InputError

__all__ = ["Remote", "fetched", "here", "is_url", "listed", "located"]

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
# Files up to this size are fetched ahead, so many at once: one after the other, each would take its time on the way.
_SMALL, _AHEAD = 4 * 2**20, 32
Item = TypeVar("Item")


@dataclass(frozen=True)
class Remote:
    """A file that a URL names.

    Attributes:
        name: its URL, without a query: what messages call it, and where it stands in the order of all.
        path: how its file system calls it.
        size: in bytes.
        system: a `pyarrow.fs.FileSystem`.
        content: its bytes on their way, if they are fetched ahead.
        named: whether it was named itself, and not found in a folder.
    """

    name: str
    path: str
    size: int
    system: Any = field(compare=False, repr=False)
    content: Future[bytes] | None = field(default=None, compare=False, repr=False)
    named: bool = True

    def __str__(self) -> str:
        return self.name

    def open(self) -> IO[bytes]:
        """Its bytes.

        Raises:
            OSError: it can't be fetched.
        """
        if self.content is not None:
            return io.BytesIO(self.content.result())
        return io.BufferedReader(self.system.open_input_file(self.path), 2**20)

    def read(self) -> bytes:
        """All of its bytes at once."""
        with self.system.open_input_stream(self.path) as stream:
            return bytes(stream.read())


def is_url(name: str | Path) -> bool:
    """Whether a name is a URL and no path."""
    return _URL.match(str(name)) is not None


def here(name: str | Path) -> str | Path:
    """The path that a ``file://`` URL means; else what is given."""
    parts = urlsplit(str(name))
    return url2pathname(parts.path) if parts.scheme == "file" and is_url(name) else name


def located(url: str) -> tuple[Any, str]:
    """The file system that a URL is of, and the path in it.

    Raises:
        InputError: if there is none for its scheme, or what it needs is not there.
    """
    try:
        system, path = needed("pyarrow.fs").FileSystem.from_uri(url)
    except (OSError, ValueError, NotImplementedError) as error:
        raise InputError(str(error).splitlines()[0]) from error
    return system, path.rstrip("/")


def listed(url: str) -> Iterator[Remote | Issue | Aside]:
    """The file that a URL names, or all files below the folder that it names, with what is told of those not read."""
    name = url.partition("?")[0].rstrip("/")
    try:
        fs = needed("pyarrow.fs")
        system, root = located(url)
        start = name[: len(name) - len(root)] if name.endswith(root) else f"{name.partition('://')[0]}://"
        found = system.get_file_info(root)
        if found.type == fs.FileType.File:
            yield Remote(name, root, found.size or 0, system)
            return
        files = system.get_file_info(fs.FileSelector(root, recursive=True, allow_not_found=True))
    except (InputError, OSError) as error:
        yield Issue(name, str(error).splitlines()[0])
        return
    some = False
    for file in files:
        if file.type != fs.FileType.File or any(part.startswith(".") for part in file.path[len(root) :].split("/")):
            continue
        aside = left_aside(file.path, f"{start}{file.path}")
        some = some or aside is None
        yield aside or Remote(f"{start}{file.path}", file.path, file.size or 0, system, named=False)
    if not some:
        yield Issue(name, "no such file, or a folder that holds none that can be read")


def fetched(items: Iterable[Item]) -> Iterator[Item | Remote]:
    """The same in the same order, with small files fetched ahead."""
    with ThreadPoolExecutor(_AHEAD) as pool:
        waiting: deque[Item | Remote] = deque()
        for item in items:
            ahead = isinstance(item, Remote) and item.size <= _SMALL
            waiting.append(replace(item, content=pool.submit(item.read)) if ahead else item)  # type: ignore[type-var,attr-defined]
            if len(waiting) > _AHEAD:
                yield waiting.popleft()
        yield from waiting
