"""Whether a sentence speaks of what was or of what will be, as the words near a date tell it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

__all__ = ["Cue", "Cues"]

_WORD = re.compile(r"\w+(?:'\w+)?")
_WINDOW = 200
_CLAUSE = 60
# The date's own side of the verb counts as it is; beyond the other side a cue is likelier of another clause.
_OTHER_SIDE = 3
# A future told only by words before the date.
_BEFORE = 2
_QUOTES = '"“”„«»'
_MOST_KNOWN = 20_000
_LONGEST = 40

Cue = tuple[int, int, int]
"""Start, end, and 1 for the future, 2 for a future that counts only before a date, -1 for the past."""


class _Written(Protocol):
    @property
    def future(self) -> tuple[str, ...]: ...
    @property
    def future_before(self) -> tuple[str, ...]: ...
    @property
    def past(self) -> tuple[str, ...]: ...
    @property
    def prefixes(self) -> tuple[str, ...]: ...
    @property
    def suffixes(self) -> tuple[str, ...]: ...
    @property
    def verb_last(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Cues:
    """The words of a language that tell a tense; looked up word by word, since one expression for all is slow."""

    words: Mapping[str, int]
    endings: Mapping[str, int]
    beginnings: Mapping[str, int]
    inner: Mapping[str, int]
    phrases: Mapping[str, tuple[tuple[str, int], ...]]
    """First word -> whole phrases of several words."""
    ending_lengths: tuple[int, ...]
    beginning_lengths: tuple[int, ...]
    prefixes: tuple[str, ...]
    suffixes: frozenset[str]
    longest_suffix: int
    verb_last: bool
    known: dict[str, Cue | None]
    """Words looked at before: most of a text are."""

    @classmethod
    def of(cls, data: _Written, fold: Callable[[str], str]) -> Cues:
        """From the cues as written, where ``*`` at an end stands for any letters there."""
        tables: dict[tuple[bool, bool], dict[str, int]] = {(a, b): {} for a in (False, True) for b in (False, True)}
        phrases: dict[str, list[tuple[str, int]]] = {}
        for written, tense in ((data.past, -1), (data.future, 1), (data.future_before, _BEFORE)):
            for word in written:
                folded = fold(word.strip("*"))
                first = _WORD.match(folded)
                if first is not None and first.end() < len(folded):
                    phrases.setdefault(first[0], []).append((folded, tense))
                else:
                    tables[word[0] == "*", word[-1] == "*"][folded] = tense
        return cls(
            words=tables[False, False],
            endings=tables[True, False],
            beginnings=tables[False, True],
            inner=tables[True, True],
            phrases={first: tuple(sorted(each, key=_longest)) for first, each in phrases.items()},
            ending_lengths=_lengths(tables[True, False]),
            beginning_lengths=_lengths(tables[False, True]),
            prefixes=tuple(map(fold, data.prefixes)),
            suffixes=frozenset(map(fold, data.suffixes)),
            longest_suffix=max(map(len, data.suffixes), default=0),
            verb_last=data.verb_last,
            known={},
        )

    def find(self, text: str, low: int, high: int) -> list[Cue]:
        """The cues between two places of a folded text, in their order."""
        found: list[Cue] = []
        known, phrases = self.known, self.phrases
        for match in _WORD.finditer(text, low, high):
            word = match[0]
            if word in phrases and (phrase := self._phrase(text, match.start(), word)) is not None:
                found.append(phrase)
                continue
            if word not in known:
                if len(known) > _MOST_KNOWN:
                    known.clear()
                known[word] = self._in_word(word[:_LONGEST])
            hit = known[word]
            if hit is not None:
                start = match.start()
                found.append((start + hit[0], start + hit[1], hit[2]))
        return found

    def _phrase(self, text: str, start: int, first: str) -> Cue | None:
        """The longest cue of several words that starts at a place with this word."""
        for phrase, tense in self.phrases[first]:
            stop = start + len(phrase)
            if text.startswith(phrase, start) and not text[stop : stop + 1].isalnum():
                return start, stop, tense
        return None

    def _in_word(self, word: str) -> Cue | None:
        """The cue in a word; clitics before it and particles after it don't matter."""
        for low in self._starts(word):
            for high in self._ends(word):
                if (tense := self.words.get(word[low:high])) is not None:
                    return low, high, tense
        for high in self._ends(word) if self.endings else ():
            for length in self.ending_lengths:
                if length <= high and (tense := self.endings.get(word[high - length : high])) is not None:
                    return high - length, high, tense
        for low in self._starts(word) if self.beginnings else ():
            for length in self.beginning_lengths:
                if (tense := self.beginnings.get(word[low : low + length])) is not None:
                    return low, low + length, tense
        for part, tense in self.inner.items():
            if (at := word.find(part)) >= 0:
                return at, at + len(part), tense
        return None

    def _starts(self, word: str) -> list[int]:
        return [0, *(len(prefix) for prefix in self.prefixes if word.startswith(prefix))] if self.prefixes else [0]

    def _ends(self, word: str) -> list[int]:
        """Where the word ends without particles: none, one or two of them."""
        ends = [len(word)]
        if self.suffixes:
            for _ in range(2):
                ends += [
                    at
                    for end in ends
                    for at in range(max(1, end - self.longest_suffix), end)
                    if word[at:end] in self.suffixes and at not in ends
                ]
        return ends

    def tense(self, text: str, cues: list[Cue], start: int, end: int) -> int:
        """1 where the sentence with these cues speaks of the future at a date, -1 of the past, 0 where it doesn't tell.

        The nearest cue counts; where the verb goes before its dates one after them is likelier another clause's.
        """
        best, tense = float("inf"), 0
        after, before = (1, _OTHER_SIDE) if self.verb_last else (_OTHER_SIDE, 1)
        for begin, stop, told in cues[bisect_left(cues, (start - _WINDOW, 0, 0)) :]:
            if begin >= end + _WINDOW:
                break
            if told == _BEFORE and begin >= end:
                continue
            if begin >= end:
                distance, between = (begin - end + 1) * after, text[end:begin]
            elif stop <= start:
                distance, between = (start - stop + 1) * before, text[stop:start]
            else:
                distance, between = 0, ""
            if distance >= best:
                continue
            if "," in between or ";" in between:
                distance += _CLAUSE
            if sum(between.count(mark) for mark in _QUOTES) % 2:
                distance += _CLAUSE  # of what is quoted and what is not, each has its own tense
            if distance < best or (distance == best and told > tense):
                best, tense = distance, min(told, 1)
        return tense


def _longest(phrase: tuple[str, int]) -> int:
    return -len(phrase[0])


def _lengths(words: Iterable[str]) -> tuple[int, ...]:
    return tuple(sorted({len(word) for word in words}, reverse=True))
