"""Sentences and page furniture: from a document to a `Text`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from kgx.lang import pack
from kgx.lang.normalize import CleanText
from kgx.models import Document, Furniture, Span, Text

# A closing quote or bracket may follow the stop; a small letter or digit after it says that it was none. The
# Arabic question mark and the Hindi danda end sentences too. A run of stops is gone through once, from its first.
_STOP = re.compile(r"(?<![.!?…؟۔。।])[.!?…؟۔。।]++[\"')\]]*+(?=\s+[^\s\-a-zа-яёà-ÿ])")
_LINE = re.compile(r"[^\n]+")
# No abbreviation is as long; looking back further would take as long as the line is.
_WORD = 60
_ANY_MARK = re.compile(r"(?:\A|(?<=\s))\S+\Z")


@cache
def _furniture_patterns(lang: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((f.kind, re.compile(f.pattern, re.M)) for f in pack(lang).language.furniture)


@cache
def _abbreviations(lang: str) -> frozenset[str]:
    return frozenset(pack(lang).language.abbreviations)


def furniture(text: CleanText, lang: str) -> Iterator[Furniture]:
    """Page furniture in document order, in offsets of the original; overlapping pieces are told once."""
    found: list[Furniture] = []
    for kind, pattern in _furniture_patterns(lang):
        for match in pattern.finditer(text.text):
            if match.end() > match.start():
                start, end = text.original(match.start(), match.end())
                value = match.groupdict().get("value")
                found.append(Furniture(start=start, end=end, kind=kind, value=value.strip() if value else None))  # type: ignore[arg-type]
    last = -1
    for piece in sorted(found, key=lambda p: (p.start, -p.end)):
        if piece.start >= last:
            yield piece
            last = piece.end


def _is_abbreviation(line: str, stop: re.Match[str], known: frozenset[str]) -> bool:
    word = _ANY_MARK.search(line[max(0, stop.end() - _WORD) : stop.end()])
    if word is None:
        return False
    mark = word.group().lstrip("(\"'[")
    return mark in known or re.fullmatch(r"(?:[^\W\d_]\.)+", mark) is not None


def sentences(text: CleanText, lang: str) -> Iterator[Span]:
    """Sentences in document order, in offsets of the original. A line break always ends one."""
    known = _abbreviations(lang)
    for line in _LINE.finditer(text.text):
        at = 0
        content = line.group()
        cuts = [m.end() for m in _STOP.finditer(content) if not _is_abbreviation(content, m, known)]
        for cut in [*cuts, len(content)]:
            piece = content[at:cut]
            start = line.start() + at + len(piece) - len(piece.lstrip())
            end = line.start() + at + len(piece.rstrip())
            if end > start:
                first, last = text.original(start, end)
                yield Span(start=first, end=last)
            at = cut


def split(document: Document, lang: str, text: CleanText) -> Text:
    """Find furniture and sentences of a document whose language is known."""
    return Text(
        document=document,
        lang=lang,
        furniture=tuple(furniture(text, lang)),
        sentences=tuple(sentences(text, lang)),
    )
