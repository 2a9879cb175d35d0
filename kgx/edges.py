"""Edges of words: where a phrase may begin and end inside one, after clitics and before particles of the language."""

from __future__ import annotations

from functools import cache

from kgx.lang import pack

_is_letter = str.isalnum


class Edges:
    """What may stand before and after a name within its word.

    Attributes:
        prefixes: clitics.
        suffixes: particles.
        longest: letters of the longest of them.
    """

    def __init__(self, lang: str) -> None:
        data = pack(lang).language
        self.prefixes = frozenset(data.prefixes)
        self.suffixes = frozenset(data.suffixes)
        self.longest = max(map(len, [*self.prefixes, *self.suffixes, ""]))

    def fit(self, text: str, start: int, end: int, starts: frozenset[int] = frozenset()) -> bool:
        """Whether [start, end) begins and ends where a word does; `starts` are further allowed beginnings."""
        return (start in starts or self._left(text, start)) and self._right(text, end)

    def _left(self, text: str, start: int) -> bool:
        at = start
        while at > 0 and _is_letter(text[at - 1]) and start - at <= self.longest:
            at -= 1
        return at == start or text[at:start] in self.prefixes or (text[at].isdigit() and text[at:start].isdigit())

    def _right(self, text: str, end: int) -> bool:
        at = end
        while at < len(text) and _is_letter(text[at]) and at - end <= self.longest:
            at += 1
        return at == end or text[end:at] in self.suffixes


@cache
def edges_of(lang: str) -> Edges:
    """The edges of words of a language."""
    return Edges(lang)
