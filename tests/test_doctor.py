"""kgx doctor says what works here, and what does not."""

from __future__ import annotations

import json
import shutil
from collections import namedtuple
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kgx import doctor
from kgx.claims import fingerprint, model_digest
from kgx.cli import app
from kgx.errors import UsageError, to_install
from kgx.lang import languages
from kgx.workers import Failure


def told(*args: str) -> tuple[int, dict[str, dict[str, object]]]:
    result = CliRunner().invoke(app, ["doctor", "--format", "json", *args])
    return result.exit_code, {check["name"]: check for check in json.loads(result.stdout)}


def test_all_languages_read_here() -> None:
    code, found = told()
    assert code == 0
    assert sum(name.startswith("reads ") and name != "reads in processes" for name in found) == len(languages())
    assert not [check for check in found.values() if check["ok"] is False]
    assert found["rules, tables and model"]["told"] == fingerprint()
    assert found["model"]["told"] == model_digest()
    assert str(found["memory"]["told"]).endswith(" GB") and int(str(found["processors"]["told"])) > 0
    assert {f"extra {name}" for name in ("inputs", "tables", "validate", "mcp", "notebook")} <= set(found)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the model and without processes."""
    monkeypatch.setattr("kgx.pipeline.read_claims", lambda *_: b'{"facts": [{"type": "event"}]}')
    monkeypatch.setattr(doctor, "in_processes", lambda *_, **__: [((), b"x")])


def missing(*_: object) -> bytes:
    raise FileNotFoundError("the model lacks model.onnx")


def full(*_: object) -> None:
    raise UsageError("temporary file: claims cannot be kept: database or disk is full")


FAULTS = {
    "reads French": ("kgx.pipeline.read_claims", missing, "model.onnx"),
    "reads Korean": ("kgx.pipeline.read_claims", lambda *_: b'{"facts": []}', "no event found"),
    "model": ("kgx.doctor.model_digest", missing, "model.onnx"),
    "memory": ("kgx.doctor._LEAST", 2**60, "a process that reads needs"),
    "keeps claims": ("kgx.claims.ClaimsStore.commit", full, "disk is full"),
    "reads in processes": ("kgx.doctor.in_processes", lambda *_, **__: [((), Failure("ended by SIGILL"))], "SIGILL"),
    "room for temporary files": (
        "shutil.disk_usage", lambda _: namedtuple("Usage", "free")(10**6), "0.0 GB in"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_what_does_not_work_is_told(name: str, quick: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert shutil.disk_usage("/").free > 0
    where, by, reason = FAULTS[name]
    monkeypatch.setattr(where, by)
    code, found = told()
    assert code == 1
    assert found[name]["ok"] is False and reason in str(found[name]["told"])
    table = CliRunner().invoke(app, ["doctor"])
    assert table.exit_code == 1 and "WRONG" in table.stdout


def test_extras_that_are_not_there_are_no_fault(quick: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "find_spec", lambda name: None if name in ("docx", "mcp") else object())
    code, found = told()
    assert code == 0
    assert found["extra inputs"]["ok"] is None and "without docx; pip install" in str(found["extra inputs"]["told"])
    table = CliRunner().invoke(app, ["doctor"]).stdout
    assert "pip install -e '.[inputs]'" in table  # whole: what is in brackets is no markup; and as a checkout wants it
    assert found["extra mcp"]["ok"] is None and found["extra tables"]["ok"] is True


def test_what_to_type_for_an_extra(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert to_install("inputs") == "pip install -e '.[inputs]'"
    monkeypatch.setattr("kgx.errors.__file__", str(tmp_path / "kgx" / "errors.py"))  # as installed from an index
    assert to_install("inputs") == "pip install 'kgx-diplomacy[inputs]'"
