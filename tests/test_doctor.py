"""kgx doctor says what works here, and what does not."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from kgx.cli import app
from kgx.lang import languages


def test_all_languages_read_here() -> None:
    result = CliRunner().invoke(app, ["doctor", "--format", "json"])
    found = {check["name"]: check for check in json.loads(result.stdout)}
    assert result.exit_code == 0
    assert sum(name.startswith("reads ") and check["ok"] for name, check in found.items()) == len(languages())


def test_what_does_not_work_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> bytes:
        raise FileNotFoundError("the model lacks model.onnx")

    monkeypatch.setattr("kgx.pipeline.read_claims", broken)
    result = CliRunner().invoke(app, ["doctor"])
    assert result.exit_code == 1
    assert "WRONG" in result.stdout and "model.onnx" in result.stdout
