"""Why the graph says something: each sentence, the rule that read it, and the words that play each role.

Of a person, body or place also: which mentions were joined, by which features, and the nearest that were not.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rich.console import Console
from rich.text import Text

from kgx.comparisons import Compared, compared, explanations
from kgx.lang import Rule, find_rule
from kgx.ontology.terms import vocabulary
from kgx.query import Store, isolated, named_nodes
from kgx.show import Node, Quote, grid, label_of, nodes_of, quotes_of, sentence_of
from kgx.texts import Texts

__all__ = ["Explanation", "Reading", "explain", "reading_of", "render", "to_json"]

_ROLES = (
    "holder", "office", "visitor", "host", "inviter", "invitee", "participant", "party", "twin", "ofCountry", "partner",
    "scope", "country", "place",
)  # fmt: skip
_LONGEST = 160
_NOT_SAID = {"confidence", "wasDerivedFrom", "disagreesWith", "text"}


@dataclass(frozen=True)
class Reading:
    """One piece of evidence.

    Attributes:
        sentence: the whole sentence, the quote within it.
        roles: of the rule, to the words that play them; words of another sentence are told with their place.
        anchor: what the rule looks for; None where a model or a lexicon found it.
        example: of what the rule reads.
    """

    quote: Quote
    sentence: str
    roles: Mapping[str, tuple[str, ...]]
    anchor: str | None
    example: str | None


@dataclass(frozen=True)
class Explanation:
    """Why a thing or fact stands in the graph.

    Attributes:
        roles: names of roles in the vocabulary, to who plays them.
        properties: names of the other properties, to their values.
        disagrees: facts that say otherwise.
        comparisons: of a thing, the pairs that were joined, then those that were not.
    """

    iri: str
    kind: str
    label: str
    confidence: float | None
    roles: Mapping[str, tuple[str, ...]]
    properties: Mapping[str, tuple[str, ...]]
    disagrees: tuple[str, ...]
    readings: tuple[Reading, ...]
    comparisons: tuple[Compared, ...] = ()


def explain(store: Store, name: str, texts: Texts | None = None) -> list[Explanation]:
    """Explain a fact or thing.

    Args:
        store: the graph, see `kgx.query.load`.
        name: an IRI, an id (``meeting/0123456789``) or any name in any script; all that bear it are explained.
        texts: those of the documents, for words that stand in another sentence.

    Raises:
        UsageError: if nothing in the graph is called so.
    """
    iris = [node.value for node in named_nodes(store, name)]
    quotes = quotes_of(store, iris)
    return [
        _explained(node, quotes.get(iri, ()), tuple(compared(store, [iri])), texts)
        for iri, node in nodes_of(store, iris).items()
    ]


def _explained(
    node: Node, quotes: tuple[Quote, ...], comparisons: tuple[Compared, ...], texts: Texts | None
) -> Explanation:
    properties = {
        name: tuple(node.labels(name))
        for name in vocabulary().properties
        if name not in _ROLES and name not in _NOT_SAID and node.labels(name)
    }
    return Explanation(
        iri=node.iri,
        kind=node.kind,
        label=label_of(node),
        confidence=node.confidence,
        roles={role: tuple(labels) for role in _ROLES if (labels := node.labels(role))},
        properties=properties,
        disagrees=tuple(node.labels("disagreesWith")),
        readings=tuple(reading_of(quote, texts) for quote in quotes),
        comparisons=comparisons,
    )


def reading_of(quote: Quote, texts: Texts | None = None) -> Reading:
    """A quote with the words of each role, and what is known of the rule that read it."""
    rule = find_rule(quote.rule)
    roles: dict[str, list[str]] = {}
    for role, words in _words(quote, texts):
        roles.setdefault(role, []).append(words)
    return Reading(
        quote=quote,
        sentence=quote.before + quote.text + quote.after,
        roles={role: tuple(words) for role, words in roles.items()},
        anchor=rule.anchor if isinstance(rule, Rule) else None,
        example=next(iter(rule.examples), None) if rule is not None else None,
    )


def _words(quote: Quote, texts: Texts | None) -> Iterator[tuple[str, str]]:
    """Roles and their words; of those in another sentence the place, where the text is not at hand."""
    sentence, first = quote.before + quote.text + quote.after, quote.start - len(quote.before)
    for role, start, end in quote.slots:
        if first <= start and end <= first + len(sentence):
            yield role, sentence[start - first : end - first]
        else:
            text = texts[quote.sha256] if texts is not None else None
            yield role, f"{quote.source}:{start}-{end}" if text is None else text[start:end]


# --- formats -----------------------------------------------------------------------------------------------------


def to_json(explanations: list[Explanation]) -> str:
    """All explanations as JSON."""
    return json.dumps([dataclasses.asdict(e) for e in explanations], ensure_ascii=False, indent=1) + "\n"


def render(explanation: Explanation, console: Console) -> None:
    """Write an explanation to a console; the quote stands out within its sentence."""
    head = Text(isolated(explanation.label), style="bold")
    head.append(f"  {explanation.kind}  ", style="not bold")
    head.append(explanation.iri, style="dim")
    if explanation.confidence is not None:
        head.append(f"  {explanation.confidence:.2f}", style="not bold")
    console.print(head)
    terms = vocabulary().properties
    table = grid()
    for name, labels in {**explanation.roles, **explanation.properties}.items():
        table.add_row(Text(terms[name].label, style="cyan"), Text("; ".join(map(isolated, labels))))
    for other in explanation.disagrees:
        table.add_row(Text("but", style="yellow"), Text(isolated(other)))
    console.print(table)
    for number, reading in enumerate((r for r in explanation.readings if r.roles), 1):
        console.print(
            Text(f"\n{number}. {reading.quote.where}", style="bold"),
            Text(f"{reading.quote.lang}, {reading.quote.confidence:.2f}"),
        )
        console.print(sentence_of(reading.quote))
        table = grid()
        for role, words in reading.roles.items():
            label = terms[role].label if role in terms else role
            table.add_row(Text(label, style="cyan"), Text("; ".join(f"“{isolated(w)}”" for w in words)))
        table.add_row(Text("rule", style="cyan"), Text(reading.quote.rule))
        if reading.anchor:
            table.add_row(Text("looks for", style="dim"), Text(isolated(_cut(reading.anchor)), style="dim"))
        if reading.example:
            table.add_row(Text("as in", style="dim"), Text(isolated(reading.example), style="dim"))
        console.print(table)
    _render_mentions(explanation, console)
    _render_comparisons(explanation, console)


def _render_mentions(explanation: Explanation, console: Console) -> None:
    """Where a thing is named: one line for each form in each document."""
    places: dict[tuple[str, str, str, str], list[Quote]] = {}
    for quote in (r.quote for r in explanation.readings if not r.roles):
        places.setdefault((quote.source, quote.lang, " ".join(quote.text.split()), quote.rule), []).append(quote)
    if places:
        console.print(Text("\nNamed:", style="bold"))
    table = grid()
    for (file, lang, name, rule), quotes in places.items():
        spans = ", ".join(f"{q.start}-{q.end}" for q in quotes)
        best = max(q.confidence for q in quotes)
        where = Text(f"{file}:{spans}  ").append(f"{lang}, {rule}, {best:.2f}", style="dim")
        table.add_row(Text(isolated(name), style="cyan"), where)
    console.print(table)


_HEADS = {
    "same": "Taken as one:",
    "unsure": "Unsure, and kept apart (kgx review decides):",
    "different": "Nearest that were not joined:",
}


def _render_comparisons(explanation: Explanation, console: Console) -> None:
    """What was joined and what was not, each feature with what it adds to the score."""
    told = ""
    for pair in explanation.comparisons:
        if pair.judgement != told:
            told = pair.judgement
            console.print(Text(f"\n{_HEADS[told]}", style="bold"))
        one, other = (f"{isolated(s.name)} ({s.lang}, {s.source})" for s in (pair.one, pair.other))
        console.print(Text(f"{one} and {other}"), Text(f"{pair.score:.2f}", style="bold"))
        table = grid()
        for reason in pair.reasons:
            amount = f"{reason.weight * reason.value:+.2f}"
            table.add_row(Text(f"{amount} {reason.feature}", style="cyan"), Text(isolated(reason.words)))
        console.print(table)
    used = {reason.feature for pair in explanation.comparisons for reason in pair.reasons}
    if used:
        console.print(Text("\nFeatures (1.00 or more: one; 0.75 or more: unsure):", style="dim"))
        for name, meaning in explanations().items():
            if name in used:
                console.print(Text(f"{name}: {meaning}", style="dim"))


def _cut(pattern: str) -> str:
    return pattern if len(pattern) <= _LONGEST else pattern[:_LONGEST] + "…"
