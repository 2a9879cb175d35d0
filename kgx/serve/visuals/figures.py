"""Trade, investment and other figures over time, where sources disagree side by side."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

from kgx.serve.visuals.base import Link, Names, Reader, View, listed, local
from kgx.serve.visuals.filters import Filters, patterns, values

__all__ = ["figures"]

SHOWN = 400
_DETAILS = """SELECT ?figure ?measure ?period ?value ?currency ?growth ?status ?approximate ?confidence
  (GROUP_CONCAT(DISTINCT STR(?party); separator=" ") AS ?parties)
  (GROUP_CONCAT(DISTINCT STR(?document); separator=" ") AS ?documents)
  (GROUP_CONCAT(DISTINCT STR(?rival); separator=" ") AS ?disagrees)
WHERE {
  %s
  ?figure kgx:measure ?measure .
  OPTIONAL { ?figure kgx:party ?party }
  OPTIONAL { ?figure prov:wasDerivedFrom/oa:hasSource ?document }
  OPTIONAL { ?figure kgx:disagreesWith ?rival }
  OPTIONAL { ?figure kgx:value ?value }
  OPTIONAL { ?figure kgx:currency ?currency }
  OPTIONAL { ?figure kgx:growthPercent ?growth }
  OPTIONAL { ?figure kgx:status ?status }
  OPTIONAL { ?figure kgx:approximate ?approximate }
  OPTIONAL { ?figure kgx:confidence ?confidence }
}
GROUP BY ?figure ?measure ?period ?value ?currency ?growth ?status ?approximate ?confidence
ORDER BY STR(?period) ?value ?figure"""
PANELS = 12  # one a group of parties, measure and currency; those of most figures are drawn


def figures(reader: Reader, filters: Filters) -> View:
    """The figures that match."""
    narrowed = patterns(filters, "figure", base=reader.base, dates="kgx:period", involved="kgx:party")
    where = "\n    ".join(narrowed)
    sparql = (
        _DETAILS
        % f"""{{ SELECT DISTINCT ?figure ?period WHERE {{
    ?figure a kgx:TradeFigure .
    {where}
    OPTIONAL {{ ?figure kgx:period ?period }}
  }} ORDER BY DESC(STR(?period)) ?figure LIMIT {SHOWN} }}"""
    )
    told = reader.narrowed(
        "figure", ["?figure a kgx:TradeFigure .", *narrowed] if narrowed else [],
        "SELECT DISTINCT ?figure ?period { ?figure a kgx:TradeFigure . %s OPTIONAL { ?figure kgx:period ?period } }",
    )  # fmt: skip
    periods = {str(figure): str(period or "") for figure, period in told}
    newest = sorted(sorted(periods), key=lambda figure: periods[figure], reverse=True)[:SHOWN]
    rows = reader.rows(_DETAILS % f"{values('figure', newest)} OPTIONAL {{ ?figure kgx:period ?period }}")
    found = {row["figure"]: row for row in reversed(rows)}
    ordered = sorted(found.values(), key=lambda row: (str(row["period"] or "~"), str(row["figure"])))
    names = reader.names(iri for row in ordered for iri in listed(row["parties"]))
    documents = _documents(reader, names, {iri for row in ordered for iri in listed(row["documents"])})
    groups: dict[tuple[tuple[str, ...], str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in ordered:
        groups[tuple(listed(row["parties"])), local(row["measure"]), row["currency"] or ""].append(row)
    largest = sorted(groups, key=lambda key: (-len(groups[key]), key))
    panels = [
        {
            "parties": [vars(link) for link in names.links(parties)],
            "measure": reader.say(f"measure.{measure}"),
            "currency": currency,
            "points": [_point(row, names, documents) for row in groups[parties, measure, currency]],
        }
        for parties, measure, currency in largest[:PANELS]
    ]
    statuses = sorted({local(row["status"]) for row in ordered} - {""})
    table = tuple(
        (
            row["period"], names.links(parties), Link(reader.say(f"measure.{measure}"), names.href(row["figure"])),
            row["value"], currency, row["growth"],
            reader.say(f"status.{local(row['status'])}") if row["status"] else None,
            row["approximate"], tuple(documents[iri] for iri in listed(row["documents"])),
            tuple(_rival(found.get(iri), names, iri) for iri in listed(row["disagrees"])),
        )
        for parties, measure, currency in largest
        for row in groups[parties, measure, currency]
    )  # fmt: skip
    return View(
        data={"panels": panels, "statuses": {status: reader.say(f"status.{status}") for status in statuses}},
        columns=("period", "parties", "measure", "value", "currency", "growth", "status", "approximate", "documents",
                 "disagrees"),
        rows=table,
        sparql=sparql,
        summary=("figures", {"total": len(periods), "shown": len(ordered), "groups": len(groups), "panels": len(panels),
                             "disagreeing": sum(1 for row in ordered if row["disagrees"])}),
    )  # fmt: skip


def _point(row: dict[str, Any], names: Names, documents: dict[str, Link]) -> dict[str, Any]:
    return {
        "href": names.href(row["figure"]),
        "period": row["period"],
        "value": _number(row["value"]),
        "growth": _number(row["growth"]),
        "status": local(row["status"]),
        "approximate": bool(row["approximate"]),
        "disagrees": bool(row["disagrees"]),
        "documents": [documents[iri].text for iri in listed(row["documents"])],
    }


def _rival(row: dict[str, Any] | None, names: Names, iri: str) -> Link:
    told = (
        f"{row['value'] if row['value'] is not None else row['growth']} {row['currency'] or '%'}" if row else local(iri)
    )
    return Link(told, names.href(iri))


def _number(value: int | Decimal | None) -> float | None:
    return None if value is None else float(value)


def _documents(reader: Reader, names: Names, iris: set[str]) -> dict[str, Link]:
    """Documents by who published them and when, where that is known, else by their files."""
    if not iris:
        return {}
    found = reader.rows(
        f"SELECT ?document ?file ?part ?publisher ?date {{ {values('document', sorted(iris))}"
        " ?document kgx:fileName ?file . OPTIONAL { ?document kgx:locator ?part }"
        " OPTIONAL { ?document schema:publisher ?publisher }"
        " OPTIONAL { ?document schema:datePublished ?date } }"
    )
    told = {
        row["document"]: " ".join(filter(None, (row["publisher"] or row["part"] or row["file"], row["date"])))
        for row in found
    }
    return {iri: Link(told.get(iri, local(iri)), names.href(iri)) for iri in iris}
