"""What got slower, or needs more memory, between two results of `benchmarks.bench`, beyond noise.

    python -m benchmarks.compare OLD NEW [--tolerance 0.05]

A figure is worse when its median grew by more than the tolerance and by more than the repeats of both runs scatter; one
that was measured once is taken to scatter by a tenth. Only figures of the same number of documents and characters are
compared. Where the machine itself took longer for the yardstick, beyond its scatter, that is counted out: a slower
machine is no slower program. Exit code: 0 nothing got worse, 1 something did, 2 wrong usage or nothing to compare.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

__all__ = ["Change", "changes", "spread"]

TOLERANCE = 0.05
ONCE = 0.10  # how much a figure scatters that was measured once
_OURS = ("generated", "given", "together", "simulated", "rdf")
_THEIRS = ("/rdflib", "/clock")  # not the program's own work


@dataclass(frozen=True)
class Change:
    """A figure of two results.

    Attributes:
        name: of the figure.
        unit: s or MB.
        before: the median.
        now: the same of the newer result.
        noise: relative change that could be chance.
    """

    name: str
    unit: str
    before: float
    now: float
    noise: float

    @property
    def share(self) -> float:
        """By how much it grew; 0.1 is a tenth."""
        return self.now / self.before - 1

    @property
    def verdict(self) -> str:
        """worse, better or same."""
        if self.share > self.noise:
            return "worse"
        return "better" if 1 / (1 + self.share) - 1 > self.noise else "same"


def spread(values: Sequence[float]) -> float:
    """How far the values lie from their median, as a share of it."""
    if len(values) < 2:
        return ONCE
    middle = median(values)
    return max(max(values) - middle, middle - min(values)) / middle if middle else 0.0


def changes(old: Mapping[str, Any], new: Mapping[str, Any], *, tolerance: float = TOLERANCE) -> list[Change]:
    """What two results have in common, largest growth first.

    Args:
        old: a result.
        new: a later one.
        tolerance: smaller growth is never told.
    """
    pace, doubt = _pace(old, new)
    found = []
    for name, before in old["figures"].items():
        now = new["figures"].get(name)
        if now is None or not name.startswith(_OURS) or name.endswith(_THEIRS):
            continue
        if name.startswith("generated") and old["texts"]["digest"] != new["texts"]["digest"]:
            continue
        if any(before.get(count) != now.get(count) for count in ("documents", "characters", "triples")):
            continue  # fewer documents bear more of what is done once; other text is other work
        timed = before["unit"] == "s"
        one, other = median(before["values"]), median(now["values"]) / (pace if timed else 1.0)
        if one > 0:
            scatter = spread(before["values"]) + spread(now["values"]) + (doubt if timed else 0.0)
            found.append(Change(name, before["unit"], one, other, max(tolerance, scatter)))
    return sorted(found, key=lambda change: -change.share)


def _pace(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[float, float]:
    """How much longer the new run's machine took for the same work, and how unsure that is; 1 if it may be chance."""
    sticks = [result["figures"].get("yardstick/yardstick") for result in (old, new)]
    if not all(sticks):
        return 1.0, 0.0
    before, now = (stick["values"] for stick in sticks)
    pace, doubt = median(now) / median(before), spread(before) + spread(now)
    return (float(pace), doubt) if abs(pace - 1) > doubt else (1.0, 0.0)


def unlike(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """What makes two results hard to compare."""
    said = []
    if old["machine"]["processor"] != new["machine"]["processor"]:
        said.append("the machines differ")
    if old["texts"]["digest"] != new["texts"]["digest"]:
        said.append("the texts differ")
    if (pace := _pace(old, new)[0]) != 1.0:
        said.append(f"the newer run's machine took {pace:.2f} times as long for the same work; this is counted out")
    return said


def main() -> None:
    """Print what changed; exit code 1 if something got worse."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("old", type=Path)
    parser.add_argument("new", type=Path)
    parser.add_argument("--tolerance", type=float, default=TOLERANCE)
    options = parser.parse_args()
    old, new = (json.loads(path.read_text(encoding="utf8")) for path in (options.old, options.new))
    for note in unlike(old, new):
        print(f"note: {note}")
    found = changes(old, new, tolerance=options.tolerance)
    if not found:
        parser.error("the results have no figure of the same documents in common")
    for change in found:
        if change.verdict != "same":
            print(f"{change.verdict:6} {change.share:+7.0%} (noise {change.noise:.0%})  {change.name}")
    counts = {verdict: sum(c.verdict == verdict for c in found) for verdict in ("worse", "better", "same")}
    print(", ".join(f"{number} {verdict}" for verdict, number in counts.items()))
    sys.exit(int(counts["worse"] > 0))


if __name__ == "__main__":
    main()
