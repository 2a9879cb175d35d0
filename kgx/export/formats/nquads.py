"""N-Quads: one statement a line, with the graph of the document that says it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from kgx.export.dataset import graphs
from kgx.export.formats import Format, part
from kgx.export.triples import Triple, Triples

_PART = re.compile(r"part-\d{5}-of-\d{5}\.nq")


def to_nquads(known: Triples) -> bytes:
    """Triples as N-Quads, graph by graph."""
    return "".join(_lines(name, found) for name, found in graphs(known)).encode()


def _lines(name: str, found: Sequence[Triple]) -> str:
    end = f" {name} .\n" if name else " .\n"
    return "".join(f"{s} {p} {o}{end}" for s, p, o in found)


def shard(known: Triples, folder: Path, shards: int) -> None:
    """Write so many files, of about the same length: one after the other they are what `to_nquads` gives.

    No graph is parted, for a blank node means the same within one file only.
    """
    pieces = [_lines(name, found).encode() for name, found in graphs(known)]
    total, done = sum(map(len, pieces)), 0
    parts: list[list[bytes]] = [[] for _ in range(shards)]
    for piece in pieces:
        # A graph goes where its middle lies.
        parts[min(shards - 1, (2 * done + len(piece)) * shards // (2 * total))].append(piece)
        done += len(piece)
    for number, several in enumerate(parts):
        (folder / f"part-{part(number, shards)}.nq").write_bytes(b"".join(several))


def ours(folder: Path) -> bool:
    """Whether a folder holds nothing but such files."""
    return all(_PART.fullmatch(file.name) for file in folder.iterdir())


FORMAT = Format(
    "nquads", "N-Quads, a graph for each document", (".nq",), encode=to_nquads, shard=shard, files=ours, graph=True
)
