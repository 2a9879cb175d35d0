"""The graph as a network for Gephi and its like: things, offices, facts and documents, and the roles between them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from kgx.export.nodes import is_literal, plain
from kgx.export.triples import Triples
from kgx.export.view import View
from kgx.ontology.terms import vocabulary

__all__ = ["EDGE_ATTRIBUTES", "TYPES", "Edge", "Network", "lines", "xml"]

Value = str | float | bool
TYPES: Mapping[type, str] = {str: "string", float: "double", bool: "boolean"}  # in GEXF and GraphML alike
EDGE_ATTRIBUTES = ("role", "quotes")
_NUMBERS = ("xsd:decimal", "xsd:integer")
_SKIPPED = {"rdf:type", "rdfs:label", "wasDerivedFrom", "exactMatch", "text"}
_NAMES = {"skos:altLabel": "names"}
# What XML 1.0 cannot hold at all.
_BAD = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Blanks would be made one within an attribute; marks of direction are escaped so that a reader of the file sees them.
_ESCAPED = re.compile("[&<>\"'\t\n\r\x7f-\x9f\u200e\u200f\u061c\u2028-\u202e\u2066-\u2069\ufeff]")


@dataclass(frozen=True)
class Edge:
    """A role: who plays it for what; `quotes` where it ties to a document: the words that tell it."""

    source: str
    target: str
    role: str
    quotes: str = ""


class Network:
    """Nodes by their ids, with what is said of them as plain values; edges in order."""

    def __init__(self, known: Triples) -> None:
        self._view = View(known)
        self._told = [node for node in self._view.said if self._view.is_told(node)]

    @cached_property
    def nodes(self) -> Mapping[str, Mapping[str, Value]]:
        """Node -> attribute -> value; ``label``, ``kind`` and ``iri`` always stand."""
        return {self._view.id(node): dict(self._attributes(node)) for node in self._told}

    @cached_property
    def attributes(self) -> Mapping[str, type]:
        """All attributes that occur, with their types, by name."""
        kinds: dict[str, type] = {}
        for said in self.nodes.values():
            for name, value in said.items():
                kinds.setdefault(name, type(value))
        return dict(sorted(kinds.items()))

    def edges(self) -> Iterator[Edge]:
        """All roles, each once."""
        view, told = self._view, set(self._told)
        for node in self._told:
            for name, objects in sorted(view.said[node].items()):
                for o in objects:
                    if o in told:
                        yield Edge(view.id(node), view.id(o), name)
            quotes: dict[str, list[str]] = {}
            for proof in view.proofs(node):
                quotes.setdefault(proof.document, []).append(f"{proof.start}-{proof.end} {proof.quote}")
            for document, words in quotes.items():
                yield Edge(view.id(node), view.id(document), "toldIn", "\n".join(words))

    def _attributes(self, node: str) -> Iterator[tuple[str, Value]]:
        view = self._view
        yield "label", view.label(node)
        yield "kind", view.kind(node) or ""
        yield "iri", plain(node)
        for name, objects in view.said[node].items():
            term = vocabulary().properties.get(name)
            if name in _SKIPPED or (term is not None and term.range):
                continue
            values = [view.concept(node, name) or "" if term and term.scheme else plain(o)
                      for o in objects if is_literal(o) or (term and (term.scheme or term.datatype))]  # fmt: skip
            if term is not None and term.datatype in _NUMBERS:
                if (number := view.number(node, name)) is not None:
                    yield name, float(number)
            elif values:
                yield _NAMES.get(name, name), _typed(values, term.datatype if term else None)


def _typed(values: list[str], datatype: str | None) -> Value:
    if datatype == "xsd:boolean":
        return values[0] == "true"
    return "; ".join(values)


def lines(told: Iterable[str]) -> bytes:
    """A file of lines."""
    return "".join(f"{line}\n" for line in told).encode()


def xml(value: Value) -> str:
    """A value within XML, in an attribute or between tags."""
    if isinstance(value, bool):
        return "true" if value else "false"
    written = repr(value) if isinstance(value, float) else value
    return _ESCAPED.sub(lambda found: f"&#{ord(found.group())};", _BAD.sub("\ufffd", written))
