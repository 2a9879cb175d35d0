"""Bodies of which a state has one: its senate, its ministry of foreign affairs, whatever the language.

A name is taken apart: the state's name or adjective, words that only join (`joints`), and the rest, which has to be a
body that the language's `seats.yaml` lists, whole. So 'Sénat du Kazakhstan' and '카자흐스탄 상원' meet, and nothing
that says more, or whose state nobody tells, meets anything.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache

from kgx.gazetteer import Gazetteer, demonyms
from kgx.gazetteer.data import load_yaml
from kgx.gazetteer.fold import exact, loose
from kgx.lang import languages

__all__ = ["seat_of"]

# Kind of seat and state, alpha-2.
Seat = tuple[str, str]
_COUNTRY = "country/"
_BETWEEN = re.compile(r"[\s'\-\u00b7.,()/\"]+")


@lru_cache(maxsize=16384)
def seat_of(name: str, lang: str, country: str | None) -> Seat | None:
    """The one body of its kind in its state that a name means; None of all others.

    Args:
        name: Of a body, as a text shows it.
        lang: Language of the text, ISO 639-1.
        country: The state that the text tells of it, alpha-2.
    """
    if (proper := _proper().get(_words(name))) is not None:
        return proper if country in (None, proper[1]) else None
    if country is None or lang not in languages():
        return None
    rest = _without_joints(_without_state(f" {_words(name)} ", lang, country), lang)
    found = {seat for seat, pattern in _seats(lang).items() if pattern.fullmatch(rest)}
    return (found.pop(), country) if len(found) == 1 else None


def _words(name: str) -> str:
    return " ".join(filter(None, map(loose, _BETWEEN.split(exact(name)))))


def _without_state(text: str, lang: str, country: str) -> str:
    """The name without the forms of its state, longest first; at its beginning also where no blank follows."""
    told = text
    for form in _states(lang).get(country, ()):
        told = told.replace(f" {form} ", " ")
    if told != text:
        return told
    together = next((f for f in _states(lang).get(country, ()) if len(f) > 1 and text.startswith(f" {f}")), None)
    if together is not None and _without_joints(text[len(together) + 1 :], lang):
        return text[len(together) + 1 :]
    return text


def _without_joints(text: str, lang: str) -> str:
    joints = _joints(lang)
    return " ".join(word for word in text.split() if word not in joints)


@cache
def _states(lang: str) -> Mapping[str, tuple[str, ...]]:
    """Names and adjectives of each state, longest first."""
    found: dict[str, set[str]] = {}
    for form, ids in Gazetteer.open().scan_forms(lang).items():
        if ids[0].startswith(_COUNTRY):
            found.setdefault(ids[0].removeprefix(_COUNTRY), set()).add(_words(form))
    for form, country in demonyms(lang).items():
        found.setdefault(country, set()).add(_words(form))
    return {country: tuple(sorted(forms - {""}, key=lambda f: (-len(f), f))) for country, forms in found.items()}


@cache
def _joints(lang: str) -> frozenset[str]:
    return frozenset(word for joint in load_yaml(f"lang/{lang}/seats.yaml")["joints"] for word in _words(joint).split())


@cache
def _seats(lang: str) -> Mapping[str, re.Pattern[str]]:
    listed = load_yaml(f"lang/{lang}/seats.yaml")["seats"]
    return {
        seat: re.compile("|".join(_pattern(_without_joints(_words(form), lang)) for form in forms))
        for seat, forms in listed.items()
    }


def _pattern(form: str) -> str:
    """`*` is an ending, `…` is what follows."""
    return re.escape(form).replace(r"\*", r"\w{0,3}").replace(r"\ …", r" .+").replace(" …", " .+")


@cache
def _proper() -> Mapping[str, Seat]:
    listed = load_yaml("ontology/seats.yaml")["proper"]
    return {_words(name): (str(seat), str(country)) for name, (seat, country) in listed.items()}
