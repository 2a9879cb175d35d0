"""Persons whom the model missed: told by the title that their name stands before, or named in full elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache

from kgx.candidates import Candidate, Spans, near
from kgx.lang import pack
from kgx.ontology import office_kind, office_kinds

# A name with what may stand between it and its title is no longer than this.
_WINDOW = 40
# A surname shorter than this is too often another word.
_SURNAME = 4
# What the model may have taken a part of a name for.
_PARTIAL = {"person", "place"}
# Of what it gives a lower score the model is wrong more often than the title beside it.
_WEAK = 0.4


@cache
def _patterns(lang: str) -> tuple[re.Pattern[str] | None, re.Pattern[str] | None]:
    """What names look like right before a title, and before a title that begins with its state."""
    language = pack(lang).language
    own, foreign = (
        re.compile(f"(?:{'|'.join(several)})$") if several else None
        for several in (language.names_before_titles, language.names_before_states)
    )
    return own, foreign


def _is_part(found: Candidate, name: Candidate) -> bool:
    return found.kind in _PARTIAL and name.covers(found)


def _is_state(found: Candidate) -> bool:
    return found.kind == "nationality" or found.is_state


def named_by_title(
    text: str, lang: str, titles: Iterable[Candidate], beside: Sequence[Candidate], taken: Sequence[Candidate]
) -> list[Candidate]:
    """Names before titles of public office, over the state, town or body that the title is of.

    Args:
        text: the text.
        lang: its language; nothing is found where its data does not say what names before titles look like.
        titles: titles of the lexicon.
        beside: states, towns and bodies that titles may be of.
        taken: what is read already, so that no name can be there.
    """
    own, foreign = _patterns(lang)
    if own is None and foreign is None:
        return []
    # of several readings of one stretch the one that tells a state
    ends: dict[int, Candidate] = {c.end: c for c in sorted(beside, key=lambda c: (len(c), _is_state(c)))}
    found: dict[int, Candidate] = {}
    for title in titles:
        kind = office_kinds().get(office_kind(title.value or "other", None))
        if kind is None or not (kind.diplomatic or kind.local):
            continue
        start, of_state = title.start, title.country is not None
        whole = next(
            (c for c in near(title, beside) if c.start < start < c.end <= title.end), None
        )  # '여수시' of '여수시장'
        start = whole.start if whole is not None else start
        while (part := ends.get(start) or ends.get(start - 1 if text[start - 1 : start] == " " else start)) is not None:
            start = part.start
            of_state = of_state or _is_state(part)
        for pattern in (own, foreign if of_state else None):
            match = pattern.search(text, max(0, start - _WINDOW), start) if pattern is not None else None
            if match is None:
                continue
            name = Candidate(*match.span("name"), "person", score=0.8, rule=f"{lang}/name-before-title")
            if not any(name.overlaps(o) and o.score >= _WEAK and not _is_part(o, name) for o in near(name, taken)):
                found[name.start] = name
                break
    return list(found.values())


def named_again(text: str, lang: str, entities: Sequence[Candidate], taken: Sequence[Candidate]) -> list[Candidate]:
    """Surnames that stand alone, of persons named in full, where letters do not tell the model what is a name.

    Args:
        text: the text.
        lang: its language; nothing is found where its data does not say that names are said again so.
        entities: names that the model has seen.
        taken: what else is read already, so that no name can be there.
    """
    language = pack(lang).language
    if not language.names_again:
        return []
    names = (text[e.start : e.end].split() for e in entities if e.kind == "person")
    surnames = {parts[-1] for parts in names if len(parts) > 1 and len(parts[-1]) >= _SURNAME}
    if not surnames:
        return []
    clitics = "|".join(re.escape(p) for p in language.prefixes if len(p) == 1) or "(?!)"
    several = "|".join(map(re.escape, sorted(surnames)))
    known = Spans([*entities, *taken])
    found = (
        Candidate(m.start("name"), m.end("name"), "person", rule="named again")
        for m in re.finditer(rf"(?<!\w)(?:{clitics})?(?P<name>{several})(?!\w)", text)
    )
    return [c for c in found if not any(c.overlaps(k) for k in known.beside(c))]
