"""Answers queries in a process of its own, which can be stopped: a query that runs can't be interrupted within one.

Run as a script, so that nothing is loaded but what it needs. It reads questions and writes answers, each a line of
JSON; after the line of an answer comes its content.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import sys
from collections.abc import Iterable, Mapping
from typing import Any

import pyoxigraph as ox

__all__ = ["GRAPHS", "SOLUTIONS", "answered", "rewritten"]

SOLUTIONS = {
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
}
GRAPHS = {
    "ttl": ox.RdfFormat.TURTLE,
    "nt": ox.RdfFormat.N_TRIPLES,
    "rdf": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
}
_GRACE = 2.0  # seconds after which a process that nobody stopped in time ends itself


class _Full(Exception):
    """More than was asked for has been written."""


class _Lines(io.BytesIO):
    """Keeps what is written until there are more lines or bytes than allowed."""

    def __init__(self, lines: int, size: int) -> None:
        super().__init__()
        self.lines = lines
        self.size = size

    def write(self, content: Any) -> int:
        written = super().write(content)
        self.lines -= bytes(content).count(b"\n")
        self.size -= written
        if self.lines < 0 or self.size < 0:
            raise _Full
        return written


def answered(store: Any, question: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    """Ask a store.

    Args:
        store: or what is asked like one.
        question: `query`; `base`, `prefixes`, `default` and `named` (IRIs of graphs, or None) as in pyoxigraph;
            `solutions` and `triples`: the format of either kind of answer, None where none will do; `rows` and `bytes`
            that an answer may have; `cut`: whether a longer one is cut off there.

    Returns:
        What there is to say of the answer, and its content. `status` is "ok" (with `format`, `rows`, and `cut`:
        whether there was more), or "syntax", "failed", "large", "unacceptable", each with a `message`.
    """
    try:
        options = {key: question[key] for key in ("prefixes", "base_iri") if question.get(key)}
        for key in ("default_graph", "named_graphs"):
            if question.get(key) is not None:
                options[key] = [ox.NamedNode(iri) for iri in question[key]]
        found = store.query(question["query"], **options)
        if isinstance(found, ox.QuerySolutions):
            return _solutions(found, question)
        if isinstance(found, ox.QueryBoolean):
            form = question["solutions"]
            if form is None:
                return _unacceptable()
            return _ok(form, 1), _bytes(found.serialize(format=SOLUTIONS[form]))
        return _triples(found, question)
    except SyntaxError as error:
        return {"status": "syntax", "message": str(error)}, b""
    except (ValueError, OSError, RuntimeError) as error:
        return {"status": "failed", "message": str(error)}, b""


def _solutions(found: ox.QuerySolutions, question: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    form = question["solutions"]
    if form is None:
        return _unacceptable()
    # TSV has one line a solution and loses nothing, so that solutions can be counted while they are found.
    lines = _Lines(question["rows"] + 1, question["bytes"])
    cut = False
    try:
        found.serialize(lines, format=ox.QueryResultsFormat.TSV)
    except _Full:
        if not question["cut"]:
            return _large(question)
        cut = True
    content = lines.getvalue()
    if cut:
        kept = content.split(b"\n", question["rows"] + 1)[:-1]
        content = b"\n".join(kept) + b"\n"
    if form != "tsv":
        read = ox.parse_query_results(content, format=ox.QueryResultsFormat.TSV)
        content = _bytes(read.serialize(format=SOLUTIONS[form]))
    rows = question["rows"] if cut else question["rows"] - lines.lines
    return _within(_ok(form, rows, cut=cut), content, question)


def _triples(found: Iterable[ox.Triple], question: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    form = question["triples"]
    if form is None:
        return _unacceptable()
    kept: dict[ox.Triple, None] = {}  # a graph has each triple once
    cut = False
    for triple in found:
        if triple in kept:
            continue
        if len(kept) == question["rows"]:
            if not question["cut"]:
                return _large(question)
            cut = True
            break
        kept[triple] = None
    # They come in an order that changes from one process to the next; a graph has none, and the same bytes each time.
    ordered = sorted(kept, key=str)
    content = _bytes(ox.serialize(ordered, format=GRAPHS[form], prefixes=dict(question.get("prefixes") or {})))
    return _within(_ok(form, len(kept), cut=cut), content, question)


def _ok(form: str, rows: int, *, cut: bool = False) -> dict[str, Any]:
    return {"status": "ok", "format": form, "rows": rows, "cut": cut}


def _within(told: dict[str, Any], content: bytes, question: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    return (told, content) if len(content) <= question["bytes"] else _large(question)


def _large(question: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    limits = f"{question['rows']:,} rows or {question['bytes']:,} bytes"
    return {"status": "large", "message": f"the answer has more than {limits}: add LIMIT"}, b""


def _unacceptable() -> tuple[dict[str, Any], bytes]:
    return {"status": "unacceptable", "message": "this kind of answer is written in none of the formats accepted"}, b""


def _bytes(content: bytes | None) -> bytes:
    assert content is not None  # as no file to write to was given
    return content


def rewritten(turtle: str, form: str, *, base: str, prefixes: Mapping[str, str]) -> bytes:
    """Turtle, as another format of `GRAPHS`."""
    read = ox.parse(turtle.encode("utf8"), format=ox.RdfFormat.TURTLE, base_iri=base)
    return _bytes(ox.serialize((quad.triple for quad in read), format=GRAPHS[form], prefixes=dict(prefixes)))


# --- the process --------------------------------------------------------------------------------------------------


def _confine(memory: int) -> None:
    """Give up what answering needs not: files and connections beside those that are open, and memory without end."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource  # POSIX only

        hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
        resource.setrlimit(resource.RLIMIT_DATA, (memory if hard < 0 else min(memory, hard), hard))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))  # no new one, whatever a query calls for
    with contextlib.suppress(AttributeError, OSError):
        os.nice(5)  # whoever looks at pages is served first


def _serve(settings: Mapping[str, Any]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the server's to answer
    store = ox.Store.read_only(settings["folder"])
    _confine(settings["memory"])
    timer = getattr(signal, "setitimer", None)
    for line in sys.stdin.buffer:
        question = json.loads(line)
        if timer:  # its default action ends the process, whatever runs in it
            timer(signal.ITIMER_REAL, question["seconds"] + _GRACE)
        told, content = answered(store, question)
        if timer:
            timer(signal.ITIMER_REAL, 0)
        head = json.dumps({**told, "length": len(content)}).encode("ascii")
        sys.stdout.buffer.write(head + b"\n" + content)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    _serve(json.loads(sys.argv[1]))
