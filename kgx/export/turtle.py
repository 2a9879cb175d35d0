"""Turtle: classes and properties in the order of the vocabulary, every string on one line, the same bytes each time.

rdflib's serialiser takes minutes for what this writes in seconds, and leaves a quotation mark after a backslash at the
end of a string of several lines as it is, which no parser can read.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import IO

from kgx.export.files import atomic_write
from kgx.export.nodes import datatype_of, is_literal, lang_of, named, value_of
from kgx.export.rdf import Graph
from kgx.export.rdf import graph_of as rdf_graph_of
from kgx.export.triples import DEFAULT_BASE, Triple, Triples, of_graph
from kgx.graph import Graph as KnowledgeGraph
from kgx.ontology.terms import groups, vocabulary

__all__ = ["DEFAULT_BASE", "TurtleWriter", "prefixes_of", "to_rdf", "to_turtle", "write_turtle"]

_FIRST = ("rdf:type", "rdfs:label", "skos:prefLabel", "skos:altLabel", "oa:hasSource", "oa:hasSelector", "oa:start")
_LAST_CLASSES = ("skos:ConceptScheme", "skos:Concept", "oa:SpecificResource")
# Local names that need no escape, a part of what Turtle allows.
_LOCAL = re.compile(r"(?:[A-Za-z0-9_]|%[0-9A-F]{2})(?:(?:[A-Za-z0-9_.-]|%[0-9A-F]{2})*(?:[A-Za-z0-9_-]|%[0-9A-F]{2}))?")
# What Turtle writes without quotation marks; a decimal only with its point, for 800000000.0 is not how it was told.
_BARE = {"integer": re.compile(r"[+-]?[0-9]+"), "decimal": re.compile(r"[+-]?[0-9]*\.[0-9]+"),
         "boolean": re.compile("true|false")}  # fmt: skip


def write_turtle(graph: KnowledgeGraph, path: str | Path | IO[bytes] | IO[str], *, base: str = DEFAULT_BASE) -> None:
    """Write the graph as Turtle: the same graph gives the same bytes.

    Args:
        graph: as `kgx.graph.build_graph` makes it.
        path: a file, written aside and renamed, so that an old one is never left half-written; or an open stream.
        base: the IRI below which the things stand; it ends in ``/``, ``#`` or ``:``.

    Raises:
        UsageError: if `base` is no such IRI, or the file can't be written.
    """
    content = to_turtle(of_graph(graph, base=base))
    if isinstance(path, str | Path):
        atomic_write(path, content)
    elif isinstance(path, io.TextIOBase):
        path.write(content.decode())
    else:
        path.write(content)  # type: ignore[arg-type]


def to_rdf(graph: KnowledgeGraph, *, base: str = DEFAULT_BASE) -> Graph:
    """The triples of the graph for rdflib.

    Raises:
        UsageError: if `base` is no IRI that things can stand below.
    """
    return rdf_graph_of(of_graph(graph, base=base).triples, prefixes_of(base))


def to_turtle(known: Triples) -> bytes:
    """Triples as Turtle."""
    prefixes = prefixes_of(known.base)
    writer = TurtleWriter(prefixes)
    body = "\n\n".join(writer.blocks(known.triples))
    head = "".join(f"@prefix {name}: <{prefixes[name]}> .\n" for name in sorted(writer.used))
    return f"{head}\n\n{body}\n".encode()


def prefixes_of(base: str) -> dict[str, str]:
    """The prefixes of the vocabulary, and one for each group of ids."""
    return {**{group: f"{base}{group}/" for group in groups()}, **vocabulary().prefixes, "id": base}


@cache
def _class_ranks() -> Mapping[str, int]:
    classes = [*(f"kgx:{name}" for name in vocabulary().classes), *_LAST_CLASSES]
    return {named(term): rank for rank, term in enumerate(classes)}


@cache
def _predicate_ranks() -> Mapping[str, int]:
    terms = [*_FIRST, *(term.iri or f"kgx:{name}" for name, term in vocabulary().properties.items())]
    return {named(term): rank for rank, term in reversed(list(enumerate(terms)))}


class TurtleWriter:
    """Writes subjects; `used` are the prefixes that occurred."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self.used: set[str] = set()
        self._prefixes = {namespace: name for name, namespace in prefixes.items()}
        self._shown: dict[str, str] = {}
        self._sorted_by = _predicate_ranks()

    def blocks(self, known: Iterable[Triple]) -> Iterator[str]:
        """The subjects in order of their classes, then their IRIs; blank nodes within what refers to them."""
        about = {
            subject: self._sorted((p, o) for _, p, o in group) for subject, group in groupby(known, key=itemgetter(0))
        }
        referred = Counter(o for said in about.values() for _, o in said if o.startswith("_:"))
        inline = {
            o
            for subject, said in about.items()
            if not subject.startswith("_:")
            for _, o in said
            if o.startswith("_:") and referred[o] == 1 and o in about and not _nests(about[o])
        }
        ranks, last = _class_ranks(), len(_class_ranks())
        kinds = named("rdf:type")
        order = sorted(
            (min((ranks.get(o, last) for p, o in said if p == kinds), default=last), subject[:-1], subject)
            for subject, said in about.items()
            if subject not in inline
        )
        for *_, subject in order:
            yield f"{self.shown(subject)} {self._said(about[subject], about, inline, '    ')} ."

    def _sorted(self, said: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        ranks, last = self._sorted_by, len(self._sorted_by)
        return sorted(said, key=lambda po: (ranks.get(po[0], last), po[0], _order(po[1])))

    def _said(
        self,
        said: list[tuple[str, str]],
        about: Mapping[str, list[tuple[str, str]]],
        inline: set[str],
        indent: str,
    ) -> str:
        parts = []
        for predicate, group in groupby(said, key=itemgetter(0)):
            verb = "a" if predicate == named("rdf:type") else self.shown(predicate)
            values = [
                f"[ {self._said(about[o], about, inline, indent * 3)} ]" if o in inline else self.shown(o)
                for _, o in group
            ]
            parts.append(f"{verb} " + f",\n{indent * 2}".join(values))
        return f" ;\n{indent}".join(parts)

    def shown(self, node: str) -> str:
        """A node as Turtle writes it."""
        known = self._shown.get(node)
        if known is None:
            known = self._literal(node) if is_literal(node) else self._iri(node)
            self._shown[node] = known
        return known

    def _iri(self, node: str) -> str:
        cut = max(node.rfind("/"), node.rfind("#"), node.rfind(":")) + 1
        name = self._prefixes.get(node[1:cut])
        if name is None or not _LOCAL.fullmatch(node, cut, len(node) - 1):
            return node
        self.used.add(name)
        return f"{name}:{node[cut:-1]}"

    def _literal(self, node: str) -> str:
        datatype = datatype_of(node)
        if datatype is None:
            return node
        bare = _BARE.get(datatype.removeprefix(vocabulary().prefixes["xsd"]))
        value = value_of(node)
        if bare is not None and bare.fullmatch(value):
            return value
        return f"{node[: node.rindex('^^') + 2]}{self._iri(f'<{datatype}>')}"


def _nests(said: Iterable[tuple[str, str]]) -> bool:
    return any(o.startswith("_:") for _, o in said)


def _order(node: str) -> tuple[str, str]:
    """IRIs, then literals by type and language."""
    if not is_literal(node):
        return "", node[:-1]  # without the bracket, which sorts after a hyphen
    kind = datatype_of(node) or lang_of(node) or ""
    return f"~{kind}", node
