"""kgx review: typed answers become decisions that the next build obeys."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_identity import LAM, told
from typer.testing import CliRunner

from kgx.cli import app
from kgx.comparisons import compared
from kgx.export.turtle import write_turtle
from kgx.graph import build_graph
from kgx.models import Claims
from kgx.query import load
from kgx.resolve import resolve
from kgx.resolve.decisions import read_decisions
from kgx.review import _whole

DOCUMENTS = [told(0, LAM), told(1, ("토람", "ko", None, "VN"))]


@pytest.fixture
def graph(tmp_path: Path) -> Path:
    target = tmp_path / "graph.ttl"
    write_turtle(build_graph(resolve(DOCUMENTS)), target)
    return target


def typed(graph: Path, keys: str, *options: str) -> tuple[str, Path]:
    target = graph.parent / "decisions.yaml"
    run = CliRunner().invoke(app, ["review", str(graph), "-o", str(target), *options], input=keys)
    assert run.exit_code == 0, run.output
    return run.output, target


def test_same_is_obeyed(graph: Path) -> None:
    shown, file = typed(graph, "s\n")
    assert "To Lam" in shown and "토람" in shown and "1 decided of 1 pairs" in shown
    assert len(resolve(DOCUMENTS).things) == 2
    assert len(resolve(DOCUMENTS, decisions=read_decisions(file)).things) == 1


def test_undo_rename_and_quit(graph: Path) -> None:
    _, file = typed(graph, "what\nr\n1\nTô Lâm\ns\nq\n")
    assert sorted(d.decide for d in read_decisions(file)) == ["rename", "same"]
    shown, file = typed(graph, "d\nq\n")
    assert sorted(d.decide for d in read_decisions(file)) == ["different", "rename", "same"]


def test_an_undone_decision_is_none(graph: Path) -> None:
    shown, file = typed(graph, "r\n2\nX\nu\nk\n")
    assert "0 decided" in shown and not file.exists()


def test_the_end_of_input_is_quitting(graph: Path) -> None:
    assert "0 decided" in typed(graph, "")[0]


def test_a_wrong_fact_is_dropped(graph: Path) -> None:
    _, file = typed(graph, "f\n1\nq\n")
    assert not resolve(DOCUMENTS, decisions=read_decisions(file)).facts


def test_a_member_of_an_archive_is_shown_by_its_place_and_decided_by_its_name(tmp_path: Path) -> None:
    def lying(claims: Claims, name: str) -> Claims:
        update = {"file_name": f"{name}.txt", "locator": f"news.zip!{name}.txt"}
        return claims.model_copy(update={"document": claims.document.model_copy(update=update)})

    target = tmp_path / "graph.ttl"
    write_turtle(build_graph(resolve([lying(c, c.document.id) for c in DOCUMENTS])), target)
    (pair,) = compared(load(target))
    ids = {c.document.id for c in DOCUMENTS}
    assert {side.source for side in (pair.one, pair.other)} == {f"news.zip!{i}.txt" for i in ids}
    assert {_whole(side).document for side in (pair.one, pair.other)} == ids
