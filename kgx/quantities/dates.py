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
from kgx.quantities.date_data import Folded, load_pack
from kgx.quantities.date_meaning import Context, Last, Node, Reading, resolve
from kgx.quantities.date_scan import join_dates, scan
from kgx.quantities.date_tense import Cue, Cues
from kgx.quantities.types import DateMention, PartialDate, made

__all__ = ["find_dates", "year_of_writing"]

_SENTENCE_END = re.compile(r"[.!?؟。…\n](?:(?<=\n)|[\"'»”)\]]{0,3}(?=\s))")
_PARAGRAPH_END = re.compile(r"\n")
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

    def bounds(self, number: int, length: int) -> tuple[int, int]:
        """From where to where a sentence goes."""
        start = self.sentences[number - 1] if number else 0
        return start, self.sentences[number] if number < len(self.sentences) else length


class _Tenses:
    """The tense at a place of a text; the cues of a sentence are looked for once, when a date first asks."""

    def __init__(self, cues: Cues, text: str) -> None:
        self._cues, self._text = cues, text
        self._sentence: tuple[int, int] | None = None
        self._found: list[Cue] = []

    def at(self, sentence: tuple[int, int], node: Node) -> int:
        if self._sentence != sentence:
            self._sentence, self._found = sentence, self._cues.find(self._text, *sentence)
        return self._cues.tense(self._text, self._found, node.start, node.end)


def _mention(text: str, folded: Folded, node: Node, reading: Reading, drop: str) -> DateMention:
    start, end = node.start, node.end
    if folded.offsets is not None:
        start, end = folded.offsets[start], folded.offsets[end - 1] + 1
        while end < len(text) and (text[end] in drop or "\u0300" <= text[end] <= "\u036f"):
            end += 1
    alternatives = reading.alternatives
    if alternatives:
        alternatives = tuple(dict.fromkeys(other for other in alternatives if other != reading.value))
    named = reading.named if len(reading.named) < 2 else tuple(dict.fromkeys(reading.named))
    return made(
        DateMention,
        start=start,
        end=end,
        text=text[start:end],
        rule=node.rule,
        confidence=round(node.confidence * reading.trust, 3),
        value=reading.value,
        how=reading.how,
        relative_to=reading.relative_to,
        alternatives=alternatives,
        kind=reading.kind,
        named=named,
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
    tenses = _Tenses(pack.cues, plain)
    out: list[DateMention] = []
    for joined in nodes:
        pending = [joined]
        while pending:
            node = pending.pop(0)
            sentence, paragraph = frame.of(node.start)
            bounds = frame.bounds(sentence, len(plain))
            ctx.sentence, ctx.paragraph = sentence, paragraph
            ctx.tense = partial(tenses.at, bounds, node)
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
                _remember(ctx, reading, node, node.start - bounds[0])
    return tuple(out)


def _remember(ctx: Context, reading: Reading, node: Node, depth: int) -> None:
    """Keep what later dates may go on from."""
    if not reading.named or reading.kind == "anniversary":
        return
    date = reading.named[-1]
    precision = date.precision
    last = Last(date, ctx.sentence, ctx.paragraph, exact=reading.how == "absolute" and precision != "year")
    ctx.last = last
    if precision == "day":
        # after a stay from one day to another 'the next day' is its second
        first = reading.named[0] if len(reading.named) == 2 and reading.named[0].precision == "day" else date
        ctx.last_day = replace(last, value=first)
    is_year = precision == "year" and isinstance(reading.value, PartialDate)
    if is_year and (reading.how == "relative" or depth < 12):
        ctx.topic = last
