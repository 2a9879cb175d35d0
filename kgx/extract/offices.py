"""Who holds which office."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from kgx.extract.context import Context
from kgx.extract.people import Person, is_short_for, state_of
from kgx.extract.reduce import Title
from kgx.extract.things import told
from kgx.models import INFERRED, AnyFact, Event, Evidence, Mention, PartialDate, Tenure
from kgx.ontology import is_vague, kinds_of_generic, office_kind

# A title that stands beside its bearer's name is hardly another's.
_TOLD = 0.9


def tenures(context: Context, facts: Iterable[AnyFact] = ()) -> list[Tenure]:
    """One for each office of each person, with all places that tell it.

    Args:
        context: the document.
        facts: what else it tells: in an event of an earlier year an office is told of history.
    """
    history = [*_of_earlier_years(context, facts)]
    found: dict[tuple[str, str, str | None], Tenure] = {}
    proofs: dict[tuple[str, str, str | None], list[Evidence]] = defaultdict(list)
    for person in context.reader.persons:
        # Of titles that are told alike, one speaks for all where they are compared.
        several = tuple({(t.mention.value, t.mention.text): t for t in person.titles}.values())
        for title in person.titles:
            if _shortened(title, several, context.reader.article):
                continue
            kind = context.kinds[title.mention.start]
            country = state_of(title) or _own_state(title, person, kind)
            key = (person.id, kind, country)
            concluded = person.concluded and state_of(title) is None and country is not None
            proofs[key] += told(
                context.reader,
                title.mention.start,
                title.mention.end,
                f"{context.reader.lang}/offices/{title.mention.value}",
                INFERRED if concluded else _TOLD,
                {"office": (title.mention,), "holder": _nearest(title, person)},
            )
            organization = context.things.id(title.organization) if title.organization else None
            past = any(person.id in who and low <= title.mention.start < high for who, low, high in history)
            attested = None if past else context.published
            if key in found:
                old = found[key]
                more = {
                    "organization": old.organization or organization,
                    "accredited_to": old.accredited_to or title.accredited,
                    "attested_on": old.attested_on or attested,
                }
                if any(getattr(old, name) is not value for name, value in more.items()):
                    found[key] = old.model_copy(update=more)
                continue
            found[key] = Tenure(
                evidence=tuple(proofs[key]),
                inferred=concluded,
                holder=person.id,
                office_kind=kind,
                title=" ".join(title.mention.text.split()),
                title_lang=context.reader.lang,
                organization=organization,
                country=country,
                accredited_to=title.accredited,
                attested_on=attested,
            )
    return [tenure.model_copy(update={"evidence": tuple(proofs[key])}) for key, tenure in found.items()]


def _of_earlier_years(context: Context, facts: Iterable[AnyFact]) -> Iterator[tuple[frozenset[str], int, int]]:
    """Who has part in each event of a year before the document's, and from where to where its words stand."""
    year = context.published.year if context.published is not None else None
    for fact in facts:
        if year is None or not isinstance(fact, Event) or not isinstance(fact.start, PartialDate):
            continue
        if fact.start.year is None or fact.start.year >= year:
            continue
        who = frozenset((*fact.participants, *fact.visitor, *fact.host, *fact.inviter, *fact.invitee))
        yield from ((who, proof.start, proof.end) for proof in fact.evidence)


def _own_state(title: Title, person: Person, kind: str) -> str | None:
    """The state of an office that is told without one; at an international body it does not follow from the context."""
    if kind == "organisation_head":
        return None
    body = title.organization.mention if title.organization else None
    return person.told_country if body is not None and body.value is not None else person.country


def _nearest(title: Title, person: Person) -> tuple[Mention, ...]:
    """The name that stands nearest to a title."""
    at = title.mention.start
    after = bisect_left(person.names, at, key=lambda name: name.start)
    beside = person.names[max(0, after - 1) : after + 1]
    return tuple(sorted(beside, key=lambda name: (abs(name.start - at), name.start))[:1])


def _shortened(title: Title, others: Sequence[Title], article: str) -> bool:
    """Whether a title only repeats in short a fuller one of the person ('the minister' after 'minister of …')."""
    value = title.mention.value or ""
    if is_vague(value) and any(t.mention.value and _means(value, t.mention.value) for t in others):
        return True
    return any(
        len(other.mention.text) > len(title.mention.text)
        and other.mention.value != title.mention.value
        and is_short_for(title, other, article)
        and title.organization is None
        for other in others
    )


def _means(vague: str, title: str) -> bool:
    """Whether a vague title ('leader') says no more than another that the person has ('prime minister')."""
    return not is_vague(title) and office_kind(title, None) in kinds_of_generic(vague)
