"""An index of all names of a graph, in memory: found as one types, in any script, and by sound where no spelling fits.

It is built once, in a thread of its own, so that the server answers at once; who searches before it is ready waits.
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kgx.gazetteer.fold import loose
from kgx.query import Store, select

__all__ = ["Entry", "Hit", "Index", "KINDS"]

# What has a name by which people look for it, the most looked for first.
KINDS = ("Person", "Country", "Organization", "City", "Region", "Venue", "Office", "Agreement", "Document")
_SOUNDED = frozenset(KINDS) - {"Office", "Agreement", "Document"}  # names proper; of the others the words are meant
_NAMES: Mapping[str, str] = {
    "Agreement": "kgx:subject",
    "Document": "rdfs:label|kgx:fileName|kgx:locator",
    "Country": "rdfs:label|skos:altLabel|kgx:iso3166",
}
_PLAIN = "rdfs:label|skos:altLabel"
_MOST = 4000  # names that begin alike which are looked at
_ALIKE = 0.6  # below it, names that sound alike seldom are one


@dataclass(frozen=True, slots=True)
class Entry:
    """A thing that can be found.

    Attributes:
        kind: name of its class.
        label: what the graph calls it first.
        told: in how many places documents name it.
        names: all it is called.
    """

    iri: str
    kind: str
    label: str
    told: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found.

    Attributes:
        name: of those it bears, the one that fits.
        how: whole, start (of the name), word (begins with it), words (all occur), sound.
        score: 0 to 1; 1 where the spelling fits.
    """

    entry: Entry
    name: str
    how: str
    score: float = 1.0


_ORDER = {"whole": 0, "start": 1, "word": 2, "words": 3, "sound": 4}


class Index:
    """All names of a graph.

    Args:
        source: the graph, which does not change any more.
    """

    def __init__(self, source: Store) -> None:
        self._source = source
        self._ready = threading.Event()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._failed: Exception | None = None
        self._entries: tuple[Entry, ...] = ()
        self._keys: list[tuple[str, int, int, int]] = []  # folded name from a word on, entry, name, the word
        self._sounds: dict[str, list[tuple[int, str]]] | None = None
        self._sounding = threading.Lock()

    def prepare(self) -> None:
        """Begin to build it, unless that was done."""
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._build, name="names", daemon=True)
                self._thread.start()

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All that can be found."""
        self._wait()
        return self._entries

    def search(self, text: str, *, kinds: Iterable[str] = (), most: int = 50) -> list[Hit]:
        """What a text may mean, best first.

        Args:
            text: a name or the beginning of one, in any script; or several words of it.
            kinds: names of classes to which to keep; all by default.
            most: hits that are wanted.
        """
        self._wait()
        wanted = frozenset(kinds) or frozenset(KINDS)
        found = self._begun(loose(text), wanted)
        if not found and len(parts := text.split()) > 1:
            found = self._with_all(parts, wanted)
        if not found and loose(text):
            found = self._sounding_like(text, wanted)
        order = {kind: i for i, kind in enumerate(KINDS)}
        return sorted(
            found.values(),
            key=lambda h: (_ORDER[h.how], -h.score, -h.entry.told, order[h.entry.kind], h.entry.label, h.entry.iri),
        )[:most]

    # --- search ---------------------------------------------------------------------------------------------------

    def _range(self, key: str) -> Sequence[tuple[str, int, int, int]]:
        start = bisect_left(self._keys, (key,))
        end = bisect_left(self._keys, (key + "\U0010ffff",))
        return self._keys[start : min(end, start + _MOST)]

    def _begun(self, key: str, kinds: frozenset[str]) -> dict[int, Hit]:
        found: dict[int, Hit] = {}
        for folded, number, name, word in self._range(key) if key else ():
            entry = self._entries[number]
            if entry.kind in kinds:
                how = "word" if word else "whole" if folded == key else "start"
                known = found.get(number)
                if known is None or _ORDER[how] < _ORDER[known.how]:
                    found[number] = Hit(entry, entry.names[name], how)
        return found

    def _with_all(self, parts: Sequence[str], kinds: frozenset[str]) -> dict[int, Hit]:
        """What has all words in its names, in whatever order."""
        each = [self._begun(loose(part), kinds) for part in parts if loose(part)]
        if not each:
            return {}
        shared = set.intersection(*map(set, each))
        return {number: Hit(self._entries[number], each[0][number].name, "words") for number in shared}

    def _sounding_like(self, text: str, kinds: frozenset[str]) -> dict[int, Hit]:
        """What sounds so in another script, or is nearly so written."""
        from kgx.resolve.names import block_keys, compare  # not before it is needed: it takes a while

        sounds = self._sounds_of_all()
        found: dict[int, Hit] = {}
        for number, name in {pair for key in block_keys(text) for pair in sounds.get(key, ())}:
            entry = self._entries[number]
            score = compare(text, name).score if entry.kind in kinds else 0.0
            if score >= _ALIKE and (number not in found or score > found[number].score):
                found[number] = Hit(entry, name, "sound", score)
        return found

    def _sounds_of_all(self) -> dict[str, list[tuple[int, str]]]:
        from kgx.resolve.names import block_keys

        with self._sounding:
            if self._sounds is None:
                sounds: dict[str, list[tuple[int, str]]] = defaultdict(list)
                for number, entry in enumerate(self._entries):
                    if entry.kind in _SOUNDED:
                        for name in entry.names:
                            for key in block_keys(name):
                                sounds[key].append((number, name))
                self._sounds = dict(sounds)
            return self._sounds

    # --- building -------------------------------------------------------------------------------------------------

    def _wait(self) -> None:
        self.prepare()
        self._ready.wait()
        if self._failed is not None:
            raise self._failed

    def _build(self) -> None:
        try:
            self._entries = tuple(entry for kind in KINDS for entry in _entries(self._source, kind))
            self._keys = sorted(
                (key, number, name, word)
                for number, entry in enumerate(self._entries)
                for name, text in enumerate(entry.names)
                for word, key in enumerate(_from_each_word(text))
                if key
            )
        except Exception as error:  # told to whoever searches
            self._failed = error
        finally:
            self._ready.set()
        if self._failed is None:
            self._sounds_of_all()  # takes longer, and is seldom asked for


def _from_each_word(name: str) -> list[str]:
    words = name.split()
    return [loose(" ".join(words[i:])) for i in range(len(words))]


def _entries(source: Store, kind: str) -> Iterable[Entry]:
    path = _NAMES.get(kind, _PLAIN)
    labels: dict[str, str] = {}
    names: dict[str, set[str]] = defaultdict(set)
    for iri, label in select(source, f"SELECT ?t ?l {{ ?t a kgx:{kind} ; rdfs:label ?l }} ORDER BY DESC(?l)").rows:
        labels[str(iri)] = str(label)
    for iri, name in select(source, f"SELECT DISTINCT ?t ?n {{ ?t a kgx:{kind} ; {path} ?n }}").rows:
        names[str(iri)].add(str(name))
    told = {
        str(iri): int(number or 0)
        for iri, number in select(
            source, f"SELECT ?t (COUNT(?e) AS ?n) {{ ?t a kgx:{kind} ; prov:wasDerivedFrom ?e }} GROUP BY ?t"
        ).rows
    }
    for iri, label in sorted(labels.items()):
        if several := names.get(iri):
            yield Entry(iri, kind, label, told.get(iri, 0), (label, *sorted(several - {label})))
