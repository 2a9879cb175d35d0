"""Text as the readers of amounts see it: folded letters and digits, and phrase lists as regular expressions.

Folding maps code points one to one and drops silent marks; it is coarser than `kgx.lang.normalize` (case, digits,
Arabic letters written in several ways), because it serves matching only: spans always go back to the source.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from kgx.lang import expand

__all__ = ["Folded", "fold", "fold_text", "forms", "plain", "trie"]

# Letters that writers of Arabic or Russian interchange, and marks that have a plain twin.
_SAME = (
    {
        "أ": "ا",
        "إ": "ا",
        "آ": "ا",
        "ٱ": "ا",
        "ى": "ي",
        "ی": "ي",
        "ک": "ك",
        "ё": "е",
        "٪": "%",
        "٫": ".",
        "٬": ",",
        "\t": " ",
        "\u2212": "-",
    }
    | {c: "'" for c in "\u2019\u2018\u02bc`\u00b4"}
    | {c: "~" for c in "\u301c\u223c"}
)
_BY_CATEGORY = {"Zs": " ", "Pd": "-"}
# Marks that carry no letter: Arabic vowel signs and tatweel, zero-width and direction marks, soft hyphen.
_SILENT = "\u0640\u064b-\u0652\u0656-\u065f\u0670\u06d6-\u06ed\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufe0f"
# Those, and letters written as several code points: combining marks, conjoining jamo.
_IRREGULAR = re.compile(
    f"[{_SILENT}]+|[^\u0300-\u036f][\u0300-\u036f\u0653-\u0655]+|[\u1100-\u115f][\u1160-\u11a7][\u11a8-\u11ff]?"
)
_SILENT_ONLY = re.compile(f"[{_SILENT}]+")


class _Folding(dict[int, str]):
    """One folded code point for each code point, worked out when first met."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        folded = _SAME.get(char) or _BY_CATEGORY.get(unicodedata.category(char))
        if folded is None:
            value = unicodedata.decimal(char, None)
            wide = unicodedata.normalize("NFKC", char) if "\uff00" < char < "\uffef" else char
            folded = str(value) if value is not None else wide.lower()
        self[code] = folded if len(folded) == 1 else char
        return self[code]


_FOLDING = _Folding()


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text; its i-th code point came from ``source[starts[i]:ends[i]]``."""

    source: str
    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The span of the source that the (not empty) folded span [start, end) came from."""
        return self.starts[start], self.ends[end - 1]

    def written(self, start: int, end: int) -> str:
        """The source's text of a folded span, which may be empty."""
        return self.source[self.starts[start] : self.ends[end - 1]] if start < end else ""


def fold(text: str) -> Folded:
    """Fold case, digits and interchangeable letters, compose letters, and drop silent marks."""
    mapped = text.translate(_FOLDING)
    if _IRREGULAR.search(mapped) is None:
        return Folded(text, mapped, range(len(text)), range(1, len(text) + 1))
    chunks: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for match in _IRREGULAR.finditer(mapped):
        start, end = match.span()
        chunks.append(mapped[at:start])
        starts.extend(range(at, start))
        ends.extend(range(at + 1, start + 1))
        at = end
        piece = _SILENT_ONLY.sub("", match[0])
        if not piece:
            # A vowel sign belongs to the letter before it.
            if ends and "\u0640" <= match[0][0] <= "\u06ed":
                ends[-1] = end
            continue
        # What can't be composed loses its marks: no word of the data has them.
        composed = unicodedata.normalize("NFC", piece)[:1].translate(_FOLDING)
        chunks.append(composed)
        starts.append(start)
        ends.append(end)
    chunks.append(mapped[at:])
    starts.extend(range(at, len(mapped)))
    ends.extend(range(at + 1, len(mapped) + 1))
    return Folded(text, "".join(chunks), starts, ends)


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
