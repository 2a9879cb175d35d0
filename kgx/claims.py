"""Claims kept on disk: so that memory does not grow with the documents, and a build goes on where it ended.

A build writes what each document says into a `ClaimsStore` and reads it back in the order of the documents. Kept in a
folder (``--cache``), it spares reading a document again whose text, rules and model are the same. The store is one
SQLite file: a process that is killed at any moment leaves every claim that was committed, and no half of one.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
import zlib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from types import TracebackType

from kgx.errors import UsageError
from kgx.ingest import Source
from kgx.models import Claims, Document

__all__ = ["ClaimsStore", "fingerprint", "key_of"]

FILE = "claims.sqlite"
# A crash costs the documents of the last seconds; committing each would wait for the disk a hundred times a second.
_COMMIT_EVERY = 2.0
# What decides what a document says: all that runs before the documents are resolved.
_STAGES = (
    "annotate.py", "candidates.py", "extract", "gazetteer", "ingest", "lang", "mentions.py", "model", "models.py",
    "named.py",
    "ner.py", "ontology", "quantities",
)  # fmt: skip
# Libraries that what is read depends on.
_LIBRARIES = (
    "anyascii", "babel", "lxml", "onnxruntime", "py3langid", "pypdfium2", "python-docx", "spacy", "tokenizers",
    "trafilatura",
)  # fmt: skip
_SCHEMA = "CREATE TABLE IF NOT EXISTS claims (key BLOB PRIMARY KEY, content BLOB NOT NULL) WITHOUT ROWID"


@cache
def fingerprint() -> str:
    """A digest of all code, rules, tables and weights that decide what a document is found to say."""
    root = files("kgx")
    digest = hashlib.blake2b(digest_size=16)
    digest.update("\0".join(f"{name}={_version(name)}" for name in _LIBRARIES).encode())
    for path, file in sorted(_content(root)):
        digest.update(f"{path}\0".encode())
        digest.update(hashlib.blake2b(file.read_bytes()).digest())
    return digest.hexdigest()


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _content(root: Traversable) -> Iterator[tuple[str, Traversable]]:
    def walk(item: Traversable, path: str) -> Iterator[tuple[str, Traversable]]:
        if item.is_file():
            if not path.endswith((".pyc", ".md")):
                yield path, item
        elif item.is_dir() and item.name != "__pycache__":
            for inner in item.iterdir():
                yield from walk(inner, f"{path}/{inner.name}")

    for name in _STAGES:
        yield from walk(root.joinpath(name), name)


def key_of(source: Source, lang: str | None) -> bytes:
    """What the claims of a document are kept by: all that is known of it, the language asked for, and the program."""
    return hashlib.blake2b(f"{fingerprint()}\0{lang}\0{source.digest}".encode(), digest_size=20).digest()


class ClaimsStore:
    """Claims by key, on disk. A context manager: what was added is committed at its end, however that comes."""

    def __init__(self, folder: Path | None = None) -> None:
        """Open the store of a folder, which is made where there is none; without one, a store that ends with the run.

        Raises:
            UsageError: if there can be no store in that folder.
        """
        self.folder = folder
        try:
            if folder is not None:
                folder.mkdir(parents=True, exist_ok=True)
            # An empty name is a file that SQLite itself keeps in memory while it is small, and removes.
            self._base = sqlite3.connect(str(folder / FILE) if folder is not None else "", isolation_level=None)
            if folder is not None:
                self._base.execute("PRAGMA journal_mode=WAL")
                self._base.execute("PRAGMA synchronous=NORMAL")
                self._base.execute("PRAGMA busy_timeout=60000")
            self._base.execute(_SCHEMA)
        except (OSError, sqlite3.Error) as error:
            reason = getattr(error, "strerror", None) or error
            raise UsageError(f"{folder}: claims cannot be kept here: {reason}") from error
        self._committed = time.monotonic()

    def __enter__(self) -> ClaimsStore:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._commit()
        finally:
            self._base.close()

    def __contains__(self, key: bytes) -> bool:
        found = self._base.execute("SELECT 1 FROM claims WHERE key = ?", (key,)).fetchone()
        return found is not None

    def add(self, key: bytes, claims: bytes) -> None:
        """Keep the claims of a document, as JSON.

        Raises:
            UsageError: if the disk is full or can't be written; what was committed before stays.
        """
        try:
            if not self._base.in_transaction:
                self._base.execute("BEGIN IMMEDIATE")
            self._base.execute("INSERT OR REPLACE INTO claims VALUES (?, ?)", (key, zlib.compress(claims, 1)))
            if time.monotonic() - self._committed > _COMMIT_EVERY:
                self._commit()
        except sqlite3.Error as error:
            raise UsageError(f"{self.folder or 'temporary file'}: claims cannot be kept: {error}") from error

    def _commit(self) -> None:
        if self._base.in_transaction:
            self._base.execute("COMMIT")
        self._committed = time.monotonic()

    def read(self, keys: Iterable[bytes]) -> Iterator[Claims]:
        """The claims of some documents, in the order of the keys.

        Raises:
            KeyError: for a key that was never added.
        """
        return map(Claims.model_validate_json, map(self._content, keys))

    def documents(self, keys: Iterable[bytes]) -> Iterator[Document]:
        """The documents alone, in the order of the keys.

        Raises:
            KeyError: for a key that was never added.
        """
        return (Document.model_validate(json.loads(self._content(key))["document"]) for key in keys)

    def _content(self, key: bytes) -> bytes:
        found = self._base.execute("SELECT content FROM claims WHERE key = ?", (key,)).fetchone()
        if found is None:
            raise KeyError(key.hex())
        return zlib.decompress(found[0])

    def __len__(self) -> int:
        return int(self._base.execute("SELECT count(*) FROM claims").fetchone()[0])
