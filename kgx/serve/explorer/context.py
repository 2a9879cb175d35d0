"""What every page knows: its language, its colours, its navigation; and how a reader chooses them."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from kgx.serve.language import LANGUAGES, language_of, words

__all__ = ["Query", "chosen", "context", "query_of"]

THEMES = ("auto", "light", "dark")
_YEAR = 365 * 24 * 3600
# What leads where; the names are messages.
_NAVIGATION = (
    ("person", "/list/person"), ("country", "/list/country"), ("organization", "/list/organization"),
    ("event", "/list/event"), ("agreement", "/list/agreement"), ("pair", "/pair"), ("document", "/list/document"),
)  # fmt: skip
_VIEWS = (("timeline", "/timeline"), ("map", "/map"), ("network", "/network"), ("figures", "/figures"),
          ("query", "/query"))  # fmt: skip


class Query:
    """A question that a page answers, with where to ask it and in which formats to take its answer.

    Args:
        sparql: a SELECT.
        triples: a CONSTRUCT of what the graph says of what it finds; None: the page has an own address for that.
        turtle: that address.
        name: of the files that are downloaded.
    """

    def __init__(self, sparql: str, *, triples: str | None = None, turtle: str = "", name: str = "kgx") -> None:
        self.sparql = sparql
        self.name = name
        self.page = f"/query?{urlencode({'query': sparql})}"
        self.csv, self.json = (f"/sparql?{urlencode({'query': sparql, 'format': form})}" for form in ("csv", "json"))
        self.turtle = f"/sparql?{urlencode({'query': triples, 'format': 'ttl'})}" if triples else turtle


def query_of(iri: str, base: str, sparql: str) -> Query:
    """The question of a page about one node, whose triples are told at its own IRI."""
    local = iri.removeprefix(base)
    return Query(sparql, turtle=f"/id/{quote(local, safe='/:@')}?format=ttl", name=local.replace("/", "-"))


def context(request: Request) -> dict[str, Any]:
    """What templates need of the interface."""
    say = words(language_of(request))
    theme = request.cookies.get("theme", "")
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return {
        "say": say,
        "theme": theme if theme in THEMES[1:] else THEMES[0],
        "themes": THEMES,
        "languages": [(code, words(code)("language.own")) for code in LANGUAGES],
        "here": here,
        "asked": request.query_params.get("q", "")[:200] if request.url.path == "/search" else "",
        "navigation": [(name, href, _within(request.url.path, href)) for name, href in _NAVIGATION],
        "views": [(name, href, _within(request.url.path, href)) for name, href in _VIEWS],
    }


def _within(path: str, href: str) -> bool:
    return path == href or path.startswith(f"{href}/")


async def chosen(request: Request) -> Response:
    """Remember a language or colours, and go back to the page."""
    back = request.query_params.get("to", "/")
    # Only to a page of this server: browsers read "//" and "/\" as another one.
    if not back.startswith("/") or back[1:2] in ("/", "\\") or any(ord(c) < 0x20 for c in back):
        back = "/"
    answer = RedirectResponse(back, 303)
    for name, known in (("lang", LANGUAGES), ("theme", THEMES)):
        value = request.query_params.get(name, "")
        if value in known:
            answer.set_cookie(name, value, max_age=_YEAR, samesite="lax", httponly=True)
    return answer
