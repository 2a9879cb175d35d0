"""The things of single documents, with what speaks for their identity, before they are joined."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from kgx.gazetteer.fold import loose
from kgx.models import Claims, Name, PartialDate, Tenure, Thing
from kgx.quantities.types import made
from kgx.resolve.seats import Seat, seat_of

# (kind of office, state or None)
Office = tuple[str, str | None]
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Traits:
    """All that features look at: things with the same traits are compared once.

    Attributes:
        names: to compare by, the fullest of each language; none where the id says all.
        country: the state that a document tells, alpha-2.
        bodies: ids of the bodies in which offices are held.
        known: the id, where it means the same in all documents.
        seat: of a body of which its state has one, which (and the state).
        born: ISO date of birth, of persons from files of knowledge.
    """

    kind: str
    names: tuple[Name, ...]
    country: str | None = None
    offices: frozenset[Office] = frozenset()
    bodies: frozenset[str] = frozenset()
    subkind: str | None = None
    known: str | None = None
    seat: Seat | None = None
    born: str | None = None

    @property
    def order(self) -> tuple[object, ...]:
        """What to sort by: nothing but content."""
        return (
            self.kind, tuple((n.lang, n.text) for n in self.names), self.country or "", self.known or "",
            self.seat or (),
            sorted((k, c or "") for k, c in self.offices), sorted(self.bodies), self.subkind or "", self.born or "",
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Local:
    """A thing of one document.

    Attributes:
        day: the day of the document, as a number of days; None where it is not known.
        key: where it is from; one for all who keep it.
    """

    document: str
    thing: Thing
    traits: Traits
    day: int | None = field(default=None, compare=False)
    key: Key = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", (self.document, self.thing.id))


def days(date: PartialDate | None) -> int | None:
    """A date as a number of days, at least of a known month; days of a month that is not told are its middle."""
    if date is None or date.year is None or date.month is None:
        return None
    return round(date.year * 365.25 + (date.month - 1) * 30.44 + (date.day or 15))


def locals_of(documents: Sequence[Claims], kind: str, bodies: Mapping[Key, str]) -> list[Local]:
    """The things of a kind of all documents, in order of their keys; `bodies` are the organizations, once resolved."""
    found: list[Local] = []
    known: dict[Traits, Traits] = {}
    for claims in documents:
        document = claims.document.id
        offices: dict[str, set[Office]] = defaultdict(set)
        of: dict[str, set[str]] = defaultdict(set)
        if kind == "person":
            for fact in claims.facts:
                if isinstance(fact, Tenure):
                    offices[fact.holder].add((fact.office_kind, fact.country))
                    if fact.organization is not None and (document, fact.organization) in bodies:
                        of[fact.holder].add(bodies[document, fact.organization])
        for thing in claims.things:
            if thing.kind == kind:
                traits = Traits(
                    kind=kind,
                    names=compared(thing),
                    country=thing.country,
                    offices=frozenset(offices[thing.id]),
                    bodies=frozenset(of[thing.id]),
                    subkind=thing.subkind,
                    known=None if kind == "person" else thing.id,
                    seat=_seat(thing) if kind == "organization" else None,
                )
                found.append(Local(document, thing, known.setdefault(traits, traits), days(claims.document.published)))
    return sorted({x.key: x for x in found}.values(), key=lambda x: x.key)


def _seat(thing: Thing) -> Seat | None:
    """Which body of its state a body is, by any of its names; none if two say different ones."""
    if thing.same_as:
        return None
    found = {seat for n in thing.names if (seat := seat_of(n.text, n.lang, thing.country)) is not None}
    return found.pop() if len(found) == 1 else None


def compared(thing: Thing) -> tuple[Name, ...]:
    """The names to compare a thing by: none for places that the gazetteer knows, for they are one by id or not."""
    if thing.kind == "place" and not thing.id.startswith("place/"):
        return ()
    if thing.kind == "person":
        return fullest((made(Name, text=thing.label, lang=thing.names[0].lang if thing.names else "und"), *thing.names))
    return (made(Name, text=thing.label, lang=thing.names[0].lang if thing.names else "und"),)


def fullest(names: Iterable[Name]) -> tuple[Name, ...]:
    """The fullest name in each language: short forms would match too much."""
    best: dict[str, Name] = {}
    for name in names:
        if name.lang not in best or len(loose(name.text)) > len(loose(best[name.lang].text)):
            best[name.lang] = name
    return tuple(best[lang] for lang in sorted(best))
