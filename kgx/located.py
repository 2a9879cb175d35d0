"""Which of several places of one name is meant: the one that lies where the document is at home.

The likeliest place stands unless something speaks for another: a state named right beside the name ('Tripoli, Lebanon';
'Atlanta, Georgia' for a region that is called like a state), or a document that names the other's state and never the
likeliest one's. A capital, which is often named without its state, then gives way only to one of the other's largest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from kgx.candidates import Candidate, Spans, near
from kgx.gazetteer import Gazetteer, Place
from kgx.lang import pack
from kgx.titles import is_local_title

# A town with less than this share of the people of the likeliest one is not meant unless its state stands beside it.
_SHARE = 0.1
_NEAR = 40  # characters between a name and its state, at most
_OF = re.compile(r"[^\W\d_]{0,5}(?: [^\W\d_]{1,3})?")
_APOSTROPHES = ("'", "’")


@dataclass(frozen=True)
class Context:
    """What a document says of where it is at home.

    Attributes:
        states: all that it names or whose people, offices or unmistakable towns it names, alpha-2.
        beside: name of a place, as written -> the state that stands beside it.
    """

    states: frozenset[str]
    beside: Mapping[str, str]

    def best(self, known: Sequence[Place], name: str) -> Place:
        """The place that a name means, of several, the likeliest first."""
        first, told = known[0], self.beside.get(name)
        if told is not None:
            return next((p for p in known if p.country == told), first)
        if first.kind == "country" or first.country is None or first.country in self.states:
            return first
        return next((p for p in known if p.country in self.states and _weighs(p, first)), first)


def _weighs(place: Place, first: Place) -> bool:
    if place.kind == "region":
        return not first.capital
    large = not first.capital or place.id in _largest(place.country or "")
    return large and place.population >= _SHARE * first.population


@cache
def _largest(country: str) -> frozenset[str]:
    return Gazetteer.open().largest(country)


@cache
def _between(lang: str) -> re.Pattern[str]:
    """What stands between a place and the state or region in which it lies."""
    return re.compile(rf"\s*[,،(]\s*|{pack(lang).language.within}", re.IGNORECASE)


def located(
    places: Sequence[Candidate], nations: Sequence[Candidate], titles: Sequence[Candidate], text: str, lang: str
) -> tuple[list[Candidate], Context]:
    """The places with the one that is meant first among their values, and what told that."""
    gazetteer = Gazetteer.open()
    readings = [[gazetteer.get(value) for value in place.values] for place in places]
    sole = [{p.country for p in known} for known in readings]
    states = {n.value for n in nations if n.value}
    states |= {next(iter(c)) for c in sole if len(c) == 1 and None not in c}  # type: ignore[misc]
    starts, ends = {t.start: t for t in titles}, {t.end: t for t in titles}
    several = [(c, known) for c, known, own in zip(places, readings, sole, strict=True) if len(own) > 1]
    beside: dict[str, str] = {}
    for candidate, known in several:
        if known[0].kind == "country" and _holds_office(candidate, starts, ends, text):
            states.add(known[0].country or "")
    first = {id(c): known[0] for c, known in zip(places, readings, strict=True)}
    towns, peoples = Spans(places), Spans(nations)
    for candidate, known in several:
        own = {p.country for p in known}
        area = known[0].kind == "country"
        if area and known[0].country in states:
            continue
        around = _around(candidate, towns, peoples, starts, first, text, lang) if not area else ()
        larger = _within(candidate, towns, first, text, lang) if area else ()
        local = _local(candidate, known, ends, text) if area else ()
        if (state := next((s for s in (*around, *larger, *local) if s in own), None)) is not None:
            beside.setdefault(text[candidate.start : candidate.end], state)
    context = Context(frozenset(states), beside)
    meant = []
    for candidate, known in zip(places, readings, strict=True):
        best = context.best(known, text[candidate.start : candidate.end])
        if best.id != candidate.values[0]:
            candidate = candidate.but(values=(best.id, *(v for v in candidate.values if v != best.id)))
        meant.append(candidate)
    return meant, context


def _holds_office(found: Candidate, starts: Mapping[int, Candidate], ends: Mapping[int, Candidate], text: str) -> bool:
    """Whether an office that only states have is named with a place."""
    after = next((starts[at] for at in range(found.end, found.end + 4) if at in starts), None)
    before = _title_before(found, ends, text)
    return any(t is not None and not is_local_title(t) for t in (after, before))


def _title_before(found: Candidate, ends: Mapping[int, Candidate], text: str) -> Candidate | None:
    """The title of which a place is said, with hardly a word between."""
    spots = [at for at in range(max(0, found.start - 10), found.start + 1) if at in ends]
    return next((ends[at] for at in spots if _OF.fullmatch(text[at : found.start].strip())), None)


def _local(found: Candidate, known: Sequence[Place], ends: Mapping[int, Candidate], text: str) -> Iterator[str]:
    """The state of a region whose governor is named."""
    title = _title_before(found, ends, text)
    if title is not None and is_local_title(title):
        yield from (p.country for p in known if p.kind == "region" and p.country)


def _around(
    found: Candidate,
    places: Spans,
    nations: Spans,
    starts: Mapping[int, Candidate],
    first: Mapping[int, Place],
    text: str,
    lang: str,
) -> Iterator[str]:
    """States that stand right beside a place; one that has a title after it is named for that."""
    between, leads = _between(lang), pack(lang).language.titles == "after"
    beside = places.beside(found, within=_NEAR)
    countries = [(c, first[id(c)].country) for c in beside if first[id(c)].kind == "country"]
    for other, state in [*countries, *((n, n.value) for n in nations.beside(found, within=_NEAR))]:
        if state is None:
            continue
        gap = text[found.end : other.start]
        if 0 <= other.start - found.end <= _NEAR and other.end > found.end:
            titled = any(at in starts for at in (other.end, other.end + 1))
            plain = other.kind == "nationality"
            fits = gap == " " if plain else between.fullmatch(gap) is not None
            if fits and not titled and not text.startswith(_APOSTROPHES, other.end):
                yield state
        elif leads and text[other.end : found.start] == " ":
            yield state


def _within(found: Candidate, places: Spans, first: Mapping[int, Place], text: str, lang: str) -> Iterator[str]:
    """The state of the town right before a region, or, where the larger comes first, the state before it."""
    leads = pack(lang).language.titles == "after"
    for other in places.beside(found, within=_NEAR):
        place, gap = first[id(other)], text[other.end : found.start]
        if place.country is None or not 0 < found.start - other.end <= _NEAR:
            continue
        if (place.kind == "country" and leads and gap == " ") or (
            place.kind == "city" and _between(lang).fullmatch(gap) is not None
        ):
            yield place.country


def named_as_place(
    found: Candidate, places: Sequence[Candidate], titles: Sequence[Candidate], text: str, lang: str
) -> bool:
    """Whether what the model takes for a person is a town called like one, by its designator or its state before it."""
    gazetteer = Gazetteer.open()
    whole = next((p for p in near(found, places) if p.covers(found)), None)
    town = gazetteer.get(whole.values[0]) if whole is not None else None
    if whole is None or town is None or town.kind != "city":
        return False
    if any(found.end <= t.start <= found.end + 1 and not is_local_title(t) for t in near(found, titles)):
        return False
    name = text[whole.start : whole.end]
    words = [d for d in gazetteer.designators(lang) if town.kind in d.kinds]
    if any(name.endswith(d.suffixes) or name.startswith(d.prefixes) for d in words):
        return True
    state = next((p for p in near(whole, places) if text[p.end : whole.start] == " " and p.end < whole.start), None)
    leads = pack(lang).language.titles == "after"
    return leads and state is not None and state.values[0] == f"country/{town.country}"
