"""What is said when something goes wrong: a page for people, a line for programs, and never an inner detail."""

from __future__ import annotations

import http
import logging
from collections.abc import Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kgx.errors import UsageError
from kgx.serve.pages import page

__all__ = ["HANDLERS", "Caught", "told"]

_log = logging.getLogger(__name__)


def told(request: Request, status: int, message: str, *, headers: Mapping[str, str] | None = None) -> Response:
    """An error, as a page where a page is asked for, else as plain text."""
    title = http.HTTPStatus(status).phrase
    if "text/html" in request.headers.get("accept", ""):
        answer = page(request, "error.html", {"status": status, "title": title, "message": message}, status=status)
    else:
        answer = PlainTextResponse(f"{message or title}\n", status)
    answer.headers.update(headers or {})
    return answer


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    standard = http.HTTPStatus(error.status_code).phrase
    message = error.detail if error.detail != standard else ""
    return told(request, error.status_code, message, headers=error.headers)


async def _usage(request: Request, error: Exception) -> Response:
    """What a view can't do with what it was given: the message is meant for whoever asked."""
    return told(request, 400, str(error))


class Caught:
    """A fault of ours: the log has it, the answer does not; which still has the headers that all answers have."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def sent(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, receive, sent)
        except Exception as error:
            if scope["type"] != "http" or begun:
                raise
            _log.error("%s %s failed", scope["method"], scope["path"], exc_info=error)
            answer = told(Request(scope), 500, "")
            await answer(scope, receive, send)


HANDLERS: dict[Any, Any] = {HTTPException: _http, UsageError: _usage}
