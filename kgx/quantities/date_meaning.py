"""What a match means: the operators that rules name, from slots and context to a reading.

Operators know the calendar and no language. Slots come from the match and from the rule's ``set``.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from kgx.quantities import date_calendar as cal
from kgx.quantities.types import DateKind, How, Interval, PartialDate, When, made, partial_date

__all__ = [
    "OPERATORS",
    "Context",
    "Last",
    "Node",
    "Operator",
    "Reading",
    "Slots",
    "closed",
    "operator",
    "resolve",
    "year_in",
]

Slots = Mapping[str, object]
_WEEKDAY_WEIGHT = 4.0
_DATE_WEIGHT = 2.0
_SAME_STORY = 60


@dataclass(frozen=True, slots=True)
class Reading:
    """A value and how it was reached."""

    value: When
    how: How = "absolute"
    relative_to: str | None = None
    alternatives: tuple[When, ...] = ()
    named: tuple[PartialDate, ...] = ()
    kind: DateKind = "date"
    approximate: bool = False
    written: str | None = None
    trust: float = 1.0


@dataclass(frozen=True, slots=True)
class Last:
    """The date mentioned before: what 'the following day' and a bare '12th' go on from."""

    value: PartialDate
    sentence: int
    paragraph: int
    exact: bool = False
    """Whether its year was told."""


@dataclass(slots=True)
class Context:
    """What a reading may depend on beside the match itself."""

    published: PartialDate | None = None
    year: int | None = None
    """The year of writing, inferred."""
    last: Last | None = None
    last_day: Last | None = None
    topic: Last | None = None
    tense: Callable[[], int] = int
    """1 where the sentence speaks of the future, -1 of the past, 0 where it does not tell; asked only where needed."""
    sentence: int = 0
    paragraph: int = 0

    @property
    def today(self) -> datetime.date | None:
        """The day of publication, where it is known to the day."""
        published = self.published
        return published.first if published is not None and published.day is not None else None

    @property
    def about(self) -> datetime.date | None:
        """A day within what is known of the publication date."""
        published = self.published
        if published is None or published.year is None:
            return None
        return datetime.date(published.year, published.month or 6, published.day or 15)


@dataclass(frozen=True, slots=True)
class Node:
    """A match: its span in the folded text, the rule, and its slots (values, or nodes for joins)."""

    start: int
    end: int
    rule: str
    means: str
    slots: Slots
    confidence: float
    parts: tuple[Node, ...] = field(default=())


def _int(slots: Slots, *names: str) -> int | None:
    for name in names:
        value = slots.get(name)
        if type(value) is int:  # no bool
            return value
    return None


def _text(slots: Slots, name: str) -> str | None:
    value = slots.get(name)
    return value if isinstance(value, str) else None


def _date(year: int | None, month: int | None, day: int | None) -> PartialDate | None:
    return partial_date(year, month, day)


def _rel(ctx: Context) -> str | None:
    return ctx.published.iso if ctx.published is not None else None


def _one(date: PartialDate | None, **more: object) -> Reading | None:
    return None if date is None else Reading(value=date, named=(date,), **more)  # type: ignore[arg-type]


def _choose(dates: list[datetime.date], ctx: Context, *, precision: str = "day") -> Reading | None:
    if not dates:
        return None

    def cut(day: datetime.date) -> PartialDate:
        return made(PartialDate, year=day.year, month=day.month, day=day.day if precision == "day" else None)

    first, *others = map(cut, dates)
    return Reading(
        value=first,
        how="relative",
        relative_to=_rel(ctx),
        alternatives=tuple(others),
        named=(first,),
        trust=0.95 if others else 1.0,
    )


def _year_of(slots: Slots, ctx: Context) -> tuple[int | None, How]:
    """The year of the slots: told, or reckoned from the publication date ('last year')."""
    year = _int(slots, "year", "yearw", "year3")
    if year is not None:
        return year, "absolute"
    yy = _int(slots, "yy")
    if yy is not None:
        pivot = (ctx.about.year if ctx.about else 2025) % 100 + 20
        return (2000 + yy if yy <= pivot else 1900 + yy), "absolute"
    shift = _int(slots, "shift")
    if shift is not None and slots.get("unit") == "year":
        if slots.get("anchor") == "last" and ctx.last is not None and ctx.last.value.year is not None:
            return ctx.last.value.year + shift, "relative"
        if ctx.about is not None:
            return ctx.about.year + shift, "relative"
    return None, "relative"


def _month_of(slots: Slots) -> int | None:
    return _int(slots, "mon", "month", "roman_month")


def _year_before(month: int, day: int | None, ctx: Context) -> Reading | None:
    """The year told earlier in the sentence, where the date goes on from it: 'on 5 June 2018 ..., on 6 June ...'."""
    topic, last = ctx.topic, ctx.last
    if topic is not None and topic.sentence == ctx.sentence:
        return _one(_date(topic.value.year, month, day), how="relative", relative_to=topic.value.iso, trust=0.9)
    if last is None or last.sentence != ctx.sentence or not last.exact or last.value.year is None:
        return None
    if day is None and (last.value.precision != "month" or month <= (last.value.month or 12)):
        return None
    before, after = last.value.first, cal.valid(last.value.year, month, day or 1)
    if before is None or after is None or not 0 <= (after - before).days <= (_SAME_STORY if day else 366):
        return None
    return _one(_date(after.year, month, day), how="relative", relative_to=last.value.iso, trust=0.9)


def _yearless(month: int, day: int | None, weekday: int | None, slots: Slots, ctx: Context) -> Reading | None:
    """A month, or month and day, whose year must be reckoned or stays unknown."""
    ref = ctx.about
    direction = _int(slots, "shift")
    told = None if direction is not None else _year_before(month, day, ctx)
    if told is not None:
        return told
    if ref is None:
        if ctx.year is not None:
            return _one(_date(ctx.year, month, day), how="inferred", trust=0.7)
        return _one(_date(None, month, day)) if day is not None else None
    assert ctx.published is not None
    if ctx.published.precision == "year" and direction is None:
        return _one(_date(ref.year, month, day), how="inferred", relative_to=_rel(ctx), trust=0.8)
    precision = "month" if day is None else "day"
    near = ref if ctx.today and precision == "day" else ref.replace(day=15)
    reach = 8 if (month, day) == (2, 29) else 1
    found = []
    for year in range(near.year - reach, near.year + reach + 1):
        at = cal.valid(year, month, day or 15)
        if at is not None and (weekday is None or at.isoweekday() == weekday):
            found.append(at)
    if not found and weekday is not None:  # the weekday is wrong in the text; the day of the month wins
        reading = _yearless(month, day, None, slots, ctx)
        return reading and replace(reading, trust=0.6)
    if direction == 0:  # 'this September'
        return _choose([d for d in found if d.year == near.year] or found[:1], ctx, precision=precision)
    if direction is not None:
        found = [d for d in found if (d < near if direction < 0 else d > near)]
    ordered = cal.nearest(found, to=near, tense=direction or ctx.tense(), past_weight=_DATE_WEIGHT)
    return _choose(ordered, ctx, precision=precision)


def _bare_day(day: int, weekday: int | None, slots: Slots, ctx: Context) -> Reading | None:
    """'The 12th': of the month told before, or of the month around publication."""
    last, direction, today = ctx.last, _int(slots, "shift"), ctx.today
    if direction is None and last is not None and last.value.month is not None and last.paragraph == ctx.paragraph:
        ahead = day - last.value.day if last.value.day is not None else 0
        if last.value.day is not None and (0 <= ahead <= 10 or (ahead > 0 and last.sentence == ctx.sentence)):
            date = _date(last.value.year, last.value.month, day)
            return _one(date, how="relative", relative_to=last.value.iso, trust=0.9)
    if today is None:
        about = ctx.about
        if about is not None and ctx.published is not None and ctx.published.month is not None:
            return _one(_date(about.year, about.month, day), how="inferred", relative_to=_rel(ctx), trust=0.7)
        return None
    reach = 1 if weekday is None else 12
    found = []
    for months in range(-reach, reach + 1):
        year, month = divmod(today.year * 12 + today.month - 1 + months, 12)
        at = cal.valid(year, month + 1, day)
        if at is not None and (weekday is None or at.isoweekday() == weekday):
            found.append(at)
    if not found and weekday is not None:
        reading = _bare_day(day, None, slots, ctx)
        return reading and replace(reading, trust=0.6)
    if direction is not None and direction != 0:
        found = [d for d in found if (d <= today if direction < 0 else d >= today)]
    if direction == 0:
        found = [d for d in found if (d.year, d.month) == (today.year, today.month)]
    ordered = cal.nearest(found, to=today, tense=direction or ctx.tense(), past_weight=_DATE_WEIGHT)
    return _choose(ordered, ctx)


def _weekday(weekday: int, slots: Slots, ctx: Context) -> Reading | None:
    today, direction = ctx.today, _int(slots, "shift")
    if today is None:
        return None
    monday = today - datetime.timedelta(days=today.weekday())
    here = monday + datetime.timedelta(days=weekday - 1)
    if direction is not None and slots.get("nearest"):  # 'the coming Friday', 'last Friday'
        step = 7 * (-1 if direction < 0 else 1)
        while (here >= today) if direction < 0 else (here <= today):
            here += datetime.timedelta(days=step)
        return _choose([here], ctx)
    if direction is not None:
        if direction < 0:
            here -= datetime.timedelta(days=7 * (-direction - (0 if here >= today else 1)))
            return _choose([here], ctx)
        return _choose([here + datetime.timedelta(days=7 * direction)], ctx)
    week = datetime.timedelta(days=7)
    ordered = cal.nearest([here - week, here, here + week], to=today, tense=ctx.tense(), past_weight=_WEEKDAY_WEIGHT)
    if here == today:
        return _choose([today], ctx)
    return _choose(ordered, ctx)


def _op_date(slots: Slots, ctx: Context) -> Reading | None:
    """A calendar date; what is missing comes from the context."""
    year, how = _year_of(slots, ctx)
    month, day, weekday = _month_of(slots), _int(slots, "day", "dayw", "day10"), _int(slots, "weekday")
    shift, unit = _int(slots, "shift"), _text(slots, "unit")
    if year is not None:
        number = _int(slots, "ord")
        if month is not None and number is not None and weekday is not None:
            found = cal.nth_weekday(year, month, number, weekday)
            return None if found is None else _one(PartialDate.of(found), how=how, relative_to=_rel(ctx))
        date = _date(year, month, day)
        relative_to = _rel(ctx) if how == "relative" else None
        if how == "relative" and slots.get("anchor") == "last" and ctx.last is not None:
            relative_to = ctx.last.value.iso
        right = date is None or weekday is None or date.day is None or date.first is None
        trust = 1.0 if right or (date and date.first and date.first.isoweekday() == weekday) else 0.7
        return _one(date, how=how, relative_to=relative_to, trust=trust)
    if shift is not None and unit is not None:
        return _shifted(shift, unit, day, weekday, slots, ctx)
    if month is not None:
        return _yearless(month, day, weekday, slots, ctx)
    if day is not None:
        return _bare_day(day, weekday, slots, ctx)
    if weekday is not None:
        return _weekday(weekday, slots, ctx)
    return None


def _shifted(shift: int, unit: str, day: int | None, weekday: int | None, slots: Slots, ctx: Context) -> Reading | None:
    """'Last month', 'next week on Friday', 'the 11th of last month'."""
    ref, how_to = ctx.about, _rel(ctx)
    if slots.get("anchor") == "last" and ctx.last is not None and ctx.last.value.first is not None:
        ref, how_to = ctx.last.value.first, ctx.last.value.iso
    elif unit in ("week", "weekend", "day") and ctx.today is None or ref is None:
        return None
    assert ref is not None
    if unit == "month":
        if ctx.published is not None and ctx.published.precision == "year":
            return None
        base = cal.add(ref.replace(day=1), shift, "month")
        if base is None:
            return None
        number = _int(slots, "ord")
        if weekday is not None and number is not None:
            found = cal.nth_weekday(base.year, base.month, number, weekday)
            return None if found is None else _one(PartialDate.of(found), how="relative", relative_to=how_to)
        return _one(_date(base.year, base.month, day), how="relative", relative_to=how_to)
    if unit in ("week", "weekend"):
        base = cal.add(ref, shift, "week")
        if base is None:
            return None
        whole = cal.week(base) if unit == "week" else cal.weekend(base)
        if weekday is not None:
            found = cal.add(cal.week(base).start.first, weekday - 1, "day")  # type: ignore[union-attr, arg-type]
            return None if found is None else _one(PartialDate.of(found), how="relative", relative_to=how_to)
        return Reading(value=whole, how="relative", relative_to=how_to, kind="period")
    if unit == "day":
        found = cal.add(ref, shift, "day")
        return None if found is None else _one(PartialDate.of(found), how="relative", relative_to=how_to)
    if unit == "quarter":
        base = cal.add(ref, 3 * shift, "month")
        value: When | None = cal.quarter(base.year, (base.month + 2) // 3) if base else None
    elif unit == "half":
        base = cal.add(ref, 6 * shift, "month")
        value = cal.half(base.year, (base.month + 5) // 6) if base else None
    elif unit == "decade":
        value = cal.decade(ref.year // 10 * 10 + 10 * shift)
    elif unit == "century":
        value = cal.century(ref.year // 100 + 1 + shift)
    else:
        value = None
    return None if value is None else Reading(value=value, how="relative", relative_to=how_to, kind="period")


Operator = Callable[[Slots, Context], Reading | None]
OPERATORS: dict[str, Operator] = {"date": _op_date}


def operator(name: str) -> Callable[[Operator], Operator]:
    """Register an operator under the `name` that rules use."""

    def register(function: Operator) -> Operator:
        OPERATORS[name] = function
        return function

    return register


def resolve(node: Node, ctx: Context) -> Reading | None:
    """The reading of `node`, or None where the context does not give one.

    Raises:
        KeyError: if the rule names an operator that does not exist.
    """
    return OPERATORS[node.means](node.slots, ctx)


def year_in(slots: Slots, ctx: Context) -> tuple[int | None, How]:
    """The year told in `slots`, or the one of publication where none is told."""
    year, how = _year_of(slots, ctx)
    if year is None and ctx.about is not None:
        return ctx.about.year, "relative"
    return year, how


def closed(start: When, end: When) -> Interval | None:
    """From the beginning of `start` to the end of `end`; None if they are in the wrong order."""
    left = start.start if isinstance(start, Interval) else start
    right = end.end if isinstance(end, Interval) else end
    if left is None or right is None:
        return None
    if left.year is not None and right.year is not None and left.first and right.last and left.first > right.last:
        return None
    return Interval(start=left, end=right)
