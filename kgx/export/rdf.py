"""The one module that knows rdflib: nodes of RDF, and Turtle that is the same bytes for the same triples."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.plugins.serializers.turtle import TurtleSerializer
from rdflib.term import Node

from kgx.export import nodes
from kgx.ontology.terms import expand, vocabulary

__all__ = [
    "BNode",
    "Graph",
    "Literal",
    "Node",
    "URIRef",
    "named",
    "graph_of",
    "new_graph",
    "text",
    "typed",
    "turtle",
    "all_prefixes",
]

_LANG = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_ESCAPED = re.compile(r'["\\\x00-\x1f\x7f\u200e\u200f\u061c\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]')
_SURROGATE = re.compile("[\ud800-\udfff]")


@cache
def named(term: str) -> URIRef:
    """The node of a term written with a prefix (``schema:Event``)."""
    return URIRef(expand(term))


def text(content: str, lang: str | None = None) -> Literal:
    """A string, with its language where that is known; lone surrogates, which UTF-8 can't hold, become U+FFFD."""
    known = lang if lang and lang != "und" and _LANG.fullmatch(lang) else None
    return Literal(_SURROGATE.sub("\ufffd", content), lang=known)


def typed(lexical: str, datatype: str) -> Literal:
    """A literal as written, of a datatype with prefix."""
    return Literal(lexical, datatype=named(datatype), normalize=False)


def graph_of(triples: Iterable[tuple[str, str, str]], prefixes: Mapping[str, str]) -> Graph:
    """A graph of triples written as N-Triples does, with prefixes."""
    graph = new_graph(prefixes)
    graph.addN((_node(s), _node(p), _node(o), graph) for s, p, o in triples)
    return graph


def _node(written: str) -> Any:
    if written.startswith("<"):
        return URIRef(written[1:-1])
    if written.startswith("_:"):
        return BNode(written[2:])
    kind = nodes.datatype_of(written)
    return Literal(
        nodes.value_of(written), lang=nodes.lang_of(written), datatype=URIRef(kind) if kind else None, normalize=False
    )


def new_graph(prefixes: Mapping[str, str]) -> Graph:
    """An empty graph that knows nothing but `prefixes`."""
    graph = Graph(bind_namespaces="none")
    for prefix, namespace in sorted(prefixes.items()):
        graph.bind(prefix, namespace)
    return graph


# What Turtle writes without quotation marks; a decimal only with its point, for 800000000.0 is not how it was told.
_PLAIN = {named("xsd:integer"), named("xsd:decimal"), named("xsd:boolean")}


class _Turtle(TurtleSerializer):
    """Turtle with classes in the order of the vocabulary, and every string on one line.

    Strings are escaped here because rdflib leaves a quotation mark after a backslash at the end of a string of several
    lines as it is, which no parser can read; and marks of direction are escaped so that a reader sees them.
    """

    topClasses: Sequence[URIRef] = ()  # type: ignore[assignment]
    predicateOrder: Sequence[URIRef] = ()  # type: ignore[assignment]

    def label(self, node: Node, position: int) -> str:
        if not isinstance(node, Literal) or _is_plain(node):
            return super().label(node, position)
        body = f'"{_ESCAPED.sub(_escape, str(node))}"'
        if node.language:
            return f"{body}@{node.language}"
        return f"{body}^^{self.get_pname(node.datatype, False) or node.datatype.n3()}" if node.datatype else body


def _is_plain(node: Literal) -> bool:
    return node.datatype in _PLAIN and (node.datatype != named("xsd:decimal") or "." in node)


def _escape(found: re.Match[str]) -> str:
    char = found.group()
    return _ESCAPES.get(char) or f"\\u{ord(char):04X}"


def turtle(graph: Graph, *, classes: Iterable[str] = (), predicates: Iterable[str] = ()) -> bytes:
    """Write a graph as Turtle, deterministically if its blank nodes have deterministic names.

    Args:
        graph: the triples.
        classes: subjects of these classes come first, in this order (terms with prefix); the rest by IRI.
        predicates: these come first below a subject, in this order; the rest by IRI.
    """
    serializer = _Turtle(graph)
    serializer.topClasses = [named(c) for c in classes]
    serializer.predicateOrder = [named(p) for p in predicates]
    target = io.BytesIO()
    serializer.serialize(target, encoding="utf-8", spacious=True)
    return target.getvalue().rstrip(b"\n") + b"\n"


def all_prefixes() -> dict[str, str]:
    """The prefixes of the vocabulary, with ``id:`` for the default base."""
    return {**vocabulary().prefixes, "id": vocabulary().base}
