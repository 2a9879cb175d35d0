"""What CLDR, through Babel, knows of currencies, territories and months: the one module that imports Babel."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache

from babel import Locale
from babel.core import get_global
from babel.numbers import get_currency_name

from kgx.quantities.amount_text import fold_text

__all__ = [
    "currency_codes",
    "currency_heads",
    "currency_names",
    "month_words",
    "tender_codes",
    "territory_name",
    "territory_names",
]

# Numbers of each plural class of all languages.
_PLURAL_SAMPLES = tuple(Decimal(sample) for sample in ("1", "2", "5", "1.5"))


@cache
def tender_codes() -> frozenset[str]:
    """ISO 4217 codes of what is legal tender today."""
    rows = (row for rows in get_global("territory_currencies").values() for row in rows)
    return frozenset(code for code, _start, end, tender in rows if end is None and tender)


@cache
def currency_codes() -> tuple[str, ...]:
    """ISO 4217 codes: legal tender of today first, then those of the past, each part sorted."""
    today = tender_codes()
    ever = {code for rows in get_global("territory_currencies").values() for code, *_ in rows}
    return (*sorted(today), *sorted(ever - today))


def currency_names(lang: str) -> Iterator[tuple[str, str]]:
    """Code and folded name in each grammatical number, currencies of today first; parts in brackets make no name."""
    locale = Locale.parse(lang)
    for code in currency_codes():
        if code not in locale.currencies:
            continue
        for name in dict.fromkeys(
            fold_text(get_currency_name(code, count=sample, locale=locale)) for sample in _PLURAL_SAMPLES
        ):
            if "(" not in name and name.upper() != code:
                yield code, name


@cache
def currency_heads() -> Mapping[str, tuple[str, ...]]:
    """Word of the English names, in small letters -> codes: 'dinar' -> (BHD, DZD, …)."""
    heads: dict[str, list[str]] = {}
    names = Locale.parse("en").currencies
    for code in currency_codes():
        name = names.get(code, "")
        if "(" not in name:
            for word in re.findall(r"\w+", name.lower()):
                heads.setdefault(word, []).append(code)
    return {word: tuple(codes) for word, codes in heads.items()}


def territory_name(lang: str, code: str) -> str | None:
    """The folded name of a territory by its alpha-2 code."""
    name = Locale.parse(lang).territories.get(code)
    return None if name is None else fold_text(name)


def territory_names(lang: str) -> Iterator[tuple[str, str]]:
    """Alpha-2 code and folded name of each territory."""
    for code, name in sorted(Locale.parse(lang).territories.items()):
        if len(code) == 2 and code.isalpha():
            yield code, fold_text(name)


def month_words(lang: str) -> tuple[str, ...]:
    """Folded names and abbreviations of the months that stand beside a day, sorted."""
    months = Locale.parse(lang).months["format"]
    names = {fold_text(name) for width in ("wide", "abbreviated") for name in months[width].values()}
    return tuple(sorted(name for name in names if not name.isdigit()))
