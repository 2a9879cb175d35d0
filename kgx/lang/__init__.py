"""Language packs: what a native speaker reviews, as data.

A language is a folder ``kgx/lang/<code>/`` of YAML files, discovered by listing. Here they are read, expanded and
checked; all faults are reported at once, with file and key.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from importlib.resources import files
from typing import Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kgx.errors import DataError

Phrases = Mapping[str, tuple[str, ...]]
M = TypeVar("M", bound=BaseModel)


class PackModel(BaseModel):
    """Base of pack data: immutable, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class FurniturePattern(PackModel):
    """A line or part of one that is page furniture; group ``value`` of the pattern, if any, is what it tells."""

    kind: Literal["date_line", "source", "credit", "byline", "agency", "comments"]
    pattern: str


class NameCase(PackModel):
    """A case in which names stand: how the title beside one shows it, and what its endings are in the nominative."""

    title: str = Field(description="pattern of the first word of a title in this case")
    alone: bool = Field(default=False, description="whether two parts that agree tell the case where no title does")
    endings: tuple[tuple[str, str], ...] = Field(description="[pattern, what the nominative has instead]")


class LanguageData(PackModel):
    """``language.yaml``: the outward facts of a language."""

    name: str
    edges: Literal["words", "free"] = Field(
        default="words", description="whether what rules and cues look for begins and ends with a word"
    )
    titles: Literal["before", "after"] = Field(default="before", description="where a title stands, seen from the name")
    prefixes: tuple[str, ...] = Field(default=(), description="clitics written before a name in the same word")
    suffixes: tuple[str, ...] = Field(default=(), description="particles written after a name in the same word")
    outside_names: tuple[str, ...] = Field(
        default=(), description="words that no person's or place's name begins or ends with"
    )
    compounds: tuple[str, ...] = Field(
        default=(), description="words that hold neither a name nor a title, though a part of them looks it"
    )
    names_before_titles: tuple[str, ...] = Field(
        default=(), description="what names right before a title look like, with what may stand between; group name"
    )
    names_before_states: tuple[str, ...] = Field(
        default=(), description="what names before a title that begins with its state look like; group name"
    )
    names_again: bool = Field(
        default=False, description="whether a surname alone, of somebody named in full, is looked for beside the model"
    )
    joins: str = Field(default="(?!)", description="pattern of what stands between two names of one kind")
    name_cases: tuple[NameCase, ...] = Field(default=(), description="cases in which names stand")
    name_endings: tuple[str, ...] = Field(
        default=(), description="endings of cases, folded, in which two forms of one name may differ"
    )
    within: str = Field(
        default="(?!)", description="pattern of what stands between a place and the state in which it lies, but a comma"
    )
    article: str = Field(
        default="", description="written as one word with a title that stands alone, not with one that goes on"
    )
    contractions: Mapping[str, str] = Field(
        default={}, description="what stands before a name in its word -> what the name has lost to it"
    )
    powers: Mapping[str, tuple[str, ...]] = Field(
        default={}, description="alpha-2 -> seats of power by which a press calls it, as written ('the White House')"
    )
    locatives: str = Field(
        default="(?!)",
        description="pattern of where a seat of power, written {power}, is but a place ('at the {power}')",
    )
    other_houses: str = Field(
        default="(?!)", description="pattern of other places whose names hold that of a seat of power ('Kazan Kremlin')"
    )
    homes: Mapping[str, tuple[str, ...]] = Field(
        default={}, description="alpha-2 -> patterns by which a press shows that this is its own state, left unsaid"
    )
    home_names: Mapping[str, str] = Field(default={}, description="alpha-2 -> what names of its people look like")
    abbreviations: tuple[str, ...] = Field(default=(), description="end in a full stop that ends no sentence")
    endings: Mapping[str, tuple[str, ...]] = Field(default={}, description="named inflections for {name} in phrases")
    furniture: tuple[FurniturePattern, ...] = ()


class NounPhrase(PackModel):
    """How mentions join into one: a title and its bearer, a body and its state.

    The pattern is a regular expression over the reduced sentence (see `kgx.extract.reduce`); its groups are named
    after the part that each mention plays. Where two share a title, group ``other`` is the second bearer, who takes
    the office and his own ``other_state``, ``other_nationality`` or ``other_place``.
    """

    id: str
    makes: str = Field(description="group of the pattern whose mention stays and takes the others in")
    pattern: str
    when: Mapping[str, tuple[str, ...]] = Field(
        default={},
        description="group -> subkinds or office kinds, one of which its mention must have (none: it has none)",
    )
    said: Mapping[str, str] = Field(default={}, description="group -> pattern of the words of its mention")
    one_state: bool = Field(default=False, description="whether its mentions must be of one state")
    posts: Mapping[str, str] = Field(
        default={},
        description="what group `post` of the pattern matches -> alpha-2 of the state that an envoy is sent to",
    )
    examples: tuple[str, ...] = ()


class GrammarData(PackModel):
    """``grammar.yaml``: how noun phrases, coordination and reference are written."""

    macros: Mapping[str, str] = {}
    noun_phrases: tuple[NounPhrase, ...] = ()
    conjunction: str = Field(default="(?!)", description="what stands between coordinated mentions")
    subject: tuple[str, ...] = Field(default=(), description="where the subject of a sentence stands; group subject")
    carry: Literal["always", "pronoun"] = Field(
        default="always",
        description="where the subject before holds on: in a sentence without one, or only for a pronoun",
    )
    pronouns: tuple[str, ...] = Field(default=(), description="refer to the subject before")
    nearest: tuple[str, ...] = Field(default=(), description="refer to the person mentioned last ('the latter')")
    country_pairs: tuple[str, ...] = Field(default=(), description="'the two countries'")
    body_pairs: tuple[str, ...] = Field(default=(), description="'the two parties', 'both ministries'")
    person_pairs: tuple[str, ...] = Field(default=(), description="'the two leaders'")
    capital_of: tuple[str, ...] = Field(
        default=(), description="'the Kenyan capital': a state's capital that is not named, with group `state`"
    )
    pair_titles: tuple[NounPhrase, ...] = Field(
        default=(), description="a title in the plural that alone means the two persons spoken of: 'the ministers'"
    )
    capitals: tuple[str, ...] = Field(
        default=(),
        description="where a capital speaks for its state; groups capital, capital2: read so only if all are capitals",
    )
    no_titles: tuple[str, ...] = Field(
        default=(), description="words that the model takes for a title though they only point to one ('counterpart')"
    )
    former_before: str = Field(
        default="(?!)", description="before a title, or as its first letters: whose bearer holds it no more"
    )
    former_after: str = Field(default="(?!)", description="the same after a title")
    pair_heads: tuple[str, ...] = Field(
        default=(), description="what a compound of two short state names goes with, where nothing stands between them"
    )
    pair_veto: tuple[str, ...] = Field(default=(), description="words that only look like two short state names")


class Rule(PackModel):
    """One way in which a language tells a fact: an anchor, vetoes, and where its roles stand."""

    id: str
    anchor: str
    unless: tuple[str, ...] = Field(default=(), description="patterns that veto the anchor within its sentence")
    needs: tuple[str, ...] = Field(default=(), description="roles without which the anchor tells nothing")
    roles: Mapping[str, tuple[str, ...]] = Field(default={}, description="role -> paths, best first")
    status: str | None = None
    level: str | None = None
    values: Mapping[str, str] = Field(default={}, description="fixed properties of the fact: its measure, its status")
    pairs: tuple[str, ...] = Field(default=(), description="twinnings: patterns with groups a, b (c, d, e) of places")
    examples: tuple[str, ...] = ()
    counterexamples: tuple[str, ...] = ()


class Cue(PackModel):
    """Words near an anchor that tell whether it happened."""

    status: str
    pattern: str
    side: Literal["before", "after", "around"] = "around"
    within: int = Field(default=60, description="how far from the anchor, in code points of the reduced sentence")


class Negations(PackModel):
    """What says that something was not done, right before a verb or noun that tells it, or right after."""

    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


class RulesData(PackModel):
    """``rules.yaml``: how a language tells each kind of fact."""

    events: Mapping[str, tuple[Rule, ...]] = {}
    agreements: tuple[Rule, ...] = ()
    figures: tuple[Rule, ...] = ()
    twinnings: tuple[Rule, ...] = ()
    relations: tuple[Rule, ...] = ()
    ranks: tuple[Rule, ...] = ()
    cues: tuple[Cue, ...] = ()
    figure_cues: tuple[Cue, ...] = ()
    negations: Negations = Negations()
    levels: Mapping[str, tuple[str, ...]] = {}
    places: tuple[str, ...] = Field(default=(), description="paths to the place of an event whose rule tells none")
    lasting: tuple[str, ...] = Field(default=(), description="words that say that a visit lasts several days")
    subjects: tuple[str, ...] = Field(default=(), description="paths from an agreement to what it is about")
    clause_break: str = ";"
    unrelated: tuple[str, ...] = Field(
        default=(),
        description="words of sport, crime, business, the stage: where they rule a document, it tells no facts",
    )
    dates: Literal["before", "around"] = Field(
        default="around", description="where a date stands, seen from the verb or noun that it dates"
    )


class Pack:
    """One language: its data files, read when first asked for."""

    def __init__(self, code: str) -> None:
        self.code = code

    @cached_property
    def language(self) -> LanguageData:
        """What `language.yaml` says."""
        return _read(self.code, "language", LanguageData)

    @cached_property
    def grammar(self) -> GrammarData:
        """What `grammar.yaml` says."""
        return _read(self.code, "grammar", GrammarData)

    @cached_property
    def rules(self) -> RulesData:
        """What `rules.yaml` says."""
        return _read(self.code, "rules", RulesData)

    def phrases(self, name: str) -> Phrases:
        """A file of the form ``value: [phrase, …]``, its phrases expanded; empty where the language has none."""
        raw = read_yaml(self.code, name) or {}
        if not isinstance(raw, dict):
            raise DataError([f"{self.code}/{name}.yaml: not a mapping"])
        endings = self.language.endings
        return {
            str(key): tuple(dict.fromkeys(form for item in items or () for form in expand(str(item), endings)))
            for key, items in raw.items()
        }


@cache
def languages() -> tuple[str, ...]:
    """Codes of all languages that have a pack, sorted."""
    return tuple(sorted(f.name for f in files("kgx.lang").iterdir() if f.is_dir() and (f / "language.yaml").is_file()))


@cache
def office_titles(code: str) -> Mapping[str, str]:
    """Titles of the lexicon of a language in lower case, each with what it means; of several, the last by name."""
    folded: dict[str, str] = {}
    for value, titles in pack(code).phrases("offices").items():
        for title in titles:
            folded[title.lower()] = max(value, folded.get(title.lower(), value))
    return folded


@cache
def pack(code: str) -> Pack:
    """The pack of a language.

    Raises:
        KeyError: there is no such pack.
    """
    if code not in languages():
        raise KeyError(code)
    return Pack(code)


@cache
def _named_rules(code: str) -> Mapping[str, Rule | NounPhrase]:
    rules = pack(code).rules
    several = (rules.agreements, rules.figures, rules.twinnings, rules.relations, rules.ranks, *rules.events.values())
    found: dict[str, Rule | NounPhrase] = {rule.id: rule for group in several for rule in group}
    return found | {phrase.id: phrase for phrase in pack(code).grammar.noun_phrases}


def find_rule(name: str) -> Rule | NounPhrase | None:
    """The rule that a piece of evidence names (``fr/visit/went``); None where a lexicon or the model read it."""
    code, _, own = name.partition("/")
    return _named_rules(code).get(own) if code in languages() else None


def read_yaml(code: str, name: str) -> Any:
    """The content of one file of a pack, or None where it has no such file."""
    file = files("kgx.lang") / code / f"{name}.yaml"
    if not file.is_file():
        return None
    try:
        return yaml.load(file.read_text(encoding="utf8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        raise DataError([f"{code}/{name}.yaml: {error}"]) from error


def _read(code: str, name: str, model: type[M]) -> M:
    try:
        return model.model_validate(read_yaml(code, name) or {})
    except ValidationError as error:
        faults = [f"{code}/{name}.yaml: {'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
        raise DataError(faults) from error


_SIGN = re.compile(r"[()|]|\{(\w+)\}")


def expand(phrase: str, endings: Mapping[str, tuple[str, ...]] | None = None) -> Iterator[str]:
    """All forms of a phrase: ``président(e)`` is two, ``(a|b) c`` two, ``министр{noun}`` one for each named ending.

    Groups may nest; a group without ``|`` may be left out. Blanks are tidied.

    Raises:
        ValueError: parentheses do not match.
        KeyError: an ending is not defined.
    """
    forms, at = _alternatives(phrase, 0, endings or {})
    if at != len(phrase):
        raise ValueError(f"unmatched ) in {phrase!r}")
    for form in forms:
        yield " ".join(form.split())


def _alternatives(phrase: str, at: int, endings: Mapping[str, tuple[str, ...]]) -> tuple[list[str], int]:
    """Forms from `at` up to the closing parenthesis or the end, and where that is."""
    done: list[str] = []
    current = [""]
    while True:
        sign = _SIGN.search(phrase, at)
        stop = sign.start() if sign else len(phrase)
        current = [form + phrase[at:stop] for form in current]
        if sign is None or sign.group() == ")":
            return [*done, *current], stop
        at = sign.end()
        if sign.group() == "|":
            done, current = [*done, *current], [""]
        elif sign.group() == "(":
            inner, at = _alternatives(phrase, at, endings)
            if at >= len(phrase):
                raise ValueError(f"unmatched ( in {phrase!r}")
            if "|" not in phrase[sign.end() : at]:
                inner = ["", *inner]
            at += 1
            current = [form + more for form in current for more in inner]
        else:
            current = [form + ending for form in current for ending in endings[sign[1]]]
