"""Persons, bodies and places over all documents."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from kgx.gazetteer.fold import loose, plain_latin
from kgx.ids import romanize, slug
from kgx.models import Claims, Name, Tenure, Thing
from kgx.resolve.names import compare, is_latin

# (document id, id of the thing in it) -> id of the thing in the knowledge
Names = Mapping[tuple[str, str], str]


@dataclass(frozen=True)
class _Local:
    """A thing of one document with what speaks for its identity."""

    document: str
    thing: Thing
    offices: frozenset[tuple[str, str | None]]

    @property
    def key(self) -> tuple[str, str]:
        """Where it is from."""
        return (self.document, self.thing.id)


def resolve_things(documents: Sequence[Claims]) -> tuple[tuple[Thing, ...], Names]:
    """All things, each once, and the way from each document's own ids to them."""
    locals_: list[_Local] = []
    for claims in documents:
        offices: dict[str, set[tuple[str, str | None]]] = defaultdict(set)
        for fact in claims.facts:
            if isinstance(fact, Tenure):
                offices[fact.holder].add((fact.office_kind, fact.country))
        locals_ += [_Local(claims.document.id, t, frozenset(offices[t.id])) for t in claims.things]
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


def _cluster(locals_: Sequence[_Local], score: Callable[[_Local, _Local], float]) -> list[list[_Local]]:
    """Join what scores above nought, best pairs first; two things of one document never become one."""
    order = sorted(locals_, key=lambda x: x.key)
    pairs = []
    for i, a in enumerate(order):
        for b in order[i + 1 :]:
            if a.document != b.document or a.thing.id == b.thing.id:
                value = score(a, b)
                if value > 0:
                    pairs.append((-value, a.key, b.key))
    group = {x.key: [x] for x in order}
    for _, a_key, b_key in sorted(pairs):
        a_group, b_group = group[a_key], group[b_key]
        if a_group is b_group or {x.document for x in a_group} & {x.document for x in b_group}:
            continue
        if any(score(x, y) < 0 for x in a_group for y in b_group):
            continue
        a_group.extend(b_group)
        for local in b_group:
            group[local.key] = a_group
    return list({id(g): g for g in group.values()}.values())


def _same_person(a: _Local, b: _Local) -> float:
    """Positive: the same; negative: certainly not; nought: not enough to tell.

    The name must be alike; a shared kind of office of the same state is a strong witness, a shared state a weak one;
    different states, where both are known, forbid it.
    """
    if a.thing.country and b.thing.country and a.thing.country != b.thing.country:
        return -1.0
    comparison = max((compare(x.text, y.text) for x in _full(a.thing) for y in _full(b.thing)), key=lambda c: c.score)
    if comparison.verdict == "different":
        return 0.0
    witness = bool(a.offices & b.offices) or bool({k for k, _ in a.offices} & {k for k, _ in b.offices})
    state = a.thing.country is not None and a.thing.country == b.thing.country
    if comparison.verdict == "same":
        return comparison.score + 0.1 * witness + 0.05 * state
    if witness and comparison.score >= 0.8:
        return comparison.score
    return comparison.score - 0.1 if state and comparison.score >= 0.92 else 0.0


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
