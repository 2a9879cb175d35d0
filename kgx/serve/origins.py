"""Which pages of other origins may read answers (CORS): those on this machine, and those that the user named."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

__all__ = ["shared"]

View = Callable[[Request], Awaitable[Response]]

_OWN = ("localhost", "127.0.0.1", "::1")
_EXPOSED = "X-Kgx-Cut"


def shared(view: View) -> View:
    """Let pages of the origins in `app.state.origins` read what a view answers.

    Not of all, as the endpoint may hold what is not for everybody, and any page that a browser shows could ask it.
    """

    @wraps(view)
    async def answer(request: Request) -> Response:
        response = await view(request)
        response.headers.add_vary_header("Origin")
        origin = request.headers.get("origin", "")
        if not origin or not _allowed(origin, request.app.state.origins):
            return response
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Expose-Headers"] = _EXPOSED
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        if request.method == "OPTIONS":
            response.headers["Access-Control-Allow-Methods"] = response.headers.get("Allow", "GET")
            response.headers["Access-Control-Allow-Headers"] = "Accept, Content-Type"
            response.headers["Access-Control-Max-Age"] = "600"
        return response

    return answer


def _allowed(origin: str, origins: tuple[str, ...]) -> bool:
    try:
        host = urlsplit(origin).hostname
    except ValueError:
        return False
    return "*" in origins or origin in origins or host in _OWN
