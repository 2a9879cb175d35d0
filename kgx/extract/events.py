"""Visits, meetings, calls, signings and the like: from drafts to events."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kgx.extract.context import RULE_CONFIDENCE, Context
from kgx.extract.reduce import Atom
from kgx.extract.rules import Draft
from kgx.extract.states import is_taken
from kgx.models import INFERRED, Event
from kgx.ontology import event_types, official_bodies


def events(context: Context, draft: Draft) -> list[Event]:
    """The events of one draft: a visit for each state visited, else at most one."""
    spec = event_types()[draft.name]
    roles = {
        role: tuple(a for a in context.role(draft, role) if _fills(a, kinds)) for role, kinds in spec.roles.items()
    }
    if draft.name == "visit":
        return _visits(context, draft, roles)
    if "participant" in roles:  # a second path to participants: whom the first met
        others = (a for a in context.role(draft, "other") if _fills(a, spec.roles["participant"]))
        roles["participant"] = (*roles["participant"], *others)
    ids = {role: context.ids(atoms) for role, atoms in roles.items()}
    if set(ids.get("invitee", ())) - set(ids.get("inviter", ())):  # 'invited his host': of the two, the other one
        ids["invitee"] = tuple(i for i in ids["invitee"] if i not in ids["inviter"])
    actors = tuple(dict.fromkeys(i for role in ids if role != "place" for i in ids[role]))
    countries = list(context.countries(actors))
    place = ids.get("place", ())[:1]
    inferred = False
    unknown = [i for i in actors if context.things.country_of(i) is None and not context.of_body(i)]
    if not countries and (context.diplomatic or context.untitled) and context.official(actors):
        countries, inferred = list(context.pair(draft)), True
    elif len(countries) < 2 and (unknown or len(actors) < 2) and spec.foreign and context.international:
        other = context.other_country(countries[0] if countries else None, draft)
        if other is None and countries and len(unknown) == 1:  # who meets somebody of a third state is of the first
            other = next((c for c in context.reader.main_countries[:2] if c not in countries), None)
        if other is not None:
            countries.append(other)
            inferred = True
            known = [i for i in actors if i != unknown[0]] if len(unknown) == 1 else []
            if known and all(i in context.things.persons for i in (unknown[0], *known)):
                context.things.persons[unknown[0]].conclude(other)
    if draft.name == "signing" and context.private(actors):
        return []
    if spec.foreign and len(countries) < 2 and not _has_body(context, actors):
        return []
    if len(actors) < spec.actors or not (context.official(actors) or not actors):
        return []
    if not actors and not (countries and context.diplomatic):
        return []
    start, end = context.date(draft)
    inferred = inferred or context.date_is_inferred(draft)
    if set(ids.get("inviter", ())) & set(ids.get("invitee", ())):
        return []
    return [
        Event(
            evidence=context.evidence(draft, sure=INFERRED if inferred else RULE_CONFIDENCE),
            inferred=inferred,
            event_type=draft.name,
            participants=tuple(i for i in actors if not i.startswith("country/")),
            inviter=ids.get("inviter", ()),
            invitee=ids.get("invitee", ()),
            countries=tuple(countries),
            start=start,
            end=end,
            place=place[0] if place else None,
            status=context.status(draft, start),
        )
    ]


def _has_body(context: Context, ids: Iterable[str]) -> bool:
    """Whether a body of states takes part that is of no one state, or somebody who speaks for one."""
    things = context.things
    return any(
        context.of_body(i)
        or (context.international and things.country_of(i) is None and things.body_kind(i) in official_bodies())
        for i in ids
    )


def _visits(context: Context, draft: Draft, roles: dict[str, tuple[Atom, ...]]) -> list[Event]:
    visitors = context.ids(roles["visitor"])
    origin = next(iter(context.told_countries(visitors)), None)
    hosts: dict[str, list[str]] = {}
    whither = set(context.countries(context.ids(roles["host"])))
    for thing in context.ids((*roles["host"], *roles["place"])):
        country = context.things.country_of(thing)
        if whither and country not in whither:
            continue  # where it is told, or where the visitor comes from
        if country is not None and country != origin:
            hosts.setdefault(country, []).append(thing)
    told = draft.rule.values.get("host")  # a word that says whom it is to: '방한'
    if told is not None and told != origin:
        hosts = {told: [context.things.country(told)]}
    if origin is None:  # who is likely of the state whose town he is in has not left it
        at_home = set(context.countries(visitors))
        hosts = {c: at for c, at in hosts.items() if c not in at_home or any(p.startswith("country/") for p in at)}
    inferred = False
    if not hosts and told is None and origin is not None and "host" not in draft.rule.needs:
        other = context.other_country(origin, draft)
        if other is not None:
            hosts, inferred = {other: [context.things.country(other)]}, True
    start, end = context.date(draft)
    inferred = inferred or context.date_is_inferred(draft)
    made: list[Event] = []
    world = any(map(context.of_body, visitors))
    home = None if world else origin or next((c for c in map(context.other_country, hosts) if c is not None), None)
    guessed = home is None and not world and not set(hosts) & set(context.reader.main_countries[:2])
    if guessed:  # in a document about one state above all, its own officials go to third ones
        home = next(iter(context.countries(visitors)), None) or _home_of(context, visitors)
    tour = len(hosts) > 1
    if origin is None and not world:
        for visitor in visitors:
            if visitor in context.things.persons:
                context.things.persons[visitor].conclude(home, firmly=not guessed)
    for country, places in hosts.items():
        sender = home
        status = context.status(draft, start)
        others = country not in context.reader.main_countries[:2]
        if tour and others and status == "occurred" and draft.rule.status is None:
            status = "planned"  # of a tour under way, the stops that the report is not about lie ahead
        if not visitors or sender == country:
            continue
        by_name = any(p.startswith("country/") for p in places)
        if sender is None and not world and not by_name:
            continue  # a president in a town may well be at home; in a state by name, hardly
        if origin is None and not world and not by_name and context.reader.rules(country):
            continue  # where a document is about one state above all, its towns are home
        if not context.official(visitors):
            continue
        place = next((p for p in places if not p.startswith("country/")), places[0])
        if tour and end is not None and made:  # a tour's days are those of its first stop, and of no other
            start = end = None
        made.append(
            Event(
                evidence=context.evidence(draft, sure=INFERRED if inferred else RULE_CONFIDENCE),
                inferred=inferred or (origin is None and sender is not None),
                event_type="visit",
                participants=tuple(v for v in visitors if not v.startswith("country/")),
                visitor=visitors,
                host=(context.things.country(country),),
                countries=(sender, country) if sender else (country,),
                start=start,
                end=end,
                place=place,
                status=status,
                level=context.matcher.level(draft),
            )
        )
    return made


def _home_of(context: Context, visitors: Sequence[str]) -> str | None:
    """The state that a document speaks of above all, unless somebody else there holds what a visitor does."""
    people = [context.things.persons[v] for v in visitors if v in context.things.persons]
    main = context.reader.main_countries[:2]
    free = [s for s in main if not any(is_taken(s, person, context.reader) for person in people)]
    return context.at_home if context.at_home in free else free[0] if len(free) == 1 < len(main) else None


def _fills(atom: Atom, kinds: Sequence[str]) -> bool:
    if atom.type == "office":
        return "person" in kinds and atom.country is not None
    if atom.type == "nationality":  # 'the French delegation' acts for France
        return "country" in kinds
    return atom.type in kinds
