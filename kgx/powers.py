"""Seats of power: a house by whose name its state is called ('the White House'), and where its master receives.

The model reads one as a place in one sentence and as a body, or as nothing, in the next. What stands around it tells:
where somebody is or goes, it is a place; else it is the government that sits there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

from kgx.candidates import Candidate, Spans
from kgx.edges import edges_of
from kgx.lang import pack

# What tells that somebody is at a place stands within so many letters of it.
_AROUND = 60
# Stands for the name among them, as such code points do for mentions in the reduced sentence.
_POWER = "\ue000"


@cache
def states_of_powers(lang: str) -> Mapping[str, str]:
    """Names of seats of power, as written, with their states (alpha-2)."""
    return {name: state for state, names in pack(lang).language.powers.items() for name in names}


@cache
def _states(lang: str) -> Mapping[str, str]:
    """States of seats of power by their names, also as a contraction leaves them ('للكرملين')."""
    named = states_of_powers(lang)
    lost = pack(lang).language.contractions.values()
    return {name.removeprefix(part): state for part in ("", *lost) for name, state in named.items()}


@cache
def _patterns(lang: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    data = pack(lang).language
    names = sorted(states_of_powers(lang), key=lambda name: (-len(name), name))
    written = [re.escape(name) for name in names]
    for joint, lost in data.contractions.items():
        written += [f"(?<={joint}){re.escape(n.removeprefix(lost))}" for n in names if n.startswith(lost)]
    edge = r"(?!\w)" if data.edges == "words" else ""
    name = re.compile(rf"(?:{data.other_houses})|(?P<power>{'|'.join(written) or '(?!)'}){edge}")
    return name, re.compile(data.locatives.replace("{power}", _POWER))


def state_of_power(name: str, lang: str) -> str | None:
    """The state of the seat of power that a name is or holds ('White House spokesman'), if any."""
    states = _states(lang)
    held = (m["power"] for m in _patterns(lang)[0].finditer(name))
    return states.get(name) or next((states[power] for power in held if power), None)


def _is_place(text: str, start: int, end: int, lang: str) -> bool:
    around = text[max(0, start - _AROUND) : start] + _POWER + text[end : end + _AROUND]
    return _patterns(lang)[1].search(around) is not None


def _longer(entity: Candidate, power: Candidate, text: str) -> bool:
    """Whether a name has words of its own beside the seat of power in it, not only what is written to it ("l'")."""
    return entity.covers(power) and " " in text[entity.start : power.start] + text[power.end : entity.end]


def with_powers(entities: Iterable[Candidate], text: str, lang: str) -> list[Candidate]:
    """The names that the model has seen, with seats of power as what stands around them tells.

    Args:
        entities: names that the model has seen.
        text: the text.
        lang: its language; nothing changes where its data names no seats of power.
    """
    edges = edges_of(lang)
    powers = Spans(
        Candidate(
            *m.span(),
            "place" if m["power"] is None or _is_place(text, *m.span(), lang) else "organization",
            rule=f"{lang}/powers",
        )
        for m in _patterns(lang)[0].finditer(text)
        if edges.fit(text, *m.span())
    )
    if not powers:
        return list(entities)
    found = []
    held: set[Candidate] = set()
    for entity in entities:
        inside = [p for p in powers.beside(entity) if p.overlaps(entity)]
        if entity.kind in ("organization", "place") and any(_longer(entity, p, text) for p in inside):
            held.update(inside)  # 'the White House office of …'
        elif entity.kind == "person" and inside and inside[0].start <= entity.start and inside[-1].end < entity.end:
            rest = text[inside[-1].end : entity.end]  # whom the model calls by the house as well
            entity = entity.but(start=entity.end - len(rest.lstrip()))
        elif inside:
            continue
        found.append(entity)
    return [*found, *(p for p in powers if p not in held)]
