"""Who has to do with whom: persons, bodies, offices, countries and places, joined by the facts that they share."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cache
from itertools import combinations

from kgx.ontology.terms import vocabulary
from kgx.serve.visuals.base import Reader, View, local
from kgx.serve.visuals.filters import Filters, patterns, values

__all__ = ["fact_kinds", "network"]

FIRST = 32  # things, when nobody has chosen one to start from
NEIGHBOURS = 16  # of a thing, those that share most facts with it
# Roles that only facts have, and those that things have as well.
_ROLES = (
    "kgx:participant kgx:party kgx:twin kgx:place kgx:host kgx:inviter kgx:invitee kgx:holder kgx:office kgx:partner"
)
_SHARED = "kgx:country kgx:ofCountry"
_COUNTRIES = (("Event", "kgx:country"), ("TradePartnerRank", "kgx:ofCountry"))
KINDS = ("Person", "Organization", "Office", "Country", "Region", "City", "Venue")


def network(reader: Reader, filters: Filters, *, node: str = "") -> View:
    """The neighbours of a thing, or, without one, the things of most facts; and how many they share.

    Args:
        reader: who looks.
        filters: what the facts have in common that join things.
        node: IRI of the thing whose neighbours are wanted.
    """
    narrowed = patterns(filters, "fact", base=reader.base) + ([f"?fact ?part <{node}> ."] if node else [])
    found = _parts(reader, narrowed)
    counts = Counter(thing for joined in found.values() for thing in joined)
    # The thing itself has part in all its facts.
    chosen = sorted(counts, key=lambda thing: (-counts[thing], thing))[: NEIGHBOURS + 1 if node else FIRST]
    things = _kinds(reader, dict.fromkeys([*chosen, *([node] if node else [])]))
    ties: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for fact, joined in found.items():
        for pair in combinations(sorted(joined & things.keys()), 2):
            ties[pair][_kind_of(fact, reader.base)] += 1
    sparql = f"""SELECT ?one ?other ?kind (COUNT(DISTINCT ?fact) AS ?count) WHERE {{
    {{ SELECT DISTINCT ?fact WHERE {{ ?fact a kgx:Fact . {" ".join(narrowed)} }} }}
    {values("one", sorted(things))}
    {values("other", sorted(things))}
    ?fact ?role1 ?one ; ?role2 ?other ; a ?kind .
    FILTER(STR(?one) < STR(?other))
    VALUES ?kind {{ {" ".join(f"kgx:{kind}" for kind in fact_kinds())} }}
}} GROUP BY ?one ?other ?kind ORDER BY ?one ?other ?kind"""
    names = reader.names(things)
    more = max(0, len(counts) - len(things))
    order = sorted(ties, key=lambda pair: (-sum(ties[pair].values()), names[pair[0]], names[pair[1]], pair))
    told = {
        pair: ", ".join(f"{reader.say(f'kind.{kind}')} {ties[pair][kind]}" for kind in sorted(ties[pair]))
        for pair in order
    }
    return View(
        data={
            "nodes": [
                {"id": iri, "kind": kind, "name": names[iri], "href": names.href(iri), "facts": counts.get(iri, 0)}
                for iri, kind in sorted(things.items())
            ],
            "edges": [
                {"source": one, "target": other, "count": sum(ties[one, other].values()), "told": told[one, other]}
                for one, other in order
            ],
            "more": more,
            "kinds": {kind: reader.say(f"kind.{kind}") for kind in KINDS},
        },
        columns=("one", "other", "shared", "facts"),
        rows=tuple((names.link(one), names.link(other), told[one, other], sum(ties[one, other].values()))
                   for one, other in order),
        sparql=sparql,
        summary=("network", {"things": len(things), "ties": len(ties), "more": more}),
    )  # fmt: skip


def _parts(reader: Reader, narrowed: list[str]) -> dict[str, set[str]]:
    """Which things have part in which facts."""
    branches = (f"VALUES ?role {{ {_ROLES} }} ?fact ?role ?thing", *(
        f"?fact {role} ?thing . ?fact a kgx:{kind}" for kind, role in _COUNTRIES))  # fmt: skip
    every = " UNION ".join(f"{{ {branch} }}" for branch in branches)
    if narrowed:
        narrowed = ["?fact a kgx:Fact .", *narrowed]
    found: dict[str, set[str]] = defaultdict(set)
    for fact, thing in reader.narrowed("fact", narrowed, f"SELECT DISTINCT ?fact ?thing {{ %s {every} }}"):
        found[str(fact)].add(str(thing))
    return found


def _kinds(reader: Reader, things: Iterable[str]) -> dict[str, str]:
    """The class of each thing that is a person, body, office, country or place."""
    listed = list(things)
    if not listed:
        return {}
    kinds = " ".join(f"kgx:{kind}" for kind in KINDS)
    found = reader.rows(
        f"SELECT ?thing ?kind {{ {values('thing', listed)} VALUES ?kind {{ {kinds} }} ?thing a ?kind }}"
    )
    kind = {row["thing"]: local(row["kind"]) for row in sorted(found, key=lambda row: str(row["kind"]), reverse=True)}
    return {thing: kind[thing] for thing in listed if thing in kind}


def _kind_of(fact: str, base: str) -> str:
    """The class of a fact, which its id begins with."""
    group = fact.removeprefix(base).partition("/")[0]
    return {kind.lower(): kind for kind in fact_kinds()}.get(group.replace("-", ""), "Fact")


@cache
def fact_kinds() -> tuple[str, ...]:
    """The most special classes of facts that join things."""
    classes = vocabulary().classes
    facts = [name for name in classes if "Fact" in _above(name)]
    return tuple(name for name in facts if not any(name in classes[other].parents for other in facts))


def _above(name: str) -> set[str]:
    parents = vocabulary().classes[name].parents if name in vocabulary().classes else ()
    return {name, *(ancestor for parent in parents for ancestor in _above(parent))}
