"""What 1, 10 and 100 million documents take, from what one takes: the table of docs/scale.md.

    python benchmarks/scale.py [--write]

The figures are those of benchmarks/scale.yaml. Reading, claims and graph grow with documents and their length; so do
time and memory of resolution in what is measured (see docs/benchmarks.md), and here it is assumed that they go on so.
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
    longer = figures["characters"] / figures["sample"]
    rows: dict[str, list[str]] = {name: [] for name in (
        "reading, core-hours", f"… by the clock on {figures['cores']} cores",
        f"… memory of {figures['cores']} workers", "claims on disk (Parquet)",
        "resolving and writing, hours of one core", "… memory of that machine", "the graph (N-Quads)",
    )}  # fmt: skip
    for millions in MILLIONS:
        number = millions * 10**6
        hours = number * figures["read"] * longer / 3600
        values = (
            f"{_round(hours):,}", _hours(hours / figures["cores"]),
            _bytes((figures["worker"] + figures["beside"]) * figures["cores"] * 1e9),
            _bytes(number * figures["claims"] * longer),
            _hours(number * (figures["resolve"] + figures["export"]) / 3600),
            _bytes(number * figures["memory"] * 1e9), _bytes(number * figures["graph"] * longer),
        )  # fmt: skip
        for row, value in zip(rows.values(), values, strict=True):
            row.append(value)
    head = f"| documents | {' | '.join(f'{m} million' for m in MILLIONS)} |"
    lines = [head, "|---|" + "---:|" * len(MILLIONS)]
    return "\n".join([*lines, *(f"| {name} | {' | '.join(values)} |" for name, values in rows.items())])


def _round(value: float) -> int:
    """Two digits are all that there is to know."""
    return int(float(f"{value:.1e}"))


def _hours(hours: float) -> str:
    return f"{_round(hours):,} h" if hours < 100 else f"{_round(hours / 24):,} days"


def _bytes(size: float) -> str:
    name, unit = next((n, u) for n, u in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6)) if size >= u)
    return f"{float(f'{size / unit:.1e}'):g} {name}"


def main() -> None:
    """Print the table, or bring it onto the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--write", action="store_true", help="bring it onto the page")
    options = parser.parse_args()
    found = table(yaml.safe_load((ROOT / "benchmarks" / "scale.yaml").read_text(encoding="utf8")))
    if options.write:
        text = PAGE.read_text(encoding="utf8")
        PAGE.write_text(_MARKS.sub(lambda match: f"{match[1]}{found}\n{match[2]}", text), encoding="utf8")
    else:
        print(found)


if __name__ == "__main__":
    main()
