"""Claims kept on disk: read back as they were, a document read once, and a build that is killed goes on."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kgx.claims import ClaimsStore, fingerprint, key_of
from kgx.errors import Issue
from kgx.export.turtle import write_turtle
from kgx.graph import build_graph
from kgx.ingest import Source, document_of
from kgx.models import Claims, Document, Evidence, Name, PartialDate, Slot, Thing
from kgx.pipeline import found, read_claims, told
from kgx.resolve import resolve
from kgx.revive import claims_of
from kgx.workers import Limits

CORPUS = Path(__file__).parent / "corpus"
SOME = [str(p) for code in ("ar", "en", "fr", "ko", "ru", "vi") for p in sorted((CORPUS / code).glob("[0-9]*.txt"))[:2]]


@pytest.fixture(scope="module")
def documents() -> list[tuple]:  # type: ignore[type-arg]
    issues: list[Issue] = []
    sources = list(found(SOME, report=issues.append))
    assert len(sources) == 12 and not issues
    return sources


@pytest.fixture(scope="module")
def content(documents) -> bytes:  # type: ignore[no-untyped-def]
    """The graph of these documents, each read in this process."""
    claims = [Claims.model_validate_json(read_claims(source, None, 0)) for source in documents]
    return written(claims)


def written(claims) -> bytes:  # type: ignore[no-untyped-def]
    import io

    target = io.BytesIO()
    write_turtle(build_graph(resolve(claims)), target)
    return target.getvalue()


def test_claims_are_read_back_as_they_were(documents) -> None:  # type: ignore[no-untyped-def]
    from kgx.annotate import annotate
    from kgx.extract import extract
    from kgx.lang.detect import detect

    with ClaimsStore() as store:
        for source in documents:
            document = document_of(source)
            claims = extract(annotate(document, detect(document.text)))
            store.add(key_of(source, None), claims.model_dump_json().encode())
            assert list(store.read([key_of(source, None)])) == [claims]


@pytest.mark.parametrize(
    "fact",
    [
        '{"type":"trade_figure","value":"8E+8","measure":"exports","period":{"start":{"year":2024},"end":null}}',
        '{"type":"agreement","agreement_kind":"mou","signed_on":{"year":2024,"month":5,"day":1},"count":null,'
        '"reports":[{"status":"signed","reported_on":{"year":2024}}]}',
    ],
)
def test_every_kind_of_value_is_read_back(fact: str) -> None:
    document = '{"id":"a","file_name":"a.txt","text":"\u0627","sha256":"0"}'
    claims = Claims.model_validate_json(f'{{"document":{document},"lang":"ar","things":[],"facts":[{fact}]}}')
    assert claims_of(claims.model_dump_json().encode()) == claims


def test_what_two_documents_have_in_common_is_in_memory_once() -> None:
    def told(document: str) -> Claims:
        words = Evidence(document=document, lang="ar", start=800, end=830, quote="x", rule="r", confidence=0.875,
                         slots=(Slot(role="holder", start=810, end=820),))  # fmt: skip
        place = Thing(id="city/1", kind="place", label="Seoul", names=(Name(text="\u0633\u0648\u0644", lang="ar"),),
                      same_as=("http://www.wikidata.org/entity/Q8684",), evidence=(words,))  # fmt: skip
        published = PartialDate(year=2025, month=5, day=5)
        about = Document(id=document, file_name=document, text="x", sha256=document, published=published)
        return claims_of(Claims(document=about, lang="ar", things=(place,), facts=()).model_dump_json().encode())

    one, other = told("a"), told("b")
    assert one.document.published is other.document.published
    (ours,), (theirs,) = one.things, other.things
    assert ours.names[0] is theirs.names[0] and ours.same_as is theirs.same_as
    assert ours.evidence[0].slots[0] is theirs.evidence[0].slots[0]
    assert ours.evidence[0].end is theirs.evidence[0].end
    assert ours.evidence[0].confidence is theirs.evidence[0].confidence


@pytest.mark.parametrize("jobs", [1, 2])
def test_number_of_processes_and_order_do_not_change_the_bytes(documents, content: bytes, jobs: int) -> None:  # type: ignore[no-untyped-def]
    with ClaimsStore() as store:
        assert written(told(reversed(documents), store, report=pytest.fail, jobs=jobs)) == content


def test_a_second_build_reads_only_what_is_new(documents, content: bytes, tmp_path: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    with ClaimsStore(tmp_path / "cache") as store:
        told(documents[:-1], store, report=pytest.fail, jobs=2)
    read = []
    monkeypatch.setattr("kgx.pipeline.read_claims", lambda *task: read.append(task[0]) or read_claims(*task))
    with ClaimsStore(tmp_path / "cache") as store:
        again = told(documents, store, report=pytest.fail)
        assert read == documents[-1:] and again.known == 11
        assert written(again) == content


def test_known_documents_do_not_wait_in_memory_for_a_new_one() -> None:
    alive: set[int] = set()
    most = 0

    def many() -> Iterator[Source]:
        nonlocal most
        for number in range(50):
            source = Source(str(number), "a.txt", "a.txt", "plain", b"text")
            alive.add(number)
            weakref.finalize(source, alive.discard, number)
            yield source
            most = max(most, len(alive))

    with ClaimsStore() as store:
        for source in many():
            store.add(key_of(source, None), b"{}")
        most = 0
        again = told(many(), store, report=pytest.fail)
        assert again.known == len(again) == 50 and most <= 3


def test_other_text_language_or_rules_are_read_anew(documents, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    source = documents[0]
    others = [replace(source, content=b"x"), replace(source, id="other"), replace(source, fields={"title": "x"})]
    keys = {key_of(source, None), key_of(source, "en"), *(key_of(other, None) for other in others)}
    before = fingerprint()
    monkeypatch.setattr("kgx.claims.fingerprint", lambda: before + "x")
    keys.add(key_of(source, None))
    assert len(keys) == 6


def test_documents_longer_than_the_limit_are_named(documents) -> None:  # type: ignore[no-untyped-def]
    issues: list[Issue] = []
    with ClaimsStore() as store:
        assert not len(told(documents[:2], store, report=issues.append, limits=Limits(characters=10)))
    assert [i.reason.split(":")[0] for i in issues] == ["longer than 10 characters"] * 2
