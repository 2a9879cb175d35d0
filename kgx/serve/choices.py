"""What can be chosen in the fields of the filters, in the reader's language: of lists and views alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from starlette.requests import Request

from kgx.serve.language import Words

if TYPE_CHECKING:
    from kgx.serve.explorer.overview import Overviews

__all__ = ["Choices", "Option", "choices", "countries"]

Option = tuple[str, str]
_SURENESSES = (Decimal("0.5"), Decimal("0.7"), Decimal("0.8"), Decimal("0.9"))


@dataclass(frozen=True)
class Choices:
    """Values and names, by field; a field without any is not shown."""

    countries: Sequence[Option]
    kinds: Sequence[Option]
    statuses: Sequence[Option]
    confidences: Sequence[Option]
    languages: Sequence[Option]
    dates: bool


def countries(request: Request, say: Words) -> list[Option]:
    """All countries of the graph by code, in the alphabet of the reader as far as code points go."""
    overviews: Overviews = request.app.state.overviews
    start = f"{request.app.state.base}country/"
    codes = [(iri.removeprefix(start), label) for iri, label in overviews.get().countries.items()]
    return sorted(((code, say.country(code) or label) for code, label in codes), key=lambda o: o[1].casefold())


def choices(
    request: Request,
    say: Words,
    *,
    kinds: Iterable[Option],
    statuses: Iterable[str],
    involved: bool = True,
    sure: bool = True,
    dates: bool = True,
) -> Choices:
    """What narrows a list or a view.

    Args:
        request: that asks for it.
        say: the reader's language.
        kinds: of what there is, with their names.
        statuses: that it may have.
        involved: whether countries have part in it.
        sure: whether it has a confidence.
        dates: whether it has a date.
    """
    overviews: Overviews = request.app.state.overviews
    return Choices(
        countries=countries(request, say) if involved else (),
        kinds=sorted(kinds, key=lambda option: option[1]),
        statuses=[(status, say.term("status", status)) for status in statuses],
        confidences=[(str(c), say.percent(c)) for c in _SURENESSES] if sure else (),
        languages=sorted(((c, say.tongue(c)) for c in overviews.get().languages), key=lambda option: option[1]),
        dates=dates,
    )
