"""The SPARQL endpoint: the query operation of SPARQL 1.1 Protocol, and its service description."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from kgx.errors import UsageError
from kgx.query import is_iri
from kgx.query.guard import is_update, located
from kgx.serve.description import description
from kgx.serve.engine import Answer, Engine, Question, Trouble
from kgx.serve.negotiation import GRAPHS, SOLUTIONS, chosen, prefers_page
from kgx.serve.origins import shared

__all__ = ["ROUTES", "ask"]

_FORM = "application/x-www-form-urlencoded"
_QUERY = "application/sparql-query"
_UPDATE = "application/sparql-update"
_METHODS = ("GET", "HEAD", "POST", "OPTIONS")
_STATUS = {"syntax": 400, "failed": 500, "large": 422, "unacceptable": 406, "late": 503, "busy": 503}
_PART = 2**16  # bytes sent at a time, so that it shows whether the other side still takes them
_READ_ONLY = "the graph is read-only: there is no update operation"


async def sparql(request: Request) -> Response:
    """The endpoint: a query by GET, or by POST as a form or as it is; without a query, what the endpoint can do."""
    if request.method == "OPTIONS":
        return Response(status_code=204, headers={"Allow": ", ".join(_METHODS)})
    try:
        found = await _parameters(request)
        if not found and request.method != "POST":
            return _described(request)
        question = _question(request, found)
    except _Refused as refused:
        return PlainTextResponse(f"{refused}\n", refused.status, headers={"Vary": "Accept"})
    return await ask(request, question, download=_one(found, "download") is not None)


class _Refused(Exception):
    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


async def ask(request: Request, question: Question, *, download: bool = False, empty: str | None = None) -> Response:
    """Answer a request by a query, or say why not; what runs for it is ended when nobody waits any more.

    Args:
        request: that is answered.
        question: that answers it.
        download: whether it is to be kept as a file.
        empty: what is said instead of an empty answer, with status 404.
    """
    try:
        found = await _unless_gone(request, question)
    except UsageError as error:  # what no query may do
        return PlainTextResponse(f"{error}\n", 400)
    except Trouble as trouble:
        message = str(trouble)
        if trouble.problem == "syntax":
            message = _READ_ONLY if is_update(question.query) else located(message)
        retry = {"Retry-After": "5"} if trouble.problem == "busy" else {}
        return PlainTextResponse(f"{message}\n", _STATUS[trouble.problem], headers={"Vary": "Accept", **retry})
    if empty is not None and not found.rows:
        return PlainTextResponse(f"{empty}\n", 404, headers={"Vary": "Accept"})
    return _written(found, download=download)


async def _unless_gone(request: Request, question: Question) -> Answer:
    engine: Engine = request.app.state.engine
    asked = asyncio.ensure_future(engine.ask(question))
    gone = asyncio.ensure_future(_gone(request))
    await asyncio.wait((asked, gone), return_when=asyncio.FIRST_COMPLETED)
    gone.cancel()
    if not asked.done():
        asked.cancel()
        raise HTTPException(503, "given up")  # nobody reads it
    return asked.result()


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _written(found: Answer, *, download: bool) -> Response:
    """An answer as it is sent; one that was cut off says so in a header."""
    form = SOLUTIONS.get(found.format) or GRAPHS[found.format]
    headers = {"Vary": "Accept", "Content-Length": str(len(found.content))}
    if found.cut:
        headers["X-Kgx-Cut"] = "true"
    if download:
        headers["Content-Disposition"] = f'attachment; filename="answer.{form.name}"'
    return StreamingResponse(_parts(found.content), headers={**headers, "Content-Type": form.content_type})


async def _parts(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), _PART):
        yield content[start : start + _PART]


# --- the request --------------------------------------------------------------------------------------------------

Parameters = Sequence[tuple[str, str]]


async def _parameters(request: Request) -> Parameters:
    """All parameters of a request, wherever they stand.

    Raises:
        _Refused: if it is no request of the protocol.
    """
    found = _decoded(request.scope["query_string"])
    if request.method != "POST":
        return found
    media, *attributes = (part.strip() for part in request.headers.get("content-type", "").lower().split(";"))
    charset = next((a.partition("=")[2].strip('"') for a in attributes if a.startswith("charset=")), "utf-8")
    if media == _UPDATE:
        raise _Refused(403, _READ_ONLY)
    if media not in (_FORM, _QUERY):
        raise _Refused(415, f"a query is sent as {_FORM} or {_QUERY}, not as {media or 'nothing said'}")
    if charset not in ("utf-8", "utf8"):
        raise _Refused(415, "a query is written in UTF-8")
    content = await request.body()
    if media == _FORM:
        return [*found, *_decoded(content)]
    return [*found, ("query", _text(content))]


def _decoded(content: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(
            content.decode("utf-8"), keep_blank_values=True, encoding="utf-8", errors="strict", max_num_fields=1000
        )
    except UnicodeDecodeError as error:
        raise _Refused(400, "the parameters are not written in UTF-8 and percent-encoded") from error
    except ValueError as error:
        raise _Refused(400, "there are too many parameters") from error


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _Refused(400, "the query is not written in UTF-8") from error


def _one(found: Parameters, name: str) -> str | None:
    values = [value for key, value in found if key == name]
    if len(values) > 1:
        raise _Refused(400, f"{name} is given {len(values)} times")
    return values[0] if values else None


def _question(request: Request, found: Parameters) -> Question:
    if any(name in ("update", "using-graph-uri", "using-named-graph-uri") for name, _ in found):
        raise _Refused(403 if request.method == "POST" else 400, _READ_ONLY)
    query = _one(found, "query")
    if query is None:
        raise _Refused(400, "there is no query")
    _one(found, "version")
    default, named = (
        [value for key, value in found if key == name] for name in ("default-graph-uri", "named-graph-uri")
    )
    form = _one(found, "format")
    solutions, triples = chosen(request, SOLUTIONS, named=form), chosen(request, GRAPHS, named=form)
    if solutions is None and triples is None:
        known = [name if form else known.media_type for forms in (SOLUTIONS, GRAPHS) for name, known in forms.items()]
        raise _Refused(406, f"answers are written as: {', '.join(known)}")
    given = bool(default or named)  # what is not named then is empty, whatever the query says: 2.1.4
    rows = _number(found, "max-rows")
    return Question(
        query,
        base=str(request.url.replace(query="", fragment="")),
        default=[_iri(value) for value in default] if given else None,
        named=[_iri(value) for value in named] if given else None,
        solutions=solutions.name if solutions else None,
        triples=triples.name if triples else None,
        rows=int(rows) if rows else None,
        seconds=_number(found, "timeout"),
    )


def _iri(value: str) -> str:
    if not is_iri(value):
        raise _Refused(400, f"{value!r} is no absolute IRI")
    return value


def _number(found: Parameters, name: str) -> float | None:
    text = _one(found, name)
    if text is None:
        return None
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 < number < 1e9:
        raise _Refused(400, f"{name} is a number above 0")
    return number


def _described(request: Request) -> Response:
    """What the endpoint can do, in RDF; whoever looks with a browser gets the page to ask with."""
    if prefers_page(request):
        return RedirectResponse("/query", 303, headers={"Vary": "Accept"})
    form = chosen(request, GRAPHS)
    if form is None:
        return PlainTextResponse("the service is described in RDF\n", 406, headers={"Vary": "Accept"})
    content = description(str(request.url.replace(query="", fragment="")), form.name)
    return Response(content, headers={"Content-Type": form.content_type, "Vary": "Accept"})


ROUTES: list[BaseRoute] = [Route(path, shared(sparql), methods=list(_METHODS)) for path in ("/sparql", "/sparql/")]
