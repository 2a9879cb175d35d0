"""Text as the readers of amounts see it: folded letters and digits, and phrase lists as regular expressions.

Folding keeps the number of code points, so that offsets stay those of the cleaned text (see `kgx.lang.normalize`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from decimal import Decimal

from kgx.lang import expand
from kgx.lang.normalize import CleanText, clean

__all__ = ["fold", "fold_text", "forms", "plain", "trie"]

# Letters that Arabic writers interchange, and marks that have a plain twin.
_SAME = {
    "أ": "ا",
    "إ": "ا",
    "آ": "ا",
    "ٱ": "ا",
    "ى": "ي",
    "ی": "ي",
    "ک": "ك",
    "٪": "%",
    "٫": ".",
    "٬": ",",
    "％": "%",
    "．": ".",
    "，": ",",
    "（": "(",
    "）": ")",
    "＄": "$",
    "￡": "£",
    "￥": "¥",
    "￦": "₩",
}


class _Folding(dict[int, str]):
    """One folded code point for each code point, worked out when first met."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        folded = _SAME.get(char)
        if folded is None:
            value = unicodedata.decimal(char, None)
            folded = str(value) if value is not None else char.lower()
        self[code] = folded if len(folded) == 1 else char
        return self[code]


_FOLDING = _Folding()


def fold(text: str) -> CleanText:
    """Fold case, digits and interchangeable letters one to one, and clean the text."""
    cleaned = clean(text.translate(_FOLDING))
    if len(cleaned.text) == len(text):
        return cleaned
    # Letters composed while cleaning may be among those to fold.
    return CleanText(cleaned.text.translate(_FOLDING), cleaned.starts, cleaned.ends)


def fold_text(text: str) -> str:
    """The folded text alone, for words of the language data."""
    return fold(text).text


def forms(phrases: Iterable[str], endings: Mapping[str, tuple[str, ...]] | None = None) -> tuple[str, ...]:
    """All folded forms of the phrases, expanded by `kgx.lang.expand`; a leading or trailing blank is kept."""
    found: dict[str, None] = {}
    for phrase in phrases:
        if not phrase.strip():
            found[phrase] = None
            continue
        left = " " if phrase.startswith(" ") else ""
        right = " " if phrase.endswith(" ") else ""
        for form in expand(phrase, endings):
            found[left + fold_text(form) + right] = None
    return tuple(found)


def trie(words: Iterable[str]) -> str:
    """A regular expression for any of `words`, longest first, that shares prefixes: it never backtracks far.

    A blank in a word stands for one to three blanks or a single line break. No words give an expression that
    matches nothing.
    """
    root: dict[str, dict[str, object]] = {}
    for word in words:
        node = root
        for char in word:
            node = node.setdefault(char, {})  # type: ignore[assignment]
        node[""] = {}
    return _branch(root) if root else "(?!)"


_BLANK = r"(?: {1,3}|\n)"


def _branch(node: Mapping[str, Mapping[str, object]]) -> str:
    ends = "" in node
    choices = []
    # A run of single-letter leaves becomes a character set, which the engine tests at once.
    leaves = [c for c, child in node.items() if c.isprintable() and c not in ("", " ") and set(child) == {""}]
    if len(leaves) > 1:
        choices.append("[" + "".join(re.escape(c) for c in sorted(leaves)) + "]")
    else:
        leaves = []
    for char, child in node.items():
        if char and char not in leaves:
            rest = _branch(child)  # type: ignore[arg-type]
            choices.append((_BLANK if char == " " else re.escape(char)) + rest)
    if not choices:
        return ""
    body = choices[0] if len(choices) == 1 and not ends else "(?:" + "|".join(choices) + ")"
    return body + "?" if ends else body


def plain(value: Decimal) -> Decimal:
    """`value` without needless decimals: 7300000000, not 7300000000.0."""
    whole = value.to_integral_value()
    return whole if whole == value else value.normalize()
