"""When what one document tells is what others told: events and agreements over time.

A report of day one and one of day three speak of one visit; what was planned and then happened, or was called off, is
one event; the same two a month later are two. `Told` is a fact with when it was told; `fits` says whether it can be
what a group of others tells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from kgx.merge import dates_agree, join, same
from kgx.models import Agreement, AnyFact, Event, Interval, PartialDate, When

# First and last day, as ordinals, on which it can have been.
Window: TypeAlias = tuple[int, int]

# A visit lasts some days, and reports of it are dated by any of them.
_STAY = 4
# What a report without a date tells was so many days before it at most; what it announces, so many days after it.
_NEWS = 10
_AHEAD = 120
# A day that only follows from the day of the report may be off by one: time zones, and papers of the morning after.
_SLACK = 1
_UNFOLDING = frozenset({"planned", "proposed", "occurred"})
_CALLED_OFF = frozenset({"planned", "proposed", "cancelled"})


@dataclass(frozen=True, slots=True)
class Told:
    """A fact of one document, with the common ids of things.

    Attributes:
        digest: of the fact as the document alone tells it.
        who: persons and bodies in it.
        window: when it can have been; None where neither it nor its document is dated.
        exact: whether the text itself tells the day.
    """

    fact: AnyFact
    document: str
    published: PartialDate | None
    digest: str
    who: frozenset[str] = frozenset()
    window: Window | None = None
    exact: bool = False

    @property
    def reported(self) -> int | None:
        """The day of the report, as an ordinal."""
        return None if self.published is None or self.published.first is None else self.published.first.toordinal()


def window_of(fact: AnyFact, published: PartialDate | None) -> tuple[Window | None, bool]:
    """When a fact can have been, and whether that is a day that the text tells."""
    told = _date(fact)
    date: When | None = told
    end: When | None = fact.end if isinstance(fact, Event) else None
    if isinstance(told, Interval):
        date, end = told.start or told.end, told.end or told.start
    if isinstance(date, PartialDate) and date.first is not None and date.last is not None:
        last = end.last if isinstance(end, PartialDate) and end.last is not None else date.last
        return (date.first.toordinal(), max(last, date.last).toordinal()), date.precision == "day"
    if published is None or published.first is None or published.last is None:
        return None, False
    low, high = published.first.toordinal(), published.last.toordinal()
    ahead = isinstance(fact, Event | Agreement) and fact.status in ("planned", "proposed", "cancelled")
    return ((low - _NEWS, high + _AHEAD) if ahead else (low - _NEWS, high + _SLACK)), False


class Group:
    """Tellings of one fact, and the fact that they make so far."""

    __slots__ = ("documents", "fact", "members", "who")

    def __init__(self, first: Told) -> None:
        self.members = [first]
        self.fact = first.fact
        self.who = first.who
        self.documents = {first.document}

    def add(self, told: Told) -> None:
        """Another one that tells it."""
        self.members.append(told)
        self.fact = join(self.fact, told.fact, evidence=False)
        self.who |= told.who
        self.documents.add(told.document)


def fits(told: Told, group: Group) -> bool:
    """Whether what a document tells can be what a group of others tells."""
    a, b = told.fact, group.fact
    if type(a) is not type(b):
        return False
    if isinstance(a, Event) and isinstance(b, Event):
        return all(_meet(told, m) and _statuses_fit(told, m) for m in group.members) and _one_event(
            a, b, told.who, group.who
        )
    if isinstance(a, Agreement) and isinstance(b, Agreement):
        if "agreement" in (a.agreement_kind, b.agreement_kind) and (a.signed_on is None or a.signed_on != b.signed_on):
            return False
        like = a.model_copy(update={"status": b.status}) if {a.status, b.status} <= _SIGNED else a
        return same(like, b) and all(_meet(told, other) for other in group.members)
    return same(a, b)


_SIGNED = frozenset({"planned", "proposed", "signed", "agreed", "in_force"})


def closeness(told: Told, group: Group) -> tuple[int, int, int]:
    """How near a fitting group is: who takes part, then the day, then the same status; more is nearer."""
    apart = min(_gap(told, other) for other in group.members)
    alike = any(getattr(other.fact, "status", None) == getattr(told.fact, "status", None) for other in group.members)
    return (len(told.who & group.who), -apart, int(alike))


def people(fact: AnyFact) -> frozenset[str]:
    """Persons and bodies in an event."""
    if not isinstance(fact, Event):
        return frozenset()
    every = (*fact.participants, *fact.visitor, *fact.inviter, *fact.invitee)
    return frozenset(v for v in every if v.startswith(("person/", "organization/")))


def _one_event(a: Event, b: Event, of_a: frozenset[str], of_b: frozenset[str]) -> bool:
    """Whether two events can be one as far as kind, people, states and places go."""
    if a.event_type != b.event_type or not _states_fit(a, b) or _elsewhere(a.place, b.place):
        return False
    x, y = _persons(of_a), _persons(of_b)
    if a.event_type == "visit":
        return a.host == b.host and (bool(x & y) or not x or not y)
    if a.event_type == "invitation":
        return set(a.inviter) == set(b.inviter) and set(a.invitee) == set(b.invitee)
    if x and y:
        nested = of_a <= of_b or of_b <= of_a or x <= y or y <= x
        return bool(x & y) and (nested or a.event_type not in ("meeting", "phone_call"))
    # 'A ceremony of these two states' is not enough: it has to be on one day.
    return set(a.countries) == set(b.countries) and a.start is not None and a.start == b.start


def _persons(who: frozenset[str]) -> frozenset[str]:
    return frozenset(p for p in who if p.startswith("person/"))


def _states_fit(a: Event, b: Event) -> bool:
    x, y = set(a.countries), set(b.countries)
    return not x or not y or x <= y or y <= x


def _elsewhere(a: str | None, b: str | None) -> bool:
    """Whether two places cannot be one: both towns, and different; a venue is in some town."""
    return a is not None and b is not None and a != b and all(p.startswith(("city/", "region/")) for p in (a, b))


def _meet(a: Told, b: Told) -> bool:
    """Whether two tellings can be of one time."""
    if a.window is None or b.window is None:
        return dates_agree(_date(a.fact), _date(b.fact))
    return _gap(a, b) <= _tolerance(a, b)


def _tolerance(a: Told, b: Told) -> int:
    if isinstance(a.fact, Event) and a.fact.event_type == "visit":
        return _STAY
    sure = a.exact and b.exact and not (a.fact.inferred or b.fact.inferred)
    return 0 if sure or not (a.exact and b.exact) else _SLACK


def _date(fact: AnyFact) -> When | None:
    return fact.start if isinstance(fact, Event) else fact.signed_on if isinstance(fact, Agreement) else None


def _gap(a: Told, b: Told) -> int:
    """Days between the windows of two tellings; none where they touch."""
    if a.window is None or b.window is None:
        return 0
    return max(0, a.window[0] - b.window[1], b.window[0] - a.window[1])


def _statuses_fit(a: Told, b: Told) -> bool:
    """Whether two statuses can be one event's: a plan and what came of it."""
    x, y = (getattr(t.fact, "status", None) for t in (a, b))
    if x == y or {x, y} <= _CALLED_OFF:
        return True
    if not {x, y} <= _UNFOLDING:
        return False
    plan, done = (a, b) if y == "occurred" else (b, a)
    if x != "occurred" and y != "occurred":
        return True
    # Who plans after it was done plans another.
    return plan.reported is None or done.window is None or plan.reported <= done.window[1] or plan.exact


def status_of(group: Sequence[Told]) -> str:
    """What became of it: done if anyone says so; else what was said last, the firmest of a day."""
    firm = ("proposed", "planned", "agreed", "signed", "in_force", "occurred", "cancelled", "denied")
    rank = {s: i for i, s in enumerate(firm)}
    said = [(t.reported or 0, rank.get(getattr(t.fact, "status", ""), 0), getattr(t.fact, "status", "")) for t in group]
    for final in ("occurred", "in_force", "signed", "agreed"):
        if any(s == final for _, _, s in said):
            return final
    return max(said)[2]
