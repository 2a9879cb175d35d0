"""Persons, bodies and places over all documents.

Only things that share a block are compared: a block is a key which every two things that could be one have in common.
The result is that of comparing all with all.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from kgx.gazetteer.fold import loose, plain_latin
from kgx.ids import romanize, slug
from kgx.models import Claims, Name, Tenure, Thing
from kgx.resolve.names import block_keys, compare, is_latin

# (document id, id of the thing in it) -> id of the thing in the knowledge
Names = Mapping[tuple[str, str], str]


@dataclass(frozen=True)
class _Local:
    """A thing of one document with what speaks for its identity."""

    document: str
    thing: Thing
    offices: frozenset[tuple[str, str | None]]
    names: tuple[str, ...]  # to compare; none where the id says all

    @property
    def key(self) -> tuple[str, str]:
        """Where it is from."""
        return (self.document, self.thing.id)

    @property
    def traits(self) -> tuple[object, ...]:
        """All that a score looks at: things with the same traits score the same."""
        person = self.thing.kind == "person"
        return (self.names, self.offices, self.thing.country, self.thing.subkind, None if person else self.thing.id)


class _Group:
    """Local things that are one, with what forbids others to join."""

    def __init__(self, local: _Local) -> None:
        person = local.thing.kind == "person"
        self.members = [local]
        self.documents = {local.document}
        self.states = {local.thing.country} if person and local.thing.country else set()

    def may_join(self, other: _Group) -> bool:
        """Two things of one document are never one, nor are two persons of different states."""
        return self.documents.isdisjoint(other.documents) and len(self.states | other.states) < 2

    def add(self, other: _Group) -> None:
        """Take over all of another group."""
        self.members += other.members
        self.documents |= other.documents
        self.states |= other.states


# How much speaks for two things being one: see `_same_person`.
Score = Callable[[_Local, _Local], float]


def resolve_things(documents: Sequence[Claims]) -> tuple[tuple[Thing, ...], Names]:
    """All things, each once, and the way from each document's own ids to them."""
    locals_: list[_Local] = []
    for claims in documents:
        offices: dict[str, set[tuple[str, str | None]]] = defaultdict(set)
        for fact in claims.facts:
            if isinstance(fact, Tenure):
                offices[fact.holder].add((fact.office_kind, fact.country))
        locals_ += [_Local(claims.document.id, t, frozenset(offices[t.id]), _compared(t)) for t in claims.things]
    clusters = [
        *_cluster([x for x in locals_ if x.thing.kind == "person"], _same_person),
        *_cluster([x for x in locals_ if x.thing.kind == "organization"], _same_body),
        *_cluster([x for x in locals_ if x.thing.kind == "place"], _same_place),
    ]
    names: dict[tuple[str, str], str] = {}
    things: list[Thing] = []
    taken: Counter[str] = Counter()
    for cluster in sorted(clusters, key=lambda c: min(x.key for x in c)):
        thing = _merged(cluster)
        taken[thing.id] += 1
        if taken[thing.id] > 1:  # namesakes: the first keeps the plain id
            thing = thing.model_copy(update={"id": f"{thing.id}-{taken[thing.id]}"})
        things.append(thing)
        for local in cluster:
            names[local.key] = thing.id
    return tuple(sorted(things, key=lambda t: t.id)), names


def _cluster(locals_: Sequence[_Local], score: Score) -> list[list[_Local]]:
    """Join what scores above nought, best pairs first; two things of one document never become one.

    Pairs of one score are taken in the order of their keys, so the order of the documents does not matter.
    """
    order = [x for _, x in sorted({x.key: x for x in locals_}.items())]
    group = [_Group(x) for x in order]

    def join(i: int, j: int) -> None:
        one, other = group[i], group[j]
        if one is other or not one.may_join(other):
            return
        if len(one.members) < len(other.members):
            one, other = other, one
        one.add(other)
        for local in other.members:
            group[place[local.key]] = one

    place = {x.key: i for i, x in enumerate(order)}
    known: dict[str, int] = {}
    for i, local in enumerate(order):
        if local.thing.kind != "person":  # a person's id is only its name
            join(known.setdefault(local.thing.id, i), i)

    kinds: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for i, local in enumerate(order):
        kinds[local.traits].append(i)
    members = list(kinds.values())
    kind = {i: k for k, indices in enumerate(members) for i in indices}
    partners: dict[float, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    for k, m in _candidates([order[indices[0]] for indices in members]):
        for one, other in ((k, m), (m, k)):
            value = score(order[members[one][0]], order[members[other][0]])
            if value > 0:
                partners[value][one].add(other)
    for value in sorted(partners, reverse=True):
        alike = partners[value]
        for i in sorted(i for k in alike for i in members[k]):
            later = (members[m][bisect_right(members[m], i) :] for m in alike[kind[i]])
            for j in sorted(j for indices in later for j in indices):
                join(i, j)
    return [g.members for g in {id(g): g for g in group}.values()]


def _candidates(locals_: Sequence[_Local]) -> set[tuple[int, int]]:
    """The pairs (lower index first; each with itself) that share a block: alike names nearly always do."""
    blocks: dict[str, set[int]] = defaultdict(set)
    for i, local in enumerate(locals_):
        for name in local.names:
            for key in block_keys(name):
                blocks[key].add(i)
    return {(i, j) for block in blocks.values() for i in block for j in block if i <= j}


def _same_person(a: _Local, b: _Local) -> float:
    """Positive: the same; negative: certainly not; nought: not enough to tell.

    The name must be alike; a shared kind of office of the same state is a strong witness, a shared state a weak one;
    different states, where both are known, forbid it.
    """
    if a.thing.country and b.thing.country and a.thing.country != b.thing.country:
        return -1.0
    comparison = max((compare(x, y) for x in a.names for y in b.names), key=lambda c: c.score)
    if comparison.verdict == "different":
        return 0.0
    witness = bool(a.offices & b.offices) or bool({k for k, _ in a.offices} & {k for k, _ in b.offices})
    state = a.thing.country is not None and a.thing.country == b.thing.country
    if comparison.verdict == "same":
        return comparison.score + 0.1 * witness + 0.05 * state
    if witness and comparison.score >= 0.8:
        return comparison.score
    return comparison.score - 0.1 if state and comparison.score >= 0.92 else 0.0


def _compared(thing: Thing) -> tuple[str, ...]:
    """The names to compare a thing by: none for places that the gazetteer knows, for they are one by id or not."""
    if thing.kind == "person":
        return tuple(name.text for name in _full(thing))
    return () if thing.kind == "place" and not thing.id.startswith("place/") else (thing.label,)


def _full(thing: Thing) -> list[Name]:
    """The fullest name in each language: short forms would match too much."""
    best: dict[str, Name] = {}
    for name in (Name(text=thing.label, lang=thing.names[0].lang if thing.names else "und"), *thing.names):
        if name.lang not in best or len(loose(name.text)) > len(loose(best[name.lang].text)):
            best[name.lang] = name
    return list(best.values())


def _same_body(a: _Local, b: _Local) -> float:
    """Bodies known by id are one; others by name, within one state and kind."""
    if a.thing.id == b.thing.id:
        return 1.0
    if a.thing.country != b.thing.country or a.thing.subkind != b.thing.subkind:
        return 0.0
    return float(compare(a.thing.label, b.thing.label).verdict == "same") * 0.9


def _same_place(a: _Local, b: _Local) -> float:
    """Places are what the gazetteer says; unknown ones by name."""
    if a.thing.id == b.thing.id:
        return 1.0
    if a.thing.id.startswith("place/") and b.thing.id.startswith("place/") and a.thing.country == b.thing.country:
        return float(compare(a.thing.label, b.thing.label).verdict == "same") * 0.9
    return 0.0


def _merged(cluster: Iterable[_Local]) -> Thing:
    """One thing of a cluster: all names and evidence, the best label, the id made of it."""
    parts = sorted(cluster, key=lambda x: x.key)
    things = [x.thing for x in parts]
    first = things[0]
    names = tuple(sorted({n for t in things for n in t.names}, key=lambda n: (n.lang, n.text)))
    label = _label(things)
    identifier = first.id
    if first.kind == "person":
        identifier = f"person/{slug(label)}"
    elif first.kind == "organization" and not first.same_as:
        identifier = f"organization/{slug(label)}"
    countries = Counter(t.country for t in things if t.country)
    kinds = Counter(t.subkind for t in things if t.subkind)
    return Thing(
        id=identifier,
        kind=first.kind,
        label=label,
        names=names,
        subkind=min(kinds, key=lambda k: (-kinds[k], k)) if kinds else None,
        country=min(countries, key=lambda c: (-countries[c], c)) if countries else None,
        evidence=tuple(
            sorted({e for t in things for e in t.evidence}, key=lambda e: (e.document, e.start, e.end, e.rule))
        ),
        same_as=first.same_as,
        latitude=first.latitude,
        longitude=first.longitude,
    )


def _label(things: Sequence[Thing]) -> str:
    """The Latin spelling found most often, without diacritics; else a romanisation of the first."""
    known = [t.label for t in things if not t.id.startswith(("person/", "place/")) and t.same_as]
    if known:
        return known[0]
    latin = Counter(plain_latin(t.label) for t in things if is_latin(t.label))
    if latin:
        return min(latin, key=lambda n: (-latin[n], -len(n), n))
    return romanize(things[0].label)
