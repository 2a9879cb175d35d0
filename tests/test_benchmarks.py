"""The benchmarks themselves: articles made up, claims simulated, results compared and shown."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("matplotlib")
pytest.importorskip("psutil")

from benchmarks import articles, bench, compare, page, plots
from benchmarks.measure import fresh, thinned
from benchmarks.simulate import simulated
from kgx.copies import without_copies
from kgx.lang import languages
from kgx.lang.detect import detect
from kgx.models import Claims, Document, Evidence, Name, PartialDate, Tenure, Thing

ROOT = Path(__file__).parent.parent
MADE = list(articles.articles(24))
MANY = [article.text for article in articles.articles(240)]


# --- articles ----------------------------------------------------------------------------------------------------


def test_articles_are_of_every_language_and_read_as_such() -> None:
    assert articles.languages() == sorted(languages())
    assert [detect(article.body) for article in MADE] == [article.lang for article in MADE]
    assert {article.lang for article in MADE} == set(languages())


def test_articles_have_the_length_of_the_bar() -> None:
    lengths = [len(article.title) + len(article.body) for article in MADE]
    assert all(0.85 * articles.LENGTH < length < 1.15 * articles.LENGTH for length in lengths)


def test_the_same_seed_gives_the_same_articles_and_another_gives_others() -> None:
    assert list(articles.articles(24)) == MADE
    other = list(articles.articles(24, seed=9))
    assert not {article.body for article in other} & {article.body for article in MADE}


def test_no_slot_stays_open() -> None:
    assert not [article.text for article in MADE if re.search("[{}]", article.text)]


@pytest.mark.parametrize("lang", articles.languages())
def test_every_sentence_of_the_templates_can_be_said(lang: str) -> None:
    said = "\n".join(MANY)
    templates = articles._data(lang)
    for template in (*templates["leads"], *templates["news"], *templates["talk"]):
        longest = max(re.split(r"\{[^}]*\}", template), key=len)
        assert longest[1:] in said, template


def test_a_particle_goes_with_the_last_syllable() -> None:
    closed, opened, latin = articles.Word("베트남"), articles.Word("프랑스"), articles.Word("Hanoi")
    assert f"{closed:은/는} {opened:은/는} {latin:은/는} {opened}" == "베트남은 프랑스는 Hanoi는 프랑스"


def test_people_return_in_other_articles() -> None:
    world = articles.World(1000, 8)
    assert len(world.people["FR", "foreign"]) == 11
    assert {len(names) for several in world.people.values() for names in several} == {4}


def test_articles_are_written_without_their_language(tmp_path: Path) -> None:
    made = articles.written(tmp_path, 6)
    files = sorted(tmp_path.glob("*.txt"))
    assert made.documents == len(files) == 6
    heads = [file.read_text(encoding="utf8").split("---")[1] for file in files]
    assert all(re.fullmatch(r"\npublished: \d{4}-\d\d-\d\d\n", head) for head in heads)


# --- simulated claims --------------------------------------------------------------------------------------------

TEXT = (
    "Foreign Minister Karim Bodelu of France visited the industrial park near the northern harbour yesterday. "
    "Bodelu spoke with engineers about railways, harbours, bridges and several other projects of both countries. "
    "Observers had expected that the agreement would be signed before the elections take place in autumn."
)


def read() -> Claims:
    """What a document says, as if it had been read."""
    start = TEXT.index("Karim Bodelu")
    proof = Evidence(document="one", lang="en", start=start, end=start + 12, quote="Karim Bodelu", rule="ner",
                     confidence=0.9)  # fmt: skip
    office = Evidence(document="one", lang="en", start=0, end=16, quote="Foreign Minister", rule="offices",
                      confidence=0.9, after=TEXT[16:105])  # fmt: skip
    person = Thing(id="person/0", kind="person", label="Karim Bodelu", names=(Name(text="Karim Bodelu", lang="en"),),
                   country="FR", evidence=(proof,))  # fmt: skip
    day = PartialDate(year=2024, month=3, day=31)
    tenure = Tenure(holder="person/0", office_kind="foreign_minister", title="Foreign Minister", title_lang="en",
                    country="FR", attested_on=day, evidence=(office,))  # fmt: skip
    document = Document(id="one", file_name="one.txt", text=TEXT, sha256="0", published=day)
    dates = ("2024", "2024-03-31")
    return Claims(document=document, lang="en", things=(person,), facts=(tenure,), dates=dates)


def made(number: int) -> list[Claims]:
    """Simulated documents."""
    base = read().model_dump_json().encode()
    pairs = list(simulated([base], number))
    assert len({key for key, _ in pairs}) == number
    return [Claims.model_validate_json(claims) for _, claims in pairs]


def test_simulated_documents_quote_their_own_text() -> None:
    for claims in made(50):
        text = claims.document.text
        assert len(text) == len(TEXT)
        for proof in (*claims.things[0].evidence, *claims.facts[0].evidence):
            assert text[proof.start : proof.end] == proof.quote
            assert proof.document == claims.document.id
            assert text[proof.end :].startswith(proof.after)
        assert claims.things[0].evidence[0].quote == claims.things[0].label == claims.things[0].names[0].text


def test_simulated_documents_are_of_other_people_and_days_and_no_copies() -> None:
    several = made(60)
    people = {claims.things[0].label for claims in several}
    assert 2 < len(people) < 40  # they return
    assert all(name.startswith("Karim ") and len(name) == len("Karim Bodelu") for name in people)
    assert len({str(claims.document.published) for claims in several}) > 20
    assert all(claims.document.published == PartialDate.parse(claims.dates[1]) for claims in several)
    assert len(list(without_copies(several))) == 60


def test_simulated_documents_are_the_same_each_time() -> None:
    assert made(5) == made(5)


# --- results -----------------------------------------------------------------------------------------------------


def result(**figures: Any) -> dict[str, Any]:
    """A result with some figures, given as name with _ for / and values."""
    made: dict[str, Any] = {"yardstick/yardstick": {"unit": "s", "values": [1.0]}}
    for name, values in figures.items():
        made[name.replace("_", "/")] = {"unit": "s", "values": values, "documents": 10, "characters": 25_000}
    return {
        "date": "2026-01-02",
        "machine": {"processor": "One", "cores": 2, "memory": 8, "system": "Linux 6", "python": "3.13.0"},
        "load": [0.1, 2.0],
        "versions": {"spacy": "3.8"},
        "texts": {"digest": "abc", "documents": 10, "characters": 25_000, "found": {"en": [2500, 100, 25]}},
        "figures": made,
        "series": {},
        "notes": ["simulated/100000: no room"],
    }


@pytest.mark.parametrize(
    ("before", "now", "verdict"),
    [
        ([1.0, 1.01, 1.02], [1.2, 1.21, 1.22], "worse"),
        ([1.2, 1.21, 1.22], [1.0, 1.01, 1.02], "better"),
        ([1.0, 1.01, 1.02], [1.03, 1.04, 1.05], "same"),  # within the tolerance
        ([0.9, 1.0, 1.2], [1.1, 1.2, 1.4], "same"),  # the repeats scatter as much
        ([1.0], [1.08], "same"),  # measured once: a tenth may be chance
        ([1.0], [1.3], "worse"),
    ],
)
def test_slower_is_what_grew_beyond_noise(before: list[float], now: list[float], verdict: str) -> None:
    (change,) = compare.changes(result(generated_mentions_en=before), result(generated_mentions_en=now))
    assert change.verdict == verdict


def test_figures_of_other_documents_are_not_compared() -> None:
    old, new = result(generated_mentions_en=[1.0, 1.0]), result(generated_mentions_en=[2.0, 2.0])
    assert [change.verdict for change in compare.changes(old, new)] == ["worse"]
    new["figures"]["generated/mentions/en"]["documents"] = 20
    assert compare.changes(old, new) == []
    new["figures"]["generated/mentions/en"]["documents"] = 10
    new["texts"]["digest"] = "def"
    assert compare.changes(old, new) == []
    assert compare.unlike(old, new) == ["the texts differ"]


def test_a_slower_machine_is_no_slower_program() -> None:
    old, new = result(generated_mentions_en=[1.0, 1.0]), result(generated_mentions_en=[2.0, 2.0])
    new["figures"]["yardstick/yardstick"]["values"] = [2.0]
    (change,) = compare.changes(old, new)
    assert change.verdict == "same"
    assert compare.unlike(old, new) == [
        "the newer run's machine took 2.00 times as long for the same work; this is counted out"
    ]


def test_a_yardstick_that_scatters_proves_nothing() -> None:
    old, new = result(generated_mentions_en=[1.0, 1.0]), result(generated_mentions_en=[1.0, 1.0])
    old["figures"]["yardstick/yardstick"]["values"] = [0.8, 1.0, 1.1]
    new["figures"]["yardstick/yardstick"]["values"] = [0.7, 0.75, 0.9]
    assert compare.unlike(old, new) == []
    assert [change.verdict for change in compare.changes(old, new)] == ["same"]


def test_what_others_do_is_not_compared() -> None:
    old = result(beside_spacy_en=[1.0], rdf_visits_rdflib=[1.0], given_mentions_en=[1.0])
    new = result(beside_spacy_en=[9.0], rdf_visits_rdflib=[9.0], given_mentions_en=[9.0])
    assert [change.name for change in compare.changes(old, new)] == ["given/mentions/en"]


@pytest.mark.parametrize(("values", "code"), [([1.0, 1.0], 0), ([2.0, 2.0], 1)])
def test_the_command_ends_with_1_if_something_got_slower(tmp_path: Path, values: list[float], code: int) -> None:
    files = [tmp_path / "old.json", tmp_path / "new.json"]
    for file, several in zip(files, ([1.0, 1.0], values), strict=True):
        file.write_text(json.dumps(result(generated_mentions_en=several)), encoding="utf8")
    command = [sys.executable, "-m", "benchmarks.compare", *map(str, files)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == code, done.stderr
    assert done.stdout.splitlines()[-1] == f"{code} worse, 0 better, {1 - code} same"


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (None, "–"),
        (0.0, "0"),
        (0.012345, "0.0123"),
        (9.876, "9.88"),
        (99.96, "100"),
        (123.4, "123"),
        (12345.6, "12,346"),
    ],
)
def test_numbers_are_shown_to_three_digits(number: float | None, shown: str) -> None:
    assert page._number(number) == shown


def whole() -> dict[str, Any]:
    """A result with a bit of everything."""
    one = {f"generated_{stage}_en": [0.5, 0.6, 0.5] for stage in page.READING}
    found = result(**one, **{name.replace("generated", "given"): values for name, values in one.items()})
    figures = found["figures"]
    for number, seconds in ((1000, 10.0), (10_000, 105.0), (100_000, 1050.0)):
        for stage in page.LATER if number < 100_000 else page.LATER[:3]:
            figures[f"simulated/{number}/{stage}/all"] = {"unit": "s", "values": [seconds], "documents": number}
        figures[f"simulated/{number}/memory before resolution"] = {"unit": "MB", "values": [100 + number / 200]}
    for what, value in (("processor", 90.0), ("two free cores", 50.0), ("clock", 70.0), ("memory", 1000.0)):
        figures[f"together/1000/{what}"] = {"unit": "s", "values": [value], "documents": 1000}
    figures["beside/spacy/en"] = {"unit": "s", "values": [0.1], "characters": 25_000}
    figures["rdf/visits/kgx"] = {"unit": "s", "values": [0.01]}
    figures["rdf/visits/rdflib"] = {"unit": "s", "values": [1.0]}
    found["series"] = {"together/1000": [[0.1, 100.0], [1.0, 900.0]], "simulated/1000": [[0.1, 50.0], [2.0, 200.0]]}
    return found


def test_the_bars_are_told_as_they_are() -> None:
    rows = page.bars(whole()).splitlines()[2:]
    assert [row.strip("| ").rpartition("| ")[2] for row in rows] == ["yes", "no", "yes", "so far", "so far"]
    assert "| 20.0 |" in rows[0]
    assert "100,000 documents" in rows[1] and "| 1.50 |" in rows[1]  # 1,000 MB while reading, 495 more for the claims
    assert "100,000 against 1,000" in rows[2] and "| +5% |" in rows[2]
    assert "10,000 against 1,000" in rows[3] and "| +5% |" in rows[3]
    assert "with reading" in rows[4] and "| +1% |" in rows[4]  # 200 ms more, which do not grow


def test_tables_hold_what_was_measured() -> None:
    found = whole()
    assert "| en | 20.0 | 20.0 | 20.0 | 20.0 | **5.00** | 12,500 | ±20% |" in page.stages(found, "generated")
    assert "| 10,000 | 10.5 |" in page.later(found)
    assert "| spaCy, entity rules, en | 50,000 | 250,000 | 0.20 |" in page.beside(found)
    assert "| query visits | 0.0100 | 1.00 | 100 |" in page.rdf(found)
    assert "Not measured: simulated/100000: no room." in page.setting(found)
    assert "| 1,000 | 90.0 | 20.0 | 14.3 |" in page.together(found)


def test_every_table_has_its_place_on_the_page() -> None:
    text = page.PAGE.read_text(encoding="utf8")
    assert re.findall(r"<!-- (\w+) -->\n", text) == list(page.TABLES)


def test_pictures_are_the_same_each_time(tmp_path: Path) -> None:
    (tmp_path / "again").mkdir()
    for one, other in zip(plots.plots(whole(), tmp_path), plots.plots(whole(), tmp_path / "again"), strict=True):
        assert one.read_bytes() == other.read_bytes()
        assert b"<svg" in one.read_bytes()


def test_a_task_is_measured_with_its_memory() -> None:
    run = fresh("yardstick")
    assert not run.failed
    assert [line["name"] for line in run.lines] == ["yardstick"]
    assert run.cpu >= run.lines[0]["seconds"] > 0
    assert run.peak > 20e6 and run.series


def test_a_task_that_gets_too_little_memory_is_told_of() -> None:
    run = fresh("yardstick", memory=40)
    assert run.failed.endswith("40 MB")


def test_a_thin_series_keeps_its_peaks() -> None:
    series = [(float(n), 100.0 if n == 57 else 1.0) for n in range(1000)]
    assert len(thinned(series, 100)) == 100
    assert (57.0, 100.0) in thinned(series, 100)


def test_parts_are_measured_anew_and_the_others_kept(tmp_path: Path) -> None:
    output = tmp_path / "result.json"
    old = result(generated_mentions_en=[1.0], rdf_visits_kgx=[1.0])
    output.write_text(json.dumps({**old, "notes": ["rdf: failed", "simulated/100000: no room"]}), encoding="utf8")
    plan = bench.Plan(repeats=1, documents=1, given=0, together=(), simulated=(), triples=0, megabytes=0)
    bench.measured(plan, ["together"], [], tmp_path, output)
    found = json.loads(output.read_text(encoding="utf8"))
    assert found["figures"]["generated/mentions/en"]["values"] == [1.0]
    assert found["figures"]["yardstick/yardstick"]["values"] != [1.0]
    assert found["texts"] == old["texts"]
    assert found["notes"] == ["rdf: failed", "simulated/100000: no room"]
    assert str(tmp_path) not in output.read_text(encoding="utf8")


def test_what_is_measured_anew_is_forgotten_first() -> None:
    figures = bench.Figures(result(simulated_10_store=[1.0], simulated_100_store=[1.0], rdf_visits_kgx=[1.0]))
    figures.notes = ["simulated/10: no room", "simulated/100: no room"]
    figures.forget("simulated/10", "rdf")
    assert sorted(figures.figures) == ["simulated/100/store", "yardstick/yardstick"]
    assert figures.notes == ["simulated/100: no room"]
