"""The graph as triples, sorted. `kgx.graph` knows names, ``terms.yaml`` their IRIs.

What is said of a node is made when it is asked for: of a hundred thousand documents there are sixty million triples,
which would take many times the memory of the graph. Only an index of subjects is kept.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from functools import cache, cached_property, lru_cache
from itertools import groupby
from typing import Any

from kgx.errors import UsageError
from kgx.export.nodes import external, iri, literal, named, number, text, typed, value_of
from kgx.export.statements import Block, Pair, Triple, Triples
from kgx.graph import Concept, Graph, Link, Text, document_node
from kgx.ids import evidence_digest
from kgx.models import Evidence, Name
from kgx.ontology.terms import class_iri, property_iri, schemes, superclasses
from kgx.quantities.types import Interval, PartialDate
from kgx.query import is_iri

__all__ = ["DEFAULT_BASE", "Triple", "Triples", "of_graph", "of_lines"]

DEFAULT_BASE = "https://w3id.org/kgx/id/"
_BASE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x20]*[/#:]")
_OF_DATASETS = ("graph", "software")  # what a data set says of its own graphs is no part of the graph
_EVIDENCE = "evidence/"
_AT_HAND = 65536  # IRIs
_DATATYPES = {"day": "xsd:date", "month": "xsd:gYearMonth", "year": "xsd:gYear", "month_day": "xsd:gMonthDay"}


def of_graph(graph: Graph, *, base: str = DEFAULT_BASE) -> Triples:
    """The triples of the graph, exactly in the terms of the vocabulary.

    Edges to nodes that the graph says nothing of are left out: they would mean nothing to a reader.

    Args:
        graph: as `kgx.graph.build_graph` makes it; it must not change before all is written.
        base: the IRI below which the things stand; it ends in ``/``, ``#`` or ``:``.

    Raises:
        UsageError: if `base` is no IRI that things can stand below.
    """
    if not (_BASE.fullmatch(base) and is_iri(base)):
        raise UsageError(f"base {base!r}: an absolute IRI that ends in '/', '#' or ':' is needed")
    return _OfGraph(graph, base)


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
    renamed = {(names.get(s, s), p, names.get(o, o)) for s, p, o in found if not s.startswith(own)}
    return Triples(base, sorted(renamed))


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


class _OfGraph(Triples):
    """What a graph says, made subject by subject; what many nodes share (concepts, evidence) is described once."""

    def __init__(self, graph: Graph, base: str) -> None:
        self.base = base
        self._graph = graph
        self._iri = lru_cache(maxsize=_AT_HAND)(lambda node: iri(base, node))
        self._sure = lru_cache(maxsize=_AT_HAND)(lambda value: number(round(value, 3)))
        self._document = lru_cache(maxsize=_AT_HAND)(lambda name: iri(base, document_node(name)))
        self._nodes: dict[str, list[str]] = {}  # by IRI
        self._concepts: dict[str, list[Pair]] = {}
        # By digest: the same words read by the same rule are one piece, as sure as the surest.
        self._pieces: dict[str, Evidence] = {}
        self._surest: dict[str, float] = {}
        described: set[Concept] = set()
        for node, data in graph.nodes(data=True):
            if "type" not in data:
                continue
            self._nodes.setdefault(self._iri(node), []).append(node)
            for values in (data.get("properties") or {}).values():
                for value in values:
                    if isinstance(value, Concept) and value not in described:
                        described.add(value)
                        self._describe(value)
            for piece in data.get("evidence") or ():
                digest = evidence_digest(piece)
                known = self._pieces.setdefault(digest, piece)
                if piece.confidence > self._surest.get(digest, known.confidence):
                    self._surest[digest] = piece.confidence

    @cached_property
    def triples(self) -> tuple[Triple, ...]:
        return tuple(self)

    def __iter__(self) -> Iterator[Triple]:
        pieces = sorted(self._pieces)
        for subject in _once(heapq.merge(sorted(self._subjects()), map(self._proof, pieces))):
            for p, o in sorted(self._about(subject)):
                yield subject, p, o
        for digest in pieces:
            for subject, said in _selectors(digest, self._pieces[digest]).items():
                for p, o in sorted(said):
                    yield subject, p, o

    def blocks(self) -> Iterator[Block]:
        proofs = (self._proof(digest)[:-1] for digest in sorted(self._pieces))
        for start in _once(heapq.merge(sorted(subject[:-1] for subject in self._subjects()), proofs)):
            digest = start.removeprefix(f"<{self.base}{_EVIDENCE}")
            piece = self._pieces.get(digest) if digest != start else None
            yield f"{start}>", self._about(f"{start}>"), _selectors(digest, piece) if piece is not None else {}

    def _subjects(self) -> Iterable[str]:
        return self._nodes.keys() | self._concepts.keys()

    def _proof(self, digest: str) -> str:
        return f"<{self.base}{_EVIDENCE}{digest}>"

    def _about(self, subject: str) -> list[Pair]:
        """All that is said of a subject, each once."""
        said: list[Pair] = []
        digest = subject[:-1].removeprefix(f"<{self.base}{_EVIDENCE}")
        if (piece := self._pieces.get(digest)) is not None:
            said += self._of_piece(digest, piece)
        said += self._concepts.get(subject, ())
        for node in self._nodes.get(subject, ()):
            said += self._of_node(node, self._graph.nodes[node])
            for target, roles in self._graph.adj[node].items():
                if "type" in self._graph.nodes[target]:
                    other = self._iri(target)
                    said += [(_property(role), other) for role in roles]
        return list(dict.fromkeys(said))

    def _of_node(self, node: str, data: Mapping[str, Any]) -> Iterator[Pair]:
        kind = data["type"]
        for cls in _classes(kind):
            yield named("rdf:type"), cls
        label = str(data.get("label") or node)
        names: tuple[Name, ...] = tuple(data.get("names") or ())
        properties: Mapping[str, Iterable[Any]] = data.get("properties") or {}
        yield named("rdfs:label"), text(label, _language(label, names, properties))
        for name in names:
            yield named("skos:altLabel"), text(name.text, name.lang)
        for key, values in properties.items():
            for value in values:
                told = self._object(value)
                yield _property(key), told
                if key == "sameAs" and "Place" in superclasses(kind):
                    yield _property("exactMatch"), told
        for piece in data.get("evidence") or ():
            yield _property("wasDerivedFrom"), self._proof(evidence_digest(piece))
        if data.get("confidence") is not None and data.get("evidence"):
            yield _property("confidence"), self._sure(data["confidence"])

    def _object(self, value: Any) -> str:
        match value:
            case Concept():
                return self._iri(str(value))
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

    def _describe(self, concept: Concept) -> None:
        scheme = self._iri(concept.scheme)
        listed = schemes().get(concept.scheme)
        entry = listed.concepts.get(concept.name) if listed else None
        said = self._concepts.setdefault(self._iri(str(concept)), [])
        said.append((named("rdf:type"), named("skos:Concept")))
        said.append((named("skos:prefLabel"), text(entry.label if entry else concept.name.replace("_", " "), "en")))
        said.append((named("skos:notation"), text(concept.name)))
        said.append((named("skos:inScheme"), scheme))
        if entry and entry.wikidata:
            said.append((named("skos:closeMatch"), named(f"wd:{entry.wikidata}")))
        said = self._concepts.setdefault(scheme, [])
        said.append((named("rdf:type"), named("skos:ConceptScheme")))
        said.append((named("skos:prefLabel"), text(listed.label if listed else concept.scheme, "en")))

    def _of_piece(self, digest: str, piece: Evidence) -> Iterator[Pair]:
        yield named("rdf:type"), named("oa:SpecificResource")
        yield named("oa:hasSource"), self._document(piece.document)
        for selector in _nodes_of(digest):
            yield named("oa:hasSelector"), selector
        yield _property("confidence"), self._sure(self._surest.get(digest, piece.confidence))
        yield _property("rule"), text(piece.rule)
        for slot in piece.slots:
            yield _property("slot"), text(f"{slot.role} {slot.start}-{slot.end}")


def _once(subjects: Iterable[str]) -> Iterator[str]:
    """Sorted subjects, each once."""
    return (subject for subject, _ in groupby(subjects))


def _nodes_of(digest: str) -> tuple[str, str]:
    """Blank nodes named after the evidence: the same in every run, and the position sorts before the quote."""
    return f"_:e{digest}a", f"_:e{digest}b"


def _selectors(digest: str, piece: Evidence) -> dict[str, list[Pair]]:
    """Where a piece of evidence stands, and its words: what is said of its two blank nodes."""
    position, quotation = _nodes_of(digest)
    words = [(named("rdf:type"), named("oa:TextQuoteSelector")), (named("oa:exact"), text(piece.quote, piece.lang))]
    for name, told in (("oa:prefix", piece.before), ("oa:suffix", piece.after)):
        if told:
            words.append((named(name), text(told, piece.lang)))
    where = [
        (named("rdf:type"), named("oa:TextPositionSelector")),
        (named("oa:start"), typed(str(piece.start), "xsd:integer")),
        (named("oa:end"), typed(str(piece.end), "xsd:integer")),
    ]
    return {position: where, quotation: words}


def _language(label: str, names: Iterable[Name], properties: Mapping[str, Iterable[Any]]) -> str | None:
    """The language of a label: of a document its own; a Latin label is the English one; else that of the same name."""
    own = next((str(value) for value in properties.get("language", ())), None)
    if own is not None:
        return own
    if label.isascii() or all(ord(c) < 0x250 or 0x1E00 <= ord(c) < 0x1F00 for c in label if c.isalpha()):
        return "en"
    return next((name.lang for name in names if name.text == label), None)
