"""Which things are worth comparing: only those that share a block, so that time grows with their number, not its square.

A block is a key that two things which could be linked have in common. Names that are equal, or long and of one sound,
meet whoever bears them. Names that are merely alike, short, or a part of another, link only with a witness, so they
meet within a state or a kind of office.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import combinations

from rapidfuzz.distance import Levenshtein

from kgx.ids import name_parts
from kgx.resolve.local import Traits
from kgx.resolve.names import skeleton, spelled

# How alike skeletons have to be to be compared.
ALIKE = 0.75
# Skeletons up to this length meet by leaving letters out, longer ones by three letters in a row: see `_near_keys`.
_SHORT = 11
_LONG = 9
_GRAM = 3
_ENOUGH = 6  # consonants that are no accident

Pair = tuple[int, int]


def candidates(traits: Sequence[Traits]) -> set[Pair]:
    """The pairs to score, lower index first; each with itself."""
    pairs: set[Pair] = {(i, i) for i in range(len(traits))}
    blocks: dict[Hashable, list[int]] = defaultdict(list)
    by_witness: dict[Hashable, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    stateless: set[int] = set()
    for i, one in enumerate(traits):
        if one.known is not None:
            blocks[one.kind, "id", one.known].append(i)
        witnesses = list(_witnesses(one))
        if one.country is None:
            stateless.add(i)
        for name in {n.text for n in one.names}:
            parts = name_parts(name)
            blocks[one.kind, "folded", "".join(parts)].append(i)
            blocks[one.kind, "sorted", tuple(sorted(parts))].append(i)
            bones = _bones(name)
            for bone in bones:
                if len(bone) >= _ENOUGH:
                    blocks[one.kind, "sound", bone].append(i)
                for witness in witnesses:
                    by_witness[witness][bone].add(i)
            for key in _part_keys(one, parts):
                blocks[key].append(i)
    for members in blocks.values():
        pairs.update(_pairs(members))
    for witness, bones_of in by_witness.items():
        of_office = isinstance(witness, tuple) and witness[1] == "office"
        if of_office and not any(i in stateless for members in bones_of.values() for i in members):
            continue
        for one_bone, other in _and_self(bones_of):
            for i in bones_of[one_bone]:
                # Two of known states meet by state, if at all.
                others = bones_of[other] & stateless if of_office and i not in stateless else bones_of[other]
                pairs.update((i, j) if i < j else (j, i) for j in others if i != j)
    return pairs


def _pairs(members: Sequence[int]) -> Iterator[Pair]:
    several = sorted(set(members))
    return combinations(several, 2)  # type: ignore[return-value]


def _witnesses(one: Traits) -> Iterator[Hashable]:
    """What else has to agree where names alone do not do."""
    if one.country is not None or one.kind != "person":
        yield (one.kind, "state", one.country, None if one.kind == "person" else one.subkind)
    if one.kind == "person":
        for kind in sorted({k for k, _ in one.offices}):
            yield (one.kind, "office", kind)


def _part_keys(one: Traits, parts: Sequence[str]) -> Iterator[Hashable]:
    """Where a name meets those that it is a part of: only among holders of one kind of office."""
    if one.kind == "person":
        states = {s for _, s in one.offices} | {one.country}
        for part in parts:
            bone = skeleton(part)
            if len(bone) >= 2:
                for kind, _ in one.offices:
                    for state in states:
                        yield (one.kind, "part", bone, kind, state)


def _bones(name: str) -> set[str]:
    return {skeleton(name), skeleton(" ".join(reversed(spelled(name).split())))} - {""}


def _and_self(bones: Iterable[str]) -> Iterator[tuple[str, str]]:
    several = sorted(bones)
    yield from ((bone, bone) for bone in several)
    yield from near(several)


def near(bones: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The pairs of different skeletons that are alike enough to be compared."""
    blocks: dict[tuple[int, str], list[str]] = defaultdict(list)
    for bone in bones:
        seen: set[str] = set()
        for key in _near_keys(bone):
            for other in blocks[key]:
                short = len(bone) <= _SHORT and len(other) <= _SHORT
                if other not in seen and short == (key[0] == 0):
                    seen.add(other)
                    if Levenshtein.normalized_similarity(bone, other) >= ALIKE:
                        yield other, bone
            blocks[key].append(bone)


def _near_keys(bone: str) -> list[tuple[int, str]]:
    """Keys of which two skeletons share at least one if they are alike.

    Alike are skeletons with at most L // 4 edits, where L is the length of the longer. Then each can be made the same
    string by leaving out at most a quarter of its own letters (a substitution costs either one, an insertion only the
    longer, so the shorter, of n letters, has at most n // 4 to give). With n >= 9 (`_LONG`) the letters kept cannot
    all lie in runs of fewer than three, so a run of three is shared: cheaper where many could be left out. A skeleton
    longer than `_SHORT` is only alike to those of `_LONG` letters and more.
    """
    keys: list[tuple[int, str]] = []
    if len(bone) <= _SHORT:
        keys += [(0, k) for k in sorted(_shortened(bone, len(bone) // 4))]
    if len(bone) >= _LONG:
        keys += [(1, k) for k in sorted({bone[i : i + _GRAM] for i in range(len(bone) - _GRAM + 1)})]
    return keys


def _shortened(bone: str, most: int) -> set[str]:
    """A skeleton with up to so many letters left out."""
    return {"".join(kept) for n in range(most + 1) for kept in combinations(bone, len(bone) - n)}
