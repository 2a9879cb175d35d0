"""Datelines: where a report is from, and of which day, as its first lines say ('Rabat, 3 May 2024 (MAP) - …')."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kgx.candidates import Candidate
from kgx.gazetteer import Gazetteer
from kgx.models import PartialDate
from kgx.quantities.dates import find_dates

# What follows the town of a dateline, and what follows its date.
_AFTER_TOWN = re.compile(r"[^\n.]{0,40}? ?[-–—:(]")
_AFTER_DATE = re.compile(r"[\s.,]{0,2}(?:[(/\[][^)/\]\n]{1,40}[)/\]])?\s*(?:[-–—:]|$)")
# How far into a text its first lines reach, how many there are, how much of one is read, and where the date begins.
_HEAD, _FIRST_LINES, _LINE, _NEAR = 600, 3, 160, 50


def capitals_of_datelines(places: Sequence[Candidate], text: str) -> list[Candidate]:
    """Capitals that open a line before a dash: where a report is from, whatever the model takes them for."""
    gazetteer = Gazetteer.open()
    return [
        p
        for p in places
        if (p.start == 0 or text[p.start - 1] == "\n")
        and gazetteer.get(p.values[0]).capital
        and _AFTER_TOWN.match(text, p.end)
    ]


def day_of_dateline(text: str, lang: str) -> PartialDate | None:
    """The day of a dateline, which may be a line of its own, in the first lines of a text."""
    for line in [line for line in text[:_HEAD].split("\n") if line.strip()][:_FIRST_LINES]:
        for date in find_dates(line[:_LINE], lang):
            day = date.value
            if isinstance(day, PartialDate) and day.precision == "day" and day.year is not None:
                if date.start <= _NEAR and _AFTER_DATE.match(line, date.end):
                    return day
    return None
