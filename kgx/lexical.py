"""What is in a text by the lexicons, the gazetteer and the numbers alone, before the model's names are looked at."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from kgx.bodies import international, missions
from kgx.candidates import Candidate, Spans, leftmost, longest
from kgx.edges import Edges, edges_of
from kgx.gazetteer import Gazetteer
from kgx.lang import pack
from kgx.located import Context, located
from kgx.titles import is_local_title

QUANTITIES = ("date", "money", "percent", "rank", "count")


@dataclass(frozen=True)
class Lexical:
    """What is known of a text without the model.

    Attributes:
        text: cleaned.
        lang: its language.
        quantities: dates and amounts.
        places: of the gazetteer, each with the one that is meant first.
        states: those that are likeliest states, before it is known which place of a name is meant.
        nations: nationality words of states, and states named in short.
        pairs: of them those named in short.
        titles: of public office.
        bodies: international ones.
        agreements: phrases of the lexicon.
        compounds: where words stand that look like names or titles and hold none.
        context: what the document says of where it is at home.
    """

    text: str
    lang: str
    quantities: Spans
    places: Spans
    states: Spans
    nations: Spans
    pairs: Sequence[Candidate]
    titles: Spans
    bodies: Spans
    agreements: Sequence[Candidate]
    compounds: Sequence[tuple[int, int]]
    context: Context

    @cached_property
    def countries(self) -> Spans:
        """Places that are states."""
        return Spans(p for p in self.places if p.is_state)

    @cached_property
    def around(self) -> Spans:
        """Places and nationality words."""
        return Spans([*self.places, *self.nations])

    @property
    def edges(self) -> Edges:
        """Where a word of the language may begin and end."""
        return edges_of(self.lang)

    @property
    def order(self) -> str:
        """Whether titles stand before or after names."""
        return pack(self.lang).language.titles

    def read(self, found: Candidate) -> str:
        """The words of a candidate."""
        return self.text[found.start : found.end]


@cache
def _states() -> frozenset[str]:
    return frozenset(p.country for p in Gazetteer.open().countries() if p.country)


@cache
def _compounds(lang: str) -> re.Pattern[str]:
    """Words of the language that hold neither a name nor a title though they look it; the longest first."""
    words = sorted(pack(lang).language.compounds, key=lambda word: (-len(word), word))
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)" if words else "(?!)", re.IGNORECASE)


def lexical(candidates: Iterable[Candidate], text: str, lang: str) -> Lexical:
    """Decide between overlapping candidates of the lexicons, the gazetteer and the numbers.

    Args:
        candidates: from all components.
        text: the cleaned text they refer to.
        lang: its language.
    """
    edges = edges_of(lang)
    by_kind: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        by_kind.setdefault(candidate.kind, []).append(candidate)

    def sound(kind: str, starts: frozenset[int] = frozenset()) -> list[Candidate]:
        return [c for c in by_kind.get(kind, ()) if edges.fit(text, c.start, c.end, starts)]

    pairs = [c.but(kind="nationality") for c in by_kind.get("pair", ())]
    nations = longest(c for c in (*sound("nationality"), *pairs) if c.value in _states())  # the EU is no state
    glued = _glued(by_kind.get("place", ()), by_kind.get("offices", ()), text, lang, edges)
    places = longest([*sound("place"), *glued])
    # Titles and agreements may begin within a word right where a place ends.
    place_ends = frozenset(c.end for c in places)
    places = [p for p in places if p.is_state or not any(q.covers(p) for q in pairs)]
    states = [p for p in places if p.is_state]
    titles = longest(
        t
        for t in sound("offices", place_ends | frozenset(c.end for c in nations))
        # 'President of the Republic' is too long a title where 'the Republic of X' is the state's name
        if not any(t.start < p.start < t.end < p.end for p in states)
    )
    places, context = located(places, nations, titles, text, lang)
    compounds = [m.span() for m in _compounds(lang).finditer(text)]
    return Lexical(
        text=text,
        lang=lang,
        quantities=Spans(longest(c for kind in QUANTITIES for c in by_kind.get(kind, ()))),
        places=Spans(places),
        states=Spans(states),
        nations=Spans(nations),
        pairs=pairs,
        titles=Spans(t for t in titles if not any(start <= t.start and t.end <= end for start, end in compounds)),
        bodies=Spans(longest(international(c) for c in sound("bodies"))),
        agreements=leftmost(sound("agreements", place_ends)),
        compounds=compounds,
        context=context,
    )


def _glued(
    places: Iterable[Candidate], titles: Iterable[Candidate], text: str, lang: str, edges: Edges
) -> list[Candidate]:
    """Places that run into what is said of them.

    '한국대사', '경상남도지사': a state may run into a title or its mission, a town into a title that towns have.
    """
    heads = {t.start: t for t in titles if edges.fit(text, t.start, t.end, frozenset((t.start,)))}
    of_states = missions(lang)
    return [
        place
        for place in places
        if (place.end in heads and (place.is_state or is_local_title(heads[place.end])))
        or (place.is_state and text.startswith(of_states, place.end))
        # as if its word ended with it
        if edges.fit(text[: place.end], place.start, place.end)
    ]
