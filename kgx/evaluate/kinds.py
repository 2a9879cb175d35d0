"""What counts as right, kind by kind: which finding may stand for which gold entry, and which attributes agree."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kgx.evaluate.reading import Reading
from kgx.evaluate.records import Agreement, Event, Figure, Office, Person, Place, Record, Relation, Twinning

# How well a finding fits a gold entry, 0 for not at all; whether an attribute agrees, None where gold tells none.
Fit = Callable[[Any, str], float]
Agrees = Callable[[Any, str], bool | None]

_RELATIONS = ("diplomatic_relations", "trade_partner_rank")
_ACTORS = ("participant", "visitor", "host", "inviter", "invitee", "country", "place")
_STATE = re.compile(r"[A-Z]{2}")
_PLAIN = "agreement"
# Figures within a hundredth are one, growth within half a tenth of a point.
_VALUE, _GROWTH = 0.01, 0.05


@dataclass(frozen=True)
class Comparison:
    """One kind in one document: what gold has, what the graph has, and how they are compared."""

    gold: Sequence[Any]
    found: Sequence[str]
    fit: Fit
    attributes: Mapping[str, Agrees] = field(default_factory=dict)


@dataclass(frozen=True)
class Held:
    """An office with its holder's name."""

    person: str
    office: Office


def compare(record: Record, reading: Reading) -> dict[str, Comparison]:
    """All kinds of one document, in the order in which they are reported."""
    names = _Names(record, reading)
    return {
        "persons": _persons(record, reading, names),
        "offices": _offices(record, reading, names),
        "places": _places(record, reading, names),
        "dates": _dates(record, reading),
        "events": _events(record, reading, names),
        "agreements": _agreements(record, reading, names),
        "trade": _trade(record, reading, names),
        "twinnings": _twinnings(record, reading, names),
        "relations": _relations(record, reading, names),
    }


class _Names:
    """The names of a record: each stands for all its forms in the text."""

    def __init__(self, record: Record, reading: Reading) -> None:
        self.reading = reading
        self.ignored = record.ignore
        bearers: list[Person | Place] = [*record.persons, *record.places]
        self.forms = {bearer.name: (bearer.name, *bearer.surface) for bearer in bearers}
        for place in record.places:
            if place.kind == "country" and place.country:
                self.forms[place.name] = (*self.forms[place.name], place.country)

    def called(self, thing: str, name: str) -> bool:
        return self.reading.is_called(thing, self.forms.get(name, (name,)))

    def share(self, things: Sequence[str], names: Sequence[str]) -> float:
        """The share of names that one of the things bears."""
        return sum(any(self.called(t, n) for t in things) for n in names) / len(names) if names else 0.0

    def heeded(self, things: Sequence[str]) -> list[str]:
        return [t for t in things if not self.reading.is_called(t, self.ignored)]


def _persons(record: Record, reading: Reading, names: _Names) -> Comparison:
    found = names.heeded(reading.of(record.id, "Person"))
    return Comparison(record.persons, found, lambda gold, person: float(names.called(person, gold.name)))


def _offices(record: Record, reading: Reading, names: _Names) -> Comparison:
    gold = [Held(person.name, office) for person in record.persons for office in person.offices if office.kind]
    found = [
        tenure
        for tenure in reading.of(record.id, "Tenure")
        if len(names.heeded(holders := reading.values(tenure, "holder"))) == len(holders)
    ]

    def fit(held: Held, tenure: str) -> float:
        holder = any(names.called(person, held.person) for person in reading.values(tenure, "holder"))
        kinds = [reading.value(office, "officeKind") for office in reading.values(tenure, "office")]
        return float(holder and held.office.kind in kinds)

    def country(held: Held, tenure: str) -> bool | None:
        if not held.office.country:
            return None
        states = [s for office in reading.values(tenure, "office") for s in reading.values(office, "ofCountry")]
        return any(reading.is_called(state, [held.office.country]) for state in states)

    return Comparison(gold, found, fit, {"country": country})


def _places(record: Record, reading: Reading, names: _Names) -> Comparison:
    found = names.heeded(reading.of(record.id, "Place"))
    return Comparison(record.places, found, lambda gold, place: float(names.called(place, gold.name)))


def _dates(record: Record, reading: Reading) -> Comparison:
    gold = sorted({date.iso for date in record.dates})
    return Comparison(gold, reading.dates(record.id), lambda date, found: float(date == found))


def _events(record: Record, reading: Reading, names: _Names) -> Comparison:
    def fit(event: Event, found: str) -> float:
        if not reading.is_a(found, "".join(word.title() for word in event.type.split("_"))):
            return 0.0
        start = reading.value(found, "startDate")
        if not _compatible(event.date, start):
            return 0.0
        wanted = event.participants or event.countries
        share = names.share(reading.values(found, *_ACTORS), wanted)
        return 0.0 if wanted and share < 0.5 else 1 + share + (start == event.date)

    return Comparison(
        record.events,
        reading.of(record.id, "Event"),
        fit,
        {
            "date": lambda e, f: None if not e.date else reading.value(f, "startDate") == e.date,
            "place": lambda e, f: (
                None
                if not e.place
                else any(names.called(place, e.place) for place in reading.values(f, "place", "host"))
            ),
            "status": lambda e, f: reading.value(f, "status") == e.status,
        },
    )


def _agreements(record: Record, reading: Reading, names: _Names) -> Comparison:
    def fit(agreement: Agreement, found: str) -> float:
        kind = reading.value(found, "agreementKind")
        if kind != agreement.kind and _PLAIN not in (kind, agreement.kind):  # a plain one may be called either way
            return 0.0
        known = [p for p in agreement.parties if p in names.forms or _STATE.fullmatch(p)]
        share = names.share(reading.values(found, "party"), known) if known else 0.5
        return share + (kind == agreement.kind) if share else 0.0

    return Comparison(
        record.agreements,
        reading.of(record.id, "Agreement"),
        fit,
        {
            "kind": lambda a, f: reading.value(f, "agreementKind") == a.kind,
            "status": lambda a, f: reading.value(f, "status") == a.status,
            "count": lambda a, f: None if (a.count or 1) == 1 else reading.value(f, "count") == str(a.count),
            "date": lambda a, f: None if not a.date else reading.value(f, "signedOn") == a.date,
        },
    )


def _trade(record: Record, reading: Reading, names: _Names) -> Comparison:
    def growth(figure: Figure, found: str) -> bool | None:
        if figure.growth_pct is None:
            return None
        return abs(float(reading.value(found, "growthPercent") or "nan") - figure.growth_pct) < _GROWTH

    def fit(figure: Figure, found: str) -> float:
        value = reading.value(found, "value")
        if figure.value is None:
            return float(value is None and bool(growth(figure, found)))
        if value is None or reading.value(found, "currency") != figure.currency:
            return 0.0
        if abs(float(value) - figure.value) > _VALUE * figure.value:
            return 0.0
        return 1 + (reading.value(found, "measure") == figure.measure)

    return Comparison(
        record.trade,
        reading.of(record.id, "TradeFigure"),
        fit,
        {
            "measure": lambda g, f: reading.value(f, "measure") == g.measure,
            "period": lambda g, f: None if not g.period else reading.value(f, "period") == g.period,
            "status": lambda g, f: reading.value(f, "status") == g.status,
            "growth": growth,
            "parties": lambda g, f: None if not g.parties else names.share(reading.values(f, "party"), g.parties) == 1,
        },
    )


def _twinnings(record: Record, reading: Reading, names: _Names) -> Comparison:
    def fit(twinning: Twinning, found: str) -> float:
        twins = reading.values(found, "twin")
        return float(len(twins) == 2 and names.share(twins, (twinning.a, twinning.b)) == 1)

    since: Agrees = lambda t, f: None if not t.date else reading.value(f, "since") == t.date  # noqa: E731
    return Comparison(record.twinnings, reading.of(record.id, "Twinning"), fit, {"since": since})


def _relations(record: Record, reading: Reading, names: _Names) -> Comparison:
    def fit(relation: Relation, found: str) -> float:
        if relation.kind == "trade_partner_rank":
            sides = reading.values(found, "ofCountry", "partner")
            return names.share(sides, relation.parties) if reading.value(found, "rank") == str(relation.rank) else 0.0
        together = names.share(reading.values(found, "party"), relation.parties) == 1
        return float(together and _compatible(relation.date, reading.value(found, "since")))

    gold = [relation for relation in record.relations if relation.kind in _RELATIONS]
    date: Agrees = lambda r, f: None if not r.date else reading.value(f, "since") == r.date  # noqa: E731
    found = reading.of(record.id, "DiplomaticRelation", "TradePartnerRank")
    return Comparison(gold, found, fit, {"date": date})


def _compatible(gold: str | None, found: str | None) -> bool:
    """Whether two dates do not contradict each other: one is unknown, has no year, or is a coarser form."""
    if not gold or not found or found.startswith("--"):
        return True
    found = found.split("T")[0]
    return gold.startswith(found) or found.startswith(gold)
