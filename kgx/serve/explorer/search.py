"""Search by name, in any script: a page of what is found, and what is found so far while one types."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from starlette.requests import Request
from starlette.responses import Response

from kgx.serve.explorer.context import Query
from kgx.serve.explorer.data import Link, Reader, reader_of
from kgx.serve.explorer.index import KINDS, Hit, Index
from kgx.serve.pages import page

__all__ = ["Found", "search", "suggest"]

_LONGEST = 200
_MOST, _MOST_TYPED = 200, 8


@dataclass(frozen=True)
class Found:
    """Something found: its name, the other name that was meant, and how many times it is told."""

    link: Link
    kind: str
    also: str
    told: int
    by_sound: bool


def _found(reader: Reader, hit: Hit) -> Found:
    link = reader.link(hit.entry.iri, hit.entry.label)
    return Found(link, hit.entry.kind, "" if hit.name == link.text else hit.name, hit.entry.told, hit.how == "sound")


def _asked(request: Request) -> tuple[str, tuple[str, ...]]:
    kinds = tuple(k for k in request.query_params.getlist("kind") if k in KINDS)
    return request.query_params.get("q", "").strip()[:_LONGEST], kinds


def search(request: Request) -> Response:
    """What bears a name, by kind, those first that fit best."""
    reader = reader_of(request)
    text, kinds = _asked(request)
    names: Index = request.app.state.names
    hits = [_found(reader, hit) for hit in names.search(text, kinds=kinds, most=_MOST)] if text else []
    ordered = sorted(hits, key=lambda hit: KINDS.index(hit.kind))  # stable: within a kind, best first
    values = {
        "text": text,
        "kind": kinds[0] if kinds else "",
        "kinds": KINDS,
        "groups": [(kind, list(several)) for kind, several in groupby(ordered, key=lambda hit: hit.kind)],
        "total": len(hits),
        "cut": len(hits) == _MOST,
        "by_sound": any(hit.by_sound for hit in hits),
        "query": Query(_question(text), name="search") if text else None,
    }
    return page(request, "search.html", values)


def _question(text: str) -> str:
    """The nearest that SPARQL comes to it: it can fold case, and no more."""
    words = text.casefold().translate({ord("\\"): "\\\\", ord('"'): '\\"', ord("\n"): "\\n", ord("\r"): "\\r"})
    return (
        "SELECT DISTINCT ?it ?name WHERE {\n  ?it rdfs:label|skos:altLabel ?name .\n"
        f'  FILTER(CONTAINS(LCASE(STR(?name)), "{words}"))\n}}\nORDER BY ?name ?it\nLIMIT {_MOST}'
    )


def suggest(request: Request) -> Response:
    """The best few, as part of a page."""
    reader = reader_of(request)
    text, kinds = _asked(request)
    names: Index = request.app.state.names
    hits = [_found(reader, hit) for hit in names.search(text, kinds=kinds, most=_MOST_TYPED)] if text else []
    return page(request, "suggest.html", {"hits": hits, "text": text})
