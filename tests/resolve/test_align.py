"""Alignment in batches is alignment one by one."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from kgx.resolve import names
from kgx.resolve.align import aligned, evidence, weakest
from kgx.resolve.sounds import readings, table

NAMES = [
    "Tô Lâm",
    "토람",
    "تو لام",
    "То Лам",
    "Kassym-Jomart Tokayev",
    "카심조마르트 토카예프",
    "Токаев",
    "قاسم توكاييف",
]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), min_size=1, max_size=30))
def test_batches_give_the_same_bits(pairs: list[tuple[str, str]]) -> None:
    rows = [
        (x.script, x.whole(x.core).units, y.script, y.whole(y.core).units)
        for a, b in pairs
        for x in readings(a)
        for y in readings(b)
    ]
    for (a, one, b, other), bits in aligned(rows).items():
        how = table(a, b)
        assert bits == (evidence(one, other, how), weakest(one, other, how))


def test_prepared_comparisons_are_the_same() -> None:
    pairs = [(a, b) for a in NAMES for b in NAMES]
    plain = [names.compare(a, b) for a, b in pairs]
    assert [names.compare(b, a) for a, b in pairs] == plain
    names._compare.cache_clear()
    names.prepare(pairs)
    assert names._ready
    assert [names.compare(a, b) for a, b in pairs] == plain
