"""The application: all routes, what every answer carries, and what is said when something goes wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from kgx.query import Store, base_of, prefixes
from kgx.serve import dereference, errors, explorer, pages, protocol, questions, visuals
from kgx.serve.bounds import Bounded
from kgx.serve.engine import Engine
from kgx.serve.explorer.data import Kept
from kgx.serve.explorer.index import Index
from kgx.serve.explorer.overview import Overviews
from kgx.serve.explorer.told import Told
from kgx.serve.limits import Limits
from kgx.serve.security import Headers, Hosts
from kgx.serve.visuals import views
from kgx.texts import Texts

__all__ = ["ROUTES", "create_app"]

HERE = Path(__file__).parent
# Each module lists its own routes; the first that fits answers.
ROUTES: list[BaseRoute] = [
    *protocol.ROUTES,
    *dereference.ROUTES,
    *questions.ROUTES,
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
    graph: str | Path | None = None,
    folder: Path | None = None,
    hosts: Sequence[str] = (),
    origins: Sequence[str] = (),
) -> Starlette:
    """The server of one graph, as an ASGI application.

    For the views its `state` (`request.app.state`) holds `source`, `base` and `prefixes` of the graph, `limits`,
    `documents`, `templates`, `names` (the index), `overviews`, `told`, `texts`, and `engine`, which runs the queries of
    others.

    Args:
        source: the graph; see `kgx.query.load`.
        limits: what a request may take.
        documents: folders in which the texts of the documents may lie, beside those that the graph has with it.
        graph: the file or store that `source` was read from, beside which texts may be kept.
        folder: the store on disk that `source` was opened from, if it was; else the endpoint makes a copy on disk.
        hosts: names under which it may be asked, beside those of this machine; "*": any address in figures.
        origins: origins whose pages may read the data (CORS), beside those of this machine; "*": all.
    """
    limits = limits or Limits()
    known = prefixes(source)
    engine = Engine(source, folder=folder, limits=limits, prefixes=known)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        engine.prepare()
        app.state.names.prepare()
        app.state.overviews.prepare()
        app.state.told.prepare()
        views.prepare(source, app.state.base)
        try:
            yield
        finally:
            engine.close()

    middleware = [
        Middleware(Headers),
        Middleware(Hosts, allowed=tuple(hosts)),
        Middleware(Bounded, limits=limits),
        Middleware(errors.Caught),
    ]
    app = Starlette(routes=ROUTES, middleware=middleware, exception_handlers=errors.HANDLERS, lifespan=lifespan)
    app.state.source = source
    app.state.base = base_of(source)
    app.state.prefixes = known
    app.state.limits = limits
    app.state.documents = tuple(documents)
    app.state.templates = pages.templates(HERE / "templates", CONTEXT)
    app.state.engine = engine
    app.state.names = Index(source)
    app.state.overviews = Overviews(source)
    app.state.told = Told(source)
    app.state.texts = Texts(source, graph, documents)
    app.state.answers = Kept()
    app.state.origins = tuple(origins)
    return app
