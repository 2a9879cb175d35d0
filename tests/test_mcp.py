"""`kgx mcp`, asked as an assistant asks: through the client of the protocol, in this process and as a command."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from kgx.graph import Graph

mcp = pytest.importorskip("mcp")
ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def graph_file(seeds_graph: Graph, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The graph of the seeds as a file."""
    from kgx.export.turtle import write_turtle

    path = tmp_path_factory.mktemp("mcp") / "seeds.ttl"
    write_turtle(seeds_graph, path)
    return path


@pytest.fixture
def session(graph_file: Path) -> Callable[[Callable[[Any], Awaitable[Any]]], Any]:
    """Runs what is to be asked in a session of its own."""

    def run(ask: Callable[[Any], Awaitable[Any]]) -> Any:
        from kgx.mcp import server
        from kgx.query import load

        async def asked() -> Any:
            async with mcp.Client(server(load(graph_file))) as client:
                return await ask(client)

        return asyncio.run(asked())

    return run


async def call(client: Any, tool: str, **arguments: Any) -> Any:
    found = await client.call_tool(tool, arguments)
    assert not found.is_error, found.content
    return found.structured_content


def test_tools_say_what_they_do(session: Any) -> None:
    tools = session(lambda client: client.list_tools()).tools
    assert {tool.name for tool in tools} == {"search", "entity", "facts_between", "evidence", "sparql"}
    for tool in tools:
        assert tool.description
        assert tool.annotations.read_only_hint is True


def test_as_a_command(graph_file: Path) -> None:
    """Over standard input and output, as assistants begin it."""

    async def asked() -> Any:
        command = mcp.StdioServerParameters(
            command=sys.executable, args=["-m", "kgx", "mcp", str(graph_file)], cwd=str(ROOT)
        )
        async with mcp.Client(command, mode="legacy") as client:
            return await call(client, "search", text="또럼")

    found = asyncio.run(asyncio.wait_for(asked(), 120))
    assert found["found"][0]["label"] == "To Lam"


def test_from_a_name_to_the_words_that_tell_it(session: Any) -> None:
    async def ask(client: Any) -> None:
        found = await call(client, "search", text="토람")
        person = found["found"][0]
        assert (person["kind"], person["label"]) == ("Person", "To Lam")
        told = await call(client, "entity", name=person["iri"])
        assert "تو لام" in told["names"]["ar"]
        meetings = [event for event in told["events"] if event["when"] == "2025-05-05"]
        assert all(meeting["quotes"][0]["where"] for meeting in meetings)
        proofs = [await call(client, "evidence", fact=meeting["iri"]) for meeting in meetings]
        quoted = [proof["told"][0]["quotes"] for proof in proofs]
        quotes = next(several for several in quoted if {quote["language"] for quote in several} >= {"ko", "fr"})
        for quote in quotes:  # each stands where it says
            file, _, span = quote["where"].rpartition(":")
            start, end = map(int, span.split("-"))
            text = (ROOT / "seeds" / file).read_text(encoding="utf8")
            assert text[start:end] == quote["text"]
            assert quote["text"] in quote["sentence"]

    session(ask)


def test_what_binds_two_countries(session: Any) -> None:
    async def ask(client: Any) -> None:
        found = await call(client, "facts_between", one="Vietnam", other="카자흐스탄", most=200)
        kinds = {fact["kind"] for fact in found["facts"]}
        assert found["all"] == len(found["facts"]) > 10
        assert {"visit", "twinning", "trade figure"} <= {kind.lower() for kind in kinds}, kinds
        assert all(fact["quotes"] for fact in found["facts"])
        dates = [fact["when"] for fact in found["facts"] if fact["when"]]
        assert dates == sorted(dates, reverse=True)
        few = await call(client, "facts_between", one="Vietnam", other="Kazakhstan", most=2)
        assert (len(few["facts"]), few["all"]) == (2, found["all"])

    session(ask)


def test_sparql_within_limits(session: Any) -> None:
    async def ask(client: Any) -> None:
        found = await call(client, "sparql", query="SELECT ?p { ?p a kgx:Person }", rows=3)
        assert (len(found["answer"]["results"]["bindings"]), found["cut"]) == (3, True)
        graph = await call(client, "sparql", query="DESCRIBE country:KZ")
        assert "country:KZ" in graph["answer"]
        for query in ("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", "SELECT {", "CLEAR ALL"):
            refused = await client.call_tool("sparql", {"query": query})
            assert refused.is_error
            assert "Traceback" not in json.dumps([content.text for content in refused.content])

    session(ask)


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("entity", {"name": "nobody at all"}),
        ("evidence", {"fact": "nothing at all"}),
        ("facts_between", {"one": "Vietnam", "other": "Atlantis"}),
    ],
)
def test_what_is_not_there_is_told(session: Any, tool: str, arguments: dict[str, str]) -> None:
    found = session(lambda client: client.call_tool(tool, arguments))
    assert found.is_error
    assert "nothing in the graph is called" in found.content[0].text
