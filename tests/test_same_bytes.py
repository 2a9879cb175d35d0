"""The same documents give the same bytes, whatever the order, hash seed, processes, and what was read before."""

from __future__ import annotations

import io
import itertools
import os
import random
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from common import make_document

from kgx.annotate import annotate
from kgx.claims import ClaimsStore
from kgx.copies import without_copies
from kgx.errors import Issue
from kgx.export.turtle import write_turtle
from kgx.extract import extract
from kgx.graph import build_graph
from kgx.ids import evidence_digest
from kgx.ingest import Source, document_of, read
from kgx.lang.detect import detect
from kgx.models import Claims, Document, Event, Tenure
from kgx.ner import EntityRecognizer, cut
from kgx.pipeline import found, told
from kgx.query import load, select
from kgx.resolve import resolve

CORPUS = Path(__file__).parent / "corpus"
LANGUAGES = sorted(folder.name for folder in CORPUS.iterdir() if folder.is_dir())
# Of each language some; and those of which one rule reads several facts from the same words.
SHARED = ["fr/43-quotidien.txt", "ko/04-sister-cities.txt", "ru/34-radio-brics.txt", "vi/03-signings.txt"]
SOME = sorted(
    {CORPUS / name for name in SHARED}.union(*(sorted((CORPUS / lang).glob("*.txt"))[5::20] for lang in LANGUAGES))
)
SEEDS = ("0", "1", "2")


def fail(issue: Issue) -> None:
    raise AssertionError(issue)


def written(claims: Iterable[Claims]) -> bytes:
    target = io.BytesIO()
    write_turtle(build_graph(resolve(without_copies(claims))), target)
    return target.getvalue()


@pytest.fixture(scope="module")
def texts() -> list[Source]:
    return list(found(SOME, report=fail))


@pytest.fixture(scope="module")
def claims(texts: list[Source]) -> list[Claims]:
    with ClaimsStore() as store:
        return list(told(texts, store, report=fail, jobs=1))


@pytest.fixture(scope="module")
def content(claims: list[Claims]) -> bytes:
    return written(claims)


def shuffled(items: Sequence[Any], seed: str) -> list[Any]:
    return random.Random(seed).sample(items, len(items))


@pytest.mark.parametrize("seed", SEEDS)
def test_hash_seed_order_and_number_of_processes(seed: str, content: bytes, tmp_path: Path) -> None:
    target = tmp_path / "graph.ttl"
    jobs = str(1 + int(seed) % 2)
    paths = list(map(str, shuffled(SOME, seed)))
    command = [sys.executable, "-m", "kgx", "build", *paths, "-o", str(target), "-q", "-j", jobs]
    subprocess.run(command, check=True, env={**os.environ, "PYTHONHASHSEED": seed})
    assert target.read_bytes() == content


def test_one_after_another_into_a_cache(texts: list[Source], content: bytes, tmp_path: Path) -> None:
    for source in shuffled(texts, "one by one"):
        with ClaimsStore(tmp_path) as store:
            assert not told([source], store, report=fail).known
    with ClaimsStore(tmp_path) as store:
        every = told(shuffled(texts, "all"), store, report=fail)
        assert every.known == len(texts)
        assert written(every) == content


def test_a_cache_of_some_among_which_others_come(texts: list[Source], content: bytes, tmp_path: Path) -> None:
    with ClaimsStore(tmp_path) as store:
        told(texts[::2], store, report=fail)
    with ClaimsStore(tmp_path) as store:
        every = told(texts, store, report=fail)
        assert every.known == len(texts[::2]) and written(every) == content


def test_what_was_resolved_before_leaves_no_trace(claims: list[Claims], content: bytes) -> None:
    written(claims[: len(claims) // 2])
    assert written(shuffled(claims, "again")) == content


def test_a_document_is_read_the_same_alone_and_among_others(texts: list[Source]) -> None:
    documents = [document_of(source) for source in texts[::3]]
    codes = [detect(document.text) for document in documents]
    first = [annotate(d, code) for d, code in zip(documents, codes, strict=True)]
    again = [annotate(d, code) for d, code in reversed(list(zip(documents, codes, strict=True)))]
    assert again[::-1] == first
    assert list(map(extract, again[::-1])) == list(map(extract, first))


def test_no_text_changes_the_rounding_of_another(texts: list[Source]) -> None:
    recognizer = EntityRecognizer.load()
    lines = list(itertools.chain.from_iterable(document_of(source).text.split("\n")[:6] for source in texts))
    cuts = [cut(recognizer._tokenizer, line) for line in lines if line.strip()]
    assert len(cuts) > 30
    together = recognizer._score(cuts)
    for piece, scores in zip(cuts, together, strict=True):
        assert np.array_equal(recognizer._score([piece])[0], scores)  # to the last bit


# --- what made them differ ---------------------------------------------------------------------------------------

TWO_MAYORS = "Les maires de Lyon et de Milan, Paul Roche et Anna Verdi, ont signé un accord."


def test_evidence_of_two_offices_told_in_the_same_words_is_two() -> None:
    claims = extract(annotate(make_document(TWO_MAYORS), "fr"))
    tenures = [f for f in claims.facts if isinstance(f, Tenure)]
    places = {(e.document, e.start, e.end, e.rule) for f in tenures for e in f.evidence}
    assert len(tenures) == 2 and len(places) == 1
    assert len({evidence_digest(e) for f in tenures for e in f.evidence}) == 2


def test_each_office_keeps_the_words_of_its_own_holder(tmp_path: Path) -> None:
    target = tmp_path / "graph.ttl"
    write_turtle(build_graph(resolve([extract(annotate(make_document(TWO_MAYORS), "fr"))])), target)
    rows = select(
        load(target),
        "SELECT ?name ?slot { ?t a kgx:Tenure ; kgx:holder/rdfs:label ?name ; prov:wasDerivedFrom/kgx:slot ?slot } "
        "ORDER BY ?name ?slot",
    ).rows
    holders = [(str(name), *map(int, str(slot).split()[1].split("-"))) for name, slot in rows if "holder" in str(slot)]
    assert [(name, TWO_MAYORS[start:end]) for name, start, end in holders] == [
        ("Anna Verdi", "Anna Verdi"),
        ("Paul Roche", "Paul Roche"),
    ]


ARRIVED = "President Kassym-Jomart Tokayev arrived in Hanoi on a state visit to Vietnam."


def test_one_text_printed_years_apart_tells_two_visits() -> None:
    days = {"a": "2019-05-01", "b": "2024-03-01", "c": "2024-03-01"}
    claims = [
        extract(annotate(make_document(ARRIVED, name=f"{name}.txt", published=day), "en")) for name, day in days.items()
    ]
    for order in itertools.permutations(claims):
        visits = [f for f in resolve(order).facts if isinstance(f, Event)]
        assert sorted([e.document for e in v.evidence] for v in visits) == [["a"], ["b", "c"]]
        graph = build_graph(resolve(order))
        told_by = [{e.document for e in d["evidence"]} for _, d in graph.nodes(data=True) if d["type"] == "Visit"]
        assert sorted(map(sorted, told_by)) == [["a"], ["b", "c"]]


def ids(paths: Iterable[str | Path]) -> dict[str, str]:
    items = list(read(paths))
    assert all(isinstance(item, Document) for item in items)
    return {item.text: item.id for item in items if isinstance(item, Document)}


def test_ids_do_not_depend_on_the_order_or_manner_of_naming_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    files = []
    for folder in ("z", "m", "a"):
        (tmp_path / folder).mkdir()
        files.append(Path(folder) / "1.txt")
        files[-1].write_text(folder, encoding="utf8")
    Path("1.txt").write_text("here", encoding="utf8")
    files.append(Path("1.txt"))
    expected = {"here": "1", "a": "a-1", "m": "m-1", "z": "z-1"}
    for order in itertools.permutations(files):
        assert ids(order) == expected
    assert ids([Path("m/1.txt"), tmp_path / "z", "a/../1.txt", tmp_path / "a" / "1.txt"]) == expected
    assert ids([".", "z/*.txt", *files]) == expected


def test_a_file_of_two_names_is_one_document_by_the_first_of_them(tmp_path: Path) -> None:
    (tmp_path / "real.txt").write_text("text", encoding="utf8")
    (tmp_path / "other.txt").symlink_to(tmp_path / "real.txt")
    names = [tmp_path / "real.txt", tmp_path / "other.txt"]
    assert ids(names) == ids(names[::-1]) == ids([tmp_path]) == {"text": "other"}
