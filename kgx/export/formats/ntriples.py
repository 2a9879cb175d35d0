"""N-Triples: one statement a line, sorted."""

from __future__ import annotations

from kgx.export.formats import Format
from kgx.export.triples import Triples

__all__ = ["to_ntriples"]


def to_ntriples(known: Triples) -> bytes:
    """Triples as N-Triples."""
    return "".join(f"{s} {p} {o} .\n" for s, p, o in known.triples).encode()


FORMAT = Format("ntriples", "N-Triples", (".nt",), encode=to_ntriples, graph=True)
