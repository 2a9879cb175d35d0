"""A folder of tables as CSV: RFC 4180 in UTF-8, with one line of column names.

A text that a spreadsheet would take for a formula gets an apostrophe before it, which spreadsheets hide.
"""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal
from pathlib import Path

from kgx.export.files import atomic_write
from kgx.export.formats import Format
from kgx.export.tables import TABLES, Cell
from kgx.export.triples import Triples
from kgx.export.view import View

__all__ = ["cell"]

# Spreadsheets look past blanks and marks of direction, and take the wide forms of the signs for signs.
_BEFORE = r"[\s\x00-\x1f\u200e\u200f\u061c\u2028-\u202e\u2066-\u2069\ufeff']"
_FORMULA = re.compile(rf"{_BEFORE}*[=+\-@\uff1d\uff0b\uff0d\uff20]")


def cell(value: Cell) -> str:
    """A cell as CSV has it."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case Decimal():
            return format(value, "f")
        case str():
            # NUL ends a string for many readers.
            clean = value.replace("\x00", "\ufffd")
            return f"'{clean}" if _FORMULA.match(clean) or clean.startswith(("\t", "\r", "\n")) else clean
    return str(value)


def fill(known: Triples, folder: Path) -> None:
    """Write all tables into a folder."""
    view = View(known)
    for table in TABLES.values():
        target = io.StringIO(newline="")
        writer = csv.writer(target)
        writer.writerow(table.columns)
        writer.writerows(map(cell, row) for row in table.rows(view))
        atomic_write(folder / f"{table.name}.csv", target.getvalue())


def ours(folder: Path) -> bool:
    """Whether a folder holds nothing but such tables."""
    return {file.name for file in folder.iterdir()} <= {f"{name}.csv" for name in TABLES}


FORMAT = Format("csv", "tables as CSV, a folder", fill=fill, files=ours)
