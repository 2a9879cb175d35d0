"""From documents to the graph: evidence, determinism, and what the seeds must tell."""

from __future__ import annotations

import functools
import os
import re
import subprocess
import sys
import time
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from common import SEEDS, make_document
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import kgx
from kgx.annotate import annotate
from kgx.errors import UsageError
from kgx.extract import extract
from kgx.gazetteer import demonyms
from kgx.graph import Graph
from kgx.lang import languages, pack
from kgx.models import Agreement, Claims, Document, Event, Evidence, Knowledge, Tenure, TradeFigure, Twinning
from kgx.resolve import resolve


def all_evidence(claims: Claims) -> Iterable[Evidence]:
    for item in (*claims.things, *claims.facts):
        yield from item.evidence


def check_evidence(claims: Claims) -> None:
    text = claims.document.text
    for piece in all_evidence(claims):
        assert piece.quote == text[piece.start : piece.end]
        assert 0 <= piece.start < piece.end <= len(text)
        assert piece.document == claims.document.id


def test_evidence_of_the_seeds_is_exact(seeds_knowledge: Knowledge) -> None:
    assert len(seeds_knowledge.documents) == 5
    for claims in seeds_knowledge.documents:
        check_evidence(claims)
        assert claims.facts


def test_every_thing_and_fact_has_evidence(seeds_knowledge: Knowledge) -> None:
    assert all(fact.evidence for fact in seeds_knowledge.facts)
    assert all(thing.evidence for thing in seeds_knowledge.things if not thing.id.startswith("country/"))


PIECES = [
    "토람 사무총장은 5월 5일 아스타나에서 마울렌 아심바예프 상원의장을 만났습니다.",
    "وزيرُ الخارجيّةِ المصريّ سامح شكري يزور فيتنام في عام ٢٠٢٤.",
    "Le président Tô Lâm s’est rendu au Kazakhstan le 5 mai 2025.",
    "\u200f(\u202bتو لام\u202c)\u200f",
    "👩🏽‍🚀🇻🇳 10 milliards d'USD — «accord»",
    "\ue000\uf8ff\ufffd",
    "\n\n",
    "800 مليون دولار أمريكي",
]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=5),
    st.sampled_from(["NFC", "NFD"]),
    st.sampled_from(["ko", "ar", "fr"]),
)
def test_evidence_is_exact_in_composed_and_decomposed_text(pieces: list[str], form: str, lang: str) -> None:
    text = unicodedata.normalize(form, " ".join(pieces))  # type: ignore[arg-type]
    annotated = annotate(make_document(text), lang)
    for mention in annotated.mentions:
        assert mention.text == text[mention.start : mention.end]
    check_evidence(extract(annotated))


WORDS = {  # titles and places: what names of persons, offices and hosts grow around
    "ko": ["대통령", "총리", "집행위원장", "외교장관", "대사", "안나 노바크", "리마", "브뤼셀", "칠레", "회담"],
    "ar": [
        "الرئيس",
        "رئيس الوزراء",
        "وزير الخارجية",
        "المفوض",
        "السفير",
        "آنا نوفاك",
        "ليما",
        "بروكسل",
        "تشيلي",
        "لقاء",
    ],
    "fr": [
        "président",
        "la ministre",
        "commissaire",
        "ambassadeur",
        "Anna Novak",
        "Lima",
        "Bruxelles",
        "Chili",
        "visite",
    ],
    "en": [
        "President",
        "Prime Minister",
        "Commissioner",
        "Ambassador",
        "Anna Novak",
        "Lima",
        "Brussels",
        "Chile",
        "met",
    ],
    "vi": ["Tổng thống", "Thủ tướng", "Ủy viên", "Đại sứ", "Anna Novak", "Lima", "Brussels", "Chile", "hội đàm"],
    "ru": ["президент", "премьер-министр", "комиссар", "посол", "Анна Новак", "Лима", "Брюссель", "Чили", "встреча"],
}


def test_every_language_has_words_to_try() -> None:
    assert set(WORDS) == set(languages())


@functools.cache
def rule_examples(lang: str) -> list[str]:
    """Every example and counter-example of the language's rules, roles marked."""
    data = pack(lang).rules
    kinds = [*data.events.values(), data.agreements, data.figures, data.twinnings, data.relations, data.ranks]
    told = [text for rules in kinds for rule in rules for text in (*rule.examples, *rule.counterexamples)]
    return told


def words_of(lang: str) -> st.SearchStrategy[str]:
    """Nationality words (a third of what is of the Union, which is no state), titles, names, sentences, anything."""
    nations = sorted(demonyms(lang))
    union = [word for word in nations if demonyms(lang)[word] == "EU"]
    assert union
    cased = st.sampled_from([str, str.capitalize])
    return st.one_of(
        st.builds(lambda case, word: case(word), cased, st.sampled_from(union)),
        st.builds(lambda case, word: case(word), cased, st.sampled_from(nations)),
        st.sampled_from(WORDS[lang]),
        st.sampled_from(rule_examples(lang)).map(lambda text: re.sub(r"</?[a-z_]+>", "", text)),
        st.sampled_from(PIECES),
        st.text(max_size=30),
        st.sampled_from([",", ".", " (", ")", "-", "\n", "5", "«"]),
    )


@pytest.mark.parametrize("lang", sorted(WORDS))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_no_text_crashes_it(lang: str, data: st.DataObject) -> None:
    words = data.draw(st.lists(words_of(lang), min_size=1, max_size=8), label="words")
    check_evidence(extract(annotate(make_document(" ".join(words) or "x"), lang)))


@pytest.mark.parametrize("lang", sorted(WORDS))
def test_a_nationality_that_is_no_state_fills_any_role(lang: str) -> None:
    union = [word for word, code in demonyms(lang).items() if code == "EU"]
    word = next((w for w in union if w.isalpha()), union[0]).capitalize()
    several = [re.sub(r"<([a-z_]+)>.*?</\1>", word, example) for example in rule_examples(lang) if "<" in example]
    assert several
    check_evidence(extract(annotate(make_document("\n".join(several)), lang)))


MONOTONOUS_SECONDS = 20


@pytest.mark.parametrize("text", ["." * 5000, "가" * 5000, "a " * 5000, "(" * 3000, "٣" * 3000, "M. " * 2000])
def test_monotonous_text_is_read_in_time(text: str) -> None:
    began = time.process_time()
    check_evidence(extract(annotate(make_document(text), "ko")))
    assert time.process_time() - began < MONOTONOUS_SECONDS


def build(target: Path, paths: list[str], seed: str) -> bytes:
    subprocess.run(
        [sys.executable, "-m", "kgx", "build", *paths, "-o", str(target), "--quiet"],
        check=True,
        env={**os.environ, "PYTHONHASHSEED": seed},
    )
    return target.read_bytes()


def test_same_bytes_whatever_the_order_and_the_hash_seed(tmp_path: Path) -> None:
    files = sorted(str(p) for p in SEEDS.glob("*.txt"))
    first = build(tmp_path / "a.ttl", files, "1")
    assert first == build(tmp_path / "b.ttl", files[::-1], "2")


def named(graph: Graph, label: str) -> list[str]:
    return [n for n, d in graph.nodes(data=True) if d["label"] == label]


def test_one_man_in_three_scripts(seeds_graph: Graph) -> None:
    for label, surfaces in {
        "To Lam": {"토람", "تو لام", "Tô Lâm"},
        "Kassym-Jomart Tokaiev": {"카심조마르트 토카예프", "قاسم جومارت توكاييف", "Kassym-Jomart Tokaïev"},
        "Maulen Ashimbayev": {"마울렌 아심바예프", "Maulen Ashimbayev"},
        "Ho Chi Minh": {"호치민", "Hô Chi Minh"},
    }.items():
        [person] = [n for n in named(seeds_graph, label) if n.startswith("person/")]
        assert surfaces <= {name.text for name in seeds_graph.nodes[person]["names"]}


def test_one_meeting_in_two_languages(seeds_knowledge: Knowledge) -> None:
    [meeting] = [
        f
        for f in seeds_knowledge.facts
        if isinstance(f, Event)
        and f.event_type == "meeting"
        and {"person/to-lam", "person/maulen-ashimbayev"} <= set(f.participants)
    ]
    assert meeting.start is not None and meeting.start.iso == "2025-05-05"
    assert {e.lang for e in meeting.evidence} == {"ko", "fr"}


def test_one_twinning_in_two_languages(seeds_knowledge: Knowledge) -> None:
    [twinning] = [f for f in seeds_knowledge.facts if isinstance(f, Twinning) and "region/KZ-63" in f.twins]
    assert {e.lang for e in twinning.evidence} == {"ar", "fr"}


def test_two_figures_for_one_year_disagree(seeds_knowledge: Knowledge) -> None:
    figures = {f.value: f for f in seeds_knowledge.facts if isinstance(f, TradeFigure) and f.period is not None}
    assert set(figures) == {800_000_000, 1_000_000_000}
    assert figures[800_000_000].disagrees_with == (figures[1_000_000_000].id,)  # type: ignore[index]
    assert figures[1_000_000_000].disagrees_with == (figures[800_000_000].id,)  # type: ignore[index]


def test_what_is_inferred_says_so(seeds_knowledge: Knowledge) -> None:
    [document] = [c for c in seeds_knowledge.documents if c.lang == "ko"]
    dates = [m for m in annotate(document.document, "ko").mentions if m.kind == "date" and m.value == "2025-05-05"]
    assert dates and all(m.subkind == "inferred" and m.confidence < 0.9 for m in dates)


def test_the_order_of_documents_does_not_matter(seeds_knowledge: Knowledge) -> None:
    assert resolve(reversed(seeds_knowledge.documents)) == seeds_knowledge


def test_page_furniture_tells_nothing(seeds_graph: Graph) -> None:
    names = {name.text for _, d in seeds_graph.nodes(data=True) for name in d["names"]}
    assert not names & {"민 낫", "فان هيو", "VNA", "VOV.VN"}


def test_documents_keep_their_own_text(seeds_knowledge: Knowledge) -> None:
    for claims in seeds_knowledge.documents:
        assert isinstance(claims.document, Document)
        assert (SEEDS / claims.document.file_name).read_text(encoding="utf8") == claims.document.text


def test_a_comma_alone_makes_no_list_of_two() -> None:
    text = "At the invitation of President Joseph Boakai, Prime Minister Andrew Holness of Jamaica visited Liberia."
    claims = extract(annotate(make_document(text, published="2024-05-06"), "en"))
    names = {t.id: t.label for t in claims.things}
    [visit] = [f for f in claims.facts if isinstance(f, Event) and f.event_type == "visit"]
    assert [names[v] for v in visit.visitor] == ["Andrew Holness"]


def test_a_pause_parts_an_amount_from_the_measure_after_it() -> None:
    text = "Экспорт Латвии в Оман вырос и составил 45 млн евро, а импорт - 12 млн евро, сообщили в Риге."
    figures = [f for f in extract(annotate(make_document(text), "ru")).facts if isinstance(f, TradeFigure)]
    assert [(f.measure, int(f.value or 0), f.parties) for f in figures] == [
        ("exports", 45_000_000, ("country/LV", "country/OM")),
        ("imports", 12_000_000, ("country/LV", "country/OM")),
    ]


def test_a_mayor_signs_for_his_town() -> None:
    text = "The mayor of Leeds, Ann Cole, and the mayor of Dortmund, Thomas Westphal, have signed an agreement."
    claims = extract(annotate(make_document(text, published="2024-05-06"), "en"))
    names = {t.id: t.label for t in claims.things}
    [signed] = [f for f in claims.facts if isinstance(f, Agreement)]
    assert [names[p] for p in signed.parties] == ["Leeds", "Dortmund"]


def test_an_ambassador_speaks_of_the_state_that_receives_him() -> None:
    text = "L'ambassadrice du Chili au Gabon, Ana Ruiz, a remis ses lettres de créance au président Ali Obame."
    claims = extract(annotate(make_document(text, published="2024-05-06"), "fr"))
    [event] = [f for f in claims.facts if isinstance(f, Event)]
    assert sorted(event.countries) == ["CL", "GA"]


def test_two_share_a_title() -> None:
    text = "Les ministres des Affaires étrangères du Maroc et de l'Espagne, Nasser Bourita et José Albares, sont là."
    claims = extract(annotate(make_document(text, published="2024-05-06"), "fr"))
    names = {t.id: t.label for t in claims.things}
    offices = {(names[f.holder], f.office_kind, f.country) for f in claims.facts if isinstance(f, Tenure)}
    assert offices == {("Nasser Bourita", "foreign_minister", "MA"), ("José Albares", "foreign_minister", "ES")}


def test_each_twin_has_its_own_year() -> None:
    text = "Rabat est jumelée avec Madrid depuis 1988 et avec Canton depuis 2013."
    claims = extract(annotate(make_document(text, published="2024-05-06"), "fr"))
    assert [f.since and f.since.iso for f in claims.facts if isinstance(f, Twinning)] == ["1988", "2013"]


@pytest.mark.parametrize(
    ("more", "attested"),
    [("", None), (" Le président Senghor a félicité le ministre.", "2024-05-06")],
)
def test_an_office_told_of_history_is_not_attested_today(more: str, attested: str | None) -> None:
    text = "Le président sénégalais Léopold Senghor a effectué une visite d'État au Gabon le 3 mai 1976." + more
    claims = extract(annotate(make_document(text, published="2024-05-06"), "fr"))
    assert [f.start.iso for f in claims.facts if isinstance(f, Event) and f.start] == ["1976-05-03"]
    [tenure] = [f for f in claims.facts if isinstance(f, Tenure) and f.office_kind == "head_of_state"]
    assert (tenure.attested_on and tenure.attested_on.iso) == attested


def test_a_title_leaves_the_name_of_a_republic_whole() -> None:
    text = "Alassane Ouattara, Président de la République de Côte d'Ivoire, rencontre Lula, Président du Brésil."
    claims = extract(annotate(make_document(text, published="2024-05-06"), "fr"))
    assert sorted(f.country or "" for f in claims.facts if isinstance(f, Tenure)) == ["BR", "CI"]


def test_who_speaks_for_a_body_of_states_visits_one() -> None:
    text = (
        "Генеральный директор МАГАТЭ Рафаэль Гросси прибыл в Тегеран, где его принял президент Ирана Масуд Пезешкиан."
    )
    events = [f for f in extract(annotate(make_document(text), "ru")).facts if isinstance(f, Event)]
    assert {(e.event_type, e.countries) for e in events} == {("visit", ("IR",)), ("meeting", ("IR",))}


def test_a_title_with_its_state_is_no_body() -> None:
    text = "В пресс-службе президента Турции опровергли сообщения о визите Реджепа Тайипа Эрдогана в Сирию."
    mentions = annotate(make_document(text), "ru").mentions
    assert {m.kind for m in mentions} == {"office", "place", "person"}


# --- kgx.build -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("paths", "reason"),
    [
        ([], "no document is named"),
        ("", "a path is empty"),
        (["", "seeds"], "a path is empty"),
        (None, "None is no path"),
        (b"seeds", "is no path"),
        ("nosuch", "no document could be read: nosuch: no such file or folder"),
    ],
)
def test_nothing_to_build_from_is_an_error(paths: Any, reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        kgx.build(paths)


def test_an_unknown_language_is_an_error() -> None:
    with pytest.raises(UsageError, match="language 'xx' is not supported"):
        kgx.build(SEEDS, lang="xx")


def test_what_could_not_be_read_is_listed(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Le président Macky Sall s'est rendu en Mauritanie le 5 mai 2023.")
    graph = kgx.build([tmp_path / "a.txt", "nosuch"])
    assert [issue.where for issue in graph.graph["issues"]] == ["nosuch"] and len(graph)
