"""All that a graph says, subject by subject: what every format is written from.

A triple is three strings as N-Triples writes them (see `kgx.export.nodes`), so that a million of them are quickly made
and sorted, and the same graph gives the same bytes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import groupby
from operator import itemgetter

__all__ = ["Block", "Pair", "Triple", "Triples", "blocks_of"]

Triple = tuple[str, str, str]
# Predicate and object.
Pair = tuple[str, str]
# A subject, what is said of it, and what is said of the blank nodes that occur there and nowhere else.
Block = tuple[str, Sequence[Pair], Mapping[str, Sequence[Pair]]]


class Triples:
    """All that a graph says.

    Attributes:
        base: the IRI below which its things stand.
        triples: each once, sorted.
    """

    def __init__(self, base: str, triples: Iterable[Triple]) -> None:
        """Take over triples that are sorted, each once."""
        self.base = base
        self._known = triples

    @cached_property
    def triples(self) -> tuple[Triple, ...]:
        return tuple(self._known)

    def __iter__(self) -> Iterator[Triple]:
        """The triples, sorted; of a large graph they are better gone through than kept."""
        return iter(self.triples)

    def blocks(self) -> Iterator[Block]:
        """Subject by subject, in order of their IRIs without brackets."""
        return blocks_of(self.triples)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Triples):
            return NotImplemented
        return self.base == other.base and self.triples == other.triples

    __hash__ = None  # type: ignore[assignment]


def blocks_of(known: Iterable[Triple]) -> Iterator[Block]:
    """Sorted triples subject by subject, in order of their IRIs without brackets."""
    about = {subject: [(p, o) for _, p, o in group] for subject, group in groupby(known, key=itemgetter(0))}
    referred = Counter(o for said in about.values() for _, o in said if o.startswith("_:"))
    inner = {
        subject: {
            o: about[o]
            for _, o in said
            if o.startswith("_:") and referred[o] == 1 and o in about and not _nests(about[o])
        }
        for subject, said in about.items()
        if not subject.startswith("_:")
    }
    nested = {o for found in inner.values() for o in found}
    for subject in sorted(about.keys() - nested, key=lambda s: (s[:-1], s)):
        yield subject, about[subject], inner.get(subject, {})


def _nests(said: Iterable[Pair]) -> bool:
    return any(o.startswith("_:") for _, o in said)
