"""The command line: one verb for each task of a user. Nothing else in kgx prints."""

from __future__ import annotations

import gc
import json
import os
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from kgx import __version__
from kgx.errors import Issue, KgxError, UsageError

SOME_UNREAD = 1
FAULTS = 1
USAGE = 2

app = typer.Typer(
    name="kgx",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Read diplomatic news in many languages into one knowledge graph, every fact with its evidence.",
)
err = Console(stderr=True, highlight=False, soft_wrap=True)

Paths = Annotated[
    list[str], typer.Argument(metavar="PATHS...", help="Files, folders or globs; - reads standard input.")
]
Lang = Annotated[str | None, typer.Option(help="Language of all documents (ISO 639-1); else it is found per document.")]
Source = Annotated[
    str,
    typer.Argument(metavar="GRAPH", help="What kgx build wrote, a file or a store, or the address of an endpoint."),
]
Output = Annotated[
    str,
    typer.Option(
        "--output", "-o", help="Where to write: a file, its ending tells the format, or a folder/ of a store."
    ),
]
GraphFormat = Annotated[str | None, typer.Option("--format", help="Format of the graph, whatever the ending.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but what went wrong.")]


class _Issues:
    """Collects what could not be read, telling each at once."""

    def __init__(self) -> None:
        self.found: list[Issue] = []

    def __call__(self, issue: Issue) -> None:
        self.found.append(issue)
        err.print(f"kgx: {issue}", style="yellow" if err.is_terminal else None, markup=False)


def _version(value: bool) -> None:
    if value:
        typer.echo(f"kgx {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    pass


@app.command()
def build(
    paths: Paths,
    output: Output = "graph.ttl",
    form: GraphFormat = None,
    base: Annotated[str, typer.Option(help="Base IRI of the things in the graph.")] = "https://w3id.org/kgx/id/",
    lang: Lang = None,
    facts: Annotated[Path | None, typer.Option(help="Also write the facts, one JSON object a line.")] = None,
    knowledge: Annotated[
        list[Path] | None,
        typer.Option(help="FollowTheMoney, Wikidata or CSV file of known people and bodies; any number."),
    ] = None,
    decisions: Annotated[
        Path | None, typer.Option(help="What people decided (see kgx review): who is the same, who is not.")
    ] = None,
    reconcile: Annotated[
        str | None,
        typer.Option(
            metavar="URL", help="Ask a reconciliation service on the web (W3C API) who people and bodies are."
        ),
    ] = None,
    reconcile_country: Annotated[
        str | None, typer.Option(metavar="PROPERTY", help="That service's property of a state, as P27.")
    ] = None,
    reconcile_cache: Annotated[
        Path | None, typer.Option(help="A folder that keeps its answers: what is there is not asked again.")
    ] = None,
    previous: Annotated[
        Path | None, typer.Option(help="An earlier graph whose ids to keep; by default the one that is replaced.")
    ] = None,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=0, help="Processes that read; 0: one a processor.")] = 0,
    cache: Annotated[
        Path | None, typer.Option(help="A folder that keeps what documents say: a build goes on where one ended.")
    ] = None,
    max_characters: Annotated[int, typer.Option(min=0, help="Longer documents are not read; 0: no limit.")] = 2_000_000,
    timeout: Annotated[float, typer.Option(min=0, help="Seconds for one document; 0: no limit.")] = 300,
    max_memory: Annotated[int, typer.Option(min=0, help="Megabytes for one process; 0: no limit.")] = 4096,
    with_text: Annotated[
        bool, typer.Option("--with-text", help="Have the graph hold the text of every document, as kgx:text.")
    ] = False,
    keep_texts: Annotated[
        str,
        typer.Option(
            metavar="WHICH",
            help="Texts to keep beside the graph (OUTPUT.texts): made, those that reading made (of pages, PDF, rows …);"
            " all; none.",
        ),
    ] = "made",
    summary: Annotated[
        Path | None, typer.Option("--report", help="Also write what was read and skipped, and why, as JSON.")
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Build a knowledge graph from documents.

    Reads .txt and .md (optional YAML front matter) and .jsonl (one document a line: id, text, and optionally lang,
    published, url, title, publisher); with the extra inputs also web pages, PDF, Word, mail, feeds, crawls, tables and
    archives, whose texts are kept beside the graph, in OUTPUT.texts, for kgx show and kgx serve to find. What can't be
    read is named on standard error and left out.

    Exit code: 0 all was read, 1 some was not, 2 wrong usage.
    """
    from kgx.claims import ClaimsStore
    from kgx.copies import without_copies
    from kgx.export.files import atomic_write, writable
    from kgx.export.formats import chosen, prepare, write
    from kgx.export.triples import of_graph
    from kgx.graph import add_texts, build_graph
    from kgx.ingest import is_few
    from kgx.pipeline import found, told
    from kgx.report import build_report
    from kgx.resolve import resolve
    from kgx.resolve.decisions import read_decisions
    from kgx.resolve.known import read_known
    from kgx.resolve.reconcile import Service, reconciled
    from kgx.texts import beside, keeping_texts, prepare_texts
    from kgx.workers import Limits

    _known_language(lang)
    if keep_texts not in ("made", "all", "none"):
        raise UsageError(f"--keep-texts {keep_texts!r} is none of made, all, none")
    written_as = chosen(output, form)
    prepare(output, written_as)
    lies = written_as.graph and prepare_texts(output)
    for target in filter(None, (facts, summary)):
        writable(target)
    for file in knowledge or ():
        if not file.is_file():
            raise UsageError(f"{file}: there is no such file")
    if reconcile is None and (reconcile_country or reconcile_cache):
        raise UsageError("--reconcile-country and --reconcile-cache go with --reconcile")
    service = Service(reconcile, country=reconcile_country, cache=reconcile_cache) if reconcile is not None else None
    issues = _Issues()
    decided = read_decisions(decisions) if decisions is not None else []
    known = _previous(previous, Path(output))
    if is_few(paths):
        _preload()
    documents = found(paths, report=issues, stdin=sys.stdin.buffer)
    limits = Limits(characters=max_characters, seconds=timeout, megabytes=max_memory)
    with ClaimsStore(cache) as store:
        try:
            with _progress(quiet) as tick:
                claims = told(documents, store, report=issues, lang=lang, jobs=jobs, limits=limits, tick=tick)
        except KeyboardInterrupt:
            if cache is not None:
                err.print(f"kgx: what was read is kept in {cache}; the same command goes on from there", markup=False)
            raise
        if not claims:
            raise UsageError("no document could be read; nothing was written")
        entities = [entity for file in knowledge or () for entity in read_known(file, issues)]
        resolved = resolve(without_copies(claims), decisions=decided, known=entities, previous=known, report=_unmatched)
        if service is not None:
            resolved = reconciled(resolved, service, issues)
        graph = build_graph(resolved)
        if with_text:
            add_texts(graph, claims.documents())
        none = with_text or keep_texts == "none" or not lies
        texts = () if none else claims.documents(made=keep_texts == "made")
        with keeping_texts(output, texts) if lies else nullcontext(0) as kept:
            write(of_graph(graph, base=base), output, written_as)
    if facts is not None:
        lines = (fact.model_dump_json(exclude_defaults=False) for fact in resolved.facts)
        atomic_write(facts, "".join(f"{line}\n" for line in lines))
    if summary is not None:
        atomic_write(summary, build_report(resolved, issues.found, known=claims.known))
    if not quiet:
        console = Console(highlight=False)
        verb = "tell" if len(claims) != 1 else "tells"
        console.print(f"{output}: what {len(claims)} document{'s' if len(claims) != 1 else ''} {verb}", markup=False)
        if kept:
            console.print(f"{beside(output).name}: {kept} text{'s' if kept > 1 else ''} beside it", markup=False)
        console.print(_summary(graph))
        if unsure := sum(c.judgement == "unsure" for c in resolved.comparisons):
            pairs = "pair is" if unsure == 1 else "pairs are"
            console.print(f"{unsure} {pairs} unsure and kept apart: kgx review {output}", markup=False)
    if issues.found:
        raise typer.Exit(SOME_UNREAD)


def _unmatched(decision: Any) -> None:
    """A decision that matches nothing is told, and no fault: its documents may come back."""
    told = decision.model_dump_json(exclude_none=True)
    err.print(f"kgx: a decision matches nothing: {told}", markup=False)


def _previous(path: Path | None, output: Path) -> Any:
    """The ids of an earlier graph; where none is named, of the graph that is replaced, if it is one."""
    from kgx.previous import read_previous

    if path is not None:
        return read_previous(path)
    try:
        return read_previous(output) if output.exists() else None
    except UsageError:
        return None  # whatever it is, it is about to be replaced


@app.command()
def convert(
    graph: Source,
    output: Annotated[str, typer.Option("--output", "-o", help="As of kgx build.")],
    form: GraphFormat = None,
) -> None:
    """Write a graph in another format; what kgx build would have written comes out, byte for byte.

    By the ending of OUTPUT or --format: Turtle, N-Triples, N-Quads, TriG, JSON-LD, GraphML, GEXF, FollowTheMoney,
    QuickStatements; into a folder: a store, or tables as CSV or Parquet.
    """
    from kgx import query as queries
    from kgx.export.formats import chosen, prepare, write
    from kgx.export.triples import of_lines
    from kgx.texts import copying_texts, prepare_texts

    written_as = chosen(output, form)
    prepare(output, written_as)
    lies = written_as.graph and prepare_texts(output)
    store = queries.load(graph)
    known = of_lines(queries.dump(store), queries.base_of(store))
    with copying_texts(graph, output) if lies else nullcontext():
        write(known, output, written_as)


@app.command()
def annotate(
    paths: Paths,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="JSON lines; standard output by default.")
    ] = None,
    html: Annotated[
        Path | None, typer.Option(help="Also paint the mentions over the texts: a page to look at.")
    ] = None,
    lang: Lang = None,
    quiet: Quiet = False,
) -> None:
    """Find what is named: persons, places, offices, dates, amounts, agreements, events, each with its exact span.

    Writes one JSON object a line: id, lang, text, mentions[] with kind, start, end (Unicode code points, end
    exclusive), text, value, currency, rule, confidence; to standard output, unless --output or --html says where.
    """
    from kgx.export.files import atomic_write, writable
    from kgx.extract import event_words
    from kgx.pipeline import annotated, readable

    _known_language(lang)
    for target in filter(None, (output, html)):
        writable(target)
    issues = _Issues()
    lines, painted = [], []
    documents = readable(paths, lang=lang, report=issues, stdin=sys.stdin.buffer)
    with _progress(quiet or (output is None and html is None)) as tick:
        for found in annotated(documents, report=issues):
            events = event_words(found)
            line = json.dumps(_annotation(found, events), ensure_ascii=False)
            if html is not None:
                painted.append((found, events))
            if output is not None:
                lines.append(line)
            elif html is None:
                typer.echo(line)
            tick(found.text.document.file_name)
    if output is not None:
        atomic_write(output, "".join(f"{line}\n" for line in lines))
    if html is not None:
        from kgx.export.page import mentions_page

        atomic_write(html, mentions_page(painted))
    if issues.found:
        raise typer.Exit(SOME_UNREAD)


def _preload() -> None:
    """Load the model while documents are read and their language is found.

    The thread is waited for at exit: a library torn down while it loads ends the process badly.
    """

    def load() -> None:
        from kgx.annotate import preload

        preload()

    threading.Thread(target=load).start()


def _annotation(found: Any, events: Sequence[Any]) -> dict[str, Any]:
    document = found.text.document
    mentions = sorted((*found.mentions, *events), key=lambda m: (m.start, m.end, m.kind))
    return {
        "id": document.id,
        "lang": found.text.lang,
        "text": document.text,
        "mentions": [m.model_dump(exclude_none=True, exclude_defaults=True) for m in mentions],
    }


Format = Annotated[str, typer.Option("--format", "-f", help="table, csv or json.")]


@app.command()
def query(
    graph: Source,
    sparql: Annotated[str | None, typer.Argument(metavar="[SPARQL|FILE.rq]", help="A query, or a file of one.")] = None,
    name: Annotated[str | None, typer.Option("--name", "-n", help="A named query; see --list.")] = None,
    param: Annotated[
        list[str] | None, typer.Option("--param", "-p", metavar="KEY=VALUE", help="Parameter of a named query.")
    ] = None,
    form: Format = "table",
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
    if form not in ("table", "csv", "json"):
        raise UsageError(f"--format {form!r} is none of table, csv, json")
    store = queries.load(graph)
    if name is not None:
        result = queries.run_named(store, name, **_params(param or []))
    else:
        if param:
            raise UsageError("--param goes with --name")
        result = queries.select(store, _sparql(sparql or ""))
    queries.render(result, Console(soft_wrap=form != "table"), form=form, known=queries.prefixes(store))  # type: ignore[arg-type]


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

    if form not in ("text", "json"):
        raise UsageError(f"--format {form!r} is none of text, json")
    store = queries.load(graph)
    card = cards.card(store, name, _texts(store, graph))
    if form == "json":
        typer.echo(cards.to_json(card))
    else:
        cards.render_card(card, Console())


def _texts(store: Any, graph: str) -> Any:
    """The texts of a graph; what is missing of them is told."""
    from kgx.texts import Texts, lacking

    if fault := lacking(store, graph):
        err.print(f"kgx: {fault}", style="yellow" if err.is_terminal else None, markup=False)
    return Texts(store, graph)


@app.command()
def explain(
    graph: Source,
    name: Annotated[str, typer.Argument(metavar="FACT", help="An IRI, an id such as visit/0123456789, or a name.")],
    form: Annotated[str, typer.Option("--format", "-f", help="text or json.")] = "text",
) -> None:
    """Explain why the graph says something: each sentence, the rule that read it, and the words that play each role."""
    from kgx import explain as explanations
    from kgx import query as queries

    if form not in ("text", "json"):
        raise UsageError(f"--format {form!r} is none of text, json")
    store = queries.load(graph)
    found = explanations.explain(store, name, _texts(store, graph))
    if form == "json":
        typer.echo(explanations.to_json(found), nl=False)
        return
    console = Console()
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
    console = Console(highlight=False)
    todo = sessions.pairs(store, joined=joined)
    made = sessions.review(store, todo, console, lambda prompt: console.input(Text(prompt)))
    if made:
        atomic_write(output, dump_decisions([*before, *made]))
    console.print(f"{len(made)} decided of {len(todo)} pairs" + (f": {output}" if made else ""), markup=False)


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
    _texts(store, graph)
    served = create_app(
        store,
        limits=limits,
        documents=documents or (),
        graph=graph,
        folder=Path(graph) if Path(graph).is_dir() else None,
        hosts=[*(allow_host or ()), *([] if host in ("127.0.0.1", "::1", "localhost") else [host, "*"])],
        origins=cors or (),
    )
    console = Console(highlight=False, soft_wrap=True)
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
        raise UsageError("kgx mcp needs the extra mcp: pip install 'kgx-diplomacy[mcp]'") from error
    folder = Path(graph) if Path(graph).is_dir() else None
    store = queries.load(graph)
    servers.server(store, folder=folder, texts=_texts(store, graph)).run()


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

    if form not in ("text", "json"):
        raise UsageError(f"--format {form!r} is none of text, json")
    problems = checks.validate(queries.load(graph))
    if form == "json":
        typer.echo(checks.to_json(problems), nl=False)
    else:
        console = Console(highlight=False)
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

    if form not in ("table", "json"):
        raise UsageError(f"--format {form!r} is none of table, json")
    if graph is not None and documents:
        raise UsageError("give either documents or --graph")
    _known_language(lang)
    folders = read_records(gold, only=only)
    report, issues = Report(), _Issues()
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
        console = Console(highlight=False)
        for fault in report.faults if misses else ():
            console.print(str(fault), markup=False, soft_wrap=True)
        for table in to_tables(report):
            console.print(table)
    if issues.found:
        raise typer.Exit(SOME_UNREAD)


def _built(paths: Sequence[str | Path], *, lang: str | None, report: _Issues) -> Any:
    """The graph of some documents, ready to be asked."""
    from kgx import query as queries
    from kgx.export.turtle import write_turtle
    from kgx.graph import build_graph
    from kgx.pipeline import know

    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "graph.ttl"
        write_turtle(build_graph(know(paths, lang=lang, report=report)), target)
        return queries.load(target)


def _known_language(lang: str | None) -> None:
    from kgx.lang import languages

    if lang is not None and lang not in languages():
        raise UsageError(f"language {lang!r} is not supported (supported: {', '.join(languages())})")


@app.command()
def doctor(form: Annotated[str, typer.Option("--format", "-f", help="table or json.")] = "table") -> None:
    """Look whether kgx works here: what is installed, which model and rules, and a sentence of each language.

    Exit code: 0 all works, 1 something does not.
    """
    from kgx import doctor as checks

    if form not in ("table", "json"):
        raise UsageError(f"--format {form!r} is none of table, json")
    found = checks.examine()
    if form == "json":
        typer.echo(checks.to_json(found))
    else:
        checks.render(found, Console())
    if any(check.ok is False for check in found):
        raise typer.Exit(1)


@contextmanager
def _progress(quiet: bool) -> Iterator[Any]:
    """A counter on a terminal, told the name of each document; nothing elsewhere."""
    if quiet or not err.is_terminal:
        yield lambda name: None
        return
    with err.status("reading …") as status:
        count = 0

        def tick(name: str) -> None:
            nonlocal count
            count += 1
            status.update(f"{count} read: {name}")

        yield tick


def _summary(graph: Any) -> Table:
    counts = Counter(
        data["type"] for _, data in graph.nodes(data=True) if data["type"] != "Document" and data["evidence"]
    )
    table = Table()
    table.add_column("kind")
    table.add_column("number", justify="right")
    for kind, number in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        table.add_row(kind, str(number))
    return table


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command line; errors of ours become one line on standard error and an exit code."""
    # Loading makes a million objects that stay; looking them all over again and again for garbage takes half a second.
    gc.set_threshold(100_000, 50, 50)
    try:
        app(args=None if argv is None else list(argv), standalone_mode=True)
    except KgxError as error:
        err.print(f"kgx: {error}", markup=False)
        sys.exit(USAGE)
    except BrokenPipeError:  # the reader of our output went away
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except KeyboardInterrupt:
        err.print("kgx: interrupted", markup=False)
        sys.exit(130)
