"""Reading documents in several processes, each document within limits of size, time and memory.

A document that breaks its process costs itself alone: it is named with the reason, and another process goes on.
"""

from __future__ import annotations

import itertools
import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import TimeoutError as FutureTimeout
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import Any

from pebble import ProcessExpired, ProcessPool
from pebble.common.types import ProcessFuture

from kgx.errors import KgxError

__all__ = ["Failure", "Limits", "Reader", "Task", "cores", "in_processes"]

Task = tuple[Any, ...]  # what a reader takes
Reader = Callable[..., bytes]

# How far ahead of the slowest document the others may run, in documents for each process and in bytes of all: one that
# takes as long as sixty others leaves no process without work, and what waits in memory is bounded.
_AHEAD, _BYTES = 64, 64 * 2**20


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


@dataclass(frozen=True)
class Failure:
    """Why a document could not be read."""

    reason: str


def cores() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def in_processes(
    tasks: Iterable[Task], reader: Reader, *, jobs: int, limits: Limits, weigh: Callable[[Task], int] = lambda task: 0
) -> Iterator[tuple[Task, bytes | Failure]]:
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
    while True:
        pool = ProcessPool(
            max_workers=jobs,
            initializer=_start,
            initargs=(limits.megabytes,),
            # A fresh interpreter: the model's threads do not survive a fork.
            context=multiprocessing.get_context("spawn"),
        )
        waiting: deque[tuple[Task, ProcessFuture[bytes]]] = deque()
        heavy = 0
        try:
            for task in itertools.chain(again, remaining):
                future = pool.schedule(reader, args=task, timeout=limits.seconds or None)
                waiting.append((task, future))
                heavy += weigh(task)
                while len(waiting) >= jobs * _AHEAD or (heavy > _BYTES and len(waiting) > jobs):
                    heavy -= weigh(waiting[0][0])
                    yield _outcome(waiting, limits)
            while waiting:
                yield _outcome(waiting, limits)
            pool.close()  # type: ignore[no-untyped-call]
            pool.join()
            return
        except BrokenProcessPool:
            # A process ended between two documents. None of those that wait is to blame: they are read anew.
            lost = [task for task, _ in waiting]
            if lost == again:
                yield from ((task, Failure("the processes that should read it end at once")) for task in lost)
                lost = []
            again = lost
        finally:
            if pool.active:
                pool.stop()  # type: ignore[no-untyped-call]
                pool.join()


def _outcome(waiting: deque[tuple[Task, ProcessFuture[bytes]]], limits: Limits) -> tuple[Task, bytes | Failure]:
    task, future = waiting[0]
    result: bytes | Failure
    try:
        result = future.result()
    except BrokenProcessPool:
        raise
    except FutureTimeout:
        result = Failure(f"took longer than {limits.seconds:g} s")
    except ProcessExpired as error:
        result = Failure(f"the process reading it {_ended(error.exitcode)}")
    except KgxError as error:
        result = Failure(str(error))
    except MemoryError:
        result = Failure(f"needs more than {limits.megabytes} MB of memory")
    except Exception as error:  # a fault of ours in one document must not cost the others
        result = Failure(f"could not be read ({type(error).__name__}: {error})")
    waiting.popleft()
    return task, result


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
