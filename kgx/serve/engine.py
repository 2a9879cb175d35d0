"""Runs queries where they can be stopped: in processes that have the graph open read-only, a few at a time."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from kgx.query import Endpoint, Store, worker
from kgx.query.guard import refuse_service
from kgx.query.source import copied
from kgx.serve.limits import Limits

__all__ = ["Answer", "Engine", "Question", "Trouble"]

Problem = Literal["syntax", "failed", "large", "unacceptable", "late", "busy"]
_SCRIPT = Path(worker.__file__)


@dataclass(frozen=True)
class Question:
    """A query and how it is to be answered.

    Attributes:
        query: in SPARQL 1.1.
        base: of relative IRIs in it.
        default: graphs that together are the default graph, instead of what the query says; None: as it says.
        named: graphs that it may name, likewise.
        solutions: the format of solutions and truth values, a key of `kgx.query.worker.SOLUTIONS`; None: unwanted.
        triples: the format of graphs, a key of `kgx.query.worker.GRAPHS`; None: unwanted.
        rows: that are wanted at most, a longer answer being cut off there; None: all, or none at all if too many.
        seconds: that it may take, if fewer than the server allows.
    """

    query: str
    base: str | None = None
    default: Sequence[str] | None = None
    named: Sequence[str] | None = None
    solutions: str | None = "json"
    triples: str | None = "ttl"
    rows: int | None = None
    seconds: float | None = None


@dataclass(frozen=True)
class Answer:
    """What a query answers, as it is written.

    Attributes:
        format: it is written in.
        content: so written.
        rows: it has: solutions, or triples.
        cut: whether there was more.
    """

    format: str
    content: bytes
    rows: int
    cut: bool


class Trouble(Exception):
    """Why there is no answer."""

    def __init__(self, problem: Problem, message: str) -> None:
        super().__init__(message)
        self.problem = problem


class _Process:
    """A process that answers, one question at a time; it is begun anew when it had to be stopped."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self._settings = json.dumps(settings)
        self._lock = threading.Lock()
        self._running: subprocess.Popen[bytes] | None = None

    def ask(self, question: dict[str, Any]) -> tuple[dict[str, Any], bytes] | None:
        """The answer; None if the process ended before there was one."""
        process = self._begun()
        assert process.stdin is not None and process.stdout is not None
        try:
            process.stdin.write(json.dumps(question).encode("ascii") + b"\n")
            process.stdin.flush()
            head = json.loads(process.stdout.readline())
            content = process.stdout.read(head["length"])
        except (OSError, ValueError):  # its pipes were closed, with or without half an answer
            self.stop()
            return None
        if len(content) < head["length"]:
            self.stop()
            return None
        return head, content

    def _begun(self) -> subprocess.Popen[bytes]:
        with self._lock:
            if self._running is not None and self._running.poll() is not None:
                self._running.communicate()  # closes its pipes
                self._running = None
            if self._running is None:
                self._running = subprocess.Popen(
                    [sys.executable, "-P", str(_SCRIPT), self._settings],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                )
            return self._running

    def begin(self) -> None:
        """Begin it before there is anything to ask."""
        self._begun()

    def stop(self) -> None:
        """End it, whatever it does."""
        with self._lock:
            if self._running is not None:
                self._running.kill()
                self._running.wait()


class Engine:
    """Answers queries to one graph.

    Args:
        source: the graph.
        folder: the store on disk that it is, if it is one; else it is copied into one, which lasts as long as this.
        limits: what a query may take.
        prefixes: those that a query need not declare.
    """

    def __init__(self, source: Store, *, folder: Path | None, limits: Limits, prefixes: dict[str, str]) -> None:
        self.limits = limits
        self.prefixes = prefixes
        self._source = source
        self._folder = folder
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        self._preparing = threading.Lock()
        self._threads = ThreadPoolExecutor(limits.workers, thread_name_prefix="kgx-query")
        self._own = threading.local()
        self._processes: list[_Process] = []
        self._open = 0
        self._stopped = False

    def prepare(self) -> None:
        """Make ready, so that the first question need not wait for it."""
        self._threads.submit(self._prepared)

    def stop(self) -> None:
        """End all that runs, and begin nothing more."""
        self._stopped = True
        for process in self._processes:
            process.stop()

    def close(self) -> None:
        """End all that runs, and clear away."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self.stop()
        self._threads.shutdown(wait=True)
        if self._temporary is not None:
            self._temporary.cleanup()

    async def ask(self, question: Question) -> Answer:
        """Ask; a question that is given up (cancelled) ends what runs for it.

        Raises:
            Trouble: if there is no answer.
            UsageError: if the query wants another server.
        """
        refuse_service(question.query)
        if self._open >= self.limits.workers + self.limits.waiting:
            raise Trouble("busy", "too many queries wait already: ask again later")
        self._open += 1
        job = _Job(question, self)
        waiting = asyncio.get_running_loop().run_in_executor(self._threads, job.run)
        try:
            return await waiting
        except asyncio.CancelledError:
            job.give_up()
            raise
        finally:
            self._open -= 1

    def _prepared(self) -> _Process | None:
        """The process of this thread; None where an endpoint elsewhere is asked."""
        if isinstance(self._source, Endpoint):
            return None
        if self._stopped:
            raise Trouble("busy", "the server ends")
        with self._preparing:
            if self._folder is None:
                self._temporary = tempfile.TemporaryDirectory(prefix="kgx-", ignore_cleanup_errors=True)
                self._folder = Path(self._temporary.name)
                copied(self._source, self._folder)
            if not hasattr(self._own, "process"):
                self._own.process = _Process({"folder": str(self._folder), "memory": self.limits.memory_bytes})
                self._processes.append(self._own.process)
                self._own.process.begin()
        process: _Process = self._own.process
        return process


class _Job:
    """One question on its way, from the thread that asks it to the process that answers it."""

    def __init__(self, question: Question, engine: Engine) -> None:
        self._question = question
        self._engine = engine
        self._asked = time.monotonic()
        self._process: _Process | None = None
        self._given_up = self._late = False
        self._lock = threading.Lock()

    def run(self) -> Answer:
        limits = self._engine.limits
        process = self._engine._prepared()
        seconds = min(self._question.seconds or limits.seconds, limits.seconds)
        if time.monotonic() - self._asked > limits.seconds:
            raise Trouble("busy", "other queries took too long: ask again later")
        if process is None:
            return _read(worker.answered(self._engine._source, self._wire(seconds)))
        with self._lock:
            if self._given_up:
                raise Trouble("late", "given up")
            self._process = process
        timer = threading.Timer(seconds, self._stop_late)
        timer.daemon = True
        timer.start()
        try:
            found = process.ask(self._wire(seconds))
        finally:
            timer.cancel()
            with self._lock:  # from here on the process is no longer ours to stop
                self._process = None
        if found is not None:
            return _read(found)
        if self._late:
            raise Trouble("late", f"the query took more than {seconds:g} seconds, and was stopped")
        raise Trouble("late", "the query took more memory than it may, and was stopped")

    def _wire(self, seconds: float) -> dict[str, Any]:
        question, limits = self._question, self._engine.limits
        return {
            "query": question.query,
            "base_iri": question.base,
            "prefixes": self._engine.prefixes,
            # What is not named in the request is empty, once anything is: SPARQL 1.1 Protocol, 2.1.4.
            "default_graph": question.default,
            "named_graphs": question.named,
            "solutions": question.solutions,
            "triples": question.triples,
            "rows": limits.rows if question.rows is None else min(question.rows, limits.rows),
            "bytes": limits.answer_bytes,
            "cut": question.rows is not None,
            "seconds": seconds,
        }

    def give_up(self) -> None:
        """Nobody waits for the answer any more."""
        with self._lock:
            self._given_up = True
            if self._process is not None:
                self._process.stop()

    def _stop_late(self) -> None:
        with self._lock:
            if self._process is not None:
                self._late = True
                self._process.stop()


def _read(found: tuple[dict[str, Any], bytes]) -> Answer:
    told, content = found
    if told["status"] == "ok":
        return Answer(told["format"], content, told["rows"], told["cut"])
    raise Trouble(told["status"], told["message"])
