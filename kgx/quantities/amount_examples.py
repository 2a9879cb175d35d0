"""Amounts marked in examples: 'up [[99%|P 99 up]]'; the notation of the language data's examples and of the suites.

A mark is ``[[text|kind value …]]``. Kinds: M money (then the currency), P percentage, C count (then the class), R rank;
X marks words that are no amount. A range is written ``2-3``. Then, in any order: up, down, approx, over, under,
at_least, at_most, conv (a conversion), inherited, pts (points), x (told as a factor), group. What isn't written must
not be told either.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from kgx.quantities.types import Amount, Count, Money, Percent, Rank

__all__ = ["Marked", "agrees", "read_marked"]

_MARK = re.compile(r"\[\[([^|\]]*)\|([^\]]*)\]\]")
_KINDS: dict[str, type[Amount]] = {"M": Money, "P": Percent, "C": Count, "R": Rank}


@dataclass(frozen=True)
class Marked:
    """An amount that a text has, in code points of the text without marks."""

    start: int
    end: int
    kind: str
    value: Decimal
    high: Decimal | None
    unit: str | None
    flags: frozenset[str]


def read_marked(text: str) -> tuple[str, tuple[Marked, ...]]:
    """The text without its marks, and what is marked, in order.

    Raises:
        ValueError: a mark has no kind or value.
    """
    plain: list[str] = []
    marked: list[Marked] = []
    at = length = 0
    for match in _MARK.finditer(text):
        plain += [text[at : match.start()], match[1]]
        start = length + match.start() - at
        length = start + len(match[1])
        at = match.end()
        kind, *words = match[2].split()
        if kind == "X":
            continue
        if kind not in _KINDS or not words:
            raise ValueError(f"not a mark: {match[0]}")
        low, _, high = words[0].partition("-")
        unit = words[1] if kind in "MC" else None
        flags = frozenset(words[2:] if kind in "MC" else words[1:])
        marked.append(Marked(start, length, kind, Decimal(low), Decimal(high) if high else None, unit, flags))
    plain.append(text[at:])
    return "".join(plain), tuple(marked)


def agrees(marked: Marked, found: Amount) -> bool:
    """Whether span, kind, value, unit and all flags of what was found are those marked."""
    if (found.start, found.end) != (marked.start, marked.end) or not isinstance(found, _KINDS[marked.kind]):
        return False
    if found.value != marked.value or getattr(found, "high", None) != marked.high:
        return False
    unit = getattr(found, "currency", None) or getattr(found, "unit", None)
    return unit == marked.unit and _flags(found) == marked.flags


def _flags(found: Amount) -> frozenset[str]:
    told = {
        "approx": "approximate",
        "conv": "is_conversion",
        "inherited": "inherited",
        "pts": "points",
        "x": "multiplied",
        "group": "group",
    }
    flags = {flag for flag, name in told.items() if getattr(found, name, False)}
    flags |= {value for name in ("direction", "bound") if (value := getattr(found, name, None)) is not None}
    return frozenset(flags)
