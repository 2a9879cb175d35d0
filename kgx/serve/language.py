"""The language of the interface: which one a reader wants, its messages, dates, numbers and names of countries."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_interval, format_skeleton
from babel.numbers import format_compact_currency, format_compact_decimal, format_decimal, format_percent
from starlette.requests import Request

__all__ = ["LANGUAGES", "Words", "language_of", "messages", "words"]

FOLDER = Path(__file__).parent / "messages"
# The interface speaks what there is a catalogue of; the first is what is spoken to those who want none of them.
_FIRST = "en"
LANGUAGES = tuple(sorted((p.stem for p in FOLDER.glob("??.yaml")), key=lambda code: (code != _FIRST, code)))
_DAY = re.compile(r"(-?\d{4})-(\d{2})-(\d{2})")
_MONTH = re.compile(r"(-?\d{4})-(\d{2})")
_MONTH_DAY = re.compile(r"--(\d{2})-(\d{2})")
_LEAP = 2000  # a year that has every day


def _flat(prefix: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _flat(f"{prefix}.{key}" if prefix else str(key), inner)
    else:
        yield prefix, str(value)


@cache
def messages(language: str) -> Mapping[str, str]:
    """All messages of a language, from all catalogues of it, nested keys joined by dots."""
    files = sorted({*FOLDER.glob(f"{language}.yaml"), *FOLDER.glob(f"*.{language}.yaml")})
    return {key: text for file in files for key, text in _flat("", yaml.safe_load(file.read_text(encoding="utf8")))}


def language_of(request: Request) -> str:
    """The language that the address asks for, else that was chosen before, else that the browser prefers."""
    for asked in (request.query_params.get("lang", ""), request.cookies.get("lang", "")):
        if asked in LANGUAGES:
            return asked
    wanted: list[tuple[float, str]] = []
    for part in request.headers.get("accept-language", "").split(","):
        tag, _, quality = part.strip().partition(";q=")
        try:
            wanted.append((-float(quality or 1), tag.partition("-")[0].lower()))
        except ValueError:
            continue
    return next((tag for _, tag in sorted(wanted, key=lambda w: w[0]) if tag in LANGUAGES), _FIRST)


@cache
def words(language: str) -> Words:
    """What a language has to say."""
    return Words(language, Locale.parse(language), messages(language))


@dataclass(frozen=True, eq=False)
class Words:
    """The interface in one language.

    Attributes:
        language: ISO 639-1.
        locale: what CLDR knows of it.
        said: its messages by key.
    """

    language: str
    locale: Locale
    said: Mapping[str, str]

    @property
    def direction(self) -> str:
        """ltr or rtl."""
        return str(self.locale.text_direction)

    def __call__(self, key: str, **filled: Any) -> str:
        """The message of a key, with what it is filled with; numbers as the language writes them."""
        shown = {k: self.number(v) if isinstance(v, int | float | Decimal) else v for k, v in filled.items()}
        return self.said[key].format(**shown) if filled else self.said[key]

    def term(self, group: str, name: str) -> str:
        """What a value of a list of the vocabulary is called; its own name, spaced, where no catalogue has it."""
        return self.said.get(f"{group}.{name}") or name.replace("_", " ").replace("-", " ")

    def country(self, code: str) -> str | None:
        """The name of the state of an ISO 3166-1 code."""
        found = self.locale.territories.get(code.upper())
        return str(found) if found and len(code) == 2 else None

    def tongue(self, code: str) -> str:
        """The name of a language."""
        return str(self.locale.languages.get(code) or code)

    def number(self, value: float | Decimal) -> str:
        """A number with its separators."""
        return str(format_decimal(value, locale=self.locale))

    def percent(self, value: float | Decimal) -> str:
        """A share of 1 in per cent."""
        return str(format_percent(value, locale=self.locale))

    def growth(self, value: float | Decimal) -> str:
        """A change in per cent, with its sign."""
        return str(format_percent(Decimal(value) / 100, "+#,##0.##%;-#,##0.##%", locale=self.locale))

    def amount(self, value: Decimal | int, currency: str | None) -> str:
        """An amount of money in short, such as "$1.2 billion" would be in English."""
        if not currency:
            return str(format_compact_decimal(value, locale=self.locale, fraction_digits=2))
        try:
            return str(format_compact_currency(value, currency, locale=self.locale, fraction_digits=2))
        except (UnknownLocaleError, KeyError, ValueError):
            return f"{self.number(value)} {currency}"

    def span(self, start: str, end: str) -> str:
        """From one date to another; two days are told as one stretch of time."""
        one, other = _DAY.fullmatch(start), _DAY.fullmatch(end)
        try:
            if one and other:
                first, last = (date(int(m[1]), int(m[2]), int(m[3])) for m in (one, other))
                return str(format_interval(first, last, skeleton="yMMMd", locale=self.locale))
        except ValueError:
            pass
        return self("date.interval", start=self.when(start), end=self.when(end))

    def when(self, iso: str | None) -> str:
        """A date of any precision, or an interval of such; what is none is told as it stands."""
        if not iso:
            return ""
        start, slash, end = iso.partition("/")
        if slash:
            return self("date.interval", start=self.when(start.strip(".")), end=self.when(end.strip(".")))
        try:
            if m := _DAY.fullmatch(iso):
                return str(format_date(date(int(m[1]), int(m[2]), int(m[3])), "long", locale=self.locale))
            if m := _MONTH.fullmatch(iso):
                return str(format_skeleton("yMMMM", date(int(m[1]), int(m[2]), 1), locale=self.locale))
            if m := _MONTH_DAY.fullmatch(iso):
                return str(format_skeleton("MMMMd", date(_LEAP, int(m[1]), int(m[2])), locale=self.locale))
        except ValueError:
            return iso
        return iso
