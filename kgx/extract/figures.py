"""Amounts of trade, investment, aid and loans: each amount takes its measure from the cue nearest to it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from kgx.extract.context import RULE_CONFIDENCE, Context, slots, when_of
from kgx.extract.reader import Sentence
from kgx.extract.reduce import Atom, block, marks, spots
from kgx.extract.rules import Draft
from kgx.extract.things import told
from kgx.models import Evidence, Interval, PartialDate, TradeFigure, When


def figures(context: Context, drafts: Sequence[Draft], sentence: Sentence, before: Draft | None) -> list[TradeFigure]:
    """The amounts of a sentence whose measure a cue tells; one from the sentence before holds on."""
    reduced = sentence.reduced
    made: list[TradeFigure] = []
    amounts = [
        (i, a) for i, c in spots(reduced.text) if block(c) in ("money", "moneys") for a in reduced.atoms[c].parts
    ]
    used: set[int] = set()
    stops = [m.start() for m in context.matcher.clause_break.finditer(reduced.text)] if amounts else []

    def reach(index: int, draft: Draft) -> int:
        low, high = sorted((index, draft.start))
        return _reach(index, draft) + 40 * sum(low <= stop < high for stop in stops)

    for index, atom in amounts:
        if atom.mention is None or atom.mention.value is None or atom.mention.subkind == "conversion":
            continue
        cue = min(drafts, key=lambda d: (reach(index, d), d.start), default=before)
        if cue is None or not cue.rule.values.get("measure"):
            continue
        if cue is not before and _reach(index, cue) > 160:
            continue
        parties = _figure_parties(context, cue, made[-1].parties if made else ())
        if len(parties) < 2:
            continue
        growth = _growth(context, sentence, index, amounts)
        if growth is not None:
            used.add(growth[1])
        status = _figure_status(context, sentence, index, cue)
        made.append(
            TradeFigure(
                evidence=_figure_evidence(context, sentence, cue, index),
                value=Decimal(atom.mention.value),
                currency=atom.mention.currency,
                measure=cue.rule.values["measure"],
                parties=parties,
                period=_period(context, sentence, index, status, cue),
                growth=growth[0] if growth else None,
                status=status,
                approximate=atom.mention.approximate,
            )
        )
    if not made:
        for index, char in spots(reduced.text) if drafts else ():
            if block(char) == "percent" and index not in used:
                mention = reduced.atoms[char].mention
                cue = min(drafts, key=lambda d: (_reach(index, d), d.start))
                if (
                    mention is None
                    or mention.direction is None
                    or mention.subkind == "points"
                    or _reach(index, cue) > 60
                ):
                    continue
                parties = _figure_parties(context, cue, ())
                if len(parties) < 2 or not cue.rule.values.get("measure"):
                    continue
                status = _figure_status(context, sentence, index, cue)
                made.append(
                    TradeFigure(
                        evidence=_figure_evidence(context, sentence, cue, index),
                        measure=cue.rule.values["measure"],
                        parties=parties,
                        period=_period(context, sentence, index, status, cue),
                        growth=_signed(mention.value, mention.direction),
                        status=status,
                    )
                )
    return made


def _figure_evidence(context: Context, sentence: Sentence, cue: Draft, index: int) -> tuple[Evidence, ...]:
    low, high = (min(cue.start, index), max(cue.end, index + 1)) if cue.sentence is sentence else (index, index + 1)
    span = sentence.reduced.span(low, high)
    roles = {**slots(cue), "value": (sentence.reduced.atoms[sentence.reduced.text[index]],)}
    return told(context.reader, span.start, span.end, f"{context.reader.lang}/{cue.id}", RULE_CONFIDENCE, roles)


# So much must a document speak of the second of two states (see `Reader.weight`) for a bare figure to be theirs.
_TOLD = 6
# International bodies that give aid and loans, and trade, like states.
_GIVERS = ("bloc", "bank", "organisation", "agency")


def _figure_parties(context: Context, cue: Draft, last: tuple[str, ...]) -> tuple[str, ...]:
    """Whose figure: as the rule's paths tell (giver before receiver), else the two states of the document.

    Args:
        context: of the document.
        cue: what tells the measure.
        last: whose the figure before in the sentence is: 'exports of A to B are …, imports …'.
    """
    giver = context.countries(context.ids(context.role(cue, "from")))
    taker = context.countries(context.ids(context.role(cue, "to")))
    both = context.countries(context.ids(context.role(cue, "party")))
    body = [i for i in context.ids(context.role(cue, "from")) if context.things.body_kind(i) in _GIVERS]
    if body and taker:  # 'the European Union pledged … to Moldova'
        return (body[0], context.things.country(taker[0]))
    told = context.countries(last)

    theirs = context.diplomatic or context.reader.weight(1) >= _TOLD

    def other(known: str | None) -> str | None:
        if known in told:
            return next((c for c in told if c != known), None)
        return context.other_country(known) if theirs else None

    if giver and taker and giver[0] != taker[0]:
        ordered: tuple[str, ...] = (giver[0], taker[0])
    elif len(both) >= 2:
        ordered = both[:2]
    elif not giver and not both and not taker:
        # Nobody is named: in a report about two states it is theirs, in business news nobody's of ours.
        ordered = told or (context.reader.main_countries[:2] if theirs else ())
    elif not giver and not both:
        giving = other(taker[0])
        ordered = (giving, taker[0]) if giving else ()
    else:
        first = (giver or both)[0]
        second = other(first)
        ordered = (first, second) if second else ()
    return tuple(context.things.country(c) for c in ordered)


def _growth(
    context: Context, sentence: Sentence, index: int, amounts: Sequence[tuple[int, Atom]]
) -> tuple[Decimal, int] | None:
    """The growth told nearest to an amount and nearer to it than to any other amount."""
    reduced = sentence.reduced
    best: tuple[int, int] | None = None
    for i, char in spots(reduced.text):
        if block(char) != "percent":
            continue
        mention = reduced.atoms[char].mention
        if mention is None or mention.direction is None or mention.subkind == "points":
            continue
        if min(amounts, key=lambda s: (abs(s[0] - i), s[0] > i))[0] == index and (
            best is None or abs(i - index) < best[0]
        ):
            best = (abs(i - index), i)
    if best is None or best[0] > 80:
        return None
    found = reduced.at(best[1]).mention
    return (_signed(found.value, found.direction), best[1]) if found is not None else None


# What is granted for a stretch of years.
_GRANTED = ("aid", "investment", "loan")


def _period(context: Context, sentence: Sentence, index: int, status: str, cue: Draft) -> When | None:
    """The date nearest to an amount, nearer to it than to any other amount; else the one that opens the sentence.

    Of a loan or the like told in the sentence before, the years told there: 'They signed the loan agreement for
    2022-2026. It provides up to $500m'.
    """
    text = sentence.reduced.text
    stops = [m.start() for m in context.matcher.clause_break.finditer(text)]
    dates = [i for i, c in spots(text) if block(c) in ("date", "dates") and not _is_base(context, sentence, i)]
    amounts = [i for i, c in spots(text) if block(c) in ("money", "moneys")] or [index]

    def cost(day: int, amount: int) -> int:
        low, high = sorted((day, amount))
        return high - low + 40 * sum(low <= s < high for s in stops)

    near = [d for d in dates if min(amounts, key=lambda a: (cost(d, a), a)) == index or index not in amounts]
    best = min(near, key=lambda d: cost(d, index), default=None)
    if best is None or cost(best, index) > 90:
        best = dates[0] if dates and dates[0] < min(amounts) else None
    if best is not None and index == min(amounts) and dates[0] < index < best:
        # 'In 2024 exports were 14m, 9 % less than in 2023': what is told after the first amount is what it was.
        first, base = _first_day(sentence, dates[0]), _first_day(sentence, best)
        best = dates[0] if first is not None and base is not None and base < first else best
    if best is not None:
        return _told_of(context, when_of(sentence.reduced.at(best).parts[0]), status)
    return _span_before(context, sentence) if cue.rule.values.get("measure") in _GRANTED else None


def _is_base(context: Context, sentence: Sentence, index: int) -> bool:
    """Whether a date is what a figure is compared with: 'a year earlier', reckoned from another date of the text."""
    mention = sentence.reduced.at(index).parts[0].mention
    if mention is None or mention.relative_to is None or mention.value is None or "/" in mention.value:
        return False
    report = context.published.iso if context.published is not None else None
    return mention.relative_to != report and mention.value < mention.relative_to


def _first_day(sentence: Sentence, index: int) -> date | None:
    when = when_of(sentence.reduced.at(index).parts[0])
    start = (when.start or when.end) if isinstance(when, Interval) else when
    return start.first if start is not None else None


def _told_of(context: Context, when: When | None, status: str) -> When | None:
    """What an open interval tells of a figure: 'up to September' of what is, the year's months; 'by 2030', its end."""
    if not isinstance(when, Interval) or when.end is None:
        return when
    end, report = when.end, context.published
    if when.start is not None:  # a target 'within five years' is of the last of them
        day, now = when.start.first, report.first if report is not None else None
        ahead = when.start.precision == "day" and day is not None and now is not None and day >= now
        return PartialDate(year=end.year) if status == "target" and ahead and end.year != when.start.year else when
    if status != "target" and end.precision == "month" and report is not None and end.year == report.year:
        return Interval(start=PartialDate(year=end.year, month=1), end=end)
    return end


def _span_before(context: Context, sentence: Sentence) -> When | None:
    """The one stretch of years that the sentence before names, if it names no amount."""
    reduced = context.reader.sentences[sentence.index - 1].reduced if sentence.index else None
    if reduced is None or any(block(c) in ("money", "moneys") for c in marks(reduced.text)):
        return None
    told = (when_of(reduced.atoms[c].parts[0]) for c in marks(reduced.text) if block(c) == "date")
    spans = [w for w in told if isinstance(w, Interval) and w.start and w.end and w.start.precision == "year"]
    return spans[0] if len(spans) == 1 else None


def _figure_status(context: Context, sentence: Sentence, index: int, cue: Draft) -> str:
    return context.matcher.status_at(sentence, index) or cue.rule.status or "actual"


_PAUSE = re.compile("[,;،、؛]")
_ACROSS = 40


def _reach(index: int, draft: Draft) -> int:
    """How far an amount lies from a cue; one after its cue is half as far as one before it.

    A pause parts an amount from a cue after it: in 'exports were $45m, imports $12m' the first is of exports.
    """
    if draft.start <= index < draft.end:
        return 0
    if index >= draft.end:
        return index - draft.end
    pause = _PAUSE.search(draft.sentence.reduced.text, index, draft.start)
    return 2 * (draft.start - index) + (_ACROSS if pause else 0)


def _signed(value: str | None, direction: str | None) -> Decimal:
    amount = Decimal(value or "0")
    return -amount if direction == "down" else amount
