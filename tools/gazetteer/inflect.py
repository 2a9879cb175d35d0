"""Case forms of names, by the strategy a language names in its places.yaml (`inflect`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import Any, NamedTuple

_CASES = ("nomn", "gent", "datv", "accs", "ablt", "loct")
_NAME = "="


class Facts(NamedTuple):
    """What a language's places.yaml says under `inflection`.

    Attributes:
        strategy: A key of `STRATEGIES`.
        conjunction: The word for "and" that joins two names in one, "" if none does.
        unchanging: Last letters after which a name that the dictionary does not know stays as it is.
        adjective_ends: Last letters an adjective can have in its base form.
        soft: Last letters that give way to an ending.
        regular: Last letters and the endings they take in the order of the cases, "=" for the name as it stands.
    """

    strategy: str
    conjunction: str = ""
    unchanging: str = ""
    adjective_ends: str = ""
    soft: str = ""
    regular: tuple[tuple[str, tuple[str, ...]], ...] = ()


@lru_cache(maxsize=1)
def _morph() -> Any:
    import pymorphy3  # type: ignore[import-untyped, import-not-found, unused-ignore]

    return pymorphy3.MorphAnalyzer()


def _like(template: str, word: str) -> str:
    """Give a lower-case form the capitals of the name it comes from, as far as the two agree."""
    same = 0
    while same < min(len(template), len(word)) and template[same].casefold() == word[same].casefold():
        same += 1
    return template[:same] + word[same:]


def _nominatives(word: str) -> list[Any]:
    """Readings of a word as a nominative noun or adjective, place names first."""
    readings = [p for p in _morph().parse(word) if p.tag.POS in ("NOUN", "ADJF", "PRTF") and p.tag.case == "nomn"]
    return sorted(readings, key=lambda p: (("Geox" not in p.tag), -p.score))


def _known(word: str) -> bool:
    return bool(_morph().word_is_known(word))


def _cases(word: str, reading: Any) -> dict[str, set[str]]:
    """All forms of a reading, by case."""
    number = reading.tag.number
    forms: dict[str, set[str]] = {}
    for case in _CASES:
        wanted = {case} if number is None else {case, number}
        # Masculine and plural adjectives have two accusatives; places are inanimate.
        double = case == "accs" and reading.tag.POS != "NOUN" and reading.tag.gender in ("masc", None)
        inflected = reading.inflect(wanted | {"inan"}) if double else None
        inflected = inflected or reading.inflect(wanted)
        forms[case] = {_like(word, inflected.word if inflected else word.casefold())}
    return forms


def _regular(word: str, facts: Facts) -> dict[str, set[str]]:
    """Forms of a foreign name the dictionary takes to be unchanging, by its last letter."""
    endings = next((found for letters, found in facts.regular if word[-1:] in letters), None)
    if endings is None:
        return {case: {word} for case in _CASES}
    stem = word[:-1] if word[-1] in facts.soft else word
    return {
        case: {word if ending == _NAME else stem + ending for ending in found.split("/")}
        for case, found in zip(_CASES, endings, strict=True)
    }


def _one(word: str, facts: Facts) -> dict[str, set[str]]:
    """Forms of a single word, by case; a word that does not inflect has itself in every case."""
    still = {case: {word} for case in _CASES}
    if word.isupper() or (word.casefold().endswith(tuple(facts.unchanging)) and not _known(word.casefold())):
        return still
    last = word.rsplit("-", 1)[-1]
    readings = _nominatives(word.casefold())
    if "-" in word and not _known(word.casefold()) and not (readings and readings[0].tag.POS != "NOUN"):
        if last.casefold().endswith(tuple(facts.unchanging)) and not _known(last.casefold()):
            return still
        head = word[: len(word) - len(last)]
        return {case: {head + form for form in forms} for case, forms in _one(last, facts).items()}
    forms = _cases(word, readings[0]) if readings else still
    if len(set().union(*forms.values())) == 1:
        return _regular(word, facts)
    for other in readings[1:]:
        # A soft sign may end a masculine or a feminine name; where the dictionary is silent, both are kept.
        if not _known(word.casefold()) and other.tag.gender != readings[0].tag.gender and other.tag.POS == "NOUN":
            for case, more in _cases(word, other).items():
                forms[case] |= more
    return forms


def _joined(parts: list[dict[str, set[str]]]) -> set[str]:
    """Phrases whose parts agree in case."""
    phrases: set[str] = set()
    for case in _CASES:
        heads = [""]
        for part in parts:
            heads = [f"{head} {form}".strip() for head in heads for form in sorted(part[case])]
        phrases.update(heads)
    return phrases


def _phrase(words: list[str], facts: Facts) -> set[str]:
    adjectives = 0
    while adjectives < len(words) - 1:
        readings = _nominatives(words[adjectives].casefold())
        if not readings or readings[0].tag.POS == "NOUN" or words[adjectives][-1] not in "йяеё":
            break
        adjectives += 1
    still = [{case: {word} for case in _CASES} for word in words]
    first = words[adjectives].casefold()
    readings = _nominatives(first)
    common = bool(readings) and _known(first) and not ({"Geox", "Name", "Surn"} & set(readings[0].tag.grammemes))
    if adjectives or (common and len(words) > 1):
        # "Central Asia", "Republic of …": everything up to the head noun inflects, what follows it stands still.
        head = adjectives
        parts = [_one(word, facts) for word in words[: head + 1]] + still[head + 1 :]
        phrases = _joined(parts)
        if common and head + 2 == len(words):
            phrases |= _joined([_one(word, facts) for word in words])
        return phrases
    # "Ho Chi Minh": only the last part of a foreign name inflects.
    return _joined(still[:-1] + [_one(words[-1], facts)])


def _by_case(name: str, facts: Facts) -> dict[str, set[str]]:
    parts = [_one(word, facts) for word in name.split()]
    return {case: _joined([dict.fromkeys(_CASES, part[case]) for part in parts]) for case in _CASES}


@cache
def _pymorphy3(name: str, facts: Facts) -> tuple[str, ...]:
    joint = f" {facts.conjunction} "
    if facts.conjunction and joint in name:
        left, right = (_by_case(part, facts) for part in name.split(joint, 1))
        return tuple(sorted({f"{a}{joint}{b}" for case in _CASES for a in left[case] for b in right[case]} | {name}))
    words = name.split()
    if not words:
        return (name,)
    forms = _phrase(words, facts) if len(words) > 1 else set().union(*_one(words[0], facts).values())
    return tuple(sorted(forms | {name}))


STRATEGIES: dict[str, Callable[[str, Facts], tuple[str, ...]]] = {"pymorphy3": _pymorphy3}


def facts_of(data: Mapping[str, Any]) -> Facts:
    """Read the entry `inflection` of a places.yaml.

    Args:
        data: The entry.

    Returns:
        The same, checked for unknown keys (TypeError) and hashable.
    """
    regular = tuple((str(letters), tuple(endings)) for letters, endings in data.get("regular", {}).items())
    return Facts(**{**data, "regular": regular})


def inflect(name: str, *, facts: Facts | None) -> tuple[str, ...]:
    """Return a name in every case form.

    Args:
        name: The name in its base form.
        facts: The language's inflection; None for a language whose names do not inflect.

    Returns:
        The forms, sorted, the base form among them.

    Raises:
        KeyError: If the facts name no known strategy.
    """
    return (name,) if facts is None else STRATEGIES[facts.strategy](name, facts)
