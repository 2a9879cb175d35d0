"""Whose officials are those whose state no title, visit or meeting tells: read off the text around them."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import cache

from kgx.extract.people import Person, are_rivals
from kgx.extract.reader import Reader
from kgx.lang import pack
from kgx.models import Mention
from kgx.ontology import is_local, office_kind, office_kinds

# A document that speaks so much of one state, and hardly of any other, speaks of its own officials.
_DOMINATES = 3
_HARDLY = 1
# A state told this far before a name, in code points, is still the one spoken of.
_NEAR = 300
# So many letters around a title can tell that it is a former one.
_AROUND = 30


def mark_past(reader: Reader) -> None:
    """Those of whom only former offices are told: in a text about many states, nothing tells of which they are."""
    if _has_two_states(reader):
        return
    for person in reader.persons:
        person.past = bool(person.titles) and all(_is_former(t.mention, reader) for t in person.titles)


@cache
def _former(lang: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    grammar = pack(lang).grammar
    return re.compile(grammar.former_before), re.compile(grammar.former_after)


def _is_former(title: Mention, reader: Reader) -> bool:
    before, after = _former(reader.lang)
    words = reader.text[max(0, title.start - _AROUND) : title.start]
    at_end = any(m.end() == len(words) for m in before.finditer(words))
    return at_end or bool(before.match(title.text) or after.match(reader.text, title.end))


def conclude_powers(reader: Reader) -> None:
    """'The Kremlin said that President X …': who is named with no state after a seat of power speaks for its state."""
    powers = {
        m.start: m.country
        for m in reader.annotated.mentions
        if m.kind == "organization" and m.country and m.rule == f"{reader.lang}/powers"
    }
    told = _told(reader) if powers else ()
    for person in reader.persons if powers else ():
        if person.country is not None or not _acts_at_home(person):
            continue
        for name in person.names:
            index = bisect_left(told, (name.start, "")) - 1
            state = powers.get(told[index][0]) if index >= 0 else None
            if state is None or not _in_one_sentence(told[index][0], name.start, reader):
                continue
            if not is_taken(state, person, reader):
                person.conclude(state)
                break


def _acts_at_home(person: Person) -> bool:
    """Whether an office is one of a state's own seat, not that of one whom it receives or sends."""
    values = {t.mention.value or "other" for t in person.titles}
    return _acts_for_a_state(person) and not any(map(is_local, values))


def _in_one_sentence(start: int, end: int, reader: Reader) -> bool:
    sentences = reader.annotated.text.sentences
    at, to = (bisect_right(sentences, spot, key=lambda s: s.start) for spot in (start, end))
    return at == to


def conclude_home(reader: Reader) -> None:
    """In a document about one state, officials without one are its own: whom they meet there is no foreigner."""
    if _has_one_state(reader):
        for person in reader.persons:
            if person.titles:
                person.conclude(reader.main_countries[0])


def conclude_states(reader: Reader) -> None:
    """Give officials whom no fact has given a state that of their town, or the one last spoken of before them."""
    told = _told(reader)
    for person in reader.persons:
        if person.country is None and person.titles:
            own = next((t.place.country for t in person.titles if t.place is not None and t.place.country), None)
            state = own or _beside_rival(person, reader)
            if state is None and not person.rivals and _acts_for_a_state(person):
                state = _last_before(person, told)
            if state is not None and is_taken(state, person, reader):
                left = [s for s in reader.main_countries[:2] if not is_taken(s, person, reader)]
                state = left[0] if len(left) == 1 else None
            if not any(t.accredited is not None and t.accredited == state for t in person.titles):
                person.conclude(state)  # no ambassador is of the state to which he or she is sent


def is_taken(state: str, person: Person, reader: Reader) -> bool:
    """Whether somebody else holds what the person does, and of which a state has one, in that state."""
    return any(p is not person and p.country == state and are_rivals(p, person) for p in reader.persons)


def _beside_rival(person: Person, reader: Reader) -> str | None:
    """Of 'Prime Ministers A and B', where A's state is known, B is of the other that the document is about."""
    known = {rival.country for rival in person.rivals}
    left = [state for state in reader.main_countries[:2] if state not in known]
    return left[0] if None not in known and len(person.rivals) == len(left) == 1 else None


def _has_one_state(reader: Reader) -> bool:
    return reader.weight(0) >= _DOMINATES and reader.weight(1) <= _HARDLY


def _has_two_states(reader: Reader) -> bool:
    return len(reader.main_countries) <= 2


def _acts_for_a_state(person: Person) -> bool:
    return any(office_kinds()[office_kind(t.mention.value or "other", None)].diplomatic for t in person.titles)


def _told(reader: Reader) -> list[tuple[int, str]]:
    """Where states and their people are named, and persons whose state is known, in order."""
    known = {m.start: p.country for p in reader.persons if p.country for m in p.names}
    found = {m.start: m.country for m in reader.annotated.mentions if m.country and m.kind in _SPEAKS}
    return sorted({**found, **{start: c for start, c in known.items() if c}}.items())


_SPEAKS = ("nationality", "place", "office", "organization")


def _last_before(person: Person, told: Sequence[tuple[int, str]]) -> str | None:
    """The state told last before a name, and soon before it; the press writes paragraphs of a sentence."""
    at = person.names[0].start
    index = bisect_left(told, (at, "")) - 1
    return told[index][1] if index >= 0 and at - told[index][0] <= _NEAR else None
