"""Read and check the annotated corpus: inline markup, one sentence a line.

Markup: ``[Tô Lâm|PER]``; labels PER, ORG, LOC, OFFICE; spans never nest. A literal ``[``, ``]``, ``|`` or backslash
in the text is written with a backslash before it. A line starting with ``# `` is a comment (what the piece is: genre,
countries), an empty line ends a piece (an article, a communiqué, a transcript). Files whose name starts with
``heldout`` are never trained on.
"""

from __future__ import annotations

import argparse
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

LABELS = ("PER", "ORG", "LOC", "OFFICE")
_TOKEN = re.compile(
    r"\\(?P<escaped>[\\\[\]|])|(?P<open>\[)|\|(?P<label>[A-Z]+)\]|(?P<bad>[\]|])|(?P<plain>[^\\\[\]|]+)"
)


@dataclass(frozen=True)
class Sentence:
    """One annotated sentence; spans are (start, end, label) in code points of ``text``, end exclusive."""

    text: str
    spans: tuple[tuple[int, int, str], ...]


def parse(line: str) -> Sentence:
    """Turn one line of markup into text and spans.

    Raises:
        ValueError: brackets do not match, a label is unknown, a span is empty or has a blank at an edge.
    """
    text, start, spans, at = "", None, [], 0
    while at < len(line):
        match = _TOKEN.match(line, at)
        if match is None or match["bad"]:
            raise ValueError(f"stray {line[at]!r} at column {at + 1}")
        at = match.end()
        if match["open"]:
            if start is not None:
                raise ValueError(f"nested span at column {match.start() + 1}")
            start = len(text)
        elif match["label"]:
            if start is None:
                raise ValueError(f"label without a span at column {match.start() + 1}")
            if match["label"] not in LABELS:
                raise ValueError(f"unknown label {match['label']}")
            inner = text[start:]
            if not inner or inner != inner.strip():
                raise ValueError(f"empty span or blank at its edge: {inner!r}")
            spans.append((start, len(text), match["label"]))
            start = None
        else:
            text += match["escaped"] or match["plain"]
    if start is not None:
        raise ValueError("a span is never closed")
    if unicodedata.normalize("NFC", text) != text:
        raise ValueError("not in Unicode NFC")
    return Sentence(text, tuple(spans))


def read(path: Path) -> Iterator[tuple[int, Sentence | ValueError]]:
    """Yield (line number, sentence or what is wrong with the line) of one corpus file."""
    for number, line in enumerate(path.read_text(encoding="utf8").splitlines(), 1):
        if line.strip() and not line.startswith("# "):
            try:
                yield number, parse(line.strip())
            except ValueError as error:
                yield number, error


def main() -> int:
    """Check corpus folders; print counts per language, every faulty line, and duplicates."""
    parser = argparse.ArgumentParser(description="check the corpus")
    parser.add_argument("folders", nargs="+", type=Path, help="training/corpus/<lang>")
    wrong = 0
    for folder in parser.parse_args().folders:
        counts: Counter[str] = Counter()
        seen: dict[str, str] = {}
        for path in sorted(folder.glob("*.txt")):
            part = "heldout" if path.name.startswith("heldout") else "training"
            for number, item in read(path):
                where = f"{path}:{number}"
                if isinstance(item, ValueError):
                    print(f"{where}: {item}")
                    wrong += 1
                    continue
                if item.text in seen:
                    print(f"{where}: same sentence as {seen[item.text]}")
                    wrong += 1
                seen[item.text] = where
                counts[f"{part} sentences"] += 1
                counts.update(f"{part} {label}" for _, _, label in item.spans)
        print(f"{folder.name}: " + ", ".join(f"{key} {value}" for key, value in sorted(counts.items())))
    return min(wrong, 1)


if __name__ == "__main__":
    sys.exit(main())
