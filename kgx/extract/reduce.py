"""The reduced sentence: every mention one character, the words between them as they stand.

Rules are regular expressions over it (a cascade of finite-state rewritings in the manner of FASTUS, Hobbs et al.
1997): first titles, bearers, bodies and states join into one mention, then coordinated mentions into groups, then
events are read off. A mention's character lies in the Unicode private-use area, in a block of its type, so that
``{person}`` in a rule is a character class and a gap of "at most 40 characters" counts words, not long names.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from kgx.lang.normalize import clean
from kgx.models import Mention, Span

_BLOCK = 256
TYPES = (
    "person", "organization", "country", "place", "office", "nationality", "date", "money", "percent", "count", "rank",
    "agreement", "persons", "organizations", "countries", "places", "agreements", "moneys", "dates", "two_countries",
    "two_persons", "two_organizations",
)  # fmt: skip
_FIRST = {name: 0xE000 + _BLOCK * i for i, name in enumerate(TYPES)}
CLASSES: dict[str, tuple[str, ...]] = {
    **{name: (name,) for name in TYPES},
    "person": ("person", "persons", "two_persons"),
    "organization": ("organization", "organizations", "two_organizations"),
    "country": ("country", "countries", "two_countries"),
    "place": ("place", "places", "country", "countries"),
    "locality": ("place", "places"),
    "date": ("date", "dates"),
    "money": ("money", "moneys"),
    "agreement": ("agreement", "agreements"),
    "one_person": ("person",),
    "one_country": ("country",),
    "one_place": ("place",),
    "one_organization": ("organization",),
    "actor": (
        "person", "persons", "two_persons", "organization", "organizations", "two_organizations", "country",
        "countries",
        "two_countries", "office",
    ),
    "party": (
        "person", "persons", "two_persons", "organization", "organizations", "two_organizations", "country",
        "countries",
        "two_countries", "place", "places", "office",
    ),
    "any": TYPES,
}  # fmt: skip


# The type of the mention that a character stands for, or None for an ordinary character; asked of every character of a
# sentence many times.
block: Callable[[str], str | None] = {
    chr(first + number): name for name, first in _FIRST.items() for number in range(_BLOCK)
}.get


# The mentions of a reduced text, in its order, each by its character.
marks: Callable[[str], list[str]] = re.compile(f"[{chr(0xE000)}-{chr(0xE000 + _BLOCK * len(TYPES) - 1)}]").findall


def spots(text: str) -> list[tuple[int, str]]:
    """The mentions of a reduced text, each by where it stands and its character."""
    at, found = -1, []
    for mark in marks(text):
        at = text.index(mark, at + 1)
        found.append((at, mark))
    return found


def char_class(name: str) -> str:
    """The inside of a regular expression's brackets for a class of mentions."""
    return "".join(f"{chr(_FIRST[t])}-{chr(_FIRST[t] + _BLOCK - 1)}" for t in CLASSES[name])


@dataclass(frozen=True)
class Title:
    """An office as a sentence tells it."""

    mention: Mention
    organization: Atom | None = None
    country: str | None = None
    accredited: str | None = None
    place: Atom | None = None


@dataclass(frozen=True)
class Atom:
    """What one character of the reduced sentence stands for: a mention with all that was joined to it."""

    type: str
    mention: Mention | None
    start: int
    end: int
    country: str | None = None
    titles: tuple[Title, ...] = ()
    organization: Atom | None = None
    members: tuple[Atom, ...] = ()
    thing: str | None = None
    counterpart: Span | None = None

    @property
    def parts(self) -> tuple[Atom, ...]:
        """The single mentions of a group; of a single mention, itself."""
        return tuple(part for member in self.members for part in member.parts) if self.members else (self,)


@dataclass
class Reduced:
    """A sentence in reduced form; ``spans[i]`` is what its i-th character covers in the document."""

    text: str
    spans: list[tuple[int, int]]
    atoms: dict[str, Atom] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def types(self) -> set[str | None]:
        """The types of all mentions."""
        return {block(char) for char in self.atoms}

    def add(self, atom: Atom) -> str:
        """Give an atom a character; past 256 of a type in a sentence, a plain blank."""
        used = self.counts.get(atom.type, 0)
        if used >= _BLOCK:
            return " "
        self.counts[atom.type] = used + 1
        char = chr(_FIRST[atom.type] + used)
        self.atoms[char] = atom
        return char

    def replace(self, start: int, end: int, atom: Atom) -> None:
        """Put one atom in the place of [start, end) of the reduced text."""
        whole = (self.spans[start][0], self.spans[end - 1][1])
        # What only takes others in keeps its character: a sentence has 256 of a type.
        same = next((c for c in self.text[start:end] if c in self.atoms and self.atoms[c].type == atom.type), None)
        if same is None:
            char = self.add(atom)
        else:
            char, self.atoms[same] = same, atom
        self.text = self.text[:start] + char + self.text[end:]
        self.spans[start:end] = [whole]

    def span(self, start: int, end: int) -> Span:
        """What [start, end) of the reduced text covers in the document."""
        return Span(start=self.spans[start][0], end=self.spans[end - 1][1])

    def at(self, index: int) -> Atom:
        """The atom at an index.

        Raises:
            KeyError: no mention stands there.
        """
        return self.atoms[self.text[index]]


def reduce(sentence: Span, text: str, mentions: Sequence[Mention], furniture: Sequence[Span] = ()) -> Reduced:
    """Reduce one sentence of `text` with its mentions (in order, not overlapping), leaving page furniture out."""
    reduced = Reduced("", [])
    out: list[str] = []
    at = sentence.start
    for mention in mentions:
        _words(text, at, mention.start, out, reduced.spans, furniture)
        kind = "country" if mention.kind == "place" and (mention.value or "").startswith("country/") else mention.kind
        atom = Atom(kind, mention, mention.start, mention.end, country=mention.country)
        if kind == "office":
            atom = replace(atom, titles=(Title(mention, country=mention.country),))
        out.append(reduced.add(atom))
        reduced.spans.append((mention.start, mention.end))
        at = mention.end
    _words(text, at, sentence.end, out, reduced.spans, furniture)
    reduced.text = "".join(out)
    return reduced


def _words(
    text: str, start: int, end: int, out: list[str], spans: list[tuple[int, int]], furniture: Sequence[Span]
) -> None:
    """Append the words of [start, end) that are no furniture; nothing blank opens a sentence."""
    for piece in furniture:
        if piece.start < end and start < piece.end:
            _plain(text, start, piece.start, out, spans)
            start = piece.end
    if not out:
        start += len(text[start:end]) - len(text[start:end].lstrip())
    _plain(text, start, end, out, spans)


def _plain(text: str, start: int, end: int, out: list[str], spans: list[tuple[int, int]]) -> None:
    if start >= end:
        return
    cleaned = clean(text[start:end])
    out.append(cleaned.text)
    spans.extend(zip(map(start.__add__, cleaned.starts), map(start.__add__, cleaned.ends), strict=True))


def mentions_of(sentence: Span, mentions: Sequence[Mention], starts: Sequence[int]) -> Sequence[Mention]:
    """The mentions that lie within a sentence; `starts` are the starts of all mentions."""
    first, last = bisect_left(starts, sentence.start), bisect_right(starts, sentence.end)
    return [m for m in mentions[first:last] if m.end <= sentence.end]
