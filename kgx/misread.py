"""What the model takes for one thing and the lexicons know to be another, or two.

A model reads a town it has never seen as a body or a person, and a name of several words with the word after it. The
gazetteer and the lexicons know what the words are; where they agree on it, theirs is the reading.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from kgx.candidates import Candidate, near
from kgx.edges import Edges
from kgx.gazetteer import Gazetteer

_WORD = re.compile(r"[^\W_]+")
# A person's name that the model is less sure of may be a town's.
_SURE_PERSON = 0.95
# A title that the model makes longer than the lexicon has it must be one that it is sure of.
SURE_TITLE = 0.8


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
    known = {(p.start, p.end): p for p in places if not p.values[0].startswith("country/")}
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
                and not any(_beside(entity, title, text) for title in titles)
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


def _beside(entity: Candidate, other: Candidate, text: str) -> bool:
    low, high = (other.end, entity.start) if other.end <= entity.start else (entity.end, other.start)
    return 0 <= high - low <= 1 and not text[low:high].strip()


def without_state(found: Candidate, state: Candidate, text: str, lang: str) -> tuple[Candidate, str | None]:
    """A town without the state that its name ends with ('Saint-Louis du Sénégal'), and that state.

    Only where the gazetteer knows a town of that state by the words before.
    """
    if state.end != found.end or state.start <= found.start or not state.values[0].startswith("country/"):
        return found, None
    gazetteer = Gazetteer.open()
    country = gazetteer.get(state.values[0]).country
    words = list(_WORD.finditer(text, found.start, state.start))
    for last in reversed(words):
        name = text[found.start : last.end()]
        if any(place.country == country and place.kind != "country" for place in gazetteer.lookup(name, lang)):
            return found.but(end=last.end()), country
    return found, None


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


def after_pair(found: Candidate, pairs: Sequence[Candidate], text: str) -> Candidate:
    """A body without the two states that its name begins with ('한-모로코 공동위원회').

    A single word that is left is no name.
    """
    if found.kind != "organization" or found.value is not None:
        return found
    first = next((p for p in pairs if p.start == found.start), None)
    second = next((p for p in pairs if first is not None and first.end <= p.start <= first.end + 1), None)
    if second is None or not second.end < found.end:
        return found
    rest = text[second.end : found.end].strip()
    return found.but(start=found.end - len(rest) if " " in rest else found.end)


def is_governed(
    body: Candidate, titles: Sequence[Candidate], names: Sequence[Candidate], seats: Sequence[Candidate], text: str
) -> bool:
    """Whether what a body is after the title in which it begins is known by itself: a mission's state or body.

    With where it is at the end, or nothing ('Trưởng [Phái đoàn Việt Nam tại Liên hợp quốc]').

    Args:
        body: what the model took for a body.
        titles: titles of the lexicon.
        names: states and international bodies.
        seats: places besides, where a mission can be.
        text: the text.
    """
    title = next((t for t in near(body, titles) if t.start < body.start < t.end < body.end), None)
    if title is None:
        return False
    start = body.end - len(text[title.end : body.end].lstrip())
    return any(n.start == start for n in near(body, names)) and any(
        s.end == body.end for s in (*near(body, names), *near(body, seats))
    )


def is_agreement(body: Candidate, deals: Sequence[Candidate]) -> bool:
    """Whether a body is an agreement, which its last word tells in languages where that is the head."""
    return body.value is None and any(deal.end == body.end and deal.start > body.start for deal in deals)
