"""N-Quads: one statement a line, with the graph of the document that says it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import ExitStack
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
    several = list(graphs(known))
    total, done = sum(len(found) for _, found in several), 0
    with ExitStack() as files:
        parts = [
            files.enter_context((folder / f"part-{part(number, shards)}.nq").open("wb")) for number in range(shards)
        ]
        for name, found in several:
            # A graph goes where its middle lies.
            number = min(shards - 1, (2 * done + len(found)) * shards // (2 * total))
            parts[number].write(_lines(name, found).encode())
            done += len(found)


def ours(folder: Path) -> bool:
    """Whether a folder holds nothing but such files."""
    return all(_PART.fullmatch(file.name) for file in folder.iterdir())


FORMAT = Format(
    "nquads", "N-Quads, a graph for each document", (".nq",), encode=to_nquads, shard=shard, files=ours, graph=True
)
