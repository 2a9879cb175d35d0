"""A small body of knowledge, made by hand: two documents in two languages and every kind of thing and fact."""

from __future__ import annotations

import hashlib
from decimal import Decimal

from kgx.models import (
    Agreement,
    Claims,
    Comparison,
    DiplomaticRelation,
    Document,
    Event,
    Evidence,
    Knowledge,
    Name,
    Reason,
    Side,
    StatusReport,
    Tenure,
    Thing,
    TradeFigure,
    TradePartnerRank,
    Twinning,
)
from kgx.quantities.types import Interval, PartialDate

TEXTS = {
    "a_ko": (
        "ko",
        '도람 서기장은 2024년 5월 5일 하노이에서 마루엔 의장을 만났다. 교역액은 10억 달러였다.\n‘우호’ "협정"\\"',
    ),
    "b_fr": ("fr", "Le 5 mai 2024, Do Ram a rencontré Maruen à Hanoï. Le commerce atteint 800 millions de dollars."),
}


def document(name: str) -> Document:
    """The document of a name."""
    body = TEXTS[name][1]
    return Document(id=name, file_name=f"{name}.txt", text=body, sha256=hashlib.sha256(body.encode()).hexdigest())


def said(name: str, quote: str, *, rule: str = "test/1", confidence: float = 0.9) -> Evidence:
    """Evidence: where the document of a name says a quote."""
    lang, body = TEXTS[name]
    start = body.index(quote)
    end = start + len(quote)
    return Evidence(document=name, lang=lang, start=start, end=end, quote=quote, rule=rule, confidence=confidence)


def both(ko: str, fr: str) -> tuple[Evidence, ...]:
    """Evidence from both documents."""
    return (said("a_ko", ko), said("b_fr", fr, confidence=0.8))


def day(iso: str) -> PartialDate:
    """A date."""
    return PartialDate.parse(iso)


def things() -> tuple[Thing, ...]:
    """Two persons, two states, a city, a region, a venue and a party."""
    ko, fr = said("a_ko", "하노이"), said("b_fr", "Hanoï")
    return (
        Thing(
            id="person/do-ram", kind="person", label="Do Ram", country="VN", evidence=both("도람", "Do Ram"),
            names=(Name(text="Do Ram", lang="fr"), Name(text="도람", lang="ko")),
        ),
        Thing(
            id="person/maruen", kind="person", label="Maruen", country="KZ", evidence=both("마루엔", "Maruen"),
            names=(Name(text="Maruen", lang="fr"), Name(text="마루엔", lang="ko")),
        ),
        Thing(id="country/VN", kind="place", subkind="country", label="Vietnam", evidence=(fr,)),
        Thing(
            id="city/1581130", kind="place", subkind="city", label="Hanoi", country="VN", evidence=(ko, fr),
            names=(Name(text="Hanoï", lang="fr"), Name(text="하노이", lang="ko")),
            latitude=21.0245, longitude=105.84117,
            same_as=("https://sws.geonames.org/1581130/", "http://www.wikidata.org/entity/Q1858"),
        ),
        Thing(
            id="region/KZ-VOS", kind="place", subkind="region", label="East Kazakhstan", country="KZ", evidence=(fr,)
        ),
        Thing(id="place/palace", kind="place", subkind="venue", label="قصر \u200f\"الورد\"", evidence=(fr,)),
        Thing(
            id="organization/the-party", kind="organization", subkind="party", label="The Party", country="VN",
            evidence=(said("a_ko", "서기장"),), names=(Name(text="당", lang="ko"),),
        ),
    )  # fmt: skip


def facts() -> tuple[object, ...]:
    """At least one fact of every kind; two figures disagree, one visit is still to come."""
    met = both("5월 5일 하노이에서 마루엔 의장을 만났다", "a rencontré Maruen à Hanoï")
    one, other = said("a_ko", "10억 달러"), said("b_fr", "800 millions de dollars")
    fr = (said("b_fr", "Le 5 mai 2024"),)
    return (
        Tenure(
            id="tenure/1", holder="person/do-ram", office_kind="party_leader", title="서기장", title_lang="ko",
            organization="organization/the-party", country="VN", attested_on=day("2024-05-05"),
            evidence=(said("a_ko", "서기장"),),
        ),
        Event(
            id="meeting/1", event_type="meeting", participants=("person/do-ram", "person/maruen"),
            countries=("KZ", "VN"), start=day("2024-05-05"), place="city/1581130", evidence=met, part_of="visit/1",
        ),
        Event(
            id="visit/1", event_type="visit", participants=("person/maruen",), visitor=("person/maruen",),
            host=("country/VN",), countries=("KZ", "VN"), start=day("2024-05"), status="occurred", level="state",
            evidence=met,
        ),
        Event(
            id="visit/2", event_type="visit", participants=("person/do-ram",), visitor=("person/do-ram",),
            host=("country/KZ",), countries=("KZ", "VN"), start=day("2025"), status="planned", evidence=fr,
            reports=(
                StatusReport(status="planned", reported_on=day("2024-05-05"), evidence=fr),
                StatusReport(status="proposed", evidence=fr),
            ),
        ),
        Agreement(
            id="agreement/1", agreement_kind="mou", parties=("country/KZ", "country/VN"), subject="l'amitié",
            subject_lang="fr", signed_on=day("2024-05-05"), signed_at="meeting/1", count=3, evidence=fr,
        ),
        TradeFigure(
            id="trade-figure/1", value=Decimal("1E+9"), currency="USD", measure="bilateral_trade",
            parties=("country/KZ", "country/VN"), period=day("2024"), approximate=True, evidence=(one,),
            disagrees_with=("trade-figure/2",),
        ),
        TradeFigure(
            id="trade-figure/2", value=Decimal("800000000"), currency="USD", measure="bilateral_trade",
            parties=("country/KZ", "country/VN"), period=day("2024"), growth=Decimal("-12.50"), evidence=(other,),
            disagrees_with=("trade-figure/1",),
        ),
        TradeFigure(
            id="trade-figure/3", value=Decimal("5"), currency="EUR", measure="aid", parties=("country/VN",),
            period=Interval(start=day("2022"), end=day("2023")), evidence=(other,),
        ),
        Twinning(id="twinning/1", twins=("city/1581130", "region/KZ-VOS"), since=day("--05-05"), evidence=fr),
        DiplomaticRelation(
            id="diplomatic-relation/1", parties=("country/KZ", "country/VN"), since=day("1992-06-29"), evidence=fr
        ),
        TradePartnerRank(
            id="trade-partner-rank/1", of_country="country/VN", partner="country/KZ", rank=2, evidence=fr, inferred=True
        ),
    )  # fmt: skip


def comparisons() -> tuple[Comparison, ...]:
    """One pair that was joined, one that is unsure."""
    ko = Side(thing="person/do-ram", name="도람", lang="ko", document="a_ko")
    fr = Side(thing="person/do-ram", name="Do Ram", lang="fr", document="b_fr")
    other = Side(thing="person/maruen", name="Maruen", lang="fr", document="b_fr")
    names = Reason(feature="names alike", weight=1.0, value=0.6, words='도람 and Do Ram: "consonants"')
    office = Reason(feature="same office", weight=0.55, value=1.0, words="party_leader of VN")
    return (
        Comparison(id="comparison/1", one=fr, other=ko, judgement="same", score=1.15, reasons=(names, office)),
        Comparison(id="comparison/2", one=ko, other=other, judgement="unsure", score=0.8, reasons=(names,)),
    )


def knowledge(*, reverse: bool = False) -> Knowledge:
    """All of it; `reverse` gives everything in the other order."""
    kz = Thing(id="country/KZ", kind="place", subkind="country", label="Kazakhstan")
    every = (*things(), kz)
    told = facts()
    documents = tuple(
        Claims(document=document(name), lang=lang, things=(), facts=(), dates=("2024-05-05", "2024", "--05-05"))
        for name, (lang, _) in TEXTS.items()
    )
    turn = -1 if reverse else 1
    return Knowledge(
        documents=documents[::turn], things=every[::turn], facts=told[::turn], comparisons=comparisons()[::turn]
    )
