"""Whether kgx works here: what is installed, which model and rules, and sentences of each language read as a check."""

from __future__ import annotations

import json
import os
import platform
import shutil
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from kgx import __version__
from kgx.claims import ClaimsStore, fingerprint, model_digest
from kgx.errors import KgxError, to_install
from kgx.ingest import Source
from kgx.lang import languages, pack
from kgx.workers import Failure, Limits, cores, in_processes

__all__ = ["Check", "examine", "render", "to_json"]

# What each extra is for, and the modules without which some of it is not there.
_EXTRAS = {
    "inputs": (
        ("trafilatura", "lxml", "pypdfium2", "docx", "warcio", "pyarrow", "zstandard"),
        "pages, PDF, Word, mail, crawls",
    ),
    "scale": (("daft", "ray", "pyarrow"), "object storage, clusters"),
    "tables": (("pandas", "pyarrow"), "tables as pandas frames, Parquet"),
    "validate": (("pyshacl",), "kgx validate"),
    "mcp": (("mcp",), "kgx mcp"),
    "notebook": (("matplotlib", "nbclient"), "the notebooks"),
}

# The model may miss an invented name; it misses no five.
_TRIES = 5
# Bytes of memory for one process that reads, and of disk for what a build keeps while it runs.
_LEAST, _ROOM = 2**30, 100 * 2**20


@dataclass(frozen=True)
class Check:
    """One thing looked at.

    Attributes:
        name: what.
        ok: whether it works; None where it is optional and not there.
        told: a version, a figure, or what is wrong.
    """

    name: str
    ok: bool | None
    told: str


def examine() -> list[Check]:
    """Look at everything, in the order in which a build needs it."""
    found = [
        Check("kgx", True, __version__),
        Check("Python", True, f"{platform.python_version()} on {platform.system()} {platform.machine()}"),
        Check("processors", True, str(cores())),
        _memory(),
        _digest("rules, tables and model", fingerprint),
        _digest("model", model_digest),
    ]
    found.extend(_version(name) for name in ("spacy", "onnxruntime", "networkx", "rdflib", "pyoxigraph", "pydantic"))
    found.extend(_reads(code) for code in languages())
    found.extend((_apart(), _keeps(), _room()))
    for extra, (modules, what) in _EXTRAS.items():
        missing = [name for name in modules if find_spec(name) is None]
        lacking = f"{what}: without {', '.join(missing)}; {to_install(extra)}"
        found.append(Check(f"extra {extra}", None if missing else True, lacking if missing else what))
    return found


def _memory() -> Check:
    """What this machine, or the part of it that this process may use, has."""
    sizes = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")] if hasattr(os, "sysconf") else []
    for limit in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        with suppress(OSError, ValueError):
            sizes.append(int(Path(limit).read_text()))
    if not sizes:
        return Check("memory", True, "not known on this system")
    size = min(sizes)
    told = f"{size / 2**30:.1f} GB"
    if size < _LEAST:
        return Check("memory", False, f"{told}: a process that reads needs {_LEAST / 2**30:.0f}")
    return Check("memory", True, told)


def _digest(name: str, of: Callable[[], str]) -> Check:
    try:
        return Check(name, True, of())
    except OSError as error:
        return Check(name, False, f"{type(error).__name__}: {error}")


def _version(name: str) -> Check:
    try:
        return Check(name, True, version(name))
    except PackageNotFoundError:
        return Check(name, False, "not installed")


def _reads(code: str) -> Check:
    """Whether a language is read: of the examples of its own rules one must give an event."""
    from kgx.pipeline import read_claims

    name = f"reads {pack(code).language.name}"
    examples = [r.examples[0] for rules in pack(code).rules.events.values() for r in rules if r.examples][:_TRIES]
    start = time.perf_counter()
    for example in examples:
        sentence = _unmarked(example)
        try:
            claims = json.loads(read_claims(Source("check", "check.txt", "check", "text", sentence.encode()), code, 0))
        except Exception as error:  # whatever goes wrong is what the user came to learn
            return Check(name, False, f"{type(error).__name__}: {error}")
        if any(fact["type"] == "event" for fact in claims["facts"]):
            return Check(name, True, f"{(time.perf_counter() - start) * 1000:.0f} ms, its rules loaded")
    return Check(name, False, f"no event found in {len(examples)} examples of its rules")


def _unmarked(example: str) -> str:
    """An example of a rule without the marks of its roles."""
    out, inside = [], False
    for char in example:
        inside = char == "<" or (inside and char != ">")
        if not inside and char != ">":
            out.append(char)
    return "".join(out)


def _apart() -> Check:
    """Whether documents are read in processes of their own, as builds of more than a few are."""
    name = "reads in processes"
    try:
        [(_, outcome)] = in_processes([("x",)], str.encode, jobs=1, limits=Limits(seconds=60))
    except Exception as error:
        return Check(name, False, f"{type(error).__name__}: {error}")
    if isinstance(outcome, Failure):
        return Check(name, False, outcome.reason)
    return Check(name, True, f"within {Limits.megabytes} MB and {Limits.seconds:g} s each")


def _keeps() -> Check:
    try:
        with ClaimsStore() as store:
            store.add(b"key", b"{}")
            kept = len(store) == 1
    except KgxError as error:
        return Check("keeps claims", False, str(error))
    return Check("keeps claims", kept, "on disk while a build runs")


def _room() -> Check:
    where = tempfile.gettempdir()
    free = shutil.disk_usage(where).free
    return Check("room for temporary files", free > _ROOM, f"{free / 2**30:.1f} GB in {where}")


def to_json(checks: list[Check]) -> str:
    """The checks as a JSON array."""
    return json.dumps([asdict(check) for check in checks], ensure_ascii=False, indent=2)


def render(checks: list[Check], console: Console) -> None:
    """The checks as a table."""
    table = Table()
    for column in ("", "what", "found"):
        table.add_column(column, overflow="fold")
    for check in checks:
        told = {True: "ok", False: "WRONG", None: "-"}[check.ok], check.name, check.told
        table.add_row(*map(Text, told))  # as it is: a word in brackets is no markup
    console.print(table)
