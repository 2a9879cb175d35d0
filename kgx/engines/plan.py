"""The engine that runs as a plan of Daft: on its own runner in this machine, or on a cluster of Ray.

A plan reads a *round* of documents: a table of them goes out, each row is read by one of so many workers, and what each
says comes back. A worker is a class of Daft that has a process of its own (`kgx.workers.Process`), which loads the
model once and bears what a document does to it; so limits and reasons are those of the local engine. Where a worker is
lost, Daft and Ray give its rows to another; where the plan itself fails, those rows that have not come back make up the
next one.
"""

from __future__ import annotations

import logging
import pickle
import zlib
from collections.abc import Iterable, Iterator
from itertools import islice

import daft
import pyarrow as pa

from kgx.engines import QUIET
from kgx.errors import KgxError
from kgx.workers import Limits, Outcome, Process, Reader, Task, cores

__all__ = ["in_daft"]

# So many documents a worker make a round, of so many bytes in all: what waits in memory, and how often workers start.
_ROUND, _BYTES = 2000, 2**28
# Documents that go to a machine of a cluster at a time: what is lost with it, and what the last one is waited for.
_SHARE = 16
# So often a plan is tried again without a single document read.
_TRIES = 3


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
    _start(ray)
    rest = iter(tasks)
    while several := _round(rest, jobs or _processors(ray)):
        # Asked again for each round: a cluster may grow.
        yield from _read(several, reader, jobs=jobs or _processors(ray), limits=limits, ray=ray is not None)


def _start(address: str | None) -> None:
    try:
        if address is None:
            daft.set_runner_native()
            return
        import ray

        if not ray.is_initialized():
            quiet = {"env_vars": dict(QUIET)}
            ray.init(address=address, runtime_env=quiet, log_to_driver=False, logging_level=logging.ERROR)
        daft.set_runner_ray(noop_if_initialized=True)
    except (RuntimeError, ValueError, OSError) as error:  # a wrong address; or the other runner, once one was chosen
        raise KgxError(f"{address or 'daft'}: {error}") from error


def _processors(address: str | None) -> int:
    if address is None:
        return cores()
    import ray

    return max(1, int(ray.cluster_resources().get("CPU", 1)))  # type: ignore[no-untyped-call]


def _round(tasks: Iterator[Task], jobs: int) -> list[bytes]:
    """The next documents to read, as rows of a table hold them."""
    rows: list[bytes] = []
    size = 0
    for task in islice(tasks, _ROUND * jobs):
        rows.append(pickle.dumps(task))
        size += len(rows[-1])
        if size >= _BYTES:
            break
    return rows


def _read(rows: list[bytes], reader: Reader, *, jobs: int, limits: Limits, ray: bool) -> Iterator[tuple[Task, Outcome]]:
    """What came of a round, in its order."""
    left = dict(enumerate(rows))
    found: dict[int, Outcome] = {}
    tries = told = 0
    while left:
        before, fault = len(left), None
        outcomes = _plan(left, reader, jobs=jobs, limits=limits, ray=ray)
        while True:
            try:
                number, outcome = next(outcomes)
            except StopIteration:
                break
            except Exception as error:  # Daft and Ray raise whatever befalls a cluster
                fault = error
                break
            if left.pop(number, None) is not None:
                found[number] = outcome
            while told in found:
                yield pickle.loads(rows[told]), found.pop(told)
                told += 1
        tries = tries + 1 if len(left) == before else 0
        if tries == _TRIES:
            raise KgxError(f"the plan that reads documents fails again and again: {fault or 'it loses rows'}")


def _plan(
    rows: dict[int, bytes], reader: Reader, *, jobs: int, limits: Limits, ray: bool
) -> Iterator[tuple[int, Outcome]]:
    table = pa.table({"number": pa.array(rows, pa.int64()), "task": pa.array(rows.values(), pa.large_binary())})
    frame = daft.from_arrow(table)
    if ray:
        frame = frame.into_partitions(max(jobs, len(rows) // _SHARE))
    worker = daft.cls(_Worker, max_concurrency=min(jobs, len(rows)))(reader, limits)
    frame = frame.select(daft.col("number"), worker.read(daft.col("task")).alias("outcome"))
    for batch in frame.to_arrow_iter():
        for number, outcome in zip(batch.column("number"), batch.column("outcome"), strict=True):
            yield number.as_py(), pickle.loads(zlib.decompress(outcome.as_py()))


class _Worker:
    """Reads the rows of a plan, one at a time."""

    def __init__(self, reader: Reader, limits: Limits) -> None:
        self._process = Process(reader, limits)

    @daft.method.batch(return_dtype=daft.DataType.binary(), batch_size=1)
    def read(self, tasks: daft.Series) -> list[bytes]:
        """What came of each document."""
        outcomes = (self._process(pickle.loads(task)) for task in tasks.to_pylist())
        return [zlib.compress(pickle.dumps(outcome), 1) for outcome in outcomes]
