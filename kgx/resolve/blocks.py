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
from kgx.resolve.names import block_keys

_ENOUGH = 7  # consonants that are no accident

Pair = tuple[int, int]
Blocks = Mapping[Hashable, Sequence[int]]


def candidates(traits: Sequence[Traits], days: Sequence[Sequence[int]]) -> set[Pair]:
    """The pairs to score, lower index first; each with itself.

    Args:
        traits: what is compared.
        days: on which days documents tell of each.
    """
    pairs: set[Pair] = {(i, i) for i in range(len(traits))}
    pairs.update(_within(_equal(traits)))
    pairs.update(_within(_long(traits)))
    for members in (*_by_witness(traits).values(), *_by_week(traits, days)):
        blocks: dict[Hashable, list[int]] = defaultdict(list)
        for i in members:
            for key in {k for name in traits[i].names for k in block_keys(name.text)}:
                blocks[key].append(i)
        pairs.update(_within(blocks))
    pairs.update(_parts(traits))
    return pairs


def _within(blocks: Blocks) -> Iterator[Pair]:
    """All pairs of each block."""
    for members in blocks.values():
        for n, j in enumerate(members):
            for i in members[:n]:
                yield (i, j) if i < j else (j, i)


def _equal(traits: Sequence[Traits]) -> Blocks:
    """Equal names, in any order of their parts, and ids that mean the same everywhere."""
    blocks: dict[Hashable, list[int]] = defaultdict(list)
    for i, one in enumerate(traits):
        keys: set[Hashable] = {("id", one.known)} if one.known is not None else set()
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


def _by_witness(traits: Sequence[Traits]) -> Mapping[Hashable, Sequence[int]]:
    """Things of one state; those of no known state with all holders of one kind of office."""
    states: dict[Hashable, list[int]] = defaultdict(list)
    offices: dict[Hashable, list[int]] = defaultdict(list)
    stateless: set[Hashable] = set()
    for i, one in enumerate(traits):
        if one.kind != "person":
            states[one.country, one.subkind].append(i)
            continue
        if one.country is not None:
            states[one.country].append(i)
        for kind in {k for k, _ in one.offices}:
            offices["office", kind].append(i)
            if one.country is None:
                stateless.add(("office", kind))
    return {**states, **{k: members for k, members in offices.items() if k in stateless}}


def _by_week(traits: Sequence[Traits], days: Sequence[Sequence[int]]) -> Iterator[Sequence[int]]:
    """Persons told of within two weeks, where of some no state is known: they may be in the same events."""
    weeks: dict[int, list[int]] = defaultdict(list)
    open_: set[int] = set()
    for i, one in enumerate(traits):
        for week in {w for day in days[i] for w in (day // 7, day // 7 + 1)} if one.kind == "person" else ():
            weeks[week].append(i)
            if one.country is None:
                open_.add(week)
    yield from (members for week, members in sorted(weeks.items()) if week in open_)


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
