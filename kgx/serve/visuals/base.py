"""What the views share: asking, names in the reader's language, and a view as a table and as data to be drawn."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlencode

from babel import Locale

from kgx.query import Cell, Endpoint, Store, select
from kgx.serve.visuals.filters import values

__all__ = ["Link", "Names", "Reader", "Row", "View", "listed", "local", "text", "to_csv"]

Row = Mapping[str, Any]
Rows = tuple[tuple[Cell, ...], ...]
_SAFE = "/:@!$&'()*+,;="


@dataclass(frozen=True)
class Reader:
    """Who looks at what.

    Attributes:
        source: the graph.
        base: the IRI below which its things stand.
        language: of the interface.
        say: gives the message of a key in that language.
    """

    source: Store
    base: str
    language: str
    say: Callable[[str], str]

    def names(self, iris: Iterable[str]) -> Names:
        """The names of things, asked for all at once."""
        return Names(self, iris)

    def rows(self, sparql: str) -> list[dict[str, Any]]:
        """What a SELECT answers, each row by the names of its columns."""
        found = select(self.source, sparql)
        return [dict(zip(found.columns, row, strict=True)) for row in found.rows]

    def narrowed(self, name: str, patterns: Sequence[str], sparql: str) -> Rows:
        """What a SELECT tells of those facts of which some patterns hold.

        Joining the patterns with the rest takes a multiple of either, so that of a graph on this machine, which does
        not change, the answer for all facts is kept, and gone through here.

        Args:
            name: of the variable of the fact; it is the first one of the SELECT.
            patterns: that narrow; none: all facts.
            sparql: the query, with ``%s`` where patterns go.
        """
        chosen = f"{{ SELECT DISTINCT ?{name} {{ {' '.join(patterns)} }} }}" if patterns else ""
        if isinstance(self.source, Endpoint):
            return select(self.source, sparql % chosen).rows
        every = _every(self.source, sparql % "")
        if not patterns:
            return every
        wanted = {row[0] for row in _every(self.source, f"SELECT DISTINCT ?{name} {{ {' '.join(patterns)} }}")}
        return tuple(row for row in every if row[0] in wanted)


@lru_cache(maxsize=64)
def _every(source: Store, sparql: str) -> Rows:
    return select(source, sparql).rows


@dataclass(frozen=True)
class Link:
    """A cell of a table that leads to a page of its own."""

    text: str
    href: str


@dataclass(frozen=True)
class View:
    """What one view shows, as data to be drawn and as a table that says the same.

    Attributes:
        data: what the drawing reads, for JSON.
        columns: keys of messages.
        rows: of the table; several links stand in a tuple.
        sparql: the question that the table answers.
        summary: key of the message that says in one sentence what there is, and what it is filled with.
    """

    data: Mapping[str, Any]
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell | Link | tuple[Link, ...], ...], ...]
    sparql: str
    summary: tuple[str, Mapping[str, Any]]


def listed(cell: Cell) -> list[str]:
    """IRIs that GROUP_CONCAT put together, in order."""
    return sorted(set(str(cell or "").split()))


def local(iri: Cell) -> str:
    """The last part of an IRI."""
    return str(iri or "").rpartition("/")[2].rpartition("#")[2]


class Names:
    """Names of things in the reader's language, where the graph or CLDR has them.

    Args:
        reader: who reads them.
        iris: of the things.
    """

    def __init__(self, reader: Reader, iris: Iterable[str]) -> None:
        self._base = reader.base
        self._territories = Locale.parse(reader.language).territories
        self._names: dict[str, str] = {}
        if wanted := sorted(set(iris)):
            found = reader.rows(f"SELECT ?thing ?label {{ {values('thing', wanted)} ?thing rdfs:label ?label }}")
            for row in sorted(found, key=lambda row: str(row["label"]), reverse=True):
                self._names[str(row["thing"])] = str(row["label"])

    def __getitem__(self, iri: str) -> str:
        code = iri.removeprefix(f"{self._base}country/")
        return str(self._territories.get(code) or self._names.get(iri) or iri.removeprefix(self._base))

    def link(self, iri: str) -> Link:
        """The name of a thing, leading to its page."""
        return Link(self[iri], self.href(iri))

    def links(self, iris: Iterable[str]) -> tuple[Link, ...]:
        """Names of things, in order of the alphabet."""
        return tuple(sorted((self.link(i) for i in iris), key=lambda link: (link.text, link.href)))

    def href(self, iri: str) -> str:
        """Where the page of a thing is."""
        if iri.startswith(self._base):
            return f"/page/{quote(iri.removeprefix(self._base), safe=_SAFE)}"
        return f"/resource?{urlencode({'iri': iri})}"


def text(cell: Cell | Link | tuple[Link, ...]) -> str:
    """A cell in plain words."""
    if isinstance(cell, tuple):
        return "; ".join(link.text for link in cell)
    return cell.text if isinstance(cell, Link) else "" if cell is None else str(cell)


def to_csv(view: View, *, headings: Iterable[str]) -> str:
    """The table of a view as CSV (RFC 4180)."""
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(headings)
    # What a spreadsheet would take for a formula is told to be text.
    writer.writerows([_harmless(text(cell)) for cell in row] for row in view.rows)
    return target.getvalue()


def _harmless(value: str) -> str:
    return f"'{value}" if value[:1] in {"=", "+", "@", "\t", "\r"} else value
