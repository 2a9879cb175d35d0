"""What speaks for and against two things being one: a table of features, each with its weight.

A score is the sum of weight times value over all features that apply. From `LINKED` on two things are taken as one,
from `UNSURE` on they stay apart and are reported; a docstring here is what `kgx explain` tells users of a feature.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from kgx.ids import name_parts
from kgx.models import Name
from kgx.ontology import office_kinds
from kgx.resolve.local import Traits
from kgx.resolve.names import compare, forget
from kgx.resolve.sounds import script_of

LINKED = 1.0
UNSURE = 0.75
FLOOR = 0.45  # below it two things are not even worth telling apart

# How far a feature applies (0 to 1), and why, in words; None where it does not.
Finding = tuple[float, str] | None
_ALIKE_WITHIN, _ALIKE_ACROSS = 0.8, 0.6
# What names that are alike and no more are worth: with a state beside them, long ones link and short ones do not;
# within one script, two spellings are more often two people.
_SHORT_VALUE, _LONG_VALUE, _WITHIN_VALUE = 0.62, 0.7, 0.34
# Likeness of names from which on they count at all, and in full.
_UNLIKE, _VERY_LIKE = 0.6, 0.97
_ENOUGH_LETTERS = 9
_SYLLABIC = frozenset({"hangul", "han"})
_YEAR = 366
# Kinds of office of which a state has so many that a shared one says less.
_FULL, _MANY, _HALF = 1.0, 0.6, 0.5


@dataclass(frozen=True, slots=True)
class Witness:
    """What is known beyond the traits of two things.

    Attributes:
        days_apart: the shortest time between their documents, in days; None where unknown.
        events: of both: kind, counterpart and day.
        counterparts: things that both met or acted with.
        bodies: of the state and the kind of the first, there is only one.
    """

    days_apart: int | None = None
    events: tuple[str, ...] = ()
    counterparts: tuple[str, ...] = ()


Judge = Callable[[Traits, Traits, Witness], Finding]


@dataclass(frozen=True)
class Feature:
    """One line of the table."""

    name: str
    weight: float
    judge: Judge

    @property
    def explanation(self) -> str:
        """What it means, for users."""
        return " ".join((self.judge.__doc__ or "").split())


@dataclass(frozen=True, slots=True)
class Reason:
    """A feature that applied to a pair: what it adds to the score is weight times value."""

    feature: str
    weight: float
    value: float
    words: str


@dataclass(frozen=True, slots=True)
class Score:
    """How much speaks for a pair.

    Attributes:
        forbidden: whatever else speaks for it, they are two.
    """

    value: float
    reasons: tuple[Reason, ...]
    forbidden: bool = False

    @property
    def judgement(self) -> str:
        """same, unsure or different."""
        if self.forbidden or self.value < UNSURE:
            return "different"
        return "same" if self.value >= LINKED else "unsure"


# --- persons -----------------------------------------------------------------------------------------------------


def names_alike(a: Traits, b: Traits, _: Witness) -> Finding:
    """The names are the same, or sound alike across scripts. In full when a name alone is enough: two parts or more,
    equal or long and alike. Names of one part, short ones and mere likeness count for less, so that an office or a
    state has to speak for them too."""
    return _best_names(a.names, b.names)


def same_office(a: Traits, b: Traits, _: Witness) -> Finding:
    """Both hold the same kind of office of the same state. Less, where a state has many such offices."""
    both = a.offices & b.offices
    common = sorted((kind, state) for kind, state in both if state is not None) if both else ()
    if not common:
        return None
    return (_FULL if _single(k for k, _ in common) else _MANY, ", ".join(f"{k} of {s}" for k, s in common))


def same_kind_of_office(a: Traits, b: Traits, w: Witness) -> Finding:
    """Both hold the same kind of office, and of one of them no document tells of which state. Half, where a state has
    many such offices."""
    if not a.offices or not b.offices or same_office(a, b, w) is not None:
        return None
    states = {s for s in (a.country, b.country) if s} | {s for _, s in a.offices | b.offices if s}
    common = sorted({k for k, _ in a.offices} & {k for k, _ in b.offices})
    if not common or len(states) > 1:
        return None
    return (_FULL if _single(common) else _HALF, ", ".join(common))


def _single(kinds: Iterable[str]) -> bool:
    return any(office_kinds()[k].single for k in kinds if k in office_kinds())


def same_state(a: Traits, b: Traits, _: Witness) -> Finding:
    """Both are of the same state."""
    return (1.0, a.country) if a.country is not None and a.country == b.country else None


def same_body(a: Traits, b: Traits, _: Witness) -> Finding:
    """Both hold an office in the same body."""
    common = sorted(a.bodies & b.bodies)
    return (1.0, ", ".join(common)) if common else None


def shared_events(_a: Traits, _b: Traits, w: Witness) -> Finding:
    """Both take part in the same kind of event with the same counterpart on the same day."""
    return (1.0, ", ".join(w.events[:3])) if w.events else None


def shared_counterparts(_a: Traits, _b: Traits, w: Witness) -> Finding:
    """Both meet, visit or sign with the same person or body."""
    return (1.0, ", ".join(w.counterparts[:3])) if w.counterparts and not w.events else None


def same_birth(a: Traits, b: Traits, _: Witness) -> Finding:
    """Both were born on the same day, or in the same year where no more is known; against, where they were not."""
    if not a.born or not b.born:
        return None
    agree = a.born.startswith(b.born) or b.born.startswith(a.born)
    return (1.0 if agree else -2.0, f"{a.born} and {b.born}")


def other_state(a: Traits, b: Traits, _: Witness) -> Finding:
    """They are of different states: then they are two, whatever their names."""
    return (1.0, f"{a.country} and {b.country}") if a.country and b.country and a.country != b.country else None


def offices_apart(a: Traits, b: Traits, w: Witness) -> Finding:
    """They hold offices at one time that nobody holds together (a foreign minister and a speaker of parliament)."""
    if not a.offices or not b.offices or a.offices & b.offices or (w.days_apart is not None and w.days_apart > _YEAR):
        return None
    kinds = office_kinds()
    apart = sorted(
        f"{x} and {y}"
        for x, _ in a.offices
        for y, _ in b.offices
        if x in kinds and y in kinds and (y in kinds[x].apart or x in kinds[y].apart)
    )
    return (1.0 if w.days_apart is not None else 0.6, apart[0]) if apart else None


# --- bodies and places -------------------------------------------------------------------------------------------


def known_id(a: Traits, b: Traits, _: Witness) -> Finding:
    """A list of known bodies or places says that both are the same one."""
    return (1.0, a.known) if a.known is not None and a.known == b.known else None


def same_seat(a: Traits, b: Traits, _: Witness) -> Finding:
    """Both are the body of its kind in one state, of which a state has one: its senate, its ministry of foreign
    affairs, whatever the language."""
    return (1.0, " of ".join(a.seat)) if a.seat is not None and a.seat == b.seat else None


def same_label(a: Traits, b: Traits, _: Witness) -> Finding:
    """The names are the same, within one state and of one kind."""
    if a.country != b.country or a.subkind != b.subkind or not a.names or not b.names:
        return None
    best = max((compare(x.text, y.text) for x in a.names for y in b.names), key=lambda c: c.score)
    return (1.0, "; ".join(best.reasons)) if best.verdict == "same" else None


PERSON = (
    Feature("names alike", 1.0, names_alike),
    Feature("same office", 0.55, same_office),
    Feature("same kind of office", 0.4, same_kind_of_office),
    Feature("same state", 0.36, same_state),
    Feature("same body", 0.3, same_body),
    Feature("shared events", 0.45, shared_events),
    Feature("shared counterparts", 0.15, shared_counterparts),
    Feature("same birth", 0.4, same_birth),
    Feature("other state", -2.0, other_state),
    Feature("offices apart", -0.8, offices_apart),
)
BODY = (
    Feature("known body", 1.0, known_id),
    Feature("one of its state", 1.0, same_seat),
    Feature("same name", 1.0, same_label),
)
PLACE = (Feature("known place", 1.0, known_id), Feature("same name", 1.0, same_label))
TABLES: Mapping[str, tuple[Feature, ...]] = {"person": PERSON, "organization": BODY, "place": PLACE}
_NOTHING = Witness()


def score(a: Traits, b: Traits, witness: Witness = _NOTHING) -> Score:
    """Compare two things of one kind by the table of their kind."""
    reasons: list[Reason] = []
    for feature in TABLES[a.kind]:
        finding = feature.judge(a, b, witness)
        if finding is not None:
            reasons.append(Reason(feature.name, feature.weight, round(finding[0], 3), finding[1]))
        elif feature.judge is names_alike:
            return Score(0.0, ())  # nothing else makes up for names that are not alike
    value = round(sum(r.weight * r.value for r in reasons), 3)
    forbidden = any(r.feature == "other state" for r in reasons)
    return Score(value, tuple(reasons), forbidden)


# --- names -------------------------------------------------------------------------------------------------------


def _best_names(a: tuple[Name, ...], b: tuple[Name, ...]) -> Finding:
    found = [f for x in a for y in b if (f := _pair(*sorted((x.text, y.text)))) is not None]
    return max(found, key=lambda f: (f[0], f[1])) if found else None


@lru_cache(maxsize=131072)
def _pair(x: str, y: str) -> Finding:
    comparison = compare(x, y)
    parts = min(_parts_of(x), _parts_of(y))
    if comparison.verdict == "different" or (parts == 1 and within(x, y)):
        return (0.5, f"{x} and {y}: one is a part of the other") if within(x, y) else None
    words = f"{x} and {y}: {'; '.join(comparison.reasons)}"
    if comparison.verdict == "same" and parts > 1:
        return (1.0, words)
    if comparison.score == 1.0:  # equal, though too short to be sure of; three syllables are a full name
        return (0.8 if parts > 2 else _SHORT_VALUE, words)
    alike = min(1.0, (comparison.score - _UNLIKE) / (_VERY_LIKE - _UNLIKE))
    if alike <= 0:
        return None
    long = parts > 1 and max(len("".join(name_parts(n))) for n in (x, y)) >= _ENOUGH_LETTERS
    worth = _WITHIN_VALUE if script_of(x) == script_of(y) else _LONG_VALUE if long else _SHORT_VALUE
    return (round(worth * alike, 3), words)


def _parts_of(name: str) -> int:
    """How many parts a name has; each syllable of a script that writes syllables is one."""
    parts = name_parts(name)
    return sum(map(len, parts)) if script_of(name) in _SYLLABIC else len(parts)


@lru_cache(maxsize=262144)
def within(x: str, y: str) -> bool:
    """Whether all parts of one name are found in the other: a surname, initials, a name without its patronymic."""
    short, long = sorted((name_parts(x), name_parts(y)), key=lambda p: (len(p), p))
    if not short or all(len(p) == 1 and p.isascii() for p in short):
        return False
    if len(short) == len(long) and all(len(p) > 1 for p in (*short, *long)):
        return False
    free = list(long)
    for part in short:
        match = next((other for other in free if _same_part(part, other)), None)
        if match is None:
            return False
        free.remove(match)
    return bool(free) or any(len(p) == 1 for p in (*short, *long))


def _same_part(a: str, b: str) -> bool:
    if a == b:
        return True
    if min(len(a), len(b)) == 1:
        return a[0] == b[0]
    return compare(a, b).score >= (_ALIKE_WITHIN if script_of(a) == script_of(b) else _ALIKE_ACROSS)


def at_odds(x: str, y: str) -> bool:
    """Whether two full names cannot be one person's: the anchor of cannot-links between groups."""
    if min(len(name_parts(x)), len(name_parts(y))) < 2:
        return False
    return compare(x, y).verdict == "different" and not within(x, y)


def forget_names() -> None:
    """Drop what was found of names while they were compared: in a large build that is hundreds of megabytes."""
    for known in (_pair, within):
        known.cache_clear()
    forget()
