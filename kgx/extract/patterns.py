"""Patterns of rules: regular expressions over the reduced sentence, which are only run where they can match.

A language has hundreds of patterns, of which a sentence meets a few. What a pattern cannot match without (one of some
words, a mention of some type) is much cheaper to look for than the pattern; and one that never gets beyond that is
never compiled.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import NamedTuple

from kgx.extract.reduce import CLASSES, char_class

_MACRO = re.compile(r"\{(?:(?P<group>[a-z]\w*):)?(?P<name>[a-z]\w*)\}")
# What can stand in a pattern; a name in braces is a class of mentions or a macro.
_PIECE = re.compile(
    r"\\(?P<escaped>x..|u....|U.{8}|N\{[^}]*\}|\d+|.)"
    r"|\[(?P<set>\^?\]?(?:\\.|[^\]\\])*)\]"
    r"|\{(?:[a-z]\w*:)?(?P<name>[a-z]\w*)\}"
    r"|(?P<times>[*+?]|\{\d*,?\d*\})[?+]?"
    r"|(?P<group>\((?:\?(?:P<\w+>|<?[=!]|\w*:|))?)"
    r"|(?P<sign>.)",
    re.DOTALL,
)
_ASIDE = ("(?=", "(?!", "(?<=", "(?<!")  # they take no room
_PLAIN = re.compile(r"\((?:\?P<\w+>|\?i?:)?")
_MOST = 64
_KEY = 3  # words are found by their first letters, this many


@lru_cache(maxsize=64)
def folded(text: str) -> str:
    """A text with the letters that a pattern may take for one another made one, whether it heeds case or not."""
    return text.replace("İ", "i").replace("ı", "i").casefold()


class _Part(NamedTuple):
    """What is known of a part of a pattern.

    Attributes:
        whole: all texts that it matches, folded; None where they are many.
        words: one of these is in whatever it matches; none where nothing is known.
    """

    whole: frozenset[str] | None
    words: frozenset[str] = frozenset()


_NOTHING = _Part(frozenset(("",)))
_ANYTHING = _Part(None)


def _better(one: frozenset[str], other: frozenset[str] | None) -> frozenset[str]:
    """Of two sets of words the more telling: long words, and few."""
    if not other or "" in other:
        return one
    return max(one, other, key=lambda words: (min(4, *map(len, words), 4), -len(words)) if words else (0, 0))


def _sequence(parts: list[_Part]) -> _Part:
    run, best, broken = frozenset(("",)), frozenset[str](), False
    for part in parts:
        if part.whole is not None and len(run) * len(part.whole) <= _MOST:
            run = frozenset(first + second for first in run for second in part.whole)
            continue
        broken = True
        best = _better(_better(best, run), part.words)
        run = part.whole if part.whole is not None else frozenset(("",))
    best = _better(best, run)
    return _Part(None if broken else run, best)


def _choice(several: list[_Part]) -> _Part:
    if len(several) == 1:
        return several[0]
    whole: frozenset[str] | None = frozenset().union(*(part.whole or () for part in several))
    if any(part.whole is None for part in several) or len(whole or ()) > _MOST:
        whole = None
    known = all(part.words for part in several)
    return _Part(whole, frozenset().union(*(part.words for part in several)) if known else frozenset())


def _repeated(part: _Part, times: str) -> _Part:
    if times == "?":
        return _Part(part.whole | {""} if part.whole is not None else None)
    return _Part(None, part.words if times == "+" or re.match(r"\{0*[1-9]", times) else frozenset())


class Macros:
    """The macros of a language, and what is known of them."""

    def __init__(self, macros: Mapping[str, str]) -> None:
        self.texts = {"words": f"[^{char_class('any')}]{{0,80}}?", **macros}
        self.patterns: dict[str, Pattern] = {}
        self._parts: dict[str, _Part] = {}

    def expand(self, pattern: str) -> str:
        """A pattern as a regular expression.

        Raises:
            KeyError: a name is neither a class of mentions nor a macro.
        """

        def substitute(match: re.Match[str]) -> str:
            name, group = match["name"], match["group"]
            body = f"[{char_class(name)}]" if name in CLASSES else f"(?:{self.texts[name]})"
            while name not in CLASSES and _MACRO.search(body):
                body = _MACRO.sub(substitute, body)
            return f"(?P<{group}>{body})" if group else body

        return _MACRO.sub(substitute, pattern)

    def words(self, pattern: str) -> tuple[str, ...]:
        """Words, folded, one of which is in whatever a pattern matches; none where nothing is known."""
        words = self._read(_PIECE.finditer(pattern)).words
        return tuple(sorted(w for w in words if not any(other in w for other in words if other != w)))

    def _named(self, name: str) -> _Part:
        if name in CLASSES:
            return _ANYTHING
        if name not in self._parts:
            self._parts[name] = self._read(_PIECE.finditer(self.texts[name]))
        return self._parts[name]

    def _read(self, pieces: Iterator[re.Match[str]]) -> _Part:
        """What is known of a pattern up to the bracket that closes it, or its end."""
        several: list[_Part] = []
        parts: list[_Part] = []
        for piece in pieces:
            if piece["times"] and parts:
                parts[-1] = _repeated(parts[-1], piece["times"])
            elif piece["group"]:
                inner, opening = self._read(pieces), piece["group"]
                if opening in _ASIDE:
                    inner = _NOTHING
                elif not _PLAIN.fullmatch(opening):
                    inner = _ANYTHING
                parts.append(inner)
            elif piece["sign"] == ")":
                break
            elif piece["sign"] == "|":
                several.append(_sequence(parts))
                parts = []
            else:
                parts.append(self._single(piece))
        return _choice([*several, _sequence(parts)])

    def _single(self, piece: re.Match[str]) -> _Part:
        escaped, letters, sign = piece["escaped"], piece["set"], piece["sign"]
        if escaped is not None:
            if escaped in ("b", "B", "A", "Z"):
                return _NOTHING
            return _ANYTHING if escaped[0].isalnum() else _Part(frozenset((folded(escaped),)))
        if letters is not None:
            few = letters[0] != "^" and not {"\\", "-"} & {*letters}
            return _Part(frozenset(map(folded, letters))) if few else _ANYTHING
        if piece["name"]:
            return self._named(piece["name"])
        if sign in ("^", "$"):
            return _NOTHING
        return _ANYTHING if sign == "." else _Part(frozenset((folded(sign),)))


# By the identity of the macros, of which each language has one lot: to compare or hash all of them each time costs more
# than to match. They are held, so that no others come to have their identity.
_known: dict[int, tuple[Mapping[str, str], Macros]] = {}


def compile_rule(pattern: str, macros: Mapping[str, str]) -> Pattern:
    """The pattern of a rule.

    What is made once is kept for the same macros, which must not change.

    ``{type}`` is a mention, ``{name:type}`` one with a name, ``{macro}`` the language's; ``{words}`` is as few words
    as possible without a mention among them.
    """
    if id(macros) not in _known:
        _known[id(macros)] = (macros, Macros(macros))
    language = _known[id(macros)][1]
    if pattern not in language.patterns:
        language.patterns[pattern] = Pattern(pattern, language)
    return language.patterns[pattern]


class Pattern:
    """The pattern of a rule, compiled when it is first needed; its methods are those of `re.Pattern`."""

    def __init__(self, text: str, macros: Macros) -> None:
        self.text = text
        self._macros = macros

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """The regular expression.

        Raises:
            KeyError: a name is neither a class of mentions nor a macro.
            re.error: it is no regular expression.
        """
        return re.compile(self._macros.expand(self.text))

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Words, folded, one of which is in whatever it matches; none where nothing is known."""
        return self._macros.words(self.text)

    @cached_property
    def mentions(self) -> tuple[frozenset[str], ...]:
        """For each mention that it cannot match without, the types that it may be of.

        Only what stands outside all brackets is told.
        """
        return _mentions(self.text)

    def has_group(self, name: str) -> bool:
        """Whether the pattern itself, not a macro of it, has a group of this name."""
        return f"{{{name}:" in self.text or f"(?P<{name}>" in self.text

    def has_mentions(self, types: set[str | None]) -> bool:
        """Whether mentions of these types are all that it needs."""
        for kinds in self.mentions:
            if kinds.isdisjoint(types):
                return False
        return True

    def has_words(self, text: str) -> bool:
        """Whether a folded text has a word that it needs."""
        words = self.words
        for word in words:
            if word in text:
                return True
        return not words

    def search(self, text: str, start: int = 0, end: int | None = None) -> re.Match[str] | None:
        """As `re.Pattern.search`."""
        if not self.has_words(folded(text)):
            return None
        return self.compiled.search(text, start, len(text) if end is None else end)

    def match(self, text: str, start: int = 0) -> re.Match[str] | None:
        """As `re.Pattern.match`."""
        return self.compiled.match(text, start) if self.has_words(folded(text)) else None

    def fullmatch(self, text: str) -> re.Match[str] | None:
        """As `re.Pattern.fullmatch`."""
        return self.compiled.fullmatch(text) if self.has_words(folded(text)) else None

    def finditer(self, text: str, start: int = 0, end: int | None = None) -> Iterator[re.Match[str]]:
        """As `re.Pattern.finditer`."""
        if not self.has_words(folded(text)):
            return iter(())
        return self.compiled.finditer(text, start, len(text) if end is None else end)


class Index:
    """Many patterns by the words that they need, to tell at once which of them can match a text."""

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self._patterns = patterns
        self._always = {number for number, pattern in enumerate(patterns) if not pattern.words}
        self._words: dict[str, dict[str, set[int]]] = {}
        for number, pattern in enumerate(patterns):
            for word in pattern.words:
                self._words.setdefault(word[:_KEY], {}).setdefault(word, set()).add(number)
        self._short = [key for key in self._words if len(key) < _KEY]

    def fitting(self, text: str, types: set[str | None]) -> list[int]:
        """The numbers of the patterns, in order, that a text with mentions of these types can match."""
        text = folded(text)
        found = set(self._always)
        for key in (*self._short, *({text[at : at + _KEY] for at in range(len(text))} & self._words.keys())):
            for word, numbers in self._words[key].items():
                if word in text:
                    found |= numbers
        return [number for number in sorted(found) if self._patterns[number].has_mentions(types)]


def _mentions(pattern: str) -> tuple[frozenset[str], ...]:
    found, depth = [], 0
    for piece in _PIECE.finditer(pattern):
        sign, name = piece["sign"], piece["name"]
        depth += bool(piece["group"]) - (sign == ")")
        if depth == 0 and sign == "|":
            return ()
        if depth == 0 and name in CLASSES and pattern[piece.end() : piece.end() + 1] not in ("?", "*", "{"):
            found.append(frozenset(CLASSES[name]))
    return tuple(found)
