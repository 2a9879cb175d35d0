"""Documents read in several processes: the same claims, and a bad document costs itself alone."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from engines import REASONS, SMALL, reader, tasks
from pebble import ProcessPool

from kgx import pipeline
from kgx.claims import ClaimsStore
from kgx.engines import local
from kgx.errors import Issue
from kgx.ingest import Source
from kgx.workers import Failure, Limits, _pool, in_processes


@pytest.mark.parametrize("jobs", [1, 2])
def test_each_bad_document_is_named_and_the_others_are_read(jobs: int) -> None:
    given = tasks("a", "die", "b", "crash", "c", "exit", "c", "sleep", "d", "grow", "e", "fault", "f")
    found = list(in_processes(given, reader, jobs=jobs, limits=SMALL))
    assert [task for task, _ in found] == given
    for (document, _), outcome in found:
        reason = REASONS.get(document.text)
        assert outcome == (Failure(reason) if reason else f"{document.id} in en".encode())


@pytest.mark.parametrize(("weight", "most"), [(0, 128), (40 * 2**20, 4)])
def test_tasks_are_taken_as_they_are_needed(weight: int, most: int) -> None:
    taken = 0

    def many():  # type: ignore[no-untyped-def]
        nonlocal taken
        for task in tasks(*(str(n) for n in range(200))):
            taken += 1
            yield task

    outcomes = in_processes(many(), reader, jobs=2, limits=SMALL, weigh=lambda task: weight)
    next(outcomes)
    assert taken <= most
    assert sum(1 for _ in outcomes) == 199


def test_processes_end_when_the_reading_is_broken_off() -> None:
    outcomes = in_processes(tasks(*["a"] * 50), reader, jobs=2, limits=SMALL)
    next(outcomes)
    outcomes.close()  # type: ignore[attr-defined]
    deadline = time.monotonic() + 10
    while multiprocessing.active_children() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not multiprocessing.active_children()


def test_processes_that_are_killed_at_any_moment_cost_no_other_document() -> None:
    """As a machine does that is short of memory: whichever process is the largest is ended, at work or not."""
    chance, given, found = random.Random(5), tasks(*["work"] * 40), []
    for outcome in in_processes(given, reader, jobs=2, limits=SMALL):
        found.append(outcome)
        children = [child.pid for child in multiprocessing.active_children() if child.pid]
        if children and chance.random() < 0.1:
            os.kill(chance.choice(children), signal.SIGKILL)
    assert [task for task, _ in found] == given
    failed = [o.reason for _, o in found if isinstance(o, Failure)]
    # A process can also end of the pipe that the killed one shared with it.
    assert all(reason.startswith("the process reading it ") for reason in failed) and len(failed) < 20


def test_processes_that_break_while_documents_are_handed_out_lose_none(monkeypatch: pytest.MonkeyPatch) -> None:
    real, count = ProcessPool.schedule, 0

    def schedule(self, *args, **kwargs):  # type: ignore[no-untyped-def]
        nonlocal count
        count += 1
        if count in (3, 11):
            raise RuntimeError("Unexpected error within the Pool")
        return real(self, *args, **kwargs)

    monkeypatch.setattr(ProcessPool, "schedule", schedule)
    given = tasks(*["a"] * 20)
    assert [task for task, _ in in_processes(given, reader, jobs=2, limits=SMALL)] == given


def broken(*_: object) -> bytes:
    os._exit(9)


def test_processes_that_never_start_are_told_and_the_run_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kgx.workers._start", broken)
    found = list(in_processes(tasks("a", "b", "c"), reader, jobs=2, limits=SMALL))
    assert len(found) == 3
    assert all(isinstance(outcome, Failure) for _, outcome in found)


@pytest.mark.skipif(os.name != "posix", reason="only there a lock has a name that can be gone")
def test_a_process_that_starts_as_the_reading_ends_says_nothing(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """As it happens where another is slow to end, and it is not yet its turn to be ended."""
    ended: list[int | None] = []

    def slow(process: multiprocessing.process.BaseProcess) -> None:
        process.join(60)
        ended.append(process.exitcode)

    monkeypatch.setattr("pebble.pool.process.stop_process", slow)
    pool = _pool(2, SMALL)
    pool.stop()  # type: ignore[no-untyped-call]
    pool.join()
    assert ended == [0, 0]
    assert capfd.readouterr() == ("", "")


def source(number: int, kind: str = "plain", size: int = 10) -> Source:
    return Source(f"d{number}", f"d{number}", f"d{number}", kind, b"x" * size)


@pytest.mark.parametrize(
    ("sources", "limits", "apart"),
    [
        ([source(1), source(2)], Limits(), False),
        ([source(1), source(2)], Limits(seconds=0, megabytes=0), False),
        ([source(1), source(2, "pdf")], Limits(), True),
        ([source(1, "html")], Limits(), True),
        ([source(1, size=200_000)], Limits(), True),
        ([source(n) for n in range(20)], Limits(), True),
        # Who asks for less is to get it, which needs a process, too.
        ([source(1)], Limits(megabytes=500), True),
        ([source(1)], Limits(seconds=5), True),
    ],
)
def test_what_may_break_a_process_is_read_in_one_of_its_own(
    sources: list[Source], limits: Limits, apart: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However few there are: one document that ends its process must not end the run."""
    used: list[int] = []

    def processes(given, reader, *, jobs, limits, weigh):  # type: ignore[no-untyped-def]
        for task in given:
            used.append(jobs)
            yield task, Failure("read apart")

    def here(*_: object) -> bytes:
        raise ValueError("read here")

    monkeypatch.setattr(local, "in_processes", processes)
    monkeypatch.setattr(pipeline, "read_claims", here)
    issues: list[Issue] = []
    with ClaimsStore() as store:
        pipeline.told(sources, store, report=issues.append, jobs=2, limits=limits)
    assert len(issues) == len(sources)
    assert used == ([min(2, len(sources))] * len(sources) if apart else [])


ALONE = """
import sys
sys.path[:0] = sys.argv[1:]
from test_processes import SMALL, reader, tasks
from kgx.workers import in_processes
if __name__ == "__main__":
    for task, outcome in in_processes(tasks(*["work"] * 5000), reader, jobs=2, limits=SMALL):
        print(outcome, flush=True)
"""


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="processes are looked up in /proc")
def test_no_process_outlives_one_that_is_killed(tmp_path: Path) -> None:
    (tmp_path / "alone.py").write_text(ALONE)
    where = [str(Path(__file__).parents[up]) for up in range(3)]
    command = [sys.executable, str(tmp_path / "alone.py"), *where]
    with subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True) as parent:
        assert parent.stdout is not None and parent.stdout.readline()
        assert len(of_session(parent.pid)) >= 3
        parent.kill()
    deadline = time.monotonic() + 30
    while of_session(parent.pid) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert of_session(parent.pid) == []


def of_session(session: int) -> list[int]:
    """The processes of a session that live."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, _, belongs = stat.read_text().rpartition(")")[2].split()[:4]
        except OSError:
            continue
        if int(belongs) == session and state != "Z":
            found.append(int(stat.parent.name))
    return found


def test_a_script_needs_no_guard_around_its_build(tmp_path: Path) -> None:
    script, document = tmp_path / "script.py", tmp_path / "a.txt"
    document.write_text("On 3 May 2024 the President of Kenya, William Ruto, visited Rwanda.\n", encoding="utf8")
    script.write_text(f"import kgx\nprint('nodes', len(kgx.build({str(document)!r}, jobs=2)))\n", encoding="utf8")
    run = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=300, check=False)
    assert run.stdout.startswith("nodes ")
    assert run.stdout.count("nodes") == 1
    assert run.stderr == ""
