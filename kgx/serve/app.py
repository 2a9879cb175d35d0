"""The application: all routes, what every answer carries, and what is said when something goes wrong."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from kgx.query import Store
from kgx.serve import errors, explorer, pages, visuals
from kgx.serve.limits import Limits
from kgx.serve.security import Headers, Hosts

__all__ = ["ROUTES", "create_app"]

HERE = Path(__file__).parent
# Each module lists its own routes; the first that fits answers.
ROUTES: list[BaseRoute] = [
    *explorer.ROUTES,
    *visuals.ROUTES,
    Mount("/static", StaticFiles(directory=HERE / "static"), name="static"),
]
# Each module may add to what every template knows: functions that take the request and give names with values.
CONTEXT = [*explorer.CONTEXT, *visuals.CONTEXT]


def create_app(
    source: Store,
    *,
    limits: Limits | None = None,
    documents: Sequence[Path] = (),
    hosts: Sequence[str] = (),
) -> Starlette:
    """The server of one graph, as an ASGI application.

    Its `state` holds `source`, `limits`, `documents` and `templates` for the views (`request.app.state`).

    Args:
        source: the graph; see `kgx.query.load`.
        limits: what a request may take.
        documents: folders in which the texts of the documents may lie.
        hosts: names under which it may be asked, beside those of this machine.
    """
    middleware = [Middleware(Headers), Middleware(Hosts, allowed=tuple(hosts))]
    handlers: dict[Any, Any] = {Exception: errors.failed, **errors.HANDLERS}
    app = Starlette(routes=ROUTES, middleware=middleware, exception_handlers=handlers)
    app.state.source = source
    app.state.limits = limits or Limits()
    app.state.documents = tuple(documents)
    app.state.templates = pages.templates(HERE / "templates", CONTEXT)
    return app
