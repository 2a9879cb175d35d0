"""The engine of one machine: processes, or where there are few documents this process."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator

from kgx.errors import KgxError
from kgx.ingest import Source
from kgx.workers import Failure, Limits, Outcome, Reader, Task, cores, in_processes

__all__ = ["FAULTS", "in_this_machine"]

# Fewer documents than this are read sooner here than processes start.
_FEW = 12
# What may break or outlast a process, however few there are, is read in one of its own.
_PLAIN, _SHORT = ("plain", "text"), 100_000
# A fault of ours in one document is told like a fault of the document: it must not cost the other ninety-nine.
FAULTS = (ArithmeticError, LookupError, RecursionError, TypeError, ValueError)


def in_this_machine(
    tasks: Iterable[Task], reader: Reader, *, jobs: int, limits: Limits
) -> Iterator[tuple[Task, Outcome]]:
    """Read documents in processes, or here where they are few and harmless; see `kgx.engines.Engine`."""
    rest = iter(tasks)
    first = list(itertools.islice(rest, _FEW))
    everything = itertools.chain(first, rest)
    if len(first) < _FEW and not limits.strict and all(_is_harmless(task) for task in first):
        yield from ((task, _here(task, reader)) for task in everything)
    else:
        count = min(jobs or cores(), len(first))
        yield from in_processes(everything, reader, jobs=count, limits=limits, weigh=_bytes)


def _is_harmless(task: Task) -> bool:
    """Whether a document may be read in this process: a short plain text, which no library in C takes apart."""
    source = task[0]
    return isinstance(source, Source) and source.kind in _PLAIN and len(source.content) <= _SHORT


def _bytes(task: Task) -> int:
    return len(task[0].content) if isinstance(task[0], Source) else 0


def _here(task: Task, reader: Reader) -> Outcome:
    try:
        return reader(*task)
    except KgxError as error:
        return Failure(str(error))
    except (*FAULTS, OSError) as error:
        return Failure.of(error)
