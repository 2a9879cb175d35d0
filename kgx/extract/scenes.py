"""When and where: a day told once holds for what is told around it.

News tells the day and the town of a visit once and goes on to what was done there ('… arrived in Lima on Monday. …
The ministers signed …'). Each event is a *scene*; what is told of the same states without a day, in its sentence or
soon after it, belongs to the last scene that fits it. What happened in the course of a visit of several days fell on
one of them, so it takes what these share, the month. A scene of long ago ('during her visit in 2022') holds for its
own and the next sentence only, so that the report goes on with the day that it is about.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from kgx.extract.context import Context, when_of
from kgx.extract.patterns import compile_rule
from kgx.extract.reduce import block, marks
from kgx.models import Agreement, AnyFact, Event, Evidence, Interval, PartialDate, TradeFigure, When

# What has a day and a town of its own that others happen at.
_SETTINGS = ("visit", "meeting", "signing", "ceremony", "conference")
# What may last all the days told of it.
_LASTING = ("visit", "conference", "anniversary")
# A day this many days before the report is background.
_LONG_AGO = 31
# A scene told after an event holds for it so many sentences back: 'They signed … The ceremony was held on Monday'.
_SOON = 2
# Parts of one balance, told together for one period.
_TRADE = ("bilateral_trade", "exports", "imports")
_KNOWN = ("actual", "estimate")
_DONE = {"occurred": "occurred", "signed": "occurred", "agreed": "occurred", "planned": "planned"}

# What is held in a town.
_HELD = ("meeting", "signing", "ceremony")
# So many sentences at most belong to the paragraph that a dateline opens; what they tell is so many days old at most.
_OPENING, _FRESH = 3, 2
# A visit of which only the first day is told is over after so many days.
_WEEK = 7
_LINE = compile_rule(
    r"\s*{town:one_place}(?:, {place})?(?:[\s,/]+{date})?\.?(?:\s*\([^)]{1,30}\))?\s*(?:[-–—:/.]|$)", {}
)

_Dated = TypeVar("_Dated", Event, Agreement)


@dataclass(frozen=True)
class _Scene:
    """An event that dates and places others: where it is told, of which states, how long its day holds."""

    sentence: int
    at: int
    event: Event
    background: bool
    day: When | None  # of what happens in its course


def set_scenes(context: Context, facts: Sequence[AnyFact]) -> tuple[AnyFact, ...]:
    """Give what is told without a day, a town or a period those of the scene or the figure that it belongs to."""
    starts = [s.reduced.spans[0][0] for s in context.reader.sentences]
    facts = _days_of_visits(facts)
    scenes = _all_scenes(context, facts, starts)
    facts = [_set(context, fact, scenes, starts) if isinstance(fact, Event) else fact for fact in facts]
    scenes = _all_scenes(context, facts, starts)  # a signing that now has a day dates what is signed
    line = _dateline(context)
    facts = [_placed(context, fact, scenes, starts, line) if isinstance(fact, Event) else fact for fact in facts]
    facts = [_set(context, fact, scenes, starts) if isinstance(fact, Agreement) else fact for fact in facts]
    return tuple(_with_period(fact, facts, starts) if isinstance(fact, TradeFigure) else fact for fact in facts)


def _all_scenes(context: Context, facts: Sequence[AnyFact], starts: Sequence[int]) -> list[_Scene]:
    told = [s for fact in facts if isinstance(fact, Event) for s in _scenes(context, fact, starts)]
    pair = set(context.reader.main_countries[:2])
    if any(pair <= set(s.event.countries) and not _is_aside(context, s.event) for s in told):
        told = [s for s in told if not _is_aside(context, s.event)]
    return sorted(told, key=lambda s: s.at)


def _is_aside(context: Context, event: Event) -> bool:
    """Whether an event is a conference or a visit to a third state, whose day is not that of what the two do."""
    if event.event_type == "visit":
        return not set(context.countries(event.host)) & set(context.reader.main_countries[:2])
    return event.event_type == "conference"


def _scenes(context: Context, event: Event, starts: Sequence[int]) -> Iterator[_Scene]:
    if event.event_type not in _SETTINGS or event.status not in _DONE or not isinstance(event.start, PartialDate):
        return
    if event.start.precision not in ("day", "month"):
        return
    for proof in event.evidence:
        sentence = _sentence_at(starts, proof.start)
        day = _shared_by_month(event.start) if _lasts(context, event, sentence) else event.start
        yield _Scene(sentence, proof.start, event, _is_background(context, event.start), day)


def _lasts(context: Context, event: Event, sentence: int) -> bool:
    """Whether a visit is told to last several days, of which only the first is known."""
    if event.event_type != "visit" or event.end is not None:
        return False
    text = context.reader.sentences[sentence].reduced.text
    return any(pattern.search(text) for pattern in context.matcher.lasting)


def _shared_by_month(day: PartialDate) -> PartialDate:
    return PartialDate(year=day.year, month=day.month)


def _sentence_at(starts: Sequence[int], offset: int) -> int:
    return max(0, bisect_right(starts, offset) - 1)


def _is_background(context: Context, day: PartialDate) -> bool:
    report = context.published.first if context.published is not None else None
    if day.precision != "day" or day.first is None:
        return True
    return report is not None and abs((report - day.first).days) > _LONG_AGO


def _set(context: Context, fact: _Dated, scenes: Sequence[_Scene], starts: Sequence[int]) -> _Dated:
    status = _DONE.get(fact.status)
    if status is None or (fact.start if isinstance(fact, Event) else fact.signed_on) is not None:
        return fact
    if isinstance(fact, Event) and fact.event_type == "anniversary":
        return _within(fact, _year_marked(context, fact, starts), None)
    if isinstance(fact, Event) and fact.event_type not in _SETTINGS:
        return fact
    states = set(fact.countries if isinstance(fact, Event) else context.countries(fact.parties))
    fitting = [s for s in scenes if s.event.status == status and _together(states, s.event)]
    if status == "planned":
        fitting = [s for s in fitting if not _is_over(context, s.event)]
    soon = _SOON
    if isinstance(fact, Event) and fact.event_type == "visit":  # a day abroad is one of the visit there
        hosts = context.countries(fact.host)
        fitting = [s for s in fitting if s.event.place and context.things.country_of(s.event.place) in hosts]
        soon = 1  # one who is often there: only what is told beside a visit is of the same
    spots = [(_sentence_at(starts, proof.start), proof.start) for proof in fact.evidence]
    for sentence, _ in spots:
        day = _only_date(context, sentence, status)
        if day is not None:
            return _within(fact, day, next((s.event for s in fitting if s.event.start == day), None))
    for sentence, at in spots:
        near = [s for s in fitting if s.sentence == sentence] if soon < _SOON else fitting
        scene = _here_or_before(context, near, sentence, at, planned=status == "planned")
        if scene is not None and (scene.sentence == sentence or not _past_dates(context, sentence)):
            return _within(fact, _day_in(scene, fact), scene.event)
    for sentence, _ in spots:
        after = [s for s in fitting if sentence < s.sentence <= sentence + soon and not s.background]
        if after and not _past_dates(context, sentence):
            return _within(fact, _day_in(after[0], fact), after[0].event)
    return fact


def _placed(context: Context, event: Event, scenes: Sequence[_Scene], starts: Sequence[int], line: str | None) -> Event:
    """Give what has a day but no town the town of the scene of those days, or that where the report was written."""
    if event.place is not None or event.event_type not in _HELD or event.status not in _DONE:
        return event
    fitting = [s for s in scenes if s.event.place is not None and _DONE[event.status] == s.event.status]
    fitting = [s for s in fitting if _together(set(event.countries), s.event) and _days_fit(event.start, s.event)]
    place = None
    for proof in event.evidence:
        at = _sentence_at(starts, proof.start)
        near = [s for s in fitting if at - _SOON <= s.sentence <= at]
        place = place or next((s.event.place for s in reversed(near)), None)
        if line is not None and event.status == "occurred" and at <= _OPENING and "\n" not in _between(context, proof):
            place = place or (line if _is_fresh(context, event.start) else None)
    return event.model_copy(update={"place": place, "inferred": True}) if place is not None else event


def _between(context: Context, proof: Evidence) -> str:
    return context.reader.text[context.reader.sentences[0].reduced.spans[0][0] : proof.start]


def _days_fit(when: When | None, event: Event) -> bool:
    """Whether something may have happened in the course of an event: on its days, or within the week that it began."""
    first = event.start if isinstance(event.start, PartialDate) else None
    day = when if isinstance(when, PartialDate) else None
    if first is None or first.first is None or day is None or day.first is None:
        return when is None
    if day.precision != "day" or first.precision != "day":
        return day.agrees(first)
    days = (day.first - first.first).days
    last = event.end.first if isinstance(event.end, PartialDate) else None
    return days == 0 or (event.event_type == "visit" and days > 0 and (day.first <= last if last else days <= _WEEK))


def _is_fresh(context: Context, when: When | None) -> bool:
    """Whether a day is that of the report or one of the two before it, or untold."""
    report = context.published.first if context.published is not None else None
    if when is None:
        return True
    day = when.first if isinstance(when, PartialDate) and when.precision == "day" else None
    return report is not None and day is not None and 0 <= (report - day).days <= _FRESH


def _dateline(context: Context) -> str | None:
    """The town in which a report says that it was written: 'LISBON, Oct. 18 - …', 'МИНСК. …'."""
    first = context.reader.sentences[0] if context.reader.sentences else None
    match = _LINE.match(first.plain.text) if first is not None else None
    return context.things.id(first.plain.atoms[match["town"]]) if first is not None and match is not None else None


def _day_in(scene: _Scene, fact: Event | Agreement) -> When | None:
    """The day that a fact takes from its scene: what lasts as long, its first; what happens in its course, its own."""
    return scene.event.start if isinstance(fact, Event) and fact.event_type in _LASTING else scene.day


def _is_over(context: Context, event: Event) -> bool:
    """Whether the last day of an event lies before the report: no plan falls within it."""
    told = event.end or event.start
    last = told if isinstance(told, PartialDate) else None
    report = context.published.first if context.published is not None else None
    return last is not None and last.last is not None and report is not None and last.last < report


def _days_of_visits(facts: Sequence[AnyFact]) -> list[AnyFact]:
    """Whoever was abroad from the 2nd to the 4th met on one of these days: of such a day, what they share is known."""
    stays = {(f.start, f.end) for f in facts if isinstance(f, Event) and f.event_type == "visit" and f.end is not None}
    return [
        f.model_copy(update={"start": _shared(f.start, f.end), "end": None})
        if isinstance(f, Event) and f.event_type not in _LASTING and (f.start, f.end) in stays
        else f
        for f in facts
    ]


def _shared(first: When | None, last: When | None) -> When | None:
    """The year and the month that two days share."""
    if not isinstance(first, PartialDate) or not isinstance(last, PartialDate) or first == last:
        return first
    if first.year != last.year:
        return None
    return PartialDate(year=first.year, month=first.month if first.month == last.month else None)


def _together(states: set[str], event: Event) -> bool:
    """Whether those of an event are those of another: the same two states, or the one that is known."""
    shared = states & set(event.countries)
    return len(shared) >= min(2, len(states) or 1, len(event.countries) or 1)


def _here_or_before(
    context: Context, scenes: Sequence[_Scene], sentence: int, at: int, *, planned: bool
) -> _Scene | None:
    """The scene nearest to an offset in its sentence, else the last before it."""
    here = [s for s in scenes if s.sentence == sentence]
    if here:
        return min(here, key=lambda s: (abs(s.at - at), s.at))
    before = [s for s in scenes if s.sentence < sentence]
    if planned:
        before = [s for s in before if s.sentence >= sentence - _SOON]
    else:
        text = context.reader.text
        before = [s for s in before if not s.background or (s.sentence == sentence - 1 and "\n" not in text[s.at : at])]
    if (
        before and not planned and before[-1].event.event_type == "visit"
    ):  # 'They met on Thursday. X, who had come on Wednesday, …'
        return max(before, key=lambda s: (_day_of(s) if not s.background else "", s.at))
    return before[-1] if before else None


def _day_of(scene: _Scene) -> str:
    """The day of a scene, to be compared."""
    return scene.event.start.iso if isinstance(scene.event.start, PartialDate) else ""


def _dates(context: Context, sentence: int) -> list[When]:
    reduced = context.reader.sentences[sentence].plain
    atoms = (reduced.atoms[c] for c in marks(reduced.text) if block(c) == "date")
    told = (when_of(a) for a in atoms if a.mention is None or a.mention.subkind != "anniversary")
    return list(dict.fromkeys(when for when in told if when is not None))


def _past_dates(context: Context, sentence: int) -> bool:
    """Whether a sentence names a time before the report, so that what it tells may be of that time."""
    report = context.published.first if context.published is not None else None
    starts = (when.start if isinstance(when, Interval) else when for when in _dates(context, sentence))
    return any(day is None or day.first is None or report is None or day.first <= report for day in starts)


def _only_date(context: Context, sentence: int, status: str) -> PartialDate | None:
    """The one day or month that a sentence names, if it lies on the side of the report that a status tells."""
    dates = _dates(context, sentence)
    day = dates[0] if len(dates) == 1 else None
    if not isinstance(day, PartialDate) or day.precision not in ("day", "month") or context.published is None:
        return None
    first, report = day.first, context.published.last
    if first is None or report is None:
        return None
    return day if (first <= report) == (status == "occurred") else None


def _year_marked(context: Context, event: Event, starts: Sequence[int]) -> PartialDate | None:
    """The year in which an anniversary falls: the one year to come that its sentence names, else that of the report."""
    report = context.published.year if context.published is not None else None
    dates = (d for proof in event.evidence for d in _dates(context, _sentence_at(starts, proof.start)))
    years = {d.year for d in dates if isinstance(d, PartialDate) and d.year and report and d.year >= report}
    year = years.pop() if len(years) == 1 else report
    return PartialDate(year=year) if year is not None else None


def _within(fact: _Dated, day: When | None, scene: Event | None) -> _Dated:
    if isinstance(fact, Agreement):
        return fact.model_copy(update={"signed_on": day, "inferred": True})
    place = fact.place or (scene.place if scene is not None else None)
    if scene is not None and day == scene.start and fact.event_type not in _LASTING:
        day = _shared(day, scene.end)
    return fact.model_copy(update={"start": day, "place": place, "inferred": True})


def _with_period(figure: TradeFigure, facts: Sequence[AnyFact], starts: Sequence[int]) -> TradeFigure:
    """'Trade was 300m in 2024. Exports made up 200m': the period of the trade just told is that of its parts."""
    if figure.period is not None or figure.measure not in _TRADE or figure.status not in _KNOWN:
        return figure
    at = figure.evidence[0].start
    told = [
        (f.evidence[0].start, f)
        for f in facts
        if isinstance(f, TradeFigure) and f.period is not None and f.measure in _TRADE and f.status in _KNOWN
        if set(f.parties) == set(figure.parties)
        and abs(_sentence_at(starts, f.evidence[0].start) - _sentence_at(starts, at)) < _SOON
    ]
    nearest = min(told, key=lambda t: (t[0] > at, abs(t[0] - at)), default=None)
    return figure.model_copy(update={"period": nearest[1].period, "inferred": True}) if nearest else figure
