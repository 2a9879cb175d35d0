"""One report on forty sites is one source in forty places: near-copies among documents are found before resolution.

A copy tells nothing of its own: its words are nearly those of the original (shingles of words, found by MinHash and
then compared exactly), nobody acts in it who does not act in the original, names, numbers and days of one are all in
the other, and it came out at about the same time. The same form letter about other people, or a year later, is no copy;
of a report and the same with a sentence more, the longer one is the original, whichever came first.

Of each document some two hundred bytes are kept; what few documents that look alike say is fetched again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from zlib import crc32

import numpy as np
import numpy.typing as npt
from rensa import RMinHash

from kgx.gazetteer.fold import loose
from kgx.models import AnyFact, Claims, Document, PartialDate

__all__ = ["without_copies"]

# Alike are texts that share this much of their shingles; a paragraph cut off at the end leaves about so much.
_ALIKE = 0.7
_SHINGLE = 4  # words
_PERMUTATIONS, _BANDS, _SEED = 128, 32, 7
_DAYS = 10
_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"\d+")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
# Shorter texts are alike by chance.
_SHORTEST = 30
_AT_HAND = 256  # documents whose shingles are kept while they are compared, of some 30 KB each
_MIX = 0x9E3779B97F4A7C15

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class _Traits:
    """What copies are told by, at last.

    Attributes:
        facts: how many.
        told: names that are in a fact; a site's own words around a report add some to `names`, hardly to these.
        days: ISO dates, and ordinals of those that are a day.
        shingles: checksums of them, a fraction of their size.
    """

    facts: int
    told: frozenset[str]
    names: frozenset[str]
    numbers: frozenset[str]
    days: frozenset[int | str]
    shingles: frozenset[int]


@dataclass(frozen=True)
class _Sketches:
    """What is kept of all documents, by their numbers; of short ones the bands are no one else's.

    Attributes:
        bands: (documents, bands); texts that are alike have at least one in common, nearly always.
        days: on which they came out; not a number where it is not known.
        langs: numbers of languages.
        lengths: in words.
    """

    ids: list[str]
    bands: npt.NDArray[np.uint64]
    days: npt.NDArray[np.float64]
    langs: npt.NDArray[np.int16]
    lengths: Numbers


def without_copies(claims: Iterable[Claims]) -> Iterator[Claims]:
    """Claims of originals only, each with the documents that copy it.

    Args:
        claims: of each document, in any order; gone through twice, so a sequence or something to make one of.
    """
    documents = claims if isinstance(claims, Sequence) else list(claims)
    original = _originals(documents, _sketched(documents))
    copies: dict[int, list[Document]] = {}
    for number in sorted(original):
        one = documents[number]
        copies.setdefault(original[number], []).append(one.document.model_copy(update={"text": "", "lang": one.lang}))
    for number, one in enumerate(documents):
        if number not in original:
            found = tuple(sorted(copies.get(number, ()), key=lambda d: d.id))
            yield one.model_copy(update={"copies": found}) if found else one


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _shingles(words: Sequence[str]) -> set[str]:
    return {" ".join(words[i : i + _SHINGLE]) for i in range(max(1, len(words) - _SHINGLE + 1))} if words else set()


def _sketched(documents: Sequence[Claims]) -> _Sketches:
    size = len(documents)
    bands = np.zeros((size, _BANDS), np.uint64)
    days, langs, lengths = np.full(size, np.nan), np.zeros(size, np.int16), np.zeros(size, np.int64)
    ids: list[str] = []
    known: dict[str, int] = {}
    for number, claims in enumerate(documents):
        words = _words(claims.document.text)
        ids.append(claims.document.id)
        days[number] = np.nan if (day := _day(claims.document.published)) is None else day
        langs[number] = known.setdefault(claims.lang, len(known))
        lengths[number] = len(words)
        if len(words) >= _SHORTEST:
            sketch = RMinHash(num_perm=_PERMUTATIONS, seed=_SEED)
            sketch.update(list(_shingles(words)))
            bands[number] = _banded(sketch.digest())
        else:
            bands[number] = np.arange(_BANDS) + number * _BANDS
    return _Sketches(ids, bands, days, langs, lengths)


def _banded(digest: Sequence[int]) -> npt.NDArray[np.uint64]:
    """One number for each few of the smallest hashes."""
    rows = np.array(digest, np.uint64).reshape(_BANDS, -1)
    mixed = np.zeros(_BANDS, np.uint64)
    for column in rows.T:
        mixed = (mixed ^ column) * np.uint64(_MIX)
        mixed ^= mixed >> np.uint64(29)
    return mixed | np.uint64(1 << 63)  # never one of a short text


def _originals(documents: Sequence[Claims], sketches: _Sketches) -> dict[int, int]:
    """Of each copy its original: of those that are alike the one that tells most, then the earliest, then the longest.

    A copy must be alike to the original itself, not to another copy of it.
    """

    @lru_cache(maxsize=_AT_HAND)
    def traits(number: int) -> _Traits:
        return _traits(documents[number])

    days, lengths, ids = sketches.days, sketches.lengths, sketches.ids

    def rank(number: int) -> tuple[int, int, float, int, str]:
        day = days[number] if days[number] == days[number] else 10**9
        return (-len(traits(number).told), -traits(number).facts, day, -lengths[number], ids[number])

    original: dict[int, int] = {}
    for members in _alike(sketches):
        members.sort(key=rank)
        kept: list[int] = []
        for number in members:
            for earlier in _candidates(number, np.array(kept, np.int64), sketches):
                if _copies(traits(number), traits(earlier), days[number] - days[earlier]):
                    original[number] = earlier
                    break
            else:
                kept.append(number)
    return original


def _alike(sketches: _Sketches) -> list[list[int]]:
    """Documents that may copy each other by `_candidates`, also by way of others; those that have none are left out."""
    head: dict[int, int] = {}

    def first(number: int) -> int:
        while (above := head.get(number, number)) != number:
            head[number] = number = head.get(above, above)
        return number

    for column in sketches.bands.T:
        order = np.lexsort((sketches.days, sketches.langs, column))
        band, lang, day = column[order], sketches.langs[order], sketches.days[order]
        same = (band[1:] == band[:-1]) & (lang[1:] == lang[:-1])
        # Neighbours of a run are near in time; where one of it has no day, it may be near to all of them.
        run = np.concatenate((np.zeros(1, np.int64), np.cumsum(~same)))
        near = same & (np.isin(run[1:], run[np.isnan(day)]) | ~(np.diff(day) > _DAYS))
        places = np.flatnonzero(near)
        for one, other in zip(order[places].tolist(), order[places + 1].tolist(), strict=True):
            a, b = sorted((first(one), first(other)))
            head[a] = a
            head[b] = a
    found: dict[int, list[int]] = {}
    for number in sorted(head):
        found.setdefault(first(number), []).append(number)
    return list(found.values())


def _candidates(number: int, kept: Numbers, sketches: _Sketches) -> list[int]:
    """Of the originals so far those that a document may copy, as far as sketches tell."""
    met = (sketches.bands[kept] == sketches.bands[number]).any(axis=1)
    met &= sketches.langs[kept] == sketches.langs[number]
    met &= ~(np.abs(sketches.days[kept] - sketches.days[number]) > _DAYS)
    return [int(earlier) for earlier in kept[met]]


def _traits(claims: Claims) -> _Traits:
    text = claims.document.text
    labels = {t.id: loose(t.label) for t in claims.things}
    return _Traits(
        facts=len(claims.facts),
        told=frozenset(labels[v] for fact in claims.facts for v in _values(fact) if v in labels),
        names=frozenset(labels.values()),
        numbers=frozenset(_NUMBER.findall(text)),
        days=frozenset(date.fromisoformat(d).toordinal() if _DATE.fullmatch(d) else d for d in claims.dates),
        shingles=frozenset(crc32(shingle.encode("utf8", "replace")) for shingle in _shingles(_words(text))),
    )


def _values(fact: AnyFact) -> Iterator[str]:
    for value in vars(fact).values():
        if isinstance(value, str):
            yield value
        elif isinstance(value, tuple):
            yield from (v for v in value if isinstance(v, str))


def _copies(one: _Traits, original: _Traits, later: float) -> bool:
    """Whether one is a copy of the other, that came out so many days later (not a number where it is not known)."""
    if not (
        one.told <= original.told and _within(one.names, original.names) and _within(one.numbers, original.numbers)
    ):
        return False
    if not (_days_within(one.days, original.days, later) or _days_within(original.days, one.days, -later)):
        return False
    return len(one.shingles & original.shingles) >= _ALIKE * len(one.shingles | original.shingles)


def _days_within(some: Set[int | str], others: Set[int | str], later: float) -> bool:
    """Whether all days are among others; 'yesterday' of a paper that came out later is as much later."""
    return all(day in others or (isinstance(day, int) and day - later in others) for day in some)


def _within(one: Set[str], other: Set[str]) -> bool:
    return one <= other or other <= one


def _day(published: PartialDate | None) -> int | None:
    if published is None or published.year is None or published.month is None or published.day is None:
        return None
    return date(published.year, published.month, published.day).toordinal()
