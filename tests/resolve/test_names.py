"""Names across scripts: our own lists, the two bars that must never be crossed, and what the score promises."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgx.resolve.align import evidence, most, weakest
from kgx.resolve.names import ALIKE, block_keys, compare
from kgx.resolve.ranking import Ranking
from kgx.resolve.sounds import PIVOT, readings, script_of, scripts, table

LISTS = sorted((Path(__file__).parent / "names").glob("*.json"))
NAMES = [name for file in LISTS for person in json.loads(file.read_text("utf8"))["people"] for name in person]


def halves(file: Path) -> list[list[list[str]]]:
    """The tuning and the held-out persons of a list."""
    people = json.loads(file.read_text("utf8"))["people"]
    return [people[::2], people[1::2]]


@pytest.mark.parametrize("file", LISTS, ids=lambda f: f.stem)
@pytest.mark.parametrize("half", [0, 1], ids=["tuned", "held-out"])
def test_spellings_meet_and_persons_do_not(file: Path, half: int) -> None:
    people = halves(file)[half]
    same = [p for names in people for p in combinations(names, 2) if script_of(p[0]) != script_of(p[1])]
    others = [(a, b) for one, other in combinations(people, 2) for a in one for b in other]
    others = random.Random(1).sample([p for p in others if script_of(p[0]) != script_of(p[1])], 2500)
    recall = sum(compare(a, b).score >= ALIKE for a, b in same) / len(same)
    false = [(a, b) for a, b in others if compare(a, b).score >= ALIKE]
    # Readings of Han characters are few sounds, and some bearers (Carrie Lam) have another name in Latin.
    assert recall >= (0.85 if file.stem == "han" else 0.92)
    assert len(false) <= (10 if file.stem == "han" else 5), false
    assert not [p for p in false if compare(*p).verdict == "same"]


@pytest.mark.parametrize("file", LISTS, ids=lambda f: f.stem)
def test_alike_names_share_a_key(file: Path) -> None:
    assert _sharing(_alike(file)) >= 0.95


def test_blocking_loses_few_pairs_of_all_lists() -> None:
    assert _sharing([pair for file in LISTS for pair in _alike(file)]) >= 0.98


def _alike(file: Path) -> list[tuple[str, str]]:
    people = json.loads(file.read_text("utf8"))["people"]
    return [p for names in people for p in combinations(names, 2) if compare(*p).score >= ALIKE]


def _sharing(pairs: Sequence[tuple[str, str]]) -> float:
    return sum(bool(block_keys(a) & block_keys(b)) for a, b in pairs) / len(pairs)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Tokayev", "Tokarev"), ("토카예프", "토카레프"), ("Токаев", "Токарев"), ("김정은", "김정일"),
        ("Kassym-Jomart Tokayev", "Sergei Tokarev"), ("Kim Jong-un", "김정일"), ("김여정", "Kim Jong-un"),
        ("토람", "투람"), ("Tô Lâm", "투람"), ("تو لام", "تو لان"), ("Mohammed bin Salman", "محمد بن زايد"),
        ("Salman bin Abdulaziz", "Mohammed bin Salman"), ("Bashar al-Assad", "حافظ الأسد"),
        ("Hun Sen", "훈 마넷"), ("George Bush", "Jeb Bush"), ("Lech Kaczyński", "Jarosław Kaczyński"),
        ("Raúl Castro", "피델 카스트로"), ("Nguyễn Xuân Phúc", "Nguyễn Xuân Thắng"), ("Kim Jong-un", "김용현"),
        ("Rashid Meredov", "Serdar Berdimuhamedow"), ("Vladimir Putin", "Владимир Макей"),
        ("Sergei Ivanovich Petrov", "Sergei Mikhailovich Petrov"),
    ],
)  # fmt: skip
def test_false_friends_are_never_same(a: str, b: str) -> None:
    assert compare(a, b).verdict != "same"


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Emmanuel Macron", "에마뉘엘 마크롱"), ("Macron Emmanuel", "Эмманюэль Макрон"),
        ("Kassym-Jomart Tokaïev", "카심조마르트 토카예프"), ("قاسم جومارت توكاييف", "Касым-Жомарт Токаев"),
        ("Владимир Владимирович Путин", "블라디미르 푸틴"), ("Emmanuel Macron", "MACRON Emmanuel"),
    ],
)  # fmt: skip
def test_long_names_that_sound_alike_are_alike(a: str, b: str) -> None:
    assert compare(a, b).score >= 0.9


def test_long_names_are_same_and_short_ones_unsure() -> None:
    assert compare("Emmanuel Macron", "에마뉘엘 마크롱").verdict == "same"
    for a, b in (("토람", "Tô Lâm"), ("토람", "토람"), ("Xi Jinping", "시진핑"), ("习近平", "Xi Jinping")):
        assert compare(a, b).verdict == "unsure"


@pytest.mark.parametrize(
    ("a", "b", "reason"),
    [
        ("Lee Jae-myung", "이재명", "bits of evidence"),
        ("Jae-myung Lee", "이재명", "parts in another order"),
        ("Владимир Владимирович Путин", "Vladimir Putin", "without particles or fathers' names"),
        ("A. Khamenei", "Ali Khamenei", "an initial"),
        ("Andrés Manuel López Obrador", "Andrés López Obrador", "1 left out"),
        ("Tô Lâm", "To Lam", "equal after folding"),
    ],
)
def test_reasons_tell_what_was_done(a: str, b: str, reason: str) -> None:
    found = compare(a, b)
    assert found.score >= ALIKE
    assert reason in "; ".join(found.reasons)


def test_fathers_who_differ_keep_sons_apart() -> None:
    assert compare("Malik Ruslanovich Barkhanoev", "Malik Magomedovich Barkhanoev").verdict == "different"
    assert compare("Malik Barkhanoev", "Malik Magomedovich Barkhanoev").verdict != "different"


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(NAMES), st.sampled_from(NAMES))
def test_scores_are_symmetric_and_bounded(a: str, b: str) -> None:
    found, turned = compare(a, b), compare(b, a)
    assert found == turned
    assert 0 <= found.score <= 1
    assert (found.verdict == "different") == (found.score < ALIKE)
    assert found.reasons


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=20), st.text(max_size=20))
def test_any_text_is_judged(a: str, b: str) -> None:
    assert compare(a, a).score in (0.0, 1.0)
    assert 0 <= compare(a, b).score <= 1
    block_keys(a)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(NAMES), st.sampled_from(NAMES))
def test_the_worst_run_is_part_of_the_evidence(a: str, b: str) -> None:
    x, y = readings(a)[0], readings(b)[0]
    one, other = (r.whole(tuple(range(len(r.parts)))).units for r in (x, y))
    how = table(x.script, y.script)
    assert weakest(one, other, how) <= 0
    assert evidence(one, other, how) <= most(one, other, how) + 1e-9
    assert evidence(one, other, how) == pytest.approx(evidence(other, one, table(y.script, x.script)))


@pytest.mark.parametrize(
    ("a", "b"),
    [("Габриэлем Боричем", "Габриэля Борича"), ("Владимиром Зеленским", "Владимир Зеленский"), ("Ли Цяном", "Ли Цян")],
)
def test_a_name_in_two_cases_is_alike_and_no_proof(a: str, b: str) -> None:
    found = compare(a, b)
    assert found.verdict == "unsure"
    assert found.reasons == ("equal but for endings of cases",)
    assert compare(b, a) == found


@pytest.mark.parametrize(
    ("a", "b"),
    [("Токаева", "Токарева"), ("Сергеем Токаевым", "Сергея Токарева"), ("Ким Чен Ыном", "Ким Чен Ира")],
)
def test_endings_make_no_namesakes(a: str, b: str) -> None:
    assert "equal but for endings of cases" not in compare(a, b).reasons
    assert compare(a, b).verdict != "same"


def test_every_script_has_sounds() -> None:
    for script in scripts().values():
        if script.name != PIVOT and not script.read:
            assert table(script.name, PIVOT).match


def test_ranking_finds_what_comparing_finds() -> None:
    told = halves(next(file for file in LISTS if file.stem == "hangul_latin"))[1]
    ranking = Ranking(names[1] for names in told)
    found = sum(ranking.best(names[0])[0][0] == names[1] for names in told)
    assert found >= 0.95 * len(told)
    best = ranking.best("푸틴", 7)
    assert len(best) == 7
    assert [worth for _, worth in best] == sorted((worth for _, worth in best), reverse=True)
    assert all(worth < 0 for _, worth in Ranking(["Emmanuel Macron"]).best("쑤언"))


def test_importing_loads_no_model() -> None:
    code = "import sys, kgx.resolve.names; print({'spacy', 'onnxruntime'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "set()"


@pytest.mark.parametrize(
    ("arabic", "latin"), [("القاهرة", "Qahira"), ("السويس", "Suez"), ("الكوفة", "Kufa"), ("المكلا", "Mukalla")]
)
def test_an_article_may_be_left_out(arabic: str, latin: str) -> None:
    assert compare(arabic, latin).score >= ALIKE


def test_an_article_that_belongs_to_the_name_counts() -> None:
    assert compare("الجزائر", "Aljazair").score > compare("الجزائر", "Jazair").score >= ALIKE
