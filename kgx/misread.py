"""What the model takes for one thing and the lexicons know to be another, or nothing.

A model reads a town it has never seen as a body or a person, and a nationality word as a name. The gazetteer and the
lexicons know what the words are; where they agree on it, theirs is the reading.
"""

from __future__ import annotations

from collections.abc import Sequence

from kgx.bodies import kind_of_name
from kgx.candidates import Candidate, Spans, adjoin, covered, near
from kgx.gazetteer import Gazetteer

# A person's name that the model is less sure of may be a town's.
_SURE_PERSON = 0.95


def as_places(
    entities: Sequence[Candidate],
    places: Sequence[Candidate],
    nations: Sequence[Candidate],
    titles: Sequence[Candidate],
    text: str,
) -> list[Candidate]:
    """The names with those of bodies and persons made places that the gazetteer knows for nothing else.

    Args:
        entities: names that the model has seen.
        places: places of the gazetteer.
        nations: nationality words.
        titles: titles of the lexicon.
        text: the text.
    """
    known = {(p.start, p.end): p for p in places if not p.is_state}
    known |= {(p.start, n.end): p for p in known.values() for n in nations if _of_its_state(p, n, text)}
    longer = {part for e in entities if e.kind == "person" for part in _parts(e, text)}
    out = []
    for entity in entities:
        place = known.get((entity.start, entity.end))
        if place is not None and (
            entity.kind == "organization"
            or (
                entity.kind == "person"
                and entity.score < _SURE_PERSON
                and text[entity.start : entity.end] not in longer
                and not any(adjoin(entity, title, text) for title in titles)
            )
        ):
            entity = entity.but(kind="place")
        out.append(entity)
    return out


def _of_its_state(place: Candidate, nation: Candidate, text: str) -> bool:
    """Whether the nationality word right after a town is that of the state in which it lies."""
    gap = text[place.end : nation.start]
    if nation.start < place.end or gap != " ":
        return False
    gazetteer = Gazetteer.open()
    return any(gazetteer.get(value).country == nation.value for value in place.values)


def _parts(entity: Candidate, text: str) -> list[str]:
    """The words of a name that has several."""
    words = text[entity.start : entity.end].split()
    return words if len(words) > 1 else []


def is_acting_place(found: Candidate, places: Sequence[Candidate], text: str, lang: str) -> bool:
    """Whether what the model took for a body is a state that acts, or a town by a name that calls it one ('인천시')."""
    place = next((p for p in near(found, places) if (p.start, p.end) == (found.start, found.end) and p.values), None)
    if found.kind != "organization" or place is None:
        return False
    bare = text[found.start : found.end - 1]
    return place.is_state or any(p.id == place.values[0] for p in Gazetteer.open().lookup(bare, lang))


def is_hall(found: Candidate, places: Spans, text: str, lang: str) -> bool:
    """Whether what the model took for a person is the head word of a body and its town ('Акимат Караганды')."""
    head, _, rest = text[found.start : found.end].partition(" ")
    town = any(p.end == found.end and p.end - p.start == len(rest) for p in places.beside(found))
    return bool(rest) and town and kind_of_name(head, lang) is not None


def is_called_after(venue: Candidate, title: Candidate, text: str, lang: str) -> bool:
    """Whether a place is a venue called after the bearer of a title ('the mausoleum of President X')."""
    if venue.kind != "place" or not venue.start < title.start < title.end < venue.end:
        return False
    return kind_of_name(text[venue.start : venue.end], lang) == "venue"


def is_only_states(found: Candidate, nations: Sequence[Candidate], text: str) -> bool:
    """Whether all letters of a name belong to two nationality words or more ('franco-marocain'): no name at all."""
    inside = [n for n in near(found, nations) if found.covers(n)]
    if len(inside) < 2:
        return False
    letters = {i for i in range(found.start, found.end) if text[i].isalpha()}
    return letters <= {i for n in inside for i in range(n.start, n.end)}


def is_adjective(found: Candidate, nations: Sequence[Candidate], titles: Sequence[Candidate], text: str) -> bool:
    """Whether what the model took for a name is the nationality word of the title beside it."""
    return covered(found, nations) and any(adjoin(found, title, text) for title in near(found, titles))
