"""Where things happen: places as dots, visits as arcs from the visitor's country, twinnings as lines."""

from __future__ import annotations

from collections import Counter
from typing import Any

from kgx.serve.visuals.base import Reader, View
from kgx.serve.visuals.filters import Filters, patterns, values

__all__ = ["places"]

SHOWN = 600  # dots, arcs and lines together, those of most facts
# `goal` is the country that a visit leads to, `to` the city where that is known.
_PLACED = """
  %s
  {
    ?fact kgx:place ?from . ?from geo:lat ?lat .
    BIND("place" AS ?what)
  } UNION {
    ?fact a kgx:Event ; kgx:country ?from .
    BIND("country" AS ?what)
  } UNION {
    ?fact a kgx:Twinning ; kgx:twin ?from, ?to . FILTER(STR(?from) < STR(?to))
    BIND("twinning" AS ?what)
  } UNION {
    ?fact a kgx:Visit ; kgx:visitor/kgx:country? ?from . ?from a kgx:Country .
    ?fact (kgx:host|kgx:place)/(kgx:country|kgx:inCountry)? ?goal . ?goal a kgx:Country . FILTER(?from != ?goal)
    OPTIONAL { ?fact kgx:place ?to . ?to kgx:inCountry ?goal ; geo:lat ?north }
    BIND("visit" AS ?what)
  }
"""


def places(reader: Reader, filters: Filters) -> View:
    """What of the facts that match has a place on a map."""
    # Evidence has a confidence, too: a fact is said to be one.
    narrowed = patterns(filters, "fact", base=reader.base)
    narrowed = ["?fact a kgx:Fact .", *narrowed] if narrowed else []
    where = f"{{ SELECT DISTINCT ?fact {{ {' '.join(narrowed)} }} }}" if narrowed else ""
    sparql = (
        f"SELECT ?what ?from ?to ?goal (COUNT(DISTINCT ?fact) AS ?count) WHERE {{{_PLACED % where}}} "
        f"GROUP BY ?what ?from ?to ?goal ORDER BY DESC(?count) ?what ?from ?to ?goal LIMIT {SHOWN}"
    )
    told = reader.narrowed("fact", narrowed, f"SELECT DISTINCT ?fact ?what ?from ?to ?goal WHERE {{{_PLACED}}}")
    counts = Counter(row[1:] for row in told)
    most = sorted(counts, key=lambda key: (-counts[key], [str(cell or "") for cell in key]))[:SHOWN]
    found: list[dict[str, Any]] = [
        {**dict(zip(("what", "from", "to", "goal"), key, strict=True)), "count": counts[key]} for key in most
    ]
    iris = {row[key] for row in found for key in ("from", "to", "goal") if row[key]}
    names = reader.names(iris)
    where_is = _coordinates(reader, iris)

    def end(iri: str) -> dict[str, Any]:
        """A place as the map has it: with coordinates, or as a country whose shape has a middle."""
        country = iri.removeprefix(f"{reader.base}country/")
        known: dict[str, Any] = {"name": names[iri], "href": names.href(iri)}
        return known | ({"at": where_is[iri]} if iri in where_is else {"country": country} if country != iri else {})

    drawn: dict[str, list[dict[str, Any]]] = {"place": [], "country": [], "twinning": [], "visit": []}
    table = []
    for row in found:
        target = row["to"] or row["goal"]
        drawn[row["what"]].append(
            {"from": end(row["from"]), "count": row["count"]} | ({"to": end(target)} if target else {})
        )
        table.append((
            reader.say(f"visuals.map.{row['what']}"), names.link(row["from"]),
            names.link(target) if target else None, row["count"],
        ))  # fmt: skip
    return View(
        data={"places": drawn["place"], "countries": drawn["country"], "twinnings": drawn["twinning"],
              "visits": drawn["visit"], "kinds": {kind: reader.say(f"visuals.map.{kind}") for kind in drawn}},
        columns=("what", "from", "to", "facts"),
        rows=tuple(table),
        sparql=sparql,
        summary=("map", {key: len(drawn[key]) for key in drawn}),
    )  # fmt: skip


def _coordinates(reader: Reader, iris: set[str]) -> dict[str, tuple[float, float]]:
    """Longitude and latitude of the places that have them."""
    if not iris:
        return {}
    found = reader.rows(
        f"SELECT ?place ?long ?lat {{ {values('place', sorted(iris))} ?place geo:long ?long ; geo:lat ?lat }}"
    )
    return {row["place"]: (float(row["long"]), float(row["lat"])) for row in found}
