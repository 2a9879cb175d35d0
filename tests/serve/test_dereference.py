"""IRIs of the graph lead to pages for people and to RDF for programs."""

from __future__ import annotations

from types import SimpleNamespace
from urllib.parse import quote

import pyoxigraph as ox
import pytest

from kgx.query.worker import GRAPHS, answered
from kgx.serve.description import description
from tests.serve.conftest import Server

PERSON = "https://w3id.org/kgx/id/person/to-lam"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
PATHS = ("/id/person/to-lam", f"/resource?iri={quote(PERSON, safe='')}")


@pytest.mark.parametrize("path", PATHS)
def test_people_get_the_page(server: Server, path: str) -> None:
    reply = server.ask("GET", path, None, {"Accept": BROWSER})
    assert (reply.status, reply.headers["location"]) == (303, "/page/person/to-lam")
    assert "Accept" in reply.headers["vary"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("accept", "media", "form"),
    [
        ("*/*", "text/turtle", ox.RdfFormat.TURTLE),
        ("text/turtle, text/html;q=0.5", "text/turtle", ox.RdfFormat.TURTLE),
        ("application/ld+json", "application/ld+json", ox.RdfFormat.JSON_LD),
        ("application/rdf+xml;q=0.9, application/n-triples", "application/n-triples", ox.RdfFormat.N_TRIPLES),
    ],
)
def test_programs_get_what_the_graph_says(
    server: Server, path: str, accept: str, media: str, form: ox.RdfFormat
) -> None:
    reply = server.ask("GET", path, None, {"Accept": accept})
    assert (reply.status, reply.media) == (200, media)
    told = {quad.triple for quad in ox.parse(reply.body, format=form)}
    person, country = ox.NamedNode(PERSON), ox.NamedNode("https://w3id.org/kgx/id/country/VN")
    assert ox.Triple(person, ox.NamedNode("https://w3id.org/kgx/ontology#country"), country) in told
    assert len(told) == 5


def test_what_points_to_a_thing_is_told(server: Server) -> None:
    reply = server.ask("GET", "/id/country/VN", None, {"Accept": "application/n-triples"})
    assert f"<{PERSON}>" in reply.text


@pytest.mark.parametrize("form", list(GRAPHS))
def test_a_graph_has_the_same_bytes_in_whatever_order_it_is_found(form: str) -> None:
    names = [ox.NamedNode(f"https://example.org/{letter}") for letter in "abc"]
    triples = [ox.Triple(s, p, o) for s in names for p in names for o in names]

    def told(found: list[ox.Triple]) -> bytes:
        question = {"query": "", "triples": form, "rows": 100, "bytes": 10_000, "cut": False}
        head, content = answered(SimpleNamespace(query=lambda query: found), question)
        assert head["rows"] == 27
        return content

    assert told(triples) == told(triples[::-1]) == told(triples[13:] + triples[:13])
    assert description("https://example.org/", form) == description("https://example.org/", form)


def test_the_address_may_name_the_format(server: Server) -> None:
    reply = server.ask("GET", "/id/person/to-lam?format=jsonld", None, {"Accept": BROWSER})
    assert reply.media == "application/ld+json"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/id/person/nobody", 404),
        ("/resource?iri=http%3A%2F%2Fnothing.example%2F", 404),
        ("/resource", 400),
        ("/resource?iri=no+iri", 400),
        ("/resource?iri=a%3Ab%3E%20%3Fp%20%3Fo%20%7D", 400),
        ("/id/a%3E%20b", 400),
    ],
)
def test_what_is_not_there(server: Server, path: str, status: int) -> None:
    assert server.ask("GET", path, None, {"Accept": "text/turtle"}).status == status


def test_nobody_takes_a_picture(server: Server) -> None:
    assert server.ask("GET", "/id/person/to-lam", None, {"Accept": "image/png"}).status == 406


def test_methods(server: Server) -> None:
    head = server.ask("HEAD", "/id/person/to-lam")
    assert (head.status, head.body) == (200, b"")
    assert server.ask("OPTIONS", "/id/person/to-lam").status == 204
    assert server.ask("POST", "/id/person/to-lam").status == 405


def test_iris_of_elsewhere_have_no_page_but_a_query(server: Server) -> None:
    reply = server.ask("GET", "/resource?iri=http%3A%2F%2Fdata.example%2Fone", None, {"Accept": BROWSER})
    assert reply.status == 303
    assert reply.headers["location"] == "/query?about=http%3A%2F%2Fdata.example%2Fone"
