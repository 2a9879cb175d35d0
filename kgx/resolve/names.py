"""Names across scripts: how alike two names are, and whether that alone makes them one.

    >>> from kgx.resolve.names import compare
    >>> compare("Emmanuel Macron", "에마뉘엘 마크롱").verdict
    'same'
    >>> compare("Tô Lâm", "토람").verdict
    'unsure'
    >>> compare("Tô Lâm", "Donald Trump").verdict
    'different'

Both names are cut into units of sound and aligned; `kgx.resolve.sounds` knows how much each pair of units of two
scripts speaks for one sound. The sum, in bits, against what a perfect pair of such names would have, is the score. It
is evidence, never proof: a score of `ALIKE` or more only means that the names may be one. "same" is said of long
names with much evidence and no part that fails to fit; short names are "unsure", whatever they sound like, and only
an office, a state or a full form decides (`kgx.resolve.things`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import Literal

import numpy as np
from rapidfuzz.distance import Levenshtein

from kgx.ids import name_parts
from kgx.resolve.align import Bits, Rows, aligned, evidence, most, weakest
from kgx.resolve.sounds import Array, Parts, Reading, Units, readings, script_of, scripts, stems, table

Verdict = Literal["same", "different", "unsure"]

# Names with this score or more are alike: worth asking what else speaks for one bearer.
ALIKE = 0.5
# What likeness must reach across scripts and within one, where, besides, a run that does not fit counts against it.
# Chosen on the tuning halves of tests/resolve/names.
_BAR_ACROSS = 0.4
_BAR_WITHIN = 0.2
# How fast the score goes from nought to one around the bar; slower within one script, where near is often another name.
_STEEP_ACROSS, _STEEP_WITHIN = 8.0, 3.0
# What bits of evidence add to likeness, and up to how many.
_PER_BIT, _BITS = 0.004, 40.0
# What each bit of a run that does not fit takes away, within one script.
_PER_MISFIT = 0.03
# "same": so many bits, so alike, and no run worse than this.
_SURE_BITS, _SURE_LIKENESS, _SURE_MISFIT = 40.0, 0.75, -6.0
_SURE_WITHIN = 0.97
# Scores of names that are not equal, and of names of which one says less, are never more than this.
_MOST, _MOST_INCOMPLETE = 0.99, 0.85
# The score of names that differ in endings of cases; stems are longer than this.
_DECLINED, _STEM = 0.9, 2
# Each part left out, and each initial that stands for a name, costs this share.
_LEFT_OUT = 0.92
# Parts this alike are taken for one when parts are paired one by one.
_PART = 0.35
# Names whose consonants are less alike than this are not aligned (of which one has few consonants: less than that);
# nor is an order of parts that fits so much less than the best one, nor one whose vowels too are less alike than that.
_SIFT, _FEW, _SIFT_FEW, _SIFT_ORDERS, _SIFT_SKETCH = 0.5, 4, 0.3, 0.2, 0.4
# Names of up to so many letters in one part are never "same", even when equal.
_SHORT = 4
# Names of so many consonants have keys with two of them left out.
_LONG = 7
_TOLD_ONCE = re.compile(r"(N)K|(.)\2+")
# Parts up to this many are tried in every rotation.
_ROTATED = 4


@dataclass(frozen=True, slots=True)
class Comparison:
    """How alike two names are.

    Attributes:
        score: 0 to 1; `ALIKE` or more means alike, 1 equal after folding.
        verdict: "different" below `ALIKE`; above, "same" where the names alone are enough, else "unsure".
        reasons: Why, in words.
    """

    score: float
    verdict: Verdict
    reasons: tuple[str, ...]


@dataclass(slots=True)
class _Match:
    """The best alignment of two names so far."""

    likeness: float = -9.0
    bits: float = 0.0
    rows: tuple[Units, Units] = ((), ())
    how: str = ""
    missing: int = 0


# Alignments made ahead of comparisons, by `prepare`.
_ready: dict[Rows, Bits] = {}
_NOTHING = Comparison(0.0, "different", ("no letters",))
_UNLIKE = Comparison(0.0, "different", ("consonants differ",))


def compare(a: str, b: str) -> Comparison:
    """Compare two names, in any scripts and any order of their parts.

    Args:
        a: A name of a person, body or place as a text shows it.
        b: Another.

    Returns:
        Score, verdict and reasons; the same for (b, a).
    """
    return _compare(a, b) if a <= b else _compare(b, a)


def prepare(pairs: Iterable[tuple[str, str]]) -> None:
    """Align names that are about to be compared, all at once, which is several times as fast; nothing else changes.

    Args:
        pairs: Two names each. What was prepared before is forgotten.
    """
    wanted: list[Rows] = []
    for a, b in {(a, b) if a <= b else (b, a) for a, b in pairs if a != b}:
        for x, y in _readings(a, b):
            for ours, theirs, how in _views(x, y):
                wanted += [(x.script, one, y.script, other) for one, other, _ in _orders(x, y, ours, theirs, how)]
    _ready.clear()
    _ready.update(aligned(wanted))


def forget() -> None:
    """Drop what is kept of the names compared so far."""
    _ready.clear()
    for known in (_compare, _part_likeness, graded_keys, readings):
        known.cache_clear()


@lru_cache(maxsize=32768)
def _compare(a: str, b: str) -> Comparison:
    parts_a, parts_b = name_parts(a), name_parts(b)
    if not parts_a or not parts_b:
        return _NOTHING
    if parts_a == parts_b or sorted(parts_a) == sorted(parts_b) or "".join(parts_a) == "".join(parts_b):
        sure = len("".join(parts_a)) > _SHORT or len(parts_a) > 1
        return Comparison(1.0, "same" if sure else "unsure", ("equal after folding",))
    if declined(a, b):
        return Comparison(_DECLINED, "unsure", ("equal but for endings of cases",))
    best: tuple[float, _Match, Reading, Reading] | None = None
    for x, y in _readings(a, b):
        match = _best(x, y)
        if match.how:
            worth = _worth(x, y, match)
            if best is None or worth > best[0]:
                best = worth, match, x, y
    if best is None:
        return _UNLIKE
    worth, match, x, y = best
    return _judged(worth, match, x, y, within=script_of(a) == script_of(b))


def _readings(a: str, b: str) -> Iterator[tuple[Reading, Reading]]:
    """All ways to read two names, the one of fewer parts first."""
    for one in readings(a):
        for other in readings(b):
            yield (one, other) if len(one.parts) <= len(other.parts) else (other, one)


def declined(a: str, b: str) -> bool:
    """Whether two names of one script are one name in two cases; a stem of two letters has to stand alone in one."""
    ours, theirs, script = name_parts(a), name_parts(b), script_of(a)
    if script is None or not scripts()[script].endings or script_of(b) != script or len(ours) != len(theirs):
        return False
    return all(
        any(len(stem) > _STEM or stem in (x, y) for stem in stems(x, script) & stems(y, script))
        for x, y in zip(ours, theirs, strict=True)
    )


def worth_of(likeness: Array, bits: Array, *, within: bool) -> Array:
    """Likeness and evidence of many names as one number each, nought where names begin to be alike."""
    bar = _BAR_WITHIN if within else _BAR_ACROSS
    return np.add(likeness - bar, _PER_BIT * np.minimum(bits, _BITS), dtype=np.float64)


def _worth(x: Reading, y: Reading, match: _Match) -> float:
    within = x.script == y.script
    worth = match.likeness + _PER_BIT * min(match.bits, _BITS) - (_BAR_WITHIN if within else _BAR_ACROSS)
    if within and worth > 0:
        worth += _PER_MISFIT * _misfit(x, y, match)
    return worth


def _judged(worth: float, match: _Match, x: Reading, y: Reading, *, within: bool) -> Comparison:
    steep = _STEEP_WITHIN if x.script == y.script else _STEEP_ACROSS
    highest = _MOST_INCOMPLETE if match.missing else _MOST
    score = round(min(highest, 1 / (1 + math.exp(-steep * worth))), 4)
    reasons = [f"sounds are {match.likeness:.0%} alike", f"{match.bits:.0f} bits of evidence"]
    if match.how != "as written":
        reasons.append(match.how)
    if score < ALIKE:
        return Comparison(score, "different", tuple(reasons))
    misfit = _misfit(x, y, match)
    if misfit < _SURE_MISFIT:
        reasons.append("one stretch does not fit")
    likely = match.likeness >= (_SURE_WITHIN if within else _SURE_LIKENESS)
    if match.bits >= _SURE_BITS and likely and misfit >= _SURE_MISFIT and not match.missing:
        return Comparison(score, "same", (*reasons, "long enough to be no accident"))
    return Comparison(score, "unsure", tuple(reasons))


def _best(x: Reading, y: Reading) -> _Match:
    """The best alignment over orders of parts, with and without what often is left out; x has no more parts than y."""
    best = _Match()
    for ours, theirs, how in _views(x, y):
        for one, other, order in _orders(x, y, ours, theirs, how):
            _try(x, y, one, other, order, best)
    core = _core(x, y)
    if best.how and best.likeness < 0.9 and min(map(len, core)) > 1 and (len(core[1]) > 2 or x.initials or y.initials):
        _pair(x, y, *core, best)
    return best


def _core(x: Reading, y: Reading) -> tuple[Parts, Parts]:
    """The parts that count; fathers' names too where both names have one."""
    if bool(x.fathers) == bool(y.fathers):
        return x.core, y.core
    return tuple(i for i in x.core if i not in x.fathers), tuple(j for j in y.core if j not in y.fathers)


def _views(x: Reading, y: Reading) -> Iterator[tuple[Parts, Parts, str]]:
    everything = tuple(range(len(x.parts))), tuple(range(len(y.parts)))
    yield *everything, "as written"
    if (core := _core(x, y)) != everything:
        yield *core, "without particles or fathers' names"


def _orders(x: Reading, y: Reading, ours: Parts, theirs: Parts, how: str) -> Iterator[tuple[Units, Units, str]]:
    """Parts of two names to align, theirs in the two rotations whose consonants fit best."""
    one = x.whole(ours)
    fits = []
    for k in turns(len(theirs)):
        other = y.whole(theirs[k:] + theirs[:k])
        fits.append((-Levenshtein.normalized_similarity(one.bones, other.bones), k, other))
    fits.sort()
    least = 0.0 if not one.bones else _SIFT_FEW if len(one.bones) <= _FEW else _SIFT
    least = max(least, -fits[0][0] - _SIFT_ORDERS)
    for fit, k, other in fits[:2]:
        if -fit < least:
            break
        if Levenshtein.normalized_similarity(one.sketch, other.sketch) >= _SIFT_SKETCH:
            yield one.units, other.units, how if not k else f"{how}, parts in another order"


def turns(parts: int) -> Sequence[int]:
    """The rotations of so many parts that are tried: where the first part of the rotated name is."""
    return range(parts) if parts <= _ROTATED else (0, 1, 2, parts - 2, parts - 1)


def _try(
    x: Reading, y: Reading, one: Units, other: Units, how: str, best: _Match, *, share: float = 1.0, missing: int = 0
) -> None:
    sounds = table(x.script, y.script)
    ready = _ready.get((x.script, one, y.script, other))
    bits, ideal = ready[0] if ready else evidence(one, other, sounds), most(one, other, sounds)
    likeness = share * bits / ideal if ideal > 0 else 0.0
    if likeness > best.likeness:
        best.likeness, best.bits, best.rows = likeness, share * bits, (one, other)
        best.how, best.missing = how, missing


def _misfit(x: Reading, y: Reading, match: _Match) -> float:
    one, other = match.rows
    ready = _ready.get((x.script, one, y.script, other))
    return ready[1] if ready else weakest(one, other, table(x.script, y.script))


def _pair(x: Reading, y: Reading, ours: Parts, theirs: Parts, best: _Match) -> None:
    """Pair parts one by one, in any order: all of the name with fewer parts must find a partner."""
    found = sorted((-_part_likeness(x.script, x.parts[i], y.script, y.parts[j]), i, j) for i in ours for j in theirs)
    to: dict[int, int] = {}
    for unlike, i, j in found:
        if -unlike >= _PART and i not in to and j not in to.values():
            to[i] = j
    full = len(to)
    first = table(x.script, y.script).match
    for i in ours:
        for j in theirs:
            if i not in to and j not in to.values() and (i in x.initials or j in y.initials):
                if first[x.parts[i][0]][y.parts[j][0]] > 0:
                    to[i] = j
    if not full or len(to) < 2 or len(to) < min(len(ours), len(theirs)):
        return
    short = [i for i in ours if i in to and (i in x.initials or to[i] in y.initials)]
    whole = tuple(i for i in ours if i in to and i not in short)
    missing = len(ours) + len(theirs) - 2 * len(to)
    how = "parts paired" + (f", {missing} left out" if missing else "") + (", an initial" if short else "")
    share = _LEFT_OUT ** (missing + len(short))
    _try(
        x,
        y,
        x.whole(whole).units,
        y.whole(tuple(to[i] for i in whole)).units,
        how,
        best,
        share=share,
        missing=missing + len(short),
    )


@lru_cache(maxsize=262144)
def _part_likeness(script: str, one: Units, other_script: str, other: Units) -> float:
    sounds = table(script, other_script)
    ideal = most(one, other, sounds)
    return evidence(one, other, sounds) / ideal if ideal > 0 else 0.0


def block_keys(name: str) -> frozenset[str]:
    """Keys of which alike names share at least one, nearly always: only compare names that do.

    The classes of a name's consonants, in every rotation of its parts, with up to one left out (two of long names);
    and of any two of its parts, so that names meet that leave parts out.

    Args:
        name: A name in any script.

    Returns:
        The keys; none for a name without letters. How many alike pairs share one is measured by benchmarks/resolve.py.
    """
    return frozenset(graded_keys(name))


@lru_cache(maxsize=131072)
def graded_keys(name: str) -> Mapping[str, bool]:
    """The keys of a name, each with whether it tells all consonants: if not, unlike names share it much more often."""
    keys: dict[str, bool] = {}
    for reading in readings(name):
        views = {
            tuple(range(len(reading.parts))),
            reading.core,
            tuple(i for i in reading.core if i not in reading.fathers),
        }
        for view in views:
            bones = [reading.bones[i] for i in view]
            for k in turns(len(bones)):
                whole = _TOLD_ONCE.sub(r"\1\2", "".join(bones[k:] + bones[:k]))
                keys[whole] = True
                for key in _shortened(whole):
                    keys.setdefault(key, False)
        for i, j in combinations(reading.core, 2) if len(reading.core) > 1 else ():
            keys.setdefault("+".join(sorted((reading.bones[i], reading.bones[j]))), len(reading.core) == 2)
    return keys


def _shortened(bones: str) -> Iterator[str]:
    """Consonants with one left out, and two of seven or more; neighbours of one class told once.

    A k after n is never told: many scripts write ng with one letter.
    """
    for i in range(len(bones)):
        yield _closed(bones[:i], bones[i + 1 :])
    for i, j in combinations(range(len(bones)), 2) if len(bones) >= _LONG else ():
        yield _closed(_closed(bones[:i], bones[i + 1 : j]), bones[j + 1 :])


def _closed(before: str, after: str) -> str:
    """Two stretches of consonants, where those that now are neighbours may be one."""
    if before and after and (before[-1] == after[0] or (before[-1] == "N" and after[0] == "K")):
        return _closed(before, after[1:])
    return before + after


def is_latin(name: str) -> bool:
    """Whether all letters of a name are Latin."""
    return all(ord(c) < 0x250 or 0x1E00 <= ord(c) < 0x1F00 for c in name if c.isalpha())
