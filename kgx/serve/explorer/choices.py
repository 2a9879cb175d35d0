"""What can be chosen in the fields of the filters, in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from starlette.requests import Request

from kgx.ontology import event_types
from kgx.ontology.terms import schemes, vocabulary
from kgx.serve.explorer.data import Reader
from kgx.serve.explorer.index import Index
from kgx.serve.explorer.listing import Listing
from kgx.serve.explorer.overview import Overviews

__all__ = ["Choices", "choices", "countries"]

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


def countries(request: Request, reader: Reader) -> list[Option]:
    """All countries of the graph by code, in the alphabet of the reader as far as code points go."""
    names: Index = request.app.state.names
    start = f"{reader.base}country/"
    codes = [(e.iri.removeprefix(start), e.label) for e in names.entries if e.kind == "Country"]
    return sorted(((code, reader.name(start + code, label)) for code, label in codes), key=lambda o: o[1].casefold())


def choices(request: Request, reader: Reader, listing: Listing) -> Choices:
    """What narrows a list."""
    say = reader.words
    overviews: Overviews = request.app.state.overviews
    return Choices(
        countries=countries(request, reader) if listing.involved else (),
        kinds=sorted(_kinds(reader, listing), key=lambda option: option[1]),
        statuses=[(s, say.term("status", s)) for s in _statuses(listing.kind)],
        confidences=[(str(c), say.percent(c)) for c in _SURENESSES] if listing.kind != "Document" else (),
        languages=[(code, say.tongue(code)) for code in overviews.get().languages],
        dates=listing.kind != "Country",
    )


def _kinds(reader: Reader, listing: Listing) -> list[Option]:
    if listing.finer:
        scheme = vocabulary().properties[listing.finer.rpartition(":")[2]].scheme or ""
        return [(name, reader.words.term(scheme.replace("-", "_"), name)) for name in schemes()[scheme].concepts]
    if listing.kind == "Event":
        return [(e.class_name, reader.words.term("kind", e.class_name)) for e in event_types().values()]
    return []


def _statuses(kind: str) -> Sequence[str]:
    terms = vocabulary().classes
    while kind in terms:
        if "status" in terms[kind].properties:
            return terms[kind].properties["status"].values
        kind = terms[kind].parents[0]
    return ()
