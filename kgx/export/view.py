"""Triples as things and facts again, by the names of the vocabulary: for the formats that are no RDF."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache, cached_property

from kgx.export.nodes import lang_of, plain
from kgx.export.triples import Triples
from kgx.ontology.terms import class_iri, property_iri, superclasses, vocabulary

__all__ = ["Proof", "View", "short"]


@dataclass(frozen=True)
class Proof:
    """The words of a document that tell something; offsets in code points, end exclusive."""

    iri: str
    document: str
    start: int
    end: int
    quote: str
    lang: str
    rule: str
    confidence: float
    before: str
    after: str


@cache
def _names() -> Mapping[str, str]:
    return {f"<{property_iri(name)}>": name for name in vocabulary().properties}


@cache
def _own_classes() -> Mapping[str, str]:
    return {f"<{class_iri(name)}>": name for name in vocabulary().classes}


@cache
def short(predicate: str) -> str:
    """A property by its name in the vocabulary, else with its prefix (``rdfs:label``), else its IRI."""
    if predicate in _names():
        return _names()[predicate]
    value = predicate[1:-1]
    for prefix, namespace in vocabulary().prefixes.items():
        if value.startswith(namespace):
            return f"{prefix}:{value.removeprefix(namespace)}"
    return value


class View:
    """Reads triples by node and name; nodes are as N-Triples writes them."""

    def __init__(self, known: Triples) -> None:
        self.base = known.base
        self.said: dict[str, dict[str, list[str]]] = {}
        last = None
        for s, p, o in known.triples:
            if s != last:
                said = self.said[s] = {}
                last = s
            said.setdefault(short(p), []).append(o)

    @cached_property
    def _by_kind(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        own = _own_classes()
        for node, said in self.said.items():
            for kind in said.get("rdf:type", ()):
                if kind in own:
                    found[own[kind]].append(node)
        return found

    def of(self, kind: str) -> list[str]:
        """All nodes of a class of the vocabulary and those below it, in order of their IRIs."""
        return self._by_kind.get(kind, [])

    def kind(self, node: str) -> str | None:
        """The most specific class of a node in the vocabulary."""
        own = _own_classes()
        kinds = [own[k] for k in self.all(node, "rdf:type") if k in own]
        return max(kinds, key=lambda k: (len(superclasses(k)), k), default=None)

    def id(self, node: str) -> str:
        """What a node is called below the base."""
        return plain(node).removeprefix(self.base)

    def all(self, node: str, name: str) -> list[str]:
        """The objects of a property, as nodes."""
        return self.said.get(node, {}).get(name, [])

    def texts(self, node: str, name: str) -> list[str]:
        """The objects of a property in plain words."""
        return [plain(o) for o in self.all(node, name)]

    def text(self, node: str, name: str) -> str | None:
        """The first of them."""
        return next(iter(self.texts(node, name)), None)

    def number(self, node: str, name: str) -> Decimal | None:
        """The first of them as a number; None where it is none."""
        try:
            value = Decimal(self.text(node, name) or "")
        except InvalidOperation:
            return None
        return value if value.is_finite() else None

    def file(self, document: str) -> str:
        """What people find a document by: the part of a file, else the name of the file."""
        return self.text(document, "locator") or self.text(document, "fileName") or self.id(document)

    def label(self, node: str) -> str:
        """What a node is called by people."""
        return self.text(node, "rdfs:label") or self.text(node, "skos:prefLabel") or self.id(node)

    def labels(self, node: str, name: str) -> list[str]:
        """What the nodes of a role are called."""
        return [self.label(o) for o in self.all(node, name)]

    def concept(self, node: str, name: str) -> str | None:
        """The value of a closed list, by its notation."""
        return next((self.text(o, "skos:notation") or self.id(o) for o in self.all(node, name)), None)

    def truth(self, node: str, name: str) -> bool:
        """Whether a property is stated as true."""
        return self.text(node, name) == "true"

    def country(self, node: str) -> str | None:
        """ISO 3166 alpha-2 code of a country, or of the one that a thing belongs to or lies in."""
        if code := self.text(node, "iso3166"):
            return code
        for name in ("country", "inCountry", "ofCountry"):
            codes = {code for o in self.all(node, name) if (code := self.text(o, "iso3166"))}
            if len(codes) == 1:  # of several none is the one
                return codes.pop()
        return None

    def acts_for(self, node: str) -> str | None:
        """The state of a thing; of a person without one, that of all offices held."""
        offices = {code for office in self.all(node, "holds") if (code := self.country(office))}
        return self.country(node) or (offices.pop() if len(offices) == 1 else None)

    def wikidata(self, node: str) -> str | None:
        """The item of Wikidata that is the same."""
        entity = vocabulary().prefixes["wd"]
        found = (iri.removeprefix(entity) for iri in self.texts(node, "sameAs") if iri.startswith(entity))
        return next((item for item in sorted(found) if item[:1] == "Q" and item[1:].isdigit()), None)

    def proofs(self, node: str) -> list[Proof]:
        """Where a node is told, in order of document and position."""
        found = [self._proof(evidence) for evidence in self.all(node, "wasDerivedFrom")]
        return sorted((p for p in found if p), key=lambda p: (p.document, p.start, p.end, p.iri))

    def documents(self, node: str) -> list[str]:
        """The documents that tell it, in order."""
        found = (s for evidence in self.all(node, "wasDerivedFrom") for s in self.all(evidence, "oa:hasSource"))
        return sorted(set(found))

    def _proof(self, evidence: str) -> Proof | None:
        selectors = self.all(evidence, "oa:hasSelector")
        position = next((s for s in selectors if self.all(s, "oa:start")), "")
        quotation = next((s for s in selectors if self.all(s, "oa:exact")), "")
        source = self.all(evidence, "oa:hasSource")
        if not (position and quotation and source):
            return None
        exact = self.all(quotation, "oa:exact")[0]
        return Proof(
            iri=evidence,
            document=source[0],
            start=int(self.number(position, "oa:start") or 0),
            end=int(self.number(position, "oa:end") or 0),
            quote=plain(exact),
            lang=lang_of(exact) or "und",
            rule=self.text(evidence, "rule") or "",
            confidence=float(self.number(evidence, "confidence") or 0),
            before=self.text(quotation, "oa:prefix") or "",
            after=self.text(quotation, "oa:suffix") or "",
        )

    def is_told(self, node: str) -> bool:
        """Whether a node is a document, thing or fact, and not a piece of evidence, concept or the like."""
        return not node.startswith("_:") and self.kind(node) is not None
