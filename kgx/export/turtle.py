"""The graph as RDF: `kgx.graph` knows names, ``kgx/ontology/terms.yaml`` knows their IRIs, here they meet."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from kgx.errors import UsageError
from kgx.export.files import atomic_write
from kgx.export.rdf import (
    BNode,
    Graph,
    Literal,
    Node,
    URIRef,
    external,
    iri,
    named,
    new_graph,
    number,
    text,
    turtle,
    typed,
)
from kgx.graph import Concept, Link, Text, document_node
from kgx.graph import Graph as KnowledgeGraph
from kgx.ids import evidence_digest
from kgx.models import Evidence, Name
from kgx.ontology.terms import class_iri, property_iri, schemes, superclasses, vocabulary
from kgx.quantities.types import Interval, PartialDate

__all__ = ["DEFAULT_BASE", "to_rdf", "write_turtle"]

DEFAULT_BASE = "https://w3id.org/kgx/id/"
_BASE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x20]*[/#:]")
_PREFIX = re.compile(r"[a-z][a-z0-9-]*[a-z0-9]")
_DATATYPES = {"day": "xsd:date", "month": "xsd:gYearMonth", "year": "xsd:gYear", "month_day": "xsd:gMonthDay"}
_FIRST = ("rdf:type", "rdfs:label", "skos:prefLabel", "skos:altLabel", "oa:hasSource", "oa:hasSelector", "oa:start")


def write_turtle(graph: KnowledgeGraph, path: str | Path | IO[bytes] | IO[str], *, base: str = DEFAULT_BASE) -> None:
    """Write the graph as Turtle: the same graph gives the same bytes.

    Args:
        graph: as `kgx.graph.build_graph` makes it.
        path: a file, written aside and renamed, so that an old one is never left half-written; or an open stream.
        base: the IRI below which the things stand; it ends in ``/``, ``#`` or ``:``.

    Raises:
        UsageError: if `base` is no such IRI, or the file can't be written.
    """
    terms = vocabulary()
    classes = [*(f"kgx:{name}" for name in terms.classes), "skos:ConceptScheme", "skos:Concept", "oa:SpecificResource"]
    predicates = [*_FIRST, *(term.iri or f"kgx:{name}" for name, term in terms.properties.items())]
    content = turtle(to_rdf(graph, base=base), classes=classes, predicates=predicates)
    if isinstance(path, str | Path):
        atomic_write(path, content)
    elif isinstance(path, io.TextIOBase):
        path.write(content.decode())
    else:
        path.write(content)  # type: ignore[arg-type]


def to_rdf(graph: KnowledgeGraph, *, base: str = DEFAULT_BASE) -> Graph:
    """The triples of the graph, exactly in the terms of the vocabulary.

    Edges to nodes that the graph says nothing of are left out: they would mean nothing to a reader.

    Raises:
        UsageError: if `base` is no IRI that things can stand below.
    """
    if not _BASE.fullmatch(base):
        raise UsageError(f"base {base!r}: an absolute IRI that ends in '/', '#' or ':' is needed")
    writer = _Writer(graph, base)
    nodes = {node: data for node, data in graph.nodes(data=True) if "type" in data}
    for node in sorted(nodes):
        writer.node(node, nodes[node])
    for source, target, role in sorted(graph.edges(keys=True)):
        if source in nodes and target in nodes:
            writer.add(writer.iri(source), URIRef(property_iri(role)), writer.iri(target))
    return writer.rdf


class _Writer:
    """Gathers the triples; what many nodes share (concepts, evidence) is described once."""

    def __init__(self, graph: KnowledgeGraph, base: str) -> None:
        self.base = base
        prefixes = {**vocabulary().prefixes, "id": base}
        groups = {node.partition("/")[0] for node in graph if "/" in node} | {"evidence", *schemes()}
        for group in sorted(groups):
            if _PREFIX.fullmatch(group):
                prefixes.setdefault(group, f"{base}{group}/")
        self.rdf = new_graph(prefixes)
        self._concepts: set[Concept] = set()
        self._evidence: dict[URIRef, float] = {}

    def add(self, subject: Node, predicate: URIRef, value: Node) -> None:
        self.rdf.add((subject, predicate, value))

    def iri(self, node: str) -> URIRef:
        return iri(self.base, node)

    def node(self, node: str, data: Mapping[str, Any]) -> None:
        subject = self.iri(node)
        kind = data["type"]
        for cls in superclasses(kind):
            self.add(subject, named("rdf:type"), named(cls) if ":" in cls else URIRef(class_iri(cls)))
        label = str(data.get("label") or node)
        names: tuple[Name, ...] = tuple(data.get("names") or ())
        properties: Mapping[str, Iterable[Any]] = data.get("properties") or {}
        self.add(subject, named("rdfs:label"), text(label, _language(label, names, properties)))
        for name in names:
            self.add(subject, named("skos:altLabel"), text(name.text, name.lang))
        for key, values in properties.items():
            for value in values:
                self._value(subject, kind, key, value)
        for piece in data.get("evidence") or ():
            self.add(subject, URIRef(property_iri("wasDerivedFrom")), self._proof(piece))
        if data.get("confidence") is not None and data.get("evidence"):
            self.add(subject, URIRef(property_iri("confidence")), number(round(data["confidence"], 3)))

    def _value(self, subject: URIRef, kind: str, name: str, value: Any) -> None:
        self.add(subject, URIRef(property_iri(name)), self._object(value))
        if name == "sameAs" and "Place" in superclasses(kind):
            self.add(subject, URIRef(property_iri("exactMatch")), self._object(value))

    def _object(self, value: Any) -> URIRef | Literal:
        match value:
            case Concept():
                return self._concept(value)
            case Link():
                return external(value.iri)
            case Text():
                return text(value.text, value.lang)
            case PartialDate():
                return typed(value.iso, _DATATYPES[value.precision])
            case Interval():
                return typed(value.iso, "kgx:interval")
            case bool():
                return typed("true" if value else "false", "xsd:boolean")
            case int():
                return typed(str(value), "xsd:integer")
            case Decimal() | float():
                return number(value)
        return text(str(value))

    def _concept(self, concept: Concept) -> URIRef:
        subject = self.iri(str(concept))
        if concept in self._concepts:
            return subject
        self._concepts.add(concept)
        scheme = self.iri(concept.scheme)
        listed = schemes().get(concept.scheme)
        entry = listed.concepts.get(concept.name) if listed else None
        self.add(subject, named("rdf:type"), named("skos:Concept"))
        self.add(subject, named("skos:prefLabel"), text(entry.label if entry else concept.name.replace("_", " "), "en"))
        self.add(subject, named("skos:notation"), text(concept.name))
        self.add(subject, named("skos:inScheme"), scheme)
        if entry and entry.wikidata:
            self.add(subject, named("skos:closeMatch"), named(f"wd:{entry.wikidata}"))
        self.add(scheme, named("rdf:type"), named("skos:ConceptScheme"))
        self.add(scheme, named("skos:prefLabel"), text(listed.label if listed else concept.scheme, "en"))
        return subject

    def _proof(self, piece: Evidence) -> URIRef:
        """The node of a piece of evidence; the same words read by the same rule are one, as sure as the surest."""
        digest = evidence_digest(piece.document, piece.start, piece.end, piece.rule)
        subject = self.iri(f"evidence/{digest}")
        before = self._evidence.get(subject)
        if before is not None and before >= piece.confidence:
            return subject
        self._evidence[subject] = piece.confidence
        if before is not None:
            self.rdf.remove((subject, URIRef(property_iri("confidence")), None))
        else:
            self._selectors(subject, digest, piece)
        self.add(subject, URIRef(property_iri("confidence")), number(round(piece.confidence, 3)))
        return subject

    def _selectors(self, subject: URIRef, digest: str, piece: Evidence) -> None:
        # Blank nodes named after the evidence: the same in every run, and the position sorts before the quote.
        position, quotation = BNode(f"e{digest}a"), BNode(f"e{digest}b")
        self.add(subject, named("rdf:type"), named("oa:SpecificResource"))
        self.add(subject, named("oa:hasSource"), self.iri(document_node(piece.document)))
        self.add(subject, named("oa:hasSelector"), position)
        self.add(subject, named("oa:hasSelector"), quotation)
        self.add(position, named("rdf:type"), named("oa:TextPositionSelector"))
        self.add(position, named("oa:start"), typed(str(piece.start), "xsd:integer"))
        self.add(position, named("oa:end"), typed(str(piece.end), "xsd:integer"))
        self.add(quotation, named("rdf:type"), named("oa:TextQuoteSelector"))
        self.add(quotation, named("oa:exact"), text(piece.quote, piece.lang))
        for name, words in (("oa:prefix", piece.before), ("oa:suffix", piece.after)):
            if words:
                self.add(quotation, named(name), text(words, piece.lang))
        self.add(subject, URIRef(property_iri("rule")), text(piece.rule))
        for slot in piece.slots:
            self.add(subject, URIRef(property_iri("slot")), text(f"{slot.role} {slot.start}-{slot.end}"))


def _language(label: str, names: Iterable[Name], properties: Mapping[str, Iterable[Any]]) -> str | None:
    """The language of a label: of a document its own; a Latin label is the English one; else that of the same name."""
    own = next((str(value) for value in properties.get("language", ())), None)
    if own is not None:
        return own
    if all(ord(c) < 0x250 or 0x1E00 <= ord(c) < 0x1F00 for c in label if c.isalpha()):
        return "en"
    return next((name.lang for name in names if name.text == label), None)
