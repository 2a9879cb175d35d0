"""What pages show, read from the graph: things, facts and what they are called in the reader's language."""

from __future__ import annotations

import re
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from starlette.requests import Request

from kgx.ontology.terms import class_iri, subclasses, vocabulary
from kgx.query import Cell, Store, select
from kgx.serve.dereference import page_path
from kgx.serve.explorer.told import Told
from kgx.serve.language import Words, language_of, words
from kgx.serve.visuals.filters import values
from kgx.show import Node, iri_of

__all__ = [
    "Detail",
    "Fact",
    "Kept",
    "Link",
    "Reader",
    "details",
    "evidence_of",
    "facts",
    "kind_of",
    "links",
    "reader_of",
    "said",
    "title",
]

_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\]*")
_WEB = ("http://", "https://")
# Between whom a fact is, or from whom to whom: the first role that is told counts.
_FROM = ("visitor", "inviter", "holder", "ofCountry", "party", "twin", "participant", "country")
_TO: Mapping[str, tuple[str, ...]] = {
    "visitor": ("host",), "inviter": ("invitee",), "holder": ("office",), "ofCountry": ("partner",),
}  # fmt: skip
_WHEN = ("startDate", "signedOn", "period", "attestedOn", "since", "reportedOn")
# What says more exactly than its class what a fact is: a property and the list of messages that names its values.
FINER: Mapping[str, tuple[str, str]] = {
    "Agreement": ("agreementKind", "agreement_kind"),
    "TradeFigure": ("measure", "measure"),
    "Visit": ("visitLevel", "visit_level"),
    "Office": ("officeKind", "office_kind"),
    "Organization": ("organizationKind", "organization_kind"),
}
_NOT_DETAILS = {
    "confidence", "wasDerivedFrom", "disagreesWith", "statusReport", "status", "place", "startDate", "endDate",
    "value", "currency", "growthPercent", "fileName",
}  # fmt: skip


class Kept:
    """The answers to the questions asked last, so many rows of them."""

    def __init__(self, most: int = 400_000) -> None:
        self._most = most
        self._rows = 0
        self._answers: dict[str, Sequence[tuple[Cell, ...]]] = {}
        self._lock = threading.Lock()

    def get(self, question: str, ask: Callable[[], Sequence[tuple[Cell, ...]]]) -> Sequence[tuple[Cell, ...]]:
        """The answer to a question, which is asked if it is not known."""
        with self._lock:
            known = self._answers.get(question)
        if known is None:
            known = ask()
            with self._lock:
                if question not in self._answers:  # nobody else asked it meanwhile
                    self._answers[question] = known
                    self._rows += 1 + len(known)
                while self._rows > self._most and len(self._answers) > 1:
                    self._rows -= 1 + len(self._answers.pop(next(iter(self._answers))))  # the oldest
        return known


@dataclass(frozen=True)
class Reader:
    """Who reads what.

    Attributes:
        source: the graph.
        base: the IRI below which its things stand.
        words: the interface in the reader's language.
        answers: kept of questions that take long, as the graph does not change while it is served.
        offices: what each office is, by its IRI: kind, and name and IRI of the body or state that it is of.
        told: which documents tell what.
    """

    source: Store
    base: str
    words: Words
    answers: Kept
    offices: Mapping[str, tuple[str, str, str]]
    told: Told

    def rows(self, sparql: str) -> Sequence[tuple[Cell, ...]]:
        """What a SELECT answers."""
        return select(self.source, sparql).rows

    def kept(self, sparql: str) -> Sequence[tuple[Cell, ...]]:
        """The same, asked once."""
        return self.answers.get(sparql, lambda: self.rows(sparql))

    def name(self, iri: str, label: str) -> str:
        """What a thing is called: states and offices as the reader's language has it, all else as the graph does."""
        if (office := self.offices.get(iri)) is not None:
            kind, of, where = office
            title = self.words.term("office_kind", kind)
            return self.words("office.of", kind=title, of=self.name(where, of)) if of else title
        code = iri.removeprefix(f"{self.base}country/")
        return self.words.country(code) or label or iri

    def link(self, iri: str, label: str) -> Link:
        """A thing by its name, leading to its page."""
        page = page_path(iri, self.base)
        return Link(self.name(iri, label), page or (iri if iri.startswith(_WEB) else None), iri)


@dataclass(frozen=True)
class Link:
    """Something by its name.

    Attributes:
        href: where it leads; None where there is nothing to lead to.
        iri: of what it names.
    """

    text: str
    href: str | None
    iri: str = ""


@dataclass(frozen=True)
class Detail:
    """One property of a thing or fact, with its values."""

    name: str
    values: tuple[Link, ...]


@dataclass(frozen=True)
class Fact:
    """A fact as pages show it.

    Attributes:
        kind: name of its most specific class.
        finer: what it is, more exactly than its class says; empty where nothing does.
        sides: who, and to whom; the second is empty of facts that have no direction.
        start: date of any precision or interval, ISO 8601; None where it is not told.
        amount: of a figure, as the reader's language writes it in short.
        full: the same in full.
        status: name of the concept; None of facts that have none.
        documents: that tell it.
        languages: of these documents.
        rivals: facts that say otherwise.
        countries: that have part in it, beside the sides.
        details: all other properties.
    """

    iri: str
    href: str
    kind: str
    finer: str
    sides: tuple[tuple[Link, ...], tuple[Link, ...]]
    start: str | None
    end: str | None
    places: tuple[Link, ...]
    amount: str
    full: str
    growth: str
    subject: str
    status: str | None
    confidence: float | None
    documents: int
    languages: tuple[str, ...]
    rivals: tuple[str, ...]
    countries: tuple[Link, ...]
    details: tuple[Detail, ...]


def reader_of(request: Request) -> Reader:
    """Who asks, and what of."""
    state = request.app.state
    return Reader(
        state.source, state.base, words(language_of(request)), state.answers, state.overviews.offices(), state.told
    )


def said(reader: Reader, iris: Iterable[str]) -> dict[str, Node]:
    """What the graph says of some nodes, their evidence left out: of a state there may be thousands of pieces."""
    wanted = list(dict.fromkeys(iris))
    told: dict[str, dict[str, set[tuple[Cell, str]]]] = defaultdict(lambda: defaultdict(set))
    if wanted:
        for node, prop, value, label in reader.rows(
            f"SELECT ?node ?property ?value ?label {{ {values('node', wanted)} ?node ?property ?value . "
            "FILTER(?property != prov:wasDerivedFrom) OPTIONAL { ?value rdfs:label ?label } }"
        ):
            told[str(node)][str(prop)].add((value, str(value if label is None else label)))
    return {
        iri: Node(iri, {p: tuple(sorted(v, key=lambda pair: (pair[1], str(pair[0])))) for p, v in told[iri].items()})
        for iri in wanted
    }


def evidence_of(reader: Reader, iris: Iterable[str]) -> dict[str, int]:
    """How many pieces of evidence each of some nodes has."""
    rows = reader.rows(
        f"SELECT ?it (COUNT(?proof) AS ?n) {{ {values('it', iris)} ?it prov:wasDerivedFrom ?proof }} GROUP BY ?it"
    )
    return {str(it): int(str(n)) for it, n in rows}


def kind_of(node: Node) -> str | None:
    """Name of the most specific class of a node; None for what is of no class of the vocabulary."""
    types = {str(v) for v in node.values("rdf:type")}
    held = [name for name in vocabulary().classes if class_iri(name) in types]
    return next((n for n in held if not any(o in held for o in subclasses(n) if o != n)), None)


def links(reader: Reader, node: Node, name: str) -> tuple[Link, ...]:
    """The values of a property: things as links, all else as the reader's language writes it."""
    term = vocabulary().properties.get(name)
    found = []
    for value, label in node.says.get(iri_of(name), ()):
        if term is not None and term.scheme:
            notation = str(value).rpartition("/")[2]
            found.append(Link(reader.words.term(term.scheme.replace("-", "_"), notation), None, str(value)))
        elif isinstance(value, bool):
            found.append(Link(reader.words("value.yes" if value else "value.no"), None))
        elif isinstance(value, int | Decimal):
            found.append(Link(reader.words.number(value), None))
        elif term is not None and term.datatype in ("when", "date"):
            found.append(Link(reader.words.when(str(value)), None))
        elif term is not None and (term.range or term.datatype == "iri") and _IRI.fullmatch(str(value)):
            found.append(reader.link(str(value), label))
        else:
            found.append(Link(str(value), None))
    return tuple(sorted(found, key=lambda link: (link.text, link.iri)))


def facts(reader: Reader, iris: Iterable[str]) -> list[Fact]:
    """Facts, in the order in which they are asked for."""
    wanted = list(dict.fromkeys(iris))
    told = _told(reader, wanted)
    nodes = said(reader, wanted)
    return [_fact(reader, nodes[iri], *told.get(iri, (0, ()))) for iri in wanted if nodes[iri].says]


def _told(reader: Reader, iris: Sequence[str]) -> dict[str, tuple[int, tuple[str, ...]]]:
    """How many documents tell each fact, and in which languages."""
    if not iris:
        return {}
    documents: dict[str, set[str]] = defaultdict(set)
    languages: dict[str, set[str]] = defaultdict(set)
    for fact, document, language in reader.rows(
        f"SELECT DISTINCT ?fact ?document ?language {{ {values('fact', iris)} "
        "?fact prov:wasDerivedFrom/oa:hasSource ?document . ?document dcterms:language ?language }"
    ):
        documents[str(fact)].add(str(document))
        languages[str(fact)].add(str(language))
    return {iri: (len(documents[iri]), tuple(sorted(languages[iri]))) for iri in documents}


def _fact(reader: Reader, node: Node, documents: int, languages: tuple[str, ...]) -> Fact:
    say = reader.words
    kind = kind_of(node) or "Fact"
    role = next((r for r in _FROM if node.values(r)), "participant")
    to = next((r for r in _TO.get(role, ()) if node.values(r)), "")
    start = next((str(v) for name in _WHEN for v in node.values(name)), None)
    currency = node.first("currency")
    value = next((v for v in node.values("value") if isinstance(v, int | Decimal)), None)
    growth = next((v for v in node.values("growthPercent") if isinstance(v, int | Decimal)), None)
    finer = links(reader, node, FINER[kind][0]) if kind in FINER else ()
    status = next((str(v).rpartition("/")[2] for v in node.values("status")), None)
    sides = (links(reader, node, role), links(reader, node, to) if to else ())
    known = {link.iri for side in sides for link in side}
    hidden = {role, to, *_NOT_DETAILS, *_WHEN, FINER.get(kind, ("", ""))[0]}
    return Fact(
        iri=node.iri,
        href=page_path(node.iri, reader.base) or "",
        kind=kind,
        finer=finer[0].text if finer else "",
        sides=sides,
        start=start,
        end=node.first("endDate"),
        places=links(reader, node, "place"),
        amount=say.amount(value, currency) if value is not None else "",
        full=f"{say.number(value)} {currency or ''}".strip() if value is not None else "",
        growth=say.growth(growth) if growth is not None else "",
        subject=node.first("subject") or "",
        status=status,
        confidence=node.confidence,
        documents=documents,
        languages=languages,
        rivals=tuple(str(v) for v in node.values("disagreesWith")),
        countries=tuple(link for link in links(reader, node, "country") if link.iri not in known),
        details=details(reader, node, hidden),
    )


def details(reader: Reader, node: Node, hidden: Iterable[str] = ()) -> tuple[Detail, ...]:
    """All properties of a node that the vocabulary knows, in its order."""
    left = set(hidden)
    return tuple(
        Detail(name, found)
        for name in vocabulary().properties
        if name not in left and (found := links(reader, node, name))
    )


def title(reader: Reader, fact: Fact) -> str:
    """A fact in one line of plain text."""
    say = reader.words
    one, other = (say.said["list.comma"].join(link.text for link in side) for side in fact.sides)
    who = say("fact.from_to", one=one, other=other) if other else one
    what = fact.finer or say.term("kind", fact.kind)
    parts = [say("fact.title", what=what[:1].upper() + what[1:], who=who) if who else what, fact.amount]
    return say.said["list.comma"].join(part for part in parts if part)
