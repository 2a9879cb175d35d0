"""Stage 4: from mentions to claims, document by document.

The order of work is in `extract`: reduce sentences (`reduce`, `reader`), find anchors and roles (`rules`), build facts
(`events`, `agreements`, `figures`, `ties`, `offices`), join what the document tells twice (`kgx.merge`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from kgx.extract.agreements import agreement_key, agreements
from kgx.extract.context import RULE_CONFIDENCE, Context
from kgx.extract.events import events
from kgx.extract.figures import figures
from kgx.extract.offices import tenures
from kgx.extract.reader import Reader, Sentence, read
from kgx.extract.rules import Draft, matcher
from kgx.extract.scenes import set_scenes
from kgx.extract.states import conclude_home, conclude_powers, conclude_states, mark_past
from kgx.extract.things import Things
from kgx.extract.ties import ranks, relations, twinnings
from kgx.merge import merge, told_again
from kgx.models import Agreement, Annotated, AnyFact, Claims, Event, Mention, Twinning

__all__ = ["event_words", "extract"]

# So near to its name stands what an agreement is about.
_BESIDE = 12

F = TypeVar("F", Event, Agreement)


def extract(annotated: Annotated) -> Claims:
    """Read the facts that one document states."""
    reader = read(annotated)
    rules = matcher(reader.lang)
    mark_past(reader)
    conclude_powers(reader)
    conclude_home(reader)
    things = Things(reader)
    context = Context(reader, things, rules)
    found = _found(context)
    if context.nobody_titled and not context.untitled and any(map(_between_states, found)):
        context.untitled = True  # two states do deal with one another: read again, with those whom all readers know
        found = _found(context)
    conclude_states(reader)
    # Offices last: who meets whom can tell whose minister one is.
    merged = set_scenes(context, merge([*tenures(context, found), *found]))
    return Claims(
        document=annotated.text.document,
        lang=reader.lang,
        facts=merged,
        things=things.all(),
        dates=_dates(annotated),
    )


def _found(context: Context) -> list[AnyFact]:
    """All facts but tenures, sentence by sentence."""
    reader, rules = context.reader, context.matcher
    found: list[AnyFact] = []
    before: Draft | None = None
    deals: dict[int | None, int] = {}
    for sentence in () if rules.is_unrelated(reader) else reader.sentences:
        cues = []
        talks = _talks(found, sentence, reader)
        drafts = rules.drafts(sentence, reader)
        twinned = [
            (draft, _dated(context, twinnings(context, draft), drafts)) for draft in drafts if draft.kind == "twinning"
        ]
        for draft in drafts:
            match draft.kind:
                case "event":
                    found.extend(_at_the_talks(events(context, draft), talks))
                case "agreement":
                    made = _at_the_talks(_of_towns(context, agreements(context, draft), draft, twinned), talks)
                    key = agreement_key(context, draft)
                    if key in deals and made:
                        found[deals[key]] = told_again(found[deals[key]], made[0])
                    else:
                        if made and key is not None:
                            deals[key] = len(found)
                        found.extend(made)
                case "twinning":
                    found.extend(next(made for tie, made in twinned if tie is draft))
                case "relation":
                    found.extend(relations(context, draft))
                case "rank":
                    found.extend(ranks(context, draft))
                case "figure":
                    cues.append(draft)
        found.extend(figures(context, cues, sentence, before))
        before = cues[-1] if cues else None  # "It stood at …" goes on from the sentence before, no further
    return found


def _dated(context: Context, made: list[Twinning], drafts: Sequence[Draft]) -> list[Twinning]:
    """A twinning told with the one signing of its sentence is as old as that."""
    days = {context.date(d)[0] for d in drafts if d.kind == "agreement" or d.name == "signing"} - {None}
    if len(made) != 1 or made[0].since is not None or len(days) != 1:
        return made
    status = "established" if made[0].status == "existing" else made[0].status
    return [made[0].model_copy(update={"since": days.pop(), "status": status, "inferred": True})]


def _of_towns(
    context: Context, made: list[Agreement], draft: Draft, twinned: Sequence[tuple[Draft, list[Twinning]]]
) -> list[Agreement]:
    """'An agreement on twinning' is one of the two towns, whoever signs it."""
    text = draft.sentence.reduced.text
    spots = [
        i
        for a in context.role(draft, "agreement")
        for i, c in enumerate(text)
        if a is draft.sentence.reduced.atoms.get(c)
    ]
    for tie, ties in twinned:
        if len(ties) == 1 and any(max(tie.start - i, i - tie.end) <= _BESIDE for i in spots):
            return [fact.model_copy(update={"parties": ties[0].twins}) for fact in made]
    return made


def _between_states(fact: AnyFact) -> bool:
    """Whether a fact is told of two states themselves."""
    if isinstance(fact, Agreement):
        return len([p for p in fact.parties if p.startswith("country/")]) > 1
    return isinstance(fact, Event) and len(fact.countries) > 1 and not fact.participants and not fact.inferred


def event_words(annotated: Annotated) -> tuple[Mention, ...]:
    """The words of a document that tell an event: mentions whose value is the event's type, in document order."""
    reader = read(annotated)
    rules = matcher(reader.lang)
    found: dict[tuple[int, int, str], Mention] = {}
    for sentence in reader.sentences:
        for draft in rules.drafts(sentence, reader):
            if draft.kind != "event":
                continue
            span = sentence.reduced.span(draft.start, draft.end)
            words = reader.text[span.start : span.end]
            start = span.start + len(words) - len(words.lstrip())
            end = start + len(words.strip())
            if end > start:
                found.setdefault(
                    (start, end, draft.name),
                    Mention(
                        kind="event",
                        start=start,
                        end=end,
                        text=reader.text[start:end],
                        value=draft.name,
                        rule=f"{reader.lang}/{draft.id}",
                        confidence=RULE_CONFIDENCE,
                    ),
                )
    return tuple(found[key] for key in sorted(found))


def _talks(found: Sequence[AnyFact], sentence: Sentence, reader: Reader) -> Event | None:
    """The meeting that the sentence before told, with its day."""
    if sentence.index == 0:
        return None
    spans = reader.sentences[sentence.index - 1].reduced.spans
    low, high = spans[0][0], spans[-1][1]
    for fact in reversed(found):
        if isinstance(fact, Event) and fact.event_type == "meeting" and fact.start is not None:
            if fact.status == "occurred" and low <= fact.evidence[0].start < high:
                return fact
    return None


def _at_the_talks(facts: Sequence[F], talks: Event | None) -> list[F]:
    """What is signed 'at the talks', told right after them without a day, was signed on theirs."""
    if talks is None:
        return list(facts)
    dated: list[F] = []
    for fact in facts:
        if (
            isinstance(fact, Event)
            and fact.event_type == "signing"
            and fact.start is None
            and fact.status == "occurred"
        ):
            fact = fact.model_copy(update={"start": talks.start, "place": fact.place or talks.place, "inferred": True})
        elif isinstance(fact, Agreement) and fact.signed_on is None and fact.status == "signed":
            fact = fact.model_copy(update={"signed_on": talks.start, "inferred": True})
        dated.append(fact)
    return dated


def _dates(annotated: Annotated) -> tuple[str, ...]:
    """Each distinct date that the words name: of an interval its two ends, of 'sixty years of relations' none."""
    found: set[str] = set()
    for mention in annotated.mentions:
        if mention.kind == "date" and mention.value and mention.subkind != "anniversary":
            found.update(mention.named)
    return tuple(sorted(found))
