"""The page of anything that has an id: a thing with all that is told of it, a fact with why it is told, a document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from kgx.comparisons import Compared, compared
from kgx.errors import UsageError
from kgx.serve.dereference import page_path
from kgx.serve.explorer.context import query_of
from kgx.serve.explorer.data import (
    FINER,
    Fact,
    Link,
    Reader,
    details,
    evidence_of,
    facts,
    kind_of,
    links,
    reader_of,
    said,
    title,
)
from kgx.serve.explorer.documents import document_page
from kgx.serve.explorer.evidence import proofs
from kgx.serve.explorer.listing import FACTS, LISTS, Listing, count, found
from kgx.serve.pages import page
from kgx.serve.visuals.filters import Filters, iri, read_filters
from kgx.show import Node, Quote, label_of, quotes_of

__all__ = ["Section", "page_of", "sections"]

SHOWN = 8  # facts of a section
_PROOFS = 20  # pieces of evidence on a page
_COMPARED = 30
_ABOUT = """SELECT ?fact ?role ?what ?confidence WHERE {{
  ?fact ?role <{iri}> ; a kgx:Fact ; rdfs:label ?what ; kgx:confidence ?confidence .
}}
ORDER BY ?role ?what ?fact"""
_EVIDENCE = """SELECT ?quote ?file ?start ?end ?rule ?confidence WHERE {{
  <{iri}> prov:wasDerivedFrom ?evidence .
  ?evidence oa:hasSource ?document ; kgx:rule ?rule ; kgx:confidence ?confidence ;
    oa:hasSelector [ oa:start ?start ; oa:end ?end ] , [ oa:exact ?quote ] .
  ?document kgx:fileName ?whole . OPTIONAL {{ ?document kgx:locator ?part }} BIND(COALESCE(?part, ?whole) AS ?file)
}}
ORDER BY ?file ?start ?end ?rule"""


@dataclass(frozen=True)
class Section:
    """The newest facts of a kind that a page is about, and where all of them are listed."""

    listing: Listing
    facts: Sequence[Fact]
    total: int
    address: str


def page_of(request: Request) -> Response:
    """The page of an id."""
    reader = reader_of(request)
    try:
        wanted = iri(reader.base + request.path_params["name"])
    except UsageError as error:
        raise HTTPException(404, reader.words("error.no_thing")) from error
    node = said(reader, [wanted])[wanted]
    kind = kind_of(node)
    if kind == "Redirect":
        target = page_path(str(next(iter(node.values("isReplacedBy")), "")), reader.base)
        if target is not None:
            return RedirectResponse(target, 303)
    if kind == "Document":
        return document_page(request, reader, node)
    if kind is None:
        return _plain(request, reader, node)
    fact = kind not in ("Person", "Organization", "Place", "Country", "Region", "City", "Venue", "Office")
    return _fact_page(request, reader, node, kind) if fact else _thing_page(request, reader, node, kind)


def sections(reader: Reader, filters: Filters, *, most: int = SHOWN) -> list[Section]:
    """What is told, kind by kind; kinds of which nothing is told are left out."""
    made = []
    for name in FACTS:
        listing = LISTS[name]
        if total := count(reader, listing, filters):
            newest = found(reader, listing, filters, most=most)
            made.append(Section(listing, facts(reader, newest), total, f"/list/{name}?{filters.address()}"))
    return made


def best_quotes(reader: Reader, iris: Sequence[str]) -> dict[str, Quote]:
    """The surest quote of each fact, the shortest sentence of equals."""
    return {
        fact: min(quotes, key=lambda q: (-q.confidence, len(q.before + q.text + q.after), q.file, q.start))
        for fact, quotes in quotes_of(reader.source, iris).items()
    }


# --- things -------------------------------------------------------------------------------------------------------


def _thing_page(request: Request, reader: Reader, node: Node, kind: str) -> Response:
    narrowed = read_filters(request.query_params, base=reader.base)
    filters = replace(narrowed, about=(*narrowed.about, node.iri))
    told = sections(reader, filters)
    name = reader.name(node.iri, label_of(node))
    finer = links(reader, node, FINER[kind][0]) if kind in FINER else ()
    hidden = {"wasDerivedFrom", "confidence", "exactMatch", FINER.get(kind, ("", ""))[0]}
    values = {
        "kind": kind,
        "name": name,
        "finer": finer[0].text if finer else "",
        "iri": node.iri,
        "code": node.iri.removeprefix(f"{reader.base}country/") if kind == "Country" else "",
        "node": node,
        "details": details(reader, node, hidden),
        "names": _names(reader, node, name),
        "sections": told,
        "quotes": best_quotes(reader, [f.iri for s in told for f in s.facts]),
        "documents": _documents(reader, node.iri),
        "proofs": proofs(reader, node.iri, most=_PROOFS, skip=_skip(request)),
        "evidence": evidence_of(reader, [node.iri]).get(node.iri, 0),
        "skip": _skip(request),
        "step": _PROOFS,
        "comparisons": _comparisons(reader, node.iri),
        "address": filters.address(),
        "query": query_of(node.iri, reader.base, _ABOUT.format(iri=node.iri)),
        "members": _members(reader, node, kind),
    }
    return page(request, "thing.html", values)


def _names(reader: Reader, node: Node, shown: str) -> list[tuple[str, list[str]]]:
    """What it is called, language by language."""
    rows = reader.rows(
        f"SELECT DISTINCT (LANG(?n) AS ?l) ?n {{ <{node.iri}> rdfs:label|skos:altLabel ?n }} ORDER BY ?l ?n"
    )
    names: dict[str, list[str]] = {}
    for language, name in rows:
        if str(name) != shown or language:
            names.setdefault(str(language or ""), []).append(str(name))
    return list(names.items())


def _documents(reader: Reader, thing: str) -> list[tuple[Link, str, int]]:
    """The documents that name it: link, language, and how often."""
    rows = reader.rows(
        "SELECT ?document ?label ?language (COUNT(?proof) AS ?n) WHERE { "
        f"<{thing}> prov:wasDerivedFrom ?proof . ?proof oa:hasSource ?document . "
        "?document rdfs:label ?label ; dcterms:language ?language } "
        "GROUP BY ?document ?label ?language ORDER BY DESC(?n) ?label LIMIT 24"
    )
    return [(reader.link(str(d), str(label)), str(lang), int(str(n))) for d, label, lang, n in rows]


def _members(reader: Reader, node: Node, kind: str) -> list[tuple[str, str, int]]:
    """Lists of what lies in a country or belongs to it: key of the message, address, and how many."""
    if kind != "Country":
        return []
    filters = Filters(countries=(node.iri,))
    names = ("person", "organization", "city", "region", "venue", "office")
    counted = ((name, count(reader, LISTS[name], filters)) for name in names)
    return [(name, f"/list/{name}?{filters.address()}", number) for name, number in counted if number]


def _comparisons(reader: Reader, thing: str) -> list[Compared]:
    return compared(reader.source, [thing])[:_COMPARED]


def _skip(request: Request) -> int:
    told = request.query_params.get("skip", "0")
    return int(told) if told.isascii() and told.isdigit() and len(told) < 7 else 0


# --- facts --------------------------------------------------------------------------------------------------------


def _fact_page(request: Request, reader: Reader, node: Node, kind: str) -> Response:
    fact = facts(reader, [node.iri])[0]
    rivals = facts(reader, fact.rivals)
    related = _related(reader, node.iri)
    reports = said(reader, [str(v) for v in node.values("statusReport")])
    values = {
        "kind": kind,
        "fact": fact,
        "title": title(reader, fact),
        "details": details(reader, node, {"wasDerivedFrom", "disagreesWith", "confidence", "statusReport"}),
        "rivals": rivals,
        "quotes": best_quotes(reader, [node.iri, *fact.rivals, *(f.iri for f in related)]),
        "reports": [
            (links(reader, report, "status"), links(reader, report, "reportedOn"), proofs(reader, one, most=3))
            for one, report in reports.items()
        ],
        "related": related,
        "proofs": proofs(reader, node.iri, most=_PROOFS, skip=_skip(request)),
        "evidence": evidence_of(reader, [node.iri]).get(node.iri, 0),
        "skip": _skip(request),
        "step": _PROOFS,
        "inferred": bool(node.values("inferred")),
        "query": query_of(node.iri, reader.base, _EVIDENCE.format(iri=node.iri)),
    }
    return page(request, "fact.html", values)


def _related(reader: Reader, fact: str) -> list[Fact]:
    """Facts that have to do with it: what is part of it, what it is part of, what was signed at it."""
    rows = reader.rows(
        f"SELECT DISTINCT ?other WHERE {{ {{ ?other kgx:partOf|kgx:signedAt|kgx:replaces <{fact}> }} "
        f"UNION {{ <{fact}> kgx:partOf|kgx:signedAt|kgx:replaces ?other }} }} ORDER BY ?other LIMIT 20"
    )
    return facts(reader, [str(row[0]) for row in rows])


# --- all else -----------------------------------------------------------------------------------------------------


def _plain(request: Request, reader: Reader, node: Node) -> Response:
    """Values of lists, evidence: what the graph says of them, term by term."""
    if not node.says:
        raise HTTPException(404, reader.words("error.no_thing"))
    values = {
        "name": label_of(node).removeprefix(reader.base),
        "rows": [
            (prop.rpartition("/")[2].rpartition("#")[2], [_link(reader, str(v), label) for v, label in several])
            for prop, several in sorted(node.says.items())
        ],
        "query": query_of(
            node.iri, reader.base, f"SELECT ?property ?value WHERE {{\n  <{node.iri}> ?property ?value\n}}"
        ),
    }
    return page(request, "plain.html", values)


def _link(reader: Reader, value: str, label: str) -> Link:
    known = value.startswith(reader.base)
    text = label if label != value else value.removeprefix(reader.base) if known else value
    return Link(text, f"/page/{quote(value.removeprefix(reader.base), safe='/:@')}" if known else None, value)
