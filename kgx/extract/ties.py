"""Lasting ties: twinned places, diplomatic relations, ranks among trade partners."""

from __future__ import annotations

from kgx.extract.context import RULE_CONFIDENCE, Context, when_of
from kgx.extract.reduce import Atom, compile_rule
from kgx.extract.rules import Draft, expand
from kgx.extract.things import told
from kgx.models import DiplomaticRelation, TradePartnerRank, Twinning, When


def twinnings(context: Context, draft: Draft) -> list[Twinning]:
    """Pairs of places that the rule's pairing patterns find in the sentence of the anchor."""
    plain = draft.sentence.plain
    start = context.since(draft)
    made: list[Twinning] = []
    seen: set[frozenset[str]] = set()
    pairs = [(a, b) for a in _expanded(context, draft, "a") for b in _expanded(context, draft, "b")]
    for pattern in draft.rule.pairs:
        compiled = compile_rule(pattern, dict(context.matcher.macros))
        at = 0
        while (match := compiled.search(plain.text, at)) is not None:
            others = [plain.atoms[c] for name in ("b", "c", "d", "e") if (c := match.groupdict().get(name))]
            pairs += [(plain.atoms[match["a"]], other) for other in others]
            at = max(match.end() - 1, match.start() + 1)  # the second of one pair may be the first of the next
    if not pairs:
        pairs = _by_their_heads(context, draft)
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
        low, high = sorted((x.start, y.start))[0], max(x.end, y.end)
        anchor = draft.sentence.reduced.span(draft.start, draft.end)
        low, high = min(low, anchor.start), max(high, anchor.end)
        made.append(
            Twinning(
                evidence=told(
                    context.reader, low, high, f"{context.reader.lang}/{draft.id}", RULE_CONFIDENCE, {"twin": (x, y)}
                ),
                twins=(a_id, b_id),
                since=start,
                status=_twinning_status(draft, context.status(draft, start), start),
            )
        )
    return made


def _expanded(context: Context, draft: Draft, role: str) -> list[Atom]:
    return list(expand(draft.roles.get(role, ()), draft.sentence, context.reader))


def _by_their_heads(context: Context, draft: Draft) -> list[tuple[Atom, Atom]]:
    """Two towns that only the titles of their mayors or governors name, if they are of two states."""
    found: dict[str, Atom] = {}
    for atom in draft.sentence.plain.atoms.values():
        for title in atom.titles:
            if title.place is not None and (thing := context.things.id(title.place)) is not None:
                found.setdefault(thing, title.place)
    states = {context.things.country_of(thing) for thing in found}
    return [(*found.values(),)] if len(found) == 2 and len(states) == 2 else []  # type: ignore[list-item]


def relations(context: Context, draft: Draft) -> list[DiplomaticRelation]:
    """Diplomatic relations between the two states of the sentence, else of the document."""
    countries = context.countries(context.ids(context.role(draft, "party")))
    if len(countries) != 2:
        known = countries[0] if len(countries) == 1 else None
        other = context.other_country(known)
        pair = context.reader.main_countries[:2]
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
    for char in draft.sentence.plain.text:
        atom = draft.sentence.plain.atoms.get(char)
        if (
            atom is not None
            and atom.type == "date"
            and atom.mention is not None
            and atom.mention.subkind == "anniversary"
        ):
            return when_of(atom)
    return None


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
