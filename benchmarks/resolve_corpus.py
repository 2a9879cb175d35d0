"""Who is who, and which reports tell one event, measured on short reports in six languages.

    python benchmarks/resolve_corpus.py [--misses]

Reads tests/resolution (see its README): marked persons and events, equal keys are one. B-cubed is taken over the marks
that were read at all, which measures resolution; the share of marks that were read, and B-cubed with each unread one as
a thing of its own, are told beside it. Stories named held-… are reported apart: nothing is tuned on them.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kgx.errors import Issue
from kgx.models import Claims, Document, Event, Knowledge, PartialDate
from kgx.pipeline import annotated, claimed
from kgx.resolve import resolve

CORPUS = Path(__file__).parent.parent / "tests" / "resolution"
BARS = {"persons": 0.93, "events": 0.85}
_HEAD = re.compile(r"== (\S+) (\w+) (\S+)\n")
_MARK = re.compile(r"\[([^\]|]*)\|([\w-]+)\]|\{([^}|]*)\|([\w-]+:[\w-]+)\}")


@dataclass(frozen=True)
class Mark:
    """Words of a report and what they mean; `key` of an event is type:name."""

    document: str
    start: int
    end: int
    key: str

    @property
    def kind(self) -> str:
        """persons or events."""
        return "events" if ":" in self.key else "persons"


def stories() -> Iterator[tuple[str, list[tuple[Document, str]], list[Mark]]]:
    """Name, documents with their languages, and marks of each story."""
    for path in sorted(CORPUS.glob("*.txt")):
        parts = _HEAD.split(path.read_text(encoding="utf8"))[1:]
        documents, marks = [], []
        for name, lang, published, marked in zip(*(parts[i::4] for i in range(4)), strict=True):
            text, found = unmarked(marked.strip(), f"{path.stem}/{name}")
            marks += found
            sha256 = hashlib.sha256(text.encode()).hexdigest()
            documents.append(
                (
                    Document(
                        id=f"{path.stem}/{name}", file_name=f"{path.name}#{name}", text=text, sha256=sha256,
                        published=PartialDate.parse(published),
                    ),
                    lang,
                )
            )  # fmt: skip
        yield path.stem, documents, marks


def unmarked(marked: str, document: str) -> tuple[str, list[Mark]]:
    """The text without marks, and the marks with their spans; persons can stand within words of an event."""
    text, marks, last = "", [], 0
    for found in _MARK.finditer(marked):
        text += marked[last : found.start()]
        words = found[1] if found[1] is not None else found[3]
        marks.append(Mark(document, len(text), len(text) + len(words), found[2] or found[4]))
        text += words
        last = found.end()
    return text + marked[last:], marks


def found_by(knowledge: Knowledge) -> dict[str, list[tuple[int, int, str, str]]]:
    """By document: start, end, kind and id of all that was read as a person or event; an event is its sentence."""
    spans: dict[str, list[tuple[int, int, str, str]]] = defaultdict(list)
    for thing in knowledge.things:
        if thing.kind == "person":
            for e in thing.evidence:
                spans[e.document].append((e.start, e.end, "person", thing.id))
    for fact in knowledge.facts:
        if isinstance(fact, Event):
            for e in fact.evidence:
                low, high = e.start - len(e.before), e.end + len(e.after)
                spans[e.document].append((low, high, fact.event_type, fact.id))
    return spans


def read_as(mark: Mark, spans: Mapping[str, Sequence[tuple[int, int, str, str]]]) -> str | None:
    """The id of what a mark was read as; None where it was not read."""
    kind = mark.key.partition(":")[0] if mark.kind == "events" else "person"
    near = [
        (min(end, mark.end) - max(start, mark.start), -(end - start), what)
        for start, end, k, what in spans.get(mark.document, ())
        if k == kind and start < mark.end and mark.start < end
    ]
    return max(near)[2] if near else None


def b_cubed(pairs: Sequence[tuple[str, str]]) -> tuple[float, float, float]:
    """Precision, recall and F1 of (key, cluster) pairs: of each mark, how much of its cluster and its key is right."""
    if not pairs:
        return 0.0, 0.0, 0.0
    both, keys, clusters = (defaultdict(int) for _ in range(3))
    for key, cluster in pairs:
        both[key, cluster] += 1
        keys[key] += 1
        clusters[cluster] += 1
    precision = sum(both[p] / clusters[p[1]] for p in pairs) / len(pairs)
    recall = sum(both[p] / keys[p[0]] for p in pairs) / len(pairs)
    return precision, recall, 2 * precision * recall / (precision + recall)


def wrong_merges(marks: Mapping[Mark, str | None]) -> list[str]:
    """Clusters that hold marks of two keys."""
    keys: dict[str, set[str]] = defaultdict(set)
    for mark, cluster in marks.items():
        if cluster is not None:
            keys[cluster].add(mark.key)
    return [f"{cluster}: {', '.join(sorted(k))}" for cluster, k in sorted(keys.items()) if len(k) > 1]


def measured(read: Mapping[Mark, str | None], kind: str) -> dict[str, float]:
    """All figures of one kind."""
    of = {m: c for m, c in read.items() if m.kind == kind}
    known = [(m.key, c) for m, c in of.items() if c is not None]
    strict = [(m.key, c or f"unread {n}") for n, (m, c) in enumerate(of.items())]
    precision, recall, f1 = b_cubed(known)
    return {
        "marks": len(of), "read": len(known) / max(1, len(of)), "precision": precision, "recall": recall, "f1": f1,
        "strict_f1": b_cubed(strict)[2], "wrong": len(wrong_merges(of)),
    }  # fmt: skip


def measure() -> dict[str, dict[Mark, str | None]]:
    """What each mark was read as, all stories resolved together; by 'tuned' and 'held out'."""
    issues: list[Issue] = []
    documents, marks = [], []
    for _, told, found in stories():
        documents += told
        marks += found
    claims: list[Claims] = list(claimed(annotated(documents, report=issues.append), report=issues.append))
    if issues:
        raise SystemExit("\n".join(map(str, issues)))
    spans = found_by(resolve(claims))
    sets: dict[str, dict[Mark, str | None]] = {"tuned": {}, "held out": {}}
    for mark in marks:
        sets["held out" if mark.document.startswith("held-") else "tuned"][mark] = read_as(mark, spans)
    return sets


def main() -> None:
    """Print one table; exit code 1 below a bar."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--misses", action="store_true", help="list what is split, merged or not read")
    show = parser.parse_args().misses
    sets = measure()
    sets["all"] = {**sets["tuned"], **sets["held out"]}
    low = False
    print(
        f"{'':22}{'marks':>6} {'read':>6} {'P':>6} {'R':>6} {'F1':>6} {'bar':>5} {'F1 with unread':>15} {'wrong':>15}"
    )
    for name, read in sets.items():
        for kind, bar in BARS.items():
            f = measured(read, kind)
            low |= f["f1"] < bar or bool(f["wrong"] and kind == "persons")
            print(
                f"{kind + ', ' + name:22}{f['marks']:6.0f} {f['read']:6.3f} {f['precision']:6.3f} {f['recall']:6.3f} "
                f"{f['f1']:6.3f} {bar:5.2f} {f['strict_f1']:15.3f} {f['wrong']:15.0f}"
            )
    if show:
        by: dict[str, dict[str | None, list[str]]] = defaultdict(lambda: defaultdict(list))
        for mark, cluster in sets["tuned"].items():
            by[mark.key][cluster].append(mark.document)
        for key, clusters in sorted(by.items()):
            if len(clusters) > 1:
                print(key, *(f"\n   {c}: {', '.join(d)}" for c, d in clusters.items()))
        print(*wrong_merges(sets["tuned"]), sep="\n")
    sys.exit(int(low))


if __name__ == "__main__":
    main()
