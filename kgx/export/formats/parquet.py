"""A folder of tables as Parquet, typed; needs the extra ``tables``."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

from kgx.errors import UsageError, to_install
from kgx.export.formats import Format, part
from kgx.export.tables import TABLES, Table
from kgx.export.triples import Triples
from kgx.export.view import View

_PART = re.compile(r"-\d{5}-of-\d{5}(?=\.parquet$)")
_DIGITS, _SCALE = 38, 6  # of decimals; what has more is rounded


def fill(known: Triples, folder: Path) -> None:
    """Write all tables into a folder; see `shard`."""
    shard(known, folder, 0)


def shard(known: Triples, folder: Path, shards: int) -> None:
    """Write all tables into a folder, each in so many files (0: one, named after the table), its rows in order.

    Raises:
        UsageError: if pyarrow is missing.
    """
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError as error:
        raise UsageError(f"Parquet needs more packages: {to_install('tables')}") from error
    view = View(known)
    for table in TABLES.values():
        rows = _arrow(pa, table, view)
        for number in range(max(1, shards)):
            first, last = (len(rows) * n // max(1, shards) for n in (number, number + 1))
            name = f"{table.name}-{part(number, shards)}" if shards else table.name
            parquet.write_table(rows.slice(first, last - first), folder / f"{name}.parquet", compression="zstd")


def _arrow(pa: Any, table: Table, view: View) -> Any:
    types = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_(),
             Decimal: pa.decimal128(_DIGITS, _SCALE)}  # fmt: skip
    rows = list(table.rows(view))
    columns = [
        pa.array([_held(row[i]) for row in rows], type=types[kind]) for i, kind in enumerate(table.columns.values())
    ]
    return pa.table(columns, names=list(table.columns))


def _held(value: Any) -> Any:
    return round(value, _SCALE) if isinstance(value, Decimal) else value


def ours(folder: Path) -> bool:
    """Whether a folder holds nothing but such tables."""
    return {_PART.sub("", file.name) for file in folder.iterdir()} <= {f"{name}.parquet" for name in TABLES}


FORMAT = Format("parquet", "tables as Parquet, a folder", fill=fill, shard=shard, files=ours)
