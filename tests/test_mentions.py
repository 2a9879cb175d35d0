"""Which reading of a stretch of text stands."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from kgx.annotate import annotate
from kgx.candidates import Candidate
from kgx.lang import pack
from kgx.lang.normalize import clean
from kgx.models import Document
from kgx.named import named_again
from kgx.places import without_nationality
from kgx.sure import joined
from kgx.trimmed import after_nation


def found(text: str, lang: str, kind: str) -> dict[str, str | None]:
    document = Document(id="d", file_name="d.txt", text=text, sha256=hashlib.sha256(text.encode()).hexdigest())
    return {m.text: m.country for m in annotate(document, lang).mentions if m.kind == kind}


def test_a_capital_that_opens_a_report_is_nobody() -> None:
    text = "طشقند - أعلن الرئيس الأوزبكي رستم كريموف الارتقاء بالعلاقات. وقد غادر كريموف طشقند صباح اليوم."
    assert set(found(text, "ar", "person")) == {"رستم كريموف", "كريموف"}
    assert found(text, "ar", "place") == {"طشقند": "UZ"}


def test_a_town_goes_without_the_nationality_after_it() -> None:
    text = "سان لويس السنغالية"
    town, nation = Candidate(0, len(text), "place"), Candidate(9, len(text), "nationality", value="SN")
    bare, state = without_nationality(town, [nation], text)
    assert (text[bare.start : bare.end], state) == ("سان لويس", "SN")
    assert without_nationality(nation, [nation], text) == (nation, None)


def test_nationality_words_are_no_places_and_no_titles() -> None:
    text = "ارتفعت الصادرات المصرية إلى تركيا، وبحث وزيرا الخارجية السعودي فيصل بن فرحان والروسي سيرغي لافروف الأمر."
    assert found(text, "ar", "place") == {"تركيا": "TR"}
    assert "الروسي" not in found(text, "ar", "office")


def test_a_title_tells_the_name_before_it() -> None:
    text = "정기명 여수시장을 단장으로 한 시 대표단 9명은 24일부터 나흘 일정으로 필리핀 세부를 방문 중이다."
    assert set(found(text, "ko", "person")) == {"정기명"}
    assert not found("정부의 신임 대사와 고위급 대표가 이날 오전 체코 총리를 만났다.", "ko", "person")


def test_a_mission_is_of_the_state_that_sends_it() -> None:
    for text, country in (
        ("주가나 튀르키예대사관이 행사를 열었다.", "TR"),
        ("주한 피지대사관이 행사를 열었다.", "FJ"),
        ("주유엔 니제르대표부가 성명을 냈다.", "NE"),
    ):
        assert set(found(text, "ko", "organization").values()) == {country}


def test_a_body_goes_without_the_state_posted_at_it() -> None:
    assert found("주유엔 피지대사가 말했다.", "ko", "place") == {"피지": "FJ"}
    assert set(found("주유럽연합 아르헨티나대사가 말했다.", "ko", "organization")) == {"유럽연합"}
    assert "유엔 피지 대표부" in found("주유엔 피지 대표부는 성명을 냈다.", "ko", "organization")


def test_the_sign_of_a_syllable_is_no_word() -> None:
    assert found("정부는 대(對)중국 수출을 늘렸다.", "ko", "place") == {"중국": "CN"}
    text = "주(駐)유엔 한(韓)·일(日)"
    whole = clean(text)
    assert whole.text == "주유엔 한(韓)·일"
    assert [text[slice(*whole.original(at, at + 1))] for at in (0, 1)] == ["주(駐)", "유"]
    assert clean("(\u0301가").text == "(가"  # a bracket with a mark on it is none


def test_who_is_joined_to_a_person_is_one() -> None:
    text = "나루카와 아르만 베코프가 만났다. 나루카는 떠났다."
    first = Candidate(0, 3, "place", score=0.8)
    second, again = Candidate(5, 11, "person", score=0.95), Candidate(19, 22, "person", score=0.6)

    def kind(*names: Candidate, lang: str = "ko", places: tuple[Candidate, ...] = ()) -> str:
        return joined(names, [], places, text, lang)[0].kind

    assert kind(first, second) == kind(replace(first, kind="organization"), second) == "person"
    assert kind(replace(first, score=0.95), second, again) == "person"
    # the model is sure of the place, or not of the person; the gazetteer knows it; nothing joins them
    assert kind(replace(first, score=0.95), second) == kind(first, replace(second, score=0.7)) == "place"
    assert kind(first, second, places=(Candidate(0, 3, "place", values=("city/1",)),)) == "place"
    assert kind(first, second, lang="en") == kind(first, again) == "place"


def test_a_name_is_supported_by_who_is_joined_to_it() -> None:
    text = "오영주 카자흐스탄 대통령이 서울을 찾았다.\n\n오영주와 카롤리나 세르케이라는 협정에 서명했다."
    assert set(found(text, "ko", "person")) == {"오영주", "카롤리나 세르케이라"}


def test_a_surname_alone_is_somebody_named_in_full() -> None:
    text = "السفير زهيري مصراوي"
    whole = Candidate(7, len(text), "person")
    told = f"{text} في تونس. وكان مصراوي قد وصل أمس، وسلم لمصراوي الوسام."
    assert [told[c.start : c.end] for c in named_again(told, "ar", [whole], [])] == ["مصراوي", "مصراوي"]
    assert named_again(told, "ar", [whole], [Candidate(24, len(told), "place")]) == []
    assert named_again(told, "ar", [replace(whole, start=13)], []) == []  # a name of one part is no full name
    assert named_again(told, "en", [whole], []) == []


def test_a_nationality_before_a_name_is_no_part_of_it() -> None:
    text = "البنغلاديشي عبد المؤمن"
    whole, nation = Candidate(0, len(text), "person"), Candidate(0, 11, "nationality", value="BD")
    bare = after_nation(whole, [nation], text, ("و", "ال"))
    assert text[bare.start : bare.end] == "عبد المؤمن"
    assert after_nation(replace(whole, kind="place"), [nation], text, ("و", "ال")).start == 0
    assert after_nation(replace(whole, end=11), [nation], text, ("و", "ال")).end == 11
    assert after_nation(whole, [nation], text, ()) == whole  # 'German Gref' has no article


POWERS: dict[str, list[str]] = yaml.safe_load(
    (Path(__file__).parent / "world_samples.yaml").read_text(encoding="utf-8")
)["powers"]


@pytest.mark.parametrize("lang", POWERS)
def test_capitals_and_palaces_are_left_alone(lang: str) -> None:
    named: dict[str, str | None] = {}
    for text in POWERS[lang]:
        assert not found(text, lang, "person")
        assert not found(text, lang, "office")
        named |= found(text, lang, "place") | found(text, lang, "organization")
    assert len(named) >= 3
    # of the capitals; a palace is of a state only where the language's data tells of which
    assert set(named.values()) <= {None, "US", "CN", "TR", *pack(lang).language.powers}


def test_a_capital_right_after_a_title_is_where_its_bearer_goes() -> None:
    text = "وصل الرئيس القاهرة مساء أمس بعد أن زار الوزير بكين وطوكيو."
    assert found(text, "ar", "place") == {"القاهرة": "EG", "بكين": "CN", "طوكيو": "JP"}
    assert not found(text, "ar", "person")


def test_a_venue_called_after_a_president_is_neither_a_town_nor_an_office() -> None:
    text = "وضع الوزير إكليلا من الزهور على ضريح الرئيس هو تشي منه."
    assert found(text, "ar", "place") == {"ضريح الرئيس هو تشي منه": "VN"}
    assert set(found(text, "ar", "office")) == {"الوزير"}


def test_a_body_that_is_known_keeps_the_word_that_the_model_takes_for_a_title() -> None:
    text = "التقى الأمين العام لحلف الناتو مارك روته رئيس الوزراء المجري فيكتور أوربان في بروكسل."
    assert found(text, "ar", "organization") == {"حلف الناتو": None}
    assert set(found(text, "ar", "office")) == {"الأمين العام", "رئيس الوزراء"}
