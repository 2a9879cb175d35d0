"""Titles: where they begin and end, whose state they tell, and which names stand beside them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from functools import cache
from itertools import takewhile

from kgx.candidates import Candidate, Spans, adjoin, near
from kgx.gazetteer import Gazetteer
from kgx.lang import office_titles, pack
from kgx.ontology import is_local, office_kind, office_kinds
from kgx.powers import state_of_power

# A title that the model makes longer than the lexicon has it must be one that it is sure of.
_SURE_TITLE = 0.8
# How much of what follows a nationality word is compared with the ends of titles.
_REST = 80


@cache
def _titles(lang: str) -> dict[str, str]:
    return {phrase: value for value, phrases in pack(lang).phrases("offices").items() for phrase in phrases}


@cache
def _titles_by_start(lang: str) -> list[tuple[str, str, str]]:
    """Titles in lower case, sorted, each as written and with what it means."""
    return sorted((phrase.lower(), phrase, value) for phrase, value in _titles(lang).items())


def title_at_edge(words: str, lang: str) -> str | None:
    """The title of the lexicon that a title of the model begins or ends with, the longest."""
    folded, known = words.lower(), office_titles(lang)
    for length in range(len(folded), 0, -1):
        fitting = [known[part] for part in (folded[:length], folded[-length:]) if part in known]
        if fitting:
            return max(fitting)
    return None


def is_local_title(title: Candidate) -> bool:
    """Whether a title is one that towns and regions have."""
    return is_local(title.value or "other")


def is_diplomatic(title: Candidate) -> bool:
    """Whether a title is that of a servant of state."""
    kind = office_kinds().get(office_kind(title.value or "other", None))
    return kind is not None and kind.diplomatic


def titled(found: Candidate, titles: Spans, text: str, order: str | None = None) -> bool:
    """Whether a name stands beside a title that no place can have ('President X', but not 'Mayor X').

    With the `order` of a language only the title on its proper side counts: 'in Cairo Prime Minister X' is no name.
    """
    return any(
        adjoin(found, title, text) and not is_local_title(title)
        for title in titles.beside(found)
        if order is None or (title.end <= found.start) == (order == "before")
    )


def without_title(found: Candidate, title: Candidate, text: str) -> Candidate:
    """The longer side of a name that a title splits."""
    left = found.but(end=found.start + len(text[found.start : title.start].rstrip(" ,")))
    gap = text[title.end : found.end]
    right = found.but(start=title.end + len(gap) - len(gap.lstrip(" ,")))
    return left if len(left) >= len(right) else right


def whole_title(
    title: Candidate, seen: Spans, nations: Sequence[Candidate], places: Sequence[Candidate], text: str, lang: str
) -> Candidate:
    """A title as far as it reaches, with the state that it tells.

    Args:
        title: a title of the lexicon.
        seen: titles that the model has seen.
        nations: nationality words.
        places: places of the gazetteer.
        text: the text.
        lang: its language.
    """
    title = _around_state(title, nations, text, lang)
    longer = (m for m in seen.beside(title) if m.overlaps(title) and m.end > title.end and m.score >= _SURE_TITLE)
    whole = title.but(end=max((m.end for m in longer), default=title.end))
    inside = (c for several in (nations, places) for c in near(whole, several))
    states = (_state(c) for c in inside if whole.start < c.start and c.end <= whole.end)
    country = title.country or next((state for state in states if state is not None), None)
    return whole.but(kind="office", country=country or state_of_power(text[whole.start : whole.end], lang))


def _around_state(title: Candidate, nations: Sequence[Candidate], text: str, lang: str) -> Candidate:
    """A title that a nationality word splits ('ministre grec des Affaires étrangères'), read whole."""
    nation = next((n for n in near(title, nations) if title.end < n.start <= title.end + 1), None)
    if nation is None:
        return title
    head = text[title.start : title.end].lower()
    rest = text[nation.end : nation.end + _REST].lower()
    known = _titles_by_start(lang)
    from_here = map(known.__getitem__, range(bisect_left(known, (head,)), len(known)))
    longer = takewhile(lambda title: title[0].startswith(head), from_here)
    tails = [(phrase[len(head) :], value) for _, phrase, value in longer]
    fitting = [(tail, value) for tail, value in tails if tail and rest.startswith(tail.lower())]
    if not fitting:
        return title
    tail, value = max(fitting, key=lambda pair: (len(pair[0]), pair))
    return title.but(end=nation.end + len(tail), value=value, country=nation.value, rule=f"{lang}/offices/{value}")


def _state(found: Candidate) -> str | None:
    """The state that a nationality word or a place tells."""
    return found.value if found.kind == "nationality" else Gazetteer.open().get(found.values[0]).country
