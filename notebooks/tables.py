"""Frames as tables that a notebook shows well, whichever way their script runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import pandas as pd
from IPython.display import HTML


def shown(frame: pd.DataFrame, columns: Sequence[str] | Mapping[str, str] = (), *, rows: int = 25) -> HTML:
    """A frame as a table.

    Args:
        frame: of `kgx.load(...).to_frame`, or any other.
        columns: the ones to show; a mapping also renames them; all by default.
        rows: number of rows shown.

    Raises:
        KeyError: if the frame has no such column.
    """
    chosen = list(columns) or list(frame.columns)
    heads = list(columns.values()) if isinstance(columns, Mapping) and columns else chosen
    head = "".join(f'<th style="text-align:left">{escape(str(column))}</th>' for column in heads)
    cells = frame[chosen].head(rows).itertuples(index=False, name=None)
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in cells)
    more = f"<p>… and {len(frame) - rows} more</p>" if len(frame) > rows else ""
    return HTML(f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}")


def _cell(value: object) -> str:
    if pd.isna(value):
        return "<td></td>"
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f'<td style="text-align:right">{value:,}</td>'
    # dir="auto" lets the browser set Arabic from right to left, cell by cell.
    return f'<td dir="auto" style="text-align:start">{escape(str(value))}</td>'
