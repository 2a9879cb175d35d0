"""N-Quads: one statement a line, with the graph of the document that says it."""

from __future__ import annotations

from kgx.export.dataset import graphs
from kgx.export.formats import Format
from kgx.export.triples import Triples


def to_nquads(known: Triples) -> bytes:
    """Triples as N-Quads, graph by graph."""
    return "".join(
        f"{s} {p} {o} {name} .\n" if name else f"{s} {p} {o} .\n" for name, found in graphs(known) for s, p, o in found
    ).encode()


FORMAT = Format("nquads", "N-Quads, a graph for each document", (".nq",), encode=to_nquads, graph=True)
