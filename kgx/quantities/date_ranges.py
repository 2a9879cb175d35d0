"""Operators over other dates: the early part of one, from one to another, since, until."""

from __future__ import annotations

import datetime
from dataclasses import replace

from kgx.quantities import date_calendar as cal
from kgx.quantities.date_meaning import OPERATORS, Context, Last, Node, Reading, Slots, closed, operator, resolve
from kgx.quantities.date_reckoning import cut_like
from kgx.quantities.types import Interval, PartialDate, When

__all__: list[str] = []


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
    if "unit" in base.slots:  # 'early this month', not 'early May'
        value = _clipped(value, reading.value, part, ctx.today)
    others = tuple(other for alt in reading.alternatives if (other := cal.part_of(alt, part)) is not None)
    return replace(reading, value=value, alternatives=others, kind="period", approximate=True)


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
    # Of the years that it can be, the one whose days are going by: 'is visiting from the 13th to the 17th'.
    now = next((v for v in (value, *others) if _goes_by(v, ctx)), value)
    others = tuple(v for v in (value, *others) if v != now)
    return replace(right, value=now, named=_sides(now), kind="period", alternatives=others)


def _goes_by(span: Interval, ctx: Context) -> bool:
    first, last = cal.bounds(span)
    return ctx.today is not None and first is not None and last is not None and first <= ctx.today <= last


def _sides(span: Interval) -> tuple[PartialDate, ...]:
    return tuple(side for side in (span.start, span.end) if side is not None)


@operator("open")
def _open(slots: Slots, ctx: Context) -> Reading | None:
    """Since or after (`sign: 1`), until or before (`sign: -1`) slot `a`; `strict` leaves the date itself out."""
    base, sign = slots.get("a"), slots.get("sign")
    if not isinstance(base, Node):
        return None
    tense = slots.get("tense")  # 'since August' lies in the past, 'by August' ahead
    lean = slots.get("lean")  # 'from August on' does where the sentence does not say
    if isinstance(lean, int):
        tense = ctx.tense() or lean
    reading = resolve(base, replace(ctx, tense=lambda: tense) if isinstance(tense, int) else ctx)
    if reading is None:
        return None
    date = reading.value
    first, last = cal.bounds(date)
    one = datetime.timedelta(days=1)
    if sign == 1:
        start = date.start if isinstance(date, Interval) else date
        if slots.get("strict") and last is not None and isinstance(date, PartialDate):
            start = cut_like(date, last + one)
        value = Interval(start=start) if start is not None else None
    elif sign == 0:  # so far: up to the day of publication
        value = cal.days(first, ctx.today) if first and ctx.today and first <= ctx.today else None
    else:
        end = date.end if isinstance(date, Interval) else date
        if slots.get("strict") and first is not None and isinstance(date, PartialDate):
            end = cut_like(date, first - one)
        value = Interval(end=end) if end is not None else None
    return None if value is None else replace(reading, value=value, kind="period", alternatives=())
