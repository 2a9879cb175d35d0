r"""The template language of ``dates.yaml``, compiled to regular expressions that match in linear time.

A template is text with

* ``{slot}``: a value, of the language's word tables or a kind of number (`NUMBER_SLOTS`); a slot may be numbered,
  ``{day_2}``, to be used twice;
* ``[...]`` an optional part, ``(a|b)`` a choice;
* ``&(...)`` and ``!(...)``: what must, or must not, follow; it is not part of the match; ``\\`` before a sign takes its
  meaning from it;
* ``$``: the end of the line;
* a space: some white space, but no blank line; ``~``: white space or none.

Nothing repeats without a bound, so a match looks at no more than a fixed number of characters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

__all__ = [
    "DIGIT",
    "NUMBER_LENGTHS",
    "NUMBER_SLOTS",
    "Compiled",
    "TemplateError",
    "alternation",
    "compile_template",
    "head_of",
]

SPACE = r"(?:[^\S\n]{1,4}\n?|\n)(?!\n)"
OPT_SPACE = r"(?:[^\S\n]{0,4})"
DIGIT = "0"
"""Stands for 'any digit' in the set of possible beginnings of a template."""

_NO_DIGIT_BEFORE = r"(?<!\d)(?<!\d[.,])"
_NO_DIGIT_AFTER = r"(?!\d)(?![.,]\d)"
_DAY = r"(?:3[01]|[12]\d|0?[1-9])"
_MONTH = r"(?:1[0-2]|0?[1-9])"

NUMBER_SLOTS: Mapping[str, str] = {
    "day": rf"(?<!\d)(?<!\d:){_DAY}(?!\d)(?!:\d)",
    "day10": r"(?<!\d)(?:3[01]|[12]\d)(?!\d)",
    "month": rf"(?<!\d){_MONTH}(?!\d)",
    "year": r"(?<!\d)(?:1\d|20|21)\d\d(?!\d)",
    "yearm": r"(?<!\d)(?<!\d[.,/])(?:1[5-9]|20|21)\d\d(?!\d)(?![.,]\d)",
    "year3": r"(?<!\d)[1-9]\d{2}(?!\d)",
    "yy": r"(?<!\d)\d\d(?!\d)",
    "hyear": r"(?<!\d)1[34]\d\d(?!\d)",
    "decade": r"(?<!\d)(?:[12]\d)?\d0(?!\d)",
    "num": rf"{_NO_DIGIT_BEFORE}\d{{1,4}}{_NO_DIGIT_AFTER}",
    "digit": r"(?<!\d)[1-4](?!\d)",
    "roman_month": r"(?<![a-z])(?:x(?:ii?)?|ix|iv|v(?:i{1,3})?|i{1,3})(?![a-z])",
}
"""Slots of digits, the same in every language."""

NUMBER_LENGTHS: Mapping[str, tuple[int, ...]] = {
    "day": (1, 2), "day10": (2,), "month": (1, 2), "year": (4,), "yearm": (4,), "year3": (3,), "yy": (2,),
    "hyear": (4,), "decade": (2, 4), "num": (1, 2, 3, 4), "digit": (1,),
}  # fmt: skip
"""How many figures such a number has."""

REPEATED_SLOTS = ("numw", "n")
"""Slots of words of which several may follow one another."""

_SLOT = re.compile(r"\{([a-z0-9]+(?:_[a-z0-9]+)*?)(?:_(\d))?\}")


class TemplateError(ValueError):
    """A template is not well formed, or names a slot that does not exist."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """A template as a regular expression: `groups` are the slots' names in the order of their groups."""

    source: str
    groups: tuple[str, ...]
    firsts: frozenset[str]
    """What a match can begin with: words, or `DIGIT`."""
    runs: frozenset[tuple[str, str]]
    """A beginning with the sign after it, blanks aside: ('may', '0'); '' where anything may follow, or nothing.

    A number counts as that many noughts, a figure within as one."""
    heads: frozenset[str]
    """The signs it can begin with, blanks aside; with '' where it may be blank."""
    tails: frozenset[str]
    """The same of its end."""
    needs: frozenset[str]
    """Literals one of which every match holds; empty if none is known. Much cheaper to look for than to match."""


def alternation(words: Iterable[str]) -> str:
    """A regular expression that matches any of `words`, the longest first, by their common beginnings."""
    tree: dict[str, dict[str, object]] = {}
    for word in sorted(set(words)):
        node: dict[str, object] = tree  # type: ignore[assignment]
        for char in word:
            node = node.setdefault(char, {})  # type: ignore[assignment]
        node[""] = None

    def emit(node: Mapping[str, object]) -> str:
        branches = []
        for char, below in node.items():
            if char:
                assert isinstance(below, dict)
                branches.append((SPACE if char == " " else re.escape(char)) + emit(below))
        if not branches:
            return ""
        body = branches[0] if len(branches) == 1 and "" not in node else f"(?:{'|'.join(branches)})"
        return body + "?" if "" in node else body

    return emit(tree)


_BLANK = frozenset({""})
# In place of the sign after a word that may go on with another word of its kind.
_MORE = "\0"


@dataclass(frozen=True, slots=True)
class _Part:
    source: str
    firsts: frozenset[str]
    nullable: bool
    needs: frozenset[str] = frozenset()
    runs: frozenset[tuple[str, str]] = frozenset()
    heads: frozenset[str] = _BLANK
    tails: frozenset[str] = _BLANK


def _words(
    source: str,
    firsts: frozenset[str],
    nullable: bool,
    needs: frozenset[str] = frozenset(),
    *,
    repeats: bool = False,
) -> _Part:
    """A part that is one of the words `firsts`, or numbers of the lengths that stand there as noughts."""
    runs, heads, tails = set(), set(), set()
    for word in firsts:
        figures = len(word) - len(word.lstrip("0123456789"))
        if repeats and not figures:
            runs.add((word, _MORE))
        else:
            runs.add(("0" * figures, word[figures : figures + 1].strip()) if figures else (word, ""))
        heads.add(head_of(word))
        tails.add(head_of(word[::-1]))
    return _Part(source, firsts, nullable, needs, frozenset(runs), frozenset(heads), frozenset(tails))


def head_of(text: str) -> str:
    """The first sign of `text` as `Compiled.heads` has it: not a blank, and 0 for every figure; '' if there is none."""
    text = text.lstrip()
    return DIGIT if text[:1].isdecimal() else text[:1]


_FEW = 8


def _best(needs: Sequence[frozenset[str]]) -> frozenset[str]:
    """The most telling of several sets of literals: few, long, and late, since the first signs are looked at anyway."""
    known = [(place, literals) for place, literals in enumerate(needs) if literals and len(literals) <= _FEW]
    if not known:
        return frozenset()
    return min(known, key=lambda each: (len(each[1]), -min(map(len, each[1])), -each[0]))[1]


def _chain(parts: Sequence[_Part]) -> _Part:
    firsts: frozenset[str] = frozenset()
    nullable = True
    literal = ""
    runs: set[tuple[str, str]] = set()
    for place, part in enumerate(parts):
        if nullable:
            following = _edge([other.heads for other in parts[place + 1 :]])
            runs |= {
                (begin, sign) for begin, next_sign in part.runs for sign in ({next_sign} if next_sign else following)
            }
            firsts |= part.firsts
            nullable = part.nullable
        literal += part.source
    heads = _edge([part.heads for part in parts])
    tails = _edge([part.tails for part in reversed(parts)])
    return _Part(literal, firsts, nullable, _best([part.needs for part in parts]), frozenset(runs), heads, tails)


def _edge(signs: Iterable[frozenset[str]]) -> frozenset[str]:
    """What a run of parts can begin with, from what each can."""
    found: frozenset[str] = frozenset()
    for each in signs:
        found |= each
        if "" not in each:
            return found - _BLANK
    return found | _BLANK


def compile_template(
    template: str, *, slot: Callable[[str], tuple[str, frozenset[str]]], fold: Callable[[str], str]
) -> Compiled:
    """Compile `template`.

    Args:
        template: see the module's text.
        slot: gives the regular expression of a slot (without groups) and what it can begin with.
        fold: the folding of the texts that will be matched, applied to the literal characters.

    Raises:
        TemplateError: if brackets do not match or `slot` knows no such slot.
    """
    groups: list[str] = []
    position = 0

    def sequence(closers: str) -> _Part:
        nonlocal position
        choices: list[_Part] = []
        parts: list[_Part] = []
        word = ""

        def flush() -> None:
            nonlocal word
            if word:
                folded = fold(word)
                parts.append(_words(re.escape(folded), frozenset({folded}), False, frozenset({folded})))
                word = ""

        while position < len(template):
            char = template[position]
            if char in closers:
                break
            if char == "{":
                flush()
                found = _SLOT.match(template, position)
                if found is None:
                    raise TemplateError(f"not a slot at {position} of {template!r}")
                position = found.end()
                source, firsts = slot(found[1])
                repeats = found[1] in REPEATED_SLOTS
                groups.append(found[1] + (f"_{found[2]}" if found[2] else ""))
                parts.append(_words(f"({source})", firsts, False, repeats=repeats))
                continue
            position += 1
            if char == "\\" and position < len(template):
                word += template[position]
                position += 1
            elif char in "&!" and template[position : position + 1] == "(":
                flush()
                position += 1
                inner = sequence(")")
                parts.append(_Part(f"(?{'=' if char == '&' else '!'}{inner.source})", frozenset(), True))
                position += 1
            elif char == "[":
                flush()
                inner = sequence("]")
                blank = inner.heads | _BLANK, inner.tails | _BLANK
                parts.append(_Part(f"(?:{inner.source})?", inner.firsts, True, frozenset(), inner.runs, *blank))
                position += 1
            elif char == "(":
                flush()
                inner = sequence(")")
                parts.append(replace(inner, source=f"(?:{inner.source})"))
                position += 1
            elif char == "|":
                flush()
                choices.append(_chain(parts))
                parts = []
            elif char == "$":
                flush()
                parts.append(_Part(r"(?=\n|\Z)", frozenset(), True))
            elif char in " ~":
                flush()
                parts.append(_Part(SPACE if char == " " else OPT_SPACE, frozenset(), char == "~"))
            elif char in ")]}":
                raise TemplateError(f"{char!r} without its opening in {template!r}")
            else:
                word += char
        else:
            if closers:
                raise TemplateError(f"{closers!r} is missing in {template!r}")
        flush()
        choices.append(_chain(parts))
        if len(choices) == 1:
            return choices[0]
        return _Part(
            "(?:" + "|".join(choice.source for choice in choices) + ")",
            frozenset().union(*(choice.firsts for choice in choices)),
            any(choice.nullable for choice in choices),
            frozenset().union(*(c.needs for c in choices)) if all(c.needs for c in choices) else frozenset(),
            frozenset().union(*(choice.runs for choice in choices)),
            frozenset().union(*(choice.heads for choice in choices)),
            frozenset().union(*(choice.tails for choice in choices)),
        )

    whole = sequence("")
    runs = frozenset((begin, "" if sign == _MORE else sign) for begin, sign in whole.runs)
    return Compiled(whole.source, tuple(groups), whole.firsts, runs, whole.heads, whole.tails, whole.needs)
