"""Dates and periods in a text: `find_dates`; what a text tells of its own year: `year_of_writing`.

The rules are data (``kgx/lang/<code>/dates.yaml``). A text is folded, scanned once for what dates begin with, the rules
of that beginning are tried there, neighbouring dates are joined ('from A to B', 'the end of A'), and the result is read
in the order of the document, since 'the following day' and 'the 12th' go on from the date before.

Month and weekday names are CLDR's (Babel), Hijri dates are converted by hijridate. The rest is ours: of the known
readers dateparser gives one day for every date and neither periods nor what it was reckoned from, the Python package of
Recognizers-Text knows neither Korean nor Arabic, and Duckling (Haskell) and HeidelTime (Java) are no Python libraries.
``benchmarks/quantities_dates.py`` prints dateparser's figures beside ours.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from functools import lru_cache, partial

from kgx.quantities import date_periods, date_ranges, date_reckoning
from kgx.quantities.date_data import Folded, Pack, load_pack
from kgx.quantities.date_meaning import Context, Last, Node, Reading, resolve
from kgx.quantities.date_scan import join_dates, scan
from kgx.quantities.types import DateMention, PartialDate

__all__ = ["find_dates", "year_of_writing"]

_SENTENCE_END = re.compile(r"[.!?؟。…][\"'»”)\]]{0,3}(?=\s)|\n")
_PARAGRAPH_END = re.compile(r"\n")
_TENSE_WINDOW = 200
_CLAUSE = 60
_QUOTES = '"“”„«»'
_ANNIVERSARY_REACH = 90

# Importing the modules registers the operators that rules name.
_OPERATOR_MODULES = (date_periods, date_ranges, date_reckoning)


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where sentences and paragraphs end, to look up those of a place."""

    sentences: list[int]
    paragraphs: list[int]

    def of(self, place: int) -> tuple[int, int]:
        return bisect_right(self.sentences, place), bisect_right(self.paragraphs, place)

    def sentence(self, place: int, length: int) -> tuple[int, int]:
        number = bisect_right(self.sentences, place)
        start = self.sentences[number - 1] if number else 0
        return start, self.sentences[number] if number < len(self.sentences) else length


def _tense(pack: Pack, text: str, sentence: tuple[int, int], node: Node) -> int:
    """1 where the sentence speaks of the future at `node`, -1 of the past, 0 where it does not tell.

    The nearest cue counts; where the verb goes before its dates one after them is likelier another clause's.
    """
    low, high = max(sentence[0], node.start - _TENSE_WINDOW), min(sentence[1], node.end + _TENSE_WINDOW)
    best, tense = float("inf"), 0
    for cues, direction in ((pack.future, 1), (pack.past, -1)):
        if cues is None:
            continue
        for found in cues.finditer(text, low, high):
            if found.start() >= node.end:
                distance = (found.start() - node.end + 1) * (1 if pack.data.verb_last else 3)
                between = text[node.end : found.start()]
            elif found.end() <= node.start:
                distance = (node.start - found.end() + 1) * (3 if pack.data.verb_last else 1)
                between = text[found.end() : node.start]
            else:
                distance, between = 0, ""
            if sum(between.count(mark) for mark in _QUOTES) % 2:
                distance += _CLAUSE  # of what is quoted and what is not, each has its own tense
            if "," in between or ";" in between:
                distance += _CLAUSE
            if distance < best:
                best, tense = distance, direction
    return tense


def _mention(text: str, folded: Folded, node: Node, reading: Reading, drop: str) -> DateMention:
    start, end = node.start, node.end
    if folded.offsets is not None:
        start, end = folded.offsets[start], folded.offsets[end - 1] + 1
        while end < len(text) and (text[end] in drop or "\u0300" <= text[end] <= "\u036f"):
            end += 1
    alternatives = tuple(dict.fromkeys(other for other in reading.alternatives if other != reading.value))
    return DateMention(
        start=start,
        end=end,
        text=text[start:end],
        value=reading.value,
        how=reading.how,
        relative_to=reading.relative_to,
        alternatives=alternatives,
        rule=node.rule,
        confidence=round(node.confidence * reading.trust, 3),
        kind=reading.kind,
        named=tuple(dict.fromkeys(reading.named)),
        approximate=reading.approximate,
        written=reading.written,
    )


@lru_cache(maxsize=4)
def _nodes(text: str, lang: str) -> tuple[Folded, tuple[Node, ...]]:
    pack = load_pack(lang)
    folded = pack.fold(text)
    return folded, tuple(join_dates(pack, folded.text, scan(pack, folded.text, text, folded.offsets)))


def _leaves(node: Node) -> list[Node]:
    return [leaf for part in node.parts for leaf in _leaves(part)] if node.parts else [node]


def _writing(folded: str, nodes: tuple[Node, ...]) -> tuple[int, int, int] | None:
    """The year of writing from an anniversary beside the date it celebrates: (year, start, end of the evidence)."""
    leaves = [leaf for node in nodes for leaf in _leaves(node)]
    sentences = [found.end() for found in _SENTENCE_END.finditer(folded)] if leaves else []
    dated: list[tuple[Node, int]] = []
    for leaf in leaves:
        year = leaf.slots.get("year", leaf.slots.get("yearw"))
        if leaf.means == "date" and isinstance(year, int):
            dated.append((leaf, year))
    latest = max((year for _, year in dated), default=0)
    best: tuple[int, int, int, int] | None = None
    starts = [date.start for date, _ in dated]
    for leaf in leaves:
        number = next((leaf.slots[name] for name in ("n", "num", "numw", "ord") if name in leaf.slots), None)
        if leaf.means != "anniversary" or not isinstance(number, int):
            continue
        low = bisect_left(starts, leaf.start - _ANNIVERSARY_REACH - 40)
        for date, year in dated[low : bisect_right(starts, leaf.end + _ANNIVERSARY_REACH)]:
            apart = max(date.start - leaf.end, leaf.start - date.end)
            if apart > _ANNIVERSARY_REACH:
                continue
            if bisect_right(sentences, date.start) != bisect_right(sentences, leaf.start):
                continue
            told = year + number
            full = "day" in date.slots or "dayw" in date.slots
            if not 1900 <= told <= 2100 or told + 6 < latest or not (full or number >= 5):
                continue
            score = (0 if full else 1) * 1000 + apart
            if best is None or score < best[0]:
                best = (score, told, min(date.start, leaf.start), max(date.end, leaf.end))
    return None if best is None else best[1:]


def year_of_writing(text: str, lang: str) -> tuple[int, tuple[int, int]] | None:
    """The year in which `text` was written, as an anniversary beside its date tells it.

    '50e anniversaire de la réunification (30 avril 1975)' was written in 2025. Low confidence: nothing else of the
    text is looked at but that no date of it is much later.

    Args:
        text: the whole document.
        lang: a language with a folder in ``kgx/lang``.

    Returns:
        The year and the evidence as (start, end) in code points of `text`; None where nothing tells the year.
    """
    folded, nodes = _nodes(text, lang)
    found = _writing(folded.text, nodes)
    if found is None:
        return None
    year, start, end = found
    if folded.offsets is not None:
        start, end = folded.offsets[start], folded.offsets[end - 1] + 1
    return year, (start, end)


def find_dates(text: str, lang: str, *, published: PartialDate | None = None) -> tuple[DateMention, ...]:
    """All dates and periods of `text`, in its order; no two overlap.

    Args:
        text: a whole document: what is relative or left out is read from the dates before it.
        lang: a language with a folder in ``kgx/lang``.
        published: the publication date. Without it nothing relative is read; a date without a year keeps none, unless
            an anniversary tells the year of writing (then `how` is ``inferred``).

    Returns:
        The mentions; ``mention.text == text[mention.start:mention.end]``.

    Raises:
        FileNotFoundError: if the language has no date data.
    """
    pack = load_pack(lang)
    folded, nodes = _nodes(text, lang)
    if not nodes:
        return ()
    plain = folded.text
    writing = _writing(plain, nodes) if published is None else None
    frame = _Frame(
        [found.end() for found in _SENTENCE_END.finditer(plain)],
        [found.end() for found in _PARAGRAPH_END.finditer(plain)],
    )
    ctx = Context(published=published, year=writing[0] if writing else None)
    out: list[DateMention] = []
    for joined in nodes:
        pending = [joined]
        while pending:
            node = pending.pop(0)
            sentence, paragraph = frame.of(node.start)
            bounds = frame.sentence(node.start, len(plain))
            ctx = replace(ctx, sentence=sentence, paragraph=paragraph, tense=partial(_tense, pack, plain, bounds, node))
            after = node.end + (plain[node.end : node.end + 1] == " ")
            telling = pack.telling is not None and pack.telling.match(plain, after) is not None
            # The day on which something is told is counted from the report, not from the days that are told of.
            reading = resolve(node, replace(ctx, last=None, last_day=None, topic=None) if telling else ctx)
            if reading is None:
                # A range that cannot be read may still hold dates that can.
                pending = [*node.parts, *pending]
                continue
            out.append(_mention(text, folded, node, reading, pack.data.fold.drop))
            if not telling:
                ctx = _remember(ctx, reading, node, node.start - bounds[0])
    return tuple(out)


def _remember(ctx: Context, reading: Reading, node: Node, depth: int) -> Context:
    if not reading.named or reading.kind == "anniversary":
        return ctx
    date = reading.named[-1]
    last = Last(date, ctx.sentence, ctx.paragraph, exact=reading.how == "absolute" and date.precision != "year")
    if date.precision == "day":
        # after a stay from one day to another 'the next day' is its second
        first = reading.named[0] if len(reading.named) == 2 and reading.named[0].precision == "day" else date
        ctx = replace(ctx, last_day=replace(last, value=first))
    is_year = date.precision == "year" and isinstance(reading.value, PartialDate)
    if is_year and (reading.how == "relative" or depth < 12):
        return replace(ctx, last=last, topic=last)
    return replace(ctx, last=last)
