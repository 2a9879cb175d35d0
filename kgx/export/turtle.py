"""Turtle: classes and properties in the order of the vocabulary, every string on one line, the same bytes each time.

rdflib's serialiser takes minutes for what this writes in seconds, and leaves a quotation mark after a backslash at the
end of a string of several lines as it is, which no parser can read.
"""

from __future__ import annotations

import contextlib
import io
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache, partial
from operator import itemgetter
from pathlib import Path
from typing import IO

from kgx.export.files import atomic_write
from kgx.export.nodes import datatype_of, is_literal, lang_of, named, value_of
from kgx.export.rdf import Graph
from kgx.export.rdf import graph_of as rdf_graph_of
from kgx.export.statements import Block, Pair, Triple, Triples, blocks_of
from kgx.export.triples import DEFAULT_BASE, of_graph
from kgx.graph import Graph as KnowledgeGraph
from kgx.ontology.terms import groups, vocabulary

__all__ = ["DEFAULT_BASE", "TurtleWriter", "prefixes_of", "to_rdf", "to_turtle", "turtle_pieces", "write_turtle"]

_FIRST = ("rdf:type", "rdfs:label", "skos:prefLabel", "skos:altLabel", "oa:hasSource", "oa:hasSelector", "oa:start")
_IN_MEMORY, _PIECE = 4 * 2**20, 2**20  # bytes of a class before they go to disk, and of what is written at once
_AT_HAND = 65536  # nodes as they are written
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
    known = of_graph(graph, base=base)
    if isinstance(path, str | Path):
        atomic_write(path, turtle_pieces(known))
    elif isinstance(path, io.TextIOBase):
        path.write(to_turtle(known).decode())
    else:
        path.write(to_turtle(known))  # type: ignore[arg-type]


def to_rdf(graph: KnowledgeGraph, *, base: str = DEFAULT_BASE) -> Graph:
    """The triples of the graph for rdflib.

    Raises:
        UsageError: if `base` is no IRI that things can stand below.
    """
    return rdf_graph_of(of_graph(graph, base=base).triples, prefixes_of(base))


def to_turtle(known: Triples) -> bytes:
    """Triples as Turtle."""
    return b"".join(turtle_pieces(known))


def turtle_pieces(known: Triples) -> Iterator[bytes]:
    """Triples as Turtle, piece by piece; what is large waits on disk for what has to come before it."""
    prefixes = prefixes_of(known.base)
    writer = TurtleWriter(prefixes)
    with contextlib.ExitStack() as stack:
        classes: dict[int, IO[bytes]] = {}
        for rank, block in writer.ranked(known.blocks()):
            if rank not in classes:
                classes[rank] = stack.enter_context(tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY))
            classes[rank].write(f"\n\n{block}".encode())
        yield "".join(f"@prefix {name}: <{prefixes[name]}> .\n" for name in sorted(writer.used)).encode()
        for rank in sorted(classes):
            classes[rank].seek(0)
            yield from iter(partial(classes[rank].read, _PIECE), b"")
        yield b"\n" if classes else b"\n\n\n"


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
        self._kinds = named("rdf:type")
        self._short = lru_cache(maxsize=_AT_HAND)(self._shortened)
        self._verbs = lru_cache(maxsize=_AT_HAND)(self._in_order)

    def blocks(self, known: Iterable[Triple]) -> Iterator[str]:
        """The subjects in order of their classes, then their IRIs; blank nodes within what refers to them."""
        yield from (block for _, block in sorted(self.ranked(blocks_of(known)), key=itemgetter(0)))

    def ranked(self, blocks: Iterable[Block]) -> Iterator[tuple[int, str]]:
        """Each subject as Turtle, with the rank of its class, in the order that they come in."""
        ranks, last = _class_ranks(), len(_class_ranks())
        for subject, said, inner in blocks:
            rank = min((ranks.get(o, last) for p, o in said if p == self._kinds), default=last)
            yield rank, f"{self.shown(subject)} {self._said(said, inner, '    ')} ."

    def _said(self, said: Iterable[Pair], inner: Mapping[str, Sequence[Pair]], indent: str) -> str:
        values: dict[str, list[str]] = {}
        for predicate, value in said:
            if predicate in values:
                values[predicate].append(value)
            else:
                values[predicate] = [value]
        parts = []
        for predicate, verb in self._verbs(tuple(values)):
            several = values[predicate]
            if len(several) > 1:
                several.sort(key=_order)
            if inner:
                shown = [
                    f"[ {self._said(inner[o], {}, indent * 3)} ]" if o in inner else self.shown(o) for o in several
                ]
            else:
                shown = [self.shown(o) for o in several]
            parts.append(f"{verb} " + f",\n{indent * 2}".join(shown))
        return f" ;\n{indent}".join(parts)

    def _in_order(self, predicates: tuple[str, ...]) -> list[tuple[str, str]]:
        """Predicates in the order in which they are written, each as it is written."""
        ranks, last = _predicate_ranks(), len(_predicate_ranks())
        order = sorted(predicates, key=lambda p: (ranks.get(p, last), p))
        return [(p, "a" if p == self._kinds else self.shown(p)) for p in order]

    def shown(self, node: str) -> str:
        """A node as Turtle writes it."""
        return node if node[0] == '"' and node[-1] != ">" else self._short(node)

    def _shortened(self, node: str) -> str:
        return self._literal(node) if is_literal(node) else self._iri(node)

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
        return f"{node[: node.rindex('^^') + 2]}{self._short(f'<{datatype}>')}"


def _order(node: str) -> tuple[str, str]:
    """IRIs, then literals by type and language."""
    if not is_literal(node):
        return "", node[:-1]  # without the bracket, which sorts after a hyphen
    kind = datatype_of(node) or lang_of(node) or ""
    return f"~{kind}", node
