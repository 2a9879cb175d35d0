"""Persons that a document tells apart from what is said of them: titles told a sentence later, or of two at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from kgx.extract.patterns import Pattern, compile_rule
from kgx.extract.people import Person, same_part, state_of, title_means
from kgx.extract.reduce import Atom, Reduced, Title, block, marks
from kgx.gazetteer.fold import loose
from kgx.ids import name_parts
from kgx.lang import GrammarData
from kgx.ontology import is_generic, is_local, office_kind, office_kinds

if TYPE_CHECKING:
    from kgx.extract.reader import Reader, Sentence

# So many sentences later, a title still means the one named.
_SOON = 2
# So many sentences back, 'the two leaders' are still those named.
_PAIR_SOON = 12


def last_mentioned(
    sentence: Sentence, reader: Reader, kinds: Sequence[str], number: int, *, before: int | None = None
) -> tuple[Atom, ...]:
    """The different things of some kinds mentioned last up to a sentence (or up to an offset), or none if too few."""
    found: dict[str, Atom] = {}
    for earlier in reversed(reader.sentences[: sentence.index + 1]):
        for char in reversed(marks(earlier.plain.text)):
            atom = earlier.plain.atoms.get(char)
            if atom is None or atom.type not in kinds or (before is not None and atom.start >= before):
                continue
            key = atom.thing or (loose(atom.mention.text) if atom.mention else atom.country or "")
            if key and key not in found:
                found[key] = atom
                if len(found) == number:
                    return tuple(reversed(found.values()))
    return ()


def pair_of(sentence: Sentence, reader: Reader, atom: Atom) -> tuple[Atom, ...]:
    """Whom 'the two leaders' means: the two mentioned last who bear the title, if there are, not of one state."""
    persons = {p.id: p for p in reader.persons}

    def bears(found: Atom) -> bool:
        person = persons.get(found.thing or "")
        return person is not None and any(title_means(t, person, reader.article) for t in atom.titles)

    latest = last_mentioned(sentence, reader, ("person",), 2, before=atom.start)
    if _of_two_states(latest, persons) and (not atom.titles or all(map(bears, latest))):
        return latest
    seen: list[Atom] = []
    for earlier in reversed(reader.sentences[max(0, sentence.index - _PAIR_SOON) : sentence.index + 1]):
        for char in reversed(marks(earlier.plain.text)):
            found = earlier.plain.atoms.get(char)
            if found is None or found.type != "person" or found.start >= atom.start or not found.thing:
                continue
            if any(found.thing == other.thing for other in seen) or (atom.titles and not bears(found)):
                continue
            for other in seen:
                if _of_two_states((found, other), persons):
                    return (found, other)
            seen.append(found)
    return latest


def _of_two_states(pair: Sequence[Atom], persons: dict[str, Person]) -> bool:
    states = [person.country for atom in pair if (person := persons.get(atom.thing or "")) is not None]
    return len(states) == 2 and (None in states or states[0] != states[1])


def give_titles_told_later(sentences: Sequence[Reduced], grammar: GrammarData, endings: Sequence[str] = ()) -> None:
    """'X landed in Accra. The Indian minister met …': the title with its state is that of the bare name before.

    Only of the first name of a sentence, or the only one without a title in the document, and only where the title is
    the subject of one of the next sentences, without a name before it, and nobody else bears it (for a name that is
    not the first, nobody else is of that state).
    """
    subjects = [compile_rule(p, grammar.macros) for p in grammar.subject]
    pronouns = [compile_rule(p, grammar.macros) for p in grammar.pronouns]
    titled = [atom for reduced in sentences for atom in _persons(reduced) if atom.titles or atom.counterpart]
    known = {part for atom in titled if atom.mention for part in name_parts(atom.mention.text)}
    bare: tuple[Reduced, str] | None = None
    since = 0
    for reduced in sentences:
        since += 1
        told = None if any(p.search(reduced.text) for p in pronouns) else _subject(reduced, subjects)
        if bare is not None and told is not None and told.type == "office" and since <= _SOON:
            names, char = bare
            name, title = names.atoms[char], told.titles[0]
            is_first = _names(names)[0] == char
            taken = any(_bears(a, title) if is_first else _state(a) == state_of(title) for a in titled)
            if _is_of_state(title, name.country) and not taken:
                names.atoms[char] = replace(name, titles=told.titles, country=state_of(title))
                bare = None
        if _names(reduced):
            bare, since = _bare(reduced, known, endings), 0


def give_titles_told_before(sentences: Sequence[Reduced], grammar: GrammarData, endings: Sequence[str] = ()) -> None:
    """A headline's 'Kenya's president in Lima' is of the one who is named without a title right after it.

    Only of the subject of the next sentences, where the headline names nobody and nobody else bears the title.
    """
    subjects = [compile_rule(p, grammar.macros) for p in grammar.subject]
    headline = sentences[0] if sentences else None
    told = _subject(headline, subjects) if headline is not None else None
    if headline is None or told is None or told.type != "office" or _names(headline):
        return
    title = told.titles[0]
    titled = [atom for reduced in sentences for atom in _persons(reduced) if atom.titles or atom.counterpart]
    known = {part for atom in titled if atom.mention for part in name_parts(atom.mention.text)}
    if any(_bears(a, title) for a in titled):
        return
    for reduced in sentences[1 : 1 + _SOON]:
        subject = _subject(reduced, subjects)
        if not _names(reduced):
            continue
        char = _names(reduced)[0]
        name = reduced.atoms[char]
        bare = not name.titles and name.mention is not None and not _is_known(name.mention.text, known, endings)
        if subject is name and bare and _is_of_state(title, name.country):
            reduced.atoms[char] = replace(name, titles=told.titles, country=state_of(title))
        return


def share_title(sentence: Sentence, reader: Reader) -> None:
    """'The two presidents': of the two persons mentioned last, who has no title is one, too."""
    for atom in sentence.reduced.atoms.values():
        if atom.type != "two_persons" or not atom.titles:
            continue
        title = atom.titles[0]
        ids = [a.thing for a in last_mentioned(sentence, reader, ("person",), 2, before=atom.start)]
        pair = [person for person in reader.persons if person.id in ids]
        if all(not person.titles or title.mention.value in person.values() for person in pair):
            for person in pair:
                if not person.titles:
                    person.titles.append(Title(title.mention))


def _names(reduced: Reduced) -> list[str]:
    return [c for c in marks(reduced.text) if block(c) == "person"]


def _persons(reduced: Reduced) -> list[Atom]:
    return [reduced.atoms[c] for c in _names(reduced)]


def _bare(reduced: Reduced, known: set[str], endings: Sequence[str]) -> tuple[Reduced, str] | None:
    """The name without a title that a later one may be of: the first of the sentence, else the only such one."""
    names = _names(reduced)
    mentions = {c: reduced.atoms[c].mention for c in names}
    untold = [c for c, mention in mentions.items() if mention and not _is_known(mention.text, known, endings)]
    return (reduced, untold[0]) if untold and (untold[0] == names[0] or len(untold) == 1) else None


def _is_known(name: str, known: set[str], endings: Sequence[str]) -> bool:
    """Whether a part of a name, in whatever case, is one of those of whom a title is told."""
    parts = name_parts(name)
    return bool(known & set(parts)) or (bool(endings) and any(same_part(p, k, endings) for p in parts for k in known))


def _state(atom: Atom) -> str | None:
    return next((s for t in atom.titles if (s := state_of(t))), atom.country)


def _subject(reduced: Reduced, patterns: Sequence[Pattern]) -> Atom | None:
    match = next((m for p in patterns if (m := p.search(reduced.text))), None)
    if match is None or any(block(c) == "person" for c in marks(reduced.text[: match.start("subject")])):
        return None
    return reduced.atoms.get(match["subject"])


def _is_of_state(title: Title, country: str | None) -> bool:
    """Whether a title is a state's, told with the state, and of no other state than `country`."""
    state, value = state_of(title), title.mention.value
    if state is None or value is None or country not in (None, state):
        return False
    kind = office_kind(value, None, state=True) if is_generic(value) else value
    return not is_local(value) and kind in office_kinds() and office_kinds()[kind].diplomatic


def _bears(atom: Atom, title: Title) -> bool:
    same = any(t.mention.value == title.mention.value for t in atom.titles)
    return same and _state(atom) in (None, state_of(title))
