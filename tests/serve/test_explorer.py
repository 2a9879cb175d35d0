"""The pages of the explorer: what they show, what they refuse, and that hostile text stays text."""

# ruff: noqa: E501

from __future__ import annotations

import html
import re
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import pytest
from serve.explored import BASE, HOSTILE, TEXT, browser, graph
from starlette.applications import Starlette
from starlette.datastructures import QueryParams
from starlette.testclient import TestClient

from kgx.serve.explorer.data import Kept, Reader
from kgx.serve.explorer.listing import LISTS, count, found, question
from kgx.serve.explorer.told import Told
from kgx.serve.language import words
from kgx.serve.visuals.filters import read_filters

PAGES = (
    "/", "/search?q=To+Lam", "/search", "/suggest?q=lam", "/list/person", "/list/event", "/list/trade-figure", "/list/agreement",
    "/list/document", "/list/twinning", "/list/tenure", "/pair", "/pair/VN/KZ", "/page/person/to-lam", "/page/person/bad",
    "/page/country/VN", "/page/place/astana", "/page/organization/mfa", "/page/office/head", "/page/meeting/m1",
    "/page/visit/v1", "/page/agreement/a1", "/page/trade-figure/f1", "/page/twinning/w1", "/page/tenure/t1",
    "/page/diplomatic-relation/r1", "/page/document/d1", "/page/document/d2", "/page/status/occurred",
)  # fmt: skip


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    folder = tmp_path_factory.mktemp("graph")
    texts = tmp_path_factory.mktemp("texts")
    (texts / "d1.txt").write_text(TEXT, encoding="utf8")
    return browser(graph(folder), documents=(texts,))


@pytest.fixture(scope="module")
def textless(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    return browser(graph(tmp_path_factory.mktemp("graph")))


class _Page(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


def read(client: TestClient, address: str, status: int = 200, **headers: str) -> _Page:
    answer = client.get(address, headers=headers)
    assert answer.status_code == status, answer.text[:500]
    page = _Page()
    page.feed(answer.text)
    return page


@pytest.mark.parametrize("address", PAGES)
def test_hostile_text_stays_text(client: TestClient, address: str) -> None:
    page = read(client, address)
    known = {"/static/explorer.js", "/static/visuals.js"}
    assert all(script.get("src") in known for script in page.all("script"))
    assert not page.all("img") and not page.all("style") and not page.all("b")
    for tag, attrs in page.tags:
        assert not any(name.startswith("on") or name == "style" for name in attrs), (tag, attrs)
        for name in ("href", "src", "action"):
            assert not re.match(r"\s*(javascript|data|vbscript):", attrs.get(name) or "", re.I), (tag, attrs)
    assert "49" not in page.text.split()  # what {{7*7}} would become


def test_hostile_text_is_shown_as_it_is(client: TestClient) -> None:
    assert "<script>alert(1)</script>" in read(client, "/page/person/bad").text
    assert "onerror=alert(2)" in read(client, "/page/agreement/a1").text
    assert "<b>&" in read(client, "/page/document/d1").text


@pytest.mark.parametrize("asked", [HOSTILE, '"><script>x</script>', "\u202eabc", "%00", "a" * 5000, "( OR", '\\" }'])
def test_hostile_searches(client: TestClient, asked: str) -> None:
    answer = client.get("/search", params={"q": asked})
    assert answer.status_code == 200
    assert "<script>x" not in answer.text and "<img" not in answer.text
    page = _Page()
    page.feed(answer.text)
    question = next(parse_qs(urlsplit(a["href"] or "").query)["query"][0] for a in page.all("a")
                    if (a.get("href") or "").startswith("/query?"))  # fmt: skip
    from kgx.query import select

    select(client.app.state.source, question)  # type: ignore[attr-defined]  # can be asked as it stands


@pytest.mark.parametrize("name", ["To Lam", "tô lâm", "토람", "تو لام", "lam", "To L", "Lam To", "또럼"])
def test_search_finds_in_any_script(client: TestClient, name: str) -> None:
    for address in ("/search", "/suggest"):
        assert 'href="/page/person/to-lam"' in client.get(address, params={"q": name}).text, (address, name)


def test_search_by_kind_and_without_result(client: TestClient) -> None:
    assert "/page/person/to-lam" not in client.get("/search", params={"q": "lam", "kind": "City"}).text
    assert "Nothing has that name" in client.get("/search", params={"q": "zzzzqqq"}).text
    assert client.get("/suggest", params={"q": ""}).text.strip() == ""


@pytest.mark.parametrize(
    "address",
    ["/page/person/nobody", "/page/", "/page/a b", "/page/%3Cscript%3E", "/page/person/%22%7D", "/list/nothing",
     "/pair/VN/XX", "/pair/VN/VN", "/pair/VN/%3C", "/nowhere"],
)  # fmt: skip
def test_what_is_not_there(client: TestClient, address: str) -> None:
    page = read(client, address, 404)
    assert len(page.all("h1")) == 1


@pytest.mark.parametrize(
    "query", ["from=yesterday", "confidence=x", "page=0", "page=x", "country=%3C%3E", "kind=a%22b"]
)
def test_filters_that_cannot_be_meant(client: TestClient, query: str) -> None:
    read(client, f"/list/event?{query}", 400)


@pytest.mark.parametrize(
    ("address", "there", "gone"),
    [
        ("/list/event?from=2025-12", ["visit/v1"], ["meeting/m1"]),
        ("/list/event?to=2025", ["meeting/m1"], ["visit/v1"]),
        ("/list/event?kind=Visit", ["visit/v1"], ["meeting/m1"]),
        ("/list/event?status=planned", ["visit/v1"], ["meeting/m1"]),
        ("/list/event?confidence=0.8", ["meeting/m1"], ["visit/v1"]),
        ("/list/event?language=ar", ["meeting/m1"], ["visit/v1"]),
        ("/list/event?country=VN&other=KZ", ["meeting/m1", "visit/v1"], []),
        ("/list/event?country=FR", [], ["meeting/m1", "visit/v1"]),
        ("/list/event?about=place/astana", ["meeting/m1"], ["visit/v1"]),
        ("/list/event?about=document/d2", ["visit/v1"], ["meeting/m1"]),
        ("/list/visit", ["visit/v1"], ["meeting/m1"]),
        ("/list/agreement?kind=mou", ["agreement/a1"], []),
        ("/list/agreement?kind=treaty", [], ["agreement/a1"]),
        ("/list/agreement?about=visit/v1", ["agreement/a1"], []),
        ("/list/trade-figure?from=2024&status=actual", ["trade-figure/f2"], ["trade-figure/f1", "trade-figure/f3"]),
        ("/list/twinning?country=VN&other=KZ", ["twinning/w1"], []),
        ("/list/tenure?kind=head_of_state&about=country/VN", ["tenure/t1"], []),
        ("/list/person?country=VN", ["person/to-lam"], ["person/bad"]),
        ("/list/document?language=en", ["document/d2"], ["document/d1"]),
        ("/list/document?from=2025", ["document/d1"], ["document/d2"]),
        ("/page/person/to-lam?from=2026", ["visit/v1"], ["meeting/m1"]),
    ],
)
def test_filters(client: TestClient, address: str, there: list[str], gone: list[str]) -> None:
    shown = {attrs.get("href") for attrs in read(client, address).all("a")}
    assert {f"/page/{name}" for name in there} <= shown
    assert not {f"/page/{name}" for name in gone} & shown


@pytest.mark.parametrize("address", [p for p in PAGES if not p.startswith("/suggest") and p != "/search"])
def test_every_view_has_its_question_and_downloads(client: TestClient, address: str) -> None:
    links = [a["href"] or "" for a in read(client, address).all("a")]
    asked = [parse_qs(urlsplit(link).query) for link in links if link.startswith("/sparql?")]
    assert {form["format"][0] for form in asked} >= {"csv", "json"}
    assert any(link.startswith("/query?query=") for link in links)
    from kgx.query import select

    for form in asked:
        select(client.app.state.source, form["query"][0])  # type: ignore[attr-defined]


def test_a_list_says_what_its_question_finds(client: TestClient) -> None:
    from kgx.query import select

    page = read(client, "/list/trade-figure")
    links = [a["href"] or "" for a in page.all("a")]
    query = next(parse_qs(urlsplit(link).query)["query"][0] for link in links if "format=csv" in link)
    found = [str(row[0]).removeprefix(BASE) for row in select(client.app.state.source, query).rows]  # type: ignore[attr-defined]
    shown = [link.removeprefix("/page/") for link in links if re.fullmatch(r"/page/trade-figure/\w+", link)]
    assert found == shown


def test_a_fact_shows_its_quote_and_where_it_stands(client: TestClient) -> None:
    page = read(client, "/page/meeting/m1")
    assert TEXT[:36] in page.text
    assert "characters 0–36" in page.text and "ar/meeting/1" in page.text and "Arabic" in page.text
    assert any(a.get("href") == "/page/document/d1#c0" for a in page.all("a"))
    assert "90%" in page.text
    assert any("participant" in (m.get("title") or "").lower() for m in page.all("mark"))


def test_disagreement_and_merges_are_explained(client: TestClient) -> None:
    page = read(client, "/page/trade-figure/f1")
    assert "Where sources disagree" in page.text
    assert "$1B" in page.text and "$800M" in page.text and "+12.5%" in page.text
    person = read(client, "/page/person/to-lam").text
    assert "Why names were joined" in person and "same office" in person and "0.55" in person


def test_pair_tells_what_binds(client: TestClient) -> None:
    page = read(client, "/pair/VN/KZ")
    links = {a.get("href") for a in page.all("a")}
    wanted = ("meeting/m1", "visit/v1", "agreement/a1", "trade-figure/f1", "twinning/w1", "diplomatic-relation/r1")
    assert {f"/page/{name}" for name in wanted} <= links
    assert page.text.index("2023") < page.text.index("2024")  # the course of figures runs with time
    answer = client.get("/pair?one=VN&other=KZ")
    assert (answer.status_code, answer.headers["location"]) == (303, "/pair/VN/KZ")


def test_a_document_with_its_text(client: TestClient) -> None:
    answer = client.get("/page/document/d1").text
    page = read(client, "/page/document/d1")
    block = next(attrs for attrs in page.all("div") if attrs.get("class") == "text")
    assert block["dir"] == "rtl" and block["lang"] == "ar"
    inner = re.sub(
        r'<a class="note".*?</a>', "", answer.split('class="text"', 1)[1].split(">", 1)[1].split("</div>")[0]
    )
    assert html.unescape(re.sub(r"<[^>]+>", "", inner)) == TEXT  # nothing is lost or added
    links = {a.get("href") for a in page.all("a")}
    assert {"/page/meeting/m1", "/page/person/to-lam", "/page/trade-figure/f1", "#fact-1"} <= links


def test_a_document_without_its_text_shows_what_is_quoted(textless: TestClient) -> None:
    page = read(textless, "/page/document/d1")
    assert "not at hand" in page.text
    assert TEXT.split(".")[0] in page.text.replace(" 1 ", " ") or "أستانا" in page.text


def test_ids_that_moved(client: TestClient) -> None:
    answer = client.get("/page/person/old")
    assert (answer.status_code, answer.headers["location"]) == (303, "/page/person/to-lam")


@pytest.mark.parametrize(
    "back", ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "/\tx"]
)
def test_settings_lead_nowhere_else(client: TestClient, back: str) -> None:
    answer = client.get("/settings", params={"lang": "fr", "to": back})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_settings_are_kept(client: TestClient) -> None:
    answer = client.get("/settings", params={"lang": "ar", "theme": "dark", "to": "/list/event?from=2025"})
    assert answer.headers["location"] == "/list/event?from=2025"
    client.cookies.clear()
    page = read(client, "/", cookie="lang=ar; theme=dark")
    assert page.all("html") == [{"lang": "ar", "dir": "rtl", "data-theme": "dark"}]
    client.cookies.clear()


@pytest.mark.parametrize("name", [n for n in LISTS if n != "document"])
@pytest.mark.parametrize(
    "address",
    [
        "language=ar",
        "language=ko&language=en",
        "from=2025",
        "to=2024",
        "from=2025-05&to=2025-05",
        "language=en&from=2025",
    ],
)
def test_a_list_has_what_its_question_finds(client: TestClient, name: str, address: str) -> None:
    app = client.app
    assert isinstance(app, Starlette)
    reader = Reader(app.state.source, BASE, words("en"), Kept(), {}, Told(app.state.source))
    filters = read_filters(QueryParams(address), base=BASE)
    asked = list(dict.fromkeys(str(row[0]) for row in reader.rows(question(reader, LISTS[name], filters))))
    assert found(reader, LISTS[name], filters, most=1000) == asked
    assert found(reader, LISTS[name], filters, most=1, skip=1) == asked[1:2]
    assert count(reader, LISTS[name], filters) == len(asked)


def test_kept_answers_are_no_more_than_so_many_rows() -> None:
    kept, asked = Kept(most=10), []

    def ask(question: str, rows: int) -> int:
        def answer() -> list[tuple[str, ...]]:
            asked.append(question)
            return [("",)] * rows

        return len(kept.get(question, answer))

    assert [ask("a", 4), ask("b", 4), ask("a", 4)] == [4, 4, 4] and asked == ["a", "b"]
    assert ask("c", 20) == 20 and ask("c", 20) == 20 and asked == ["a", "b", "c"]  # as large as it is, it is kept
    assert ask("a", 4) == 4 and asked == ["a", "b", "c", "a"]
