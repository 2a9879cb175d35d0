"""Operators of periods: weeks, quarters, halves, seasons, decades, centuries, fiscal years, Hijri dates."""

from __future__ import annotations

import datetime
from dataclasses import replace

from kgx.quantities import date_calendar as cal
from kgx.quantities.date_meaning import OPERATORS, Context, Reading, Slots, operator, year_in
from kgx.quantities.types import Interval, PartialDate

__all__: list[str] = []


@operator("week")
def _week(slots: Slots, ctx: Context) -> Reading | None:
    """The n-th week of a month or year; the week of a date."""
    number = slots.get("ord", slots.get("num"))
    year, how = year_in(slots, ctx)
    month = slots.get("mon", slots.get("month"))
    shift = slots.get("shift")
    if slots.get("unit") == "month" and isinstance(shift, int) and ctx.about is not None:
        base = cal.add(ctx.about.replace(day=1), shift, "month")
        year, month = (base.year, base.month) if base else (None, None)
    if isinstance(slots.get("day"), int):
        reading = OPERATORS["date"]({k: v for k, v in slots.items() if k != "weekday"}, ctx)
        if reading is None or not isinstance(reading.value, PartialDate) or reading.value.first is None:
            return None
        return replace(reading, value=cal.week(reading.value.first), named=(), alternatives=(), kind="period")
    if not isinstance(number, int) or year is None or number > 53:
        return None
    value = cal.nth_week(year, number, month if isinstance(month, int) else None)
    told = ctx.published.iso if how == "relative" and ctx.published else None
    return None if value is None else Reading(value=value, how=how, relative_to=told, kind="period")


@operator("nth_weekday")
def _nth_weekday(slots: Slots, ctx: Context) -> Reading | None:
    """The first Friday of a month; of the month of publication where none is told."""
    number, weekday = slots.get("ord"), slots.get("weekday")
    month = slots.get("mon", slots.get("month"))
    if not isinstance(number, int) or not isinstance(weekday, int):
        return None
    year, how = year_in(slots, ctx)
    if not isinstance(month, int):
        if ctx.today is None:
            return None
        month = ctx.today.month
    if year is None or abs(number) > 5:
        return None
    day = cal.nth_weekday(year, month, number, weekday)
    told = ctx.published.iso if how == "relative" and ctx.published else None
    if day is None:
        return None
    date = PartialDate.of(day)
    return Reading(value=date, how=how, relative_to=told, named=(date,))


@operator("month_of")
def _month_of(slots: Slots, ctx: Context) -> Reading | None:
    """The month that a day lies in."""
    reading = OPERATORS["date"](slots, ctx)
    if reading is None or not isinstance(reading.value, PartialDate) or reading.value.year is None:
        return None
    month = PartialDate(year=reading.value.year, month=reading.value.month)
    return replace(reading, value=month, named=(month,), alternatives=())


@operator("quarter")
def _quarter(slots: Slots, ctx: Context) -> Reading | None:
    """A quarter or a half of a year (`of: half`), of the year of publication where none is told."""
    number = next((slots[name] for name in ("ord", "digit", "q") if isinstance(slots.get(name), int)), None)
    year, how = year_in(slots, ctx)
    if year is None and ctx.year is not None:
        year, how = ctx.year, "inferred"
    halves = slots.get("of") == "half"
    if not isinstance(number, int) or year is None or not 1 <= abs(number) <= (2 if halves else 4):
        return None
    if number < 0:
        number = 2 if halves else 4
    told = ctx.published.iso if how == "relative" and ctx.published else None
    value = cal.half(year, number) if halves else cal.quarter(year, number)
    stated = (PartialDate(year=year),) if how == "absolute" else ()
    return Reading(value=value, how=how, relative_to=told, named=stated, kind="period")


@operator("part_of_year")
def _part_of_year(slots: Slots, ctx: Context) -> Reading | None:
    """The first nine months; the first half told by a word."""
    year, how = year_in(slots, ctx)
    number = next((slots[name] for name in ("n", "num", "numw") if isinstance(slots.get(name), int)), None)
    if year is None or not isinstance(number, int) or not 1 <= number <= 12:
        return None
    low, high = (1, number) if slots.get("sign", 1) == 1 else (13 - number, 12)
    value = Interval(start=PartialDate(year=year, month=low), end=PartialDate(year=year, month=high))
    told = ctx.published.iso if how == "relative" and ctx.published else None
    stated = (PartialDate(year=year),) if how == "absolute" else ()
    return Reading(value=value, how=how, relative_to=told, named=stated, kind="period")


@operator("decade")
def _decade(slots: Slots, ctx: Context) -> Reading | None:
    """The 1990s; 'the nineties' are the last ones gone by."""
    start = next((slots[name] for name in ("decade", "decadew") if isinstance(slots.get(name), int)), None)
    if not isinstance(start, int):
        return None
    century, shift = slots.get("num"), slots.get("shift")
    if isinstance(century, int):
        start = (century - 1) * 100 + start % 100
    elif isinstance(shift, int) and ctx.about is not None:
        start = ctx.about.year // 100 * 100 + shift * 100 + start % 100
    if start >= 100:
        return Reading(value=cal.decade(start), kind="period")
    told = ctx.about.year if ctx.about else 2025
    first = 1900 + start if 1900 + start > told - 100 + 25 or start >= 30 else 2000 + start
    other = cal.decade(3900 - first + 2 * start) if first < 2000 else cal.decade(1900 + start)
    return Reading(value=cal.decade(first), alternatives=(other,), kind="period")


@operator("century")
def _century(slots: Slots, ctx: Context) -> Reading | None:
    """The 21st century."""
    number = next((slots[name] for name in ("ord", "num", "n") if isinstance(slots.get(name), int)), None)
    if not isinstance(number, int) or not 1 <= number <= 22:
        return None
    return Reading(value=cal.century(number), kind="period")


@operator("fiscal")
def _fiscal(slots: Slots, ctx: Context) -> Reading | None:
    """A year told by two: 2021-2022, 2021/22."""
    first, second = slots.get("year"), slots.get("year_2", slots.get("yy"))
    if not isinstance(first, int) or not isinstance(second, int):
        return None
    if second < 100:
        second += first // 100 * 100
    if not first < second <= first + 99:
        return None
    ends = (PartialDate(year=first), PartialDate(year=second))
    return Reading(value=Interval(start=ends[0], end=ends[1]), named=ends, kind="period")


@operator("hijri")
def _hijri(slots: Slots, ctx: Context) -> Reading | None:
    """A date of the Hijri calendar (Umm al-Qura), converted; kept as written beside."""
    try:
        from hijridate import Hijri  # type: ignore[import-not-found,unused-ignore]
    except ImportError:  # the one optional library: without it Hijri dates are not read, all else is
        return None
    year, month, day = slots.get("hyear"), slots.get("hmon", slots.get("month")), slots.get("day", slots.get("dayw"))
    if not isinstance(year, int) or not 1343 <= year <= 1500:
        return None
    try:
        if not isinstance(month, int):
            first = Hijri(year, 1, 1).to_gregorian()
            last = Hijri(year, 12, Hijri(year, 12, 1).month_length()).to_gregorian()
            written = f"{year:04d} AH"
        elif not isinstance(day, int):
            first = Hijri(year, month, 1).to_gregorian()
            last = Hijri(year, month, Hijri(year, month, 1).month_length()).to_gregorian()
            written = f"{year:04d}-{month:02d} AH"
        else:
            first = last = Hijri(year, month, day).to_gregorian()
            written = f"{year:04d}-{month:02d}-{day:02d} AH"
    except (ValueError, OverflowError):
        return None
    start, end = (datetime.date(d.year, d.month, d.day) for d in (first, last))
    if start == end:
        date = PartialDate.of(start)
        return Reading(value=date, named=(date,), written=written, trust=0.95)
    return Reading(value=cal.days(start, end), kind="period", written=written, trust=0.95)


@operator("none")
def _none(slots: Slots, ctx: Context) -> Reading | None:
    """Looks like a date and is none: takes its place, so that nothing else matches there."""
    return None


@operator("year_words")
def _year_words(slots: Slots, ctx: Context) -> Reading | None:
    """A year from 1100 to 1999 told in words of which the thousand is part of the template."""
    rest = slots.get("numw")
    if not isinstance(rest, int) or not 100 <= rest <= 999:
        return None
    date = PartialDate(year=1000 + rest)
    return Reading(value=date, named=(date,))


@operator("years_words")
def _years_words(slots: Slots, ctx: Context) -> Reading | None:
    """Two years in words."""
    return _fiscal({"year": slots.get("numw"), "year_2": slots.get("numw_2")}, ctx)


def _nearest_season(first: int, shift: int, today: datetime.date) -> int:
    """The year of the latest season gone by, or of the next one to come."""
    year = today.year
    if shift < 0:
        return year if datetime.date(year, (first + 1) % 12 + 1, 28) < today else year - 1
    begins = datetime.date(year - 1 if first == 12 else year, first, 1)
    return year if begins > today else year + 1


@operator("ten_days")
def _ten_days(slots: Slots, ctx: Context) -> Reading | None:
    """The first, second or third ten days of a month."""
    number = slots.get("ord")
    reading = OPERATORS["date"]({name: value for name, value in slots.items() if name != "ord"}, ctx)
    if reading is None or not isinstance(reading.value, PartialDate) or reading.value.last is None:
        return None
    if reading.value.precision != "month" or not isinstance(number, int) or not 1 <= number <= 3:
        return None
    last = reading.value.last
    first = last.replace(day=10 * number - 9)
    value = cal.days(first, last if number == 3 else last.replace(day=10 * number))
    return replace(reading, value=value, alternatives=(), kind="period")


@operator("season")
def _season(slots: Slots, ctx: Context) -> Reading | None:
    """A season by its first month, three months long; winter (12) ends in the year told."""
    first = next((slots[name] for name in ("season", "seasonw") if isinstance(slots.get(name), int)), None)
    year, how = year_in(slots, ctx)
    if not isinstance(first, int) or year is None:
        return None
    shift = slots.get("shift")
    if slots.get("nearest") and isinstance(shift, int) and shift and ctx.about is not None:
        year = _nearest_season(first, shift, ctx.about)
    last = slots.get("year_2")
    if isinstance(last, int) and first == 12:  # the winter of 2021/2022
        year = last
    start = PartialDate(year=year - 1 if first == 12 else year, month=first)
    end = PartialDate(year=year, month=(first + 1) % 12 + 1)
    stated = (PartialDate(year=year),) if how == "absolute" else ()
    told = ctx.published.iso if how == "relative" and ctx.published else None
    return Reading(value=Interval(start=start, end=end), how=how, relative_to=told, named=stated, kind="period")


@operator("holiday")
def _holiday(slots: Slots, ctx: Context) -> Reading | None:
    """A feast on a fixed day, told as month * 100 + day. The text names the feast, not the date."""
    told = slots.get("holiday")
    if not isinstance(told, int):
        return None
    day = {name: value for name, value in slots.items() if name in ("year", "shift", "unit")}
    reading = OPERATORS["date"]({**day, "mon": told // 100, "day": told % 100}, ctx)
    return None if reading is None else replace(reading, named=(), kind="anniversary")
