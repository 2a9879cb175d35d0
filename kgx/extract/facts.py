"""From drafts to facts: what each kind of fact needs, and what may be concluded where the text is silent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from kgx.extract.people import kinds_of, state_of
from kgx.extract.reader import Reader, Sentence
from kgx.extract.reduce import Atom, block, compile_rule
from kgx.extract.rules import Draft, Matcher, expand
from kgx.extract.things import Things, evidence
from kgx.models import (
    Agreement,
    DiplomaticRelation,
    Event,
    Evidence,
    Interval,
    PartialDate,
    Tenure,
    TradeFigure,
    TradePartnerRank,
    Twinning,
    When,
)
from kgx.ontology import event_types, office_kinds

RULE_CONFIDENCE = 0.8
INFERRED = 0.6


class Facts:
    """Builds the facts of one document."""

    def __init__(self, reader: Reader, things: Things, matcher: Matcher) -> None:
        self.reader = reader
        self.things = things
        self.matcher = matcher
        self.kinds = kinds_of(reader.persons, reader.loose_titles, reader.body_kinds)
        self.diplomatic = self._diplomatic()
        self.published = reader.annotated.text.document.published

    # --- shared ------------------------------------------------------------------------------------------------

    def _evidence(
        self, draft: Draft, low: int | None = None, high: int | None = None, *, sure: float = RULE_CONFIDENCE
    ) -> tuple[Evidence, ...]:
        first = min(draft.reach[0], low if low is not None else draft.start)
        last = max(draft.reach[1], high if high is not None else draft.end)
        span = draft.sentence.reduced.span(first, last)
        return (evidence(self.reader, span.start, span.end, f"{self.reader.lang}/{draft.id}", sure),)

    def _ids(self, atoms: Iterable[Atom]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(i for atom in atoms if (i := self.things.id(atom)) is not None))

    def _role(self, draft: Draft, role: str) -> tuple[Atom, ...]:
        return tuple(expand(draft.roles.get(role, ()), draft.sentence, self.reader))

    def _date(self, draft: Draft) -> tuple[When | None, When | None]:
        """Start and end: of an interval its sides, of several dates the first and the last."""
        told = self._role(draft, "date") or tuple(draft.dates)
        dates = [when_of(a) for a in told if a.mention is None or a.mention.subkind != "anniversary"]
        known = [d for d in dates if d is not None and not self._horizon(d)]
        if not known:
            return None, None
        if isinstance(known[0], Interval):
            return known[0].start, known[0].end
        return known[0], None

    def _horizon(self, date: When) -> bool:
        """Whether a date lies so far ahead of the report that it is a horizon ('vision 2030'), not the day of an event."""
        day = date.start if isinstance(date, Interval) else date
        if self.published is None or self.published.year is None or day is None or day.year is None:
            return False
        return day.year > self.published.year + 2

    def _countries(self, ids: Iterable[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(c for i in ids if (c := self.things.country_of(i)) is not None))

    def _told_countries(self, ids: Iterable[str]) -> tuple[str, ...]:
        """Like `_countries`, without what was only concluded."""
        persons = self.things.persons
        told = (persons[i].told_country if i in persons else self.things.country_of(i) for i in ids)
        return tuple(dict.fromkeys(c for c in told if c is not None))

    def _other_country(self, known: str | None) -> str | None:
        """Of the two states that the document is about, the one that is not `known`."""
        pair = self.reader.main_countries[:2]
        if len(pair) == 2 and known in pair:
            return pair[1] if pair[0] == known else pair[0]
        return None

    def _diplomatic(self) -> bool:
        """Whether the document is about dealings of states: two of them, and somebody who speaks for one."""
        spoken = any(
            (kind := office_kinds().get(t.mention.value or "")) is None or (kind.diplomatic and not kind.local)
            for t in (*self.reader.loose_titles, *(t for p in self.reader.persons for t in p.titles))
        )
        return spoken and self.reader.weight(1) >= 4

    def _official(self, ids: Iterable[str]) -> bool:
        """Whether somebody among these acts for a state, or may do so in a document about states."""
        for thing in ids:
            if thing in self.things.persons:
                kinds = [office_kinds()[self.kinds[t.mention.start]] for t in self.things.persons[thing].titles]
                if any(kind.diplomatic for kind in kinds) or (not kinds and self.diplomatic):
                    return True
            elif thing.startswith("country/") or self.things.kind_of(thing) == "organization":
                return True
        return False

    # --- offices -----------------------------------------------------------------------------------------------

    def tenures(self) -> list[Tenure]:
        """One for each office of each person, with all places that tell it."""
        found: dict[tuple[str, str, str | None], Tenure] = {}
        for person in self.reader.persons:
            for title in person.titles:
                kind = self.kinds[title.mention.start]
                country = state_of(title) or (person.country if kind not in ("organisation_head",) else None)
                key = (person.id, kind, country)
                proof = (
                    evidence(
                        self.reader,
                        title.mention.start,
                        title.mention.end,
                        f"{self.reader.lang}/offices/{title.mention.value}",
                        0.9,
                    ),
                )
                organization = self.things.id(title.organization) if title.organization else None
                if key in found:
                    old = found[key]
                    found[key] = old.model_copy(
                        update={
                            "evidence": (*old.evidence, *proof),
                            "organization": old.organization or organization,
                            "accredited_to": old.accredited_to or title.accredited,
                        }
                    )
                    continue
                found[key] = Tenure(
                    evidence=proof,
                    inferred=person.concluded and state_of(title) is None and country is not None,
                    holder=person.id,
                    office_kind=kind,
                    title=" ".join(title.mention.text.split()),
                    title_lang=self.reader.lang,
                    organization=organization,
                    country=country,
                    accredited_to=title.accredited,
                )
        return list(found.values())

    # --- events ------------------------------------------------------------------------------------------------

    def events(self, draft: Draft) -> list[Event]:
        """The events of one draft: a visit for each state visited, else at most one."""
        spec = event_types()[draft.name]
        roles = {
            role: tuple(a for a in self._role(draft, role) if _fills(a, kinds)) for role, kinds in spec.roles.items()
        }
        if draft.name == "visit":
            return self._visits(draft, roles)
        if "participant" in roles:  # a second path to participants: whom the first met
            others = (a for a in self._role(draft, "other") if _fills(a, spec.roles["participant"]))
            roles["participant"] = (*roles["participant"], *others)
        ids = {role: self._ids(atoms) for role, atoms in roles.items()}
        actors = tuple(dict.fromkeys(i for role in ids if role != "place" for i in ids[role]))
        countries = list(self._countries(actors))
        place = ids.get("place", ())[:1]
        inferred = False
        unknown = [i for i in actors if self.things.country_of(i) is None]
        if len(countries) < 2 and (unknown or len(actors) < 2):
            other = self._other_country(countries[0] if countries else None)
            if other is not None:
                countries.append(other)
                inferred = True
                known = [i for i in actors if i != unknown[0]] if len(unknown) == 1 else []
                if known and all(i in self.things.persons for i in (unknown[0], *known)):
                    self.things.persons[unknown[0]].conclude(other)
        if spec.foreign and len(countries) < 2 and not self._has_body(actors):
            return []
        if len(actors) < spec.actors or not (self._official(actors) or not actors):
            return []
        if not actors and not (countries and self.diplomatic):
            return []
        start, end = self._date(draft)
        return [
            Event(
                evidence=self._evidence(draft, sure=INFERRED if inferred else RULE_CONFIDENCE),
                inferred=inferred,
                event_type=draft.name,
                participants=tuple(i for i in actors if not i.startswith("country/")),
                inviter=ids.get("inviter", ()),
                invitee=ids.get("invitee", ()),
                countries=tuple(countries),
                start=start,
                end=end,
                place=place[0] if place else None,
                status=self._event_status(draft, start),
            )
        ]

    def _has_body(self, ids: Iterable[str]) -> bool:
        return any(self.things.kind_of(i) == "organization" and self.things.country_of(i) is None for i in ids)

    def _event_status(self, draft: Draft, start: When | None) -> str:
        if draft.status:
            return draft.status
        day = start.start if isinstance(start, Interval) else start
        if (
            self.published is not None
            and day is not None
            and day.first
            and self.published.last
            and day.first > self.published.last
        ):
            return "planned"
        return "occurred"

    def _visits(self, draft: Draft, roles: dict[str, tuple[Atom, ...]]) -> list[Event]:
        visitors = self._ids(roles["visitor"])
        origin = next(iter(self._told_countries(visitors)), None)
        hosts: dict[str, list[str]] = {}
        for thing in self._ids((*roles["host"], *roles["place"])):
            country = self.things.country_of(thing)
            if country is not None and country != origin:
                hosts.setdefault(country, []).append(thing)
        inferred = False
        if not hosts and origin is not None and "host" not in draft.rule.needs:
            other = self._other_country(origin)
            if other is not None:
                hosts, inferred = {other: [self.things.country(other)]}, True
        start, end = self._date(draft)
        made = []
        home = origin or next((c for c in map(self._other_country, hosts) if c is not None), None)
        tour = len(hosts) > 1
        if origin is None:
            for visitor in visitors:
                if visitor in self.things.persons:
                    self.things.persons[visitor].conclude(home, firmly=True)
        for country, places in hosts.items():
            sender = home
            status = self._event_status(draft, start)
            if tour and status == "occurred" and country not in self.reader.main_countries[:2]:
                status = "planned"  # of a tour under way, the stops that the report is not about lie ahead
            if not visitors or sender == country:
                continue
            if sender is None and not any(p.startswith("country/") for p in places):
                continue  # a president in a town may well be at home; in a state by name, hardly
            if not (
                self._official(visitors) or any(self.things.kind_of(v) != "person" for v in visitors) or origin is None
            ):
                continue
            place = next((p for p in places if not p.startswith("country/")), places[0])
            made.append(
                Event(
                    evidence=self._evidence(draft, sure=INFERRED if inferred else RULE_CONFIDENCE),
                    inferred=inferred or (origin is None and sender is not None),
                    event_type="visit",
                    participants=tuple(v for v in visitors if not v.startswith("country/")),
                    visitor=visitors,
                    host=(self.things.country(country),),
                    countries=(sender, country) if sender else (country,),
                    start=start,
                    end=end,
                    place=place,
                    status=status,
                    level=self.matcher.level(draft),
                )
            )
        return made

    # --- agreements --------------------------------------------------------------------------------------------

    def agreements(self, draft: Draft) -> list[Agreement]:
        """One for each text or tie that the draft's verb governs."""
        made = []
        parties = self._ids((*self._role(draft, "party"), *self._role(draft, "other")))
        owners = [
            self.things.country(c) if p in self.things.persons and (c := self.things.country_of(p)) else p
            for p in parties
        ]
        parties = tuple(dict.fromkeys(p for p in owners if p not in self.things.persons))
        if len({self.things.country_of(p) or p for p in parties}) < 2:
            pair = self.reader.main_countries[:2]
            known = set(self._countries(parties))
            if len(pair) < 2 or (known and not known & set(pair)):
                return []
            if len(parties) < 2 or len(known) < 2:
                missing = [c for c in pair if c not in known]
                parties = (*parties, *(self.things.country(c) for c in missing[: 2 - len(parties) if parties else 2]))
        if len(parties) < 2:
            return []
        start, _ = self._date(draft)
        reduced = draft.sentence.reduced
        for atom in self._role(draft, "agreement"):
            if atom.mention is None:
                continue
            index = next(
                (i for i, c in enumerate(reduced.text) if atom in reduced.atoms.get(c, atom_none).parts), draft.start
            )
            subject = self._subject(draft.sentence, index)
            made.append(
                Agreement(
                    evidence=self._evidence(draft, index, index + 1),
                    agreement_kind=atom.mention.value or "agreement",
                    parties=parties,
                    subject=subject,
                    subject_lang=self.reader.lang if subject else None,
                    signed_on=start,
                    count=atom.mention.count,
                    status=_agreement_status(draft, self._event_status(draft, start)),
                )
            )
        return made

    def agreement_key(self, draft: Draft) -> int | None:
        """Where the words stand that name the agreement: what several verbs say of it is said of one thing."""
        return next((a.start for a in self._role(draft, "agreement")), None)

    def _subject(self, sentence: Sentence, index: int) -> str | None:
        reduced = sentence.reduced
        for path in self.matcher.pack.rules.subjects:
            sign, _, pattern = path.partition(" ")
            compiled = compile_rule(pattern, dict(self.matcher.macros))
            match = compiled.match(reduced.text, index + 1) if sign == ">" else compiled.search(reduced.text[:index])
            if match is not None and match["subject"].strip():
                span = reduced.span(match.start("subject"), match.end("subject"))
                return " ".join(self.reader.text[span.start : span.end].split()).strip(" ,:;'\"")
        return None

    # --- figures -----------------------------------------------------------------------------------------------

    def figures(self, drafts: Sequence[Draft], sentence: Sentence, before: Draft | None) -> list[TradeFigure]:
        """The amounts of a sentence whose measure a cue tells; one from the sentence before holds on."""
        reduced = sentence.reduced
        made = []
        spots = [
            (i, a)
            for i, c in enumerate(reduced.text)
            if block(c) in ("money", "moneys")
            for a in reduced.atoms[c].parts
        ]
        used: set[int] = set()
        for index, atom in spots:
            if atom.mention is None or atom.mention.value is None or atom.mention.subkind == "conversion":
                continue
            cue = min(drafts, key=lambda d: (_reach(index, d), d.start), default=before)
            if cue is None or not cue.rule.values.get("measure"):
                continue
            if cue is not before and _reach(index, cue) > 160:
                continue
            parties = self._figure_parties(cue, sentence)
            if len(parties) < 2:
                continue
            growth = self._growth(sentence, index, spots)
            if growth is not None:
                used.add(growth[1])
            made.append(
                TradeFigure(
                    evidence=self._figure_evidence(sentence, cue, index),
                    value=Decimal(atom.mention.value),
                    currency=atom.mention.currency,
                    measure=cue.rule.values["measure"],
                    parties=parties,
                    period=self._period(sentence, index),
                    growth=growth[0] if growth else None,
                    status=self._figure_status(sentence, index, cue),
                    approximate=atom.mention.approximate,
                )
            )
        if not made:
            for index, char in enumerate(reduced.text):
                if block(char) == "percent" and index not in used and drafts:
                    mention = reduced.atoms[char].mention
                    cue = min(drafts, key=lambda d: (_reach(index, d), d.start))
                    if (
                        mention is None
                        or mention.direction is None
                        or mention.subkind == "points"
                        or _reach(index, cue) > 60
                    ):
                        continue
                    parties = self._figure_parties(cue, sentence)
                    if len(parties) < 2 or not cue.rule.values.get("measure"):
                        continue
                    made.append(
                        TradeFigure(
                            evidence=self._figure_evidence(sentence, cue, index),
                            measure=cue.rule.values["measure"],
                            parties=parties,
                            period=self._period(sentence, index),
                            growth=_signed(mention.value, mention.direction),
                            status=self._figure_status(sentence, index, cue),
                        )
                    )
        return made

    def _figure_evidence(self, sentence: Sentence, cue: Draft, index: int) -> tuple[Evidence, ...]:
        low, high = (min(cue.start, index), max(cue.end, index + 1)) if cue.sentence is sentence else (index, index + 1)
        span = sentence.reduced.span(low, high)
        return (evidence(self.reader, span.start, span.end, f"{self.reader.lang}/{cue.id}", RULE_CONFIDENCE),)

    def _figure_parties(self, cue: Draft, sentence: Sentence) -> tuple[str, ...]:
        """Whose figure: as the rule's paths tell (giver before receiver), else the two states of the document."""
        giver = self._countries(self._ids(self._role(cue, "from")))
        taker = self._countries(self._ids(self._role(cue, "to")))
        both = self._countries(self._ids(self._role(cue, "party")))
        if giver and taker and giver[0] != taker[0]:
            ordered: tuple[str, ...] = (giver[0], taker[0])
        elif len(both) >= 2:
            ordered = both[:2]
        else:
            first = (giver or both or (None,))[0]
            if first is None and taker:
                other = self._other_country(taker[0])
                ordered = (other, taker[0]) if other else ()
            elif first is not None:
                other = self._other_country(first)
                ordered = (first, other) if other else ()
            else:
                ordered = self.reader.main_countries[:2]
        return tuple(self.things.country(c) for c in ordered if c)

    def _growth(self, sentence: Sentence, index: int, spots: Sequence[tuple[int, Atom]]) -> tuple[Decimal, int] | None:
        """The growth told nearest to an amount and nearer to it than to any other amount."""
        reduced = sentence.reduced
        best: tuple[int, int] | None = None
        for i, char in enumerate(reduced.text):
            if block(char) != "percent":
                continue
            mention = reduced.atoms[char].mention
            if mention is None or mention.direction is None or mention.subkind == "points":
                continue
            if min(spots, key=lambda s: (abs(s[0] - i), s[0] > i))[0] == index and (
                best is None or abs(i - index) < best[0]
            ):
                best = (abs(i - index), i)
        if best is None or best[0] > 80:
            return None
        found = reduced.at(best[1]).mention
        return (_signed(found.value, found.direction), best[1]) if found is not None else None

    def _period(self, sentence: Sentence, index: int) -> When | None:
        """The date nearest to an amount, nearer to it than to any other amount; else the one that opens the sentence."""
        text = sentence.reduced.text
        stops = [m.start() for m in self.matcher.clause_break.finditer(text)]
        dates = [i for i, c in enumerate(text) if block(c) in ("date", "dates")]
        amounts = [i for i, c in enumerate(text) if block(c) in ("money", "moneys")] or [index]

        def cost(date: int, amount: int) -> int:
            low, high = sorted((date, amount))
            return high - low + 40 * sum(low <= s < high for s in stops)

        near = [d for d in dates if min(amounts, key=lambda a: (cost(d, a), a)) == index or index not in amounts]
        best = min(near, key=lambda d: cost(d, index), default=None)
        if best is None or cost(best, index) > 90:
            best = dates[0] if dates and dates[0] < min(amounts) else None
        return when_of(sentence.reduced.at(best).parts[0]) if best is not None else None

    def _figure_status(self, sentence: Sentence, index: int, cue: Draft) -> str:
        return self.matcher.status_at(sentence, index) or cue.rule.status or "actual"

    # --- twinnings, relations, ranks ---------------------------------------------------------------------------

    def twinnings(self, draft: Draft) -> list[Twinning]:
        """Pairs of places that the rule's pairing patterns find in the sentence of the anchor."""
        plain = draft.sentence.plain
        start, _ = self._date(draft)
        made: list[Twinning] = []
        seen: set[frozenset[str]] = set()
        spots = [draft.roles.get("a", ()), draft.roles.get("b", ())]
        pairs = [(a, b, draft.reach) for a in self._expanded(draft, spots[0]) for b in self._expanded(draft, spots[1])]
        for pattern in draft.rule.pairs:
            compiled = compile_rule(pattern, dict(self.matcher.macros))
            at = 0
            while (match := compiled.search(plain.text, at)) is not None:
                at = match.end() if match.end() > match.start() else at + 1
                a = [plain.atoms[match["a"]]]
                b = [plain.atoms[c] for name in ("b", "c", "d", "e") if (c := match.groupdict().get(name))]
                pairs += [(x, y, (match.start(), match.end())) for x in a for y in b]
                at = match.end() - 1
                if at <= match.start():
                    at = match.end()
        for x, y, _span in pairs:
            a_id, b_id = self.things.id(x), self.things.id(y)
            if a_id is None or b_id is None or a_id == b_id or frozenset((a_id, b_id)) in seen:
                continue
            if x.type == "country" or y.type == "country":
                continue
            ca, cb = self.things.country_of(a_id), self.things.country_of(b_id)
            if ca is not None and ca == cb:
                continue
            seen.add(frozenset((a_id, b_id)))
            low, high = sorted((x.start, y.start))[0], max(x.end, y.end)
            anchor = draft.sentence.reduced.span(draft.start, draft.end)
            low, high = min(low, anchor.start), max(high, anchor.end)
            made.append(
                Twinning(
                    evidence=(evidence(self.reader, low, high, f"{self.reader.lang}/{draft.id}", RULE_CONFIDENCE),),
                    twins=(a_id, b_id),
                    since=start,
                    status=_twinning_status(draft, self._event_status(draft, start), start),
                )
            )
        return made

    def _expanded(self, draft: Draft, atoms: tuple[Atom, ...]) -> list[Atom]:
        return list(expand(atoms, draft.sentence, self.reader))

    def relations(self, draft: Draft) -> list[DiplomaticRelation]:
        """Diplomatic relations between the two states of the sentence, else of the document."""
        countries = self._countries(self._ids(self._role(draft, "party")))
        if len(countries) != 2:
            known = countries[0] if len(countries) == 1 else None
            other = self._other_country(known)
            pair = self.reader.main_countries[:2]
            countries = (known, other) if known and other else pair
        if len(countries) != 2:
            return []
        start, _ = self._date(draft)
        return [
            DiplomaticRelation(
                evidence=self._evidence(draft),
                parties=(self.things.country(countries[0]), self.things.country(countries[1])),
                since=self._founding(draft) or start,
            )
        ]

    def _founding(self, draft: Draft) -> When | None:
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

    def ranks(self, draft: Draft) -> list[TradePartnerRank]:
        """A state's place among the trade partners of another."""
        made = []
        partner = self._countries(self._ids(self._role(draft, "partner")))
        owner = self._countries(self._ids(self._role(draft, "of")))
        scope = self._ids(self._role(draft, "scope"))
        rank = [a.mention for a in self._role(draft, "rank") if a.mention is not None and a.mention.value]
        if not rank:
            return []
        whose = owner[0] if owner else (self._other_country(partner[0]) if partner else None)
        who = partner[0] if partner else (self._other_country(whose) if whose else None)
        if whose and who and whose != who:
            made.append(
                TradePartnerRank(
                    evidence=self._evidence(draft),
                    of_country=self.things.country(whose),
                    partner=self.things.country(who),
                    rank=int(rank[0].value or 0),
                    scope=scope[0] if scope else None,
                )
            )
        return made


atom_none = Atom("none", None, 0, 0)


def when_of(atom: Atom) -> When | None:
    """The date or interval that a date mention tells."""
    if atom.mention is None or atom.mention.value is None:
        return None
    value = atom.mention.value
    return Interval.parse(value) if "/" in value else PartialDate.parse(value)


def _fills(atom: Atom, kinds: Sequence[str]) -> bool:
    if atom.type == "office":
        return "person" in kinds and atom.country is not None
    if atom.type == "nationality":  # 'the French delegation' acts for France
        return "country" in kinds
    return atom.type in kinds


def _reach(index: int, draft: Draft) -> int:
    """How far an amount lies from a cue; one after its cue is half as far as one before it."""
    if draft.start <= index < draft.end:
        return 0
    return (index - draft.end) if index >= draft.end else 2 * (draft.start - index)


def _signed(value: str | None, direction: str | None) -> Decimal:
    amount = Decimal(value or "0")
    return -amount if direction == "down" else amount


def _agreement_status(draft: Draft, told: str) -> str:
    if told in ("planned", "proposed"):
        return told
    if told in ("cancelled", "denied"):
        return "proposed"
    return draft.rule.values.get("status", "signed")


def _twinning_status(draft: Draft, told: str, since: When | None) -> str:
    if told in ("planned", "proposed"):
        return "planned"
    return draft.rule.values.get("status") or ("established" if since is not None else "existing")
