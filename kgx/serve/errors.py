"""What is said when something goes wrong: a page for people, a line for programs, and never an inner detail."""

from __future__ import annotations

import http
import logging
from collections.abc import Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from kgx.errors import UsageError
from kgx.serve.pages import page

__all__ = ["HANDLERS", "failed", "told"]

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


async def failed(request: Request, error: Exception) -> Response:
    """A fault of ours: the log has it, the answer does not."""
    _log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return told(request, 500, "")


HANDLERS: dict[Any, Any] = {HTTPException: _http, UsageError: _usage}
