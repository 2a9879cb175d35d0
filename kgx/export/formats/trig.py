"""TriG: Turtle with a graph for each document."""

from __future__ import annotations

import re

from kgx.export.dataset import graphs
from kgx.export.formats import Format
from kgx.export.triples import Triples
from kgx.export.turtle import TurtleWriter, prefixes_of

_LINE = re.compile(r"^(?=.)", re.MULTILINE)


def to_trig(known: Triples) -> bytes:
    """Triples as TriG: the default graph, then the documents."""
    prefixes = prefixes_of(known.base)
    writer = TurtleWriter(prefixes)
    parts = []
    for name, found in graphs(known):
        body = "\n\n".join(writer.blocks(found))
        parts.append(f"GRAPH {writer.shown(name)} {{\n{_LINE.sub('    ', body)}\n}}" if name else body)
    head = "".join(f"@prefix {name}: <{prefixes[name]}> .\n" for name in sorted(writer.used))
    return f"{head}\n\n".encode() + "\n\n".join(parts).encode() + b"\n"


FORMAT = Format("trig", "TriG, a graph for each document", (".trig",), encode=to_trig, graph=True)
