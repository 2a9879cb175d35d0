"""The interface in its languages, and how its pages are built for those who do not see or point."""

# ruff: noqa: E501

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest
from serve.explored import browser, graph
from serve.test_explorer import PAGES, _Page, read
from starlette.testclient import TestClient

from kgx.ontology.terms import schemes, vocabulary
from kgx.serve.language import LANGUAGES, messages, words

SERVE = Path(__file__).parent.parent.parent / "kgx" / "serve"
QUERIES = ("query.named.", "query.parameter.")
TEMPLATES = sorted(p for p in (SERVE / "templates").glob("*.html"))


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    return browser(graph(tmp_path_factory.mktemp("graph")))


def test_languages() -> None:
    assert set(LANGUAGES) >= {"en", "fr", "ko", "ar"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogues_say_the_same(language: str) -> None:
    first, own = (
        # What named queries ask is told in English by the queries themselves; the others must translate the same ones.
        {key: text for key, text in messages(code).items() if not key.startswith(QUERIES)}
        for code in (LANGUAGES[0], language)
    )
    assert set(own) == set(first)
    for key, text in own.items():
        assert text.strip(), key
        named = [{name for _, name, _, _ in Formatter().parse(said) if name} for said in (text, first[key])]
        assert named[0] == named[1], key


def test_named_queries_are_translated_alike() -> None:
    keys = [{key for key in messages(code) if key.startswith(QUERIES)} for code in LANGUAGES[1:]]
    assert keys[0] and all(other == keys[0] for other in keys)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_term_has_a_name(language: str) -> None:
    said = messages(language)
    for scheme in (
        "status",
        "judgement",
        "visit-level",
        "measure",
        "organization-kind",
        "agreement-kind",
        "office-kind",
    ):
        for concept in schemes()[scheme].concepts:
            assert f"{scheme.replace('-', '_')}.{concept}" in said, concept
    shown = {
        name
        for cls, term in vocabulary().classes.items()
        if cls not in ("Comparison", "Redirect")
        for name in term.properties
    }
    assert not {name for name in shown - {"statusReport"} if f"property.{name}" not in said}


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda p: p.name)
def test_no_words_in_templates(template: Path) -> None:
    text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", " ", template.read_text(encoding="utf8"), flags=re.S)
    seen = re.sub(r"<kbd.*?</kbd>|<[^>]*>", " ", text)  # what stands on keys is the same in all languages
    assert not re.findall(r"[^\W\d_]{2,}", seen)
    for name in ("title", "aria-label", "alt", "label"):
        assert not re.findall(rf'\s{name}="[^"]*[^\W\d_]{{2,}}', text)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("address", PAGES)
def test_pages_in_each_language(client: TestClient, language: str, address: str) -> None:
    answer = client.get(address, headers={"accept-language": f"{language}-XX,de;q=0.3"})
    assert answer.status_code == 200
    if not address.startswith("/suggest"):
        page = _Page()
        page.feed(answer.text)
        head = page.all("html")[0]
        assert (head["lang"], head["dir"]) == (language, words(language).direction)


def test_names_dates_and_numbers_as_the_language_has_them(client: TestClient) -> None:
    french = read(client, "/page/country/KZ", **{"accept-language": "fr"}).text
    korean = read(client, "/page/country/KZ", **{"accept-language": "ko"}).text
    arabic = read(client, "/page/person/to-lam", **{"accept-language": "ar"}).text
    assert "Kazakhstan" in french and "5–6 mai 2025" in french and "janvier 2026" in french
    assert "카자흐스탄" in korean and "2026년 1월" in korean
    assert "فيتنام" in arabic and "رئيس الدولة" in arabic


@pytest.mark.parametrize(
    ("iso", "english"),
    [("2025-05-06", "May 6, 2025"), ("2025-05", "May 2025"), ("2025", "2025"), ("--05-06", "May 6"),
     ("2025-01/2025-10", "January 2025 – October 2025"), ("2025-13-45", "2025-13-45"), ("", ""), ("nonsense", "nonsense")],
)  # fmt: skip
def test_dates_of_any_precision(iso: str, english: str) -> None:
    assert words("en").when(iso) == english


@pytest.mark.parametrize("address", [p for p in PAGES if not p.startswith("/suggest")])
def test_structure(client: TestClient, address: str) -> None:
    page = read(client, address)
    first = next(attrs for tag, attrs in page.tags if tag == "a")
    assert first["href"] == "#main" and page.all("main")[0]["id"] == "main"
    assert len(page.all("h1")) == 1 and len(page.all("header")) >= 1 and page.all("footer")
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert all(after - before <= 1 for before, after in zip(levels, levels[1:], strict=False))
    ids = [attrs["id"] for _, attrs in page.tags if attrs.get("id")]
    assert len(ids) == len(set(ids))
    for nav in page.all("nav"):
        assert nav.get("aria-label") or nav.get("aria-labelledby")
    for section in page.all("section"):
        assert section.get("aria-labelledby") in ids
    assert len(page.all("table")) == len(page.all("caption"))
    assert all(th.get("scope") for th in page.all("th"))
    assert all(field.get("aria-label") for field in page.all("meter"))


@pytest.mark.parametrize("address", ["/", "/list/event?country=VN", "/search?q=lam", "/pair"])
def test_fields_have_labels(client: TestClient, address: str) -> None:
    answer = client.get(address).text
    for field in re.finditer(r"<(input|select)\b[^>]*>", answer):
        if 'type="hidden"' in field[0]:
            continue
        before = answer[: field.start()]
        inside = before.rfind("<label") > before.rfind("</label>")
        named = re.search(r'\bid="([^"]+)"', field[0])
        assert inside or (named and f'for="{named[1]}"' in answer), field[0]
