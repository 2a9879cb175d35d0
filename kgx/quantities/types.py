"""What a text says of time and amounts: partial dates, intervals, and mentions with exact spans.

All types are frozen. Spans are Unicode code points of the text that was read, end exclusive, and
``text == document[start:end]`` always holds.
"""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from functools import cache
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

__all__ = [
    "Amount",
    "Count",
    "DateMention",
    "How",
    "Interval",
    "Money",
    "PartialDate",
    "Percent",
    "Precision",
    "QuantityMention",
    "Rank",
    "When",
]

Precision = Literal["day", "month", "year", "month_day"]
How = Literal["absolute", "relative", "inferred"]
DateKind = Literal["date", "period", "duration", "anniversary"]
Bound = Literal["over", "under", "at_least", "at_most"]
Direction = Literal["up", "down"]

_ISO = re.compile(r"(?:(\d{4})(?:-(\d\d)(?:-(\d\d))?)?|--(\d\d)-(\d\d))")


_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_set = object.__setattr__


@cache
def fields_of(model: type[BaseModel]) -> set[str]:
    """The names of all fields of a model, one set for all that are made of it."""
    return set(model.model_fields)


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


_Made = TypeVar("_Made", bound=BaseModel)


def made(model: type[_Made], **values: object) -> _Made:
    """A `model` of values that are known to be right: all of its fields, in their order, unchecked.

    What `model_construct` does, without its search for defaults and aliases, which costs as much as the check.
    """
    one = model.__new__(model)
    _set(one, "__dict__", values)
    _set(one, "__pydantic_fields_set__", fields_of(model))
    _set(one, "__pydantic_extra__", None)
    _set(one, "__pydantic_private__", None)
    return one


def last_day(year: int | None, month: int) -> int:
    """The number of days of a month; a leap year stands in where the year is unknown."""
    leap = year is None or (year % 4 == 0 and (year % 100 != 0 or year % 400 == 0))
    return 29 if month == 2 and leap else _LENGTHS[month - 1]


def partial_date(year: int | None, month: int | None, day: int | None) -> PartialDate | None:
    """The partial date, or None where the calendar has no such day; much faster than the checked type."""
    if year is None and (month is None or day is None) or (year is not None and not 1 <= year <= 9999):
        return None
    if month is not None and not 1 <= month <= 12:
        return None
    if day is not None and (month is None or not 1 <= day <= last_day(year, month)):
        return None
    return made(PartialDate, year=year, month=month, day=day)


class PartialDate(_Frozen):
    """A day, a month, a year, or a month and day whose year is not known (Gregorian)."""

    year: int | None = Field(default=None, ge=1, le=9999)
    month: int | None = Field(default=None, ge=1, le=12)
    day: int | None = Field(default=None, ge=1, le=31)

    @model_validator(mode="after")
    def _is_a_date(self) -> PartialDate:
        if self.year is None and (self.month is None or self.day is None):
            raise ValueError("a date without a year needs a month and a day")
        if self.day is not None:
            if self.month is None:
                raise ValueError("a day needs a month")
            # 29 February is a date of some year.
            if self.day > last_day(self.year, self.month):
                raise ValueError(f"no such day: {self.year}-{self.month}-{self.day}")
        return self

    @classmethod
    def parse(cls, iso: str) -> PartialDate:
        """Read ``2025-05-05``, ``2025-05``, ``2025`` or ``--05-05``.

        Raises:
            ValueError: if `iso` has another form or names no day of the calendar.
        """
        found = _ISO.fullmatch(iso.strip())
        if found is None:
            raise ValueError(f"not a partial date: {iso!r}")
        year, month, day, month_only, day_only = (int(part) if part else None for part in found.groups())
        return cls(year=year, month=month or month_only, day=day or day_only)

    @classmethod
    def of(cls, day: datetime.date) -> PartialDate:
        """The partial date of a full `day`."""
        return made(PartialDate, year=day.year, month=day.month, day=day.day)

    @property
    def precision(self) -> Precision:
        """How much is known: ``day``, ``month``, ``year`` or ``month_day``."""
        if self.year is None:
            return "month_day"
        if self.month is None:
            return "year"
        return "month" if self.day is None else "day"

    @property
    def iso(self) -> str:
        """ISO 8601: ``2025-05-05``, ``2025-05``, ``2025``; ``--05-05`` where the year is unknown."""
        if self.year is None:
            return f"--{self.month:02d}-{self.day:02d}"
        if self.month is None:
            return f"{self.year:04d}"
        return f"{self.year:04d}-{self.month:02d}" + ("" if self.day is None else f"-{self.day:02d}")

    @property
    def first(self) -> datetime.date | None:
        """The first day it covers; None where the year is unknown."""
        return None if self.year is None else datetime.date(self.year, self.month or 1, self.day or 1)

    @property
    def last(self) -> datetime.date | None:
        """The last day it covers; None where the year is unknown."""
        if self.year is None:
            return None
        month = self.month or 12
        return datetime.date(self.year, month, self.day or last_day(self.year, month))

    def contains(self, other: PartialDate) -> bool:
        """Whether `other` lies wholly within this date: a year contains its months and days, `--05-05` every 5 May."""
        if self.year is None:
            return (self.month, self.day) == (other.month, other.day)
        return (
            self.year == other.year
            and self.month in (None, other.month)
            and (self.day is None or self.day == other.day)
        )

    def agrees(self, other: PartialDate) -> bool:
        """Whether both can be the same date, told more or less exactly."""
        return self.contains(other) or other.contains(self)

    def _key(self) -> tuple[int, int, int]:
        return (self.year or 0, self.month or 0, self.day or 0)

    def __lt__(self, other: PartialDate) -> bool:
        """By calendar; a coarser date sorts before the finer ones in it, dates without a year before all."""
        return self._key() < other._key()

    def __str__(self) -> str:
        """The ISO form."""
        return self.iso


class Interval(_Frozen):
    """From `start` to `end`, both included; an open side is None."""

    start: PartialDate | None = None
    end: PartialDate | None = None

    @model_validator(mode="after")
    def _has_a_side(self) -> Interval:
        if self.start is None and self.end is None:
            raise ValueError("an interval needs a start or an end")
        return self

    @classmethod
    def parse(cls, iso: str) -> Interval:
        """Read ``a/b``, ``a/..``, ``../b``; an empty side is open too.

        Raises:
            ValueError: if `iso` has another form.
        """
        left, slash, right = iso.partition("/")
        if not slash:
            raise ValueError(f"not an interval: {iso!r}")
        sides = (None if side in ("", "..") else PartialDate.parse(side) for side in (left, right))
        return cls(start=next(sides), end=next(sides))

    @property
    def iso(self) -> str:
        """ISO 8601-2: ``2025-05-15/2025-05-17``; an open side is written ``..``."""
        return "/".join(".." if side is None else side.iso for side in (self.start, self.end))

    def contains(self, other: PartialDate) -> bool:
        """Whether the whole of `other` lies in the interval; False where a year is unknown."""
        first, last = other.first, other.last
        if first is None or last is None:
            return False
        after = self.start is None or (self.start.first is not None and self.start.first <= first)
        before = self.end is None or (self.end.last is not None and last <= self.end.last)
        return after and before

    def __str__(self) -> str:
        """The ISO form."""
        return self.iso


When = PartialDate | Interval


class QuantityMention(_Frozen):
    """What all mentions share: the span, its text, the rule that found it and how sure it is."""

    start: int = Field(ge=0)
    end: int = Field(ge=0)
    text: str
    rule: str
    confidence: float = Field(default=1.0, ge=0.0, le=1.0)


class DateMention(QuantityMention):
    """A date, a period, or a stretch of time reckoned from a date."""

    value: When
    how: How = "absolute"
    relative_to: str | None = Field(default=None, description="ISO form of the date it was reckoned from")
    alternatives: tuple[When, ...] = Field(default=(), description="other possible readings, likeliest first")
    kind: DateKind = "date"
    named: tuple[PartialDate, ...] = Field(
        default=(),
        description="the calendar dates that the words themselves name, no more exact than they tell them: both ends "
        "of a range, 2023 for 'the end of last year', 2015 for 'ten years ago'; none for 'last week' or an anniversary",
    )
    approximate: bool = Field(default=False, description="the text itself says that it is not exact")
    written: str | None = Field(default=None, description="as written in another calendar: '1446-09-10 AH'")


class Money(QuantityMention):
    """An amount of money, in full: '800 million dollars' is 800000000 USD."""

    value: Decimal
    currency: str = Field(description="ISO 4217")
    high: Decimal | None = Field(default=None, description="of a range: its upper end; `value` is the lower")
    approximate: bool = False
    bound: Bound | None = None
    alternatives: tuple[str, ...] = Field(default=(), description="other possible currencies, likeliest first")
    inherited: bool = Field(default=False, description="unit or currency was taken from a neighbouring amount")
    is_conversion: bool = Field(default=False, description="a bracketed conversion of the amount before it")


class Percent(QuantityMention):
    """A share or a growth: '+99 %' is 99, 'в 1,5 раза' is 50 and `multiplied`."""

    value: Decimal
    high: Decimal | None = None
    direction: Direction | None = None
    points: bool = Field(default=False, description="percentage points")
    multiplied: bool = Field(default=False, description="told as a factor: doubled, 1.5 times")
    approximate: bool = False
    bound: Bound | None = None


class Count(QuantityMention):
    """A number of things: '13 accords' is 13, unit 'agreement', noun 'accords'."""

    value: Decimal
    high: Decimal | None = None
    unit: str = Field(default="other", description="class of the noun, of a closed vocabulary")
    noun: str | None = Field(default=None, description="the counted noun as written")
    approximate: bool = False
    bound: Bound | None = None


class Rank(QuantityMention):
    """A place in an order: 'second largest trading partner' is 2, `superlative` 'second largest'."""

    value: int = Field(ge=1)
    superlative: str | None = Field(default=None, description="the words that tell the order, as written")
    noun: str | None = Field(default=None, description="what is ranked, as written")
    group: bool = Field(default=False, description="one of the first n ('one of the four largest'), not the n-th")


Amount = Money | Percent | Count | Rank
