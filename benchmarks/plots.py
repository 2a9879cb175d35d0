"""The pictures of the page: time by stage and language, growth, memory over time."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Any

import matplotlib
import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.ticker import FormatStrFormatter, LogLocator

__all__ = ["plots"]

# The same result gives the same bytes; letters stay letters, in the reader's font.
matplotlib.use("svg")
matplotlib.rcParams.update(
    {
        "svg.fonttype": "none",
        "svg.hashsalt": "kgx",
        "font.size": 9,
        "axes.spines.top": False,
        "axes.spines.right": False,
    }
)
READING = ("read", "language", "mentions", "claims")
LATER = ("store", "unstore", "copies", "resolve", "graph", "triples", "turtle")
COLOURS = ("#4c72b0", "#dd8452", "#55a868", "#c44e52", "#8172b3", "#937860", "#64b5cd")


def plots(result: Mapping[str, Any], folder: Path) -> list[Path]:
    """Draw them.

    Args:
        result: of `benchmarks.bench`.
        folder: where to.

    Returns:
        The files.
    """
    made = []
    for name, draw in (("stages", _stages), ("growth", _growth), ("memory", _memory)):
        figure, axes = plt.subplots(figsize=(7.2, 3.4), layout="constrained")
        draw(axes, result)
        made.append(folder / f"benchmarks-{name}.svg")
        figure.savefig(made[-1], metadata={"Date": None, "Creator": None}, facecolor="white")
        plt.close(figure)
    return made


def _stages(axes: Axes, result: Mapping[str, Any]) -> None:
    """Milliseconds a document, a bar a language."""
    figures = result["figures"]
    langs = sorted({name.split("/")[2] for name in figures if name.startswith("generated/mentions/")}, reverse=True)
    left = [0.0] * len(langs)
    for stage, colour in zip(READING, COLOURS, strict=False):
        found = [figures[f"generated/{stage}/{lang}"] for lang in langs]
        spent = [1000 * median(figure["values"]) / figure["documents"] for figure in found]
        axes.barh(langs, spent, left=left, color=colour, label=stage, height=0.65)
        left = [one + more for one, more in zip(left, spent, strict=True)]
    axes.set_xlabel("milliseconds of one core for a document of 2,500 characters")
    axes.legend(frameon=False, ncols=4, loc="lower center", bbox_to_anchor=(0.5, 1.0))


def _growth(axes: Axes, result: Mapping[str, Any]) -> None:
    """Milliseconds a document over the number of documents, a line a stage."""
    sizes = sorted({int(name.split("/")[1]) for name in result["figures"] if name.startswith("simulated/")})
    for stage, colour in zip(LATER, COLOURS, strict=True):
        known = [(n, f) for n in sizes if (f := result["figures"].get(f"simulated/{n}/{stage}/all"))]
        spent = [1000 * median(figure["values"]) / figure["documents"] for _, figure in known]
        axes.plot([n for n, _ in known], spent, marker="o", markersize=4, color=colour, label=stage)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xticks(sizes, [f"{n:,}" for n in sizes])
    axes.minorticks_off()
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_major_formatter(FormatStrFormatter("%g"))
    axes.set_xlabel("documents, simulated")
    axes.set_ylabel("milliseconds a document")
    axes.grid(axis="y", color="#dddddd")
    axes.legend(frameon=False, loc="center left", bbox_to_anchor=(1.0, 0.5))


def _memory(axes: Axes, result: Mapping[str, Any]) -> None:
    """Megabytes over the share of the run that has passed, a line a run."""
    longest = sorted(result["series"], key=lambda name: (name.split("/")[0], int(name.split("/")[1])))
    for name, colour in zip(longest, COLOURS, strict=False):
        kind, number = name.split("/")
        points = result["series"][name]
        end = points[-1][0] or 1.0
        words = "read, two processes" if kind == "together" else "simulated"
        axes.plot([100 * at / end for at, _ in points], [m / 1000 for _, m in points], color=colour,
                  label=f"{int(number):,} {words}")  # fmt: skip
    axes.set_xlabel("per cent of the time of the run")
    axes.set_ylabel("GB resident")
    axes.set_ylim(bottom=0)
    axes.grid(axis="y", color="#dddddd")
    axes.legend(frameon=False, loc="center left", bbox_to_anchor=(1.0, 0.5))
