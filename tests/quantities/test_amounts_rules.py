"""Each rule of the language data finds what its examples mark, and leaves its counter-examples alone."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from kgx.lang import languages
from kgx.quantities.amount_data import amounts_data
from kgx.quantities.amount_examples import agrees, read_marked
from kgx.quantities.amounts import find_amounts
from kgx.quantities.numbers import find_numbers, grammar, parse_number

LEAST_RULES = 8


def _examples() -> Iterator[tuple[str, str, str]]:
    for lang in languages():
        data = amounts_data(lang)
        for rule, texts in data.examples.items():
            yield from ((lang, f"{lang}/{rule}", text) for text in texts)
        for rank in data.ranks:
            yield from ((lang, rank.id, text) for text in rank.examples)


@pytest.mark.parametrize(("lang", "rule", "example"), _examples())
def test_example(lang: str, rule: str, example: str) -> None:
    text, marked = read_marked(example)
    assert marked
    found = find_amounts(text, lang)
    for mark in marked:
        hits = [amount for amount in found if agrees(mark, amount)]
        assert [amount.rule for amount in hits] == [rule], found


@pytest.mark.parametrize(
    ("lang", "text"), [(lang, text) for lang in languages() for text in amounts_data(lang).counterexamples]
)
def test_counterexample(lang: str, text: str) -> None:
    assert find_amounts(text, lang) == ()


@pytest.mark.parametrize(
    ("lang", "rule", "text"),
    [(lang, r.id, text) for lang in languages() for r in amounts_data(lang).ranks for text in r.counterexamples],
)
def test_rank_counterexample(lang: str, rule: str, text: str) -> None:
    assert rule not in {amount.rule for amount in find_amounts(text, lang)}


@pytest.mark.parametrize("lang", languages())
def test_each_language_has_examples_of_its_rules(lang: str) -> None:
    data = amounts_data(lang)
    assert len(data.examples) >= LEAST_RULES
    assert data.counterexamples
    assert data.ranks
    assert all(rank.examples for rank in data.ranks)


@pytest.mark.parametrize(
    ("lang", "text", "value"),
    [(lang, text, value) for lang in languages() for text, value in grammar(lang).data.examples.items()],
)
def test_number(lang: str, text: str, value: str) -> None:
    assert parse_number(text, lang) == Decimal(value)
    (number,) = find_numbers(f"({text})", lang)
    assert (number.start, number.end, number.value) == (1, 1 + len(text), Decimal(value))


@pytest.mark.parametrize(
    ("lang", "text"), [(lang, text) for lang in languages() for text in grammar(lang).data.counterexamples]
)
def test_no_number(lang: str, text: str) -> None:
    assert parse_number(text, lang) is None
