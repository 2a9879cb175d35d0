"""The graph as a data set: what each document says in a graph of its own, and in the default graph what is of all.

The graph of a document holds the document, each thing and fact that it tells, and its evidence, so that it can be read
alone. What only all documents together say (confidence, disagreement, comparisons, concepts) stands in the default
graph, and there PROV says of each graph which document it is derived from. All graphs together say what the plain
formats say, and nothing else but that PROV.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from kgx import __version__
from kgx.export.nodes import named, text
from kgx.export.triples import Triple, Triples

__all__ = ["DEFAULT", "graphs"]

DEFAULT = ""
_OF_ALL = ("kgx:confidence", "kgx:disagreesWith")


def graphs(known: Triples) -> Iterator[tuple[str, list[Triple]]]:
    """Each graph by its IRI, the default graph (named "") first, then in order of their names; triples sorted."""
    has_source, has_selector = named("oa:hasSource"), named("oa:hasSelector")
    exact, derived, document = named("oa:exact"), named("prov:wasDerivedFrom"), named("kgx:Document")
    evidence = {s: o for s, p, o in known.triples if p == has_source}
    selectors = {o: evidence[s] for s, p, o in known.triples if p == has_selector and s in evidence}
    sources: dict[str, set[str]] = defaultdict(set)  # subject -> documents that tell it
    quoted: set[tuple[str, str]] = set()  # words, and a document that has them
    for s, p, o in known.triples:
        if p == derived and o in evidence:
            sources[s].add(evidence[o])
        elif p == has_source:
            sources[s].add(o)
        elif o == document:
            sources[s].add(s)
        elif s in selectors:
            sources[s].add(selectors[s])
            if p == exact:
                quoted.add((o, selectors[s]))
    of_all = {named(term) for term in _OF_ALL}
    found: dict[str, list[Triple]] = defaultdict(list)
    label = named("skos:altLabel")
    for triple in known.triples:
        s, p, o = triple
        where = sources.get(s) or {DEFAULT}
        if p in of_all and s not in evidence:
            where = {DEFAULT}
        elif p == derived and o in evidence:
            where = {evidence[o]}
        elif p == label:  # a document calls things only by the names that it has
            where = {d for d in where if (o, d) in quoted} or {DEFAULT}
        for one in where:
            found[_graph(known.base, one)].append(triple)
    found[DEFAULT] = sorted({*found[DEFAULT], *_provenance(known.base, sources)})
    for name in sorted(found):
        yield name, found[name]


def _graph(base: str, document: str) -> str:
    """The graph of a document: ``graph/x`` of ``document/x``."""
    if document == DEFAULT:
        return DEFAULT
    return f"<{base}graph/{document[1:-1].removeprefix(base).removeprefix('document/')}>"


def _provenance(base: str, sources: dict[str, set[str]]) -> Iterator[Triple]:
    agent = f"<{base}software/kgx>"
    yield agent, named("rdf:type"), named("prov:SoftwareAgent")
    yield agent, named("rdfs:label"), text(f"kgx {__version__}", "en")
    for document in set().union(*sources.values()):
        graph = _graph(base, document)
        yield graph, named("rdf:type"), named("prov:Bundle")
        yield graph, named("rdf:type"), named("prov:Entity")
        yield graph, named("prov:hadPrimarySource"), document
        yield graph, named("prov:wasDerivedFrom"), document
        yield graph, named("prov:wasAttributedTo"), agent
