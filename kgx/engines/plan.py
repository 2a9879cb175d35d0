"""The engine that runs as a plan of Daft: on its own runner in this machine, or on a cluster of Ray.

A plan reads a *round* of documents: a table of them goes out, each row is read by one of so many workers, and what each
says comes back. A worker is a class of Daft that has a process of its own (`kgx.workers.Process`), which loads the
model once and bears what a document does to it; so limits and reasons are those of the local engine.

Where a worker ends, Ray starts another and gives it the rows. Where more is lost (a machine of the cluster, for whose
workers Daft would wait for ever; the plan; the process that runs it, which is one of its own), the rows that have not
come back make up the next plan.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import pickle
import signal
import threading
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from multiprocessing.connection import Connection

from kgx.engines import QUIET
from kgx.errors import KgxError
from kgx.workers import Limits, Outcome, Reader, Task, cores

__all__ = ["in_daft"]

# So many documents a worker make a round, of so many bytes in all: what waits in memory, and how often workers start.
_ROUND, _BYTES = 2000, 2**28
# So often a plan is tried again without a single document read.
_TRIES = 3
_WATCH = 2.0  # seconds between two looks at a cluster


def in_daft(
    tasks: Iterable[Task], reader: Reader, *, jobs: int, limits: Limits, ray: str | None = None
) -> Iterator[tuple[Task, Outcome]]:
    """Read documents as plans of Daft; see `kgx.engines.Engine`.

    Args:
        tasks: what `reader` takes for each document; drawn round by round.
        reader: what reads one, a function at the top of a module.
        jobs: how many workers; 0 for as many as there are processors, here or in the cluster.
        limits: what one document may cost.
        ray: the address of a cluster of Ray; None for Daft's own runner.

    Raises:
        KgxError: if the cluster can't be reached, or plans fail again and again.
    """
    rest = iter(tasks)
    planner = _Planner(reader, jobs, limits, ray)
    try:
        while rows := _round(rest, planner):
            yield from _read(rows, planner)
    finally:
        planner.close()


def _round(tasks: Iterator[Task], planner: _Planner) -> list[bytes]:
    """The next documents to read, as rows of a table hold them."""
    rows: list[bytes] = []
    size = 0
    for task in tasks:
        rows.append(pickle.dumps(task))
        size += len(rows[-1])
        if size >= _BYTES or len(rows) >= _ROUND * planner.jobs:
            break
    return rows


def _read(rows: list[bytes], planner: _Planner) -> Iterator[tuple[Task, Outcome]]:
    """What came of a round, in its order."""
    left = dict(enumerate(rows))
    found: dict[int, Outcome] = {}
    tries = told = 0
    while left:
        before = len(left)
        for number, outcome in planner.outcomes(dict(left)):
            if left.pop(number, None) is not None:
                found[number] = outcome
            while told in found:
                yield pickle.loads(rows[told]), found.pop(told)
                told += 1
        tries = tries + 1 if len(left) == before else 0
        if tries == _TRIES:
            raise KgxError(f"the plan that reads documents fails again and again: {planner.fault}")


class _Planner:
    """The process that runs plans, one after another; a new one takes its place where it is lost.

    Attributes:
        fault: why the last plan ended early.
    """

    def __init__(self, reader: Reader, jobs: int, limits: Limits, ray: str | None) -> None:
        self._given = (reader, jobs, limits, ray)
        self._process: multiprocessing.process.BaseProcess | None = None
        self._pipe: Connection | None = None
        self._jobs = 0
        self.fault = "it was lost"

    @property
    def jobs(self) -> int:
        """How many workers there are.

        Raises:
            KgxError: if the cluster can't be reached.
        """
        self._started()
        return self._jobs

    def _started(self) -> Connection:
        if self._pipe is not None:
            return self._pipe
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_run, args=(theirs, *self._given))
        self._process.start()
        theirs.close()
        try:
            told = self._pipe.recv()
        except EOFError:
            told = "the process that should run it ended at once"
        if isinstance(told, str):
            raise KgxError(f"{self._given[-1] or 'daft'}: {told}")
        self._jobs = told
        return self._pipe

    def outcomes(self, rows: Mapping[int, bytes]) -> Iterator[tuple[int, Outcome]]:
        """What came of rows, by their numbers, in any order; some may be missing, where the plan was lost."""
        pipe = self._started()
        try:
            pipe.send(rows)
            while isinstance(told := pipe.recv(), tuple):
                yield told[0], pickle.loads(zlib.decompress(told[1]))
        except (EOFError, OSError):
            told = "a machine or the process that ran it was lost"
        if told is not None:
            self.fault = told
            self.close()

    def close(self) -> None:
        """End the process, and with it what it started."""
        if self._pipe is not None and self._process is not None:
            self._pipe.close()
            self._process.join(_WATCH)
            self._process.kill()
            self._process.join()
        self._pipe = self._process = None


def _run(pipe: Connection, reader: Reader, jobs: int, limits: Limits, ray: str | None) -> None:
    """What the process does: tell the number of workers or a fault, then for rows their outcomes, then None or why."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends it
    threading.Thread(target=_follow, daemon=True).start()
    try:
        _serve(pipe, reader, jobs, limits, ray)
    finally:
        if ray is not None:
            _leave()
        # Threads of Daft would stumble over an interpreter that is taken down.
        os._exit(0)


def _serve(pipe: Connection, reader: Reader, jobs: int, limits: Limits, ray: str | None) -> None:
    # What Daft and Ray write of each worker that ends would bury what the user is told; faults go through the pipe.
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    try:
        from kgx.engines.worker import reading

        processors = _begin(ray)
    except Exception as error:  # whatever is wrong with an address or a library
        pipe.send(f"{type(error).__name__}: {error}")
        return
    jobs = jobs or processors
    pipe.send(jobs)
    while True:
        try:
            rows = pipe.recv()
        except EOFError:
            return
        try:
            for batch in reading(rows, reader, jobs=jobs, limits=limits, ray=ray is not None):
                for told in batch:
                    pipe.send(told)
            pipe.send(None)
        except BrokenPipeError:
            return
        except Exception as error:  # Daft and Ray raise whatever befalls a cluster
            pipe.send(f"{type(error).__name__}: {error}")


def _begin(address: str | None) -> int:
    """Make the runner ready, and tell how many processors it has."""
    import daft

    if address is None:
        daft.set_runner_native()
        return cores()
    import ray

    quiet = {"env_vars": dict(QUIET)}
    ray.init(address=address, runtime_env=quiet, log_to_driver=False, logging_level=logging.ERROR)
    daft.set_runner_ray(noop_if_initialized=True)
    threading.Thread(target=_watch, args=(_alive(),), daemon=True).start()
    return max(1, int(ray.cluster_resources().get("CPU", 1)))  # type: ignore[no-untyped-call]


def _follow() -> None:
    """End with the parent, however it ends; what was started here, workers and the job in a cluster, ends with this."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _leave() -> None:
    import ray

    ray.shutdown()


def _alive() -> set[str]:
    import ray

    nodes = ray.nodes()  # type: ignore[no-untyped-call]
    return {node["NodeID"] for node in nodes if node["Alive"]}


def _watch(machines: set[str]) -> None:
    """End this process when a machine of the cluster is lost; one that joins is welcome."""
    while machines <= (now := _alive()):
        machines = now
        time.sleep(_WATCH)
    os._exit(1)
