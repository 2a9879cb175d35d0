"""Claims kept as Parquet, in a folder here or in object storage: for other programs to read, and to go on from.

Each file has a row a document: ``key`` (see `kgx.claims.key_of`), ``document`` (its id), ``lang``, and ``claims``, what
it says as JSON. A file is written whole and never changed; so several builds may share a folder, and one that is killed
costs what was read since its last file.
"""

from __future__ import annotations

import hashlib
import io
import json
import time
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import accumulate
from pathlib import Path
from types import TracebackType
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from kgx.engines.storage import Folder
from kgx.errors import UsageError
from kgx.models import Claims
from kgx.revive import claims_of

__all__ = ["ClaimsTable"]

_PREFIX, _ENDING = "claims-", ".parquet"
# A file is written when it has so many documents or bytes, or so many seconds after the last: what a crash costs.
_ROWS, _BYTES, _SECONDS = 10_000, 2**27, 60.0
# Documents that are read back together, and how many such groups are at hand: who asks in order finds them there.
_GROUP, _KEPT = 200, 8
_READERS = 16
_SCHEMA = pa.schema([("key", pa.binary()), ("document", pa.string()), ("lang", pa.string()), ("claims", pa.string())])


class ClaimsTable:
    """Claims by key, as Parquet; used as a `kgx.claims.ClaimsStore` is. What was added is written at its end."""

    def __init__(self, place: str | Path) -> None:
        """Open a folder, which is made where there is none.

        Raises:
            UsageError: if claims cannot be kept there, or a file of claims is none.
        """
        self._folder = Folder(place)
        self._files: list[str] = []
        self._starts: list[list[int]] = []  # of each file the first rows of its groups
        self._where: dict[bytes, int] = {}  # number of the file, and of the row in it
        self._fresh: dict[bytes, tuple[str, str, str]] = {}
        self._size = 0
        self._written = time.monotonic()
        self._groups: OrderedDict[tuple[int, int], Any] = OrderedDict()
        names = [n for n in self._folder.names() if n.startswith(_PREFIX) and n.endswith(_ENDING)]
        with ThreadPoolExecutor(_READERS) as pool:
            for name, (keys, starts) in zip(names, pool.map(self._keys, names), strict=True):
                self._enter(name, keys, starts)

    def _keys(self, name: str) -> tuple[list[bytes], list[int]]:
        try:
            with parquet.ParquetFile(self._folder.open(name)) as file:
                groups = [file.metadata.row_group(g).num_rows for g in range(file.num_row_groups)]
                return file.read(["key"]).column("key").to_pylist(), [0, *accumulate(groups)][:-1]
        except (pa.ArrowException, OSError, KeyError) as error:
            raise UsageError(f"{self._folder.name}: {name} is no file of claims: {error}") from error

    def _enter(self, name: str, keys: Iterable[bytes], starts: list[int]) -> None:
        number = len(self._files)
        self._files.append(name)
        self._starts.append(starts)
        self._where.update({key: number << 32 | row for row, key in enumerate(keys)})

    def __enter__(self) -> ClaimsTable:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._write()
        except UsageError:
            if error is None:  # else what went wrong first is what the user should read
                raise

    def __contains__(self, key: bytes) -> bool:
        return key in self._where or key in self._fresh

    def __len__(self) -> int:
        return len(self._where) + len(self._fresh)

    def keys(self) -> Iterator[bytes]:
        """The keys of all documents, in the order in which they were written."""
        yield from self._where
        yield from self._fresh

    def add(self, key: bytes, claims: bytes) -> None:
        """Keep the claims of a document, as JSON.

        Raises:
            UsageError: if they can't be written; what was written before stays.
        """
        if key in self:
            return
        told = json.loads(claims)
        self._fresh[key] = (told["document"]["id"], told["lang"], claims.decode())
        self._size += len(claims)
        late = time.monotonic() - self._written > _SECONDS
        if len(self._fresh) >= _ROWS or self._size >= _BYTES or late:
            self._write()

    def _write(self) -> None:
        if self._fresh:
            keys = list(self._fresh)
            documents, langs, claims = zip(*self._fresh.values(), strict=True)
            table = pa.table(
                [pa.array(column, f.type) for column, f in zip((keys, documents, langs, claims), _SCHEMA, strict=True)],
                schema=_SCHEMA,
            )
            target = io.BytesIO()
            parquet.write_table(table, target, row_group_size=_GROUP, compression="zstd")
            name = _PREFIX + hashlib.blake2b(b"".join(keys), digest_size=10).hexdigest() + _ENDING
            self._folder.put(name, target.getvalue())
            self._enter(name, keys, list(range(0, len(keys), _GROUP)))
            self._fresh, self._size = {}, 0
        self._written = time.monotonic()

    def read(self, keys: Iterable[bytes]) -> Iterator[Claims]:
        """The claims of some documents, in the order of the keys.

        Raises:
            KeyError: for a key that was never added.
            UsageError: if a file can't be read any more.
        """
        self._write()
        for key in keys:
            number, row = divmod(self._where[key], 1 << 32)
            group = bisect_right(self._starts[number], row) - 1
            yield claims_of(self._group(number, group)[row - self._starts[number][group]].as_buffer().to_pybytes())

    def _group(self, number: int, group: int) -> Any:
        found = self._groups.get((number, group))
        if found is None:
            try:
                with parquet.ParquetFile(self._folder.open(self._files[number])) as file:
                    found = file.read_row_group(group, columns=["claims"]).column("claims")
            except (pa.ArrowException, OSError) as error:
                raise UsageError(f"{self._folder.name}: {self._files[number]} cannot be read: {error}") from error
            self._groups[number, group] = found
            if len(self._groups) > _KEPT:
                self._groups.popitem(last=False)
        else:
            self._groups.move_to_end((number, group))
        return found
