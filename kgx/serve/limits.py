"""How much one request may take."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Limits"]


@dataclass(frozen=True)
class Limits:
    """What one request, and all together, may take of the machine.

    Attributes:
        seconds: a query may run.
        rows: of an answer: solutions, or triples.
        answer_bytes: of an answer as it is written.
        memory_bytes: of a process that runs queries.
        request_bytes: of the body of a request.
        receive_seconds: within which a request must have arrived.
        send_seconds: within which the other side must have taken the next part of an answer.
        workers: processes that run queries.
        waiting: queries that may wait for one of them.
        connections: open at a time.
    """

    seconds: float = 30.0
    rows: int = 100_000
    answer_bytes: int = 64 * 2**20
    memory_bytes: int = 4 * 2**30
    request_bytes: int = 2**20
    receive_seconds: float = 15.0
    send_seconds: float = 60.0
    workers: int = 4
    waiting: int = 64
    connections: int = 256
