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
from kgx.models import Document, Tenure

# A sample that ends in `unread` is a form that no rule reads yet, whatever the name; it is told when one does.
SAMPLES: dict[str, list[list[Any]]] = yaml.safe_load(
    (Path(__file__).parent / "office_samples.yaml").read_text(encoding="utf-8")
)


def held(text: str, lang: str) -> dict[str, set[str]]:
    """Each person's offices, as "kind/state>receiving state"."""
    document = Document(id="d", file_name="d.txt", text=text, sha256=hashlib.sha256(text.encode()).hexdigest())
    claims = extract(annotate(document, lang))
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
