"""Whether all is well: with a graph, with what is read, and with the installation."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from kgx.cli.common import FAULTS, SOME_UNREAD, Issues, Lang, Screen, Source, app, one_of
from kgx.errors import UsageError


@app.command()
def validate(
    graph: Source,
    form: Annotated[str, typer.Option("--format", "-f", help="text or json.")] = "text",
) -> None:
    """Check that a graph is sound: each fault with the fact that has it, its quote, and where that stands.

    Exit code: 0 all is well, 1 there are faults, 2 wrong usage.
    """
    from kgx import query as queries
    from kgx import validate as checks

    one_of(form, "text", "json")
    problems = checks.validate(queries.load(graph))
    if form == "json":
        typer.echo(checks.to_json(problems), nl=False)
    else:
        console = Screen(highlight=False)
        checks.render(problems, console)
        count = len(problems)
        told = "the graph is sound" if not count else f"{count} fault{'s' if count > 1 else ''}"
        console.print(f"{graph}: {told}", markup=False, soft_wrap=True)
    if problems:
        raise typer.Exit(FAULTS)


@app.command()
def evaluate(
    gold: Annotated[Path, typer.Argument(metavar="GOLD_DIR", help="A folder of gold records, one JSON a document.")],
    documents: Annotated[
        list[str] | None, typer.Argument(metavar="[PATHS...]", help="The documents, where they lie elsewhere.")
    ] = None,
    graph: Annotated[str | None, typer.Option(help="Measure this graph; else one is built.")] = None,
    only: Annotated[str, typer.Option(help="Only records whose file name matches, such as 'held-*'.")] = "*",
    misses: Annotated[bool, typer.Option("--misses", "-m", help="List what was missed, is wrong, or differs.")] = False,
    form: Annotated[str, typer.Option("--format", "-f", help="table or json.")] = "table",
    lang: Lang = None,
) -> None:
    """Measure against gold records: what a careful reader took from the same documents.

    Builds a graph of the texts beside the records (id.txt), or of PATHS, or takes --graph, and counts kind by kind,
    language by language, how much is right, and how often dates, places and the like are right where a fact was found.
    Each folder of records is built on its own.
    """
    from kgx import query as queries
    from kgx.evaluate import Report, read_records, to_json, to_tables
    from kgx.evaluate import evaluate as measure
    from kgx.evaluate.records import texts_of
    from kgx.pipeline import known_language

    one_of(form, "table", "json")
    if graph is not None and documents:
        raise UsageError("give either documents or --graph")
    known_language(lang)
    folders = read_records(gold, only=only)
    report, issues = Report(), Issues()
    given = queries.load(graph) if graph is not None else None
    if given is None and documents:
        given = _built(documents, lang=lang, report=issues)
    if given is not None:
        measure([record for folder in folders for record in folder.records], given, report)
    else:
        for folder in folders:
            measure(folder.records, _built(texts_of(folder), lang=lang, report=issues), report)
    if form == "json":
        typer.echo(to_json(report), nl=False)
    else:
        console = Screen(highlight=False)
        for fault in report.faults if misses else ():
            console.print(str(fault), markup=False, soft_wrap=True)
        for table in to_tables(report):
            console.print(table)
    if issues.found:
        raise typer.Exit(SOME_UNREAD)


def _built(paths: Sequence[str | Path], *, lang: str | None, report: Issues) -> Any:
    """The graph of some documents, ready to be asked."""
    from kgx import query as queries
    from kgx.export.turtle import write_turtle
    from kgx.graph import build_graph
    from kgx.pipeline import know

    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "graph.ttl"
        write_turtle(build_graph(know(paths, lang=lang, report=report)), target)
        return queries.load(target)


@app.command()
def doctor(form: Annotated[str, typer.Option("--format", "-f", help="table or json.")] = "table") -> None:
    """Look whether kgx works here: what is installed, which model and rules, and a sentence of each language.

    Exit code: 0 all works, 1 something does not.
    """
    from kgx import doctor as checks

    one_of(form, "table", "json")
    found = checks.examine()
    if form == "json":
        typer.echo(checks.to_json(found))
    else:
        checks.render(found, Screen())
    if any(check.ok is False for check in found):
        raise typer.Exit(1)
