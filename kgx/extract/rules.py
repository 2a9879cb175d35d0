"""The rule engine: an anchor in a reduced sentence, vetoes, and paths from it to the roles around it.

A path says where a role stands, seen from the anchor:

* ``< PATTERN`` to its left, the match nearest to it; ``> PATTERN`` to its right, likewise; ``@ PATTERN`` anywhere;
* ``= NAME`` a named group of the anchor's own pattern;
* ``subject`` the subject of the sentence (carried over where it has a pronoun or none), if it stands before the anchor
  or nowhere; ``topic`` the subject wherever it stands;
  ``previous`` the subject of the sentence before; ``countries`` the two states that the document is about;
  ``persons`` the two persons mentioned last; ``there`` the place mentioned last before the anchor;
  ``him`` whom a pronoun means: the person mentioned last before the anchor in its sentence, else the subject of
  the sentence before, else the person named last in that.

The role is the last mention in the pattern, or the one named ``slot``. A path is first tried up to the next anchor or
clause break, then over the whole sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import NamedTuple

from kgx.extract.bearers import last_mentioned, pair_of
from kgx.extract.patterns import Index, Pattern, compile_rule
from kgx.extract.reader import Reader, Sentence
from kgx.extract.reduce import CLASSES, Atom, block, marks, spots
from kgx.lang import Cue, Pack, Rule, pack
from kgx.ontology import office_kind, office_kinds

_CLASS = re.compile(r"\{(?:([a-z]\w*):)?([a-z_]\w*)\}")
_DATES = {"date", "dates"}
# A date this far from every anchor (clause breaks count forty) dates none of them.
_FAR = 110
# So many sentences of another kind make a document one of it, though officials are named.
_UNRELATED = 2
_PERSONS = {"person", "persons"}
_PLACED = ("<", ">", "@")
# A negation stands this near to what it denies.
_NEGATED = 60
_NOWHERE = {"countries", "persons", "previous", "there", "him"}


@dataclass
class Draft:
    """What a rule found: an anchor and the mentions in its roles, not yet a fact."""

    kind: str
    name: str
    rule: Rule
    sentence: Sentence
    start: int
    end: int
    match: re.Match[str]
    roles: dict[str, tuple[Atom, ...]] = field(default_factory=dict)
    reach: tuple[int, int] = (0, 0)
    dates: list[Atom] = field(default_factory=list)
    near: list[tuple[int, int, Atom]] = field(default_factory=list)
    status: str | None = None

    @property
    def id(self) -> str:
        """The rule's full name."""
        return self.rule.id


class Path(NamedTuple):
    """Where a role stands: the sign and what follows it; `at_once`: right after the anchor."""

    sign: str
    rest: str
    pattern: Pattern | None
    at_once: bool


def _path(pattern: str, macros: Mapping[str, str]) -> Pattern:
    if "{slot:" not in pattern:
        mentions = [match for match in _CLASS.finditer(pattern) if match[2] in CLASSES]
        if not mentions:
            raise KeyError(f"no mention in path {pattern!r}")
        chosen = mentions[-1]
        pattern = f"{pattern[: chosen.start()]}{{slot:{chosen[2]}}}{pattern[chosen.end() :]}"
    return compile_rule(pattern, macros)


def _is_official(atom: Atom, *, local: bool = False) -> bool:
    """Whether a mention is an official of a state (of a town or province, if local), or a group with one."""
    kinds = (office_kind(t.mention.value or "other", None) for part in atom.parts for t in part.titles)
    return any(office_kinds()[kind].diplomatic and office_kinds()[kind].local == local for kind in kinds)


class Matcher:
    """All rules of a language, compiled, ready to be run over a document."""

    def __init__(self, lang: str) -> None:
        self.pack: Pack = pack(lang)
        rules = self.pack.rules
        self.macros = self.pack.grammar.macros
        self._paths: dict[str, Path] = {}
        self.unrelated = [compile_rule(pattern, self.macros) for pattern in rules.unrelated]
        self.lasting = [compile_rule(pattern, self.macros) for pattern in rules.lasting]
        self.clause_break = compile_rule(rules.clause_break, self.macros)
        named: list[tuple[str, str, Rule]] = [
            ("event", name, rule) for name, several in rules.events.items() for rule in several
        ]
        for kind in ("agreements", "figures", "twinnings", "relations", "ranks"):
            named += [(kind.removesuffix("s"), kind, rule) for rule in getattr(rules, kind)]
        self.rules = [
            (kind, name, rule, self._word(rule.anchor), [compile_rule(veto, self.macros) for veto in rule.unless])
            for kind, name, rule in named
        ]
        self.anchors = Index([anchor for *_, anchor, _ in self.rules])
        self.cues = self._cues(rules.cues)
        self.figure_cues = self._cues(rules.figure_cues)
        self.not_before = [compile_rule(f"(?:{pattern})$", self.macros) for pattern in rules.negations.before]
        self.not_after = [compile_rule(pattern, self.macros) for pattern in rules.negations.after]
        self.levels = [(level, compile_rule(p, self.macros)) for level, ps in rules.levels.items() for p in ps]

    def _word(self, pattern: str) -> Pattern:
        """The pattern of what must begin and end where a word does, in languages where rules look for words."""
        whole = f"(?<![^\\W\\d_])(?:{pattern})(?![^\\W\\d_])" if self.pack.language.edges == "words" else pattern
        return compile_rule(whole, self.macros)

    def _cues(self, cues: Sequence[Cue]) -> list[tuple[Cue, Pattern]]:
        return [(cue, self._word(cue.pattern)) for cue in cues]

    def path(self, path: str) -> Path:
        """A path of a rule, its pattern ready to be run."""
        if path not in self._paths:
            sign, _, rest = path.partition(" ")
            pattern = rest.removeprefix("^") if sign == ">" else rest
            placed = _path(pattern, self.macros) if sign in _PLACED else None
            self._paths[path] = Path(sign, rest, placed, at_once=pattern != rest)
        return self._paths[path]

    def is_unrelated(self, reader: Reader) -> bool:
        """Whether a document is news of another kind: more sentences of it than sentences with an official.

        Where nobody in office is named, not even a mayor, one sentence of it is enough.
        """
        if not self.unrelated:
            return False
        other = official = local = 0
        for sentence in reader.sentences:
            other += any(pattern.search(sentence.reduced.text) for pattern in self.unrelated)
            atoms = [sentence.reduced.atoms[c] for c in marks(sentence.reduced.text)]
            official += any(map(_is_official, atoms))
            local += any(_is_official(atom, local=True) for atom in atoms)
        return other > official and (other >= _UNRELATED or not official + local)

    def drafts(self, sentence: Sentence, reader: Reader) -> list[Draft]:
        """All that the rules find in a sentence; of overlapping anchors of one kind, the rule listed first."""
        text, types = sentence.reduced.text, sentence.reduced.types
        found: list[Draft] = []
        for number in self.anchors.fitting(text, types):
            kind, name, rule, anchor, unless = self.rules[number]
            matches = list(anchor.compiled.finditer(text))
            if matches and not any(veto.search(text) for veto in unless):
                found += [Draft(kind, name, rule, sentence, m.start(), m.end(), m) for m in matches]
        complete: list[Draft] = []
        for draft in found:  # in the order of the rules
            if any(d.kind == draft.kind and d.name == draft.name and _overlap(d, draft) for d in complete):
                continue
            self._fill(draft, [d for d in found if not _overlap(d, draft)], reader, types)
            if all(draft.roles.get(role) for role in draft.rule.needs):
                complete.append(draft)
        # A tie that is not, and a figure that was not reached, are nothing; a meeting that was not held is told so.
        complete = [d for d in complete if d.kind in ("event", "agreement", "figure") or not self._is_negated(d)]
        complete.sort(key=lambda d: (d.start, d.end, d.kind, d.name))
        self._give_dates(complete, sentence)
        for draft in complete:
            draft.status = self._status(draft)
        return complete

    def _status(self, draft: Draft) -> str | None:
        """What the rule says, unless words around it say that it is less than that."""
        if draft.kind in ("event", "agreement") and self._is_negated(draft):
            return "denied"
        told = self.status(draft)
        if draft.rule.status == "occurred" or (draft.rule.status and told not in ("proposed", "cancelled", "denied")):
            return draft.rule.status
        return told

    def _is_negated(self, draft: Draft) -> bool:
        """Whether the words beside an anchor say that it did not come about: 'did not meet', 'No accord was signed'."""
        text = draft.sentence.reduced.text
        before, after = text[max(0, draft.start - _NEGATED) : draft.start], text[draft.end : draft.end + _NEGATED]
        return any(p.search(before) for p in self.not_before) or any(p.match(after) for p in self.not_after)

    def _fill(self, draft: Draft, others: Sequence[Draft], reader: Reader, types: set[str | None]) -> None:
        text = draft.sentence.reduced.text
        left = max([0, *(d.end for d in others if d.end <= draft.start and d.kind == draft.kind)])
        right = min([len(text), *(d.start for d in others if d.start >= draft.end and d.kind == draft.kind)])
        for stop in self.clause_break.finditer(text):
            if stop.end() <= draft.start:
                left = max(left, stop.end())
            elif stop.start() >= draft.end:
                right = min(right, stop.start())
                break
        low, high = draft.start, draft.end
        told = dict(draft.rule.roles)
        if draft.kind == "event":
            told.setdefault("place", self.pack.rules.places)
        for role, paths in told.items():
            # Paths that stand nowhere in the sentence ('countries') wait until all that do have been tried.
            fixed = tuple(p for p in paths if p.partition(" ")[0] in _NOWHERE)
            placed = tuple(p for p in paths if p not in fixed) or fixed
            for window, tried in (((left, right), placed), ((0, len(text)), paths)):
                hit = next((h for path in tried if (h := self._follow(path, draft, window, reader, types))), None)
                if hit is not None:
                    atoms, span = hit
                    draft.roles[role] = atoms
                    if span is not None:
                        low, high = min(low, span[0]), max(high, span[1])
                    break
        draft.reach = (low, high)

    def _follow(
        self, path: str, draft: Draft, window: tuple[int, int], reader: Reader, types: set[str | None]
    ) -> tuple[tuple[Atom, ...], tuple[int, int] | None] | None:
        sentence = draft.sentence
        reduced = sentence.reduced
        text = reduced.text
        sign, rest, pattern, at_once = self.path(path)
        if pattern is not None:
            if not pattern.has_mentions(types):
                return None
            hit: re.Match[str] | None
            match sign:
                case "<":
                    hit = next(reversed([*pattern.finditer(text[: draft.start], window[0])]), None)
                case ">":
                    # Cut, so that a rule can say "up to the end"; looking back over the start stays possible.
                    before = text[: window[1]]
                    hit = (pattern.match if at_once else pattern.search)(before, draft.end)
                case _:
                    hit = pattern.search(text, window[0], window[1])
            return _slot(hit, reduced.atoms) if hit else None
        match sign:
            case "=":
                char = draft.match.groupdict().get(rest)
                at = draft.match.start(rest) if char else 0
                return ((reduced.atoms[char],), (at, at + 1)) if char else None
            case "subject" | "topic":
                if sentence.subject is None:
                    return None
                spots = [text.find(char) for char, atom in reduced.atoms.items() if atom is sentence.subject]
                where = min((spot for spot in spots if spot >= 0), default=None)
                if sentence.carried or where is None:
                    return (sentence.subject,), None
                if sign == "subject" and where > draft.start:
                    return None
                return (sentence.subject,), (where, where + 1)
            case "countries":
                pair = reader.main_countries[:2]
                return (tuple(country_atom(c) for c in pair), None) if len(pair) == 2 else None
            case "previous":
                earlier = reader.sentences[sentence.index - 1].subject if sentence.index else None
                if earlier is None or earlier is sentence.subject or "person" not in earlier.type:
                    return None
                return (earlier,), None
            case "persons":
                pair_of = last_mentioned(sentence, reader, ("person",), 2)
                return (pair_of, None) if pair_of else None
            case "there":
                at = reduced.span(draft.start, draft.end).start
                place = last_mentioned(sentence, reader, ("place", "country"), 1, before=at)
                return (place, None) if place else None
            case "him":
                meant = _meant(draft, reader)
                return ((meant,), None) if meant is not None else None
        raise ValueError(f"{draft.rule.id}: not a path: {path!r}")

    def _give_dates(self, drafts: Sequence[Draft], sentence: Sentence) -> None:
        """Each date to the anchor nearest to it; one that opens the sentence to all that have no other.

        A rule whose date stands nowhere (an empty list of paths) leaves all to the others.
        """
        drafts = [draft for draft in drafts if draft.rule.roles.get("date") != ()]
        if not drafts:
            return
        text = sentence.reduced.text
        stops = [m.start() for m in self.clause_break.finditer(text)]
        opening: list[Atom] = []
        for index, char in spots(text):
            if block(char) not in _DATES:
                continue
            atom = sentence.reduced.atoms[char]

            def cost(draft: Draft, index: int = index) -> int:
                far = _cost(index, draft, stops)
                return far * 3 if self.pack.rules.dates == "before" and index >= draft.end else far

            best = min(drafts, key=lambda d: (cost(d), d.start), default=None)
            if best is None or cost(best) > _FAR:
                continue
            for draft in drafts:
                if (draft.start, draft.end) == (best.start, best.end) or cost(draft) == cost(best):
                    draft.near.append((cost(draft), index, atom))
            # What opens a sentence dates all of it, unless it is the year of some background ('since 1992 …').
            if index < 12 and all(d.start > index for d in drafts) and best.kind in ("event", "agreement"):
                opening.extend(atom.parts)
        for draft in drafts:
            draft.dates.extend(part for _, _, atom in sorted(draft.near, key=lambda n: n[:2]) for part in atom.parts)
        for order, draft in enumerate(drafts):
            if not draft.dates:
                draft.dates.extend(self._date_before(draft, drafts[:order], stops) or opening)

    def _date_before(self, draft: Draft, before: Sequence[Draft], stops: Sequence[int]) -> list[Atom]:
        """Where dates stand before their verbs, the date of the verb before goes on ('met on the 3rd and signed')."""
        if self.pack.rules.dates != "before" or draft.kind == "relation":
            return []
        last = next((d for d in reversed(before) if d.end <= draft.start and d.near), None)
        if last is None or last.kind == "relation" or any(last.end <= stop < draft.start for stop in stops):
            return []
        return last.dates

    def status(self, draft: Draft) -> str | None:
        """The status that the cue nearest to the anchor tells.

        What stands after the anchor counts up to the end of its clause: 'signed a memorandum, and will meet in
        October' says nothing of the memorandum.
        """
        text = draft.sentence.reduced.text
        stop = self.clause_break.search(text, draft.end)
        return _nearest(self.cues, text, draft.start, draft.end, 0, stop.start() if stop else len(text))

    def status_at(self, sentence: Sentence, index: int) -> str | None:
        """The status that the figure cue nearest to an amount tells, up to the amounts beside it."""
        text = sentence.reduced.text
        left = max((i for i in range(index) if block(text[i]) == "money"), default=-1) + 1
        right = min((i for i in range(index + 1, len(text)) if block(text[i]) == "money"), default=len(text))
        return _nearest(self.figure_cues, text, index, index + 1, left, right)

    def level(self, draft: Draft) -> str | None:
        """The level of a visit, told within forty characters of the anchor."""
        text = draft.sentence.reduced.text
        near = text[max(0, draft.start - 40) : draft.end + 40]
        return next((level for level, pattern in self.levels if pattern.search(near)), draft.rule.level)


def _nearest(cues: Sequence[tuple[Cue, Pattern]], text: str, start: int, end: int, left: int, right: int) -> str | None:
    """The status of the cue nearest to [start, end) within [left, right); of equals, the cue listed first."""
    best: tuple[int, int, str] | None = None
    for order, (cue, pattern) in enumerate(cues):
        low = start if cue.side == "after" else max(left, start - cue.within)
        high = end if cue.side == "before" else min(right, end + cue.within)
        for match in pattern.finditer(text, low, high):
            distance = max(0, start - match.end(), match.start() - end)
            if best is None or (distance, order) < best[:2]:
                best = (distance, order, cue.status)
    return best[2] if best else None


def _overlap(a: Draft, b: Draft) -> bool:
    return a.start < b.end and b.start < a.end


def _cost(index: int, draft: Draft, stops: Sequence[int]) -> int:
    if draft.start <= index < draft.end:
        return 0
    low, high = (index, draft.start) if index < draft.start else (draft.end, index)
    return high - low + 40 * sum(low <= stop < high for stop in stops)


def _slot(match: re.Match[str], atoms: Mapping[str, Atom]) -> tuple[tuple[Atom, ...], tuple[int, int]] | None:
    atom = atoms.get(match["slot"])
    return ((atom,), (match.start("slot"), match.end("slot"))) if atom is not None else None


def _meant(draft: Draft, reader: Reader) -> Atom | None:
    """Whom a pronoun at an anchor means: a person told before it, or whom the sentences before speak of."""
    reduced, before = draft.sentence.reduced, draft.sentence.before
    earlier = [reduced.atoms[c] for c in marks(reduced.text[: draft.start]) if block(c) in _PERSONS]
    if earlier:
        return earlier[-1]
    if before is not None and before.type in _PERSONS:
        return before
    if draft.sentence.index == 0:
        return None
    last = reader.sentences[draft.sentence.index - 1].reduced
    return next((last.atoms[c] for c in reversed(marks(last.text)) if block(c) in _PERSONS), None)


@lru_cache(maxsize=512)
def country_atom(code: str) -> Atom:
    """A state that is meant, not named."""
    return Atom("country", None, 0, 0, country=code)


def _two_sides(sentence: Sentence, reader: Reader, *, before: int) -> tuple[str, ...]:
    """'The two sides': where the officials named just before are of two states, these, else the document's two."""
    for earlier in reversed(reader.sentences[max(0, sentence.index - 1) : sentence.index + 1]):
        atoms = (earlier.plain.atoms.get(char) for char in marks(earlier.plain.text))
        states = tuple(dict.fromkeys(a.country for a in atoms if a and a.type == "person" and a.start < before))
        if len(states) == 2 and (known := tuple(state for state in states if state)) == states:
            return known
        if len(states) > 1:
            break
    return reader.main_countries[:2]


def expand(atoms: Iterable[Atom], sentence: Sentence, reader: Reader) -> Iterator[Atom]:
    """Single mentions for groups; states and persons for 'the two countries', 'the two leaders'."""
    for atom in atoms:
        for part in atom.parts:
            if part.type == "two_countries":
                yield from (country_atom(c) for c in _two_sides(sentence, reader, before=part.start))
            elif part.type == "two_persons":
                yield from pair_of(sentence, reader, part) or (country_atom(c) for c in reader.main_countries[:2])
            elif part.type == "two_organizations":
                bodies = last_mentioned(sentence, reader, ("organization",), 2, before=part.start)
                yield from bodies or (country_atom(c) for c in reader.main_countries[:2])
            else:
                yield part


@cache
def matcher(lang: str) -> Matcher:
    """The compiled rules of a language."""
    return Matcher(lang)
