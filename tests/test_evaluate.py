"""kgx evaluate: gold records read, findings paired and counted, and the same figures as an independent scorer's."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kgx import query
from kgx.cli import app
from kgx.errors import UsageError
from kgx.evaluate import Report, evaluate, read_records, to_json
from kgx.evaluate.reading import same_name
from kgx.export.turtle import write_turtle
from kgx.graph import build_graph
from kgx.models import Knowledge

SHARED = Path(__file__).parent.parent.parent / "shared"
SEEDS = Path(__file__).parent.parent / "seeds"
GRAPH = """
@prefix kgx: <https://w3id.org/kgx/ontology#> . @prefix id: <https://w3id.org/kgx/id/> .
@prefix oa: <http://www.w3.org/ns/oa#> . @prefix prov: <http://www.w3.org/ns/prov#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix schema: <https://schema.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<id:d> kgx:fileName "folder/made.txt" ; kgx:mentionsDate "2024-05-05"^^xsd:date, "2024"^^xsd:gYear .
<id:e> oa:hasSource <id:d> .
<id:lee> a kgx:Person ; rdfs:label "Lee Jae-myung" ; prov:wasDerivedFrom <id:e> .
<id:kim> a kgx:Person ; rdfs:label "Kim" ; prov:wasDerivedFrom <id:e> .
<id:writer> a kgx:Person ; rdfs:label "A. Writer" ; prov:wasDerivedFrom <id:e> .
<id:kr> a kgx:Country, kgx:Place ; rdfs:label "South Korea" ; kgx:iso3166 "KR" ; prov:wasDerivedFrom <id:e> .
<id:visit> a kgx:Visit, kgx:Event ; kgx:visitor <id:lee> ; kgx:country <id:kr> ; prov:wasDerivedFrom <id:e> ;
  schema:startDate "2024-05"^^xsd:gYearMonth ; kgx:status <https://w3id.org/kgx/id/status/planned> .
<id:trade> a kgx:TradeFigure ; kgx:value 1000000000 ; kgx:currency "USD" ; prov:wasDerivedFrom <id:e> ;
  kgx:measure <https://w3id.org/kgx/id/measure/exports> ; kgx:party <id:kr> ;
  kgx:status <https://w3id.org/kgx/id/status/actual> ; kgx:growthPercent 9.0 .
"""
RECORD = {
    "id": "made",
    "lang": "ko",
    "persons": [{"name": "Lee Jae Myung", "surface": ["이재명"], "offices": [{"kind": "head_of_state"}]}],
    "places": [{"name": "Korea", "kind": "country", "country": "KR", "surface": ["한국"]}],
    "dates": [{"iso": "2024-05-05"}],
    "events": [
        {"type": "visit", "participants": ["Lee Jae Myung"], "date": "2024-05-05", "place": "Korea",
         "status": "occurred"}
    ],
    "trade": [
        {"value": 1.005e9, "currency": "USD", "measure": "imports", "parties": ["KR"], "status": "actual",
         "growth_pct": 9.0}
    ],
    "ignore": ["A. Writer"],
}  # fmt: skip


def folder(path: Path, *records: object) -> Path:
    for number, record in enumerate(records):
        content = record if isinstance(record, str) else json.dumps(record)
        (path / f"{number}.json").write_text(content, encoding="utf8")
    return path


@pytest.fixture
def report(tmp_path: Path) -> Iterator[Report]:
    file = tmp_path / "graph.ttl"
    file.write_text(GRAPH, encoding="utf8")
    (only,) = read_records(folder(tmp_path, RECORD))
    yield evaluate(only.records, query.load(file))


def test_persons_are_met_in_any_spelling_and_ignored_ones_do_not_count(report: Report) -> None:
    persons = report.kinds["persons"]
    assert (persons.right, persons.gold, persons.found) == (1, 1, 2)
    assert [f.what for f in report.faults if f.kind == "persons"] == ["Kim"]


def test_a_state_is_met_by_its_code(report: Report) -> None:
    assert report.kinds["places"].f1 == 1.0


def test_dates_are_compared_as_written(report: Report) -> None:
    dates = report.kinds["dates"]
    assert (dates.precision, dates.recall) == (0.5, 1.0)


def test_a_coarser_date_stands_for_an_event_but_is_no_right_date(report: Report) -> None:
    events = report.kinds["events"]
    assert events.f1 == 1.0
    assert events.attributes == {"date": (0, 1), "place": (0, 1), "status": (0, 1)}


def test_values_within_a_hundredth_are_one_and_other_measures_are_told(report: Report) -> None:
    trade = report.kinds["trade"]
    assert trade.right == 1
    assert trade.attributes == {"measure": (0, 1), "status": (1, 1), "growth": (1, 1), "parties": (1, 1)}


def test_attributes_that_differ_are_told(report: Report) -> None:
    told = [f.what for f in report.faults if f.verdict == "differs"]
    assert any(what.startswith("date, place, status of ") for what in told)
    assert any(what.startswith("measure of ") for what in told)


def test_what_gold_has_and_the_graph_has_not_is_missed(report: Report) -> None:
    assert report.kinds["offices"].recall == 0.0
    assert any(f.verdict == "missed" and f.kind == "offices" for f in report.faults)


def test_kinds_that_nobody_uses_do_not_count(report: Report) -> None:
    used = [t.f1 for t in report.kinds.values() if t.used]
    assert len(used) == 6  # no agreements, twinnings, relations
    assert report.macro_f1 == pytest.approx(sum(used) / 6)
    assert json.loads(to_json(report))["languages"]["ko"]["macro_f1"] == round(report.macro_f1, 4)


def test_facts_in_unrelated_news_are_counted_apart(tmp_path: Path) -> None:
    file = tmp_path / "graph.ttl"
    file.write_text(GRAPH, encoding="utf8")
    (only,) = read_records(folder(tmp_path, {"id": "made", "lang": "ko"}))
    found = evaluate(only.records, query.load(file))
    assert (found.unrelated, found.invented) == (1, 2)


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("Tô Lâm", "to lam", True),
        ("Đặng Nga", "Dang-Nga", True),
        ("Lam To", "To Lam", True),
        ("Tokayev", "Kassym-Jomart Tokayev", True),
        ("Lam", "To Lam", False),
        ("Tokarev", "Tokayev", False),
        ("...", "!", False),
    ],
)
def test_names(a: str, b: str, same: bool) -> None:
    assert same_name(a, b) is same


def test_faulty_records_are_all_named(tmp_path: Path) -> None:
    folder(tmp_path, "{", {"lang": "ko"}, RECORD, RECORD)
    with pytest.raises(UsageError) as error:
        read_records(tmp_path)
    message = str(error.value)
    assert "0.json: is no gold record" in message
    assert "1.json: is no gold record: id: Field required" in message
    assert "3.json: a second record of 'made'" in message


def test_command_line(tmp_path: Path) -> None:
    folder(tmp_path, RECORD)
    run = CliRunner().invoke(app, ["evaluate", str(tmp_path)])
    assert isinstance(run.exception, UsageError) and "no text beside the record of made" in str(run.exception)
    (tmp_path / "made.txt").write_text("이재명 대통령은 5일 파리를 방문했다.", encoding="utf8")
    run = CliRunner().invoke(app, ["evaluate", str(tmp_path), "--format", "json"])
    assert json.loads(run.stdout)["kinds"]["persons"] | {"attributes": 0} == {
        "gold": 1, "found": 1, "precision": 1.0, "recall": 1.0, "f1": 1.0, "attributes": 0,
    }  # fmt: skip
    run = CliRunner().invoke(app, ["evaluate", str(tmp_path), "--misses"])
    assert "macro F1" in run.stdout and "made missed events" in run.stdout


@pytest.mark.skipif(not (SHARED / "score").is_dir(), reason="the other scorer does not lie beside the checkout")
def test_agrees_with_an_independent_scorer(tmp_path: Path, seeds_knowledge: Knowledge) -> None:
    graph = tmp_path / "graph.ttl"
    write_turtle(build_graph(seeds_knowledge), graph)
    gold = SHARED / "gold" / "seeds"
    command = [sys.executable, str(SHARED / "score" / "score.py"), str(graph), str(gold), "--json"]
    theirs = json.loads(subprocess.check_output(command))
    (only,) = read_records(gold)
    ours = json.loads(to_json(evaluate(only.records, query.load(graph))))
    assert ours["macro_f1"] == theirs["macro_f1"]
    assert {k: v["macro_f1"] for k, v in ours["languages"].items()} == theirs["languages"]
    for kind, figures in theirs["kinds"].items():
        assert {name: ours["kinds"][kind][name] for name in figures} == figures
