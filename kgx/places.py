"""Places: which stand on the gazetteer's word alone, which are other words as well, and what the model's are called."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from kgx.bodies import is_government, kind_of_name
from kgx.candidates import Candidate, Spans, near
from kgx.gazetteer import Gazetteer
from kgx.gazetteer.data import load_yaml
from kgx.lang import pack
from kgx.located import Context
from kgx.powers import state_of_power, states_of_powers

_WORD = re.compile(r"[^\W_]+")
# Names of mere cities that are shorter are too often words.
_SHORT = 3
# So many readings of a name are kept.
_READINGS = 5


@cache
def plain_places(lang: str) -> frozenset[str]:
    """Short names of places that are safe."""
    return frozenset(map(str, load_yaml(f"lang/{lang}/places.yaml").get("plain", ())))


@cache
def everyday(lang: str) -> frozenset[str]:
    """Names of places that are more often other words."""
    return frozenset(str(word).casefold() for word in load_yaml(f"lang/{lang}/places.yaml").get("veto", ()))


def is_safe(found: Candidate) -> bool:
    """Whether a place can stand on the gazetteer's word alone: short names of mere cities are too often words."""
    place = Gazetteer.open().get(found.values[0])
    return place.kind == "country" or place.capital or place.country is None or len(found) >= _SHORT


def is_capital(found: Candidate) -> bool:
    """Whether a place is likeliest a capital."""
    return Gazetteer.open().get(found.values[0]).capital


def is_wide(found: Candidate) -> bool:
    """Whether a place is a state or a region, which towns lie in."""
    return bool(found.values) and Gazetteer.open().get(found.values[0]).kind in ("country", "region")


def is_seat(found: Candidate, places: Spans) -> bool:
    """Whether a name is a state's or a capital's, whatever title stands beside it ('the President Cairo reached')."""
    return any(
        found.overlaps(p)
        and (
            p.values[0].startswith(("country/", "macro/"))
            or ((p.start, p.end) == (found.start, found.end) and is_capital(p))
        )
        for p in places.beside(found)
    )


def is_people(place: Candidate, nations: Sequence[Candidate], offices: Sequence[Candidate], text: str) -> bool:
    """Whether what could be a town is a nationality word before a title ('Kazakh envoy'); 'Kazakh' is both."""
    if place.is_state:
        return False
    return any((n.start, n.end) == (place.start, place.end) for n in near(place, nations)) and any(
        place.end < o.start <= place.end + 1 and not text[place.end : o.start].strip() for o in near(place, offices)
    )


def without_nationality(found: Candidate, nations: Sequence[Candidate], text: str) -> tuple[Candidate, str | None]:
    """A town without the nationality word after it ('Saint-Louis sénégalaise'), and the state that it tells."""
    nation = next((n for n in near(found, nations) if n.end == found.end and n.start > found.start), None)
    if nation is None or text[nation.start - 1] != " ":
        return found, None
    return found.but(end=found.start + len(text[found.start : nation.start].rstrip())), nation.value


def without_state(found: Candidate, state: Candidate, text: str, lang: str) -> tuple[Candidate, str | None]:
    """A town without the state that its name ends with ('Saint-Louis du Sénégal'), and that state.

    Only where the gazetteer knows a town of that state by the words before.
    """
    if state.end != found.end or state.start <= found.start or not state.is_state:
        return found, None
    gazetteer = Gazetteer.open()
    country = gazetteer.get(state.values[0]).country
    words = list(_WORD.finditer(text, found.start, state.start))
    for last in reversed(words):
        name = text[found.start : last.end()]
        if any(place.country == country and place.kind != "country" for place in gazetteer.lookup(name, lang)):
            return found.but(end=last.end()), country
    return found, None


def looked_up(
    found: Candidate, inside: Sequence[Candidate], text: str, lang: str, context: Context, state: str | None = None
) -> Candidate:
    """A name of the model with the place that it means; what nobody knows stays a place of its own.

    Args:
        found: the name.
        inside: places of the gazetteer in it.
        text: the text.
        lang: its language.
        context: what the document says of where it is at home.
        state: told with the name.
    """
    gazetteer = Gazetteer.open()
    name = text[found.start : found.end]
    before = text[: found.start]
    lost = next((x for joint, x in pack(lang).language.contractions.items() if before.endswith(joint)), "")
    known = (gazetteer.lookup(lost + name, lang) if lost else ()) or gazetteer.lookup(name, lang)
    # towns are called White House, too
    if known and not is_government(name, lang) and name not in states_of_powers(lang):
        best = next((p for p in known if p.country == state), None) or context.best(known, name)
        values = tuple(p.id for p in known[:_READINGS])
        return found.but(value=best.id, values=values, subkind=best.kind, country=best.country)
    country = state or next((gazetteer.get(p.values[0]).country for p in inside), None)
    country = country or state_of_power(name, lang)
    return found.but(subkind=kind_of_name(name, lang) or "city", country=country)


def known_place(found: Candidate) -> Candidate:
    """A place of the gazetteer that the model has not seen, with what it is."""
    place = Gazetteer.open().get(found.values[0])
    return found.but(value=found.values[0], subkind=place.kind, country=place.country)
