"""Pages, JSON and CSV of the views."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import urlencode

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from kgx.ontology import event_types
from kgx.ontology.terms import schemes
from kgx.query import Endpoint, Store
from kgx.serve.choices import Choices, choices
from kgx.serve.language import LANGUAGES, Words, language_of, words
from kgx.serve.pages import page
from kgx.serve.visuals import figures, network, places, timeline
from kgx.serve.visuals.base import Reader, View, to_csv
from kgx.serve.visuals.filters import Filters, iri, read_filters

__all__ = ["VIEWS", "csv_of", "json_of", "page_of", "prepare"]


VIEWS: Mapping[str, Callable[[Reader, Filters], View]] = {
    "timeline": timeline.timeline,
    "map": places.places,
    "network": network.network,
    "figures": figures.figures,
}


@dataclass(frozen=True)
class Asked:
    """The question of a view, and where to ask it."""

    name: str
    sparql: str
    turtle: str = ""

    @property
    def page(self) -> str:
        """The SPARQL page with the question in it."""
        return f"/query?{urlencode({'query': self.sparql})}"

    @property
    def csv(self) -> str:
        """Its answer as SPARQL's CSV."""
        return f"/sparql?{urlencode({'query': self.sparql, 'format': 'csv'})}"

    @property
    def json(self) -> str:
        """Its answer as SPARQL's JSON."""
        return f"/sparql?{urlencode({'query': self.sparql, 'format': 'json'})}"


_KEPT = 64  # views, so that a page, its drawing and its downloads are asked for once


def page_of(request: Request) -> Response:
    """One view with its filters, the drawing and the same as a table."""
    name, reader, filters = _asked(request)
    view = _seen(reader, name, filters)
    values = {
        "view": name,
        "seen": view,
        "summary": summary(view, words(reader.language)),
        "filters": filters,
        "base": reader.base,
        "choices": _choices(request, words(reader.language), name),
        "about": reader.names(filters.about).links(filters.about),
        "query": Asked(name, view.sparql),
    }
    return page(request, "visual.html", values)


def json_of(request: Request) -> Response:
    """What a drawing reads; with `node`, the neighbours of a thing of the network."""
    name, reader, filters = _asked(request)
    node = request.query_params.get("node", "")
    view = _seen(reader, name, filters, node=iri(node) if node and name == "network" else "")
    say = words(reader.language)
    script = "visuals.script."
    data = {
        **view.data,
        "language": reader.language,
        "summary": summary(view, say),
        "text": {key.removeprefix(script): text for key, text in say.said.items() if key.startswith(script)},
    }
    return Response(json.dumps(data, ensure_ascii=False), media_type="application/json")


def csv_of(request: Request) -> Response:
    """The table of a view."""
    name, reader, filters = _asked(request)
    view = _seen(reader, name, filters)
    text = to_csv(view, headings=[reader.say(f"visuals.column.{column}") for column in view.columns])
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(text.encode("utf8", "replace"), media_type="text/csv; charset=utf-8", headers=headers)


def summary(view: View, say: Words) -> str:
    """What a view shows, in a sentence or two."""
    key, numbers = view.summary
    return say(f"visuals.{key}.summary", **numbers)


def _asked(request: Request) -> tuple[str, Reader, Filters]:
    name = request.url.path.strip("/").partition(".")[0]
    state = request.app.state
    reader = _reader(state.source, state.base, language_of(request))
    return name, reader, read_filters(request.query_params, base=reader.base)


def _seen(reader: Reader, name: str, filters: Filters, *, node: str = "") -> View:
    """A view; those of a graph on this machine, which is only ever read, are kept."""
    if name == "network":  # begins at the thing that it is about, and may be walked away from it
        documents = tuple(thing for thing in filters.about if thing.startswith(f"{reader.base}document/"))
        node = node or next((thing for thing in filters.about if thing not in documents), "")
        filters = replace(filters, about=documents)
    ask = _view.__wrapped__ if isinstance(reader.source, Endpoint) else _view
    return ask(reader.source, reader.base, reader.language, name, filters, node)


def prepare(source: Store | Endpoint, base: str) -> None:
    """Make the views of the whole graph in a thread of its own, in every language of the interface.

    They are the dearest (half a second each at a million triples), and whoever opens one first should not wait.
    """
    if isinstance(source, Endpoint):
        return  # somebody else's time

    def make() -> None:
        for language in LANGUAGES:
            reader = _reader(source, base, language)
            for name in VIEWS:
                _seen(reader, name, read_filters(QueryParams(), base=base))

    threading.Thread(target=make, name="views", daemon=True).start()


@lru_cache(maxsize=_KEPT)
def _view(source: Store, base: str, language: str, name: str, filters: Filters, node: str) -> View:
    reader = _reader(source, base, language)
    return network.network(reader, filters, node=node) if node else VIEWS[name](reader, filters)


def _reader(source: Store, base: str, language: str) -> Reader:
    say = words(language)
    return Reader(source, base, language, lambda key: say.said.get(key) or say.term(*key.rsplit(".", 1)))


def _choices(request: Request, say: Words, view: str) -> Choices:
    kinds = {
        "timeline": [kind.class_name for kind in event_types().values()],
        "figures": [],
    }.get(view, network.fact_kinds())
    return choices(
        request, say, kinds=[(kind, say.term("kind", kind)) for kind in kinds], statuses=schemes()["status"].concepts
    )
