"""Finding the matches of a language's rules in a folded text, and joining those that stand together."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from kgx.quantities.date_data import Join, Pack, Rule
from kgx.quantities.date_meaning import Node
from kgx.quantities.date_template import DIGIT, head_of

__all__ = ["join_dates", "scan"]

_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|©\s?\d{4}(?:-\d{4})?")
_ADDRESS_SIGNS = ("://", "www.", "©")
_SENTENCE_START = re.compile(r"(?:\A|[.!?…:\n]\s{0,2})\Z")
_JOIN_WINDOW = 32
_WINDOW = 80
_MOST_FIGURES = 5
_MOST_BLANKS = 7
_YEAR_PARTS = ("yearbase", "yeartens", "yearunit", "yearround")
# Counts of time, and how many years are counted rather than named: 'before 2016' is no 2016 years ago.
_COUNTED = ("offset", "span", "duration")
_MOST_YEARS = 1500
_PERIODS = ("range", "days", "fiscal", "span", "open", "decade", "offset", "anniversary", "duration")


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


@cache
def _base(name: str) -> str:
    """A slot's name without its number: day for day_2."""
    return name.rstrip("0123456789").rstrip("_") if name[-1:].isdigit() and "_" in name else name


def _slot_value(pack: Pack, name: str, source: str) -> object:
    base = _base(name)
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
    alias = pack.alias
    for name in tuple(slots):
        if name in alias:
            slots[alias[name]] = slots.pop(name)
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
    told = [slots.pop(name) for name in _YEAR_PARTS if name in slots]
    if told:  # 'nineteen hundred' + 'sixty' + 'second': a year told by an ordinal
        slots["yearw"] = sum(part for part in told if isinstance(part, int))
    second = slots.get("year_2")
    if rule.given.get("adjacent") and second != slots.get("year", 0) + 1:  # type: ignore[operator]
        return None  # '2019 and 2024' are two dates, '2019 and 2020' are a period
    if rule.means in _COUNTED and isinstance(n := slots.get("n", slots.get("num")), int):
        if n > _MOST_YEARS and slots.get("unit") == "year":
            return None
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
    place = found.start() + (found[0].rfind(" ") + 1 if rule.inner_capital else 0)
    is_capital = original[place if offsets is None else offsets[place]].isupper()
    if rule.lower:
        return not is_capital or _SENTENCE_START.search(found.string[max(0, place - 4) : place]) is not None
    return is_capital


def scan(pack: Pack, text: str, original: str, offsets: Sequence[int] | None) -> list[Node]:
    """All matches from left to right, the longest at each place; none overlap."""
    nodes: list[Node] = []
    index = pack.index
    reached = 0
    has_address = any(sign in text for sign in _ADDRESS_SIGNS)
    addresses = iter([*(_ADDRESS.finditer(text) if has_address else ()), None])
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
        begin, end = trigger[0], trigger.end()
        if begin[0].isdecimal():
            begin = DIGIT * min(end - start, _MOST_FIGURES)
        by_sign = index.get(begin) or pack.rules_at(begin)
        sign = text[end : end + 1]
        if sign.isspace():
            sign = text[end : end + _MOST_BLANKS].lstrip()[:1]
        rules = by_sign.get(DIGIT if sign.isdecimal() else sign, by_sign[""])
        if not rules:
            continue
        best: Node | None = None
        sure: Node | None = None
        window = text[start : start + _WINDOW]
        for rule in rules:
            for need in rule.needs:
                if need in window:
                    break
            else:
                if rule.needs:
                    continue
            found = rule.pattern.compiled.match(text, start)
            if found is None or (rule.cased and not _fits_case(rule, found, original, offsets)):
                continue
            if rule.after is not None:
                if rule.after.search(text[max(0, start - _JOIN_WINDOW) : start]) is None:
                    continue
            if found.end() > start and (best is None or found.end() > best.end):
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
    start, end = first.start, (second or first).end
    slots: dict[str, object] = dict(join.given)
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
        begin = max(low - 1, 0) + found.start()
        if join.not_after is not None:
            told = text[max(0, begin - _JOIN_WINDOW) : begin] or "\n"  # a text begins as a line does
            if join.not_after.search(told) is not None:
                return None
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


def join_dates(pack: Pack, text: str, nodes: list[Node]) -> list[Node]:
    """Join the dates that stand together, the closest kinds of join first."""
    for stage in pack.stages:
        out: list[Node] = []
        place = 0
        while place < len(nodes):
            first = nodes[place]
            floor = out[-1].end if out else 0
            following = nodes[place + 1] if place + 1 < len(nodes) else None
            if following is not None and following.start - first.end > _JOIN_WINDOW:
                following = None
            best: Node | None = None
            # Most places fail by one sign, which is much cheaper to see than to match.
            before = head_of(text[max(0, first.start - _MOST_BLANKS) : first.start][::-1])
            after_first = head_of(text[first.end : first.end + _MOST_BLANKS])
            for join in stage.fitting(before, after_first, pair=following is not None):
                if join.means == "open" and first.means in _PERIODS:
                    continue
                second = following if join.binary else None
                after = place + (2 if join.binary else 1)
                # 'four days after yesterday': the amount alone would be a match of its own.
                free = join.means in _COUNTED or after >= len(nodes)
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
