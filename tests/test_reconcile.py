"""A reconciliation service: believed where it is sure and the names agree, borne with where it fails."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from test_identity import LAM, TOKAYEV, told

from kgx.errors import Issue, UsageError
from kgx.models import Knowledge
from kgx.resolve import resolve
from kgx.resolve.reconcile import Service, reconciled

WIKIDATA: dict[str, Any] = {"versions": ["0.2"], "name": "x", "identifierSpace": "http://www.wikidata.org/entity/"}
OWN = {
    "name": "own",
    "identifierSpace": "https://example.org/space",
    "view": {"url": "https://example.org/about/{{id}}"},
    "defaultTypes": [{"id": "https://schema.org/Person", "name": "Person"}],
}
TO_LAM = {"id": "Q1", "name": "Tô Lâm", "score": 100, "match": True}


class _Web(ThreadingHTTPServer):
    """Answers as it is told to, and remembers what it was asked; each query is an element of `asked`."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.manifest: Any = WIKIDATA
        self.answers: dict[str, list[Any]] = {}
        self.raw: bytes | None = None
        self.faults: list[int] = []
        self.location: str | None = None
        self.delay = 0.0
        self.requests = 0
        self.asked: list[dict[str, Any]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/api"


class _Handler(BaseHTTPRequestHandler):
    server: _Web

    def do_GET(self) -> None:
        self.answer(self.server.manifest)

    def do_POST(self) -> None:
        sent = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        queries = json.loads(sent["queries"][0])
        self.server.asked += queries.values()
        results = {key: {"result": self.server.answers.get(q["query"], [])} for key, q in queries.items()}
        self.answer(results, self.server.raw)

    def answer(self, content: Any, raw: bytes | None = None) -> None:
        self.server.requests += 1
        if self.server.location is not None and self.path == "/api":
            self.send_response(302)
            self.send_header("Location", self.server.location)
            self.end_headers()
            return
        self.send_response(self.server.faults.pop(0) if self.server.faults else 200)
        self.end_headers()
        try:
            for byte in raw if raw is not None else json.dumps(content).encode():
                if self.server.delay:
                    time.sleep(self.server.delay)
                self.wfile.write(bytes([byte]))
        except OSError:
            pass  # nobody waits any more

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Web]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with _Web() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return resolve([told(0, LAM, TOKAYEV)])


def links(
    knowledge: Knowledge, web: _Web, *, cache: Path | None = None, country: str | None = None, timeout: float = 5.0
) -> tuple[dict[str, tuple[str, ...]], list[str]]:
    """IRIs of the people, and what went wrong."""
    issues: list[Issue] = []
    service = Service(web.url, country=country, cache=cache, timeout=timeout, pause=0.01)
    found = reconciled(knowledge, service, issues.append)
    assert [t.id for t in found.things] == [t.id for t in knowledge.things]
    return {t.label: t.same_as for t in found.things if t.same_as}, [i.reason for i in issues]


def test_what_the_service_is_sure_of_is_linked(web: _Web, knowledge: Knowledge) -> None:
    web.answers = {"To Lam": [TO_LAM], "Kassym-Jomart Tokayev": [{**TO_LAM, "id": "Q2", "match": False}]}
    assert links(knowledge, web) == ({"To Lam": ("http://www.wikidata.org/entity/Q1",)}, [])
    asked = {q["query"]: q for q in web.asked}
    assert asked["To Lam"]["type"] == "Q5"
    assert asked["To Lam"]["properties"] == [{"pid": "P27", "v": {"id": "Q881"}}]
    assert web.requests == 2  # the manifest, and one batch


@pytest.mark.parametrize(
    "answers",
    [
        {"To Lam": [{**TO_LAM, "name": "Nguyen Xuan Phuc"}]},  # another name
        {"To Lam": [TO_LAM, {**TO_LAM, "id": "Q2"}]},  # sure of two
        {"To Lam": [{**TO_LAM, "match": "true"}]},
        {"To Lam": [{**TO_LAM, "id": 1}, "x", None]},
        {"To Lam": [TO_LAM], "Kassym-Jomart Tokayev": [{**TO_LAM, "name": "Kassym-Jomart Tokayev"}]},  # two are one
    ],
)
def test_what_is_not_sure_is_not_linked(web: _Web, knowledge: Knowledge, answers: dict[str, list[Any]]) -> None:
    web.answers = answers
    assert links(knowledge, web) == ({}, [])


def test_ids_become_addresses_as_the_service_says(web: _Web, knowledge: Knowledge) -> None:
    web.manifest, web.answers = OWN, {"To Lam": [{**TO_LAM, "id": 'a b"<'}]}
    assert links(knowledge, web, country="state")[0] == {"To Lam": ("https://example.org/about/a%20b%22%3C",)}
    lam = next(q for q in web.asked if q["query"] == "To Lam")
    assert lam["type"] == "https://schema.org/Person" and lam["properties"] == [{"pid": "state", "v": "VN"}]
    web.manifest = {**OWN, "view": {"url": "javascript:{{id}}"}}
    assert links(knowledge, web)[0] == {}


def test_people_with_an_identifier_and_half_names_are_not_asked(web: _Web) -> None:
    some = resolve([told(0, LAM, TOKAYEV, ("Lee", "en", "head_of_state", "KR"), ("또럼", "ko", "minister", "KR"))])
    things = [
        t.model_copy(update={"same_as": ("http://www.wikidata.org/entity/Q9",)}) if t.label == "To Lam" else t
        for t in some.things
    ]
    links(some.model_copy(update={"things": tuple(things)}), web)
    assert {q["query"] for q in web.asked} == {"Kassym-Jomart Tokayev", "또럼"}


def test_many_are_asked_in_batches(web: _Web) -> None:
    people = [(f"Person Number{chr(97 + n)}{chr(97 + n)}o", "en", "minister", "VN") for n in range(25)]
    things = resolve([told(0, *people)])
    links(things, web)
    assert len(web.asked) == len(things.things) == 25 and web.requests == 3


def test_the_cache_is_used(web: _Web, knowledge: Knowledge, tmp_path: Path) -> None:
    web.answers = {"To Lam": [TO_LAM]}
    first = links(knowledge, web, cache=tmp_path / "a" / "b")
    before = web.requests
    assert first[0] and links(knowledge, web, cache=tmp_path / "a" / "b") == first
    assert web.requests == before
    for file in (tmp_path / "a" / "b").iterdir():
        file.write_text("{")
    assert links(knowledge, web, cache=tmp_path / "a" / "b") == first
    assert web.requests == 2 * before


@pytest.mark.parametrize("raw", [b"<html>", b"[]", b"{}", b'{"q0": {"result": {}}}', b"[" * 100_000, b"\xff"])
def test_garbage_is_told_once_and_not_kept(web: _Web, knowledge: Knowledge, tmp_path: Path, raw: bytes) -> None:
    web.raw = raw
    found, issues = links(knowledge, web, cache=tmp_path)
    assert found == {} and len(issues) == 1 and issues[0].endswith("; 2 left unasked")
    assert len(list(tmp_path.iterdir())) == 1  # the manifest
    web.raw, web.answers = None, {"To Lam": [TO_LAM]}
    assert links(knowledge, web, cache=tmp_path)[0]


@pytest.mark.parametrize("manifest", [{}, [], "x", {**WIKIDATA, "versions": ["9"]}, {**WIKIDATA, "versions": 1}])
def test_what_is_no_service_is_told(web: _Web, knowledge: Knowledge, tmp_path: Path, manifest: Any) -> None:
    web.manifest = manifest
    found, issues = links(knowledge, web, cache=tmp_path)
    assert found == {} and len(issues) == 1 and not web.asked and not list(tmp_path.iterdir())


def test_passing_faults_are_borne_with_and_lasting_ones_told(web: _Web, knowledge: Knowledge) -> None:
    web.answers = {"To Lam": [TO_LAM]}
    web.faults = [500, 429]
    assert links(knowledge, web) == ({"To Lam": ("http://www.wikidata.org/entity/Q1",)}, [])
    web.requests, web.faults = 0, [500] * 9
    assert links(knowledge, web) == ({}, ["answers with status 500"])
    assert web.requests == 3
    web.requests, web.faults = 0, [404] * 9
    assert links(knowledge, web) == ({}, ["answers with status 404"])
    assert web.requests == 1


def test_a_slow_service_is_given_up(web: _Web, knowledge: Knowledge) -> None:
    web.delay = 0.05  # a byte: no single wait is long
    start = time.monotonic()
    assert links(knowledge, web, timeout=0.2) == ({}, ["gave no answer within 0.2 s"])
    assert time.monotonic() - start < 5


def test_redirects_elsewhere_are_not_followed(web: _Web, knowledge: Knowledge) -> None:
    web.answers = {"To Lam": [TO_LAM]}
    with _Web() as other:
        threading.Thread(target=other.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        web.location = other.url
        found, issues = links(knowledge, web)
        other.shutdown()
    assert found == {} and len(issues) == 1 and other.url in issues[0]
    assert other.requests == 0
    web.location = "file:///etc/hostname"
    assert links(knowledge, web)[0] == {}


def test_nobody_there_is_told(web: _Web, knowledge: Knowledge) -> None:
    with _Web() as gone:
        pass
    found, issues = links(knowledge, gone)
    assert found == {} and len(issues) == 1 and issues[0].startswith("can't be reached")


@pytest.mark.parametrize("url", ["file:///etc/passwd", "example.org", "ftp://example.org/", "http://", "https://a b/"])
def test_only_addresses_of_the_web_are_taken(url: str) -> None:
    with pytest.raises(UsageError):
        Service(url)


def test_a_folder_that_cannot_be_made_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError):
        Service("https://example.org/", cache=tmp_path / "file" / "folder")
