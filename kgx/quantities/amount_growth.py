"""Percentages, percentage points, and growth told as a factor ('doubled', '1.5 times')."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from kgx.quantities.amount_data import Times, amounts_data
from kgx.quantities.amount_scan import Scan, edged
from kgx.quantities.amount_text import forms, plain, trie
from kgx.quantities.numbers import Number, grammar
from kgx.quantities.types import Direction, Percent

__all__ = ["find_growth"]

_HUNDRED = Decimal(100)
_CENT = Decimal("0.01")
_BEFORE, _AFTER = 64, 36
_LEVEL_REACH = 32
_NUMBER_NEAR = 24


@dataclass(frozen=True, slots=True)
class _Times:
    before: re.Pattern[str]
    after: re.Pattern[str]
    up: bool


@dataclass(frozen=True, slots=True)
class _Patterns:
    after: re.Pattern[str]
    before: re.Pattern[str] | None
    level_before: re.Pattern[str]
    level_after: re.Pattern[str]
    cue_before: re.Pattern[str]
    cue_after: re.Pattern[str]
    any_times: re.Pattern[str]
    times: tuple[_Times, ...]
    factors: re.Pattern[str]
    factor_values: dict[str, Decimal]
    bare_factors: frozenset[str]


@cache
def _patterns(lang: str) -> _Patterns:
    data = amounts_data(lang)
    percent = data.percent
    joined = grammar(lang).joined
    edge = "" if joined else r"(?!\w)"

    def words(phrases: tuple[str, ...]) -> str:
        return trie(forms(phrases, data.endings))

    def times(item: Times) -> _Times:
        left = r"(?<!\w)" + grammar(lang).prefix if any(item.before) else ""
        return _Times(
            re.compile(rf"{left}(?:{words(item.before)})$"),
            re.compile(rf"(?:{words(item.after)}){edge}"),
            item.up,
        )

    def cues(up: tuple[str, ...], down: tuple[str, ...]) -> re.Pattern[str]:
        left = "" if joined else rf"(?<!\w){grammar(lang).prefix}"
        return re.compile(rf"{left}(?:(?P<up>{words(up)})|(?P<down>{words(down)}))")

    bare = forms([p for phrases in percent.bare_factors.values() for p in phrases], data.endings)
    values = {
        form: Decimal(factor)
        for table in (percent.factors, percent.bare_factors)
        for factor, phrases in table.items()
        for form in forms(phrases, data.endings)
    }
    return _Patterns(
        after=re.compile(
            rf"(?:(?P<points>{words(percent.points)})|(?P<basis>{words(percent.basis_points)})|(?P<bare>{words(percent.bare_points)})"
            rf"|(?P<sign>{words(percent.signs)})){edge}"
        ),
        before=re.compile(rf"(?:{words(percent.before)}) ?$") if percent.before else None,
        level_before=_level(lang),
        level_after=re.compile(rf"(?:{words(percent.level.after)}){edge}"),
        cue_before=cues(percent.up.before, percent.down.before),
        cue_after=cues(percent.up.after, percent.down.after),
        any_times=re.compile("|".join(words(item.after) + edge for item in percent.times)),
        times=tuple(times(item) for item in percent.times),
        factors=re.compile(edged(lang, ()) if not values else _factor_pattern(lang, tuple(values))),
        factor_values=values,
        bare_factors=frozenset(bare),
    )


def _level(lang: str) -> re.Pattern[str]:
    """What stands before a level, perhaps with a word for 'about' or 'over' between."""
    data, rules = amounts_data(lang), grammar(lang)
    cues = (*data.approximate.before, *(word for sided in data.bounds.values() for word in sided.before))
    level = trie(forms(data.percent.level.before, data.endings))
    return re.compile(rf"(?<!\w){rules.prefix}(?:{level})(?: (?:{trie(forms(cues, data.endings))}))? {{0,2}}$")


def _is_level(scan: Scan, start: int, end: int) -> bool:
    patterns = _patterns(scan.lang)
    before = patterns.level_before.search(scan.text, max(0, start - _LEVEL_REACH), start)
    return before is not None or patterns.level_after.match(scan.text, end) is not None


def _factor_pattern(lang: str, words: tuple[str, ...]) -> str:
    rules = grammar(lang)
    left = r"(?<![^\W\d])" if rules.joined else rf"(?<!\w){rules.prefix}"
    return rf"{left}(?P<word>{trie(words)})" + ("" if rules.joined else r"(?!\w)")


def find_growth(scan: Scan) -> list[Percent]:
    """All percentages and factors, in document order; marks their numbers as used."""
    patterns = _patterns(scan.lang)
    units = [_unit(scan, patterns, number) for number in scan.numbers]
    found: list[Percent] = []
    index = 0
    while index < len(scan.numbers):
        step = 1
        if index not in scan.used:
            read = _read_range(scan, units, index) or _read_percent(scan, units[index], index)
            read = read or _read_times(scan, index)
            if read is not None:
                mention, step, end = read
                found.append(mention)
                # A sign such as 'in the hundred' may look like a number of its own.
                while index + step < len(scan.numbers) and scan.numbers[index + step].start < end:
                    step += 1
                scan.used.update(range(index, index + step))
        index += step
    return sorted(
        (*found, *_read_factors(scan, [mention.start for mention in found if mention.multiplied])),
        key=lambda mention: mention.start,
    )


_Unit = tuple[int, int, str]


def _unit(scan: Scan, patterns: _Patterns, number: Number) -> _Unit | None:
    """Start, end and kind (points, basis, sign) of a percentage with this number."""
    match = patterns.after.match(scan.text, number.end)
    if match is not None:
        return number.start, match.end(), match.lastgroup or "sign"
    if patterns.before is None:
        return None
    before = patterns.before.search(scan.text, max(0, number.start - 6), number.start)
    return (before.start(), number.end, "sign") if before is not None else None


def _read_percent(scan: Scan, unit: _Unit | None, index: int) -> tuple[Percent, int, int] | None:
    number = scan.numbers[index]
    if unit is None or scan.is_vague(number):
        return None
    start, end, kind = unit
    if kind == "bare" and _direction(scan, start, end) is None:
        return None
    return _percent(scan, start, end, kind, number.value, None), 1, end


def _read_range(scan: Scan, units: list[_Unit | None], index: int) -> tuple[Percent, int, int] | None:
    if index + 1 >= len(units) or index + 1 in scan.used:
        return None
    number, following = scan.numbers[index], scan.numbers[index + 1]
    own, other = units[index], units[index + 1]
    if other is None or following.start - number.end > 20 or not number.value < following.value:
        return None
    gap_start = own[1] if own is not None else number.end
    if scan.joint(number.start, gap_start, following.start) != "range":
        return None
    return _percent(scan, number.start, other[1], other[2], number.value, following.value), 2, other[1]


def _percent(scan: Scan, start: int, end: int, kind: str, value: Decimal, high: Decimal | None) -> Percent:
    sign = scan.text[start - 1 : start] if start else ""
    direction: Direction | None = None
    if sign in ("+", "-") and not scan.text[max(0, start - 2) : start - 1].isalnum():
        start -= 1
        direction = "up" if sign == "+" else "down"
    if direction is None and (high is not None or not _is_level(scan, start, end)):
        direction = _direction(scan, start, end)
    factor = _CENT if kind == "basis" else Decimal(1)
    rule = "points" if kind != "sign" else ("range" if high is not None else "percent")
    return _mention(
        scan,
        start,
        end,
        value * factor,
        direction,
        rule,
        high=None if high is None else high * factor,
        points=kind != "sign",
    )


def _direction(scan: Scan, start: int, end: int) -> Direction | None:
    """Up or down by the nearest word of the clause that says so."""
    patterns = _patterns(scan.lang)
    best: tuple[int, Direction] | None = None
    for match in patterns.cue_before.finditer(scan.text, scan.clause_before(start, _BEFORE), start):
        best = (start - match.end(), "up" if match["up"] is not None else "down")
    after = patterns.cue_after.search(scan.text, end, scan.clause_after(end, _AFTER))
    if after is not None and (best is None or after.start() - end < best[0]):
        best = (after.start() - end, "up" if after["up"] is not None else "down")
    return best[1] if best is not None else None


def _read_times(scan: Scan, index: int) -> tuple[Percent, int, int] | None:
    number = scan.numbers[index]
    if not 1 < number.value <= 1000:
        return None
    patterns = _patterns(scan.lang)
    # Most numbers are none of these, and an empty word after the number fits any.
    for item in patterns.times if patterns.any_times.match(scan.text, number.end) else ():
        after = item.after.match(scan.text, number.end)
        if after is None:
            continue
        before = item.before.search(scan.text, max(0, number.start - 24), number.start)
        if before is None:
            continue
        start, end = before.start(), after.end()
        start += len(before[0]) - len(before[0].lstrip())
        inner = patterns.cue_before.search(scan.text, start, number.start)  # 'tăng 1,8 lần' tells it by itself
        if inner is not None:
            direction: Direction | None = "up" if inner["up"] is not None else "down"
        else:
            direction = _direction(scan, start, end)
        direction = direction or ("up" if item.up else None)
        if direction is None:
            continue
        return _grown(scan, start, end, number.value, direction, "times"), 1, end
    return None


def _read_factors(scan: Scan, told: list[int]) -> list[Percent]:
    """Factors told by a word alone, unless a number right after it tells how many times: 'multiplied threefold'."""
    patterns = _patterns(scan.lang)
    taken = {scan.numbers[index].start for index in scan.used}
    found = []
    for match in patterns.factors.finditer(scan.text) if patterns.factor_values else ():
        word = " ".join(match["word"].split())
        start, end = match.span("word")
        if any(start <= at < end for at in _starts_within(taken, start, end)):
            continue
        place = bisect_left(told, scan.folded.ends[end - 1])
        if place < len(told) and told[place] - scan.folded.ends[end - 1] <= _NUMBER_NEAR:
            continue
        factor = patterns.factor_values[word]
        direction = _direction(scan, start, end)
        if word in patterns.bare_factors and direction is None:
            continue
        if factor < 1:
            factor, direction = 1 / factor, "down"
        found.append(_grown(scan, start, end, factor, direction or "up", "factor"))
    return found


def _starts_within(starts: set[int], start: int, end: int) -> list[int]:
    return [at for at in range(start, end) if at in starts]


def _grown(scan: Scan, start: int, end: int, factor: Decimal, direction: Direction, rule: str) -> Percent:
    """A factor as a growth: times 1.5 is +50 %, to a half is -50 %."""
    value = (factor - 1) * _HUNDRED if direction == "up" else (1 - 1 / factor) * _HUNDRED
    return _mention(scan, start, end, value.quantize(_CENT), direction, rule, multiplied=True)


def _mention(
    scan: Scan,
    start: int,
    end: int,
    value: Decimal,
    direction: Direction | None,
    rule: str,
    *,
    high: Decimal | None = None,
    points: bool = False,
    multiplied: bool = False,
) -> Percent:
    first, last, text = scan.span(start, end)
    approximate, bound = scan.cues(start, end)
    return Percent(
        start=first,
        end=last,
        text=text,
        rule=f"{scan.lang}/percent/{rule}",
        confidence=0.9 if multiplied else 1.0,
        value=plain(value),
        high=None if high is None else plain(high),
        direction=direction,
        points=points,
        multiplied=multiplied,
        approximate=approximate,
        bound=bound,
    )
