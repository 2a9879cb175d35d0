"""Looking at a graph: questions, cards, explanations, and who is who."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from kgx.cli.common import USAGE, Format, Screen, Source, app, err, one_of, texts_of
from kgx.errors import UsageError


@app.command()
def query(
    graph: Source,
    sparql: Annotated[str | None, typer.Argument(metavar="[SPARQL|FILE.rq]", help="A query, or a file of one.")] = None,
    name: Annotated[str | None, typer.Option("--name", "-n", help="A named query; see --list.")] = None,
    param: Annotated[
        list[str] | None, typer.Option("--param", "-p", metavar="KEY=VALUE", help="Parameter of a named query.")
    ] = None,
    form: Format = "table",
    timeout: Annotated[float, typer.Option(min=0, help="Seconds that the query may take; 0: no limit.")] = 300,
    listed: Annotated[bool, typer.Option("--list", "-l", help="List the named queries and their parameters.")] = False,
) -> None:
    """Ask a graph in SPARQL: a query, a file, or a named query.

    The prefixes of the vocabulary need no PREFIX line. A parameter takes an IRI, an id or a name in any script:
    kgx query graph.ttl --name visits --param country=Kazakhstan
    """
    from kgx import query as queries

    if listed:
        typer.echo("\n".join(_described(q) for q in queries.named_queries().values()))
        return
    if (sparql is None) == (name is None):
        raise UsageError("give either a SPARQL query (or a .rq file) or --name; --list shows the named queries")
    one_of(form, "table", "csv", "json")
    store = queries.load(graph)
    if name is not None:
        text = queries.named_sparql(store, name, **_params(param or []))
    elif param:
        raise UsageError("--param goes with --name")
    else:
        text = _sparql(sparql or "")
    with _within(timeout):
        result = queries.select(store, text)
    queries.render(result, Screen(soft_wrap=form != "table"), form=form, known=queries.prefixes(store))  # type: ignore[arg-type]


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    """Ends the process when what is done takes longer: a query that runs can't be interrupted within it."""

    def stop() -> None:
        err.print(f"kgx: the query took more than {seconds:g} seconds, and was stopped (see --timeout)", markup=False)
        os._exit(USAGE)

    timer = threading.Timer(seconds, stop)
    timer.daemon = True
    if seconds:
        timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _described(query: Any) -> str:
    parameters = f"  [{', '.join(query.parameters)}]" if query.parameters else ""
    return f"{query.name}: {query.description}{parameters}"


def _params(pairs: list[str]) -> dict[str, str]:
    found = {}
    for pair in pairs:
        key, sign, value = pair.partition("=")
        if not sign or not key.isidentifier():
            raise UsageError(f"--param {pair!r} is not KEY=VALUE")
        found[key] = value
    return found


def _sparql(text: str) -> str:
    """The query itself, or the content of the file it names."""
    if not text.endswith(".rq"):
        return text
    try:
        return Path(text).read_text(encoding="utf8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{text}: {getattr(error, 'strerror', None) or error}") from error


@app.command()
def show(
    graph: Source,
    name: Annotated[str, typer.Argument(help="A name, in any script.")],
    form: Annotated[str, typer.Option("--format", "-f", help="text or json.")] = "text",
) -> None:
    """Show what the graph knows of a person, body, place or fact, each statement with its quote and where it stands."""
    from kgx import query as queries
    from kgx import show as cards

    one_of(form, "text", "json")
    store = queries.load(graph)
    card = cards.card(store, name, texts_of(store, graph))
    if form == "json":
        typer.echo(cards.to_json(card))
    else:
        cards.render_card(card, Screen())


@app.command()
def explain(
    graph: Source,
    name: Annotated[str, typer.Argument(metavar="FACT", help="An IRI, an id such as visit/0123456789, or a name.")],
    form: Annotated[str, typer.Option("--format", "-f", help="text or json.")] = "text",
) -> None:
    """Explain why the graph says something: each sentence, the rule that read it, and the words that play each role."""
    from kgx import explain as explanations
    from kgx import query as queries

    one_of(form, "text", "json")
    store = queries.load(graph)
    found = explanations.explain(store, name, texts_of(store, graph))
    if form == "json":
        typer.echo(explanations.to_json(found), nl=False)
        return
    console = Screen()
    for number, explanation in enumerate(found):
        if number:
            console.rule(style="dim")
        explanations.render(explanation, console)


@app.command()
def review(
    graph: Source,
    output: Annotated[Path, typer.Option("--output", "-o", help="The file of decisions; added to.")] = Path(
        "decisions.yaml"
    ),
    joined: Annotated[bool, typer.Option(help="Look at what was joined instead, to take it apart.")] = False,
) -> None:
    """Decide who is who where the program is not sure; kgx build --decisions obeys it for ever after."""
    from kgx import query as queries
    from kgx import review as sessions
    from kgx.export.files import atomic_write, writable
    from kgx.resolve.decisions import dump_decisions, read_decisions

    writable(output)
    before = read_decisions(output) if output.exists() else []
    store = queries.load(graph)
    console = Screen(highlight=False)
    todo = sessions.pairs(store, joined=joined)
    made = sessions.review(store, todo, console, lambda prompt: console.input(Text(prompt)))
    if made:
        atomic_write(output, dump_decisions([*before, *made]))
    console.print(f"{len(made)} decided of {len(todo)} pairs" + (f": {output}" if made else ""), markup=False)
