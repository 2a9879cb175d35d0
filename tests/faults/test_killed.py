"""A build that is killed at any moment; the benchmark does the same at fifty."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from types import ModuleType

import pytest

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "kill.py"


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    spec = importlib.util.spec_from_file_location("kill", BENCHMARK)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="needs process groups")
def test_a_build_killed_at_three_moments_ends_with_the_same_bytes(
    bench: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bench.main(["3", "--documents", "14"]) == 0
    assert "3 of 3 ended with the same bytes" in capsys.readouterr().out


def test_what_goes_wrong_is_seen(bench: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "graph.ttl").write_bytes(b"half")
    assert bench.fault(tmp_path / "nothing", tmp_path, b"whole", 1) == "half a graph was left"
    (tmp_path / "graph.ttl").unlink()
    assert str(bench.fault(tmp_path / "nothing", tmp_path, b"whole", 1)).startswith("exit code 2")
