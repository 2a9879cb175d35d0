"""N-Triples: one statement a line, sorted."""

from __future__ import annotations

from collections.abc import Iterator

from kgx.export.formats import Format
from kgx.export.triples import Triples

__all__ = ["ntriples_pieces", "to_ntriples"]


def to_ntriples(known: Triples) -> bytes:
    """Triples as N-Triples."""
    return b"".join(ntriples_pieces(known))


def ntriples_pieces(known: Triples) -> Iterator[bytes]:
    """Triples as N-Triples, line by line."""
    return (f"{s} {p} {o} .\n".encode() for s, p, o in known)


FORMAT = Format("ntriples", "N-Triples", (".nt",), encode=to_ntriples, pieces=ntriples_pieces, graph=True)
