"""Mentions painted over the text: one HTML page that needs nothing else, for people who would rather look."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined

from kgx.models import Annotated, Mention, Span

__all__ = ["mentions_page"]

# One colour a kind, told apart by people who see red and green alike (after Okabe and Ito); events are dotted lines.
_COLOURS = {
    "person": "#0072b2", "office": "#56b4e9", "organization": "#cc79a7", "place": "#009e73", "nationality": "#66a61e",
    "date": "#e69f00", "money": "#d55e00", "percent": "#f0a07a", "count": "#b8860b", "rank": "#a6761d",
    "agreement": "#8a63d2", "event": "#777777",
}  # fmt: skip


@dataclass(frozen=True)
class _Piece:
    """A stretch of text in which nothing changes."""

    text: str
    kinds: tuple[str, ...]
    base: bool
    title: str
    furniture: bool


def mentions_page(documents: Sequence[tuple[Annotated, Sequence[Mention]]]) -> str:
    """Paint the mentions of documents over their texts.

    Args:
        documents: annotated documents, each with the words of its events, which may overlap its other mentions.

    Returns:
        An HTML page without scripts or anything from elsewhere; texts run right to left where theirs do.
    """
    environment = Environment(
        loader=PackageLoader("kgx.export"), autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True
    )
    found: Counter[str] = Counter(m.kind for annotated, events in documents for m in (*annotated.mentions, *events))
    page: str = environment.get_template("mentions.html").render(
        colours=_COLOURS,
        counts={kind: found[kind] for kind in _COLOURS if found[kind]},
        documents=[
            {
                "name": annotated.text.document.file_name,
                "lang": annotated.text.lang,
                "number": len(annotated.mentions) + len(events),
                "direction": _direction(annotated.text.document.text),
                "pieces": list(_pieces(annotated, events)),
            }
            for annotated, events in documents
        ],
    )
    return page


def _direction(text: str) -> str:
    """Which way most of the letters run."""
    ways = Counter(unicodedata.bidirectional(char) for char in text)
    return "rtl" if ways["R"] + ways["AL"] > ways["L"] else "ltr"


def _pieces(annotated: Annotated, events: Sequence[Mention]) -> Iterator[_Piece]:
    """The text cut wherever a mention, an event or page furniture begins or ends."""
    text = annotated.text.document.text
    layers: tuple[list[Span], ...] = (
        sorted(annotated.mentions, key=_order),
        sorted(events, key=_order),
        sorted(annotated.text.furniture, key=_order),
    )
    cuts = sorted({0, len(text), *(edge for layer in layers for span in layer for edge in (span.start, span.end))})
    at = [0, 0, 0]
    for start, end in zip(cuts, cuts[1:], strict=False):
        covering: list[Span | None] = []
        for number, layer in enumerate(layers):
            while at[number] < len(layer) and layer[at[number]].end <= start:
                at[number] += 1
            span = layer[at[number]] if at[number] < len(layer) else None
            covering.append(span if span is not None and span.start <= start else None)
        mention, event, furniture = covering
        named = [m for m in (mention, event) if isinstance(m, Mention)]
        yield _Piece(
            text=text[start:end],
            kinds=tuple(m.kind for m in named),
            base=mention is not None,
            title="; ".join(map(_told, named)),
            furniture=furniture is not None,
        )


def _order(span: Span) -> tuple[int, int]:
    return span.start, -span.end


def _told(mention: Mention) -> str:
    """Kind, value, rule and confidence in one line."""
    value = " ".join(v for v in (mention.value, mention.currency) if v)
    return ", ".join(part for part in (mention.kind, value, mention.rule, f"{mention.confidence:.2f}") if part)
