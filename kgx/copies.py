"""One report on forty sites is one source in forty places: near-copies among documents are found before resolution.

A copy tells nothing of its own: its words are nearly those of the original (shingles of words, found by MinHash and
then compared exactly), it names nobody and no number that the original does not, and it came out at about the same
time. The same form letter about other people, or a year later, is no copy.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from rensa import RMinHash, RMinHashLSH

from kgx.gazetteer.fold import loose
from kgx.models import Claims, Document, PartialDate

__all__ = ["without_copies"]

# Alike are texts that share this much of their shingles; a paragraph cut off at the end leaves about so much.
_ALIKE = 0.7
_SHINGLE = 4  # words
_PERMUTATIONS, _BANDS, _SEED = 128, 32, 7
_DAYS = 10
_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"\d+")
# Shorter texts are alike by chance.
_SHORTEST = 30


@dataclass(frozen=True)
class _Traits:
    """What copies are told by."""

    id: str
    lang: str
    day: int | None
    length: int
    names: frozenset[str]
    numbers: frozenset[str]


def without_copies(claims: Iterable[Claims]) -> Iterator[Claims]:
    """Claims of originals only, each with the documents that copy it.

    Args:
        claims: of each document, in any order; gone through twice, so a collection or something that can be.
    """
    documents = claims if not isinstance(claims, Iterator) else list(claims)
    traits, pairs = _alike(documents)
    original = _originals(traits, pairs)
    copies: dict[str, list[Document]] = {}
    for one in documents if original else ():
        if (kept := original.get(one.document.id)) is not None:
            copies.setdefault(kept, []).append(one.document.model_copy(update={"text": "", "lang": one.lang}))
    for one in documents:
        if one.document.id not in original:
            found = tuple(sorted(copies.get(one.document.id, ()), key=lambda d: d.id))
            yield one.model_copy(update={"copies": found}) if found else one


def _shingles(text: str) -> set[str]:
    words = _WORD.findall(text.casefold())
    return {" ".join(words[i : i + _SHINGLE]) for i in range(max(1, len(words) - _SHINGLE + 1))} if words else set()


def _alike(documents: Iterable[Claims]) -> tuple[dict[str, _Traits], list[tuple[str, str]]]:
    """Of each document what copies are told by, and the pairs whose words are nearly the same."""
    index = RMinHashLSH(threshold=_ALIKE, num_perm=_PERMUTATIONS, num_bands=_BANDS)
    traits: list[_Traits] = []
    candidates: list[tuple[int, int]] = []
    for number, claims in enumerate(documents):
        traits.append(_traits(claims))
        if traits[-1].length < _SHORTEST:
            continue
        sketch = RMinHash(num_perm=_PERMUTATIONS, seed=_SEED)
        sketch.update(sorted(_shingles(claims.document.text)))
        candidates.extend((other, number) for other in sorted(index.query(sketch)))
        index.insert(number, sketch)
    plausible = {pair for pair in candidates if _may_copy(traits[pair[0]], traits[pair[1]])}
    texts = _texts(documents, {number for pair in plausible for number in pair})
    pairs = [
        (traits[a].id, traits[b].id)
        for a, b in sorted(plausible)
        if len(texts[a] & texts[b]) >= _ALIKE * len(texts[a] | texts[b])
    ]
    return {t.id: t for t in traits}, pairs


def _texts(documents: Iterable[Claims], wanted: set[int]) -> dict[int, set[str]]:
    """The shingles of a few documents, fetched again rather than kept of all."""
    if not wanted:
        return {}
    return {n: _shingles(c.document.text) for n, c in enumerate(documents) if n in wanted}


def _traits(claims: Claims) -> _Traits:
    document = claims.document
    body = document.text
    return _Traits(
        id=document.id,
        lang=claims.lang,
        day=_day(document.published),
        length=len(_WORD.findall(body)),
        names=frozenset(loose(t.label) for t in claims.things),
        numbers=frozenset(_NUMBER.findall(body)),
    )


def _day(published: PartialDate | None) -> int | None:
    if published is None or published.year is None or published.month is None or published.day is None:
        return None
    return date(published.year, published.month, published.day).toordinal()


def _may_copy(one: _Traits, other: _Traits) -> bool:
    if one.lang != other.lang:
        return False
    if one.day is not None and other.day is not None and abs(one.day - other.day) > _DAYS:
        return False
    return _within(one.names, other.names) and _within(one.numbers, other.numbers)


def _within(one: frozenset[str], other: frozenset[str]) -> bool:
    return one <= other or other <= one


def _originals(traits: dict[str, _Traits], pairs: list[tuple[str, str]]) -> dict[str, str]:
    """Of each copy its original: of those that are alike the earliest, then the longest, then the first by id.

    A copy must be alike to the original itself, not to another copy of it.
    """
    near: dict[str, set[str]] = {}
    for a, b in pairs:
        near.setdefault(a, set()).add(b)
        near.setdefault(b, set()).add(a)
    order = sorted(near, key=lambda i: (traits[i].day or 10**9, -traits[i].length, i))
    place = {one: number for number, one in enumerate(order)}
    original: dict[str, str] = {}
    for one in order:
        if one not in original:
            for other in near[one]:
                if place[other] > place[one]:
                    original.setdefault(other, one)
    return original
