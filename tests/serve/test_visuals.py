"""Timeline, map, network and figures: pages, JSON, CSV, filters, and what they are drawn with."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from kgx.query import load, select
from kgx.serve import create_app
from kgx.serve.language import LANGUAGES, messages, words
from kgx.serve.visuals import timeline
from kgx.serve.visuals.base import Reader, View
from kgx.serve.visuals.filters import Filters
from kgx.serve.visuals.views import VIEWS
from tests.serve.diplomacy import HOSTILE, ID, write

ROOT = Path(__file__).parent.parent.parent
STATIC = ROOT / "kgx" / "serve" / "static"
PAGE = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("visuals") / "graph.ttl")


@pytest.fixture(scope="module")
def client(graph: Path) -> Iterator[TestClient]:
    with TestClient(create_app(load(graph)), base_url="http://localhost:8000") as made:
        yield made


def table(client: TestClient, address: str) -> list[list[str]]:
    """The rows of a view's CSV, without its headings."""
    view, question, filters = address.partition("?")
    reply = client.get(f"/{view}.csv{question}{filters}")
    assert reply.status_code == 200, reply.text
    return list(csv.reader(io.StringIO(reply.text)))[1:]


@pytest.mark.parametrize("view", VIEWS)
def test_page_table_csv_and_json_tell_the_same(client: TestClient, view: str) -> None:
    page = client.get(f"/{view}", headers=PAGE)
    assert page.status_code == 200
    assert "script-src" not in page.headers["content-security-policy"]
    assert "unsafe" not in page.headers["content-security-policy"]
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", page.text)
    rows = table(client, view)
    assert rows
    body = re.search(r"<tbody>(.*?)</tbody>", page.text, re.DOTALL)
    assert body and body[1].count("<tr>") == len(rows)
    data = client.get(f"/{view}.json").json()
    assert data["summary"] in re.sub(r"\s+", " ", page.text)
    drawn = {
        "timeline": lambda: len(data["events"]),
        "map": lambda: sum(len(data[kind]) for kind in ("places", "visits", "twinnings", "countries")),
        "network": lambda: len(data["edges"]),
        "figures": lambda: sum(len(panel["points"]) for panel in data["panels"]),
    }[view]()
    assert drawn == len(rows) - (view == "timeline")  # one event has no date


def test_timeline(client: TestClient) -> None:
    data = client.get("/timeline.json").json()
    first, second = data["events"]
    assert (first["kind"], first["start"], first["status"]) == ("Visit", "2026", "planned")
    assert (second["start"], second["end"], second["place"]) == ("2025-05-05", "2025-05-07", "Astana")
    assert second["countries"] == ["Kazakhstan", "Vietnam"]
    assert second["href"] == "/page/visit/1"
    assert {(c["month"], c["kind"], c["count"]) for c in data["counts"]} == {
        ("2025-05", "Visit", 1),
        ("2026", "Visit", 1),
    }
    assert [row[0] for row in table(client, "timeline")] == ["2026", "2025-05-05", ""]


def test_what_is_too_much_is_counted(graph: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timeline, "SHOWN", 1)
    view = timeline.timeline(Reader(load(graph), ID, "en", str), Filters())
    assert len(view.rows) == 1 and view.summary[1] == {"total": 3, "drawn": 1, "undated": 1}
    assert sum(count["count"] for count in view.data["counts"]) == 2


def test_map(client: TestClient) -> None:
    data = client.get("/map.json").json()
    assert [(p["from"]["name"], p["from"]["at"], p["count"]) for p in data["places"]] == [("Astana", [71.45, 51.18], 1)]
    assert {(c["from"]["country"], c["count"]) for c in data["countries"]} == {("KZ", 3), ("VN", 3)}
    arcs = {(v["from"]["country"], v["to"].get("country"), v["to"]["name"]) for v in data["visits"]}
    assert arcs == {("VN", None, "Astana"), ("KZ", "VN", "Vietnam")}  # to the city where it is known
    (twinning,) = data["twinnings"]
    assert (twinning["from"]["name"], twinning["to"]["at"]) == ("Almaty", [106.63, 10.82])


def test_network_is_walked(client: TestClient) -> None:
    data = client.get("/network.json").json()
    assert data["nodes"] and all(edge["count"] > 0 for edge in data["edges"])
    counts = {node["id"]: node["facts"] for node in data["nodes"]}
    assert counts[f"{ID}country/KZ"] == 5 and counts[f"{ID}person/to-lam"] == 3
    near = client.get("/network.json", params={"node": f"{ID}person/to-lam"}).json()
    names = {node["id"].removeprefix(ID) for node in near["nodes"]}
    assert names == {"person/to-lam", "person/hostile", "country/KZ", "country/VN", "city/1", "office/1"}
    tied = {(e["source"].removeprefix(ID), e["target"].removeprefix(ID)): e["told"] for e in near["edges"]}
    assert tied["office/1", "person/to-lam"] == "tenure 1"
    assert tied["person/hostile", "person/to-lam"] == "meeting 1"


def test_figures_side_by_side(client: TestClient) -> None:
    (panel,) = client.get("/figures.json").json()["panels"]
    told = [(p["value"], p["status"], p["approximate"], p["growth"], p["disagrees"]) for p in panel["points"]]
    assert told == [(8e8, "actual", False, 12.5, True), (1e9, "estimate", True, None, True)]
    assert [p["documents"] for p in panel["points"]] == [["one.txt 2024-01-02"], ["two.txt 2024-01-02"]]
    assert [row[-1] for row in table(client, "figures")] == ["1000000000 USD", "800000000 USD"]


@pytest.mark.parametrize(
    ("address", "number"),
    [
        ("timeline?country=VN", 3), ("timeline?country=VN&other=KZ", 3), ("timeline?country=FR", 0),
        ("timeline?kind=Meeting", 1), ("timeline?status=planned", 1), ("timeline?confidence=0.8", 2),
        ("timeline?language=fr", 1), ("timeline?language=fr&language=ko", 3), ("timeline?language=vi", 0),
        ("timeline?from=2025-05-05&to=2025", 1), ("timeline?from=2026-07", 1), ("timeline?to=2024", 0),
        ("timeline?about=person/to-lam", 2), ("timeline?about=document/two", 1), ("timeline?from=&kind=&country=", 3),
        ("figures?status=estimate", 1), ("figures?from=2025", 0), ("figures?language=fr", 1),
        ("map?kind=Twinning", 1), ("map?language=fr", 3), ("map?status=planned", 3),
        ("network?kind=Tenure", 1), ("network?about=person/to-lam&kind=Meeting", 6), ("network?confidence=0.95", 0),
    ],
)  # fmt: skip
def test_filters(client: TestClient, address: str, number: int) -> None:
    assert len(table(client, address)) == number
    page = client.get(f"/{address}", headers=PAGE)
    assert page.status_code == 200 and page.text.count("<tbody>") == bool(number)


@pytest.mark.parametrize(
    "bad",
    ["from=yesterday", "from=2024%22", "country=a%20b", "country=%3E", "kind=a%20b", "kind=%7D", "status=x%3Ey",
     "confidence=.", "confidence=high", "language=%22", "about=x%3Ey", "about=%5C"],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused(client: TestClient, bad: str) -> None:
    for ending in ("", ".json", ".csv"):
        assert client.get(f"/timeline{ending}?{bad}").status_code == 400


@pytest.mark.parametrize("filters", [Filters(), Filters(countries=(f"{ID}country/KZ",)), Filters(languages=("ko",))])
@pytest.mark.parametrize("name", VIEWS)
def test_its_sparql_answers_the_same(graph: Path, name: str, filters: Filters) -> None:
    source = load(graph)
    view: View = VIEWS[name](Reader(source, ID, "en", str), filters)
    found = select(source, view.sparql)
    if name == "network":  # a row a kind of fact, which the table puts together
        pairs = {(row[0], row[1]): 0 for row in found.rows}
        for one, other, _, count in found.rows:
            pairs[one, other] += int(str(count))
        assert pairs == {(e["source"], e["target"]): e["count"] for e in view.data["edges"]}
    else:
        assert len(found.rows) == len(view.rows) > 0


def test_hostile_names_stay_text(client: TestClient) -> None:
    for view in VIEWS:
        for address in (f"/{view}", f"/{view}?about=person/hostile", f"/{view}?lang=ar"):
            assert "<script>alert" not in client.get(address, headers=PAGE).text
        reply = client.get(f"/{view}.json")
        assert reply.headers["content-type"] == "application/json"
    assert any(node["name"] == HOSTILE for node in client.get("/network.json").json()["nodes"])
    assert HOSTILE in {cell for row in table(client, "map") for cell in row}
    assert client.get("/timeline?about=javascript:alert(1)", headers=PAGE).text.count('href="javascript') == 0


def test_formulas_of_spreadsheets_stay_text() -> None:
    from kgx.serve.visuals.base import to_csv

    view = View({}, ("a",), (("=1+1",), ("@x",), ("-5",)), "", ("timeline", {}))
    assert to_csv(view, headings=["a"]).split() == ["a", "'=1+1", "'@x", "-5"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_languages(client: TestClient, language: str) -> None:
    for view in VIEWS:
        page = client.get(f"/{view}?lang={language}", headers=PAGE).text
        assert f"<h1>{messages(language)[f'visuals.{view}.title']}</h1>" in page
        assert f'dir="{"rtl" if language == "ar" else "ltr"}"' in page
        data = client.get(f"/{view}.json?lang={language}").json()
        assert data["text"]["reset"] == messages(language)["visuals.script.reset"]
    assert words(language).country("VN") in {c for e in client.get(f"/timeline.json?lang={language}").json()["events"]
                                             for c in e["countries"]}  # fmt: skip
    assert messages(language).keys() >= {
        key for key in messages("en") if key.startswith(("visuals.", "kind.", "status."))
    }


def test_embedded(client: TestClient) -> None:
    page = client.get("/id/person/to-lam", headers=PAGE, follow_redirects=True).text
    assert 'data-visual="timeline"' in page and 'data-visual="network"' in page
    sources = re.findall(r'data-src="([^"]+)"', page)
    assert sources and all(client.get(source.replace("&amp;", "&")).status_code == 200 for source in sources)


def test_drawings_need_nothing_from_elsewhere() -> None:
    own = [p for p in STATIC.rglob("*") if p.suffix in {".js", ".css"}]
    assert len(own) >= 8
    for path in own:
        text = path.read_text(encoding="utf8")
        hosts = {host for host in re.findall(r"(?:https?:)?//([\w-]+(?:\.[\w-]+)+)", text)} - {"www.w3.org"}
        if "vendor" not in path.parts:
            assert not hosts, path
            assert not re.search(r"\beval\(|new Function|innerHTML|insertAdjacentHTML|setAttribute\(\"style", text), (
                path
            )
        assert not re.search(r"\bfetch\(\s*[\"'`]https?:|@import|url\(https?:", text), path


def test_vendored_files_are_told_and_packed() -> None:
    licences = (STATIC / "vendor" / "LICENSES.md").read_text(encoding="utf8")
    packed = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf8"))["tool"]["setuptools"]["package-data"][
        "*"
    ]
    for path in STATIC.rglob("*.*"):
        if path.parent.name == "vendor" and path.name != "LICENSES.md":
            assert path.name in licences
        assert f"*{path.suffix}" in packed, path
