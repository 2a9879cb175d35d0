"""``schemas/ontology.ttl``: the vocabulary as an OWL ontology, made from ``kgx/ontology``."""

from __future__ import annotations

from collections.abc import Iterable

from kgx.export.rdf import BNode, Graph, Literal, Node, URIRef, all_prefixes, named, new_graph, text
from kgx.ontology.terms import PropertyTerm, class_iri, property_iri, schemes, vocabulary

__all__ = ["add_list", "ontology"]


def ontology() -> Graph:
    """All classes, own properties, datatypes and concepts with their parents and counterparts."""
    rdf = new_graph(all_prefixes())
    about = URIRef(vocabulary().prefixes["kgx"].rstrip("#"))
    _described(rdf, about, "owl:Ontology", "kgx: diplomacy told in the news", "Terms of the graphs that kgx builds.")
    for name, term in vocabulary().classes.items():
        subject = URIRef(class_iri(name))
        _described(rdf, subject, "owl:Class", term.label, term.comment, term.wikidata)
        for parent in term.parents:
            target = named(parent) if ":" in parent else URIRef(class_iri(parent))
            rdf.add((subject, named("rdfs:subClassOf"), target))
    for name, prop in vocabulary().properties.items():
        if prop.iri is None:
            _property(rdf, name, prop)
        elif prop.wikidata is not None:
            rdf.add((named(prop.iri), named("skos:closeMatch"), named(f"wd:{prop.wikidata}")))
    for name, datatype in vocabulary().datatypes.items():
        _described(rdf, named(f"kgx:{name}"), "rdfs:Datatype", datatype.label, datatype.comment)
    _concepts(rdf)
    return rdf


def _described(
    rdf: Graph, subject: URIRef, kind: str, label: str, comment: str | None = None, wikidata: str | None = None
) -> None:
    rdf.add((subject, named("rdf:type"), named(kind)))
    rdf.add((subject, named("rdfs:label"), text(label, "en")))
    if comment:
        rdf.add((subject, named("rdfs:comment"), text(comment, "en")))
    if wikidata:
        rdf.add((subject, named("skos:closeMatch"), named(f"wd:{wikidata}")))


def _property(rdf: Graph, name: str, prop: PropertyTerm) -> None:
    subject = URIRef(property_iri(name))
    literal = prop.datatype not in (None, "iri")
    kind = "owl:DatatypeProperty" if literal else "owl:ObjectProperty"
    _described(rdf, subject, kind, prop.label, prop.comment, prop.wikidata)
    if prop.symmetric:
        rdf.add((subject, named("rdf:type"), named("owl:SymmetricProperty")))
    for parent in prop.parents:
        rdf.add((subject, named("rdfs:subPropertyOf"), named(parent)))
    domain = [cls for cls, term in vocabulary().classes.items() if name in term.properties]
    _classes(rdf, subject, "rdfs:domain", [URIRef(class_iri(c)) for c in domain])
    if prop.range:
        _classes(rdf, subject, "rdfs:range", [URIRef(class_iri(c)) for c in prop.range])
    elif prop.scheme:
        rdf.add((subject, named("rdfs:range"), named("skos:Concept")))
    elif prop.datatype and prop.datatype.startswith("xsd:"):
        rdf.add((subject, named("rdfs:range"), named(prop.datatype)))
    elif prop.datatype == "text":
        rdf.add((subject, named("rdfs:range"), named("rdf:langString")))


def _classes(rdf: Graph, subject: URIRef, predicate: str, classes: list[URIRef]) -> None:
    """One class, or the union of several: two rdfs:domain would mean both at once."""
    if len(classes) == 1:
        rdf.add((subject, named(predicate), classes[0]))
    elif classes:
        key = f"{subject.rpartition('#')[2]}-{predicate.partition(':')[2]}"
        union = BNode(f"union-{key}")
        rdf.add((subject, named(predicate), union))
        rdf.add((union, named("rdf:type"), named("owl:Class")))
        rdf.add((union, named("owl:unionOf"), add_list(rdf, f"list-{key}", classes)))


def add_list(rdf: Graph, key: str, items: Iterable[Node]) -> Node:
    """Add an RDF list with blank nodes named after `key`; its first node."""
    listed = list(items)
    nodes: list[Node] = [BNode(f"{key}-{i:03d}") for i in range(len(listed))]
    for i, item in enumerate(listed):
        rest = nodes[i + 1] if i + 1 < len(nodes) else named("rdf:nil")
        rdf.add((nodes[i], named("rdf:first"), item))
        rdf.add((nodes[i], named("rdf:rest"), rest))
    return nodes[0] if nodes else named("rdf:nil")


def _concepts(rdf: Graph) -> None:
    for name, scheme in schemes().items():
        subject = URIRef(vocabulary().base + name)
        rdf.add((subject, named("rdf:type"), named("skos:ConceptScheme")))
        rdf.add((subject, named("skos:prefLabel"), text(scheme.label, "en")))
        for value, entry in scheme.concepts.items():
            concept = URIRef(f"{vocabulary().base}{name}/{value}")
            rdf.add((concept, named("rdf:type"), named("skos:Concept")))
            rdf.add((concept, named("skos:prefLabel"), text(entry.label, "en")))
            rdf.add((concept, named("skos:notation"), Literal(value)))
            rdf.add((concept, named("skos:inScheme"), subject))
            if entry.comment:
                rdf.add((concept, named("skos:definition"), text(entry.comment, "en")))
            if entry.wikidata:
                rdf.add((concept, named("skos:closeMatch"), named(f"wd:{entry.wikidata}")))
