"""Rows of a table in plain text (CSV, TSV), by the names of its columns; read as a stream, within limits."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import IO

from kgx.ingest.encoding import encoding_of
from kgx.ingest.source import InputError, Joined, NoTexts

__all__ = ["lacking", "rows"]

# What tells the encoding and the separator.
_HEAD = 2**16
# Spreadsheets write one or the other, depending on what their country has a comma for.
_SEPARATORS = (",", ";", "\t", "|")
_SHOWN = 20  # columns that a message tells, and characters of each


def rows(stream: IO[bytes], *, column: str, longest: int) -> Iterator[dict[str, str] | str]:
    """Each row under the head as name of a column -> cell, or why it can't be read; empty lines are no rows.

    Args:
        stream: the bytes of the table, in any encoding of `kgx.ingest.encoding`.
        column: one that must be there, which also tells what separates the cells.
        longest: characters of a line or cell.

    Raises:
        NoTexts: if there is no such column.
        InputError: if a line is too long, or what follows is in another encoding.
    """
    head = stream.read(_HEAD)
    if not head.strip():
        raise InputError("empty file")
    whole = head if len(head) < _HEAD else head[: head.rfind(b"\n") + 1] or head
    encoding = encoding_of(whole)
    text = io.TextIOWrapper(io.BufferedReader(Joined(head, stream)), encoding, newline="")
    lines = _lines(text, longest)
    first = next((line for line in lines if line.strip()), "")
    csv.field_size_limit(longest)  # of the whole process; the library has no other way to say it
    heads = {sign: _names(first, sign) for sign in _SEPARATORS}
    found = [sign for sign, names in heads.items() if column in names]
    if not found:
        raise lacking(column, max(heads.values(), key=len), "; the first row must name the columns")
    sign, names = found[0], heads[found[0]]
    reader = csv.reader(lines, delimiter=sign, strict=True)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield f"not CSV: {error}"
            continue
        if any(cells[len(names) :]):  # a text with commas that is not quoted would be cut off in silence
            yield f"more cells than the head has columns: {len(cells)} and {len(names)}"
        elif cells:
            yield dict(zip(names, cells, strict=False))


def lacking(column: str, names: Sequence[str], hint: str = "") -> NoTexts:
    """What is told of a table that has no such column: the first of those that it has."""
    seen = ", ".join(repr(name[:_SHOWN]) for name in names[:_SHOWN]) + (", …" if names[_SHOWN:] else "")
    return NoTexts(f"a table without a column {column!r}", f"it has {seen}{hint}")


def _names(first: str, sign: str) -> list[str]:
    """Names of columns, if this sign separates them."""
    try:
        return [name.strip() for name in next(csv.reader([first], delimiter=sign), [])]
    except csv.Error:
        return []


def _lines(text: io.TextIOWrapper, longest: int) -> Iterator[str]:
    number = 0
    while True:
        number += 1
        try:
            line = text.readline(longest + 1)
        except UnicodeDecodeError as error:
            raise InputError(f"not {error.encoding.upper()}: in or after line {number}") from error
        if len(line) > longest:
            raise InputError(f"line {number} is longer than {longest:,} characters")
        if not line:
            return
        yield line
