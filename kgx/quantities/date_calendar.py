"""Calendar arithmetic that knows no language: adding units, weeks, quarters, parts of a period, choosing a year."""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Iterable

from kgx.quantities.types import Interval, PartialDate, When, last_day

__all__ = [
    "add",
    "bounds",
    "century",
    "days",
    "decade",
    "half",
    "nearest",
    "nth_weekday",
    "nth_week",
    "part_of",
    "quarter",
    "valid",
    "week",
    "weekend",
]

_DAY = datetime.timedelta(days=1)
_MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12, "decade": 120, "century": 1200}
_DAYS = {"day": 1, "week": 7, "fortnight": 14}


def valid(year: int, month: int, day: int) -> datetime.date | None:
    """The day, or None where the calendar has no such day."""
    if not 1 <= year <= 9999 or not 1 <= month <= 12 or not 1 <= day <= last_day(year, month):
        return None
    return datetime.date(year, month, day)


def add(start: datetime.date, count: int, unit: str) -> datetime.date | None:
    """`start` and `count` units later; the last day of the month where that has no such day; None outside 1..9999."""
    try:
        if unit in _DAYS:
            return start + datetime.timedelta(days=count * _DAYS[unit])
        if unit == "business_day":
            step, left = (1 if count > 0 else -1), abs(count)
            while left:
                start += step * _DAY
                left -= start.weekday() < 5
            return start
        months = start.year * 12 + start.month - 1 + count * _MONTHS[unit]
        year, month = divmod(months, 12)
        return datetime.date(year, month + 1, min(start.day, last_day(year, month + 1)))
    except (ValueError, OverflowError, calendar.IllegalMonthError):
        return None


def days(first: datetime.date, last: datetime.date) -> Interval:
    """The interval of whole days from `first` to `last`, both included."""
    return Interval(start=PartialDate.of(first), end=PartialDate.of(last))


def _months(year: int, first: int, last: int) -> Interval:
    return Interval(start=PartialDate(year=year, month=first), end=PartialDate(year=year, month=last))


def quarter(year: int, number: int) -> Interval:
    """Quarter 1 to 4 of `year`."""
    return _months(year, 3 * number - 2, 3 * number)


def half(year: int, number: int) -> Interval:
    """Half 1 or 2 of `year`."""
    return _months(year, 6 * number - 5, 6 * number)


def decade(first_year: int) -> Interval:
    """Ten years from `first_year`."""
    return Interval(start=PartialDate(year=first_year), end=PartialDate(year=first_year + 9))


def century(number: int) -> Interval:
    """The `number`-th century as news count it: the 21st is 2000 to 2099."""
    first = max((number - 1) * 100, 1)
    return Interval(start=PartialDate(year=first), end=PartialDate(year=(number - 1) * 100 + 99))


def week(day: datetime.date) -> Interval:
    """Monday to Sunday of the week of `day`."""
    monday = day - datetime.timedelta(days=day.weekday())
    return days(monday, monday + 6 * _DAY)


def weekend(day: datetime.date) -> Interval:
    """Saturday and Sunday of the week of `day`."""
    saturday = day - datetime.timedelta(days=day.weekday() - 5)
    return days(saturday, saturday + _DAY)


def nth_weekday(year: int, month: int, number: int, weekday: int) -> datetime.date | None:
    """The `number`-th `weekday` (1 Monday to 7 Sunday) of a month; -1 is the last."""
    last = last_day(year, month)
    hits = [d for d in range(1, last + 1) if datetime.date(year, month, d).isoweekday() == weekday]
    try:
        return datetime.date(year, month, hits[number - 1 if number > 0 else number])
    except IndexError:
        return None


def nth_week(year: int, number: int, month: int | None = None) -> Interval | None:
    """The `number`-th week of a year (ISO 8601) or of a month, where a week belongs to the month of its Thursday."""
    if month is not None:
        thursday = nth_weekday(year, month, number, 4)
        return None if thursday is None else week(thursday)
    try:
        return week(datetime.date.fromisocalendar(year, number if number > 0 else 52, 4))
    except ValueError:
        return None


def bounds(value: When) -> tuple[datetime.date | None, datetime.date | None]:
    """The first and the last day of `value`; None where it is open or its year unknown."""
    if isinstance(value, PartialDate):
        return value.first, value.last
    return (value.start.first if value.start else None, value.end.last if value.end else None)


def part_of(value: When, part: str) -> When | None:
    """The early, mid or late part of a period; None where it has none."""
    first, last = bounds(value)
    if first is None or last is None:
        return None
    length = (last - first).days + 1
    if length == 7:
        cut = {"early": (0, 2), "mid": (2, 4), "late": (3, 6)}[part]
        return days(first + cut[0] * _DAY, first + cut[1] * _DAY)
    if 28 <= length <= 31:
        cut = {"early": (1, 15), "mid": (10, 20), "late": (16, last.day)}[part]
        return days(first.replace(day=cut[0]), first.replace(day=cut[1]))
    if 365 <= length <= 366:
        low, high = {"early": (1, 6), "mid": (4, 9), "late": (7, 12)}[part]
        return _months(first.year, low, high)
    if length > 366 and first.year < last.year:
        years = last.year - first.year + 1
        third = max(years // 2, 1)
        low, high = {
            "early": (first.year, first.year + third - 1),
            "mid": (first.year + years * 3 // 10, first.year + years * 7 // 10 - 1),
            "late": (last.year - third + 1, last.year),
        }[part]
        return Interval(start=PartialDate(year=low), end=PartialDate(year=max(low, high)))
    return None


def nearest(
    candidates: Iterable[datetime.date], *, to: datetime.date, tense: int, past_weight: float
) -> list[datetime.date]:
    """The candidates by likelihood: the nearest, on the side of `tense` (-1 past, 1 future) where there is one.

    News tell more of what was than of what will be: without a tense a coming day must be `past_weight` times as near
    as a past one to win. Of each side only the nearest is kept.
    """
    dates = sorted(set(candidates))
    past = [d for d in dates if d <= to][-1:]
    future = [d for d in dates if d >= to][:1]
    if not past or not future or past == future:
        return past or future
    if tense:
        return past + future if tense < 0 else future + past
    closer = (future[0] - to).days * past_weight < (to - past[0]).days
    return future + past if closer else past + future
