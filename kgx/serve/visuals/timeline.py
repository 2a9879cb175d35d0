"""Events in time: how many a month of which kind, and the latest of them one by one."""

from __future__ import annotations

from collections import Counter
from typing import Any

from kgx.ontology import event_types
from kgx.serve.visuals.base import Link, Reader, View, listed, local
from kgx.serve.visuals.filters import Filters, patterns, values

__all__ = ["timeline"]

SHOWN = 300  # more are counted by month, and not shown one by one
_DETAILS = """SELECT ?event ?kind ?start ?end ?status ?confidence ?place
  (GROUP_CONCAT(DISTINCT STR(?country); separator=" ") AS ?countries)
  (GROUP_CONCAT(DISTINCT STR(?participant); separator=" ") AS ?participants)
WHERE {
  %s
  VALUES ?kind { %s } ?event a ?kind .
  OPTIONAL { ?event schema:endDate ?end }
  OPTIONAL { ?event kgx:status ?status }
  OPTIONAL { ?event kgx:confidence ?confidence }
  OPTIONAL { ?event kgx:place ?place }
  OPTIONAL { ?event kgx:country ?country }
  OPTIONAL { ?event kgx:participant ?participant }
}
GROUP BY ?event ?kind ?start ?end ?status ?confidence ?place
ORDER BY DESC(STR(?start)) ?event"""


def timeline(reader: Reader, filters: Filters) -> View:
    """The events that match."""
    kinds = " ".join(f"kgx:{kind.class_name}" for kind in event_types().values())
    narrowed = patterns(filters, "event", base=reader.base, dates="schema:startDate", involved="kgx:country")
    where = "\n    ".join(("?event a kgx:Event .", *narrowed))
    sparql = _DETAILS % (
        f"""{{ SELECT DISTINCT ?event ?start WHERE {{
    {where}
    OPTIONAL {{ ?event schema:startDate ?start }}
  }} ORDER BY DESC(STR(?start)) ?event LIMIT {SHOWN} }}""",
        kinds,
    )
    told = reader.narrowed(
        "event", ["?event a kgx:Event .", *narrowed] if narrowed else [],
        f"SELECT DISTINCT ?event ?kind ?start {{ ?event a kgx:Event . %s VALUES ?kind {{ {kinds} }} ?event a ?kind . "
        "OPTIONAL { ?event schema:startDate ?start } }",
    )  # fmt: skip
    starts = {str(event): str(start or "") for event, _, start in told}
    newest = sorted(sorted(starts), key=lambda event: starts[event], reverse=True)[:SHOWN]
    events: dict[str, dict[str, Any]] = {}
    for row in reader.rows(
        _DETAILS % (f"{values('event', newest)} OPTIONAL {{ ?event schema:startDate ?start }}", kinds)
    ):
        events.setdefault(row["event"], row)  # of several places, the first
    names = reader.names(
        iri for row in events.values() for key in ("countries", "participants", "place") for iri in listed(row[key])
    )
    drawn, table = [], []
    for iri, row in events.items():
        countries, participants = (names.links(listed(row[key])) for key in ("countries", "participants"))
        place = names.links(listed(row["place"]))
        kind, status = local(row["kind"]), local(row["status"])
        table.append((
            row["start"], row["end"], Link(reader.say(f"kind.{kind}"), names.href(iri)), participants, countries, place,
            reader.say(f"status.{status}") if status else None, row["confidence"],
        ))  # fmt: skip
        if _is_dated(row["start"]):
            drawn.append({
                "href": names.href(iri), "kind": kind, "status": status, "start": row["start"], "end": row["end"],
                "who": [link.text for link in participants], "countries": [link.text for link in countries],
                "place": "; ".join(link.text for link in place),
            })  # fmt: skip
    each = {(event, kind, str(start or "")[:7]) for event, kind, start in told}
    months = Counter((month, local(kind)) for _, kind, month in each if _is_dated(month))
    total = len(each)
    return View(
        data={
            "events": drawn,
            "counts": [{"month": month, "kind": kind, "count": n} for (month, kind), n in sorted(months.items())],
            "kinds": {kind: reader.say(f"kind.{kind}") for kind in sorted({kind for _, kind in months})},
            "statuses": {s: reader.say(f"status.{s}") for s in sorted({e["status"] for e in drawn} - {""})},
        },
        columns=("start", "end", "event", "who", "countries", "place", "status", "confidence"),
        rows=tuple(table),
        sparql=sparql,
        summary=("timeline", {"total": total, "drawn": len(drawn), "undated": total - months.total()}),
    )


def _is_dated(start: str | None) -> bool:
    return (start or "")[:4].isdigit()
