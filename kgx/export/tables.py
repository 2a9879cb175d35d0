"""The graph as tables: one row for each thing or fact, and two tables in the columns that other data sets have.

``event_data`` has a row for each pair of actors of an event, as event coders write (ICEWS, GDELT, POLECAT): who did
what to whom, with ISO 3166 alpha-3 codes, CAMEO and PLOVER codes and coordinates. ``leader_travel`` has a row for each
person who travels. Ids are those of the graph, below its base; several values in one cell are joined by ``; ``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations, product

from kgx.export.view import View
from kgx.gazetteer.iso import alpha3
from kgx.ontology import event_types

__all__ = ["TABLES", "Cell", "Table"]

Cell = str | int | float | Decimal | bool | None
Row = tuple[Cell, ...]
_TYPES: Mapping[str, type] = {"str": str, "int": int, "float": float, "decimal": Decimal, "bool": bool}
_ACTORS = ("visitor", "host", "inviter", "invitee", "participant")
_FACTS = ("Tenure", "Event", "Agreement", "TradeFigure", "Twinning", "DiplomaticRelation", "TradePartnerRank")
_TOLD = ("Person", "Organization", "Place", "Office", "Fact", "StatusReport")


@dataclass(frozen=True)
class Table:
    """A table; `columns` maps each name to the type of its cells, any of which can be None."""

    name: str
    columns: Mapping[str, type]
    rows: Callable[[View], Iterable[Row]]


def _columns(spec: str) -> dict[str, type]:
    """``name``, or ``name:type`` where the cells are no strings."""
    return {name: _TYPES[kind or "str"] for name, _, kind in (part.partition(":") for part in spec.split())}


def _joined(values: Iterable[str]) -> str | None:
    return "; ".join(values) or None


def _ids(view: View, node: str, *names: str) -> str | None:
    return _joined(dict.fromkeys(view.id(o) for name in names for o in view.all(node, name)))


def _labels(view: View, node: str, *names: str) -> str | None:
    return _joined(view.label(o) for o in dict.fromkeys(o for name in names for o in view.all(node, name)))


def _states(view: View, node: str, *names: str) -> str | None:
    """Codes of the states of the nodes of some roles."""
    return _joined(sorted({c for name in names for o in view.all(node, name) if (c := view.country(o))}))


def _real(view: View, node: str | None, name: str) -> float | None:
    value = view.number(node, name) if node else None
    return float(value) if value is not None else None


def _whole(view: View, node: str, name: str) -> int | None:
    value = view.number(node, name)
    return int(value) if value is not None else None


def _fact(view: View, node: str) -> Row:
    """What stands at the end of each fact."""
    files = map(view.file, view.documents(node))
    return (
        view.label(node), _real(view, node, "confidence"), view.truth(node, "inferred"),
        _ids(view, node, "disagreesWith"), _joined(files),
    )  # fmt: skip


_FACT = " label confidence:float inferred:bool disagrees_with documents"


def _documents(view: View) -> Iterator[Row]:
    for d in view.of("Document"):
        yield (view.id(d), view.label(d), *(view.text(d, name) for name in (
            "fileName", "language", "datePublished", "publisher", "author", "url", "sha256")),
            _joined(view.texts(d, "mentionsDate")), view.text(d, "locator"))  # fmt: skip


def _names(view: View, node: str) -> str | None:
    return _joined(dict.fromkeys(view.texts(node, "skos:altLabel")))


def _same(view: View, node: str) -> Row:
    return (view.wikidata(node), _joined(view.texts(node, "sameAs")), _real(view, node, "confidence"))


def _persons(view: View) -> Iterator[Row]:
    for p in view.of("Person"):
        yield (view.id(p), view.label(p), _names(view, p), _states(view, p, "country"), _labels(view, p, "holds"),
               view.text(p, "birthDate"), *_same(view, p))  # fmt: skip


def _organizations(view: View) -> Iterator[Row]:
    for o in view.of("Organization"):
        yield (view.id(o), view.label(o), _names(view, o), view.concept(o, "organizationKind"),
               _states(view, o, "country"), *_same(view, o))  # fmt: skip


def _places(view: View) -> Iterator[Row]:
    for p in view.of("Place"):
        yield (view.id(p), view.label(p), _names(view, p), (view.kind(p) or "Place").lower(), view.country(p),
               alpha3(view.country(p)), _real(view, p, "lat"), _real(view, p, "long"), *_same(view, p))  # fmt: skip


def _offices(view: View) -> Iterator[Row]:
    for t in view.of("Tenure"):
        office = next(iter(view.all(t, "office")), "")
        yield (view.id(t), _ids(view, t, "holder"), _labels(view, t, "holder"), _ids(view, t, "office"),
               _labels(view, t, "office"), view.concept(office, "officeKind"), _labels(view, office, "ofOrganization"),
               _states(view, office, "ofCountry"), _states(view, office, "accreditedTo"), view.text(t, "attestedOn"),
               *_fact(view, t))  # fmt: skip


def _events(view: View) -> Iterator[Row]:
    for e in view.of("Event"):
        yield (view.id(e), _type(view, e), view.text(e, "startDate"), view.text(e, "endDate"),
               view.concept(e, "status"), *(cell for role in _ACTORS for cell in
                                            (_ids(view, e, role), _labels(view, e, role))),
               _states(view, e, "country"), _ids(view, e, "place"), _labels(view, e, "place"),
               view.concept(e, "visitLevel"), view.text(e, "cameoCode"), _ids(view, e, "partOf"),
               *_fact(view, e))  # fmt: skip


def _type(view: View, event: str) -> str | None:
    kind = view.kind(event)
    return next((name for name, known in event_types().items() if known.class_name == kind), kind)


def _agreements(view: View) -> Iterator[Row]:
    for a in view.of("Agreement"):
        yield (view.id(a), view.concept(a, "agreementKind"), view.text(a, "signedOn"), view.concept(a, "status"),
               _ids(view, a, "party"), _labels(view, a, "party"), _states(view, a, "party"), view.text(a, "subject"),
               _whole(view, a, "count"), _ids(view, a, "signedAt"), _labels(view, a, "place"),
               _ids(view, a, "replaces"), *_fact(view, a))  # fmt: skip


def _figures(view: View) -> Iterator[Row]:
    for f in view.of("TradeFigure"):
        yield (view.id(f), view.concept(f, "measure"), view.text(f, "period"), view.number(f, "value"),
               view.text(f, "currency"), view.number(f, "growthPercent"), view.concept(f, "status"),
               view.truth(f, "approximate"), _ids(view, f, "party"), _labels(view, f, "party"),
               _states(view, f, "party"), *_fact(view, f))  # fmt: skip


def _twinnings(view: View) -> Iterator[Row]:
    for t in view.of("Twinning"):
        twins = [*view.all(t, "twin"), "", ""][:2]
        cells = (cell for twin in twins for cell in (
            view.id(twin) or None, view.label(twin) or None, view.country(twin), view.wikidata(twin)))  # fmt: skip
        yield (view.id(t), *cells, view.text(t, "since"), view.concept(t, "status"), *_fact(view, t))


def _relations(view: View) -> Iterator[Row]:
    for r in view.of("DiplomaticRelation"):
        yield (view.id(r), _ids(view, r, "party"), _labels(view, r, "party"), _states(view, r, "party"),
               view.text(r, "since"), *_fact(view, r))  # fmt: skip


def _ranks(view: View) -> Iterator[Row]:
    for r in view.of("TradePartnerRank"):
        yield (view.id(r), _ids(view, r, "ofCountry"), _labels(view, r, "ofCountry"), _ids(view, r, "partner"),
               _labels(view, r, "partner"), _whole(view, r, "rank"), _labels(view, r, "scope"), view.text(r, "period"),
               *_fact(view, r))  # fmt: skip


def _evidence(view: View) -> Iterator[Row]:
    for node in sorted({node for kind in _TOLD for node in view.of(kind)}):
        for p in view.proofs(node):
            yield (view.id(node), view.kind(node), view.id(p.iri), view.id(p.document),
                   view.text(p.document, "fileName"), p.start, p.end, p.quote, p.lang, p.rule, p.confidence,
                   p.before or None, p.after or None, view.text(p.document, "locator"))  # fmt: skip


def _pairs(view: View, event: str) -> Iterator[tuple[str, str, bool]]:
    """Who acts upon whom: direction where the roles have one, else each two of those who take part, once."""
    for source, target in (("visitor", "host"), ("inviter", "invitee")):
        acting, upon = view.all(event, source), view.all(event, target)
        if acting or upon:
            yield from ((a, b, True) for a, b in product(acting or [""], upon or [""]) if a != b)
            return
    actors = view.all(event, "participant") or view.all(event, "country")
    yield from ((a, b, False) for a, b in combinations(actors, 2))
    if len(actors) < 2:
        yield (actors or [""])[0], "", False


def _event_data(view: View) -> Iterator[Row]:
    for e in view.of("Event"):
        kind = _type(view, e)
        code = view.text(e, "cameoCode") or ""
        known = event_types().get(kind or "")
        root, _, mode = (known.plover if known else "").partition("/")
        place = next(iter(view.all(e, "place")), None)
        start = view.text(e, "startDate")
        documents = view.documents(e)
        for source, target, directed in _pairs(view, e):
            sides = (cell for node in (source, target) for cell in _actor(view, node))
            yield (view.id(e), start, view.text(e, "endDate") or start, *sides, directed, kind, code or None,
                   code[:2] or None, root or None, mode or None, place and view.label(place),
                   alpha3(view.country(place)) if place else None, _real(view, place, "lat"),
                   _real(view, place, "long"), view.concept(e, "status"), _real(view, e, "confidence"),
                   _joined(map(view.file, documents)),
                   _joined(filter(None, (view.text(d, "url") for d in documents))))  # fmt: skip


def _actor(view: View, node: str) -> Row:
    if not node:
        return None, None, None, None
    return view.id(node), view.label(node), alpha3(view.acts_for(node)), (view.kind(node) or "").lower() or None


def _leader_travel(view: View) -> Iterator[Row]:
    for v in view.of("Visit"):
        place = next(iter(view.all(v, "place")), None)
        hosts = [*view.all(v, "host"), *view.all(v, "place")]
        goals = sorted({c for host in hosts if (c := view.country(host))})
        city = view.label(place) if place and view.kind(place) != "Country" else None
        for who in view.all(v, "visitor"):
            if view.kind(who) == "Person":
                yield (view.id(v), view.id(who), view.label(who), _labels(view, who, "holds"), view.acts_for(who),
                       _joined(goals), alpha3(view.acts_for(who)), _joined(filter(None, map(alpha3, goals))), city,
                       view.text(v, "startDate"), view.text(v, "endDate"), view.concept(v, "visitLevel"),
                       view.concept(v, "status"), *_fact(view, v))  # fmt: skip


_SAME = " wikidata same_as confidence:float"
_EVENT_ACTORS = "".join(f" {role} {role}_name" for role in _ACTORS)

TABLES: Mapping[str, Table] = {
    name: Table(name, _columns(columns), rows)
    for name, columns, rows in (
        ("documents", "id title file language published publisher author url sha256 dates locator", _documents),
        ("persons", "id name other_names country offices born" + _SAME, _persons),
        ("organizations", "id name other_names kind country" + _SAME, _organizations),
        ("places", "id name other_names kind country iso3 latitude:float longitude:float" + _SAME, _places),
        ("offices", "id person person_name office office_name office_kind organization country accredited_to "
                    "attested_on" + _FACT, _offices),
        ("events", "id type start end status" + _EVENT_ACTORS + " countries place place_name level cameo part_of"
                   + _FACT, _events),
        ("agreements", "id kind signed_on status parties party_names countries subject count:int signed_at place "
                       "replaces" + _FACT, _agreements),
        ("figures", "id measure period value:decimal currency growth_percent:decimal status approximate:bool parties "
                    "party_names countries" + _FACT, _figures),
        ("twinnings", "id one one_name one_country one_wikidata other other_name other_country other_wikidata since "
                      "status" + _FACT, _twinnings),
        ("relations", "id parties party_names countries since" + _FACT, _relations),
        ("ranks", "id country country_name partner partner_name rank:int scope period" + _FACT, _ranks),
        ("evidence", "of kind evidence document file start:int end:int quote language rule confidence:float before "
                     "after locator", _evidence),
        ("event_data", "event_id event_date end_date source source_name source_country source_kind target target_name "
                       "target_country target_kind directed:bool event_type cameo_code cameo_root plover_type "
                       "plover_mode place place_country latitude:float longitude:float status confidence:float "
                       "documents urls", _event_data),
        ("leader_travel", "visit leader leader_name office from to from_iso3 to_iso3 city start end level status"
                          + _FACT, _leader_travel),
    )
}  # fmt: skip
