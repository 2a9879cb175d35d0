"""The page to ask in SPARQL: an editor, the named queries as examples, answers as tables."""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from kgx.errors import UsageError
from kgx.ontology.terms import vocabulary
from kgx.query import is_iri, named_queries, named_sparql
from kgx.serve.dereference import PAGES
from kgx.serve.language import language_of, words
from kgx.serve.negotiation import GRAPHS, SOLUTIONS
from kgx.serve.pages import page

__all__ = ["ROUTES"]

_ROWS = (100, 1_000, 10_000)  # that the page shows at most
_FIRST = """SELECT ?person ?name ?country
WHERE {
  ?person a kgx:Person ; rdfs:label ?name .
  OPTIONAL { ?person kgx:country/rdfs:label ?country }
}
ORDER BY ?name
"""
_ABOUT = "SELECT ?says ?what ?of\nWHERE {{\n  {{ <{iri}> ?says ?what }} UNION {{ ?of ?says <{iri}> }}\n}}\n"


async def ask_page(request: Request) -> Response:
    """/query: with a query to begin with, given as it is (query), by name with parameters, or about an IRI."""
    given = request.query_params
    name, sparql, problem = given.get("name", ""), given.get("query", ""), ""
    if name:
        try:
            sparql = _named(request, name)
        except UsageError as error:
            problem = str(error)
    elif is_iri(given.get("about", "")):
        sparql = _ABOUT.format(iri=given["about"])
    values = {
        "queries": named_queries().values(),
        "chosen": name,
        "filled": given,
        "sparql": sparql or (named_queries()[name].sparql if name in named_queries() else _FIRST),
        "problem": problem,
        "rows": _ROWS,
        "solutions": list(SOLUTIONS),
        "triples": list(GRAPHS),
        "settings": json.dumps(_settings(request), ensure_ascii=False),
    }
    return page(request, "query.html", values, status=400 if problem else 200)


async def named(request: Request) -> Response:
    """/query/named: the text of a named query with its parameters filled in, or why they can't be."""
    try:
        return JSONResponse({"sparql": _named(request, request.query_params.get("name", "")), "problem": ""})
    except UsageError as error:  # mistyped names are no failure of the request, which browsers would complain of
        return JSONResponse({"sparql": "", "problem": str(error)})


def _named(request: Request, name: str) -> str:
    query = named_queries().get(name)
    wanted = query.parameters if query else {}
    params = {key: value for key, value in request.query_params.items() if key in wanted and value.strip()}
    return named_sparql(request.app.state.source, name, **params)


def _settings(request: Request) -> dict[str, Any]:
    """What the page's script has to know."""
    known = vocabulary()
    say = words(language_of(request))
    script = "query.script."
    terms = [f"kgx:{name}" for name in known.classes] + [
        term.iri or f"kgx:{name}" for name, term in known.properties.items()
    ]
    return {
        "base": request.app.state.base,
        "pages": PAGES,
        "prefixes": request.app.state.prefixes,
        "terms": sorted({*terms, "rdf:type", "rdfs:label", "skos:altLabel", "skos:prefLabel"}),
        "language": say.language,
        "words": {key.removeprefix(script): text for key, text in say.said.items() if key.startswith(script)},
    }


ROUTES: list[BaseRoute] = [
    Route("/query", ask_page, methods=["GET"]),
    Route("/query/named", named, methods=["GET"]),
]
