"""Engines: whoever reads the documents, the graph and what is said of bad documents are the same."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from engines import BAD, ENVIRONMENT, LONGEST, REASONS, SMALL, built, command, documents, reader, tasks

import kgx
from kgx.cli import main
from kgx.engines import engine
from kgx.errors import KgxError, UsageError
from kgx.export.triples import of_graph
from kgx.export.turtle import to_turtle
from kgx.workers import Failure, Limits

daft = pytest.importorskip("daft")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return documents(tmp_path_factory.mktemp("engines") / "documents")


@pytest.fixture(scope="module")
def expected(folder: Path) -> tuple[bytes, list[tuple[str, str]]]:
    """What one process makes of them."""
    return built(folder, folder.parent / "one.ttl", "--jobs", "1")


@pytest.fixture
def _paths(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", ENVIRONMENT["PYTHONPATH"])


def test_each_bad_document_is_one_issue(expected: tuple[bytes, list[tuple[str, str]]]) -> None:
    _, issues = expected
    assert [Path(where).name for where, _ in issues] == sorted(
        name if name != "lines.jsonl" else "lines.jsonl:2" for name in BAD
    )
    assert f"longer than {LONGEST:,} characters: {len(BAD['long.txt']):,}" in dict(issues).values()


@pytest.mark.parametrize("options", [("--jobs", "2"), ("--engine", "daft", "--jobs", "2")], ids=" ".join)
def test_same_bytes_and_same_issues(options: tuple[str, ...], folder: Path, expected: object, tmp_path: Path) -> None:
    assert built(folder, tmp_path / "graph.ttl", *options) == expected


@pytest.mark.usefixtures("_paths")
def test_what_befalls_a_document_is_told_in_the_same_words() -> None:
    given = tasks("a", "die", "b", "exit", "c", "sleep", "d", "grow", "e", "fault", "f")
    found = list(engine("daft")(given, reader, jobs=2, limits=SMALL))
    assert [task for task, _ in found] == given
    for (document, _), outcome in found:
        reason = REASONS.get(document.text)
        assert outcome == (Failure(reason) if reason else f"{document.id} in en".encode())


def slow(name: str, folder: str) -> bytes:
    """Takes its time, and leaves a line for each time that it is asked."""
    time.sleep(0.2)
    with Path(folder, "asked").open("a", encoding="utf8") as file:
        file.write(f"{name}\n")
    return name.encode()


@pytest.mark.usefixtures("_paths")
def test_a_plan_that_is_killed_is_gone_on_with(tmp_path: Path) -> None:
    names = [f"d{number}" for number in range(30)]
    outcomes = engine("daft")([(name, str(tmp_path)) for name in names], slow, jobs=2, limits=Limits())
    found = [next(outcomes)]
    [planner] = [child for child in multiprocessing.active_children() if child.pid]
    os.kill(planner.pid or 0, signal.SIGKILL)
    found += outcomes
    assert [outcome for _, outcome in found] == [name.encode() for name in names]
    asked = (tmp_path / "asked").read_text(encoding="utf8").split()
    assert len(names) < len(asked) < 2 * len(names), "some are read again, but not all"


@pytest.mark.usefixtures("_paths")
def test_rows_are_drawn_round_by_round(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("kgx.engines.plan._ROUND", 2)
    drawn = []

    def several():  # type: ignore[no-untyped-def]
        for number in range(9):
            drawn.append(number)
            yield f"d{number}", str(tmp_path)

    outcomes = engine("daft")(several(), slow, jobs=2, limits=Limits())
    next(outcomes)
    assert drawn == [0, 1, 2, 3]
    assert len(list(outcomes)) == 8


def bearing(mark: str) -> list[str]:
    """The processes that bear a mark in their environment."""
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            found += [path.parent.name] * (mark.encode() in path.read_bytes())
        except OSError:
            continue
    return found


def waited(until: Callable[[], bool]) -> bool:
    """Whether something came about in a minute or two."""
    limit = time.monotonic() + 120
    while not until() and time.monotonic() < limit:
        time.sleep(0.1)
    return until()


def test_a_killed_build_leaves_nothing_running(folder: Path, expected: object, tmp_path: Path) -> None:
    output = tmp_path / "graph.ttl"
    build = command(folder, output, "--engine", "daft", "--jobs", "2", "--claims", str(tmp_path / "claims"))
    mark = f"KGX_TEST={uuid.uuid4().hex}"
    with subprocess.Popen(build, env={**ENVIRONMENT, **dict([mark.split("=")])}) as process:
        assert waited(lambda: len(bearing(mark)) >= 6)  # it, who plans, two workers, and their two readers
        process.kill()
    assert waited(lambda: not bearing(mark))
    assert built(folder, output, *build[build.index("--engine") :]) == expected


def end(name: str) -> bytes:
    """Ends the process that runs the plan, which is the one that started the worker that started this one."""
    parents = [os.getppid()]
    for _ in range(2):
        status = Path(f"/proc/{parents[-1]}/stat").read_text(encoding="utf8")
        parents.append(int(status.rpartition(")")[2].split()[1]))
    planner = next(p for p in parents if b"spawn_main" in Path(f"/proc/{p}/cmdline").read_bytes())
    os.kill(planner, signal.SIGKILL)
    time.sleep(30)
    return b""


@pytest.mark.usefixtures("_paths")
def test_plans_that_always_fail_are_given_up() -> None:
    with pytest.raises(KgxError, match="fails again and again: a machine or the process that ran it was lost"):
        list(engine("daft")([("a",)], end, jobs=1, limits=Limits()))


def test_from_python(folder: Path) -> None:
    some = sorted(folder.glob("fr-*.txt"))[:3]
    here, there = kgx.build(some), kgx.build(some, engine="daft", jobs=1)
    assert to_turtle(of_graph(here)) == to_turtle(of_graph(there))
    assert there.graph["issues"] == ()


def test_what_is_missing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kgx.engines.find_spec", lambda name: None if name == "ray" else object())
    assert engine("daft")
    with pytest.raises(UsageError, match=r"needs ray: pip install .*\[scale\]'"):
        engine("daft", ray="auto")
    monkeypatch.setattr("kgx.engines.find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r"needs daft: pip install .*\[scale\]'"):
        engine("daft")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["x.txt", "--engine", "spark"], "--engine 'spark' is none of local, daft"),
        (["x.txt", "--ray", "auto"], "--ray goes with --engine daft"),
        (["s3://bucket/news"], "s3://bucket/news: documents by URL need --engine daft"),
        (["x.txt", "-o", "s3://bucket/graph.ttl"], "s3://bucket/graph.ttl: writing to a URL needs --engine daft"),
        (["x.txt", "--claims", "gs://bucket/claims"], "gs://bucket/claims: claims by URL need --engine daft"),
        (["x.txt", "--claims", "a", "--cache", "b"], "give either --claims or --cache"),
        (["x.txt", "-o", "out/", "--shards", "2"], "--shards: store is written in one piece; these can be parted: nq"),
        (["x.txt", "-o", "y.nq", "--shards", "2"], "y.nq is a name for one file; give a folder: -o y/ --format nquads"),
        (["http://host/x", "--engine", "daft"], "http://host/x: Unrecognized filesystem type"),
        (["x.txt", "--engine", "daft", "-o", "ftp://host/x.ttl"], "ftp://host: Unrecognized filesystem type"),
    ],
)
def test_wrong_usage(options: list[str], message: str, capsys, tmp_path: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.chdir(tmp_path)
    Path("x.txt").write_text("The president went to Lisbon.", encoding="utf8")
    with pytest.raises(SystemExit) as done:
        main(["build", *options])
    assert done.value.code == 2
    assert message in capsys.readouterr().err
    assert not [path for path in tmp_path.iterdir() if path.name not in ("x.txt", "a")]
