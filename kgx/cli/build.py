"""Documents into a graph, one format into another, and the mentions of documents."""

from __future__ import annotations

import json
import sys
import threading
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack, nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from kgx.cli.common import (
    SOME_UNREAD,
    GraphFormat,
    Issues,
    Lang,
    Output,
    Paths,
    Quiet,
    Screen,
    Source,
    app,
    err,
    progress,
)
from kgx.errors import Aside, UsageError, printable


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
    claims: Annotated[
        str | None,
        typer.Option(metavar="FOLDER|URL", help="As --cache, as Parquet for others to read; a URL with --engine daft."),
    ] = None,
    engine: Annotated[str, typer.Option(help="What reads documents: local, or daft, which also takes URLs.")] = "local",
    ray: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="A cluster of Ray to read on; auto: this machine's; local: start one."),
    ] = None,
    shards: Annotated[
        int, typer.Option(min=0, max=1000, help="Write N-Quads or Parquet in so many files, to a folder.")
    ] = 0,
    max_characters: Annotated[int, typer.Option(min=0, help="Longer documents are not read; 0: no limit.")] = 2_000_000,
    timeout: Annotated[float, typer.Option(min=0, help="Seconds for one document; 0: no limit.")] = 300,
    max_memory: Annotated[int, typer.Option(min=0, help="Megabytes for one process that reads; 0: no limit.")] = 4096,
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

    Reads .txt and .md (optional YAML front matter), .jsonl (one document a line: id, text, and optionally lang,
    published, url, title, publisher, author) and .csv or .tsv (one a row, in columns of these names); with the extra
    inputs also web pages, PDF, Word, mail, feeds, crawls, Parquet and archives. Texts that are in no file as they are
    read are kept beside the graph, in OUTPUT.texts, for kgx show and kgx serve to find. What can't be read is named on
    standard error and left out; what in folders and archives is of no kind that kgx reads is counted at the end.

    Exit code: 0 all was read, 1 some was not, 2 wrong usage or nothing read.
    """
    from kgx.collection import no_collection
    from kgx.copies import without_copies
    from kgx.engines import engine as engine_of
    from kgx.engines import output_of, path_of, store_of
    from kgx.export.files import atomic_write, writable
    from kgx.export.formats import chosen, prepare, write
    from kgx.export.triples import of_graph
    from kgx.graph import add_texts, build_graph
    from kgx.ingest import is_few
    from kgx.pipeline import found, known_language, told
    from kgx.report import NOTHING, Stopwatch, build_report, in_a_line, left_aside
    from kgx.resolve import resolve
    from kgx.resolve.decisions import read_decisions
    from kgx.resolve.known import read_known
    from kgx.resolve.reconcile import Service, reconciled
    from kgx.texts import beside, keeping_texts, prepare_texts
    from kgx.workers import Limits

    known_language(lang)
    if keep_texts not in ("made", "all", "none"):
        raise UsageError(f"--keep-texts {keep_texts!r} is none of made, all, none")
    reading, remote = engine_of(engine, ray=ray), engine != "local"
    written_as = chosen(path_of(output), form)
    destination = output_of(output, folder=bool(shards) or written_as.fill is not None, remote=remote)
    prepare(destination.path, written_as, shards=shards)
    _each_apart([destination.path, *filter(None, (facts, summary))], paths)
    lies = written_as.graph and not shards and prepare_texts(destination.path)
    for target in filter(None, (facts, summary)):
        writable(target)
    for file in knowledge or ():
        if not file.is_file():
            raise UsageError(f"{file}: there is no such file")
    if reconcile is None and (reconcile_country or reconcile_cache):
        raise UsageError("--reconcile-country and --reconcile-cache go with --reconcile")
    service = Service(reconcile, country=reconcile_country, cache=reconcile_cache) if reconcile is not None else None
    issues, clock = Issues(), Stopwatch()
    others: list[Aside] = []
    decided = read_decisions(decisions) if decisions is not None else []
    known = _previous(previous, Path(destination.path))
    limits = Limits(characters=max_characters, seconds=timeout, megabytes=max_memory)
    allowed = asdict(limits)
    if not remote and not limits.strict and is_few(paths):
        _preload()
    documents = found(paths, report=issues, aside=others.append, stdin=sys.stdin.buffer, remote=remote)
    with store_of(claims, cache=cache, remote=remote) as store, ExitStack() as stretch:
        try:
            with progress(quiet) as tick, clock("read"):
                read = told(
                    documents, store, report=issues, lang=lang, jobs=jobs, limits=limits, engine=reading, tick=tick
                )
        except KeyboardInterrupt:
            if (kept := claims or cache) and len(store):
                err.print(f"kgx: what was read is kept in {kept}; the same command goes on from there", markup=False)
            raise
        if not read:
            if others:
                err.print(f"kgx: left aside: {in_a_line(others)}", markup=False)
            if summary is not None:
                atomic_write(
                    summary, build_report(NOTHING, issues.found, others, seconds=clock.seconds, limits=allowed)
                )
            raise UsageError("no document could be read; no graph was written")
        entities = [entity for file in knowledge or () for entity in read_known(file, issues)]
        # One stretch for all that follows: whenever collection begins again, it goes over all that is known.
        stretch.enter_context(no_collection())
        with clock("resolve"):
            originals = without_copies(read)
            resolved = resolve(originals, decisions=decided, known=entities, previous=known, report=_unmatched)
        if service is not None:
            with clock("reconcile"):
                resolved = reconciled(resolved, service, issues)
        with clock("graph"):
            graph, others = build_graph(resolved), left_aside(resolved, others)
            if with_text:
                add_texts(graph, read.documents())
        none = with_text or keep_texts == "none" or not lies
        texts = () if none else read.documents(made=keep_texts == "made")
        with clock("write"):
            with keeping_texts(destination.path, texts) if lies else nullcontext(0) as several:
                write(of_graph(graph, base=base), destination.path, written_as, shards=shards)
            destination.deliver()
    if facts is not None:
        lines = (fact.model_dump_json(exclude_defaults=False) for fact in resolved.facts)
        atomic_write(facts, "".join(f"{line}\n" for line in lines))
    if summary is not None:
        report = build_report(resolved, issues.found, others, known=read.known, seconds=clock.seconds, limits=allowed)
        atomic_write(summary, report)
    if not quiet:
        console = Screen(highlight=False)
        count = f"{len(read)} document{'s tell' if len(read) != 1 else ' tells'}"
        console.print(f"{printable(output)}: what {count}", markup=False)
        if several:
            told_of = f"{several} text{'s' if several > 1 else ''} beside it"
            console.print(f"{printable(beside(output).name)}: {told_of}", markup=False)
        console.print(_summary(graph))
        if unsure := sum(c.judgement == "unsure" for c in resolved.comparisons):
            pairs = "pair is" if unsure == 1 else "pairs are"
            console.print(f"{unsure} {pairs} unsure and kept apart: kgx review {output}", markup=False)
        if others:
            console.print(f"left aside: {in_a_line(others)}", markup=False)
    if issues.found:
        raise typer.Exit(SOME_UNREAD)


def _each_apart(outputs: Sequence[str | Path], paths: Sequence[Any]) -> None:
    """No output takes the place of another one, nor of a document that is read."""
    from kgx.ingest import is_read

    for number, output in enumerate(outputs):
        device = Path(output).exists() and not Path(output).is_file() and not Path(output).is_dir()
        if not device and any(Path(output).resolve() == Path(other).resolve() for other in outputs[:number]):
            raise UsageError(f"{output}: named for two outputs; give each a file of its own")
        if Path(output).is_file() and any(is_read(output, path) for path in paths):
            raise UsageError(f"{output}: is one of the documents to read; name another output")


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
        # A device or a pipe is written to, and may never end when it is read.
        return read_previous(output) if output.is_file() or output.is_dir() else None
    except UsageError:
        return None  # whatever it is, it is about to be replaced


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
    with copying_texts(graph, output) if lies else nullcontext():
        write(of_lines(queries.dump(store), queries.base_of(store)), output, written_as)


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
    from kgx.pipeline import annotated, known_language, readable

    known_language(lang)
    for target in filter(None, (output, html)):
        writable(target)
    issues = Issues()
    lines, painted = [], []
    documents = readable(paths, lang=lang, report=issues, stdin=sys.stdin.buffer)
    with progress(quiet or (output is None and html is None)) as tick:
        for found in annotated(documents, report=issues):
            events = event_words(found)
            line = json.dumps(_annotation(found, events), ensure_ascii=False)
            if html is not None:
                painted.append((found, events))
            if output is not None:
                lines.append(line)
            elif html is None:
                typer.echo(line)
            tick(found.text.document.where)
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
