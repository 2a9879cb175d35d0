"""Formats that the graph is written in: one module each, found by listing; its FORMAT says its name and endings."""

from __future__ import annotations

import importlib
import os
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from kgx.errors import UsageError
from kgx.export.files import atomic_folder, atomic_write, writable, writable_folder
from kgx.export.triples import Triples

__all__ = ["Format", "chosen", "formats", "prepare", "write"]


@dataclass(frozen=True)
class Format:
    """A way to write the graph; exactly one of `encode` and `fill` is there.

    Attributes:
        name: as ``--format`` takes it.
        label: what it is, in a few words.
        endings: of file names that mean it.
        encode: triples to the content of a file.
        fill: triples into an empty folder.
        files: of a folder: whether a name is of a file that `fill` writes, so that it may be replaced.
        graph: whether kgx reads it again (see `kgx.query.load`), so that texts are kept beside it.
    """

    name: str
    label: str
    endings: tuple[str, ...] = ()
    encode: Callable[[Triples], bytes] | None = None
    fill: Callable[[Triples, Path], None] | None = None
    files: Callable[[Path], bool] = lambda folder: False
    graph: bool = False


@cache
def formats() -> Mapping[str, Format]:
    """All formats by name."""
    modules = sorted(module.name for module in pkgutil.iter_modules(__path__))
    found: list[Any] = [importlib.import_module(f"{__name__}.{name}").FORMAT for name in modules]
    return {form.name: form for form in found}


def chosen(path: str | Path, name: str | None = None) -> Format:
    """The format that a name, or else the ending of a path, means; ``folder/`` is a store, and no ending is Turtle.

    Raises:
        UsageError: if there is no such format or ending.
    """
    known = formats()
    if name is not None:
        if name not in known:
            raise UsageError(f"--format {name!r} is none of {', '.join(known)}")
        return known[name]
    file = Path(path)
    if str(path).endswith(("/", os.sep)) or known["store"].files(file):
        return known["store"]
    lower = file.name.lower()
    for form in known.values():
        if lower.endswith(form.endings or "\0"):
            return form
    if not file.suffix or file.exists() and not file.is_file():
        return known["turtle"]
    endings = sorted(ending for form in known.values() for ending in form.endings)
    raise UsageError(f"{path}: no format has this ending; give --format, or one of {', '.join(endings)}, or a folder/")


def prepare(path: str | Path, form: Format) -> None:
    """Make sure, before the work is done, that it can be written; nothing is changed.

    Raises:
        UsageError: if it can't, with path and reason.
    """
    if form.fill is not None:
        writable_folder(path, form.files)
    else:
        writable(path)


def write(known: Triples, path: str | Path, form: Format) -> None:
    """Write triples aside, then rename: an old file or folder is never left half-written.

    Raises:
        UsageError: if it can't be written, with path and reason.
    """
    if form.encode is not None:
        atomic_write(path, form.encode(known))
    elif form.fill is not None:
        fill = form.fill
        atomic_folder(path, lambda folder: fill(known, folder), form.files)
