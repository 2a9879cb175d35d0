"""Where names begin and end: what the model takes for a part of a name and the lexicons know to stand beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence, Set
from functools import cache

from kgx.candidates import Candidate, near
from kgx.edges import Edges
from kgx.gazetteer import Gazetteer
from kgx.places import is_capital, is_wide
from kgx.titles import is_local_title

# Of a state's name another form has so many first letters the same, and is hardly longer or shorter.
_STEM = 3


def from_word_start(found: Candidate, text: str, edges: Edges) -> Candidate:
    """A person's name of several words without the end of a word that it begins with ('하자마자 X')."""
    blank = text.find(" ", found.start, found.end)
    if found.kind != "person" or blank < 0:
        return found
    start = max(0, found.start - edges.longest - 1)
    if edges.fit(text[start : found.end], found.start - start, found.end - start):
        return found
    return found.but(start=blank + 1)


def before_agreement(found: Candidate, deals: Sequence[Candidate], text: str) -> Candidate:
    """A person's name of several words without the agreement that it runs into."""
    deal = next((d for d in deals if d.end == found.end and d.start > found.start), None)
    if found.kind != "person" or deal is None or not text[deal.start - 1].isspace():
        return found
    return found.but(end=found.start + len(text[found.start : deal.start].rstrip()))


def after_state(
    found: Candidate, titles: Sequence[Candidate], states: Sequence[Candidate], text: str, lang: str
) -> Candidate:
    """A person's name without the state before it, which a title governs or its case shows to be no first name.

    'King Jordan Abdullah II' in word order of some; 'secretary of the party of Laos (genitive) X'.
    """
    if found.kind != "person":
        return found
    state = next((s for s in near(found, states) if s.start == found.start and s.end < found.end), None)
    if state is None or not (
        any(_leads(title, found, text) for title in near(found, titles))
        or _is_inflected(text[state.start : state.end], state, lang)
    ):
        return found
    rest = text[state.end : found.end]
    words = len(text[found.start : found.end].split())
    # 'Mayor Jordan Smith' has but a surname left
    if words < 3 or len(rest) == len(rest.lstrip()):
        return found
    return found.but(start=found.end - len(rest.lstrip()))


def after_town(found: Candidate, titles: Sequence[Candidate], places: Sequence[Candidate], text: str) -> Candidate:
    """A person's name without the town or region of the local office before it ('governor Ben Arous Sakina')."""
    if found.kind != "person":
        return found
    first = (p for p in near(found, places) if p.start == found.start and p.end < found.end)
    town = max(first, key=lambda p: p.end, default=None)
    if town is None or not any(is_local_title(title) and _leads(title, found, text) for title in titles):
        return found
    rest = text[town.end : found.end]
    if len(rest.split()) < 2 or len(rest) == len(rest.lstrip()):
        return found
    return found.but(start=found.end - len(rest.lstrip()))


def _leads(title: Candidate, found: Candidate, text: str) -> bool:
    """Whether nothing but blanks stands between a title and what follows it."""
    return title.end < found.start and not text[title.end : found.start].strip()


def _is_inflected(form: str, state: Candidate, lang: str) -> bool:
    """Whether a form of a state's name is its name with another ending."""
    name = Gazetteer.open().labels(state.values[0]).get(lang, form)
    return form != name and form[:_STEM] == name[:_STEM] and abs(len(form) - len(name)) <= _STEM


def after_nation(found: Candidate, nations: Sequence[Candidate], text: str, prefixes: Iterable[str]) -> Candidate:
    """The name of a person without the nationality before it, which an article shows to be none of his names."""
    if found.kind != "person":
        return found
    inside = next(
        (n for n in near(found, nations) if n.start < found.start < n.end < found.end and text[n.end] == " "), None
    )
    if inside is not None:  # the model cut a nationality word
        return found.but(start=inside.end + 1)
    articles = tuple(prefix for prefix in prefixes if len(prefix) > 1)
    if not articles or not text.startswith(articles, found.start):
        return found
    nation = next((n for n in near(found, nations) if n.end < found.end and found.start <= n.start < n.end), None)
    if nation is None or text[nation.end] != " " or text[found.start : nation.start] not in ("", *articles):
        return found
    return found.but(start=nation.end + 1)


def without_post(found: Candidate, places: Sequence[Candidate], text: str, prefixes: frozenset[str]) -> Candidate:
    """A person's name without the last word that is a clitic and a place ('X 주제네바' before 'ambassador')."""
    last = text.rfind(" ", found.start, found.end) + 1
    if found.kind != "person" or not last:
        return found
    posted = any(
        p.end == found.end and last < p.start and text[last : p.start] in prefixes for p in near(found, places)
    )
    return found.but(end=last - 1) if posted else found


def without_words_beside(entities: Sequence[Candidate], text: str, words: frozenset[str]) -> list[Candidate]:
    """Names of persons and places without words at their edges that belong to no name; what is but such words goes."""
    bare = []
    for entity in entities if words else ():
        start, end = entity.start, entity.end
        if entity.kind in ("person", "place"):
            parts = [m.span() for m in re.finditer(r"\S+", text[start:end])]
            # a single letter is no name by itself: the word beside it ('또 럼') is a part of it
            while parts and text[start + parts[0][0] : start + parts[0][1]] in words and end - start - parts[0][1] > 2:
                del parts[0]
            while parts and text[start + parts[-1][0] : start + parts[-1][1]] in words:
                del parts[-1]
            if not parts:
                continue
            start, end = start + parts[0][0], start + parts[-1][1]
        elif text[start:end] in words:
            continue
        bare.append(entity if (start, end) == (entity.start, entity.end) else entity.but(start=start, end=end))
    return bare if words else list(entities)


def without_particles_and_places(
    entities: Sequence[Candidate],
    places: Sequence[Candidate],
    titles: Iterable[Candidate],
    text: str,
    edges: Edges,
    *,
    last: bool,
) -> list[Candidate]:
    """Names without clitics, particles and wider places that the model took for a part of them.

    Args:
        entities: names that the model has seen.
        places: places of the gazetteer, and states named in short.
        titles: titles of the lexicon.
        text: the text.
        edges: clitics and particles of the language.
        last: whether titles stand last in the language, and what is wider first.
    """
    names = [text[entity.start : entity.end] for entity in entities]
    known = {part for name in names for part in (name, *name.split())} | {text[p.start : p.end] for p in places}
    local = frozenset(title.start for title in titles if is_local_title(title))
    bare = []
    for entity, name in zip(entities, names, strict=True):
        if name in edges.prefixes:
            continue  # nothing but clitics
        entity = _without_particles(entity, known, text, edges)
        if entity.kind == "person":
            entity = _without_place_after(entity, places, known, local if last else frozenset(), text)
            entity = _without_state_before(entity, places, text) if last else entity
        elif entity.kind == "place" and last:
            entity = _without_wider(entity, places, text)
        bare.append(entity)
    return bare


@cache
def _longest_first(forms: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(forms, key=lambda form: (-len(form), form)))


def _without_particles(entity: Candidate, known: Set[str], text: str, edges: Edges) -> Candidate:
    """A name without a clitic or particle, if what is left is a place, or a name or a part of one without it."""
    begins, ends = _longest_first(edges.prefixes), _longest_first(edges.suffixes)
    name = text[entity.start : entity.end]
    for prefix in begins if name.startswith(begins) else ():
        if name.startswith(prefix) and name[len(prefix) :] in known and len(name) > len(prefix) + 1:
            entity = entity.but(start=entity.start + len(prefix))
            break
    name = text[entity.start : entity.end]
    for suffix in ends if name.endswith(ends) else ():
        if name.endswith(suffix) and name[: -len(suffix)] in known and len(name) > len(suffix) + 1:
            return entity.but(end=entity.end - len(suffix))
    return entity


def _without_place_after(
    person: Candidate, places: Sequence[Candidate], known: Set[str], local: frozenset[int], text: str
) -> Candidate:
    """A person's name without the state ('Kim Laos' before a title is Kim of Laos), capital or town that it ends with.

    Args:
        person: the name.
        places: of the gazetteer.
        known: names and parts of names in the document, and places.
        local: where titles that towns have begin, in languages where titles stand last.
        text: the text.
    """
    place = next((p for p in near(person, places) if p.end == person.end and p.start > person.start), None)
    if place is None:
        return person
    name = text[person.start : place.start].rstrip()
    parts = len(name.split())
    if (
        place.kind == "nationality"
        or place.is_state
        # A verb first, then who leaves which capital: the name is known without it, or whole, in scripts whose letters
        # do not tell names.
        or (is_capital(place) and (name in known or (parts > 1 and not _has_capitals(person, text))))
        # 'Sipho Dlamini Durban' before 'mayor'
        or ({person.end, person.end + 1} & local and parts > 1)
    ):
        return person.but(end=person.start + len(name))
    return person


def _has_capitals(found: Candidate, text: str) -> bool:
    return any(c.isupper() for c in text[found.start : found.end])


def _without_state_before(person: Candidate, places: Sequence[Candidate], text: str) -> Candidate:
    """A person's name without the state before it ('Laos Kim' where the title comes last)."""
    first = next((p for p in near(person, places) if p.start == person.start and p.end < person.end), None)
    if first is None or text[first.end] != " " or not first.is_state:
        return person
    return person.but(start=first.end + 1)


def _without_wider(place: Candidate, places: Sequence[Candidate], text: str) -> Candidate:
    """'France Lyon' is Lyon, and France beside it, where what is wider comes first."""
    if any((p.start, p.end) == (place.start, place.end) for p in near(place, places)):
        return place
    wider = next((p for p in near(place, places) if p.start == place.start and text[p.end : p.end + 1] == " "), None)
    return place.but(start=wider.end + 1) if wider is not None and wider.end < place.end and is_wide(wider) else place
