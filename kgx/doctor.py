"""Whether kgx works here: what is installed, which model and rules, and sentences of each language read as a check."""

from __future__ import annotations

import json
import platform
import time
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

from rich.console import Console
from rich.table import Table

from kgx import __version__
from kgx.claims import ClaimsStore, fingerprint
from kgx.ingest import Source
from kgx.lang import languages, pack
from kgx.workers import cores

__all__ = ["Check", "examine", "render", "to_json"]

# What each extra is for, and a module that shows that it is there.
_EXTRAS = {
    "inputs": ("trafilatura", "pages, PDF, Word, mail, crawls"),
    "scale": ("daft", "object storage, clusters"),
    "tables": ("pandas", "tables as pandas frames, Parquet"),
    "validate": ("pyshacl", "kgx validate"),
    "mcp": ("mcp", "kgx mcp"),
    "notebook": ("matplotlib", "the notebooks"),
}

# The model may miss an invented name; it misses no five.
_TRIES = 5


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
        Check("rules, tables and model", True, fingerprint()),
    ]
    found.extend(_version(name) for name in ("spacy", "onnxruntime", "networkx", "rdflib", "pyoxigraph", "pydantic"))
    found.extend(_reads(code) for code in languages())
    found.append(_keeps())
    for extra, (module, what) in _EXTRAS.items():
        there = find_spec(module) is not None
        told = what if there else f"{what}: pip install 'kgx-diplomacy[{extra}]'"
        found.append(Check(f"extra {extra}", True if there else None, told))
    return found


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


def _keeps() -> Check:
    with ClaimsStore() as store:
        store.add(b"key", b"{}")
        kept = b"key" in store
    return Check("keeps claims", kept, "on disk while a build runs")


def to_json(checks: list[Check]) -> str:
    """The checks as a JSON array."""
    return json.dumps([asdict(check) for check in checks], ensure_ascii=False, indent=2)


def render(checks: list[Check], console: Console) -> None:
    """The checks as a table."""
    table = Table()
    for column in ("", "what", "found"):
        table.add_column(column, overflow="fold")
    for check in checks:
        table.add_row({True: "ok", False: "WRONG", None: "-"}[check.ok], check.name, check.told)
    console.print(table)
