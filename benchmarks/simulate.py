"""More documents than there is time to read: what a few said, told again of other people and days, in other words.

Stages after reading take claims. A simulated document is one that was read, with new family names for its people, its
dates moved by months, and every second word of its text replaced, so that it is no copy. Words are replaced by words of
equal length: every offset, quote and sentence stays right. People return: one in six is new, the others were named
before, in any script.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from benchmarks.articles import given_names
from benchmarks.resolve_scale import spelled

__all__ = ["simulated"]

_NEW = 1 / 6
_MONTHS = 240
_WORD = re.compile(r"[^\W\d_]{3,}")
_DAY = re.compile(r"\b(\d{4})(?:-(\d\d))?(?:-(\d\d))?\b")
_POOL = 30_000

Spelled = tuple[str, ...]


def simulated(read: Iterable[bytes], number: int, *, seed: int = 8) -> Iterator[tuple[bytes, bytes]]:
    """Keys and claims (JSON) of so many documents.

    Args:
        read: claims of documents that were read, as JSON.
        number: how many to make.
        seed: others with another seed.
    """
    rng = random.Random(seed)
    people = _People(rng)
    models = [_Model(json.loads(claims)) for claims in read]
    for n in range(number):
        name = f"simulated-{n:07}"
        told = models[n % len(models)].told(name, people, rng)
        yield hashlib.blake2b(name.encode(), digest_size=20).digest(), json.dumps(told, ensure_ascii=False).encode()


class _People:
    """Family names by length and script, given out again and again to people of one given name and state."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._given = {name: n for n, names in enumerate(given_names()) for name in names}
        self._fresh: dict[tuple[int, int], list[Spelled]] = defaultdict(list)
        self._never: set[tuple[int, int]] = set()
        self._known: dict[tuple[int, str, int, int], list[Spelled]] = defaultdict(list)

    def family(self, given: str, family: str, country: str) -> str:
        """Another family name of the same length and script."""
        script = _script(family)
        who = self._given.get(given, -1)
        known = self._known[who, country, script, len(family)]
        if known and self._rng.random() > _NEW:
            return self._rng.choice(known)[script]
        if not self._fresh[script, len(family)]:
            if (script, len(family)) in self._never:
                return family  # no syllables are so long; it stays
            self._draw()
        if not self._fresh[script, len(family)]:
            self._never.add((script, len(family)))
            return family
        one = self._fresh[script, len(family)].pop()
        for other, name in enumerate(one):
            self._known[who, country, other, len(name)].append(one)
        return one[script]

    def _draw(self) -> None:
        for _ in range(_POOL):
            one = tuple(name.split()[1] for name in spelled(self._rng))
            for script, name in enumerate(one):
                self._fresh[script, len(name)].append(one)


def _script(word: str) -> int:
    """Which script of `resolve_scale` a word is in."""
    for number, (first, last) in enumerate((("가", "힣"), ("Ѐ", "ӿ"), ("؀", "ۿ")), start=1):
        if first <= word[-1] <= last:
            return number
    return 0


class _Model:
    """A document that was read, and all places where it changes."""

    def __init__(self, claims: dict[str, Any]) -> None:
        self.claims = claims
        self.text: str = claims["document"]["text"]
        self.evidence = list(_with(claims, "quote"))
        self.dates = [(d, d["year"], d["month"], d["day"]) for d in _with(claims, "month") if d["year"]]
        self.said = list(claims["dates"])
        self.people = []
        covered: set[int] = set()
        for thing in claims["things"]:
            for proof in thing["evidence"]:
                covered.update(range(proof["start"], proof["end"]))
            if thing["kind"] == "person" and len(parts := thing["names"][0]["text"].split()) > 1:
                names = [(n, "text", n["text"]) for n in thing["names"]] + [(thing, "label", thing["label"])]
                self.people.append((parts[0], parts[-1], thing["country"] or "", names))
        words = [m for m in _WORD.finditer(self.text) if m.start() not in covered and m.end() - 1 not in covered]
        self.words = [(m.start(), m.end()) for m in words[::2]]

    def told(self, name: str, people: _People, rng: random.Random) -> dict[str, Any]:
        """The claims of another document; valid until the next call."""
        text = self._other_words(rng)
        for given, family, country, names in self.people:
            other = people.family(given, family, country)
            text = text.replace(family, other)
            for holder, key, told in names:
                holder[key] = told.replace(family, other)
        document = self.claims["document"]
        document.update(id=name, file_name=f"{name}.txt", text=text, sha256=hashlib.sha256(name.encode()).hexdigest())
        for proof in self.evidence:
            start, end = proof["start"], proof["end"]
            proof["document"], proof["quote"] = name, text[start:end]
            if proof["before"]:
                proof["before"] = text[start - len(proof["before"]) : start]
            if proof["after"]:
                proof["after"] = text[end : end + len(proof["after"])]
        months = rng.randrange(-_MONTHS, 1)
        for holder, year, month, day in self.dates:
            holder["year"], holder["month"], holder["day"] = _moved(year, month, day, months)
        self.claims["dates"] = [_DAY.sub(lambda m: _iso(m, months), day) for day in self.said]
        return self.claims

    def _other_words(self, rng: random.Random) -> str:
        parts: list[str] = []
        at = 0
        for start, end in self.words:
            parts += (self.text[at:start], self.text[start:end].translate(_table(rng.randrange(1, 19))))
            at = end
        return "".join((*parts, self.text[at:]))


@cache
def _table(turn: int) -> dict[int, int]:
    """Each letter of four scripts to another one of the same."""
    alphabets = ((0x61, 26), (0x430, 32), (0xAC00, 11_000), (0x628, 19))
    return {first + n: first + (n + turn) % many for first, many in alphabets for n in range(many)}


def _with(node: Any, key: str) -> Iterator[dict[str, Any]]:
    """All mappings within that have a key."""
    if isinstance(node, dict):
        if key in node:
            yield node
        for value in node.values():
            yield from _with(value, key)
    elif isinstance(node, list):
        for value in node:
            yield from _with(value, key)


def _moved(year: int, month: int | None, day: int | None, months: int) -> tuple[int, int | None, int | None]:
    """A date some months later; days that not all months have become the last one they have."""
    at = year * 12 + (month or 1) - 1 + months
    return at // 12, at % 12 + 1 if month else None, min(day, 28) if day else None


def _iso(match: re.Match[str], months: int) -> str:
    said = [int(part) if part else None for part in match.groups()]
    year, month, day = _moved(said[0] or 0, said[1], said[2], months)
    return "-".join([f"{year:04}", *(f"{part:02}" for part in (month, day) if part)])
