"""What all builders of facts share: evidence, roles, dates, states, and who acts for whom."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from kgx.extract.people import kinds_of
from kgx.extract.reader import Reader
from kgx.extract.reduce import Atom, Title
from kgx.extract.rules import Draft, Matcher, expand, two_sides
from kgx.extract.things import Things, told
from kgx.models import Evidence, Interval, PartialDate, When
from kgx.ontology import office_kinds, official_bodies, public_bodies

RULE_CONFIDENCE = 0.8
# A date this many years ahead of the report is a horizon ('vision 2030'), not the day of an event.
_HORIZON = 2
_SPOKEN_OF = 2
# No more stands between the two of 'Franco-German'.
_JOINT = 3
# Bodies that only have to do with dealings of states.
_STATELY = {"government", "embassy", "alliance", "bloc"}
# A name that the model gives this is a person's nearly always.
_SURE = 0.8
_MUCH = 4


class Context:
    """One document, its things and rules, for the builders of its facts."""

    def __init__(self, reader: Reader, things: Things, matcher: Matcher) -> None:
        self.reader = reader
        self.things = things
        self.matcher = matcher
        self.kinds = kinds_of(reader.persons, reader.loose_titles, reader.body_kinds)
        self.diplomatic = self._diplomatic()
        # Whether anybody acts for a state or a part of one.
        self.officials = any(office_kinds()[kind].diplomatic for kind in self.kinds.values())
        # Whether a second state is more than mentioned, so that who is not of the one is of the other.
        self.international = reader.weight(1) >= _SPOKEN_OF or any(
            t.accredited for p in reader.persons for t in p.titles
        )
        self.nobody_titled = not reader.loose_titles and not any(p.titles for p in reader.persons)
        self.untitled = self.nobody_titled and self._between_states()
        self.published = reader.annotated.text.document.published

    def evidence(
        self, draft: Draft, low: int | None = None, high: int | None = None, *, sure: float = RULE_CONFIDENCE
    ) -> tuple[Evidence, ...]:
        first = min(draft.reach[0], low if low is not None else draft.start)
        last = max(draft.reach[1], high if high is not None else draft.end)
        span = draft.sentence.reduced.span(first, last)
        return told(self.reader, span.start, span.end, f"{self.reader.lang}/{draft.id}", sure, slots(draft))

    def ids(self, atoms: Iterable[Atom]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(i for atom in atoms if (i := self.things.id(atom)) is not None))

    def role(self, draft: Draft, role: str) -> tuple[Atom, ...]:
        return tuple(expand(draft.roles.get(role, ()), draft.sentence, self.reader))

    def date(self, draft: Draft) -> tuple[When | None, When | None]:
        """Start and end: of an interval its sides, of several dates the first and the last."""
        told = self.role(draft, "date") or tuple(draft.dates)
        dates = [when_of(a) for a in told if a.mention is None or a.mention.subkind != "anniversary"]
        known = [d for d in dates if d is not None and not self._horizon(d) and not _years(d)]
        if not known:
            return None, None
        if isinstance(known[0], Interval):
            year = _year_of(known[0])
            return (year, None) if year is not None else (known[0].start, known[0].end)
        return known[0], None

    def since(self, draft: Draft) -> When | None:
        """From when a lasting tie holds: like `date`, and of 'since 1998' the year."""
        start, _ = self.date(draft)
        told = self.role(draft, "date") or tuple(draft.dates)
        spans = (when_of(a) for a in told if a.mention is None or a.mention.subkind != "anniversary")
        return start or next((w.start for w in spans if isinstance(w, Interval) and w.start and w.end is None), None)

    def date_is_inferred(self, draft: Draft) -> bool:
        """Whether the day of a draft was concluded from the document, not told."""
        told = self.role(draft, "date") or tuple(draft.dates)
        return any(a.mention is not None and a.mention.subkind == "inferred" for a in told[:1])

    def _horizon(self, date: When) -> bool:
        """Whether a date lies so far ahead of the report that it is a horizon, not the day of an event."""
        day = date.start if isinstance(date, Interval) else date
        if self.published is None or self.published.year is None or day is None or day.year is None:
            return False
        return day.year > self.published.year + _HORIZON

    def countries(self, ids: Iterable[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(c for i in ids if (c := self.things.country_of(i)) is not None))

    def told_countries(self, ids: Iterable[str]) -> tuple[str, ...]:
        """Like `_countries`, without what was only concluded."""
        persons = self.things.persons
        told = (persons[i].told_country if i in persons else self.things.country_of(i) for i in ids)
        return tuple(dict.fromkeys(c for c in told if c is not None))

    def pair(self, draft: Draft, known: Iterable[str] = ()) -> tuple[str, ...]:
        """The two states whose officials are named around a draft, if these have `known`; else the document's."""
        near = two_sides(draft.sentence, self.reader)
        return near if set(known) <= set(near) else self.reader.main_countries[:2]

    def other_country(self, known: str | None, draft: Draft | None = None) -> str | None:
        """Of the two states spoken of around a draft, else in the document, the one that is not `known`."""
        pair = self.pair(draft, [known] if known else ()) if draft is not None else self.reader.main_countries[:2]
        if len(pair) == 2 and known in pair:
            return pair[1] if pair[0] == known else pair[0]
        return None

    @property
    def at_home(self) -> str | None:
        """The state that the document speaks of most, if it speaks of it clearly more than of the next."""
        clear = self.reader.weight(0) > self.reader.weight(1) + 1
        return self.reader.main_countries[0] if clear else None

    def _diplomatic(self) -> bool:
        """Whether the document is about dealings of states: two of them, and somebody who speaks for one.

        A short report names its states seldom: there it is enough that somebody speaks for each.
        """
        titles = (*self.reader.loose_titles, *(t for p in self.reader.persons for t in p.titles))
        spoken = any(_is_for_a_state(title) for title in titles)
        if not spoken or self.reader.weight(1) >= _MUCH:
            return spoken
        sides = {p.country for p in self.reader.persons if any(_is_for_a_state(t) for t in p.titles)}
        pair = self.reader.main_countries[:2]
        return len(pair) == 2 and set(pair) <= sides

    def _between_states(self) -> bool:
        """Whether two states deal with one another, so that who has no title may act for one ('Macron met Scholz').

        That two states are named is not enough, friends who met in one cross another: something must be of both ('the
        two countries', 'Franco-German'), or a government, an embassy or a body of states must have to do with it.
        """
        if self.reader.weight(1) < _SPOKEN_OF:
            return False
        atoms = (a for s in self.reader.sentences for a in s.plain.atoms.values())
        nations = [m for m in self.reader.annotated.mentions if m.kind == "nationality"]
        return (
            any(a.type == "two_countries" for a in atoms)
            or any(0 <= b.start - a.end <= _JOINT for a, b in pairwise(nations))
            or bool(_STATELY & set(self.reader.body_kinds))
        )

    def official(self, ids: Iterable[str]) -> bool:
        """Whether somebody among these acts for a state, or may do so in a document about states."""
        for thing in ids:
            if self.of_body(thing):
                return True
            if thing in self.things.persons:
                titles = self.things.persons[thing].titles
                kinds = (office_kinds()[self.kinds[t.mention.start]] for t in titles)
                if any(kind.diplomatic for kind in kinds) or (not titles and self.diplomatic):
                    return True
                if self.untitled and all(name.confidence >= _SURE for name in self.things.persons[thing].names):
                    return True
            elif thing.startswith("country/"):
                return True
            elif self.things.body_kind(thing) in (official_bodies() if self.officials else public_bodies()):
                return True
        return False

    def private(self, ids: Iterable[str]) -> bool:
        """Whether, where nobody speaks for a state, a firm, a club or a school is among these: it is their business."""
        things = self.things
        return not self.officials and any(
            things.kind_of(i) == "organization" and things.body_kind(i) not in public_bodies() for i in ids
        )

    def of_body(self, thing: str) -> bool:
        """Whether somebody acts for a body of several states ('the secretary-general of the UN')."""
        person = self.things.persons.get(thing)
        bodies = (self.things.id(t.organization) for t in person.titles if t.organization) if person is not None else ()
        return any(body is not None and self.things.is_international(body) for body in bodies)

    def status(self, draft: Draft, start: When | None) -> str:
        if draft.status:
            return draft.status
        day = start.start if isinstance(start, Interval) else start
        if (
            self.published is not None
            and day is not None
            and day.first
            and self.published.last
            and day.first > self.published.last
        ):
            return "planned"
        return "occurred"


def _is_for_a_state(title: Title) -> bool:
    kind = office_kinds().get(title.mention.value or "")
    return kind is None or (kind.diplomatic and not kind.local)


def slots(draft: Draft) -> dict[str, tuple[Atom, ...]]:
    """The words that play the roles of a draft, and those that date it."""
    return draft.roles if "date" in draft.roles else {**draft.roles, "date": tuple(draft.dates)}


def when_of(atom: Atom) -> When | None:
    """The date or interval that a date mention tells."""
    if atom.mention is None or atom.mention.value is None:
        return None
    value = atom.mention.value
    return Interval.parse(value) if "/" in value else PartialDate.parse(value)


def _years(date: When) -> bool:
    """Whether a date is a stretch of whole years ('the programme for 2021 to 2025'), which dates no event."""
    return isinstance(date, Interval) and date.start is not None and date.start.precision == "year"


def _year_of(span: Interval) -> PartialDate | None:
    """The year that a stretch of months lies in: what falls 'in the first half of 2025' does not begin in January."""
    sides = (span.start, span.end)
    months = all(side is not None and side.precision == "month" for side in sides)
    years = {side.year for side in sides if side is not None}
    return PartialDate(year=years.pop()) if months and span.start != span.end and len(years) == 1 else None
