"""What the commands share: their options, how they print, what their exit codes mean."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.rule import Rule
from rich.text import Text

from kgx.errors import Issue, UsageError

SOME_UNREAD = 1
FAULTS = 1
USAGE = 2
INTERRUPTED = 130

app = typer.Typer(
    name="kgx",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Read diplomatic news in many languages into one knowledge graph, every fact with its evidence.",
)


# Columns that no line fills, and the blanks with which a table would fill them.
_ENDLESS = 1_000_000
_FILLED = re.compile(r" +(?=\n)")


class Screen(Console):
    """One whose reader may be a program, which wants whole lines, or may go away, as in ``| head``.

    What goes elsewhere than to a terminal is not wrapped, unless ``COLUMNS`` tells how wide lines may be. What
    nobody reads any more is lost, and the work goes on.
    """

    def print(self, *objects: Any, **options: Any) -> None:
        """Print as `rich.console.Console.print` does."""
        if self.is_terminal or self.soft_wrap or os.environ.get("COLUMNS"):
            super().print(*objects, **options)
            return
        width = self.width
        with self.capture() as printed:
            self.width = _ENDLESS
            super().print(*objects, **options)
        self.width = width
        super().print(Text(_FILLED.sub("", printed.get())), end="", soft_wrap=True)

    def rule(self, title: Any = "", **options: Any) -> None:
        """Draw a line, as wide as lines are read."""
        super().print(Rule(title, **options))

    def on_broken_pipe(self) -> None:
        self.quiet = True
        os.dup2(os.open(os.devnull, os.O_WRONLY), self.file.fileno())


err = Screen(stderr=True, highlight=False, soft_wrap=True)

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
Format = Annotated[str, typer.Option("--format", "-f", help="table, csv or json.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but what went wrong.")]


class Issues:
    """Collects what could not be read, telling each at once."""

    def __init__(self) -> None:
        self.found: list[Issue] = []

    def __call__(self, issue: Issue) -> None:
        self.found.append(issue)
        err.print(f"kgx: {issue}", style="yellow" if err.is_terminal else None, markup=False)


def texts_of(store: Any, graph: str) -> Any:
    """The texts of a graph; what is missing of them is told."""
    from kgx.texts import Texts, lacking

    if fault := lacking(store, graph):
        err.print(f"kgx: {fault}", style="yellow" if err.is_terminal else None, markup=False)
    return Texts(store, graph)


def one_of(form: str, *known: str) -> None:
    """Make sure that a format is one that a command writes.

    Raises:
        UsageError: if it is not.
    """
    if form not in known:
        raise UsageError(f"--format {form!r} is none of {', '.join(known)}")


@contextmanager
def progress(quiet: bool) -> Iterator[Any]:
    """A counter on a terminal, told the name of each document; nothing elsewhere."""
    if quiet or not err.is_terminal:
        yield lambda name: None
        return
    with err.status("reading …") as status:
        count = 0

        def tick(name: str) -> None:
            nonlocal count
            count += 1
            status.update(Text(f"{count} read: {name}"))  # no markup: a file may be called a[b].txt

        yield tick
