"""The product in a real browser: with mouse, keyboard and screen reader, at two widths, in both colours.

No page may complain in the console, ask for anything beyond this machine, be wider than its window, or have what
axe-core calls a serious or critical fault.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from kgx.export.turtle import write_turtle
from kgx.graph import Graph
from tests.conftest import SEEDS
from tests.serve.conftest import Server, started
from tests.serve.diplomacy import HOSTILE, write

CHROMIUM = Path("/usr/bin/chromium")
AXE = Path(__file__).parent / "vendor" / "axe.min.js"
WAITING = "[data-visual]:not([data-state=ready])"
FAULTS = """async () => {
  const found = await axe.run(document, { resultTypes: ["violations"] });
  return found.violations.filter((v) => ["serious", "critical"].includes(v.impact))
    .map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160)).join(" | ")}`);
}"""
Open = Callable[..., Any]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Debian's Chromium; where the gate runs it has to be there."""
    if not CHROMIUM.exists():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"there is no {CHROMIUM} (apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        running = play.chromium.launch(
            executable_path=str(CHROMIUM),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield running
        running.close()


@pytest.fixture(scope="module")
def seeds(seeds_graph: Graph, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of what the seeds tell, and of their texts."""
    path = tmp_path_factory.mktemp("browser") / "seeds.ttl"
    write_turtle(seeds_graph, path)
    with started(path, "--documents", str(SEEDS)) as running:
        yield running


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of names that would like to be markup."""
    with started(write(tmp_path_factory.mktemp("browser") / "hostile.ttl")) as running:
        yield running


@pytest.fixture
def visit(browser: Any, seeds: Server) -> Iterator[Open]:
    """Opens pages as a reader of some language, window and colours has them."""
    wrong: list[str] = []
    with ExitStack() as stack:

        def opened(path: str, *, width: int = 1280, scheme: str = "light", lang: str = "en", of: Server = seeds) -> Any:
            start = f"http://127.0.0.1:{of.port}"
            context = browser.new_context(
                viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce", locale=lang
            )
            stack.callback(context.close)
            page = context.new_page()
            page.set_default_timeout(30_000)
            page.on("console", lambda m: wrong.append(f"{path}: {m.text}") if m.type in ("error", "warning") else None)
            page.on("pageerror", lambda error: wrong.append(f"{path}: {error}"))
            page.on("request", lambda r: None if r.url.startswith(f"{start}/") else wrong.append(f"{path}: {r.url}"))
            answer = page.goto(start + path)
            assert answer.status == 200, path
            return page

        yield opened
    assert wrong == []


def drawn(page: Any) -> Any:
    """The first drawing of a page, when all are there; those out of sight wait until one scrolls to them."""
    for figure in page.locator("[data-visual]").all():
        figure.scroll_into_view_if_needed()
    page.wait_for_selector(WAITING, state="detached")
    return page.locator("[data-visual]").first


def focused(page: Any, script: str = "e => e.getAttribute('aria-label') || e.textContent.trim()") -> str:
    return str(page.evaluate(f"({script})(document.activeElement)"))


@pytest.mark.parametrize("name", ["또럼", "تو لام", "Tô Lâm", "to lam"])
def test_search_in_any_script(visit: Open, name: str) -> None:
    page = visit("/")
    page.fill("#find", name)
    page.press("#find", "Enter")
    page.wait_for_url("**/search?**")
    page.click("#main .hits a >> nth=0")
    page.wait_for_url("**/page/person/to-lam")
    assert "To Lam" in page.inner_text("h1")


def test_suggestions_by_keyboard(visit: Open) -> None:
    page = visit("/")
    page.focus("#find")
    page.keyboard.type("카자흐", delay=10)
    page.wait_for_selector("#suggestions a")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/page/country/KZ")


def test_from_a_person_to_a_fact_and_its_document(visit: Open) -> None:
    page = visit("/page/person/to-lam")
    drawn(page)
    page.click(".part .fact a.what >> nth=0")
    page.wait_for_selector("blockquote mark")
    page.click("#main a[href*='/page/document/'] >> nth=0")
    page.wait_for_selector(".text")
    assert page.locator(".text .in").count() > 5  # what the facts are told by is highlighted in the text


def test_documents_run_as_they_are_written(visit: Open) -> None:
    page = visit("/list/document?language=ar")
    page.click("table.list a >> nth=0")
    page.wait_for_selector(".text")
    assert page.get_attribute(".text >> nth=0", "dir") == "rtl"
    assert page.get_attribute("html", "dir") == "ltr"
    note = page.locator(".text a.note").first
    target = note.get_attribute("href")
    note.press("Enter")
    assert page.evaluate("location.hash") == target and page.locator(target).count() == 1


def test_a_pair_of_countries(visit: Open) -> None:
    page = visit("/pair/KZ/VN")
    drawn(page)
    assert {v.get_attribute("data-visual") for v in page.locator("[data-visual]").all()} >= {"timeline", "figures"}
    assert page.locator(".figures .mark").count() >= 2
    assert page.locator(".visual-rivals li").count() == 2  # 800 million and a thousand million for the same year


def test_timeline_by_keyboard_and_zoom(visit: Open) -> None:
    page = visit("/timeline")
    figure = drawn(page)
    marks = figure.locator("a.mark")
    marks.first.wait_for()
    before = figure.locator(".axis").text_content()
    figure.get_by_role("button", name="Zoom in").click()
    assert figure.locator(".axis").text_content() != before
    figure.get_by_role("button", name="Show all").click()
    figure.get_by_role("button", name="By country").click()
    assert "Kazakhstan" in " ".join(figure.locator(".lane-name").all_text_contents())
    assert figure.locator("a.mark[tabindex='0']").count() == 1  # one stop for the tab key
    figure.get_by_role("button", name="Show all").focus()
    page.keyboard.press("Tab")
    one = focused(page)
    page.keyboard.press("ArrowRight")
    other = focused(page)
    assert one != other and page.locator(".visual-tip").is_visible()
    href = focused(page, "e => e.getAttribute('href')")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{href}")


def test_map(visit: Open) -> None:
    page = visit("/map")
    figure = drawn(page)
    assert figure.locator(".country").count() > 200
    assert figure.locator("a.visit path[marker-end]").count() and figure.locator("a.twinning").count()
    told = {mark.get_attribute("aria-label") for mark in figure.locator("a.told").all()}
    assert any(label and label.startswith("Vietnam") for label in told)
    where = figure.locator(".land").get_attribute("transform")
    figure.get_by_role("button", name="Zoom in").click()
    assert figure.locator(".land").get_attribute("transform") != where
    figure.locator("a.dot").last.focus()
    assert page.locator(".visual-tip").is_visible()


def test_the_network_is_walked(visit: Open) -> None:
    page = visit("/network?about=person/to-lam")
    figure = drawn(page)
    nodes = figure.locator(".node")
    before = nodes.count()
    figure.locator(".node[data-id$='country/KZ']").focus()
    page.keyboard.press("Enter")
    nodes.nth(before).wait_for(state="attached")  # one more
    panel = figure.locator(".visual-panel")
    assert "Kazakhstan" in panel.inner_text()
    assert focused(page).startswith("Kazakhstan")  # the focus stays where it was
    panel.locator("button").first.click()
    page.wait_for_selector(".visual-chosen strong:not(:text-is('Kazakhstan'))")
    link = panel.locator(".visual-chosen a")
    href = link.get_attribute("href")
    link.click()
    page.wait_for_url(f"**{href}")


def test_filters_narrow_drawing_and_table(visit: Open) -> None:
    page = visit("/timeline")
    drawn(page)
    everything = page.locator(".visual-table tbody tr").count()
    page.click("details.narrow summary")
    page.select_option("select[name=kind]", "Visit")
    page.select_option("select[name=country]", "KZ")
    page.click("details.narrow button")
    page.wait_for_url("**kind=Visit**")
    drawn(page)
    rows = page.locator(".visual-table tbody tr")
    assert 0 < rows.count() < everything
    page.click(".visual-table summary")
    assert all("visit" in row for row in rows.all_inner_texts())
    assert set(page.locator(".visual-legend").first.inner_text().split()) >= {"visit"}
    with page.expect_download() as got:
        page.click("a[href^='/timeline.csv']")
    assert len(Path(got.value.path()).read_text(encoding="utf8").splitlines()) == rows.count() + 1


def test_its_sparql_leads_to_the_sparql_page(visit: Open) -> None:
    page = visit("/figures")
    rows = page.locator(".visual-table tbody tr").count()
    page.click("details.asked summary")
    page.click("details.asked a >> nth=0")
    page.wait_for_selector("#editor .cm-content")
    page.click("#run")
    page.wait_for_selector("#answer table")
    assert page.locator("#answer tbody tr").count() == rows > 0


def test_a_walk_with_the_tab_key(visit: Open) -> None:
    page = visit("/")
    page.keyboard.press("Tab")
    assert focused(page, "e => e.className") == "skip"
    page.keyboard.press("Enter")
    assert focused(page, "e => e.id") == "main"
    page.reload()
    seen: list[str] = []
    for _ in range(24):
        page.keyboard.press("Tab")
        seen.append(focused(page, "e => e.getAttribute('href') || e.id || e.tagName"))
        outline = page.evaluate("(() => { const s = getComputedStyle(document.activeElement); "
                                "return s.outlineStyle !== 'none' || s.boxShadow !== 'none' })()")  # fmt: skip
        assert outline, seen[-1]  # one sees where one is
    assert {"find", "/timeline", "/map", "/network", "/figures", "/query"} <= set(seen)


def test_language_and_colours_are_kept(visit: Open) -> None:
    page = visit("/timeline")
    page.click("details.menu summary")
    page.click("details.menu a[lang=ar]")
    page.wait_for_selector("html[dir=rtl]")
    page.click("details.menu summary")
    page.click("details.menu a[href*='theme=dark']")
    page.wait_for_selector("html[data-theme=dark]")
    assert "/timeline" in page.url
    figure = drawn(page)
    assert "زيارة" in figure.locator(".visual-legend").first.inner_text()
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).slice(0, 3).map(Number)")
    assert max(dark) < 60


@pytest.mark.parametrize("path", ["/", "/timeline", "/map", "/network", "/figures", "/page/person/hostile"])
def test_hostile_names_stay_text(visit: Open, hostile: Server, path: str) -> None:
    page = visit(path, of=hostile)
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    if path not in ("/", "/page/person/hostile"):
        drawn(page)
    assert page.locator("script:not([src])").count() == 0
    if path == "/network":
        labels = page.locator(".node text").evaluate_all("nodes => nodes.map((node) => node.textContent)")
        assert HOSTILE in labels


def test_a_drawing_that_fails_says_so(visit: Open) -> None:
    page = visit("/")
    page.context.route("**/timeline.json*", lambda route: route.fulfill(status=200, body="{"))
    page.goto(page.url + "timeline")
    page.wait_for_selector("[data-state=failed]")
    assert "table" in page.inner_text("[data-visual]")


WALK = (
    "/", f"/search?q={quote('또럼')}", "/list/event", "/page/person/to-lam", "/page/country/KZ", "/pair/KZ/VN",
    "/page/document/000-692ac460da88bc0f-987cad51", "/timeline", "/map", "/network?about=country/KZ", "/figures",
    "/query",
)  # fmt: skip
# Each pair of width, colours and language once, with half the runs of all of them.
READERS = ((1280, "light", "en"), (1280, "dark", "ar"), (390, "light", "ar"), (390, "dark", "en"))


@pytest.mark.parametrize(("width", "scheme", "lang"), READERS)
@pytest.mark.parametrize("path", WALK)
def test_no_serious_fault(visit: Open, path: str, width: int, scheme: str, lang: str) -> None:
    page = visit(path, width=width, scheme=scheme, lang=lang)
    assert page.get_attribute("html", "lang") == lang
    if page.locator("[data-visual]").count():
        drawn(page)
    page.evaluate("for (const details of document.querySelectorAll('details')) details.open = true")
    page.evaluate(AXE.read_text(encoding="utf8"))
    assert page.evaluate(FAULTS) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
