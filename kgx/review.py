"""A session at the terminal: a person looks at the pairs that the program is not sure of, and decides.

The pairs whose things have most facts come first. What is decided is kept as `kgx.resolve.decisions.Decision`, which
names things as a reader would, so that it holds when new documents come.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.text import Text

from kgx.comparisons import Compared, Side, compared
from kgx.query import Store, isolated, select
from kgx.resolve.decisions import Decision, Selector, Spot
from kgx.show import Quote, grid, quotes_of

__all__ = ["Session", "pairs", "review"]

Ask = Callable[[str], str]
_KEYS = "s same  d different  k skip  u undo  r rename  f drop a fact  q quit"
_QUOTES = 3


@dataclass
class Session:
    """What was decided so far, in order, so that it can be undone."""

    made: list[tuple[int, Decision | None]] = field(default_factory=list)

    @property
    def decisions(self) -> list[Decision]:
        """All decisions, without those undone."""
        return [decision for _, decision in self.made if decision is not None]


def pairs(store: Store, *, joined: bool = False) -> list[Compared]:
    """The unsure pairs (or those that were joined, to split them), those whose things have most facts first."""
    facts: dict[str, int] = {}
    for thing, count in select(
        store, "SELECT ?t (COUNT(DISTINCT ?f) AS ?n) WHERE { ?f a kgx:Fact ; ?role ?t . ?t rdfs:label ?l } GROUP BY ?t"
    ).rows:
        facts[str(thing)] = int(str(count))
    wanted = "same" if joined else "unsure"
    found = [c for c in compared(store) if c.judgement == wanted]
    return sorted(found, key=lambda c: (-facts.get(c.one.iri, 0) - facts.get(c.other.iri, 0), -c.score, c.iri))


def review(store: Store, todo: Sequence[Compared], console: Console, ask: Ask) -> list[Decision]:
    """Go through the pairs; an answer that is none is asked again, the end of input is quitting.

    Args:
        store: the graph.
        todo: the pairs, see `pairs`.
        console: to write to.
        ask: gives the next line that the user types; EOFError at the end.
    """
    session, number = Session(), 0
    states = _states(store)
    while number < len(todo):
        pair = todo[number]
        _show(store, pair, console, f"{number + 1} of {len(todo)}", states)
        try:
            key = ask(f"{_KEYS} > ").strip().lower()[:1]
            if key == "q":
                break
            if key == "u":
                number = session.made.pop()[0] if session.made else number
                continue
            if key in ("s", "d", "k"):
                session.made.append((number, _decided(pair, key, states)))
                number += 1
            elif key == "r":
                session.made.append((number, _rename(pair, ask, states)))
            elif key == "f":
                session.made.append((number, _drop(store, pair, console, ask)))
        except EOFError:
            break
    return session.decisions


def _decided(pair: Compared, key: str, states: dict[str, str]) -> Decision | None:
    if key == "k":
        return None
    one, other = sorted((_selector(s, states) for s in (pair.one, pair.other)), key=lambda s: (s.lang or "", s.name))
    if (one.name, one.lang) == (other.name, other.lang):  # one name of two people: only their documents tell them apart
        one, other = (s.model_copy(update={"at": _whole(side)}) for s, side in ((one, pair.one), (other, pair.other)))
    return Decision(decide="same" if key == "s" else "different", one=one, other=other)


def _rename(pair: Compared, ask: Ask, states: dict[str, str]) -> Decision | None:
    side = pair.other if ask("1 or 2 > ").strip() == "2" else pair.one
    label = ask(f"preferred name of {side.name} > ").strip()
    return Decision(decide="rename", one=_selector(side, states), label=label) if label else None


def _drop(store: Store, pair: Compared, console: Console, ask: Ask) -> Decision | None:
    facts = select(
        store,
        f"SELECT DISTINCT ?f WHERE {{ VALUES ?t {{ <{pair.one.iri}> <{pair.other.iri}> }} "
        "?f a kgx:Fact ; ?r ?t } ORDER BY ?f",
    ).rows
    quotes = [q for found in quotes_of(store, [str(f) for (f,) in facts]).values() for q in found]
    for n, quote in enumerate(quotes, 1):
        console.print(Text(f"{n}. {quote.where}: {isolated(quote.text)}"))
    chosen = ask("which is wrong (number) > ").strip()
    if not chosen.isdecimal() or not 0 < int(chosen) <= len(quotes):
        return None
    quote = quotes[int(chosen) - 1]
    return Decision(
        decide="drop", fact=Spot(document=_document(quote.file), start=quote.start, end=quote.end), note=quote.text[:80]
    )


def _document(file: str) -> str:
    """The id of a document by its file name."""
    return Path(file).stem if file.endswith((".txt", ".md")) else file


def _whole(side: Side) -> Spot:
    return Spot(document=_document(side.file), start=0, end=10**9)


def _selector(side: Side, states: dict[str, str]) -> Selector:
    return Selector(name=side.name, lang=side.lang or None, country=states.get(side.iri))


def _states(store: Store) -> dict[str, str]:
    rows = select(store, "SELECT ?t ?code WHERE { ?t kgx:country|kgx:inCountry ?c . ?c kgx:iso3166 ?code }").rows
    return {str(thing): str(code) for thing, code in rows}


def _show(store: Store, pair: Compared, console: Console, where: str, states: dict[str, str]) -> None:
    """Both sides beside each other: names, states, offices, quotes; then what speaks for and against."""
    quotes = quotes_of(store, [pair.one.iri, pair.other.iri])
    console.rule(f"{where}   score {pair.score:.2f}")
    table = grid()
    table.add_column()
    sides = (pair.one, pair.other)
    table.add_row(Text("name", style="cyan"), *(Text(f"{isolated(s.name)} ({s.lang})", style="bold") for s in sides))
    table.add_row(Text("in the graph", style="cyan"), *(Text(isolated(s.label)) for s in sides))
    table.add_row(Text("state", style="cyan"), *(Text(states.get(s.iri, "?")) for s in sides))
    table.add_row(Text("offices", style="cyan"), *(Text(_offices(store, s)) for s in sides))
    for n in range(_QUOTES):
        told = [quotes.get(s.iri, ())[n : n + 1] for s in sides]
        if any(told):
            table.add_row(Text("quote", style="cyan"), *(Text(_quoted(q)) for q in told))
    console.print(table)
    for reason in pair.reasons:
        console.print(
            Text(f"{reason.weight * reason.value:+.2f} {reason.feature}: {isolated(reason.words)}", style="dim")
        )


def _offices(store: Store, side: Side) -> str:
    rows = select(store, f"SELECT DISTINCT ?l WHERE {{ <{side.iri}> org:holds/rdfs:label ?l }} ORDER BY ?l").rows
    return "; ".join(str(label) for (label,) in rows) or "?"


def _quoted(quotes: Sequence[Quote]) -> str:
    return "".join(f"{isolated(q.text)} ({q.where})" for q in quotes)
