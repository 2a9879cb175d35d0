"""Dates and periods in a text: `find_dates`; what a text tells of its own year: `year_of_writing`.

The rules are data (``kgx/lang/<code>/dates.yaml``). A text is folded, scanned once for what dates begin with, the rules
of that beginning are tried there, neighbouring dates are joined ('from A to B', 'the end of A'), and the result is read
in the order of the document, since 'the following day' and 'the 12th' go on from the date before.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial

from kgx.quantities import date_periods, date_ranges, date_reckoning
from kgx.quantities.date_data import Folded, Join, Pack, Rule, load_pack
from kgx.quantities.date_meaning import Context, Last, Node, Reading, resolve
from kgx.quantities.date_template import DIGIT
from kgx.quantities.types import DateMention, PartialDate

__all__ = ["find_dates", "year_of_writing"]

_SENTENCE_END = re.compile(r"[.!?؟。…][\"'»”)\]]{0,3}(?=\s)|\n")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|©\s?\d{4}(?:-\d{4})?")
_SENTENCE_START = re.compile(r"(?:\A|[.!?…:\n]\s{0,2})\Z")
_PARAGRAPH_END = re.compile(r"\n")
_JOIN_WINDOW = 32
_TENSE_WINDOW = 200
_CLAUSE = 60
_STAGES = {"part": 0, "offset": 1, "span": 1, "range": 2, "open": 3}
_PERIODS = ("range", "days", "fiscal", "span", "open", "decade", "offset", "anniversary", "duration")
_ANNIVERSARY_REACH = 90

# Importing the modules registers the operators that rules name.
_OPERATOR_MODULES = (date_periods, date_ranges, date_reckoning)


def _number_words(pack: Pack, source: str) -> int | None:
    """The number told by words of the pack's `number` table, by adding and multiplying."""
    table = pack.words["number"]
    values = [value for word in pack.number_split.findall(source) if isinstance(value := table[word], int)]
    if not values:
        return None
    # 'nineteen ninety-nine', 'twenty eighteen': two numbers of two digits make a year.
    if len(values) > 1 and 11 <= values[0] <= 20 and all(value < 100 for value in values[1:]) and sum(values[1:]) > 9:
        return values[0] * 100 + sum(values[1:])
    total = current = 0
    for value in values:
        if value >= 1000:
            total += max(current, 1) * value
            current = 0
        elif value == 100:
            current = max(current, 1) * 100
        elif value == 10 and 1 <= current % 10 <= 9:
            current += current % 10 * 9
        else:
            current += value
    return total + current


def _slot_value(pack: Pack, name: str, source: str) -> object:
    base = name.rstrip("0123456789").rstrip("_") if name[-1:].isdigit() and "_" in name else name
    if source.isdecimal():
        return int(source)
    if base in ("numw", "n"):
        return _number_words(pack, source)
    if base == "roman_month":
        return ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii").index(source) + 1
    key = " ".join(source.split())
    table = pack.words[base]
    return table[key] if key in table else table.get(key + " ")


def _fill(pack: Pack, found: re.Match[str], groups: tuple[str, ...]) -> dict[str, object] | None:
    slots: dict[str, object] = {}
    for name, source in zip(groups, found.groups(), strict=True):
        if source is not None and name not in slots:
            value = _slot_value(pack, name, source)
            if value is None:
                return None
            slots[name] = value
    for name, role in pack.data.alias.items():
        if name in slots:
            slots[role] = slots.pop(name)
    if isinstance(slots.get("numw"), int) and "yearw" not in slots:
        slots.setdefault("n", slots["numw"])
    return slots


def _node(pack: Pack, rule: Rule, found: re.Match[str]) -> Node | None:
    slots = _fill(pack, found, rule.groups)
    if slots is None:
        return None
    for name, value in rule.given.items():
        if isinstance(value, str) and value.startswith("$"):  # `yearw: $numw`: one slot under another name
            if value[1:] in slots:
                slots[name] = slots.pop(value[1:])
                if value == "$numw":
                    slots.pop("n", None)
        else:
            slots.setdefault(name, value)  # what the text tells wins
    year = slots.get("yearw")
    if year is not None and not (isinstance(year, int) and 1000 <= year <= 2199):
        return None
    dayw = slots.get("dayw")
    if dayw is not None and not (isinstance(dayw, int) and 1 <= dayw <= 31):
        return None
    start = found.start(1) if rule.given.get("outside") else found.start()
    return Node(start, found.end(), rule.id, rule.means, slots, rule.confidence)


def _fits_case(rule: Rule, found: re.Match[str], original: str, offsets: Sequence[int] | None) -> bool:
    """Whether the match has the capital letter, or has none, as its rule asks."""
    if not (rule.capital or rule.inner_capital or rule.lower):
        return True
    place = found.start() + (found[0].rfind(" ") + 1 if rule.inner_capital else 0)
    is_capital = original[place if offsets is None else offsets[place]].isupper()
    if rule.lower:
        return not is_capital or _SENTENCE_START.search(found.string[max(0, place - 4) : place]) is not None
    return is_capital


def _scan(pack: Pack, text: str, original: str, offsets: Sequence[int] | None) -> list[Node]:
    """All matches from left to right, the longest at each place; none overlap."""
    nodes: list[Node] = []
    index = pack.index
    digits = index.get(DIGIT, ())
    reached = 0
    addresses = iter([*_ADDRESS.finditer(text), None])
    address = next(addresses)
    search = pack.trigger.search
    # Not finditer: a beginning may lie within another one that led to nothing.
    while (trigger := search(text, reached)) is not None:
        start = trigger.start()
        reached = start + 1
        while address is not None and address.end() <= start:
            address = next(addresses)
        if address is not None and address.start() <= start:
            continue
        begin = trigger[0]
        rules = digits if begin.isdigit() else index.get(begin) or index[" ".join(begin.split())]
        best: Node | None = None
        sure: Node | None = None
        for rule in rules:
            found = rule.pattern.match(text, start)
            if found is not None and not _fits_case(rule, found, original, offsets):
                continue
            if found is not None and rule.after is not None:
                if rule.after.search(text[max(0, start - _JOIN_WINDOW) : start]) is None:
                    continue
            if found is not None and found.end() > start and (best is None or found.end() > best.end):
                best = _node(pack, rule, found) or best
                if best is not None and best.means == "date" and "year" in best.slots:
                    sure = best
        if best is not None:
            # A longer match may turn out to mean nothing ('before 2016' as years ago); the date in it stays.
            nodes.append(best if sure is None or sure is best else replace(best, parts=(sure,)))
            reached = best.end
    return nodes


def _apply(
    pack: Pack, join: Join, text: str, first: Node, second: Node | None, floor: int, ceiling: int
) -> Node | None:
    """The join of `first` (and `second`) if what stands around them is as it asks; nothing outside floor..ceiling."""
    slots: dict[str, object] = dict(join.given)
    start, end = first.start, (second or first).end
    if join.between is not None and second is not None:
        found = join.between[0].match(text[first.end : second.start])
        if found is None or (filled := _fill(pack, found, join.between[1])) is None:
            return None
        slots |= filled
        slots["b"] = second
    if join.before is not None:
        low = max(floor, start - _JOIN_WINDOW)
        # The window begins one character early, so that a word boundary can be seen.
        window = text[max(low - 1, 0) : start]
        found = join.before[0].search(window)
        if found is None or found.start() + max(low - 1, 0) < floor:
            return None
        if (filled := _fill(pack, found, join.before[1])) is None:
            return None
        slots |= filled
        if not join.given.get("outside"):
            start = max(low - 1, 0) + found.start()
    if join.after is not None:
        found = join.after[0].match(text, end, min(len(text), max(ceiling, end)) if ceiling else len(text))
        if found is None or found.end() > ceiling or (filled := _fill(pack, found, join.after[1])) is None:
            return None
        slots |= filled
        end = found.end()
    slots["a"] = first
    parts = (first,) if second is None else (first, second)
    return Node(start, end, join.id, join.means, slots, join.confidence, parts)


def _join(pack: Pack, text: str, nodes: list[Node]) -> list[Node]:
    for stage in sorted(set(_STAGES.values())):
        joins = [join for join in pack.joins if _STAGES[join.means] == stage]
        if not joins:
            continue
        out: list[Node] = []
        place = 0
        while place < len(nodes):
            first = nodes[place]
            floor = out[-1].end if out else 0
            best: Node | None = None
            for join in joins:
                if stage == 3 and first.means in _PERIODS:
                    continue
                used = 2 if join.binary else 1
                if place + used > len(nodes):
                    continue
                second = nodes[place + 1] if join.binary else None
                if second is not None and second.start - first.end > _JOIN_WINDOW:
                    continue
                after = place + used
                # 'four days after yesterday': the amount alone would be a match of its own.
                free = stage == 1 or after >= len(nodes)
                ceiling = len(text) if free else nodes[after].start
                made = _apply(pack, join, text, first, second, floor, ceiling)
                if made is not None and (best is None or made.end - made.start > best.end - best.start):
                    best = made
            if best is None:
                out.append(first)
                place += 1
            else:
                out.append(best)
                place += len(best.parts)
                while place < len(nodes) and nodes[place].start < best.end:
                    best = replace(best, parts=(*best.parts, nodes[place]))
                    place += 1
                out[-1] = best
        nodes = out
    return nodes


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
    return folded, tuple(_join(pack, folded.text, _scan(pack, folded.text, text, folded.offsets)))


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
            reading = resolve(node, ctx)
            if reading is None:
                # A range that cannot be read may still hold dates that can.
                pending = [*node.parts, *pending]
                continue
            out.append(_mention(text, folded, node, reading, pack.data.fold.drop))
            ctx = _remember(ctx, reading, node, node.start - bounds[0])
    return tuple(out)


def _remember(ctx: Context, reading: Reading, node: Node, depth: int) -> Context:
    if not reading.named or reading.kind == "anniversary":
        return ctx
    date = reading.named[-1]
    last = Last(date, ctx.sentence, ctx.paragraph, exact=reading.how == "absolute" and date.precision != "year")
    if date.precision == "day":
        ctx = replace(ctx, last_day=last)
    is_year = date.precision == "year" and isinstance(reading.value, PartialDate)
    if is_year and (reading.how == "relative" or depth < 12):
        return replace(ctx, last=last, topic=last)
    return replace(ctx, last=last)
