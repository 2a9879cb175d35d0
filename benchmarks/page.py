"""The page of the guide on speed and memory, from a result of `benchmarks.bench`.

    python -m benchmarks.page [RESULT]

Brings docs/benchmarks.md and its pictures up to date; by default from the newest result of benchmarks/results. Only
what stands between ``<!-- name -->`` and ``<!-- /name -->`` is replaced; the words around it are written by hand.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.articles import LENGTH
from benchmarks.bench import BEFORE, JOBS
from benchmarks.bench import RESULTS as KEPT
from benchmarks.compare import spread
from benchmarks.plots import plots
from tools.readme import section

__all__ = ["TABLES", "bars", "table"]

PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"
READING = ("read", "language", "mentions", "claims")
LATER = ("store", "unstore", "copies", "resolve", "graph", "triples", "turtle")
ONE_BY_ONE = 15.0  # documents a second, the bar
GIGABYTES = 1.2
LINEAR = 0.10
MANY = 100_000  # documents that the bars on memory and growth are about

Result = Mapping[str, Any]


def value(result: Result, name: str) -> float | None:
    """The median of a figure; None if it was not measured."""
    figure = result["figures"].get(name)
    return median(figure["values"]) if figure else None


def each(result: Result, name: str) -> float | None:
    """Milliseconds a document, by the median."""
    middle = value(result, name)
    return None if middle is None else 1000 * middle / result["figures"][name]["documents"]


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of Markdown; all columns but the first to the right."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _number(number: float | None, digits: int = 3) -> str:
    """To so many significant digits, thousands parted; a dash for none."""
    if number is None:
        return "–"
    if number == 0:
        return "0"
    rounded = float(f"{number:.{digits - 1}e}")
    places = max(0, digits - 1 - int(f"{rounded:e}".partition("e")[2]))
    return f"{number:,.{places}f}"


def _sizes(result: Result, kind: str) -> list[int]:
    return sorted({int(name.split("/")[1]) for name in result["figures"] if name.startswith(f"{kind}/")})


def languages(result: Result, texts: str) -> list[str]:
    """The languages of a text that was measured."""
    return sorted({n.split("/")[2] for n in result["figures"] if n.startswith(f"{texts}/mentions/")})


def stages(result: Result, texts: str) -> str:
    """Documents of 2,500 characters a second on one core, by language and stage."""
    rows = []
    for lang in languages(result, texts):
        spent, cells = 0.0, []
        for stage in READING:
            figure = result["figures"][f"{texts}/{stage}/{lang}"]
            seconds = median(figure["values"]) / figure["characters"]
            spent += seconds
            cells.append(_number(1 / (seconds * LENGTH)))
        values = result["figures"][f"{texts}/mentions/{lang}"]["values"]
        noise = f"±{spread(values):.0%}" if len(values) > 1 else "–"
        rows.append([lang, *cells, f"**{_number(1 / (spent * LENGTH))}**", _number(1 / spent), noise])
    return table(["language", *READING, "all four", "characters a second", "spread"], rows)


def later(result: Result) -> str:
    """Milliseconds a document of the stages after reading, by number of documents."""
    rows = []
    for number in _sizes(result, "simulated"):
        cells = [_number(each(result, f"simulated/{number}/{stage}/all")) for stage in LATER]
        rows.append([f"{number:,}", *cells])
    return table(["documents", *LATER], rows)


def memory(result: Result) -> str:
    """Megabytes at the peak."""
    rows = []
    for number in _sizes(result, "together"):
        peak = value(result, f"together/{number}/memory")
        rows.append([f"{number:,} read in {JOBS} processes, whole build", "–", _number(peak)])
    for number in _sizes(result, "simulated"):
        early = value(result, f"simulated/{number}/memory before resolution")
        rows.append([f"{number:,} simulated", _number(early), _number(value(result, f"simulated/{number}/memory"))])
    return table(["documents", "before resolution", "to the end"], rows)


def together(result: Result) -> str:
    """Documents a second to the written graph."""
    rows = []
    for number in _sizes(result, "together"):
        name = f"together/{number}"
        seconds = [value(result, f"{name}/{what}") for what in ("processor", "two free cores", "clock")]
        cells = [_number(number / one if one else None) for one in seconds[1:]]
        rows.append([f"{number:,}", _number(seconds[0]), *cells])
    head = ["documents", "seconds of the processor", "documents a second, two free cores", "by the clock, as it was"]
    return table(head, rows)


def beside(result: Result) -> str:
    """What others take for the same work, in characters a second."""
    rows = []
    pairs = (("spaCy, entity rules", "beside/spacy", "generated/mentions"),
             ("dateparser search_dates", "beside/dateparser", "beside/dates"))  # fmt: skip
    for words, theirs, ours in pairs:
        for lang in languages(result, "generated"):
            cells = []
            for name in (f"{ours}/{lang}", f"{theirs}/{lang}"):
                figure = result["figures"].get(name)
                cells.append(figure["characters"] / median(figure["values"]) if figure else None)
            if cells[1]:
                ratio = f"{_number(cells[0] / cells[1], 2)}" if cells[0] else "–"
                rows.append([f"{words}, {lang}", *map(_number, cells), ratio])
    return table(["instead", "kgx, characters a second", "theirs", "kgx : theirs"], rows)


def rdf(result: Result) -> str:
    """Seconds that rdflib takes, and we."""
    rows = []
    for name in sorted(result["figures"]):
        if name.startswith("rdf/") and name.endswith("/kgx"):
            task = name.split("/")[1]
            ours, theirs = value(result, name), value(result, f"rdf/{task}/rdflib")
            factor = _number(theirs / ours, 2) if ours and theirs else "–"
            told = _number(theirs) if theirs is not None else "more than 120"
            rows.append([task if " " in task else f"query {task}", _number(ours), told, factor])
    return table(["task", "kgx, seconds", "rdflib, seconds", "times as fast"], rows)


def bars(result: Result) -> str:
    """The bars, and whether they are met."""
    rows = []
    sizes = _sizes(result, "together")
    if sizes and (seconds := value(result, f"together/{sizes[-1]}/two free cores")):
        rate = sizes[-1] / seconds
        rows.append(["documents a second, two cores, to the written graph", f"≥ {ONE_BY_ONE:g}", _number(rate),
                     _verdict(rate >= ONE_BY_ONE)])  # fmt: skip
    simulated = _sizes(result, "simulated")
    reading = value(result, f"together/{sizes[-1]}/memory") if sizes else None
    early = value(result, f"simulated/{simulated[-1]}/memory before resolution") if simulated else None
    if reading and early:
        whole = _before_resolution(result, sizes[-1], reading, early)
        rows.append([f"GB before resolution at {simulated[-1]:,} documents", f"≤ {GIGABYTES:g}",
                     _number(whole / 1000), _verdict(whole <= 1000 * GIGABYTES, simulated[-1])])  # fmt: skip
    for words, names, read in (
        ("after reading, before resolution", BEFORE, 0.0),
        ("after reading, to the end", LATER, 0.0),
        ("with reading, to the end", LATER, _reading(result)),
    ):
        if found := _growth(result, names, read):
            first, last, growth = found
            rows.append([f"time of a document {words}, {last:,} against {first:,}", f"within {LINEAR:.0%}",
                         f"{growth:+.0%}", _verdict(growth <= LINEAR, last)])  # fmt: skip
    return table(["bar", "wanted", "measured", "met"], rows)


def _before_resolution(result: Result, number: int, reading: float, early: float) -> float:
    """Megabytes of two readers, and of the process that keeps what so many documents tell.

    The peak of a build lies in its reading where documents are few; the process at the head has there what it has
    with few documents, and with many what the simulation needed.
    """
    few = value(result, f"simulated/{min(_sizes(result, 'simulated'))}/memory before resolution") or 0.0
    return reading + max(0.0, early - few)


def _reading(result: Result) -> float:
    """Milliseconds that a document of 2,500 characters takes to be read, all languages mixed."""
    figures = [result["figures"][f"generated/{stage}/{lang}"]
               for lang in languages(result, "generated") for stage in READING]  # fmt: skip
    spent = sum(float(median(figure["values"])) / float(figure["characters"]) for figure in figures)
    return 1000 * LENGTH * spent / max(1, len(languages(result, "generated")))


def _growth(result: Result, names: Sequence[str], read: float = 0.0) -> tuple[int, int, float] | None:
    """From 1,000 documents (or the fewest above) to the most: how much longer a document takes.

    Args:
        result: what was measured.
        names: the stages after reading.
        read: milliseconds of reading, which each document takes for itself.
    """
    sums = {}
    for number in _sizes(result, "simulated"):
        parts = [each(result, f"simulated/{number}/{stage}/all") for stage in names]
        if number >= 1000 and None not in parts:
            sums[number] = read + sum(part for part in parts if part is not None)
    if len(sums) < 2:
        return None
    first, last = min(sums), max(sums)
    return first, last, sums[last] / sums[first] - 1


def _verdict(met: bool, number: int = MANY) -> str:
    """What fewer documents than the bar is about can't meet, they can't show to be met."""
    return "no" if not met else "yes" if number >= MANY else "so far"


def setting(result: Result) -> str:
    """Machine, versions, texts."""
    about, texts = result["machine"], result["texts"]
    libraries = ", ".join(f"{name} {number}" for name, number in sorted(result["versions"].items()))
    density = [f"{lang} {mentions / characters * 1000:.0f} and {facts / characters * 1000:.0f}"
               for lang, (characters, mentions, facts) in sorted(texts["found"].items())]  # fmt: skip
    lines = [
        f"{result['date']}: {about['processor']}, {about['cores']} cores, {about['memory']} GB, {about['system']}, "
        f"Python {about['python']}. The load of the machine was {result['load'][0]} when it began and "
        f"{result['load'][1]} when it ended ({about['cores']} would be all cores busy). {libraries}.",
        f"Generated text: {texts['documents']} articles, {texts['characters']:,} characters, digest "
        f"`{texts['digest']}`; mentions and facts in 1,000 characters: {', '.join(density)}.",
    ]
    return "\n\n".join(lines + [f"Not measured: {note}." for note in result["notes"]])


TABLES: dict[str, Callable[[Result], str]] = {
    "setting": setting,
    "bars": bars,
    "generated": lambda result: stages(result, "generated"),
    "given": lambda result: stages(result, "given"),
    "together": together,
    "later": later,
    "memory": memory,
    "beside": beside,
    "rdf": rdf,
}


def main() -> None:
    """Bring the page up to date."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("result", type=Path, nargs="?")
    options = parser.parse_args()
    path = options.result or max(KEPT.glob("*.json"))
    result = json.loads(path.read_text(encoding="utf8"))
    text = PAGE.read_text(encoding="utf8")
    for name, made in TABLES.items():
        text = section(text, name, made(result))
    PAGE.write_text(text, encoding="utf8")
    plots(result, PAGE.parent)
    print(f"{PAGE.name}: {path.name}")


if __name__ == "__main__":
    main()
