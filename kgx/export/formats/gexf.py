"""GEXF 1.2, for Gephi."""

from __future__ import annotations

from collections.abc import Iterator

from kgx.export.formats import Format
from kgx.export.network import EDGE_ATTRIBUTES, TYPES, Network, lines, xml
from kgx.export.triples import Triples


def to_gexf(known: Triples) -> bytes:
    """Triples as GEXF."""
    return lines(_lines(Network(known)))


def _lines(network: Network) -> Iterator[str]:
    attributes = {name: kind for name, kind in network.attributes.items() if name != "label"}
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield '<gexf xmlns="http://www.gexf.net/1.2draft" version="1.2">'
    yield '<graph mode="static" defaultedgetype="directed">\n<attributes class="node" mode="static">'
    for name, kind in attributes.items():
        yield f'<attribute id="{name}" title="{name}" type="{TYPES[kind]}"/>'
    yield '</attributes>\n<attributes class="edge" mode="static">'
    for name in EDGE_ATTRIBUTES:
        yield f'<attribute id="{name}" title="{name}" type="string"/>'
    yield "</attributes>\n<nodes>"
    for node, said in network.nodes.items():
        values = "".join(
            f'<attvalue for="{name}" value="{xml(value)}"/>' for name, value in said.items() if name != "label"
        )
        yield f'<node id="{xml(node)}" label="{xml(said["label"])}"><attvalues>{values}</attvalues></node>'
    yield "</nodes>\n<edges>"
    for number, edge in enumerate(network.edges()):
        quotes = f'<attvalue for="quotes" value="{xml(edge.quotes)}"/>' if edge.quotes else ""
        yield (
            f'<edge id="{number}" source="{xml(edge.source)}" target="{xml(edge.target)}" label="{edge.role}">'
            f'<attvalues><attvalue for="role" value="{edge.role}"/>{quotes}</attvalues></edge>'
        )
    yield "</edges>\n</graph>\n</gexf>"


FORMAT = Format("gexf", "GEXF, for Gephi", (".gexf",), encode=to_gexf)
