"""From sources and own facts to the rows of the table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from kgx.gazetteer.demonyms import expand
from kgx.gazetteer.fold import exact, loose, plain_latin
from tools.gazetteer.inflect import inflect
from tools.gazetteer.own import LanguagePlaces
from tools.gazetteer.sources import City, Sources, zipf

SHARED = "*"  # forms of no language in particular
ENGLISH = "en"  # the language of `Place.name`

# Weights order the answers to a bare name: country, larger area, capital, then by inhabitants.
_COUNTRY, _MACRO, _CAPITAL = 4_000_000_000_000, 3_000_000_000_000, 2_000_000_000_000
_REGION = 500_000  # a region is as likely as a city of this size, if no city of its own shares its name
_BIG = 150_000  # cities that can be matched without a model
_INFLECTED = 100_000
_SPELLED = 100_000  # smaller cities keep their own name only, of all the Latin alternates


@dataclass
class Row:
    """A place being built: names are tagged by language; `scan` are the forms safe to match in running text."""

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
    labels: dict[str, str] = field(default_factory=dict)
    forms: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    scan: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))


def _cased(name: str, own: LanguagePlaces) -> tuple[str, ...]:
    """Case forms of a name, as the language's data asks for them."""
    return inflect(name, facts=own.inflection)


def _variants(name: str, own: LanguagePlaces) -> tuple[str, ...]:
    """Spellings by the language's rules: each of `spellings` may replace, and all may combine."""
    found = [name]
    for rule in own.data.get("spellings", ()):
        found += [form.replace(rule["from"], rule["to"]) for form in found if rule["from"] in form]
    return tuple(dict.fromkeys(found))


def _add(
    row: Row, own: LanguagePlaces, names: Iterable[str], *, scan: bool, cases: bool = True, shortest: int = 0
) -> None:
    """Add names to a place; those shorter than `shortest` letters are not to be matched in running text."""
    for name in names:
        forms = _cased(name, own) if cases else (name,)
        row.forms[own.lang].update(forms)
        if scan and len(name) >= shortest:
            # A look-up folds spellings; what is matched in running text has to be spelt out.
            row.scan[own.lang].update(spelling for form in forms for spelling in _variants(form, own))


def _shortest(own: LanguagePlaces) -> int:
    return int(own.data.get("scan_name_min_length", 0))


def bare(name: str, own: LanguagePlaces, *, kind: str) -> str:
    """A name without its designator ("Province de X" gives "X"); unchanged if the language keeps it (`bare_kinds`)."""
    if kind not in own.data.get("bare_kinds", ()):
        return name
    folded = name.casefold()
    for entry in own.data.get("designators", ()):
        if kind not in entry["kinds"]:
            continue
        for prefix in sorted(entry.get("prefixes", ()), key=len, reverse=True):
            if folded.startswith(prefix.casefold()) and len(name) > len(prefix) + 1:
                return name[len(prefix) :].strip()
        for suffix in sorted(entry.get("suffixes", ()), key=len, reverse=True):
            if folded.endswith(suffix.casefold()) and len(name) > len(suffix) + 1:
                return name[: len(name) - len(suffix)].strip()
    return name


def _long_forms(
    code: str, names: Iterable[str], own: LanguagePlaces, world: dict[str, Any], adjectives: list[str]
) -> Iterator[str]:
    """Full names of a state, from the language's templates for its kinds of state."""
    templates = own.data.get("long_forms", {})
    for kind, codes in world["state_forms"].items():
        if code not in codes:
            continue
        for template in templates.get(kind, ()):
            if "{name}" in template:
                yield from (template.replace("{name}", name) for name in names)
            else:
                yield from (template.replace("{adjective}", word) for word in adjectives)


def _adjectives(code: str, own: LanguagePlaces, demonyms: dict[str, Any]) -> list[str]:
    """The nationality adjectives in the form that the templates of full names need (`adjective_endings`)."""
    wanted = own.data.get("adjective_endings", ())
    bases = [base for base in demonyms.get("words", {}).get(code, ()) if not base.endswith("=")]
    endings = [{"ending": entry["ending"], "forms": [entry["form"]]} for entry in wanted]
    fitting = [base for base in bases if any(base.endswith(entry["ending"]) for entry in wanted)]
    found = [expand(base, paradigms=endings)[0] for base in fitting]
    return [word[:1].upper() + word[1:] for word in found] + found


def countries(
    sources: Sources, languages: dict[str, LanguagePlaces], demonyms: dict[str, dict[str, Any]], world: dict[str, Any]
) -> list[Row]:
    """Build the countries and territories."""
    rows = []
    codes = {code for code in sources.territories[ENGLISH] if len(code) == 2 and code.isalpha()}
    for code in sorted(codes & (set(sources.countries) | {"XK"})):
        facts = sources.countries.get(code)
        row = Row(
            id=f"country/{code}",
            kind="country",
            name="",
            country=code,
            geonames=facts.geonames if facts else None,
            population=facts.population if facts else 0,
            wikidata=sources.wikidata.get(code),
        )
        row.weight = _COUNTRY + row.population
        for lang, own in languages.items():
            listed = own.names("countries", code)
            published = sources.territories[lang].get(code, ())
            label = (*listed, *published)[0]
            row.labels[lang] = label
            plain = [name for name in dict.fromkeys((*listed, *published)) if "(" not in name and " - " not in name]
            # Abbreviations ("US", "UK") are told apart from words only by their capitals, so they never inflect.
            short = [name for name in plain if name.isupper() and len(name) <= 4]
            _add(row, own, short, scan=True, cases=False)
            names = [name for name in plain if name not in short]
            _add(row, own, names, scan=True)
            adjectives = _adjectives(code, own, demonyms.get(lang, {}))
            _add(row, own, _long_forms(code, names, own, world, adjectives), scan=True)
        row.name = plain_latin(row.labels[ENGLISH])
        rows.append(row)
    return rows


def macro_regions(sources: Sources, languages: dict[str, LanguagePlaces], world: dict[str, Any]) -> list[Row]:
    """Build the areas larger than a country, and the seas."""
    rows = []
    for key, facts in world["macro_regions"].items():
        row = Row(
            id=f"macro/{key}",
            kind="region",
            name=facts["name"],
            country=facts.get("in"),
            wikidata=facts.get("wikidata"),
        )
        row.weight = _MACRO
        for lang, own in languages.items():
            listed = own.names("macro_regions", key)
            published = sources.territories[lang].get(facts.get("m49", ""), ())
            names = list(dict.fromkeys((*listed, *published)))
            if lang == ENGLISH and not names:
                names = [facts["name"]]
            if names:
                row.labels[lang] = names[0]
                _add(row, own, names, scan=True)
        rows.append(row)
    return rows


def regions(sources: Sources, languages: dict[str, LanguagePlaces], world: dict[str, Any]) -> list[Row]:
    """Build the first-level regions."""
    renamed = world["region_codes"]
    dropped = set(world["region_drop"])
    codes = {code: code for code in sources.regions if code not in dropped} | {
        code: code for code in world["region_new"]
    }
    rows = []
    for old in sorted(codes):
        code = renamed.get(old, old)
        row = Row(id=f"region/{code}", kind="region", name="", country=code[:2], wikidata=sources.wikidata.get(code))
        for lang, own in languages.items():
            listed = own.names("regions", code)
            published = sources.subdivisions[lang].get(old)
            if published and not own.speaks(published) and lang != ENGLISH:
                published = None  # an untranslated name of another script
            names = list(
                dict.fromkeys((*listed, *((bare(published, own, kind="region"), published) if published else ())))
            )
            if not names:
                continue
            row.labels[lang] = names[0]
            plain = [plain_latin(name) for name in names] if own.data.get("plain_spelling") else []
            scanned = code[:2] not in world["regions_not_scanned"]
            _add(
                row,
                own,
                [name for name in (*names, *plain) if name not in listed],
                scan=scanned,
                shortest=_shortest(own),
            )
            _add(row, own, listed, scan=scanned)
        row.name = plain_latin(row.labels.get(ENGLISH, ""))
        if row.name:
            rows.append(row)
    return rows


def weigh_regions(rows: list[Row], towns: list[Row], world: dict[str, Any]) -> None:
    """Give regions their weights: beside a town of the same name in the same country, either comes first by rule."""
    by_name: dict[tuple[str | None, str], list[Row]] = defaultdict(list)
    for town in towns:
        for label in {town.name, *town.labels.values()}:
            by_name[town.country, loose(label)].append(town)
    first = set(world["region_first"])
    last = set(world["city_first"])
    for row in rows:
        row.weight = _REGION
        code = row.id.split("/")[1]
        keys = {loose(label) for label in (row.name, *row.labels.values())}
        same = [town for key in keys for town in by_name.get((row.country, key), ())]
        if not same:
            continue
        largest = max(same, key=lambda town: town.weight)
        region_first = (row.country in world["region_first_countries"] or code in first) and code not in last
        row.weight = largest.weight + 1 if region_first and not largest.capital else largest.weight - 1
        if largest.name and loose(largest.name) == loose(row.name):
            row.latitude, row.longitude = largest.latitude, largest.longitude


def _city_label(city: City, own: LanguagePlaces, candidates: list[str], sources: Sources, *, large: bool) -> str | None:
    """The usual name of a city in a language: CLDR's if it has one, else the best known of GeoNames' alternates."""
    published = sources.zone_cities[own.lang].get(city.name)
    if published and own.speaks(published):
        return published
    if own.data.get("labels_from") == "english":
        if not large:
            return None
        best = max(candidates, key=lambda form: (zipf(form, own.lang), form == city.name), default=None)
        known = zipf(city.name, own.lang)
        return best if best and best != city.name and zipf(best, own.lang) > max(known, 2.5) else city.name
    return max(candidates, key=lambda form: (zipf(form, own.lang), -len(form), form), default=None)


def _capitals(sources: Sources, world: dict[str, Any]) -> dict[str, str]:
    """GeoNames id of each country's capital, by alpha-2 code."""
    by_country: dict[str, list[City]] = defaultdict(list)
    for city in sources.cities:
        by_country[city.country].append(city)
    found: dict[str, str] = {}
    for code, facts in sources.countries.items():
        key = loose(facts.capital)
        named = [city for city in by_country[code] if key and key == loose(city.name)]
        named = named or [city for city in by_country[code] if key and key in {loose(name) for name in city.alternates}]
        if named:
            found[code] = max(named, key=lambda city: city.population).geonames
    return {**found, **world["capitals"]}


def _alternates(city: City) -> list[str]:
    """GeoNames' alternate names without romanisations of other scripts (all lower case) and airport codes."""
    return [
        name
        for name in city.alternates
        if not (name.isascii() and len(name) <= 4 and name.isupper())
        and not name[:1].islower()
        and name[:1] not in "ʼʿ'`"
    ]


def cities(sources: Sources, languages: dict[str, LanguagePlaces], world: dict[str, Any]) -> list[Row]:
    """Build the cities."""
    capitals = set(_capitals(sources, world).values())
    largest: dict[str, City] = {}
    for city in sources.cities:
        key = f"{plain_latin(city.name)}, {city.country}"
        if key not in largest or largest[key].population < city.population:
            largest[key] = city
    rows = []
    for city in sources.cities:
        key = f"{plain_latin(city.name)}, {city.country}"
        capital = city.geonames in capitals
        row = Row(
            id=f"city/{city.geonames}",
            kind="city",
            name=plain_latin(city.name),
            country=city.country,
            latitude=round(city.latitude, 5),
            longitude=round(city.longitude, 5),
            population=city.population,
            geonames=city.geonames,
            capital=capital,
            weight=city.population + (_CAPITAL if capital else 0),
        )
        alternates = _alternates(city)
        used: set[str] = set()
        for lang, own in languages.items():
            listed = own.names("cities", key) if largest[key] is city else ()
            latin = own.data.get("labels_from") == "english"
            spoken = [name for name in (city.name, *alternates) if own.speaks(name)]
            scanned = capital or city.population >= _BIG
            label = (
                listed[0]
                if listed
                else _city_label(city, own, spoken, sources, large=capital or city.population >= 1_000_000)
            )
            short = [bare(label, own, kind="city")] if label else []
            own_names = list(
                dict.fromkeys([*listed, *([label] if label else []), *short, *([row.name, city.name] if latin else [])])
            )
            if label and not (latin and label == row.name):  # readers fall back to the English name
                row.labels[lang] = label
            cases = capital or city.population >= _INFLECTED
            _add(row, own, listed, scan=scanned, cases=cases)
            shortest = _shortest(own) - (capital or city.population >= 1_000_000)
            _add(
                row,
                own,
                [name for name in own_names if name not in listed],
                scan=scanned,
                cases=cases,
                shortest=shortest,
            )
            others = [name for name in spoken if name not in own_names]
            if latin:
                used.update(others)
                if scanned and own.data.get("scan_alternates", True):
                    row.scan[lang].update(name for name in others if 2.0 <= zipf(name, lang) <= 4.0 and len(name) >= 5)
            else:
                safe = [
                    name
                    for name in others
                    if len(loose(name)) >= own.data["scan_min_length"] and zipf(name, lang) <= 3.0
                ]
                _add(row, own, safe, scan=scanned, cases=capital or city.population >= 1_000_000)
                _add(row, own, others, scan=False, cases=False)
        listed = languages[ENGLISH].names("cities", key) if largest[key] is city else ()
        row.name = plain_latin(listed[0]) if listed else row.name
        row.labels[ENGLISH] = row.name
        latin_names = {
            name for name in alternates if all(sign < "\u0250" or "\u1e00" <= sign < "\u1f00" for sign in name)
        }
        spelled = capital or city.population >= _SPELLED
        row.forms[SHARED].update((latin_names | used if spelled else set()) | {city.name, row.name})
        rows.append(row)
    return rows


def assign_regions(towns: list[Row], areas: list[Row], sources: Sources) -> list[Row]:
    """Tell each city's region, where GeoNames' own code of it can be matched to ISO 3166-2.

    GeoNames numbers regions its own way. A code is taken to be a region if the ISO code ends with it and the region's
    name agrees with one of its towns, or if a town bears a region's name; codes that stay unclear are left open.
    """
    votes: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    names: dict[tuple[str | None, str], str] = {}
    for area in areas:
        names[area.country, loose(area.name)] = area.id
    admin1 = {f"city/{city.geonames}": city.admin1 for city in sources.cities}
    for town in towns:
        area_id = names.get((town.country, loose(town.name)))
        if area_id:
            votes[str(town.country), admin1[town.id]][area_id] += max(town.population, 1)
    chosen: dict[tuple[str, str], str] = {}
    taken: dict[str, tuple[int, tuple[str, str]]] = {}
    for key, counts in sorted(votes.items()):
        area_id, count = max(counts.items(), key=lambda item: (item[1], item[0]))
        if area_id not in taken or taken[area_id][0] < count:
            if area_id in taken:
                del chosen[taken[area_id][1]]
            taken[area_id] = (count, key)
            chosen[key] = area_id
    return [replace(town, admin=chosen.get((str(town.country), admin1[town.id]))) for town in towns]


def form_rows(row: Row) -> Iterator[tuple[str, str, str]]:
    """The rows of the table of forms: loose key, language, exact key ("" where it equals the loose one).

    Of the names of no language only the place's own is kept exactly; of the rest the loose key is enough.
    """
    own_name = exact(row.name)
    shared = {loose(form) for form in row.forms.get(SHARED, ())} - {""}
    for key in sorted(shared):
        yield key, SHARED, own_name if key == loose(own_name) and key != own_name else ""
    for lang in sorted(set(row.forms) - {SHARED}):
        for key in sorted({exact(form) for form in row.forms[lang]} - {own_name}):
            folded = loose(key)
            if folded and (folded not in shared or key != folded):
                yield folded, lang, "" if key == folded else key
        if SHARED not in row.forms and own_name in {exact(form) for form in row.forms[lang]}:
            yield loose(own_name), lang, "" if own_name == loose(own_name) else own_name
