"""Pages, JSON and CSV of the views."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from babel import Locale
from babel.numbers import format_decimal
from starlette.requests import Request
from starlette.responses import Response

from kgx.ontology import event_types
from kgx.ontology.terms import schemes
from kgx.query import Endpoint, Store, base_of
from kgx.serve.pages import page
from kgx.serve.visuals import figures, network, places, timeline
from kgx.serve.visuals.base import Reader, View, to_csv
from kgx.serve.visuals.filters import Filters, iri, read_filters
from kgx.serve.visuals.words import language_of, messages

__all__ = ["VIEWS", "context", "csv_of", "json_of", "page_of"]


VIEWS: Mapping[str, Callable[[Reader, Filters], View]] = {
    "timeline": timeline.timeline,
    "map": places.places,
    "network": network.network,
    "figures": figures.figures,
}
_KEPT = 64  # views, so that a page, its drawing and its downloads are asked for once
_CONFIDENCES = (Decimal("0.5"), Decimal("0.7"), Decimal("0.8"), Decimal("0.9"))


def page_of(request: Request) -> Response:
    """One view with its filters, the drawing and the same as a table."""
    name, reader, filters = _asked(request)
    view = _seen(reader, name, filters)
    values = {
        "view": name,
        "seen": view,
        "filters": filters,
        "choices": _choices(reader, filters, name),
        "about": reader.names(filters.about).links(filters.about),
        "address": filters.address(lang=request.query_params.get("lang", "")),
        "query": quote(view.sparql),
    }
    return page(request, "visual.html", values)


def json_of(request: Request) -> Response:
    """What a drawing reads; with `node`, the neighbours of a thing of the network."""
    name, reader, filters = _asked(request)
    node = request.query_params.get("node", "")
    view = _seen(reader, name, filters, node=iri(node) if node and name == "network" else "")
    said = messages(reader.language)
    script = "visuals.script."
    data = {
        **view.data,
        "language": reader.language,
        "summary": summary(view, said),
        "text": {key.removeprefix(script): text for key, text in said.items() if key.startswith(script)},
    }
    return Response(json.dumps(data, ensure_ascii=False), media_type="application/json")


def csv_of(request: Request) -> Response:
    """The table of a view."""
    name, reader, filters = _asked(request)
    view = _seen(reader, name, filters)
    text = to_csv(view, headings=[reader.say(f"visuals.column.{column}") for column in view.columns])
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(text.encode("utf8", "replace"), media_type="text/csv; charset=utf-8", headers=headers)


def summary(view: View, said: Mapping[str, str]) -> str:
    """What a view shows, in a sentence or two."""
    key, numbers = view.summary
    return said[f"visuals.{key}.summary"].format(**numbers)


def context(request: Request) -> dict[str, Any]:
    """What templates need to show views."""
    language = language_of(request)
    said = messages(language)

    def words(key: str, **filled: Any) -> str:
        return said[key].format(**filled) if filled else said[key]

    def number(value: Any) -> str:
        return format_decimal(value, locale=language)

    return {"words": words, "number": number, "summary_of": lambda view: summary(view, said)}


def _asked(request: Request) -> tuple[str, Reader, Filters]:
    name = request.url.path.strip("/").partition(".")[0]
    source = request.app.state.source
    reader = _reader(source, base_of(source), language_of(request))
    return name, reader, read_filters(request.query_params, base=reader.base)


def _seen(reader: Reader, name: str, filters: Filters, *, node: str = "") -> View:
    """A view; those of a graph on this machine, which is only ever read, are kept."""
    if name == "network" and not node:
        things = (thing for thing in filters.about if not thing.startswith(f"{reader.base}document/"))
        node = next(things, "")
    ask = _view.__wrapped__ if isinstance(reader.source, Endpoint) else _view
    return ask(reader.source, reader.base, reader.language, name, filters, node)


@lru_cache(maxsize=_KEPT)
def _view(source: Store, base: str, language: str, name: str, filters: Filters, node: str) -> View:
    reader = _reader(source, base, language)
    return network.network(reader, filters, node=node) if node else VIEWS[name](reader, filters)


def _reader(source: Store, base: str, language: str) -> Reader:
    said = messages(language)
    return Reader(source, base, language, lambda key: said.get(key, key.rpartition(".")[2]))


def _choices(reader: Reader, filters: Filters, view: str) -> dict[str, list[tuple[str, str]]]:
    """What can be chosen in each field of the form: value and name."""
    countries = [row["country"] for row in reader.rows("SELECT ?country { ?country a kgx:Country }")]
    languages = [row["language"] for row in reader.rows("SELECT DISTINCT ?language { ?d dcterms:language ?language }")]
    names = reader.names({*countries, *filters.countries})
    told = Locale.parse(reader.language).languages
    kinds = [kind.class_name for kind in event_types().values()] if view == "timeline" else network.fact_kinds()
    return {
        "country": sorted(((c, names[c]) for c in {*countries, *filters.countries}), key=lambda pair: pair[1]),
        "kind": sorted(((k, reader.say(f"kind.{k}")) for k in kinds), key=lambda pair: pair[1]),
        "status": [(s, reader.say(f"status.{s}")) for s in schemes()["status"].concepts],
        "confidence": [(str(c), format_decimal(c, locale=reader.language)) for c in _CONFIDENCES],
        "language": sorted(((x, told.get(x, x)) for x in languages), key=lambda pair: pair[1]),
    }
