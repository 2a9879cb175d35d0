"""Timeline, map, network and figures: each a page, JSON for its drawing, and CSV."""

from __future__ import annotations

from starlette.routing import BaseRoute, Route

from kgx.serve.pages import Context
from kgx.serve.visuals.views import VIEWS, csv_of, json_of, page_of

__all__ = ["CONTEXT", "ROUTES"]

ROUTES: list[BaseRoute] = [
    Route(f"/{view}{ending}", answer, methods=["GET"])
    for view in VIEWS
    for ending, answer in (("", page_of), (".json", json_of), (".csv", csv_of))
]
CONTEXT: list[Context] = []
