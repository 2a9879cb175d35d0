"""The SPARQL page, as it is sent and as a browser has it."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import yaml

from kgx.query import named_queries
from tests.serve.conftest import ROOT, Server

PAGE = {"Accept": "text/html"}
CHROMIUM = Path("/usr/bin/chromium")
MESSAGES = ROOT / "kgx" / "serve" / "messages"


def shown(server: Server, **given: str) -> str:
    reply = server.ask("GET", f"/query?{urlencode(given)}", None, PAGE)
    assert reply.status == 200
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\bstyle=|\son\w+=", reply.text)
    return reply.text


def text_of(page: str) -> str:
    found = re.search(r"<textarea[^>]*>\n?(.*?)</textarea>", page, re.DOTALL)
    assert found
    return html.unescape(found[1])


def test_each_named_query_is_an_example(server: Server) -> None:
    page = shown(server)
    for name, query in named_queries().items():
        assert f'<option value="{name}">{html.escape(query.description)}</option>' in page
        for parameter in query.parameters:
            fieldset = re.search(rf'<fieldset data-query="{name}".*?</fieldset>', page, re.DOTALL)
            assert fieldset and f'name="{parameter}"' in fieldset[0]


def test_examples_work_without_scripts(server: Server) -> None:
    assert "VALUES ?the_country { <https://w3id.org/kgx/id/country/VN> }" in text_of(
        shown(server, name="visits", country="Vietnam")
    )
    reply = server.ask("GET", "/query?name=visits&country=Atlantis", None, PAGE)
    assert reply.status == 400
    assert "nothing in the graph is called" in html.unescape(reply.text)


def test_the_address_brings_a_query(server: Server) -> None:
    hostile = '</textarea><script>alert("x")</script>'
    assert text_of(shown(server, query=hostile)).startswith(hostile)
    about = text_of(shown(server, about="http://data.example/one"))
    assert "<http://data.example/one>" in about
    assert "alert" not in text_of(shown(server, about="x> alert"))


def test_named_queries_filled_in_for_scripts(server: Server) -> None:
    told = json.loads(server.ask("GET", "/query/named?name=meetings&unknown=1").body)
    assert told["sparql"].startswith("# Who met whom")
    assert told["problem"] == ""
    for address in ("/query/named?name=nothing", "/query/named?name=visits&country=Atlantis"):
        told = json.loads(server.ask("GET", address).body)
        assert told["sparql"] == ""
        assert told["problem"]


def test_every_named_query_runs_as_it_stands(server: Server) -> None:
    for query in named_queries().values():
        reply = server.ask("GET", f"/sparql?{urlencode({'query': query.sparql})}")
        assert reply.status == 200, (query.name, reply.text)


def keys(value: Any, prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, inner in value.items():
        if isinstance(inner, dict):
            yield from keys(inner, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", inner


@pytest.mark.parametrize("language", ["fr", "ko", "ar"])
def test_catalogues_say_the_same(language: str) -> None:
    """Every message is there, with the same places to fill; and what English takes from the queries themselves."""
    first, other = (
        dict(keys(yaml.safe_load((MESSAGES / f"query.{code}.yaml").read_text(encoding="utf8"))))
        for code in ("en", language)
    )
    for query in named_queries().values():
        first[f"query.named.{query.name}"] = query.description
        first |= {f"query.parameter.{name}": meaning for name, meaning in query.parameters.items()}
    assert other.keys() == first.keys()
    for key, text in first.items():
        assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", other[key])), key


@pytest.mark.parametrize("language", ["fr", "ko", "ar"])
def test_the_page_speaks(server: Server, language: str) -> None:
    catalogue = yaml.safe_load((MESSAGES / f"query.{language}.yaml").read_text(encoding="utf8"))["query"]
    page = html.unescape(shown(server, lang=language))
    for key in ("title", "run", "answer", "lead"):
        assert catalogue[key] in page


# --- in a browser --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    driver = pytest.importorskip("playwright.sync_api")
    if not CHROMIUM.exists():
        pytest.skip("there is no Chromium")
    with driver.sync_playwright() as play:
        running = play.chromium.launch(
            executable_path=str(CHROMIUM),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield running
        running.close()


@pytest.fixture
def open_page(browser: Any, server: Server) -> Iterator[Any]:
    """Opens pages, of which none may complain or ask for anything elsewhere."""
    wrong: list[str] = []
    contexts = []

    def opened(address: str, *, width: int = 1280, scheme: str = "light") -> Any:
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("request", lambda request: wrong.append(request.url) if f":{server.port}/" not in request.url else None)
        page.goto(f"http://127.0.0.1:{server.port}{address}")
        page.wait_for_selector("#editor .cm-content")
        opened.wrong = wrong  # type: ignore[attr-defined]
        return page

    yield opened
    for context in contexts:
        context.close()
    assert wrong == []


def test_ask_with_the_keyboard_alone(open_page: Any) -> None:
    page = open_page("/query")
    page.focus("#examples button")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.shadowRoot.activeElement.getAttribute('role')") == "textbox"
    page.keyboard.press("Control+a")
    page.keyboard.type("SELECT ?s ?l { ?s a kgx:Per", delay=5)
    page.wait_for_selector("#editor .cm-tooltip-autocomplete")
    page.wait_for_timeout(100)  # it takes no key in its first moment
    page.keyboard.press("Enter")
    page.keyboard.type(" ; rdfs:label ?l ")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#answer table")
    assert page.inner_text("#status").startswith("3 rows in ")
    assert page.inner_text("#answer th:first-child") == "s"
    link = page.locator("#answer td a").first
    assert (link.inner_text(), link.get_attribute("href")) == ("person:to-lam", "/page/person/to-lam")
    page.focus("#examples button")
    walked = []
    for _ in range(12):
        page.keyboard.press("Tab")
        walked.append(page.evaluate("document.activeElement.id || document.activeElement.className"))
    assert walked[:3] == ["editor", "run", "rows"]
    assert "answer-scroll" in walked


def test_examples_are_taken_and_run(open_page: Any) -> None:
    page = open_page("/query")
    page.select_option("#examples select", "evidence")
    field = page.locator('fieldset[data-query="evidence"] input')
    assert field.is_visible()
    field.fill("또럼")
    page.click("#examples button")
    page.wait_for_selector("#answer table")
    assert "VALUES ?the_fact { <https://w3id.org/kgx/id/person/to-lam> }" in page.inner_text("#editor .cm-content")
    field.fill("nobody at all")
    page.click("#examples button")
    page.wait_for_selector("#examples-problem:not(:empty)")


def test_what_comes_from_the_graph_stays_text(open_page: Any) -> None:
    hostile = "<img src=x onerror=alert(1)>"
    query = f"SELECT ?x {{ VALUES ?x {{ '{hostile}' <javascript:alert(1)> 'تو لام'@ar 7 }} }}"
    page = open_page(f"/query?{urlencode({'query': query})}")
    page.click("#run")
    page.wait_for_selector("#answer table")
    cells = page.locator("#answer td")
    assert cells.nth(0).inner_text() == hostile
    assert page.locator("#answer img").count() == 0
    assert cells.nth(1).locator("a").get_attribute("href") == "/resource?iri=javascript%3Aalert(1)"
    assert cells.nth(2).locator("bdi").get_attribute("lang") == "ar"
    assert cells.nth(3).get_attribute("class") == "number"


def test_answers_that_are_no_tables(open_page: Any) -> None:
    page = open_page(f"/query?{urlencode({'query': 'ASK {}'})}")
    page.click("#run")
    page.wait_for_selector("#status:has-text('Yes')")
    page = open_page(f"/query?{urlencode({'query': 'DESCRIBE <https://w3id.org/kgx/id/country/VN>'})}")
    page.click("#run")
    page.wait_for_selector("#answer pre")
    assert [b.inner_text() for b in page.locator(".download").all() if b.is_visible()] == [
        "Turtle", "N-Triples", "RDF/XML", "JSON-LD",
    ]  # fmt: skip
    with page.expect_download() as kept:
        page.click(".download[value=nt]")
    assert kept.value.suggested_filename == "answer.nt"
    assert "country/VN" in Path(kept.value.path()).read_text(encoding="utf8")


def test_a_long_answer_is_cut_and_says_so(open_page: Any) -> None:
    values = " ".join(map(str, range(150)))
    page = open_page(f"/query?{urlencode({'query': f'SELECT ?x {{ VALUES ?x {{ {values} }} }}'})}")
    page.click("#run")
    page.wait_for_selector("#answer table")
    assert page.inner_text("#status").startswith("The first 100 rows")
    assert page.locator("#answer tbody tr").count() == 100


def test_a_query_can_be_stopped(open_page: Any) -> None:
    from tests.serve.conftest import ENDLESS

    page = open_page(f"/query?{urlencode({'query': ENDLESS})}")
    page.click("#run")
    page.click("#stop")
    page.wait_for_selector("#problem:has-text('Stopped')")
    assert not page.locator("#stop").is_visible()


def test_a_mistake_is_shown_where_it_is(open_page: Any) -> None:
    page = open_page(f"/query?{urlencode({'query': 'ASK {' + chr(10) + ' ?s ?p }'})}")
    page.click("#run")
    page.wait_for_selector("#editor .cm-lintRange-error")
    assert page.inner_text("#problem").startswith("line 2, column ")
    # The browser itself notes the refusal, and nothing else.
    assert [w for w in open_page.wrong if "400 (Bad Request)" not in w] == []
    open_page.wrong.clear()


@pytest.mark.parametrize(
    ("width", "scheme", "language"), [(1280, "light", "en"), (390, "dark", "ar"), (390, "light", "fr")]
)
def test_it_fits_and_everybody_can_use_it(open_page: Any, width: int, scheme: str, language: str) -> None:
    page = open_page(f"/query?lang={language}", width=width, scheme=scheme)
    page.click("#run")
    page.wait_for_selector("#answer table")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.evaluate((ROOT / "tests" / "serve" / "vendor" / "axe.min.js").read_text(encoding="utf8"))
    found = page.evaluate("axe.run('#sparql')")["violations"]
    assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found if v["impact"] in ("serious", "critical")] == []
