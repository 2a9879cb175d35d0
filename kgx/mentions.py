"""From overlapping candidates to mentions: which reading of a stretch of text stands.

The order of trust is this module's only policy: dates and amounts, then countries and international bodies, then
titles of the lexicon, then the model's names, each trimmed by the stronger ones, then places of the gazetteer that
the model has not seen.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import pairwise, takewhile

from kgx.candidates import Candidate, Spans, free, leftmost, longest, near
from kgx.datelines import capitals_of_datelines
from kgx.edges import Edges, edges_of
from kgx.gazetteer import Gazetteer, bodies
from kgx.gazetteer.data import load_yaml
from kgx.gazetteer.fold import exact
from kgx.lang import pack
from kgx.located import Context, located, named_as_place
from kgx.misread import (
    SURE_TITLE,
    after_pair,
    as_places,
    before_agreement,
    from_word_start,
    is_agreement,
    is_governed,
    without_state,
)
from kgx.named import named_again, named_by_title
from kgx.ontology import is_local, office_kind, office_kinds
from kgx.powers import state_of_power, states_of_powers, with_powers
from kgx.quantities import Count

LABELS = {"PER": "person", "ORG": "organization", "LOC": "place", "OFFICE": "office"}


@cache
def _heads(lang: str) -> tuple[tuple[str, str], ...]:
    """Head words of organizations and venues with their kind, longest first."""
    pairs = ((exact(phrase), kind) for kind, phrases in pack(lang).phrases("heads").items() for phrase in phrases)
    return tuple(sorted(pairs, key=lambda pair: (-len(pair[0]), pair)))


def kind_of_name(name: str, lang: str) -> str | None:
    """The kind of organization or place that a head word in its name tells."""
    folded = exact(name)
    return next((kind for head, kind in _heads(lang) if head in folded), None)


@cache
def _powers(lang: str) -> frozenset[str]:
    """What a government is called after its seat ('the White House')."""
    return frozenset(exact(phrase) for phrase in pack(lang).phrases("heads").get("government", ()))


def _is_hall(found: Candidate, places: Spans, text: str, lang: str) -> bool:
    """Whether what the model took for a person is the head word of a body and its town ('Акимат Караганды')."""
    head, _, rest = text[found.start : found.end].partition(" ")
    town = any(p.end == found.end and p.end - p.start == len(rest) for p in places.beside(found))
    return bool(rest) and town and kind_of_name(head, lang) is not None


def _as_power(found: Candidate, text: str, lang: str) -> Candidate:
    """A seat of power that the model took for a person or a title is a body, whoever sits there."""
    if found.kind not in ("person", "office") or exact(text[found.start : found.end]) not in _powers(lang):
        return found
    return found.but(kind="organization")


@cache
def _states() -> frozenset[str]:
    return frozenset(p.country for p in Gazetteer.open().countries() if p.country)


@cache
def _bodies() -> dict[str, str]:
    return {body.id: body.kind for body in bodies()}


def settle(candidates: list[Candidate], text: str, lang: str) -> list[Candidate]:
    """Decide between overlapping candidates.

    Args:
        candidates: from all components; kinds "entity" (value: the model's label), the names of lexicons, "bodies",
            "place", "nationality", "date", "money", "percent", "count", "rank".
        text: the cleaned text they refer to.
        lang: its language.

    Returns:
        Candidates of the kinds of mentions, none overlapping, except nationality and place inside an organization's
        name, which are not listed but give its country.
    """
    gazetteer, edges = Gazetteer.open(), edges_of(lang)
    by_kind: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        by_kind.setdefault(candidate.kind, []).append(candidate)

    def sound(name: str, starts: frozenset[int] = frozenset()) -> list[Candidate]:
        return [c for c in by_kind.get(name, ()) if edges.fit(text, c.start, c.end, starts)]

    quantities = longest(c for kind in ("date", "money", "percent", "rank", "count") for c in by_kind.get(kind, ()))
    entities = [c.but(kind=LABELS[c.value or ""], value=None) for c in by_kind.get("entity", ())]
    # '한국대사', '경상남도지사': a state may run into a title or its mission, a town into a title that towns have.
    missions = tuple(pack(lang).phrases("heads").get("embassy", ()))
    heads = {c.start: c for c in by_kind.get("offices", ()) if edges.fit(text, c.start, c.end, frozenset((c.start,)))}
    glued = [
        c
        for c in by_kind.get("place", ())
        if (c.end in heads and (c.values[0].startswith("country/") or is_local(heads[c.end].value or "other")))
        or (c.values[0].startswith("country/") and text.startswith(missions, c.end))
    ]
    glued = [c for c in glued if edges.fit(text[: c.end], c.start, c.end)]  # as if its word ended with it
    places = longest([*sound("place"), *glued])
    place_ends = frozenset(c.end for c in places)
    pairs = [c.but(kind="nationality") for c in by_kind.get("pair", ())]
    places = [p for p in places if not any(q.covers(p) for q in pairs) or p.values[0].startswith("country/")]
    nations = longest(c for c in (*sound("nationality"), *pairs) if c.value in _states())  # the EU is no state
    states = [p for p in places if p.values[0].startswith("country/")]
    titles = longest(
        t
        for t in sound("offices", place_ends | frozenset(c.end for c in nations))
        # 'President of the Republic' is too long a title where 'the Republic of X' is the state's name
        if not any(t.start < p.start < t.end < p.end for p in states)
    )
    places, context = located(places, nations, titles, text, lang)
    places, nations, quantities = Spans(places), Spans(nations), Spans(quantities)
    known = Spans(longest(c.but(kind="organization", subkind=_bodies().get(c.value or "")) for c in sound("bodies")))
    deals = leftmost(sound("agreements", place_ends))
    compounds = [m.span() for m in _compounds(lang).finditer(text)]
    titles = Spans(t for t in titles if not any(start <= t.start and t.end <= end for start, end in compounds))

    order = pack(lang).language.titles
    read = [e.but(value=_title_at_edge(text[e.start : e.end], lang)) for e in entities if e.kind == "office"]
    beside = Spans([*places, *nations, *known, *(e for e in entities if e.kind == "place")])
    readings = Spans([*entities, *quantities, *deals])
    named = named_by_title(text, lang, [*titles, *free(read, titles)], beside, readings)
    seen = {(e.start, e.end): e.score for e in entities if e.kind == "person"}
    named = [n.but(score=max(n.score, seen.get((n.start, n.end), 0.0))) for n in named]
    entities = [*(e for e in entities if not _covered(e, named)), *named]
    entities = [e for e in entities if not _only_states(e, nations, text)]
    entities = [_as_power(e, text, lang) for e in entities]
    entities = [_after_nation(e, nations, text, edges.prefixes) for e in entities]
    entities = _without_words_beside(entities, text, frozenset(pack(lang).language.outside_names))
    entities = [e for e in entities if e.kind != "person" or not any(s < e.end and e.start < z for s, z in compounds)]
    entities = [_after_town(_after_state(e, titles, states, text, lang), titles, places, text) for e in entities]
    entities = [before_agreement(from_word_start(e, text, edges), deals, text) for e in entities]
    if order == "after":
        entities = [_without_post(e, places, text, edges.prefixes) for e in entities]
    entities = [e for entity in entities if len(e := after_pair(entity, pairs, text))]
    local = frozenset(t.start for t in titles if is_local(t.value or "other"))
    entities = _bare(entities, text, edges, Spans([*places, *pairs]), local, last=order == "after")
    entities = _joined(as_places(entities, places, nations, titles, text), known, places, text, lang)
    entities = _vote(entities, text)
    entities = [e for e in entities if not _acting_place(e, places, text, lang)]
    entities = with_powers(entities, text, lang)
    entities += named_again(text, lang, entities, [*places, *nations, *titles, *known, *quantities, *deals])
    # A title or an agreement can hold the name of neither; a name that runs into a title is cut at it.
    names: list[Candidate] = []
    for entity in entities:
        if any(entity.overlaps(q) and not entity.covers(q) for q in quantities.beside(entity)):
            continue
        if entity.kind == "person":
            if any(title.covers(entity) for title in titles.beside(entity)):
                continue
            for title in titles.beside(entity):
                if entity.covers(title):
                    entity = _cut(entity, title, text)
                    # 'governor Sousse' is no name
                    if any((p.start, p.end) == (entity.start, entity.end) for p in places):
                        entity = entity.but(kind="place")
            if entity.kind == "person" and _is_hall(entity, places, text, lang):
                entity = entity.but(kind="organization")
        if entity.kind == "place" and _titled(entity, titles, text, order) and not _is_seat(entity, places):
            entity = entity.but(kind="person", rule="ner+title")
        names.append(entity)

    names = [
        n.but(kind="place") if n.kind == "person" and named_as_place(n, places, titles, text, lang) else n
        for n in names
    ]
    names = _sure(names, titles, text, lang, gazetteer)
    named_bodies = [
        _bare_body(c, known, places, titles, text, edges.prefixes) for c in names if c.kind == "organization"
    ]
    powers = Spans([*known, *(p for p in places if p.values[0].startswith("country/"))])
    named_bodies = [b for b in named_bodies if not is_governed(b, titles, powers, places, text)]
    organizations = longest([*known, *(c for c in named_bodies if not _covered(c, known))])
    around = Spans([*places, *nations])
    organizations = [o for o in organizations if o.value or not _is_office(o, titles, around, text)]
    organizations = Spans(_organization(c, text, lang, around.beside(c), gazetteer) for c in organizations)
    quantities = Spans(q for q in quantities if not _within(q, organizations))
    countries = Spans(c for c in places if c.values[0].startswith("country/"))
    named = Spans(names)
    datelines = capitals_of_datelines(places, text)
    persons = [
        c.but(kind="person", values=(), rule="gazetteer+title")
        for c in places
        if not _is_seat(c, places)
        and _titled(c, titles, text, order)
        and not any(c.overlaps(n) for n in named.beside(c))
    ]
    persons += [
        c for c in names
        if c.kind == "person" and len(c) and not _adjective(c, nations, titles, text)
        and not any(c.overlaps(o) for o in known.beside(c))
        and not _covered(c, countries)
        and not any(line.start == c.start for line in datelines)
    ]  # fmt: skip
    organizations = free(organizations, persons)
    if order == "after":
        organizations = [o for o in organizations if not is_agreement(o, deals)]
        organizations = [_before_title(o, titles, around, text, edges.prefixes) for o in organizations]
        organizations = [o for o in organizations if len(o)]

    offices = []
    states = [*nations, *countries]
    states = Spans(states)
    organizations = Spans(organizations)
    model_titles = Spans(c for c in names if c.kind == "office" and not _covered(c, states))
    for title in titles:
        if _within(title, organizations) and not _is_title(title, model_titles):
            continue
        if any(_is_called_after(venue, title, text, lang) for venue in named.beside(title)):
            continue
        title = _around_state(title, nations, text, lang)
        likely = model_titles.beside(title)
        longer = [m for m in likely if m.overlaps(title) and m.end > title.end and m.score >= SURE_TITLE]
        end = max((m.end for m in longer), default=title.end)
        whole = title.but(end=end)
        inside = [c for c in (*nations.beside(whole), *places.beside(whole)) if title.start < c.start and c.end <= end]
        country = title.country or next((s for c in inside if (s := _state(c, gazetteer)) is not None), None)
        country = country or state_of_power(text[title.start : end], lang)
        offices.append(title.but(kind="office", end=end, country=country))
    offices += [
        c.but(value=_title_at_edge(text[c.start : c.end], lang), score=c.score * 0.8)
        for c in free(model_titles, offices)
    ]
    offices = free(longest(offices), [*quantities, *persons])
    offices = Spans(offices)
    organizations = [_after_title(o, offices, around, text) for o in organizations]
    names += [o for o in organizations if o.kind == "place" and len(o)]
    organizations = Spans(free((o for o in organizations if o.kind == "organization" and len(o)), offices))
    counted, quantities = _counted(deals, quantities)
    agreements = [*counted, *(c.but(kind="agreement") for c in free(deals, [*quantities, *persons, *counted]))]
    agreements = Spans(a for a in agreements if not _within(a, organizations))
    organizations = [o for o in organizations if not _covered(o, agreements)]

    taken = [*quantities, *persons, *organizations, *offices, *agreements]
    towns: list[Candidate] = []
    for entity in (c for c in names if c.kind == "place"):
        inside = [p for p in places.beside(entity) if entity.overlaps(p)]
        if not inside and _covered(entity, nations):
            continue  # a nationality word that the model took for a place
        entity, state = _without_nationality(entity, nations, text)
        if state is None and len(inside) == 1:
            entity, state = without_state(entity, inside[0], text, lang)
            inside = [p for p in inside if entity.overlaps(p)]
        if any(p.covers(entity) for p in inside) or any(
            p.values[0].startswith("country/") and len(inside) > 1 for p in inside
        ):
            continue  # the gazetteer knows it better, or two places were read as one
        if _is_people(entity, nations, offices, text) or (not inside and _covered(entity, nations)):
            continue  # 'Kyrgyz President': the model may take the nationality word for a town
        towns.append(_place(entity, text, lang, inside, gazetteer, context, state))
    towns = free(longest(towns), taken)
    # What is named as a place once is one everywhere; so are the short names that the language lists as safe.
    told = {text[c.start : c.end] for c in towns} | _plain_places(lang)
    taken += towns
    taken += [
        c.but(value=c.values[0], subkind=gazetteer.get(c.values[0]).kind, country=gazetteer.get(c.values[0]).country)
        for c in free(places, taken)
        if (_safe(c, gazetteer) or text[c.start : c.end] in told) and not _is_people(c, nations, offices, text)
    ]
    peoples = [c.but(country=c.value) for c in free(nations, taken)]
    return sorted([*taken, *peoples], key=lambda c: (c.start, c.end))


@cache
def _compounds(lang: str) -> re.Pattern[str]:
    """Words of the language that hold neither a name nor a title though they look it; the longest first."""
    words = sorted(pack(lang).language.compounds, key=lambda word: (-len(word), word))
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)" if words else "(?!)", re.IGNORECASE)


def _after_state(
    found: Candidate, titles: Sequence[Candidate], states: Sequence[Candidate], text: str, lang: str
) -> Candidate:
    """A person's name without the state before it, which a title governs or its case shows to be no first name.

    'King Jordan Abdullah II' in word order of some; 'secretary of the party of Laos (genitive) X'.
    """
    if found.kind != "person":
        return found
    state = next((s for s in near(found, states) if s.start == found.start and s.end < found.end), None)
    if state is None or not (
        any(t.end < found.start and not text[t.end : found.start].strip() for t in near(found, titles))
        or _inflected(text[state.start : state.end], state, lang)
    ):
        return found
    rest = text[state.end : found.end]
    words = len(text[found.start : found.end].split())
    # 'Mayor Jordan Smith' has but a surname left
    if words < 3 or len(rest) == len(rest.lstrip()):
        return found
    return found.but(start=found.end - len(rest.lstrip()))


def _inflected(form: str, state: Candidate, lang: str) -> bool:
    """Whether a form of a state's name is its name with another ending."""
    name = Gazetteer.open().labels(state.values[0]).get(lang, form)
    return form != name and form[:_STEM] == name[:_STEM] and abs(len(form) - len(name)) <= _STEM


def _after_town(found: Candidate, titles: Sequence[Candidate], places: Sequence[Candidate], text: str) -> Candidate:
    """A person's name without the town or region of the local office before it ('governor Ben Arous Sakina')."""
    if found.kind != "person":
        return found
    town = max(
        (p for p in near(found, places) if p.start == found.start and p.end < found.end),
        key=lambda p: p.end,
        default=None,
    )
    if town is None or not any(
        is_local(t.value or "other") and t.end < found.start and not text[t.end : found.start].strip() for t in titles
    ):
        return found
    rest = text[town.end : found.end]
    if len(rest.split()) < 2 or len(rest) == len(rest.lstrip()):
        return found
    return found.but(start=found.end - len(rest.lstrip()))


def _without_post(found: Candidate, places: Sequence[Candidate], text: str, prefixes: frozenset[str]) -> Candidate:
    """A person's name without the last word that is a clitic and a place ('X 주제네바' before 'ambassador')."""
    last = text.rfind(" ", found.start, found.end) + 1
    if found.kind != "person" or not last:
        return found
    posted = any(
        p.end == found.end and last < p.start and text[last : p.start] in prefixes for p in near(found, places)
    )
    return found.but(end=last - 1) if posted else found


def _after_nation(found: Candidate, nations: Sequence[Candidate], text: str, prefixes: Iterable[str]) -> Candidate:
    """The name of a person without the nationality before it, which an article shows to be none of his names."""
    if found.kind != "person":
        return found
    inside = next(
        (n for n in near(found, nations) if n.start < found.start < n.end < found.end and text[n.end] == " "), None
    )
    if inside is not None:  # the model cut a nationality word
        return found.but(start=inside.end + 1)
    articles = tuple(prefix for prefix in prefixes if len(prefix) > 1)
    if not articles or not text.startswith(articles, found.start):
        return found
    nation = next((n for n in near(found, nations) if n.end < found.end and found.start <= n.start < n.end), None)
    if nation is None or text[nation.end] != " " or text[found.start : nation.start] not in ("", *articles):
        return found
    return found.but(start=nation.end + 1)


def _state(found: Candidate, gazetteer: Gazetteer) -> str | None:
    """The state that a nationality word or a place tells."""
    return found.value if found.kind == "nationality" else gazetteer.get(found.values[0]).country


@cache
def _titles(lang: str) -> dict[str, str]:
    return {phrase: value for value, phrases in pack(lang).phrases("offices").items() for phrase in phrases}


@cache
def _titles_by_start(lang: str) -> list[tuple[str, str, str]]:
    """Titles in lower case, sorted, each as written and with what it means."""
    return sorted((phrase.lower(), phrase, value) for phrase, value in _titles(lang).items())


@cache
def _folded_titles(lang: str) -> dict[str, str]:
    folded: dict[str, str] = {}
    for phrase, value in _titles(lang).items():
        folded[phrase.lower()] = max(value, folded.get(phrase.lower(), value))
    return folded


def _title_at_edge(words: str, lang: str) -> str | None:
    """The title of the lexicon that a title of the model begins or ends with, the longest."""
    folded, known = words.lower(), _folded_titles(lang)
    for length in range(len(folded), 0, -1):
        fitting = [known[part] for part in (folded[:length], folded[-length:]) if part in known]
        if fitting:
            return max(fitting)
    return None


def _around_state(title: Candidate, nations: Sequence[Candidate], text: str, lang: str) -> Candidate:
    """A title that a nationality word splits ('ministre grec des Affaires étrangères'), read whole."""
    nation = next((n for n in near(title, nations) if title.end < n.start <= title.end + 1), None)
    if nation is None:
        return title
    head = text[title.start : title.end].lower()
    rest = text[nation.end : nation.end + 80].lower()
    known = _titles_by_start(lang)
    from_here = map(known.__getitem__, range(bisect_left(known, (head,)), len(known)))
    longer = takewhile(lambda title: title[0].startswith(head), from_here)
    tails = [(phrase[len(head) :], value) for _, phrase, value in longer]
    fitting = [(tail, value) for tail, value in tails if tail and rest.startswith(tail.lower())]
    if not fitting:
        return title
    tail, value = max(fitting, key=lambda pair: (len(pair[0]), pair))
    return title.but(end=nation.end + len(tail), value=value, country=nation.value, rule=f"{lang}/offices/{value}")


def _only_states(found: Candidate, nations: Sequence[Candidate], text: str) -> bool:
    """Whether all letters of a name belong to two nationality words or more ('franco-marocain'): no name at all."""
    inside = [n for n in near(found, nations) if found.covers(n)]
    if len(inside) < 2:
        return False
    letters = {i for i in range(found.start, found.end) if text[i].isalpha()}
    return letters <= {i for n in inside for i in range(n.start, n.end)}


def _acting_place(found: Candidate, places: Sequence[Candidate], text: str, lang: str) -> bool:
    """Whether what the model took for a body is a state that acts, or a town by a name that calls it one ('인천시')."""
    place = next(
        (p.values[0] for p in near(found, places) if (p.start, p.end) == (found.start, found.end) and p.values), None
    )
    if found.kind != "organization" or place is None:
        return False
    bare = text[found.start : found.end - 1]
    return place.startswith("country/") or any(p.id == place for p in Gazetteer.open().lookup(bare, lang))


def _adjective(found: Candidate, nations: Sequence[Candidate], titles: Sequence[Candidate], text: str) -> bool:
    """Whether what the model took for a name is the nationality word of the title beside it."""
    if not _covered(found, nations):
        return False
    gaps = ((t.end, found.start) if t.end <= found.start else (found.end, t.start) for t in near(found, titles))
    return any(0 <= high - low <= 1 and not text[low:high].strip() for low, high in gaps)


def _is_people(place: Candidate, nations: Sequence[Candidate], offices: Sequence[Candidate], text: str) -> bool:
    """Whether what could be a town is a nationality word before a title ('Kazakh envoy'); 'Kazakh' is both."""
    if place.values and place.values[0].startswith("country/"):
        return False
    return any((n.start, n.end) == (place.start, place.end) for n in near(place, nations)) and any(
        place.end < o.start <= place.end + 1 and not text[place.end : o.start].strip() for o in near(place, offices)
    )


def _bare(
    entities: Sequence[Candidate],
    text: str,
    edges: Edges,
    places: Sequence[Candidate],
    local: frozenset[int],
    *,
    last: bool,
) -> list[Candidate]:
    """Entities without clitics and particles that the model took for a part of the name.

    A clitic or particle is cut off where what is left is a place of the gazetteer, or a name or a part of one that
    the document also has without it.
    """
    known = {
        c for entity in entities for c in (text[entity.start : entity.end], *text[entity.start : entity.end].split())
    }
    known |= {text[p.start : p.end] for p in places}
    prefixes, suffixes = (sorted(x, key=lambda f: (-len(f), f)) for x in (edges.prefixes, edges.suffixes))
    begins, ends = tuple(prefixes), tuple(suffixes)
    bare = []
    for entity in entities:
        name = text[entity.start : entity.end]
        if name in edges.prefixes:
            continue  # nothing but clitics
        for prefix in prefixes if name.startswith(begins) else ():
            if name.startswith(prefix) and name[len(prefix) :] in known and len(name) > len(prefix) + 1:
                entity = entity.but(start=entity.start + len(prefix))
                break
        name = text[entity.start : entity.end]
        for suffix in suffixes if name.endswith(ends) else ():
            if name.endswith(suffix) and name[: -len(suffix)] in known and len(name) > len(suffix) + 1:
                entity = entity.but(end=entity.end - len(suffix))
                break
        if entity.kind == "person":  # 'Kim Laos' before a title is Kim of Laos
            state = next((p for p in near(entity, places) if p.end == entity.end and p.start > entity.start), None)
            if (
                state is not None
                and (
                    state.kind == "nationality"
                    or state.values[0].startswith("country/")
                    # A verb first, then who leaves which capital: the name is known without it, or whole.
                    or (
                        _is_capital(state)
                        and (text[entity.start : state.start].rstrip() in known or _whole(entity, state, text))
                    )
                    # 'Sipho Dlamini Durban' before 'mayor'
                    or (last and {entity.end, entity.end + 1} & local and _parts(entity, state, text) > 1)
                )
            ):
                entity = entity.but(end=entity.start + len(text[entity.start : state.start].rstrip()))
            first = (
                next((p for p in near(entity, places) if p.start == entity.start and p.end < entity.end), None)
                if last
                else None
            )
            if first is not None and text[first.end] == " " and (first.values or ("",))[0].startswith("country/"):
                entity = entity.but(start=first.end + 1)  # 'Laos Kim' where the title comes last
        elif (
            entity.kind == "place"
            and last
            and all((p.start, p.end) != (entity.start, entity.end) for p in near(entity, places))
        ):
            # 'France Lyon' is Lyon, and France beside it, where what is wider comes first
            wider = next(
                (p for p in near(entity, places) if p.start == entity.start and text[p.end : p.end + 1] == " "), None
            )
            if wider is not None and wider.end < entity.end and _is_wide(wider):
                entity = entity.but(start=wider.end + 1)
        bare.append(entity)
    return bare


def _parts(name: Candidate, place: Candidate, text: str) -> int:
    """How many parts a name has before the place at its end."""
    return len(text[name.start : place.start].split())


def _whole(name: Candidate, place: Candidate, text: str) -> bool:
    """Whether a name that ends with a capital is whole without it, in scripts whose letters do not tell names."""
    return _parts(name, place, text) > 1 and not any(c.isupper() for c in text[name.start : name.end])


def _without_words_beside(entities: Sequence[Candidate], text: str, words: frozenset[str]) -> list[Candidate]:
    """Names of persons and places without words at their edges that belong to no name; what is but such words goes."""
    bare = []
    for entity in entities if words else ():
        start, end = entity.start, entity.end
        if entity.kind in ("person", "place"):
            parts = [m.span() for m in re.finditer(r"\S+", text[start:end])]
            # a single letter is no name by itself: the word beside it ('또 럼') is a part of it
            while parts and text[start + parts[0][0] : start + parts[0][1]] in words and end - start - parts[0][1] > 2:
                del parts[0]
            while parts and text[start + parts[-1][0] : start + parts[-1][1]] in words:
                del parts[-1]
            if not parts:
                continue
            start, end = start + parts[0][0], start + parts[-1][1]
        elif text[start:end] in words:
            continue
        bare.append(entity if (start, end) == (entity.start, entity.end) else entity.but(start=start, end=end))
    return bare if words else list(entities)


def _is_wide(found: Candidate) -> bool:
    """Whether a place is a state or a region, which towns lie in."""
    return bool(found.values) and Gazetteer.open().get(found.values[0]).kind in ("country", "region")


def _is_capital(found: Candidate) -> bool:
    return Gazetteer.open().get(found.values[0]).capital


@cache
def _joins(lang: str) -> re.Pattern[str]:
    return re.compile(pack(lang).language.joins)


def _before_persons(names: Sequence[Candidate], text: str, lang: str) -> set[int]:
    """Where names begin that 'and' joins to that of a person after it, which the model is sure of somewhere."""
    sure = {text[n.start : n.end] for n in names if n.kind == "person" and n.score >= _SURE_NAME}
    return {
        first.start
        for first, second in pairwise(sorted(names, key=lambda n: (n.start, n.end)))
        if second.kind == "person" and text[second.start : second.end] in sure
        if _joins(lang).fullmatch(text, first.end, second.start)
    }


def _joined(
    entities: Sequence[Candidate], known: Sequence[Candidate], places: Sequence[Candidate], text: str, lang: str
) -> list[Candidate]:
    """The names with those made persons that nothing but the model, less sure of it, knows as a place or a body.

    Who is joined to a person is one: 'X and Arman Bekov'. What the model is sure of stands, unless it takes the same
    name for a person's elsewhere.
    """
    persons = {text[e.start : e.end] for e in entities if e.kind == "person"}
    before_persons = _before_persons(entities, text, lang)
    return [
        entity.but(kind="person")
        if entity.start in before_persons
        and entity.kind in ("place", "organization")
        and (entity.score < _SURE_NAME or text[entity.start : entity.end] in persons)
        and kind_of_name(text[entity.start : entity.end], lang) is None
        and not any(entity.overlaps(k) for around in (known, places) for k in near(entity, around))
        else entity
        for entity in entities
    ]


def _vote(entities: Sequence[Candidate], text: str) -> list[Candidate]:
    """One name is one kind of thing in one document: the kind that the model is surest of, over all its mentions.

    A single word that is part of a longer name votes with it ('Tokaïev' with 'Kassym-Jomart Tokaïev').
    """
    votes: dict[str, dict[str, float]] = {}
    for entity in entities:
        name = text[entity.start : entity.end]
        for part in {name, *name.split()} if entity.kind == "person" else {name}:
            kinds = votes.setdefault(part, {})
            kinds[entity.kind] = kinds.get(entity.kind, 0.0) + entity.score
    settled = []
    for entity in entities:
        kinds = votes[text[entity.start : entity.end]]
        best = min(kinds, key=lambda k: (-kinds[k], k))
        if best != entity.kind and {best, entity.kind} <= {"person", "place", "organization"}:
            entity = entity.but(kind=best)
        settled.append(entity)
    return settled


# Below these the model is more often wrong than right about a name that nothing else supports.
_SURE_PERSON, _SURE_PLACE, _SURE_BODY = 0.75, 0.7, 0.5
# Above this it is seldom wrong about what it takes for a name.
_SURE_NAME = 0.9


def _sure(names: Sequence[Candidate], titles: Spans, text: str, lang: str, gazetteer: Gazetteer) -> list[Candidate]:
    """Names that the model is sure of, somewhere in the document, or that something else supports.

    A title beside it, further parts or a sure name that it is joined to support a person's name; a head word supports
    a body's, and the gazetteer a place's, unless that is more often another word.
    """
    best: dict[str, float] = {}
    for name in names:
        whole = text[name.start : name.end]
        for part in (whole, *whole.split()):
            best[part] = max(best.get(part, 0.0), name.score)
    kept = []
    before_persons = _before_persons(names, text, lang)
    for name in names:
        whole = text[name.start : name.end]
        if name.kind == "person":
            supported = len(whole.split()) > 1 or _titled(name, titles, text) or name.rule != "ner"
            supported = supported or name.start in before_persons
            if not supported and best[whole] < _SURE_PERSON:
                continue
        known = name.kind == "place" and whole.casefold() not in _everyday(lang) and gazetteer.lookup(whole, lang)
        if name.kind == "place" and best[whole] < _SURE_PLACE and not known:
            continue
        if name.kind == "organization" and best[whole] < _SURE_BODY and kind_of_name(whole, lang) is None:
            continue
        kept.append(name)
    return kept


def _titled(found: Candidate, titles: Spans, text: str, order: str | None = None) -> bool:
    """Whether a name stands beside a title that no place can have ('President X', but not 'Mayor X').

    With the `order` of a language only the title on its proper side counts: 'in Cairo Prime Minister X' is no name.
    """
    for title in titles.beside(found):
        before = title.end <= found.start
        if order is not None and before != (order == "before"):
            continue
        low, high = (title.end, found.start) if before else (found.end, title.start)
        if 0 <= high - low <= 1 and not text[low:high].strip() and not is_local(title.value or "other"):
            return True
    return False


@cache
def _plain_places(lang: str) -> frozenset[str]:
    return frozenset(map(str, load_yaml(f"lang/{lang}/places.yaml").get("plain", ())))


@cache
def _everyday(lang: str) -> frozenset[str]:
    """Names of places that are more often other words."""
    return frozenset(str(word).casefold() for word in load_yaml(f"lang/{lang}/places.yaml").get("veto", ()))


_SHORT = 3
_STEM = 3


def _safe(found: Candidate, gazetteer: Gazetteer) -> bool:
    """Whether a place can stand on the gazetteer's word alone: short names of mere cities are too often words."""
    place = gazetteer.get(found.values[0])
    return place.kind == "country" or place.capital or place.country is None or len(found) >= _SHORT


def _is_seat(found: Candidate, places: Spans) -> bool:
    """Whether a name is a state's or a capital's, whatever title stands beside it ('the President Cairo reached')."""
    gazetteer = Gazetteer.open()
    return any(
        found.overlaps(p)
        and (
            p.values[0].startswith(("country/", "macro/"))
            or ((p.start, p.end) == (found.start, found.end) and gazetteer.get(p.values[0]).capital)
        )
        for p in places.beside(found)
    )


def _counted(deals: list[Candidate], quantities: list[Candidate]) -> tuple[list[Candidate], list[Candidate]]:
    """'Ten MoUs' is one mention, of agreements, not a number beside a word; also what quantities are left."""
    made, left = [], []
    beside = Spans(deals)
    for quantity in quantities:
        deal = (
            next((d for d in beside.beside(quantity) if d.overlaps(quantity)), None)
            if isinstance(quantity.quantity, Count)
            else None
        )
        if deal is None or not isinstance(quantity.quantity, Count):
            left.append(quantity)
            continue
        start, end = min(deal.start, quantity.start), max(deal.end, quantity.end)
        made.append(deal.but(kind="agreement", start=start, end=end, count=int(quantity.quantity.value)))
    return made, left


def _covered(candidate: Candidate, others: Sequence[Candidate]) -> bool:
    return any(other.covers(candidate) for other in near(candidate, others))


def _within(candidate: Candidate, others: Sequence[Candidate]) -> bool:
    """Whether a candidate lies in a longer one."""
    return any(other.covers(candidate) and len(other) > len(candidate) for other in near(candidate, others))


def _is_called_after(venue: Candidate, title: Candidate, text: str, lang: str) -> bool:
    """Whether a place is a venue called after the bearer of a title ('the mausoleum of President X')."""
    if venue.kind != "place" or not venue.start < title.start < title.end < venue.end:
        return False
    return kind_of_name(text[venue.start : venue.end], lang) == "venue"


def _is_title(title: Candidate, model_titles: list[Candidate]) -> bool:
    return any(m.overlaps(title) for m in near(title, model_titles))


def _cut(entity: Candidate, title: Candidate, text: str) -> Candidate:
    """The longer side of an entity that a title splits."""
    left = entity.but(end=entity.start + len(text[entity.start : title.start].rstrip(" ,")))
    gap = text[title.end : entity.end]
    right = entity.but(start=title.end + len(gap) - len(gap.lstrip(" ,")))
    return left if len(left) >= len(right) else right


def _after_title(body: Candidate, offices: Sequence[Candidate], states: Sequence[Candidate], text: str) -> Candidate:
    """A body whose first words belong to a title ('general secretary of the Central Committee' of the Party of X).

    What is left begins with its first capital, in scripts that have capitals; where that is but a state, no body is.
    """
    for office in near(body, offices):
        if office.start <= body.start < office.end < body.end:
            rest = re.match(r"[\W\d_]*(?:[a-zà-ÿа-яё'-]+[\W\d_]+)*", text[office.end : body.end])
            left = body.but(start=office.end + (rest.end() if rest else 0))
            if is_local(office.value or "other"):
                return left.but(kind="place", subkind=None, country=None)  # 'mayor of the city of' a town
            return left.but(start=left.end) if _names_only(left, states, text) else left
    return body


def _names_only(found: Candidate, states: Sequence[Candidate], text: str) -> bool:
    """Whether a name is but a state, or in scripts that have capitals several ('of Armenia and Iran')."""
    if _covered(found, states):
        return True
    capitals = {i for i in range(found.start, found.end) if text[i].isupper()}
    return bool(capitals) and capitals <= {
        i for s in near(found, states) if found.covers(s) for i in range(s.start, s.end)
    }


def _is_office(body: Candidate, titles: Sequence[Candidate], states: Sequence[Candidate], text: str) -> bool:
    """Whether what the model took for a body is a title with its state ('the president of Turkey')."""
    return any(
        title.start == body.start and title.end < body.end and _names_only(body.but(start=title.end + 1), states, text)
        for title in near(body, titles)
    )


def _of_state(title: Candidate) -> bool:
    kind = office_kinds().get(office_kind(title.value or "other", None))
    return kind is not None and kind.diplomatic


def _before_title(
    body: Candidate, titles: Sequence[Candidate], states: Sequence[Candidate], text: str, prefixes: Iterable[str]
) -> Candidate:
    """A body without the title of a state's servant that its name runs into, where titles stand last."""
    title = next((t for t in near(body, titles) if t.end == body.end and t.start > body.start and _of_state(t)), None)
    if title is None or body.value is not None:
        return body
    left = body.but(end=body.start + len(text[body.start : title.start].rstrip()))
    lost = max((len(p) for p in prefixes if text.startswith(p, left.start)), default=0)
    letters = {i for i in range(left.start + lost, left.end) if text[i].isalpha()}
    named = {i for state in near(left, states) for i in range(state.start, state.end) if left.start <= i < left.end}
    return left.but(end=left.start) if letters <= named else left


def _bare_body(
    found: Candidate,
    known: Sequence[Candidate],
    places: Sequence[Candidate],
    titles: Sequence[Candidate],
    text: str,
    prefixes: frozenset[str],
) -> Candidate:
    """An international body without what is beside it.

    That is a clitic ('to the EU' in one word), the state whose servant is posted at it ('the UN Fiji' before
    'ambassador'), or a place that one small word joins to it ('the UN on Yemen').
    """
    whole = next((k for k in near(found, known) if k.end == found.end and k.start > found.start), None)
    if whole is not None and text[found.start : whole.start] in prefixes:
        return whole
    body = next((k for k in near(found, known) if k.start == found.start and k.end < found.end), None)
    if body is not None and any(
        text[body.end : p.start] == " " and p.values[0].startswith("country/") and _sends(p, found, titles, text)
        for p in near(found, places)
    ):
        return body
    joint = re.match(r" (\w+) (?=\S)", text[body.end : found.end]) if body is not None else None
    if body is None or joint is None or not joint[1].islower():
        return found
    start = body.end + joint.end()
    return body if any(p.start == start and p.end == found.end for p in places) else found


def _sends(state: Candidate, body: Candidate, titles: Sequence[Candidate], text: str) -> bool:
    """Whether the title of a servant of state follows a state, and a body ends with the one or the other."""
    return any(
        _of_state(title) and text[state.end : title.start].strip() == "" and 0 <= title.start - state.end <= 1
        for title in near(state, titles)
        if body.end in (state.end, title.end)
    )


def _organization(
    found: Candidate, text: str, lang: str, nested: Sequence[Candidate], gazetteer: Gazetteer
) -> Candidate:
    """Tell the kind of a body by its head word and its state by a country or nationality in its name."""
    kind = found.subkind or kind_of_name(text[found.start : found.end], lang)
    inside = [c for c in nested if found.covers(c)]
    if kind == "embassy" and pack(lang).language.titles == "after":  # '주가나 한국대사관' is of the other state
        inside.sort(key=lambda c: text[max(0, c.start - 2) : c.start].strip() in pack(lang).language.prefixes)
    country = None
    if found.value is None:
        for part in inside:
            country = part.value if part.kind == "nationality" else gazetteer.get(part.values[0]).country
            if country:
                break
        country = country or state_of_power(text[found.start : found.end], lang)
    return found.but(subkind=kind or "organization", country=country)


def _without_nationality(found: Candidate, nations: Sequence[Candidate], text: str) -> tuple[Candidate, str | None]:
    """A town without the nationality word after it ('Saint-Louis sénégalaise'), and the state that it tells."""
    nation = next((n for n in near(found, nations) if n.end == found.end and n.start > found.start), None)
    if nation is None or text[nation.start - 1] != " ":
        return found, None
    return found.but(end=found.start + len(text[found.start : nation.start].rstrip())), nation.value


def _place(
    found: Candidate,
    text: str,
    lang: str,
    inside: list[Candidate],
    gazetteer: Gazetteer,
    context: Context,
    state: str | None = None,
) -> Candidate:
    """Look a name of the model up, of the state told with it; what nobody knows stays a place of its own."""
    name = text[found.start : found.end]
    before = text[: found.start]
    lost = next((x for joint, x in pack(lang).language.contractions.items() if before.endswith(joint)), "")
    known = (gazetteer.lookup(lost + name, lang) if lost else ()) or gazetteer.lookup(name, lang)
    # towns are called White House, too
    known = () if exact(name) in _powers(lang) or name in states_of_powers(lang) else known
    if known:
        best = next((p for p in known if p.country == state), None) or context.best(known, name)
        return found.but(value=best.id, values=tuple(p.id for p in known[:5]), subkind=best.kind, country=best.country)
    country = state or next((gazetteer.get(p.values[0]).country for p in inside), None)
    country = country or state_of_power(name, lang)
    return found.but(subkind=kind_of_name(name, lang) or "city", country=country)
