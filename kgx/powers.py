"""Seats of power: a house by whose name its state is called ('the White House'), and where its master receives.

The model reads one as a place in one sentence and as a body, or as nothing, in the next. What stands before it tells:
where somebody is or goes, it is a place; else it is the government that sits there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

from kgx.candidates import Candidate, Edges
from kgx.lang import pack

# What tells that somebody is at a place stands within so many letters before it.
_BEFORE = 12


@cache
def states_of_powers(lang: str) -> Mapping[str, str]:
    """Names of seats of power, as written, with their states (alpha-2)."""
    return {name: state for state, names in pack(lang).language.powers.items() for name in names}


@cache
def _patterns(lang: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    names = sorted(states_of_powers(lang), key=lambda name: (-len(name), name))
    at = pack(lang).language.locatives
    return re.compile("|".join(map(re.escape, names)) or "(?!)"), re.compile(rf"(?<!\w)(?:{at}) $")


def with_powers(entities: Iterable[Candidate], text: str, lang: str, edges: Edges) -> list[Candidate]:
    """The names that the model has seen, with seats of power as what stands before them tells.

    Args:
        entities: names that the model has seen.
        text: the text.
        lang: its language; nothing changes where its data names no seats of power.
        edges: where a word of the language may begin and end.
    """
    pattern, at = _patterns(lang)
    powers = [
        Candidate(
            m.start(),
            m.end(),
            "place" if at.search(text, max(0, m.start() - _BEFORE), m.start()) else "organization",
            rule=f"{lang}/powers",
        )
        for m in pattern.finditer(text)
        if edges.fit(text, m.start(), m.end())
    ]
    if not powers:
        return list(entities)
    found = []
    for entity in entities:
        inside = [p for p in powers if p.overlaps(entity)]
        if entity.kind in ("organization", "place") and any(len(p) < len(entity) and entity.covers(p) for p in inside):
            powers = [p for p in powers if p not in inside]  # 'the White House office of …'
        elif entity.kind == "person" and inside and inside[0].start <= entity.start and inside[-1].end < entity.end:
            rest = text[inside[-1].end : entity.end]  # whom the model calls by the house as well
            entity = entity.but(start=entity.end - len(rest.lstrip()))
        elif inside:
            continue
        found.append(entity)
    return [*found, *powers]
