"""One cleaned form of a text for all rules, with the way back to the original offsets.

Rules would otherwise have to know composed and decomposed Hangul, vowel marks in Arabic, direction marks and the
many blanks and apostrophes of the web. Cleaning never reorders: every cleaned code point comes from one stretch of
the original.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

# Marks that carry no letter: Arabic vowel signs and tatweel, zero-width and direction marks, soft hyphen.
_SILENT = (
    r"\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed"
    r"\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufe0f"
)
_SAME_LENGTH = str.maketrans(
    {
        c: " "
        for c in "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
        "\u202f\u205f\u3000\t\x0b\x0c"
    }
    | {c: "'" for c in "’‘ʼʹ`´＇"}
    | {c: '"' for c in "“”„«»＂"}
    | {c: "-" for c in "‐‑‒–—―−－"}
    | {c: "~" for c in "〜∼～"}
    # Private-use code points stand for mentions in the reduced sentence; those of the text itself must not.
    | {c: "\ufffd" for c in range(0xE000, 0xF900)}
)
# '주(駐)유엔', '대(對)중국': the sign of a syllable within its word, which ends here where only a piece is cleaned.
_GLOSS = r"\((?<=[가-힣]\()[\u4e00-\u9fff]\)(?=[가-힣A-Za-z]|\Z)"
_CHANGES_LENGTH = re.compile(f"[{_SILENT}]|[\\u1100-\\u11ff]+|.[\\u0300-\\u036f\\u0653-\\u0655]+|{_GLOSS}")


@dataclass(frozen=True)
class CleanText:
    """A cleaned text; its i-th code point came from ``original[starts[i]:ends[i]]``."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original that the (not empty) cleaned span [start, end) came from."""
        return self.starts[start], self.ends[end - 1]


def clean(text: str) -> CleanText:
    """Compose letters, drop silent marks and glosses of syllables, unify blanks, apostrophes, quotes and dashes."""
    if _CHANGES_LENGTH.search(text) is None:
        return CleanText(text.translate(_SAME_LENGTH), range(len(text)), range(1, len(text) + 1))
    out: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for match in _CHANGES_LENGTH.finditer(text):
        for i in range(at, match.start()):
            out.append(text[i])
            starts.append(i)
            ends.append(i + 1)
        piece = match.group()
        if piece.endswith(")"):
            ends[-1] = match.end()
        elif len(piece) > 1:
            _compose(piece, match.start(), out, starts, ends)
        elif "\u1100" <= piece <= "\u11ff":
            out.append(piece)
            starts.append(match.start())
            ends.append(match.end())
        elif ends:  # a silent mark belongs to the letter before it
            ends[-1] = match.end() if piece not in _DIRECTION else ends[-1]
        at = match.end()
    for i in range(at, len(text)):
        out.append(text[i])
        starts.append(i)
        ends.append(i + 1)
    return CleanText("".join(out).translate(_SAME_LENGTH), starts, ends)


_DIRECTION = set("\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff")


def _compose(piece: str, start: int, out: list[str], starts: list[int], ends: list[int]) -> None:
    """Compose a run of conjoining jamo, or of a letter and its marks, cluster by cluster."""
    clusters: list[tuple[int, int]] = []
    i = 0
    while i < len(piece):
        j = i + 1
        while j < len(piece) and len(unicodedata.normalize("NFC", piece[i : j + 1])) == 1:
            j += 1
        clusters.append((i, j))
        i = j
    for i, j in clusters:
        composed = unicodedata.normalize("NFC", piece[i:j])
        if i > 0 and unicodedata.combining(composed[0]):  # a mark with no composed form
            ends[-1] = start + j
            continue
        out.append(composed)
        starts.append(start + i)
        ends.append(start + j)
