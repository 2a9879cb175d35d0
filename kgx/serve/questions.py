"""The page to ask in SPARQL: an editor, the named queries as examples, answers as tables."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from kgx.errors import UsageError
from kgx.ontology.terms import vocabulary
from kgx.query import is_iri, named_queries, named_sparql
from kgx.serve.dereference import PAGES
from kgx.serve.language import language_of
from kgx.serve.negotiation import GRAPHS, SOLUTIONS
from kgx.serve.pages import page

__all__ = ["ROUTES"]

FOLDER = Path(__file__).parent / "messages"
_ROWS = (100, 1_000, 10_000)  # that the page shows at most
_FIRST = """SELECT ?person ?name ?country
WHERE {
  ?person a kgx:Person ; rdfs:label ?name .
  OPTIONAL { ?person kgx:country/rdfs:label ?country }
}
ORDER BY ?name
"""
_ABOUT = "SELECT ?says ?what ?of\nWHERE {{\n  {{ <{iri}> ?says ?what }} UNION {{ ?of ?says <{iri}> }}\n}}\n"


@cache
def _messages(language: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = yaml.safe_load((FOLDER / f"query.{language}.yaml").read_text(encoding="utf8"))["query"]
    return found


def _said(language: str) -> Callable[..., str]:
    """Gives the message of a key; where the language has none, what is given instead."""
    messages = _messages(language)

    def said(key: str, otherwise: str | None = None) -> str:
        found: Any = messages
        for part in key.split("."):
            found = found.get(part) if otherwise is not None else found[part]
            if found is None:
                return otherwise or ""
        return str(found)

    return said


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
    language = language_of(request)
    values = {
        "said": _said(language),
        "queries": named_queries().values(),
        "chosen": name,
        "filled": given,
        "sparql": sparql or (named_queries()[name].sparql if name in named_queries() else _FIRST),
        "problem": problem,
        "rows": _ROWS,
        "solutions": list(SOLUTIONS),
        "triples": list(GRAPHS),
        "settings": json.dumps(_settings(request, language), ensure_ascii=False),
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


def _settings(request: Request, language: str) -> dict[str, Any]:
    """What the page's script has to know."""
    known = vocabulary()
    terms = [f"kgx:{name}" for name in known.classes] + [
        term.iri or f"kgx:{name}" for name, term in known.properties.items()
    ]
    return {
        "base": request.app.state.base,
        "pages": PAGES,
        "prefixes": request.app.state.prefixes,
        "terms": sorted({*terms, "rdf:type", "rdfs:label", "skos:altLabel", "skos:prefLabel"}),
        "language": language,
        "words": _messages(language)["script"],
    }


ROUTES: list[BaseRoute] = [
    Route("/query", ask_page, methods=["GET"]),
    Route("/query/named", named, methods=["GET"]),
]
