"""The shape of ``amounts.yaml``: how a language writes money, percentages, counts and ranks."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Literal

from pydantic import ValidationError

from kgx.errors import DataError
from kgx.lang import PackModel, read_yaml

__all__ = ["AmountsData", "CountData", "CurrencyData", "PercentData", "RankPattern", "Sided", "amounts_data"]


class Sided(PackModel):
    """Phrases by the side of the amount on which they stand, right next to it."""

    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    opening: tuple[str, ...] = ()
    """Before it, at the beginning of a clause only."""
    far: tuple[str, ...] = ()
    """Before it, with one or two words between: a verb, its subject, the amount."""


class Opened(PackModel):
    """A joining word that needs an opening one: between … and, from … to."""

    open: tuple[str, ...]
    join: tuple[str, ...]


class RangeData(PackModel):
    """How two numbers are joined."""

    free: tuple[str, ...] = ()
    """A range wherever it stands."""
    opened: tuple[Opened, ...] = ()
    """A range after the opening word only."""
    change: tuple[Opened, ...] = ()
    """Two amounts, the old one and the new one, which may share their unit."""


class UnitData(PackModel):
    """A currency unit that several states have, or one hundredth of it."""

    forms: tuple[str, ...]
    default: str
    """ISO 4217 code of the unit alone."""
    heads: tuple[str, ...] = ()
    """The unit's word in the English names of CLDR: 'Dinar'. None: only the default has it."""
    ambiguous: bool = False
    """Alone it may be any of several currencies, so that the countries named nearby decide."""
    minor: bool = False
    """A hundredth."""
    everyday: bool = False
    """Its words have other meanings too, so that it needs a large number or a nationality word."""


class CurrencyData(PackModel):
    """Names of currencies beside those of CLDR, and how they join their number."""

    gaps: tuple[str, ...]
    qualifier_gaps: tuple[str, ...] = (" ",)
    qualifiers_follow: Literal["all", "fixed", "none"] = "all"
    """Which nationality words may follow their unit: all, those that are not inflected ('дирхамов ОАЭ'), or none."""
    endings: tuple[tuple[str, ...], ...] = ()
    """Groups of endings that a nationality word takes."""
    articles: tuple[str, ...] = ()
    """Prefixes of units and nationality words."""
    particles: tuple[str, ...] = ()
    """Of a joined language: what may follow a short unit in the same word."""
    units: Mapping[str, UnitData]
    names: Mapping[str, tuple[str, ...]] = {}
    qualifiers: Mapping[str, tuple[str, ...]] = {}
    """Country -> words beside a unit, where CLDR's names of currencies don't have them."""
    territories_qualify: bool = False
    """A country's name beside a unit is its nationality word."""
    before: Mapping[str, tuple[str, ...]] = {}
    """Code -> names that stand before the number only."""
    sign_after: Mapping[str, tuple[str, ...]] = {}
    """Country -> letters after a sign: $ US."""
    with_minor: tuple[str, ...] = (" ",)
    """Between dollars and cents."""
    loose_minor: tuple[str, ...] = ()
    """Between dollars and cents whose unit is not said."""
    conversion: tuple[str, ...] = ()
    """Words before the same amount in another currency."""
    not_money: tuple[str, ...] = ()
    """Other units, so that a number before them inherits no currency."""
    inherit_before: tuple[str, ...] = ()
    """Words that may follow a large number that inherits its currency, beside punctuation; 'x*' for words in x."""


class Times(PackModel):
    """A factor told with a number: 1.5 times."""

    before: tuple[str, ...] = ("",)
    after: tuple[str, ...] = ("",)
    up: bool = False
    """The phrase itself tells a growth; else a word nearby must."""


class PercentData(PackModel):
    """How percentages and growth are told."""

    signs: tuple[str, ...]
    points: tuple[str, ...] = ()
    bare_points: tuple[str, ...] = ()
    """Points that may be of anything, unless a word nearby tells up or down."""
    basis_points: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    """A sign before the number."""
    level: Sided = Sided()
    """What makes a percentage a level that was reached: it rose *to* 9 %, so that it is no growth itself."""
    up: Sided = Sided()
    down: Sided = Sided()
    times: tuple[Times, ...] = ()
    factors: Mapping[str, tuple[str, ...]] = {}
    """Factor -> verbs and nouns that tell it by themselves."""
    bare_factors: Mapping[str, tuple[str, ...]] = {}
    """Factor -> adverbs that need a word for up or down nearby."""


class CountData(PackModel):
    """Which things are counted, and how."""

    gaps: tuple[str, ...] = (" ",)
    counters: Mapping[str, tuple[str, ...]] = {}
    """Class -> counters that count alone; of a joined language they follow the number at once."""
    classifiers: tuple[str, ...] = ()
    """Between number and noun, of no class of their own."""
    between: tuple[str, ...] = ()
    between_endings: tuple[str, ...] = ()
    """Endings of words that may stand between number and noun."""
    nouns: Mapping[str, tuple[str, ...]]
    duals: Mapping[str, tuple[str, ...]] = {}
    """Class -> nouns in a form that itself says two."""
    noun_first: bool = False
    """The noun may stand before its number."""
    not_after: tuple[str, ...] = ()
    """Words before a number of a year's size that make it a year."""
    not_before: tuple[str, ...] = ()
    """What follows a number that counts something else, such as time."""


class RankPattern(PackModel):
    """One way to tell a rank: a phrase (see `kgx.lang.expand`) with {ordinal} or {number}; [..] is beside the span."""

    id: str
    pattern: str
    value: int | None = None
    """The rank, where the words themselves tell it."""
    group: bool = False
    """One of the first n, not the n-th."""
    examples: tuple[str, ...] = ()
    counterexamples: tuple[str, ...] = ()


class AmountsData(PackModel):
    """``amounts.yaml`` of a language."""

    currency: CurrencyData
    ranges: RangeData
    approximate: Sided = Sided()
    bounds: Mapping[str, Sided] = {}
    """Bound of `Money` -> words."""
    percent: PercentData
    count: CountData
    ranks: tuple[RankPattern, ...] = ()
    endings: Mapping[str, tuple[str, ...]] = {}
    """Named endings, written {name} in phrases."""
    examples: Mapping[str, tuple[str, ...]] = {}
    """Rule -> texts in which it finds what is marked (see `kgx.quantities.amount_examples`)."""
    counterexamples: tuple[str, ...] = ()


@cache
def amounts_data(lang: str) -> AmountsData:
    """The checked `amounts.yaml` of a language.

    Raises:
        DataError: there is no such file, or it is faulty; all faults with their keys.
    """
    try:
        data = AmountsData.model_validate(read_yaml(lang, "amounts") or {})
    except ValidationError as error:
        faults = [f"{lang}/amounts.yaml: {'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
        raise DataError(faults) from error
    for text in (*data.percent.factors, *data.percent.bare_factors):
        Decimal(text)
    return data
