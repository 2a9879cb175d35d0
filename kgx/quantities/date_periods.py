"""Operators beyond the plain date: days reckoned from others, periods and their parts, ranges, anniversaries."""

from __future__ import annotations

import datetime
from dataclasses import replace

from kgx.quantities import date_calendar as cal
from kgx.quantities.date_meaning import (
    OPERATORS,
    Context,
    Last,
    Node,
    Reading,
    Slots,
    closed,
    operator,
    resolve,
    year_in,
)
from kgx.quantities.types import Interval, PartialDate, When

__all__ = ["OPERATORS"]

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
    last = ctx.last.value if ctx.last is not None else None
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
    if not amounts or not isinstance(sign, int):
        return None
    anchor: datetime.date | None = ctx.today
    told = anchor.isoformat() if anchor else None
    precision = "day"
    base = slots.get("a")
    if isinstance(base, Node):
        reading = resolve(base, ctx)
        if reading is None or not isinstance(reading.value, PartialDate):
            return None
        anchor, told, precision = reading.value.first, reading.value.iso, reading.value.precision
    elif slots.get("anchor") == "last":
        if ctx.last is not None and ctx.last.value.first is not None:
            anchor, told = ctx.last.value.first, ctx.last.value.iso
            precision = ctx.last.value.precision
        elif slots.get("strict"):
            return None
    elif anchor is None and ctx.about is not None and all(_SLACK.get(unit) is None for _, unit in amounts):
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
    if slots.get("anchor") == "last":  # 'four years later' in a story names the year
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
    if not amounts or not isinstance(sign, int):
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
        ends = (_trim(reading.value, stop), reading.value) if sign < 0 else (reading.value, _trim(reading.value, stop))
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
    return Reading(value=value, how="relative", relative_to=today.isoformat(), kind="period", approximate="few" in slots)


def _trim(like: PartialDate, day: datetime.date) -> PartialDate:
    return _cut(day, like.precision if like.precision in ("month", "year") else "day")


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


@operator("part")
def _part(slots: Slots, ctx: Context) -> Reading | None:
    """The early, mid or late part of the period of slot `a`."""
    base, part = slots.get("a"), slots.get("part")
    if not isinstance(base, Node) or not isinstance(part, str):
        return None
    reading = resolve(base, ctx)
    if reading is None:
        return None
    value = cal.part_of(reading.value, part)
    if value is None:
        return None
    value = _clipped(value, reading.value, part, ctx.today)
    others = tuple(other for alt in reading.alternatives if (other := cal.part_of(alt, part)) is not None)
    return replace(reading, value=value, alternatives=others, kind="period", approximate=True)


def _clipped(value: When, whole: When, part: str, today: datetime.date | None) -> When:
    """The part of a period that is still going on, as seen from `today`: its rest if late, what is over if early."""
    first, last = cal.bounds(value)
    begin, end = cal.bounds(whole)
    if today is None or first is None or last is None or begin is None or end is None or not begin < today <= end:
        return value
    if part == "late" and first < today <= last and (last - first).days < 31:
        return cal.days(today, last)
    if part == "early" and first < today <= last:
        return cal.days(first, today)
    return value


_FILL_BACK = ("year", "yearw", "yy", "mon", "month", "shift", "unit")


def _inherit(node: Node, other: Node, *, back: bool) -> Node:
    """What `node` leaves out, taken from the date it makes a range with."""
    if node.means != "date" or other.means != "date" or node.slots.get("weekday") and other.slots.get("unit") == "week":
        if node.slots.get("weekday") and other.slots.get("unit") == "week":
            return replace(node, slots={**node.slots, "shift": other.slots.get("shift"), "unit": "week"})
        return node
    has_year = any(name in node.slots for name in ("year", "yearw", "yy")) or node.slots.get("unit") == "year"
    has_month = any(name in node.slots for name in ("mon", "month")) or "unit" in node.slots
    slots = dict(node.slots)
    if has_year or (not has_month and "day" not in slots and "dayw" not in slots):
        return node
    for name in _FILL_BACK:
        is_month = name in ("mon", "month")
        if name in other.slots and name not in slots and not (is_month and has_month):
            if name in ("shift", "unit") and has_month and other.slots.get("unit") != "year":
                continue
            if back or name not in ("shift",) or "unit" in other.slots:
                slots[name] = other.slots[name]
    return replace(node, slots=slots)


@operator("range")
def _range(slots: Slots, ctx: Context) -> Reading | None:
    """From slot `a` to slot `b`; what one leaves out it takes from the other."""
    first, second = slots.get("a"), slots.get("b")
    if not isinstance(first, Node) or not isinstance(second, Node):
        return None
    left = resolve(_inherit(first, second, back=True), ctx)
    if left is None:
        return None
    after = ctx
    if isinstance(left.value, PartialDate):
        after = replace(ctx, last=Last(value=left.value, sentence=ctx.sentence, paragraph=ctx.paragraph), topic=None)
    right = resolve(_inherit(second, first, back=False), after)
    if right is None:
        return None
    for a, b in ((left.value, right.value), *((left.value, other) for other in right.alternatives),
                 *((other, right.value) for other in left.alternatives)):  # fmt: skip
        value = closed(a, b)
        if value is not None:
            break
    else:
        end = right.value
        if not (isinstance(end, PartialDate) and isinstance(left.value, PartialDate)):
            return None
        if end.year is None or left.value.year is None or end.month is None:
            return None
        # 'from 25 October to 25 January': the end lies in the year after; but never a range of many years.
        later = PartialDate(year=left.value.year + 1, month=end.month, day=end.day if end.day != 29 else 28)
        value = closed(left.value, later) if "year" not in second.slots else None
        if value is None:
            return None
    if isinstance(value.start, PartialDate) and isinstance(value.end, PartialDate):
        named = tuple(side for side in (value.start, value.end)) if left.named or right.named else ()
    else:
        named = ()
    how = left.how if left.how != "absolute" else right.how
    return Reading(
        value=value,
        how=how,
        relative_to=left.relative_to or right.relative_to,
        named=named,
        kind="period",
        approximate=left.approximate or right.approximate,
        trust=min(left.trust, right.trust),
    )


@operator("days")
def _days(slots: Slots, ctx: Context) -> Reading | None:
    """Days of one month: '15 to 17 May', '2 and 3/12'; the first may have a month of its own."""
    end = {name: value for name, value in slots.items() if not name.endswith("_2")}
    end["day"] = slots.get("day_2", slots.get("dayw_2"))
    end.pop("dayw", None)
    right = OPERATORS["date"](end, ctx)
    first = slots.get("day", slots.get("dayw"))
    if right is None or not isinstance(first, int) or not isinstance(right.value, PartialDate):
        return None

    def start_of(end: When) -> Interval | None:
        if not isinstance(end, PartialDate) or end.day is None or end.day <= first:
            return None
        return Interval(start=PartialDate(year=end.year, month=end.month, day=first), end=end)

    value = start_of(right.value)
    if value is None or value.start is None or value.end is None:
        return None
    others = tuple(other for alt in right.alternatives if (other := start_of(alt)) is not None)
    return replace(right, value=value, named=(value.start, value.end), kind="period", alternatives=others)


@operator("open")
def _open(slots: Slots, ctx: Context) -> Reading | None:
    """Since or after (`sign: 1`), until or before (`sign: -1`) slot `a`; `strict` leaves the date itself out."""
    base, sign = slots.get("a"), slots.get("sign")
    if not isinstance(base, Node):
        return None
    tense = slots.get("tense")  # 'since August' lies in the past, 'by August' ahead
    reading = resolve(base, replace(ctx, tense=tense) if isinstance(tense, int) else ctx)
    if reading is None:
        return None
    date = reading.value
    first, last = cal.bounds(date)
    one = datetime.timedelta(days=1)
    if sign == 1:
        start = date.start if isinstance(date, Interval) else date
        if slots.get("strict") and last is not None and isinstance(date, PartialDate):
            start = _trim(date, last + one)
        value = Interval(start=start) if start is not None else None
    elif sign == 0:  # so far: up to the day of publication
        value = cal.days(first, ctx.today) if first and ctx.today and first <= ctx.today else None
    else:
        end = date.end if isinstance(date, Interval) else date
        if slots.get("strict") and first is not None and isinstance(date, PartialDate):
            end = _trim(date, first - one)
        value = Interval(end=end) if end is not None else None
    return None if value is None else replace(reading, value=value, kind="period", alternatives=())


@operator("anniversary")
def _anniversary(slots: Slots, ctx: Context) -> Reading | None:
    """The 60th anniversary: tells the year of what is celebrated, as far as the year of writing is known."""
    number = next((slots[name] for name in ("n", "num", "numw", "ord") if isinstance(slots.get(name), int)), None)
    year = ctx.about.year if ctx.about is not None else ctx.year
    if not isinstance(number, int) or year is None or not 1 <= number < 1500:
        return None
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


@operator("hijri")
def _hijri(slots: Slots, ctx: Context) -> Reading | None:
    """A date of the Hijri calendar (Umm al-Qura), converted; kept as written beside."""
    from hijridate import Hijri

    year, month, day = slots.get("hyear"), slots.get("hmon"), slots.get("day", slots.get("dayw"))
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


@operator("rest")
def _rest(slots: Slots, ctx: Context) -> Reading | None:
    """The rest of this week, month or year."""
    if ctx.today is None:
        return None
    if slots.get("unit") == "week":
        last = cal.week(ctx.today).end
    else:
        last = PartialDate(year=ctx.today.year, month=ctx.today.month if slots.get("unit") == "month" else None)
    if last is None or last.last is None:
        return None
    return Reading(
        value=cal.days(ctx.today, last.last), how="relative", relative_to=ctx.today.isoformat(), kind="period"
    )


@operator("season")
def _season(slots: Slots, ctx: Context) -> Reading | None:
    """A season by its first month, three months long; winter (12) ends in the year told."""
    first = next((slots[name] for name in ("season", "seasonw") if isinstance(slots.get(name), int)), None)
    year, how = year_in(slots, ctx)
    if not isinstance(first, int) or year is None:
        return None
    start = PartialDate(year=year - 1 if first == 12 else year, month=first)
    end = PartialDate(year=year, month=(first + 1) % 12 + 1)
    stated = (PartialDate(year=year),) if how == "absolute" else ()
    told = ctx.published.iso if how == "relative" and ctx.published else None
    return Reading(value=Interval(start=start, end=end), how=how, relative_to=told, named=stated, kind="period")
