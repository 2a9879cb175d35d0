"""What a rule's pattern cannot match without, so that it need not be run."""

from __future__ import annotations

import re

import pytest

from kgx.extract.patterns import Index, Macros, Pattern, folded
from kgx.extract.reader import _noun_phrases, _pair_patterns
from kgx.extract.rules import matcher
from kgx.lang import languages

MACROS = Macros({"of": " of (?:the )?", "sign": "(?:sign|ink)(?:ed|s)?"})


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("[Vv]isit(?:ed|s)?", {"visit"}),
        ("(?i:VISIT)", {"visit"}),
        ("{sign}{of}{country}", {"sign of ", "signs of ", "signed of ", "ink of ", "inks of ", "inked of "}),
        (r"\bmet\b|held {words}talks", {"met", "held "}),
        (r"(?<!pre)(?=\w)talk(?!s)", {"talk"}),
        ("(?:long )?(?:ago)*", set()),
        ("met|{country}", set()),
        ("(?:ab)+c{2}", {"ab"}),
        (r"a\u0640b\d", {"a"}),
        ("(?P<a>x)(?P=a)yz", {"yz"}),
        ("[^a]bc[a-z]", {"bc"}),
    ],
)
def test_words_that_a_pattern_cannot_match_without(pattern: str, words: set[str]) -> None:
    assert set(Pattern(pattern, MACROS).words) == words


@pytest.mark.parametrize("text", ["Kıyı", "KIYI", "STRASSE", "\u017ftra\u00dfe", "\u212aelvin", "ВСТРЕЧА", "İzmir"])
def test_folding_is_as_blind_to_case_as_patterns_are(text: str) -> None:
    for letter in text:
        for other in "iksв" + text:
            if re.fullmatch(re.escape(letter), other, re.IGNORECASE):
                assert folded(letter) == folded(other)


def test_an_index_tells_which_patterns_can_match() -> None:
    patterns = [Pattern(p, MACROS) for p in ("met", "{country} met", "[a-z]+", "at|signed", "held")]
    assert Index(patterns).fitting("They MET today.", {"person"}) == [0, 2]
    assert Index(patterns).fitting("At home they met.", {"country"}) == [0, 1, 2, 3]


@pytest.mark.parametrize("lang", languages())
def test_all_patterns_of_a_language_compile(lang: str) -> None:
    """They are compiled when first run, so a fault would show late."""
    rules = matcher(lang)
    several = [p for *_, anchor, unless in rules.rules for p in (anchor, *unless)]
    several += [p for _, p in (*rules.cues, *rules.figure_cues, *rules.levels)]
    several += [*rules.unrelated, *rules.lasting, rules.clause_break, *rules.not_before, *rules.not_after]
    paths = {path for _, _, rule, *_ in rules.rules for several in rule.roles.values() for path in several}
    several += [p for path in paths if (p := rules.path(path).pattern) is not None]
    several += [p for _, p in (*_noun_phrases(lang), *_pair_patterns(lang))]
    for pattern in several:
        assert pattern.compiled.pattern
