"""Candidates for mentions: where they stand to one another, and which of overlapping ones stay."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kgx.quantities import Amount, DateMention


@dataclass(frozen=True)
class Candidate:
    """A possible mention, in offsets of the cleaned text."""

    start: int
    end: int
    kind: str
    value: str | None = None
    values: tuple[str, ...] = ()
    subkind: str | None = None
    country: str | None = None
    count: int | None = None
    quantity: DateMention | Amount | None = None
    score: float = 1.0
    rule: str = ""

    def __len__(self) -> int:
        return self.end - self.start

    def but(self, **fields: object) -> Candidate:
        """The same with other values in some fields; `dataclasses.replace` takes four times as long."""
        made = object.__new__(Candidate)
        made.__dict__.update(self.__dict__, **fields)
        return made

    @property
    def is_state(self) -> bool:
        """Whether a place is likeliest a state."""
        return bool(self.values) and self.values[0].startswith("country/")

    def overlaps(self, other: Candidate) -> bool:
        """Whether both share a code point."""
        return self.start < other.end and other.start < self.end

    def covers(self, other: Candidate) -> bool:
        """Whether `other` lies wholly within."""
        return self.start <= other.start and other.end <= self.end


class Taken:
    """Which code points are taken: asking and taking cost what the span is long, however many spans there are."""

    def __init__(self, spans: Iterable[Candidate] = ()) -> None:
        self._marks = bytearray()
        for span in spans:
            self.take(span)

    def take(self, span: Candidate) -> None:
        """Mark a span."""
        if len(self._marks) < span.end:
            self._marks.extend(bytes(span.end - len(self._marks)))
        self._marks[span.start : span.end] = b"\x01" * len(span)

    def meets(self, span: Candidate) -> bool:
        """Whether any of a span is taken."""
        return self._marks.find(1, span.start, span.end) >= 0


# Spans this far apart are not beside one another.
_BESIDE = 8
_BLOCK = 64


class Spans(list[Candidate]):
    """Candidates that know which of them lie beside a span, so that a line may be as long as it likes."""

    def __init__(self, candidates: Iterable[Candidate] = ()) -> None:
        super().__init__(candidates)
        self._blocks: dict[int, list[int]] = {}
        self._between: dict[tuple[int, int], list[Candidate]] = {}

    def beside(self, found: Candidate, *, within: int = _BESIDE) -> Sequence[Candidate]:
        """All that overlap a span or lie within so many letters of it (and some others), in the order of the list."""
        blocks = (found.start - within) // _BLOCK, (found.end + within) // _BLOCK
        known = self._between.get(blocks)
        if known is None:
            known = self._between[blocks] = self._in_blocks(*blocks)
        return known

    def _in_blocks(self, first: int, last: int) -> list[Candidate]:
        if not self._blocks:
            for number, candidate in enumerate(self):
                for block in range(candidate.start // _BLOCK, candidate.end // _BLOCK + 1):
                    self._blocks.setdefault(block, []).append(number)
        several = [numbers for block in range(first, last + 1) if (numbers := self._blocks.get(block))]
        if len(several) > 1:
            return [self[number] for number in sorted(set().union(*several))]
        return [self[number] for number in several[0]] if several else []


def near(found: Candidate, several: Sequence[Candidate]) -> Sequence[Candidate]:
    """Those of several that can lie beside a candidate."""
    return several.beside(found) if isinstance(several, Spans) else several


def longest(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Drop what overlaps a longer one (of equals, the earlier)."""
    kept: list[Candidate] = []
    taken = Taken()
    for candidate in sorted(candidates, key=lambda c: (-len(c), c.start, c.value or "")):
        if not taken.meets(candidate):
            kept.append(candidate)
            taken.take(candidate)
    return sorted(kept, key=lambda c: c.start)


def leftmost(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Of overlapping phrases the one that begins first, of those the longest: heads come before what they govern."""
    kept: list[Candidate] = []
    for candidate in sorted(candidates, key=lambda c: (c.start, -c.end, c.value or "")):
        if not kept or candidate.start >= kept[-1].end:
            kept.append(candidate)
    return kept


def free(candidates: Iterable[Candidate], taken: Iterable[Candidate]) -> list[Candidate]:
    """Those that overlap nothing that is taken."""
    marks = Taken(taken)
    return [c for c in candidates if not marks.meets(c)]


def covered(candidate: Candidate, others: Sequence[Candidate]) -> bool:
    """Whether a candidate lies in one of the others, or is one."""
    return any(other.covers(candidate) for other in near(candidate, others))


def within(candidate: Candidate, others: Sequence[Candidate]) -> bool:
    """Whether a candidate lies in a longer one."""
    return any(other.covers(candidate) and len(other) > len(candidate) for other in near(candidate, others))


def adjoin(one: Candidate, other: Candidate, text: str) -> bool:
    """Whether nothing but a blank, if that, stands between two."""
    low, high = (other.end, one.start) if other.end <= one.start else (one.end, other.start)
    return 0 <= high - low <= 1 and not text[low:high].strip()
