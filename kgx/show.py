"""A card of one thing: its names, offices, events, agreements and figures, each with its quote and where it stands."""

from __future__ import annotations

import dataclasses
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from kgx.lang import languages
from kgx.lang.normalize import clean
from kgx.lang.split import sentences
from kgx.ontology.terms import class_iri, expand, property_iri, subclasses, vocabulary
from kgx.query import Cell, Store, find, isolated, named_nodes, select
from kgx.texts import Texts

__all__ = [
    "Card", "Entry", "Match", "Node", "Quote", "card", "grid", "in_context", "iri_of", "label_of", "nodes_of",
    "quotes_of", "render_card", "sentence_of", "slots_of", "to_json",
]  # fmt: skip

_QUOTE_LENGTH = 240
_SLOT = re.compile(r"(\w+) (\d+)-(\d+)")
# Section -> how its facts reach the thing ?it; the tie of a state or body to an office goes through the office.
_SECTIONS: Mapping[str, str] = {
    "offices": "?fact a kgx:Tenure ; "
    "kgx:holder|kgx:office|kgx:office/kgx:ofOrganization|kgx:office/kgx:ofCountry ?it .",
    "events": "?fact a kgx:Event ; "
    "kgx:participant|kgx:visitor|kgx:host|kgx:inviter|kgx:invitee|kgx:country|kgx:place ?it .",
    "agreements": "?fact a kgx:Agreement ; kgx:party|kgx:place|kgx:signedAt/kgx:participant ?it .",
    "figures": "?fact a kgx:TradeFigure ; kgx:party ?it .",
    "twinnings": "?fact a kgx:Twinning ; kgx:twin|kgx:twin/kgx:inCountry ?it .",
    "relations": "{ ?fact a kgx:DiplomaticRelation } UNION { ?fact a kgx:TradePartnerRank } "
    "?fact kgx:party|kgx:ofCountry|kgx:partner|kgx:scope ?it .",
}
_ACTORS = ("participant", "visitor", "host", "inviter", "invitee", "party", "twin", "holder", "ofCountry", "partner")
_EQUALS = {"participant", "party", "twin"}  # roles that need no word of their own: "with"
_KINDS = ("office", "agreementKind", "measure")
_WHEN = ("startDate", "signedOn", "attestedOn", "since", "period")
_DETAILS = (
    "endDate", "visitLevel", "count", "subject", "value", "currency", "growthPercent", "approximate", "rank", "scope",
    "partOf", "signedAt", "disagreesWith", "inferred",
)  # fmt: skip


@dataclass(frozen=True)
class Quote:
    """The words of a document that tell it; offsets in code points of the document's text, end exclusive.

    Attributes:
        before: the sentence up to the words; of things only where the text is at hand (`in_context`).
        after: the sentence from them on.
        slots: which words play a role: (role, start, end).
        sha256: of the document's text.
        locator: which part of the file the document is; empty where it is a whole one.
    """

    text: str
    lang: str
    file: str
    start: int
    end: int
    rule: str
    confidence: float
    before: str = ""
    after: str = ""
    slots: tuple[tuple[str, int, int], ...] = ()
    sha256: str = ""
    locator: str = ""

    @property
    def source(self) -> str:
        """What people find the document by: the part of a file, else the name of the file."""
        return self.locator or self.file

    @property
    def where(self) -> str:
        """``file:start-end``, ``crawl.jsonl:12:start-end``, ``news.zip!a/b.txt:start-end``."""
        return f"{self.source}:{self.start}-{self.end}"


@dataclass(frozen=True)
class Entry:
    """One fact of a card.

    Attributes:
        kind: the office of a tenure, the kind of an agreement, the measure of a figure, else the class of the fact.
        when: ISO 8601, of any precision; None where it is not told.
        roles: names of the roles in the vocabulary, to who plays them besides the thing itself.
        details: names of other properties in the vocabulary, to their values.
    """

    iri: str
    kind: str
    label: str
    when: str | None
    place: str | None
    status: str | None
    roles: Mapping[str, tuple[str, ...]]
    details: Mapping[str, str]
    confidence: float | None
    quotes: tuple[Quote, ...]


@dataclass(frozen=True)
class Match:
    """Something else of the same sort that bears the name asked for."""

    iri: str
    kind: str
    label: str


@dataclass(frozen=True)
class Card:
    """All that a graph tells of one thing; facts in order of time, those without a date last."""

    iri: str
    kind: str
    label: str
    names: Mapping[str, tuple[str, ...]]
    country: str | None
    same_as: tuple[str, ...]
    confidence: float | None
    quotes: tuple[Quote, ...]
    offices: tuple[Entry, ...]
    events: tuple[Entry, ...]
    agreements: tuple[Entry, ...]
    figures: tuple[Entry, ...]
    twinnings: tuple[Entry, ...]
    relations: tuple[Entry, ...]
    also: tuple[Match, ...]


@dataclass(frozen=True)
class Node:
    """What the graph says of one node: property IRI -> (value, label of the value), sorted; asked by names."""

    iri: str
    says: Mapping[str, tuple[tuple[Cell, str], ...]]

    def values(self, name: str) -> list[Cell]:
        """All values of a property."""
        return [value for value, _ in self.says.get(iri_of(name), ())]

    def labels(self, name: str) -> list[str]:
        """What people call the values of a property."""
        return [label for _, label in self.says.get(iri_of(name), ())]

    def first(self, name: str) -> str | None:
        """The first of the labels."""
        return next(iter(self.labels(name)), None)

    @property
    def confidence(self) -> float | None:
        """How sure the graph is, 0 to 1."""
        return next((float(v) for v in self.values("confidence") if isinstance(v, int | Decimal)), None)

    @property
    def kind(self) -> str:
        """Label of the most specific class."""
        types = {str(v) for v in self.values("rdf:type")}
        held = [name for name in vocabulary().classes if class_iri(name) in types]
        finest = [name for name in held if not any(other in held for other in subclasses(name) if other != name)]
        return vocabulary().classes[finest[0]].label if finest else "value"


def iri_of(name: str) -> str:
    """The IRI of a property, by its name in the vocabulary or with a prefix."""
    return expand(name) if ":" in name else property_iri(name)


def card(store: Store, name: str, texts: Texts | None = None) -> Card:
    """Everything about the thing that bears a name, in any language and script.

    Where several bear it, the one told most often is shown, and the others of the same sort are listed in ``also``:
    of a person, body or place others of these, of an office or fact others of its kind.

    Args:
        store: the graph, see `kgx.query.load`.
        name: any name; case, diacritics and spacing do not matter; a part of a name serves if nothing bears it whole;
            or an IRI or an id (``person/…``).
        texts: those of the documents, for the sentences around what no fact is told of.

    Raises:
        UsageError: if nothing in the graph is called so.
    """
    found = [node.value for node in find(store, name, parts=True) or named_nodes(store, name)]
    nodes = nodes_of(store, found)
    # Persons, bodies and places before offices, facts and values; then what is told most often.
    order = {kind.label: i for i, kind in enumerate(vocabulary().classes.values())}
    things = {vocabulary().classes[c].label for top in ("Person", "Organization", "Place") for c in subclasses(top)}

    def weight(node: Node) -> tuple[bool, int, int, str]:
        told = len(node.values("wasDerivedFrom"))
        return node.kind not in things, -told, order.get(node.kind, len(order)), node.iri

    best, *others = sorted(nodes.values(), key=weight)
    # Facts and comparisons have a name only that is made up of those of others.
    alike = things if best.kind in things else {best.kind}
    sections = {section: _entries(store, best, pattern) for section, pattern in _SECTIONS.items()}
    quotes = quotes_of(store, [best.iri]).get(best.iri, ())
    if texts is not None and not any(sections.values()):
        quotes = tuple(in_context(quote, texts) for quote in quotes)
    return Card(
        iri=best.iri,
        kind=best.kind,
        label=label_of(best),
        names=_names(store, best.iri),
        country=best.first("country") or best.first("inCountry") or best.first("ofCountry"),
        same_as=tuple(str(v) for v in best.values("sameAs")),
        confidence=best.confidence,
        quotes=quotes,
        also=tuple(Match(node.iri, node.kind, label_of(node)) for node in others if node.kind in alike),
        **sections,
    )


def label_of(node: Node) -> str:
    """What people call a node."""
    return node.first("rdfs:label") or node.first("skos:prefLabel") or node.iri


def _listed(iris: Iterable[str]) -> str:
    return " ".join(f"<{iri}>" for iri in iris)


def nodes_of(store: Store, iris: Sequence[str]) -> dict[str, Node]:
    """All that the graph says of some nodes."""
    said: dict[str, dict[str, set[tuple[Cell, str]]]] = defaultdict(lambda: defaultdict(set))
    if iris:
        result = select(
            store,
            "SELECT ?node ?property ?value ?label WHERE { VALUES ?node { " + _listed(iris) + " } "
            "?node ?property ?value . OPTIONAL { ?value rdfs:label|skos:prefLabel ?label } }",
        )
        for node, prop, value, label in result.rows:
            shown = str(label) if label is not None else "yes" if value is True else _number(value)
            said[str(node)][str(prop)].add((value, shown))
    return {
        iri: Node(iri, {p: tuple(sorted(values, key=lambda v: (v[1], str(v[0])))) for p, values in said[iri].items()})
        for iri in iris
    }


def _number(value: Cell) -> str:
    return f"{value:,}" if isinstance(value, int | Decimal) and not isinstance(value, bool) else str(value)


def _names(store: Store, iri: str) -> dict[str, tuple[str, ...]]:
    result = select(
        store, f"SELECT DISTINCT (LANG(?n) AS ?lang) ?n WHERE {{ <{iri}> skos:altLabel ?n }} ORDER BY ?lang ?n"
    )
    names: dict[str, list[str]] = defaultdict(list)
    for lang, name in result.rows:
        names[str(lang) or "und"].append(str(name))
    return {lang: tuple(sorted(several)) for lang, several in sorted(names.items())}


def quotes_of(store: Store, iris: Sequence[str]) -> dict[str, tuple[Quote, ...]]:
    """The evidence of some nodes, in order of file and place."""
    if not iris:
        return {}
    result = select(
        store,
        "SELECT ?node ?words (LANG(?words) AS ?lang) ?file ?part ?digest ?start ?end ?rule ?confidence ?before ?after "
        "(GROUP_CONCAT(?slot; separator='|') AS ?slots) WHERE { "
        "VALUES ?node { " + _listed(iris) + " } ?node prov:wasDerivedFrom ?proof . "
        "?proof oa:hasSource ?document ; oa:hasSelector ?at, ?in . ?document kgx:fileName ?file . "
        "?proof kgx:rule ?rule ; kgx:confidence ?confidence . "
        "?at oa:start ?start ; oa:end ?end . ?in oa:exact ?words . "
        "OPTIONAL { ?in oa:prefix ?before } OPTIONAL { ?in oa:suffix ?after } OPTIONAL { ?proof kgx:slot ?slot } "
        "OPTIONAL { ?document kgx:sha256 ?digest } OPTIONAL { ?document kgx:locator ?part } } "
        "GROUP BY ?node ?proof ?words ?file ?part ?digest ?start ?end ?rule ?confidence ?before ?after "
        "ORDER BY ?node ?file ?part ?start ?end ?rule ?proof",
    )
    quotes: dict[str, list[Quote]] = defaultdict(list)
    for node, words, lang, file, part, digest, start, end, rule, confidence, before, after, slots in result.rows:
        quotes[str(node)].append(
            Quote(
                text=str(words),
                lang=str(lang),
                file=str(file),
                start=int(start or 0),
                end=int(end or 0),
                rule=str(rule),
                confidence=float(confidence or 0),
                before=str(before or ""),
                after=str(after or ""),
                slots=tuple(slots_of(str(slots or ""))),
                sha256=str(digest or ""),
                locator=str(part or ""),
            )
        )
    return {node: tuple(several) for node, several in quotes.items()}


def in_context(quote: Quote, texts: Texts) -> Quote:
    """A quote with the rest of its sentence, which the graph does not hold of what is only named."""
    if quote.before or quote.after or (text := texts[quote.sha256]) is None:
        return quote
    if text[quote.start : quote.end] != quote.text:
        return quote
    start, end = _around(text, quote)
    return dataclasses.replace(quote, before=text[start : quote.start], after=text[quote.end : end])


def _around(text: str, quote: Quote) -> tuple[int, int]:
    """Where the sentence of a quote begins and ends; in a language that is not known, its line."""
    first, last = text.rfind("\n", 0, quote.start) + 1, text.find("\n", quote.end)
    last = len(text) if last < 0 else last
    if quote.lang in languages():
        for span in sentences(clean(text[first:last]), quote.lang):
            if first + span.start <= quote.start and quote.end <= first + span.end:
                return first + span.start, first + span.end
    return first, last


def slots_of(told: str) -> Iterator[tuple[str, int, int]]:
    """The slots of a piece of evidence, in order of their words."""
    found = [_SLOT.fullmatch(slot) for slot in told.split("|")]
    yield from sorted(((m[1], int(m[2]), int(m[3])) for m in found if m), key=lambda slot: (slot[1], slot[2], slot[0]))


def _entries(store: Store, thing: Node, pattern: str) -> tuple[Entry, ...]:
    where = pattern.replace("?it ", f"<{thing.iri}> ")
    facts = [str(row[0]) for row in select(store, f"SELECT DISTINCT ?fact WHERE {{ {where} }} ORDER BY ?fact").rows]
    quotes = quotes_of(store, facts)
    entries = [_entry(thing, node, quotes.get(iri, ())) for iri, node in nodes_of(store, facts).items()]
    return tuple(sorted(entries, key=lambda e: (e.when is None, e.when or "", e.label, e.iri)))


def _entry(thing: Node, fact: Node, quotes: tuple[Quote, ...]) -> Entry:
    roles = {
        role: tuple(label for value, label in fact.says.get(iri_of(role), ()) if value != thing.iri) for role in _ACTORS
    }
    elsewhere = {label for role, labels in roles.items() if role != "participant" for label in labels}
    roles["participant"] = tuple(label for label in roles["participant"] if label not in elsewhere)
    details = {name: "; ".join(labels) for name in _DETAILS if (labels := fact.labels(name))}
    return Entry(
        iri=fact.iri,
        kind=next((kind for name in _KINDS if (kind := fact.first(name))), fact.kind),
        label=label_of(fact),
        when=next((w for name in _WHEN if (w := fact.first(name))), None),
        place=fact.first("place"),
        status=fact.first("status"),
        roles={role: labels for role, labels in roles.items() if labels},
        details=details,
        confidence=fact.confidence,
        quotes=quotes,
    )


# --- formats -----------------------------------------------------------------------------------------------------


def to_json(shown: Card) -> str:
    """The card as JSON; empty sections stay, so that readers find every key."""
    content: dict[str, Any] = dataclasses.asdict(shown)
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def render_card(shown: Card, console: Console) -> None:
    """Write the card to a console; text that runs from right to left is set apart from its neighbours."""
    head = Text(isolated(shown.label), style="bold")
    head.append(f"  {shown.kind}", style="not bold")
    if shown.country:
        head.append(f", {isolated(shown.country)}", style="not bold")
    console.print(head)
    names = grid()
    for lang, several in shown.names.items():
        names.add_row(Text(lang, style="dim"), Text(", ".join(isolated(name) for name in several)))
    for same in shown.same_as:
        names.add_row(Text("=", style="dim"), Text(same))
    console.print(names)
    told = False
    for section in _SECTIONS:
        entries: tuple[Entry, ...] = getattr(shown, section)
        if entries:
            told = True
            console.print(Text(f"\n{section.capitalize()}", style="bold"))
            table = grid()
            for entry in entries:
                table.add_row(Text(entry.when or "?", style="cyan"), _entry_text(entry))
                for text in _best(entry.quotes):
                    table.add_row("", text)
            console.print(table)
    if not told:  # the things of no fact, and facts themselves
        for text in _best(shown.quotes, whole=True):
            console.print(text)
    if shown.also:
        console.print(Text("\nAlso called so", style="bold"))
        table = grid()
        for other in shown.also:
            table.add_row(Text(isolated(other.label)), Text(f"{other.kind}  {other.iri}", style="dim"))
        console.print(table)


def grid() -> Table:
    """A table of two columns without lines."""
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(min_width=10, no_wrap=True)
    grid.add_column(overflow="fold")
    return grid


def _entry_text(entry: Entry) -> Text:
    terms = vocabulary().properties
    parts = [entry.kind]
    for role, labels in entry.roles.items():
        who = ", ".join(isolated(label) for label in labels)
        parts.append(f"with {who}" if role in _EQUALS else f"{terms[role].label} {who}")
    parts += [f"in {isolated(entry.place)}"] if entry.place else []
    parts += [entry.status] if entry.status else []
    parts += [f"{terms[name].label}: {isolated(value)}" for name, value in entry.details.items()]
    text = Text("; ".join(parts))
    if entry.confidence is not None:
        text.append(f"  {entry.confidence:.2f}", style="dim")
    return text.append(f"  {'/'.join(entry.iri.rsplit('/', 2)[-2:])}", style="dim")


def _best(quotes: Sequence[Quote], *, whole: bool = False) -> Iterator[Text]:
    """The surest quote of each document, the longest of equals, and how many more there are."""
    best: dict[str, Quote] = {}
    for quote in sorted(quotes, key=lambda q: (q.file, q.locator, -q.confidence, -len(q.text), q.start)):
        best.setdefault(quote.source, quote)
    for quote in best.values():
        yield _quote_text(quote, sentence_of(quote) if whole and (quote.before or quote.after) else None)
    if more := len(quotes) - len(best):
        yield Text(f"and {more} more", style="dim")


def _quote_text(quote: Quote, sentence: Text | None = None) -> Text:
    words = " ".join(quote.text.split())
    cut = words if len(words) <= _QUOTE_LENGTH else words[:_QUOTE_LENGTH].rstrip() + "…"
    text = Text.assemble("“", sentence, "” ") if sentence is not None else Text(f"“{isolated(cut)}” ")
    text.append(f"{quote.lang} {quote.where} {quote.confidence:.2f}", style="dim")
    return text


def sentence_of(quote: Quote) -> Text:
    """The sentence of a quote on one line, the quote underlined; set apart where it runs from right to left."""
    pieces = quote.before, quote.text, quote.after
    before, words, after = (" ".join(f"|{part}|".split())[1:-1] for part in pieces)
    sentence = "".join(pieces)
    open_, close = ("\u2068", "\u2069") if isolated(sentence) != sentence else ("", "")
    return Text.assemble(open_ + before, (words, "underline"), after + close)
