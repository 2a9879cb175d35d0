"""Places by name: countries, first-level regions, cities and larger areas, in every language kgx reads.

The table (`places.sqlite`) is derived by `tools/gazetteer` from CLDR, GeoNames and `kgx/lang/<code>/places.yaml`; its
sources and licences are in `ATTRIBUTION.md`. It is opened read-only and queried in place, so opening costs next to
nothing and memory stays small. Nationality words are in `demonyms`, international bodies in `bodies`.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from types import MappingProxyType

from kgx.gazetteer.bodies import Body, bodies
from kgx.gazetteer.data import load_yaml
from kgx.gazetteer.demonyms import demonyms, pair_forms
from kgx.gazetteer.fold import exact, loose

__all__ = ["Body", "Designator", "Gazetteer", "Place", "bodies", "demonyms", "pair_forms"]

# Forms that belong to no language in particular (GeoNames does not tag its alternate names).
_SHARED = "*"


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the table.

    Attributes:
        id: Stable: "country/KZ", "region/VN-56" (ISO 3166-2), "city/1526273" (GeoNames), "macro/southeast-asia".
        kind: "country", "region" or "city" (areas larger than a country are regions without a country).
        name: Name in English, plain Latin letters.
        country: ISO 3166-1 alpha-2 code; None for areas that span several countries.
        admin: Id of the first-level region, where known.
        latitude: Degrees north (WGS 84), None if unknown.
        longitude: Degrees east (WGS 84), None if unknown.
        population: Inhabitants by GeoNames; 0 if unknown.
        geonames: GeoNames id.
        wikidata: Wikidata item, "Q232".
        capital: Whether it is the capital of its country.
        weight: The larger, the likelier that a bare name means this place; orders the answers of `Gazetteer.lookup`.
    """

    id: str
    kind: str
    name: str
    country: str | None = None
    admin: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    population: int = 0
    geonames: str | None = None
    wikidata: str | None = None
    capital: bool = False
    weight: int = 0


@dataclass(frozen=True, slots=True)
class Designator:
    """A word that stands beside a name and tells what kind of place it is ("province of", "시").

    Attributes:
        kinds: Kinds of place it can stand with.
        prefixes: What stands before the name, with its space if it has one.
        suffixes: What stands after the name, with its space if it has one.
    """

    kinds: tuple[str, ...]
    prefixes: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ()


# In the order of the attributes of Place.
_COLUMNS = "id, kind, name, country, admin, latitude, longitude, population, geonames, wikidata, capital, weight"


def _place(row: tuple[object, ...]) -> Place:
    values = dict(zip(_COLUMNS.split(", "), row, strict=True))
    values["capital"] = bool(values["capital"])
    if values["kind"] == "city":  # the table saves space by not repeating it
        values["geonames"] = str(values["id"]).rpartition("/")[2]
    return Place(**values)  # type: ignore[arg-type]  # the table's column types are the attributes' types


class Gazetteer:
    """Read-only access to the table of places. Use `Gazetteer.open()`, which keeps one instance."""

    def __init__(self, path: Path) -> None:
        """Open a table.

        Args:
            path: The SQLite file.

        Raises:
            FileNotFoundError: If there is no such file.
        """
        if not path.is_file():
            raise FileNotFoundError(path)
        # immutable: no locks and no journal are looked for, so the file may lie in a read-only place.
        self._db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)
        meta = dict(self._db.execute("SELECT key, value FROM meta"))
        self._fallback: dict[str, list[str]] = json.loads(meta["fallback"])
        # Languages that call a place by its English name unless the table says otherwise.
        self._english_labels: list[str] = json.loads(meta["english_labels"])
        self._designators = {
            lang: tuple(
                Designator(
                    kinds=tuple(entry["kinds"]),
                    prefixes=tuple(entry.get("prefixes", ())),
                    suffixes=tuple(entry.get("suffixes", ())),
                )
                for entry in entries
            )
            for lang, entries in json.loads(meta["designators"]).items()
        }
        self._lookup = lru_cache(maxsize=32768)(self._lookup_uncached)
        self._get = lru_cache(maxsize=8192)(self._get_uncached)
        self._scan = lru_cache(maxsize=None)(self._scan_uncached)

    @staticmethod
    def open() -> Gazetteer:
        """Return the gazetteer shipped with kgx; one instance per process.

        Returns:
            The shared instance.
        """
        return _open(os.getpid())  # a connection must not be used on the other side of a fork

    def lookup(self, form: str, lang: str) -> tuple[Place, ...]:
        """Find the places a surface form can name.

        Tried in turn, the first that answers wins: the form as it stands, the form without diacritics and joints, both
        in the language's fallback languages, the form without a designator ("province of X" asks for regions called X).

        Args:
            form: A name without clitics or particles.
            lang: Language of the text, ISO 639-1.

        Returns:
            All candidates, likeliest first: countries, then areas, then capitals, then by weight. Empty if unknown.
        """
        return self._lookup(form, lang)

    def get(self, place_id: str) -> Place:
        """Return a place by its id.

        Args:
            place_id: As in `Place.id`.

        Returns:
            The place.

        Raises:
            KeyError: If there is none.
        """
        return self._get(place_id)

    def labels(self, place_id: str) -> Mapping[str, str]:
        """Return the preferred name of a place in each language that has one.

        Args:
            place_id: As in `Place.id`.

        Returns:
            Language to name.

        Raises:
            KeyError: If there is no such place.
        """
        row = self._db.execute("SELECT name, labels FROM place WHERE id = ?", (place_id,)).fetchone()
        if row is None:
            raise KeyError(place_id)
        return MappingProxyType({**dict.fromkeys(self._english_labels, row[0]), **json.loads(row[1])})

    def scan_forms(self, lang: str) -> Mapping[str, tuple[str, ...]]:
        """Return the forms that can be matched in running text without a model to confirm them.

        Args:
            lang: Language of the text, ISO 639-1.

        Returns:
            Surface form, in the case a text shows, to the ids of the places it can name, likeliest first. Words that
            are more often something else (`veto` in the language's places.yaml) are left out.
        """
        return self._scan(lang)

    def designators(self, lang: str) -> tuple[Designator, ...]:
        """Return the words that stand beside a name and tell the kind of place.

        Args:
            lang: ISO 639-1.

        Returns:
            The language's designators, in the order of its places.yaml.
        """
        return self._designators.get(lang, ())

    def countries(self) -> tuple[Place, ...]:
        """Return all countries and territories, by code."""
        rows = self._db.execute(f"SELECT {_COLUMNS} FROM place WHERE kind = 'country' ORDER BY id")
        return tuple(_place(row) for row in rows)

    def capital_of(self, iso2: str) -> Place | None:
        """Return the capital of a country.

        Args:
            iso2: ISO 3166-1 alpha-2 code.

        Returns:
            The city, or None if the table has none.
        """
        row = self._db.execute(
            f"SELECT {_COLUMNS} FROM place WHERE country = ? AND capital = 1 ORDER BY weight DESC", (iso2,)
        ).fetchone()
        return None if row is None else _place(row)

    def largest(self, iso2: str) -> frozenset[str]:
        """Return the ids of a country's three largest cities.

        Args:
            iso2: ISO 3166-1 alpha-2 code.

        Returns:
            Ids; fewer where the table has fewer.
        """
        rows = self._db.execute(
            "SELECT id FROM place WHERE country = ? AND kind = 'city' ORDER BY population DESC, id LIMIT 3", (iso2,)
        )
        return frozenset(row[0] for row in rows)

    def country_name(self, iso2: str, lang: str) -> str:
        """Return the usual name of a country.

        Args:
            iso2: ISO 3166-1 alpha-2 code.
            lang: ISO 639-1.

        Returns:
            The name in that language, or the English one if the language has none.

        Raises:
            KeyError: If there is no such country.
        """
        place_id = f"country/{iso2}"
        return self.labels(place_id).get(lang) or self.get(place_id).name

    def _rows(self, form: str, langs: Iterable[str]) -> list[tuple[Place, bool]]:
        """Candidates of a form with, for each, whether it matched exactly."""
        tags = tuple(langs)
        key = loose(form)
        if not key or not tags:
            return []
        columns = ", ".join(f"p.{column}" for column in _COLUMNS.split(", "))
        marks = ", ".join("?" * len(tags))
        rows = self._db.execute(
            f"SELECT {columns}, f.form FROM form f JOIN place p ON p.no = f.no WHERE f.key = ? AND f.lang IN ({marks})",
            (key, *tags),
        )
        wanted = exact(form)
        return [(_place(row[:-1]), (row[-1] or key) == wanted) for row in rows]

    def _ranked(self, form: str, langs: Iterable[str]) -> tuple[Place, ...]:
        rows = self._rows(form, langs)
        sure = {place for place, is_exact in rows if is_exact} or {place for place, _ in rows}
        return tuple(sorted(sure, key=lambda place: (-place.weight, place.id)))

    def _bare(self, form: str, lang: str) -> Iterable[tuple[str, tuple[str, ...]]]:
        """The form without each designator it carries, longest first, and the kinds that one allows."""
        folded = form.casefold()
        found: list[tuple[int, str, tuple[str, ...]]] = []
        for designator in self.designators(lang):
            for prefix in designator.prefixes:
                if folded.startswith(prefix.casefold()):
                    found.append((len(prefix), form[len(prefix) :], designator.kinds))
            for suffix in designator.suffixes:
                if folded.endswith(suffix.casefold()):
                    found.append((len(suffix), form[: len(form) - len(suffix)], designator.kinds))
        for _, bare, kinds in sorted(found, key=lambda item: -item[0]):
            if bare.strip():
                yield bare.strip(), kinds

    def _get_uncached(self, place_id: str) -> Place:
        row = self._db.execute(f"SELECT {_COLUMNS} FROM place WHERE id = ?", (place_id,)).fetchone()
        if row is None:
            raise KeyError(place_id)
        return _place(row)

    def _lookup_uncached(self, form: str, lang: str) -> tuple[Place, ...]:
        first = self._ranked(form, (lang, _SHARED))
        if first:
            return first
        for bare, kinds in self._bare(form, lang):
            places = tuple(place for place in self._lookup(bare, lang) if place.kind in kinds)
            if places:
                return places
        return self._ranked(form, self._fallback.get(lang, ()))

    def _scan_uncached(self, lang: str) -> Mapping[str, tuple[str, ...]]:
        veto = frozenset(str(word).casefold() for word in load_yaml(f"lang/{lang}/places.yaml").get("veto", ()))
        forms: dict[str, tuple[str, ...]] = {}
        rows = self._db.execute(
            "SELECT s.form, p.id FROM scan s JOIN place p ON p.no = s.no WHERE s.lang = ?"
            " ORDER BY s.form, p.weight DESC, p.id",
            (lang,),
        )
        for form, place_id in rows:
            forms[form] = (*forms.get(form, ()), place_id)
        return MappingProxyType({form: ids for form, ids in forms.items() if form.casefold() not in veto})


@lru_cache(maxsize=2)
def _open(process: int) -> Gazetteer:
    with resources.as_file(resources.files("kgx.gazetteer") / "places.sqlite") as path:
        return Gazetteer(path)
