"""What nobody would write: bytes for every reader and container, and texts of any script for every stage of rules."""

from __future__ import annotations

import io
import time

import pytest
from common import make_document
from faulty import CUT, HOSTILE
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kgx.annotate import annotate
from kgx.errors import Aside, Issue
from kgx.extract import event_words, extract
from kgx.ingest import InputLimits, document_of
from kgx.ingest.containers import CONTAINERS, Budget, sources_in
from kgx.ingest.source import InputError, Source
from kgx.lang import languages
from kgx.lang.detect import detect
from kgx.models import Document
from kgx.quantities import find_amounts, find_dates

LIMITS = InputLimits(document=2**18, container=2**20)
ENDINGS = (*sorted(CONTAINERS), ".warc.gz", ".jsonl.gz", ".jsonl.bz2", ".jsonl.xz", ".jsonl.zst", ".tgz")
MADE = [content for content in (*CUT.values(), *(c for c, _, _ in HOSTILE.values())) if len(content) < 10_000]


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """What is right, with some of it cut out, doubled or changed."""
    content = bytearray(draw(st.sampled_from(MADE)))
    for _ in range(draw(st.integers(0, 4))):
        at, size = draw(st.integers(0, len(content))), draw(st.integers(0, 20))
        content[at : at + size] = draw(st.one_of(st.binary(max_size=20), st.just(bytes(content[at : at + size]) * 2)))
    return bytes(content)


@pytest.mark.parametrize("ending", ENDINGS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(content=st.one_of(st.binary(max_size=300), damaged()))
def test_no_bytes_crash_a_container(ending: str, content: bytes) -> None:
    found = list(sources_in(f"x{ending}", "x", io.BytesIO(content), limits=LIMITS, budget=Budget(10**6, LIMITS)))
    assert all(isinstance(item, Source | Issue | Aside) for item in found)
    assert sum(len(item.content) for item in found if isinstance(item, Source)) <= LIMITS.container
    for item in found:
        if isinstance(item, Source):
            try:
                assert isinstance(document_of(item), Document)
            except InputError as error:
                assert str(error)


SCRIPTS = [
    "토람 총리가",
    "الرئيس السيسي",
    "le président",
    "президент",
    "Chủ tịch nước",
    "President",
    "主席",
    "Πρόεδρος",
    "राष्ट्रपति",
]
WORDS = st.one_of(
    st.sampled_from(SCRIPTS),
    st.sampled_from(
        ["5월 5일", "٢٠٢٤", "12 mai 2025", "10 млн долларов", "800 triệu USD", "$3.5 billion", "1/2/3", "٪"]
    ),
    st.sampled_from(
        ["\u200f", "\u202e", "\u00ad", "\ufeff", "\u0301", "\u064b", "\U0001f468\u200d", "\0", "\x85", "\ufffd"]
    ),
    st.text(max_size=12),
)
PUNCTUATION = st.text(st.characters(categories=["P", "S", "Z", "Cf"]), min_size=1, max_size=60)


def read_in(lang: str, text: str) -> None:
    """All stages of rules on a text: nothing is raised, and what is quoted stands where it is said to stand."""
    for quantity in (*find_dates(text, lang), *find_amounts(text, lang)):
        assert quantity.text == text[quantity.start : quantity.end]
    annotated = annotate(make_document(text, published="2024-05-15"), lang)
    for mention in (*annotated.mentions, *event_words(annotated)):
        assert mention.text == text[mention.start : mention.end] and mention.text
    claims = extract(annotated)
    for item in (*claims.things, *claims.facts):
        for piece in item.evidence:
            assert piece.quote == text[piece.start : piece.end] and piece.quote
    claims.model_dump_json()


@pytest.mark.parametrize("lang", languages())
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(words=st.lists(WORDS, min_size=1, max_size=12), glue=st.sampled_from(["", " ", "\n", " - ", "·"]))
def test_scripts_may_be_mixed(lang: str, words: list[str], glue: str) -> None:
    text = glue.join(words)
    detect(text)
    read_in(lang, text or " ")


@pytest.mark.parametrize("lang", languages())
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=PUNCTUATION)
def test_signs_alone_say_nothing(lang: str, text: str) -> None:
    read_in(lang, text)
    assert not extract(annotate(make_document(text), lang)).facts


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("piece", [" ", ". ", "\n", "- - ", "(", "«»", "\u200f", "…"])
def test_a_line_of_a_megabyte(lang: str, piece: str) -> None:
    """A megabyte in which nothing is said takes seconds, in any language."""
    text = "x" + piece * (10**6 // len(piece.encode()))
    start = time.process_time()
    for quantity in (*find_dates(text, lang), *find_amounts(text, lang)):
        assert quantity.text == text[quantity.start : quantity.end]
    assert time.process_time() - start < 20
