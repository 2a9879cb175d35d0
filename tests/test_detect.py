"""Which language a headline is in, and that texts in others are refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from kgx.lang import languages
from kgx.lang.detect import detect

_SAMPLES = yaml.safe_load((Path(__file__).parent / "detect_samples.yaml").read_text(encoding="utf-8"))
READ: dict[str, list[str]] = _SAMPLES["read"]
REFUSED: dict[str, list[str]] = _SAMPLES["refused"]


@pytest.mark.parametrize("lang", languages())
def test_headlines_are_told_apart(lang: str) -> None:
    wrong = {line: found for line in READ[lang] if (found := detect(line)) != lang}
    assert len(READ[lang]) >= 12
    assert len(wrong) <= 1, wrong  # 'Lavrov arrives in Hanoi': four words, three of them in any language
    assert detect(" ".join(READ[lang])) == lang


@pytest.mark.parametrize("lang", REFUSED)
def test_other_languages_are_not_taken_for_ours(lang: str) -> None:
    assert {line: found for line in REFUSED[lang] if (found := detect(line)) in languages()} == {}


@pytest.mark.parametrize("lang", ["de", "tr", "es", "it", "nl", "pl", "uk", "bg", "kk", "fa", "ur", "zh", "ja", "hu"])
def test_a_text_in_another_language_has_its_name(lang: str) -> None:
    assert detect(". ".join(REFUSED[lang])) == lang


def test_nothing_to_go_by() -> None:
    assert [detect(text) for text in ("", "12.03.2024", "https://example.org/a?b=1", "… — !")] == ["und"] * 4
    assert [detect(text) for text in ("남", "a", " ب.", "В 2024", "no")] == ["und"] * 5
    assert [detect(text) for text in ("한국", "토람")] == ["ko"] * 2
