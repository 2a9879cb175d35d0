"""A graph in several named graphs, and servers of it: one in this process, one started as a user starts it."""

from __future__ import annotations

import http.client
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from kgx.query import load
from kgx.serve import Limits, create_app

ROOT = Path(__file__).parent.parent.parent
GRAPHS = "http://data.example/"
DATA = f"""
@prefix g: <{GRAPHS}> .
@prefix kgx: <https://w3id.org/kgx/ontology#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix id: <https://w3id.org/kgx/id/> .
<https://w3id.org/kgx/id/document/d1> a kgx:Document ; kgx:fileName "d1.txt" .
<https://w3id.org/kgx/id/person/to-lam> a kgx:Person ; rdfs:label "To Lam"@en , "또럼"@ko , "تو لام"@ar ;
  kgx:country <https://w3id.org/kgx/id/country/VN> .
<https://w3id.org/kgx/id/country/VN> a kgx:Country ; rdfs:label "Vietnam"@en ; kgx:iso3166 "VN" .
g:one {{ g:one a g:First ; rdfs:label "one" . }}
g:two {{ g:two a g:Second ; rdfs:label "two" . }}
g:three {{ g:three a g:Third . }}
"""
# Nobody can count these pairs of pairs: a query that never ends.
ENDLESS = (
    "SELECT (COUNT(*) AS ?n) { "
    + " ".join(f"VALUES ?v{i} {{ {' '.join(map(str, range(60)))} }}" for i in range(8))
    + " FILTER(?v0 + ?v1 + ?v2 + ?v3 + ?v4 + ?v5 + ?v6 + ?v7 < 0) }"
)


@dataclass(frozen=True)
class Reply:
    """What a server sent."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf8")

    @property
    def media(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0]


@dataclass(frozen=True)
class Server:
    """A server that runs: where it listens, and its process."""

    port: int
    process: subprocess.Popen[str]

    def ask(
        self, method: str, path: str, body: bytes | str | None = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """Send one request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, dict(headers or {}))
            answer = connection.getresponse()
            return Reply(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        finally:
            connection.close()


@pytest.fixture(scope="session")
def data_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The graph as a file."""
    path = tmp_path_factory.mktemp("serve") / "graph.trig"
    path.write_text(DATA, encoding="utf8")
    return path


@contextmanager
def started(graph: Path | str, *options: str) -> Iterator[Server]:
    """A server begun as a user begins it, on a free port."""
    command = [sys.executable, "-m", "kgx", "serve", str(graph), "--port", "0", *options]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "COLUMNS": "200"}
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)/", line)
        assert found, line + process.stdout.read()
        yield Server(int(found[1]), process)
    finally:
        process.terminate()
        process.wait(20)
        if process.stdout is not None:
            process.stdout.close()


@pytest.fixture(scope="session")
def server(data_file: Path) -> Iterator[Server]:
    """A server of the graph."""
    with started(data_file, "--seconds", "3", "--rows", "200") as running:
        yield running


@pytest.fixture
def client_of(data_file: Path) -> Iterator[Callable[..., TestClient]]:
    """Makes clients of servers in this process: of given limits and options."""
    made: list[TestClient] = []

    def make(*, limits: Limits | None = None, **options: object) -> TestClient:
        app = create_app(load(data_file), limits=limits, **options)  # type: ignore[arg-type]
        client = TestClient(app, base_url="http://localhost:8000", follow_redirects=False)
        client.__enter__()
        made.append(client)
        return client

    yield make
    for client in made:
        client.__exit__(None, None, None)
