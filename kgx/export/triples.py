"""The graph as triples, sorted: what every format is written from. `kgx.graph` knows names, ``terms.yaml`` their IRIs.

A triple is three strings as N-Triples writes them (see `kgx.export.nodes`), so that a million of them are quickly made
and sorted, and the same graph gives the same bytes.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from kgx.errors import UsageError
from kgx.export.nodes import external, iri, literal, named, number, text, typed, value_of
from kgx.graph import Concept, Graph, Link, Text, document_node
from kgx.ids import evidence_digest
from kgx.models import Evidence, Name
from kgx.ontology.terms import class_iri, property_iri, schemes, superclasses
from kgx.quantities.types import Interval, PartialDate
from kgx.query import is_iri

__all__ = ["DEFAULT_BASE", "Triple", "Triples", "of_graph", "of_lines"]

Triple = tuple[str, str, str]

DEFAULT_BASE = "https://w3id.org/kgx/id/"
_BASE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x20]*[/#:]")
_OF_DATASETS = ("graph", "software")  # what a data set says of its own graphs is no part of the graph
_DATATYPES = {"day": "xsd:date", "month": "xsd:gYearMonth", "year": "xsd:gYear", "month_day": "xsd:gMonthDay"}


@dataclass(frozen=True)
class Triples:
    """All that a graph says.

    Attributes:
        base: the IRI below which its things stand.
        triples: each once, sorted.
    """

    base: str
    triples: tuple[Triple, ...]


def of_graph(graph: Graph, *, base: str = DEFAULT_BASE) -> Triples:
    """The triples of the graph, exactly in the terms of the vocabulary.

    Edges to nodes that the graph says nothing of are left out: they would mean nothing to a reader.

    Args:
        graph: as `kgx.graph.build_graph` makes it.
        base: the IRI below which the things stand; it ends in ``/``, ``#`` or ``:``.

    Raises:
        UsageError: if `base` is no IRI that things can stand below.
    """
    if not (_BASE.fullmatch(base) and is_iri(base)):
        raise UsageError(f"base {base!r}: an absolute IRI that ends in '/', '#' or ':' is needed")
    writer = _Writer(base)
    nodes = {node: data for node, data in graph.nodes(data=True) if "type" in data}
    for node, data in nodes.items():
        writer.node(node, data)
    for source, target, role in graph.edges(keys=True):
        if source in nodes and target in nodes:
            writer.add(writer.iri(source), _property(role), writer.iri(target))
    # Subject by subject: many short sorts are faster than a long one.
    found = writer.found
    return Triples(base, tuple((s, p, o) for s in sorted(found) for p, o in sorted(found[s])))


def of_lines(lines: bytes, base: str) -> Triples:
    """The triples of N-Triples, as `kgx.query.dump` gives them.

    Strings are escaped as ours are, and blank nodes get back the names that their evidence gives them: what was written
    and read comes out the same.
    """
    found = []
    for line in lines.decode("utf8").split("\n"):
        if line:
            subject, predicate, rest = line.split(" ", 2)
            value = rest[: rest.rindex(" .")]
            if value.startswith('"') and ("\\" in value or not value.isprintable()):
                cut = value.rindex('"') + 1
                value = literal(value_of(value), value[cut:])
            found.append((subject, predicate, value))
    names = _blank_names(found)
    own = tuple(f"<{base}{group}/" for group in _OF_DATASETS)
    return Triples(
        base,
        tuple(sorted({(names.get(s, s), p, names.get(o, o)) for s, p, o in found if not s.startswith(own)})),
    )


def _blank_names(found: Iterable[Triple]) -> Mapping[str, str]:
    said: dict[str, list[tuple[str, str]]] = {}
    owners: dict[str, tuple[str, str]] = {}
    for s, p, o in found:
        if s.startswith("_:"):
            said.setdefault(s, []).append((p, o))
        if o.startswith("_:"):
            owners[o] = min(owners.get(o, (s, p)), (s, p))
    selects, kinds = named("oa:hasSelector"), named("rdf:type")
    which = {(kinds, named("oa:TextPositionSelector")): "a", (kinds, named("oa:TextQuoteSelector")): "b"}
    names = {}
    rest = []
    for node in {*said, *owners}:
        owner, predicate = owners.get(node, ("", ""))
        letter = next((which[po] for po in said.get(node, ()) if po in which), None)
        if letter and predicate == selects and owner.startswith("<"):
            names[node] = f"_:e{owner[1:-1].rpartition('/')[2]}{letter}"
        else:
            rest.append((owner if owner.startswith("<") else "", predicate, sorted(said.get(node, ())), node))
    names |= {node: f"_:b{number}" for number, (*_, node) in enumerate(sorted(rest))}
    return names


@cache
def _property(name: str) -> str:
    return f"<{property_iri(name)}>"


@cache
def _classes(kind: str) -> tuple[str, ...]:
    return tuple(named(cls) if ":" in cls else f"<{class_iri(cls)}>" for cls in superclasses(kind))


class _Writer:
    """Gathers the triples; what many nodes share (concepts, evidence) is described once."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.found: dict[str, set[tuple[str, str]]] = defaultdict(set)
        self._iris: dict[str, str] = {}
        self._concepts: set[Concept] = set()
        self._evidence: dict[str, float] = {}

    def add(self, subject: str, predicate: str, value: str) -> None:
        self.found[subject].add((predicate, value))

    def iri(self, node: str) -> str:
        known = self._iris.get(node)
        if known is None:
            known = self._iris[node] = iri(self.base, node)
        return known

    def node(self, node: str, data: Mapping[str, Any]) -> None:
        subject = self.iri(node)
        kind = data["type"]
        for cls in _classes(kind):
            self.add(subject, named("rdf:type"), cls)
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
            self.add(subject, _property("wasDerivedFrom"), self._proof(piece))
        if data.get("confidence") is not None and data.get("evidence"):
            self.add(subject, _property("confidence"), number(round(data["confidence"], 3)))

    def _value(self, subject: str, kind: str, name: str, value: Any) -> None:
        self.add(subject, _property(name), self._object(value))
        if name == "sameAs" and "Place" in superclasses(kind):
            self.add(subject, _property("exactMatch"), self._object(value))

    def _object(self, value: Any) -> str:
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

    def _concept(self, concept: Concept) -> str:
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

    def _proof(self, piece: Evidence) -> str:
        """The node of a piece of evidence; what says the same is one, as sure as the surest."""
        digest = evidence_digest(piece)
        subject = self.iri(f"evidence/{digest}")
        before = self._evidence.get(subject)
        if before is not None and before >= piece.confidence:
            return subject
        self._evidence[subject] = piece.confidence
        if before is not None:
            self.found[subject].discard((_property("confidence"), number(round(before, 3))))
        else:
            self._selectors(subject, digest, piece)
        self.add(subject, _property("confidence"), number(round(piece.confidence, 3)))
        return subject

    def _selectors(self, subject: str, digest: str, piece: Evidence) -> None:
        # Blank nodes named after the evidence: the same in every run, and the position sorts before the quote.
        position, quotation = f"_:e{digest}a", f"_:e{digest}b"
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
        self.add(subject, _property("rule"), text(piece.rule))
        for slot in piece.slots:
            self.add(subject, _property("slot"), text(f"{slot.role} {slot.start}-{slot.end}"))


def _language(label: str, names: Iterable[Name], properties: Mapping[str, Iterable[Any]]) -> str | None:
    """The language of a label: of a document its own; a Latin label is the English one; else that of the same name."""
    own = next((str(value) for value in properties.get("language", ())), None)
    if own is not None:
        return own
    if all(ord(c) < 0x250 or 0x1E00 <= ord(c) < 0x1F00 for c in label if c.isalpha()):
        return "en"
    return next((name.lang for name in names if name.text == label), None)
