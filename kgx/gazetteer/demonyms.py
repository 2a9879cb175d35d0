"""Nationality words: from the forms a text shows to ISO 3166-1 alpha-2 codes.

`kgx/lang/<code>/demonyms.yaml` lists base forms per country and says how they inflect:

* `prefixes`: put before every form as well (the Arabic article);
* `paradigms`: a list of `{ending, forms}`; a base form that ends with `ending` has that ending replaced by each of
  `forms`. The longest ending wins; a base form that matches none stands as it is;
* `words`: country code to base forms; a base form written with a final "=" is taken as it stands;
* `pair_paradigms` and `pairs`: the same for the forms that stand in compounds of two countries ("franco-", "한");
* `before_titles`: those of the short forms that name a country before a title too ("미 국무장관").
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import Any

from kgx.gazetteer.data import load_yaml
from kgx.gazetteer.fold import exact

_AS_IT_STANDS = "="


def expand(base: str, *, paradigms: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Inflect a base form by the ending it has.

    Args:
        base: Base form, or a form that is not to be inflected, with a final "=".
        paradigms: Entries with `ending` and `forms`.

    Returns:
        All forms, without repeats, in the order of the paradigm.
    """
    if base.endswith(_AS_IT_STANDS):
        return (base[: -len(_AS_IT_STANDS)],)
    fitting = [paradigm for paradigm in paradigms if base.endswith(paradigm["ending"])]
    if not fitting:
        return (base,)
    chosen = max(fitting, key=lambda paradigm: len(paradigm["ending"]))
    stem = base[: len(base) - len(chosen["ending"])]
    return tuple(dict.fromkeys(stem + form for form in chosen["forms"]))


def _expanded(
    words: Mapping[str, Iterable[str]], *, paradigms: Sequence[Mapping[str, Any]], prefixes: Sequence[str]
) -> dict[str, str]:
    forms: dict[str, str] = {}
    for country, bases in words.items():
        for base in bases:
            for form in expand(base, paradigms=paradigms):
                for prefix in prefixes:
                    # The first country to claim a form keeps it: the file's order settles what is ambiguous.
                    forms.setdefault(exact(prefix + form), country)
    return forms


@cache
def demonyms(lang: str) -> Mapping[str, str]:
    """Return every inflected nationality adjective and noun of a language.

    Args:
        lang: ISO 639-1.

    Returns:
        Case-folded form (`fold.exact`) to alpha-2 code, "EU" for the European Union. Empty for an unknown language.
    """
    data = load_yaml(f"lang/{lang}/demonyms.yaml")
    return MappingProxyType(
        _expanded(data.get("words", {}), paradigms=data.get("paradigms", ()), prefixes=("", *data.get("prefixes", ())))
    )


@cache
def are_capitalized(lang: str) -> bool:
    """Return whether a language writes nationality words with a capital letter, so that others are no such words.

    Args:
        lang: ISO 639-1.
    """
    return bool(load_yaml(f"lang/{lang}/demonyms.yaml").get("capitalized", False))


@cache
def pair_forms(lang: str) -> Mapping[str, str]:
    """Return the short forms that name a country only beside another one ("franco-", "한·러", "Việt - Nga").

    Args:
        lang: ISO 639-1.

    Returns:
        Case-folded form to alpha-2 code. What may stand between the two is `pair_joints` in the language's file.
    """
    data = load_yaml(f"lang/{lang}/demonyms.yaml")
    paradigms = data.get("pair_paradigms", ())
    listed = _expanded(data.get("pairs", {}), paradigms=(), prefixes=("",))
    # Compound forms follow from the adjectives only where the language's data gives an ending for it.
    fitting = {
        country: [base for base in bases if any(base.endswith(paradigm["ending"]) for paradigm in paradigms)]
        for country, bases in data.get("words", {}).items()
    }
    derived = _expanded(fitting, paradigms=paradigms, prefixes=("",))
    return MappingProxyType({**derived, **listed})


@cache
def title_forms(lang: str) -> Mapping[str, str]:
    """Return the short forms that name a country before a title, with its alpha-2 code.

    Args:
        lang: ISO 639-1.
    """
    listed = load_yaml(f"lang/{lang}/demonyms.yaml").get("before_titles", ())
    return MappingProxyType({form: pair_forms(lang)[exact(form)] for form in listed})


@cache
def pair_joints(lang: str) -> tuple[str, ...]:
    """Return what may stand between the two short forms of a pair, "" if they may touch.

    Args:
        lang: ISO 639-1.

    Returns:
        The joints, in the order of the language's file.
    """
    return tuple(load_yaml(f"lang/{lang}/demonyms.yaml").get("pair_joints", ()))
