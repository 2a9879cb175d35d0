"""One text under reading: folded, with its numbers, and what stands next to an amount."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Literal, cast

from kgx.quantities.amount_data import AmountsData, Opened, Sided, amounts_data
from kgx.quantities.amount_text import Folded, fold, forms, trie
from kgx.quantities.numbers import Number, NumberGrammar, grammar, is_vague, scan
from kgx.quantities.types import Bound

__all__ = ["Joint", "Scan", "edged", "open_scan"]

Joint = Literal["range", "change"]

_CUE_REACH = 48
_CLAUSE_BREAK = re.compile(r"[,;:!?،؛؟](?=\s)|[.](?=\s)|\n| - ")
_SENTENCE_BREAK = re.compile(r"[.!?؟…\n](?:(?<=\n)\n*|[\"')\]]*\s+)")


@dataclass(slots=True)
class Scan:
    """A text with its numbers; `used` are the indices of those that are part of an amount."""

    lang: str
    folded: Folded
    numbers: tuple[Number, ...]
    used: set[int] = field(default_factory=set)
    _sentences: list[int] | None = None

    @property
    def text(self) -> str:
        """The folded text, in whose offsets all readers work."""
        return self.folded.text

    def span(self, start: int, end: int) -> tuple[int, int, str]:
        """Offsets in the source, and its text there."""
        first, last = self.folded.original(start, end)
        return first, last, self.folded.source[first:last]

    def without_stop(self, end: int) -> int:
        """The end of an abbreviation without its full stop, where that ends a sentence too."""
        if self.text[end - 1 : end] != ".":
            return end
        rest = self.folded.written(end, min(end + 3, len(self.text)))
        return end - 1 if not rest.strip() or rest.lstrip()[0].isupper() or "\n" in rest else end

    def sentence(self, at: int) -> int:
        """The running number of the sentence around an offset."""
        if self._sentences is None:
            text, written = self.text, self.folded.written
            self._sentences = [
                m.end()
                for m in _SENTENCE_BREAK.finditer(text)
                if m[0][0] == "\n" or not written(m.end(), min(m.end() + 1, len(text))).islower()
            ]
        return bisect_right(self._sentences, at)

    def clause_before(self, at: int, reach: int) -> int:
        """Where the clause that ends at `at` begins, at most `reach` code points back."""
        start = max(0, at - reach)
        for match in _CLAUSE_BREAK.finditer(self.text, start, at):
            start = match.end()
        return start

    def clause_after(self, at: int, reach: int) -> int:
        """Where the clause that goes on at `at` ends, at most `reach` code points on."""
        match = _CLAUSE_BREAK.search(self.text, at, min(len(self.text), at + reach))
        return match.start() if match else min(len(self.text), at + reach)

    def is_vague(self, number: Number) -> bool:
        """Whether a word before the number makes it none: several thousand."""
        return is_vague(grammar(self.lang), self.text, number)

    def cues(self, start: int, end: int, *, number_end: int | None = None) -> tuple[bool, Bound | None]:
        """Whether words next to the amount, or next to its number, say that it is approximate, or a bound."""
        rules = _cue_patterns(self.lang)
        approximate = False
        bound: Bound | None = None
        for match in (
            rules.before.search(self.text, max(0, start - _CUE_REACH), start),
            rules.after.match(self.text, end),
            rules.after.match(self.text, number_end) if number_end is not None else None,
        ):
            if match is not None and match.lastgroup is not None:
                if match.lastgroup == "approximate":
                    approximate = True
                else:
                    bound = bound or cast(Bound, match.lastgroup)
        return approximate, bound

    def may_join(self, at: int) -> bool:
        """Whether something that joins two amounts begins at an offset: a quick test before `joint`."""
        return _cue_patterns(self.lang).joins.match(self.text, at) is not None

    def joint(self, start: int, gap_start: int, gap_end: int) -> Joint | None:
        """How two amounts are joined: the first starts at `start`, between them is [gap_start, gap_end)."""
        if not 0 < gap_end - gap_start <= 24:
            return None
        rules = _cue_patterns(self.lang)
        gap = self.text[gap_start:gap_end]
        for opened in rules.opened:
            if opened.join.fullmatch(gap) and opened.open.search(self.text, max(0, start - 24), start):
                return opened.kind
        return "range" if rules.free.fullmatch(gap) else None


@dataclass(frozen=True)
class _Opened:
    kind: Joint
    open: re.Pattern[str]
    join: re.Pattern[str]


@dataclass(frozen=True)
class _CuePatterns:
    data: AmountsData
    numbers: NumberGrammar

    def _left(self, *, edge: bool) -> str:
        if not edge:
            return ""
        return (r"(?<!\w)" if not self.numbers.joined else r"(?<![^\W\d])") + self.numbers.prefix

    @cached_property
    def before(self) -> re.Pattern[str]:
        """Cues that end where an amount starts."""
        found = []
        for name, side in self._sided().items():
            choices = [trie(forms(side.before, self.data.endings))]
            if side.opening:
                choices.append(rf"(?:^|(?<=[.;:!?] )|(?<=[\n(])){trie(forms(side.opening, self.data.endings))}")
            if side.far:
                far = trie(forms(side.far, self.data.endings))
                choices.append(rf"{far}(?: [^\W\d]{{2,20}}){{1,3}}")
            found.append(rf"(?P<{name}>{'|'.join(choices)})")
        return re.compile(rf"{self._left(edge=True)}(?:{'|'.join(found)})[ \n]{{0,2}}$")

    @cached_property
    def after(self) -> re.Pattern[str]:
        """Cues that start where an amount ends."""
        edge = "" if self.numbers.joined else r"(?!\w)"
        groups = "|".join(
            rf"(?P<{name}> {{0,2}}(?:{trie(forms(side.after, self.data.endings))}))"
            for name, side in self._sided().items()
        )
        return re.compile(rf"(?:{groups}){edge}")

    @cached_property
    def free(self) -> re.Pattern[str]:
        """What joins a range by itself."""
        return re.compile(trie(forms(self.data.ranges.free)))

    @cached_property
    def joins(self) -> re.Pattern[str]:
        """Anything that joins two amounts."""
        ranges = self.data.ranges
        opened = [join for item in (*ranges.opened, *ranges.change) for join in item.join]
        return re.compile(trie(forms((*ranges.free, *opened))))

    @cached_property
    def opened(self) -> tuple[_Opened, ...]:
        """What joins two amounts after an opening word."""
        kinds: tuple[tuple[Joint, Iterable[Opened]], ...] = (
            ("range", self.data.ranges.opened),
            ("change", self.data.ranges.change),
        )
        return tuple(
            _Opened(
                kind,
                re.compile(rf"{self._left(edge=True)}{trie(forms(item.open))}[ ]{{0,2}}$" if any(item.open) else "$"),
                re.compile(trie(forms(item.join))),
            )
            for kind, items in kinds
            for item in items
        )

    def _sided(self) -> dict[str, Sided]:
        return {**self.data.bounds, "approximate": self.data.approximate}


@cache
def _cue_patterns(lang: str) -> _CuePatterns:
    return _CuePatterns(amounts_data(lang), grammar(lang))


def edged(lang: str, phrases: Iterable[str], *, right: bool = True) -> str:
    """An expression for words of a language at their edges: whole words, or word beginnings in a joined language."""
    rules = grammar(lang)
    if rules.joined:
        return f"(?:{trie(phrases)})"
    return rf"(?<!\w){rules.prefix}(?:{trie(phrases)})" + (r"(?!\w)" if right else "")


def open_scan(text: str, lang: str) -> Scan:
    """Fold a text and find its numbers.

    Raises:
        DataError: the language has no number data, or it is faulty.
    """
    folded = fold(text)
    return Scan(lang, folded, tuple(scan(folded.text, lang)))
