"""Answers as tables that a notebook shows well, whichever way their script runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from IPython.display import HTML

from kgx.query import Result


def table(
    columns: Sequence[str], rows: Iterable[Sequence[object]], *, limit: int = 25, caption: str | None = None
) -> HTML:
    """A table of any values; `limit` is the number of rows shown."""
    all_rows = list(rows)
    head = "".join(f'<th style="text-align:left">{escape(column)}</th>' for column in columns)
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in all_rows[:limit])
    more = f"<p>… and {len(all_rows) - limit} more</p>" if len(all_rows) > limit else ""
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    return HTML(f"<table>{title}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}")


def answer(result: Result, columns: Sequence[str] | Mapping[str, str] = (), *, limit: int = 25) -> HTML:
    """The answer to a query.

    Args:
        result: of `kgx.query.select` or `kgx.query.run_named`.
        columns: the ones to show; a mapping also renames them; all by default.
        limit: number of rows shown.

    Raises:
        ValueError: if the answer has no such column.
    """
    chosen = list(columns) or list(result.columns)
    at = [result.columns.index(column) for column in chosen]
    heads = list(columns.values()) if isinstance(columns, Mapping) and columns else chosen
    return table(heads, ([row[i] for i in at] for row in result.rows), limit=limit)


def _cell(value: object) -> str:
    if value is None:
        return "<td></td>"
    number = isinstance(value, int | float) or (hasattr(value, "as_tuple") and not isinstance(value, str))
    if number and not isinstance(value, bool):
        return f'<td style="text-align:right">{value:,}</td>'
    # dir="auto" lets the browser set Arabic from right to left, cell by cell.
    return f'<td dir="auto" style="text-align:start">{escape(str(value))}</td>'
