"""Who may ask, and what browsers are told."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from tests.serve.conftest import Server

Clients = Callable[..., TestClient]
PAGE = {"Accept": "text/html"}


@pytest.mark.parametrize(
    "path",
    ["/sparql", "/sparql?query=ASK%20%7B%7D", "/sparql?query=x", "/query", "/static/kgx.css", "/nowhere", "/id/none"],
)
@pytest.mark.parametrize("accept", ["*/*", "text/html"])
def test_every_answer_is_strict(server: Server, path: str, accept: str) -> None:
    headers = server.ask("GET", path, None, {"Accept": accept}).headers
    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'self'"
    assert policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert not any(
        "unsafe" in value or "*" in value or "http" in value or "data:" in value for value in policy.values()
    )
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "server" not in headers


@pytest.mark.parametrize("host", ["localhost", "localhost:1234", "127.0.0.1:80", "[::1]:8000", "LOCALHOST"])
def test_names_of_this_machine(server: Server, host: str) -> None:
    assert server.ask("GET", "/sparql?query=ASK%20%7B%7D", None, {"Host": host}).status == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "192.0.2.1", "", "[::2]"]
)
def test_other_names_are_refused(server: Server, host: str) -> None:
    """A page of evil.example, whose name was bound anew to this machine, could else read the graph."""
    assert server.ask("GET", "/sparql?query=ASK%20%7B%7D", None, {"Host": host}).status == 421


def test_names_that_the_user_allows(client_of: Clients) -> None:
    client = client_of(hosts=["graph.example", "*"])
    for host, status in {
        "graph.example": 200,
        "192.0.2.1:8000": 200,
        "[2001:db8::1]": 200,
        "evil.example": 421,
    }.items():
        assert client.get("/sparql?query=ASK%20%7B%7D", headers={"Host": host}).status_code == status


@pytest.mark.parametrize(
    ("origin", "origins", "allowed"),
    [
        ("http://localhost:3000", (), True),
        ("http://127.0.0.1:8888", (), True),
        ("http://[::1]:8888", (), True),
        ("https://evil.example", (), False),
        ("http://localhost.evil.example", (), False),
        ("null", (), False),
        ("https://yasgui.example", ("https://yasgui.example",), True),
        ("https://evil.example", ("https://yasgui.example",), False),
        ("https://anybody.example", ("*",), True),
    ],
)
def test_whose_pages_may_read(client_of: Clients, origin: str, origins: tuple[str, ...], allowed: bool) -> None:
    client = client_of(origins=origins)
    for path in ("/sparql?query=ASK%20%7B%7D", "/sparql?query=ASK", "/sparql"):
        reply = client.get(path, headers={"Origin": origin})
        assert reply.headers.get("access-control-allow-origin") == (origin if allowed else None)
        assert "origin" in reply.headers["vary"].lower()
        assert "access-control-allow-credentials" not in reply.headers
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    before = client.options("/sparql", headers=asked)
    assert before.status_code == 204
    assert ("POST" in before.headers.get("access-control-allow-methods", "")) is allowed
    assert ("content-type" in before.headers.get("access-control-allow-headers", "").lower()) is allowed


def test_a_fault_of_ours_tells_nothing(client_of: Clients, monkeypatch: pytest.MonkeyPatch) -> None:
    client = client_of()

    def broken(*args: object) -> None:
        raise RuntimeError("a secret")

    monkeypatch.setattr("kgx.serve.protocol._described", broken)
    reply = client.get("/sparql")
    assert reply.status_code == 500
    assert "secret" not in reply.text
    assert "content-security-policy" in reply.headers


HOSTILE = ("<script>alert(1)</script>", "\u202egnp.exe", '"><img src=x onerror=alert(1)>', "a\nb", "{{ 7 * 7 }}")


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(client_of: Clients, text: str) -> None:
    client = client_of()
    for path, given in (("/sparql", {"query": text}), ("/query", {"query": text}), ("/resource", {"iri": text})):
        for accept in ("text/html", "*/*"):
            reply = client.get(path, params=given, headers={"Accept": accept})
            assert reply.status_code in (200, 400, 406)
            if reply.headers["content-type"].startswith("text/html"):
                assert "<script>alert" not in reply.text
                assert "<img src=x" not in reply.text
                assert "49" not in reply.text or "{{ 7" in reply.text
            else:
                assert reply.headers["content-type"].startswith("text/plain")
    assert client.get("/" + "%3Cscript%3Ealert(1)%3C/script%3E", headers=PAGE).status_code == 404
