"""A database of Oxigraph, in a folder: opened at once, however big the graph."""

from __future__ import annotations

from pathlib import Path

from kgx.export.formats import Format
from kgx.export.formats.ntriples import to_ntriples
from kgx.export.triples import Triples
from kgx.query import is_store, write_store


def fill(known: Triples, folder: Path) -> None:
    """Make the database in an empty folder."""
    write_store(to_ntriples(known), folder)


FORMAT = Format("store", "a store, a folder", fill=fill, files=is_store, graph=True)
