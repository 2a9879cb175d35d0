"""Ids that stay: what shares evidence with something of an earlier graph keeps its id.

Of two that became one, the id with more evidence stays and the other redirects to it; of one that became two, the part
with more evidence keeps the id.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from kgx.ids import evidence_digest
from kgx.models import AnyFact, Knowledge, Thing

_ROLES = {
    "participants", "visitor", "host", "inviter", "invitee", "parties", "twins", "holder", "organization", "place",
    "of_country", "partner", "scope", "disagrees_with", "part_of", "signed_at", "replaces",
}  # fmt: skip


@dataclass(frozen=True)
class Previous:
    """What an earlier graph says of its ids.

    Attributes:
        evidence: of each id, the digests of its evidence (`kgx.ids.evidence_digest`).
        replaced: ids that redirect, and to what.
    """

    evidence: Mapping[str, frozenset[str]] = field(default_factory=dict)
    replaced: Mapping[str, str] = field(default_factory=dict)


def keep_ids(knowledge: Knowledge, previous: Previous) -> Knowledge:
    """The same knowledge with the ids of `previous`, as far as evidence carries them over."""
    nodes: list[Thing | AnyFact] = [*knowledge.things, *knowledge.facts]
    movable = [n for n in nodes if not _fixed(n)]
    new = _assigned(movable, previous, {n.id for n in nodes if _fixed(n)})
    named = {old: new.get(old, old) for old in (n.id for n in nodes)}
    return knowledge.model_copy(
        update={
            "things": tuple(sorted((_renamed(t, named) for t in knowledge.things), key=lambda t: t.id)),
            "facts": tuple(sorted((_renamed(f, named) for f in knowledge.facts), key=lambda f: f.id)),
            "comparisons": tuple(
                c.model_copy(
                    update={
                        role: side.model_copy(update={"thing": named.get(side.thing, side.thing)})
                        for role, side in (("one", c.one), ("other", c.other))
                    }
                )
                for c in knowledge.comparisons
            ),
            "replaced": _replaced(movable, named, previous),
        }
    )


def _fixed(node: Thing | AnyFact) -> bool:
    """Whether an id means the same in all graphs: known places and bodies."""
    return isinstance(node, Thing) and (
        bool(node.same_as) or not node.id.startswith(("person/", "organization/", "place/"))
    )


def _digests(node: Thing | AnyFact) -> Iterable[str]:
    return {evidence_digest(e) for e in node.evidence}


def _shared(nodes: Iterable[Thing | AnyFact], previous: Previous) -> dict[str, Counter[str]]:
    """Of each new id, how much evidence it shares with old ids of its kind."""
    holders: dict[str, list[str]] = defaultdict(list)
    for old, digests in previous.evidence.items():
        for digest in digests:
            holders[digest].append(old)
    return {
        node.id: Counter(old for d in _digests(node) for old in holders.get(d, ()) if _group(old) == _group(node.id))
        for node in nodes
    }


def _group(identifier: str) -> str:
    return identifier.partition("/")[0]


def _assigned(nodes: Iterable[Thing | AnyFact], previous: Previous, taken: set[str]) -> dict[str, str]:
    """New ids to those that they keep, most shared evidence first."""
    shared = _shared(nodes, previous)
    pairs = sorted(((-count, old != new, old, new) for new, counts in shared.items() for old, count in counts.items()))
    given: dict[str, str] = {}
    used = set(taken)
    for _, _, old, new in pairs:
        if new not in given and old not in used:
            given[new] = old
            used.add(old)
    for new in sorted(shared):
        if new not in given:
            name = new
            if name in used:  # somebody else was called so before
                name = f"{new}-{hashlib.sha256(' '.join(sorted(map(str, shared[new]))).encode()).hexdigest()[:6]}"
                while name in used:
                    name += "x"
            given[new] = name
            used.add(name)
    return given


def _replaced(
    nodes: Iterable[Thing | AnyFact], named: Mapping[str, str], previous: Previous
) -> tuple[tuple[str, str], ...]:
    """Old ids that no node has now, to the node with most of their evidence; and older redirects, up to date."""
    live = set(named.values())
    best: dict[str, tuple[int, str]] = {}
    for new, counts in _shared(nodes, previous).items():
        for old, count in counts.items():
            if old not in live:
                best[old] = max(best.get(old, (0, "")), (count, named[new]))
    now = {old: to for old, (_, to) in best.items()}
    for old, to in previous.replaced.items():
        if old not in live:
            now.setdefault(old, now.get(to, to))
    return tuple(sorted((old, to) for old, to in now.items() if to in live))


def _renamed(node: Any, named: Mapping[str, str]) -> Any:
    update: dict[str, object] = {"id": named.get(node.id, node.id)}
    for role in _ROLES & type(node).model_fields.keys():
        value = getattr(node, role)
        if isinstance(value, tuple):
            update[role] = tuple(named.get(v, v) for v in value)
        elif isinstance(value, str):
            update[role] = named.get(value, value)
    return node.model_copy(update=update)
