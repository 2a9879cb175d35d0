"""Facts over all documents: the same meeting told twice is one; figures that differ disagree.

Facts meet in blocks (of one kind, one of the same people or parties, about one month), so that time grows with their
number. Exact ones come first; one that fits several equally well stays on its own.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from operator import attrgetter

from kgx.gazetteer import bodies
from kgx.merge import dates_agree, join
from kgx.models import (
    INFERRED,
    Agreement,
    AnyFact,
    Claims,
    DiplomaticRelation,
    Event,
    Evidence,
    Fact,
    Interval,
    PartialDate,
    StatusReport,
    Tenure,
    Thing,
    TradeFigure,
    TradePartnerRank,
    Twinning,
)
from kgx.ontology import is_local
from kgx.resolve.things import Names
from kgx.resolve.told import Group, Told, closeness, fits, people, status_of, window_of

_ROLES = {
    "participants", "visitor", "host", "inviter", "invitee", "parties", "twins", "holder", "organization", "place",
    "of_country", "partner", "scope",
}  # fmt: skip
_MONTH = 30
_WIDE = 4  # months that a window may touch to be found by month


def resolve_facts(documents: Sequence[Claims], names: Names, things: Sequence[Thing]) -> list[AnyFact]:
    """All facts with the common ids of things, joined where they tell the same, in order of id."""
    country = {t.id: t.country for t in things}
    country |= _likeliest(documents, names, country)
    told = [t for claims in documents for t in _told(claims, names, country)]
    return _parts(_disagreements([_one(group, name) for group, name in _named(_grouped(told))]), country)


def _told(claims: Claims, names: Names, country: Mapping[str, str | None]) -> Iterator[Told]:
    published = claims.document.published
    own_ids = [t.id for t in claims.things]
    injective = len({names[claims.document.id, i] for i in own_ids}) == len(own_ids)
    seen: dict[str, Told] = {}
    for fact in claims.facts:
        digest = _digest(fact, claims.document.sha256)
        renamed = _concluded(_rename(fact, claims.document.id, names), country)
        # Where two things of the document turned out to be one, so may be what they did.
        content = digest if injective else _content(renamed)
        if content in seen:
            renamed, digest = join(seen[content].fact, renamed), min(digest, seen[content].digest)
        window, exact = window_of(renamed, published)
        seen[content] = Told(renamed, claims.document.id, published, digest, people(renamed), window, exact)
    yield from seen.values()


_NO_CONTENT = frozenset({"id", "evidence", "disagrees_with", "inferred"})


def _content(fact: AnyFact) -> str:
    return "\x1f".join([f"{name}={value}" for name, value in vars(fact).items() if name not in _NO_CONTENT])


def _digest(fact: AnyFact, document: str) -> str:
    """Of what the document alone tells: it stays when other documents come and go, or find out who is who."""
    spots = " ".join(f"{e.start}-{e.end} {e.rule}" for e in fact.evidence)
    return hashlib.sha256(f"{document}\x1f{_content(fact)}\x1f{spots}".encode()).hexdigest()[:10]


@cache
def _roles(kind: type[Fact]) -> tuple[str, ...]:
    return tuple(sorted(_ROLES & kind.model_fields.keys()))


def _rename(fact: AnyFact, document: str, names: Names) -> AnyFact:
    update: dict[str, object] = {}
    for role in _roles(type(fact)):
        value = getattr(fact, role)
        if isinstance(value, tuple):
            update[role] = (
                tuple(dict.fromkeys(names[(document, v)] for v in value))
                if role != "twins"
                else tuple(names[(document, v)] for v in value)
            )
        elif isinstance(value, str):
            update[role] = names[(document, value)]
    return fact.model_copy(update=update)


def _likeliest(documents: Sequence[Claims], names: Names, told: Mapping[str, str | None]) -> dict[str, str | None]:
    """The states of persons that no document tells but some conclude: the one concluded most often."""
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for claims in documents:
        for fact in claims.facts:
            if isinstance(fact, Tenure) and fact.country is not None:
                holder = names[(claims.document.id, fact.holder)]
                if told.get(holder) is None:
                    votes[holder][fact.country] += 1
    return {holder: min(count, key=lambda c: (-count[c], c)) for holder, count in votes.items()}


@cache
def _international() -> frozenset[str]:
    return frozenset(f"organization/{body.id}" for body in bodies())


def _concluded(fact: AnyFact, country: Mapping[str, str | None]) -> AnyFact:
    """What one document leaves out and another tells: the state of an office is that of its holder.

    Not of one at an international body: its envoy holds no office of the state whose citizen he or she is.
    """
    if isinstance(fact, Tenure) and not is_local(fact.office_kind) and (fact.country is None or fact.inferred):
        state = country.get(fact.holder) if fact.organization not in _international() else None
        if state is not None:
            proof = tuple(e.model_copy(update={"confidence": min(e.confidence, INFERRED)}) for e in fact.evidence)
            return fact.model_copy(update={"country": state, "inferred": True, "evidence": proof})
    return fact


# --- joining -----------------------------------------------------------------------------------------------------


def _grouped(told: Sequence[Told]) -> list[list[Told]]:
    """Tellings that are of one fact, exact ones first; within a document all that is the same was joined already."""
    order = sorted(told, key=lambda t: (*_vagueness(t), t.document, t.digest))
    groups: list[Group] = []
    index: dict[Hashable, list[int]] = defaultdict(list)
    for one in order:
        look, stand = _keys(one)
        found = sorted({n for key in look for n in index.get(key, ())})
        fitting = [n for n in found if one.document not in groups[n].documents and fits(one, groups[n])]
        number = _nearest(one, groups, fitting)
        if number is None:
            number = len(groups)
            groups.append(Group(one))
        else:
            groups[number].add(one)
        for key in stand:
            if not index[key] or index[key][-1] != number:
                index[key].append(number)
    return [group.members for group in groups]


def _vagueness(told: Told) -> tuple[int, int]:
    width = told.window[1] - told.window[0] if told.window is not None else 10_000
    return (width, -len(told.who))


def _nearest(told: Told, groups: Sequence[Group], fitting: Sequence[int]) -> int | None:
    """The group that fits best; none where two fit equally well."""
    if len(fitting) < 2:  # how near it is would be asked of each telling, and some offices are told of every day
        return fitting[0] if fitting else None
    ranked = sorted(((closeness(told, groups[n]), -n) for n in fitting), reverse=True)
    return None if ranked[0][0] == ranked[1][0] else -ranked[0][1]


def _keys(told: Told) -> tuple[list[Hashable], list[Hashable]]:
    """Where to look for groups, and where to be found: by month, and apart what can be of many months."""
    look, stand = _base_keys(told)
    if not isinstance(told.fact, Event | Agreement):
        return list(look), list(stand)
    if told.window is None or told.window[1] - told.window[0] > _WIDE * _MONTH:
        return [(*k, when) for k in look for when in ("any", "wide")], [(*k, "wide") for k in stand]
    first, last = (told.window[0] - _MONTH // 4) // _MONTH, (told.window[1] + _MONTH // 4) // _MONTH
    months = range(first, last + 1)
    return (
        [(*k, when) for k in look for when in (*months, "wide")],
        [(*k, when) for k in stand for when in (*months, "any")],
    )


Keys = list[tuple[Hashable, ...]]


def _base_keys(told: Told) -> tuple[Keys, Keys]:
    """What a fact has in common with others that tell it: to look by, and to be found by."""
    fact = told.fact
    match fact:
        case Event():
            kind = fact.event_type
            persons: Keys = [(kind, person) for person in sorted(told.who)]
            # Where only one side names the people, states or the host have to do.
            states = (kind, *(fact.host if kind == "visit" else sorted(fact.countries)))
            if persons:
                return [*persons, (*states, "nameless")], [*persons, (*states, "named")]
            return [(*states, "named"), (*states, "nameless")], [(*states, "nameless")]
        case Agreement():
            keys: Keys = [(fact.type, fact.agreement_kind, *sorted(fact.parties))]
        case TradeFigure():
            keys = [(fact.type, fact.measure, str(fact.value), str(fact.growth), *sorted(fact.parties))]
        case Tenure():
            keys = [(fact.type, fact.holder, fact.office_kind, fact.country)]
        case Twinning():
            keys = [(fact.type, *sorted(fact.twins))]
        case DiplomaticRelation():
            keys = [(fact.type, *sorted(fact.parties))]
        case TradePartnerRank():
            keys = [(fact.type, fact.of_country, fact.partner, fact.rank)]
    return keys, keys


def _named(groups: Iterable[Sequence[Told]]) -> Iterator[tuple[Sequence[Told], str]]:
    """The groups with an id for each: the smallest digest of its tellings, so that few documents change it.

    One text that was printed twice, years apart, tells two visits with one digest: the second gets a part of its
    document's name.
    """
    taken: set[str] = set()
    for (digest, document), members in sorted(
        ((min((t.digest, t.document) for t in group), group) for group in groups), key=lambda named: named[0]
    ):
        fact = members[0].fact
        kind = fact.event_type if isinstance(fact, Event) else fact.type
        name = f"{kind.replace('_', '-')}/{digest}"
        if name in taken:
            name += f"-{hashlib.sha256(document.encode('utf-8', 'replace')).hexdigest()[:6]}"
        taken.add(name)
        yield members, name


def _one(members: Sequence[Told], name: str) -> AnyFact:
    """The fact that several tellings make."""
    order = sorted(members, key=lambda t: (t.document, t.digest))
    fact = order[0].fact
    for other in order[1:]:
        fact = join(fact, other.fact, evidence=False)
    update: dict[str, object] = {
        "id": name,
        "evidence": _sorted(e for t in members for e in t.fact.evidence),
    }
    if isinstance(fact, Event | Agreement) and len(members) > 1:
        update["status"] = status = status_of(order)
        if len({t.fact.status for t in members if isinstance(t.fact, Event | Agreement)}) > 1:
            update["reports"] = _reports(order)
        if isinstance(fact, Event):
            update |= _dates([t.fact for t in order if isinstance(t.fact, Event)], status)
    return fact.model_copy(update=update)


def _sorted(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    return tuple(sorted(set(evidence), key=attrgetter("order")))


def _reports(members: Sequence[Told]) -> tuple[StatusReport, ...]:
    """Every status told, with the day on which it was."""
    by: dict[tuple[str, str], list[Told]] = defaultdict(list)
    for told in members:
        by[told.published.iso if told.published else "", getattr(told.fact, "status", "")].append(told)
    return tuple(
        StatusReport(
            status=status,
            reported_on=told[0].published,
            evidence=_sorted(e for t in told for e in t.fact.evidence),
        )
        for (_, status), told in sorted(by.items())
    )


def _dates(tellings: Sequence[Event], status: str) -> dict[str, object]:
    """The days of an event: as those tell them who tell what became of it; days of one visit make its length."""
    sure = [e for e in tellings if e.status == status and e.start is not None]
    if not sure:
        return {}
    told = [e for e in sure if isinstance(e.start, PartialDate) and e.start.precision == "day"]
    direct = [e for e in told if not e.inferred] or told
    if not direct:
        return {}
    days = sorted({e.start for e in direct if isinstance(e.start, PartialDate)})
    ends = sorted({e.end for e in direct if isinstance(e.end, PartialDate)})
    if len(days) < 2 or tellings[0].event_type != "visit":
        return {"start": days[0]} if any(e.start != days[0] for e in sure) else {}
    return {"start": days[0], "end": max(ends + days)}


# --- facts beside each other -------------------------------------------------------------------------------------


def _disagreements(facts: Sequence[AnyFact]) -> list[AnyFact]:
    """Figures of the same measure, states and period that tell other values disagree."""
    alike: dict[Hashable, list[TradeFigure]] = defaultdict(list)
    for fact in sorted(facts, key=lambda f: f.id):
        if (
            isinstance(fact, TradeFigure)
            and fact.value is not None
            and fact.status != "target"
            and fact.period is not None
        ):
            parties = tuple(sorted(fact.parties)) if fact.measure == "bilateral_trade" else fact.parties
            alike[fact.measure, fact.currency, str(fact.period), parties].append(fact)
    against: dict[str, tuple[str, ...]] = {
        a.id: others
        for figures in alike.values()
        for a in figures
        if (others := tuple(sorted(b.id for b in figures if b.value != a.value)))
    }
    return [
        f.model_copy(update={"disagrees_with": against[f.id]}) if f.id in against else f
        for f in sorted(facts, key=lambda f: f.id)
    ]


def _parts(facts: Sequence[AnyFact], country: Mapping[str, str | None]) -> list[AnyFact]:
    """Meetings and the like within a visit, and agreements signed at an event.

    An event is part of a visit whose visitor takes part in it, in the host's country (or nowhere told), on a day of it;
    where days are not told, one document has to tell both. An agreement was signed at the signing of the same sentence.
    """
    visits: dict[str, list[Event]] = defaultdict(list)
    signings: dict[str, list[Event]] = defaultdict(list)
    for fact in facts:
        if isinstance(fact, Event) and fact.event_type == "visit" and fact.status == "occurred":
            for visitor in fact.visitor:
                visits[visitor].append(fact)
        elif isinstance(fact, Event) and fact.event_type == "signing":
            for document in {e.document for e in fact.evidence}:
                signings[document].append(fact)
    done: list[AnyFact] = []
    for fact in facts:
        if isinstance(fact, Event) and fact.event_type in _WITHIN_VISITS and fact.status == "occurred":
            where = country.get(fact.place) if fact.place else None
            near = {v.id: v for p in fact.participants for v in visits.get(p, ())}
            whole = [
                v
                for v in near.values()
                if (where is None or f"country/{where}" in v.host)
                and set(v.countries) == set(fact.countries)
                and (_tells_both(v, fact) or _dated(v, fact))
                and _on_days_of(fact, v)
            ]
            if len(whole) == 1:
                fact = fact.model_copy(update={"part_of": whole[0].id})
        elif isinstance(fact, Agreement) and fact.status in ("signed", "planned"):
            near = {s.id: s for e in fact.evidence for s in signings.get(e.document, ())}
            at = [s for s in near.values() if _same_sentence(s, fact)]
            if len(at) == 1:
                fact = fact.model_copy(update={"signed_at": at[0].id})
        done.append(fact)
    return done


_WITHIN_VISITS = ("meeting", "ceremony", "signing", "conference")


def _tells_both(a: AnyFact, b: AnyFact) -> bool:
    return bool({e.document for e in a.evidence} & {e.document for e in b.evidence})


def _dated(*events: Event) -> bool:
    """Whether all of them tell their day."""
    return all(isinstance(e.start, PartialDate) and e.start.precision == "day" for e in events)


def _same_sentence(a: AnyFact, b: AnyFact) -> bool:
    return any(x.document == y.document and x.start < y.end and y.start < x.end for x in a.evidence for y in b.evidence)


def _on_days_of(event: Event, visit: Event) -> bool:
    """Whether an event can lie within the days of a visit."""
    if visit.start is not None and visit.end is not None and isinstance(event.start, PartialDate):
        if isinstance(visit.start, PartialDate) and isinstance(visit.end, PartialDate):
            return Interval(start=visit.start, end=visit.end).contains(event.start)
    return dates_agree(event.start, visit.start)
