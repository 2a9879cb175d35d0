"""Counting: precision, recall and F1 of each kind and language, and how often attributes are right where found."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rich.table import Table

from kgx.evaluate.kinds import Comparison, compare
from kgx.evaluate.reading import Reading
from kgx.evaluate.records import Record
from kgx.query import Store

FACTS = ("events", "agreements", "trade", "twinnings", "relations")


@dataclass
class Tally:
    """Counts of one kind.

    Attributes:
        right: findings that stand for a gold entry.
        gold: gold entries.
        found: findings.
        attributes: of each attribute, how often it is right and how often gold tells it where the entry was found.
    """

    right: int = 0
    gold: int = 0
    found: int = 0
    attributes: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def used(self) -> bool:
        """Whether there is anything to measure."""
        return bool(self.gold or self.found)

    @property
    def precision(self) -> float:
        """Share of the findings that are right."""
        return self.right / self.found if self.found else float(self.gold == 0)

    @property
    def recall(self) -> float:
        """Share of the gold entries that were found."""
        return self.right / self.gold if self.gold else float(self.found == 0)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        p, r = self.precision, self.recall
        return 2 * p * r / (p + r) if p + r else 0.0

    def count(self, comparison: Comparison, pairs: Sequence[tuple[Any, str]]) -> None:
        """Add one document."""
        self.right += len(pairs)
        self.gold += len(comparison.gold)
        self.found += len(comparison.found)
        for name, agrees in comparison.attributes.items():
            verdicts = [v for gold, finding in pairs if (v := agrees(gold, finding)) is not None]
            if verdicts:
                right, told = self.attributes.get(name, (0, 0))
                self.attributes[name] = (right + sum(verdicts), told + len(verdicts))


@dataclass(frozen=True)
class Fault:
    """What gold has and the graph has not ("missed"), the other way round ("wrong"), or an attribute that "differs"."""

    document: str
    verdict: str
    kind: str
    what: str

    def __str__(self) -> str:
        return f"{self.document} {self.verdict} {self.kind}: {self.what}"


class Report:
    """Figures over all documents, by kind, and by language and kind."""

    def __init__(self) -> None:
        self.documents = 0
        self.kinds: dict[str, Tally] = {}
        self.languages: dict[str, dict[str, Tally]] = {}
        self.unrelated = 0
        self.invented = 0
        self.faults: list[Fault] = []

    @property
    def macro_f1(self) -> float:
        """Mean F1 over the kinds that gold or the graph has any of."""
        return macro_f1(self.kinds)

    def add(self, record: Record, reading: Reading) -> None:
        """Count one document."""
        self.documents += 1
        self.unrelated += record.eventless
        language = self.languages.setdefault(record.lang, {})
        for kind, comparison in compare(record, reading).items():
            pairs = pair_up(comparison)
            for tallies in (self.kinds, language):
                tallies.setdefault(kind, Tally()).count(comparison, pairs)
            if record.eventless and kind in FACTS:
                self.invented += len(comparison.found)
            self.faults.extend(_faults(record, kind, comparison, pairs, reading))


def evaluate(records: Iterable[Record], store: Store, report: Report | None = None) -> Report:
    """Compare a graph with gold records.

    Args:
        records: of documents that the graph was built from; a document it does not know counts as nothing found.
        store: the graph.
        report: to go on from.
    """
    report = report or Report()
    reading = Reading(store)
    for record in records:
        report.add(record, reading)
    return report


def macro_f1(tallies: Mapping[str, Tally]) -> float:
    """Mean F1 over the kinds in use, 0 where none is."""
    used = [tally.f1 for tally in tallies.values() if tally.used]
    return sum(used) / len(used) if used else 0.0


def pair_up(comparison: Comparison) -> list[tuple[Any, str]]:
    """One finding for one gold entry, the best fit first."""
    ranked = sorted(
        ((fit, i, j) for i, g in enumerate(comparison.gold) for j, f in enumerate(comparison.found)
         if (fit := comparison.fit(g, f)) > 0),
        reverse=True,
    )  # fmt: skip
    gold: set[int] = set()
    found: set[int] = set()
    pairs = []
    for _, i, j in ranked:
        if i not in gold and j not in found:
            gold.add(i)
            found.add(j)
            pairs.append((comparison.gold[i], comparison.found[j]))
    return pairs


def _faults(
    record: Record, kind: str, comparison: Comparison, pairs: Sequence[tuple[Any, str]], reading: Reading
) -> Iterator[Fault]:
    met = {id(gold) for gold, _ in pairs}
    taken = {finding for _, finding in pairs}
    for gold in comparison.gold:
        if id(gold) not in met:
            yield Fault(record.id, "missed", kind, _shown(gold))
    for finding in comparison.found:
        if finding not in taken:
            yield Fault(record.id, "wrong", kind, _named(finding, reading))
    for gold, finding in pairs:
        if differing := [name for name, agrees in comparison.attributes.items() if agrees(gold, finding) is False]:
            what = f"{', '.join(differing)} of {_named(finding, reading)}: {_shown(gold)}"
            yield Fault(record.id, "differs", kind, what)


def _named(finding: str, reading: Reading) -> str:
    return next(iter(reading.names(finding)), finding)


def _shown(gold: Any) -> str:
    if hasattr(gold, "model_dump"):
        return json.dumps(gold.model_dump(), ensure_ascii=False)
    return f"{gold.person}: {_shown(gold.office)}" if hasattr(gold, "person") else str(gold)


def to_json(report: Report) -> str:
    """All figures, four digits."""
    content = {
        "documents": report.documents,
        "macro_f1": round(report.macro_f1, 4),
        "unrelated": {"documents": report.unrelated, "false_facts": report.invented},
        "kinds": _figures(report.kinds),
        "languages": {
            lang: {"macro_f1": round(macro_f1(kinds), 4), "kinds": _figures(kinds)}
            for lang, kinds in sorted(report.languages.items())
        },
        "faults": [str(fault) for fault in report.faults],
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _figures(tallies: Mapping[str, Tally]) -> dict[str, Any]:
    return {
        kind: {
            "gold": tally.gold,
            "found": tally.found,
            "precision": round(tally.precision, 4),
            "recall": round(tally.recall, 4),
            "f1": round(tally.f1, 4),
            "attributes": {name: round(right / told, 4) for name, (right, told) in tally.attributes.items()},
        }
        for kind, tally in tallies.items()
    }


def to_tables(report: Report) -> list[Table]:
    """Figures by kind with their attributes, and F1 by language and kind."""
    kinds = Table("kind", title=f"{report.documents} documents, macro F1 {report.macro_f1:.3f}", title_justify="left")
    for name in ("gold", "found", "precision", "recall", "F1"):
        kinds.add_column(name, justify="right")
    kinds.add_column("right, of those found")
    for kind, tally in report.kinds.items():
        attributes = "\n".join(f"{name} {right}/{told}" for name, (right, told) in tally.attributes.items())
        figures = (f"{value:.3f}" for value in (tally.precision, tally.recall, tally.f1))
        kinds.add_row(kind, str(tally.gold), str(tally.found), *figures, attributes)
    languages = Table("F1 by language")
    for lang in sorted(report.languages):
        languages.add_column(lang, justify="right")
    by_language = [report.languages[lang] for lang in sorted(report.languages)]
    for kind in report.kinds:
        languages.add_row(kind, *(f"{tallies[kind].f1:.2f}" if tallies[kind].used else "" for tallies in by_language))
    languages.add_row("macro F1", *(f"{macro_f1(tallies):.3f}" for tallies in by_language))
    if report.unrelated:
        languages.caption = f"unrelated news: {report.invented} false facts in {report.unrelated} documents"
    return [kinds, languages]
