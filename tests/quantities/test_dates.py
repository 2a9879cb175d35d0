"""Dates in whole documents: what goes on from what, what is never invented, spans, and the types themselves."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from suites import score

from kgx.quantities.dates import find_dates, year_of_writing
from kgx.quantities.types import Interval, PartialDate

LANGS = sorted(
    folder.name for folder in resources.files("kgx.lang").iterdir() if folder.joinpath("dates.yaml").is_file()
)
HERE = Path(__file__).parent
# The first suites grew beside the rules, the second ones were written blind by readers who did not know them.
SUITES = sorted([*(HERE / "dates").glob("*.json"), *(HERE / "second" / "dates").glob("*.json")])
MOST_TOO_MANY = 0.03


def day(iso: str) -> PartialDate:
    return PartialDate.parse(iso)


def named(text: str, lang: str, published: str | None = None) -> list[str]:
    found = find_dates(text, lang, published=day(published) if published else None)
    return [date.iso for mention in found for date in mention.named]


def suite_name(path: Path) -> str:
    return "-".join(path.relative_to(HERE).with_suffix("").parts)


@pytest.mark.parametrize("path", SUITES, ids=suite_name)
def test_suite(path: Path) -> None:
    """Value and exact span of at least 95 % of the dates of our own suites, 150 or more each; few dates too many."""
    told = score(path)
    assert told.total >= 150
    assert told.right / told.total >= 0.95, told.missed
    assert told.too_many / told.sentences <= MOST_TOO_MANY


def test_two_years_joined_are_a_period_only_in_a_row() -> None:
    assert [m.value.iso for m in find_dates("They met in 2019 and 2020.", "en")] == ["2019/2020"]
    assert [m.value.iso for m in find_dates("They met in 2015, 2018 and 2021.", "en")] == ["2015", "2018", "2021"]


def test_to_a_date_at_the_start_of_a_sentence_is_no_until() -> None:
    assert [m.value.iso for m in find_dates("Đến tháng 2/2019, hai bên ký.", "vi")] == ["2019-02"]
    assert [m.value.iso for m in find_dates("Lệnh cấm kéo dài đến tháng 2/2019.", "vi")] == ["../2019-02"]


def test_number_words_go_on() -> None:
    (mention,) = find_dates("It closed twenty five years ago.", "en", published=day("2024-05-15"))
    assert mention.value.iso == "1999-05-15"


def test_the_eve_is_that_of_the_date_before_or_of_publication() -> None:
    assert named("Он вернулся 5 марта, а накануне был в Риме.", "ru", "2024-03-20") == ["2024-03-05", "2024-03-04"]
    assert named("Накануне он вернулся.", "ru", "2024-03-20") == ["2024-03-19"]


def test_a_bare_day_goes_on_from_the_month_before() -> None:
    text = "로페스 총리는 지난달 16일부터 사흘간 페루에 머물렀고, 둘째 날인 17일 의원들을 만났다."
    assert named(text, "ko", "2023-09-01") == ["2023-08-16", "2023-08-17"]


def test_last_year_speaks_for_its_sentence() -> None:
    text = "지난해에는 합창단이 10월 30일부터 11월 3일까지 칠레에서 노래했다."
    assert named(text, "ko", "2022-07-05") == ["2021", "2021-10-30", "2021-11-03"]


def test_years_later_go_on_from_the_year_before() -> None:
    text = "227 milliards en 2013, et 367 milliards quatre ans plus tard."
    (_, later) = find_dates(text, "fr")
    assert (later.value.iso, later.how, later.relative_to) == ("2017", "relative", "2013")


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("ko", "어제 만났고 금요일에 떠났으며 지난달 11일과 10년 전에도 왔다."),
        ("ar", "التقيا أمس السبت وفي الشهر الماضي وقبل عشر سنوات."),
        ("fr", "Hier, vendredi, le mois dernier, il y a dix ans."),
        ("en", "Yesterday, on Friday, last month, ten years ago."),
        ("vi", "Hôm qua, tháng trước, năm ngoái, 10 năm trước."),
        ("ru", "Вчера, в пятницу, в прошлом месяце, десять лет назад."),
    ],
)
def test_nothing_relative_without_a_publication_date(lang: str, text: str) -> None:
    assert find_dates(text, lang, published=day("2024-05-15"))
    assert not find_dates(text, lang)


@pytest.mark.parametrize(
    ("lang", "text", "year", "evidence"),
    [
        ("ko", "페루가 1974년 6월 21일에 개교 50주년을 기렸다.", 2024, "1974년 6월 21일에 개교 50주년"),
        (
            "fr",
            "Lima célébrait le 50e anniversaire de la bibliothèque municipale (21 juin 1974).",
            2024,
            "50e anniversaire de la bibliothèque municipale (21 juin 1974",
        ),
    ],
)
def test_an_anniversary_tells_the_year_of_writing(lang: str, text: str, year: int, evidence: str) -> None:
    found = year_of_writing(text, lang)
    assert found is not None
    assert found[0] == year
    assert text[slice(*found[1])] == evidence


def test_the_year_of_writing_is_inferred_with_less_confidence() -> None:
    text = "5월 9일 리마에서 만났다. 페루가 1974년 6월 21일에 개교 50주년을 기렸다."
    first = find_dates(text, "ko")[0]
    assert (first.value.iso, first.how) == ("2024-05-09", "inferred")
    assert first.confidence < 0.8
    alone = find_dates("5월 9일 리마에서 만났다.", "ko")[0]
    assert alone.value.iso == "--05-09"
    assert alone.confidence > first.confidence


def test_no_year_of_writing_from_an_anniversary_alone() -> None:
    assert year_of_writing("개교 40주년을 기렸다. 회의는 1974년 6월 21일에 열렸다.", "ko") is None


def test_the_publication_date_beats_the_inferred_year() -> None:
    text = "5월 9일 만났다. 1974년 6월 21일에 개교 50주년을 기렸다."
    assert find_dates(text, "ko", published=day("2020-05-10"))[0].value.iso == "2020-05-09"


def test_an_anniversary_names_no_date() -> None:
    (mention,) = find_dates("두 도시는 결연 60주년을 기렸다.", "ko", published=day("2023-09-01"))
    assert (mention.value.iso, mention.kind, mention.how, mention.named) == ("1963", "anniversary", "inferred", ())


def test_the_other_reading_is_kept_as_an_alternative() -> None:
    (mention,) = find_dates("15일에 만났다.", "ko", published=day("2016-11-07"))
    assert mention.value.iso == "2016-10-15"
    assert [other.iso for other in mention.alternatives] == ["2016-11-15"]


def test_a_wrong_weekday_costs_confidence() -> None:
    (right,) = find_dates("2024년 11월 8일(금)", "ko")
    (wrong,) = find_dates("2024년 11월 8일(월)", "ko")
    assert right.value == wrong.value
    assert wrong.confidence < right.confidence


def test_part_of_a_period_names_the_period() -> None:
    (mention,) = find_dates("At the end of last year Ghana had built two ports.", "en", published=day("2024-03-09"))
    assert mention.value.iso == "2023-07/2023-12"
    assert [date.iso for date in mention.named] == ["2023"]


def test_all_digits_read_alike() -> None:
    for text in ("في 3/5/2023", "في ٣/٥/٢٠٢٣", "في ۳/۵/۲۰۲۳"):
        assert [mention.value.iso for mention in find_dates(text, "ar")] == ["2023-05-03"]
    assert [mention.value.iso for mention in find_dates("２０２３年 아닌 ２０２３년", "ko")] == ["2023"]


def test_spans_count_in_the_text_as_given() -> None:
    for lang, text, surface in (
        ("ar", "وُقِّعَ الاتفاق في 5 مايُو 2023.", "5 مايُو 2023"),
        ("vi", "Ký nga\u0300y 5 tha\u0301ng 5 na\u0306m 2023.", "nga\u0300y 5 tha\u0301ng 5 na\u0306m 2023"),
        ("fr", "Signé le 3 aou\u0302t 2023.", "3 aou\u0302t 2023"),
    ):
        (mention,) = find_dates(text, lang)
        assert mention.text == surface == text[mention.start : mention.end]


def test_a_hijri_date_is_kept_as_written() -> None:
    (mention,) = find_dates("وُقعت في 9 رمضان 1446هـ.", "ar")
    assert (mention.value.iso, mention.written) == ("2025-03-09", "1446-09-09 AH")


@given(st.sampled_from(LANGS), st.text(max_size=200), st.booleans())
def test_spans_are_in_order_and_never_overlap(lang: str, text: str, dated: bool) -> None:
    end = 0
    for mention in find_dates(text, lang, published=day("2024-05-15") if dated else None):
        assert end <= mention.start < mention.end <= len(text)
        assert mention.text == text[mention.start : mention.end]
        end = mention.end


dates = st.one_of(
    st.dates().map(PartialDate.of),
    st.builds(PartialDate, year=st.integers(1, 9999)),
    st.builds(PartialDate, year=st.integers(1, 9999), month=st.integers(1, 12)),
    st.dates().map(lambda date: PartialDate(month=date.month, day=date.day)),
)


@given(dates)
def test_iso_round_trip(date: PartialDate) -> None:
    assert PartialDate.parse(date.iso) == date
    assert date.contains(date)
    if date.first is not None and date.last is not None:
        assert date.contains(PartialDate.of(date.first))
        assert date.contains(PartialDate.of(date.last))


@given(dates, dates)
def test_interval_round_trip(start: PartialDate, end: PartialDate) -> None:
    assert Interval.parse(Interval(start=start, end=end).iso) == Interval(start=start, end=end)
    assert Interval.parse(f"{start.iso}/..").end is None


@pytest.mark.parametrize("wrong", ["2023-13", "2023-02-30", "--02-30", "23-01-01", "", "2023-1-1"])
def test_no_such_date(wrong: str) -> None:
    with pytest.raises(ValueError):
        PartialDate.parse(wrong)
