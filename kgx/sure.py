"""How sure a name must be to stand: what votes for its kind, and what supports it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import pairwise

from kgx.bodies import kind_of_name
from kgx.candidates import Candidate, Spans, near
from kgx.gazetteer import Gazetteer
from kgx.lang import pack
from kgx.places import everyday
from kgx.titles import titled

# Below these the model is more often wrong than right about a name that nothing else supports.
_SURE_PERSON, _SURE_PLACE, _SURE_BODY = 0.75, 0.7, 0.5
# Above this it is seldom wrong about what it takes for a name.
_SURE_NAME = 0.9


@cache
def _joins(lang: str) -> re.Pattern[str]:
    return re.compile(pack(lang).language.joins)


def _before_persons(names: Sequence[Candidate], text: str, lang: str) -> set[int]:
    """Where names begin that 'and' joins to that of a person after it, which the model is sure of somewhere."""
    sure = {text[n.start : n.end] for n in names if n.kind == "person" and n.score >= _SURE_NAME}
    return {
        first.start
        for first, second in pairwise(sorted(names, key=lambda n: (n.start, n.end)))
        if second.kind == "person" and text[second.start : second.end] in sure
        if _joins(lang).fullmatch(text, first.end, second.start)
    }


def joined(
    entities: Sequence[Candidate], known: Sequence[Candidate], places: Sequence[Candidate], text: str, lang: str
) -> list[Candidate]:
    """The names with those made persons that nothing but the model, less sure of it, knows as a place or a body.

    Who is joined to a person is one: 'X and Arman Bekov'. What the model is sure of stands, unless it takes the same
    name for a person's elsewhere.
    """
    persons = {text[e.start : e.end] for e in entities if e.kind == "person"}
    before_persons = _before_persons(entities, text, lang)
    return [
        entity.but(kind="person")
        if entity.start in before_persons
        and entity.kind in ("place", "organization")
        and (entity.score < _SURE_NAME or text[entity.start : entity.end] in persons)
        and kind_of_name(text[entity.start : entity.end], lang) is None
        and not any(entity.overlaps(k) for around in (known, places) for k in near(entity, around))
        else entity
        for entity in entities
    ]


def vote(entities: Sequence[Candidate], text: str) -> list[Candidate]:
    """One name is one kind of thing in one document: the kind that the model is surest of, over all its mentions.

    A single word that is part of a longer name votes with it ('Tokaïev' with 'Kassym-Jomart Tokaïev').
    """
    votes: dict[str, dict[str, float]] = {}
    for entity in entities:
        name = text[entity.start : entity.end]
        for part in {name, *name.split()} if entity.kind == "person" else {name}:
            kinds = votes.setdefault(part, {})
            kinds[entity.kind] = kinds.get(entity.kind, 0.0) + entity.score
    settled = []
    for entity in entities:
        kinds = votes[text[entity.start : entity.end]]
        best = min(kinds, key=lambda k: (-kinds[k], k))
        if best != entity.kind and {best, entity.kind} <= {"person", "place", "organization"}:
            entity = entity.but(kind=best)
        settled.append(entity)
    return settled


def supported(names: Sequence[Candidate], titles: Spans, text: str, lang: str) -> list[Candidate]:
    """Names that the model is sure of, somewhere in the document, or that something else supports.

    A title beside it, further parts or a sure name that it is joined to support a person's name; a head word supports
    a body's, and the gazetteer a place's, unless that is more often another word.
    """
    best: dict[str, float] = {}
    for name in names:
        whole = text[name.start : name.end]
        for part in (whole, *whole.split()):
            best[part] = max(best.get(part, 0.0), name.score)
    before_persons = _before_persons(names, text, lang)

    def stands(name: Candidate) -> bool:
        whole = text[name.start : name.end]
        match name.kind:
            case "person":
                return (
                    best[whole] >= _SURE_PERSON
                    or len(whole.split()) > 1
                    or name.rule != "ner"
                    or name.start in before_persons
                    or titled(name, titles, text)
                )
            case "place":
                return best[whole] >= _SURE_PLACE or (
                    whole.casefold() not in everyday(lang) and bool(Gazetteer.open().lookup(whole, lang))
                )
            case "organization":
                return best[whole] >= _SURE_BODY or kind_of_name(whole, lang) is not None
        return True

    return [name for name in names if stands(name)]
