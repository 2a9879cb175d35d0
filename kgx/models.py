"""The data of every stage, as frozen pydantic types.

A document is read (`Document`), split (`Text`), annotated with mentions (`Annotated`), turned into things and facts
of its own (`Claims`); then all documents together are resolved into one `Knowledge`. Offsets always refer to
``Document.text`` in Unicode code points, end exclusive.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated as Typed
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from kgx.quantities.types import Interval, PartialDate, When, made

__all__ = [
    "Agreement", "Annotated", "AnyFact", "Claims", "Comparison", "DiplomaticRelation", "Document", "Event", "Evidence",
    "Fact", "Furniture", "FurnitureKind", "Interval", "Knowledge", "Mention", "MentionKind", "Model", "Name",
    "PartialDate", "Reason", "Side", "Slot", "Span", "StatusReport", "Tenure", "Text", "Thing", "ThingKind",
    "TradeFigure", "TradePartnerRank", "Twinning", "When",
]  # fmt: skip

Confidence = Typed[float, Field(ge=0.0, le=1.0)]
# How sure a document's word is for what is only concluded from it.
INFERRED = 0.6


class Model(BaseModel):
    """Base of all types: immutable, unknown fields refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """The same with some values changed, unchecked; without a set of its own of the fields that were set."""
        if deep:
            return super().model_copy(update=update, deep=True)
        return made(type(self), **{**self.__dict__, **(update or {})})


class Span(Model):
    """A stretch of a document's text, in code points, end exclusive."""

    start: int = Field(ge=0)
    end: int = Field(ge=0)

    def covers(self, other: Span) -> bool:
        """Whether `other` lies wholly within this span."""
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Span) -> bool:
        """Whether both spans share at least one code point."""
        return self.start < other.end and other.start < self.end


# --- stage 1: ingest ---------------------------------------------------------------------------------------------


FurnitureKind = Literal["date_line", "source", "credit", "byline", "agency", "comments"]


class Furniture(Span):
    """Page furniture: text that came with the page and tells nothing of diplomacy (a credit, a byline …)."""

    kind: FurnitureKind
    value: str | None = None


class Document(Model):
    """One text as read, with what is known about it."""

    id: str = Field(description="file stem, or the record's own id in JSON lines")
    file_name: str
    text: str = Field(description="the text after the front matter; all offsets count from its first code point")
    sha256: str = Field(description="of the text in UTF-8")
    lang: str | None = Field(default=None, description="as stated by the user or the record; else it is detected")
    published: PartialDate | None = None
    url: str | None = None
    title: str | None = None
    publisher: str | None = None
    author: str | None = None
    derived: str | None = Field(default=None, description="html, pdf, docx, mail, part: the text is no file's own")
    locator: str | None = Field(
        default=None, description="which part of a file it is: crawl.jsonl:12, news.zip!a/b.txt; None of a whole file"
    )
    attachments: tuple[str, ...] = Field(default=(), description="of a mail: names of what it holds, which is not read")

    @property
    def where(self) -> str:
        """What people find it by: the part of a file, else the name of the file."""
        return self.locator or self.file_name


# --- stage 2: language -------------------------------------------------------------------------------------------


class Text(Model):
    """A document whose language, furniture and sentences are known."""

    document: Document
    lang: str
    furniture: tuple[Furniture, ...] = ()
    sentences: tuple[Span, ...] = ()


# --- stage 3: mentions -------------------------------------------------------------------------------------------


MentionKind = Literal[
    "person", "organization", "place", "office", "nationality", "date", "money", "percent", "count", "rank",
    "agreement", "event",
]  # fmt: skip


class Mention(Span):
    """A stretch of text that names something.

    `value` is the canonical reading: a place id, an office kind, an ISO date, a decimal number, an agreement kind.
    """

    kind: MentionKind
    text: str
    value: str | None = None
    currency: str | None = Field(default=None, description="money only: ISO 4217")
    country: str | None = Field(default=None, description="ISO 3166 alpha-2, where the mention itself tells it")
    subkind: str | None = Field(
        default=None, description="kind of place or organization; how a date was reached, or anniversary"
    )
    candidates: tuple[str, ...] = Field(
        default=(), description="all readings, likeliest first, where there are several"
    )
    count: int | None = Field(default=None, description="agreements: how many, where a number is told")
    approximate: bool = False
    direction: Literal["up", "down"] | None = None
    relative_to: str | None = None
    named: tuple[str, ...] = Field(default=(), description="dates: the ISO dates that the words themselves name")
    rule: str
    confidence: Confidence


class Annotated(Model):
    """A text and its mentions, in order of their start; mentions of one layer never overlap."""

    text: Text
    mentions: tuple[Mention, ...]


# --- stage 4: things and facts -----------------------------------------------------------------------------------


class Slot(Span):
    """The words that play a role in what a rule read; they may stand in a sentence before."""

    role: str


class Evidence(Span):
    """Where a thing or fact is said: ``document.text[start:end] == quote``, always.

    Of a fact, `before` and `after` are the rest of its sentence: ``before + quote + after`` is the sentence.
    """

    document: str = Field(description="id of the document")
    lang: str
    quote: str
    rule: str
    confidence: Confidence
    before: str = ""
    after: str = ""
    slots: tuple[Slot, ...] = ()

    @property
    def order(self) -> tuple[object, ...]:
        """What to sort by: where it stands, then all in which two readings of the same words can differ."""
        roles = tuple((slot.start, slot.end, slot.role) for slot in self.slots)
        return (self.document, self.start, self.end, self.rule, roles, self.confidence, self.before, self.after)


class Name(Model):
    """A surface form, with the language it was read in."""

    text: str
    lang: str


ThingKind = Literal["person", "organization", "place"]


class Thing(Model):
    """A person, an organization or a place; of one document before resolution, of all documents after it."""

    id: str
    kind: ThingKind
    label: str = Field(description="preferred name, in Latin script where one can be given")
    names: tuple[Name, ...] = ()
    subkind: str | None = Field(default=None, description="country, region, city, venue; kind of organization")
    country: str | None = Field(default=None, description="ISO 3166 alpha-2")
    evidence: tuple[Evidence, ...] = ()
    same_as: tuple[str, ...] = Field(default=(), description="IRIs of the same thing elsewhere")
    latitude: float | None = None
    longitude: float | None = None
    born: PartialDate | None = Field(default=None, description="persons that a file of knowledge knows")


class Fact(Model):
    """What all facts share. Roles hold ids of things, in a fixed order."""

    id: str = ""
    evidence: tuple[Evidence, ...] = ()
    inferred: bool = Field(default=False, description="some of it is concluded, not said")
    disagrees_with: tuple[str, ...] = Field(default=(), description="ids of facts that say otherwise")


class StatusReport(Model):
    """What documents of one day say of the status of an event or agreement."""

    status: str
    reported_on: PartialDate | None = Field(default=None, description="when the documents were published")
    evidence: tuple[Evidence, ...] = ()


class Tenure(Fact):
    """A person holds an office."""

    type: Literal["tenure"] = "tenure"
    holder: str
    office_kind: str
    title: str
    title_lang: str
    organization: str | None = None
    country: str | None = None
    accredited_to: str | None = Field(default=None, description="ambassadors: alpha-2 of the receiving state")
    attested_on: When | None = None


class Event(Fact):
    """A visit, meeting, call, signing, ceremony, conference, invitation, announcement or anniversary."""

    type: Literal["event"] = "event"
    event_type: str
    participants: tuple[str, ...] = ()
    visitor: tuple[str, ...] = ()
    host: tuple[str, ...] = ()
    inviter: tuple[str, ...] = ()
    invitee: tuple[str, ...] = ()
    countries: tuple[str, ...] = Field(default=(), description="alpha-2 of each state involved")
    start: When | None = None
    end: When | None = None
    place: str | None = None
    status: str = "occurred"
    level: str | None = None
    part_of: str | None = None
    reports: tuple[StatusReport, ...] = Field(default=(), description="where several statuses were told, each of them")


class Agreement(Fact):
    """A text or tie agreed between parties."""

    type: Literal["agreement"] = "agreement"
    agreement_kind: str
    parties: tuple[str, ...] = ()
    subject: str | None = None
    subject_lang: str | None = None
    signed_on: When | None = None
    signed_at: str | None = Field(default=None, description="id of the event at which it was signed")
    place: str | None = None
    count: int | None = Field(default=1, description="how many; None for 'several'")
    status: str = "signed"
    replaces: str | None = None
    reports: tuple[StatusReport, ...] = Field(default=(), description="where several statuses were told, each of them")


class TradeFigure(Fact):
    """An amount of trade, investment, aid or loans between parties."""

    type: Literal["trade_figure"] = "trade_figure"
    value: Decimal | None = None
    currency: str | None = None
    measure: str
    parties: tuple[str, ...] = ()
    period: When | None = None
    growth: Decimal | None = Field(default=None, description="per cent against the period before")
    status: str = "actual"
    approximate: bool = False


class Twinning(Fact):
    """Two places are twinned."""

    type: Literal["twinning"] = "twinning"
    twins: tuple[str, str]
    since: When | None = None
    status: str = "existing"


class DiplomaticRelation(Fact):
    """Two states have diplomatic relations."""

    type: Literal["diplomatic_relation"] = "diplomatic_relation"
    parties: tuple[str, str]
    since: When | None = None


class TradePartnerRank(Fact):
    """A state is the n-th trade partner of another."""

    type: Literal["trade_partner_rank"] = "trade_partner_rank"
    of_country: str
    partner: str
    rank: int
    scope: str | None = Field(default=None, description="id of the body or region within which the rank holds")
    period: When | None = None


AnyFact = Typed[
    Tenure | Event | Agreement | TradeFigure | Twinning | DiplomaticRelation | TradePartnerRank,
    Field(discriminator="type"),
]


class Claims(Model):
    """What one document says: its own things (ids local to it) and facts."""

    document: Document
    lang: str
    things: tuple[Thing, ...]
    facts: tuple[AnyFact, ...]
    dates: tuple[str, ...] = Field(default=(), description="each distinct date mentioned, ISO 8601")
    copies: tuple[Document, ...] = Field(default=(), description="near-copies of the document, without their texts")


# --- stage 5: resolution -----------------------------------------------------------------------------------------


class Side(Model):
    """One of two things compared: what a document calls it, and the thing that it is in the end."""

    thing: str
    name: str
    lang: str
    document: str


class Reason(Model):
    """A feature that speaks for (or, of negative weight times value, against) two things being one."""

    feature: str
    weight: float
    value: float
    words: str


class Comparison(Model):
    """Why two things of documents were joined, or were not; told once for all documents that say the same of them."""

    id: str
    one: Side
    other: Side
    judgement: Literal["same", "unsure", "different"]
    score: float
    reasons: tuple[Reason, ...]


class Knowledge(Model):
    """All documents together: things and facts with their final ids."""

    documents: tuple[Claims, ...] = Field(description="the documents as claimed, in order of id")
    things: tuple[Thing, ...]
    facts: tuple[AnyFact, ...]
    comparisons: tuple[Comparison, ...] = ()
    replaced: tuple[tuple[str, str], ...] = Field(default=(), description="old ids, and what stands for them now")
