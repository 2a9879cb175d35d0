"""What one request may take, and that the others do not notice."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from starlette.testclient import TestClient

from kgx.serve import Limits
from tests.serve.conftest import ENDLESS, Server

MANY = f"SELECT * {{ VALUES ?x {{ {' '.join(map(str, range(300)))} }} }}"
Clients = Callable[..., TestClient]


def path(query: str, **parameters: object) -> str:
    return f"/sparql?{urlencode({'query': query, **{k.replace('_', '-'): v for k, v in parameters.items()}})}"


def test_an_endless_query_is_stopped_and_harms_nobody(server: Server) -> None:
    began = time.monotonic()
    replies: list[int] = []
    threads = [
        threading.Thread(target=lambda: replies.append(server.ask("GET", path(ENDLESS)).status)) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    time.sleep(0.3)
    asked = time.monotonic()
    assert server.ask("GET", "/static/icon.svg").status == 200
    assert server.ask("GET", path("ASK {}")).status == 200
    assert time.monotonic() - asked < 2
    for thread in threads:
        thread.join(20)
    assert replies == [503, 503]
    assert time.monotonic() - began < 9
    assert server.ask("GET", path("ASK {}")).status == 200


def test_a_request_may_want_less_time(server: Server) -> None:
    began = time.monotonic()
    reply = server.ask("GET", path(ENDLESS, timeout=0.5))
    assert (reply.status, "0.5 seconds" in reply.text) == (503, True)
    assert time.monotonic() - began < 2.5


def test_an_answer_that_is_too_long_is_none(server: Server) -> None:
    reply = server.ask("GET", path(MANY))
    assert reply.status == 422
    assert "200 rows" in reply.text
    graph = server.ask("GET", path(f"CONSTRUCT {{ <a:s> <a:p> ?x }} {{ {MANY} }}"))
    assert graph.status == 422


@pytest.mark.parametrize("form", ["json", "csv", "tsv", "xml"])
def test_an_answer_may_be_cut_where_that_is_wanted(server: Server, form: str) -> None:
    cut = server.ask("GET", path(MANY, max_rows=7, format=form))
    assert (cut.status, cut.headers.get("x-kgx-cut")) == (200, "true")
    whole = server.ask("GET", path(f"{MANY} LIMIT 7", max_rows=7, format=form))
    assert "x-kgx-cut" not in whole.headers
    assert cut.body == whole.body
    assert server.ask("GET", path(MANY, max_rows=10**6)).headers.get("x-kgx-cut") == "true"


def test_an_answer_has_bytes_without_end_neither(client_of: Clients) -> None:
    client = client_of(limits=Limits(answer_bytes=1000))
    assert client.get(path(MANY)).status_code == 422
    assert client.get(path("SELECT (1 AS ?x) {}")).status_code == 200


def test_memory_is_limited(client_of: Clients) -> None:
    client = client_of(limits=Limits(memory_bytes=200 * 2**20, workers=1))
    # Sorting needs all solutions at a time.
    values = " ".join(f"VALUES ?v{i} {{ {' '.join(map(str, range(60)))} }}" for i in range(4))
    reply = client.get(path(f"SELECT * {{ {values} }} ORDER BY DESC(?v0 + ?v1) LIMIT 1"))
    assert (reply.status_code, "memory" in reply.text) == (503, True)
    assert client.get(path("ASK {}")).json()["boolean"] is True


def test_only_so_many_wait(client_of: Clients) -> None:
    client = client_of(limits=Limits(seconds=1, workers=1, waiting=1))
    found: list[tuple[int, str | None]] = []

    def ask() -> None:
        reply = client.get(path(ENDLESS))
        found.append((reply.status_code, reply.headers.get("retry-after")))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert [status for status, _ in found] == [503] * 4
    assert sum(retry is not None for _, retry in found) >= 2


def test_what_nobody_waits_for_is_ended(data_file: object, client_of: Clients) -> None:
    from tests.serve.conftest import started

    with started(str(data_file), "--seconds", "60") as server:
        for _ in range(6):  # more than there are processes
            with socket.create_connection(("127.0.0.1", server.port)) as connection:
                connection.sendall(f"GET {path(ENDLESS)} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
                time.sleep(0.2)
        began = time.monotonic()
        assert server.ask("GET", path("ASK {}")).status == 200
        assert time.monotonic() - began < 5


def test_many_at_once(server: Server) -> None:
    found: list[object] = []

    def ask(number: int) -> None:
        reply = server.ask("GET", path(f"SELECT ({number} AS ?n) {{}}"))
        found.append(json.loads(reply.body)["results"]["bindings"][0]["n"]["value"] == str(number))

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert found == [True] * 32


# --- requests ------------------------------------------------------------------------------------------------------


def test_a_request_is_bounded(client_of: Clients) -> None:
    client = client_of(limits=Limits(request_bytes=1000))
    headers = {"Content-Type": "application/sparql-query"}
    long = f"ASK {{}} #{'x' * 1000}"
    assert client.post("/sparql", content=long, headers=headers).status_code == 413
    in_parts = client.post("/sparql", content=(part.encode() for part in (long[:600], long[600:])), headers=headers)
    assert in_parts.status_code == 413
    assert client.post("/sparql", content="ASK {}", headers=headers).status_code == 200


def test_the_address_is_bounded(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(b"GET /sparql?query=" + b"x" * 200_000)
        assert connection.recv(100).startswith(b"HTTP/1.1 400")


def test_who_never_ends_a_request_is_hung_up_on(data_file: object) -> None:
    import uvicorn

    from kgx.query import load
    from kgx.serve import create_app
    from kgx.serve.bounds import protocol
    from kgx.serve.run import bound

    limits = Limits(receive_seconds=0.5)
    listening = bound("127.0.0.1", 0)
    port = listening.getsockname()[1]
    app = create_app(load(str(data_file)), limits=limits)
    config = uvicorn.Config(app, http=protocol(limits), log_level="error", timeout_keep_alive=0)
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        half = (
            b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
            b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sparql-query\r\n"
            b"Content-Length: 9\r\n\r\nA",
        )
        for number, head in enumerate(half):
            with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
                connection.sendall(head)
                began = time.monotonic()
                try:
                    told = connection.recv(100)
                except ConnectionResetError:
                    told = b""
                assert time.monotonic() - began < 4
                assert told.startswith(b"HTTP/1.1 408") if number else told == b""
    finally:
        running.should_exit = True
        thread.join(10)


# --- nothing but the graph -----------------------------------------------------------------------------------------

ELSEWHERE = (
    "SELECT * {{ SERVICE <{}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ SERVICE SILENT <{}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ BIND(<{}> AS ?where) service?where{{ ?s ?p ?o }} }}",
    'SELECT * {{ BIND("\\u0022 #" AS ?x) SERVICE <{}> {{ ?s ?p ?o }} }}',
    "SELECT * {{ ?s ?p '''a''b\\'''' . SERVICE <{}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ {{ SELECT * {{ SERVICE <{}> {{ ?s ?p ?o }} }} }} }}",
)


@pytest.mark.parametrize("query", ELSEWHERE)
def test_no_query_leaves_the_machine(server: Server, query: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as elsewhere:
        elsewhere.settimeout(0.3)
        address = f"http://127.0.0.1:{elsewhere.getsockname()[1]}/"
        assert server.ask("GET", path(query.format(address))).status == 400
        with pytest.raises(TimeoutError):
            elsewhere.accept()


def test_a_process_that_answers_has_no_connections(data_file: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even if a query were not seen through."""
    import asyncio
    from pathlib import Path

    from kgx.query import load
    from kgx.serve import engine as engines

    monkeypatch.setattr(engines, "refuse_service", lambda sparql: None)
    engine = engines.Engine(load(Path(str(data_file))), folder=None, limits=Limits(workers=1), prefixes={})
    try:
        with socket.create_server(("127.0.0.1", 0)) as elsewhere:
            elsewhere.settimeout(0.3)
            query = ELSEWHERE[0].format(f"http://127.0.0.1:{elsewhere.getsockname()[1]}/")
            with pytest.raises(engines.Trouble):
                asyncio.run(engine.ask(engines.Question(query)))
            with pytest.raises(TimeoutError):
                elsewhere.accept()
    finally:
        engine.close()


def test_service_is_a_word_like_others(server: Server) -> None:
    reply = server.ask("GET", path('SELECT ?service { VALUES ?service { "SERVICE <a:b>" } } # SERVICE'))
    assert reply.status == 200


def test_no_file_is_read(server: Server, data_file: object) -> None:
    for query in (
        f"SELECT * FROM <file://{data_file}> {{ ?s ?p ?o }}",
        f"SELECT * {{ GRAPH <file://{data_file}> {{ ?s ?p ?o }} }}",
    ):
        reply = server.ask("GET", path(query))
        assert json.loads(reply.body)["results"]["bindings"] == []
    for name in ("/static/../app.py", "/static/..%2fapp.py", "/static/%2e%2e/app.py", "/static//etc/passwd"):
        assert server.ask("GET", name).status == 404
