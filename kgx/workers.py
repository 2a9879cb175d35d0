"""Reading documents in several processes, each document within limits of size, time and memory.

A document that breaks its process costs itself alone: it is named with the reason, and another process goes on.
"""

from __future__ import annotations

import errno
import itertools
import os
import signal
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import TimeoutError as FutureTimeout
from concurrent.futures import wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import resource_tracker, synchronize
from multiprocessing.context import SpawnContext, SpawnProcess
from types import ModuleType
from typing import Any

from pebble import ProcessExpired, ProcessPool
from pebble.common.types import ProcessFuture

from kgx.errors import KgxError

__all__ = ["Failure", "Limits", "Outcome", "Process", "Reader", "Task", "cores", "in_processes"]

Task = tuple[Any, ...]  # what a reader takes
Reader = Callable[..., bytes]

# How far ahead of the slowest document the others may run, in documents for each process and in bytes of all: one that
# takes as long as sixty others leaves no process without work, and what waits in memory is bounded.
_AHEAD, _BYTES = 64, 64 * 2**20
# How often processes may break, with no document read in between, until those that wait are given up.
_TRIES = 3
# Seconds between looks at whether the processes live, and beyond the time of a document until they count as stuck.
_LOOK, _PATIENCE = 2.0, 60.0


@dataclass(frozen=True)
class Limits:
    """What one document may cost.

    Attributes:
        characters: longer texts are not read; 0 for no limit.
        seconds: of reading it, in a process of its own; 0 for no limit.
        megabytes: of memory that a process may ask for; 0 for no limit.
    """

    characters: int = 2_000_000
    seconds: float = 300.0
    megabytes: int = 4096

    @property
    def strict(self) -> bool:
        """Whether less time or memory is allowed than usual, to which only a process of its own can be held."""
        return 0 < self.seconds < Limits.seconds or 0 < self.megabytes < Limits.megabytes


@dataclass(frozen=True)
class Failure:
    """Why a document could not be read.

    Attributes:
        machine: it is no fault of the document: no other one can be read either.
    """

    reason: str
    machine: bool = False

    @classmethod
    def of(cls, error: Exception) -> Failure:
        """What an error that nobody expected says; it must not cost the other documents."""
        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            return cls(
                f"no room in {tempfile.gettempdir()} for what reading puts there: {error.strerror}", machine=True
            )
        return cls(f"could not be read ({type(error).__name__}: {error})")


Outcome = bytes | Failure
Waiting = deque[tuple[Task, ProcessFuture[bytes]]]
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
# What a document is told to have failed of, where one process after the other breaks before it is begun.
_BROKEN = Failure("the processes that should read it end at once")


def cores() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def in_processes(
    tasks: Iterable[Task], reader: Reader, *, jobs: int, limits: Limits, weigh: Callable[[Task], int] = lambda task: 0
) -> Iterator[tuple[Task, Outcome]]:
    """Read documents in `jobs` processes, in the order given.

    Args:
        tasks: what `reader` takes for each document; drawn as they are needed.
        reader: what reads one, a function at the top of a module.
        jobs: how many processes.
        limits: what one document may cost.
        weigh: bytes of a task.

    Yields:
        Each task with what `reader` gave, or why it failed.
    """
    remaining: Iterator[Task] = iter(tasks)
    again: list[Task] = []
    tries = 0
    while True:
        pool = _pool(jobs, limits)
        waiting: Waiting = deque()
        heavy = 0
        try:
            for task in itertools.chain(again, remaining):
                waiting.append((task, _scheduled(pool, reader, task, limits)))
                heavy += weigh(task)
                while len(waiting) >= jobs * _AHEAD or (heavy > _BYTES and len(waiting) > jobs):
                    heavy -= weigh(waiting[0][0])
                    yield _first(waiting, pool, limits)
            while waiting:
                yield _first(waiting, pool, limits)
            return
        except BrokenProcessPool:
            # A process ended between two documents. None of those that wait is to blame: they are read anew.
            lost = [task for task, _ in waiting]
            tries = tries + 1 if lost == again else 1
            if tries > _TRIES:
                yield from ((task, _BROKEN) for task in lost)
                lost = []
            again = lost
        finally:
            pool.stop()  # type: ignore[no-untyped-call]
            pool.join()


class Process:
    """One process that reads a document at a time, within limits; another takes its place where it breaks.

    The process starts with the first document and keeps what it loads; `close` ends it.
    """

    def __init__(self, reader: Reader, limits: Limits) -> None:
        self._reader, self._limits = reader, limits
        self._pool: ProcessPool | None = None

    def __call__(self, task: Task) -> Outcome:
        """What `reader` gives for a document, or why it failed."""
        for _ in range(2):  # a process may have ended since the last document, which is no fault of this one
            self._pool = self._pool or _pool(1, self._limits)
            future = _scheduled(self._pool, self._reader, task, self._limits)
            try:
                _wait(future, self._pool, self._limits)
                return _outcome(future, self._limits)
            except BrokenProcessPool:
                self.close()
        return _BROKEN

    def close(self) -> None:
        """End the process."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.stop()  # type: ignore[no-untyped-call]
            pool.join()


class _Spawned(SpawnProcess):
    """A fresh interpreter that does not run the script of its parent again.

    Python would import that script in each process, for what it may have to find there; a reader needs nothing of it.
    Without this, a script that calls ``kgx.build`` outside ``if __name__ == "__main__":`` would build in every process.
    """

    @staticmethod
    def _Popen(process_obj: Any) -> Any:  # noqa: N802 - the name of the standard library
        script = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            return SpawnProcess._Popen(process_obj)
        finally:
            sys.modules["__main__"] = script


class _Lock(synchronize.RLock):
    """A lock of a pool's processes; one that starts when the pool has ended finds it gone, and ends as the others do.

    Where one process is slow to end (its document took too long), another may start until its turn comes to be ended;
    it would tell of the missing lock as of a fault.
    """

    def __setstate__(self, state: Any) -> None:
        try:
            super().__setstate__(state)  # type: ignore[misc]
        except FileNotFoundError:
            os._exit(0)


class _Context(SpawnContext):
    Process = _Spawned

    def RLock(self) -> synchronize.RLock:  # noqa: N802 - the name of the standard library
        return _Lock(ctx=self)


def _pool(jobs: int, limits: Limits) -> ProcessPool:
    pool = ProcessPool(
        max_workers=jobs,
        initializer=_start,
        initargs=(limits.megabytes,),
        # A fresh interpreter: the model's threads do not survive a fork.
        context=_Context(),
    )
    with _uninterrupted():
        _ = pool.active  # starts it
    return pool


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Threads and processes that start here never see Ctrl-C: it is meant for the parent, which ends them."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # it lets the signal through again when it starts
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _scheduled(pool: ProcessPool, reader: Reader, task: Task, limits: Limits) -> ProcessFuture[bytes]:
    try:
        return pool.schedule(reader, args=task, timeout=limits.seconds or None)
    except RuntimeError as error:  # the pool broke since the last one; the task is told so like those before it
        future: ProcessFuture[bytes] = ProcessFuture()
        future.set_exception(BrokenProcessPool(str(error)))
        return future


def _first(waiting: Waiting, pool: ProcessPool, limits: Limits) -> tuple[Task, Outcome]:
    task, future = waiting[0]
    _wait(future, pool, limits)
    result = _outcome(future, limits)
    waiting.popleft()
    return task, result


def _wait(future: ProcessFuture[bytes], pool: ProcessPool, limits: Limits) -> None:
    """Wait for the task that is first in line; a pool that is broken may leave it without an end."""
    began = time.monotonic()
    while not wait([future], timeout=_LOOK).done:
        stuck = limits.seconds and time.monotonic() - began > 2 * limits.seconds + _PATIENCE
        if stuck or not pool.active:
            raise BrokenProcessPool("no process reads it")


def _outcome(future: ProcessFuture[bytes], limits: Limits) -> Outcome:
    try:
        return future.result()
    except BrokenProcessPool:
        raise
    except FutureTimeout:
        return Failure(f"took longer than {limits.seconds:g} s")
    except ProcessExpired as error:
        return Failure(f"the process reading it {_ended(error.exitcode)}")
    except KgxError as error:
        return Failure(str(error))
    except MemoryError:
        return Failure(f"needs more than {limits.megabytes} MB of memory")
    except Exception as error:
        return Failure.of(error)


def _ended(code: int) -> str:
    if code >= 0:
        return f"ended with code {code}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = str(-code)
    return f"was ended by {name}" + (" (out of memory?)" if name == "SIGKILL" else "")


def _start(megabytes: int) -> None:
    """What each process does first."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends it
    if megabytes:
        try:
            import resource
        except ImportError:  # Windows knows no such limit
            return
        limit = megabytes * 2**20
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        if hard == resource.RLIM_INFINITY or hard > limit:
            resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))
