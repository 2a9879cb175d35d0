"""Nothing that is read makes finding mentions fail, or take more than what the text is long."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgx import annotate as module
from kgx.annotate import annotate, pipeline
from kgx.lang import languages
from kgx.models import Annotated, Document
from kgx.ner import Entity
from kgx.workers import Limits

NEWS = {
    "en": "Prime Minister Tomas Lindqvist came to Windhoek on 5 May 2025 and signed 3 agreements worth $2.5 million. ",
    "fr": "La ministre Hélène Vasseur s'est rendue à Ljubljana le 5 mai 2025 et a signé trois accords de 2 M d'euros. ",
    "ru": "Премьер Олег Станкевич прибыл в Ташкент 5 мая 2025 года и подписал три соглашения на 2,5 млн долларов. ",
    "ar": "وصل رئيس الوزراء سليم البكوش إلى نواكشوط في 5 مايو 2025 ووقع ثلاث اتفاقيات بقيمة 2.5 مليون دولار. ",
    "ko": "안드레이 코발추크 총리는 2025년 5월 5일 브라티슬라바를 방문해 협정 3건, 250만 달러 규모에 서명했다. ",
    "vi": "Thủ tướng Phan Quốc Đạt đã đến thăm Ulan Bator ngày 5/5/2025 và ký 3 thỏa thuận trị giá 2,5 triệu USD. ",
}
PUNCTUATION = "…—«»()!?;:.,'\"/\\-[]{}@#%&*_|~ "
SCRIPTS = "Жапаров서울에서وبيروتZürichĐà Nẵng北京Ἀθῆναιתל אביבกรุงเทพ№5₩"


def read(text: str, lang: str) -> Annotated:
    sha = hashlib.sha256(text.encode("utf8", "surrogatepass")).hexdigest()
    found = annotate(Document(id="d", file_name="d.txt", text=text, sha256=sha), lang)
    last = 0
    for mention in found.mentions:
        assert last <= mention.start < mention.end <= len(text)
        assert mention.text == text[mention.start : mention.end]
        last = mention.end
    return found


odd = (
    st.text(st.characters(exclude_categories=["Cs"]), max_size=80)
    | st.text(st.sampled_from(PUNCTUATION), max_size=120)
    | st.text(st.sampled_from(SCRIPTS + "\u0301\u200f\u200d\ufeff\x00\n\t"), max_size=120)
)


@pytest.mark.parametrize("lang", languages())
@settings(max_examples=15, deadline=None)
@given(text=odd, before=st.booleans())
def test_anything_can_be_read(lang: str, text: str, before: bool) -> None:
    alone = read(NEWS[lang], lang)
    assert alone.mentions
    read(text + NEWS[lang] if before else NEWS[lang] + text, lang)


class Words:
    """Stands in for the model, which alone would take minutes: every third word is a name, of each kind in turn."""

    def __call__(self, lines: Sequence[str]) -> list[list[Entity]]:
        return [list(self._found(line)) for line in lines]

    def _found(self, line: str) -> list[Entity]:
        found, at = [], 0
        for number, word in enumerate(line.split(" ")):
            if word and number % 3 == 0:
                label = ("PER", "LOC", "ORG", "OFFICE")[number % 4]
                found.append(Entity(start=at, end=at + len(word), label=label, score=0.8))
            at += len(word) + 1
        return found


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("kind", ["news", "punctuation", "scripts", "one word", "blanks"])
def test_twice_the_line_takes_twice_the_time(monkeypatch: pytest.MonkeyPatch, lang: str, kind: str) -> None:
    unit = {
        "news": NEWS[lang], "punctuation": PUNCTUATION, "scripts": SCRIPTS + " ", "one word": "abcдеж가نب",
        "blanks": " ",
    }[kind]  # fmt: skip
    monkeypatch.setattr(module, "_recognizer", Words)
    read(unit, lang)
    seconds = []
    for size in (20_000, 80_000):
        started = time.process_time()
        read((unit * (size // len(unit) + 1))[:size], lang)
        seconds.append(time.process_time() - started)
    assert seconds[1] < 7 * seconds[0] + 0.5  # four times the text; sixteen times the time if every pair is compared


def test_a_line_of_a_million_characters_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_recognizer", Words)
    started = time.process_time()
    found = read((NEWS["en"] * 10_000)[:1_000_000], "en")
    assert time.process_time() - started < 120  # 20 on the machine it was written on
    assert found.mentions[-1].end > 999_000


def test_only_the_limits_of_the_build_say_how_long_a_text_may_be() -> None:
    text = "No. " * (Limits.characters // 4)
    assert pipeline("en").make_doc(text).text == text
