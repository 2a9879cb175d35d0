"""Claims kept on disk: so that memory does not grow with the documents, and a build goes on where it ended.

A build writes what each document says into a `ClaimsStore` and reads it back in the order of the documents. Kept in a
folder (``--cache``), it spares reading a document again whose text, rules and model are the same. The store is one
SQLite file: a process that is killed at any moment leaves every claim that was committed, and no half of one.
"""

from __future__ import annotations

import hashlib
import sqlite3
import time
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from types import TracebackType
from typing import Protocol

from kgx.errors import UsageError
from kgx.ingest import Source
from kgx.models import Claims
from kgx.revive import claims_of

__all__ = ["ClaimsStore", "Store", "fingerprint", "key_of", "libraries", "model_digest"]

FILE = "claims.sqlite"
# A crash costs the documents of the last seconds; committing each would wait for the disk a hundred times a second.
_COMMIT_EVERY = 2.0
# What decides what a document says: all that runs before the documents are resolved.
_STAGES = (
    "annotate.py", "bodies.py", "candidates.py", "datelines.py", "edges.py", "errors.py", "extract", "gazetteer",
    "ids.py", "ingest", "lang", "lexical.py", "located.py", "mentions.py", "merge.py", "misread.py", "model",
    "models.py", "named.py", "ner.py", "ontology", "places.py", "powers.py", "quantities", "sure.py", "titles.py",
    "trimmed.py",
)  # fmt: skip
# Libraries that what is read depends on.
_LIBRARIES = (
    "anyascii", "babel", "lxml", "onnxruntime", "py3langid", "pypdfium2", "python-docx", "sentencepiece", "spacy",
    "trafilatura",
)  # fmt: skip
# What comes of content that is none of ours.
_DAMAGED = (ValueError, LookupError, TypeError, AttributeError)
_SCHEMA = "CREATE TABLE IF NOT EXISTS claims (key BLOB PRIMARY KEY, content BLOB NOT NULL) WITHOUT ROWID"
_FORMAT = 1  # of the store; a later one need not be readable
_WAIT = 60_000  # milliseconds for another build that writes into the same store


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


def libraries() -> dict[str, str]:
    """The versions of the libraries that what is read depends on, of those that are installed."""
    return {name: found for name in _LIBRARIES if (found := _version(name))}


@cache
def model_digest() -> str:
    """A digest of the weights of the model.

    Raises:
        FileNotFoundError: it is not there.
    """
    return hashlib.blake2b(files("kgx").joinpath("model", "model.onnx").read_bytes(), digest_size=16).hexdigest()


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


class Store(Protocol):
    """Where claims are kept, by key."""

    def __contains__(self, key: bytes) -> bool: ...

    def __len__(self) -> int: ...

    def add(self, key: bytes, claims: bytes) -> None:
        """Keep the claims of a document, as JSON."""

    def read(self, keys: Iterable[bytes]) -> Iterator[Claims]:
        """The claims of some documents, in the order of the keys."""


class ClaimsStore:
    """Claims by key, on disk. A context manager: what was added is committed at its end, however that comes.

    Several builds may use one folder at once: each writes in transactions that last no longer than the writing.
    """

    def __init__(self, folder: Path | None = None) -> None:
        """Open the store of a folder, which is made where there is none; without one, a store that ends with the run.

        Raises:
            UsageError: if there can be no store in that folder.
        """
        self.folder = folder
        self._fresh: dict[bytes, bytes] = {}
        self._committed = time.monotonic()
        with self._explained("claims cannot be kept here"):
            if folder is not None:
                folder.mkdir(parents=True, exist_ok=True)
            # An empty name is a file that SQLite itself keeps in memory while it is small, and removes.
            self._base = sqlite3.connect(str(folder / FILE) if folder is not None else "", isolation_level=None)
            try:
                self._prepare()
            except BaseException:
                self._base.close()
                raise

    def _prepare(self) -> None:
        if self.folder is not None:
            self._base.execute(f"PRAGMA busy_timeout={_WAIT}")
            self._base.execute("PRAGMA journal_mode=WAL")
            self._base.execute("PRAGMA synchronous=NORMAL")
        (made,) = self._base.execute("PRAGMA user_version").fetchone()
        if made > _FORMAT:
            raise UsageError(f"{self.folder}: made by a newer version of kgx; give another folder")
        self._base.execute(_SCHEMA)
        if made < _FORMAT:
            self._base.execute(f"PRAGMA user_version={_FORMAT}")
        # A table of this name that is not ours is found out here, and not after an hour.
        self._base.execute("SELECT key, content FROM claims LIMIT 1").fetchone()

    @contextmanager
    def _explained(self, what: str) -> Iterator[None]:
        try:
            yield
        except (OSError, sqlite3.Error, zlib.error, *_DAMAGED) as error:
            where = self.folder or "temporary file"
            reason = getattr(error, "strerror", None) or str(error).split("\n")[0]
            hint = ""
            if not isinstance(error, OSError | sqlite3.OperationalError):
                hint = "; it is damaged: remove it, or give another folder"
            raise UsageError(f"{where}: {what}: {reason}{hint}") from error

    def __enter__(self) -> ClaimsStore:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.commit()
        except UsageError:
            if error is None:  # else what went wrong first is what the user should read
                raise
        finally:
            with suppress(sqlite3.Error):
                self._base.close()

    def __contains__(self, key: bytes) -> bool:
        if key in self._fresh:
            return True
        with self._explained("claims cannot be read"):
            return self._base.execute("SELECT 1 FROM claims WHERE key = ?", (key,)).fetchone() is not None

    def add(self, key: bytes, claims: bytes) -> None:
        """Keep the claims of a document, as JSON.

        Raises:
            UsageError: if the disk is full or can't be written; what was committed before stays.
        """
        self._fresh[key] = zlib.compress(claims, 1)
        if time.monotonic() - self._committed > _COMMIT_EVERY:
            self.commit()

    def commit(self) -> None:
        """Write what was added.

        Raises:
            UsageError: as of `add`.
        """
        with self._explained("claims cannot be kept"):
            if self._fresh:
                try:
                    self._base.execute("BEGIN IMMEDIATE")
                    self._base.executemany("INSERT OR REPLACE INTO claims VALUES (?, ?)", self._fresh.items())
                    self._base.execute("COMMIT")
                finally:
                    if self._base.in_transaction:
                        self._base.execute("ROLLBACK")
            self._fresh.clear()
        self._committed = time.monotonic()

    def read(self, keys: Iterable[bytes]) -> Iterator[Claims]:
        """The claims of some documents, in the order of the keys.

        Raises:
            KeyError: for a key that was never added.
            UsageError: if the store is damaged.
        """
        self.commit()
        for key in keys:
            with self._explained("claims cannot be read"):
                found = self._base.execute("SELECT content FROM claims WHERE key = ?", (key,)).fetchone()
            if found is None:
                raise KeyError(key.hex())
            with self._explained("claims cannot be read"):
                claims = claims_of(zlib.decompress(found[0]))
            yield claims

    def __len__(self) -> int:
        self.commit()
        with self._explained("claims cannot be read"):
            return int(self._base.execute("SELECT count(*) FROM claims").fetchone()[0])
