"""A small graph of diplomacy with names that would like to be markup, for the tests of pages and views."""

from __future__ import annotations

from pathlib import Path

__all__ = ["HOSTILE", "write"]

ID = "https://w3id.org/kgx/id/"
HOSTILE = '<script>alert("1")</script>\u202e\n"x\' =1+1'
_ESCAPED = HOSTILE.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
_HEAD = f"""
@prefix id: <{ID}> . @prefix kgx: <https://w3id.org/kgx/ontology#> . @prefix schema: <https://schema.org/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix geo: <http://www.w3.org/2003/01/geo/wgs84_pos#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix prov: <http://www.w3.org/ns/prov#> . @prefix oa: <http://www.w3.org/ns/oa#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
"""


def _thing(path: str, kinds: str, label: str, rest: str = "") -> str:
    return f'<{ID}{path}> a {kinds} ; rdfs:label "{label}"@en ; kgx:confidence 0.9 {rest} .\n'


def _fact(path: str, kinds: str, label: str, rest: str, document: str = "one", confidence: str = "0.9") -> str:
    evidence = f"{ID}evidence/{path.replace('/', '-')}"
    return (
        f'<{ID}{path}> a kgx:Fact, {kinds} ; rdfs:label "{label}"@en ; kgx:confidence {confidence} ;'
        f" prov:wasDerivedFrom <{evidence}> ; {rest} .\n"
        f"<{evidence}> a oa:SpecificResource ; oa:hasSource <{ID}document/{document}> ; kgx:confidence {confidence} ;"
        f' kgx:rule "test/1" ; oa:hasSelector [ a oa:TextPositionSelector ; oa:start 0 ; oa:end 4 ],'
        f' [ a oa:TextQuoteSelector ; oa:exact "said"@en ] .\n'
    )


def _graph() -> str:
    here = {name: f"<{ID}{name}>" for name in (
        "country/KZ", "country/VN", "person/to-lam", "person/hostile", "city/1", "city/2", "city/3", "status/occurred",
        "status/planned", "status/actual", "status/estimate", "status/existing", "measure/exports",
        "trade-figure/a", "trade-figure/b", "office/1",
    )}  # fmt: skip
    kz, vn, lam, hostile = here["country/KZ"], here["country/VN"], here["person/to-lam"], here["person/hostile"]
    figure = f'kgx:party {kz}, {vn} ; kgx:measure {here["measure/exports"]} ; kgx:currency "USD" ;'
    return "".join((
        _HEAD,
        *(f'<{ID}document/{name}> a kgx:Document ; kgx:fileName "{name}.txt" ; dcterms:language "{language}" ;'
          f' schema:datePublished "2024-01-02"^^xsd:date ; kgx:sha256 "{name}" .\n'
          for name, language in (("one", "ko"), ("two", "fr"))),
        *(f'<{ID}{path}> a skos:Concept ; skos:prefLabel "{path.rpartition("/")[2]}"@en .\n'
          for path in here if path.startswith(("status/", "measure/"))),
        _thing("country/KZ", "kgx:Country, kgx:Place", "Kazakhstan", '; kgx:iso3166 "KZ"'),
        _thing("country/VN", "kgx:Country, kgx:Place", "Vietnam", '; kgx:iso3166 "VN"'),
        _thing("person/to-lam", "kgx:Person", "To Lam",
               f'; skos:altLabel "또럼"@ko, "تو لام"@ar, "Tô Lâm"@fr ; kgx:country {vn}'),
        _thing("person/hostile", "kgx:Person", _ESCAPED, f"; kgx:country {kz}"),
        _thing("office/1", "kgx:Office", "general secretary, Vietnam", f"; kgx:ofCountry {vn}"),
        _thing("city/1", "kgx:City, kgx:Place", "Astana", f"; kgx:inCountry {kz} ; geo:lat 51.18 ; geo:long 71.45"),
        _thing("city/2", "kgx:City, kgx:Place", "Almaty", f"; kgx:inCountry {kz} ; geo:lat 43.25 ; geo:long 76.95"),
        _thing("city/3", "kgx:City, kgx:Place", _ESCAPED, f"; kgx:inCountry {vn} ; geo:lat 10.82 ; geo:long 106.63"),
        _fact("visit/1", "kgx:Event, kgx:Visit", "visit", f"kgx:visitor {lam} ; kgx:participant {lam} ; kgx:host {kz} ;"
              f" kgx:country {kz}, {vn} ; kgx:place {here['city/1']} ; kgx:status {here['status/occurred']} ;"
              ' schema:startDate "2025-05-05"^^xsd:date ; schema:endDate "2025-05-07"^^xsd:date'),
        _fact("visit/2", "kgx:Event, kgx:Visit", "visit", f"kgx:visitor {hostile} ; kgx:participant {hostile} ;"
              f" kgx:host {vn} ; kgx:country {kz}, {vn} ; kgx:place {vn} ; kgx:status {here['status/planned']} ;"
              ' schema:startDate "2026"^^xsd:gYear', "two", "0.6"),
        _fact("meeting/1", "kgx:Event, kgx:Meeting", "meeting", f"kgx:participant {lam}, {hostile} ;"
              f" kgx:country {kz}, {vn} ; kgx:status {here['status/occurred']}"),
        _fact("twinning/1", "kgx:Twinning", "twinning", f"kgx:twin {here['city/2']}, {here['city/3']} ;"
              f" kgx:status {here['status/existing']}"),
        _fact("tenure/1", "kgx:Tenure", "tenure", f"kgx:holder {lam} ; kgx:office {here['office/1']}"),
        _fact("trade-figure/a", "kgx:TradeFigure", "figure", f"{figure} kgx:value 800000000 ; kgx:growthPercent 12.5 ;"
              f' kgx:period "2024"^^xsd:gYear ; kgx:status {here["status/actual"]} ;'
              f" kgx:disagreesWith {here['trade-figure/b']}"),
        _fact("trade-figure/b", "kgx:TradeFigure", "figure", f"{figure} kgx:value 1000000000 ; kgx:approximate true ;"
              f' kgx:period "2024"^^xsd:gYear ; kgx:status {here["status/estimate"]} ;'
              f" kgx:disagreesWith {here['trade-figure/a']}", "two"),
    ))  # fmt: skip


def write(path: Path) -> Path:
    """The graph as a file of Turtle."""
    path.write_text(_graph(), encoding="utf8")
    return path
