"""Documents read in several processes: the same claims, and a bad document costs itself alone."""

from __future__ import annotations

import hashlib
import os
import signal
import time

import pytest

from kgx.models import Document
from kgx.workers import Failure, Limits, in_processes

SMALL = Limits(characters=100, seconds=3, megabytes=1500)


def reader(document: Document, lang: str) -> bytes:
    """Stands for the real reader: the text says what befalls it."""
    match document.text.split():
        case ["die"]:
            os.kill(os.getpid(), signal.SIGKILL)
        case ["exit"]:
            os._exit(7)
        case ["sleep"]:
            time.sleep(60)
        case ["grow"]:
            return bytes(bytearray(3 * 2**30))
        case ["fault"]:
            raise ValueError("no such thing")
    return f"{document.id} in {lang}".encode()


def tasks(*texts: str) -> list[tuple[Document, str]]:
    return [
        (Document(id=f"d{n}", file_name=f"d{n}.txt", text=t, sha256=hashlib.sha256(t.encode()).hexdigest()), "en")
        for n, t in enumerate(texts)
    ]


REASONS = {
    "die": "the process reading it was ended by SIGKILL (out of memory?)",
    "exit": "the process reading it ended with code 7",
    "sleep": "took longer than 3 s",
    "grow": "needs more than 1500 MB of memory",
    "fault": "could not be read (ValueError: no such thing)",
}


@pytest.mark.parametrize("jobs", [1, 2])
def test_each_bad_document_is_named_and_the_others_are_read(jobs: int) -> None:
    given = tasks("a", "die", "b", "exit", "c", "sleep", "d", "grow", "e", "fault", "f")
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
    import multiprocessing

    outcomes = in_processes(tasks(*["a"] * 50), reader, jobs=2, limits=SMALL)
    next(outcomes)
    outcomes.close()  # type: ignore[attr-defined]
    deadline = time.monotonic() + 10
    while multiprocessing.active_children() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not multiprocessing.active_children()
