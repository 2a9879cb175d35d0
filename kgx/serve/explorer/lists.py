"""Pages of lists: a table, its filters, its question and its downloads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kgx.errors import UsageError
from kgx.ontology import event_types
from kgx.ontology.terms import schemes, vocabulary
from kgx.serve.choices import Choices, Option, choices
from kgx.serve.explorer.context import Query
from kgx.serve.explorer.data import FINER, Link, Reader, evidence_of, facts, kind_of, links, reader_of, said
from kgx.serve.explorer.listing import LISTS, Listing, count, found, question, triples
from kgx.serve.pages import page
from kgx.serve.visuals.filters import read_filters
from kgx.show import label_of

__all__ = ["Thing", "list_page", "things"]

SIZE = 50  # of a page of a list
_MOST_PAGES = 100_000


@dataclass(frozen=True)
class Thing:
    """A person, body, place, office or document as a row of a list."""

    link: Link
    kind: str
    finer: str
    countries: tuple[Link, ...]
    date: str | None
    language: str | None
    told: int


def things(reader: Reader, iris: list[str]) -> list[Thing]:
    """Things, in the order in which they are asked for."""
    made = []
    told = evidence_of(reader, iris) if iris else {}
    for iri, node in said(reader, iris).items():
        kind = kind_of(node) or ""
        finer = links(reader, node, FINER[kind][0]) if kind in FINER else ()
        made.append(
            Thing(
                link=reader.link(iri, label_of(node)),
                kind=kind,
                finer=finer[0].text if finer else "",
                countries=tuple(dict.fromkeys(
                    link for name in ("country", "inCountry", "ofCountry") for link in links(reader, node, name)
                )),
                date=node.first("datePublished"),
                language=node.first("language"),
                told=told.get(iri, 0),
            )
        )  # fmt: skip
    return made


def list_page(request: Request) -> Response:
    """A list, narrowed as the address says."""
    reader = reader_of(request)
    listing = LISTS.get(request.path_params["name"])
    if listing is None:
        raise HTTPException(404, reader.words("error.no_list"))
    filters = read_filters(request.query_params, base=reader.base)
    number = _page(request)
    iris = found(reader, listing, filters, most=SIZE, skip=(number - 1) * SIZE)
    total = count(reader, listing, filters)
    pages = max(1, -(-total // SIZE))
    values = {
        "listing": listing,
        "base": reader.base,
        "filters": filters,
        "choices": _choices(request, reader, listing),
        "facts": facts(reader, iris) if listing.fact else [],
        "things": [] if listing.fact else things(reader, iris),
        "about": [t.link for t in things(reader, list(filters.about))],
        "total": total,
        "number": number,
        "pages": pages,
        "previous": filters.address(page=str(number - 1)) if number > 1 else None,
        "next": filters.address(page=str(number + 1)) if number < pages else None,
        "query": Query(
            question(reader, listing, filters), triples=triples(reader, listing, filters), name=listing.name
        ),
    }
    return page(request, "list.html", values)


def _choices(request: Request, reader: Reader, listing: Listing) -> Choices:
    return choices(
        request,
        reader.words,
        kinds=_kinds(reader, listing),
        statuses=_statuses(listing.kind),
        involved=listing.involved is not None,
        sure=listing.kind != "Document",
        dates=listing.kind != "Country",
    )


def _kinds(reader: Reader, listing: Listing) -> list[Option]:
    if listing.finer:
        scheme = vocabulary().properties[listing.finer.rpartition(":")[2]].scheme or ""
        return [(name, reader.words.term(scheme.replace("-", "_"), name)) for name in schemes()[scheme].concepts]
    if listing.kind == "Event":
        return [(e.class_name, reader.words.term("kind", e.class_name)) for e in event_types().values()]
    return []


def _statuses(kind: str) -> Sequence[str]:
    terms = vocabulary().classes
    while kind in terms:
        if "status" in terms[kind].properties:
            return terms[kind].properties["status"].values
        kind = terms[kind].parents[0]
    return ()


def _page(request: Request) -> int:
    told = request.query_params.get("page", "1")
    if not told.isascii() or not told.isdigit() or not 0 < int(told[:8]) <= _MOST_PAGES:
        raise UsageError(f"page: {told[:20]!r} is no number of a page")
    return int(told)
