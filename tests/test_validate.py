"""kgx validate: sound graphs pass, and each fault is told with its fact, its quote and where it stands."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from common import SEEDS
from handmade import knowledge

from kgx import query
from kgx.errors import UsageError
from kgx.export.turtle import write_turtle
from kgx.graph import Graph, build_graph
from kgx.validate import Place, Problem, validate


@pytest.fixture(scope="module")
def turtle(tmp_path_factory: pytest.TempPathFactory) -> str:
    target = tmp_path_factory.mktemp("sound") / "graph.ttl"
    write_turtle(build_graph(knowledge()), target)
    return target.read_text(encoding="utf8")


def problems(turtle: str, old: str, new: str) -> list[Problem]:
    assert turtle.count(old) >= 1, old
    return validate(query.read(turtle.replace(old, new, 1).encode(), ".ttl"))


def test_sound_graphs_have_no_problems(seeds_graph: Graph, turtle: str, tmp_path: Path) -> None:
    write_turtle(seeds_graph, tmp_path / "seeds.ttl")
    assert validate(query.load(tmp_path / "seeds.ttl")) == []
    assert validate(query.read(turtle.encode(), ".ttl")) == []


@pytest.mark.parametrize(
    ("old", "new", "label", "message", "value"),
    [
        ("meeting:1 a", "meeting:1 kgx:status status:signed ; a", "meeting: Do Ram, Maruen (2024-05-05)",
         "must be one of: occurred", None),
        ("schema:startDate \"2024-05-05\"^^xsd:date", 'schema:startDate "soon"', "meeting: Do Ram, Maruen (2024-05-05)",
         "must be a date typed by its precision", "soon"),
        ("kgx:holder person:do-ram", "kgx:holder country:VN", "Do Ram, party leader, The Party",
         "must be a kgx:Person", "Vietnam (https://w3id.org/kgx/id/country/VN)"),
        ("kgx:twin city:1581130,\n        region:KZ-VOS", "kgx:twin city:1581130", "twinning: Hanoi, East Kazakhstan",
         "must stand exactly twice", None),
    ],
)  # fmt: skip
def test_faults(turtle: str, old: str, new: str, label: str, message: str, value: str | None) -> None:
    found = problems(turtle, old, new)
    mine = [p for p in found if p.label == label]
    assert mine and any(message in p.message for p in mine), found
    if value is not None:
        assert value in {p.value for p in mine}
    assert all(p.places for p in mine)


def test_it_points_to_the_characters(turtle: str) -> None:
    [problem] = problems(turtle, 'schema:startDate "2024-05-05"^^xsd:date', 'schema:startDate "soon"')
    assert problem.places == (
        Place("a_ko.txt", 14, 37, "5월 5일 하노이에서 마루엔 의장을 만났다"),
        Place("b_fr.txt", 22, 48, "a rencontré Maruen à Hanoï"),
    )
    assert problem.iri == "https://w3id.org/kgx/id/meeting/1" and problem.node == ""


def test_a_fault_of_evidence_is_told_of_the_facts_that_rest_on_it(turtle: str) -> None:
    found = problems(turtle, "oa:start 14 ;", "oa:start 99 ;")
    assert {p.label for p in found} == {"meeting: Do Ram, Maruen (2024-05-05)", "visit: Maruen to Vietnam (2024-05)"}
    for problem in found:
        assert "less than oa:end" in problem.message and problem.node.startswith("_:")
        assert [p.quote for p in problem.places] == ["5월 5일 하노이에서 마루엔 의장을 만났다"]


def test_an_empty_graph_is_wrong_usage() -> None:
    with pytest.raises(UsageError, match="empty"):
        validate(query.read(b"", ".ttl"))


def test_a_graph_of_others_is_not_called_sound() -> None:
    foreign = """@prefix foaf: <http://xmlns.com/foaf/0.1/> . @prefix kgx: <https://w3id.org/kgx/ontology#> .
        <https://example.org/me> a foaf:Person ; foaf:name "Me" ; foaf:knows kgx:Person ."""
    with pytest.raises(UsageError, match="nothing in the graph is of kgx's vocabulary"):
        validate(query.read(foreign.encode(), ".ttl"))


def test_without_the_extra(turtle: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyshacl", None)
    with pytest.raises(UsageError, match=r"pip install .*\[validate\]'"):
        validate(query.read(turtle.encode(), ".ttl"))


def test_on_the_command_line(turtle: str, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.ttl", tmp_path / "bad.ttl"
    good.write_text(turtle, encoding="utf8")
    bad.write_text(turtle.replace('schema:startDate "2024-05-05"^^xsd:date', 'schema:startDate "soon"', 1), "utf8")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "kgx", "validate", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=SEEDS.parent)

    done = run(str(good))
    assert done.returncode == 0 and "good.ttl: the graph is sound" in done.stdout, done.stderr
    done = run(str(bad))
    assert done.returncode == 1
    for words in ("meeting: Do Ram, Maruen", "soon", "a rencontré Maruen à Hanoï", "b_fr.txt:22-48", "1 fault"):
        assert words in done.stdout
    done = run(str(bad), "--format", "json")
    assert done.returncode == 1 and json.loads(done.stdout)[0]["places"][0]["file"] == "a_ko.txt"
    assert run(str(tmp_path / "none.ttl")).returncode == 2
