"""Amounts in running text: money, percentages and growth, counts, ranks.

CLDR (through Babel) tells the names of currencies; number words, cues, nouns and ranks are data of the language. The
rest is ours, because no library reads these six languages with offsets: price-parser takes one price a string,
quantulum is English, and Recognizers-Text has neither Arabic, Russian nor Vietnamese.
"""

from __future__ import annotations

from kgx.quantities.amount_counts import find_counts, find_ranks
from kgx.quantities.amount_growth import find_growth
from kgx.quantities.amount_money import find_money
from kgx.quantities.amount_scan import open_scan
from kgx.quantities.types import Amount

__all__ = ["find_amounts"]


def find_amounts(text: str, lang: str) -> tuple[Amount, ...]:
    """All amounts of a text, in document order, not overlapping; spans are code points of `text`, end exclusive.

    Years and dates are no amounts. An amount's number is read once: as a rank, else as a percentage, else as money,
    else as a count. Time is linear in the length of the text.

    Args:
        text: a document or any part of one.
        lang: the language code of its pack.

    Raises:
        DataError: the language has no data for amounts, or it is faulty.
    """
    scan = open_scan(text, lang)
    ranks = find_ranks(scan)
    growth = find_growth(scan)
    found: list[Amount] = [*ranks, *growth, *find_money(scan), *find_counts(scan)]
    found.sort(key=lambda amount: (amount.start, -amount.end))
    kept: list[Amount] = []
    for amount in found:
        if not kept or amount.start >= kept[-1].end:
            kept.append(amount)
    return tuple(kept)
