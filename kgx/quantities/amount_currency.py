"""Which currency words mean which currency: CLDR's names (through Babel) joined with a language's own data.

CLDR gives, for each currency in use, its name in the grammatical numbers of a language ('канадских долларов').
Taking the unit's word out of such a name leaves the nationality word ('канадских'), which with its endings serves
for any unit of that state.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files

import yaml

from kgx.quantities.amount_cldr import (
    currency_codes,
    currency_heads,
    currency_names,
    tender_codes,
    territory_name,
    territory_names,
)
from kgx.quantities.amount_data import AmountsData, UnitData, amounts_data
from kgx.quantities.amount_text import Folded, fold_text, forms, trie

__all__ = ["Currencies", "Reading", "currencies"]

_ONE = Decimal(1)
_CENT = Decimal("0.01")
_SURE, _LIKELY, _GUESS = 1.0, 0.9, 0.6


@dataclass(frozen=True, slots=True)
class Reading:
    """What a currency phrase means."""

    code: str
    end: int
    confidence: float
    alternatives: tuple[str, ...] = ()
    factor: Decimal = _ONE
    unit: str | None = None
    doubtful: bool = False
    """The unit's word has other meanings too."""


@dataclass(frozen=True, slots=True)
class Currencies:
    """The currency words of a language, compiled."""

    after: re.Pattern[str]
    before: re.Pattern[str]
    names: Mapping[str, str]
    units: Mapping[str, str]
    unit_data: Mapping[str, UnitData]
    unit_codes: Mapping[str, tuple[str, ...]]
    qualifiers: Mapping[str, frozenset[str]]
    signs: Mapping[str, str]
    sign_after: Mapping[str, str]
    only_before: Mapping[str, str]
    codes: frozenset[str]
    last_letters: frozenset[str]
    """What a currency before its number may end in: a quick test."""
    contexts: Mapping[str, re.Pattern[str]]
    context_codes: Mapping[str, Mapping[str, str]]

    def read_after(self, folded: Folded, match: re.Match[str]) -> Reading | None:
        """The meaning of a match of `after` in a folded text; None where it is none."""
        if match["sign"] is not None:
            return self._read_sign(match)
        word = " ".join(match["word"].split())
        end = match.end()
        if word in self.codes and word not in self.names and word not in self.units:
            # ISO codes are capitals; in small letters many of them are everyday words.
            start = match.start("word")
            if not folded.written(start, match.end("word")).isupper():
                return None
            return Reading(word.upper(), match.end("word"), _SURE)
        if word in self.names:
            return Reading(self.names[word], match.end("word"), _SURE)
        unit = self.units[word]
        if match["q1"] is not None:
            whole = " ".join(folded.text[match.start("q1") : match.end("word")].split())
            if whole in self.names:
                return Reading(self.names[whole], match.end("word"), _SURE)
        for group in ("q1", "q2"):
            code = self._qualified(unit, match[group])
            if code is not None:
                return Reading(code, end if group == "q2" else match.end("word"), _SURE, factor=self._factor(unit))
        return self._alone(unit, match.end("word"), folded.text, match.start())

    def read_before(self, folded: Folded, match: re.Match[str]) -> tuple[Reading, int] | None:
        """The meaning of a match of `before` and where it starts; the reading's end is that of the match."""
        code, sign, name = match["code"], match["sign"] or match["lone"], match["name"]
        if name is not None:
            return Reading(self.only_before[" ".join(name.split())], match.end(), _SURE), match.start("name")
        if code is not None:
            start = match.start("code")
            if sign is None and not folded.written(start, match.end("code")).isupper() and code not in self.names:
                return None
            return Reading(code.upper(), match.end(), _SURE), start
        return self._sign_alone(sign, match.end()), match.start("lone")

    def _read_sign(self, match: re.Match[str]) -> Reading:
        sign = self._sign_alone(match["sign"], match.end("sign"))
        letters = match["letters"]
        if letters is None or sign.unit is None:
            return sign
        if letters in self.codes:
            code = letters.upper()
            known = code in self.unit_codes[sign.unit]
            return Reading(code, match.end("letters"), _SURE) if known else sign
        found = self._of_country(sign.unit, self.sign_after[letters])
        return sign if found is None else Reading(found, match.end("letters"), _SURE)

    def _sign_alone(self, sign: str, end: int) -> Reading:
        meaning = self.signs[sign]
        if meaning not in self.unit_data:
            return Reading(meaning, end, _SURE)
        return Reading(self.unit_data[meaning].default, end, _LIKELY, unit=meaning)

    def _factor(self, unit: str) -> Decimal:
        return _CENT if self.unit_data[unit].minor else _ONE

    def _of_country(self, unit: str, country: str) -> str | None:
        codes = self.unit_codes[unit]
        return next((code for code in codes if code.startswith(country)), country if country in codes else None)

    def _qualified(self, unit: str, word: str | None) -> str | None:
        if word is None:
            return None
        for country in sorted(self.qualifiers[" ".join(word.split())]):
            code = self._of_country(unit, country)
            if code is not None:
                return code
        return None

    def _alone(self, unit: str, end: int, text: str, at: int) -> Reading:
        data = self.unit_data[unit]
        others = self.unit_codes[unit][1:]
        factor = self._factor(unit)
        if not data.ambiguous:
            sure = _LIKELY if others else _SURE
            return Reading(data.default, end, sure, (), factor, unit, doubtful=data.everyday)
        code = self._from_context(unit, text, at)
        if code is None:
            return Reading(data.default, end, _GUESS, others[:4], factor, unit, doubtful=data.everyday)
        rest = tuple(other for other in (data.default, *others) if other != code)
        return Reading(code, end, _LIKELY, rest[:4], factor, unit, doubtful=data.everyday)

    def _from_context(self, unit: str, text: str, at: int) -> str | None:
        """The currency of the country named nearest, before the amount rather than after it."""
        best: tuple[int, str] | None = None
        for match in self.contexts[unit].finditer(text, max(0, at - 300), at + 150):
            code = self.context_codes[unit][match["country"]]
            distance = at - match.end() if match.end() <= at else (match.start() - at) + 40
            if best is None or distance < best[0]:
                best = (distance, code)
        return best[1] if best else None


@cache
def currencies(lang: str) -> Currencies:
    """The currency words of a language, compiled once.

    Raises:
        DataError: the language's data is faulty.
    """
    data = amounts_data(lang)
    units = {form: name for name, unit in data.currency.units.items() for form in forms(unit.forms, data.endings)}
    for article in data.currency.articles:
        units |= {article + form: name for form, name in units.items() if not form.startswith(article)}
    unit_codes = {name: _codes_of(unit) for name, unit in data.currency.units.items()}
    names, qualifiers = _from_cldr(lang, data, units)
    names |= {form: code for code, phrases in data.currency.names.items() for form in forms(phrases, data.endings)}
    signs = _signs()
    codes = frozenset(code.lower() for code in currency_codes())
    sign_after = {form: country for country, letters in data.currency.sign_after.items() for form in forms(letters)}
    only_before = {form: code for code, phrases in data.currency.before.items() for form in forms(phrases)}
    contexts, context_codes = _contexts(lang, data, qualifiers, unit_codes)
    return Currencies(
        after=_after_pattern(
            data,
            (*names, *units, *codes),
            tuple(qualifiers),
            _following(data, qualifiers),
            signs,
            (*sign_after, *codes),
        ),
        before=_before_pattern(tuple(only_before), codes, signs),
        names=names,
        units=units,
        unit_data=data.currency.units,
        unit_codes=unit_codes,
        qualifiers=qualifiers,
        signs=signs,
        sign_after=sign_after,
        only_before=only_before,
        codes=codes,
        last_letters=frozenset(word[-1] for word in (*only_before, *codes, *signs)),
        contexts=contexts,
        context_codes=context_codes,
    )


def _codes_of(unit: UnitData) -> tuple[str, ...]:
    found = {code for head in unit.heads for code in currency_heads().get(head.lower(), ())}
    return tuple(dict.fromkeys((unit.default, *(code for code in currency_codes() if code in found))))


def _signs() -> dict[str, str]:
    """Sign -> currency code or unit: the same in all languages."""
    signs = (files("kgx.quantities") / "currency_signs.yaml").read_text(encoding="utf8")
    raw = yaml.load(signs, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return {fold_text(sign): str(meaning) for sign, meaning in raw.items()}


def _from_cldr(
    lang: str, data: AmountsData, units: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, frozenset[str]]]:
    """Full names -> code, and nationality words -> countries, of CLDR's currency names and the data."""
    names: dict[str, str] = {}
    qualifiers: dict[str, set[str]] = {}
    unit_trie = re.compile(rf"(?<!\w)(?:{trie(units)})(?!\w)")
    gap_words = {word for gap in data.currency.qualifier_gaps for word in gap.split()}
    for code, name in currency_names(lang):
        names.setdefault(name, code)
        match = unit_trie.search(name)
        if match is not None and " " in name:
            rest = " ".join(word for word in unit_trie.sub(" ", name).split() if word not in gap_words)
            for form in _inflected(rest, data):
                qualifiers.setdefault(form, set()).add(code[:2])
    for country, name in territory_names(lang) if data.currency.territories_qualify else ():
        qualifiers.setdefault(name, set()).add(country)
    for country, phrases in data.currency.qualifiers.items():
        for phrase in forms(phrases, data.endings):
            for form in _inflected(phrase, data):
                qualifiers.setdefault(form, set()).add(country)
    return names, {word: frozenset(countries) for word, countries in qualifiers.items() if word}


def _inflected(word: str, data: AmountsData) -> Iterable[str]:
    found = {word: None}
    for group in data.currency.endings:
        endings = sorted((fold_text(ending) for ending in group), key=len, reverse=True)
        ending = next((e for e in endings if e and word.endswith(e)), None)
        if ending is not None:
            found |= {word[: -len(ending)] + other: None for other in endings}
            break
    for article in data.currency.articles:
        found |= {article + form: None for form in tuple(found) if not form.startswith(article)}
    return found


def _following(data: AmountsData, qualifiers: Iterable[str]) -> tuple[str, ...]:
    """The nationality words that may stand after their unit."""
    match data.currency.qualifiers_follow:
        case "all":
            return tuple(qualifiers)
        case "none":
            return ()
    endings = tuple(fold_text(ending) for group in data.currency.endings for ending in group if ending)
    return tuple(word for word in qualifiers if not word.endswith(endings))


def _after_pattern(
    data: AmountsData,
    words: tuple[str, ...],
    qualifiers: tuple[str, ...],
    following: tuple[str, ...],
    signs: Mapping[str, str],
    letters: tuple[str, ...],
) -> re.Pattern[str]:
    currency = data.currency
    gaps = trie(forms(currency.gaps))
    qualifier = trie(qualifiers)
    qualifier_gap = trie(forms(currency.qualifier_gaps))
    if currency.particles:
        # Short units are parts of many words ('원' of '회원'), so that what follows must be able to follow a unit.
        short = [word for word in words if len(word) < 2]
        long = [word for word in words if len(word) > 1]
        latin = r"(?![A-Za-z])"
        follows = rf"(?=[^\w]|\d|[A-Za-z]|$|{trie(forms(currency.particles))})"
        unit = rf"(?:(?P<word>(?:{trie(long)}){latin}|(?:{trie(short)}){follows})"
        edge = ""
    else:
        unit = rf"(?:(?P<word>{trie(words)})(?!\w)"
        edge = r"(?!\w)"
    return re.compile(
        rf"(?:{gaps})(?:(?P<q1>{qualifier})(?:{qualifier_gap}))?{unit}"
        rf"(?:(?:{qualifier_gap})(?P<q2>{trie(following)}){edge})?"
        rf"|(?P<sign>{trie(signs)})(?: ?(?P<letters>{trie(letters)})(?![\w'])|))"
    )


def _before_pattern(names: tuple[str, ...], codes: frozenset[str], signs: Mapping[str, str]) -> re.Pattern[str]:
    return re.compile(
        rf"(?:(?<!\w)(?P<name>{trie(names)})|(?<!\w)(?P<code>{trie(codes)}) ?(?P<sign>{trie(signs)})?"
        rf"|(?P<lone>{trie(signs)})) {{0,2}}$"
    )


def _contexts(
    lang: str,
    data: AmountsData,
    qualifiers: Mapping[str, frozenset[str]],
    unit_codes: Mapping[str, tuple[str, ...]],
) -> tuple[dict[str, re.Pattern[str]], dict[str, dict[str, str]]]:
    """For each ambiguous unit an expression for the countries that have it, and its meanings."""
    patterns: dict[str, re.Pattern[str]] = {}
    meanings: dict[str, dict[str, str]] = {}
    for name, unit in data.currency.units.items():
        if not unit.ambiguous:
            continue
        words: dict[str, str] = {}
        for code in unit_codes[name]:
            if code not in tender_codes():
                continue
            stem = territory_name(lang, code[:2])
            if stem is not None:
                # A longer name is matched without its last letter, which is where it is inflected.
                words.setdefault(stem[:-1] if len(stem) > 4 else stem, code)
            for word, countries in qualifiers.items():
                if code[:2] in countries and len(word) > 2:
                    words.setdefault(word, code)
        left = "" if data.currency.particles else r"(?<!\w)(?:\w{1,3})??"
        patterns[name] = re.compile(rf"{left}(?P<country>{trie(words)})")
        meanings[name] = words
    return patterns, meanings
