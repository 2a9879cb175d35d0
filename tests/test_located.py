"""Of several places of one name the one that lies where the document is at home; a town called like a man."""

from __future__ import annotations

from pathlib import Path

import pytest

from kgx.models import Event, Knowledge
from kgx.pipeline import know

TRIPOLI_LIBYA, TRIPOLI_LEBANON = "city/2210247", "city/266826"
CORDOBA_ARGENTINA, CORDOBA_SPAIN = "city/3860259", "city/2519240"
VALENCIA_VENEZUELA, VALENCIA_SPAIN = "city/3625549", "city/2509954"
GEORGIA, GEORGIA_US = "country/GE", "region/US-GA"
SAIGON = "city/1566083"

CASES = [
    ("en", "Libyan Prime Minister Abdul Hamid Dbeibah received Italian Foreign Minister Antonio Tajani in Tripoli.",
     TRIPOLI_LIBYA, TRIPOLI_LEBANON),
    ("en", "Italian Foreign Minister Antonio Tajani arrived in Tripoli on Monday.", TRIPOLI_LIBYA, TRIPOLI_LEBANON),
    ("en", "The French ambassador to Lebanon, Hervé Magro, visited the port of Tripoli in northern Lebanon.",
     TRIPOLI_LEBANON, TRIPOLI_LIBYA),
    ("en", "Lebanese Prime Minister Nawaf Salam visited Tripoli on Monday.", TRIPOLI_LEBANON, TRIPOLI_LIBYA),
    ("en", "Libyan and Italian ministers spoke of a ship that had left Tripoli, Lebanon, on Monday.",
     TRIPOLI_LEBANON, TRIPOLI_LIBYA),
    ("fr", "L'ambassadeur de France au Liban, Hervé Magro, s'est rendu lundi à Tripoli, dans le nord du Liban.",
     TRIPOLI_LEBANON, TRIPOLI_LIBYA),
    ("fr",
     "Le ministre italien des Affaires étrangères, Antonio Tajani, s'est rendu à Tripoli, où il "
     "a rencontré le Premier ministre libyen.",
     TRIPOLI_LIBYA, TRIPOLI_LEBANON),
    ("ar", "زار رئيس مجلس الوزراء اللبناني نواف سلام مدينة طرابلس يوم الاثنين، حيث التقى رئيس بلدية طرابلس في لبنان.",
     TRIPOLI_LEBANON, TRIPOLI_LIBYA),
    ("ar", "استقبل رئيس الوزراء الليبي عبد الحميد الدبيبة وزير الخارجية الإيطالي أنطونيو تاياني في طرابلس.",
     TRIPOLI_LIBYA, TRIPOLI_LEBANON),
    ("ko", "나와프 살람 레바논 총리는 5일 레바논 트리폴리를 방문했다.", TRIPOLI_LEBANON, TRIPOLI_LIBYA),
    ("en", "South Korean Foreign Minister Cho Tae-yul visited Atlanta, Georgia, and met U.S. Senator Jon Ossoff.",
     GEORGIA_US, GEORGIA),
    ("en", "Armenian Foreign Minister Ararat Mirzoyan arrived in Georgia. Georgia and Armenia signed a memorandum.",
     GEORGIA, GEORGIA_US),
    ("en", "In Atlanta, Georgia's foreign minister met Senator Jon Ossoff.", GEORGIA, GEORGIA_US),
    ("fr",
     "Le ministre coréen des Affaires étrangères, Cho Tae-yul, s'est rendu à Atlanta, en "
     "Géorgie, aux États-Unis.",
     GEORGIA_US, GEORGIA),
    ("fr", "Le ministre arménien des Affaires étrangères, Ararat Mirzoïan, s'est rendu en Géorgie lundi.",
     GEORGIA, GEORGIA_US),
    ("ko", "조태열 외교부 장관은 5일 미국 조지아주 애틀랜타를 방문했다.", GEORGIA_US, GEORGIA),
    ("ko", "조태열 외교부 장관은 5일 조지아 트빌리시를 방문해 조지아 총리와 회담했다.", GEORGIA, GEORGIA_US),
    ("en", "Spanish Foreign Minister José Manuel Albares received his counterpart Nasser Bourita in Córdoba.",
     CORDOBA_SPAIN, CORDOBA_ARGENTINA),
    ("en", "Argentine President Javier Milei received Italian Foreign Minister Antonio Tajani in Córdoba.",
     CORDOBA_ARGENTINA, CORDOBA_SPAIN),
    ("fr",
     "Le ministre espagnol des Affaires étrangères, José Manuel Albares, a reçu à Córdoba son "
     "homologue marocain.",
     CORDOBA_SPAIN, CORDOBA_ARGENTINA),
    ("fr", "Le président argentin Javier Milei a reçu à Córdoba le ministre italien Antonio Tajani.",
     CORDOBA_ARGENTINA, CORDOBA_SPAIN),
    ("en", "Spanish Prime Minister Pedro Sánchez met Portuguese Prime Minister António Costa in Valencia.",
     VALENCIA_SPAIN, VALENCIA_VENEZUELA),
    ("en", "Venezuelan President Nicolás Maduro met Colombian Foreign Minister Luis Gilberto Murillo in Valencia.",
     VALENCIA_VENEZUELA, VALENCIA_SPAIN),
    # what is far greater, or a capital, is meant wherever it is told
    ("en", "U.S. Secretary of State Marco Rubio arrived in Athens on Monday.", "city/264371", "city/4180386"),
    ("en", "In Athens, U.S. Secretary of State Marco Rubio praised the alliance.", "city/264371", "city/4180386"),
    ("en", "U.S. Secretary of State Marco Rubio arrived in Paris on Monday.", "city/2988507", "city/4717560"),
    ("en", "Canadian Foreign Minister Anita Anand arrived in London on Monday.", "city/2643743", "city/6058560"),
]  # fmt: skip


def read(tmp_path: Path, lang: str, text: str) -> Knowledge:
    file = tmp_path / "a.md"
    file.write_text(f"---\npublished: 2025-05-06\n---\n{text}\n", encoding="utf8")
    issues: list[object] = []
    found = know([file], lang=lang, report=issues.append)
    assert not issues
    return found


@pytest.mark.parametrize(("lang", "text", "meant", "other"), CASES)
def test_the_place_that_is_meant(tmp_path: Path, lang: str, text: str, meant: str, other: str) -> None:
    found = {t.id for t in read(tmp_path, lang, text).things if t.names}
    assert meant in found and other not in found


def test_a_visit_goes_to_the_state_in_which_the_town_lies(tmp_path: Path) -> None:
    text = "L'ambassadeur de France au Liban, Hervé Magro, s'est rendu lundi à Tripoli, dans le nord du Liban."
    [visit] = [f for f in read(tmp_path, "fr", text).facts if isinstance(f, Event) and f.event_type == "visit"]
    assert visit.place == TRIPOLI_LEBANON and visit.host == ("country/LB",)


@pytest.mark.parametrize(
    ("lang", "text", "man", "town"),
    [
        ("ko", "토람 서기장은 5일 호치민 주석의 생애를 기리는 전시회에 참석했다.", True, False),
        ("ko", "조태열 외교부 장관은 5일 베트남 호치민을 방문해 호치민시 인민위원장과 회담했다.", False, True),
        ("ko", "조태열 외교부 장관은 5일 호치민에서 응우옌 반 넨 당서기를 만났다.", False, True),
        ("en", "President Ho Chi Minh visited North Korea in 1957.", True, False),
        ("en", "President Ho Chi Minh was honoured as To Lam arrived in Ho Chi Minh City on Monday.", True, True),
        ("ar", "زار وزير الخارجية الكوري مدينة هو تشي منه، ووضع إكليلا على ضريح الرئيس هو تشي منه.", True, True),
        ("vi", "Tổng Bí thư Tô Lâm đến thăm Thành phố Hồ Chí Minh. Chủ tịch Hồ Chí Minh thăm Triều Tiên.", True, True),
    ],
)  # fmt: skip
def test_the_man_and_the_town(tmp_path: Path, lang: str, text: str, man: bool, town: bool) -> None:
    things = read(tmp_path, lang, text).things
    names = ("호치민", "Ho Chi Minh", "هو تشي منه", "Hồ Chí Minh")
    men = [t for t in things if t.kind == "person" and any(n.text.startswith(names) for n in t.names)]
    assert (len(men) == 1) == man
    assert any(t.id == SAIGON for t in things) == town
