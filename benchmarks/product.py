"""Writing, storing and asking big graphs: 400,000 and 1 million triples, beside rdflib's serialiser and engine.

    python benchmarks/product.py [--triples 400000 1000000] [--no-rdflib]

Documents are generated, a few thousand of them: each tells of five people with their offices, a meeting, a visit, an
agreement, a trade figure and twinned cities, in one of four scripts, every statement with its sentence; they go through
resolution, the graph and the exporter as all documents do. Each size runs in a process of its own; times are of the
processor. The bars: a store of a million triples in 20 seconds after the claims, every named query in 1 second.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from resolve_scale import OFFICES, SCRIPTS, spelled

from kgx import query
from kgx.export.formats import formats, write
from kgx.export.formats.ntriples import to_ntriples
from kgx.export.triples import DEFAULT_BASE, of_graph
from kgx.export.turtle import prefixes_of, to_turtle
from kgx.graph import build_graph
from kgx.models import Agreement, Claims, Document, Event, Evidence, Name, PartialDate, Tenure, Thing, TradeFigure
from kgx.models import Twinning as Twin
from kgx.resolve import resolve

STORE_SECONDS, QUERY_SECONDS, MILLION = 20.0, 1.0, 1_000_000
TRIPLES_A_DOCUMENT = 415
PATIENCE = 120  # seconds for each thing that rdflib does
STATES = ("VN", "KZ", "FR", "KR", "EG", "RU", "AZ", "BY", "CN", "JP", "TR", "IN", "DE", "IT", "ES", "PL", "SE", "BR",
          "MX", "ZA", "NG", "KE", "MA", "DZ", "TN", "SA", "AE", "QA", "IR", "UZ")  # fmt: skip
# These two are asked of one fact and of one document; without, they would give back half the graph.
ONE = {"evidence": {"fact": "city/90000001"}, "document": {"document": "document/d000001"}}


class Teller:
    """One document: a text that grows as things are said in it."""

    def __init__(self, name: str, lang: str) -> None:
        self.name, self.lang, self.text = name, lang, ""

    def say(self, words: str, rule: str) -> Evidence:
        before, after = f"{self.name} tells that ", " as was said on the day."
        start = len(self.text) + len(before)
        self.text += f"{before}{words}{after}\n"
        return Evidence(
            document=self.name, lang=self.lang, start=start, end=start + len(words), quote=words, rule=rule,
            confidence=0.9, before=before, after=after,
        )  # fmt: skip


def generated(number: int) -> Iterator[Claims]:
    """So many documents, the same ones each time."""
    rng = random.Random(number)
    people = [
        (spelled(rng), rng.sample(OFFICES, rng.choice((1, 1, 2))), rng.choice(STATES)) for _ in range(number // 2 + 5)
    ]
    cities = [
        (f"city/{90_000_000 + i}", spelled(rng)[0].split()[0], rng.choice(STATES)) for i in range(number // 20 + 2)
    ]
    for n in range(number):
        script = rng.randrange(len(SCRIPTS))
        yield _document(rng, f"d{n:06}", script, rng.sample(people, 5), rng.sample(cities, 2))


def _document(rng: random.Random, name: str, script: int, people: list, cities: list) -> Claims:  # type: ignore[type-arg]
    teller = Teller(name, SCRIPTS[script])
    day = date(2015, 1, 1) + timedelta(days=rng.randrange(4000))
    when = PartialDate(year=day.year, month=day.month, day=day.day)
    things, facts, states = [], [], []
    for i, (names, offices, state) in enumerate(people):
        said = teller.say(names[script], "ner")
        states.append(state)
        things.append(
            Thing(id=f"person/{i}", kind="person", label=names[script], country=state, evidence=(said,),
                  names=(Name(text=names[script], lang=teller.lang),))
        )  # fmt: skip
        office = rng.choice(offices)
        proof = teller.say(f"{office} {names[script]}", "offices")
        facts.append(Tenure(holder=f"person/{i}", office_kind=office, title=office, title_lang=teller.lang,
                            country=state, evidence=(proof,)))  # fmt: skip
    for code in sorted(set(states)):
        things.append(
            Thing(id=f"country/{code}", kind="place", subkind="country", label=code, country=code,
                  names=(Name(text=code, lang=teller.lang),), evidence=(teller.say(code, "gazetteer"),))
        )  # fmt: skip
    for key, label, state in cities:
        things.append(
            Thing(id=key, kind="place", subkind="city", label=label, country=state, latitude=1.5, longitude=2.5,
                  names=(Name(text=label, lang=teller.lang),), evidence=(teller.say(label, "gazetteer"),))
        )  # fmt: skip
    one, other = f"country/{states[0]}", f"country/{states[1]}"
    both = tuple(sorted({states[0], states[1]}))
    facts.append(Event(event_type="meeting", participants=("person/0", "person/1"), start=when, countries=both,
                       place=cities[0][0], evidence=(teller.say(f"{name} they met", "meeting"),)))  # fmt: skip
    facts.append(Event(event_type="visit", visitor=("person/0",), participants=("person/0",), host=(other,), start=when,
                       countries=both, place=other, level="state",
                       evidence=(teller.say(f"{name} went there", "visit"),)))  # fmt: skip
    if one != other:
        kind = rng.choice(("mou", "treaty", "protocol"))
        parties = tuple(sorted((one, other)))
        facts.append(Agreement(agreement_kind=kind, parties=parties, subject=f"matters of {name}",
                               subject_lang=teller.lang, signed_on=when,
                               evidence=(teller.say(f"{name} they signed", "agreement"),)))  # fmt: skip
        facts.append(TradeFigure(value=Decimal(rng.randrange(1, 999) * 10**7), currency="USD", parties=parties,
                                 measure="bilateral_trade", period=PartialDate(year=day.year),
                                 evidence=(teller.say(f"{name} they traded", "figure"),)))  # fmt: skip
    pair = tuple(sorted(key for key, _, _ in cities))
    facts.append(Twin(twins=(pair[0], pair[1]), evidence=(teller.say(f"{name} are twinned", "twinning"),)))
    document = Document(id=name, file_name=f"{name}.txt", text=teller.text, sha256=name, published=when,
                        url=f"https://example.org/{name}")  # fmt: skip
    return Claims(document=document, lang=teller.lang, things=tuple(things), facts=tuple(facts))


@contextmanager
def timed(times: dict[str, float], what: str) -> Iterator[None]:
    """Seconds of the processor, all threads."""
    before = time.process_time()
    yield
    times[what] = time.process_time() - before


def run(triples: int, *, beside: bool) -> dict[str, object]:
    """Times of one size."""
    times: dict[str, float] = {}
    claims = list(generated(triples // TRIPLES_A_DOCUMENT))
    with timed(times, "resolve"):
        knowledge = resolve(claims)
    with timed(times, "graph"):
        graph = build_graph(knowledge)
    with timed(times, "triples"):
        known = of_graph(graph)
    with timed(times, "turtle"):
        turtle = to_turtle(known)
    asked: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        file, store = Path(folder, "graph.ttl"), Path(folder, "store")
        file.write_bytes(turtle)
        wall = time.perf_counter()
        with timed(times, "store"):
            write(known, store, formats()["store"])
        times["store, by the clock"] = time.perf_counter() - wall
        with timed(times, "open the store"):
            source = query.load(store)
        for name in query.named_queries():
            with timed(asked, name):
                query.run_named(source, name, **ONE.get(name, {}))
        del source
        with timed(times, "read Turtle"):
            query.load(file)
        for name in ("ntriples", "nquads", "trig", "jsonld", "graphml", "gexf", "ftm", "csv"):
            form = formats()[name]
            with timed(times, f"write {name}"):
                write(known, Path(folder, f"out-{name}"), form)
        theirs: dict[str, float | None] = {}
        if beside:
            small = Path(folder, "graph.nt")
            small.write_bytes(to_ntriples(known))
            theirs = rdflib_times(small, ["serialise Turtle", *query.named_queries()])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return {"triples": len(known.triples), "documents": len(claims), "bytes": peak, "times": times, "asked": asked,
            "rdflib": theirs}  # fmt: skip


def rdflib_times(file: Path, tasks: list[str]) -> dict[str, float | None]:
    """Seconds that rdflib takes for each task, in a process of its own; None if it takes too long."""
    context = multiprocessing.get_context("spawn")
    times: dict[str, float | None] = {}
    while rest := tasks[len(times) :]:
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(target=_rdflib, args=(theirs, file, rest))
        process.start()
        theirs.close()  # so that its end is the end of the pipe
        for task in rest:
            try:
                times[task] = ours.recv()
            except EOFError:
                times[task] = None
                break
        process.join()
    return times


def _rdflib(pipe: Any, file: Path, tasks: list[str]) -> None:
    from rdflib import Graph

    graph = Graph().parse(file, format="nt")
    for task in tasks:
        before = time.process_time()
        limit = int(before) + PATIENCE  # at which the system ends it
        resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.getrlimit(resource.RLIMIT_CPU)[1]))
        if task in query.named_queries():
            list(graph.query(_asked(task), initNs=prefixes_of(DEFAULT_BASE)))
        else:
            graph.serialize(format="turtle")
        pipe.send(time.process_time() - before)


def _asked(name: str) -> str:
    """A named query with what it is asked of in the benchmark."""
    sparql = query.named_queries()[name].sparql
    for key, value in ONE.get(name, {}).items():
        sparql = sparql.replace(f"#:{key} ", f"VALUES ?the_{key} {{ <{DEFAULT_BASE}{value}> }} ", 1)
    return sparql


def main() -> None:
    """Print one table a size; exit code 1 below a bar."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--triples", type=int, nargs="+", default=[400_000, MILLION])
    parser.add_argument("--no-rdflib", action="store_true", help="only our own times")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(run(options.one, beside=not options.no_rdflib)))
        return
    low = False
    for size in options.triples:
        command = [sys.executable, __file__, "--one", str(size), *(["--no-rdflib"] if options.no_rdflib else [])]
        found = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
        times, asked, theirs = found["times"], found["asked"], found["rdflib"]
        print(f"{found['triples']:,} triples of {found['documents']:,} documents, {found['bytes'] / 1e6:,.0f} MB")
        for name, seconds in times.items():
            note = _told(theirs, "serialise Turtle") if name == "turtle" else ""
            print(f"  {name:24} {seconds:8.2f} s{note}")
        whole = sum(times[part] for part in ("resolve", "graph", "triples", "store"))
        print(f"  {'claims to store':24} {whole:8.2f} s   bar at a million: {STORE_SECONDS:.0f} s")
        for name, seconds in asked.items():
            print(f"  query {name:18} {seconds:8.2f} s{_told(theirs, name)}")
        print()
        low |= whole > STORE_SECONDS * found["triples"] / MILLION or max(asked.values()) > QUERY_SECONDS
    sys.exit(int(low))


def _told(theirs: dict[str, float | None], name: str) -> str:
    if name not in theirs:
        return ""
    seconds = theirs[name]
    return f"   rdflib: {f'{seconds:.1f} s' if seconds is not None else f'more than {PATIENCE} s'}"


if __name__ == "__main__":
    main()
