"""Where the explorer begins: what the graph holds."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from kgx.serve.explorer.context import Query
from kgx.serve.explorer.data import facts, reader_of
from kgx.serve.explorer.index import Index
from kgx.serve.explorer.listing import LISTS, found
from kgx.serve.explorer.lists import things
from kgx.serve.explorer.overview import Overviews
from kgx.serve.pages import page
from kgx.serve.visuals.filters import Filters

__all__ = ["start"]

_NEWEST, _BEST_KNOWN, _PAIRS = 6, 12, 12
_SHOWN = (
    "person", "organization", "country", "city", "office", "event", "agreement", "trade-figure", "twinning", "document",
)  # fmt: skip
_COUNTS = "SELECT ?kind (COUNT(?it) AS ?number) WHERE {\n  ?it a ?kind\n}\nGROUP BY ?kind\nORDER BY DESC(?number)"


def start(request: Request) -> Response:
    """The start page."""
    reader = reader_of(request)
    overviews: Overviews = request.app.state.overviews
    overview = overviews.get()
    names: Index = request.app.state.names
    persons = sorted((e for e in names.entries if e.kind == "Person"), key=lambda e: (-e.told, e.iri))[:_BEST_KNOWN]
    start = f"{reader.base}country/"
    pairs = [
        (
            a.removeprefix(start),
            b.removeprefix(start),
            *(reader.name(i, overview.countries.get(i, "")) for i in (a, b)),
            n,
        )
        for a, b, n in overview.pairs[:_PAIRS]
    ]
    values = {
        "overview": overview,
        "counts": [(name, f"/list/{name}", overview.counts[name]) for name in _SHOWN],
        "persons": [(reader.link(e.iri, e.label), e.told) for e in persons],
        "pairs": pairs,
        "events": facts(reader, found(reader, LISTS["event"], Filters(), most=_NEWEST)),
        "documents": things(reader, found(reader, LISTS["document"], Filters(), most=_NEWEST)),
        "query": Query(_COUNTS, name="counts"),
    }
    return page(request, "start.html", values)
