"""What ingest passes on: one input document as bytes, with what its container told of it."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import IO, Any

from kgx.errors import Issue, KgxError

__all__ = ["FIELDS", "InputError", "InputLimits", "Joined", "NoTexts", "Source"]

_ADDRESS = 200  # characters of an address that a message tells
FIELDS = ("lang", "published", "url", "title", "publisher", "author")


class InputError(KgxError):
    """One document can't be read; the message is the reason."""


class NoTexts(InputError):
    """A file may hold documents by its ending, and holds other things: no fault where nobody named it.

    Attributes:
        reason: the message without what is this file's own, by which such files are counted.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason


@dataclass(frozen=True)
class InputLimits:
    """What an input may cost before it is read at all.

    Attributes:
        document: bytes of one document, unpacked.
        container: bytes that one archive or compressed file may unpack to, all its documents together.
        depth: archives within archives.
    """

    document: int = 64 * 2**20
    container: int = 64 * 2**30
    depth: int = 3


@dataclass(frozen=True)
class Source:
    """A document as found: a file, a member of an archive, a line, a record.

    Attributes:
        id: what the document will be called; unique within a run.
        file_name: of the file that it came from.
        where: what a message calls it: path, member or line.
        kind: how to read the bytes: a key of `kgx.ingest.formats.READERS`.
        content: the bytes.
        fields: what the container told: lang, published, url, title, publisher, author, charset.
        whole: whether it is a file of its own, and no line, row or member of one, nor packed.
        locator: else which part of which file: `where`, without the folder that the file lies in. A line before it
            moves it, and changes nothing of what it says.
    """

    id: str
    file_name: str
    where: str
    kind: str
    content: bytes
    fields: Mapping[str, Any] = field(default_factory=dict)
    whole: bool = False
    locator: str | None = None

    def fault(self, reason: str) -> Issue:
        """What is told where it can't be read; of a page of a crawl also its address, by which people know it."""
        url = self.fields.get("url") if self.kind != "text" else None
        return Issue(self.where, f"{reason} ({str(url)[:_ADDRESS]})" if url else reason)

    @property
    def digest(self) -> str:
        """Of all that decides what is read from it, wherever in its file it stands."""
        told = "\x1f".join(f"{key}={value}" for key, value in sorted(self.fields.items()) if value is not None)
        known = (self.id, self.file_name, self.kind, str(self.whole), told)
        head = "\x1e".join(known).encode("utf-8", "surrogatepass")
        return hashlib.sha256(head + b"\x1d" + self.content).hexdigest()


class Joined(io.RawIOBase):
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
