"""The command line: one verb for each task of a user. Nothing else in kgx prints.

A module holds the commands of one kind; they stand in the help in the order in which the modules are imported here.
What a command needs is imported within it, so that the others start at once.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from typing import Annotated

import typer

from kgx import __version__

from kgx.cli import build, look, serve, check  # isort: skip
from kgx.cli.common import INTERRUPTED, USAGE, app, err
from kgx.errors import KgxError

__all__ = ["app", "build", "check", "look", "main", "serve"]


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


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command line; errors of ours become one line on standard error and an exit code."""
    _open_streams()
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupt)
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:  # how a cluster or a supervisor ends a run
        signal.signal(signal.SIGTERM, _interrupt)
    # Loading makes a million objects that stay; looking them all over again and again for garbage takes half a second.
    gc.set_threshold(100_000, 50, 50)
    try:
        app(args=None if argv is None else list(argv), standalone_mode=True)
    except KgxError as error:
        err.print(f"kgx: {error}", markup=False)
        sys.exit(USAGE)
    except OSError as error:  # of standard output: all others are told where they happen
        _drop_output()
        err.print(f"kgx: cannot go on: {error.strerror or error}", markup=False)
        sys.exit(USAGE)
    except SystemExit as end:
        # The library of the command line has turned these into codes of its own.
        reasons = set(map(type, _causes(end)))
        if KeyboardInterrupt in reasons:
            err.print("kgx: interrupted", markup=False)
            sys.exit(INTERRUPTED)
        if BrokenPipeError in reasons:  # the reader of our output went away
            _drop_output()
            sys.exit(0)
        raise
    except KeyboardInterrupt:
        err.print("kgx: interrupted", markup=False)
        sys.exit(INTERRUPTED)


def _interrupt(*_: object) -> None:
    """Ctrl-C ends the run; a second one is not to break off the tidying, which takes seconds at most."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def _open_streams() -> None:
    """Where a shell has closed a standard stream, a file opened later would take its place, and be printed to."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf8"))


def _drop_output() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
