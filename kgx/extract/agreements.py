"""What was agreed, between whom, with what status."""

from __future__ import annotations

from collections.abc import Iterable

from kgx.extract.context import RULE_CONFIDENCE, Context
from kgx.extract.patterns import compile_rule
from kgx.extract.reader import Sentence
from kgx.extract.reduce import Atom, spots
from kgx.extract.rules import Draft
from kgx.models import INFERRED, Agreement
from kgx.ontology import official_bodies, public_bodies

_NO_ATOM = Atom("none", None, 0, 0)


def agreements(context: Context, draft: Draft) -> list[Agreement]:
    """One for each text or tie that the draft's verb governs."""
    made = []
    parties = context.ids((*context.role(draft, "party"), *context.role(draft, "other")))
    people = [p for p in parties if p in context.things.persons]
    if people and not context.official(parties):
        return []  # what company heads sign binds no states
    told = bool(parties)
    owners = [_owner(context, p) for p in parties]
    parties = tuple(dict.fromkeys(p for p in owners if p not in context.things.persons))
    if parties and not context.international and all(map(context.things.body_kind, parties)):
        if len(context.countries(parties)) < 2:
            return []  # a hospital and a university of one land
    if context.private(parties):
        return []
    inferred = context.date_is_inferred(draft)
    if len({context.things.country_of(p) or p for p in parties}) < 2:
        known = set(context.countries(parties))
        pair = context.pair(draft, known)
        if len(pair) < 2 or not context.diplomatic or (known and not known & set(pair)):
            return []
        if len(parties) < 2 or len(known) < 2:
            inferred = True
            missing = [c for c in pair if c not in known]
            parties = (*parties, *(context.things.country(c) for c in missing[: 2 - len(parties) if parties else 2]))
    if len(parties) < 2 or not (context.diplomatic or _public(context, parties)):
        return []
    start, _ = context.date(draft)
    reduced = draft.sentence.reduced
    for atom in context.role(draft, "agreement"):
        if atom.mention is None or (atom.mention.value == "contract" and not told):
            continue  # firms sign contracts: of states they are where it is said
        index = next((i for i, c in spots(reduced.text) if atom in reduced.atoms.get(c, _NO_ATOM).parts), draft.start)
        subject = _subject(context, draft.sentence, index)
        made.append(
            Agreement(
                evidence=context.evidence(draft, index, index + 1, sure=INFERRED if inferred else RULE_CONFIDENCE),
                inferred=inferred,
                agreement_kind=atom.mention.value or "agreement",
                parties=parties,
                subject=subject,
                subject_lang=context.reader.lang if subject else None,
                signed_on=start,
                count=atom.mention.count,
                status=_agreement_status(draft, context.status(draft, start)),
            )
        )
    return made


def _public(context: Context, parties: Iterable[str]) -> bool:
    """Whether one of the parties is no firm or club, nor, where no official is named, a bank or a school.

    What these sign among themselves is business.
    """
    kinds = official_bodies() if context.officials else public_bodies()
    return any(context.things.kind_of(p) != "organization" or context.things.body_kind(p) in kinds for p in parties)


def _owner(context: Context, party: str) -> str:
    """For whom somebody signs: a mayor or governor for his town or province, others for their state or body."""
    person = context.things.persons.get(party)
    if person is None:
        return party
    country = context.things.country_of(party)
    own = context.ids(t.place for t in person.titles if t.place is not None)
    if country is None:
        own += context.ids(t.organization for t in person.titles if t.organization is not None)
    return own[0] if own else context.things.country(country) if country else party


def agreement_key(context: Context, draft: Draft) -> int | None:
    """Where the words stand that name the agreement: what several verbs say of it is said of one thing."""
    return next((a.start for a in context.role(draft, "agreement")), None)


def _subject(context: Context, sentence: Sentence, index: int) -> str | None:
    reduced = sentence.reduced
    for path in context.matcher.pack.rules.subjects:
        sign, _, pattern = path.partition(" ")
        compiled = compile_rule(pattern, context.matcher.macros)
        match = compiled.match(reduced.text, index + 1) if sign == ">" else compiled.search(reduced.text[:index])
        if match is not None and match["subject"].strip():
            span = reduced.span(match.start("subject"), match.end("subject"))
            return " ".join(context.reader.text[span.start : span.end].split()).strip(" ,:;'\"")
    return None


def _agreement_status(draft: Draft, told: str) -> str:
    if told in ("planned", "proposed"):
        return told
    if told in ("cancelled", "denied"):
        return "proposed"
    return draft.rule.values.get("status", "signed")
