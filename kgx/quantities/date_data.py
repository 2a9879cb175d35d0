"""The languages' date data: ``kgx/lang/<code>/dates.yaml``, checked, with the names of CLDR, compiled once."""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml
from babel import Locale
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from kgx.quantities.date_template import (
    DIGIT,
    NUMBER_LENGTHS,
    NUMBER_SLOTS,
    Compiled,
    TemplateError,
    alternation,
    compile_template,
)
from kgx.quantities.date_tense import Cues
from kgx.quantities.lazy import LazyPattern

__all__ = ["Folded", "Join", "Pack", "Rule", "load_pack"]

Value = int | str | bool
_ANY = frozenset({""})
# Which joins are tried before which: the parts of a date, what is counted from it, ranges, what is open.
_STAGES = (("part",), ("offset", "span"), ("range",), ("open",))
_CLDR_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DECIMALS = {
    code: str(unicodedata.decimal(chr(code)))
    for code in range(0x80, 0x1FBFA)
    if unicodedata.category(chr(code)) == "Nd"
}
# One form for dashes and tildes, spaces and slashes, so that a template names each once; lengths stay the same.
_SIGNS = (
    {ord(char): "-" for char in "‐‑‒–—―−~∼～〜－﹣"}
    | {ord(char): " " for char in "\u00a0\u2007\u2009\u202f\u3000\u200b\t"}
    | {ord("／"): "/", ord("．"): ".", ord("’"): "'", ord("‘"): "'", ord("，"): ",", ord("،"): ",", ord("（"): "(",
       ord("）"): ")", ord("։"): ".", ord("·"): "·"}
)  # fmt: skip
_FEW_SIGNS = 24
_MARKS = re.compile("[\u0300-\u036f]")


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RuleData(_Data):
    """One rule as written: templates, what a match means, and examples (``text <span> => iso``)."""

    id: str
    pattern: str | tuple[str, ...]
    means: str
    set: Mapping[str, Value] = Field(default_factory=dict)
    bound: bool = Field(default=True, description="whether the match must end with a word")
    capital: bool = Field(default=False, description="whether the text must begin with a capital letter here")
    lower: bool = Field(default=False, description="whether it must not, but at the start of a sentence")
    inner_capital: bool = Field(default=False, description="whether its last word must begin with a capital letter")
    after: tuple[str, ...] = Field(default=(), description="words, one of which must stand right before the match")
    not_after: tuple[str, ...] = Field(default=(), description="of a join: words that may not stand right before it")
    confidence: float = 0.95
    examples: tuple[str, ...] = ()
    counterexamples: tuple[str, ...] = ()

    @property
    def patterns(self) -> tuple[str, ...]:
        """The templates, always as a tuple."""
        return (self.pattern,) if isinstance(self.pattern, str) else self.pattern


class FoldData(_Data):
    """How texts of the language are folded before matching."""

    accents: bool = Field(default=False, description="whether accents are taken off Latin letters")
    map: Mapping[str, str] = Field(default_factory=dict)
    drop: str = ""


class DatesData(_Data):
    """All of one ``dates.yaml``."""

    example_published: str
    fold: FoldData = FoldData()
    cldr_months: tuple[str, ...] = ()
    cldr_weekdays: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = Field(default=(), description="what may be written onto the beginning of a date")
    suffixes: tuple[str, ...] = Field(default=(), description="what may be written onto the end of a date")
    number_joiner: str = Field(default=" ", description="template between the words of one number")
    numeric_order: str = "dmy"
    words: Mapping[str, Mapping[str, Value]] = Field(default_factory=dict)
    macros: Mapping[str, str] = Field(default_factory=dict)
    alias: Mapping[str, str] = Field(default_factory=dict, description="word tables whose values fill another slot")
    future: tuple[str, ...] = Field(default=(), description="words that tell of the future; * is any letters")
    future_before: tuple[str, ...] = Field(
        default=(), description="those that do so only before a date: 'to open on May 3', not 'agreed on May 3 to open'"
    )
    past: tuple[str, ...] = ()
    telling: tuple[str, ...] = Field(
        default=(), description="right after a date: the day on which something is told, to which no 'same day' refers"
    )
    verb_last: bool = Field(default=False, description="whether the verb, which tells the tense, follows its dates")
    rules: tuple[RuleData, ...] = ()
    joins: tuple[RuleData, ...] = ()


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text; `offsets` maps its indices to the original's, None where they are the same."""

    text: str
    offsets: array[int] | None


@dataclass(frozen=True, slots=True)
class Rule:
    """A compiled template of a rule."""

    id: str
    means: str
    given: Mapping[str, Value]
    confidence: float
    capital: bool
    lower: bool
    inner_capital: bool
    cased: bool
    """Whether it asks for anything of these."""
    after: LazyPattern | None
    groups: tuple[str, ...]
    pattern: LazyPattern
    needs: tuple[str, ...]


Side = tuple[LazyPattern, tuple[str, ...], frozenset[str]]
"""One side of a join: its expression, slots, and the signs at the end that touches the date (see `Compiled.heads`)."""


@dataclass(frozen=True, slots=True)
class Join:
    """A compiled template over one or two dates: what stands before, between and after them."""

    id: str
    means: str
    given: Mapping[str, Value]
    confidence: float
    binary: bool
    not_after: LazyPattern | None
    before: Side | None
    between: Side | None
    after: Side | None


class Stage:
    """Joins that are tried together; which of them can be, as the signs before and after a date tell."""

    def __init__(self, joins: tuple[Join, ...]) -> None:
        self._joins = joins
        self._tails = frozenset().union(*(join.before[2] for join in joins if join.before is not None))
        self._heads = frozenset().union(*(self._right(join) for join in joins))
        self._known: dict[tuple[str, str, bool], tuple[Join, ...]] = {}

    @staticmethod
    def _right(join: Join) -> frozenset[str]:
        side = join.between or join.after
        return side[2] if side is not None else _ANY

    def fitting(self, before: str, after: str, *, pair: bool) -> tuple[Join, ...]:
        """The joins of a date with these signs around it (see `Compiled.heads`); `pair`: whether one more follows."""
        key = before if before in self._tails else "", after if after in self._heads else "", pair
        found = self._known.get(key)
        if found is None:
            found = tuple(
                join
                for join in self._joins
                if (pair or not join.binary)
                and (join.before is None or join.before[2] & {"", key[0]})
                and self._right(join) & {"", key[1]}
            )
            self._known[key] = found
        return found


@dataclass(frozen=True)
class Pack:
    """A language's compiled date data."""

    lang: str
    data: DatesData
    alias: Mapping[str, str]
    words: Mapping[str, Mapping[str, Value]]
    fold: Callable[[str], Folded]
    trigger: re.Pattern[str]
    rules: tuple[Rule, ...]
    begins: Mapping[str, tuple[tuple[int, str], ...]]
    """Beginning -> the numbers of the rules that have it, each with the sign that follows."""
    index: dict[str, Mapping[str, tuple[Rule, ...]]]
    stages: tuple[Stage, ...]
    cues: Cues
    telling: re.Pattern[str] | None
    number_split: re.Pattern[str]

    def rules_at(self, begin: str) -> Mapping[str, tuple[Rule, ...]]:
        """The rules that a match of `trigger` can begin, by the sign that follows; those of '' for any other."""
        found = self.index.get(begin)
        if found is None:
            # The trigger takes the longest beginning there is; whatever else a match can begin with begins that one.
            key = " ".join(begin.split()) + (" " if begin[-1].isspace() else "")
            signs: dict[int, set[str]] = {}
            for number, sign in self.begins.get(key, ()):
                signs.setdefault(number, set()).add(sign)
            for length in range(1, len(key)) if key[0] != DIGIT else ():
                for number, _ in self.begins.get(key[:length], ()):
                    signs.setdefault(number, set()).add("")
            fitting = sorted(signs.items())
            every = {""}.union(*signs.values())
            found = {
                sign: tuple(self.rules[number] for number, told in fitting if sign in told or "" in told)
                for sign in every
            }
            self.index[begin] = found
        return found


def _translated(text: str, table: Mapping[int, str]) -> str:
    """`text.translate(table)`; the few signs that most texts have to change are faster changed one by one."""
    changed = [char for char in set(text) if ord(char) in table]
    if len(changed) > _FEW_SIGNS:
        return text.translate(table)
    for char in changed:
        text = text.replace(char, table[ord(char)])
    return text


def _folder(data: FoldData) -> Callable[[str], Folded]:
    table: dict[int, str] = dict(_DECIMALS) | _SIGNS
    if data.accents:
        for code in range(0xC0, 0x180):
            base = unicodedata.normalize("NFD", chr(code))
            if len(base) == 2:
                table[code] = base[0].lower()
    table |= {ord(char): to for char, to in data.map.items()}
    dropped = re.compile(f"[{re.escape(data.drop)}]+") if data.drop else None

    def fold(text: str) -> Folded:
        offsets: array[int] | None = None
        lowered = text.lower()
        if len(lowered) != len(text):
            lowered = "".join(low if len(low := char.lower()) == 1 else char for char in text)
        if _MARKS.search(lowered):
            pieces: list[str] = []
            offsets = array("I")
            for found in re.finditer("[^\u0300-\u036f][\u0300-\u036f]{0,9}|[\u0300-\u036f]{1,9}", lowered):
                composed = unicodedata.normalize("NFC", found[0])
                pieces.append(composed)
                offsets.extend([found.start()] * len(composed))
            lowered = "".join(pieces)
        if dropped is not None and dropped.search(lowered):
            kept: list[str] = []
            new = array("I")
            start = 0
            for found in dropped.finditer(lowered):
                kept.append(lowered[start : found.start()])
                new.extend(range(start, found.start()))
                start = found.end()
            kept.append(lowered[start:])
            new.extend(range(start, len(lowered)))
            lowered = "".join(kept)
            offsets = new if offsets is None else array("I", (offsets[i] for i in new))
        return Folded(_translated(lowered, table), offsets)

    return fold


def _left_edge(prefixes: Iterable[str]) -> str:
    """An expression for where a word can begin: after no letter, or after a prefix (those of one length as one)."""
    by_length: dict[int, list[str]] = {}
    for prefix in prefixes:
        if re.match(r"\w", prefix[-1]):  # after another sign a word begins anyway
            by_length.setdefault(len(prefix), []).append(re.escape(prefix))
    edges = [rf"(?<=(?<!\w)(?:{'|'.join(each)}))" for _, each in sorted(by_length.items())]
    return "(?:" + "|".join([r"(?<!\w)", *edges]) + ")" if edges else r"(?<!\w)"


def _telling(data: DatesData, fold: Callable[[str], str], right: str) -> re.Pattern[str] | None:
    """What stands right after a day of telling: whole words, or their beginnings where ``*`` follows."""
    if not data.telling:
        return None
    open_words = alternation(fold(word[:-1]) for word in data.telling if word[-1] == "*")
    whole = alternation(fold(word) for word in data.telling if word[-1] != "*")
    return re.compile("|".join(part for part in (open_words, f"(?:{whole}){right}" if whole else "") if part))


def _cldr_words(lang: str, data: DatesData) -> dict[str, dict[str, Value]]:
    """Month and weekday names of CLDR in the asked widths; both forms (in a date, alone)."""
    locale = Locale.parse(lang)
    months: dict[str, Value] = {}
    weekdays: dict[str, Value] = {}
    for form in ("format", "stand-alone"):
        for width in data.cldr_months:
            months |= {name: number for number, name in locale.months[form][width].items()}
        for width in data.cldr_weekdays:
            weekdays |= {name: number + 1 for number, name in locale.days[form][width].items()}
    # A name like "5월" is no word but a number with a sign; the rules have those.
    return {
        "mon": {name: value for name, value in months.items() if not name[:1].isdigit()},
        "weekday": weekdays,
    }


@cache
def load_pack(lang: str) -> Pack:
    """The date data of `lang`, compiled; the second call is free.

    Raises:
        FileNotFoundError: if there is no ``kgx/lang/<lang>/dates.yaml``.
        pydantic.ValidationError: if the file has another form.
        TemplateError: if a template is not well formed.
    """
    raw = resources.files("kgx.lang").joinpath(lang, "dates.yaml").read_text(encoding="utf-8")
    data = TypeAdapter(DatesData).validate_python(yaml.load(raw, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
    folder = _folder(data.fold)

    def fold(text: str) -> str:
        return folder(text).text

    tables: dict[str, dict[str, Value]] = _cldr_words(lang, data)
    for name, table in data.words.items():
        tables[name] = tables.get(name, {}) | dict(table)
    words = {name: {fold(word).strip("."): value for word, value in table.items()} for name, table in tables.items()}
    joiner = compile_template(data.number_joiner, slot=lambda name: ("", frozenset()), fold=fold).source

    def noughts(name: str) -> frozenset[str]:
        return frozenset(DIGIT * length for length in NUMBER_LENGTHS.get(name, ()))

    @cache
    def slot(name: str) -> tuple[str, frozenset[str]]:
        if name in NUMBER_SLOTS:
            return NUMBER_SLOTS[name], noughts(name) or frozenset({"i", "v", "x"})
        if name in ("numw", "n"):  # a number in words; or in digits or words
            table = words.get("number", {})
            if not table:
                source, firsts = "(?!)", frozenset[str]()
            else:
                each = alternation(table)
                source, firsts = f"{each}(?:{joiner}{each}){{0,7}}", frozenset(table)
            if name == "numw":
                return source, firsts
            return f"(?:{NUMBER_SLOTS['num']}|{source})", firsts | noughts("num")
        if name not in words:
            raise TemplateError(f"{lang}: no slot {name!r}")
        return f"(?:{alternation(words[name])})", frozenset(words[name])

    def expand(template: str) -> str:
        for name, body in data.macros.items():
            template = template.replace("{" + name + "}", body)
        return template

    def template(text: str) -> Compiled:
        return compile_template(expand(expand(text)), slot=slot, fold=fold)

    left = _left_edge(fold(prefix) for prefix in data.prefixes)
    right = r"(?!\w)"
    if data.suffixes:
        right = rf"(?=(?:{alternation(map(fold, data.suffixes))}){{0,2}}(?![^\W\d]))"
    no_digit = r"(?!\d)"

    def before(written: tuple[str, ...]) -> LazyPattern:
        signs = [word for word in written if not word[0].isalnum()]
        words_there = f"{left}(?:{alternation(map(fold, set(written) - set(signs)))})"
        source = "|".join([words_there, *(re.escape(fold(sign)) for sign in signs)])
        return LazyPattern(rf"(?:{source})[^\S\n]?\Z")

    rules: list[Rule] = []
    begins: dict[str, list[tuple[int, str]]] = {}
    for rule in data.rules:
        for pattern in rule.patterns:
            made = template(pattern)
            compiled = Rule(
                id=rule.id,
                means=rule.means,
                given=rule.set,
                confidence=rule.confidence,
                capital=rule.capital,
                lower=rule.lower,
                inner_capital=rule.inner_capital,
                cased=rule.capital or rule.lower or rule.inner_capital,
                after=before(rule.after) if rule.after else None,
                groups=made.groups,
                pattern=LazyPattern(made.source + (right if rule.bound else no_digit)),
                needs=tuple(sorted(made.needs)),
            )
            for first, sign in made.runs:
                begins.setdefault(first, []).append((len(rules), sign))
            rules.append(compiled)
    words_first = [begin for begin in begins if begin[0] != DIGIT]
    # The set of first signs lets the engine pass over most places at once.
    signs = "".join(sorted({re.escape(word[0]) for word in words_first}))
    trigger = re.compile(rf"(?=[0-9{signs}])(?:(?<!\d)\d+|{left}(?:{alternation(words_first)}))")

    def side(text: str, *, head: str = "", tail: str = "") -> Side:
        made = template(text)
        return LazyPattern(head + made.source + tail), made.groups, made.tails if head else made.heads

    joins = []
    for join in data.joins:
        for pattern in join.patterns:
            pre, _, rest = pattern.partition("{A}")
            binary = "{B}" in rest
            mid, _, post = rest.partition("{B}") if binary else ("", "", rest)
            joins.append(
                Join(
                    id=join.id,
                    means=join.means,
                    given=join.set,
                    confidence=join.confidence,
                    binary=binary,
                    not_after=before(join.not_after) if join.not_after else None,
                    before=side(pre, head=left, tail=r"\Z") if pre else None,
                    between=side(mid, tail=r"\Z") if binary else None,
                    after=side(post, tail=right if join.bound else no_digit) if post else None,
                )
            )

    number_table = words.get("number", {})
    return Pack(
        lang=lang,
        data=data,
        alias=dict(data.alias),
        words=words,
        fold=folder,
        trigger=trigger,
        rules=tuple(rules),
        begins={begin: tuple(numbers) for begin, numbers in begins.items()},
        index={},
        stages=tuple(
            Stage(each) for kinds in _STAGES if (each := tuple(join for join in joins if join.means in kinds))
        ),
        cues=Cues.of(data, fold),
        telling=_telling(data, fold, right),
        number_split=re.compile(alternation(number_table) if number_table else "(?!)"),
    )
