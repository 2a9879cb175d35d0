"""What the engine concludes beyond single rules, on sentences made for it."""

from __future__ import annotations

import hashlib

import pytest

from kgx.annotate import annotate
from kgx.extract import extract
from kgx.models import (
    Agreement,
    Claims,
    DiplomaticRelation,
    Document,
    Event,
    PartialDate,
    Tenure,
    TradeFigure,
    Twinning,
)


def claims(text: str, lang: str = "en") -> Claims:
    published = PartialDate(year=2024, month=6, day=12)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return extract(annotate(Document(id="d", file_name="d.txt", text=text, sha256=digest, published=published), lang))


def offices(found: Claims) -> dict[str, tuple[str, str | None]]:
    """Name -> kind of office and state."""
    names = {thing.id: thing.label for thing in found.things}
    return {names[f.holder]: (f.office_kind, f.country) for f in found.facts if isinstance(f, Tenure)}


@pytest.mark.parametrize("word", ["Kyrgyz", "Montenegrin", "Kazakh"])
def test_nationality_before_a_title_is_no_town(word: str) -> None:
    found = claims(f"Prime Minister Edi Rama of Albania met {word} Foreign Minister Adem Kulov in Tirana on Monday.")
    assert offices(found)["Adem Kulov"][1] in ("KG", "ME", "KZ")
    assert word not in {thing.label for thing in found.things}


@pytest.mark.parametrize(
    "text",
    [
        "Foreign Ministers Margus Tsahkna of Estonia and Bakhtiyor Saidov of Uzbekistan met in Tallinn.",
        "The foreign ministers of Estonia and Uzbekistan, Margus Tsahkna and Bakhtiyor Saidov, met in Tallinn.",
    ],
)
def test_title_told_of_two_is_held_by_both(text: str) -> None:
    assert offices(claims(text)) == {
        "Margus Tsahkna": ("foreign_minister", "EE"),
        "Bakhtiyor Saidov": ("foreign_minister", "UZ"),
    }


def test_singular_title_is_held_by_the_first_alone() -> None:
    assert list(offices(claims("President Andrzej Duda of Poland and Maria Nowak sang in Riga."))) == ["Andrzej Duda"]


def test_since_tells_from_when_a_tie_holds() -> None:
    (twinning,) = (
        f for f in claims("Kampala has been twinned with Turin since 1998.").facts if isinstance(f, Twinning)
    )
    assert twinning.since == PartialDate(year=1998)
    text = "Kenya and Peru have had diplomatic relations since 15 November 1993."
    (relation,) = (f for f in claims(text).facts if isinstance(f, DiplomaticRelation))
    assert relation.since == PartialDate(year=1993, month=11, day=15)


def test_bloc_gives_aid_like_a_state() -> None:
    found = claims("The European Union pledged 150 million euros in aid to Moldova.")
    (figure,) = (f for f in found.facts if isinstance(f, TradeFigure))
    names = {thing.id: thing.label for thing in found.things}
    assert [names.get(p, p) for p in figure.parties] == ["European Union", "Moldova"]


def test_contract_of_two_firms_is_business() -> None:
    found = claims("Samsung Electronics signed a supply deal with Bosch GmbH on Monday, the two companies said.")
    assert not [f for f in found.facts if isinstance(f, Agreement)]


def test_signing_of_a_year_past_is_not_that_of_today() -> None:
    found = claims(
        "Foreign Minister Elina Valtonen of Finland and Foreign Minister Musalia Mudavadi of Kenya signed an agreement "
        "on labour. In 2019, the two countries signed a treaty on extradition."
    )
    days = [f.start for f in found.facts if isinstance(f, Event) and f.event_type == "signing"]
    assert days == [None, PartialDate(year=2019)]


def of_type(found: Claims, kind: str) -> list[tuple[set[str], str]]:
    """Labels of those who take part in each event of a type, and its status."""
    names = {thing.id: thing.label for thing in found.things}
    return [
        ({names[p] for p in f.participants}, f.status)
        for f in found.facts
        if isinstance(f, Event) and f.event_type == kind
    ]


@pytest.mark.parametrize(
    "opening",
    ["В Осло прибыл премьер-министр Канады Марк Карни.", "С премьер-министром Канады Марком Карни легко."],
)
def test_pronoun_means_whom_the_sentence_before_speaks_of(opening: str) -> None:
    found = claims(f"{opening} В четверг его принял король Норвегии Харальд V.", "ru")
    [(taking_part, status)] = of_type(found, "meeting")
    assert (len(taking_part), status) == (2, "occurred")


def test_pronoun_without_anyone_before_means_nobody() -> None:
    assert not of_type(claims("В четверг его принял король Норвегии Харальд V.", "ru"), "meeting")


def test_counterpart_is_of_another_state() -> None:
    text = (
        "Chilean Foreign Minister Alberto Rojas came to Nepal. He met Prime Minister Ram Thapa of Nepal "
        "and his Nepalese counterpart Sita Rana in Kathmandu."
    )
    assert offices(claims(text))["Sita Rana"] == ("foreign_minister", "NP")


def test_what_is_held_next_is_not_what_was_held() -> None:
    text = (
        "В среду в Праге министр транспорта Казахстана Ерлан Абишев встретился с министром транспорта Чехии "
        "Павлом Гораком. Следующая встреча пройдёт в Алматы."
    )
    assert sorted(status for _, status in of_type(claims(text, "ru"), "meeting")) == ["occurred", "planned"]


def test_days_that_go_by_are_of_this_year() -> None:
    found = claims("Президент Чили Габриэль Борич посетил Непал с 10 по 14 июня.", "ru")
    assert found.dates == ("2024-06-10", "2024-06-14")
