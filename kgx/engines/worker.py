"""The plan itself, in the words of Daft: a table of documents, and a class that reads one row after another."""

from __future__ import annotations

import pickle
import zlib
from collections.abc import Iterator, Mapping

import daft

from kgx.workers import Limits, Process, Reader

__all__ = ["reading"]

# Documents that go to a machine of a cluster at a time: what is lost with it, and what the last one is waited for.
_SHARE = 16


class Worker:
    """Reads documents in a process of its own, one at a time."""

    def __init__(self, reader: Reader, limits: Limits) -> None:
        self._process = Process(reader, limits)

    @daft.method.batch(return_dtype=daft.DataType.binary(), batch_size=1)
    def read(self, tasks: daft.Series) -> list[bytes]:
        """What came of each document of a column."""
        outcomes = (self._process(pickle.loads(task)) for task in tasks.to_pylist())
        return [zlib.compress(pickle.dumps(outcome), 1) for outcome in outcomes]


def reading(
    rows: Mapping[int, bytes], reader: Reader, *, jobs: int, limits: Limits, ray: bool
) -> Iterator[list[tuple[int, bytes]]]:
    """Run a plan.

    Args:
        rows: what `reader` takes for each document, pickled, by number.
        reader: what reads one.
        jobs: how many workers.
        limits: what one document may cost.
        ray: whether it runs on a cluster, where it is parted among machines.

    Yields:
        Numbers with what came of each document, pickled and packed, as they come.
    """
    frame = daft.from_pydict({"number": list(rows), "task": list(rows.values())})
    if ray:
        frame = frame.into_partitions(max(jobs, len(rows) // _SHARE))
    worker = daft.cls(Worker, max_concurrency=min(jobs, len(rows)))(reader, limits)
    frame = frame.select(daft.col("number"), worker.read(daft.col("task")).alias("outcome"))
    for batch in frame.to_arrow_iter():
        yield list(zip(batch.column("number").to_pylist(), batch.column("outcome").to_pylist(), strict=True))
