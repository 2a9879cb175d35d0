"""FollowTheMoney JSON lines, for Aleph, OpenSanctions and their kin; valid by followthemoney's own model.

Persons, bodies, offices and tenures have their own schemata there; places are territories or addresses; events and
agreements are events; what ties two places (twinning, trade, relations) is an UnknownLink with its role. The documents
are articles, which every fact has as proof, with its quotes in the description.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from urllib.parse import urlsplit

from kgx.export.formats import Format
from kgx.export.json import dump
from kgx.export.triples import Triples
from kgx.export.view import View
from kgx.gazetteer.iso import language3

Properties = dict[str, list[str]]

_SCHEMATA = {
    "company": "Company", "bank": "Company", "media": "Organization", "party": "Organization",
    **dict.fromkeys(("government", "council_of_ministers", "ministry", "municipality", "military", "court",
                     "legislature", "embassy", "agency"), "PublicBody"),
}  # fmt: skip
_ID = re.compile(r"[^0-9a-zA-Z-]")
_UNSEEN = {"Cc", "Cf", "Cn", "Zl", "Zp", "Zs"}
_LONGEST = {"name": 384, "alias": 384, "title": 1024, "summary": 65000, "description": 65000}
_DATE = re.compile(r"\d{4}(?:-\d\d){0,2}")
_ACTORS = ("visitor", "host", "inviter", "invitee", "participant", "party")
_LEGAL = {"Person", "Organization"}


def to_ftm(known: Triples) -> bytes:
    """Triples as entities, one a line, in order of their ids."""
    lines = sorted(
        dump({"id": identity, "schema": schema, "properties": properties})
        for identity, schema, properties in _Writer(View(known)).entities()
    )
    return "".join(f"{line}\n" for line in lines).encode()


class _Writer:
    def __init__(self, view: View) -> None:
        self.view = view

    def entities(self) -> Iterator[tuple[str, str, Properties]]:
        """Id, schema and properties of each entity."""
        view = self.view
        for kind, of_one in (("Document", self._article), ("Person", self._person), ("Organization", self._body),
                             ("Place", self._place), ("Office", self._position), ("Tenure", self._occupancy),
                             ("Event", self._event), ("Agreement", self._event)):  # fmt: skip
            for node in view.of(kind):
                schema, properties = of_one(node)
                if "name" not in properties or _visible(properties["name"][0]):
                    yield self.id(node), schema, _clean(properties)
        for kind, roles in (("Twinning", ("twin",)), ("DiplomaticRelation", ("party",)), ("TradeFigure", ("party",)),
                            ("TradePartnerRank", ("ofCountry", "partner"))):  # fmt: skip
            for node in view.of(kind):
                yield from self._links(node, [o for role in roles for o in view.all(node, role)])

    def id(self, node: str, more: str = "") -> str:
        """Ids there are of letters, digits, points and hyphens only."""
        known = self.view.id(node)
        group, _, rest = known.partition("/")
        simple = _ID.sub("-", rest).strip("-")
        digest = "" if simple == rest else f"-{hashlib.sha256(known.encode()).hexdigest()[:8]}"
        return f"{group}.{simple}{digest}{more}"

    def _article(self, node: str) -> tuple[str, Properties]:
        view = self.view
        language = language3(view.text(node, "language"))
        return "Article", {
            "title": [view.label(node)], "fileName": view.texts(node, "fileName"),
            "language": [language] if language else [], "publishedAt": _dates(view.texts(node, "datePublished")),
            "sourceUrl": _addresses(view.texts(node, "url")), "publisher": view.texts(node, "publisher"),
            "author": view.texts(node, "author"),
        }  # fmt: skip

    def _thing(self, node: str) -> Properties:
        view = self.view
        code, item = view.country(node), view.wikidata(node)
        return {
            "name": [view.label(node)], "alias": view.texts(node, "skos:altLabel"),
            "country": [code.lower()] if code else [], "wikidataId": [item] if item else [],
            "proof": [self.id(document) for document in view.documents(node)],
        }  # fmt: skip

    def _person(self, node: str) -> tuple[str, Properties]:
        born = _dates(self.view.texts(node, "birthDate"))
        return "Person", {**self._thing(node), "birthDate": born, "position": self.view.labels(node, "holds")}

    def _body(self, node: str) -> tuple[str, Properties]:
        kind = self.view.concept(node, "organizationKind") or ""
        return _SCHEMATA.get(kind, "Organization"), {**self._thing(node), "classification": [kind] if kind else []}

    def _place(self, node: str) -> tuple[str, Properties]:
        view, kind = self.view, self.view.kind(node)
        if kind in ("Country", "Region"):
            return "Territory", {**self._thing(node), "level": [kind.lower()]}
        city = [view.label(node)] if kind == "City" else []
        position = {"latitude": view.texts(node, "lat"), "longitude": view.texts(node, "long")}
        return "Address", {**self._thing(node), "full": [view.label(node)], "city": city, **position}

    def _position(self, node: str) -> tuple[str, Properties]:
        bodies = [self.id(o) for o in self.view.all(node, "ofOrganization")]
        return "Position", {**self._thing(node), "organization": bodies}

    def _occupancy(self, node: str) -> tuple[str, Properties]:
        ends = {
            ours: [self.id(o) for o in self.view.all(node, theirs)]
            for ours, theirs in (("holder", "holder"), ("post", "office"))
        }
        return "Occupancy", {**ends, **self._fact(node, "attestedOn")}

    def _event(self, node: str) -> tuple[str, Properties]:
        view = self.view
        actors = dict.fromkeys(o for role in _ACTORS for o in view.all(node, role))
        states = {c for o in [*view.all(node, "country"), *actors] if (c := view.country(o))}
        kind = view.concept(node, "agreementKind") or view.kind(node) or ""
        return "Event", {
            "name": [view.label(node)],
            "involved": [self.id(o) for o in actors if view.kind(o) in _LEGAL],
            "country": sorted(code.lower() for code in states),
            "location": view.labels(node, "place"),
            "keywords": [kind, *filter(None, [view.concept(node, "status")])],
            "summary": view.texts(node, "subject"),
            **self._fact(node, "signedOn" if view.all(node, "signedOn") else "startDate"),
        }

    def _fact(self, node: str, when: str) -> Properties:
        """Dates, proof and quotes; an interval has a start and an end."""
        view = self.view
        start, _, end = (view.text(node, when) or "").partition("/")
        until = end or view.text(node, "endDate") or ""
        exact = {"startDate": _dates([start]), "endDate": _dates([until])} if until else {"date": _dates([start])}
        addresses = {u for d in view.documents(node) for u in _addresses(view.texts(d, "url"))}
        return {
            **exact,
            "proof": [self.id(document) for document in view.documents(node)],
            "sourceUrl": sorted(addresses),
            "description": [
                f"{p.quote} ({view.label(p.document)}:{p.start}-{p.end})" for p in view.proofs(node)
            ],
        }  # fmt: skip

    def _links(self, node: str, ends: list[str]) -> Iterator[tuple[str, str, Properties]]:
        """A link for each two; what has one end only is tied to itself."""
        when = "since" if self.view.all(node, "since") else "period"
        pairs: Iterable[tuple[str, str]] = combinations(ends, 2) if len(ends) > 1 else ((end, end) for end in ends)
        for number, (one, other) in enumerate(pairs):
            more = f"-{number}" if number else ""
            yield self.id(node, more), "UnknownLink", _clean({
                "subject": [self.id(one)], "object": [self.id(other)], "role": [self.view.label(node)],
                "status": [c for c in [self.view.concept(node, "status")] if c], **self._fact(node, when),
            })  # fmt: skip


def _clean(properties: Mapping[str, Iterable[str]]) -> Properties:
    seen = {
        name: list(dict.fromkeys(value[: _LONGEST.get(name)] for value in values if _visible(value)))
        for name, values in properties.items()
    }
    return {name: values for name, values in seen.items() if values}


def _visible(text: str) -> bool:
    """Whether there is anything to see: blanks, marks that are not shown and quotes alone are no value there."""
    return any(char not in "\"'" and unicodedata.category(char) not in _UNSEEN for char in text)


def _dates(values: Iterable[str]) -> list[str]:
    """Dates without a year are not known there."""
    return [value for value in values if _DATE.fullmatch(value)]


def _addresses(values: Iterable[str]) -> list[str]:
    found = []
    for value in values:
        try:
            parts = urlsplit(value)
        except ValueError:
            continue
        if parts.scheme in ("http", "https") and "." in parts.netloc:
            found.append(value)
    return found


FORMAT = Format("ftm", "FollowTheMoney, JSON lines", (".ftm", ".ftm.json", ".ftm.jsonl", ".ijson"), encode=to_ftm)
