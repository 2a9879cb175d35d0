"""Which format to answer in: what a request accepts (RFC 9110, 12.5.1), or the format that it names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.requests import Request

__all__ = ["GRAPHS", "PAGE", "SOLUTIONS", "Form", "accepted", "best", "chosen", "prefers_page"]

PAGE = "text/html"


@dataclass(frozen=True)
class Form:
    """A format to answer in.

    Attributes:
        name: short, and the ending of files.
        media_type: that it is sent as.
        others: media types by which it may be asked for, too.
        standard: the IRI by which W3C knows it.
    """

    name: str
    media_type: str
    others: tuple[str, ...]
    standard: str

    @property
    def content_type(self) -> str:
        """The media type, with the character set where there could be another."""
        return f"{self.media_type}; charset=utf-8" if self.media_type.startswith("text/") else self.media_type


_W3C = "http://www.w3.org/ns/formats/"
# Best first: what is sent to those who take anything.
SOLUTIONS = {
    form.name: form
    for form in (
        Form("json", "application/sparql-results+json", ("application/json",), f"{_W3C}SPARQL_Results_JSON"),
        Form("xml", "application/sparql-results+xml", ("application/xml", "text/xml"), f"{_W3C}SPARQL_Results_XML"),
        Form("csv", "text/csv", (), f"{_W3C}SPARQL_Results_CSV"),
        Form("tsv", "text/tab-separated-values", (), f"{_W3C}SPARQL_Results_TSV"),
    )
}
GRAPHS = {
    form.name: form
    for form in (
        Form("ttl", "text/turtle", ("application/x-turtle",), f"{_W3C}Turtle"),
        Form("nt", "application/n-triples", ("text/plain",), f"{_W3C}N-Triples"),
        Form("rdf", "application/rdf+xml", ("application/xml", "text/xml"), f"{_W3C}RDF_XML"),
        Form("jsonld", "application/ld+json", ("application/json",), f"{_W3C}JSON-LD"),
    )
}
_ALSO = {"json": "jsonld", "xml": "rdf", "turtle": "ttl"}  # short names that may mean a graph, too


def accepted(header: str) -> dict[str, float]:
    """What an Accept header says: for each media range how much it is wanted, 0 to 1; all alike where it is empty."""
    found: dict[str, float] = {}
    for part in header.split(","):
        media, *parameters = (piece.strip().lower() for piece in part.split(";"))
        if not media:
            continue
        weight = next((p.partition("=")[2] for p in parameters if p.partition("=")[0].strip() == "q"), "1")
        try:
            found[media] = min(max(float(weight), 0.0), 1.0)
        except ValueError:
            found[media] = 0.0  # faulty: as if it were not there
    return found or {"*/*": 1.0}


def _weight(media: str, ranges: Mapping[str, float]) -> float:
    kind = media.partition("/")[0]
    return next((ranges[r] for r in (media, f"{kind}/*", "*/*") if r in ranges), 0.0)


def best(header: str, media_types: Sequence[str]) -> str | None:
    """The media type that is wanted most, the first of those wanted alike; None if none is."""
    ranges = accepted(header)
    wanted = max(media_types, key=lambda media: _weight(media, ranges))
    return wanted if _weight(wanted, ranges) > 0 else None


def chosen(request: Request, forms: Mapping[str, Form], *, named: str | None = None) -> Form | None:
    """The format to answer a request in.

    Args:
        request: with its Accept header.
        forms: that there are, best first.
        named: the short name or media type that the request names, which counts more than the header.

    Returns:
        The format; None if none is acceptable.
    """
    names = {media: form for form in forms.values() for media in (form.media_type, *form.others)}
    # By their own names first: application/json may stand for one of several.
    own = {form.media_type: form for form in forms.values()}
    if named is not None:
        return forms.get(named) or forms.get(_ALSO.get(named, "")) or names.get(named)
    found = best(_header(request), [*own, *(media for media in names if media not in own)])
    return names[found] if found is not None else None


def prefers_page(request: Request) -> bool:
    """Whether a page is wanted more than data: a person asks, not a program."""
    media = [form.media_type for form in (*SOLUTIONS.values(), *GRAPHS.values())]
    return best(_header(request), [*media, PAGE]) == PAGE


def _header(request: Request) -> str:
    return ",".join(request.headers.getlist("accept"))
