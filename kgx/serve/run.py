"""Runs the server until it is interrupted."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable
from types import FrameType

import uvicorn
from starlette.applications import Starlette

from kgx.errors import UsageError
from kgx.serve.bounds import protocol
from kgx.serve.engine import Engine
from kgx.serve.limits import Limits

__all__ = ["bound", "run"]


def bound(host: str, port: int) -> socket.socket:
    """A socket that listens, so that a port that is taken is told before a graph is read.

    Raises:
        UsageError: if the port is taken, or the address is none of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(128)
    except (OSError, OverflowError) as error:
        listening.close()
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"cannot listen at {host}, port {port}: {reason}; --port takes another") from error
    return listening


def address(listening: socket.socket) -> str:
    """The address to type into a browser."""
    host, port, *_ = listening.getsockname()
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{shown}:{port}/"


class _Server(uvicorn.Server):
    """One that does not wait for queries to end when it is to end itself."""

    def __init__(self, config: uvicorn.Config, engine: Engine) -> None:
        super().__init__(config)
        self._engine = engine

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        # Not at once: the loop may be in the midst of just that.
        asyncio.get_running_loop().call_soon_threadsafe(self._engine.stop)


def run(app: Starlette, listening: socket.socket, *, limits: Limits, started: Callable[[str], None]) -> None:
    """Serve until interrupted; `started` is told the address."""
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="none",
        http=protocol(limits),
        limit_concurrency=limits.connections,
        timeout_graceful_shutdown=3,
    )
    started(address(listening))
    with contextlib.suppress(KeyboardInterrupt):  # what was asked for: no error
        _Server(config, app.state.engine).run(sockets=[listening])
