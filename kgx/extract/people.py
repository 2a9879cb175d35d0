"""Who is who within one document: names and titles of the same person joined."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from anyascii import anyascii
from rapidfuzz.distance import Levenshtein

from kgx.extract.reduce import Atom, Title
from kgx.ids import name_parts
from kgx.models import Mention
from kgx.ontology import bodies_of, inherits, is_generic, is_vague, kinds_of_generic, office_kind, office_kinds

# A stem that two forms of a name share has so many letters.
_STEM = 3


@lru_cache(maxsize=65536)
def sound(name: str) -> str:
    """A rough Latin spelling, lower case, letters only."""
    return re.sub(r"[^a-z]", "", anyascii(name).lower())


def same_part(a: str, b: str, endings: Sequence[str] = ()) -> bool:
    """Equal, an initial of the other, or inflected forms of one word (a common stem of at least four letters)."""
    if a == b or (min(len(a), len(b)) == 1 and a[0] == b[0]):
        return True
    stem = min(len(a), len(b)) - 1
    if abs(len(a) - len(b)) > 3:
        return False
    return (stem >= 4 and a[:stem] == b[:stem]) or _same_stem(a, b, endings)


def _same_stem(a: str, b: str, endings: Sequence[str]) -> bool:
    """Whether two words are forms of one with different endings of cases ('Зеленский', 'Зеленского')."""
    forms = ({part, *(part.removesuffix(e) for e in endings)} for part in (a, b))
    return any(len(stem) >= _STEM for stem in set.intersection(*forms))


def same_name(a: str, b: str, endings: Sequence[str] = ()) -> bool:
    """Whether two names of one document and script can be one person's: equal, or one a part of the other.

    A shorter name must be wholly found in the longer one, part by part ('Tokaïev' in 'Kassym-Jomart Tokaïev').

    Args:
        a: a name.
        b: another.
        endings: of cases, in which forms of one name may differ.
    """
    parts_a, parts_b = name_parts(a), name_parts(b)
    if not parts_a or not parts_b:
        return False
    if "".join(parts_a) == "".join(parts_b):
        return True
    short, long = sorted((parts_a, parts_b), key=len)
    if all(len(p) == 1 for p in short) and len(long) > 1 and not _is_syllabic("".join(short)):
        return False
    if len(short) < len(long) or len(short) > 1:
        free = list(long)
        for part in short:
            match = next((other for other in free if same_part(part, other, endings)), None)
            if match is None:
                break
            free.remove(match)
        else:
            return True
    if len(short) == len(long) == 1 and same_part(short[0], long[0], endings):
        return True
    return False


def _is_syllabic(name: str) -> bool:
    return any("\uac00" <= c <= "\ud7af" or "\u3400" <= c <= "\u9fff" for c in name)


def alike(a: str, b: str) -> bool:
    """Whether two whole names sound so alike that one is likely a slip of the other (토람, 토 램)."""
    x, y = sound(a), sound(b)
    return min(len(x), len(y)) >= 5 and Levenshtein.distance(x, y) <= max(1, min(len(x), len(y)) // 8)


@dataclass
class Person:
    """A person of one document, as far as it tells.

    Attributes:
        full_name: the fullest form: most parts, then most letters, then the earliest.
        names: in order of the text, as titles are.
    """

    id: str
    full_name: str
    names: list[Mention] = field(default_factory=list)
    titles: list[Title] = field(default_factory=list)
    country: str | None = None
    concluded: bool = False  # the country is not said, but follows from whom he or she visits or meets
    rivals: list[Person] = field(default_factory=list)  # of an office that a state has one of, told beside
    past: bool = False  # of a text about many states, and told only of offices that he or she held once

    def conclude(self, country: str | None, *, firmly: bool = False) -> None:
        """Take a state that follows from the context, where none is told; firm conclusions replace weak ones.

        Of two who hold what a state has one of ('Prime Ministers A and B'), both are not of one state. Whom a former
        office alone is told of may be of any of many states.
        """
        if self.past or any(country == rival.country for rival in self.rivals):
            return
        if country is not None and (self.country is None or (firmly and self.concluded)):
            self.country, self.concluded = country, True

    @property
    def told_country(self) -> str | None:
        """The state that the document tells, not concludes."""
        return None if self.concluded else self.country

    def values(self) -> set[str]:
        """Lexicon values of all titles."""
        return {t.mention.value for t in self.titles if t.mention.value}

    def bears(self, values: Iterable[str | None]) -> bool:
        """Whether one of the titles has one of these values in the lexicon."""
        return any(t.mention.value and t.mention.value in values for t in self.titles)


def cluster(found: Sequence[tuple[Mention, tuple[Title, ...]]], endings: Sequence[str] = ()) -> list[Person]:
    """Join the names of one document into persons, the fullest names first.

    A surname alone goes to the person of that name mentioned last before it (or first after it); a surname shared by
    two persons with different titles goes to the one whose title it has.

    Args:
        found: names with their titles.
        endings: of cases, in which two forms of one name may differ.
    """
    order = sorted(range(len(found)), key=lambda i: (-len(name_parts(found[i][0].text)), -len(found[i][0].text), i))
    persons: list[Person] = []
    for i in order:
        mention, titles = found[i]
        person = _find(mention, titles, persons, endings)
        if person is None:
            person = Person(f"person/{mention.start}", full_name=mention.text)
            persons.append(person)
        person.names.append(mention)
        person.titles.extend(titles)
    for person in persons:
        person.names.sort(key=lambda m: m.start)
        person.titles.sort(key=lambda t: t.mention.start)
        person.country = majority(c for t in person.titles for c in [state_of(t)] if c)
    return sorted(persons, key=lambda p: p.names[0].start)


def majority(values: Iterable[str]) -> str | None:
    """The most frequent value, the first of equals."""
    counts = Counter(values)
    return max(counts, key=lambda v: counts[v]) if counts else None


def state_of(title: Title) -> str | None:
    """The state that a title is of: told, or that of its body."""
    if title.country:
        return title.country
    return title.organization.country if title.organization else None


def _find(mention: Mention, titles: tuple[Title, ...], persons: list[Person], endings: Sequence[str]) -> Person | None:
    values = {t.mention.value for t in titles}
    states = {s for s in map(state_of, titles) if s}
    fitting = []
    for person in persons:
        full = person.full_name
        match = same_name(mention.text, full, endings)
        if not match and titles and _surname_of(mention.text, full):
            match = person.bears(values)
        if not match and alike(mention.text, full):
            match = not titles or not person.titles or person.bears(values)
        if match and not _conflict(states, person):
            fitting.append(person)
    if len(fitting) > 1 and values:
        fitting = [p for p in fitting if p.bears(values)] or fitting
    before = [p for p in fitting if p.names[0].start < mention.start]
    if len(before) == 1:
        return before[0]
    if before:
        return max(before, key=lambda p: max(m.start for m in p.names if m.start < mention.start))
    return fitting[0] if fitting else None


def _conflict(states: set[str], person: Person) -> bool:
    known = False
    for title in person.titles if states else ():
        state = state_of(title)
        if state in states:
            return False
        known = known or bool(state)
    return known


def _surname_of(short: str, full: str) -> bool:
    """Whether a single syllable is the family name that a syllabic name begins with ('박' of '박진')."""
    return len(short) == 1 and len(full) > 1 and _is_syllabic(short) and full.startswith(short)


def kinds_of(persons: Sequence[Person], loose_titles: Sequence[Title], bodies: Iterable[str]) -> dict[int, str]:
    """The office kind of each title of a person (by the start of its mention).

    A title that says a rank but not of what ('secretary general') takes the body told with it; else the body told with
    the same title elsewhere, of the same person or, for titles that inherit, of anyone or no one; else, for these, the
    only kind of office of that rank, or of such a body, that the document speaks of.

    Args:
        persons: of one document.
        loose_titles: its titles without a bearer.
        bodies: kinds of all bodies that it mentions.
    """
    told: dict[tuple[str, str], str] = {}
    owners = [(person.id, t) for person in persons for t in person.titles] + [("", t) for t in loose_titles]
    for owner, title in owners:
        value, body = title.mention.value or "other", title.organization
        if is_generic(value) and body is not None and body.mention is not None:
            kind = office_kind(value, body.mention.subkind)
            told.setdefault((owner, value), kind)
            if inherits(value):
                told.setdefault(("", value), kind)
    present = frozenset(bodies)
    said = {t.mention.value or "" for _, t in owners}
    kinds: dict[int, str] = {}
    for person in persons:
        for title in person.titles:
            value = title.mention.value or "other"
            if not is_generic(value):
                kind = value
            elif title.organization is not None and title.organization.mention is not None:
                kind = office_kind(value, title.organization.mention.subkind)
            elif title.country is None and (person.id, value) in told:
                kind = told[(person.id, value)]
            elif inherits(value) and ("", value) in told:
                kind = told[("", value)]
            elif inherits(value) and len(named := said & kinds_of_generic(value)) == 1:
                kind = next(iter(named))
            elif inherits(value) and len(possible := bodies_of(value) & present) == 1:
                kind = office_kind(value, next(iter(possible)))
            else:
                kind = office_kind(value, None, state=title.country is not None)
            kinds[title.mention.start] = kind
    return kinds


def _short_for(title: Title, person: Person, article: str) -> bool:
    """Whether a title is the first or last word of a fuller one of the person ('minister', 'minister of trade')."""
    return any(is_short_for(title, fuller, article) for fuller in person.titles)


def is_short_for(title: Title, fuller: Title, article: str = "") -> bool:
    """Whether a title is the first or last word of a fuller one, and not what that one is the deputy of.

    Args:
        title: the short one.
        fuller: the longer one.
        article: what the short one may begin with and the longer one not; a generic title ('president') is then another
            office ('prime minister', which begins like it in Arabic).
    """
    short, long = title.mention.text.casefold(), fuller.mention.text.casefold()
    if long.startswith(short):
        return True
    if article and short.startswith(article) and long.startswith(f"{short.removeprefix(article)} "):
        return not is_generic(title.mention.value or "other") and _is_deputy(title) == _is_deputy(fuller)
    return long.endswith(short) and _is_deputy(title) == _is_deputy(fuller)


def _is_deputy(title: Title) -> bool:
    return (title.mention.value or "").startswith(("deputy_", "vice_"))


def title_means(title: Title, person: Person, article: str = "") -> bool:
    """Whether a person holds what a title without a state says: 'the two leaders', 'the ministers'."""
    value, values = title.mention.value or "", person.values()
    kinds = {office_kind(v, None) for v in values}
    return (
        value in values
        or (is_vague(value) and bool(kinds & kinds_of_generic(value)))
        or _short_for(title, person, article)
    )


def title_fits(atom: Atom, person: Person, article: str = "") -> bool:
    """Whether a title without a name can mean this person: same word, no other state."""
    values = person.values()
    kinds = {office_kind(v, None) for v in values}
    for title in atom.titles:
        value = title.mention.value
        # 'The leader of X' can be the president of X: the same office in other words, where the state is told.
        alike = (
            value is not None
            and is_generic(value)
            and state_of(title) is not None
            and bool(kinds & (kinds_of_generic(value) if is_vague(value) else {office_kind(value, None)}))
        )
        if value not in values and not alike and not _short_for(title, person, article):
            return False
        state = state_of(title)
        if state and person.country and state != person.country:
            return False
    return bool(atom.titles)


def are_rivals(one: Person, other: Person) -> bool:
    """Whether two persons hold an office of which a state has one, so that they are of two states."""
    a, b = ({office_kind(v, None) for v in person.values()} for person in (one, other))
    return any(kind in office_kinds() and office_kinds()[kind].single for kind in a & b)
