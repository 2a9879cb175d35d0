"""The house by whose name a state is called: a body that speaks, and a place where somebody is received."""

from __future__ import annotations

import hashlib
import time

import pytest

from kgx.annotate import annotate
from kgx.extract import extract
from kgx.lang import pack
from kgx.models import Document, Event, Tenure
from kgx.powers import with_powers


def document(text: str) -> Document:
    return Document(id="d", file_name="d.txt", text=text, sha256=hashlib.sha256(text.encode()).hexdigest())


def body(name: str, state: str | None) -> tuple[str, str, str | None]:
    return ("organization", name, state)


def place(name: str, state: str | None) -> tuple[str, str, str | None]:
    return ("place", name, state)


@pytest.mark.parametrize(
    ("lang", "text", "told"),
    [
        ("vi", "Nhà Trắng cho biết Thủ tướng Tonga Tevita Moala sẽ tới.", [body("Nhà Trắng", "US")]),
        ("vi", "Nhà Trắng và Điện Kremlin đã nhất trí nối lại đàm phán.",
         [body("Nhà Trắng", "US"), body("Điện Kremlin", "RU")]),
        ("vi", "Điện Élysée thông báo lịch làm việc.", [body("Điện Élysée", "FR")]),
        ("vi", "Phố Downing từ chối bình luận.", [body("Phố Downing", "GB")]),
        ("vi", "Hai nhà lãnh đạo gặp nhau tại Nhà Trắng.", [place("Nhà Trắng", "US")]),
        ("vi", "Ông Adam Colburn trở lại Nhà Trắng.", [place("Nhà Trắng", "US")]),
        ("vi", "Điện Kremlin bác tin. Ở Điện Kremlin, không ai nói gì.",
         [body("Điện Kremlin", "RU"), place("Điện Kremlin", "RU")]),
        ("vi", "Hội đồng An ninh Quốc gia Nhà Trắng từ chối bình luận.",
         [body("Hội đồng An ninh Quốc gia Nhà Trắng", "US")]),
        ("vi", "Ngôi nhà trắng ở cuối phố, cạnh nhà xanh, đã bán.", []),
        ("en", "The White House said Prime Minister of Tonga Tevita Moala would come.", [body("White House", "US")]),
        ("en", "The White House and the Kremlin agreed to resume talks.",
         [body("White House", "US"), body("Kremlin", "RU")]),
        ("en", "Malacañang Palace denied it, and Rashtrapati Bhavan stayed silent.",
         [body("Malacañang Palace", "PH"), body("Rashtrapati Bhavan", "IN")]),
        ("en", "Tongan Prime Minister Tevita Moala left the Élysée without a word.", [place("Élysée", "FR")]),
        ("en", "Talks in the Kremlin lasted an hour, a Downing Street source said.",
         [place("Kremlin", "RU"), body("Downing Street", "GB")]),
        ("en", "Sources close to the Kremlin said a letter to the White House had been sent.",
         [body("Kremlin", "RU"), body("White House", "US")]),
        ("en", "Adam Colburn welcomed Tevita Moala to the White House.", [place("White House", "US")]),
        ("en", "The White House National Security Council declined to comment.",
         [body("White House National Security Council", "US")]),
        ("en", "The Kazan Kremlin hosted the talks.", [place("Kazan Kremlin", "RU")]),
        ("en", "A white house at the end of the road was sold, next to a blue house.", []),
        ("fr", "La Maison Blanche a démenti.", [body("Maison Blanche", "US")]),
        ("fr", "L'Élysée et Matignon se refusent à tout commentaire.", [body("Élysée", "FR"), body("Matignon", "FR")]),
        ("fr", "Il a été reçu à l'Élysée par le roi.", [place("Élysée", "FR")]),
        ("fr", "Le Premier ministre des Tonga Tevita Moala a quitté la Maison-Blanche.",
         [place("Maison-Blanche", "US")]),
        ("fr", "Des sources proches du Kremlin ont demandé à l'Élysée de répondre.",
         [body("Kremlin", "RU"), body("Élysée", "FR")]),
        ("fr", "Le Kremlin-Bicêtre est une ville.", [place("Le Kremlin-Bicêtre", "FR")]),
        ("fr", "Le Kremlin de Kazan accueille une exposition.", [place("Kremlin de Kazan", "RU")]),
        ("fr", "Une maison blanche au bout de la rue a été vendue, près de la maison bleue.", []),
        ("ru", "Белый дом и Кремль договорились продолжить переговоры.",
         [body("Белый дом", "US"), body("Кремль", "RU")]),
        ("ru", "Источник сообщил Кремлю о встрече, затем связался с Белым домом.",
         [body("Кремлю", "RU"), body("Белым домом", "US")]),
        ("ru", "В Белом доме пока не прокомментировали сообщения.", [body("Белом доме", "US")]),
        ("ru", "Стороны встретились в Кремле.", [place("Кремле", "RU")]),
        ("ru", "Премьер-министр Тонги Тевита Моала покинул Елисейский дворец.", [place("Елисейский дворец", "FR")]),
        ("ru", "Встреча прошла на Даунинг-стрит, 10.", [place("Даунинг-стрит, 10", "GB")]),
        ("ru", "Нижегородский Кремль открыт. Тульский кремль закрыт.",
         [place("Нижегородский Кремль", None), place("Тульский кремль", None)]),
        ("ru", "В конце улицы стоял белый дом, рядом голубой дом.", []),
        ("ko", "백악관과 크렘린궁은 회담을 재개하기로 합의했다.", [body("백악관", "US"), body("크렘린궁", "RU")]),
        ("ko", "백악관에 따르면 회담은 월요일에 열린다.", [body("백악관", "US")]),
        ("ko", "용산 대통령실은 논평하지 않았다.", [body("용산 대통령실", "KR")]),
        ("ko", "두 정상은 백악관에서 만났다.", [place("백악관", "US")]),
        ("ko", "테비타 모알라 통가 총리는 엘리제궁을 떠났다.", [place("엘리제궁", "FR")]),
        ("ko", "다우닝가 10번지에서 회담이 열렸다.", [place("다우닝가 10번지", "GB")]),
        ("ko", "카잔 크렘린에서 회담이 열렸다.", [place("카잔 크렘린", "RU")]),
        ("ko", "마을 끝의 하얀 집과 파란 집이 팔렸다.", []),
        ("ar", "أعلن الإليزيه والبيت الأبيض استئناف المحادثات.", [body("الإليزيه", "FR"), body("البيت الأبيض", "US")]),
        ("ar", "وصل رئيس وزراء تونغا تيفيتا موالا إلى الإليزيه.", [place("الإليزيه", "FR")]),
        ("ar", "غادر رئيس وزراء تونغا تيفيتا موالا قصر الإليزيه.", [place("قصر الإليزيه", "FR")]),
        ("ar", "وقال مسؤول بالبيت الأبيض إن الزيارة تأجلت، وفقا للكرملين.",
         [place("البيت الأبيض", "US"), body("كرملين", "RU")]),
        ("ar", "اتصل رئيس وزراء تونغا تيفيتا موالا بالكرملين.", [body("الكرملين", "RU")]),
        ("ar", "بيت أبيض في آخر الشارع بيع أمس.", []),
    ],
)  # fmt: skip
def test_what_stands_around_tells_the_place_from_the_body(
    lang: str, text: str, told: list[tuple[str, str, str | None]]
) -> None:
    mentions = annotate(document(text), lang).mentions
    found = [(m.kind, m.text, m.country) for m in mentions if m.kind in ("organization", "place")]
    assert [m for m in found if m[2] != "TO"] == told


@pytest.mark.parametrize(
    ("lang", "text", "place", "participants", "states"),
    [
        ("vi", "Tổng thống Mỹ Adam Colburn hội đàm với Thủ tướng Tonga Tevita Moala tại Nhà Trắng.",
         True, 2, {"US", "TO"}),
        ("vi", "Nhà Trắng đã ký thỏa thuận về thủy sản với Tonga.", False, 1, {"US", "TO"}),
        ("vi", "Thủ tướng Tonga Tevita Moala điện đàm với Điện Kremlin.", False, 2, {"RU", "TO"}),
        ("vi", "Thủ tướng Tonga Tevita Moala thăm Nhà Trắng hôm thứ Hai.", True, 1, {"US", "TO"}),
        ("en", "US President Adam Colburn met Tongan Prime Minister Tevita Moala at the White House.",
         True, 2, {"US", "TO"}),
        ("en", "The Kremlin has invited Tongan Prime Minister Tevita Moala to Moscow.", True, 2, {"RU", "TO"}),
        ("en", "Tongan Prime Minister Tevita Moala visited the White House on Monday.", True, 1, {"US", "TO"}),
        ("fr", "Le président américain Adam Colburn a reçu le ministre tongien Tevita Moala à la Maison-Blanche.",
         True, 2, {"US", "TO"}),
        ("fr", "Le Kremlin a invité le Premier ministre des Tonga Tevita Moala.", False, 2, {"RU", "TO"}),
        ("fr", "Le Premier ministre des Tonga Tevita Moala a quitté l'Élysée.", True, 1, {"FR", "TO"}),
        ("ru", "Президент США Адам Колберн встретился с премьер-министром Тонги Тевитой Моалой в Белом доме.",
         True, 2, {"US", "TO"}),
        ("ru", "Кремль пригласил премьер-министра Тонги Тевиту Моалу.", False, 2, {"RU", "TO"}),
        ("ru", "Премьер-министр Тонги Тевита Моала прибыл в Кремль.", True, 1, {"RU", "TO"}),
        ("ko", "콜번 미국 대통령은 백악관에서 테비타 모알라 통가 총리와 회담했다.", True, 2, {"US", "TO"}),
        ("ko", "크렘린궁은 테비타 모알라 통가 총리를 초청했다.", False, 2, {"RU", "TO"}),
        ("ko", "테비타 모알라 통가 총리는 백악관을 방문했다.", True, 1, {"US", "TO"}),
        ("ar", "استقبل الرئيس الأمريكي آدم كولبرن رئيس وزراء تونغا تيفيتا موالا في البيت الأبيض.",
         True, 2, {"US", "TO"}),
        ("ar", "وقع الكرملين اتفاقية بشأن الصيد البحري مع تونغا.", False, 1, {"RU", "TO"}),
        ("ar", "زار رئيس وزراء تونغا تيفيتا موالا البيت الأبيض.", True, 1, {"US", "TO"}),
    ],
)  # fmt: skip
def test_it_acts_for_its_state(lang: str, text: str, place: bool, participants: int, states: set[str]) -> None:
    (event,) = [f for f in extract(annotate(document(text), lang)).facts if isinstance(f, Event)]
    assert (event.place is not None, len(event.participants), set(event.countries)) == (place, participants, states)


@pytest.mark.parametrize(
    ("lang", "text", "state"),
    [
        ("en", "Kremlin spokesman Igor Vetrov said talks would go on.", "RU"),
        ("en", "A White House spokeswoman, Karen Whitlock, declined to comment.", "US"),
        ("en", "Downing Street spokesman Paul Reid said so.", "GB"),
        ("fr", "Le porte-parole du Kremlin, Igor Vetrov, a démenti.", "RU"),
        ("fr", "La porte-parole de la Maison-Blanche Karen Whitlock a démenti.", "US"),
        ("ru", "Официальный представитель Кремля Игорь Ветров сообщил об этом.", "RU"),
        ("ru", "Пресс-секретарь Белого дома Карен Уитлок опровергла сообщения.", "US"),
        ("ko", "이고리 베트로프 크렘린궁 대변인은 이를 부인했다.", "RU"),
        ("ko", "김하늘 청와대 대변인은 이를 부인했다.", "KR"),
        ("ar", "قال المتحدث باسم الكرملين إيغور فيتروف إن المحادثات مستمرة.", "RU"),
        ("ar", "قالت المتحدثة باسم البيت الأبيض كارين ويتلوك إن المحادثات مستمرة.", "US"),
        ("vi", "Người phát ngôn Điện Kremlin Igor Vetrov bác tin.", "RU"),
    ],
)
def test_who_speaks_for_it_is_of_its_state(lang: str, text: str, state: str) -> None:
    (tenure,) = [f for f in extract(annotate(document(text), lang)).facts if isinstance(f, Tenure)]
    assert (tenure.office_kind, tenure.country) == ("spokesperson", state)


@pytest.mark.parametrize("lang", ["en", "fr", "ru", "ko", "ar", "vi"])
def test_places_are_told_by_where_the_name_stands(lang: str) -> None:
    data = pack(lang).language
    assert "{power}" in data.locatives
    assert not any(name != name.strip() for names in data.powers.values() for name in names)
    assert len({name for names in data.powers.values() for name in names}) == sum(map(len, data.powers.values()))


@pytest.mark.parametrize("lang", ["en", "fr", "ru", "ko", "ar", "vi"])
def test_a_long_run_of_letters_costs_what_it_is_long(lang: str) -> None:
    began = time.process_time()
    for piece in ("А-", "A-", "Аа", "Кремль-", "Le "):
        with_powers([], piece * (40_000 // len(piece)), lang)
    assert time.process_time() - began < 2
