"""decisions.yaml: obeyed for ever after, whatever documents come."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_identity import LAM, TOKAYEV, told

from kgx.errors import UsageError
from kgx.resolve import resolve
from kgx.resolve.decisions import Decision, Selector, Spot, dump_decisions, read_decisions

KOREAN = ("토람", "ko", None, None)
ONE, OTHER = Selector(name="To Lam", lang="en"), Selector(name="토람", lang="ko")


def persons(*decisions: Decision) -> list[str]:
    documents = [told(0, LAM), told(1, KOREAN), told(2, LAM), told(3, TOKAYEV)]
    return [t.label for t in resolve(documents, decisions=decisions).things]


def test_same_joins_what_is_unsure() -> None:
    assert len(persons()) == 3
    assert persons(Decision(decide="same", one=ONE, other=OTHER)) == ["Kassym-Jomart Tokayev", "To Lam"]


def test_different_keeps_apart_what_is_alike() -> None:
    at = Spot(document="d0002", start=0, end=1)
    apart = Decision(decide="different", one=ONE, other=Selector(name="To Lam", at=at))
    assert persons(apart).count("To Lam") == 2
    assert persons(Decision(decide="split", one=Selector(name="To Lam", at=at))).count("To Lam") == 2


def test_rename_and_drop() -> None:
    assert "General Secretary" in persons(Decision(decide="rename", one=ONE, label="General Secretary"))
    drop = Decision(decide="drop", fact=Spot(document="d0003", start=0, end=1))
    facts = resolve([told(0, LAM), told(3, TOKAYEV)], decisions=[drop]).facts
    assert [e.document for f in facts for e in f.evidence] == ["d0000"]


def test_what_matches_nothing_is_told() -> None:
    lost: list[Decision] = []
    nobody = Decision(decide="rename", one=Selector(name="Nobody"), label="x")
    resolve([told(0, LAM)], decisions=[nobody], report=lost.append)
    assert lost == [nobody]


def test_a_file_is_sorted_and_reads_back(tmp_path: Path) -> None:
    decisions = [Decision(decide="same", one=ONE, other=OTHER), Decision(decide="rename", one=ONE, label="Tô Lâm")]
    text = dump_decisions(decisions)
    assert text == dump_decisions([*reversed(decisions), decisions[0]])
    (tmp_path / "d.yaml").write_text(text, encoding="utf8")
    assert sorted(read_decisions(tmp_path / "d.yaml"), key=str) == sorted(decisions, key=str)


def test_all_faults_are_named(tmp_path: Path) -> None:
    file = tmp_path / "d.yaml"
    file.write_text("- decide: same\n  one: {nam: x}\n- decide: maybe\n", encoding="utf8")
    with pytest.raises(UsageError) as error:
        read_decisions(file)
    assert all(key in str(error.value) for key in ("d.yaml: 0.one.name", "0.one.nam", "1.decide"))
    file.write_text("- decide: same\n- decide: drop\n", encoding="utf8")
    with pytest.raises(UsageError) as error:
        read_decisions(file)
    assert all(key in str(error.value) for key in ("0.one", "0.other", "1.fact"))
