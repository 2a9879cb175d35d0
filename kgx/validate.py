"""Whether a written graph is sound: the shapes of ``schemas/shapes.ttl``, in words that point to what is said where.

Needs the extra ``validate``. SHACL knows nodes and paths; a person wants to know which fact is meant, what it is
called, which words of which document say it, and what is wrong with it. A fault of a piece of evidence is told of the
facts that rest on it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from rich.console import Console
from rich.text import Text

from kgx.errors import UsageError, to_install
from kgx.export.nodes import plain
from kgx.export.triples import Triples, of_lines
from kgx.export.turtle import prefixes_of
from kgx.export.view import View
from kgx.ontology.terms import vocabulary
from kgx.query import Store, base_of, dump, isolated

__all__ = ["Place", "Problem", "render", "to_json", "validate"]

_SHACL = "http://www.w3.org/ns/shacl#"
_MOST_QUOTES = 3


@dataclass(frozen=True)
class Place:
    """Where a document tells it: ``file:start-end`` in code points, and the words."""

    file: str
    start: int
    end: int
    quote: str


@dataclass(frozen=True)
class Problem:
    """One fault.

    Attributes:
        iri: of the thing or fact that has it.
        label: what people call it.
        message: what is wrong.
        value: what stands where it should not; None where something is missing.
        node: the piece of evidence or the like that has the fault itself; "" if the fact has it.
        places: where the fact is told.
    """

    iri: str
    label: str
    message: str
    value: str | None
    node: str
    places: tuple[Place, ...]


def validate(store: Store) -> list[Problem]:
    """Check a graph against the shapes.

    Returns:
        The faults, each once, in order of the facts that have them.

    Raises:
        UsageError: if the extra is missing, or the graph holds nothing that the shapes speak of.
    """
    try:
        import pyshacl
    except ImportError as error:
        raise UsageError(f"kgx validate needs more packages: {to_install('validate')}") from error
    from kgx.export.rdf import graph_of
    from kgx.export.shapes import shapes

    known = of_lines(dump(store), base_of(store))
    if not known.triples:
        raise UsageError("the graph is empty")
    if not any(map(View(known).kind, {s for s, _, _ in known.triples})):
        raise UsageError(
            f"nothing in the graph is of kgx's vocabulary ({vocabulary().prefixes['kgx']}): there is nothing to check"
        )
    data = graph_of(known.triples, prefixes_of(known.base))
    _, report, _ = pyshacl.validate(data, shacl_graph=shapes(), advanced=False, inference="none", meta_shacl=False)
    return sorted(set(_problems(known, report)), key=lambda p: (p.label, p.iri, p.message, p.value or "", p.node))


def _problems(known: Triples, report: Any) -> Iterator[Problem]:
    view = View(known)
    owners: dict[str, set[str]] = {}
    for s, _, o in known.triples:
        if not view.is_told(o) and o in view.said:
            owners.setdefault(o, set()).add(s)
    results: dict[str, dict[str, str]] = {}
    for s, p, o in report:
        name = str(p)
        if name.startswith(_SHACL):
            results.setdefault(str(s), {})[name.removeprefix(_SHACL)] = o.n3() if name.endswith("focusNode") else str(o)
    for found in results.values():
        if "focusNode" not in found:
            continue
        focus = found["focusNode"]
        for fact in sorted(_facts(view, owners, focus)):
            yield Problem(
                iri=plain(fact),
                label=view.label(fact),
                message=found.get("resultMessage", "does not conform"),
                value=_shown(view, found.get("value"), focus),
                node="" if fact == focus else plain(focus),
                places=tuple(_places(view, fact, focus)),
            )


def _facts(view: View, owners: dict[str, set[str]], node: str) -> set[str]:
    """What a node belongs to: itself, or what rests on it, over as many steps as it takes."""
    seen, todo, found = {node}, [node], set()
    while todo:
        current = todo.pop()
        above = owners.get(current, set()) - seen
        if view.is_told(current) or not owners.get(current):
            found.add(current)
            continue
        seen |= above
        todo.extend(above)
    return found


def _shown(view: View, value: str | None, focus: str) -> str | None:
    if value is None or value == plain(focus):
        return None
    node = f"<{value}>"
    return f"{view.label(node)} ({value})" if node in view.said else value


def _places(view: View, fact: str, focus: str) -> Iterator[Place]:
    """Where the fact is told; first where the piece of evidence at fault lies."""
    proofs = view.proofs(fact)
    own = [p for p in proofs if focus in (p.iri, *view.all(p.iri, "oa:hasSelector"))]
    for p in own or proofs:
        yield Place(view.file(p.document), p.start, p.end, p.quote)


def render(problems: Iterable[Problem], console: Console) -> None:
    """Tell the faults on a terminal."""
    for problem in problems:
        console.print(Text(isolated(problem.label), style="bold"), Text(problem.iri, style="dim"), soft_wrap=True)
        value = f": {isolated(problem.value)}" if problem.value is not None else ""
        console.print(Text(f"  {problem.message}{value}"), soft_wrap=True)
        if problem.node:
            console.print(Text(f"  in {problem.node}", style="dim"), soft_wrap=True)
        for place in problem.places[:_MOST_QUOTES]:
            where = f"{place.file}:{place.start}-{place.end}"
            console.print(Text(f"  “{isolated(' '.join(place.quote.split()))}” {where}"), soft_wrap=True)
        if len(problem.places) > _MOST_QUOTES:
            console.print(Text(f"  and {len(problem.places) - _MOST_QUOTES} more"))


def to_json(problems: Iterable[Problem]) -> str:
    """The faults as a JSON list."""
    return json.dumps([asdict(problem) for problem in problems], ensure_ascii=False, indent=1) + "\n"
