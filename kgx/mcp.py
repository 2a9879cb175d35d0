"""The graph for assistants: a server of the Model Context Protocol, whose tools quote the graph with its evidence.

Needs the extra ``mcp``: ``pip install kgx-diplomacy[mcp]``.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Annotated, Any

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import ToolAnnotations
from pydantic import Field

from kgx import __version__
from kgx.errors import UsageError
from kgx.query import Store, named_nodes, prefixes, select
from kgx.serve.engine import Engine, Question, Trouble
from kgx.serve.explorer.index import Index
from kgx.serve.limits import Limits
from kgx.show import Card, Quote, card, in_context, label_of, nodes_of, quotes_of
from kgx.texts import Texts

__all__ = ["server"]

_INSTRUCTIONS = """A knowledge graph of diplomacy, read from news in many languages: who holds which office, who met,
visited, called or signed with whom, when and where, what was agreed, trade figures, twinned cities. It holds what
documents say, and nothing else. Quote it: each fact has the words of the documents that tell it, with file and
offsets of characters. Find things with search, read them with entity, ask what binds two of them with facts_between,
and prove a fact with evidence. sparql answers whatever the others don't."""
_READING = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)
_QUOTES = 3  # of each fact, where there are many facts
_FACTS = ("Event", "Agreement", "TradeFigure", "Twinning", "DiplomaticRelation", "TradePartnerRank", "Tenure")
# A fact that each of the two has part in, itself or as the state of what has.
_BETWEEN = """SELECT ?fact (MIN(STR(?date)) AS ?when) WHERE {{
  VALUES ?class {{ {classes} }} VALUES ?one {{ {one} }} VALUES ?other {{ {other} }}
  ?a (kgx:country|kgx:inCountry)? ?one . ?b (kgx:country|kgx:inCountry)? ?other .
  ?fact ?role ?a ; ?role_of_other ?b ; a ?class .
  FILTER(?one != ?other)
  OPTIONAL {{ ?fact schema:startDate|kgx:signedOn|kgx:period|kgx:since|kgx:attestedOn ?date }}
}} GROUP BY ?fact ORDER BY DESC(?when) ?fact"""

Name = Annotated[str, Field(description="an IRI, an id (country/KZ), or a name in any script", max_length=500)]
Most = Annotated[int, Field(ge=1, le=200)]


@contextmanager
def _told() -> Iterator[None]:
    """What can't be done is told to whoever asked."""
    try:
        yield
    except (UsageError, Trouble) as error:
        raise ToolError(str(error)) from error


def server(
    source: Store, *, folder: Path | None = None, limits: Limits | None = None, texts: Texts | None = None
) -> MCPServer[Any]:
    """The server of a graph; its `run` speaks over standard input and output.

    Args:
        source: the graph; see `kgx.query.load`.
        folder: the store on disk that it was opened from, if it was.
        limits: what a query may take.
        texts: of the documents, for the sentences around what they name.
    """
    engine = Engine(source, folder=folder, limits=limits or Limits(), prefixes=prefixes(source))
    names = Index(source)

    @asynccontextmanager
    async def lifespan(_: MCPServer[Any]) -> AsyncIterator[None]:
        names.prepare()
        try:
            yield
        finally:
            engine.close()

    made = MCPServer[Any](
        "kgx", version=__version__, instructions=_INSTRUCTIONS, lifespan=lifespan, log_level="WARNING"
    )

    @made.tool(annotations=_READING)
    def search(text: Annotated[str, Field(max_length=200)], most: Most = 10) -> dict[str, Any]:
        """Find persons, states, bodies, places, offices, agreements and documents by name, in any script."""
        hits = names.search(text, most=most)
        return {
            "found": [
                {"iri": h.entry.iri, "kind": h.entry.kind, "label": h.entry.label, "name": h.name, "told": h.entry.told}
                for h in hits
            ]
        }

    @made.tool(annotations=_READING)
    def entity(name: Name) -> dict[str, Any]:
        """All that is told of a person, body or place: names, offices, events, agreements, figures, with quotes."""
        with _told():
            return _card(card(source, name))

    @made.tool(annotations=_READING)
    def facts_between(one: Name, other: Name, most: Most = 20) -> dict[str, Any]:
        """The facts that bind two things (states, persons, bodies, places), newest first, each with quotes."""
        with _told():
            ones, others = ([str(node) for node in named_nodes(source, name)] for name in (one, other))
            classes = " ".join(f"kgx:{name}" for name in _FACTS)
            found = select(source, _BETWEEN.format(classes=classes, one=" ".join(ones), other=" ".join(others)))
        dates = {str(fact): when for fact, when in found.rows if fact is not None}
        chosen = list(dates)[:most]
        quotes = quotes_of(source, chosen)
        facts = [
            {
                "iri": iri,
                "kind": node.kind,
                "label": label_of(node),
                "when": dates[iri],
                "status": node.first("status"),
                "confidence": node.confidence,
                "disagrees_with": node.labels("disagreesWith"),
                **_quoted(quotes.get(iri, ()), _QUOTES),
            }
            for iri, node in nodes_of(source, chosen).items()
        ]
        return {"facts": facts, "all": len(dates)}

    @made.tool(annotations=_READING)
    def evidence(fact: Name, most: Most = 20) -> dict[str, Any]:
        """Every place where documents tell a fact or thing: the words, their sentence, file and character offsets."""
        with _told():
            iris = [node.value for node in named_nodes(source, fact)]
        quotes = quotes_of(source, iris)
        return {
            "told": [
                {
                    "iri": iri,
                    "kind": node.kind,
                    "label": label_of(node),
                    "confidence": node.confidence,
                    **_quoted(quotes.get(iri, ()), most, texts),
                }
                for iri, node in nodes_of(source, iris[:most]).items()
            ]
        }

    @made.tool(annotations=_READING)
    async def sparql(query: Annotated[str, Field(max_length=20_000)], rows: Most = 100) -> dict[str, Any]:
        """Ask in SPARQL 1.1 (SELECT, ASK, CONSTRUCT, DESCRIBE); kgx:, schema:, rdfs: and the like need no PREFIX."""
        with _told():
            found = await engine.ask(Question(query, rows=rows))
        content = found.content.decode("utf8")
        return {"answer": json.loads(content) if found.format == "json" else content, "cut": found.cut}

    return made


def _quoted(quotes: Sequence[Quote], most: int, texts: Texts | None = None) -> dict[str, Any]:
    """The surest quotes, as they stand in their sentences; and how many there are."""
    best = sorted(quotes, key=lambda quote: -quote.confidence)[:most]
    best = [in_context(quote, texts) for quote in best] if texts is not None else best
    return {
        "quotes": [
            {
                "text": quote.text,
                "language": quote.lang,
                "where": quote.where,
                "sentence": f"{quote.before}{quote.text}{quote.after}",
                "rule": quote.rule,
                "confidence": quote.confidence,
            }
            for quote in best
        ],
        "quotes_in_all": len(quotes),
    }


def _card(shown: Card) -> dict[str, Any]:
    """A card without the finer points, so that it fits what an assistant can read."""

    def plain(value: Any) -> Any:
        if isinstance(value, tuple) and value and isinstance(value[0], Quote):
            return _quoted(value, _QUOTES)["quotes"]
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
        if isinstance(value, Mapping):
            return {key: plain(inner) for key, inner in value.items()}
        return [plain(inner) for inner in value] if isinstance(value, tuple) else value

    told = plain(shown)
    return {key: value for key, value in told.items() if value not in (None, [], {})}
