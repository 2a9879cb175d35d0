"""A file, a store and an endpoint answer alike; kgx.load gives them to users of rdflib and pandas."""

from __future__ import annotations

import http.server
import subprocess
import sys
import threading
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas
import pyoxigraph as ox
import pytest
from common import SEEDS
from rdflib import RDF, RDFS, Literal, Namespace

import kgx
from kgx import explain, query, review, show
from kgx.errors import UsageError
from kgx.export.formats import formats, write
from kgx.export.tables import TABLES
from kgx.export.triples import DEFAULT_BASE, of_graph, of_lines
from kgx.graph import Graph

KGX = Namespace("https://w3id.org/kgx/ontology#")
ID = Namespace(DEFAULT_BASE)
FILES = ("graph.ttl", "graph.nt", "graph.trig", "graph.jsonld")


@pytest.fixture(scope="module")
def folder(seeds_graph: Graph, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("sources")
    known = of_graph(seeds_graph)
    for name in (*FILES, "store"):
        form = next(f for f in formats().values() if name.endswith(f.endings or (f.name,)))
        write(known, target / name, form)
    return target


class _Handler(http.server.BaseHTTPRequestHandler):
    """As much of a SPARQL endpoint as an honest one has, and some that are none."""

    store: ox.Store
    asked: list[str] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        sparql = urllib.parse.parse_qs(body.decode())["query"][0]
        self.asked.append(sparql)
        if self.path == "/page":
            self.answer(200, "text/html", b"<html>Welcome</html>")
        elif self.path == "/down":
            self.answer(503, "text/plain", b"busy")
        else:
            try:
                found = self.store.query(sparql)
            except SyntaxError as error:
                self.answer(400, "text/plain", str(error).encode())
                return
            if isinstance(found, ox.QueryTriples):
                self.answer(200, "application/n-triples", found.serialize(format=ox.RdfFormat.N_TRIPLES) or b"")
            else:
                kind = "application/sparql-results+json; charset=utf-8"
                self.answer(200, kind, found.serialize(format=ox.QueryResultsFormat.JSON) or b"")

    def answer(self, code: int, kind: str, content: bytes) -> None:
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[str]:
    handler = type("Handler", (_Handler,), {"store": query.load(folder / "graph.ttl")})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


@pytest.fixture(scope="module", params=["graph.nt", "graph.trig", "graph.jsonld", "store", "endpoint"])
def place(request: pytest.FixtureRequest, folder: Path, server: str) -> str:
    return f"{server}/sparql" if request.param == "endpoint" else str(folder / request.param)


def test_every_named_query_has_the_same_answer_everywhere(place: str, folder: Path) -> None:
    here, there = query.load(folder / "graph.ttl"), query.load(place)
    for name in query.named_queries():
        rows = query.run_named(here, name).rows
        assert rows and query.run_named(there, name).rows == rows, name
    for name, params in (("visits", {"country": "카자흐스탄"}), ("evidence", {"fact": "To Lam"}),
                         ("document", {"document": "003_e4da366f77da837c.txt"})):  # fmt: skip
        rows = query.run_named(here, name, **params).rows
        assert rows and query.run_named(there, name, **params).rows == rows
        assert len(rows) < len(query.run_named(here, name).rows)


def test_cards_explanations_and_reviews_are_the_same_everywhere(place: str, folder: Path) -> None:
    here, there = query.load(folder / "graph.ttl"), query.load(place)
    assert show.card(there, "토람") == show.card(here, "토람")
    assert explain.to_json(explain.explain(there, "To Lam")) == explain.to_json(explain.explain(here, "To Lam"))
    assert review.pairs(there, joined=True) == review.pairs(here, joined=True) != []
    assert query.select(there, "ASK { ?v a kgx:Visit }").rows == ((True,),)
    built = query.select(there, "CONSTRUCT { ?v a kgx:Trip } WHERE { ?v a kgx:Visit }")
    assert built.terms == query.select(here, "CONSTRUCT { ?v a kgx:Trip } WHERE { ?v a kgx:Visit }").terms


def test_all_of_it_can_be_written_again(place: str, seeds_graph: Graph) -> None:
    store = query.load(place)
    assert of_lines(query.dump(store), query.base_of(store)) == of_graph(seeds_graph)


def test_a_store_is_not_changed_by_asking(folder: Path) -> None:
    store = query.load(folder / "store")
    assert isinstance(store, ox.Store)
    with pytest.raises((OSError, RuntimeError, ValueError)):
        store.add(ox.Quad(ox.NamedNode("urn:a"), ox.NamedNode("urn:b"), ox.NamedNode("urn:c")))


@pytest.mark.parametrize(
    ("path", "reason"),
    [("/page", "answers with text/html"), ("/down", "503.*busy")],
)
def test_what_is_no_endpoint_is_named(server: str, path: str, reason: str) -> None:
    store = query.load(server + path)
    with pytest.raises(UsageError, match=f"(?s){path}.*{reason}"):
        query.select(store, "ASK {}")
    with pytest.raises(UsageError):
        query.dump(store)


def test_faulty_queries_and_unreachable_endpoints(server: str) -> None:
    with pytest.raises(UsageError, match="(?i)sparql.*expected"):
        query.select(query.load(f"{server}/sparql"), "SELECT WHERE {")
    with pytest.raises(UsageError, match="can't be reached"):
        query.select(query.load("http://127.0.0.1:9/sparql"), "ASK {}")
    _Handler.asked.clear()
    with pytest.raises(UsageError, match="SERVICE"):
        query.select(query.load(f"{server}/sparql"), "SELECT * { SERVICE <http://evil.example/> { ?s ?p ?o } }")
    assert not _Handler.asked  # it was not even sent


def test_a_folder_that_is_no_store(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="folder and no store"):
        query.load(tmp_path)


# --- kgx.load ------------------------------------------------------------------------------------------------------


def test_rdflib_users_get_a_graph(place: str) -> None:
    graph = kgx.load(place)
    people = set(graph.subjects(RDF.type, KGX.Person))
    assert ID["person/to-lam"] in people
    assert graph.value(ID["person/to-lam"], RDFS.label) == Literal("To Lam", lang="en")
    found = graph.query("PREFIX kgx: <https://w3id.org/kgx/ontology#> SELECT ?v WHERE { ?v a kgx:Visit }")
    assert len(list(found)) == len(set(graph.subjects(RDF.type, KGX.Visit))) > 0


def test_frames(place: str, folder: Path) -> None:
    graph = kgx.load(place)
    visits = graph.to_frame("visits")
    result = query.run_named(query.load(folder / "graph.ttl"), "visits")
    assert list(visits.columns) == list(result.columns) and len(visits) == len(result.rows)
    assert list(visits["visitors"]) == [row[result.columns.index("visitors")] for row in result.rows]
    assert set(graph.to_frame("visits", person="토람")["visitors"]) == {"To Lam"}
    events = graph.to_frame("event_data")
    assert list(events.columns) == list(TABLES["event_data"].columns)
    assert pandas.api.types.is_float_dtype(events["latitude"]) and pandas.api.types.is_bool_dtype(events["directed"])
    figures = graph.to_frame("figures")
    assert pandas.api.types.is_numeric_dtype(figures["value"]) and figures["value"].max() == 10_000_000_000
    counted = graph.to_frame("SELECT (COUNT(*) AS ?n) WHERE { ?v a kgx:Visit }")
    assert counted["n"].tolist() == [7]


def test_every_table_and_query_is_a_frame(folder: Path) -> None:
    graph = kgx.load(folder / "store")
    for name in {*query.named_queries(), *TABLES}:
        assert len(graph.to_frame(name)), name
    with pytest.raises(UsageError, match="'voyages'; there are: agreements.*leader_travel"):
        graph.to_frame("voyages")
    with pytest.raises(UsageError, match="no parameters"):
        graph.to_frame("persons", name="To Lam")


def test_frames_can_be_merged(place: str) -> None:
    graph = kgx.load(place)
    visits, travel = graph.to_frame("visits"), graph.to_frame("leader_travel")
    both = visits.merge(travel, on="visit", suffixes=("", "_of_travel"))
    assert len(both) == len(travel) > 0 and (both["status"] == both["status_of_travel"]).all()
    offices = graph.table("offices").merge(graph.to_frame("offices"), left_on="id", right_on="tenure")
    assert len(offices) == len(graph.table("offices")) and (offices["person_name"] == offices["person_y"]).all()
    own = graph.to_frame("SELECT ?id ?name { ?id a kgx:Person ; rdfs:label ?name }")
    assert len(own.merge(graph.to_frame("persons"), on=["id", "name"])) == len(own) > 0
    with pytest.raises(UsageError, match="no table is called 'visits'; there are: documents"):
        graph.table("visits")


@pytest.mark.parametrize(
    "nowhere",
    ["nosuch.ttl", "", None, 5, b"graph.ttl", "a\0b", "ftp://example.org/graph.ttl", "http://", "http://[::1"],
)
def test_what_is_no_graph_is_told_as_an_error_of_ours(nowhere: Any) -> None:
    with pytest.raises(UsageError, match="cannot be read|names no graph|is no address"):
        kgx.load(nowhere)


@pytest.mark.parametrize("path", ["/page", "/down", "/sparql?", None])
def test_an_endpoint_that_fails_fails_alike_for_users_of_rdflib(server: str, path: str | None) -> None:
    graph = kgx.load("http://127.0.0.1:9/sparql" if path is None else server + path)
    with pytest.raises(UsageError, match="127.0.0.1"):
        graph.query("SELECT WHERE {")
    if path != "/sparql?":
        with pytest.raises(UsageError, match="127.0.0.1"):
            len(graph)


@pytest.mark.parametrize("name", [None, 5, ["visits"], b"visits", "", "SELECT"])
def test_what_is_no_name_of_a_frame(folder: Path, name: Any) -> None:
    with pytest.raises(UsageError, match="is no name of|is called"):
        kgx.load(folder / "graph.ttl").to_frame(name)


@pytest.mark.parametrize("value", [None, 5, ["Vietnam"]])
def test_what_is_no_value_of_a_parameter(folder: Path, value: Any) -> None:
    with pytest.raises(UsageError, match="parameter 'country' takes"):
        kgx.load(folder / "graph.ttl").to_frame("visits", country=value)


def test_frames_without_pandas(folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    graph = kgx.load(folder / "graph.ttl")
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(UsageError, match=r"pip install .*\[tables\]"):
        graph.to_frame("visits")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(UsageError, match=r"pip install .*\[tables\]"):
        write(of_lines(query.dump(graph.source), DEFAULT_BASE), tmp_path / "out", formats()["parquet"])
    assert not list(tmp_path.iterdir())


# --- the command line ----------------------------------------------------------------------------------------------


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kgx", *arguments], capture_output=True, text=True, check=False, cwd=SEEDS.parent
    )


def test_build_a_store_and_ask_it(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Le président Macky Sall s'est rendu en Mauritanie le 5 mai 2024.")
    for _ in range(2):  # the second time it keeps the ids of the store that is replaced
        done = run("build", str(tmp_path / "a.txt"), "-o", f"{tmp_path}/store/", "--quiet")
        assert (done.returncode, done.stderr) == (0, "")
    asked = run("query", f"{tmp_path}/store", "--name", "visits", "--format", "csv")
    assert "Macky Sall" in asked.stdout
    shown = run("show", f"{tmp_path}/store/", "Macky Sall")
    assert "Mauritania" in shown.stdout, shown.stderr
    for name in ("g.ttl", "g.trig", "g.gexf", "g.ftm"):
        first, second = tmp_path / f"one-{name}", tmp_path / f"two-{name}"
        assert run("build", str(tmp_path / "a.txt"), "-o", str(first), "--quiet").returncode == 0
        assert run("convert", f"{tmp_path}/store", "-o", str(second)).returncode == 0
        assert first.read_bytes() == second.read_bytes(), name


def test_wrong_usage_is_told_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter").write_text("dear")
    for target, reason in (("g.docx", "no format has this ending"), ("mine/", "holds other files")):
        done = run("build", str(SEEDS), "-o", f"{tmp_path}/{target}")
        assert done.returncode == 2 and reason in done.stderr, done.stderr
    done = run("convert", str(tmp_path / "none.ttl"), "-o", str(tmp_path / "x.nt"))
    assert done.returncode == 2 and "none.ttl" in done.stderr
    done = run("query", "http://127.0.0.1:9/sparql", "ASK {}")
    assert done.returncode == 2 and "can't be reached" in done.stderr and "Traceback" not in done.stderr
