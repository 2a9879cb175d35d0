"""Our own suites of dates: sentences in which the dates are marked, with their values; for tests and benchmarks."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

from kgx.quantities import PartialDate, find_dates


@dataclass
class Score:
    """How a suite is read: dates that are right in span and value, all that are marked, sentences with one too many."""

    right: int = 0
    total: int = 0
    too_many: int = 0
    sentences: int = 0
    missed: list[str] = field(default_factory=list)


def score(path: Path) -> Score:
    """Read a suite, ``<lang>.json``: ``items`` such as ``text <date> text => value @ published``."""
    suite = json.loads(path.read_text(encoding="utf-8"))
    result = Score(sentences=len(suite["items"]))
    for item in suite["items"]:
        marked, _, told = item.partition(" => ")
        values, _, published = told.partition(" @ ")
        spans, text = [], ""
        for piece in marked.split("<"):
            inside, closed, after = piece.partition(">")
            if closed:
                spans.append((len(text), len(text) + len(inside)))
            text += inside + after
        expected = {(*span, iso) for span, iso in zip(spans, values.split(" | "), strict=True)}
        day = PartialDate.parse(published or suite["published"])
        found = {(m.start, m.end, m.value.iso) for m in find_dates(text, path.stem, published=day)}
        result.total += len(expected)
        result.right += len(expected & found)
        result.missed += [item] if expected - found else []
        result.too_many += any(not any(s < end and start < e for start, end in spans) for s, e, _ in found)
    return result
