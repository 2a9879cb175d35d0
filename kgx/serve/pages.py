"""Pages made of templates: autoescaped, an unknown name is an error."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import Response
from starlette.templating import Jinja2Templates

__all__ = ["Context", "page", "templates"]

Context = Callable[[Request], dict[str, Any]]


def templates(folder: Path, context: Sequence[Context]) -> Jinja2Templates:
    """The templates of a folder; each function of `context` adds to what all of them know."""
    env = Environment(loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return Jinja2Templates(env=env, context_processors=list(context))


def page(request: Request, template: str, values: Mapping[str, Any] | None = None, *, status: int = 200) -> Response:
    """A page: a template, filled.

    Args:
        request: that is answered.
        template: its file name below templates/.
        values: what it shows.
        status: of the answer.
    """
    found: Jinja2Templates = request.app.state.templates
    return found.TemplateResponse(request, template, dict(values or {}), status_code=status)
