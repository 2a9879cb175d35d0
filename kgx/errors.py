"""Errors (our own data is wrong) and issues (the input is wrong or unclear)."""

from __future__ import annotations

from dataclasses import dataclass


class KgxError(Exception):
    """Base of all errors that kgx raises on purpose."""


class DataError(KgxError):
    """The project's own data (ontology, language packs) is faulty; the message lists all faults, with file and key."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class UsageError(KgxError):
    """What the caller asked for can't be done: a wrong option, nothing to read, an output that can't be written."""


@dataclass(frozen=True)
class Issue:
    """An input that could not be read, with the reason; the run goes on with the rest."""

    where: str
    reason: str

    def __str__(self) -> str:
        return f"{self.where}: {self.reason}"
