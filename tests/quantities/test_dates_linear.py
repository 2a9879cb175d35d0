"""Reading takes time in proportion to the length of the text, whatever is repeated in it."""

from __future__ import annotations

import time
from importlib import resources

import pytest

from kgx.quantities.date_data import load_pack
from kgx.quantities.dates import find_dates
from kgx.quantities.types import PartialDate

LANGS = sorted(
    folder.name for folder in resources.files("kgx.lang").iterdir() if folder.joinpath("dates.yaml").is_file()
)
_SHORT, _TIMES = 4_000, 8


def _pieces(lang: str) -> list[str]:
    """Repeats that would hurt a pattern that backtracks: digits, signs, numbers in words, whole examples."""
    data = load_pack(lang).data
    numbers = list(data.words.get("number", {}))[:40]
    examples = [example.partition(" => ")[0] for rule in (*data.rules, *data.joins) for example in rule.examples]
    return ["1", "1 ", "2024-", "1/", "5. ", " ", "\n", ".", "(", ", 1", " ".join(numbers) + " ", "".join(numbers),
            " ".join(examples).replace("<", "").replace(">", "") + " "]  # fmt: skip


def _seconds(text: str, lang: str) -> float:
    start = time.process_time()
    find_dates(text, lang, published=PartialDate.parse("2024-05-15"))
    return time.process_time() - start


@pytest.mark.parametrize("lang", LANGS)
def test_linear(lang: str) -> None:
    find_dates("2024", lang)
    for piece in _pieces(lang):
        short = (piece * (_SHORT // len(piece) + 1))[:_SHORT]
        base = min(_seconds(short + "x" * turn, lang) for turn in range(2))
        long = min(_seconds(short * _TIMES + "x" * turn, lang) for turn in range(2))
        # Eight times the text may take eight times as long, and some more for noise (a busy machine's caches do
        # that); sixty-four times is quadratic.
        assert long < max(base, 0.02) * _TIMES * 4, (piece[:40], base, long)
