"""What a graph says of each document."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from pathlib import PurePath

from kgx.ontology.terms import class_iri, expand, property_iri
from kgx.query import Store, Triple, triples

_NAMES = ("rdfs:label", "skos:altLabel", "skos:prefLabel", "schema:name")


@lru_cache(maxsize=65536)
def folded(name: str) -> str:
    """A name without case, diacritics and punctuation, its words one blank apart: spellings of one name are equal."""
    name = name.replace("đ", "d").replace("Đ", "D").replace("ı", "i")  # these do not decompose
    bare = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return re.sub(r"[\W_]+", " ", unicodedata.normalize("NFC", bare).casefold()).strip()


def same_name(a: str, b: str) -> bool:
    """Whether two names are spellings of one: in any order of words, or one longer word of the other's (a surname)."""
    a, b = folded(a), folded(b)
    if not a or not b:
        return False
    if a.replace(" ", "") == b.replace(" ", ""):
        return True
    few, many = sorted((set(a.split()), set(b.split())), key=len)
    if few == many:
        return True
    return len(few) == 1 < len(many) and len(next(iter(few))) > 3 and few < many


class Reading:
    """The triples of a graph, looked up by document, class, property and name."""

    def __init__(self, store: Store) -> None:
        self._values: dict[str, dict[str, list[Triple]]] = defaultdict(lambda: defaultdict(list))
        self._things: dict[str, set[str]] = defaultdict(set)
        for triple in triples(store):
            self._values[triple.subject][triple.predicate].append(triple)
        self._documents: dict[str, str] = {
            subject: PurePath(self.values(subject, "fileName")[0]).stem
            for subject in self._values
            if self.values(subject, "fileName")
        }
        for subject in list(self._values):
            for evidence in self.values(subject, "wasDerivedFrom"):
                for document in self._all(evidence, expand("oa:hasSource")):
                    if document in self._documents:
                        self._things[self._documents[document]].add(subject)

    def _all(self, subject: str, predicate: str) -> list[str]:
        return [t.object for t in self._values[subject][predicate]] if subject in self._values else []

    def of(self, document: str, *classes: str) -> list[str]:
        """The things and facts of some classes that a document gives evidence of, in order of their IRIs."""
        wanted = {class_iri(c) for c in classes}
        return sorted(t for t in self._things[document] if wanted & set(self._all(t, expand("rdf:type"))))

    def is_a(self, thing: str, name: str) -> bool:
        """Whether a thing is of a class of the vocabulary, told by its name."""
        return class_iri(name) in self._all(thing, expand("rdf:type"))

    def values(self, thing: str, *properties: str) -> list[str]:
        """All values of some properties: IRIs whole, literals as written."""
        return [value for name in properties for value in self._all(thing, property_iri(name))]

    def value(self, thing: str, name: str) -> str | None:
        """One value of a property: of an IRI its last part, so that a concept is told by its name."""
        for triple in self._values[thing][property_iri(name)] if thing in self._values else ():
            return triple.object.rsplit("/", 1)[-1].rsplit("#", 1)[-1] if triple.is_node else triple.object
        return None

    def dates(self, document: str) -> list[str]:
        """The distinct dates that a document mentions."""
        nodes = [iri for iri, stem in self._documents.items() if stem == document]
        return sorted({v.split("T")[0] for node in nodes for v in self.values(node, "mentionsDate")})

    def documents(self) -> set[str]:
        """The stems of all documents."""
        return set(self._documents.values())

    def names(self, thing: str) -> list[str]:
        """All names of a thing."""
        return [name for predicate in _NAMES for name in self._all(thing, expand(predicate))]

    def is_called(self, thing: str, names: Iterable[str]) -> bool:
        """Whether a thing bears one of some names, or has one of them as its ISO 3166 code."""
        wanted = list(names)
        if any(code in wanted for code in self.values(thing, "iso3166")):
            return True
        return any(same_name(a, b) for a in self.names(thing) for b in wanted)
