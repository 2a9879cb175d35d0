"""Measure a written model on the held-out sentences: exact-span F1, and how fast it reads."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from kgx.ner import EntityRecognizer
from training.data import Example, read_corpus, read_public
from training.scores import measure, table


def report(recognizer: EntityRecognizer, examples: Sequence[Example]) -> str:
    """Return a table of scores, and for each language the characters read in a second of processor time."""
    predicted: list[list[tuple[int, int, str]]] = []
    speeds = []
    for language in sorted({example.language for example in examples}):
        texts = [example.text for example in examples if example.language == language]
        started = time.process_time()
        recognizer(texts)
        speeds.append(f"{language} {sum(map(len, texts)) / (time.process_time() - started):,.0f}")
    for entities in recognizer([example.text for example in examples]):
        predicted.append([(entity.start, entity.end, entity.label) for entity in entities])
    return table(measure(examples, predicted)) + "\nCharacters a second, one thread: " + ", ".join(speeds) + "\n"


def main() -> int:
    """Measure from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the public sets of sources.toml")
    parser.add_argument("--corpus", type=Path, required=True, help="folder with our corpus, one folder a language")
    parser.add_argument("--model", type=Path, help="folder of the model; by default the shipped one")
    args = parser.parse_args()
    started = time.process_time()
    recognizer = EntityRecognizer.load(args.model)
    loaded = time.process_time() - started
    examples = [item for item in read_public(args.data) + read_corpus(args.corpus) if item.source.endswith("/heldout")]
    sys.stdout.write(report(recognizer, examples) + f"Loading: {loaded:.2f} s\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
