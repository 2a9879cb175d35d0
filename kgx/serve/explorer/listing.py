"""Lists of things and facts, narrowed by what a reader asks for; each is one question in SPARQL, which is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from kgx.ontology import event_types
from kgx.ontology.terms import groups, vocabulary
from kgx.serve.explorer.data import Reader
from kgx.serve.visuals.filters import Filters, iri, patterns

__all__ = ["FACTS", "LISTS", "THINGS", "Listing", "count", "found", "question", "triples"]

_DOCUMENT_DATE = "prov:wasDerivedFrom/oa:hasSource/schema:datePublished"


@dataclass(frozen=True)
class Listing:
    """A list that there is a page of.

    Attributes:
        name: in addresses, as the ids of its members begin.
        kind: class of its members.
        dates: the property, or path, that dates them.
        involved: path to the countries that have part in them.
        about: path to what they are about; None: by any property.
        finer: path to the concept that the filter of kinds means; None: a class.
        fact: whether they are facts.
        status: whether they have one.
    """

    name: str
    kind: str
    dates: str = _DOCUMENT_DATE
    involved: str | None = None
    about: str | None = None
    finer: str | None = None
    fact: bool = True
    status: bool = False


def _name(kind: str) -> str:
    return next(g for g in groups() if g.replace("-", "") == kind.lower())


def _event(kind: str) -> Listing:
    return Listing(_name(kind), kind, "schema:startDate", "kgx:country", status=True)


def _all() -> tuple[Listing, ...]:
    place = {"involved": "kgx:inCountry", "fact": False}
    return (
        Listing("person", "Person", involved="kgx:country", fact=False),
        Listing("country", "Country", fact=False),
        Listing("organization", "Organization", involved="kgx:country", finer="kgx:organizationKind", fact=False),
        *(Listing(_name(kind), kind, **place) for kind in ("City", "Region", "Venue")),  # type: ignore[arg-type]
        Listing("office", "Office", involved="kgx:ofCountry|kgx:accreditedTo", finer="kgx:officeKind", fact=False),
        _event("Event"),
        *(_event(event.class_name) for event in event_types().values()),
        Listing(
            "agreement", "Agreement", "kgx:signedOn", "kgx:party|kgx:party/kgx:inCountry|kgx:party/kgx:country",
            "kgx:party|kgx:place|kgx:signedAt|kgx:signedAt/kgx:participant", "kgx:agreementKind", status=True,
        ),
        Listing(
            "trade-figure", "TradeFigure", "kgx:period", "kgx:party|kgx:party/kgx:inCountry", "kgx:party",
            "kgx:measure", status=True,
        ),
        Listing(
            "twinning", "Twinning", "kgx:since", "kgx:twin/kgx:inCountry", "kgx:twin|kgx:twin/kgx:inCountry",
            status=True,
        ),
        Listing("diplomatic-relation", "DiplomaticRelation", "kgx:since", "kgx:party"),
        Listing("trade-partner-rank", "TradePartnerRank", "kgx:period", "kgx:ofCountry|kgx:partner"),
        Listing(
            "tenure", "Tenure", "kgx:attestedOn", "kgx:office/kgx:ofCountry|kgx:office/kgx:accreditedTo",
            "kgx:holder|kgx:office|kgx:office/kgx:ofOrganization|kgx:office/kgx:ofCountry|kgx:office/kgx:accreditedTo",
            "kgx:office/kgx:officeKind",
        ),
        Listing("document", "Document", "schema:datePublished", fact=False),
    )  # fmt: skip


LISTS: Mapping[str, Listing] = {listing.name: listing for listing in _all()}
THINGS = tuple(name for name, listing in LISTS.items() if not listing.fact)
# One list a kind of fact; those of single kinds of event are part of that of all events.
FACTS = ("event", "agreement", "trade-figure", "twinning", "diplomatic-relation", "trade-partner-rank", "tenure")


def _where(reader: Reader, listing: Listing, filters: Filters) -> list[str]:
    lines = []
    # What few things have is asked for first and by itself: else every member of the list is tried.
    for country in filters.countries if listing.involved else ():
        lines.append(f"{{ SELECT DISTINCT ?it {{ ?it {listing.involved} <{iri(country)}> }} }}")
    for thing in filters.about if listing.fact else ():
        told_by = thing.startswith(f"{reader.base}document/")
        path = "prov:wasDerivedFrom/oa:hasSource" if told_by else listing.about or "?role"
        lines.append(f"{{ SELECT DISTINCT ?it {{ ?it {path} <{iri(thing)}> }} }}")
    lines.append(f"?it a kgx:{listing.kind} .")
    document = listing.kind == "Document"
    kept = replace(
        filters,
        about=(),
        countries=(),
        languages=() if document else filters.languages,
        statuses=filters.statuses if listing.status else (),
    )
    lines += patterns(kept, "it", base=reader.base, dates=listing.dates, kinds=listing.finer is None)
    if listing.finer and filters.kinds:
        scheme = vocabulary().properties[listing.finer.rpartition(":")[2]].scheme
        chosen = " ".join(f"<{iri(f'{reader.base}{scheme}/{kind}')}>" for kind in filters.kinds)
        lines.append(f"VALUES ?among {{ {chosen} }} ?it {listing.finer} ?among .")
    if document and filters.languages:
        lines.append(f"VALUES ?among {{ {' '.join(chr(34) + code + chr(34) for code in filters.languages)} }}")
        lines.append("?it dcterms:language ?tongue . FILTER(STR(?tongue) = ?among)")
    return lines


def question(reader: Reader, listing: Listing, filters: Filters) -> str:
    """The question that a list answers; its first column is the thing or fact."""
    where = "\n  ".join(_where(reader, listing, filters))
    if not listing.fact:
        dated = "\n  OPTIONAL { ?it schema:datePublished ?date }" if listing.kind == "Document" else ""
        order = "DESC(STR(?date)) ?it" if dated else "?name ?it"
        return (
            f"SELECT DISTINCT ?it ?name{' ?date' if dated else ''} WHERE {{\n  {where}\n  ?it rdfs:label ?name .{dated}"
            f"\n}}\nORDER BY {order}"
        )
    status = "\n  OPTIONAL { ?it kgx:status/skos:notation ?status }" if listing.status else ""
    return (
        f"SELECT DISTINCT ?it ?what ?date{' ?status' if status else ''} ?confidence WHERE {{\n  {where}\n"
        f"  ?it rdfs:label ?what .\n  OPTIONAL {{ ?it {listing.dates} ?date }}{status}\n"
        "  OPTIONAL { ?it kgx:confidence ?confidence }\n}\nORDER BY DESC(STR(?date)) ?it"
    )


def triples(reader: Reader, listing: Listing, filters: Filters) -> str:
    """The question for all that the graph says of the members of a list."""
    where = "\n    ".join(_where(reader, listing, filters))
    return (
        "CONSTRUCT { ?it ?property ?value } WHERE {\n  { SELECT DISTINCT ?it WHERE {\n"
        f"    {where}\n  }} }}\n  ?it ?property ?value .\n}}"
    )


def found(reader: Reader, listing: Listing, filters: Filters, *, most: int, skip: int = 0) -> list[str]:
    """IRIs of the members of a list, in its order, each once."""
    told, others = _by_documents(listing, filters)
    if told:
        return _told(reader, listing, others, told)[skip : skip + most]
    rows = reader.kept(f"{_ordered(reader, listing, others)} LIMIT {most} OFFSET {skip}")
    return list(dict.fromkeys(str(row[0]) for row in rows))


def count(reader: Reader, listing: Listing, filters: Filters) -> int:
    """How many members a list has."""
    told, others = _by_documents(listing, filters)
    if told:
        return len(_told(reader, listing, others, told))
    where = " ".join(_where(reader, listing, others))
    return int(str(reader.kept(f"SELECT (COUNT(DISTINCT ?it) AS ?n) WHERE {{ {where} }}")[0][0] or 0))


def _ordered(reader: Reader, listing: Listing, filters: Filters) -> str:
    """The same order as `question` gives, without what it tells beside: that takes several times as long."""
    where = " ".join(_where(reader, listing, filters))
    if listing.fact or listing.kind == "Document":
        return (
            f"SELECT DISTINCT ?it ?date WHERE {{ {where} OPTIONAL {{ ?it {listing.dates} ?date }} }} "
            "ORDER BY DESC(STR(?date)) ?it"
        )
    return f"SELECT DISTINCT ?it ?name WHERE {{ {where} ?it rdfs:label ?name }} ORDER BY ?name ?it"


def _told(reader: Reader, listing: Listing, filters: Filters, told: dict[str, Any]) -> list[str]:
    rows = reader.kept(_ordered(reader, listing, filters))
    return reader.told.among(dict.fromkeys(str(row[0]) for row in rows), **told)


def _by_documents(listing: Listing, filters: Filters) -> tuple[dict[str, Any], Filters]:
    """What of the filters is about the documents that tell a member, for `Told.among`; and the other filters."""
    if listing.kind == "Document":
        return {}, filters
    kept = replace(filters, languages=())
    told: dict[str, Any] = {"languages": filters.languages}
    if listing.dates == _DOCUMENT_DATE:
        kept = replace(kept, since="", until="")
        told |= {"since": filters.since, "until": filters.until}
    return (told if any(told.values()) else {}), kept
