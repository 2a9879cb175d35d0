"""Who has to do with whom: persons, bodies, offices, countries and places, joined by the facts that they share."""

from __future__ import annotations

from collections import defaultdict
from functools import cache

from kgx.ontology.terms import vocabulary
from kgx.serve.visuals.base import Reader, View, local
from kgx.serve.visuals.filters import Filters, patterns, values

__all__ = ["fact_kinds", "network"]

FIRST = 32  # things, when nobody has chosen one to start from
NEIGHBOURS = 16  # of a thing, those that share most facts with it
KINDS = ("Person", "Organization", "Office", "Country", "Region", "City", "Venue")


def network(reader: Reader, filters: Filters, *, node: str = "") -> View:
    """The neighbours of a thing, or, without one, the things of most facts; and how many they share.

    Args:
        reader: who looks.
        filters: what the facts have in common that join things.
        node: IRI of the thing whose neighbours are wanted.
    """
    where = "\n    ".join(patterns(filters, "fact", base=reader.base))
    kinds = " ".join(f"kgx:{kind}" for kind in KINDS)
    start = f"?fact ?part <{node}> ." if node else ""
    limit = NEIGHBOURS + 1 if node else FIRST  # the thing itself has part in all its facts
    found = reader.rows(f"""SELECT ?thing ?kind (COUNT(DISTINCT ?fact) AS ?count) WHERE {{
    {start}
    ?fact a kgx:Fact ; ?role ?thing .
    VALUES ?kind {{ {kinds} }} ?thing a ?kind .
    {where}
}} GROUP BY ?thing ?kind ORDER BY DESC(?count) ?thing ?kind""")
    things = {row["thing"]: local(row["kind"]) for row in reversed(found[:limit])}
    if node and node not in things:
        things[node] = next((local(row["kind"]) for row in reader.rows(
            f"SELECT ?kind {{ VALUES ?kind {{ {kinds} }} <{node}> a ?kind }} ORDER BY ?kind")), "")  # fmt: skip
    shared = " ".join(f"kgx:{kind}" for kind in fact_kinds())
    sparql = f"""SELECT ?one ?other ?kind (COUNT(DISTINCT ?fact) AS ?count) WHERE {{
    {values("one", sorted(things))}
    {values("other", sorted(things))}
    ?fact ?part ?one ; ?role ?other ; a ?kind .
    FILTER(STR(?one) < STR(?other))
    VALUES ?kind {{ {shared} }}
    {where}
}} GROUP BY ?one ?other ?kind ORDER BY ?one ?other ?kind"""
    ties: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for row in reader.rows(sparql) if len(things) > 1 else ():
        ties[row["one"], row["other"]][local(row["kind"])] = row["count"]
    names = reader.names(things)
    degree = {row["thing"]: row["count"] for row in found}
    order = sorted(ties, key=lambda pair: (-sum(ties[pair].values()), names[pair[0]], names[pair[1]], pair))
    told = {pair: ", ".join(f"{reader.say(f'kind.{kind}')} {n}" for kind, n in ties[pair].items()) for pair in order}
    return View(
        data={
            "nodes": [
                {"id": iri, "kind": kind, "name": names[iri], "href": names.href(iri), "facts": degree.get(iri, 0)}
                for iri, kind in sorted(things.items())
            ],
            "edges": [
                {"source": one, "target": other, "count": sum(ties[one, other].values()), "told": told[one, other]}
                for one, other in order
            ],
            "more": max(0, len(found) - limit),
            "kinds": {kind: reader.say(f"kind.{kind}") for kind in KINDS},
        },
        columns=("one", "other", "shared", "facts"),
        rows=tuple((names.link(one), names.link(other), told[one, other], sum(ties[one, other].values()))
                   for one, other in order),
        sparql=sparql,
        summary=("network", {"things": len(things), "ties": len(ties), "more": max(0, len(found) - limit)}),
    )  # fmt: skip


@cache
def fact_kinds() -> tuple[str, ...]:
    """The most special classes of facts that join things."""
    classes = vocabulary().classes
    facts = [name for name in classes if "Fact" in _above(name)]
    return tuple(name for name in facts if not any(name in classes[other].parents for other in facts))


def _above(name: str) -> set[str]:
    parents = vocabulary().classes[name].parents if name in vocabulary().classes else ()
    return {name, *(ancestor for parent in parents for ancestor in _above(parent))}
