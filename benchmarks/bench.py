"""How fast kgx is, how much memory it needs and how both grow, beside what a user would pick instead (`make bench`).

    python -m benchmarks.bench [FOLDER …] [--quick] [--output FILE] [--parts stages beside together simulated rdflib]

Measured are every stage by language, on made-up articles (`benchmarks.articles`) and on given text (FOLDER; else the
seeds and our own corpus), all stages together in two processes, the stages after reading on up to 100,000 simulated
documents, and, on the same text, spaCy's own pipelines with entity rules, dateparser and rdflib. Every task runs in a
fresh process, several times; with `--parts` some things are measured anew and the others kept. Times are of the
processor, children included, so that other work on the machine matters little; times by the clock are kept beside them.
`benchmarks.page` makes the page of the guide from a result, `benchmarks.compare` tells what got slower between two.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.articles import written
from benchmarks.measure import Run, fresh, machine, versions
from benchmarks.others import PIPELINES

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
JOBS = 2
STICKS = 3  # times that the yardstick is laid on at each turn
FEW = 2  # the smallest numbers of simulated documents are repeated, more are not
PARTS = ("stages", "beside", "together", "simulated", "rdflib")
BEFORE = ("store", "unstore", "copies")  # of the stages after reading, those before resolution
_NAME = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Plan:
    """How much is measured.

    Attributes:
        repeats: of everything that is repeated.
        documents: made up, for the stages.
        given: documents of given text; 0 for all.
        together: numbers of documents that are read in two processes, to the written graph.
        simulated: numbers of documents for the stages after reading.
        triples: for what rdflib does.
        megabytes: that a task may ask for.
    """

    repeats: int
    documents: int
    given: int
    together: tuple[int, ...]
    simulated: tuple[int, ...]
    triples: int
    megabytes: int


QUICK = Plan(2, 12, 6, (12,), (60, 240), 0, 4000)
FULL = Plan(3, 48, 48, (100, 1000), (100, 1000, 10_000, 30_000, 100_000), 20_000, 8000)


class Figures:
    """What was measured: values by name, each with its unit and what it was measured on."""

    def __init__(self, kept: dict[str, Any]) -> None:
        """Begin with an earlier result, or with nothing."""
        self.figures: dict[str, dict[str, Any]] = kept.get("figures", {})
        self.series: dict[str, list[tuple[float, float]]] = kept.get("series", {})
        self.notes: list[str] = kept.get("notes", [])

    def forget(self, *prefixes: str) -> None:
        """Drop what was measured before, for it is measured anew."""
        for known in (self.figures, self.series):
            for name in [name for name in known if name.startswith(tuple(f"{prefix}/" for prefix in prefixes))]:
                del known[name]
        self.notes = [note for note in self.notes if not note.startswith(tuple(f"{p}:" for p in prefixes))]

    def add(self, name: str, value: float, unit: str = "s", **count: int) -> None:
        """One more value of a figure."""
        figure = self.figures.setdefault(name, {"unit": unit, "values": [], **count})
        figure["values"].append(round(value, 5))

    def take(self, prefix: str, run: Run, names: Sequence[str] = ()) -> None:
        """The lines of a task as figures; of `names` only, if they are given."""
        for line in run.lines:
            if line["seconds"] and (not names or line["name"].partition("/")[0] in names):
                count = {key: line[key] for key in ("documents", "characters", "found") if key in line}
                self.add(f"{prefix}/{line['name']}", line["seconds"], **count)
        if run.failed:
            self.notes.append(f"{prefix}: {run.failed}")


def measured(plan: Plan, parts: Sequence[str], given: Sequence[Path], work: Path, output: Path) -> None:
    """Measure, and write the result after every step, so that a run that is ended keeps what it has.

    The result holds ``date``; ``machine`` and ``versions``, as `measure` tells them; ``load`` of the machine before and
    after; ``texts``, what was made up; ``figures``, by name (what was measured/on what, or which stage/language) the
    ``unit`` and the ``values`` of the repeats, and of how many ``documents`` and ``characters`` they are; ``series``,
    by name pairs of seconds and megabytes; ``notes`` on what was not measured.

    Args:
        plan: how much.
        parts: what, of `PARTS`.
        given: folders of given text.
        work: a folder for texts and graphs.
        output: the result; what it holds of other parts is kept.
    """
    kept = json.loads(output.read_text(encoding="utf8")) if output.exists() and set(parts) != set(PARTS) else {}
    figures, before = Figures(kept), os.getloadavg()[0]
    texts, claims = work / "texts", work / "claims"
    claims.mkdir()
    made = written(texts, plan.documents)
    about = {"digest": _digest(texts), "documents": made.documents, "characters": made.characters, "found": {}}
    for step in _steps(plan, parts, given, work):
        found = step(figures)
        if found:
            about["found"] = found
        result = {
            "date": datetime.now(UTC).date().isoformat(),
            "machine": machine(),
            "load": [round(before, 1), round(os.getloadavg()[0], 1)],
            "versions": versions(),
            "texts": about if about["found"] or not kept else kept["texts"],
            "figures": dict(sorted(figures.figures.items())),
            "series": figures.series,
            "notes": sorted(set(figures.notes)),
        }
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(_json(result), encoding="utf8")


Step = Callable[[Figures], dict[str, list[int]] | None]


def _steps(plan: Plan, parts: Sequence[str], given: Sequence[Path], work: Path) -> Iterator[Step]:
    """What is done one after the other."""
    texts, claims = work / "texts", work / "claims"
    turns = range(plan.repeats)
    yield from (partial(_yardstick, first=not turn) for turn in turns)
    if "stages" in parts:
        yield from (partial(_generated, texts=texts, claims=claims, first=not turn) for turn in turns)
        yield from (partial(_given, folders=given, number=plan.given, first=not turn) for turn in turns)
    if "beside" in parts:
        yield from (partial(_beside, texts=texts, first=not turn) for turn in turns)
    if "together" in parts:
        yield from (partial(_together, work=work, number=number) for number in plan.together)
    if "simulated" in parts:
        if "stages" not in parts:
            yield partial(_generated, texts=texts, claims=claims, first=True)
        for at, number in enumerate(plan.simulated):
            repeats = plan.repeats if at < FEW else 1
            yield partial(_simulated, claims=claims, number=number, megabytes=plan.megabytes, repeats=repeats)
    if "rdflib" in parts and plan.triples:
        yield partial(_rdflib, triples=plan.triples)


def _yardstick(figures: Figures, *, first: bool) -> None:
    if first:
        figures.forget("yardstick")
    for _ in range(STICKS):
        figures.take("yardstick", fresh("yardstick"))


def _generated(figures: Figures, *, texts: Path, claims: Path, first: bool) -> dict[str, list[int]]:
    """All stages on made-up articles; gives characters, mentions and facts of each language."""
    _say("stages, generated text")
    if first:
        figures.forget("generated")
    run = fresh("stages", folders=[str(texts)], number=0, keep=str(claims))
    figures.take("generated", run)
    return {
        line["name"].partition("/")[2]: [line["characters"], line["mentions"], line["facts"]]
        for line in run.lines
        if line["name"].startswith("found/")
    }


def _given(figures: Figures, *, folders: Sequence[Path], number: int, first: bool) -> None:
    _say("stages, given text")
    if first:
        figures.forget("given")
    figures.take("given", fresh("stages", folders=[str(path) for path in folders], number=number))


def _beside(figures: Figures, *, texts: Path, first: bool) -> None:
    _say("spaCy and dateparser")
    if first:
        figures.forget("beside")
    for lang in PIPELINES:
        figures.take("beside", fresh("spacy", folder=str(texts), lang=lang), ("spacy", "start"))
        figures.take("beside", fresh("dates", folder=str(texts), lang=lang))


def _together(figures: Figures, *, work: Path, number: int) -> None:
    """`kgx build` of so many articles; of its work, reading is shared by the processes and the rest is done by one."""
    folder, name = work / f"texts-{number}", f"together/{number}"
    _say(f"{number} documents, all stages in {JOBS} processes")
    figures.forget(name)
    made = written(folder, number, seed=9)
    count = {"documents": number, "characters": made.characters}
    run = fresh("together", folder=str(folder), target=str(work / "graph.ttl"), jobs=JOBS)
    used = {line["name"]: line["seconds"] for line in run.lines}
    if run.failed or not used:
        figures.notes.append(f"{name}: {run.failed or 'failed'}")
        return
    figures.add(f"{name}/processor", run.cpu, **count)
    figures.add(f"{name}/two free cores", used["here"] + used["readers"] / JOBS, **count)
    figures.add(f"{name}/clock", run.wall, unit="s by the clock", **count)
    figures.add(f"{name}/memory", run.peak / 1e6, unit="MB")
    figures.series[name] = run.series


def _simulated(figures: Figures, *, claims: Path, number: int, megabytes: int, repeats: int) -> None:
    """The stages after reading; those from resolution on only where the memory is likely to be enough."""
    name = f"simulated/{number}"
    _say(f"{number} simulated documents")
    figures.forget(name)
    needed = _needed(figures, number)
    enough = needed < megabytes
    if not enough:
        figures.notes.append(
            f"{name}: resolution was not tried, for it would need about {needed / 1000:.0f} GB, by the growth before"
        )
    for _ in range(repeats):
        run = fresh("simulated", memory=megabytes, folder=str(claims), number=number, resolution=enough)
        figures.take(name, run)
        ends = [line["at"] for line in run.lines if line["name"] in ("store/all", "copies/all")]
        if len(ends) == 2:  # after the process that simulated has ended
            early = [resident for at, resident in run.series if ends[0] <= at <= ends[1]]
            figures.add(f"{name}/memory before resolution", max(early, default=0.0), unit="MB")
        if enough and not run.failed:
            figures.add(f"{name}/memory", run.peak / 1e6, unit="MB")
    figures.series[name] = run.series


def _needed(figures: Figures, number: int) -> float:
    """Megabytes that so many documents will need, from the two sizes before."""
    known = sorted(
        (int(name.split("/")[1]), max(figure["values"]))
        for name, figure in figures.figures.items()
        if name.startswith("simulated/") and name.endswith("/memory")
    )
    if len(known) < 2:
        return 0.0
    (few, small), (many, large) = known[-2:]
    return float(large + (large - small) / (many - few) * (number - many))


def _rdflib(figures: Figures, *, triples: int) -> None:
    """rdflib's serialiser and engine beside ours, on one graph."""
    _say("rdflib")
    figures.forget("rdf")
    command = [sys.executable, str(ROOT / "benchmarks" / "product.py"), "--one", str(triples)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        figures.notes.append("rdf: failed")
        return
    found = json.loads(done.stdout)
    ours = {"serialise Turtle": found["times"]["turtle"], **found["asked"]}
    for task, theirs in found["rdflib"].items():
        figures.add(f"rdf/{task}/kgx", ours[task], triples=found["triples"])
        if theirs is None:
            figures.notes.append(f"rdf: rdflib takes more than 120 s for {task}")
        else:
            figures.add(f"rdf/{task}/rdflib", theirs, triples=found["triples"])


def _digest(folder: Path) -> str:
    """Of all texts: figures of other texts are not to be compared."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.txt")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _say(words: str) -> None:
    print(f"{datetime.now():%H:%M:%S} {words}", file=sys.stderr, flush=True)


def main() -> None:
    """Measure, and write the result."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("given", type=Path, nargs="*", default=[ROOT / "seeds", ROOT / "tests" / "corpus"])
    parser.add_argument("--quick", action="store_true", help="two minutes: less of everything, no rdflib")
    parser.add_argument(
        "--parts", nargs="+", choices=PARTS, help="measure these anew; what else the output holds stays"
    )
    parser.add_argument("--repeats", type=int)
    parser.add_argument("--documents", type=int, help="made-up articles for the stages")
    parser.add_argument("--together", type=int, nargs="*", help="numbers of articles to read in two processes")
    parser.add_argument("--simulated", type=int, nargs="*", help="numbers of documents for the stages after reading")
    parser.add_argument("--megabytes", type=int, help="that one task may ask for")
    parser.add_argument("--output", type=Path, help="by default benchmarks/results/DATE-PROCESSOR.json")
    options = parser.parse_args()
    plan = QUICK if options.quick else FULL
    asked = {name: value for name in ("repeats", "documents", "together", "simulated", "megabytes")
             if (value := getattr(options, name)) is not None}  # fmt: skip
    plan = Plan(**{**plan.__dict__, **asked})
    name = _NAME.sub("-", machine()["processor"].lower()).strip("-")
    output = options.output or RESULTS / f"{datetime.now(UTC):%Y-%m-%d}-{name}.json"
    with tempfile.TemporaryDirectory() as folder:
        measured(plan, options.parts or PARTS, options.given, Path(folder), output)
    print(output)


def _json(result: dict[str, Any]) -> str:
    """JSON with a figure a line."""
    lines = []
    for key, value in result.items():
        if key in ("figures", "series"):
            inner = ",\n".join(f"  {json.dumps(name)}: {json.dumps(one)}" for name, one in value.items())
            lines.append(f"{json.dumps(key)}: {{\n{inner}\n }}")
        else:
            lines.append(f"{json.dumps(key)}: {json.dumps(value)}")
    return "{\n " + ",\n ".join(lines) + "\n}\n"


if __name__ == "__main__":
    main()
