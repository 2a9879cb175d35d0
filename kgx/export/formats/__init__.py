"""Formats that the graph is written in: one module each, found by listing; its FORMAT says its name and endings."""

from __future__ import annotations

import importlib
import os
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from kgx.errors import UsageError
from kgx.export.files import atomic_folder, atomic_write, writable, writable_folder
from kgx.export.triples import Triples

__all__ = ["Format", "chosen", "formats", "part", "prepare", "write"]


@dataclass(frozen=True)
class Format:
    """A way to write the graph; exactly one of `encode` and `fill` is there, and `shard` where it can be parted.

    Attributes:
        name: as ``--format`` takes it, which also takes an ending.
        label: what it is, in a few words.
        endings: of file names that mean it.
        encode: triples to the content of a file.
        pieces: the same piece by piece, where a format can do with less memory than its file takes.
        fill: triples into an empty folder.
        shard: triples into an empty folder, in so many parts.
        files: of a folder: whether `fill` or `shard` wrote it, so that it may be replaced.
        graph: whether kgx reads it again (see `kgx.query.load`), so that texts are kept beside it.
    """

    name: str
    label: str
    endings: tuple[str, ...] = ()
    encode: Callable[[Triples], bytes] | None = None
    pieces: Callable[[Triples], Iterable[bytes]] | None = None
    fill: Callable[[Triples, Path], None] | None = None
    shard: Callable[[Triples, Path, int], None] | None = None
    files: Callable[[Path], bool] = lambda folder: False
    graph: bool = False


def part(number: int, shards: int) -> str:
    """What the name of a part says: the first of four is ``00001-of-00004``."""
    return f"{number + 1:05}-of-{shards:05}"


@cache
def formats() -> Mapping[str, Format]:
    """All formats by name."""
    modules = sorted(module.name for module in pkgutil.iter_modules(__path__))
    found: list[Any] = [importlib.import_module(f"{__name__}.{name}").FORMAT for name in modules]
    return {form.name: form for form in found}


def chosen(path: str | Path, name: str | None = None) -> Format:
    """The format that a name, or else the ending of a path, means; ``folder/`` is a store, and no ending is Turtle.

    An ending is a name, too (``nt``), and capitals and hyphens do not matter (``N-Triples``).

    Raises:
        UsageError: if there is no such format or ending.
    """
    known = formats()
    if name is not None:
        for form in known.values():
            if _simple(name) in {form.name, *map(_simple, form.endings)}:
                return form
        raise UsageError(f"--format {name!r} is none of {', '.join(known)}")
    file = Path(path)
    if str(path).endswith(("/", os.sep)) or known["store"].files(file):
        return known["store"]
    lower = file.name.lower()
    for form in known.values():
        if lower.endswith(form.endings or "\0"):
            return form
    if not file.suffix or file.exists() and not file.is_file():
        return known["turtle"]
    ending = file.suffix.lower().removeprefix(".")
    if ending in known:  # no ending means it, as it is a folder
        raise UsageError(f"{path}: {known[ending].label}: give -o {file.with_suffix('')}/ --format {ending}")
    endings = sorted(ending for form in known.values() for ending in form.endings)
    raise UsageError(f"{path}: no format has this ending; give --format, or one of {', '.join(endings)}, or a folder/")


def _simple(name: str) -> str:
    """A name without the capitals, points and hyphens that people write or leave out: N-Triples, .nt."""
    return "".join(filter(str.isalnum, name)).lower()


def prepare(path: str | Path, form: Format, *, shards: int = 0) -> None:
    """Make sure, before the work is done, that it can be written; nothing is changed.

    Raises:
        UsageError: if it can't, with path and reason, or the format can't be parted into `shards`, or
            the name is one of a single file.
    """
    if shards and form.shard is None:
        known = ", ".join(one.name for one in formats().values() if one.shard is not None)
        raise UsageError(f"--shards: {form.name} is written in one piece; these can be parted: {known}")
    if shards and str(path).lower().endswith(form.endings or "\0") and not Path(path).is_dir():
        folder = Path(path).with_suffix("")
        raise UsageError(f"--shards: {path} is a name for one file; give a folder: -o {folder}/ --format {form.name}")
    if form.fill is not None or shards:
        writable_folder(path, form.files)
    else:
        writable(path)


def write(known: Triples, path: str | Path, form: Format, *, shards: int = 0) -> None:
    """Write triples aside, then rename: an old file or folder is never left half-written.

    Args:
        known: what to write.
        path: a file, or a folder.
        form: as what.
        shards: into a folder, in so many parts; 0: as the format does.

    Raises:
        UsageError: if it can't be written, with path and reason.
    """
    if shards and form.shard is not None:
        shard = form.shard
        atomic_folder(path, lambda folder: shard(known, folder, shards), form.files)
    elif form.pieces is not None:
        atomic_write(path, form.pieces(known))
    elif form.encode is not None:
        atomic_write(path, form.encode(known))
    elif form.fill is not None:
        fill = form.fill
        atomic_folder(path, lambda folder: fill(known, folder), form.files)
