"""Titles and who bears them, in the six languages, in every form and order."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
import yaml

from kgx.annotate import annotate
from kgx.extract import extract
from kgx.lang import languages
from kgx.models import INFERRED, Claims, Document, Tenure
from kgx.resolve import resolve

# A sample that ends in `unread` is a form that no rule reads yet, whatever the name; it is told when one does.
SAMPLES: dict[str, list[list[Any]]] = yaml.safe_load(
    (Path(__file__).parent / "office_samples.yaml").read_text(encoding="utf-8")
)


def read(text: str, lang: str, name: str = "d") -> Claims:
    """What a text tells."""
    document = Document(id=name, file_name=f"{name}.txt", text=text, sha256=hashlib.sha256(text.encode()).hexdigest())
    return extract(annotate(document, lang))


def held(text: str, lang: str) -> dict[str, set[str]]:
    """Each person's offices, as "kind/state>receiving state"."""
    claims = read(text, lang)
    persons = {thing.id: thing.names[0].text for thing in claims.things if thing.kind == "person"}
    found: dict[str, set[str]] = {name: set() for name in persons.values()}
    for fact in claims.facts:
        if isinstance(fact, Tenure):
            state = f"/{fact.country}" if fact.country else ""
            receiving = f">{fact.accredited_to}" if fact.accredited_to else ""
            found[persons[fact.holder]].add(fact.office_kind + state + receiving)
    return found


def test_every_language_has_its_forms() -> None:
    assert {lang for lang in languages() if len(SAMPLES[lang]) >= 30} == set(languages())


@pytest.mark.parametrize(
    ("lang", "text", "wanted"),
    [
        pytest.param(lang, text, wanted, marks=[pytest.mark.xfail(strict=True)] if unread else [])
        for lang, samples in SAMPLES.items()
        for text, wanted, *unread in samples
    ],
)
def test_titles_find_their_bearers(lang: str, text: str, wanted: dict[str, list[str]]) -> None:
    assert held(text, lang) == {name: set(offices) for name, offices in wanted.items()}


@pytest.mark.parametrize(
    ("lang", "text", "title", "body"),
    [
        ("en", "NATO Secretary General Anders Lindholm spoke.", "Secretary General", "nato"),
        ("en", "UN chief Paulo Ferreira spoke.", "UN chief", "un"),
        ("en", "EU foreign policy chief Karin Saar spoke in Tallinn, Estonia.", "foreign policy chief", "eu"),
        ("fr", "La présidente de la Commission européenne, Ursula Brandt, a parlé.", None, "european-commission"),
        ("vi", "Tổng Thư ký LHQ Paulo Ferreira phát biểu.", "Tổng Thư ký", "un"),
        ("ru", "Генсек ООН Паулу Феррейра выступил.", "Генсек", "un"),
        ("ar", "صرح الأمين العام للأمم المتحدة باولو فيريرا.", "الأمين العام", "un"),
        ("ar", "صرحت رئيسة المفوضية الأوروبية أورسولا براندت.", "رئيسة المفوضية الأوروبية", "european-commission"),
        ("ko", "파울루 페헤이라 유엔 사무총장은 말했다.", "사무총장", "un"),
    ],
)
def test_an_office_is_of_the_body_that_its_words_name(lang: str, text: str, title: str | None, body: str) -> None:
    claims = read(text, lang)
    (office,) = (fact for fact in claims.facts if isinstance(fact, Tenure))
    assert (office.organization, office.country) == (f"organization/{body}", None)
    assert title in (None, office.title)
    named = next(thing for thing in claims.things if thing.id == office.organization)
    assert all(text[e.start : e.end] == e.quote for e in named.evidence) and named.evidence


def test_a_state_that_is_only_concluded_is_less_sure() -> None:
    claims = read("Kenyan President Adaeze Otieno met her aides. Foreign Minister Juma Barasa was there, too.", "en")
    sure = {
        f.office_kind: (f.country, f.inferred, f.evidence[0].confidence) for f in claims.facts if isinstance(f, Tenure)
    }
    assert sure == {"head_of_state": ("KE", False, 0.9), "foreign_minister": ("KE", True, INFERRED)}


def test_a_state_that_only_another_document_tells_is_less_sure() -> None:
    told = read("Kenyan Foreign Minister Juma Barasa met her aides.", "en", "a")
    short = read("Foreign Minister Juma Barasa was there, too.", "en", "b")
    (office,) = (fact for fact in resolve([told, short]).facts if isinstance(fact, Tenure))
    assert {e.document: e.confidence for e in office.evidence} == {"a": 0.9, "b": INFERRED}


def test_an_office_at_an_international_body_is_of_no_state() -> None:
    told = read("Estonian Prime Minister Karin Saar met her aides.", "en", "a")
    later = read("EU foreign policy chief Karin Saar spoke.", "en", "b")
    offices = {f.office_kind: f.country for f in resolve([told, later]).facts if isinstance(f, Tenure)}
    assert offices == {"head_of_government": "EE", "envoy": None}


@pytest.mark.parametrize(
    ("text", "state"),
    [
        (
            "Turkish President Kemal Aydin met Greek Foreign Minister Nikos Papas in Sofia.\nPrime Minister {} rested.",
            "BG",
        ),
        ("Turkish President Kemal Aydin met his aides.\nPrime Minister {} rested.", "TR"),
    ],
)
def test_the_state_told_last_is_concluded_and_said_to_be(text: str, state: str) -> None:
    claims = read(text.format("Boris Hartley"), "en")
    who = next(thing.id for thing in claims.things if thing.names[0].text == "Boris Hartley")
    (office,) = (fact for fact in claims.facts if isinstance(fact, Tenure) and fact.holder == who)
    assert (office.country, office.inferred, office.evidence[0].confidence) == (state, True, INFERRED)


@pytest.mark.parametrize(
    ("lang", "text", "span"),
    [
        ("en", "Acting Defence Minister of Peru Rosa Quispe spoke.", "Acting Defence Minister"),
        ("en", "Former Prime Minister of Peru Rosa Quispe spoke.", "Prime Minister"),
        ("ru", "Врио губернатора Томской области Олег Мазуров выступил.", "Врио губернатора"),
        ("ru", "Бывший премьер-министр Молдовы Ион Гросу выступил.", "премьер-министр"),
        ("fr", "Le secrétaire général par intérim de l'OIF, Jean Dumont, a parlé.", "secrétaire général par intérim"),
        ("fr", "L'ancien président de la République Jean Dumont a parlé.", "président de la République"),
        ("vi", "Quyền Ngoại trưởng Moldova Ion Grosu phát biểu.", "Quyền Ngoại trưởng"),
        ("ko", "전임 대통령 강태리는 출국했다.", "대통령"),
        ("ko", "강태리 주미대사 내정자는 출국했다.", "대사 내정자"),
    ],
)
def test_acting_is_of_the_title_and_former_is_not(lang: str, text: str, span: str) -> None:
    (office,) = (fact for fact in read(text, lang).facts if isinstance(fact, Tenure))
    assert office.title == span
