"""Amounts of money: a number beside a currency, with its range, its cents, its conversion and its heirs."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

from kgx.quantities.amount_currency import Currencies, Reading, currencies
from kgx.quantities.amount_data import amounts_data
from kgx.quantities.amount_scan import Scan
from kgx.quantities.amount_text import forms, plain, trie
from kgx.quantities.numbers import Number, grammar
from kgx.quantities.types import Money

__all__ = ["find_money"]

_BEFORE_REACH = 16
# Below a million, a number without a unit may count anything.
_LEAST_INHERITING = Decimal(1_000_000)
# From a thousand millions on, little but money is told so, whatever word follows.
_ALMOST_MONEY = Decimal(100_000_000)
# Two numbers further apart are no range.
_WIDEST_RANGE = Decimal(1000)
_CENTS_IN_UNIT = Decimal(100)


@dataclass(frozen=True, slots=True)
class _Found:
    """An amount in offsets of the folded text."""

    start: int
    end: int
    value: Decimal
    reading: Reading
    rule: str
    high: Decimal | None = None
    inherited: bool = False
    number_end: int | None = None
    conversion: bool = False


def find_money(scan: Scan) -> list[Money]:
    """All amounts of money, in document order; marks their numbers as used."""
    rules = currencies(scan.lang)
    found: list[_Found] = []
    last_end = 0
    index = 0
    while index < len(scan.numbers):
        taken = _read(scan, rules, index, last_end) if index not in scan.used else None
        if taken is None:
            index += 1
            continue
        amounts, used = taken
        found.extend(amounts)
        last_end = amounts[-1].end
        scan.used.update(range(index, index + used))
        index += used
    found = _mark_conversions(scan, found)
    found = sorted((*found, *_heirs(scan, found)), key=lambda amount: amount.start)
    return [_mention(scan, amount) for amount in found]


def _read(scan: Scan, rules: Currencies, index: int, last_end: int) -> tuple[list[_Found], int] | None:
    """The amount (or the two ends of a change) that starts with a number; with the count of numbers used up."""
    number = scan.numbers[index]
    own = _with_unit(scan, rules, number, last_end)
    following = scan.numbers[index + 1] if index + 1 < len(scan.numbers) else None
    if following is not None and index + 1 not in scan.used and following.start - number.end <= 40:
        pair = _read_pair(scan, rules, number, own, following)
        if pair is not None:
            return pair, 2
    if own is None:
        return None
    if following is not None and own.rule == "number-currency":
        whole = _with_minor(scan, rules, own, following)
        if whole is not None:
            return [whole], 2
    return [own], 1


def _with_unit(scan: Scan, rules: Currencies, number: Number, last_end: int) -> _Found | None:
    text = scan.text
    after = rules.after.match(text, number.end)
    reading = rules.read_after(scan.folded, after) if after is not None else None
    start, end, rule = number.start, number.end, "number-currency"
    near = text[max(0, number.start - 3) : number.start].rstrip(" ")[-1:]
    found = None
    if near in rules.last_letters:
        found = rules.before.search(text, max(last_end, number.start - _BEFORE_REACH), number.start)
    if found is not None and (before := rules.read_before(scan.folded, found)) is not None:
        reading_before, start = before
        rule = "currency-number"
        if reading is not None and not _agree(reading_before, reading):
            reading = None
        reading = replace(reading or reading_before, end=reading.end if reading else number.end)
    if reading is None or _is_doubtful(scan, number, reading) or scan.is_vague(number):
        return None
    return _Found(start, max(end, reading.end), number.value * reading.factor, reading, rule, number_end=number.end)


def _is_doubtful(scan: Scan, number: Number, reading: Reading) -> bool:
    """Whether number and unit may well be no money: 'une couronne de fleurs', 'in 2024 won'."""
    if number.scale > 1 or (number.digits and not number.raw.isdecimal()):
        return False
    in_words = not number.raw[0].isdecimal()
    ambiguous = reading.unit is not None and bool(reading.alternatives)
    return reading.doubtful or (in_words and number.value == 1 and ambiguous)


def _agree(before: Reading, after: Reading) -> bool:
    """Whether a currency before and one after the number can be one: '$ 150 USD'."""
    return (
        before.code == after.code
        or (before.unit is not None and before.unit == after.unit)
        or (before.unit is not None and after.unit is None and after.code.endswith("D"))
    )


def _read_pair(
    scan: Scan, rules: Currencies, number: Number, own: _Found | None, following: Number
) -> list[_Found] | None:
    if not scan.may_join(own.end if own else number.end):
        return None
    other = _with_unit(scan, rules, following, own.end if own else number.end)
    if own is None and other is None:
        return None
    gap_start = own.end if own is not None else number.end
    gap_end = other.start if other is not None else following.start
    start = own.start if own is not None else number.start
    joint = scan.joint(start, gap_start, gap_end)
    if joint is None or (own is not None and other is not None and joint == "change"):
        return None
    if own is not None and other is not None and own.reading.code != other.reading.code:
        return None
    reading = (other or own).reading  # type: ignore[union-attr]
    low = (own.value / own.reading.factor if own is not None else number.value) * _shared_scale(number, following)
    low, high = low * reading.factor, following.value * reading.factor
    end = other.end if other is not None else following.end
    if joint == "change":
        if own is not None or other is None:
            return None
        first = _Found(number.start, number.end, low, reading, "shared-unit", inherited=True)
        return [first, other]
    if not low < high or high > low * _WIDEST_RANGE:
        return None
    if other is None and _has_noun(scan, following):
        return None
    return [_Found(start, end, low, reading, "range", high=high)]


def _has_noun(scan: Scan, number: Number) -> bool:
    """Whether a number is directly followed by a word, which it may count."""
    tail = scan.text[number.end : number.end + 2]
    return bool(tail) and (tail[0].isalpha() or (tail[0] == " " and tail[1:].isalpha())) and number.scale == 1


def _shared_scale(number: Number, following: Number) -> Decimal:
    """'2 to 3 billion': the multiplier of the second is that of the first too, if the first has none."""
    if number.scale == 1 and following.scale > 1 and number.value < following.value / following.scale:
        return following.scale
    return Decimal(1)


def _with_minor(scan: Scan, rules: Currencies, own: _Found, following: Number) -> _Found | None:
    """Dollars and cents; the cents may lack their unit at the end of a clause."""
    gap = scan.text[own.end : following.start]
    if len(gap) > 6 or own.reading.factor != 1 or not 0 < following.value < 100 or following.value % 1:
        return None
    patterns = _patterns(scan.lang)
    if patterns.with_minor.fullmatch(gap):
        after = rules.after.match(scan.text, following.end)
        reading = rules.read_after(scan.folded, after) if after is not None else None
        if reading is not None and reading.factor != 1:
            return replace(own, end=reading.end, value=own.value + following.value * reading.factor)
    if patterns.loose_minor.fullmatch(gap) and patterns.clause_end.match(scan.text, following.end):
        return replace(own, end=following.end, value=own.value + following.value / _CENTS_IN_UNIT)
    return None


@dataclass(frozen=True, slots=True)
class _Patterns:
    with_minor: re.Pattern[str]
    loose_minor: re.Pattern[str]
    clause_end: re.Pattern[str]
    opens_conversion: re.Pattern[str]
    follows_heir: re.Pattern[str]
    not_money: re.Pattern[str]


@cache
def _patterns(lang: str) -> _Patterns:
    data = amounts_data(lang)
    currency = data.currency
    prefix = grammar(lang).prefix
    cues = (*data.approximate.before, *(word for sided in data.bounds.values() for word in sided.before))
    cue = rf"(?:{prefix}(?:{trie(forms(cues, data.endings))}) {{0,2}})?"
    word = rf"(?:{prefix}(?:{trie(forms(currency.conversion, data.endings))})[ ,]{{0,3}})"
    edge = "" if currency.particles else r"(?!\w)"
    particles = rf"|{trie(forms(currency.particles))}" if currency.particles else ""
    words = forms(currency.inherit_before, data.endings)
    heirs = [word for word in words if not word.endswith("*")]
    clitics = [word[:-1] for word in words if word.endswith("*")]
    return _Patterns(
        with_minor=re.compile(trie(forms(currency.with_minor))),
        loose_minor=re.compile(trie(forms(currency.loose_minor))),
        clause_end=re.compile(r"\s*(?:[.;!?)]|$)"),
        opens_conversion=re.compile(rf" ?(?:[(\[] ?{word}?{cue}|[,،]? ?{word}{cue}|= ?)[(\[]?"),
        follows_heir=re.compile(
            rf"(?: {{0,2}}(?:[.,;:)!?]|-|$|\n| {prefix}(?:{trie(heirs)}|(?:{trie(clitics)})\w{{2,30}})"
            rf"(?!\w)){particles})"
        ),
        not_money=re.compile(rf" {{0,2}}(?:{trie(forms(currency.not_money, data.endings))}){edge}"),
    )


def _mark_conversions(scan: Scan, found: list[_Found]) -> list[_Found]:
    patterns = _patterns(scan.lang)
    out: list[_Found] = []
    for amount in found:
        before = out[-1] if out else None
        if before is not None and 0 < amount.start - before.end <= 40 and before.reading.code != amount.reading.code:
            opens = patterns.opens_conversion.fullmatch(scan.text, before.end, amount.start)
            amount = replace(amount, conversion=opens is not None)
        out.append(amount)
    return out


def _start(amount: _Found) -> int:
    return amount.start


def _heirs(scan: Scan, found: list[_Found]) -> list[_Found]:
    """Large numbers without a unit, which take the currency of an amount of the same sentence."""
    patterns = _patterns(scan.lang)
    by_sentence: dict[int, list[_Found]] = {}
    for amount in found:
        if not amount.conversion:
            by_sentence.setdefault(scan.sentence(amount.start), []).append(amount)
    heirs = []
    for index, number in enumerate(scan.numbers):
        if index in scan.used or number.scale < _LEAST_INHERITING or scan.is_vague(number):
            continue
        near = by_sentence.get(scan.sentence(number.start))
        if not near or patterns.not_money.match(scan.text, number.end):
            continue
        closes = patterns.follows_heir.match(scan.text, number.end)
        if closes is None and (number.scale < _ALMOST_MONEY or scan.text[number.end : number.end + 2] == " ("):
            continue
        place = bisect_left(near, number.start, key=_start)
        around = near[max(0, place - 1) : place + 1]
        if any(amount.start < number.end and number.start < amount.end for amount in around):
            continue
        giver = around[0]
        reading = replace(giver.reading, factor=Decimal(1), confidence=giver.reading.confidence * 0.75)
        heirs.append(_Found(number.start, number.end, number.value, reading, "heir", inherited=True))
        scan.used.add(index)
    return heirs


def _mention(scan: Scan, amount: _Found) -> Money:
    start, end, text = scan.span(amount.start, scan.without_stop(amount.end))
    approximate, bound = scan.cues(amount.start, amount.end, number_end=amount.number_end)
    return Money(
        start=start,
        end=end,
        text=text,
        rule=f"{scan.lang}/money/{amount.rule}",
        confidence=round(amount.reading.confidence, 3),
        value=plain(amount.value),
        currency=amount.reading.code,
        high=None if amount.high is None else plain(amount.high),
        approximate=approximate,
        bound=bound,
        alternatives=amount.reading.alternatives,
        inherited=amount.inherited,
        is_conversion=amount.conversion,
    )
