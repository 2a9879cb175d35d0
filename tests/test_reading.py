"""What the engine concludes beyond single rules, on sentences made for it."""

from __future__ import annotations

import hashlib

import pytest

from kgx.annotate import annotate
from kgx.extract import extract
from kgx.models import (
    Agreement,
    Claims,
    DiplomaticRelation,
    Document,
    Event,
    PartialDate,
    Tenure,
    TradeFigure,
    Twinning,
)


def _document(text: str) -> Document:
    published = PartialDate(year=2024, month=6, day=12)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Document(id="d", file_name="d.txt", text=text, sha256=digest, published=published)


def claims(text: str, lang: str = "en") -> Claims:
    return extract(annotate(_document(text), lang))


def offices(found: Claims) -> dict[str, tuple[str, str | None]]:
    """Name -> kind of office and state."""
    names = {thing.id: thing.label for thing in found.things}
    return {names[f.holder]: (f.office_kind, f.country) for f in found.facts if isinstance(f, Tenure)}


@pytest.mark.parametrize("word", ["Kyrgyz", "Montenegrin", "Kazakh"])
def test_nationality_before_a_title_is_no_town(word: str) -> None:
    found = claims(f"Prime Minister Edi Rama of Albania met {word} Foreign Minister Adem Kulov in Tirana on Monday.")
    assert offices(found)["Adem Kulov"][1] in ("KG", "ME", "KZ")
    assert word not in {thing.label for thing in found.things}


@pytest.mark.parametrize(
    "text",
    [
        "Foreign Ministers Margus Tsahkna of Estonia and Bakhtiyor Saidov of Uzbekistan met in Tallinn.",
        "The foreign ministers of Estonia and Uzbekistan, Margus Tsahkna and Bakhtiyor Saidov, met in Tallinn.",
    ],
)
def test_title_told_of_two_is_held_by_both(text: str) -> None:
    assert offices(claims(text)) == {
        "Margus Tsahkna": ("foreign_minister", "EE"),
        "Bakhtiyor Saidov": ("foreign_minister", "UZ"),
    }


def test_singular_title_is_held_by_the_first_alone() -> None:
    assert list(offices(claims("President Andrzej Duda of Poland and Maria Nowak sang in Riga."))) == ["Andrzej Duda"]


def test_since_tells_from_when_a_tie_holds() -> None:
    (twinning,) = (
        f for f in claims("Kampala has been twinned with Turin since 1998.").facts if isinstance(f, Twinning)
    )
    assert twinning.since == PartialDate(year=1998)
    text = "Kenya and Peru have had diplomatic relations since 15 November 1993."
    (relation,) = (f for f in claims(text).facts if isinstance(f, DiplomaticRelation))
    assert relation.since == PartialDate(year=1993, month=11, day=15)


def test_bloc_gives_aid_like_a_state() -> None:
    found = claims("The European Union pledged 150 million euros in aid to Moldova.")
    (figure,) = (f for f in found.facts if isinstance(f, TradeFigure))
    names = {thing.id: thing.label for thing in found.things}
    assert [names.get(p, p) for p in figure.parties] == ["European Union", "Moldova"]


def test_contract_of_two_firms_is_business() -> None:
    found = claims("Samsung Electronics signed a supply deal with Bosch GmbH on Monday, the two companies said.")
    assert not [f for f in found.facts if isinstance(f, Agreement)]


def test_signing_of_a_year_past_is_not_that_of_today() -> None:
    found = claims(
        "Foreign Minister Elina Valtonen of Finland and Foreign Minister Musalia Mudavadi of Kenya signed an agreement "
        "on labour. In 2019, the two countries signed a treaty on extradition."
    )
    days = [f.start for f in found.facts if isinstance(f, Event) and f.event_type == "signing"]
    assert days == [None, PartialDate(year=2019)]


def test_title_of_the_next_sentence_is_that_of_the_bare_name() -> None:
    found = claims("Hakan Fidan was in Beijing on Monday. The Turkish foreign minister met Wang Yi of China.")
    assert offices(found)["Hakan Fidan"] == ("foreign_minister", "TR")


@pytest.mark.parametrize(
    "second",
    ["He met the Turkish foreign minister.", "Ayman Safadi met the Turkish foreign minister."],
)
def test_title_that_is_no_subject_is_not_that_of_the_name_before(second: str) -> None:
    assert "Mark Rutte" not in offices(claims(f"Mark Rutte was in Ankara on Monday. {second}"))


def test_two_presidents_are_presidents_both() -> None:
    text = (
        "Le président du Cap-Vert, José Maria Neves, a rencontré Marcelo Rebelo de Sousa à Lisbonne. "
        "Les deux présidents ont salué l'amitié entre le Portugal et le Cap-Vert."
    )
    assert offices(claims(text, "fr"))["Marcelo Rebelo de Sousa"][0] == "head_of_state"
    assert "Marcelo Rebelo de Sousa" not in offices(claims(text.replace("deux présidents", "deux hommes"), "fr"))


def test_latter_is_whom_the_sentence_before_named_last() -> None:
    text = (
        "Le Premier ministre luxembourgeois Xavier Bettel a rencontré à Oulan-Bator le président mongol "
        "Ukhnaa Khurelsukh. {} se rendra au Luxembourg en octobre."
    )
    visits = [f for f in claims(text.format("Ce dernier"), "fr").facts if isinstance(f, Event) and f.visitor]
    assert [v.countries for v in visits] == [("MN", "LU")]


def test_there_is_the_place_named_last() -> None:
    text = "Le Bhoutan reste fermé aux étrangers. Le ministre norvégien Espen Barth Eide s'y rendra en octobre."
    visits = [f for f in claims(text, "fr").facts if isinstance(f, Event)]
    assert [(v.event_type, v.countries) for v in visits] == [("visit", ("NO", "BT"))]


def test_name_and_his_counterpart_are_two() -> None:
    text = (
        "Le ministre marocain Nasser Bourita a reçu mardi le ministre brésilien Mauro Vieira. "
        "Nasser Bourita et son homologue ont signé un accord de pêche."
    )
    found = claims(text, "fr")
    names = {thing.id: thing.label for thing in found.things}
    (signing,) = [f for f in found.facts if isinstance(f, Event) and f.event_type == "signing"]
    assert {names[p] for p in signing.participants} == {"Nasser Bourita", "Mauro Vieira"}


def test_days_of_a_visit_are_not_those_of_its_invitation() -> None:
    text = (
        "Le président bulgare Roumen Radev séjourne à Lima du 3 au 5 juin 2024 à l'invitation du président péruvien "
        "Luis Soto."
    )
    found = {f.event_type: str(f.start) for f in claims(text, "fr").facts if isinstance(f, Event)}
    assert found["visit"] == "2024-06-03" and found.get("invitation", "None") == "None"


def test_state_of_the_title_before_is_no_part_of_the_name() -> None:
    found = offices(claims("Quốc vương Jordan Abdullah II tiếp Thủ tướng Mông Cổ Luvsannamsrain Oyun-Erdene.", "vi"))
    assert found["Abdullah II"] == ("monarch", "JO")
    assert found["Luvsannamsrain Oyun-Erdene"] == ("head_of_government", "MN")


def test_embassy_is_no_ambassador() -> None:
    told = "Đại sứ Séc tại Kenya Nicol Adamcová phát biểu tại trụ sở Đại sứ quán ở Nairobi."
    spans = [m.text for m in annotate(_document(told), "vi").mentions if m.kind == "office"]
    assert spans == ["Đại sứ"]


def test_title_with_a_state_tells_whose_minister_the_only_one_is() -> None:
    text = (
        "Ngoại trưởng Péter Szijjártó đến Baku hôm 10/6. Tổng thống Azerbaijan Ilham Aliyev tiếp Ngoại trưởng Hungary."
    )
    assert offices(claims(text, "vi"))["Péter Szijjártó"] == ("foreign_minister", "HU")


def test_title_with_a_state_means_its_holder_though_another_holds_the_same_title() -> None:
    text = (
        "Tổng thống Rwanda đã tới Azerbaijan. Tổng thống Vladimir Putin chúc mừng. Tổng thống Rwanda Paul Kagame ở lại "
        "hai ngày."
    )
    found = claims(text, "vi")
    names = {thing.id: thing.label for thing in found.things}
    visits = [f for f in found.facts if isinstance(f, Event) and f.event_type == "visit"]
    assert {names[p] for v in visits for p in v.participants} == {"Paul Kagame"}


def test_two_sides_are_those_whose_officials_were_just_named() -> None:
    text = (
        "Tổng thống Mexico Claudia Sheinbaum điện đàm với Tổng thống Lào Thongloun Sisoulith. Mexico và Lào muốn mở "
        "rộng thương mại. Bộ trưởng Quốc phòng Lào Chansamone Chanyalath hội đàm với Bộ trưởng Quốc phòng Belarus "
        "Viktor Khrenin. Hai bên ký bản ghi nhớ về đào tạo."
    )
    parties = [f.parties for f in claims(text, "vi").facts if isinstance(f, Agreement)]
    assert [set(p) for p in parties] == [{"country/LA", "country/BY"}]


def test_whoever_meets_somebody_of_a_third_state_is_of_the_first() -> None:
    text = (
        "Prime Minister Hun Manet of Cambodia met Prime Minister Christopher Luxon of New Zealand. Cambodia and New "
        "Zealand trade little. Foreign Minister Prak Sokhonn met Foreign Minister Bendito Freitas of Timor-Leste."
    )
    assert offices(claims(text))["Prak Sokhonn"][1] == "KH"


def test_deputy_is_not_whom_he_deputizes_for() -> None:
    text = "Phó Thủ tướng Lào Saleumxay Kommasith sẽ kế nhiệm. Thủ tướng Saleumxay Kommasith đã đến."
    held = {f.office_kind for f in claims(text, "vi").facts if isinstance(f, Tenure)}
    assert held == {"deputy_head_of_government", "head_of_government"}


def of_type(found: Claims, kind: str) -> list[tuple[set[str], str]]:
    """Labels of those who take part in each event of a type, and its status."""
    names = {thing.id: thing.label for thing in found.things}
    return [
        ({names[p] for p in f.participants}, f.status)
        for f in found.facts
        if isinstance(f, Event) and f.event_type == kind
    ]


@pytest.mark.parametrize(
    "opening",
    ["В Осло прибыл премьер-министр Канады Марк Карни.", "С премьер-министром Канады Марком Карни легко."],
)
def test_pronoun_means_whom_the_sentence_before_speaks_of(opening: str) -> None:
    found = claims(f"{opening} В четверг его принял король Норвегии Харальд V.", "ru")
    [(taking_part, status)] = of_type(found, "meeting")
    assert (len(taking_part), status) == (2, "occurred")


def test_pronoun_without_anyone_before_means_nobody() -> None:
    assert not of_type(claims("В четверг его принял король Норвегии Харальд V.", "ru"), "meeting")


def test_counterpart_is_of_another_state() -> None:
    text = (
        "Chilean Foreign Minister Alberto Rojas came to Nepal. He met Prime Minister Ram Thapa of Nepal "
        "and his Nepalese counterpart Sita Rana in Kathmandu."
    )
    assert offices(claims(text))["Sita Rana"] == ("foreign_minister", "NP")


def test_what_is_held_next_is_not_what_was_held() -> None:
    text = (
        "В среду в Праге министр транспорта Казахстана Ерлан Абишев встретился с министром транспорта Чехии "
        "Павлом Гораком. Следующая встреча пройдёт в Алматы."
    )
    assert sorted(status for _, status in of_type(claims(text, "ru"), "meeting")) == ["occurred", "planned"]


def test_days_that_go_by_are_of_this_year() -> None:
    found = claims("Президент Чили Габриэль Борич посетил Непал с 10 по 14 июня.", "ru")
    assert found.dates == ("2024-06-10", "2024-06-14")


def _starts(found: Claims) -> dict[str, str]:
    """Kind of event -> the day it is given."""
    events = [f for f in found.facts if isinstance(f, Event) and isinstance(f.start, PartialDate)]
    return {f.event_type: f.start.iso for f in events if isinstance(f.start, PartialDate)}


_ARRIVED = "Foreign Minister Adem Kulov of Albania visited Tallinn on Monday, 10 June. "


def test_day_told_once_holds_for_what_follows() -> None:
    text = _ARRIVED + "Albania and Estonia signed an agreement on tourism."
    found = claims(text)
    assert _starts(found) == {"visit": "2024-06-10", "signing": "2024-06-10"}
    (agreement,) = (f for f in found.facts if isinstance(f, Agreement))
    assert agreement.signed_on == PartialDate(year=2024, month=6, day=10)


def test_day_told_once_is_not_that_of_the_past() -> None:
    text = _ARRIVED + "In 2018 Albania and Estonia signed an agreement on tourism."
    assert _starts(claims(text)) == {"visit": "2024-06-10", "signing": "2018"}


def test_meeting_during_a_visit_of_several_days_fell_on_one_of_them() -> None:
    text = (
        "Prime Minister Edi Rama of Albania visited Estonia from 3 to 5 June 2024, "
        "where he met Estonian Prime Minister Kaja Kallas."
    )
    starts = _starts(claims(text))
    assert (starts["visit"], starts["meeting"]) == ("2024-06-03", "2024-06")


def test_plan_takes_no_day_that_is_over() -> None:
    text = (
        "Prime Minister Edi Rama of Albania will visit Estonia on 5 June 2024. "
        "Albania and Estonia will sign an agreement on tourism."
    )
    assert "signing" not in _starts(claims(text))


def test_what_falls_in_half_a_year_does_not_begin_in_its_first_month() -> None:
    text = "Foreign Minister Adem Kulov of Albania will visit Estonia in the second half of 2025."
    assert _starts(claims(text)) == {"visit": "2025"}


def test_period_told_of_trade_is_that_of_its_parts() -> None:
    text = (
        "Trade between Kenya and Peru was 300 million dollars in 2022. Kenyan exports to Peru were 200 million dollars."
    )
    figures = [f for f in claims(text).facts if isinstance(f, TradeFigure)]
    assert [f.period for f in figures] == [PartialDate(year=2022)] * 2


def _periods(found: Claims) -> list[str | None]:
    return [str(f.period.iso) if f.period is not None else None for f in found.facts if isinstance(f, TradeFigure)]


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("In 2023 exports of Albania to Estonia were 14 million euros, 9% less than in 2022.", "2023"),
        ("Exports of Albania to Estonia amounted to 14 million euros up to April this year.", "2024-01/2024-04"),
        (
            "Albania and Estonia signed an agreement for 2024-2027. "
            "Estonia will give Albania a loan of up to 14 million euros.",
            "2024/2027",
        ),
    ],
)
def test_period_of_a_figure(text: str, period: str) -> None:
    opening = _ARRIVED + "He met Foreign Minister Margus Tsahkna of Estonia. "
    assert _periods(claims(opening + text)) == [period]


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "Serbia's Novak Petrovic, the top seed, beat Conor Walsh of Ireland. He will meet Spain's Juan Garcia."),
        (
            "ru",
            "Венский хор мальчиков посетил Токио по приглашению Японского совета искусств. Директор Ханс Грубер "
            "встретился с японским коллегой Кэндзи Мори, и они подписали меморандум о гастролях Австрии и Японии.",
        ),
        (
            "vi",
            "Đầu bếp Pháp Alain Roux thăm Việt Nam hồi tháng 5 theo lời mời của một khách sạn. Ông gặp đầu bếp "
            "Nguyễn Văn Minh tại Hà Nội và hai người ký thỏa thuận hợp tác mở nhà hàng ở hai nước.",
        ),
    ],
)
def test_what_artists_cooks_and_players_do_is_no_diplomacy(lang: str, text: str) -> None:
    assert not [f for f in claims(text, lang).facts if not isinstance(f, Tenure)]


def test_the_minister_is_the_foreign_minister_spoken_of() -> None:
    visit = "زار وزير الخارجية الأردني سمير حداد هانوي. والتقى {} أمس رئيس الوزراء الفيتنامي فام مينه تشينه."
    found = claims(visit.format("الوزير"), "ar")
    names = {thing.id: thing.label for thing in found.things}
    met = {
        frozenset(names[p] for p in f.participants)
        for f in found.facts
        if isinstance(f, Event) and f.event_type == "meeting"
    }
    assert met == {frozenset(("سمير حداد", "فام مينه تشينه"))}
    assert offices(claims(visit.format("الوزير سمير حداد"), "ar"))["سمير حداد"] == ("foreign_minister", "JO")


@pytest.mark.parametrize(("title", "short"), [("رئيس الوزراء", "الرئيس"), ("نائب وزير الخارجية", "الوزير")])
def test_another_office_is_not_short_for_one_that_begins_or_ends_like_it(title: str, short: str) -> None:
    text = f"زار {title} الأردني سمير حداد هانوي. والتقى {short} أمس رئيس مجلس النواب الفيتنامي تران ثانه مان."
    assert not [
        f for f in claims(text, "ar").facts if isinstance(f, Event) and f.event_type == "meeting" and f.participants
    ]
