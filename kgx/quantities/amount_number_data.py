"""The shape of ``numbers.yaml``: how a language writes numbers in digits and words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from kgx.lang import PackModel

__all__ = ["Multiplier", "NumbersData"]


class Multiplier(PackModel):
    """Words for one power: `bare` ones may stand alone for once that power, `forms` need a number before them."""

    forms: tuple[str, ...] = ()
    bare: tuple[str, ...] = ()
    after_words: tuple[str, ...] = ()
    """Need a number word before them, not digits."""


class NumbersData(PackModel):
    """``numbers.yaml`` of a language. Phrases are written in the notation of `kgx.lang.expand`."""

    edges: Literal["spaced", "joined"] = "spaced"
    """`joined`: particles and counters follow a number in the same word."""
    decimal: tuple[str, ...]
    group: tuple[str, ...]
    prefixes: tuple[tuple[str, ...], ...] = ()
    """Clitics before a number word, in order; each may be missing."""
    article: tuple[str, ...] = ()
    """A clitic after those, which belongs to the number's span."""
    joins: tuple[str, ...]
    """What may stand between two pieces of one number; a blank for no blank is ''."""
    units_first: tuple[str, ...] = ()
    """Joins over which tens may follow units: three and twenty."""
    values: Mapping[str, tuple[str, ...]] = {}
    rooms: Mapping[str, int] = {}
    """Word value -> what may be added must be smaller, where this isn't the usual power of ten."""
    multipliers: Mapping[str, Multiplier] = {}
    before_multiplier: Mapping[str, tuple[str, ...]] = {}
    """Words that are numbers before a multiplier only: half a, one and a half, a."""
    plus_half: tuple[str, ...] = ()
    vague: tuple[str, ...] = ()
    """Words right before a number that make it no number: several."""
    inner: tuple[str, ...] = ()
    """Words that are numbers after another piece only."""
    not_alone: tuple[str, ...] = ()
    """Words that are numbers beside another piece only."""
    followers: tuple[str, ...] = ()
    """Of a joined language: what may follow a number word in the same word; empty for anything."""
    ordinals: Mapping[str, tuple[str, ...]] = {}
    ordinal_suffixes: tuple[str, ...] = ()
    ordinal_prefixes: tuple[str, ...] = ()
    examples: Mapping[str, str] = {}
    """Text -> its value as `parse_number` gives it."""
    counterexamples: tuple[str, ...] = ()
