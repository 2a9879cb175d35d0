"""Stage 6: the knowledge as a networkx MultiDiGraph: documents, things, offices and facts as nodes, roles as edges.

Every node has the attributes ``type`` (its most specific class in the vocabulary), ``label``, ``properties`` (name in
the vocabulary -> list of values), ``evidence`` and ``confidence``; nodes of things also ``names``. An edge's key is the
name of the role or relation. Nothing here is RDF: `kgx.export` maps the names to IRIs.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from operator import attrgetter
from typing import TypeAlias

import networkx as nx

from kgx.collection import no_collection
from kgx.gazetteer import Gazetteer
from kgx.ids import slug
from kgx.models import (
    Agreement,
    AnyFact,
    Claims,
    Comparison,
    DiplomaticRelation,
    Document,
    Event,
    Evidence,
    Interval,
    Knowledge,
    Name,
    PartialDate,
    Tenure,
    Thing,
    TradeFigure,
    TradePartnerRank,
    Twinning,
)
from kgx.ontology import event_types, office_kinds

PLACE_CLASSES = {"country": "Country", "region": "Region", "city": "City", "venue": "Venue"}
FACT_CLASSES: dict[type, str] = {
    Tenure: "Tenure",
    Agreement: "Agreement",
    TradeFigure: "TradeFigure",
    Twinning: "Twinning",
    DiplomaticRelation: "DiplomaticRelation",
    TradePartnerRank: "TradePartnerRank",
}


@dataclass(frozen=True, order=True)
class Concept:
    """A value of a closed list: ``Concept("status", "planned")`` is ``id:status/planned``."""

    scheme: str
    name: str

    def __str__(self) -> str:
        return f"{self.scheme}/{self.name.replace('_', '-') if self.scheme == 'visit-level' else self.name}"


@dataclass(frozen=True, order=True)
class Text:
    """A string in a language."""

    text: str
    lang: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, order=True)
class Link:
    """An IRI outside the graph."""

    iri: str

    def __str__(self) -> str:
        return self.iri


Value = str | int | bool | float | Decimal | PartialDate | Interval | Concept | Text | Link
Graph: TypeAlias = nx.MultiDiGraph


def confidence(evidence: Iterable[Evidence]) -> float:
    """Of all evidence together: the best of each document, documents taken as independent witnesses.

    Never 1: no number of reports is proof.
    """
    best: dict[str, float] = {}
    for piece in evidence:
        best[piece.document] = max(best.get(piece.document, 0.0), piece.confidence)
    return round(min(0.99, 1.0 - math.prod(1.0 - value for value in best.values())), 3)


def build_graph(knowledge: Knowledge) -> Graph:
    """Turn resolved knowledge into a graph; the order of nodes and edges depends on nothing but content."""
    with no_collection():
        return _built(knowledge)


def _built(knowledge: Knowledge) -> Graph:
    graph: Graph = nx.MultiDiGraph()
    for claims in knowledge.documents:
        _add_document(graph, claims)
    for thing in knowledge.things:
        _add_thing(graph, thing)
    for thing in knowledge.things:
        if thing.country and thing.id != f"country/{thing.country}":
            _link(graph, thing.id, _country(graph, thing.country), "inCountry" if thing.kind == "place" else "country")
    offices: dict[str, list[Tenure]] = {}
    for fact in knowledge.facts:
        _add_fact(graph, fact, offices)
    for node, tenures in offices.items():
        _complete(graph, node, tenures)
    for fact in knowledge.facts:
        for other in fact.disagrees_with:
            _link(graph, fact.id, other, "disagreesWith")
    for comparison in knowledge.comparisons:
        _add_comparison(graph, comparison)
    for old, now in knowledge.replaced:
        if old not in graph and now in graph:
            _node(graph, old, "Redirect", f"now {graph.nodes[now]['label']}", (), {})
            _link(graph, old, now, "isReplacedBy")
    return graph


def add_texts(graph: Graph, documents: Iterable[Document]) -> None:
    """Have a graph hold the texts of its documents, too."""
    for document in documents:
        graph.nodes[document_node(document.id)]["properties"]["text"] = [document.text]


def document_node(document: str) -> str:
    """The node of a document; ids that differ in more than a slug shows get a part of their hash."""
    name = slug(document)
    return (
        f"document/{name}"
        if name == document
        else f"document/{name}-{hashlib.sha256(document.encode()).hexdigest()[:8]}"
    )


def _node(
    graph: Graph,
    node: str,
    kind: str,
    label: str,
    evidence: tuple[Evidence, ...],
    properties: dict[str, list[Value]],
    names: tuple[Name, ...] = (),
) -> None:
    known = {name: values for name, values in properties.items() if values}
    graph.add_node(node, type=kind, label=label, properties=known, evidence=evidence, names=names)
    if evidence:
        graph.nodes[node]["confidence"] = confidence(evidence)


def _link(graph: Graph, source: str, target: str, name: str) -> None:
    if not graph.has_edge(source, target, key=name):
        graph.add_edge(source, target, key=name)


def _some(*values: Value | None) -> list[Value]:
    return [value for value in values if value is not None]


def _add_document(graph: Graph, claims: Claims) -> None:
    document = claims.document
    node = _document(graph, document, claims.lang)
    graph.nodes[node]["properties"]["mentionsDate"] = [PartialDate.parse(day) for day in claims.dates]
    graph.nodes[node]["text"] = document.text
    for copy in claims.copies:
        _link(graph, _document(graph, copy, claims.lang), node, "copyOf")


def _document(graph: Graph, document: Document, lang: str) -> str:
    properties: dict[str, list[Value]] = {
        "fileName": [document.file_name],
        "locator": _some(document.locator),
        "language": [lang],
        "datePublished": _some(document.published),
        "url": _some(Link(document.url) if document.url else None),
        "publisher": _some(document.publisher),
        "author": _some(document.author),
        "sha256": [document.sha256],
        "textFrom": _some(document.derived),
    }
    node = document_node(document.id)
    _node(graph, node, "Document", document.title or document.id, (), properties)
    return node


def _add_thing(graph: Graph, thing: Thing) -> None:
    properties: dict[str, list[Value]] = {
        "sameAs": [Link(iri) for iri in thing.same_as],
        "birthDate": _some(thing.born),
    }
    kind = {"person": "Person", "organization": "Organization"}.get(thing.kind) or PLACE_CLASSES.get(
        thing.subkind or "", "Place"
    )
    if thing.kind == "organization" and thing.subkind:
        properties["organizationKind"] = [Concept("organization-kind", thing.subkind)]
    if thing.kind == "place":
        properties["lat"] = _some(thing.latitude)
        properties["long"] = _some(thing.longitude)
        if thing.id.startswith("country/"):
            properties["iso3166"] = [thing.id.removeprefix("country/")]
    _node(graph, thing.id, kind, thing.label, thing.evidence, properties, thing.names)


def _country(graph: Graph, code: str) -> str:
    """The node of a state that no document names but facts mean."""
    node = f"country/{code}"
    if node not in graph:
        gazetteer = Gazetteer.open()
        try:
            place = gazetteer.get(node)
        except KeyError:  # a bloc that has a code of its own (EU)
            _node(graph, node, "Country", code, (), {"iso3166": [code]})
        else:
            properties: dict[str, list[Value]] = {
                "iso3166": [code],
                "lat": _some(place.latitude),
                "long": _some(place.longitude),
                "sameAs": _some(Link(f"http://www.wikidata.org/entity/{place.wikidata}") if place.wikidata else None),
            }
            _node(graph, node, "Country", place.name, (), properties)
    return node


def _add_fact(graph: Graph, fact: AnyFact, offices: dict[str, list[Tenure]]) -> None:
    properties: dict[str, list[Value]] = {"inferred": [True] if fact.inferred else []}
    edges: list[tuple[str, str]] = []
    kind = FACT_CLASSES.get(type(fact), "")
    label = fact.id
    match fact:
        case Tenure():
            office = _office(graph, fact)
            offices.setdefault(office, []).append(fact)
            edges = [("holder", fact.holder), ("office", office)]
            properties["attestedOn"] = _some(fact.attested_on)
            _link(graph, fact.holder, office, "holds")
            label = f"{graph.nodes[fact.holder]['label']}, {graph.nodes[office]['label']}"
        case Event():
            kind = event_types()[fact.event_type].class_name
            edges = [
                (role, thing) for role in ("visitor", "host", "inviter", "invitee") for thing in getattr(fact, role)
            ]
            edges += [("participant", thing) for thing in fact.participants]
            edges += [("country", _country(graph, code)) for code in fact.countries]
            edges += [("place", thing) for thing in _some(fact.place)]  # type: ignore[misc]
            edges += [("partOf", other) for other in _some(fact.part_of)]  # type: ignore[misc]
            properties |= {
                "startDate": _some(fact.start),
                "endDate": _some(fact.end),
                "status": [Concept("status", fact.status)],
                "visitLevel": _some(Concept("visit-level", fact.level) if fact.level else None),
                "cameoCode": [event_types()[fact.event_type].cameo],
            }
            label = _event_label(graph, fact)
        case Agreement():
            edges = [("party", thing) for thing in fact.parties]
            edges += [
                (role, t)
                for role, t in (("signedAt", fact.signed_at), ("place", fact.place), ("replaces", fact.replaces))
                if t
            ]
            properties |= {
                "agreementKind": [Concept("agreement-kind", fact.agreement_kind)],
                "subject": _some(Text(fact.subject, fact.subject_lang or "und") if fact.subject else None),
                "signedOn": _some(fact.signed_on),
                "count": _some(fact.count),
                "status": [Concept("status", fact.status)],
            }
            label = f"{fact.agreement_kind.replace('_', ' ')}: {_listed(graph, fact.parties)}"
        case TradeFigure():
            edges = [("party", thing) for thing in fact.parties]
            properties |= {
                "value": _some(fact.value),
                "currency": _some(fact.currency),
                "measure": [Concept("measure", fact.measure)],
                "period": _some(fact.period),
                "growthPercent": _some(fact.growth),
                "status": [Concept("status", fact.status)],
                "approximate": [True] if fact.approximate else [],
            }
            amount = f"{fact.value:,f} {fact.currency}" if fact.value is not None else f"{fact.growth} %"
            label = f"{fact.measure.replace('_', ' ')} {amount}: {_listed(graph, fact.parties)}"
        case Twinning():
            edges = [("twin", thing) for thing in fact.twins]
            properties |= {"since": _some(fact.since), "status": [Concept("status", fact.status)]}
            a, b = fact.twins
            _link(graph, a, b, "twinnedWith")
            _link(graph, b, a, "twinnedWith")
            label = f"twinning: {_listed(graph, fact.twins)}"
        case DiplomaticRelation():
            edges = [("party", thing) for thing in fact.parties]
            properties["since"] = _some(fact.since)
            label = f"diplomatic relations: {_listed(graph, fact.parties)}"
        case TradePartnerRank():
            edges = [("ofCountry", fact.of_country), ("partner", fact.partner)]
            edges += [("scope", fact.scope)] if fact.scope else []
            properties |= {"rank": [fact.rank], "period": _some(fact.period)}
            whose, partner = (_listed(graph, (thing,)) for thing in (fact.of_country, fact.partner))
            label = f"trade partner number {fact.rank} of {whose}: {partner}"
    _node(graph, fact.id, kind, label, fact.evidence, properties)
    for name, target in edges:
        _link(graph, fact.id, target, name)
    if isinstance(fact, Event | Agreement):
        _add_reports(graph, fact)


def _add_reports(graph: Graph, fact: Event | Agreement) -> None:
    for report in fact.reports:
        day = report.reported_on.iso if report.reported_on else "undated"
        node = f"status-report/{fact.id.replace('/', '-')}-{report.status.replace('_', '-')}-{day}"
        properties: dict[str, list[Value]] = {
            "status": [Concept("status", report.status)],
            "reportedOn": _some(report.reported_on),
        }
        _node(graph, node, "StatusReport", f"{report.status.replace('_', ' ')} ({day})", report.evidence, properties)
        _link(graph, fact.id, node, "statusReport")


def _add_comparison(graph: Graph, comparison: Comparison) -> None:
    properties: dict[str, list[Value]] = {
        "judgement": [Concept("judgement", comparison.judgement)],
        "score": [Decimal(str(comparison.score))],
        "reason": [f"{r.weight:+.2f} x {r.value:.2f} {r.feature}: {r.words}" for r in comparison.reasons],
    }
    sides = {"one": comparison.one, "other": comparison.other}
    properties |= {f"{role}Name": [Text(side.name, side.lang)] for role, side in sides.items()}
    label = f"{comparison.one.name} and {comparison.other.name}: {comparison.judgement}"
    _node(graph, comparison.id, "Comparison", label, (), properties)
    for role, side in sides.items():
        _link(graph, comparison.id, side.thing, role)
        _link(graph, comparison.id, document_node(side.document), f"{role}In")


def _listed(graph: Graph, things: Iterable[str]) -> str:
    return ", ".join(str(graph.nodes[t]["label"]) for t in things if t in graph)


def _event_label(graph: Graph, event: Event) -> str:
    who = event.visitor or event.inviter or event.participants
    parts = [event_types()[event.event_type].label]
    if who:
        parts.append(_listed(graph, who))
    if event.event_type == "visit" and event.host:
        parts.append(f"to {_listed(graph, event.host)}")
    elif event.event_type == "invitation" and event.invitee:
        parts.append(f"to {_listed(graph, event.invitee)}")
    label = " ".join([f"{parts[0]}:", *parts[1:]]) if len(parts) > 1 else parts[0]
    return f"{label} ({event.start.iso})" if event.start is not None else label


def _office(graph: Graph, tenure: Tenure) -> str:
    """The office that a tenure is of; one node for each kind, body and state."""
    body = tenure.organization.rpartition("/")[2] if tenure.organization else None
    parts = [
        tenure.office_kind.replace("_", "-"),
        (tenure.country or "").lower(),
        body or "",
        f"to-{tenure.accredited_to.lower()}" if tenure.accredited_to else "",
    ]
    node = "office/" + "-".join(p for p in parts if p)
    if node in graph:
        return node
    kind = office_kinds()[tenure.office_kind]
    of = graph.nodes[tenure.organization]["label"] if tenure.organization else None
    state = graph.nodes[_country(graph, tenure.country)]["label"] if tenure.country else None
    label = kind.label + (f", {of}" if of else "") + (f", {state}" if state and not of else "")
    _node(
        graph,
        node,
        "Office",
        label,
        tenure.evidence,
        {"officeKind": [Concept("office-kind", tenure.office_kind)]},
        (_title(tenure),),
    )
    if tenure.organization:
        _link(graph, node, tenure.organization, "ofOrganization")
    if tenure.country:
        _link(graph, node, _country(graph, tenure.country), "ofCountry")
    if tenure.accredited_to:
        _link(graph, node, _country(graph, tenure.accredited_to), "accreditedTo")
    return node


def _title(tenure: Tenure) -> Name:
    return Name(text=tenure.title, lang=tenure.title_lang)


def _complete(graph: Graph, node: str, tenures: Sequence[Tenure]) -> None:
    """Names and evidence of an office from all its tenures at once: some offices have had thousands."""
    if len(tenures) > 1:
        data = graph.nodes[node]
        evidence = tuple(sorted({e for tenure in tenures for e in tenure.evidence}, key=attrgetter("order")))
        data["names"] = tuple(sorted(set(map(_title, tenures)), key=lambda n: (n.lang, n.text)))
        data["evidence"], data["confidence"] = evidence, confidence(evidence)
