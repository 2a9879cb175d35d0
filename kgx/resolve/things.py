"""Persons, bodies and places over all documents: who is who, and why."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from types import MappingProxyType

from kgx.gazetteer.fold import plain_latin
from kgx.ids import romanize, slug
from kgx.models import Claims, Comparison, Event, PartialDate, Reason, Side, Thing
from kgx.quantities.types import made
from kgx.resolve.cluster import NONE, Clustering, Compared, Observe, Verdicts
from kgx.resolve.features import Witness, forget_names, score
from kgx.resolve.local import Key, Local, Traits, locals_of
from kgx.resolve.names import is_latin

# (document id, id of the thing in it) -> id of the thing in the knowledge
Names = Mapping[Key, str]
_ACTORS = ("participants", "visitor", "inviter", "invitee", "host")


@dataclass(frozen=True)
class Resolved:
    """All things, each once; the way from each document's own ids to them; and what was compared."""

    things: tuple[Thing, ...]
    names: Names
    comparisons: tuple[Comparison, ...]


def resolve_things(
    documents: Sequence[Claims], verdicts: Verdicts = NONE, labels: Mapping[Key, str] = MappingProxyType({})
) -> Resolved:
    """Bodies first, then persons, whose offices are of these bodies; a second look at what was unsure, by the facts."""
    organizations = _known_first(Clustering(locals_of(documents, "organization", {}), verdicts))
    organizations.run()
    places = _known_first(Clustering(locals_of(documents, "place", {}), verdicts))
    places.run()
    bodies = {x.key: members[0].thing.id for members in organizations.groups() for x in members}
    persons = Clustering(locals_of(documents, "person", bodies), verdicts)
    persons.run()
    for _ in range(2):  # who is who tells who else is
        persons.run(_observer(documents, persons, bodies))
    runs = (persons, organizations, places)
    found = _named([g for run in runs for g in run.groups()], [c for run in runs for c in run.compared()], labels)
    forget_names()
    return found


def _known_first(run: Clustering) -> Clustering:
    """Join what has an id that means the same in all documents, or is the one of its state, also within a document."""
    first: dict[Hashable, int] = {}
    for i, local in enumerate(run.order):
        meant: Hashable = local.traits.seat
        if local.thing.same_as or not local.thing.id.startswith(("organization/", "place/")):
            meant = local.thing.id
        if meant is not None:
            j = first.setdefault(meant, i)
            if not run.group[j].told_from(run.group[i]):  # but for what a user told apart
                run.merge(j, i)
                one = run.order[j]
                if local.traits.seat is not None and local.traits != one.traits:
                    run.joined.append(Compared(one, local, "same", score(one.traits, local.traits)))
    return run


def _observer(documents: Sequence[Claims], persons: Clustering, bodies: Mapping[Key, str]) -> Observe:
    """What the facts show of persons, by who is who so far: the events and counterparts that two of them share."""
    who: dict[Key, str] = dict(bodies)
    for members in persons.groups():
        name = f"{members[0].thing.label} ({members[0].document})"
        who |= {x.key: name for x in members}
    events: dict[Key, set[str]] = defaultdict(set)
    met: dict[Key, set[str]] = defaultdict(set)
    for claims in documents:
        document = claims.document.id
        for fact in claims.facts:
            if not isinstance(fact, Event):
                continue
            actors = {a for role in _ACTORS for a in getattr(fact, role)}
            exact = isinstance(fact.start, PartialDate) and fact.start.precision == "day"
            for person in actors:
                for other in actors - {person} if person.startswith("person/") else ():
                    counterpart = who.get((document, other), other)
                    if exact and fact.start is not None:
                        events[document, person].add(f"{fact.event_type} with {counterpart} on {fact.start.iso}")
                    if not other.startswith("country/"):
                        met[document, person].add(counterpart)

    def observe(ones: Sequence[Local], others: Sequence[Local]) -> Witness:
        def shared(of: Mapping[Key, set[str]]) -> tuple[str, ...]:
            one, other = (set().union(*(of.get(x.key, ()) for x in side)) for side in (ones, others))
            return tuple(sorted(one & other))

        return Witness(events=shared(events), counterparts=shared(met))

    return observe


def _named(clusters: Sequence[Sequence[Local]], compared: Iterable[Compared], labels: Mapping[Key, str]) -> Resolved:
    """The things of the clusters, with ids; namesakes get a part of a hash of where they are first told."""
    names: dict[Key, str] = {}
    things: list[Thing] = []
    taken: set[str] = set()
    for cluster in sorted(clusters, key=lambda c: min(x.key for x in c)):
        thing = _merged(cluster)
        if wanted := sorted({labels[x.key] for x in cluster if x.key in labels}):
            thing = thing.model_copy(update={"label": wanted[0]})
        if thing.id in taken:
            first = "\x1f".join(min(x.key for x in cluster))
            thing = thing.model_copy(update={"id": f"{thing.id}-{hashlib.sha256(first.encode()).hexdigest()[:6]}"})
        taken.add(thing.id)
        things.append(thing)
        for local in cluster:
            names[local.key] = thing.id
    told = {c.id: c for c in (_comparison(c, names) for c in compared) if c is not None}
    return Resolved(tuple(sorted(things, key=lambda t: t.id)), names, tuple(told[i] for i in sorted(told)))


def _comparison(compared: Compared, names: Names) -> Comparison | None:
    """For readers; what ids decide needs no words."""
    one, other = compared.one, compared.other
    if (
        not one.traits.names
        or not other.traits.names
        or any(r.feature.startswith("known") for r in compared.score.reasons)
    ):
        return None
    sides = sorted(
        (
            made(
                Side,
                thing=names[x.key],
                name=x.traits.names[0].text,
                lang=x.traits.names[0].lang,
                document=x.document,
            )
            for x in (one, other)
        ),
        key=lambda s: (s.thing, s.lang, s.name, s.document),
    )
    digest = hashlib.sha256("\x1f".join(sorted((_told(one.traits), _told(other.traits)))).encode()).hexdigest()[:10]
    return made(
        Comparison,
        id=f"comparison/{digest}",
        one=sides[0],
        other=sides[1],
        judgement=compared.judgement,
        score=compared.score.value,
        reasons=tuple(
            made(Reason, feature=r.feature, weight=r.weight, value=r.value, words=r.words)
            for r in compared.score.reasons
        ),
    )


def _told(traits: Traits) -> str:
    return repr(traits.order)


def _merged(cluster: Iterable[Local]) -> Thing:
    """One thing of a cluster: all names and evidence, the best label, the id made of it."""
    parts = sorted(cluster, key=lambda x: x.key)
    things = [x.thing for x in parts]
    first = next((t for t in things if t.same_as), things[0])
    names = tuple(sorted({n for t in things for n in t.names}, key=lambda n: (n.lang, n.text)))
    label = _label(things)
    identifier = first.id
    if first.kind == "person":
        identifier = f"person/{slug(label)}"
    elif first.kind == "organization" and not first.same_as:
        identifier = f"organization/{slug(label)}"
    countries = Counter(t.country for t in things if t.country)
    kinds = Counter(t.subkind for t in things if t.subkind)
    return made(
        Thing,
        id=identifier,
        kind=first.kind,
        label=label,
        names=names,
        subkind=min(kinds, key=lambda k: (-kinds[k], k)) if kinds else None,
        country=min(countries, key=lambda c: (-countries[c], c)) if countries else None,
        evidence=tuple(sorted({e for t in things for e in t.evidence}, key=attrgetter("order"))),
        same_as=first.same_as,
        latitude=first.latitude,
        longitude=first.longitude,
        born=None,
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
