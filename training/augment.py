"""Vary sentences, with other names or in other case, so that the model learns contexts and not lists of names."""

from __future__ import annotations

import random
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from training.data import Example

Pool = Mapping[tuple[str, str, str], Sequence[str]]


@dataclass(frozen=True)
class Shares:
    """How often each change is made, 0 to 1: ``swap`` of a span for another, ``upper`` and ``lower`` of a sentence,
    ``capitals`` of the last word of each person's name (as in «Emmanuel MACRON»)."""

    swap: float = 0.15
    upper: float = 0.03
    lower: float = 0.03
    capitals: float = 0.04


def ending(surface: str) -> str:
    """Say what the grammar around a name depends on: whether a Hangul syllable is closed, else the last letter."""
    last = unicodedata.normalize("NFD", surface[-1])
    if "\u1100" <= last[0] <= "\u1112":
        return "closed" if len(last) > 2 else "open"
    return last[0]


def pool(examples: Sequence[Example], labels: Sequence[str] = ("PER", "LOC")) -> Pool:
    """Collect the names of each language, label and ending, each once."""
    found: defaultdict[tuple[str, str, str], dict[str, None]] = defaultdict(dict)
    for example in examples:
        for start, end, label in example.spans:
            surface = example.text[start:end]
            if label in labels and len(surface) > 1:
                found[example.language, label, ending(surface)][surface] = None
    return {key: list(surfaces) for key, surfaces in found.items()}


def vary(example: Example, names: Pool, *, shares: Shares, rng: random.Random) -> Example:
    """Return the sentence, changed or not."""
    if rng.random() < shares.swap:
        example = _swapped(example, names, rng)
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


def _swapped(example: Example, names: Pool, rng: random.Random) -> Example:
    """Put another name of the same kind and ending in place of every person and place."""
    text, spans, at = "", [], 0
    for start, end, label in example.spans:
        surface = example.text[start:end]
        others = names.get((example.language, label, ending(surface)), ())
        if others and surface[0] not in (example.proclitics or "\0"):
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
