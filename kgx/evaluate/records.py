"""Gold records: what a careful reader takes from a document, one JSON file each."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kgx.errors import UsageError


class _Gold(BaseModel):
    """Base of what a record holds: fields that are not compared may stand there too."""

    model_config = ConfigDict(frozen=True, extra="allow")


class Office(_Gold):
    """An office held: kind as in the vocabulary, alpha-2 of the state."""

    kind: str | None = None
    country: str | None = None


class Person(_Gold):
    """A person: Latin name, forms in the text."""

    name: str
    surface: tuple[str, ...] = ()
    offices: tuple[Office, ...] = ()


class Place(_Gold):
    """A place: country, region, city or venue."""

    name: str
    kind: str
    country: str | None = None
    surface: tuple[str, ...] = ()


class Date(_Gold):
    """A date: ISO 8601, as precise as told."""

    iso: str


class Event(_Gold):
    """An event; participants are names of persons of the record."""

    type: str
    participants: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    date: str | None = None
    place: str | None = None
    status: str


class Agreement(_Gold):
    """An agreement; a count of None means several."""

    kind: str
    parties: tuple[str, ...] = ()
    date: str | None = None
    count: int | None = 1
    status: str


class Figure(_Gold):
    """An amount of trade, investment, aid or loans; the value in full, or None where only growth is told."""

    value: float | None = None
    currency: str | None = None
    measure: str
    parties: tuple[str, ...] = ()
    period: str | None = None
    status: str
    growth_pct: float | None = None


class Twinning(_Gold):
    """Two twinned places."""

    a: str
    b: str
    date: str | None = None


class Relation(_Gold):
    """Diplomatic relations of two states, or the rank of a trade partner."""

    kind: str
    parties: tuple[str, ...]
    date: str | None = None
    rank: int | None = None


class Record(_Gold):
    """All that is to be found in one document."""

    id: str = Field(description="stem of the document's file name")
    lang: str
    persons: tuple[Person, ...] = ()
    places: tuple[Place, ...] = ()
    dates: tuple[Date, ...] = ()
    events: tuple[Event, ...] = ()
    agreements: tuple[Agreement, ...] = ()
    trade: tuple[Figure, ...] = ()
    twinnings: tuple[Twinning, ...] = ()
    relations: tuple[Relation, ...] = ()
    ignore: tuple[str, ...] = Field(default=(), description="names that are neither asked for nor wrong")

    @property
    def eventless(self) -> bool:
        """Whether a careful reader finds no diplomacy: no event, agreement, figure, twinning or relation."""
        return not (self.events or self.agreements or self.trade or self.twinnings or self.relations)


@dataclass(frozen=True)
class Folder:
    """The records of one folder; their ids differ."""

    path: Path
    records: tuple[Record, ...]


def read_records(folder: str | Path, *, only: str = "*") -> list[Folder]:
    """Read all gold records below a folder.

    Args:
        folder: searched recursively for ``*.json``.
        only: a glob that the file name (without its ending) must match, such as ``held-*``.

    Returns:
        The records of each folder that has any, in order of their paths.

    Raises:
        UsageError: there is none, or some are faulty: each is named with its reason.
    """
    root = Path(folder)
    found: dict[Path, list[Record]] = {}
    faults: list[str] = []
    for file in sorted(root.rglob(f"{only}.json")):
        try:
            content: Any = json.loads(file.read_text(encoding="utf8"))
            record = Record.model_validate(content)
        except (OSError, ValueError) as error:
            faults.append(f"{file}: is no gold record: {_reason(error)}")
            continue
        if record.id in {r.id for r in found.get(file.parent, ())}:
            faults.append(f"{file}: a second record of {record.id!r}")
        found.setdefault(file.parent, []).append(record)
    if faults:
        raise UsageError("\n".join(faults))
    if not found:
        raise UsageError(f"{folder}: no gold records ({only}.json) there")
    return [Folder(path, tuple(records)) for path, records in found.items()]


def _reason(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return "; ".join(f"{'.'.join(map(str, e['loc'])) or 'record'}: {e['msg']}" for e in error.errors())
    return str(error)


def texts_of(folder: Folder, endings: Sequence[str] = (".txt", ".md")) -> list[Path]:
    """The documents that lie beside the records, by their ids.

    Raises:
        UsageError: some have none.
    """
    files = {
        r.id: next((f for e in endings if (f := folder.path / f"{r.id}{e}").is_file()), None) for r in folder.records
    }
    missing = sorted(name for name, file in files.items() if file is None)
    if missing:
        raise UsageError(
            f"{folder.path}: no text beside the record of {', '.join(missing)}; give the documents or --graph"
        )
    return [file for file in files.values() if file is not None]
