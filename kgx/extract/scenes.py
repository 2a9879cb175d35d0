"""When and where: a day told once holds for what is told around it.

News tells the day and the town of a visit once and goes on to what was done there ('… arrived in Lima on Monday. …
The ministers signed …'). Each event is a *scene*; what is told of the same states without a day, in its sentence or
soon after it, belongs to the last scene that fits it. A scene of long ago ('during her visit in 2022') holds for its
own and the next sentence only, so that the report goes on with the day that it is about.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kgx.extract.context import Context
from kgx.extract.reduce import block
from kgx.models import Agreement, AnyFact, Event, Interval, PartialDate, When

# What has a day and a town of its own that others happen at.
_SETTINGS = ("visit", "meeting", "signing", "ceremony", "conference")
# A day this many days before the report is background.
_LONG_AGO = 31
# A scene told after an event holds for it so many sentences back: 'They signed … The ceremony was held on Monday'.
_SOON = 2
_DONE = {"occurred": "occurred", "signed": "occurred", "agreed": "occurred", "planned": "planned"}


@dataclass(frozen=True)
class _Scene:
    """An event that dates and places others: where it is told, of which states, how long its day holds."""

    sentence: int
    at: int
    event: Event
    status: str
    background: bool


def set_scenes(context: Context, facts: Sequence[AnyFact]) -> tuple[AnyFact, ...]:
    """Give events and agreements told without a day or a town those of the scene that they belong to."""
    starts = [s.reduced.spans[0][0] for s in context.reader.sentences]
    scenes = sorted(
        (scene for fact in facts if isinstance(fact, Event) for scene in _scenes(context, fact, starts)),
        key=lambda s: s.at,
    )
    return tuple(_set(context, fact, scenes, starts) for fact in facts)


def _scenes(context: Context, event: Event, starts: Sequence[int]) -> Iterable[_Scene]:
    if event.event_type not in _SETTINGS or event.status not in _DONE or not isinstance(event.start, PartialDate):
        return
    for proof in event.evidence:
        sentence = max(0, bisect_right(starts, proof.start) - 1)
        yield _Scene(sentence, proof.start, event, event.status, _is_background(context, event.start))


def _is_background(context: Context, day: PartialDate) -> bool:
    report = context.published.first if context.published is not None else None
    if day.precision != "day" or day.first is None:
        return True
    return report is not None and abs((report - day.first).days) > _LONG_AGO


def _set(context: Context, fact: AnyFact, scenes: Sequence[_Scene], starts: Sequence[int]) -> AnyFact:
    if isinstance(fact, Event) and fact.event_type in _SETTINGS:
        dated, states = fact.start is not None, set(fact.countries)
    elif isinstance(fact, Agreement):
        dated, states = fact.signed_on is not None, set(context.countries(fact.parties))
    else:
        return fact
    status = _DONE.get(fact.status)
    if dated or status is None:
        return fact
    for proof in fact.evidence:
        sentence = max(0, bisect_right(starts, proof.start) - 1)
        fitting = [s for s in scenes if s.status == status and s.event is not fact and _together(states, s.event)]
        scene = _scene_of(fitting, sentence, proof.start, planned=status == "planned")
        if scene is None or (scene.sentence != sentence and _has_own_date(context, sentence, scene)):
            continue
        return _within(context, fact, scene)
    return fact


def _together(states: set[str], event: Event) -> bool:
    """Whether those of an event are those of another: the same two states, or the one that is known."""
    shared = states & set(event.countries)
    return len(shared) >= min(2, len(states) or 1, len(event.countries) or 1)


def _scene_of(scenes: Sequence[_Scene], sentence: int, at: int, *, planned: bool) -> _Scene | None:
    """The scene nearest to what is told at an offset: in its sentence, else the last before it, else soon after."""
    here = [s for s in scenes if s.sentence == sentence]
    if here:
        return min(here, key=lambda s: (abs(s.at - at), s.at))
    before = [s for s in scenes if s.sentence < sentence]
    near = [s for s in before if not s.background or s.sentence == sentence - 1]
    if planned:
        near = [s for s in before if s.sentence >= sentence - _SOON]
    if near:
        return near[-1]
    after = [s for s in scenes if sentence < s.sentence <= sentence + _SOON and not s.background]
    return after[0] if after else None


def _has_own_date(context: Context, sentence: int, scene: _Scene) -> bool:
    """Whether a sentence names a date that is not the scene's, so that what it tells may be of that date."""
    reduced = context.reader.sentences[sentence].plain
    told = (reduced.atoms[c].mention for c in reduced.text if block(c) == "date")
    own = scene.event.start.iso if isinstance(scene.event.start, PartialDate) else ""
    return any(
        m is not None and m.value and m.subkind != "anniversary" and not _agree(m.value, own) and _is_past(context, m.value)
        for m in told
    )


def _agree(a: str, b: str) -> bool:
    return a.startswith(b) or b.startswith(a)


def _is_past(context: Context, value: str) -> bool:
    when: When = Interval.parse(value) if "/" in value else PartialDate.parse(value)
    day = when.start if isinstance(when, Interval) else when
    report = context.published
    return day is None or day.first is None or report is None or report.first is None or day.first <= report.first


def _within(context: Context, fact: AnyFact, scene: _Scene) -> AnyFact:
    event = scene.event
    if isinstance(fact, Agreement):
        return fact.model_copy(update={"signed_on": event.start, "inferred": True})
    assert isinstance(fact, Event)
    return fact.model_copy(update={"start": event.start, "inferred": True, "place": fact.place or event.place})
