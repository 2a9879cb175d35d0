"""Events over time: plans and what came of them, days of one visit, the same two a month later, series."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

from kgx.models import Claims, Document, Event, Evidence, PartialDate, Thing
from kgx.resolve import resolve

CORPUS_BENCHMARK = Path(__file__).parent.parent / "benchmarks" / "resolve_corpus.py"


def report(name: str, published: str | None, kind: str = "visit", start: str | None = None, **told: Any) -> Claims:
    """A document that tells one event of the president of Kazakhstan in Vietnam."""
    said = Evidence(document=name, lang="en", start=0, end=4, quote="told", rule="test", confidence=0.9)
    people = {"person/1": ("Kassym-Jomart Tokayev", "KZ"), "person/2": ("Luong Cuong", "VN")}
    things = [
        Thing(id=i, kind="person", label=label, country=state, evidence=(said,)) for i, (label, state) in people.items()
    ]
    things.append(Thing(id="country/VN", kind="place", subkind="country", label="Vietnam"))
    roles: dict[str, Any] = (
        {"participants": ("person/1",), "visitor": ("person/1",), "host": ("country/VN",)}
        if kind == "visit"
        else {"participants": ("person/1", "person/2")}
    )
    event = Event(
        event_type=kind, countries=("KZ", "VN"), start=PartialDate.parse(start) if start else None, evidence=(said,),
        **(roles | told),
    )  # fmt: skip
    document = Document(
        id=name, file_name=f"{name}.txt", text="told", sha256=name,
        published=PartialDate.parse(published) if published else None,
    )  # fmt: skip
    return Claims(document=document, lang="en", things=tuple(things), facts=(event,))


def events(*reports: Claims) -> list[Event]:
    found = [f for f in resolve(reports).facts if isinstance(f, Event)]
    assert resolve(reversed(reports)) == resolve(reports)
    return sorted(found, key=lambda e: str(e.start))


def test_days_of_one_visit() -> None:
    (visit,) = events(
        report("a", "2024-05-14", start="2024-05-14"),
        report("b", "2024-05-16", start="2024-05-16"),
        report("c", "2024-05-17"),
    )
    assert (str(visit.start), str(visit.end)) == ("2024-05-14", "2024-05-16")
    assert visit.reports == ()


def test_the_same_two_a_month_later_are_two() -> None:
    assert (
        len(events(report("a", "2024-05-14", start="2024-05-14"), report("b", "2024-06-20", start="2024-06-20"))) == 2
    )
    assert len(events(report("a", "2024-05-14", "meeting"), report("b", "2024-06-20", "meeting"))) == 2


def test_a_plan_and_what_came_of_it() -> None:
    (visit,) = events(
        report("a", "2024-05-01", start="2024-05-14", status="planned"), report("b", "2024-05-15", start="2024-05-14")
    )
    assert visit.status == "occurred"
    assert [(r.status, str(r.reported_on)) for r in visit.reports] == [
        ("planned", "2024-05-01"), ("occurred", "2024-05-15"),
    ]  # fmt: skip


def test_called_off_then_done_later() -> None:
    first, second = events(
        report("a", "2024-03-02", start="2024-03-12", status="planned"),
        report("b", "2024-03-10", start="2024-03-12", status="cancelled"),
        report("c", "2024-06-08", start="2024-06-07"),
    )
    assert (first.status, [r.status for r in first.reports]) == ("cancelled", ["planned", "cancelled"])
    assert (second.status, second.reports) == ("occurred", ())


def test_who_plans_after_it_was_done_plans_another() -> None:
    done, plan = report("a", "2024-05-15", start="2024-05-14"), report("b", "2024-06-01", status="planned")
    assert len(events(done, plan)) == 2


def test_a_meeting_on_a_day_of_a_visit_is_part_of_it() -> None:
    meeting, visit = sorted(
        events(
            report("a", "2024-05-14", start="2024-05-14"),
            report("b", "2024-05-16", start="2024-05-16"),
            report("c", "2024-05-15", "meeting", start="2024-05-15"),
        ),
        key=lambda e: e.event_type,
    )
    assert meeting.part_of == visit.id


def test_what_fits_two_alike_stays_alone() -> None:
    several = events(
        report("a", None, "meeting", start="2024-05-14"),
        report("b", None, "meeting", start="2024-05-16"),
        report("c", None, "meeting", start="2024-05"),
    )
    assert len(several) == 3


def test_the_corpus_of_near_misses() -> None:
    spec = importlib.util.spec_from_file_location("resolve_corpus", CORPUS_BENCHMARK)
    assert spec is not None and spec.loader is not None
    bench = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = bench
    spec.loader.exec_module(bench)
    sets = bench.measure()
    read = {**sets["tuned"], **sets["held out"]}
    for kind, bar in bench.BARS.items():
        figures = bench.measured(read, kind)
        assert figures["f1"] >= bar
        assert figures["read"] > 0.9
        assert not figures["wrong"]
