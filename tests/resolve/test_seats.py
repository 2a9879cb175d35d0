"""Bodies of which a state has one: across languages one, and nothing that says more."""

from __future__ import annotations

import pytest

from kgx.resolve.seats import seat_of


@pytest.mark.parametrize(
    "names",
    [
        [("Sénat du Kazakhstan", "fr"), ("카자흐스탄 상원", "ko"), ("مجلس الشيوخ الكازاخستاني", "ar"),
         ("Сенатом Республики Казахстан", "ru"), ("the Senate of Kazakhstan", "en"), ("Thượng viện Kazakhstan", "vi")],
        [("МИДа Казахстана", "ru"), ("카자흐스탄외교부", "ko"), ("وزارة الخارجية الكازاخستانية", "ar"),
         ("ministère kazakh des Affaires étrangères", "fr"), ("Foreign Ministry", "en")],
        [("Institut d'études stratégiques du président du Kazakhstan", "fr"), ("KazISS", "en"), ("КИСИ", "ru"),
         ("카자흐스탄 대통령 전략연구소", "ko"), ("معهد الدراسات الاستراتيجية التابع لرئيس كازاخستان", "ar"),
         ("Казахстанский институт стратегических исследований при Президенте Республики Казахстан", "ru")],
    ],
)  # fmt: skip
def test_one_body_in_all_languages(names: list[tuple[str, str]]) -> None:
    assert len({seat_of(name, lang, "KZ") for name, lang in names} - {None}) == 1
    assert all(seat_of(name, lang, "KZ") for name, lang in names)


@pytest.mark.parametrize(
    ("name", "lang", "country"),
    [
        ("National University of Kazakhstan", "en", "KZ"),
        ("Senate of Kazakhstan", "en", "UZ"),  # another state than its name tells
        ("Senate", "en", None),
        ("Senate Committee of Kazakhstan", "en", "KZ"),
        ("Development Bank of Kazakhstan", "en", "KZ"),
        ("카자흐스탄 국립대학교", "ko", "KZ"),
    ],
)
def test_what_says_more_or_of_no_state_is_none(name: str, lang: str, country: str | None) -> None:
    assert seat_of(name, lang, country) is None


def test_seats_differ() -> None:
    assert seat_of("Senate of Kenya", "en", "KE") != seat_of("Parliament of Kenya", "en", "KE")
    assert seat_of("Senate of Kenya", "en", "KE") != seat_of("Senate of Chad", "en", "TD")
