"""Amounts: the suites of each language, and what holds for every text."""

from __future__ import annotations

import json
import time
import unicodedata
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgx.errors import DataError
from kgx.lang import languages
from kgx.quantities import amount_data
from kgx.quantities.amount_examples import agrees, read_marked
from kgx.quantities.amounts import find_amounts
from kgx.quantities.numbers import find_numbers, parse_number
from kgx.quantities.types import Count, Money, Percent

HERE = Path(__file__).parent
SUITES = HERE / "amounts"
# The first suites grew beside the rules, the second ones were written blind by readers who did not know them.
ALL_SUITES = sorted([*SUITES.glob("*.json"), *(HERE / "second" / "amounts").glob("*.json")])
LEAST_RIGHT = 0.95
LEAST_AMOUNTS = {"ar": 80, "en": 80, "ru": 80, "vi": 80}


@pytest.mark.parametrize("path", ALL_SUITES, ids=lambda path: "-".join(path.relative_to(HERE).with_suffix("").parts))
def test_suite(path: Path) -> None:
    lang = path.stem
    right = total = too_many = 0
    misses = []
    for sentence in json.loads(path.read_text(encoding="utf8")):
        text, marked = read_marked(sentence)
        found = find_amounts(text, lang)
        for mark in marked:
            hit = any(agrees(mark, amount) for amount in found)
            right += hit
            if not hit:
                misses.append(f"{text[mark.start : mark.end]!r} in {text!r}")
        total += len(marked)
        too_many += sum(not any(a.start < m.end and m.start < a.end for m in marked) for a in found)
    assert total >= LEAST_AMOUNTS.get(lang, 20)
    assert right / total >= LEAST_RIGHT, misses
    assert too_many / total <= 1 - LEAST_RIGHT


def test_every_language_has_a_suite() -> None:
    assert {path.stem for path in SUITES.glob("*.json")} == set(languages())


TEXTS = [json.loads(path.read_text(encoding="utf8")) for path in sorted(SUITES.glob("*.json"))]
PIECES = st.sampled_from(
    [word for suite in TEXTS for sentence in suite for word in read_marked(sentence)[0].split()]
    + [" ", "\n", "$", "٣", "("]
)


@settings(max_examples=150, deadline=None)
@given(lang=st.sampled_from(languages()), words=st.lists(PIECES, max_size=25), glue=st.sampled_from(["", " ", "-"]))
def test_spans_are_exact_and_apart(lang: str, words: list[str], glue: str) -> None:
    text = glue.join(words)
    end = 0
    for amount in find_amounts(text, lang):
        assert end <= amount.start < amount.end <= len(text)
        assert amount.text == text[amount.start : amount.end]
        end = amount.end
    end = 0
    for number in find_numbers(text, lang):
        assert end <= number.start < number.end <= len(text)
        assert number.raw == text[number.start : number.end]
        end = number.end


@settings(max_examples=100, deadline=None)
@given(lang=st.sampled_from(languages()), text=st.text(max_size=60))
def test_any_text_can_be_read(lang: str, text: str) -> None:
    for amount in find_amounts(text, lang):
        assert amount.text == text[amount.start : amount.end]


@given(value=st.integers(min_value=0, max_value=10**15), lang=st.sampled_from(languages()))
@settings(max_examples=100, deadline=None)
def test_grouped_digits_are_read_back(value: int, lang: str) -> None:
    mark = {"en": ",", "ko": ",", "ar": ","}.get(lang, ".")
    assert parse_number(f"{value:,}".replace(",", mark), lang) == value
    assert parse_number(str(value), lang) == value


@pytest.mark.parametrize("lang", languages())
def test_decomposed_and_marked_letters_make_no_difference(lang: str) -> None:
    for sentence in json.loads((SUITES / f"{lang}.json").read_text(encoding="utf8")):
        text, _ = read_marked(sentence)
        written = unicodedata.normalize("NFD", text)
        plain = [(a.rule, a.value, unicodedata.normalize("NFC", a.text)) for a in find_amounts(text, lang)]
        assert [(a.rule, a.value, unicodedata.normalize("NFC", a.text)) for a in find_amounts(written, lang)] == plain


def test_vowel_marks_and_tatweel_belong_to_the_span() -> None:
    text = "بـ800 مليونَ دولارٍ"
    (money,) = find_amounts(text, "ar")
    assert isinstance(money, Money)
    assert (money.text, money.value, money.currency) == ("800 مليونَ دولارٍ", Decimal(800_000_000), "USD")


@pytest.mark.parametrize(
    ("lang", "text", "currency", "sure"),
    [
        ("en", "Kuwait paid 5 million dinars.", "KWD", True),
        ("en", "Tunisia paid 5 million dinars.", "TND", True),
        ("en", "They paid 5 million dinars.", "KWD", False),
        ("fr", "La Tunisie a versé 5 millions de dinars.", "TND", True),
        ("ar", "دفع الأردن 5 ملايين دينار.", "JOD", True),
        ("ru", "Сербия выделила 5 млн динаров.", "RSD", True),
        ("en", "They paid 5 million dollars to Canada.", "USD", True),
    ],
)
def test_a_unit_of_many_states_follows_the_country_named(lang: str, text: str, currency: str, sure: bool) -> None:
    (money,) = find_amounts(text, lang)
    assert isinstance(money, Money)
    assert money.currency == currency
    assert (money.confidence > 0.7) is sure
    assert currency not in money.alternatives


@pytest.mark.parametrize(
    ("lang", "text", "direction"),
    [
        ("en", "Inflation rose by 9%.", "up"),
        ("en", "Inflation rose to 9%.", None),
        ("ru", "Доля снизилась до 64%.", None),
        ("ru", "Доля снизилась на 64%.", "down"),
        ("vi", "Tỷ lệ giảm xuống còn 6,4%.", None),
        ("fr", "Le taux est passé à 9 %, en hausse.", None),
    ],
)
def test_a_level_is_no_growth(lang: str, text: str, direction: str | None) -> None:
    (percent,) = find_amounts(text, lang)
    assert isinstance(percent, Percent)
    assert percent.direction == direction


def test_one_counts_in_a_list_only() -> None:
    assert [a.value for a in find_amounts("Подписаны шесть протоколов и один договор.", "ru")] == [6, 1]
    assert find_amounts("Подписан один договор.", "ru") == ()


def test_an_iso_code_needs_capitals() -> None:
    assert [a.text for a in find_amounts("They try 5 all and pay 5 ALL.", "en")] == ["5 ALL"]


def test_whole_values_have_no_decimals() -> None:
    (money,) = find_amounts("7.30 billion dollars", "en")
    assert str(money.value) == "7300000000"


def test_a_number_is_read_once() -> None:
    found = find_amounts("5% of 13 agreements for $2 million", "en")
    assert [type(amount) for amount in found] == [Percent, Count, Money]


@pytest.mark.parametrize("lang", languages())
def test_time_is_linear(lang: str) -> None:
    repeats = [
        "1 ",
        "1-",
        "000 ",
        "1 000",
        "one hundred ",
        "1 % ",
        "1 dollar ",
        "$1 (",
        "1만",
        "ألف ",
        "в 2 ",
        "1 tỷ ",
        " ",
        "(",
    ]
    find_amounts("1", lang)
    for repeat in repeats:
        took = []
        for length in (10_000, 40_000):
            text = (repeat * length)[:length] + ".000"
            begin = time.process_time()
            find_amounts(text, lang)
            took.append(time.process_time() - begin)
        # Four times the text; a quadratic reader would take sixteen times as long.
        assert took[1] < 10 * took[0] + 0.3, repeat  # a busy machine adds some


def test_faulty_data_are_reported_with_their_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(amount_data, "read_yaml", lambda code, name: {"currency": {"units": {}}, "nonsense": 1})
    with pytest.raises(DataError) as caught:
        amount_data.amounts_data.__wrapped__("xx")
    assert any("currency.gaps" in fault for fault in caught.value.faults)
    assert any("nonsense" in fault for fault in caught.value.faults)


@pytest.mark.parametrize("text", ["[[5|M]]", "[[5|Q 5]]"])
def test_a_mark_without_value_or_kind_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a mark"):
        read_marked(text)
