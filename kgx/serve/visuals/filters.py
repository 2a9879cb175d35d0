"""What a view is narrowed to: the parameters of its address, checked, and as patterns of SPARQL."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Protocol
from urllib.parse import urlencode

from kgx.errors import UsageError

__all__ = ["DATES", "INVOLVED", "Filters", "Parameters", "iri", "patterns", "read_filters", "values"]

DATES = "schema:startDate kgx:signedOn kgx:period kgx:since kgx:attestedOn"
INVOLVED = "kgx:country kgx:party kgx:host kgx:ofCountry kgx:partner"

_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_NAME = re.compile(r"\w[\w-]{0,63}")
_IRI = re.compile(r"[a-z][a-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\]+", re.IGNORECASE)
_LOCAL = re.compile(r"[^\x00-\x20<>\"{}|^`\\]+")


class Parameters(Protocol):
    """The parameters of an address, as the web framework gives them."""

    def getlist(self, key: object) -> list[str]:
        """All values of a parameter."""
        ...


@dataclass(frozen=True)
class Filters:
    """What all facts of a view have in common.

    Attributes:
        since: no fact ended before this year, month or day; empty for any.
        until: no fact begins after it.
        countries: IRIs; each of them is involved.
        kinds: names of classes (Visit, Agreement, …), of which a fact has one.
        statuses: names (occurred, planned, …), of which a fact has one.
        confidence: the least.
        languages: of documents; one of them tells the fact.
        about: IRIs of things that have part in the fact, or of documents that tell it; all do.
    """

    since: str = ""
    until: str = ""
    countries: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    confidence: Decimal | None = None
    languages: tuple[str, ...] = ()
    about: tuple[str, ...] = ()

    def address(self, **others: str) -> str:
        """The filters, and other parameters, as the query string of an address."""
        pairs: list[tuple[str, str]] = [("from", self.since), ("to", self.until)]
        lists: Mapping[str, Iterable[str]] = {
            "country": self.countries, "kind": self.kinds, "status": self.statuses, "language": self.languages,
            "about": self.about,
        }  # fmt: skip
        pairs += [(name, value) for name, values in lists.items() for value in values]
        pairs += [("confidence", str(self.confidence) if self.confidence is not None else ""), *others.items()]
        return urlencode([(name, value) for name, value in pairs if value])

    def without_kinds(self) -> Filters:
        """The same of all kinds of fact."""
        return replace(self, kinds=())


def read_filters(parameters: Parameters, *, base: str) -> Filters:
    """The filters that an address tells; empty parameters, as a form sends them, are none.

    Args:
        parameters: of the address.
        base: the IRI below which the things of the graph stand, to which ids (``country/KZ``) are relative.

    Raises:
        UsageError: if a value can't be meant.
    """

    def given(name: str, shape: re.Pattern[str]) -> tuple[str, ...]:
        values = tuple(dict.fromkeys(value.strip() for value in parameters.getlist(name) if value.strip()))
        for value in values:
            if not shape.fullmatch(value):
                raise UsageError(f"{name}: {value[:80]!r} can't be meant")
        return values

    def one(name: str, shape: re.Pattern[str]) -> str:
        return next(iter(given(name, shape)), "")

    countries = (value if ":" in value else base + f"country/{value.removeprefix('country/')}"
                 for value in (*given("country", _LOCAL), *given("other", _LOCAL)))  # fmt: skip
    about = (value if ":" in value else base + value for value in given("about", _LOCAL))
    sure = one("confidence", re.compile(r"[\d.]{1,8}"))
    try:
        confidence = Decimal(sure) if sure else None
    except InvalidOperation as error:
        raise UsageError(f"confidence: {sure!r} is no number") from error
    return Filters(
        since=one("from", _DATE),
        until=one("to", _DATE),
        countries=tuple(dict.fromkeys(map(iri, countries))),
        kinds=given("kind", _NAME),
        statuses=given("status", _NAME),
        confidence=confidence,
        languages=given("language", _NAME),
        about=tuple(dict.fromkeys(map(iri, about))),
    )


def iri(text: str) -> str:
    """An IRI that can stand between angle brackets.

    Raises:
        UsageError: if it can't.
    """
    if not _IRI.fullmatch(text):
        raise UsageError(f"{text[:80]!r} is no IRI")
    return text


def values(name: str, iris: Iterable[str]) -> str:
    """A VALUES clause of IRIs."""
    return f"VALUES ?{name} {{ {' '.join(f'<{iri(i)}>' for i in iris)} }}"


def patterns(
    filters: Filters, fact: str, *, base: str, dates: str = DATES, involved: str = INVOLVED, kinds: bool = True
) -> list[str]:
    """Lines of SPARQL that hold of the facts of a view.

    Args:
        filters: what they have in common.
        fact: the variable's name.
        base: of the things of the graph.
        dates: the properties that date such facts.
        involved: the properties that tell which countries have part in such facts.
        kinds: whether `filters.kinds` count.
    """
    # Values of a property are joined much faster than alternatives of a path, and a list of facts than EXISTS.
    lines = [_any_of(fact, involved, f"in{number}", f"<{country}>") for number, country in enumerate(filters.countries)]
    for number, thing in enumerate(filters.about):
        if thing.startswith(f"{base}document/"):
            lines.append(f"?{fact} prov:wasDerivedFrom/oa:hasSource <{thing}> .")
        else:
            lines.append(f"?{fact} ?role{number} <{thing}> .")
    if kinds and filters.kinds:
        lines.append(f"VALUES ?among {{ {' '.join(f'kgx:{k}' for k in filters.kinds)} }} ?{fact} a ?among .")
    if filters.statuses:
        listed = " ".join(f"<{base}status/{s}>" for s in filters.statuses)
        lines.append(f"VALUES ?stands {{ {listed} }} ?{fact} kgx:status ?stands .")
    if filters.confidence is not None:
        lines.append(f"?{fact} kgx:confidence ?sure . FILTER(?sure >= {filters.confidence})")
    if filters.languages:
        listed = " ".join(f'"{language}"' for language in filters.languages)
        lines.append(
            f"{{ SELECT DISTINCT ?{fact} {{ VALUES ?language {{ {listed} }} ?document dcterms:language ?language ."
            f" ?evidence oa:hasSource ?document . ?{fact} prov:wasDerivedFrom ?evidence }} }}"
        )
    if filters.since or filters.until:
        # Dates of any precision compare as text: 2024 reaches from 2024-01-01 to the end of the year.
        lines.append(_any_of(fact, dates, "date", "?when"))
        if filters.since:
            lines.append(f'FILTER(STR(?when) >= SUBSTR("{filters.since}", 1, STRLEN(STR(?when))))')
        if filters.until:
            lines.append(f'FILTER(STR(?when) <= "{filters.until}~")')
    return lines


def _any_of(fact: str, properties: str, name: str, value: str) -> str:
    if " " not in properties:
        return f"?{fact} {properties} {value} ."
    return f"VALUES ?{name} {{ {properties} }} ?{fact} ?{name} {value} ."
