"""Bounds of what comes in and goes out: size of requests, and how long the other side may take."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from kgx.serve.limits import Limits

__all__ = ["Bounded", "protocol"]


class Bounded:
    """Refuses bodies that are too long, or come too slowly."""

    def __init__(self, app: ASGIApp, *, limits: Limits) -> None:
        self.app = app
        self.limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        most = self.limits.request_bytes
        told = Headers(scope=scope).get("content-length", "0")
        if not told.isdigit() or int(told) > most:
            answer = PlainTextResponse(f"a request has at most {most:,} bytes\n", 413, headers={"Connection": "close"})
            await answer(scope, receive, send)
            return
        deadline = asyncio.get_running_loop().time() + self.limits.receive_seconds
        arrived, complete = 0, False

        async def bounded() -> Message:
            nonlocal arrived, complete
            if complete:
                return await receive()
            try:
                async with asyncio.timeout_at(deadline):
                    message = await receive()
            except TimeoutError:
                raise HTTPException(408, "the request took too long", headers={"Connection": "close"}) from None
            arrived += len(message.get("body", b""))
            complete = not message.get("more_body", False)
            if arrived > most:
                raise HTTPException(413, f"a request has at most {most:,} bytes", headers={"Connection": "close"})
            return message

        await self.app(scope, bounded, send)


def protocol(limits: Limits) -> type[H11Protocol]:
    """HTTP that hangs up on those who never finish a request, or never take an answer."""

    class Patient(H11Protocol):
        _waiting: asyncio.TimerHandle | None = None
        _stuck: asyncio.TimerHandle | None = None

        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            self._wait()

        def connection_lost(self, exc: Exception | None) -> None:
            _off(self._waiting)
            _off(self._stuck)
            super().connection_lost(exc)

        def on_response_complete(self) -> None:
            super().on_response_complete()
            self._wait()

        def pause_writing(self) -> None:
            super().pause_writing()
            self._stuck = self.loop.call_later(limits.send_seconds, self.transport.abort)

        def resume_writing(self) -> None:
            super().resume_writing()
            _off(self._stuck)

        def _wait(self) -> None:
            """Give the other side its time for the head of a request, counted from the first moment."""
            _off(self._waiting)
            self._waiting = self.loop.call_later(limits.receive_seconds + self.timeout_keep_alive, self._waited)

        def _waited(self) -> None:
            if self.cycle is None or self.cycle.response_complete:
                self.transport.abort()

    return Patient


def _off(timer: asyncio.TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()
