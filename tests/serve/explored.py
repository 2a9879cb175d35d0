"""A small graph with everything that the explorer shows, in names and texts that mean no good."""

# ruff: noqa: E501

from __future__ import annotations

import hashlib
from pathlib import Path

from starlette.testclient import TestClient

from kgx.query import Store, load
from kgx.serve import create_app

BASE = "https://w3id.org/kgx/id/"
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>\u202e{{7*7}}\n&amp;"
TEXT = "التقى الرئيس تو لام بنظيره في أستانا. وبلغ التبادل مليار دولار.\n<b>&"

_HEAD = """
@prefix kgx: <https://w3id.org/kgx/ontology#> . @prefix id: <https://w3id.org/kgx/id/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix prov: <http://www.w3.org/ns/prov#> . @prefix oa: <http://www.w3.org/ns/oa#> . @prefix schema: <https://schema.org/> .
@prefix dcterms: <http://purl.org/dc/terms/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix org: <http://www.w3.org/ns/org#> . @prefix geo: <http://www.w3.org/2003/01/geo/wgs84_pos#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
"""
_CONCEPTS = {
    "status": ("occurred", "planned", "signed", "estimate", "actual", "existing"),
    "office-kind": ("head_of_state", "ambassador"),
    "agreement-kind": ("mou", "treaty"),
    "measure": ("bilateral_trade",),
    "organization-kind": ("ministry",),
    "judgement": ("same",),
}


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def _evidence(name: str, document: str, start: int, end: int, *, rule: str, slot: str = "", lang: str = "ar") -> str:
    words, before = TEXT[start:end], TEXT[:start]
    after = TEXT[end:]
    prefix = f"; oa:prefix {_quoted(before)}@{lang}" if before else ""
    slots = f"kgx:slot {_quoted(slot)} ;" if slot else ""
    return (
        f"id:evidence\\/{name} a oa:SpecificResource ; oa:hasSource id:document\\/{document} ; {slots} kgx:rule {_quoted(rule)} ;"
        f" kgx:confidence 0.9 ; oa:hasSelector [ a oa:TextPositionSelector ; oa:start {start} ; oa:end {end} ] ,"
        f" [ a oa:TextQuoteSelector ; oa:exact {_quoted(words)}@{lang} {prefix} ; oa:suffix {_quoted(after)}@{lang} ] .\n"
    )


def turtle() -> str:
    """The graph."""
    digest = hashlib.sha256(TEXT.encode()).hexdigest()
    parts = [_HEAD]
    for scheme, names in _CONCEPTS.items():
        parts += [
            f'id:{scheme}\\/{name} a skos:Concept ; skos:prefLabel "{name}"@en ; skos:notation "{name}" .'
            for name in names
        ]
    parts += [
        f"id:document\\/d1 a kgx:Document ; rdfs:label {_quoted(HOSTILE)}@ar ; kgx:fileName {_quoted(HOSTILE)} ;"
        f' dcterms:language "ar" ; kgx:sha256 "{digest}" ; schema:datePublished "2025-05-06"^^xsd:date ;'
        " schema:url <javascript:alert(3)> .",
        'id:document\\/d2 a kgx:Document ; rdfs:label "d2"@en ; kgx:fileName "d2.txt" ; dcterms:language "en" ;'
        ' kgx:sha256 "0" ; schema:datePublished "2024-01-02"^^xsd:date .',
        'id:country\\/VN a kgx:Country , kgx:Place ; rdfs:label "Vietnam"@en ; kgx:iso3166 "VN" .',
        'id:country\\/KZ a kgx:Country , kgx:Place ; rdfs:label "Kazakhstan"@en ; kgx:iso3166 "KZ" .',
        'id:country\\/FR a kgx:Country , kgx:Place ; rdfs:label "France"@en ; kgx:iso3166 "FR" .',
        'id:person\\/to-lam a kgx:Person ; rdfs:label "To Lam"@en ; skos:altLabel "Tô Lâm"@vi , "토람"@ko , "تو لام"@ar ;'
        " kgx:country id:country\\/VN ; org:holds id:office\\/head ; owl:sameAs <http://www.wikidata.org/entity/Q1> ;"
        " prov:wasDerivedFrom id:evidence\\/e1 ; kgx:confidence 0.99 .",
        f"id:person\\/bad a kgx:Person ; rdfs:label {_quoted(HOSTILE)}@en ; skos:altLabel {_quoted(HOSTILE + 'x')}@fr ;"
        " prov:wasDerivedFrom id:evidence\\/e1 ; kgx:confidence 0.5 .",
        'id:organization\\/mfa a kgx:Organization ; rdfs:label "Foreign Ministry"@en ; kgx:country id:country\\/KZ ;'
        " kgx:organizationKind id:organization-kind\\/ministry .",
        'id:place\\/astana a kgx:City , kgx:Place ; rdfs:label "Astana"@en ; kgx:inCountry id:country\\/KZ ;'
        " geo:lat 51.1 ; geo:long 71.4 ; kgx:twinnedWith id:place\\/hanoi ; prov:wasDerivedFrom id:evidence\\/e2 .",
        'id:place\\/hanoi a kgx:City , kgx:Place ; rdfs:label "Hanoi"@en ; kgx:inCountry id:country\\/VN .',
        'id:office\\/head a kgx:Office ; rdfs:label "head of state, Vietnam"@en ; kgx:officeKind id:office-kind\\/head_of_state ;'
        " kgx:ofCountry id:country\\/VN .",
        'id:tenure\\/t1 a kgx:Tenure , kgx:Fact ; rdfs:label "To Lam: head of state"@en ; kgx:holder id:person\\/to-lam ;'
        ' kgx:office id:office\\/head ; kgx:attestedOn "2025"^^xsd:gYear ; kgx:confidence 0.9 ; prov:wasDerivedFrom id:evidence\\/e3 .',
        'id:meeting\\/m1 a kgx:Meeting , kgx:Event , kgx:Fact ; rdfs:label "meeting: To Lam"@en ;'
        " kgx:participant id:person\\/to-lam , id:person\\/bad ; kgx:country id:country\\/VN , id:country\\/KZ ;"
        ' schema:startDate "2025-05-05"^^xsd:date ; schema:endDate "2025-05-06"^^xsd:date ; kgx:place id:place\\/astana ;'
        " kgx:status id:status\\/occurred ; kgx:confidence 0.9 ; prov:wasDerivedFrom id:evidence\\/e4 .",
        'id:visit\\/v1 a kgx:Visit , kgx:Event , kgx:Fact ; rdfs:label "visit: To Lam"@en ; kgx:visitor id:person\\/to-lam ;'
        ' kgx:host id:country\\/KZ ; kgx:country id:country\\/VN , id:country\\/KZ ; schema:startDate "2026-01"^^xsd:gYearMonth ;'
        " kgx:status id:status\\/planned ; kgx:confidence 0.6 ; prov:wasDerivedFrom id:evidence\\/e5 .",
        f'id:agreement\\/a1 a kgx:Agreement , kgx:Fact ; rdfs:label "mou"@en ; kgx:subject {_quoted(HOSTILE)}@en ;'
        " kgx:agreementKind id:agreement-kind\\/mou ; kgx:party id:country\\/VN , id:country\\/KZ ; kgx:signedAt id:visit\\/v1 ;"
        ' kgx:signedOn "2025-05-05"^^xsd:date ; kgx:status id:status\\/signed ; kgx:confidence 0.8 ;'
        " prov:wasDerivedFrom id:evidence\\/e6 .",
        *(
            f'id:trade-figure\\/{name} a kgx:TradeFigure , kgx:Fact ; rdfs:label "trade"@en ; kgx:measure id:measure\\/bilateral_trade ;'
            f' kgx:party id:country\\/VN , id:country\\/KZ ; kgx:value {value} ; kgx:currency "USD" ; kgx:period "{year}"^^xsd:gYear ;'
            f" kgx:growthPercent 12.5 ; kgx:status id:status\\/{status} ; kgx:confidence 0.8 ; {rival}"
            f" prov:wasDerivedFrom id:evidence\\/{proof} ."
            for name, value, year, status, rival, proof in (
                ("f1", 1000000000, 2024, "estimate", "kgx:disagreesWith id:trade-figure\\/f2 ;", "e7"),
                ("f2", 800000000, 2024, "actual", "kgx:disagreesWith id:trade-figure\\/f1 ;", "e8"),
                ("f3", 700000000, 2023, "actual", "", "e8"),
            )
        ),
        'id:twinning\\/w1 a kgx:Twinning , kgx:Fact ; rdfs:label "twinning"@en ; kgx:twin id:place\\/astana , id:place\\/hanoi ;'
        " kgx:status id:status\\/existing ; kgx:confidence 0.8 ; prov:wasDerivedFrom id:evidence\\/e8 .",
        'id:diplomatic-relation\\/r1 a kgx:DiplomaticRelation , kgx:Fact ; rdfs:label "relations"@en ;'
        ' kgx:party id:country\\/VN , id:country\\/KZ ; kgx:since "1992"^^xsd:gYear ; kgx:confidence 0.9 ;'
        " prov:wasDerivedFrom id:evidence\\/e8 .",
        'id:comparison\\/c1 a kgx:Comparison ; rdfs:label "one"@en ; kgx:one id:person\\/to-lam ; kgx:other id:person\\/to-lam ;'
        ' kgx:oneName "تو لام"@ar ; kgx:otherName "Tô Lâm"@vi ; kgx:oneIn id:document\\/d1 ; kgx:otherIn id:document\\/d2 ;'
        ' kgx:judgement id:judgement\\/same ; kgx:score 1.55 ; kgx:reason "+0.55 x 1.00 same office: head_of_state of VN" .',
        "id:person\\/old a kgx:Redirect ; dcterms:isReplacedBy id:person\\/to-lam .",
        _evidence("e1", "d1", 13, 19, rule="ar/name"),
        _evidence("e2", "d1", 30, 36, rule="ar/name"),
        _evidence("e3", "d1", 6, 19, rule="ar/tenure"),
        _evidence("e4", "d1", 0, 36, rule="ar/meeting/1", slot="participant 13-19"),
        _evidence("e5", "d2", 0, 12, rule="en/visit/1", lang="en"),
        _evidence("e6", "d2", 0, 12, rule=HOSTILE, lang="en"),
        _evidence("e7", "d1", 38, 62, rule="ar/figure"),
        _evidence("e8", "d2", 0, 5, rule="en/figure", lang="en"),
    ]
    return "\n".join(parts)


def graph(folder: Path) -> Store:
    """The graph, read from a file in a folder."""
    file = folder / "graph.ttl"
    file.write_text(turtle(), encoding="utf8")
    return load(file)


def browser(store: Store, *, documents: tuple[Path, ...] = ()) -> TestClient:
    """Someone who looks at it, in English unless asked otherwise."""
    app = create_app(store, documents=documents)
    return TestClient(app, base_url="http://localhost", headers={"accept": "text/html"}, follow_redirects=False)
