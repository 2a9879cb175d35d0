"""Names across scripts: what a name sounds like once scripts have merged the sounds they merge.

'토람', 'تو لام' and 'Tô Lâm' share the consonants T-R-M. That is evidence, never proof: short skeletons are shared by
many people, so `kgx.resolve.things` asks for an office, a state or a full form besides.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from rapidfuzz.distance import Levenshtein

from kgx.ids import name_parts, romanize

Verdict = Literal["same", "different", "unsure"]

# Letters of the rough romanisation to classes of consonants that some script writes alike: Korean has one letter for
# r and l and none for f, v, z; Arabic has none for p, v, e, o; Cyrillic and Latin differ in kh, zh, ts.
_DIGRAPHS = (
    ("tch", "J"), ("sch", "S"), ("kh", "K"), ("gh", "K"), ("sh", "S"), ("ch", "J"), ("zh", "J"), ("dj", "J"),
    ("ts", "J"), ("tz", "J"), ("ph", "P"), ("th", "T"), ("nh", "N"), ("ng", "N"), ("qu", "K"), ("ck", "K"),
)  # fmt: skip
_CLASSES = {
    **dict.fromkeys("kqgcx", "K"), **dict.fromkeys("sz", "S"), **dict.fromkeys("td", "T"), **dict.fromkeys("pbfv", "P"),
    "m": "M", "n": "N", **dict.fromkeys("lr", "R"), "j": "J",
}  # fmt: skip
_SHORT = 4


@lru_cache(maxsize=65536)
def spelled(name: str) -> str:
    """A rough Latin spelling of a name in any script, lower case, parts separated by one blank."""
    return " ".join(re.sub(r"[^a-z]+", " ", romanize(name).lower()).split())


@lru_cache(maxsize=65536)
def skeleton(name: str) -> str:
    """The classes of a name's consonants in order, neighbours of one class told once.

    An h that begins a name counts; vowels, w, y and any other h do not: scripts leave them out or add them.
    """
    latin = spelled(name)
    out: list[str] = []
    for part in latin.split():
        if part[0] == "h":
            out.append("H")
        for digraph, letter in _DIGRAPHS:
            part = part.replace(digraph, letter)
        out.extend(c if c.isupper() else _CLASSES.get(c, "") for c in part)
    joined = "".join(out)
    return re.sub(r"(.)\1+", r"\1", joined)


def is_latin(name: str) -> bool:
    """Whether all letters of a name are Latin."""
    return all(ord(c) < 0x250 or 0x1E00 <= ord(c) < 0x1F00 for c in name if c.isalpha())


def is_syllabic(name: str) -> bool:
    """Whether a name is written in a script of which each letter is a syllable (Hangul, Han)."""
    return _script(name) in ("Hang", "Hani")


def _script(name: str) -> str:
    for char in name:
        if "\uac00" <= char <= "\ud7af":
            return "Hang"
        if "\u0600" <= char <= "\u06ff":
            return "Arab"
        if "\u0400" <= char <= "\u04ff":
            return "Cyrl"
        if "\u3400" <= char <= "\u9fff":
            return "Hani"
    return "Latn"


@dataclass(frozen=True)
class Comparison:
    """How alike two names are: 0 to 1, what that means by itself, and why."""

    score: float
    verdict: Verdict
    reasons: tuple[str, ...]


@lru_cache(maxsize=262144)
def compare(a: str, b: str) -> Comparison:
    """Compare two names, in any script and any order of their parts.

    "same" is only said where the name alone is enough: equal after folding within a script, or long and alike across
    scripts. Short names that merely sound alike are "unsure".
    """
    parts_a, parts_b = name_parts(a), name_parts(b)
    if not parts_a or not parts_b:
        return Comparison(0.0, "different", ("no letters",))
    if sorted(parts_a) == sorted(parts_b) or "".join(parts_a) == "".join(parts_b):
        sure = len("".join(parts_a)) > _SHORT or len(parts_a) > 1
        return Comparison(1.0, "same" if sure else "unsure", ("equal after folding",))
    x, y = skeleton(a), skeleton(b)
    if not x or not y:
        return Comparison(0.0, "different", ("no consonants to compare",))
    best = Levenshtein.normalized_similarity(x, y)
    reason = f"consonants {x} and {y}"
    ordered = [skeleton(" ".join(reversed(spelled(n).split()))) for n in (a, b)]
    for other in (Levenshtein.normalized_similarity(ordered[0], y), Levenshtein.normalized_similarity(x, ordered[1])):
        if other > best:
            best, reason = other, f"consonants {x} and {y}, parts in another order"
    latin_a, latin_b = spelled(a).replace(" ", ""), spelled(b).replace(" ", "")
    spelling = Levenshtein.normalized_similarity(latin_a, latin_b)
    across = _script(a) != _script(b)
    score = round(0.8 * best + 0.2 * spelling if across else 0.5 * best + 0.5 * spelling, 4)
    length = min(len(x), len(y))
    if best < 0.75 or (not across and spelling < 0.75):
        return Comparison(score, "different", (reason,))
    if length > _SHORT + 1 and best >= 0.99 and (across or spelling >= 0.85):
        return Comparison(score, "same", (reason, "long enough to be no accident"))
    return Comparison(score, "unsure", (reason,))
