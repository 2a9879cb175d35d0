"""Numbers in running text: digits, number words, and mixtures such as '7천 5백만', '1 tỷ 200 triệu', '2,5 milliards'.

A number is a run of pieces (digits, number words, multipliers) joined by what `numbers.yaml` allows. Its value is
worked out on a stack: a multiplier takes in all parts below it that are smaller, and what follows must fit into the
room that it leaves. One algorithm so reads myriads, lakhs and 'nghìn tỷ'; text2num, which does the same for European
languages, knows no Korean, Arabic or Vietnamese and keeps no offsets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Literal

from pydantic import ValidationError

from kgx.errors import DataError
from kgx.lang import read_yaml
from kgx.quantities.amount_number_data import NumbersData
from kgx.quantities.amount_text import fold, fold_text, forms, trie

__all__ = ["Number", "NumberGrammar", "find_numbers", "grammar", "parse_number", "scan"]

_ZERO = Decimal(0)
_ONE = Decimal(1)
_TEN = Decimal(10)
_HALF = Decimal("0.5")
# A longer run of digits is an identifier, and reading it would cost more than linear time.
_MOST_DIGITS = 24


@dataclass(frozen=True, slots=True)
class Number:
    """A number in the text; offsets are code points, end exclusive."""

    start: int
    end: int
    value: Decimal
    scale: Decimal
    """The last multiplier, 1 where there is none."""
    digits: bool
    """Written in digits alone."""
    raw: str


@dataclass(frozen=True, slots=True)
class _Piece:
    kind: Literal["value", "times", "bare", "pending", "after_words"]
    value: Decimal
    room: Decimal = _ZERO


@dataclass(slots=True)
class _Part:
    value: Decimal
    room: Decimal
    unit: Decimal
    start: int
    end: int
    pending: bool = False
    digits: bool = False


@dataclass(frozen=True, slots=True)
class NumberGrammar:
    """The compiled `numbers.yaml` of a language."""

    data: NumbersData
    hot: re.Pattern[str]
    piece: re.Pattern[str]
    vague: re.Pattern[str]
    followers: re.Pattern[str] | None
    pieces: Mapping[str, _Piece]
    halves: frozenset[str]
    units_first: frozenset[str]
    inner: frozenset[str]
    not_alone: frozenset[str]
    ordinal: str
    """Source of an expression for an ordinal, without groups."""
    ordinal_parts: re.Pattern[str]
    ordinals: Mapping[str, int]
    prefix: str

    def ordinal_value(self, text: str) -> int | None:
        """The value of the first ordinal in a folded text."""
        match = self.ordinal_parts.search(text)
        if match is None:
            return None
        word = match["word"]
        return self.ordinals[" ".join(word.split())] if word else int(match["digits"] or match["after"])

    @property
    def joined(self) -> bool:
        """Whether particles follow in the same word."""
        return self.data.edges == "joined"


@cache
def grammar(lang: str) -> NumberGrammar:
    """The number grammar of a language, compiled once.

    Raises:
        DataError: there is no `numbers.yaml`, or it is faulty.
    """
    try:
        data = NumbersData.model_validate(read_yaml(lang, "numbers") or {})
    except ValidationError as error:
        faults = [f"{lang}/numbers.yaml: {'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
        raise DataError(faults) from error
    pieces = _pieces(data)
    halves = frozenset(forms(data.plus_half))
    prefix = prefix_pattern(data.prefixes)
    article = f"(?:{trie(data.article)})??" if data.article else ""
    left, right = (r"(?<!\w)", r"(?!\w)") if data.edges == "spaced" else (r"(?<![^\W\d])", "")
    # Digits are no number within a code such as A320 or F-16; a joined language writes its letters right before them.
    before_digits = r"(?<!\w)(?<![^\W\d_]-)" if data.edges == "spaced" else r"(?<![A-Za-z])(?<![A-Za-z]-)"
    digits = _digits_pattern(data)
    words = article + trie((*pieces, *halves))
    if data.edges == "spaced":
        # An abbreviation may follow digits at once ('10bn'), and only there.
        piece = rf"(?P<join>{_joins(data)}|(?<=\d))(?:(?P<digits>{digits})|(?P<word>{words}){right})"
        hot = rf"{before_digits}{prefix}(?P<digits>{digits})|{left}{prefix}(?P<word>{words}){right}"
    else:
        piece = rf"(?P<join>{_joins(data)})(?:(?P<digits>{digits})|(?P<word>{words}))"
        # A lone digit word such as '이' is far more often something else: it must go on as a number.
        lone = forms(data.not_alone)
        more = trie(form for form in pieces if form not in lone)
        starts = trie(form for form, piece in pieces.items() if form not in lone and piece.kind != "times")
        hot = rf"{before_digits}(?P<digits>{digits})|{left}(?P<word>{starts}|(?:{trie(lone)})(?={more}))"
    ordinals = {form: int(value) for value, phrases in data.ordinals.items() for form in forms(phrases)}
    return NumberGrammar(
        data=data,
        hot=re.compile(hot),
        piece=re.compile(piece),
        vague=re.compile(rf"(?<!\w){prefix}(?:{trie(forms(data.vague))}) {{0,2}}$"),
        followers=re.compile(trie(forms(data.followers))) if data.followers else None,
        pieces=pieces,
        halves=halves,
        units_first=frozenset(forms(data.units_first)),
        inner=frozenset(forms(data.inner)),
        not_alone=frozenset(forms(data.not_alone)),
        ordinal=_ordinal_pattern(data, tuple(ordinals), named=False),
        ordinal_parts=re.compile(_ordinal_pattern(data, tuple(ordinals), named=True)),
        ordinals=ordinals,
        prefix=prefix,
    )


def prefix_pattern(prefixes: tuple[tuple[str, ...], ...]) -> str:
    """An expression for optional clitics in their order, the shortest run first."""
    return "".join(f"(?:{trie(forms(group))})??" for group in prefixes)


def _pieces(data: NumbersData) -> dict[str, _Piece]:
    pieces: dict[str, _Piece] = {}
    for text, phrases in data.values.items():
        value = Decimal(text)
        room = Decimal(data.rooms[text]) if text in data.rooms else _room(value)
        for form in forms(phrases):
            pieces[form] = _Piece("value", value, room)
    for text, times in data.multipliers.items():
        for form in forms(times.forms):
            pieces[form] = _Piece("times", Decimal(text))
        for form in forms(times.bare):
            pieces[form] = _Piece("bare", Decimal(text))
        for form in forms(times.after_words):
            pieces[form] = _Piece("after_words", Decimal(text))
    for text, phrases in data.before_multiplier.items():
        for form in forms(phrases):
            pieces.setdefault(form, _Piece("pending", Decimal(text)))
    return pieces


def _room(value: Decimal) -> Decimal:
    """The usual room of a number word: 20 takes 1 to 9, 10 and what ends in no zero takes nothing."""
    if value == _TEN or value == 0:
        return _ZERO
    room = _ONE
    while value % (room * _TEN) == 0:
        room *= _TEN
    return room if room > _ONE else _ZERO


def _joins(data: NumbersData) -> str:
    # Words run together only in a joined language; elsewhere only an abbreviation may touch its digits.
    allowed = forms(data.joins)
    return f"(?:{trie(join for join in allowed if join or data.edges == 'joined')})"


def _digits_pattern(data: NumbersData) -> str:
    """Digits with group and decimal marks; what they mean is decided by `_read_digits`."""
    points = "".join(re.escape(c) for c in ".,'")
    grouped = rf"\d{{1,3}}(?: \d{{3}}){{1,7}}(?![\d]|[{points}]\d{{3}})(?:[{points}]\d+)?|" if " " in data.group else ""
    return rf"(?:{grouped}\d+(?:[{points}]\d+)*)(?!\d)"


def _read_digits(raw: str, data: NumbersData) -> Decimal | None:
    """The value of digits with marks, by the customs of the language; None where it is none (a version, a date)."""
    if len(raw) > _MOST_DIGITS + 12:
        return None
    if raw.isdecimal():
        return Decimal(raw)
    text = raw.replace(" ", "")
    marks = [c for c in text if not c.isdigit()]
    if not marks:
        return Decimal(text)
    whole, _, tail = text.rpartition(marks[-1])
    kinds = set(marks)
    if len(kinds) > 2 or (len(kinds) == 2 and marks.count(marks[-1]) > 1):
        return None
    if len(kinds) == 2:
        return _grouped(whole, marks[0], tail)
    mark = marks[0]
    if len(marks) > 1:
        return _grouped(text, mark, "")
    looks_grouped = len(tail) == 3 and 1 <= len(whole) <= 3 and whole[0] != "0" and " " not in raw
    if looks_grouped and mark in data.group and mark not in data.decimal:
        return Decimal(whole + tail)
    return Decimal(f"{whole}.{tail}")


def _grouped(whole: str, mark: str, tail: str) -> Decimal | None:
    first, *groups = whole.split(mark)
    if not first or len(first) > 3 or any(len(group) != 3 for group in groups):
        return None
    return Decimal("".join((first, *groups)) + (f".{tail}" if tail else ""))


def _ordinal_pattern(data: NumbersData, words: tuple[str, ...], *, named: bool) -> str:
    """An ordinal in words or digits; `named` gives the groups `word` and `digits`, at most one of them matched."""
    suffixes, prefixes = trie(forms(data.ordinal_suffixes)), trie(forms(data.ordinal_prefixes))
    word, digits, after = ("?P<word>", "?P<digits>", "?P<after>") if named else ("?:", "?:", "?:")
    return rf"(?:({word}{trie(words)})|({digits}\d{{1,3}})(?:{suffixes})|(?:{prefixes})({after}\d{{1,3}}))"


def scan(text: str, lang: str) -> Iterator[Number]:
    """All numbers of a folded text, in order, in linear time; those that `is_vague` too."""
    rules = grammar(lang)
    at = 0
    while (match := rules.hot.search(text, at)) is not None:
        number, at = _read(rules, text, match)
        if number is not None:
            yield number


def is_vague(rules: NumberGrammar, text: str, number: Number) -> bool:
    """Whether a word before the number of a folded text makes it no number: several."""
    return rules.vague.search(text, max(0, number.start - 24), number.start) is not None


def _read(rules: NumberGrammar, text: str, first: re.Match[str]) -> tuple[Number | None, int]:
    """Read the number that starts at `first`; also tells where to go on."""
    digits_alone = first["digits"]
    following = rules.piece.match(text, first.end())
    if digits_alone is not None and following is None:
        start, end = first.span("digits")
        value = None if _is_part_of_code(text, start, end) else _read_digits(digits_alone, rules.data)
        return (None if value is None else Number(start, end, value, _ONE, True, digits_alone)), end
    parts: list[_Part] = []
    match: re.Match[str] | None = first
    joined_by = ""
    while match is not None:
        start = match.start("digits" if match["digits"] is not None else "word")
        if not _take(rules, parts, match, start, joined_by):
            break
        match = following if match is first else rules.piece.match(text, match.end())
        joined_by = match["join"] if match is not None else ""
    _drop_loose(parts)
    if not parts:
        return None, max(first.end(), first.start() + 1)
    start, end = parts[0].start, parts[-1].end
    if first["digits"] is not None and _is_part_of_code(text, start, end):
        return None, max(end, first.end())
    value = sum((part.value for part in parts), _ZERO)
    raw = text[start:end]
    if raw in rules.not_alone:
        return None, end
    if rules.followers is not None and text[end : end + 1].isalpha() and not raw.isascii():
        # '만' is ten thousand in '만명', and part of a word in '만나다'.
        if not any(c.isdigit() for c in raw) and rules.followers.match(text, end) is None:
            return None, end
    digits = all(part.digits for part in parts)
    return Number(start, end, value, parts[-1].unit, digits, raw), end


def _take(rules: NumberGrammar, parts: list[_Part], match: re.Match[str], start: int, join: str) -> bool:
    """Add one piece to the parts; False (and nothing changed for the worse) where it can't belong to the number."""
    end = match.end()
    if match["digits"] is not None:
        value = _read_digits(match["digits"], rules.data)
        if value is None or (parts and not value < parts[-1].room):
            return False
        parts.append(_Part(value, _ZERO, _ONE, start, end, digits=True))
        return True
    word = _strip_article(match["word"], rules)
    if parts and not parts[-1].pending and word in rules.halves:
        last = parts[-1]
        last.value += _HALF * last.unit
        last.room, last.end, last.digits = _ZERO, end, False
        return True
    piece = rules.pieces.get(word)
    if piece is None or (not parts and word in rules.inner):
        return False
    if parts and piece.kind == "value" and rules.followers is not None and not _goes_on(rules, match, word, join):
        return False
    if piece.kind == "after_words" and (not parts or parts[-1].digits):
        return False
    if piece.kind in ("times", "bare", "after_words"):
        return _multiply(parts, piece, start, end)
    if parts:
        last = parts[-1]
        if not last.digits and last.value < _TEN <= piece.value < 100 and join in rules.units_first and last.unit == 1:
            last.value, last.end, last.room = last.value + piece.value, end, _ZERO
            return True
        if not piece.value < last.room:
            return False
    # A dual such as 'two milliards' in one word is a multiplier already multiplied.
    unit = piece.room if piece.value >= 1000 else _ONE
    parts.append(_Part(piece.value, piece.room, unit, start, end, pending=piece.kind == "pending"))
    return True


def _goes_on(rules: NumberGrammar, match: re.Match[str], word: str, join: str) -> bool:
    """Whether what follows a number word of a joined language lets it be one: '네 명' does, '네덜란드' doesn't."""
    text, end = match.string, match.end()
    if rules.piece.match(text, end) is not None and text[end : end + 1].isalpha():
        return True
    if word in rules.not_alone and join:
        return False
    follows = rules.followers is not None and rules.followers.match(text, end) is not None
    return follows or not text[end : end + 1].isalpha()


def _strip_article(word: str, rules: NumberGrammar) -> str:
    word = " ".join(word.split())
    if word in rules.pieces:
        return word
    for article in rules.data.article:
        if word.startswith(article) and word[len(article) :] in rules.pieces:
            return word[len(article) :]
    return word


def _multiply(parts: list[_Part], piece: _Piece, start: int, end: int) -> bool:
    keep = len(parts)
    while keep and parts[keep - 1].value < piece.value and (keep == len(parts) or not parts[keep].pending):
        keep -= 1
    taken = parts[keep:]
    if not taken and piece.kind != "bare":
        return False
    value = sum((part.value for part in taken), _ZERO) * piece.value if taken else piece.value
    if keep and not value < parts[keep - 1].room:
        # '... and 3 million' after 'a million': the three belongs to the next number.
        if taken:
            del parts[keep:]
        return False
    parts[keep:] = [_Part(value, piece.value, piece.value, taken[0].start if taken else start, end)]
    return True


def _drop_loose(parts: list[_Part]) -> None:
    """Drop what turned out not to belong: 'half' without a multiplier, digits loosely after a large number."""
    while parts and parts[-1].pending:
        parts.pop()
    if len(parts) > 1 and parts[-1].digits and (parts[-2].unit > 10_000 or parts[-1].value % 1):
        parts.pop()


def _is_part_of_code(text: str, start: int, end: int) -> bool:
    """Whether the digits belong to a date, a time, a fraction or a version: 5/5, 10:30, 2025-05-05."""
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    if before.rstrip(" ").endswith("№"):
        return True
    if len(before) == 2 and before[1] in "/:" and before[0].isdigit():
        return True
    if len(after) == 2 and after[0] in "/:" and after[1].isdigit():
        return True
    return after[:1] == "-" and text[end + 1 : end + 3].isdigit() and text[end + 3 : end + 4] == "-"


def find_numbers(text: str, lang: str) -> tuple[Number, ...]:
    """All numbers of `text`, in document order, with spans in its code points.

    Raises:
        DataError: the language has no number data.
    """
    folded, rules = fold(text), grammar(lang)
    out = []
    for number in scan(folded.text, lang):
        if not is_vague(rules, folded.text, number):
            start, end = folded.original(number.start, number.end)
            out.append(Number(start, end, number.value, number.scale, number.digits, text[start:end]))
    return tuple(out)


def parse_number(text: str, lang: str) -> Decimal | None:
    """The value of `text` if the whole of it (blanks aside) is one number, else None.

    Raises:
        DataError: the language has no number data.
    """
    folded = fold_text(text).strip()
    rules = grammar(lang)
    match = rules.hot.match(folded)
    if match is None:
        return None
    number, _ = _read(rules, folded, match)
    if number is None or number.end != len(folded) or number.start != 0:
        return None
    return number.value
