"""Joining what scores high, best pairs first, so that no third one ever chains two different things together.

Each group keeps what forbids others to join it: the documents it is in (two of one document are two), the state of a
person, the full names of a person, and whom a user told apart from it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kgx.resolve.blocks import candidates
from kgx.resolve.features import FLOOR, UNSURE, Score, Witness, at_odds, score, within
from kgx.resolve.local import Key, Local, Traits
from kgx.resolve.names import declined, prepare

# Two candidates so near each other leave open whom a part of a name means.
_MARGIN = 0.1
_BATCH = 8192  # pairs whose names are aligned at once
_NEAREST = 3  # of each thing, as many as are told that were not joined


@dataclass(frozen=True, slots=True)
class Compared:
    """A pair of things of documents that was looked at."""

    one: Local
    other: Local
    judgement: str
    score: Score


@dataclass(frozen=True)
class Verdicts:
    """What users decided: pairs that are one, pairs that are two."""

    same: tuple[tuple[Key, Key], ...] = ()
    different: tuple[tuple[Key, Key], ...] = ()


NONE = Verdicts()


class Group:
    """Local things that are one, with what forbids others to join. There is one for each thing, so it is kept small."""

    __slots__ = ("apart", "documents", "members", "names", "number", "states")

    def __init__(
        self, number: int, local: Local, documents: frozenset[str], states: frozenset[str], names: frozenset[str]
    ) -> None:
        self.number = number
        self.members = [local]
        self.documents: frozenset[str] | set[str] = documents
        self.states = states
        self.names = names
        self.apart: frozenset[Key] = frozenset()

    def may_join(self, other: Group) -> bool:
        """Whether nothing forbids it."""
        return (
            self.documents.isdisjoint(other.documents)
            and len(self.states | other.states) < 2
            and not (self.told_from(other) or other.told_from(self))
            and not self.at_odds(other)
        )

    def told_from(self, other: Group) -> bool:
        """Whether a user told a thing of this one apart from one of the other."""
        return bool(self.apart) and not self.apart.isdisjoint(local.key for local in other.members)

    def at_odds(self, other: Group) -> bool:
        """Whether a full name of one cannot be that of the other, nor is it a case of one that the other has."""
        return any(
            at_odds(*sorted((x, y)))
            and not any(declined(x, name) for name in other.names)
            and not any(declined(y, name) for name in self.names)
            for x in self.names - other.names
            for y in other.names - self.names
        )

    def add(self, other: Group) -> None:
        """Take over all of another group."""
        self.members += other.members
        if isinstance(self.documents, frozenset):
            self.documents = set(self.documents)
        self.documents |= other.documents
        self.states |= other.states
        self.names |= other.names
        self.apart |= other.apart


# What is known of two traits beyond themselves, from the facts of their documents; None before anything is joined.
Observe = Callable[[Sequence[Local], Sequence[Local]], Witness]


class Clustering:
    """One run over all things of one kind."""

    def __init__(self, order: Sequence[Local], verdicts: Verdicts = NONE) -> None:
        self.order = order
        self.place = {x.key: i for i, x in enumerate(order)}
        kinds: dict[Traits, list[int]] = defaultdict(list)
        for i, local in enumerate(order):
            kinds[local.traits].append(i)
        self.traits = sorted(kinds, key=lambda t: t.order)
        self.members = [kinds[t] for t in self.traits]
        self.group = self._alone()
        self.scores: dict[tuple[int, int], Score] = {}
        self.joined: list[Compared] = []
        self.held: set[tuple[int, int]] = set()
        self._decide(verdicts)

    def _alone(self) -> list[Group]:
        """A group of each thing; what those of one document or of the same traits have in common is there once."""
        documents = {name: frozenset({name}) for name in {x.document for x in self.order}}
        nothing: frozenset[str] = frozenset()
        found: dict[int, Group] = {}
        for traits, members in zip(self.traits, self.members, strict=True):
            person = traits.kind == "person"
            states = frozenset({traits.country}) if person and traits.country else nothing
            names = frozenset(n.text for n in traits.names) if person else nothing
            found |= {i: Group(i, self.order[i], documents[self.order[i].document], states, names) for i in members}
        return [found[i] for i in range(len(self.order))]

    def _decide(self, verdicts: Verdicts) -> None:
        for one, other in verdicts.different:
            if one in self.place and other in self.place:
                self.group[self.place[one]].apart |= {other}
                self.group[self.place[other]].apart |= {one}
        for one, other in verdicts.same:
            if one in self.place and other in self.place:
                self.merge(self.place[one], self.place[other])

    def run(self, observe: Observe | None = None) -> None:
        """Score the candidates (again, with what the facts show) and join them."""
        days = [sorted({d for i in m if (d := self.order[i].day) is not None}) for m in self.members]
        if observe is None:
            for a, b in self._prepared(candidates(self.traits, days)):
                found = score(self.traits[a], self.traits[b], Witness(days_apart=_distance(days[a], days[b])))
                if found.value >= FLOOR:
                    self.scores[a, b] = found
            again = list(self.scores)
        else:
            again = [
                p for p, s in self.scores.items() if not s.forbidden and (s.judgement == "unsure" or p in self.held)
            ]
            for a, b in self._prepared(again):
                seen = observe(self._locals(a), self._locals(b))
                self.scores[a, b] = score(
                    self.traits[a],
                    self.traits[b],
                    Witness(_distance(days[a], days[b]), seen.events, seen.counterparts),
                )
        self.held = self._ambiguous()
        best = sorted((p for p in again if p not in self.held), key=lambda p: (-self.scores[p].value, p))
        for a, b in best:
            if self.scores[a, b].judgement == "same":
                self._join(a, b)

    def _prepared(self, pairs: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
        """The pairs, their names aligned in batches."""
        for start in range(0, len(pairs), _BATCH):
            some = pairs[start : start + _BATCH]
            prepare((x.text, y.text) for a, b in some for x in self.traits[a].names for y in self.traits[b].names)
            yield from some

    def _locals(self, a: int) -> list[Local]:
        return [self.order[i] for i in self.members[a]]

    def _join(self, a: int, b: int) -> None:
        """Join all things of these traits, as far as nothing forbids it."""
        ones, others = self._groups(a), self._groups(b)
        for i in ones if a != b else ones[:1]:
            for j in others:
                if self.group[i] is not self.group[j] and self.group[i].may_join(self.group[j]):
                    if a != b:
                        self.joined.append(Compared(self.order[i], self.order[j], "same", self.scores[a, b]))
                    self.merge(i, j)
        if a == b and len(rest := self._groups(a)) > 1 and len(rest) < len(ones):
            self._join_rest(rest[1:])

    def _join_rest(self, rest: Sequence[int]) -> None:
        """What could not join the first of equal traits joins among itself."""
        for n, i in enumerate(rest):
            for j in rest[n + 1 :]:
                if self.group[i] is not self.group[j] and self.group[i].may_join(self.group[j]):
                    self.merge(i, j)

    def _groups(self, a: int) -> list[int]:
        """One thing of each group that has things of these traits."""
        found: dict[int, int] = {}
        for i in self.members[a]:
            found.setdefault(self.group[i].number, i)
        return list(found.values())

    def merge(self, i: int, j: int) -> None:
        """Make the groups of two things one, without asking."""
        one, other = self.group[i], self.group[j]
        if one is other:
            return
        if (len(one.members), -one.number) < (len(other.members), -other.number):
            one, other = other, one
        one.add(other)
        for local in other.members:
            self.group[self.place[local.key]] = one

    def _ambiguous(self) -> set[tuple[int, int]]:
        """Pairs of a part of a name with full names of people who cannot be one: whom it means stays open."""
        wholes: dict[int, list[int]] = defaultdict(list)
        for (a, b), found in self.scores.items():
            if a != b and found.judgement == "same":
                for part, whole in ((a, b), (b, a)):
                    if _is_part(self.traits[part], self.traits[whole]):
                        wholes[part].append(whole)
        held: set[tuple[int, int]] = set()
        for part, several in wholes.items():
            value = {w: self.scores[min(part, w), max(part, w)].value for w in several}
            best = max(value.values())
            near = [w for w in several if value[w] > best - _MARGIN]
            if any(_odd(self.traits[x], self.traits[y]) for n, x in enumerate(near) for y in near[n + 1 :]):
                held |= {(min(part, w), max(part, w)) for w in near}
        return held

    def groups(self) -> list[list[Local]]:
        """The things found, each with its members."""
        return [sorted(g.members, key=lambda x: x.key) for g in {id(g): g for g in self.group}.values()]

    def compared(self) -> Iterator[Compared]:
        """What was joined, what is unsure, and of each thing the nearest that were not joined; once for each traits."""
        yield from self.joined
        told: dict[int, int] = defaultdict(int)
        rest = sorted(self.scores, key=lambda p: (-self.scores[p].value, p))
        for a, b in rest:
            found = self.scores[a, b]
            one, other = self._apart(a, b)
            if one is None or other is None:
                continue
            unsure = found.value >= UNSURE and not found.forbidden and one.may_join(other)
            if unsure or max(told[one.number], told[other.number]) < _NEAREST:
                told[one.number] += 1
                told[other.number] += 1
                x, y = self._of(a, one), self._of(b, other)
                yield Compared(x, y, "unsure" if unsure else "different", found)

    def _apart(self, a: int, b: int) -> tuple[Group | None, Group | None]:
        """Two groups of these traits that are not one, if there are."""
        ones, others = self._groups(a), self._groups(b)
        for i in ones[:_NEAREST]:
            for j in others[:_NEAREST]:
                if self.group[i] is not self.group[j]:
                    return self.group[i], self.group[j]
        return None, None

    def _of(self, a: int, group: Group) -> Local:
        return next(self.order[i] for i in self.members[a] if self.group[i] is group)


def _is_part(part: Traits, whole: Traits) -> bool:
    return any(len(x.text) < len(y.text) and within(x.text, y.text) for x in part.names for y in whole.names)


def _odd(a: Traits, b: Traits) -> bool:
    return any(at_odds(*sorted((x.text, y.text))) for x in a.names for y in b.names)


def _distance(a: Sequence[int], b: Sequence[int]) -> int | None:
    """The shortest time between two sorted lists of days; None where one is empty."""
    if not a or not b:
        return None
    i = j = 0
    best = abs(a[0] - b[0])
    while i < len(a) and j < len(b):
        best = min(best, abs(a[i] - b[j]))
        if a[i] < b[j]:
            i += 1
        else:
            j += 1
    return best


def by_group(groups: Iterable[Sequence[Local]]) -> Mapping[Key, int]:
    """The number of the group of each local thing."""
    return {local.key: n for n, members in enumerate(groups) for local in members}
