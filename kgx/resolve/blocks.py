"""Which things are worth comparing: those that share a block, so that time grows with their number, not its square.

A block is a key that two things which could be linked have in common (see `kgx.resolve.names.block_keys`). Names that
are long and of one sound meet whoever bears them. Names that are merely alike, short, or a part of another link only
with a witness, so they meet within a state or a kind of office.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence

from kgx.ids import name_parts
from kgx.resolve.local import Traits
from kgx.resolve.names import block_keys, graded_keys

_ENOUGH = 7  # consonants that are no accident
_SOME = 5
# In blocks of more, names only meet that differ by what one leaves out; among many, only those that tell all consonants
# of what they share, and so do those whose states are not told, among so many holders of an office or in one week; in a
# crowd of such, not even those. So the pairs of a thing do not grow with their number. Among thousands of invented
# people of few states (benchmarks/simulate.py), what is left out by these limits was more often wrong than right.
_BIG, _FEW, _CROWD = 6, 100, 40
_MANY = 16

Pair = tuple[int, int]
Blocks = Mapping[Hashable, Sequence[int]]
Keys = Mapping[Hashable, bool]  # with whether one tells all consonants


def candidates(traits: Sequence[Traits], days: Sequence[Sequence[int]]) -> list[Pair]:
    """The pairs to score, in order, lower index first; each with itself.

    Args:
        traits: what is compared.
        days: on which days documents tell of each.
    """
    pairs: set[Pair] = {(i, i) for i in range(len(traits))}
    pairs.update(_within(_equal(traits)))
    pairs.update(_within(_long(traits)))
    keys = [_keys(one) for one in traits]
    stateless = {i for i, one in enumerate(traits) if one.country is None}
    for members in _by_state(traits).values():
        pairs.update(_within(_blocks(members, keys), keys))
    # Those of known states meet there, if at all.
    for members in (*_by_office(traits).values(), *_by_week(traits, days).values()):
        pairs.update(_with_any(members, keys, stateless))
    pairs.update(_parts(traits))
    return sorted(pairs)


def _keys(one: Traits) -> Keys:
    """Keys of a name within a state; few consonants, some left out, are only shared by holders of one office."""
    found: dict[Hashable, bool] = {}
    for name in one.names:
        keys = graded_keys(name.text)
        whole = max((len(k) for k in keys if "+" not in k), default=0)
        for key, full in keys.items():
            for told in (key,) if len(key) >= _SOME or len(key) == whole else [(key, kind) for kind, _ in one.offices]:
                found[told] = full or found.get(told, False)
    return found


def _within(blocks: Blocks, keys: Sequence[Keys] = ()) -> Iterator[Pair]:
    """All pairs of each block; of a big one, those of which one (of many: both) has no more consonants than its key."""
    for key, members in blocks.items():
        full = _full(key, members, keys)
        among = members if full is None or len(members) <= _MANY else [i for i in members if i in full]
        for n, j in enumerate(among):
            for i in among[:n]:
                if full is None or i in full or j in full:
                    yield (i, j) if i < j else (j, i)


def _with_any(members: Sequence[int], keys: Sequence[Keys], some: set[int]) -> Iterator[Pair]:
    """Pairs with one of some that share a key; unless members are few, one that tells all consonants of both."""
    few = len(members) <= _FEW
    found: dict[Hashable, list[int]] = defaultdict(list)
    for i in members:
        for key, full in keys[i].items() if i in some else ():
            if full or few:
                found[key].append(i)
    for j in members if found else ():
        for key, full in keys[j].items():
            met = found.get(key, ()) if full or few else ()
            for i in met if len(met) <= _CROWD else ():
                if i != j:
                    yield (i, j) if i < j else (j, i)


def _full(key: Hashable, members: Sequence[int], keys: Sequence[Keys]) -> set[int] | None:
    """Who of a block has no more consonants than its key; None where that does not matter, for the block is small.

    A crowd of them has nobody: so common a name tells nothing, but for what equal and long ones share anyway.
    """
    if not keys or len(members) <= _BIG:
        return None
    full = {i for i in members if keys[i][key]}
    return full if len(full) <= _CROWD else set()


def _blocks(members: Sequence[int], keys: Sequence[Keys]) -> Blocks:
    blocks: dict[Hashable, list[int]] = defaultdict(list)
    for i in members:
        for key in keys[i]:
            blocks[key].append(i)
    return blocks


def _equal(traits: Sequence[Traits]) -> Blocks:
    """Equal names, in any order of their parts, and ids that mean the same everywhere."""
    blocks: dict[Hashable, list[int]] = defaultdict(list)
    for i, one in enumerate(traits):
        keys: set[Hashable] = {("id", one.known)} if one.known is not None else set()
        if one.seat is not None:
            keys.add(("seat", *one.seat))
        for name in one.names:
            parts = name_parts(name.text)
            keys |= {"".join(parts), tuple(sorted(parts))}
        for key in keys:
            blocks[one.kind, key].append(i)
    return blocks


def _long(traits: Sequence[Traits]) -> Blocks:
    blocks: dict[Hashable, list[int]] = defaultdict(list)
    for i, one in enumerate(traits):
        for key in {k for name in one.names for k in block_keys(name.text) if len(k) >= _ENOUGH and "+" not in k}:
            blocks[hash((one.kind, key))].append(i)
    return blocks


def _by_state(traits: Sequence[Traits]) -> Mapping[Hashable, Sequence[int]]:
    """Persons of one state; bodies and places of one state and kind."""
    found: dict[Hashable, list[int]] = defaultdict(list)
    for i, one in enumerate(traits):
        if one.kind != "person":
            found[one.country, one.subkind].append(i)
        elif one.country is not None:
            found[one.country].append(i)
    return found


def _by_office(traits: Sequence[Traits]) -> Mapping[str, Sequence[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for i, one in enumerate(traits):
        for kind in {k for k, _ in one.offices}:
            found[kind].append(i)
    return found


def _by_week(traits: Sequence[Traits], days: Sequence[Sequence[int]]) -> Mapping[Hashable, Sequence[int]]:
    """Persons told of within two weeks: they may be in the same events."""
    found: dict[Hashable, list[int]] = defaultdict(list)
    for i, one in enumerate(traits):
        for week in {w for day in days[i] for w in (day // 7, day // 7 + 1)} if one.kind == "person" else ():
            found[week].append(i)
    return found


def _parts(traits: Sequence[Traits]) -> Iterator[Pair]:
    """Names of one part with those that it is a part of: only among holders of one kind of office of one state."""
    wanted: dict[Hashable, list[int]] = defaultdict(list)
    for i, one in enumerate(traits):
        for key in _part_keys(one, single=True):
            wanted[key].append(i)
    for j, other in enumerate(traits):
        for key in _part_keys(other, single=False) if wanted else ():
            for i in wanted.get(key, ()):
                if i != j:
                    yield (i, j) if i < j else (j, i)


def _part_keys(one: Traits, *, single: bool) -> Iterable[Hashable]:
    if one.kind != "person" or not one.offices:
        return ()
    told = {part for name in one.names for part in _parts_of(name.text, single=single)}
    states = {s for _, s in one.offices} | {one.country}
    kinds = {k for k, _ in one.offices}
    return {
        (key, kind, state)
        for part in told
        for key in block_keys(part)
        if len(key) > 1
        for kind in kinds
        for state in states
    }


def _parts_of(name: str, *, single: bool) -> Sequence[str]:
    parts = name_parts(name)
    return parts if (len(parts) == 1) is single else ()
