"""Dates and amounts in Korean, Arabic, French, English, Vietnamese and Russian text.

Pure, fast, without a model: language facts are data in ``kgx/lang/<code>/``, the algorithms know no language.
"""

from __future__ import annotations

from kgx.quantities.amounts import find_amounts
from kgx.quantities.dates import find_dates, year_of_writing
from kgx.quantities.numbers import find_numbers, parse_number
from kgx.quantities.types import (
    Amount,
    Count,
    DateMention,
    Interval,
    Money,
    PartialDate,
    Percent,
    Rank,
    When,
)

__all__ = [
    "Amount",
    "Count",
    "DateMention",
    "Interval",
    "Money",
    "PartialDate",
    "Percent",
    "Rank",
    "When",
    "find_amounts",
    "find_dates",
    "find_numbers",
    "parse_number",
    "year_of_writing",
]
