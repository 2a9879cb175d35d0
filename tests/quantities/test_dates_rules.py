"""Every rule's examples fire that very rule with that very value; its counter-examples stay silent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import resources

import pytest

from kgx.quantities.date_data import RuleData, load_pack
from kgx.quantities.dates import find_dates
from kgx.quantities.types import PartialDate

LANGS = sorted(
    folder.name for folder in resources.files("kgx.lang").iterdir() if folder.joinpath("dates.yaml").is_file()
)
_EXAMPLE = re.compile(r"(?P<text>.*?)(?: => (?P<iso>\S+))?(?: @ (?P<published>\S+))?", re.DOTALL)


def _rules() -> Iterator[tuple[str, RuleData]]:
    for lang in LANGS:
        data = load_pack(lang).data
        for rule in (*data.rules, *data.joins):
            yield lang, rule


def _read(lang: str, example: str) -> tuple[str, str | None, PartialDate | None]:
    found = _EXAMPLE.fullmatch(example)
    assert found is not None
    day = found["published"] or load_pack(lang).data.example_published
    return found["text"], found["iso"], None if day == "none" else PartialDate.parse(day)


@pytest.mark.parametrize(
    ("lang", "rule", "example"),
    [(lang, rule.id, example) for lang, rule in _rules() for example in rule.examples],
)
def test_example(lang: str, rule: str, example: str) -> None:
    marked, iso, published = _read(lang, example)
    start, end = marked.index("<"), marked.index(">") - 1
    text = marked.replace("<", "").replace(">", "")
    found = [
        (mention.start, mention.end, mention.value.iso, mention.rule)
        for mention in find_dates(text, lang, published=published)
    ]
    assert (start, end, iso, rule) in found


@pytest.mark.parametrize(
    ("lang", "rule", "example"),
    [(lang, rule.id, example) for lang, rule in _rules() for example in rule.counterexamples],
)
def test_counterexample(lang: str, rule: str, example: str) -> None:
    text, _, published = _read(lang, example)
    assert not find_dates(text, lang, published=published)


def test_rules_are_named_once() -> None:
    names = [rule.id for _, rule in _rules()]
    assert len(names) == len(set(names))
    assert all(rule.id.startswith(f"{lang}/") for lang, rule in _rules())
