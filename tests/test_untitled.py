"""Surnames without an office: who meets acts for a state where states deal with one another, and not elsewhere."""

from __future__ import annotations

import hashlib

import pytest

from kgx.annotate import annotate
from kgx.extract import extract
from kgx.models import Document, Event

STATES = [
    ("en", "Macron met Scholz in Berlin. The talks between France and Germany lasted two hours.", {"FR", "DE"}),
    ("fr", "Macron a reçu Scholz à Paris mardi. Les relations franco-allemandes étaient au menu.", {"FR", "DE"}),
    ("ru", "Путин и Эрдоган встретились в Сочи. Россия и Турция договорились о газе, сообщил Кремль.", {"RU", "TR"}),
    ("ar", "استقبل السيسي ضيفه ماكرون في القاهرة. وأكد البلدان متانة العلاقات المصرية الفرنسية.", {"EG", "FR"}),
    ("ko", "시진핑과 푸틴이 모스크바에서 만났다. 양국은 국방 협력을 논의했다. 중국과 러시아는 가깝다.", {"CN", "RU"}),
    ("vi", "Putin và Erdogan hội đàm tại Sochi. Hai nước nhất trí về khí đốt. Nga, Thổ Nhĩ Kỳ bán khí.", {"RU", "TR"}),
]  # fmt: skip
FRIENDS = [
    ("en", "Macron met Scholz in Berlin."),  # whom all readers know, the program does not
    ("en", "Taylor Swift met Travis Kelce in Kansas City. Fans in Japan and Australia cheered."),
    ("en", "The poet Amina Diallo met the painter Luis Ortega in Lisbon. Senegal and Portugal share a love of colour."),
    ("fr", "Léa a rencontré Marco à Naples. Ils vivent entre la France et l'Italie."),
    ("fr", "Deschamps a reçu Mbappé à Clairefontaine. La France affronte l'Italie dimanche."),
    ("ru", "Медведев и Алькарас встретились в Майами. Россия и Испания ждут финала."),
    ("ar", "التقت ليلى مع كريم في مراكش، وزارا المغرب وإسبانيا."),
    ("ko", "손흥민과 이강인이 런던에서 만났다. 영국과 프랑스 언론이 주목했다."),
    ("vi", "Công Phượng gặp Quang Hải tại Hà Nội. Việt Nam và Thái Lan sẽ đá trận chung kết."),
]


def told(text: str, lang: str) -> list[Event]:
    document = Document(id="d", file_name="d.txt", text=text, sha256=hashlib.sha256(text.encode()).hexdigest())
    return [fact for fact in extract(annotate(document, lang)).facts if isinstance(fact, Event)]


@pytest.mark.parametrize(("lang", "text", "states"), STATES)
def test_those_whom_all_readers_know_meet_for_their_states(lang: str, text: str, states: set[str]) -> None:
    meeting = next(event for event in told(text, lang) if event.event_type == "meeting")
    assert len(meeting.participants) == 2
    assert set(meeting.countries) == states


@pytest.mark.parametrize(("lang", "text"), FRIENDS)
def test_two_people_and_two_states_are_no_diplomacy(lang: str, text: str) -> None:
    assert told(text, lang) == []
