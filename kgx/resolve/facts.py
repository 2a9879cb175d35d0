"""Facts over all documents: the same meeting told twice is one; figures that differ disagree."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from kgx.merge import dates_agree, join, same
from kgx.models import Agreement, AnyFact, Claims, Event, Interval, PartialDate, Tenure, Thing, TradeFigure
from kgx.ontology import is_local
from kgx.resolve.things import Names

_ROLES = (
    "participants", "visitor", "host", "inviter", "invitee", "parties", "twins", "holder", "organization", "place",
    "of_country", "partner", "scope",
)  # fmt: skip


def resolve_facts(documents: Sequence[Claims], names: Names, things: Sequence[Thing]) -> list[AnyFact]:
    """All facts with the common ids of things, joined where they tell the same, in order of id."""
    country = {t.id: t.country for t in things}
    country |= _likeliest(documents, names, country)
    kept: list[AnyFact] = []
    for claims in documents:
        seen = len(kept)
        for fact in claims.facts:
            renamed = _concluded(_rename(fact, claims.document.id, names), country)
            # Within a document all that is the same was joined already.
            index = next((i for i, other in enumerate(kept[:seen]) if _same(other, renamed)), None)
            if index is None:
                kept.append(renamed)
            else:
                kept[index] = join(kept[index], renamed)
    return _parts(_disagreements(_identified(kept)), country)


def _rename(fact: AnyFact, document: str, names: Names) -> AnyFact:
    update: dict[str, object] = {}
    for role in _ROLES:
        value = getattr(fact, role, None)
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


def _concluded(fact: AnyFact, country: Mapping[str, str | None]) -> AnyFact:
    """What one document leaves out and another tells: the state of an office is that of its holder."""
    if isinstance(fact, Tenure) and not is_local(fact.office_kind) and (fact.country is None or fact.inferred):
        state = country.get(fact.holder)
        if state is not None:
            return fact.model_copy(update={"country": state, "inferred": True})
    return fact


def _same(a: AnyFact, b: AnyFact) -> bool:
    if type(a) is not type(b) or not same(a, b):
        return False
    if isinstance(a, Event) and isinstance(b, Event):
        # Across documents 'a ceremony of these two states' is not enough: somebody must be in both.
        people = {v for v in (*a.participants, *a.visitor) if v.startswith("person/")}
        others = {v for v in (*b.participants, *b.visitor) if v.startswith("person/")}
        if people and others:
            return bool(people & others)
        return set(a.countries) == set(b.countries) and a.start is not None and a.start == b.start
    if isinstance(a, Agreement) and isinstance(b, Agreement):
        if a.agreement_kind == "agreement":
            return a.signed_on is not None and a.signed_on == b.signed_on
    return True


def _digest(fact: AnyFact) -> str:
    body = fact.model_dump_json(exclude={"id", "evidence", "disagrees_with", "inferred"})
    return hashlib.sha256(body.encode()).hexdigest()[:10]


def _identified(facts: Sequence[AnyFact]) -> list[AnyFact]:
    made: dict[str, AnyFact] = {}
    for fact in facts:
        kind = fact.event_type if isinstance(fact, Event) else fact.type
        evidence = tuple(sorted(set(fact.evidence), key=lambda e: (e.document, e.start, e.end, e.rule)))
        identifier = f"{kind.replace('_', '-')}/{_digest(fact)}"
        if identifier in made:  # the same words in the same document, twice
            evidence = tuple(
                sorted({*made[identifier].evidence, *evidence}, key=lambda e: (e.document, e.start, e.end, e.rule))
            )
        made[identifier] = fact.model_copy(update={"id": identifier, "evidence": evidence})
    return [made[i] for i in sorted(made)]


def _disagreements(facts: Sequence[AnyFact]) -> list[AnyFact]:
    """Figures of the same measure, states and period that tell other values disagree."""
    figures = [f for f in facts if isinstance(f, TradeFigure) and f.value is not None and f.status != "target"]
    against: dict[str, set[str]] = {}
    for i, a in enumerate(figures):
        for b in figures[i + 1 :]:
            if (
                a.measure == b.measure
                and a.currency == b.currency
                and a.period is not None
                and a.period == b.period
                and (set(a.parties) == set(b.parties) if a.measure == "bilateral_trade" else a.parties == b.parties)
                and a.value != b.value
            ):
                against.setdefault(a.id, set()).add(b.id)
                against.setdefault(b.id, set()).add(a.id)
    return [
        f.model_copy(update={"disagrees_with": tuple(sorted(against[f.id]))}) if f.id in against else f for f in facts
    ]


def _parts(facts: Sequence[AnyFact], country: Mapping[str, str | None]) -> list[AnyFact]:
    """Meetings and the like within a visit, and agreements signed at an event.

    An event is part of a visit whose visitor takes part in it, in the host's country (or nowhere told), on agreeing
    dates, when one document tells both. An agreement was signed at the signing of the same sentence.
    """
    visits = [f for f in facts if isinstance(f, Event) and f.event_type == "visit" and f.status == "occurred"]
    signings = [f for f in facts if isinstance(f, Event) and f.event_type == "signing"]
    done: list[AnyFact] = []
    for fact in facts:
        if isinstance(fact, Event) and fact.event_type in _WITHIN_VISITS and fact.status == "occurred":
            where = country.get(fact.place) if fact.place else None
            whole = [
                v
                for v in visits
                if set(v.visitor) & set(fact.participants)
                and (where is None or f"country/{where}" in v.host)
                and set(v.countries) == set(fact.countries)
                and _tells_both(v, fact)
                and _on_days_of(fact, v)
            ]
            if len(whole) == 1:
                fact = fact.model_copy(update={"part_of": whole[0].id})
        elif isinstance(fact, Agreement) and fact.status in ("signed", "planned"):
            at = [s for s in signings if _same_sentence(s, fact)]
            if len(at) == 1:
                fact = fact.model_copy(update={"signed_at": at[0].id})
        done.append(fact)
    return done


_WITHIN_VISITS = ("meeting", "ceremony", "signing", "conference")


def _tells_both(a: AnyFact, b: AnyFact) -> bool:
    return bool({e.document for e in a.evidence} & {e.document for e in b.evidence})


def _same_sentence(a: AnyFact, b: AnyFact) -> bool:
    return any(x.document == y.document and x.start < y.end and y.start < x.end for x in a.evidence for y in b.evidence)


def _on_days_of(event: Event, visit: Event) -> bool:
    """Whether an event can lie within the days of a visit."""
    if visit.start is not None and visit.end is not None and isinstance(event.start, PartialDate):
        if isinstance(visit.start, PartialDate) and isinstance(visit.end, PartialDate):
            return Interval(start=visit.start, end=visit.end).contains(event.start)
    return dates_agree(event.start, visit.start)
