"""Where documents say it: quotes within their sentences, the rule that read them, and the words of each role."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from kgx.explain import reading_of
from kgx.lang import find_rule
from kgx.serve.explorer.data import Link, Reader
from kgx.show import Quote, slots_of

__all__ = ["Piece", "Proof", "Span", "cut", "proofs"]


@dataclass(frozen=True)
class Span:
    """Words from `start` to `end` (code points, end exclusive) that mean something."""

    start: int
    end: int
    name: str


@dataclass(frozen=True)
class Piece:
    """A stretch of text in which nothing changes: names of the spans that cover it, and of those that end with it."""

    text: str
    names: tuple[str, ...]
    ends: tuple[str, ...] = ()


@dataclass(frozen=True)
class Proof:
    """One piece of evidence.

    Attributes:
        document: that says it, leading to the place in it.
        pieces: its sentence, "quote" and the roles being the names of spans.
        roles: names of roles, to the words that play them.
        example: of what the rule reads; None where a model or a list found it.
    """

    iri: str
    document: Link
    quote: Quote
    pieces: tuple[Piece, ...]
    roles: Mapping[str, tuple[str, ...]]
    example: str | None


def proofs(reader: Reader, iri: str, *, most: int = 30, skip: int = 0) -> list[Proof]:
    """The evidence of a thing or fact, in order of document and place.

    Args:
        reader: who asks.
        iri: of the thing or fact.
        most: pieces that are wanted.
        skip: pieces that come before them.
    """
    rows = reader.rows(
        "SELECT ?proof ?document ?label ?file ?part ?words (LANG(?words) AS ?lang) ?start ?end ?rule ?confidence "
        "?before ?after (GROUP_CONCAT(?slot; separator='|') AS ?slots) WHERE { "
        f"{{ SELECT DISTINCT ?proof ?document ?start WHERE {{ <{iri}> prov:wasDerivedFrom ?proof . "
        "?proof oa:hasSource ?document ; oa:hasSelector/oa:start ?start } "
        f"ORDER BY ?document ?start ?proof LIMIT {most} OFFSET {skip} }} "
        "?document kgx:fileName ?file ; rdfs:label ?label . "
        "?proof oa:hasSelector ?at, ?in ; kgx:rule ?rule ; kgx:confidence ?confidence . "
        "?at oa:end ?end . ?in oa:exact ?words . "
        "OPTIONAL { ?document kgx:locator ?part } "
        "OPTIONAL { ?in oa:prefix ?before } OPTIONAL { ?in oa:suffix ?after } OPTIONAL { ?proof kgx:slot ?slot } } "
        "GROUP BY ?proof ?document ?label ?file ?part ?words ?start ?end ?rule ?confidence ?before ?after "
        "ORDER BY ?document ?start ?end ?rule ?proof"
    )
    return [_proof(reader, row) for row in rows]


def _proof(reader: Reader, row: Sequence[object]) -> Proof:
    proof, document, label, file, part, text, lang, start, end, rule, confidence, before, after, slots = row
    quote = Quote(
        text=str(text),
        lang=str(lang),
        file=str(file),
        start=int(str(start)),
        end=int(str(end)),
        rule=str(rule),
        confidence=float(str(confidence)),
        before=str(before or ""),
        after=str(after or ""),
        slots=tuple(slots_of(str(slots or ""))),
        locator=str(part or ""),
    )
    link = reader.link(str(document), str(label))
    place = Link(link.text, f"{link.href}#c{quote.start}" if link.href else None, link.iri)
    read = reading_of(quote)
    known = find_rule(quote.rule)
    return Proof(
        iri=str(proof),
        document=place,
        quote=quote,
        pieces=tuple(_sentence(quote)),
        roles=read.roles,
        example=next(iter(known.examples), None) if known is not None else None,
    )


def _sentence(quote: Quote) -> Iterator[Piece]:
    first = quote.start - len(quote.before)
    sentence = quote.before + quote.text + quote.after
    spans = [Span(len(quote.before), len(quote.before) + len(quote.text), "quote")]
    spans += [Span(start - first, end - first, role) for role, start, end in quote.slots]
    yield from cut(sentence, [s for s in spans if 0 <= s.start < s.end <= len(sentence)])


def cut(text: str, spans: Sequence[Span]) -> Iterator[Piece]:
    """Cut a text wherever a span begins or ends; spans may overlap."""
    edges = sorted({0, len(text), *(edge for span in spans for edge in (span.start, span.end))})
    opening: dict[int, list[Span]] = {}
    for span in spans:
        opening.setdefault(span.start, []).append(span)
    covering: list[Span] = []
    for start, end in zip(edges, edges[1:], strict=False):
        covering = [s for s in covering if s.end > start] + opening.get(start, [])
        names = tuple(dict.fromkeys(s.name for s in sorted(covering, key=lambda s: (s.end - s.start, s.name))))
        ends = tuple(dict.fromkeys(s.name for s in covering if s.end == end))
        yield Piece(text[start:end], names, ends)
