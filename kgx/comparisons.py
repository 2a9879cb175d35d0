"""Why things were joined, or were not, as a written graph tells it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from kgx.query import Store, select
from kgx.resolve.features import TABLES, Reason

__all__ = ["Compared", "Reason", "Side", "compared", "explanations"]

_REASON = re.compile(r"([+-][\d.]+) x (-?[\d.]+) ([^:]+): (.*)", re.DOTALL)
_ORDER = {"same": 0, "unsure": 1, "different": 2}


@dataclass(frozen=True)
class Side:
    """One of two things compared: what a document calls it, and the thing that it is in the end.

    The document has the name of its file, and a locator where it is a part of one.
    """

    iri: str
    label: str
    name: str
    lang: str
    file: str
    locator: str = ""

    @property
    def source(self) -> str:
        """What people find the document by: the part of a file, else the name of the file."""
        return self.locator or self.file


@dataclass(frozen=True)
class Compared:
    """A pair; judgement is same, unsure or different."""

    iri: str
    judgement: str
    score: float
    one: Side
    other: Side
    reasons: tuple[Reason, ...]


def compared(store: Store, things: Iterable[str] | None = None) -> list[Compared]:
    """The comparisons of some things (by IRI), or of all: what was joined first, then the nearest first."""
    values = "" if things is None else "VALUES ?thing { " + " ".join(f"<{t}>" for t in things) + " } "
    about = "?c kgx:one|kgx:other ?thing . " if things is not None else ""
    rows = select(
        store,
        "SELECT DISTINCT ?c ?j ?s ?a ?la ?na (LANG(?na) AS ?ga) ?fa ?pa ?b ?lb ?nb (LANG(?nb) AS ?gb) ?fb ?pb "
        f"WHERE {{ {values}{about} ?c a kgx:Comparison ; kgx:judgement/skos:notation ?j ; "
        "kgx:score ?s ; kgx:one ?a ; kgx:other ?b ; "
        "kgx:oneName ?na ; kgx:otherName ?nb ; kgx:oneIn ?da ; kgx:otherIn ?db . "
        "?da kgx:fileName ?fa . ?db kgx:fileName ?fb . "
        "OPTIONAL { ?da kgx:locator ?pa } OPTIONAL { ?db kgx:locator ?pb } "
        "?a rdfs:label ?la . ?b rdfs:label ?lb }",
    ).rows
    reasons = _reasons(store, values + about)
    found = [
        Compared(
            iri=str(c),
            judgement=str(j),
            score=float(s or 0),
            one=Side(*map(str, (a, la, na, ga, fa, pa or ""))),
            other=Side(*map(str, (b, lb, nb, gb, fb, pb or ""))),
            reasons=reasons.get(str(c), ()),
        )
        for c, j, s, a, la, na, ga, fa, pa, b, lb, nb, gb, fb, pb in rows
    ]
    return sorted(found, key=lambda c: (_ORDER.get(c.judgement, 3), -c.score, c.iri))


def _reasons(store: Store, of: str) -> dict[str, tuple[Reason, ...]]:
    found: dict[str, list[Reason]] = defaultdict(list)
    rows = select(store, f"SELECT DISTINCT ?c ?r WHERE {{ {of} ?c a kgx:Comparison ; kgx:reason ?r }}").rows
    for comparison, text in rows:
        if (match := _REASON.fullmatch(str(text))) is not None:
            found[str(comparison)].append(Reason(match[3], float(match[1]), float(match[2]), match[4]))
    return {c: tuple(sorted(r, key=lambda x: (-abs(x.weight * x.value), x.feature))) for c, r in found.items()}


def explanations() -> dict[str, str]:
    """What each feature means, in a sentence or two."""
    return {feature.name: feature.explanation for table in TABLES.values() for feature in table}
