"""Every rule's examples fire that very rule with the roles marked; its counter-examples stay silent."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

import pytest

from kgx.annotate import annotate
from kgx.extract import extract
from kgx.extract.patterns import compile_rule
from kgx.extract.reader import read
from kgx.extract.reduce import CLASSES
from kgx.extract.rules import expand, matcher
from kgx.lang import Rule, languages, pack
from kgx.models import Document, PartialDate

PUBLISHED = PartialDate(year=2024, month=5, day=15)
_TAG = re.compile(r"<(/?)([a-z_]+)>")


def document(text: str) -> Document:
    return Document(
        id="example",
        file_name="example.txt",
        text=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        published=PUBLISHED,
    )


def unmark(markup: str) -> tuple[str, list[tuple[str, int, int]]]:
    """The text of an example and its marked roles as (role, start, end)."""
    text, at, open_, spans = "", 0, {}, []
    for tag in _TAG.finditer(markup):
        text += markup[at : tag.start()]
        at = tag.end()
        if tag[1]:
            spans.append((tag[2], open_.pop(tag[2]), len(text)))
        else:
            open_[tag[2]] = len(text)
    assert not open_, f"unclosed mark in {markup!r}"
    return text + markup[at:], spans


def rules(lang: str) -> Iterator[Rule]:
    data = pack(lang).rules
    for several in data.events.values():
        yield from several
    for kind in (data.agreements, data.figures, data.twinnings, data.relations, data.ranks):
        yield from kind


EXAMPLES = [(lang, rule, text) for lang in languages() for rule in rules(lang) for text in rule.examples]
COUNTEREXAMPLES = [(lang, rule, text) for lang in languages() for rule in rules(lang) for text in rule.counterexamples]
READ = [lang for lang in languages() if any(rules(lang))]


@pytest.mark.parametrize("lang", READ)
def test_rule_ids_are_unique(lang: str) -> None:
    ids = [rule.id for rule in rules(lang)]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(("lang", "rule", "markup"), EXAMPLES, ids=[f"{c}/{r.id}" for c, r, _ in EXAMPLES])
def test_example_fires_its_rule(lang: str, rule: Rule, markup: str) -> None:
    text, spans = unmark(markup)
    reader = read(annotate(document(text), lang))
    drafts = [d for s in reader.sentences for d in matcher(lang).drafts(s, reader) if d.rule.id == rule.id]
    assert drafts, f"{rule.id} does not fire"
    fillers = [
        (role, atom)
        for d in drafts
        for role in d.roles
        for atom in expand(d.roles[role], d.sentence, reader)
        if atom.start < atom.end  # 'the two countries' are told without words of their own
    ]
    for role, start, end in spans:
        # the filler is the marked words, or a part of them (one of a list), or has them within (a name with its title)
        assert any(
            r == role and (a.start <= start and end <= a.end or start <= a.start < a.end <= end) for r, a in fillers
        ), f"{role} {text[start:end]!r} not found; roles: {[d.roles for d in drafts]}"
    sides = {"participant": "other"}  # a meeting reads the same from either side
    spans = [(sides.get(role, role), start, end) for role, start, end in spans]
    fillers = [(sides.get(role, role), atom) for role, atom in fillers]
    marked = {role for role, _, _ in spans}
    stray = [
        (role, reader.text[a.start : a.end])
        for role, a in fillers
        if role in marked and not any(r == role and a.start < end and start < a.end for r, start, end in spans)
    ]
    assert not stray, f"{rule.id} fills more than the example marks: {stray}"


@pytest.mark.parametrize(("lang", "rule", "text"), COUNTEREXAMPLES, ids=[f"{c}/{r.id}" for c, r, _ in COUNTEREXAMPLES])
def test_counterexample_stays_silent(lang: str, rule: Rule, text: str) -> None:
    claims = extract(annotate(document(unmark(text)[0]), lang))
    told = [f for f in claims.facts for e in f.evidence if e.rule == f"{lang}/{rule.id}"]
    assert not told, f"{rule.id} tells {told}"


@pytest.mark.parametrize("lang", READ)
def test_every_rule_has_an_example(lang: str) -> None:
    assert [rule.id for rule in rules(lang) if not rule.examples] == []


@pytest.mark.parametrize(
    ("pattern", "mentions"),
    [
        ("^{words}{in}{det}?{locality}", ["locality"]),
        ("{by}{one_person}[^.;]{0,90}?(?:and {office}){slot:rank}", ["one_person", "rank"]),
        ("{rank}|{office}", []),
        (r"\({office}\)[{rank}]{0,3}", ["office"]),
        ("{rank}?x{office}*y{percent}{0,2}", []),
    ],
)
def test_mentions_that_a_pattern_cannot_match_without(pattern: str, mentions: list[str]) -> None:
    assert compile_rule(pattern, {}).mentions == tuple(frozenset(CLASSES[name]) for name in mentions)
