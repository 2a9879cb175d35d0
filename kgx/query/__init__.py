"""Questions to a written graph: SPARQL and the named queries, without network or file access from a query."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib.resources import files
from typing import Literal as OneOf

import pyoxigraph as ox
from rich.console import Console
from rich.table import Table
from rich.text import Text

from kgx.errors import UsageError
from kgx.gazetteer.fold import exact, loose
from kgx.ontology.terms import expand, groups, property_iri, vocabulary
from kgx.query.guard import located, refuse_service
from kgx.query.source import Endpoint, Store, Term, dump, is_iri, is_store, load, read, write_store

__all__ = [
    "Cell", "Endpoint", "NamedQuery", "Result", "Store", "Triple", "base_of", "dump", "find", "is_iri", "is_store",
    "isolated",
    "load", "named_nodes", "named_queries", "named_sparql", "prefixes", "read", "render", "run_named", "select",
    "to_csv", "to_json", "to_table", "triples", "write_store",
]  # fmt: skip

Cell = str | int | bool | Decimal | None
Format = OneOf["table", "csv", "json"]

_GRAPH = ox.DefaultGraph()
_XSD = vocabulary().prefixes["xsd"]
_NUMBERS = {f"{_XSD}{name}" for name in ("integer", "decimal", "nonNegativeInteger", "int", "long")}
_BOOLEAN = f"{_XSD}boolean"
_LABELS = ("rdfs:label", "skos:altLabel")
_PARAMETER = re.compile(r"#\s*param\s+(\w+):\s*(.+)")
_CONDITIONAL = re.compile(r"#:(\w+)\s(.*)")


@dataclass(frozen=True)
class Result:
    """What a query answers.

    Attributes:
        kind: of the query: select, ask or construct (and describe).
        columns: names of the variables; subject, predicate and object of a construct; "answer" of an ask.
        terms: the rows as RDF terms, None where a variable is unbound.
    """

    kind: OneOf["select", "ask", "construct"]
    columns: tuple[str, ...]
    terms: tuple[tuple[Term | None, ...], ...]

    @property
    def rows(self) -> tuple[tuple[Cell, ...], ...]:
        """The rows as Python values: numbers and booleans as such, all else as strings."""
        return self.below("")

    def below(self, base: str) -> tuple[tuple[Cell, ...], ...]:
        """The same, with what stands below an IRI by its id (``country/KZ``), as tables have it."""
        return tuple(tuple(_id(term, base) for term in row) for row in self.terms)


@dataclass(frozen=True)
class NamedQuery:
    """A query that ships with kgx; `parameters` maps each name to what it means; all can be left out.

    In the text of a query, a line ``#:name …`` is a comment that becomes part of it when the parameter `name` is given;
    ``?the_name`` is then bound to what the parameter means.
    """

    name: str
    description: str
    parameters: Mapping[str, str]
    sparql: str


@dataclass(frozen=True)
class Triple:
    """A statement in plain strings: IRIs whole, literals as written.

    Attributes:
        is_node: whether the object is an IRI or a blank node, and no literal.
    """

    subject: str
    predicate: str
    object: str
    is_node: bool


def triples(store: Store) -> Iterator[Triple]:
    """All that a graph says, in an order that depends on nothing but the content."""
    found = (
        Triple(_plain(q.subject), q.predicate.value, _plain(q.object), not isinstance(q.object, ox.Literal))
        for q in store.quads_for_pattern(None, None, None, _GRAPH)
    )
    yield from sorted(found, key=lambda t: (t.subject, t.predicate, t.object))


def _plain(term: Term) -> str:
    return term.value if isinstance(term, ox.NamedNode | ox.Literal) else str(term)


def base_of(store: Store) -> str:
    """The IRI below which the things of a graph stand, told by its documents."""
    for quad in store.quads_for_pattern(None, ox.NamedNode(property_iri("fileName")), None, _GRAPH):
        if isinstance(quad.subject, ox.NamedNode) and "document/" in quad.subject.value:
            return quad.subject.value.rpartition("document/")[0]
    return vocabulary().base


def prefixes(store: Store) -> dict[str, str]:
    """Prefixes that a query need not declare: those of the vocabulary, ``id:``, and ``person:`` … as in the graph."""
    base = base_of(store)
    return {**{group: f"{base}{group}/" for group in groups()}, **vocabulary().prefixes, "id": base}


def select(store: Store, sparql: str) -> Result:
    """Ask a graph in SPARQL 1.1; select, ask, construct and describe.

    Raises:
        UsageError: if the query is faulty (with line and column), wants another server, or fails.
    """
    refuse_service(sparql)
    try:
        answer = store.query(sparql, prefixes=prefixes(store))
        if isinstance(answer, ox.QueryBoolean):
            return Result("ask", ("answer",), ((_truth(bool(answer)),),))
        if not isinstance(answer, ox.QuerySolutions):
            triples = sorted(((t.subject, t.predicate, t.object) for t in answer), key=lambda row: tuple(map(str, row)))
            return Result("construct", ("subject", "predicate", "object"), tuple(triples))
        columns = tuple(variable.value for variable in answer.variables)
        return Result("select", columns, tuple(tuple(row[i] for i in range(len(columns))) for row in answer))
    except (SyntaxError, ValueError, OSError, RuntimeError) as error:
        raise UsageError(f"SPARQL: {located(str(error))}") from error


def _truth(value: bool) -> ox.Literal:
    return ox.Literal("true" if value else "false", datatype=ox.NamedNode(_BOOLEAN))


def _id(term: Term | None, base: str) -> Cell:
    return term.value.removeprefix(base) if isinstance(term, ox.NamedNode) else _value(term)


def _value(term: Term | None) -> Cell:
    if term is None:
        return None
    if isinstance(term, ox.Literal):
        if term.datatype.value in _NUMBERS:
            try:
                number = Decimal(term.value)
            except InvalidOperation:
                return term.value
            return int(number) if number == number.to_integral_value() else number
        return term.value == "true" if term.datatype.value == _BOOLEAN else term.value
    return term.value if isinstance(term, ox.NamedNode) else str(term)


# --- named queries -----------------------------------------------------------------------------------------------


@cache
def named_queries() -> Mapping[str, NamedQuery]:
    """All queries that ship with kgx, by name in alphabetical order."""
    found = {}
    for file in sorted(files("kgx.export").joinpath("queries").iterdir(), key=lambda f: f.name):
        if file.name.endswith(".rq"):
            text = file.read_text(encoding="utf8")
            first, *rest = text.splitlines()
            parameters = {m[1]: m[2] for line in rest if (m := _PARAMETER.fullmatch(line.strip()))}
            name = file.name.removesuffix(".rq")
            found[name] = NamedQuery(name, first.lstrip("# ").strip(), parameters, text)
    return found


def run_named(store: Store, name: str, **params: str) -> Result:
    """Run a query that ships with kgx; see `named_sparql` for what it takes and raises."""
    return select(store, named_sparql(store, name, **params))


def named_sparql(store: Store, name: str, **params: str) -> str:
    """The text of a query that ships with kgx, with its parameters filled in.

    Args:
        store: the graph.
        name: of the query, see `named_queries`.
        params: for each parameter an IRI, an id (``country/KZ``) or any name of a thing or fact, in any script.

    Raises:
        UsageError: if there is no such query or parameter, or nothing has that name.
    """
    query = named_queries().get(name)
    if query is None:
        raise UsageError(f"no query is called {name!r}; there are: {', '.join(named_queries())}")
    unknown = sorted(set(params) - set(query.parameters))
    if unknown:
        known = ", ".join(query.parameters) or "none"
        raise UsageError(f"query {name!r} has no parameter {unknown[0]!r}; it has: {known}")
    for key, value in params.items():
        if not isinstance(value, str):
            raise UsageError(f"parameter {key!r} takes an IRI, an id or a name, and not {value!r}")
    bound = {key: named_nodes(store, value) for key, value in params.items()}
    lines, told = [], set()
    for line in query.sparql.splitlines():
        found = _CONDITIONAL.fullmatch(line.strip())
        if found is None or found[1] not in bound:
            lines.append(line)
            continue
        if found[1] not in told:  # the values once, then all lines that use them
            # Terms are written by the library, so that no name can become part of the query.
            lines.append(f"VALUES ?the_{found[1]} {{ {' '.join(map(str, bound[found[1]]))} }}")
            told.add(found[1])
        lines.append(found[2])
    return "\n".join(lines)


def named_nodes(store: Store, value: str) -> list[ox.NamedNode]:
    """The nodes that an IRI, an id (``country/KZ``) or a name in any script means.

    Raises:
        UsageError: if nothing has that IRI, id or name.
    """
    wanted = value.strip().removeprefix("<").removesuffix(">")
    prefix, colon, local = wanted.partition(":")
    known = prefixes(store)
    for candidate in (wanted, known[prefix] + local if colon and prefix in known else "", base_of(store) + wanted):
        try:
            node = ox.NamedNode(candidate)
        except ValueError:
            continue
        if next(iter(store.quads_for_pattern(node, None, None, _GRAPH)), None) is not None:
            return [node]
    if nodes := find(store, value):
        return nodes
    raise UsageError(f"nothing in the graph is called {value!r}")


def find(store: Store, name: str, *, parts: bool = False) -> list[ox.NamedNode]:
    """What bears a name, whatever the script: as written, else without regard to case, diacritics and spacing.

    Args:
        store: the graph.
        name: a label, another name, a file name or part of a file (``a.jsonl:2``), or an ISO 3166 code.
        parts: whether to look for names in which a word or several begin with it, where none equals it.

    Returns:
        The nodes, in order of their IRIs; of things, facts and documents alike.
    """
    wanted = (exact(name), loose(name))
    tiers: tuple[set[ox.NamedNode], ...] = (set(), set(), set())
    for node, label in _names(store):
        if exact(label) == wanted[0]:
            tiers[0].add(node)
        elif wanted[1] and loose(label) == wanted[1]:
            tiers[1].add(node)
        elif parts and len(wanted[1]) > 1 and _begins_within(label, wanted[1]):
            tiers[2].add(node)
    return sorted(tiers[0] | tiers[1] or tiers[2], key=lambda node: node.value)


def _begins_within(label: str, start: str) -> bool:
    words = label.split()
    return any(loose(" ".join(words[i:])).startswith(start) for i in range(len(words)))


def _names(store: Store) -> Iterator[tuple[ox.NamedNode, str]]:
    for predicate in (*map(expand, _LABELS), *map(property_iri, ("iso3166", "fileName", "locator"))):
        for quad in store.quads_for_pattern(None, ox.NamedNode(predicate), None, _GRAPH):
            if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.Literal):
                yield quad.subject, quad.object.value


# --- formats -----------------------------------------------------------------------------------------------------


def isolated(text: str) -> str:
    """Text that may run from right to left, set apart so that it does not turn its neighbours round."""
    return f"\u2068{text}\u2069" if any("\u0590" <= c <= "\u08ff" or "\ufb1d" <= c <= "\ufefc" for c in text) else text


def _shown(term: Term | None, known: Mapping[str, str]) -> str:
    if isinstance(term, ox.NamedNode):
        best = max((p for p in known if term.value.startswith(known[p])), key=lambda p: len(known[p]), default=None)
        return f"{best}:{term.value.removeprefix(known[best])}" if best else term.value
    value = _value(term)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else f"{value:,}" if isinstance(value, int | Decimal) else isolated(value)


def to_table(result: Result, *, known: Mapping[str, str] | None = None) -> Table:
    """A table for the terminal; `known` are prefixes that shorten IRIs."""
    table = Table(show_lines=False)
    numeric = [
        any(isinstance(row[i], int | Decimal) and not isinstance(row[i], bool) for row in result.rows)
        for i in range(len(result.columns))
    ]
    for column, number in zip(result.columns, numeric, strict=True):
        table.add_column(Text(column), justify="right" if number else "left", overflow="fold")
    for row in result.terms:
        table.add_row(*(Text(_shown(term, known or {})) for term in row))
    return table


def to_records(result: Result, *, known: Mapping[str, str] | None = None) -> Iterator[Table]:
    """Each row as a small table of its own, one line a column that is not empty."""
    for row in result.terms:
        table = Table.grid(padding=(0, 2))
        table.add_column(style="bold", no_wrap=True)
        table.add_column(overflow="fold")
        for column, term in zip(result.columns, row, strict=True):
            if value := _shown(term, known or {}):
                table.add_row(Text(column), Text(value))
        yield table


def to_csv(result: Result) -> str:
    """SPARQL 1.1 CSV: IRIs and literals by their plain value, lines ended by CR LF."""
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(result.columns)
    for row in result.terms:
        writer.writerow([t.value if isinstance(t, ox.NamedNode | ox.Literal) else str(t or "") for t in row])
    return target.getvalue()


def to_json(result: Result) -> str:
    """SPARQL 1.1 results in JSON."""
    if result.kind == "ask":
        return json.dumps({"head": {}, "boolean": result.rows[0][0]}, indent=1) + "\n"
    bindings = [
        {column: _json(term) for column, term in zip(result.columns, row, strict=True) if term is not None}
        for row in result.terms
    ]
    content = {"head": {"vars": list(result.columns)}, "results": {"bindings": bindings}}
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _json(term: Term) -> dict[str, str]:
    if isinstance(term, ox.NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, ox.Literal):
        told = {"type": "literal", "value": term.value}
        if term.language:
            told["xml:lang"] = term.language
        elif term.datatype.value != expand("xsd:string"):
            told["datatype"] = term.datatype.value
        return told
    return {"type": "bnode", "value": term.value if isinstance(term, ox.BlankNode) else str(term)}


def render(result: Result, console: Console, *, form: Format = "table", known: Mapping[str, str] | None = None) -> None:
    """Write a result to a console: as a table, or plain as CSV or JSON."""
    if form == "table":
        if result.kind == "ask":
            console.print("yes" if result.rows[0][0] else "no")
            return
        table = to_table(result, known=known)
        if not result.rows:
            console.print("nothing found")
        elif console.measure(table, options=console.options.update(width=10_000)).maximum <= console.width:
            console.print(table)
        else:  # too wide to be read as a table
            for number, record in enumerate(to_records(result, known=known), 1):
                console.rule(f"{number}", align="left", style="dim")
                console.print(record)
        return
    console.out(to_csv(result) if form == "csv" else to_json(result), end="", highlight=False)
