"""Lasting ties: twinned places, diplomatic relations, ranks among trade partners."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from kgx.extract.context import RULE_CONFIDENCE, Context, when_of
from kgx.extract.patterns import compile_rule
from kgx.extract.reduce import Atom, Reduced, block, marks, spots
from kgx.extract.rules import Draft, expand
from kgx.extract.things import told
from kgx.gazetteer import Gazetteer, Place
from kgx.models import INFERRED, DiplomaticRelation, Interval, PartialDate, TradePartnerRank, Twinning, When

# The kind of body that acts for a town.
_HALL = "municipality"
# A town that so many mentions speak of may be one of 'the two towns'.
_OFTEN = 2


def twinnings(context: Context, draft: Draft) -> list[Twinning]:
    """Pairs of places that the rule's pairing patterns find in the sentence of the anchor."""
    plain = draft.sentence.plain
    start = context.since(draft)
    made: list[Twinning] = []
    seen: set[frozenset[str]] = set()
    pairs = [(a, b) for a in _expanded(context, draft, "a") for b in _expanded(context, draft, "b")]
    for pattern in draft.rule.pairs:
        compiled = compile_rule(pattern, context.matcher.macros)
        at = 0
        while (match := compiled.search(plain.text, at)) is not None:
            others = [plain.atoms[c] for name in ("b", "c", "d", "e") if (c := match.groupdict().get(name))]
            pairs += [(plain.atoms[match["a"]], other) for other in others]
            at = max(match.end() - 1, match.start() + 1)  # the second of one pair may be the first of the next
    if not pairs:
        pairs = _by_their_heads(context, draft)
    inferred = not pairs
    if inferred:
        pairs = _spoken_of(context, draft)
    for x, y in pairs:
        a_id, b_id = context.things.id(x), context.things.id(y)
        if a_id is None or b_id is None or a_id == b_id or frozenset((a_id, b_id)) in seen:
            continue
        if x.type == "country" or y.type == "country":
            continue
        ca, cb = context.things.country_of(a_id), context.things.country_of(b_id)
        if ca is not None and ca == cb:
            continue
        seen.add(frozenset((a_id, b_id)))
        own = _since(plain, x, y)
        anchor = draft.sentence.reduced.span(draft.start, draft.end)
        low, high = anchor.start, anchor.end
        if not inferred:  # else the towns may stand far away
            low, high = min(low, x.start, y.start), max(high, x.end, y.end)
        rule, roles = f"{context.reader.lang}/{draft.id}", {"twin": (x, y)}
        made.append(
            Twinning(
                evidence=told(context.reader, low, high, rule, INFERRED if inferred else RULE_CONFIDENCE, roles),
                inferred=inferred,
                twins=(a_id, b_id),
                since=own or start,
                status=_twinning_status(draft, context.status(draft, start), start),
            )
        )
    return made


def _since(plain: Reduced, a: Atom, b: Atom) -> When | None:
    """Since when two places are twinned: the date told right after the second, else right before it."""
    places = {c for c in marks(plain.text) if block(c) in ("place", "country")}
    at = next((i for i, c in spots(plain.text) if plain.atoms.get(c) is b), None)
    if at is None or plain.atoms.get(next((c for c in places if plain.atoms[c] is a), "")) is None:
        return None
    for step in (1, -1):
        index = at + step
        while 0 <= index < len(plain.text) and plain.text[index] not in places:
            if block(plain.text[index]) == "date":
                when = when_of(plain.atoms[plain.text[index]])
                return when.start if isinstance(when, Interval) else when
            index += step
    return None


def _expanded(context: Context, draft: Draft, role: str) -> list[Atom]:
    return list(expand(draft.roles.get(role, ()), draft.sentence, context.reader))


def _by_their_heads(context: Context, draft: Draft) -> list[tuple[Atom, Atom]]:
    """Two towns of two states that only the titles of their mayors or the names of their town halls name."""
    found: dict[str, Atom] = {}
    for atom in draft.sentence.plain.atoms.values():
        for town in _acting(context, atom):
            if (thing := context.things.id(town)) is not None:
                found.setdefault(thing, town)
    if len(found) == 1:  # 'the city council of Hobart chose Gdynia'
        for atom in draft.sentence.plain.atoms.values():
            if atom.type == "place" and (thing := context.things.id(atom)) is not None:
                found.setdefault(thing, atom)
    states = {context.things.country_of(thing) for thing in found}
    return [(*found.values(),)] if len(found) == 2 and len(states) == 2 else []  # type: ignore[list-item]


def _acting(context: Context, atom: Atom) -> Iterator[Atom]:
    """The towns for which a mayor or a town hall acts."""
    yield from (title.place for title in atom.titles if title.place is not None)
    if atom.type == "organization" and atom.mention is not None and atom.mention.subkind == _HALL:
        town = _town_in(atom.mention.text, context.reader.lang)
        if town is not None:
            yield Atom("place", None, atom.start, atom.end, country=town.country, thing=town.id)


def _town_in(name: str, lang: str) -> Place | None:
    """The town that the name of a body names, the longest run of capitalised words first."""
    words = name.split()
    spans = sorted(((i, j) for i in range(len(words)) for j in range(i + 1, len(words) + 1)), key=lambda s: s[0] - s[1])
    for i, j in spans:
        if words[i][:1].isupper() and j - i < len(words):
            places = Gazetteer.open().lookup(" ".join(words[i:j]), lang)
            if places and places[0].kind in ("city", "region"):
                return places[0]
    return None


def _spoken_of(context: Context, draft: Draft) -> list[tuple[Atom, Atom]]:
    """'The two towns': those of two states that the document has spoken of most up to the anchor, one perhaps here."""
    here = draft.sentence.index
    counts: Counter[str] = Counter()
    first: dict[str, Atom] = {}
    named: list[str] = []
    for sentence in context.reader.sentences[: here + 1]:
        for char in marks(sentence.plain.text):
            atom = sentence.plain.atoms.get(char)
            for place in (atom, *_acting(context, atom)) if atom is not None else ():
                thing = context.things.id(place) if place.type == "place" else None
                if thing is None or context.things.country_of(thing) is None:
                    continue
                counts[thing] += 1
                first.setdefault(thing, place)
                if sentence.index == here:
                    named.append(thing)
    often = [thing for thing, count in counts.most_common() if count >= _OFTEN]
    one = next((t for t in often if t in named), None) or next(iter(named), None) or next(iter(often), None)
    if one is None or len(set(named)) > 1:
        return []
    state = context.things.country_of(one)
    other = next((t for t in often if context.things.country_of(t) != state), None)
    return [(first[one], first[other])] if other is not None else []


def relations(context: Context, draft: Draft) -> list[DiplomaticRelation]:
    """Diplomatic relations between the two states of the sentence, else of the document."""
    countries = context.countries(context.ids(context.role(draft, "party")))
    if len(countries) != 2:
        known = countries[0] if len(countries) == 1 else None
        other = context.other_country(known, draft)
        pair = context.pair(draft)
        countries = (known, other) if known and other else pair
    if len(countries) != 2:
        return []
    start = context.since(draft)
    return [
        DiplomaticRelation(
            evidence=context.evidence(draft),
            parties=(context.things.country(countries[0]), context.things.country(countries[1])),
            since=start if context.role(draft, "date") else _founding(context, draft) or start,
        )
    ]


def _founding(context: Context, draft: Draft) -> When | None:
    """The year that an anniversary in the sentence reckons from."""
    for char in marks(draft.sentence.plain.text):
        atom = draft.sentence.plain.atoms.get(char)
        if (
            atom is not None
            and atom.type == "date"
            and atom.mention is not None
            and atom.mention.subkind == "anniversary"
        ):
            return _reckoned(when_of(atom), draft.sentence.plain, context.published)
    return None


def _reckoned(founding: When | None, sentence: Reduced, published: PartialDate | None) -> When | None:
    """The founding year of an anniversary that falls in a year to come ('in 2025 they will mark 60 years')."""
    if not isinstance(founding, PartialDate) or founding.year is None or published is None or not published.year:
        return founding
    dates = (when_of(a) for a in sentence.atoms.values() if a.type == "date")
    years = [d.year for d in dates if isinstance(d, PartialDate) and d.year and d.year > published.year]
    if not years or (years[0] - founding.year) % 5 == 0:  # reckoned from that year already
        return founding
    return PartialDate(year=founding.year + years[0] - published.year)


def ranks(context: Context, draft: Draft) -> list[TradePartnerRank]:
    """A state's place among the trade partners of another."""
    made = []
    partner = context.countries(context.ids(context.role(draft, "partner")))
    owner = context.countries(context.ids(context.role(draft, "of")))
    scope = context.ids(context.role(draft, "scope"))
    rank = [a.mention for a in context.role(draft, "rank") if a.mention is not None and a.mention.value]
    if not rank:
        return []
    whose = owner[0] if owner else (context.other_country(partner[0]) if partner else None)
    who = partner[0] if partner else (context.other_country(whose) if whose else None)
    if whose and who and whose != who:
        made.append(
            TradePartnerRank(
                evidence=context.evidence(draft),
                of_country=context.things.country(whose),
                partner=context.things.country(who),
                rank=int(rank[0].value or 0),
                scope=scope[0] if scope else None,
            )
        )
    return made


def _twinning_status(draft: Draft, told: str, since: When | None) -> str:
    if told in ("planned", "proposed"):
        return "planned"
    return draft.rule.values.get("status") or ("established" if since is not None else "existing")
