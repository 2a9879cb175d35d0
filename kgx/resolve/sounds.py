"""What names sound like: units of sound of each script, and how often one stands where another script has another.

Every script's units are told in units of the Latin script (`data/sounds.tsv`, fitted by `tools/sounds.py` to names
known in both), so two scripts that never met are compared through what they have in common with Latin. How a script is
cut into units is data too (`data/<script>.yaml`).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import chain
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import yaml
from anyascii import anyascii

from kgx.ids import name_parts

# The script in whose units all others are told.
PIVOT = "latin"
# Stands for nothing: a unit that the other script leaves out.
GAP = "-"
# Evidence (bits) is never worse than this for one pair of units, so that one odd letter does not decide. Of -4 to -8,
# -8 told the names for tuning apart best.
_WORST = -8.0
# Of two names of one script, how much of what sounds alike is the very same unit.
_FAITHFUL = 0.65
# The most that one unit may say for two names of one script: there, being equal is no surprise.
_MOST_WITHIN = 3.0
_JOINT = re.compile(r"[\s\-\u2010-\u2015·・‧.,;:()/|_\"“”«»]+")
_TWICE = re.compile(r"(.)\1+")
_SILENT = dict.fromkeys(map(ord, "'’‘ʼʻʹ`´ʾʿ"))

Units = tuple[int, ...]
# Indices of parts of a name, in the order in which they are read.
Parts = tuple[int, ...]
Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Script:
    """How names of one script are cut into units.

    Attributes:
        name: The script.
        ranges: Code points, first and last.
        form: Unicode normalisation form.
        fold: Letters to letters.
        rewrite: Patterns and what replaces them, in order.
        cut: Finds the units.
        particles: Parts that count little.
        article: Finds an article that is written as one with the word after it; it becomes a part of its own.
        patronymic: Matches parts that name the father; none where the script's people don't use them.
        forms: Matches legal forms of companies at the ends of a name.
        endings: Endings of cases, folded; none where the script's people do not decline names.
        read: Whether its characters are read as other scripts write them and have no units of their own.
    """

    name: str
    ranges: tuple[tuple[int, int], ...]
    form: Literal["NFC", "NFD", "NFKC", "NFKD"]
    fold: dict[int, str]
    rewrite: tuple[tuple[re.Pattern[str], str], ...]
    cut: re.Pattern[str]
    particles: frozenset[str]
    article: re.Pattern[str] | None
    patronymic: re.Pattern[str] | None
    forms: re.Pattern[str] | None
    endings: tuple[str, ...]
    read: bool

    def bare(self, part: str) -> str:
        """One part of a name, folded, without marks."""
        text = unicodedata.normalize(self.form, part.casefold().translate(_SILENT))
        text = "".join(c for c in text if not unicodedata.combining(c))
        return text.translate(self.fold)

    def units(self, part: str) -> list[str]:
        """The units of one part of a name."""
        text = self.bare(part)
        for pattern, replacement in self.rewrite:
            text = pattern.sub(replacement, text)
        return self.cut.findall(text)


@dataclass(frozen=True)
class Table:
    """Evidence in bits that units of two scripts stand for one sound.

    Attributes:
        match: Of a unit of the first and a unit of the second script.
        gaps: Of a unit of the first script (0) or second (1) that the other leaves out; never above nought.
        most: The best that a unit of the first script (0) or second (1) can have.
    """

    match: list[list[float]]
    gaps: tuple[list[float], list[float]]
    most: tuple[list[float], list[float]]


class Whole(NamedTuple):
    """Parts of a name, one after another."""

    bones: str
    sketch: str
    units: Units


@dataclass(frozen=True)
class Reading:
    """A name as read in one script.

    Attributes:
        script: The script whose units these are.
        parts: Units of each part, in order.
        core: Indices of the parts that are no particles.
        fathers: Indices of the parts that name the father, where two others are left.
        initials: Indices of the parts that are one unit.
        bones: Classes of the consonants of each part, neighbours of one class told once.
        sketch: Finer classes of all units of each part.
    """

    script: str
    parts: tuple[Units, ...]
    core: Parts
    fathers: frozenset[int]
    initials: frozenset[int]
    bones: tuple[str, ...]
    sketch: tuple[str, ...]
    _wholes: dict[Parts, Whole] = field(default_factory=dict, compare=False, repr=False)

    def whole(self, parts: Parts) -> Whole:
        """Some parts of the name, one after another."""
        found = self._wholes.get(parts)
        if found is None:
            bones, sketch = ("".join([told[i] for i in parts]) for told in (self.bones, self.sketch))
            units = tuple(chain.from_iterable([self.parts[i] for i in parts]))
            found = self._wholes[parts] = Whole(bones, sketch, units)
        return found


def _data() -> Traversable:
    return files("kgx.resolve") / "data"


def _at_the_ends(patterns: list[str]) -> re.Pattern[str]:
    """Matches one of the patterns as first or last words of a name, with the signs around it."""
    any_ = "|".join(patterns)
    return re.compile(rf"^(?:{any_})\.?[\s,]+|[\s,]+(?:{any_})\.?$")


@cache
def scripts() -> dict[str, Script]:
    """The scripts, by name."""
    found = {}
    for file in sorted(_data().iterdir(), key=lambda f: f.name):
        if file.name.endswith(".yaml"):
            raw = yaml.safe_load(file.read_text("utf8"))
            units = sorted(raw.get("units", []), key=len, reverse=True)
            found[raw["name"]] = Script(
                name=raw["name"],
                ranges=tuple((first, last) for first, last in raw["ranges"]),
                form=raw["form"],
                fold={ord(letter): other for letter, other in raw.get("fold", {}).items()},
                rewrite=tuple((re.compile(pattern), other) for pattern, other in raw.get("rewrite", [])),
                cut=re.compile("|".join([*map(re.escape, units), "."])),
                particles=frozenset(raw.get("particles", [])),
                article=re.compile(raw["article"]) if "article" in raw else None,
                patronymic=re.compile(raw["patronymic"]) if "patronymic" in raw else None,
                forms=_at_the_ends(raw["forms"]) if "forms" in raw else None,
                endings=tuple("".join(name_parts(ending)) for ending in raw.get("endings", ())),
                read=raw.get("read", False),
            )
    return found


@cache
def _classes(kind: str) -> dict[str, str]:
    """Units of the pivot to the letters of their class; others have none."""
    raw = yaml.safe_load((_data() / f"{PIVOT}.yaml").read_text("utf8"))
    return {unit: letters for letters, units in raw[kind].items() for unit in units}


@lru_cache(maxsize=8192)
def _script_of(char: str) -> str | None:
    point = ord(char)
    return next((s.name for s in scripts().values() if any(a <= point <= b for a, b in s.ranges)), None)


@lru_cache(maxsize=131072)
def script_of(name: str) -> str | None:
    """The script of most letters of a name; the first in the alphabet of two that share it; None for unknown ones."""
    counts: dict[str, int] = {}
    for char in name:
        script = _script_of(char)
        if script:
            counts[script] = counts.get(script, 0) + 1
    return max(sorted(counts), key=lambda s: counts[s]) if counts else None


def stems(part: str, script: str) -> frozenset[str]:
    """What a part of a name may be without the ending of a case; itself too, and nothing too short to tell."""
    endings = scripts()[script].endings
    return frozenset({part, *(part[: -len(e)] for e in endings if part.endswith(e) and len(part) - len(e) > 1)})


@cache
def _joint(script: str) -> tuple[dict[str, int], Array]:
    """How often each unit of a script stands for each unit of the pivot; the last row and column are the gap."""
    pivot = _pivot_units()
    rows = [row for row in _rows() if row[0] == script]
    units = {unit: i for i, unit in enumerate(dict.fromkeys(row[1] for row in rows if row[1] != GAP))}
    joint = np.zeros((len(units) + 1, len(pivot) + 1))
    for _, unit, other, count in rows:
        joint[units.get(unit, len(units)), pivot.get(other, len(pivot))] = count
    return units, joint / joint.sum()


@cache
def _rows() -> list[tuple[str, str, str, float]]:
    lines = (_data() / "sounds.tsv").read_text("utf8").splitlines()
    cells = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return [(script, unit, other, float(count)) for script, unit, other, count in cells]


@cache
def _pivot_units() -> dict[str, int]:
    return {unit: i for i, unit in enumerate(sorted({row[2] for row in _rows()} - {GAP}))}


@cache
def known_units(script: str) -> dict[str, int]:
    """The units of a script that tables know, numbered."""
    return _pivot_units() if script == PIVOT else _joint(script)[0]


def _said_together(a: str, b: str) -> Array:
    """How often units of two scripts stand for one sound; the last row and column are the gap."""
    if a == PIVOT != b:
        return np.asarray(_joint(b)[1].T)
    if b == PIVOT != a:
        return _joint(a)[1]
    others = [_joint(s)[1] for s in sorted({row[0] for row in _rows()})]
    heard = np.mean([joint.sum(axis=0) for joint in others], axis=0)
    if a == PIVOT:  # what some script writes alike
        joint = np.mean([_share(j, 1).T @ j for j in others], axis=0)
    else:  # what both write of one unit of the pivot
        joint = (_share(_joint(a)[1], 0) * heard) @ _share(_joint(b)[1], 0).T
    joint /= joint.sum()
    if a == b:
        used = heard if a == PIVOT else _joint(a)[1].sum(axis=1)
        joint = _FAITHFUL * np.diag(used) / used.sum() + (1 - _FAITHFUL) * joint
    joint[-1, -1] = 0
    return np.asarray(joint / joint.sum())


def _share(joint: Array, axis: int) -> Array:
    """Each row or column as shares of its sum."""
    return np.asarray(joint / (joint.sum(axis=axis, keepdims=True) + 1e-9))


@cache
def table(a: str, b: str) -> Table:
    """The evidence that units of two scripts give.

    Pointwise mutual information: how much more often two units stand for one sound than they would by chance.
    """
    joint = _said_together(a, b)
    one, other = joint[:-1].sum(axis=1) + 1e-6, joint[:, :-1].sum(axis=0) + 1e-6
    match = np.log2((joint[:-1, :-1] + 1e-7) / (one[:, None] * other))
    match = np.clip(match, _WORST, _MOST_WITHIN if a == b else None)
    if a == b:
        np.fill_diagonal(match, _MOST_WITHIN)
    left_out = np.log2((joint[:-1, -1] + 1e-5) / one), np.log2((joint[-1, :-1] + 1e-5) / other)
    gaps = [np.clip(bits, _WORST, 0).tolist() for bits in left_out]
    return Table(match.tolist(), (gaps[0], gaps[1]), (match.max(axis=1).tolist(), match.max(axis=0).tolist()))


@cache
def _lettered(script: str, kind: str) -> list[str]:
    """The class of each unit of a script: that of the units of the pivot that it most often stands for."""
    classes = [_classes(kind).get(unit, "") for unit in _pivot_units()]
    if script == PIVOT:
        return classes
    joint = _joint(script)[1][:-1]
    weight = {"": joint[:, -1].copy()}
    for i, name in enumerate(classes):
        weight[name] = weight.get(name, 0) + joint[:, i]
    names = sorted(weight)
    return [names[k] for k in np.argmax(np.array([weight[n] for n in names]), axis=0)]


def _reading(script: Script, parts: list[str]) -> Reading | None:
    known, bones, sketch = known_units(script.name), _lettered(script.name, "classes"), _lettered(script.name, "sketch")
    rows: list[Units] = []
    particles, fathers, initials = set(), set(), set()
    for part in parts:
        whole = [u if u in known else u[0] for u in script.units(part)]
        units = tuple(known[u] for u in whole if u in known)
        if not units:
            continue
        at, bare = len(rows), unicodedata.normalize("NFC", script.bare(part))
        rows.append(units)
        if bare in script.particles:
            particles.add(at)
        elif script.patronymic and script.patronymic.search(bare):
            fathers.add(at)
        if len(units) == 1:
            initials.add(at)
    if not rows:
        return None
    core = tuple(i for i in range(len(rows)) if i not in particles) or tuple(range(len(rows)))
    return Reading(
        script=script.name,
        parts=tuple(rows),
        core=core,
        fathers=frozenset(fathers if len(core) - len(fathers) > 1 else ()),
        initials=frozenset(initials),
        bones=tuple(_TWICE.sub(r"\1", "".join([bones[u] for u in units])) for units in rows),
        sketch=tuple("".join([sketch[u] for u in units]) for units in rows),
    )


@cache
def _readings_of_han() -> dict[str, tuple[tuple[str, tuple[str, ...]], ...]]:
    """Characters to (way of reading, readings)."""
    found = {}
    for line in (_data() / "readings.tsv").read_text("utf8").splitlines():
        if line and not line.startswith("#"):
            chars, *cells = line.split("\t")
            for char in chars:
                found[char] = tuple((str(i), tuple(cell.split())) for i, cell in enumerate(cells) if cell)
    return found


@lru_cache(maxsize=131072)
def readings(name: str) -> tuple[Reading, ...]:
    """All ways to read a name: one for scripts of sounds, several for Han; others are romanised."""
    script = script_of(name)
    if script and (forms := scripts()[script].forms):
        name = forms.sub("", name.casefold()) or name
    parts = [part for part in _JOINT.split(name) if part]
    if script and (article := scripts()[script].article):
        parts = [piece for part in parts for piece in article.sub(r"\g<0> ", part).split()]
    if script is None:
        spelled = [[anyascii(part) for part in parts]]
    else:
        spelled = _spelled(parts) if scripts()[script].read else [parts]
    found = []
    for version in spelled:
        reading = _reading(scripts()[script_of(" ".join(version)) or PIVOT], version)
        if reading:
            found.append(reading)
    return tuple(dict.fromkeys(found))


def _spelled(parts: list[str]) -> list[list[str]]:
    """How characters are read: each way once, with each reading of the first character (mostly the family's name)."""
    table_ = _readings_of_han()
    chars = [c for part in parts for c in unicodedata.normalize("NFKC", part)]
    known = [dict(table_.get(c, ())) for c in chars]
    found = []
    for way in sorted({way for readings_ in known for way in readings_}):
        if all(way in readings_ for readings_ in known):
            found += [[first, *(r[way][0] for r in known[1:])] for first in known[0][way]]
    return found or [[anyascii(c) for c in chars]]
