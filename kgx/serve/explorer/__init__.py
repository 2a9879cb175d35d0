"""The explorer: search, pages of things, facts, documents and pairs of countries, lists, and where they begin."""

from __future__ import annotations

from starlette.routing import BaseRoute, Route

from kgx.serve.explorer.context import chosen, context
from kgx.serve.explorer.lists import list_page
from kgx.serve.explorer.pages import page_of
from kgx.serve.explorer.pairs import pair, pairs
from kgx.serve.explorer.search import search, suggest
from kgx.serve.explorer.start import start
from kgx.serve.pages import Context

__all__ = ["CONTEXT", "ROUTES"]

ROUTES: list[BaseRoute] = [
    Route("/", start),
    Route("/search", search),
    Route("/suggest", suggest),
    Route("/settings", chosen),
    Route("/list/{name}", list_page),
    Route("/pair", pairs),
    Route("/pair/{one}/{other}", pair),
    Route("/page/{name:path}", page_of),
]
CONTEXT: list[Context] = [context]
