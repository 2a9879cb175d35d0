"""How well and how fast names are found: held-out F1, characters a second, loading, memory, two processes beside one.

    python benchmarks/ner.py --data DIR [--model DIR]

`--data` holds the public sets that ``training/sources.toml`` names; of each, that tenth is read which is not
trained on. Texts for speed are the articles of ``tests/corpus``. Times are of the processor, so that other work on the
machine matters little; only the two processes are timed by the clock.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from kgx.ner import EntityRecognizer  # noqa: E402
from training.data import read_corpus, read_public  # noqa: E402
from training.scores import Score, measure, table  # noqa: E402

LANGUAGES = ("ko", "ar", "fr", "en", "vi", "ru")
PUBLIC_BARS = {"ko_klue": 76, "ar_anercorp": 78, "ru_pud": 80, "en_ewt": 72}
OWN_BARS = {"PER": 92, "LOC": 92, "OFFICE": 85, "ORG": 80}
CHARACTERS, SECONDS, MEGABYTES, GAIN = 12_000, 1.5, 600, 1.7
_reader: list[EntityRecognizer] = []


def articles(language: str) -> list[str]:
    """Lines of the articles of a language."""
    files = sorted((ROOT / "tests" / "corpus" / language).glob("*.txt"))
    lines = [line for path in files for line in path.read_text(encoding="utf8").splitlines()]
    return [line for line in lines if line.strip()]


def speed(recognizer: EntityRecognizer, texts: Sequence[str], rounds: int = 3) -> float:
    """Characters a second of processor time, the best of some rounds."""
    spent = []
    for _ in range(rounds):
        started = time.process_time()
        recognizer(texts)
        spent.append(time.process_time() - started)
    return sum(map(len, texts)) / min(spent)


def _load(folder: Path | None) -> tuple[float, float]:
    """Load in this process; seconds, and megabytes resident after some texts were read."""
    started = time.process_time()
    _reader.append(EntityRecognizer.load(folder))
    seconds = time.process_time() - started
    _reader[0](articles("en"))
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _read(texts: Sequence[str]) -> None:
    _reader[0](texts)


def _keep(folder: Path | None) -> None:
    _load(folder)


def fresh(folder: Path | None) -> tuple[float, float]:
    """Load in a process of its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_load, (folder,))


def gain(folder: Path | None, texts: Sequence[str]) -> float:
    """How many times as much two processes read in the same time as one."""
    spent = []
    for count in (1, 2):
        with multiprocessing.get_context("spawn").Pool(count, _keep, (folder,)) as pool:
            pool.map(_read, [texts[:2]] * count, chunksize=1)
            started = time.perf_counter()
            pool.map(_read, [texts] * count, chunksize=1)
            spent.append(time.perf_counter() - started)
    return 2 * spent[0] / spent[1]


def bars(scores: Mapping[str, Score]) -> list[tuple[str, float, float, bool]]:
    """The bars of F1: what, figure, bar, whether it is reached."""
    wanted = [(f"{name}/heldout{way}", bar) for name, bar in PUBLIC_BARS.items() for way in ("", "/apart")]
    wanted += [(f"{language}/heldout {label}", bar) for language in LANGUAGES for label, bar in OWN_BARS.items()]
    return [(key, scores[key].f1, bar, scores[key].f1 >= bar) for key, bar in wanted if key in scores]


def main() -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with the public sets")
    parser.add_argument("--model", type=Path, help="folder of the model; by default the shipped one")
    args = parser.parse_args()
    recognizer = EntityRecognizer.load(args.model)
    examples = read_public(args.data) + read_corpus(ROOT / "training" / "corpus")
    examples = [example for example in examples if example.source.endswith("/heldout")]
    found = recognizer([example.text for example in examples])
    scores = measure(examples, [[(e.start, e.end, e.label) for e in entities] for entities in found])
    print("Exact span and label, F1 in percent:\n\n" + table(scores))
    print("KLUE joins places side by side, we do not: above joined as there, in the row 'apart' as they are found.\n")
    rows = [(what, f"{figure:.1f}", f"≥ {bar}", met) for what, figure, bar, met in bars(scores)]
    for language in LANGUAGES:
        figure = speed(recognizer, articles(language))
        rows.append((f"{language}, characters a second", f"{figure:,.0f}", f"≥ {CHARACTERS:,}", figure >= CHARACTERS))
    seconds, megabytes = fresh(args.model)
    rows.append(("loading, seconds", f"{seconds:.2f}", f"≤ {SECONDS}", seconds <= SECONDS))
    rows.append(("resident, MB", f"{megabytes:.0f}", f"≤ {MEGABYTES}", megabytes <= MEGABYTES))
    times = gain(args.model, articles("fr"))
    rows.append(("two processes, times one", f"{times:.2f}", f"≥ {GAIN}", times >= GAIN))
    print("| what | figure | bar | reached |\n|---|---|---|---|")
    for what, text, bar, met in rows:
        print(f"| {what} | {text} | {bar} | {'yes' if met else 'no'} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
