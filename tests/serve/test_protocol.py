"""The endpoint, held against SPARQL 1.1 Protocol section by section, on a server that was started as a user does."""

from __future__ import annotations

import csv
import io
import json
from urllib.parse import quote, urlencode
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest

from tests.serve.conftest import GRAPHS, Reply, Server

ONE, TWO, THREE = (GRAPHS + name for name in ("one", "two", "three"))
XML = {"Accept": "application/sparql-results+xml"}
DIRECT = {"Content-Type": "application/sparql-query"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
WAYS = ("get", "direct", "form", "form and address")
Parameters = list[tuple[str, str]]


def send(server: Server, way: str, query: str, parameters: Parameters | None = None, accept: str = "*/*") -> Reply:
    """Send a query in one of the ways that the protocol knows."""
    given = list(parameters or [])
    headers = {"Accept": accept}
    if way == "get":
        return server.ask("GET", f"/sparql?{urlencode([('query', query), *given])}", None, headers)
    if way == "direct":
        return server.ask("POST", f"/sparql?{urlencode(given)}", query.encode("utf8"), {**headers, **DIRECT})
    if way == "form":
        return server.ask("POST", "/sparql", urlencode([("query", query), *given]), {**headers, **FORM})
    return server.ask("POST", f"/sparql?{urlencode(given)}", urlencode({"query": query}), {**headers, **FORM})


def truth(reply: Reply) -> bool:
    assert reply.status == 200, reply.text
    assert reply.media == "application/sparql-results+json"
    return bool(json.loads(reply.body)["boolean"])


def column(reply: Reply, name: str) -> list[str]:
    assert reply.status == 200, reply.text
    return sorted(row[name]["value"] for row in json.loads(reply.body)["results"]["bindings"])


# --- 2.1 query operation -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("path", ["/sparql", "/sparql/"])
def test_each_way_to_send_a_query(server: Server, way: str, path: str) -> None:
    assert truth(send(server, way, "ASK {}"))
    assert not truth(send(server, way, "ASK { <http://nothing.example/> ?p ?o }"))


def test_endpoint_with_a_slash(server: Server) -> None:
    assert truth(server.ask("GET", "/sparql/?query=ASK%20%7B%7D"))
    assert truth(server.ask("POST", "/sparql/", "ASK {}", DIRECT))


def test_media_types_may_have_parameters_and_any_case(server: Server) -> None:
    assert truth(server.ask("POST", "/sparql", "ASK {}", {"Content-Type": "Application/SPARQL-Query; charset=UTF-8"}))
    form = {"Content-Type": "application/x-www-form-urlencoded;charset=utf-8"}
    assert truth(server.ask("POST", "/sparql", "query=ASK+%7B%7D", form))


@pytest.mark.parametrize("way", WAYS)
def test_queries_are_unicode(server: Server, way: str) -> None:
    assert truth(send(server, way, 'ASK { ?s rdfs:label "또럼"@ko , "تو لام"@ar }'))


def test_names_of_the_vocabulary_need_no_prefix(server: Server) -> None:
    found = send(server, "get", "SELECT ?s { ?s a kgx:Person }")
    assert column(found, "s") == ["https://w3id.org/kgx/id/person/to-lam"]


def test_relative_iris_stand_below_the_endpoint(server: Server) -> None:
    found = column(send(server, "get", "SELECT ?x { VALUES ?x { <data1> } }"), "x")
    assert found == [f"http://127.0.0.1:{server.port}/data1"]
    slashed = server.ask("GET", f"/sparql/?query={quote('SELECT ?x { VALUES ?x { <data1> } }')}")
    assert column(slashed, "x") == [f"http://127.0.0.1:{server.port}/sparql/data1"]


# --- 2.1.4 datasets ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", WAYS)
class TestDatasets:
    """Datasets that the request names, in each way to send it."""

    def test_one_default_graph(self, server: Server, way: str) -> None:
        one = [("default-graph-uri", ONE)]
        assert truth(send(server, way, f"ASK {{ <{ONE}> a ?type }}", one))
        assert not truth(send(server, way, f"ASK {{ <{TWO}> a ?type }}", one))

    def test_several_default_graphs_are_one(self, server: Server, way: str) -> None:
        both = [("default-graph-uri", ONE), ("default-graph-uri", TWO)]
        assert truth(send(server, way, f"ASK {{ <{ONE}> a ?a . <{TWO}> a ?b }}", both))
        assert not truth(send(server, way, f"ASK {{ <{THREE}> a ?type }}", both))

    def test_one_named_graph(self, server: Server, way: str) -> None:
        found = send(server, way, "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }", [("named-graph-uri", ONE)])
        assert column(found, "g") == [ONE]

    def test_several_named_graphs(self, server: Server, way: str) -> None:
        both = [("named-graph-uri", ONE), ("named-graph-uri", TWO)]
        found = send(server, way, "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }", both)
        assert column(found, "g") == [ONE, TWO]

    def test_default_and_named(self, server: Server, way: str) -> None:
        dataset = [("default-graph-uri", THREE), ("named-graph-uri", ONE), ("named-graph-uri", TWO)]
        found = send(server, way, "SELECT ?s ?g { ?s a ?type . GRAPH ?g { ?o a ?other } }", dataset)
        assert column(found, "s") == [THREE, THREE]
        assert column(found, "g") == [ONE, TWO]

    def test_what_is_not_named_is_empty(self, server: Server, way: str) -> None:
        assert not truth(send(server, way, "ASK { GRAPH ?g { ?s ?p ?o } }", [("default-graph-uri", ONE)]))
        assert not truth(send(server, way, "ASK { ?s ?p ?o }", [("named-graph-uri", ONE)]))

    def test_unknown_graphs_are_empty(self, server: Server, way: str) -> None:
        assert not truth(send(server, way, "ASK { ?s ?p ?o }", [("default-graph-uri", GRAPHS + "none")]))

    def test_the_request_counts_more_than_the_query(self, server: Server, way: str) -> None:
        query = f"SELECT ?s FROM <{ONE}> FROM NAMED <{ONE}> {{ ?s a ?type }}"
        assert column(send(server, way, query), "s") == [ONE]
        assert column(send(server, way, query, [("default-graph-uri", TWO)]), "s") == [TWO]
        named = f"SELECT DISTINCT ?g FROM NAMED <{ONE}> {{ GRAPH ?g {{ ?s ?p ?o }} }}"
        assert column(send(server, way, named), "g") == [ONE]
        assert column(send(server, way, named, [("named-graph-uri", TWO)]), "g") == [TWO]

    def test_names_of_graphs_are_iris(self, server: Server, way: str) -> None:
        assert send(server, way, "ASK {}", [("default-graph-uri", "no iri")]).status == 400


def test_datasets_of_the_query_itself(server: Server) -> None:
    assert truth(send(server, "get", f"ASK FROM <{ONE}> FROM <{TWO}> {{ <{ONE}> a ?a . <{TWO}> a ?b }}"))
    assert not truth(send(server, "get", f"ASK FROM <{ONE}> {{ <{TWO}> a ?b }}"))


# --- requests that are none ----------------------------------------------------------------------------------------

FAULTY = "query=ASK%20%7B%20%3Fs%20%3Fp%20%22%E9%22%7D"
BAD: dict[str, tuple[str, str, bytes | None, dict[str, str], int]] = {
    "two queries": ("GET", "/sparql?query=ASK%20%7B%7D&query=SELECT%20%2A%20%7B%7D", None, {}, 400),
    "two queries in a form": ("POST", "/sparql", b"query=ASK%20%7B%7D&query=ASK%20%7B%7D", FORM, 400),
    "query in address and form": ("POST", "/sparql?query=ASK%20%7B%7D", b"query=ASK%20%7B%7D", FORM, 400),
    "query in address and body": ("POST", "/sparql?query=ASK%20%7B%7D", b"ASK {}", DIRECT, 400),
    "two versions": ("GET", "/sparql?query=ASK%20%7B%7D&version=1.1&version=1.2", None, {}, 400),
    "PUT": ("PUT", "/sparql?query=ASK%20%7B%7D", None, {}, 405),
    "DELETE": ("DELETE", "/sparql?query=ASK%20%7B%7D", None, {}, 405),
    "PATCH": ("PATCH", "/sparql", b"ASK {}", DIRECT, 405),
    "wrong media type": ("POST", "/sparql", b"ASK {}", {"Content-Type": "text/plain"}, 415),
    "form without media type": ("POST", "/sparql", b"query=ASK%20%7B%7D", {}, 415),
    "query without media type": ("POST", "/sparql", b"ASK {}", {}, 415),
    "multipart form": ("POST", "/sparql", b"", {"Content-Type": "multipart/form-data; boundary=x"}, 415),
    "UTF-16 as told": (
        "POST",
        "/sparql",
        "ASK {}".encode("utf-16"),
        {"Content-Type": "application/sparql-query; charset=UTF-16"},
        415,
    ),
    "UTF-16 not told": ("POST", "/sparql", "ASK {}".encode("utf-16"), DIRECT, 400),
    "Latin-1": ("POST", "/sparql", 'ASK { ?s ?p "é" }'.encode("latin-1"), DIRECT, 400),
    "bytes that are no UTF-8 in the address": ("GET", f"/sparql?{FAULTY}", None, {}, 400),
    "bytes that are no UTF-8 in a form": ("POST", "/sparql", FAULTY.encode(), FORM, 400),
    "syntax": ("GET", "/sparql?query=ASK%20%7B", None, {}, 400),
    "empty query": ("GET", "/sparql?query=", None, {}, 400),
    "no query in a form": ("POST", "/sparql", b"", FORM, 400),
    "no query but a graph": ("GET", "/sparql?default-graph-uri=http%3A%2F%2Fa.example%2F", None, {}, 400),
    "update by GET": ("GET", "/sparql?update=CLEAR%20ALL", None, {}, 400),
    "update in a form": ("POST", "/sparql", b"update=CLEAR%20ALL", FORM, 403),
    "update and query": ("POST", "/sparql", b"update=CLEAR%20ALL&query=ASK%20%7B%7D", FORM, 403),
    "update as it is": ("POST", "/sparql", b"CLEAR ALL", {"Content-Type": "application/sparql-update"}, 403),
    "update as a query": ("POST", "/sparql", b"CLEAR ALL", DIRECT, 400),
    "unknown format": ("GET", "/sparql?query=ASK%20%7B%7D&format=pdf", None, {}, 406),
    "rows below one": ("GET", "/sparql?query=ASK%20%7B%7D&max-rows=0", None, {}, 400),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_request_is_refused(server: Server, name: str) -> None:
    method, path, body, headers, status = BAD[name]
    reply = server.ask(method, path, body, headers)
    assert reply.status == status
    assert reply.media == "text/plain"
    assert reply.text.strip()
    if method in ("PUT", "DELETE", "PATCH"):
        assert {"GET", "POST", "HEAD", "OPTIONS"} <= {m.strip() for m in reply.headers["allow"].split(",")}


@pytest.mark.parametrize(
    "update", ["INSERT DATA { <a:a> <a:b> 1 }", "PREFIX a: <a:>\nDELETE WHERE { ?s ?p ?o }", "clear all"]
)
def test_updates_are_told_from_other_errors(server: Server, update: str) -> None:
    reply = send(server, "direct", update)
    assert (reply.status, "read-only" in reply.text) == (400, True)
    assert "read-only" not in send(server, "direct", "SELECT ?insert { ?insert ").text


def test_a_syntax_error_says_where(server: Server) -> None:
    assert send(server, "get", "ASK {\n ?s ?p }").text.startswith("line 2, column ")


# --- what is answered ----------------------------------------------------------------------------------------------

SELECT = 'SELECT ?n ?l ?u { VALUES (?n ?l ?u) { (1 "a \\"b\\", <c>\\nd"@en UNDEF) (<http://x.example/é> "또럼" 2.5) } }'
CONSTRUCT = "CONSTRUCT { ?s rdfs:label ?l } WHERE { ?s a kgx:Person ; rdfs:label ?l }"


def test_json(server: Server) -> None:
    reply = send(server, "get", SELECT, accept="application/sparql-results+json")
    assert reply.media == "application/sparql-results+json"
    told = json.loads(reply.body)
    assert told["head"]["vars"] == ["n", "l", "u"]
    first, second = told["results"]["bindings"]
    integer = "http://www.w3.org/2001/XMLSchema#integer"
    assert first["n"] == {"type": "literal", "value": "1", "datatype": integer}
    assert first["l"] == {"type": "literal", "value": 'a "b", <c>\nd', "xml:lang": "en"}
    assert "u" not in first
    assert second["n"] == {"type": "uri", "value": "http://x.example/é"}


def test_xml(server: Server) -> None:
    reply = send(server, "get", SELECT, accept="application/sparql-results+xml")
    assert reply.media == "application/sparql-results+xml"
    space = "{http://www.w3.org/2005/sparql-results#}"
    root = ElementTree.fromstring(reply.body)
    assert [v.get("name") for v in root.iter(f"{space}variable")] == ["n", "l", "u"]
    assert [e.text for e in root.iter(f"{space}literal")] == ["1", 'a "b", <c>\nd', "또럼", "2.5"]
    asked = ElementTree.fromstring(send(server, "get", "ASK {}", accept="application/sparql-results+xml").body)
    assert asked.findtext(f"{space}boolean") == "true"


def test_csv(server: Server) -> None:
    reply = send(server, "get", SELECT, accept="text/csv")
    assert reply.headers["content-type"].lower() == "text/csv; charset=utf-8"
    assert reply.body.startswith(b"n,l,u\r\n")
    rows = list(csv.reader(io.StringIO(reply.text, newline="")))
    assert rows[1:] == [["1", 'a "b", <c>\nd', ""], ["http://x.example/é", "또럼", "2.5"]]


def test_tsv(server: Server) -> None:
    reply = send(server, "get", SELECT, accept="text/tab-separated-values")
    assert reply.media == "text/tab-separated-values"
    lines = reply.text.split("\n")
    assert lines[0] == "?n\t?l\t?u"
    assert lines[1] == '1\t"a \\"b\\", <c>\\nd"@en\t'
    assert lines[2].startswith('<http://x.example/é>\t"또럼"\t')


@pytest.mark.parametrize(
    ("media", "form"),
    [
        ("text/turtle", ox.RdfFormat.TURTLE),
        ("application/n-triples", ox.RdfFormat.N_TRIPLES),
        ("application/rdf+xml", ox.RdfFormat.RDF_XML),
        ("application/ld+json", ox.RdfFormat.JSON_LD),
    ],
)
@pytest.mark.parametrize("query", [CONSTRUCT, "DESCRIBE <https://w3id.org/kgx/id/person/to-lam>"])
def test_graphs(server: Server, media: str, form: ox.RdfFormat, query: str) -> None:
    reply = send(server, "get", query, accept=media)
    assert reply.media == media
    labels = {q.object for q in ox.parse(reply.body, format=form) if q.predicate.value.endswith("#label")}
    assert labels == {
        ox.Literal("To Lam", language="en"),
        ox.Literal("또럼", language="ko"),
        ox.Literal("تو لام", language="ar"),
    }


NEGOTIATED = [
    ("SELECT", "", "application/sparql-results+json"),
    ("SELECT", "*/*", "application/sparql-results+json"),
    ("SELECT", "application/*", "application/sparql-results+json"),
    ("SELECT", "text/*", "text/csv"),
    ("SELECT", "application/json", "application/sparql-results+json"),
    ("SELECT", "application/xml", "application/sparql-results+xml"),
    ("SELECT", "text/csv;q=0.5, application/sparql-results+xml;q=0.9", "application/sparql-results+xml"),
    ("SELECT", "text/csv;q=0.9, application/sparql-results+xml;q=0.5", "text/csv"),
    ("SELECT", "*/*, application/sparql-results+json;q=0", "application/sparql-results+xml"),
    ("SELECT", "TEXT/CSV", "text/csv"),
    ("SELECT", "text/turtle, application/sparql-results+xml;q=0.1", "application/sparql-results+xml"),
    ("ASK", "application/sparql-results+xml, */*;q=0.1", "application/sparql-results+xml"),
    ("CONSTRUCT", "", "text/turtle"),
    ("CONSTRUCT", "*/*", "text/turtle"),
    ("CONSTRUCT", "application/sparql-results+json, application/n-triples;q=0.2", "application/n-triples"),
    ("CONSTRUCT", "application/json", "application/ld+json"),
    ("CONSTRUCT", "application/xml", "application/rdf+xml"),
    ("CONSTRUCT", "text/turtle;q=0.3, application/rdf+xml;q=0.7, application/ld+json;q=0.5", "application/rdf+xml"),
]
QUERIES = {"SELECT": "SELECT (1 AS ?x) {}", "ASK": "ASK {}", "CONSTRUCT": "CONSTRUCT { <a:s> <a:p> 1 } WHERE {}"}


@pytest.mark.parametrize(("kind", "accept", "media"), NEGOTIATED)
def test_negotiation(server: Server, kind: str, accept: str, media: str) -> None:
    reply = send(server, "get", QUERIES[kind], accept=accept)
    assert (reply.status, reply.media) == (200, media)
    assert "accept" in reply.headers["vary"].lower()


@pytest.mark.parametrize(
    ("kind", "accept"),
    [
        ("SELECT", "text/turtle"),
        ("SELECT", "image/png"),
        ("ASK", "application/n-triples"),
        ("CONSTRUCT", "text/csv"),
        ("CONSTRUCT", "text/turtle;q=0"),
        ("SELECT", "application/sparql-results+json;q=0, image/*"),
    ],
)
def test_what_nobody_takes_is_not_sent(server: Server, kind: str, accept: str) -> None:
    assert send(server, "get", QUERIES[kind], accept=accept).status == 406


@pytest.mark.parametrize("name", ["json", "xml", "csv", "tsv"])
def test_the_address_may_name_the_format(server: Server, name: str) -> None:
    reply = send(server, "get", "SELECT (1 AS ?x) {}", [("format", name), ("download", "1")], accept="text/html")
    assert reply.status == 200
    assert name in reply.media or name == "tsv"
    assert reply.headers["content-disposition"] == f'attachment; filename="answer.{name}"'


# --- methods -------------------------------------------------------------------------------------------------------


def test_head_is_get_without_content(server: Server) -> None:
    path = f"/sparql?{urlencode({'query': SELECT})}"
    head, got = server.ask("HEAD", path), server.ask("GET", path)
    assert head.status == 200
    assert head.body == b""
    assert head.headers["content-length"] == got.headers["content-length"] == str(len(got.body))
    assert head.media == got.media
    assert server.ask("HEAD", "/sparql?query=ASK%20%7B").status == 400


def test_options(server: Server) -> None:
    reply = server.ask("OPTIONS", "/sparql")
    assert reply.status == 204
    assert {m.strip() for m in reply.headers["allow"].split(",")} == {"GET", "HEAD", "POST", "OPTIONS"}


# --- service description -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("*/*", ox.RdfFormat.TURTLE),
        ("text/turtle", ox.RdfFormat.TURTLE),
        ("application/rdf+xml", ox.RdfFormat.RDF_XML),
        ("application/n-triples", ox.RdfFormat.N_TRIPLES),
        ("application/ld+json", ox.RdfFormat.JSON_LD),
    ],
)
def test_the_endpoint_describes_itself(server: Server, accept: str, form: ox.RdfFormat) -> None:
    reply = server.ask("GET", "/sparql", None, {"Accept": accept})
    assert reply.status == 200
    store = ox.Store()
    store.extend(ox.parse(reply.body, format=form))
    asked = store.query(
        f"""PREFIX sd: <http://www.w3.org/ns/sparql-service-description#>
        ASK {{ ?service a sd:Service ; sd:endpoint <http://127.0.0.1:{server.port}/sparql> ;
            sd:supportedLanguage sd:SPARQL11Query ; sd:defaultDataset/sd:defaultGraph ?graph ;
            sd:resultFormat <http://www.w3.org/ns/formats/SPARQL_Results_JSON>, <http://www.w3.org/ns/formats/Turtle> .
            FILTER NOT EXISTS {{ ?service sd:supportedLanguage sd:SPARQL11Update }}
            FILTER NOT EXISTS {{ ?service sd:feature sd:BasicFederatedQuery }} }}"""
    )
    assert asked


def test_the_description_is_rdf_or_nothing(server: Server) -> None:
    assert server.ask("GET", "/sparql", None, {"Accept": "image/png"}).status == 406


def test_browsers_get_the_page(server: Server) -> None:
    reply = server.ask(
        "GET", "/sparql", None, {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
    )
    assert (reply.status, reply.headers["location"]) == (303, "/query")
