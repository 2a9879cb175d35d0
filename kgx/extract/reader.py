"""A document as its rules see it: reduced sentences whose mentions know which thing they mean."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from itertools import combinations

from kgx.extract.bearers import give_titles_told_before, give_titles_told_later, last_mentioned, share_title
from kgx.extract.patterns import Pattern, compile_rule
from kgx.extract.people import Person, are_rivals, cluster, state_of, title_fits
from kgx.extract.reduce import CLASSES, Atom, Reduced, Title, block, marks, mentions_of, reduce, spots
from kgx.gazetteer import Body, Gazetteer, bodies
from kgx.gazetteer.bodies import body_forms
from kgx.lang import NounPhrase, office_titles, pack
from kgx.lang.normalize import clean
from kgx.models import Annotated, Mention
from kgx.ontology import is_local

# So many times as much of one state as of the next.
_FAR_MORE = 3
_GROUPS = {
    "persons": ("person", "office", "two_persons"),  # the latter: 'X and his counterpart'
    "countries": ("country",),
    "places": ("place", "country"),
    "organizations": ("organization",),
    "agreements": ("agreement",),
    "dates": ("date",),
}


@dataclass
class Sentence:
    """One sentence, reduced; `plain` is how it stood before coordinated mentions were joined.

    `before` is the subject of the sentences before it, whom a pronoun in it may mean.
    """

    index: int
    reduced: Reduced
    plain: Reduced
    subject: Atom | None = None
    carried: bool = False
    before: Atom | None = None


@dataclass
class Reader:
    """A document on its way from mentions to claims."""

    annotated: Annotated
    sentences: list[Sentence] = field(default_factory=list)
    persons: list[Person] = field(default_factory=list)
    main_countries: tuple[str, ...] = ()
    weights: tuple[int, ...] = ()
    loose_titles: tuple[Title, ...] = ()

    @property
    def lang(self) -> str:
        """The document's language."""
        return self.annotated.text.lang

    @property
    def article(self) -> str:
        """What a title that stands alone may begin with in the document's language, and a longer one not."""
        return pack(self.lang).language.article

    def weight(self, rank: int) -> int:
        """How much the document speaks of its n-th most mentioned state (from 0); twice the mentions, about."""
        return self.weights[rank] if rank < len(self.weights) else 0

    def rules(self, country: str) -> bool:
        """Whether the document speaks far more of this state than of any other."""
        return self.main_countries[:1] == (country,) and self.weight(0) >= _FAR_MORE * max(1, self.weight(1))

    @property
    def body_kinds(self) -> tuple[str, ...]:
        """Kinds of all bodies that the document mentions."""
        return tuple(m.subkind for m in self.annotated.mentions if m.kind == "organization" and m.subkind)

    @property
    def text(self) -> str:
        """The document's text."""
        return self.annotated.text.document.text


@cache
def _noun_phrases(lang: str) -> tuple[tuple[NounPhrase, Pattern], ...]:
    grammar = pack(lang).grammar
    return tuple((rule, compile_rule(rule.pattern, grammar.macros)) for rule in grammar.noun_phrases)


@cache
def _shared(lang: str) -> tuple[tuple[NounPhrase, Pattern], ...]:
    """Those of titles that two share."""
    return tuple((rule, pattern) for rule, pattern in _noun_phrases(lang) if pattern.has_group("other"))


def read(annotated: Annotated) -> Reader:
    """Reduce all sentences, join noun phrases, find out who is who, and group what is coordinated."""
    reader = Reader(annotated)
    text, mentions = annotated.text.document.text, annotated.mentions
    starts = [m.start for m in mentions]
    for span in annotated.text.sentences:
        found = _titles_proper(mentions_of(span, mentions, starts), reader.lang)
        reduced = reduce(span, text, found, annotated.text.furniture)
        _take_bodies(reduced, reader.lang)
        _find_capitals(reduced, reader.lang)
        join_noun_phrases(reduced, reader.lang, shared=True)  # before 'the presidents' of A and B could be any two
        _unname_pairs(reduced, reader)
        if reduced.text.strip():
            join_noun_phrases(reduced, reader.lang)
            _let_capitals_speak(reduced, reader.lang)
            reader.sentences.append(Sentence(len(reader.sentences), reduced, reduced))
    reduced_all = [sentence.reduced for sentence in reader.sentences]
    grammar, endings = pack(reader.lang).grammar, pack(reader.lang).language.name_endings
    give_titles_told_before(reduced_all, grammar, endings)
    give_titles_told_later(reduced_all, grammar, endings)
    _give_counterparts(reader)
    _name_persons(reader)
    reader.loose_titles = tuple(
        title
        for sentence in reader.sentences
        for char in marks(sentence.reduced.text)
        if block(char) == "office"
        for title in sentence.reduced.atoms[char].titles
    )
    _take_home(reader)
    _learn_states(reader)
    counts = _country_weights(reader)
    reader.main_countries, reader.weights = tuple(c for c, _ in counts), tuple(n for _, n in counts)
    persons = {p.id: p for p in reader.persons}
    for sentence in reader.sentences:
        _refer(sentence.reduced, reader)
        share_title(sentence, reader)
        sentence.plain = Reduced(sentence.reduced.text, list(sentence.reduced.spans), dict(sentence.reduced.atoms))
        sentence.plain.counts = dict(sentence.reduced.counts)
        group(sentence.reduced, reader.lang)
        _share_state(sentence.reduced, persons)
    _find_subjects(reader)
    return reader


@cache
def _no_titles(lang: str) -> re.Pattern[str]:
    return re.compile("|".join(pack(lang).grammar.no_titles) or "(?!)", re.IGNORECASE)


def _titles_proper(mentions: Sequence[Mention], lang: str) -> list[Mention]:
    """Without what the model alone took for a title and the language says is none."""
    no_title = _no_titles(lang)
    proper = (m for m in mentions if m.kind != "office" or m.value is not None or not no_title.fullmatch(m.text))
    return [one for m in proper for one in (_apart(m, lang) if m.kind == "office" else (m,))]


def _apart(mention: Mention, lang: str) -> tuple[Mention, ...]:
    """'Secretary of State and acting national security adviser', which the model takes for one title, are two."""
    known, text = office_titles(lang), mention.text
    words = [] if text.lower() in known else [m.span() for m in re.finditer(r"\S+", text)]
    for (_, left), (right, _) in combinations(words, 2):
        one, other = (known.get(part.lower()) for part in (text[:left], text[right:]))
        if one is not None and other is not None and one != other and _joint(lang).fullmatch(text[left:right]):
            first = mention.model_copy(update={"end": mention.start + left, "text": text[:left], "value": one})
            second = {"start": mention.start + right, "text": text[right:], "value": other, "country": None}
            return first, mention.model_copy(update=second)
    return (mention,)


@cache
def _joint(lang: str) -> Pattern:
    return compile_rule(pack(lang).grammar.conjunction, pack(lang).grammar.macros)


@cache
def _bodies(lang: str) -> tuple[re.Pattern[str], Mapping[str, Body]]:
    """The names of international bodies, the longest first, and what each means."""
    known = {body.id: body for body in bodies()}
    forms = {form: known[body] for form, body in body_forms(lang).items()}
    names = "|".join(map(re.escape, sorted(forms, key=lambda form: (-len(form), form))))
    edge = r"(?!\w)" if pack(lang).language.edges == "words" else ""
    return re.compile(rf"(?<!\w)(?:{names}){edge}"), forms


@lru_cache(maxsize=65536)
def _body_in(title: str, lang: str) -> tuple[Body, int, int] | None:
    """The body that the words of a title name, and where."""
    pattern, known = _bodies(lang)
    found = pattern.search(title)
    return (known[found.group()], *found.span()) if found is not None else None


def _take_bodies(reduced: Reduced, lang: str) -> None:
    """'UN chief', 'president of the European Commission': a title whose own words name a body is of it."""
    for char, atom in reduced.atoms.items():
        if atom.type != "office" or atom.mention is None or (found := _body_in(atom.mention.text, lang)) is None:
            continue
        body, first, last = found
        name = Mention(
            kind="organization",
            start=atom.start + first,
            end=atom.start + last,
            text=atom.mention.text[first:last],
            value=body.id,
            subkind=body.kind,
            rule=f"{lang}/bodies/{body.id}",
            confidence=atom.mention.confidence,
        )
        of = Atom("organization", name, name.start, name.end)
        reduced.atoms[char] = replace(atom, titles=tuple(replace(t, organization=of) for t in atom.titles))


def join_noun_phrases(reduced: Reduced, lang: str, *, shared: bool = False) -> None:
    """Apply the language's noun-phrase rules, or only those of titles that two share, each as often as it fits."""
    types = reduced.types
    for rule, pattern in _shared(lang) if shared else _noun_phrases(lang):
        if not pattern.has_mentions(types):
            continue
        at = 0
        while (match := pattern.search(reduced.text, at)) is not None:
            if not _fulfils(match, reduced, rule):
                at = match.start() + 1
                continue
            made = _joined(match, reduced, rule)
            end = match.end()
            if (second := match.groupdict().get("other")) is not None:
                reduced.atoms[second] = _other(match, reduced)
                end = match.end(rule.makes)
            reduced.replace(match.start(), end, made)
            types = reduced.types
            # What was made may join with what follows; one mention, which only learns from words beside it, not.
            at = match.start() if end > match.start() + 1 else end


def _fulfils(match: re.Match[str], reduced: Reduced, rule: NounPhrase) -> bool:
    if rule.one_state:
        states = {reduced.atoms[char].country for char in match.groupdict().values() if char in reduced.atoms}
        if len(states) != 1 or None in states:
            return False
    for name, wanted in rule.when.items():
        atom = reduced.atoms[match[name]]
        values = {t.mention.value for t in atom.titles} or {(atom.mention and atom.mention.subkind) or "none"}
        if not values & set(wanted):
            return False
    for name, pattern in rule.said.items():
        if match[name] is None:
            continue  # of an alternative that did not match
        mention = reduced.atoms[match[name]].mention
        if mention is None or not re.fullmatch(pattern, mention.text):
            return False
    return True


def _joined(match: re.Match[str], reduced: Reduced, rule: NounPhrase) -> Atom:
    """The mention that a noun phrase makes, with the others taken in by the names of their groups."""
    made = reduced.atoms[match[rule.makes]]
    for name, char in match.groupdict().items():
        if char is None or name == rule.makes or name.startswith("other"):
            continue
        if name == "post":
            made = replace(made, titles=tuple(replace(t, accredited=rule.posts[char]) for t in made.titles))
            continue
        if name == "counterpart":
            made = replace(made, counterpart=reduced.span(match.start(name), match.end(name)))
            continue
        made = _take_in(made, name.rstrip("0123456789"), reduced.atoms[char])
    span = reduced.span(match.start(), match.end(rule.makes) if "other" in match.groupdict() else match.end())
    return replace(made, start=span.start, end=span.end)


def _other(match: re.Match[str], reduced: Reduced) -> Atom:
    """The second bearer of a title that two share ('the presidents of A and B, X and Y'), with what is only his."""
    made = reduced.atoms[match["other"]]
    for name, char in match.groupdict().items():
        if char is not None and (name == "office" or name.startswith("other_")):
            made = _take_in(made, name.removeprefix("other_").rstrip("0123456789"), reduced.atoms[char])
    return made


def _take_in(made: Atom, part: str, atom: Atom) -> Atom:
    country = atom.country or (atom.organization.country if atom.organization else None)
    match part:
        case "state" | "nationality":
            if made.titles and made.type == "office":
                titles = tuple(t if t.country or t.organization else replace(t, country=country) for t in made.titles)
                return replace(made, titles=titles, country=made.country or country)
            if made.type == "person" and not any(t.country for t in made.titles):
                titles = tuple(replace(t, country=t.country or country) for t in made.titles)
                return replace(made, titles=titles, country=made.country or country)
            return replace(made, country=made.country or country)
        case "receiving":
            return replace(made, titles=tuple(replace(t, accredited=country) for t in made.titles))
        case "organization":
            titles = tuple(t if t.organization else replace(t, organization=atom) for t in made.titles)
            return replace(made, titles=titles, country=made.country or atom.country)
        case "place":
            titles = tuple(t if t.place else replace(t, place=atom) for t in made.titles)
            return replace(made, titles=titles, country=made.country or country)
        case "count":
            number = atom.mention.value if atom.mention else None
            if made.mention is None or number is None or "." in number:
                return made
            return replace(made, mention=made.mention.model_copy(update={"count": int(number)}))
        case "office":
            return replace(made, titles=(*made.titles, *atom.titles), country=made.country or atom.country)
        case _:
            return made


def _let_capitals_speak(reduced: Reduced, lang: str) -> None:
    """'Paris and Tbilisi signed …', 'the Burundian government' are states, where the language's grammar says so."""
    grammar = pack(lang).grammar
    for pattern in grammar.capitals:
        at = 0
        compiled = compile_rule(pattern, grammar.macros)
        while (match := compiled.search(reduced.text, at)) is not None:
            at = match.end()
            named = [
                (match.start(name), atom)
                for name, char in match.groupdict().items()
                if char and (atom := reduced.atoms.get(char)) is not None and atom.type != "country"
            ]
            if named and all(_speaks_for_state(atom) for _, atom in named):
                for index, atom in named:
                    reduced.replace(index, index + 1, replace(atom, type="country"))


def _find_capitals(reduced: Reduced, lang: str) -> None:
    """'The Kenyan capital' is Nairobi."""
    grammar = pack(lang).grammar
    for pattern in grammar.capital_of:
        compiled = compile_rule(pattern, grammar.macros)
        while (match := compiled.search(reduced.text)) is not None:
            country = reduced.atoms[next(char for char in match.groupdict().values() if char)].country
            capital = Gazetteer.open().capital_of(country) if country else None
            if capital is None:
                break
            span = reduced.span(match.start(), match.end())
            made = Atom("place", None, span.start, span.end, country=country, thing=capital.id)
            reduced.replace(match.start(), match.end(), made)


def _speaks_for_state(atom: Atom) -> bool:
    place = atom.mention.value if atom.mention is not None else None
    if atom.type == "nationality":
        return True
    return bool(place and not place.startswith("place/") and Gazetteer.open().get(place).capital and atom.country)


def _give_counterparts(reader: Reader) -> None:
    """'His Egyptian counterpart X' holds, for Egypt, the office of the one spoken of before, who is no Egyptian."""
    told: list[tuple[Title, ...]] = []
    seen: list[Title] = []
    for sentence in reader.sentences:
        reduced = sentence.reduced
        for char in marks(reduced.text):
            atom = reduced.atoms.get(char)
            if atom is None:
                continue
            if atom.counterpart is not None and not atom.titles:
                last = _titles_beside(reduced, char, seen) or next(
                    (t for t in reversed(told) if atom.country is None or state_of(t[0]) != atom.country), ()
                )
                last = last or _next_titles(reduced, char)
                if not last:
                    continue
                where = atom.counterpart
                word = Mention(
                    kind="office",
                    start=where.start,
                    end=where.end,
                    text=reader.text[where.start : where.end],
                    value=last[0].mention.value,
                    rule=f"{reader.lang}/counterpart",
                    confidence=0.7,
                )
                reduced.atoms[char] = replace(atom, titles=(Title(word, country=atom.country),))
            elif atom.titles and atom.type in ("person", "office"):
                told.append(atom.titles if atom.type == "person" else tuple(_in_full(t, seen) for t in atom.titles))
                seen.extend(atom.titles)


def _titles_beside(reduced: Reduced, char: str, seen: Sequence[Title]) -> tuple[Title, ...]:
    """The titles that stand right after a mention: 'with his counterpart X the minister will discuss …'."""
    at = reduced.text.index(char) + 1
    beside = reduced.atoms.get(reduced.text[at + 1 : at + 2]) if reduced.text[at : at + 1] == " " else None
    if beside is None or beside.type not in ("person", "office") or beside.counterpart is not None:
        return ()
    return tuple(_in_full(t, seen) if state_of(t) is None else _of_state(t, seen) for t in beside.titles)


def _of_state(title: Title, seen: Sequence[Title]) -> Title:
    """The fuller title of the same state told before that a bare one is short for, else itself."""
    short = title.mention.text.casefold()
    same = (t for t in reversed(seen) if state_of(t) == state_of(title))
    return next((t for t in same if t.mention.text.casefold().startswith(f"{short} ")), title)


def _next_titles(reduced: Reduced, char: str) -> tuple[Title, ...]:
    """The first titles told after a mention: 'at the invitation of his counterpart X, President Y …'."""
    later = (reduced.atoms[c] for c in marks(reduced.text[reduced.text.index(char) + 1 :]))
    return next((a.titles for a in later if a.titles and a.type in ("person", "office")), ())


def _in_full(title: Title, seen: Sequence[Title]) -> Title:
    """The title told before that a bare one ('the minister') is short for, else itself."""
    short = title.mention.text.casefold()
    longer = (t for t in reversed(seen) if t.mention.text.casefold().startswith(f"{short} "))
    return title if state_of(title) is not None else next(longer, title)


def _name_persons(reader: Reader) -> None:
    """Cluster the names of the document and tell each atom of a person whom it means."""
    found: list[tuple[Mention, tuple[Title, ...]]] = []
    for sentence in reader.sentences:
        for char in marks(sentence.reduced.text):
            if block(char) == "person":
                atom = sentence.reduced.atoms[char]
                if atom.mention is not None:
                    titles = tuple(
                        replace(t, country=t.country or atom.country) if t.organization is None else t
                        for t in atom.titles
                    )
                    found.append((atom.mention, titles))
    reader.persons = cluster(found, pack(reader.lang).language.name_endings)
    owner = {m.start: person.id for person in reader.persons for m in person.names}
    told = {p.id: p for p in reader.persons}
    for sentence in reader.sentences:
        for char, atom in sentence.reduced.atoms.items():
            if atom.type == "person" and atom.mention is not None:
                person = told[owner[atom.mention.start]] if atom.mention.start in owner else None
                if person is not None:
                    person.country = person.country or atom.country
                    sentence.reduced.atoms[char] = replace(atom, thing=person.id)


def _take_home(reader: Reader) -> None:
    """A press leaves its own state unsaid: officials whose title names none are of it, where the text shows whose."""
    text = reader.text
    language = pack(reader.lang).language
    for state, patterns in language.homes.items():
        if any(re.search(pattern, text) for pattern in patterns):
            own = re.compile(language.home_names.get(state, ""))
            for person in reader.persons:
                if own.search(person.full_name) and any(
                    t.accredited not in (None, state) or not is_local(t.mention.value or "other") for t in person.titles
                ):
                    person.conclude(state)
            return


def _learn_states(reader: Reader) -> None:
    """'The Hungarian minister' tells the state of the only minister whose own title does not."""
    for sentence in reader.sentences:
        for char in marks(sentence.reduced.text):
            atom = sentence.reduced.atoms.get(char)
            if atom is None or atom.type != "office" or (state := state_of(atom.titles[0])) is None:
                continue
            fitting = [p for p in reader.persons if title_fits(atom, p, reader.article)]
            if len(fitting) == 1:
                fitting[0].conclude(state)


def _country_weights(reader: Reader) -> list[tuple[str, int]]:
    """Countries by how often the document speaks of them, the most frequent first (earlier ones before later)."""
    counts: Counter[str] = Counter()
    people = {p.id: p.country for p in reader.persons}
    for sentence in reader.sentences:
        for char in marks(sentence.reduced.text):
            atom = sentence.reduced.atoms.get(char)
            if atom is None:
                continue
            by_name = atom.type in ("country", "nationality") or (atom.type == "place" and atom.thing is not None)
            weight = 2 if by_name else 1  # 'the Kenyan capital' names Kenya
            person = people.get(atom.thing or "")
            countries = {c for c in (atom.country, *(state_of(t) for t in atom.titles), person) if c}
            for country in sorted(countries):
                counts[country] += weight
            for title in atom.titles:  # 'ambassador to Gabon' names Gabon, too
                if title.accredited:
                    counts[title.accredited] += 2
    return counts.most_common()


@cache
def _pair_patterns(lang: str) -> tuple[tuple[str, Pattern], ...]:
    """Patterns of 'both parties', 'the two countries', 'the two leaders', with the type of mention they make."""
    grammar = pack(lang).grammar
    kinds = (
        ("two_organizations", grammar.body_pairs),
        ("two_countries", grammar.country_pairs),
        ("two_persons", grammar.person_pairs),
    )
    return tuple((kind, compile_rule(p, grammar.macros)) for kind, patterns in kinds for p in patterns)


def _unname_pairs(reduced: Reduced, reader: Reader) -> None:
    """'The two leaders' is no name, even where the model takes it for one."""
    for char in marks(reduced.text):
        atom = reduced.atoms.get(char)
        if atom is not None and atom.type in ("person", "organization", "office"):
            name = clean(reader.text[atom.start : atom.end]).text
            kind = next((kind for kind, pattern in _pair_patterns(reader.lang) if pattern.fullmatch(name)), None)
            if kind is not None:
                index = reduced.text.index(char)
                reduced.replace(index, index + 1, Atom(kind, None, atom.start, atom.end))


def _refer(reduced: Reduced, reader: Reader) -> None:
    """Resolve titles without names, and 'the two countries', 'the two leaders'."""
    for kind, pattern in _pair_patterns(reader.lang):
        at = 0
        while (match := pattern.search(reduced.text, at)) is not None:
            at = match.start() + 1
            if match.end() > match.start():
                span = reduced.span(match.start(), match.end())
                titles = tuple(t for c in marks(match.group()) if block(c) == "office" for t in reduced.atoms[c].titles)
                reduced.replace(match.start(), match.end(), Atom(kind, None, span.start, span.end, titles=titles))
    _refer_to_pairs(reduced, reader)
    persons = {p.id: p for p in reader.persons}
    for index, char in spots(reduced.text):
        if block(char) == "office":
            atom = reduced.atoms[char]
            person = _bearer(atom, reader)
            if person is not None:
                reduced.replace(index, index + 1, replace(atom, type="person", thing=person.id, country=person.country))
        elif block(char) == "person":
            atom = reduced.atoms[char]
            if atom.thing and (country := persons[atom.thing].country):
                reduced.atoms[char] = replace(atom, country=country)


def _refer_to_pairs(reduced: Reduced, reader: Reader) -> None:
    """'The ministers', of no state and with no names, are the two persons spoken of."""
    grammar = pack(reader.lang).grammar
    for rule in grammar.pair_titles:
        pattern, at = compile_rule(rule.pattern, grammar.macros), 0
        while (match := pattern.search(reduced.text, at)) is not None:
            at = match.start() + 1
            atom = reduced.atoms[match[rule.makes]]
            if atom.country is None and atom.type == "office" and _fulfils(match, reduced, rule):
                made = Atom("two_persons", None, atom.start, atom.end, titles=atom.titles)
                reduced.replace(match.start(rule.makes), match.end(rule.makes), made)


def _bearer(atom: Atom, reader: Reader) -> Person | None:
    """Whom a title without a name means.

    Of those who bear it, the one of the state told with it, or called by the very words; of several, the one
    mentioned last before it, else the only one after it.
    """
    at = atom.titles[0].mention.start
    fitting = [p for p in reader.persons if title_fits(atom, p, reader.article)]
    state, words = state_of(atom.titles[0]), atom.titles[0].mention.text.casefold()
    fitting = [p for p in fitting if state is not None and p.country == state] or fitting
    fitting = [p for p in fitting if any(t.mention.text.casefold() == words for t in p.titles)] or fitting
    before = [p for p in fitting if p.names[0].start < at]
    if before:
        return max(before, key=lambda p: max(m.start for m in p.names if m.start < at))
    return fitting[0] if len(fitting) == 1 else None


_COMMAS = (",", "،", "、")
_STATES = r"(?:{one_country}|{nationality})"
_JOINED_STATES = compile_rule(
    rf"{_STATES}(?:\s?[-·/ㆍ‧∙•]\s?|\s)?{{nationality}}|{{nationality}}[-·/ㆍ‧∙•]{_STATES}", {}
)


@cache
def _coordinated(lang: str) -> tuple[tuple[str, Pattern], ...]:
    """For each kind of group the pattern of its members with conjunctions between them."""
    grammar = pack(lang).grammar
    found = []
    for name, kinds in _GROUPS.items():
        member = "|".join(f"{{one_{kind}}}" if f"one_{kind}" in CLASSES else f"{{{kind}}}" for kind in kinds)
        pattern = f"(?:{member})(?:(?:{grammar.conjunction})(?:{member}))+"
        found.append((name, compile_rule(pattern, grammar.macros)))
    return tuple(found)


def group(reduced: Reduced, lang: str) -> None:
    """Join coordinated mentions of a kind ('A, B et C') into one, and states beside each other ('한·중')."""
    at = 0
    while (match := _JOINED_STATES.search(reduced.text, at)) is not None:
        at = match.start() + 1
        members = tuple(reduced.atoms[c] for c in marks(match.group()))
        if len({m.country for m in members}) == 2:
            span = reduced.span(match.start(), match.end())
            reduced.replace(match.start(), match.end(), Atom("countries", None, span.start, span.end, members=members))
    for name, pattern in _coordinated(lang):
        at = 0
        while (match := pattern.search(reduced.text, at)) is not None:
            members = tuple(reduced.atoms[c] for c in marks(match.group()))
            at = match.start() + 1
            if name == "persons" and all(m.type == "office" for m in members):
                continue
            # 'At the invitation of A, B came': two names with a mere comma between them are no list.
            if name == "persons" and len(members) == 2 and match.group()[1:-1].strip() in _COMMAS:
                continue
            if name == "places" and all(m.type == "country" for m in members):
                continue
            span = reduced.span(match.start(), match.end())
            reduced.replace(match.start(), match.end(), Atom(name, None, span.start, span.end, members=members))


def _share_state(reduced: Reduced, persons: dict[str, Person]) -> None:
    """In a list of officials, one whose title names no state is of the state of the one before."""
    for atom in reduced.atoms.values():
        if atom.type != "persons":
            continue
        beside = [persons[m.thing] for m in atom.parts if m.thing in persons]
        for one in beside:
            one.rivals += [p for p in beside if p is not one and p not in one.rivals and are_rivals(p, one)]
        state: str | None = None
        for member in atom.parts:
            person = persons.get(member.thing or "")
            if person is not None and any(t.place is None for t in member.titles):
                person.conclude(state)
            state = (person.country if person is not None else member.country) or state


def _find_subjects(reader: Reader) -> None:
    """The subject of each sentence, carried over where it has a pronoun or none."""
    grammar = pack(reader.lang).grammar
    patterns = [compile_rule(p, grammar.macros) for p in grammar.subject]
    pronouns = [compile_rule(p, grammar.macros) for p in grammar.pronouns]
    nearest = [compile_rule(p, grammar.macros) for p in grammar.nearest]
    last: Atom | None = None
    for sentence in reader.sentences:
        text = sentence.reduced.text
        sentence.before = last
        found = None
        for pattern in patterns:
            match = pattern.search(text)
            if match is not None:
                found = sentence.reduced.atoms.get(match["subject"])
                break
        if found is not None and found.type == "office" and found.country is None:
            found = None  # a title without bearer or state is too often another word
        if sentence.index and any(p.search(text) for p in nearest):
            before = reader.sentences[sentence.index - 1]
            latest = last_mentioned(before, reader, ("person",), 1)
            if latest:
                sentence.subject, sentence.carried = latest[0], True
                last = latest[0]
                continue
        pronoun = any(p.search(text) for p in pronouns)
        if pronoun or (found is None and grammar.carry == "always"):
            sentence.subject, sentence.carried = (last, True) if last is not None else (found, False)
        elif found is None:
            continue
        else:
            sentence.subject = found
            if found.type in ("person", "persons", "office", "country", "organization"):
                last = found
