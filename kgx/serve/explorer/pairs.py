"""What binds two countries: visits, meetings, agreements, twinnings, and figures with their course."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from kgx.serve.choices import countries
from kgx.serve.explorer.context import Query
from kgx.serve.explorer.data import Fact, Link, Reader, facts, reader_of, said
from kgx.serve.explorer.listing import LISTS, found
from kgx.serve.explorer.overview import Overviews
from kgx.serve.explorer.pages import best_quotes, sections
from kgx.serve.pages import page
from kgx.serve.visuals.filters import read_filters
from kgx.show import label_of

__all__ = ["Course", "pair", "pairs"]

_CODE = re.compile(r"[\w-]{1,64}")
_SHOWN, _FIGURES = 8, 80
_BINDS = """SELECT DISTINCT ?fact ?what ?date ?confidence WHERE {{
  VALUES (?one ?other) {{ (<{one}> <{other}>) }}
  ?fact a kgx:Fact ; rdfs:label ?what ; kgx:confidence ?confidence ; {ties} ?one , ?other .
  OPTIONAL {{ ?fact schema:startDate|kgx:signedOn|kgx:period|kgx:since ?date }}
}}
ORDER BY DESC(STR(?date)) ?what"""
_TIES = "kgx:country|kgx:party|kgx:twin/kgx:inCountry|kgx:ofCountry|kgx:partner"


@dataclass(frozen=True)
class Course:
    """Figures of one measure in one currency, in order of time: period, its figures, and whether sources disagree."""

    measure: str
    currency: str
    rows: tuple[tuple[str, tuple[Fact, ...], bool], ...]


def pairs(request: Request) -> Response:
    """Choose two countries; or go to the pair that was chosen."""
    reader = reader_of(request)
    one, other = (request.query_params.get(name, "") for name in ("one", "other"))
    if _CODE.fullmatch(one) and _CODE.fullmatch(other) and one != other:
        return RedirectResponse(f"/pair/{quote(one)}/{quote(other)}", 303)
    overviews: Overviews = request.app.state.overviews
    start = f"{reader.base}country/"
    options = countries(request, reader.words)
    names = dict(options)
    listed = [(a.removeprefix(start), b.removeprefix(start), n) for a, b, n in overviews.get().pairs]
    values = {
        "one": one,
        "other": other,
        "options": options,
        "pairs": [(a, b, names.get(a, a), names.get(b, b), n) for a, b, n in listed],
        "query": Query(
            "SELECT ?one ?other (COUNT(DISTINCT ?fact) AS ?facts) WHERE {\n"
            f"  ?fact a kgx:Fact ; {_TIES} ?one , ?other .\n"
            "  ?one a kgx:Country . ?other a kgx:Country . FILTER(STR(?one) < STR(?other))\n}\n"
            "GROUP BY ?one ?other\nORDER BY DESC(?facts) ?one ?other\nLIMIT 100",
            name="pairs",
        ),
    }
    return page(request, "pairs.html", values)


def pair(request: Request) -> Response:
    """The page of two countries."""
    reader = reader_of(request)
    codes = [request.path_params[name] for name in ("one", "other")]
    if codes[0] == codes[1] or not all(map(_CODE.fullmatch, codes)):
        raise HTTPException(404, reader.words("error.no_pair"))
    iris = [f"{reader.base}country/{code}" for code in codes]
    nodes = said(reader, iris)
    if not all(node.says for node in nodes.values()):
        raise HTTPException(404, reader.words("error.no_pair"))
    filters = replace(read_filters(request.query_params, base=reader.base), countries=tuple(iris))
    told = sections(reader, filters, most=_SHOWN)
    figures = facts(reader, found(reader, LISTS["trade-figure"], filters, most=_FIGURES))
    one, other = iris
    values = {
        "pair": [reader.link(i, label_of(nodes[i])) for i in iris],
        "codes": codes,
        "sections": told,
        "counts": [(s.listing.name, f"#part-{s.listing.name}", s.total) for s in told],
        "quotes": best_quotes(reader, [f.iri for s in told for f in s.facts]),
        "courses": _courses(reader, figures),
        "address": filters.address(),
        "query": Query(
            _BINDS.format(one=one, other=other, ties=_TIES),
            triples="CONSTRUCT { ?fact ?p ?o } WHERE {\n  ?fact a kgx:Fact ; "
            f"{_TIES} <{one}> , <{other}> ; ?p ?o\n}}",
            name="-".join(("pair", *codes)),
        ),
    }
    return page(request, "pair.html", values)


def _courses(reader: Reader, figures: list[Fact]) -> list[Course]:
    """Figures by measure and parties, those of most periods first."""
    groups: dict[tuple[str, str, str], list[Fact]] = defaultdict(list)
    for figure in figures:
        if figure.start is not None:
            who = _names(figure.sides[0])
            groups[figure.finer, figure.full.rpartition(" ")[2] if figure.full else "", who].append(figure)
    made = []
    for (measure, currency, who), several in groups.items():
        periods: dict[str, list[Fact]] = defaultdict(list)
        for figure in several:
            periods[figure.start or ""].append(figure)
        rows = tuple(
            (period, tuple(sorted(periods[period], key=lambda f: f.iri)), any(f.rivals for f in periods[period]))
            for period in sorted(periods)
        )
        made.append(Course(reader.words("figure.course", measure=measure, who=who), currency, rows))
    return sorted(made, key=lambda c: (-len(c.rows), c.measure, c.currency))


def _names(side: tuple[Link, ...]) -> str:
    return ", ".join(link.text for link in side)
