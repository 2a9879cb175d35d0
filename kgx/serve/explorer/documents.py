"""The page of a document: its text with the facts marked in it; where the text is not at hand, what is quoted of it."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from kgx.ontology.terms import class_iri, subclasses, vocabulary
from kgx.serve.explorer.context import query_of
from kgx.serve.explorer.data import Link, Reader, details, facts
from kgx.serve.explorer.evidence import Piece, Span, cut
from kgx.serve.pages import page
from kgx.serve.visuals.filters import values
from kgx.show import Node, label_of
from kgx.texts import Texts

__all__ = ["Marked", "document_page"]

_TOLD = """SELECT ?it ?what ?quote ?start ?end ?rule ?confidence WHERE {{
  ?evidence oa:hasSource <{iri}> ; kgx:rule ?rule ; kgx:confidence ?confidence ;
    oa:hasSelector [ oa:start ?start ; oa:end ?end ] , [ oa:exact ?quote ] .
  ?it prov:wasDerivedFrom ?evidence ; rdfs:label ?what .
}}
ORDER BY ?start ?end ?it"""


@dataclass(frozen=True)
class _Told:
    """A place in the document that tells of something; words before and after are of the same sentence."""

    iri: str
    kinds: frozenset[str]
    label: str
    start: int
    end: int
    quote: str
    before: str
    after: str


@dataclass(frozen=True)
class Marked:
    """A piece of text as it is shown.

    Attributes:
        start: of the piece in the document.
        facts: numbers of the facts that are told here.
        thing: that is named here.
        href: where the piece leads; None for plain text.
        title: what it means.
        notes: numbers of the facts whose words end here.
    """

    text: str
    start: int
    facts: tuple[int, ...]
    thing: str
    href: str | None
    title: str
    notes: tuple[int, ...]


@dataclass(frozen=True)
class _Block:
    """Text that stands together: a whole document, or one quoted sentence of it."""

    start: int
    text: str


def document_page(request: Request, reader: Reader, node: Node) -> Response:
    """The page of a document."""
    told = _told(reader, node.iri)
    numbers: dict[str, int] = {}
    for one in told:
        if "Fact" in one.kinds:
            numbers.setdefault(one.iri, len(numbers) + 1)
    listed = {fact.iri: fact for fact in facts(reader, numbers)}
    texts: Texts = request.app.state.texts
    text = texts[node.first("sha256") or ""]
    blocks = [_Block(0, text)] if text is not None else list(_sentences(told))
    shown = {
        "name": label_of(node),
        "iri": node.iri,
        "language": node.first("language") or "",
        "direction": direction("".join(block.text for block in blocks)),
        "whole": text is not None,
        "blocks": [list(_marked(reader, block, told, numbers)) for block in blocks],
        "facts": [(number, listed[iri]) for iri, number in numbers.items() if iri in listed],
        "things": _things(reader, told),
        "details": details(reader, node, {"mentionsDate", "sha256", "language", "text"}),
        "query": query_of(node.iri, reader.base, _TOLD.format(iri=node.iri)),
    }
    return page(request, "document.html", shown)


def direction(text: str) -> str:
    """Which way most of the letters run."""
    ways = Counter(unicodedata.bidirectional(char) for char in text)
    return "rtl" if ways["R"] + ways["AL"] > ways["L"] else "ltr"


def _told(reader: Reader, document: str) -> list[_Told]:
    # Step by step: asked all at once it takes a hundred times as long in a large graph.
    pairs = [
        (str(it), str(proof))
        for it, proof in reader.rows(
            f"SELECT DISTINCT ?it ?proof {{ ?proof oa:hasSource <{document}> . ?it prov:wasDerivedFrom ?proof }}"
        )
    ]
    if not pairs:
        return []
    things = sorted({it for it, _ in pairs})
    kinds: dict[str, set[str]] = defaultdict(set)
    own = {class_iri(name): name for name in vocabulary().classes}
    for it, kind in reader.rows(f"SELECT ?it ?kind {{ {values('it', things)} ?it a ?kind }}"):
        if str(kind) in own:
            kinds[str(it)].add(own[str(kind)])
    labels = {
        str(it): str(label)
        for it, label in reader.rows(f"SELECT ?it ?l {{ {values('it', things)} ?it rdfs:label ?l }} ORDER BY DESC(?l)")
    }
    places = {
        str(proof): (int(str(start)), int(str(end)), str(quote), str(before or ""), str(after or ""))
        for proof, start, end, quote, before, after in reader.rows(
            "SELECT ?proof ?start ?end ?quote ?before ?after { "
            f"{values('proof', sorted({proof for _, proof in pairs}))} ?proof oa:hasSelector ?at . "
            "?at oa:start ?start ; oa:end ?end . ?proof oa:hasSelector ?in . ?in oa:exact ?quote "
            "OPTIONAL { ?in oa:prefix ?before } OPTIONAL { ?in oa:suffix ?after } }"
        )
    }
    found: dict[tuple[int, int, str], _Told] = {}
    for it, proof in sorted(pairs):
        if proof in places and kinds[it] and "StatusReport" not in kinds[it]:
            start, end, quote, before, after = places[proof]
            name = reader.name(it, labels.get(it, ""))
            found[start, end, it] = _Told(it, frozenset(kinds[it]), name, start, end, quote, before, after)
    return [found[key] for key in sorted(found)]


def _sentences(told: Sequence[_Told]) -> Iterator[_Block]:
    """The sentences that evidence quotes, in order; of those that overlap, the longest."""
    known = sorted({(t.start - len(t.before), t.before + t.quote + t.after) for t in told},
                   key=lambda s: (s[0], -len(s[1])))  # fmt: skip
    reached = -1
    for start, text in known:
        if start + len(text) > reached:
            if start < reached:  # it begins within the one before: what is new
                text, start = text[reached - start :], reached
            reached = start + len(text)
            yield _Block(start, text)


def _marked(reader: Reader, block: _Block, told: Sequence[_Told], numbers: Mapping[str, int]) -> Iterator[Marked]:
    end = block.start + len(block.text)
    within = [t for t in told if block.start <= t.start < t.end <= end]
    known = {t.iri: t for t in within}
    spans = [Span(t.start - block.start, t.end - block.start, t.iri) for t in within]
    at = block.start
    for piece in cut(block.text, spans):
        yield _mark(reader, piece, at, known, numbers)
        at += len(piece.text)


def _mark(reader: Reader, piece: Piece, at: int, known: Mapping[str, _Told], numbers: Mapping[str, int]) -> Marked:
    told = [known[iri] for iri in piece.names]
    things = [t for t in told if t.iri not in numbers and "Office" not in t.kinds]
    facts_ = [t for t in told if t.iri in numbers]
    target = next(iter(things or facts_ or told), None)
    return Marked(
        text=piece.text,
        start=at,
        facts=tuple(numbers[t.iri] for t in facts_),
        thing=_finest(things[0].kinds) if things else "",
        href=reader.link(target.iri, target.label).href if target else None,
        title=target.label if target else "",
        notes=tuple(sorted(numbers[iri] for iri in piece.ends if iri in numbers)),
    )


def _finest(kinds: frozenset[str]) -> str:
    return next((k for k in sorted(kinds) if not any(o in kinds for o in subclasses(k) if o != k)), "")


def _things(reader: Reader, told: Sequence[_Told]) -> list[tuple[str, list[Link]]]:
    """Who and what it names, by kind."""
    found: dict[str, dict[str, Link]] = defaultdict(dict)
    for one in told:
        if not one.kinds & {"Fact", "Office"}:
            found[_finest(one.kinds)].setdefault(one.iri, reader.link(one.iri, one.label))
    order = list(vocabulary().classes)
    return [
        (kind, sorted(found[kind].values(), key=lambda link: link.text.casefold()))
        for kind in sorted(found, key=order.index)
    ]
