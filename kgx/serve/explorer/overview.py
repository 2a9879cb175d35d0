"""What a graph holds, counted once: it does not change while it is served."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass

from kgx.query import Store, select
from kgx.serve.explorer.listing import LISTS

__all__ = ["Overview", "Overviews"]

_PAIRS = 60
# Countries that have part in a fact, by the way they are tied to it.
_TIES = "kgx:country|kgx:party|kgx:twin/kgx:inCountry|kgx:ofCountry|kgx:partner"


@dataclass(frozen=True)
class Overview:
    """What there is.

    Attributes:
        counts: of the members of each list.
        countries: their labels, by their IRIs.
        languages: of documents, to how many there are.
        first: date of the earliest document.
        last: date of the latest one.
        disagreements: pairs of facts of which one says otherwise than the other.
        pairs: of countries by their IRIs, with how many facts bind them, most first.
    """

    counts: Mapping[str, int]
    countries: Mapping[str, str]
    languages: Mapping[str, int]
    first: str | None
    last: str | None
    disagreements: int
    pairs: tuple[tuple[str, str, int], ...]


class Overviews:
    """The overview of a graph, made when it is first asked for.

    Args:
        source: the graph.
    """

    def __init__(self, source: Store) -> None:
        self._source = source
        self._lock = threading.Lock()
        self._office_lock = threading.Lock()
        self._made: Overview | None = None
        self._offices: Mapping[str, tuple[str, str, str]] | None = None

    def prepare(self) -> None:
        """Make it in a thread of its own, so that nobody waits for it."""
        threading.Thread(target=lambda: (self.offices(), self.get()), name="overview", daemon=True).start()

    def get(self) -> Overview:
        """The overview."""
        with self._lock:
            if self._made is None:
                self._made = _overview(self._source)
            return self._made

    def offices(self) -> Mapping[str, tuple[str, str, str]]:
        """What each office is, by its IRI: kind, and name and IRI of the body or state that it is of."""
        with self._office_lock:
            if self._offices is None:
                self._offices = _offices(self._source)
            return self._offices


def _offices(source: Store) -> Mapping[str, tuple[str, str, str]]:
    rows = select(
        source,
        "SELECT ?office ?kind ?body ?bodyLabel ?country ?countryLabel { "
        "?office a kgx:Office ; kgx:officeKind/skos:notation ?kind . "
        "OPTIONAL { ?office kgx:ofOrganization ?body . ?body rdfs:label ?bodyLabel } "
        "OPTIONAL { ?office kgx:ofCountry ?country . ?country rdfs:label ?countryLabel } } "
        "ORDER BY ?office DESC(?bodyLabel) DESC(?countryLabel)",
    ).rows
    return {
        str(office): (str(kind), str(name or state or ""), str(body or country or ""))
        for office, kind, body, name, country, state in rows
    }


def _overview(source: Store) -> Overview:
    counted = {
        str(kind).rpartition("#")[2]: int(str(n))
        for kind, n in select(source, "SELECT ?kind (COUNT(?it) AS ?n) { ?it a ?kind } GROUP BY ?kind").rows
        if str(kind).startswith("https://w3id.org/kgx/ontology#")
    }
    countries = select(source, "SELECT ?c ?l { ?c a kgx:Country ; rdfs:label ?l } ORDER BY ?c DESC(?l)").rows
    languages = select(
        source,
        "SELECT ?l (COUNT(?d) AS ?n) { ?d a kgx:Document ; dcterms:language ?l } GROUP BY ?l ORDER BY DESC(?n) ?l",
    ).rows
    dates = select(
        source, "SELECT (MIN(STR(?d)) AS ?a) (MAX(STR(?d)) AS ?z) { ?it a kgx:Document ; schema:datePublished ?d }"
    ).rows[0]
    rivals = select(source, "SELECT (COUNT(*) AS ?n) { ?a kgx:disagreesWith ?b FILTER(STR(?a) < STR(?b)) }").rows[0][0]
    pairs = select(
        source,
        f"SELECT ?a ?b (COUNT(DISTINCT ?fact) AS ?n) {{ ?fact a kgx:Fact ; {_TIES} ?a . ?a a kgx:Country . "
        f"?fact {_TIES} ?b . ?b a kgx:Country . FILTER(STR(?a) < STR(?b)) }} "
        f"GROUP BY ?a ?b ORDER BY DESC(?n) ?a ?b LIMIT {_PAIRS}",
    ).rows
    return Overview(
        counts={name: counted.get(listing.kind, 0) for name, listing in LISTS.items()},
        countries={str(iri): str(label) for iri, label in countries},
        languages={str(code): int(str(n)) for code, n in languages},
        first=str(dates[0]) if dates[0] else None,
        last=str(dates[1]) if dates[1] else None,
        disagreements=int(str(rivals or 0)),
        pairs=tuple((str(a), str(b), int(str(n))) for a, b, n in pairs),
    )
