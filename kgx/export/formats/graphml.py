"""GraphML, for networkx, igraph, yEd, Cytoscape and Gephi."""

from __future__ import annotations

from collections.abc import Iterator

from kgx.export.formats import Format
from kgx.export.network import EDGE_ATTRIBUTES, TYPES, Network, lines, xml
from kgx.export.triples import Triples


def to_graphml(known: Triples) -> bytes:
    """Triples as GraphML."""
    return lines(_lines(Network(known)))


def _lines(network: Network) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">'
    for name, kind in network.attributes.items():
        yield f'<key id="{name}" for="node" attr.name="{name}" attr.type="{TYPES[kind]}"/>'
    for name in EDGE_ATTRIBUTES:
        yield f'<key id="edge-{name}" for="edge" attr.name="{name}" attr.type="string"/>'
    yield '<graph edgedefault="directed">'
    for node, said in network.nodes.items():
        data = "".join(f'<data key="{name}">{xml(value)}</data>' for name, value in said.items())
        yield f'<node id="{xml(node)}">{data}</node>'
    for number, edge in enumerate(network.edges()):
        quotes = f'<data key="edge-quotes">{xml(edge.quotes)}</data>' if edge.quotes else ""
        yield (
            f'<edge id="e{number}" source="{xml(edge.source)}" target="{xml(edge.target)}">'
            f'<data key="edge-role">{edge.role}</data>{quotes}</edge>'
        )
    yield "</graph>\n</graphml>"


FORMAT = Format("graphml", "GraphML", (".graphml",), encode=to_graphml)
