"""Routes of the visuals."""

from __future__ import annotations

from starlette.routing import BaseRoute

from kgx.serve.pages import Context

ROUTES: list[BaseRoute] = []
CONTEXT: list[Context] = []
