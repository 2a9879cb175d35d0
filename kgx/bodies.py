"""Bodies: their kinds, which head words tell, their states, and where their names begin and end."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache

from kgx.candidates import Candidate, covered, near
from kgx.gazetteer import Gazetteer, bodies
from kgx.gazetteer.fold import exact
from kgx.lang import pack
from kgx.powers import state_of_power
from kgx.titles import is_diplomatic, is_local_title

# The words in small letters that a name can't begin with, in scripts that have capitals.
_SMALL = re.compile(r"[\W\d_]*(?:[a-zà-ÿа-яё'-]+[\W\d_]+)*")
_JOINT = re.compile(r" (\w+) (?=\S)")


@cache
def _heads(lang: str) -> tuple[tuple[str, str], ...]:
    """Head words of organizations and venues with their kind, longest first."""
    pairs = ((exact(phrase), kind) for kind, phrases in pack(lang).phrases("heads").items() for phrase in phrases)
    return tuple(sorted(pairs, key=lambda pair: (-len(pair[0]), pair)))


def kind_of_name(name: str, lang: str) -> str | None:
    """The kind of organization or place that a head word in its name tells."""
    folded = exact(name)
    return next((kind for head, kind in _heads(lang) if head in folded), None)


def missions(lang: str) -> tuple[str, ...]:
    """What a mission of a state is called."""
    return tuple(pack(lang).phrases("heads").get("embassy", ()))


@cache
def _international() -> dict[str, str]:
    return {body.id: body.kind for body in bodies()}


def international(found: Candidate) -> Candidate:
    """An international body that the lexicons know, with its kind."""
    return found.but(kind="organization", subkind=_international().get(found.value or ""))


@cache
def _governments(lang: str) -> frozenset[str]:
    return frozenset(exact(phrase) for phrase in pack(lang).phrases("heads").get("government", ()))


def is_government(name: str, lang: str) -> bool:
    """Whether a name is but what a government is called, by its seat or its office ('the Cabinet', 'KREMLIN').

    Unlike `kgx.powers`, which has seats as they are written in a sentence, this has every spelling in small or capital
    letters, and no state.
    """
    return exact(name) in _governments(lang)


def as_government(found: Candidate, text: str, lang: str) -> Candidate:
    """What the model took for a person or a title and a government is called: a body, whoever sits there."""
    if found.kind not in ("person", "office") or not is_government(text[found.start : found.end], lang):
        return found
    return found.but(kind="organization")


def classified(found: Candidate, inside: Sequence[Candidate], text: str, lang: str) -> Candidate:
    """A body with its kind, by its head word, and its state, by a country or nationality in its name.

    Args:
        found: the body.
        inside: nationality words and places in its name, and others.
        text: the text.
        lang: its language.
    """
    name = text[found.start : found.end]
    kind = found.subkind or kind_of_name(name, lang)
    country = None
    if found.value is None:
        parts = [c for c in inside if found.covers(c)]
        if kind == "embassy" and pack(lang).language.titles == "after":  # '주가나 한국대사관' is of the other state
            parts.sort(key=lambda c: text[max(0, c.start - 2) : c.start].strip() in pack(lang).language.prefixes)
        gazetteer = Gazetteer.open()
        states = (c.value if c.kind == "nationality" else gazetteer.get(c.values[0]).country for c in parts)
        country = next((state for state in states if state), None) or state_of_power(name, lang)
    return found.but(subkind=kind or "organization", country=country)


def bare_body(
    found: Candidate,
    known: Sequence[Candidate],
    places: Sequence[Candidate],
    titles: Sequence[Candidate],
    text: str,
    prefixes: frozenset[str],
) -> Candidate:
    """An international body without what is beside it.

    That is a clitic ('to the EU' in one word), the state whose servant is posted at it ('the UN Fiji' before
    'ambassador'), or a place that one small word joins to it ('the UN on Yemen').
    """
    whole = next((k for k in near(found, known) if k.end == found.end and k.start > found.start), None)
    if whole is not None and text[found.start : whole.start] in prefixes:
        return whole
    body = next((k for k in near(found, known) if k.start == found.start and k.end < found.end), None)
    if body is None:
        return found
    if any(text[body.end : p.start] == " " and _sends(p, found, titles, text) for p in near(found, places)):
        return body
    joint = _JOINT.match(text[body.end : found.end])
    if joint is None or not joint[1].islower():
        return found
    start = body.end + joint.end()
    return body if any(p.start == start and p.end == found.end for p in places) else found


def _sends(place: Candidate, body: Candidate, titles: Sequence[Candidate], text: str) -> bool:
    """Whether a place is a state that the title of its servant follows, and a body ends with the one or the other."""
    return place.is_state and any(
        is_diplomatic(title) and text[place.end : title.start].strip() == "" and 0 <= title.start - place.end <= 1
        for title in near(place, titles)
        if body.end in (place.end, title.end)
    )


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


def after_title(body: Candidate, offices: Sequence[Candidate], states: Sequence[Candidate], text: str) -> Candidate:
    """A body whose first words belong to a title ('general secretary of the Central Committee' of the Party of X).

    What is left begins with its first capital, in scripts that have capitals; where that is but a state, no body is.
    """
    office = next((o for o in near(body, offices) if o.start <= body.start < o.end < body.end), None)
    if office is None or body.value:  # a body that is known by its name has no word of a title in it
        return body
    small = _SMALL.match(text[office.end : body.end])
    left = body.but(start=office.end + (small.end() if small else 0))
    if is_local_title(office):
        return left.but(kind="place", subkind=None, country=None)  # 'mayor of the city of' a town
    return left.but(start=left.end) if _names_only(left, states, text) else left


def before_title(
    body: Candidate, titles: Sequence[Candidate], states: Sequence[Candidate], text: str, prefixes: Iterable[str]
) -> Candidate:
    """A body without the title of a state's servant that its name runs into, where titles stand last."""
    ending = (t for t in near(body, titles) if t.end == body.end and t.start > body.start and is_diplomatic(t))
    title = next(ending, None)
    if title is None or body.value is not None:
        return body
    left = body.but(end=body.start + len(text[body.start : title.start].rstrip()))
    lost = max((len(p) for p in prefixes if text.startswith(p, left.start)), default=0)
    letters = {i for i in range(left.start + lost, left.end) if text[i].isalpha()}
    named = {i for state in near(left, states) for i in range(state.start, state.end) if left.start <= i < left.end}
    return left.but(end=left.start) if letters <= named else left


def is_office(body: Candidate, titles: Sequence[Candidate], states: Sequence[Candidate], text: str) -> bool:
    """Whether what the model took for a body is a title with its state ('the president of Turkey')."""
    return any(
        title.start == body.start and title.end < body.end and _names_only(body.but(start=title.end + 1), states, text)
        for title in near(body, titles)
    )


def _names_only(found: Candidate, states: Sequence[Candidate], text: str) -> bool:
    """Whether a name is but a state, or in scripts that have capitals several ('of Armenia and Iran')."""
    if covered(found, states):
        return True
    capitals = {i for i in range(found.start, found.end) if text[i].isupper()}
    return bool(capitals) and capitals <= {
        i for s in near(found, states) if found.covers(s) for i in range(s.start, s.end)
    }


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
