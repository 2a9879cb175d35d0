"""Operators that reckon from another day: yesterday, two weeks ago, the following day, the next three years."""

from __future__ import annotations

import datetime
from dataclasses import replace

from kgx.quantities import date_calendar as cal
from kgx.quantities.date_meaning import Context, Node, Reading, Slots, operator, resolve
from kgx.quantities.types import Interval, PartialDate, When

__all__ = ["cut_like"]

_SLACK = {"day": "day", "week": "day", "fortnight": "day", "business_day": "day", "month": "month"}


def _relative(value: When, to: str | None, *, approximate: bool = False) -> Reading:
    named = (value,) if isinstance(value, PartialDate) else ()
    return Reading(value=value, how="relative", relative_to=to, named=named, approximate=approximate)


def _amounts(slots: Slots) -> list[tuple[int, str]]:
    """The amounts of time in the slots: number and unit, each perhaps several times ('2 years 1 month')."""
    found: list[tuple[int, str]] = []
    for suffix in ("", "_2", "_3"):
        whole = slots.get("amount" + suffix)
        if isinstance(whole, str):  # one word for both: 'fortnight', a dual
            number, _, unit = whole.partition(" ")
            found.append((int(number), str(slots["unit"]) if slots.get("unit") == "business_day" else unit))
            if slots.get("unit") == "business_day":
                continue
        unit_word = slots.get("unit" + suffix)
        if isinstance(unit_word, str):
            count = next((slots[name + suffix] for name in ("n", "num", "numw", "few") if name + suffix in slots), 1)
            if isinstance(count, int):
                found.append((count, unit_word))
    return found


def _cut(day: datetime.date, unit: str) -> PartialDate:
    """`day` no more exactly than `unit` tells it."""
    precision = _SLACK.get(unit, "year")
    return PartialDate(
        year=day.year,
        month=None if precision == "year" else day.month,
        day=day.day if precision == "day" else None,
    )


def cut_like(like: PartialDate, day: datetime.date) -> PartialDate:
    """`day`, no more exactly than `like` is told."""
    return _cut(day, like.precision if like.precision in ("month", "year") else "day")


@operator("day")
def _day(slots: Slots, ctx: Context) -> Reading | None:
    """Yesterday, today, tomorrow."""
    rel = slots.get("rel")
    if ctx.today is None or not isinstance(rel, int):
        return None
    day = cal.add(ctx.today, rel, "day")
    if day is None:
        return None
    weekday = slots.get("weekday")
    reading = _relative(PartialDate.of(day), ctx.today.isoformat())
    return replace(reading, trust=0.7) if weekday is not None and day.isoweekday() != weekday else reading


@operator("anaphor")
def _anaphor(slots: Slots, ctx: Context) -> Reading | None:
    """The following day, the same year: reckoned from the date before; from the publication date if there is none."""
    rel, unit = slots.get("rel"), slots.get("unit", "day")
    if not isinstance(rel, int) or not isinstance(unit, str):
        return None
    before = ctx.last if unit != "day" else ctx.last_day
    if before is not None and slots.get("here") and before.sentence != ctx.sentence:
        before = None
    last = before.value if before is not None else None
    if last is None or last.first is None or (unit == "day" and last.precision != "day"):
        if ctx.today is None or slots.get("strict"):
            return None
        last = PartialDate.of(ctx.today)
    assert last.first is not None
    day = cal.add(last.first, rel, unit)
    if day is None:
        return None
    month = slots.get("mon", slots.get("month"))
    number = slots.get("day")
    if isinstance(month, int):  # 'in May of the same year'
        return _relative(
            PartialDate(year=day.year, month=month, day=number if isinstance(number, int) else None), last.iso
        )
    if unit == "month" and isinstance(number, int):  # 'the 9th of the same month'
        named = cal.valid(day.year, day.month, number)
        return _relative(PartialDate.of(named), last.iso) if named else None
    if unit == "week":
        return Reading(value=cal.week(day), how="relative", relative_to=last.iso, kind="period")
    return _relative(_cut(day, unit), last.iso)


@operator("offset")
def _offset(slots: Slots, ctx: Context) -> Reading | None:
    """Two weeks ago, in three years, four years later (`anchor: last`), four days after a date (slot `a`)."""
    amounts, sign = _amounts(slots), slots.get("sign", slots.get("ago"))
    # 'before 2016' is no 2016 years ago.
    if not amounts or not isinstance(sign, int) or any(unit == "year" and n > 1500 for n, unit in amounts):
        return None
    anchor: datetime.date | None = ctx.today
    told = anchor.isoformat() if anchor else None
    precision, anaphoric = "day", False
    base = slots.get("a")
    if isinstance(base, Node):
        reading = resolve(base, ctx)
        if reading is None or not isinstance(reading.value, PartialDate):
            return None
        anchor, told, precision = reading.value.first, reading.value.iso, reading.value.precision
    elif slots.get("anchor") in ("last", "here"):
        to_the_day = any(_SLACK.get(unit) == "day" for _, unit in amounts)
        before = ctx.last_day if to_the_day else ctx.last
        # 'the visit was on 15 May, the return visit three months after': told of the past, in one sentence.
        if slots.get("anchor") == "here" and before is not None:
            goes_on = before.sentence == ctx.sentence and (before.exact or not to_the_day)
            before = before if goes_on and ctx.tense() <= 0 else None
        if before is not None and before.value.first is not None:
            anchor, told, anaphoric = before.value.first, before.value.iso, True
            precision = before.value.precision
        elif slots.get("strict"):
            return None
    if anchor is None and ctx.about is not None and all(_SLACK.get(unit) is None for _, unit in amounts):
        anchor, told, precision = ctx.about, ctx.published.iso if ctx.published else None, "year"
    if anchor is None:
        return None
    day: datetime.date | None = anchor
    for count, unit in amounts:
        day = cal.add(day, sign * count, unit) if day is not None else None
    if day is None:
        return None
    finest = min((_SLACK.get(unit, "year") for _, unit in amounts), key=["day", "month", "year"].index)
    honest = _cut(day, finest)
    if precision in ("year", "month"):
        date = min(_cut(day, precision), honest, key=lambda date: len(date.iso))
        return Reading(value=date, how="relative", relative_to=told, named=(date,))
    if anaphoric:  # 'four years later' in a story names the year
        return Reading(value=honest, how="relative", relative_to=told, named=(honest,))
    rough = honest.precision != "day" or "few" in slots
    exact = PartialDate.of(day)
    return Reading(
        value=exact,
        how="relative",
        relative_to=told,
        named=() if "few" in slots else (honest,),
        alternatives=(honest,) if honest != exact else (),
        approximate=rough,
    )


@operator("span")
def _span(slots: Slots, ctx: Context) -> Reading | None:
    """The last three weeks, the next four weeks, within ten months; from a date on (slot `a`) for two days."""
    amounts, sign = _amounts(slots), slots.get("sign")
    if not amounts or not isinstance(sign, int) or any(unit == "year" and n > 1500 for n, unit in amounts):
        return None
    base = slots.get("a")
    if isinstance(base, Node):
        reading = resolve(base, ctx)
        if reading is None or not isinstance(reading.value, PartialDate) or reading.value.first is None:
            return None
        stop: datetime.date | None = reading.value.first
        for count, unit in amounts:
            stop = cal.add(stop, sign * count, unit) if stop is not None else None
        if stop is None:
            return None
        if not slots.get("within"):
            stop -= datetime.timedelta(days=sign)
        ends = (
            (cut_like(reading.value, stop), reading.value)
            if sign < 0
            else (reading.value, cut_like(reading.value, stop))
        )
        return replace(
            reading, value=Interval(start=ends[0], end=ends[1]), named=reading.named, kind="period", alternatives=()
        )
    today = ctx.today
    if today is None:
        return None
    stop = today
    for count, unit in amounts:
        stop = cal.add(stop, sign * count, unit) if stop is not None else None
    if stop is None:
        return None
    one = datetime.timedelta(days=1)
    if amounts[0][1] == "decade":
        decade, count = today.year // 10 * 10, amounts[0][0]
        low = decade + 10 if sign > 0 else decade - 10 * count
        whole = Interval(start=PartialDate(year=low), end=PartialDate(year=low + 10 * count - 1))
        return Reading(value=whole, how="relative", relative_to=today.isoformat(), kind="period", approximate=True)
    if slots.get("within"):
        value = cal.days(min(today, stop), max(today, stop))
    else:
        value = cal.days(today + one, stop) if sign > 0 else cal.days(stop, today - one)
    told = today.isoformat()
    return Reading(value=value, how="relative", relative_to=told, kind="period", approximate="few" in slots)


@operator("anniversary")
def _anniversary(slots: Slots, ctx: Context) -> Reading | None:
    """The 60th anniversary: tells the year of what is celebrated, as far as the year of writing is known."""
    number = next((slots[name] for name in ("n", "num", "numw", "ord") if isinstance(slots.get(name), int)), None)
    year = ctx.about.year if ctx.about is not None else ctx.year
    if not isinstance(number, int) or year is None or not 1 <= number < 1500:
        return None
    last = ctx.last  # 'last year was the 60th anniversary'
    if last is not None and last.sentence == ctx.sentence and last.value.precision == "year":
        year = last.value.year if last.value.year is not None and abs(last.value.year - year) <= 1 else year
    told = ctx.published.iso if ctx.published is not None else str(year)
    founded = PartialDate(year=year - number)
    return Reading(value=founded, how="inferred", relative_to=told, kind="anniversary", trust=0.8)


@operator("duration")
def _duration(slots: Slots, ctx: Context) -> Reading | None:
    """For 33 years now: an interval up to the day of publication, never invented without one."""
    amounts = _amounts(slots)
    if not amounts or ctx.about is None:
        return None
    start: datetime.date | None = ctx.about
    for count, unit in amounts:
        start = cal.add(start, -count, unit) if start is not None else None
    if start is None:
        return None
    value = Interval(start=_cut(start, amounts[-1][1]), end=_cut(ctx.about, amounts[-1][1]))
    told = ctx.published.iso if ctx.published else None
    return Reading(value=value, how="relative", relative_to=told, kind="duration", approximate=True)


@operator("rest")
def _rest(slots: Slots, ctx: Context) -> Reading | None:
    """The rest of this week, month or year."""
    if ctx.today is None:
        return None
    first = ctx.today + datetime.timedelta(days=1 if slots.get("strict") else 0)
    if slots.get("unit") == "week":
        last = cal.week(ctx.today).end
    else:
        last = PartialDate(year=ctx.today.year, month=ctx.today.month if slots.get("unit") == "month" else None)
    if last is None or last.last is None:
        return None
    if first > last.last:
        return None
    return Reading(value=cal.days(first, last.last), how="relative", relative_to=ctx.today.isoformat(), kind="period")
