"""What 1, 10 and 100 million documents take, from what one takes: the table of docs/scale.md.

    python benchmarks/scale.py [--write]

The figures are those of benchmarks/scale.yaml. All is taken to grow with the number of documents and their length,
which holds in what is measured (see docs/benchmarks.md), and is an assumption beyond.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "scale.md"
_MARKS = re.compile(r"(<!-- cost -->\n).*?(<!-- /cost -->)", re.S)
MILLIONS = (1, 10, 100)


def table(figures: Mapping[str, Any]) -> str:
    """The table, in Markdown."""

    def a_document(name: str) -> float:
        figure = figures[name]
        return float(figure["value"]) * float(figures["characters"]) / float(figure["characters"])

    cores = figures["cores"]
    rows: dict[str, list[str]] = {name: [] for name in (
        "reading, core-hours", f"… by the clock on {cores} cores", f"… memory of {cores} workers",
        "claims on disk (Parquet)", "resolving and writing, one core", "… memory of that machine",
        "the graph (N-Quads)",
    )}  # fmt: skip
    for millions in MILLIONS:
        number = millions * 10**6
        hours = number * a_document("read") / 3600
        values = (
            _round(hours), _hours(hours / cores), _bytes((figures["worker"] + figures["beside"]) * cores * 1e9),
            _bytes(number * a_document("claims")),
            _hours(number * (a_document("resolve") + a_document("export")) / 3600),
            _bytes(number * a_document("memory")), _bytes(number * a_document("graph")),
        )  # fmt: skip
        for row, value in zip(rows.values(), values, strict=True):
            row.append(value)
    head = f"| documents | {' | '.join(f'{m} million' for m in MILLIONS)} |"
    lines = [head, "|---|" + "---:|" * len(MILLIONS)]
    return "\n".join([*lines, *(f"| {name} | {' | '.join(values)} |" for name, values in rows.items())])


def _round(value: float) -> str:
    """Two digits are all that there is to know."""
    return f"{float(f'{value:.1e}'):,.10g}"


def _hours(hours: float) -> str:
    return f"{_round(hours)} h" if hours < 100 else f"{_round(hours / 24)} days"


def _bytes(size: float) -> str:
    name, unit = next((n, u) for n, u in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6)) if size >= u)
    return f"{_round(size / unit)} {name}"


def page(text: str) -> str:
    """The page with the table of today."""
    found = table(yaml.safe_load((ROOT / "benchmarks" / "scale.yaml").read_text(encoding="utf8")))
    return _MARKS.sub(lambda match: f"{match[1]}{found}\n{match[2]}", text)


def main() -> None:
    """Print the table, or bring it onto the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--write", action="store_true", help="bring it onto the page")
    options = parser.parse_args()
    text = page(PAGE.read_text(encoding="utf8"))
    if options.write:
        PAGE.write_text(text, encoding="utf8")
    else:
        print(_MARKS.search(text)[0])  # type: ignore[index]


if __name__ == "__main__":
    main()
