"""Names as they are listed, though a text has them in another case: 'с Виктором Орбаном' names Виктор Орбан."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from kgx.extract.people import Person
from kgx.lang import NameCase, pack

# A title stands this near before the name that shares its case.
_BESIDE = 60
_JOINTS = re.compile(r"([\s-]+)")


def listed_name(person: Person, lang: str) -> str:
    """The fullest name of a person in the nominative, as far as the title beside it or its own parts tell the case."""
    cases = pack(lang).language.name_cases
    if not cases:
        return person.full_name
    fullest = len(_words(person.full_name))
    forms: list[str] = []
    for name in person.names:
        if len(_words(name.text)) == fullest:
            before = [t.mention for t in person.titles if 0 <= name.start - t.mention.end <= _BESIDE]
            title = max(before, key=lambda m: m.end).text if before else None
            forms.append(nominative(name.text, title, lang))
    return min(forms, key=lambda form: (_initials(form), len(form), form)) if forms else person.full_name


def _initials(name: str) -> int:
    return sum(len(word.strip(".")) == 1 for word in _words(name))


@lru_cache(maxsize=8192)
def nominative(name: str, title: str | None, lang: str) -> str:
    """A name put into the nominative; as it stands where nothing tells that it is in another case."""
    for case in pack(lang).language.name_cases:
        words = _JOINTS.split(name)
        changed = [_changed(word, case) for word in words]
        known = title is not None and re.search(case.title, title.split()[0]) is not None
        agreeing = sum(new != old for new, old in zip(changed, words, strict=True))
        if (known and agreeing) or (title is None and case.alone and agreeing > 1 and agreeing == len(_words(name))):
            return "".join(changed)
    return name


def _words(name: str) -> Sequence[str]:
    return name.replace("-", " ").split()


def _changed(word: str, case: NameCase) -> str:
    for ending, instead in case.endings:
        if len(word) > 2 and (match := re.search(ending, word)) is not None:
            return word[: match.start()] + instead
    return word
