"""Vary sentences, with other names or in other case, so that the model learns contexts and not lists of names."""

from __future__ import annotations

import random
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from training.data import Example

Key = tuple[str, str, str, bool]
Pool = Mapping[Key, Sequence[str]]


@dataclass(frozen=True)
class Shares:
    """How often each change is made, 0 to 1.

    ``swap`` of the names of a sentence, ``gazetteer`` of a swapped place for one of the gazetteer, ``upper`` and
    ``lower`` of a sentence, ``capitals`` of the last word of each person's name (as in «Emmanuel MACRON»).
    """

    swap: float = 0.3
    gazetteer: float = 0.5
    upper: float = 0.03
    lower: float = 0.03
    capitals: float = 0.04


@dataclass(frozen=True)
class Names:
    """Names to choose from.

    Attributes:
        seen: those of the sentences.
        places: for each kind of place those of the gazetteer.
        articles: the article of a language that has one glued to names.
    """

    seen: Pool
    places: Mapping[str, Pool]
    articles: Mapping[str, str]

    def key(self, language: str, label: str, surface: str) -> Key:
        """Say for which names a name may be exchanged: persons by script, places by language."""
        family = unicodedata.name(surface[0], "?").split()[0] if label == "PER" else language
        article = self.articles.get(language)
        return family, label, ending(surface), bool(article and surface.startswith(article))

    def others(self, example: Example, label: str, surface: str, share: float, rng: random.Random) -> Sequence[str]:
        """Draw a list to choose another name from; it may be empty."""
        key = self.key(example.language, label, surface)
        if label == "LOC" and rng.random() < share:
            kinds = [kind for kind in self.places if key in self.places[kind]]
            if kinds:
                return self.places[rng.choice(kinds)][key]
        return self.seen.get(key, ())


def ending(surface: str) -> str:
    """Say what the grammar around a name depends on: whether a Hangul syllable is closed, else the last letter."""
    last = unicodedata.normalize("NFD", surface[-1])
    if "\u1100" <= last[0] <= "\u1112":
        return "closed" if len(last) > 2 else "open"
    return last[0]


def collect(
    examples: Sequence[Example], places: Mapping[str, Mapping[str, Sequence[str]]], articles: Mapping[str, str]
) -> Names:
    """Collect the names of persons and places, each once.

    What a source annotates otherwise than our corpus is no name for it: a glued letter, two places in one span.
    """
    names = Names({}, {}, articles)
    seen: defaultdict[Key, dict[str, None]] = defaultdict(dict)
    for example in examples:
        for start, end, label in example.spans:
            surface = example.text[start:end]
            odd = surface[0] in (example.proclitics or "\0") or (label in example.joined and " " in surface)
            if label in ("PER", "LOC") and len(surface) > 1 and not odd:
                seen[names.key(example.language, label, surface)][surface] = None
    by_kind: defaultdict[str, defaultdict[Key, list[str]]] = defaultdict(lambda: defaultdict(list))
    for language, kinds in places.items():
        for kind, surfaces in kinds.items():
            for surface in surfaces:
                by_kind[kind][names.key(language, "LOC", surface)].append(surface)
    return Names({key: list(surfaces) for key, surfaces in seen.items()}, by_kind, articles)


def vary(example: Example, names: Names, *, shares: Shares, rng: random.Random) -> Example:
    """Return the sentence, changed or not."""
    if rng.random() < shares.swap:
        example = _swapped(example, names, shares, rng)
    chance = rng.random()
    if chance < shares.upper:
        return _recased(example, [(0, len(example.text))], upper=True)
    if chance < shares.upper + shares.lower:
        return _recased(example, [(0, len(example.text))], upper=False)
    if chance < shares.upper + shares.lower + shares.capitals:
        last_words = [
            (start + example.text[start:end].rfind(" ") + 1, end)
            for start, end, label in example.spans
            if label == "PER"
        ]
        return _recased(example, last_words, upper=True)
    return example


def _swapped(example: Example, names: Names, shares: Shares, rng: random.Random) -> Example:
    """Put another name of the same kind and ending in place of every person and place."""
    text, spans, at = "", [], 0
    for start, end, label in example.spans:
        surface = example.text[start:end]
        odd = surface[0] in (example.proclitics or "\0") or label not in ("PER", "LOC")
        others = () if odd else names.others(example, label, surface, shares.gazetteer, rng)
        if others:
            surface = rng.choice(others)
        text += example.text[at:start]
        spans.append((len(text), len(text) + len(surface), label))
        text += surface
        at = end
    return replace(example, text=text + example.text[at:], spans=tuple(spans))


def _recased(example: Example, ranges: Sequence[tuple[int, int]], *, upper: bool) -> Example:
    """Change the case of letters whose other case is one character too, so that spans hold."""
    chars = list(example.text)
    for start, end in ranges:
        for at in range(start, end):
            other = chars[at].upper() if upper else chars[at].lower()
            if len(other) == 1:
                chars[at] = other
    return replace(example, text="".join(chars))
