"""The things of one document: ids for persons, organizations and places, and what is said to name them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from kgx.extract.declension import listed_name
from kgx.extract.people import Person, majority
from kgx.extract.reader import Reader
from kgx.extract.reduce import Atom
from kgx.gazetteer import Gazetteer, bodies
from kgx.gazetteer.fold import loose
from kgx.ids import slug
from kgx.models import Evidence, Mention, Name, Slot, Thing


def evidence(reader: Reader, start: int, end: int, rule: str, confidence: float, **more: Any) -> Evidence:
    """Evidence for what the document says in [start, end)."""
    return Evidence(
        document=reader.annotated.text.document.id,
        lang=reader.lang,
        start=start,
        end=end,
        quote=reader.text[start:end],
        rule=rule,
        confidence=round(confidence, 3),
        **more,
    )


def told(
    reader: Reader, start: int, end: int, rule: str, confidence: float, roles: Mapping[str, Iterable[Atom | Mention]]
) -> tuple[Evidence, ...]:
    """Evidence for a fact: with the rest of the sentence, and the words that play each role."""
    sentences = reader.annotated.text.sentences
    first = max(0, bisect_right(sentences, start, key=lambda s: s.start) - 1)
    last = max(first, bisect_left(sentences, end, key=lambda s: s.start) - 1)
    low, high = (min(start, sentences[first].start), max(end, sentences[last].end)) if sentences else (start, end)
    spots = {(role, a.start, a.end) for role, atoms in roles.items() for atom in atoms for a in _parts(atom)}
    slots = tuple(Slot(role=role, start=a, end=b) for role, a, b in sorted(spots))
    before, after = reader.text[low:start], reader.text[end:high]
    return (evidence(reader, start, end, rule, confidence, before=before, after=after, slots=slots),)


def _parts(atom: Atom | Mention) -> tuple[Atom | Mention, ...]:
    return atom.parts if isinstance(atom, Atom) else (atom,)


class Things:
    """Registry of one document's things. Places that the gazetteer knows have its ids, the same in all documents."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.persons: dict[str, Person] = {p.id: p for p in reader.persons}
        self._mentions: dict[str, list[Mention]] = defaultdict(list)
        self._titles: dict[str, list[Mention]] = defaultdict(list)
        self._country: dict[str, str] = {}
        self._meant: set[str] = set()
        self._bodies = {body.id: body for body in bodies()}
        for mention in reader.annotated.mentions:
            if mention.kind in ("place", "organization"):
                self._mentions[self._id(mention)].append(mention)
                if mention.country:
                    self._country.setdefault(self._id(mention), mention.country)
        for person in reader.persons:
            self._mentions[person.id] = list(person.names)
            for title in person.titles:  # a body that only the words of a title name
                body = title.organization.mention if title.organization is not None else None
                if body is not None and body not in (named := self._mentions[self._id(body)]):
                    named.append(body)

    def _id(self, mention: Mention) -> str:
        if mention.kind == "organization":
            if mention.value in self._bodies:
                return f"organization/{mention.value}"
            return f"organization/{slug(loose(mention.text))}"
        return mention.value or f"place/{slug(loose(mention.text))}"

    def id(self, atom: Atom) -> str | None:
        """The thing that an atom means; a title without a bearer means its state."""
        if atom.thing is not None:
            if atom.type == "place":  # 'the Kenyan capital', which is not named
                self._meant.add(atom.thing)
                self._country.setdefault(atom.thing, atom.country or "")
            return atom.thing
        if atom.type in ("country", "nationality") and atom.country:
            return self.country(atom.country)
        if atom.type in ("place", "organization") and atom.mention is not None:
            thing = self._id(atom.mention)
            if atom.country:
                self._country.setdefault(thing, atom.country)
            return thing
        if atom.type == "office" and atom.country:
            return self.country(atom.country)
        return None

    def country(self, code: str) -> str:
        """The thing of a state, whether the text names it or only means it."""
        self._meant.add(f"country/{code}")
        return f"country/{code}"

    def country_of(self, thing: str) -> str | None:
        """The state of a thing, alpha-2."""
        if thing in self.persons:
            return self.persons[thing].country
        if thing.startswith("country/"):
            return thing.removeprefix("country/")
        return self._country.get(thing)

    def body_kind(self, thing: str) -> str | None:
        """The kind of an organization; None of other things."""
        if self.kind_of(thing) != "organization":
            return None
        return majority(m.subkind for m in self._mentions[thing] if m.subkind)

    def is_international(self, thing: str) -> bool:
        """Whether a thing is a body of several states."""
        return self.kind_of(thing) == "organization" and thing.partition("/")[2] in self._bodies

    def kind_of(self, thing: str) -> str:
        """Person, organization or place."""
        first = thing.partition("/")[0]
        return first if first in ("person", "organization") else "place"

    def all(self) -> tuple[Thing, ...]:
        """All things that the document names, and states and capitals that its facts mean without naming them."""
        gazetteer = Gazetteer.open()
        made = []
        for thing in self._meant:
            self._mentions.setdefault(thing, [])
        for thing, mentions in sorted(self._mentions.items()):
            kind = self.kind_of(thing)
            names = tuple(dict.fromkeys(Name(text=" ".join(m.text.split()), lang=self.reader.lang) for m in mentions))
            proof = tuple(evidence(self.reader, m.start, m.end, m.rule, m.confidence) for m in mentions)
            fields: dict[str, object] = {"subkind": mentions[0].subkind if mentions else None}
            label = names[0].text if names else thing
            if kind == "person":
                label = listed_name(self.persons[thing], self.reader.lang)
                fields["subkind"] = None
            elif kind == "organization":
                fields["subkind"] = majority(m.subkind for m in mentions if m.subkind)
                if (body := self._bodies.get(thing.partition("/")[2])) is not None:
                    label = body.name
                    fields["same_as"] = (f"http://www.wikidata.org/entity/{body.wikidata}",) if body.wikidata else ()
            elif not thing.startswith("place/"):
                place = gazetteer.get(thing)
                label = place.name
                fields = {
                    "subkind": place.kind,
                    "latitude": place.latitude,
                    "longitude": place.longitude,
                    "same_as": _links(place.wikidata, place.geonames),
                }
            made.append(
                Thing(
                    id=thing,
                    kind=kind,  # type: ignore[arg-type]
                    label=" ".join(label.split()),
                    names=names,
                    country=self.persons[thing].told_country if kind == "person" else self.country_of(thing),
                    evidence=proof,
                    **fields,  # type: ignore[arg-type]
                )
            )
        return tuple(made)


def _links(wikidata: str | None, geonames: str | None) -> tuple[str, ...]:
    links = []
    if wikidata:
        links.append(f"http://www.wikidata.org/entity/{wikidata}")
    if geonames:
        links.append(f"https://sws.geonames.org/{geonames}/")
    return tuple(links)
