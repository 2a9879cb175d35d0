"""From overlapping candidates to mentions: which reading of a stretch of text stands.

The order of trust is this module's only policy: dates and amounts, then countries and international bodies, then
titles of the lexicon, then the model's names, each trimmed by the stronger ones, then places of the gazetteer that
the model has not seen. What decides lies in modules beside it: in `kgx.lexical` what is known without the model, in
`kgx.trimmed` where names begin and end, in `kgx.misread` and `kgx.sure` what they are and whether they stand, in
`kgx.titles`, `kgx.bodies` and `kgx.places` what there is to know of each.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kgx.bodies import (
    after_pair,
    after_title,
    as_government,
    bare_body,
    before_title,
    classified,
    is_agreement,
    is_governed,
    is_office,
)
from kgx.candidates import Candidate, Spans, covered, free, longest, within
from kgx.datelines import capitals_of_datelines
from kgx.lang import pack
from kgx.lexical import Lexical, lexical
from kgx.located import named_as_place
from kgx.misread import as_places, is_acting_place, is_adjective, is_called_after, is_hall, is_only_states
from kgx.named import named_again, named_by_title
from kgx.places import (
    is_people,
    is_safe,
    is_seat,
    known_place,
    looked_up,
    plain_places,
    without_nationality,
    without_state,
)
from kgx.powers import with_powers
from kgx.quantities import Count
from kgx.sure import joined, supported, vote
from kgx.titles import title_at_edge, titled, whole_title, without_title
from kgx.trimmed import (
    after_nation,
    after_state,
    after_town,
    before_agreement,
    from_word_start,
    without_particles_and_places,
    without_post,
    without_words_beside,
)

LABELS = {"PER": "person", "ORG": "organization", "LOC": "place", "OFFICE": "office"}
# Of a title that only the model has seen it is less sure than it says.
_UNKNOWN_TITLE = 0.8


def settle(candidates: Sequence[Candidate], text: str, lang: str) -> list[Candidate]:
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
    known = lexical(candidates, text, lang)
    names = [c.but(kind=LABELS[c.value or ""], value=None) for c in candidates if c.kind == "entity"]
    names = _with_untitled(names, known)
    names = _trimmed(names, known)
    names = _of_their_kind(names, known)
    names = _cut_by_titles(names, known)
    names = supported(names, known.titles, text, lang)

    bodies = _bodies(names, known)
    quantities: Sequence[Candidate] = [q for q in known.quantities if not within(q, bodies)]
    persons = _persons(names, known)
    bodies = _without_titles_after(free(bodies, persons), known)
    offices = _offices(names, bodies, [*quantities, *persons], known)
    bodies, towns = _after_titles(bodies, offices, known)
    agreements, quantities = _agreements(quantities, persons, bodies, known)
    taken = [*quantities, *persons, *(b for b in bodies if not covered(b, agreements)), *offices, *agreements]
    taken += _places([*names, *towns], offices, taken, known)
    taken += [nation.but(country=nation.value) for nation in free(known.nations, taken)]
    return sorted(taken, key=lambda c: (c.start, c.end))


def _with_untitled(names: Sequence[Candidate], known: Lexical) -> list[Candidate]:
    """The model's names with those that it missed and a title tells, over what it read there."""
    read = [n.but(value=title_at_edge(known.read(n), known.lang)) for n in names if n.kind == "office"]
    beside = Spans([*known.places, *known.nations, *known.bodies, *(n for n in names if n.kind == "place")])
    taken = Spans([*names, *known.quantities, *known.agreements])
    told = named_by_title(known.text, known.lang, [*known.titles, *free(read, known.titles)], beside, taken)
    seen = {(n.start, n.end): n.score for n in names if n.kind == "person"}
    told = [t.but(score=max(t.score, seen.get((t.start, t.end), 0.0))) for t in told]
    return [*(n for n in names if not covered(n, told)), *told]


def _trimmed(names: Iterable[Candidate], known: Lexical) -> list[Candidate]:
    """Names without what the lexicons know to stand beside them; what then is no name goes."""
    text, lang, edges, places, titles = known.text, known.lang, known.edges, known.places, known.titles
    names = [as_government(n, text, lang) for n in names if not is_only_states(n, known.nations, text)]
    names = [after_nation(n, known.nations, text, edges.prefixes) for n in names]
    names = without_words_beside(names, text, frozenset(pack(lang).language.outside_names))
    names = [n for n in names if n.kind != "person" or not any(s < n.end and n.start < e for s, e in known.compounds)]
    names = [after_town(after_state(n, titles, known.states, text, lang), titles, places, text) for n in names]
    names = [before_agreement(from_word_start(n, text, edges), known.agreements, text) for n in names]
    last = known.order == "after"
    if last:
        names = [without_post(n, places, text, edges.prefixes) for n in names]
    names = [bare for n in names if len(bare := after_pair(n, known.pairs, text))]
    return without_particles_and_places(names, Spans([*places, *known.pairs]), titles, text, edges, last=last)


def _of_their_kind(names: Sequence[Candidate], known: Lexical) -> list[Candidate]:
    """Names as what the lexicons and the rest of the document tell them to be, with those that are only said again."""
    text, lang, places = known.text, known.lang, known.places
    names = as_places(names, places, known.nations, known.titles, text)
    names = vote(joined(names, known.bodies, places, text, lang), text)
    names = [n for n in names if not is_acting_place(n, places, text, lang)]
    names = with_powers(names, text, lang)
    others = (places, known.nations, known.titles, known.bodies, known.quantities, known.agreements)
    return [*names, *named_again(text, lang, names, [c for several in others for c in several])]


def _cut_by_titles(names: Iterable[Candidate], known: Lexical) -> list[Candidate]:
    """Names beside titles: none lies in one, one that runs into one is cut at it, and a place that has one is a person.

    What runs into a date or an amount is no name.
    """
    text, lang, places, titles = known.text, known.lang, known.places, known.titles
    kept: list[Candidate] = []
    for name in names:
        if any(name.overlaps(q) and not name.covers(q) for q in known.quantities.beside(name)):
            continue
        if name.kind == "person":
            if any(title.covers(name) for title in titles.beside(name)):
                continue
            name = _person_without_titles(name, known)
        if name.kind == "place" and titled(name, titles, text, known.order) and not is_seat(name, places):
            name = name.but(kind="person", rule="ner+title")
        if name.kind == "person" and named_as_place(name, places, titles, text, lang):
            name = name.but(kind="place")
        kept.append(name)
    return kept


def _person_without_titles(person: Candidate, known: Lexical) -> Candidate:
    """A person's name without the titles in it, if that is one: 'governor Sousse' is a place, a hall is a body."""
    text, places = known.text, known.places
    name = person
    for title in known.titles.beside(person):
        if name.covers(title):
            name = without_title(name, title, text)
            if any((p.start, p.end) == (name.start, name.end) for p in places):
                name = name.but(kind="place")
    if name.kind == "person" and is_hall(name, places, text, known.lang):
        return name.but(kind="organization")
    return name


def _bodies(names: Iterable[Candidate], known: Lexical) -> Spans:
    """International bodies, and those of the model, each with its kind and state."""
    text, lang, places, titles = known.text, known.lang, known.places, known.titles
    prefixes = known.edges.prefixes
    seen = [bare_body(n, known.bodies, places, titles, text, prefixes) for n in names if n.kind == "organization"]
    powers = Spans([*known.bodies, *known.countries])
    seen = [b for b in seen if not is_governed(b, titles, powers, places, text) and not covered(b, known.bodies)]
    bodies = longest([*known.bodies, *seen])
    bodies = [b for b in bodies if b.value or not is_office(b, titles, known.around, text)]
    return Spans(classified(b, known.around.beside(b), text, lang) for b in bodies)


def _persons(names: Sequence[Candidate], known: Lexical) -> list[Candidate]:
    """Places that the model has not seen and that have a title, and the persons of the model."""
    seen = Spans(names)
    datelines = {capital.start for capital in capitals_of_datelines(known.places, known.text)}
    titled_places = [
        place.but(kind="person", values=(), rule="gazetteer+title")
        for place in known.places
        if not is_seat(place, known.places)
        and titled(place, known.titles, known.text, known.order)
        and not any(place.overlaps(n) for n in seen.beside(place))
    ]
    persons = [
        name
        for name in names
        if name.kind == "person"
        and len(name)
        and name.start not in datelines
        and not is_adjective(name, known.nations, known.titles, known.text)
        and not any(name.overlaps(b) for b in known.bodies.beside(name))
        and not covered(name, known.countries)
    ]
    return [*titled_places, *persons]


def _without_titles_after(bodies: Sequence[Candidate], known: Lexical) -> Spans:
    """Bodies without the titles that their names run into, where titles stand last; agreements are none."""
    if known.order != "after":
        return Spans(bodies)
    bare = (
        before_title(b, known.titles, known.around, known.text, known.edges.prefixes)
        for b in bodies
        if not is_agreement(b, known.agreements)
    )
    return Spans(b for b in bare if len(b))


def _offices(names: Sequence[Candidate], bodies: Spans, taken: Iterable[Candidate], known: Lexical) -> Spans:
    """Titles of the lexicon, and of the model where there are none, each with the state that it tells."""
    states = Spans([*known.nations, *known.countries])
    read = Spans(n for n in names if n.kind == "office" and not covered(n, states))
    seen = Spans(names)
    offices = [
        whole_title(title, read, known.nations, known.places, known.text, known.lang)
        for title in known.titles
        # the title in a body's name is a part of it, unless the model has seen it, too
        if not within(title, bodies) or any(r.overlaps(title) for r in read.beside(title))
        if not any(is_called_after(venue, title, known.text, known.lang) for venue in seen.beside(title))
    ]
    of_a_name = Spans(b for b in bodies if b.value)  # 'alliance' is no title in that of NATO
    offices += [
        r.but(value=title_at_edge(known.read(r), known.lang), score=r.score * _UNKNOWN_TITLE)
        for r in free(read, offices)
        if not within(r, of_a_name)
    ]
    return Spans(free(longest(offices), taken))


def _after_titles(bodies: Iterable[Candidate], offices: Spans, known: Lexical) -> tuple[Spans, list[Candidate]]:
    """Bodies without the titles that they begin in, and the towns that are left of some."""
    bare = [b for body in bodies if len(b := after_title(body, offices, known.around, known.text))]
    towns = [b for b in bare if b.kind == "place"]
    return Spans(free((b for b in bare if b.kind == "organization"), offices)), towns


def _agreements(
    quantities: Sequence[Candidate], persons: Sequence[Candidate], bodies: Spans, known: Lexical
) -> tuple[Spans, list[Candidate]]:
    """Agreements, also what quantities are left: 'ten MoUs' is one mention, not a number beside a word."""
    deals = Spans(known.agreements)
    counted: list[Candidate] = []
    left: list[Candidate] = []
    for found in quantities:
        deal = next((d for d in deals.beside(found) if d.overlaps(found)), None)
        if deal is None or not isinstance(found.quantity, Count):
            left.append(found)
            continue
        start, end = min(deal.start, found.start), max(deal.end, found.end)
        counted.append(deal.but(kind="agreement", start=start, end=end, count=int(found.quantity.value)))
    plain = [d.but(kind="agreement") for d in free(deals, [*left, *persons, *counted])]
    return Spans(a for a in [*counted, *plain] if not within(a, bodies)), left


def _places(names: Iterable[Candidate], offices: Spans, taken: Sequence[Candidate], known: Lexical) -> list[Candidate]:
    """Places of the model, then those of the gazetteer that can stand without it."""
    text, nations = known.text, known.nations
    towns = (town for n in names if n.kind == "place" and (town := _town(n, offices, known)) is not None)
    places = free(longest(towns), taken)
    # What is named as a place once is one everywhere; so are the short names that the language lists as safe.
    told = {known.read(place) for place in places} | plain_places(known.lang)
    left = free(known.places, [*taken, *places])
    return [
        *places,
        *(
            known_place(p)
            for p in left
            if (is_safe(p) or known.read(p) in told) and not is_people(p, nations, offices, text)
        ),
    ]


def _town(found: Candidate, offices: Spans, known: Lexical) -> Candidate | None:
    """What the model took for a place, looked up; None where it is none, or the gazetteer knows it better."""
    text, lang, nations = known.text, known.lang, known.nations
    inside = [p for p in known.places.beside(found) if found.overlaps(p)]
    if not inside and covered(found, nations):
        return None  # a nationality word
    town, state = without_nationality(found, nations, text)
    if state is None and len(inside) == 1:
        town, state = without_state(town, inside[0], text, lang)
        inside = [p for p in inside if town.overlaps(p)]
    if any(p.covers(town) for p in inside) or (len(inside) > 1 and any(p.is_state for p in inside)):
        return None  # or two places were read as one
    if is_people(town, nations, offices, text) or (not inside and covered(town, nations)):
        return None  # 'Kyrgyz President': the model may take the nationality word for a town
    return looked_up(town, inside, text, lang, known.context, state)
