"""What keeps pages of others out: headers on every answer, and the names under which the server may be asked."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

from starlette.datastructures import Headers as HeaderView
from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["POLICY", "Headers", "Hosts"]

POLICY = "; ".join(
    (
        "default-src 'self'",  # nothing inline, nothing evaluated, nothing from elsewhere
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
_ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-cache",  # kept, but asked for again: the graph may have been built anew
}
_OWN = ("localhost", "127.0.0.1", "[::1]")


class Headers:
    """Adds to every answer what makes browsers strict; a view may say otherwise of its own answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def strict(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _ALWAYS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, strict)


class Hosts:
    """Refuses requests under foreign names, by which a page from elsewhere could reach us (DNS rebinding).

    An address in figures can't be rebound, so any is accepted once the server is open to others than this machine.
    """

    def __init__(self, app: ASGIApp, *, allowed: Sequence[str] = ()) -> None:
        self.app = app
        self.allowed = {*_OWN, *(host.lower() for host in allowed)}
        self.any_address = "*" in allowed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or self._known(HeaderView(scope=scope).get("host", "")):
            await self.app(scope, receive, send)
            return
        answer = PlainTextResponse("this server is not asked under that name\n", 421)
        await answer(scope, receive, send)

    def _known(self, header: str) -> bool:
        name, bracket, _ = header.lower().partition("]")
        name = f"{name}]" if bracket else name.partition(":")[0]
        return name in self.allowed or (self.any_address and _is_address(name))


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    return True
