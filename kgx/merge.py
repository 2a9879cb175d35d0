"""When two facts tell the same, and what they make together; within one document and across many."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kgx.gazetteer.fold import exact
from kgx.models import (
    Agreement,
    AnyFact,
    DiplomaticRelation,
    Event,
    Evidence,
    Interval,
    PartialDate,
    Tenure,
    TradeFigure,
    TradePartnerRank,
    Twinning,
    When,
)


def loose_words(text: str) -> list[str]:
    """The words of a text, folded."""
    return re.findall(r"\w+", exact(text))


# What is said most firmly wins when one document tells an event with several statuses.
_FIRMNESS = {"denied": 5, "cancelled": 4, "occurred": 3, "planned": 2, "proposed": 1}


def dates_agree(a: When | None, b: When | None) -> bool:
    """Whether two dates can be the same: one is unknown, or one contains the other."""
    if a is None or b is None:
        return True
    if isinstance(a, Interval) or isinstance(b, Interval):
        if isinstance(a, PartialDate):
            a, b = b, a
        if isinstance(a, Interval) and isinstance(b, PartialDate):
            return a.contains(b) or (a.start is not None and a.start.agrees(b))
        return a == b
    return a.agrees(b)


def finer(a: When | None, b: When | None) -> When | None:
    """The more exact of two agreeing dates."""
    if a is None or b is None:
        return a or b
    if isinstance(a, Interval) or isinstance(b, Interval):
        return a if isinstance(a, Interval) else b
    return b if a.contains(b) else a


def merge(facts: Sequence[AnyFact]) -> tuple[AnyFact, ...]:
    """Join facts that are the same, keeping all evidence; the order of first telling is kept."""
    kept: list[AnyFact] = []
    evidence: list[dict[Evidence, None]] = []
    for fact in facts:
        index = next((i for i, other in enumerate(kept) if type(other) is type(fact) and same(other, fact)), None)
        if index is None:
            kept.append(fact)
            evidence.append(dict.fromkeys(fact.evidence))
        else:
            kept[index] = join(kept[index], fact, evidence=False)
            evidence[index] |= dict.fromkeys(fact.evidence)
    return tuple(
        fact.model_copy(update={"id": f"{fact.type}/{n}", "evidence": tuple(proofs)})
        for n, (fact, proofs) in enumerate(zip(kept, evidence, strict=True))
    )


def same(a: AnyFact, b: AnyFact) -> bool:
    """Whether two facts of one document and type tell the same."""
    match a, b:
        case Tenure(), Tenure():
            return (a.holder, a.office_kind, a.country) == (b.holder, b.office_kind, b.country)
        case Event(), Event():
            return _same_event(a, b)
        case Agreement(), Agreement():
            return (
                a.agreement_kind == b.agreement_kind
                and set(a.parties) == set(b.parties)
                and dates_agree(a.signed_on, b.signed_on)
                and not _long_in_force(a, b)
                and _one_subject(a, b)
                and (a.count or 1) == (b.count or 1)  # 'ten MoUs' and one of them are two facts
                and (a.status == b.status or {a.status, b.status} <= {"signed", "agreed", "in_force"})
            )
        case TradeFigure(), TradeFigure():
            return (
                (a.value, a.currency, a.measure, a.growth) == (b.value, b.currency, b.measure, b.growth)
                and same_sides(a, b)
                and (a.status == b.status or {a.status, b.status} == {"actual", "estimate"})
                and dates_agree(a.period, b.period)
            )
        case Twinning(), Twinning():
            return set(a.twins) == set(b.twins)
        case DiplomaticRelation(), DiplomaticRelation():
            return set(a.parties) == set(b.parties) and dates_agree(a.since, b.since)
        case TradePartnerRank(), TradePartnerRank():
            return (a.of_country, a.partner, a.rank, a.scope) == (
                b.of_country,
                b.partner,
                b.rank,
                b.scope,
            ) and dates_agree(a.period, b.period)
    return False


def _same_event(a: Event, b: Event) -> bool:
    if a.event_type != b.event_type or not dates_agree(a.start, b.start) or _background(a.start, b.start):
        return False
    if {a.status, b.status} & {"denied", "cancelled"} and a.status != b.status:
        return False
    if a.event_type == "visit":
        return (
            a.host == b.host
            and (bool(set(a.visitor) & set(b.visitor)) or _nameless(a) or _nameless(b))
            and set(a.countries) == set(b.countries)
            and not ({a.status, b.status} == {"occurred", "planned"} and _elsewhere(a.place, b.place))
        )
    if a.event_type == "invitation":
        return a.inviter == b.inviter and set(a.invitee) == set(b.invitee)
    if not set(a.countries) & set(b.countries) and a.countries and b.countries:
        return False
    if a.event_type in ("meeting", "phone_call"):
        if a.start and b.start and a.start != b.start:
            return False
        x, y = set(a.participants), set(b.participants)
        # What is held next, by whom is not told, is not what was held.
        if x != y and {a.status, b.status} == {"occurred", "planned"} and not (x and y):
            return False
        return x <= y or y <= x
    if {a.status, b.status} == {"occurred", "planned"} or _elsewhere(a.place, b.place):
        return False
    return a.event_type != "anniversary" or set(a.countries) == set(b.countries)


def _background(a: When | None, b: When | None) -> bool:
    """Whether only one is dated, and by a year alone: 'In 2018 the two signed …' is not what is signed today."""
    known = [d for d in (a, b) if d is not None]
    return len(known) == 1 and isinstance(known[0], PartialDate) and known[0].precision == "year"


def same_sides(a: TradeFigure, b: TradeFigure) -> bool:
    """Whether two figures are of the same states; whose exports they are matters, of trade between two it does not."""
    return set(a.parties) == set(b.parties) if a.measure == "bilateral_trade" else a.parties == b.parties


def _one_subject(a: Agreement, b: Agreement) -> bool:
    """Whether what two agreements are told to be about can be the same: a word of some length in common."""
    if not a.subject or not b.subject or a.subject_lang != b.subject_lang:
        return True
    x, y = ({w for w in loose_words(s) if len(w) > 3} for s in (a.subject, b.subject))
    return not x or not y or bool(x & y)


def _long_in_force(a: Agreement, b: Agreement) -> bool:
    """Whether one, dated, has been in force and the other, without a day, is signed now: 'the FTA of 2015'."""
    old, new = sorted((a, b), key=lambda x: x.status != "in_force")
    told = old.signed_on is not None and new.signed_on is None
    return old.status == "in_force" and new.status == "signed" and told and not (old.subject and new.subject)


def _elsewhere(a: str | None, b: str | None) -> bool:
    """Whether two places cannot be one: both towns or venues, and different."""
    return a is not None and b is not None and a != b and not a.startswith("country/") and not b.startswith("country/")


def told_again(a: AnyFact, b: AnyFact) -> AnyFact:
    """One agreement of which two verbs of a sentence speak ('to replace the memorandum signed in 2018')."""
    if not (isinstance(a, Agreement) and isinstance(b, Agreement)):
        return a
    strong = ("terminated", "replaced", "proposed", "planned", "in_force", "signed", "agreed")
    return a.model_copy(
        update={
            "evidence": (*a.evidence, *b.evidence),
            "signed_on": finer(a.signed_on, b.signed_on) if dates_agree(a.signed_on, b.signed_on) else a.signed_on,
            "status": min((a.status, b.status), key=lambda s: strong.index(s) if s in strong else len(strong)),
            "subject": a.subject or b.subject,
            "subject_lang": a.subject_lang or b.subject_lang,
        }
    )


def _nameless(event: Event) -> bool:
    return not any(v.startswith("person/") for v in event.visitor)


def join(a: AnyFact, b: AnyFact, *, evidence: bool = True) -> AnyFact:
    """One fact of two that are the same: all evidence, the finer date, the firmer status, the longer list of roles.

    Args:
        a: a fact.
        b: the same fact, told elsewhere.
        evidence: whether to add the evidence of the second; who joins many facts does so at the end.
    """
    update: dict[str, object] = {"inferred": a.inferred and b.inferred}
    if evidence:
        update["evidence"] = (*a.evidence, *(e for e in b.evidence if e not in a.evidence))
    match a, b:
        case Event(), Event():
            for name in ("participants", "visitor", "inviter", "invitee", "countries"):
                update[name] = tuple(dict.fromkeys((*getattr(a, name), *getattr(b, name))))
            if any(v.startswith("person/") for v in (*a.visitor, *b.visitor)):
                update["visitor"] = tuple(
                    v
                    for v in (*a.visitor, *(x for x in b.visitor if x not in a.visitor))
                    if not v.startswith("country/")
                )
            update["start"] = finer(a.start, b.start)
            update["end"] = a.end or b.end
            update["place"] = _finer_place(a.place, b.place)
            update["level"] = a.level or b.level
            update["status"] = max((a.status, b.status), key=lambda s: _FIRMNESS.get(s, 0))
        case Agreement(), Agreement():
            update |= {"signed_on": finer(a.signed_on, b.signed_on), "subject": a.subject or b.subject,
                       "subject_lang": a.subject_lang or b.subject_lang, "count": a.count or b.count}  # fmt: skip
        case TradeFigure(), TradeFigure():
            update |= {"period": finer(a.period, b.period), "growth": a.growth if a.growth is not None else b.growth}
        case Tenure(), Tenure():
            update |= {
                "organization": a.organization or b.organization,
                "accredited_to": a.accredited_to or b.accredited_to,
                "attested_on": a.attested_on or b.attested_on,
            }
        case Twinning(), Twinning():
            update |= {"since": finer(a.since, b.since)}
        case DiplomaticRelation(), DiplomaticRelation():
            update |= {"since": finer(a.since, b.since)}
    changed = {name: value for name, value in update.items() if value != getattr(a, name)}
    return a.model_copy(update=changed) if changed else a


def _finer_place(a: str | None, b: str | None) -> str | None:
    """A city before its country."""
    if a is None or b is None:
        return a or b
    return b if a.startswith("country/") and not b.startswith("country/") else a
