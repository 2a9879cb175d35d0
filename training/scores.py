"""Exact-span scores."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from training.data import Example

Spans = Iterable[tuple[int, int, str]]


@dataclass(frozen=True)
class Score:
    """Counts of spans: found with exact edges and label, predicted, and true."""

    hits: int
    predicted: int
    true: int

    @property
    def f1(self) -> float:
        """The F1 in percent, 0 where nothing is predicted or true."""
        return 200 * self.hits / max(1, self.predicted + self.true)


def widen(text: str, spans: Spans) -> list[tuple[int, int, str]]:
    """Widen spans to whole words between blanks."""
    out = []
    for start, end, label in spans:
        while start > 0 and not text[start - 1].isspace():
            start -= 1
        while end < len(text) and not text[end].isspace():
            end += 1
        out.append((start, end, label))
    return out


def join(text: str, spans: Spans, labels: Sequence[str]) -> list[tuple[int, int, str]]:
    """Make one span of those of a label that follow one another after a blank."""
    out: list[tuple[int, int, str]] = []
    for start, end, label in sorted(spans):
        if out and label in labels and label == out[-1][2] and text[out[-1][1] : start].isspace():
            start = out.pop()[0]
        out.append((start, end, label))
    return out


def measure(examples: Sequence[Example], predicted: Sequence[Spans]) -> Mapping[str, Score]:
    """Compare predictions with the truth; the keys are ``source`` (all labels) and ``source label``.

    Labels that a source does not annotate are left out of its predictions. Where a source makes one span of several of
    ours, the source's own way is compared; under ``source/apart`` the predictions are compared as they are.
    """
    hits: Counter[str] = Counter()
    found: Counter[str] = Counter()
    true: Counter[str] = Counter()
    for example, spans in zip(examples, predicted, strict=True):
        ways = {example.source: join(example.text, spans, example.joined)}
        if example.joined:
            ways[f"{example.source}/apart"] = list(spans)
        truth = set(example.spans)
        for source, some in ways.items():
            if example.whole_words:
                some = widen(example.text, some)
            guesses = {span for span in some if example.offices or span[2] != "OFFICE"}
            for counter, counted in ((hits, guesses & truth), (found, guesses), (true, truth)):
                for _, _, label in counted:
                    counter.update((source, f"{source} {label}"))
    return {key: Score(hits[key], found[key], true[key]) for key in sorted(set(found) | set(true))}


def table(scores: Mapping[str, Score]) -> str:
    """Lay scores out as a Markdown table, one row a source, F1 in percent of all labels and of each."""
    labels = ("PER", "ORG", "LOC", "OFFICE")
    rows = ["| held-out part | spans | all | " + " | ".join(labels) + " |", "|---|---|---|" + "---|" * len(labels)]
    for source in [key for key in scores if " " not in key]:
        parts = [scores.get(f"{source} {label}") for label in labels]
        cells = [f"{part.f1:.1f}" if part and part.true else "" for part in parts]
        rows.append(f"| {source} | {scores[source].true} | {scores[source].f1:.1f} | " + " | ".join(cells) + " |")
    return "\n".join(rows) + "\n"
