"""Serving a graph: to browsers and programs, and to assistants."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kgx.cli.common import Screen, Source, app, texts_of
from kgx.errors import UsageError, to_install


@app.command()
def serve(
    graph: Source,
    host: Annotated[str, typer.Option(help="Address to listen at; only this machine by default.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen at; 0 takes a free one.")] = 8000,
    documents: Annotated[
        list[Path] | None,
        typer.Option(help="Folder of plain texts, to show them whole; others are kept beside the graph. Any number."),
    ] = None,
    allow_host: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="A name by which others reach this machine; any number.")
    ] = None,
    cors: Annotated[
        list[str] | None, typer.Option(metavar="ORIGIN", help="Whose pages may read the data, or '*'; any number.")
    ] = None,
    seconds: Annotated[float, typer.Option(min=0.1, help="That a query may take.")] = 30.0,
    rows: Annotated[int, typer.Option(min=1, help="That an answer may have.")] = 100_000,
) -> None:
    """Serve a graph on this machine, read-only: explorer and views in the browser, SPARQL endpoint for programs."""
    from kgx import query as queries
    from kgx.serve import Limits, create_app
    from kgx.serve.run import bound, run

    for folder in documents or ():
        if not folder.is_dir():
            raise UsageError(f"{folder}: there is no such folder")
    listening = bound(host, port)
    limits = Limits(seconds=seconds, rows=rows)
    store = queries.load(graph)
    texts_of(store, graph)
    served = create_app(
        store,
        limits=limits,
        documents=documents or (),
        graph=graph,
        folder=Path(graph) if Path(graph).is_dir() else None,
        hosts=[*(allow_host or ()), *([] if host in ("127.0.0.1", "::1", "localhost") else [host, "*"])],
        origins=cors or (),
    )
    console = Screen(highlight=False, soft_wrap=True)
    run(
        served, listening, limits=limits, started=lambda at: console.print(f"{graph}: {at} (Ctrl-C ends)", markup=False)
    )


@app.command()
def mcp(graph: Source) -> None:
    """Let assistants ask a graph: a server of the Model Context Protocol on standard input and output."""
    from kgx import query as queries

    try:
        from kgx import mcp as servers
    except ModuleNotFoundError as error:
        raise UsageError(f"kgx mcp needs the extra mcp: {to_install('mcp')}") from error
    folder = Path(graph) if Path(graph).is_dir() else None
    store = queries.load(graph)
    servers.server(store, folder=folder, texts=texts_of(store, graph)).run()
