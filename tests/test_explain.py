"""kgx explain: the sentence, the rule and the words that play each role."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from kgx import explain, query
from kgx.cli import app
from kgx.errors import UsageError
from kgx.export.turtle import write_turtle
from kgx.graph import Graph

SEEDS = Path(__file__).parent.parent / "seeds"


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory, seeds_graph: Graph) -> Path:
    target = tmp_path_factory.mktemp("graph") / "graph.ttl"
    write_turtle(seeds_graph, target)
    return target


@pytest.fixture(scope="module")
def store(path: Path) -> query.Store:
    return query.load(path)


def facts(store: query.Store) -> list[str]:
    rows = query.select(store, "SELECT DISTINCT ?f { ?f a ?c ; prov:wasDerivedFrom/kgx:slot ?slot }").rows
    return [str(row[0]) for row in rows]


def test_every_fact_has_its_sentence_its_rule_and_the_words_of_its_roles(store: query.Store) -> None:
    told = query.select(
        store,
        "SELECT DISTINCT ?f { { ?f a kgx:Event } UNION { ?f a kgx:Agreement } UNION { ?f a kgx:TradeFigure } UNION "
        "{ ?f a kgx:Twinning } UNION { ?f a kgx:Tenure } ?f prov:wasDerivedFrom ?e }",
    ).rows
    assert len(told) > 30
    ruled = 0
    for (fact,) in told:
        (explanation,) = explain.explain(store, str(fact))
        assert explanation.roles and explanation.readings
        for reading in explanation.readings:
            text = (SEEDS / reading.quote.file).read_text(encoding="utf8")
            assert reading.sentence in text
            assert reading.quote.text in reading.sentence
            ruled += reading.anchor is not None
            for role, start, end in reading.quote.slots:
                assert (
                    text[start:end] in reading.roles[role]
                    or f"{reading.quote.file}:{start}-{end}" in reading.roles[role]
                )
    assert ruled > 20


def test_words_of_a_sentence_before_are_told_with_their_place(store: query.Store) -> None:
    carried = [w for f in facts(store) for e in explain.explain(store, f) for r in e.readings
               for words in r.roles.values() for w in words if ".txt:" in w]  # fmt: skip
    assert carried


def test_text_and_json(path: Path, store: query.Store) -> None:
    (meeting,) = [f for f in facts(store) if "/meeting/" in f and len(explain.explain(store, f)[0].readings) == 2]
    run = CliRunner().invoke(app, ["explain", str(path), "/".join(meeting.split("/")[-2:])])
    for expected in ("ko/meeting/past", "fr/meeting/met", "participant", "“토람 사무총장”", "Astana", "looks for"):
        assert expected in run.stdout
    run = CliRunner().invoke(app, ["explain", str(path), meeting, "--format", "json"])
    (content,) = json.loads(run.stdout)
    assert content["iri"] == meeting
    assert [r["quote"]["lang"] for r in content["readings"]] == ["ko", "fr"]


def test_right_to_left_sentences_are_set_apart(store: query.Store) -> None:
    console = Console(record=True, width=100)
    arabic = next(e for f in facts(store) for e in explain.explain(store, f) if e.readings[0].quote.lang == "ar")
    explain.render(arabic, console)
    assert "\u2068" in console.export_text()


def test_unknown_names_are_told(store: query.Store) -> None:
    with pytest.raises(UsageError, match="nothing in the graph is called 'Nobody Atall'"):
        explain.explain(store, "Nobody Atall")


def test_a_person_is_explained_by_what_was_joined(path: Path, store: query.Store) -> None:
    found = next(e for e in explain.explain(store, "To Lam") if e.kind.lower() == "person")
    joined = [c for c in found.comparisons if c.judgement == "same"]
    assert {"تو لام", "Tô Lâm"} <= {side.name for c in joined for side in (c.one, c.other)}
    assert all(c.one.iri == c.other.iri == found.iri for c in joined)
    for c in joined:
        assert c.score == pytest.approx(sum(r.weight * r.value for r in c.reasons), abs=0.02)
    run = CliRunner().invoke(app, ["explain", str(path), "To Lam"])
    assert "Taken as one:" in run.stdout and "same office: Both hold the same kind of office" in run.stdout
