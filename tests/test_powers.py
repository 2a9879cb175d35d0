"""The house by whose name a state is called: a body that speaks, and a place where somebody is received."""

from __future__ import annotations

import hashlib

import pytest

from kgx.annotate import annotate
from kgx.candidates import Candidate
from kgx.extract import extract
from kgx.models import Document, Event
from kgx.powers import with_powers


def document(text: str) -> Document:
    return Document(id="d", file_name="d.txt", text=text, sha256=hashlib.sha256(text.encode()).hexdigest())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Nhà Trắng cho biết Thủ tướng Tonga Tevita Moala sẽ tới.", [("organization", "Nhà Trắng", "US")]),
        ("Nhà Trắng và Điện Kremlin đã nhất trí nối lại đàm phán.",
         [("organization", "Nhà Trắng", "US"), ("organization", "Điện Kremlin", "RU")]),
        ("Điện Élysée thông báo lịch làm việc.", [("organization", "Điện Élysée", "FR")]),
        ("Phố Downing từ chối bình luận.", [("organization", "Phố Downing", "GB")]),
        ("Hai nhà lãnh đạo gặp nhau tại Nhà Trắng.", [("place", "Nhà Trắng", "US")]),
        ("Ông Adam Colburn trở lại Nhà Trắng.", [("place", "Nhà Trắng", "US")]),
        ("Điện Kremlin bác tin. Ở Điện Kremlin, không ai nói gì.",
         [("organization", "Điện Kremlin", "RU"), ("place", "Điện Kremlin", "RU")]),
        ("Hội đồng An ninh Quốc gia Nhà Trắng từ chối bình luận.",
         [("organization", "Hội đồng An ninh Quốc gia Nhà Trắng", None)]),
        ("Ngôi nhà trắng ở cuối phố, cạnh nhà xanh, đã bán.", []),
    ],
)  # fmt: skip
def test_what_stands_before_tells_the_place_from_the_body(text: str, told: list[tuple[str, str, str | None]]) -> None:
    mentions = annotate(document(text), "vi").mentions
    found = [(m.kind, m.text, m.country) for m in mentions if m.kind in ("organization", "place")]
    assert [m for m in found if m[2] != "TO"] == told


@pytest.mark.parametrize(
    ("text", "place", "participants", "states"),
    [
        ("Tổng thống Mỹ Adam Colburn hội đàm với Thủ tướng Tonga Tevita Moala tại Nhà Trắng.", True, 2, {"US", "TO"}),
        ("Nhà Trắng đã ký thỏa thuận về thủy sản với Tonga.", False, 1, {"US", "TO"}),
        ("Thủ tướng Tonga Tevita Moala điện đàm với Điện Kremlin.", False, 2, {"RU", "TO"}),
        ("Thủ tướng Tonga Tevita Moala thăm Nhà Trắng hôm thứ Hai.", True, 1, {"US", "TO"}),
    ],
)
def test_it_acts_for_its_state(text: str, place: bool, participants: int, states: set[str]) -> None:
    (event,) = [f for f in extract(annotate(document(text), "vi")).facts if isinstance(f, Event)]
    assert (event.place is not None, len(event.participants), set(event.countries)) == (place, participants, states)


def test_whom_the_model_calls_by_the_house_keeps_his_own_name() -> None:
    class Words:
        prefixes = suffixes = frozenset[str]()
        longest = 0

        def fit(self, text: str, start: int, end: int, starts: frozenset[int] = frozenset()) -> bool:
            return True

    text = "Nhà Trắng Karen Whitlock"
    names = with_powers([Candidate(0, len(text), "person")], text, "vi", Words())
    assert [(n.kind, text[n.start : n.end]) for n in names] == [
        ("person", "Karen Whitlock"),
        ("organization", "Nhà Trắng"),
    ]
    assert with_powers(names, text, "en", Words()) == names  # no seats of power are listed
