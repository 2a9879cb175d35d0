"""Counts of things ('13 accords', '151건') and ranks ('second largest', '4대 교역국')."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from kgx.quantities.amount_cldr import month_words
from kgx.quantities.amount_data import amounts_data
from kgx.quantities.amount_scan import Scan
from kgx.quantities.amount_text import forms, plain, trie
from kgx.quantities.numbers import Number, grammar
from kgx.quantities.types import Count, Rank

__all__ = ["find_counts", "find_ranks"]

_NOUN_REACH = 24
_YEARS = range(1800, 2101)
_MOST_BETWEEN = 2
# 'The two countries', in words, refers to them and counts nothing; 'an agreement' has an article.
_FEW = 3
# Unless it goes on from a count: 'six protocols and one treaty'.
_LIST_GAP = 6
# The class of counters that count anything, and the classes of nouns that say more than their counter.
_ANY = "any"
_REFINES = {"person": ("student",)}
_REFERRED_TO = ("other", "person")
# Stand for an ordinal and a number in a pattern that is still a phrase; no text has them.
_ORDINAL, _NUMBER = "\x00", "\x01"


@dataclass(frozen=True, slots=True)
class _CountPatterns:
    after: re.Pattern[str]
    noun_before: re.Pattern[str]
    classes: dict[str, str]
    duals: re.Pattern[str]
    dual_classes: dict[str, str]
    not_after: re.Pattern[str]
    not_before: re.Pattern[str]


@cache
def _count_patterns(lang: str) -> _CountPatterns:
    data = amounts_data(lang)
    count, rules = data.count, grammar(lang)
    nouns = {form: unit for unit, words in count.nouns.items() for form in forms(words, data.endings)}
    counters = {form: unit for unit, words in count.counters.items() for form in forms(words, data.endings)}
    duals = {form: unit for unit, words in count.duals.items() for form in forms(words, data.endings)}
    gaps = trie(forms(count.gaps))
    edge = "" if rules.joined else r"(?!\w)"
    # A counter of one syllable begins many words ('한 건물'); a particle or nothing may follow it.
    ends = rf"(?=\W|$|{trie(forms(data.currency.particles))})" if rules.joined else edge
    classifier = rf"(?:(?:{trie(forms(count.classifiers, data.endings))}))?" if count.classifiers else ""
    between = _between_pattern(lang)
    months = month_words(lang)
    not_before = trie((*forms(count.not_before, data.endings), *months))
    return _CountPatterns(
        after=re.compile(
            rf"(?:{gaps}){classifier}{between}(?P<noun>{trie(nouns)}){edge}"
            + (rf"|(?: ?)(?P<counter>{trie(counters)}){ends}" if counters else "|(?P<counter>(?!))")
        ),
        noun_before=re.compile(rf"(?P<noun>{trie(nouns)})"),
        classes=nouns | counters,
        duals=re.compile(rf"(?<!\w){rules.prefix}(?P<noun>{trie(duals)})(?!\w)"),
        dual_classes=duals,
        not_after=re.compile(rf"(?<!\w){rules.prefix}(?:{trie(forms(count.not_after, data.endings))}) ?$"),
        not_before=re.compile(rf" ?(?:{not_before}){edge}"),
    )


def _between_pattern(lang: str) -> str:
    """Up to two words between number and noun: known ones, or by their endings."""
    data = amounts_data(lang)
    choices = []
    if data.count.between:
        words = forms(data.count.between, data.endings)
        choices.append(trie(words if grammar(lang).joined else [word.strip() for word in words]))
    if data.count.between_endings:
        choices.append(rf"[^\W\d]{{2,24}}(?<={trie_ending(data.count.between_endings)})")
    if not choices:
        return ""
    blank = "" if grammar(lang).joined else " "
    return rf"(?:(?:{'|'.join(choices)}){blank}){{0,{_MOST_BETWEEN}}}"


def trie_ending(endings: tuple[str, ...]) -> str:
    """A look-behind's alternatives for word endings, which must all have one length."""
    folded = forms(endings)
    width = {len(ending) for ending in folded}
    if len(width) != 1:
        raise ValueError("endings between number and noun must have one length")
    return "|".join(re.escape(ending) for ending in folded)


def find_counts(scan: Scan) -> list[Count]:
    """All counts with a noun of the vocabulary, in document order; marks their numbers as used."""
    patterns = _count_patterns(scan.lang)
    found = []
    reached = -_LIST_GAP
    for index, number in enumerate(scan.numbers):
        if index in scan.used or (number.scale == 1 and number.value != number.value.to_integral_value()):
            continue
        read = _read_count(scan, patterns, number, listed=number.start - reached < _LIST_GAP)
        if read is not None:
            reached = number.end + len(read.text)
            scan.used.add(index)
            found.append(read)
    for match in patterns.duals.finditer(scan.text) if patterns.dual_classes else ():
        noun = match["noun"]
        start, end = match.span("noun")
        found.append(_count(scan, start, end, Decimal(2), patterns.dual_classes[noun], (start, end), "dual"))
    return sorted(found, key=lambda count: count.start)


def _read_count(scan: Scan, patterns: _CountPatterns, number: Number, *, listed: bool) -> Count | None:
    text = scan.text
    match = patterns.after.match(text, number.end)
    if match is None or scan.is_vague(number) or patterns.not_before.match(text, number.end):
        return None
    if _is_year(scan, patterns, number):
        return None
    if match["noun"] is not None:
        span = match.span("noun")
        unit = patterns.classes[" ".join(match["noun"].split())]
        in_words = not any(c.isdigit() for c in number.raw)
        if in_words and not listed and (number.value == 1 or (number.value <= _FEW and unit in _REFERRED_TO)):
            return None
        return _count(scan, number.start, match.end(), number.value, unit, span, "noun", number_end=number.end)
    unit = patterns.classes[match["counter"]]
    noun = _noun_before(scan, patterns, number.start) if amounts_data(scan.lang).count.noun_first else None
    told = patterns.classes[text[noun[0] : noun[1]]] if noun is not None else "other"
    if unit == _ANY or told in _REFINES.get(unit, ()):
        unit = told
    elif told != unit:
        noun = None
    return _count(
        scan,
        number.start,
        match.end(),
        number.value,
        unit,
        noun or match.span("counter"),
        "counter",
        number_end=number.end,
    )


def _noun_before(scan: Scan, patterns: _CountPatterns, at: int) -> tuple[int, int] | None:
    """The last counted noun before the number in its clause."""
    last = None
    for match in patterns.noun_before.finditer(scan.text, scan.clause_before(at, _NOUN_REACH), at):
        last = match.span("noun")
    return last


def _is_year(scan: Scan, patterns: _CountPatterns, number: Number) -> bool:
    if not (number.digits and number.value in _YEARS and len(number.raw) == 4):
        return False
    return patterns.not_after.search(scan.text, max(0, number.start - 16), number.start) is not None


def _count(
    scan: Scan,
    start: int,
    end: int,
    value: Decimal,
    unit: str,
    noun: tuple[int, int],
    rule: str,
    *,
    number_end: int | None = None,
) -> Count:
    first, last, text = scan.span(start, end)
    approximate, bound = scan.cues(start, end, number_end=number_end)
    return Count(
        start=first,
        end=last,
        text=text,
        rule=f"{scan.lang}/count/{rule}",
        value=plain(value),
        unit=unit,
        noun=scan.span(*noun)[2],
        approximate=approximate,
        bound=bound,
    )


@dataclass(frozen=True, slots=True)
class _RankPatterns:
    pattern: re.Pattern[str]
    ids: tuple[str, ...]


@cache
def _rank_patterns(lang: str) -> _RankPatterns | None:
    data, rules = amounts_data(lang), grammar(lang)
    if not data.ranks:
        return None
    endings = {**data.endings, "ordinal": (_ORDINAL,), "number": (_NUMBER,)}
    choices = []
    ends = r"(?!\w)"
    if rules.joined:
        ends = rf"(?=\W|$|{trie(forms(data.currency.particles))})"
    for at, rank in enumerate(data.ranks):
        before, span, after = _split(rank.pattern)
        parts = [trie(forms((part,), endings)) if part else "" for part in (before, span, after)]
        edge = "" if rules.joined else r"(?!\w)"
        ahead = f"{edge}(?= ?(?:{parts[2]}){edge})" if parts[2] else ends
        lead = f"(?:{parts[0]}) ?" if parts[0] else ""
        choices.append(rf"{lead}(?P<r{at}>{parts[1]}){ahead}")
    source = "|".join(choices).replace(_ORDINAL, rules.ordinal).replace(_NUMBER, _number_words(lang))
    left = r"(?<![^\W\d])(?<!\d)" if rules.joined else rf"(?<!\w){rules.prefix}"
    return _RankPatterns(re.compile(rf"{left}(?:{source})"), tuple(rank.id for rank in data.ranks))


def _split(pattern: str) -> tuple[str, str, str]:
    """'[before] span [after]' in its three parts."""
    match = re.fullmatch(r"(?:\[([^\]]*)\])?([^\[\]]+)(?:\[([^\]]*)\])?", pattern.strip())
    if match is None:
        raise ValueError(f"not a rank pattern: {pattern!r}")
    before, span, after = match.groups()
    return (before or "").strip(), span.strip(), (after or "").strip()


def _number_words(lang: str) -> str:
    words = [word for word, piece in grammar(lang).pieces.items() if piece.kind == "value" and piece.value < 100]
    return rf"(?:\d{{1,3}}|{trie(words)})"


def find_ranks(scan: Scan) -> list[Rank]:
    """All ranks, in document order; marks the numbers in them as used."""
    patterns = _rank_patterns(scan.lang)
    if patterns is None:
        return []
    data, rules = amounts_data(scan.lang), grammar(scan.lang)
    found = []
    starts = [number.start for number in scan.numbers]
    for match in patterns.pattern.finditer(scan.text):
        at = int((match.lastgroup or "r0")[1:])
        rank = data.ranks[at]
        start, end = match.span(f"r{at}")
        words = scan.text[start:end]
        inside = range(bisect_left(starts, start), bisect_left(starts, end))
        value = rank.value or rules.ordinal_value(words) or _first_number(scan, inside)
        if not value:
            continue
        first, last, text = scan.span(start, end)
        found.append(
            Rank(
                start=first,
                end=last,
                text=text,
                rule=rank.id,
                confidence=0.9,
                value=value,
                superlative=text,
                group=rank.group,
            )
        )
        scan.used.update(inside)
    return found


def _first_number(scan: Scan, indices: range) -> int | None:
    return next((int(scan.numbers[index].value) for index in indices), None)
