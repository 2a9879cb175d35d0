"""What an IRI of the graph leads to: its page for people, what the graph says of it for programs."""

from __future__ import annotations

from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from kgx.query import is_iri
from kgx.serve.engine import Question
from kgx.serve.negotiation import GRAPHS, chosen, prefers_page
from kgx.serve.origins import shared
from kgx.serve.protocol import ask

__all__ = ["PAGES", "ROUTES", "page_path"]

PAGES = "/page/"  # below which the pages of things and facts stand
_METHODS = ("GET", "HEAD", "OPTIONS")
_NEAR = 1000  # triples that point to a thing
# What it says, what points to it, and its evidence down to the quotes.
_ABOUT = """CONSTRUCT {{ ?s ?p ?o }} WHERE {{
  {{ <{iri}> ?p ?o BIND(<{iri}> AS ?s) }}
  UNION {{ SELECT ?s ?p ?o WHERE {{ ?s ?p <{iri}> BIND(<{iri}> AS ?o) }} LIMIT {near} }}
  UNION {{ <{iri}> prov:wasDerivedFrom ?s . ?s ?p ?o }}
  UNION {{ <{iri}> prov:wasDerivedFrom/oa:hasSelector ?s . ?s ?p ?o }}
}}"""


def page_path(iri: str, base: str) -> str | None:
    """Where the page of a thing or fact is; None for what is not of this graph."""
    return PAGES + quote(iri.removeprefix(base), safe="/:@") if iri.startswith(base) else None


async def local(request: Request) -> Response:
    """An IRI by what follows the base: /id/person/…"""
    return await _about(request, request.app.state.base + request.path_params["name"])


async def resource(request: Request) -> Response:
    """An IRI in full: /resource?iri=…"""
    return await _about(request, request.query_params.get("iri", ""))


async def _about(request: Request, iri: str) -> Response:
    if request.method == "OPTIONS":
        return Response(status_code=204, headers={"Allow": ", ".join(_METHODS)})
    if not is_iri(iri):
        raise HTTPException(400, "that is no absolute IRI")
    named = request.query_params.get("format")
    if named is None and prefers_page(request):
        page = page_path(iri, request.app.state.base)
        headers = {"Vary": "Accept"}
        return RedirectResponse(page or f"/query?about={quote(iri, safe='')}", 303, headers=headers)
    form = chosen(request, GRAPHS, named=named)
    if form is None:
        raise HTTPException(406, f"it is told as: {', '.join(known.media_type for known in GRAPHS.values())}")
    question = Question(_ABOUT.format(iri=iri, near=_NEAR), triples=form.name, solutions=None)
    return await ask(request, question, empty="the graph knows nothing of it")


ROUTES: list[BaseRoute] = [
    Route("/id/{name:path}", shared(local), methods=list(_METHODS)),
    Route("/resource", shared(resource), methods=list(_METHODS)),
]
