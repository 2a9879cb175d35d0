"""Text that means harm: in no format does it break out, and it comes back as it was."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from xml.etree import ElementTree

import networkx as nx
import pandas
import pytest
from followthemoney import model
from handmade import knowledge
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet
from rdflib import Graph as RdfGraph

from kgx import query
from kgx.export.formats import formats, write
from kgx.export.nodes import value_of
from kgx.export.tables import TABLES
from kgx.export.triples import Triples, of_graph, of_lines
from kgx.graph import Graph, Link, Text, build_graph, document_node
from kgx.models import Name

HOSTILE = [
    "<script>alert(1)</script>",
    '"/><img src=x onerror=alert(1)>',
    "]]></data></node><node id='x'/>",
    "&lt;&amp;&#60; %3Cscript%3E",
    "Minister \u202egpj.exe\u202c of \u2066\u2067",
    "two\nlines\r\nand\ttabs\rback",
    '"quotes" and \'single\' and """three""" \\" \\',
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://evil.example";"x")',
    "+1+1",
    "-2+3",
    "@SUM(1+9)*cmd",
    "\t=1+1",
    " =1+1",
    "\u200f=1+1",
    "\uff1d1+1",
    "a, b; c | d",
    "lone \ud800 surrogate \udfff",
    "nul \x00, bell \x07, escape \x1b[31m, \x85 and \ufffe",
    "> . <urn:a> <urn:b> <urn:c> . #",
    '"@en . _:x <urn:p> "',
    "}\n} GRAPH <urn:g> { <urn:a> <urn:b> <urn:c>",
    'Q42\tP31\tQ5\nCREATE\nLAST\tLen\t"x"',
    "*/ CREATE /* || DELETE",
    "e\u0301 \u1112\u1161\u11ab 👩\u200d🚀 قصر",
    "__proto__",
    "${jndi:ldap://x} {{7*7}} %s %n",
    "owl:0",
]
DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069]")
NODES = ("person/do-ram", "organization/the-party", "city/1581130", "meeting/1", "agreement/1", "twinning/1")


def as_told(words: str) -> str:
    """What any format can hold at the most: UTF-8 has no lone surrogates."""
    return re.sub("[\ud800-\udfff]", "\ufffd", words)


def as_xml(words: str) -> str:
    """XML has no control characters either."""
    return re.sub("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", as_told(words))


def hostile(words: str) -> Graph:
    """The handmade graph, with the words wherever words come from outside."""
    graph = build_graph(knowledge())
    for node, data in graph.nodes(data=True):
        data["evidence"] = tuple(e.model_copy(update={"quote": words, "before": words}) for e in data["evidence"])
        if node not in NODES:
            continue
        data["label"] = words
        if data["names"]:
            data["names"] = (*data["names"], Name.model_construct(text=words, lang="ko"))
    document = graph.nodes[document_node("b_fr")]
    document["label"] = words
    document["properties"] |= {
        "fileName": [words], "publisher": [words], "author": [words], "url": [Link(f"https://example.org/{words}")],
        "text": [words], "textFrom": [words],
    }  # fmt: skip
    graph.nodes["agreement/1"]["properties"]["subject"] = [Text(words, "fr")]
    graph.nodes["person/do-ram"]["properties"]["sameAs"] = [
        Link(f"http://www.wikidata.org/entity/{words}"),
        Link(words),
    ]
    nx.relabel_nodes(graph, {"person/maruen": f"person/{words}"}, copy=False)
    return graph


@pytest.fixture(scope="module", params=HOSTILE, ids=[f"h{n}" for n in range(len(HOSTILE))])
def case(request: pytest.FixtureRequest) -> tuple[str, Triples]:
    return request.param, of_graph(hostile(request.param))


def encoded(known: Triples, name: str) -> bytes:
    encode = formats()[name].encode
    assert encode is not None
    return encode(known)


@pytest.mark.parametrize("name", ["turtle", "ntriples", "nquads", "trig", "jsonld"])
def test_rdf_holds_the_words_and_nothing_more(name: str, case: tuple[str, Triples], tmp_path: Path) -> None:
    words, known = case
    target = tmp_path / f"graph{formats()[name].endings[0]}"
    write(known, target, formats()[name])
    assert not DIRECTIONS.search(target.read_text(encoding="utf8"))
    again = of_lines(query.dump(query.load(target)), known.base)
    assert again == known  # not a triple more or less
    assert sum(value_of(o) == as_told(words) for s, p, o in again.triples if p.endswith("#label>")) >= len(NODES)
    assert all(re.fullmatch(r"<[^\s<>\"{}|\\^`]+>", s) for s, _, _ in again.triples if s.startswith("<"))


@pytest.mark.parametrize("name", ["turtle", "jsonld"])
def test_rdflib_reads_the_words(name: str, case: tuple[str, Triples]) -> None:
    words, known = case
    form = {"turtle": "turtle", "jsonld": "json-ld"}[name]
    again = RdfGraph().parse(data=encoded(known, name), format=form)
    assert len(again) == len(known.triples)
    labels = [str(o) for _, p, o in again if str(p).endswith("#label")]
    assert labels.count(as_told(words)) >= len(NODES)


@pytest.mark.parametrize(("name", "read"), [("graphml", nx.read_graphml), ("gexf", nx.read_gexf)])
def test_networks(name: str, read: object, case: tuple[str, Triples]) -> None:
    words, known = case
    content = encoded(known, name)
    assert b"<script" not in content and not DIRECTIONS.search(content.decode())
    again = read(io.BytesIO(content))  # type: ignore[operator]
    assert len(again) == len(build_graph(knowledge()))
    for node in NODES:
        assert again.nodes[node]["label"] == as_xml(words)
    quotes = [d["quotes"] for s, _, d in again.edges(data=True) if d["role"] == "toldIn" and s in NODES]
    assert quotes and all(as_xml(words) in q for q in quotes)


def test_csv_cells_are_no_formulas(case: tuple[str, Triples], tmp_path: Path) -> None:
    words, known = case
    write(known, tmp_path / "out", formats()["csv"])
    for name, table in TABLES.items():
        text = (tmp_path / "out" / f"{name}.csv").read_bytes().decode("utf8")
        rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
        for row in rows:
            assert set(row) == set(table.columns)  # no cell more
            for column, kind in table.columns.items():
                if kind is str:
                    assert not re.match("[\\s\u200e\u200f\ufeff]*[=+@\uff1d-]", row[column]), (name, column)
    people = pandas.read_csv(tmp_path / "out" / "persons.csv", dtype=str, keep_default_na=False)
    assert len(people) == 2
    [told] = people.loc[people["id"] == "person/do-ram", "name"]
    expected = as_told(words).replace("\x00", "\ufffd")
    assert told in (expected, f"'{expected}")
    assert told.startswith("'") is bool(re.match("[\\s\u200f]*[=+@\uff1d-]|[\t\r\n]", expected))


def test_parquet_holds_the_words_as_they_are(case: tuple[str, Triples], tmp_path: Path) -> None:
    words, known = case
    write(known, tmp_path / "out", formats()["parquet"])
    rows = {row["id"]: row for row in parquet.read_table(tmp_path / "out" / "persons.parquet").to_pylist()}
    assert rows["person/do-ram"]["name"] == as_told(words) and len(rows) == 2


def test_followthemoney_finds_every_entity_valid(case: tuple[str, Triples]) -> None:
    words, known = case
    content = encoded(known, "ftm").decode()
    assert not DIRECTIONS.search(content)
    found = [json.loads(line) for line in content.splitlines()]
    assert len(found) == len([json.loads(x) for x in encoded(of_graph(build_graph(knowledge())), "ftm").splitlines()])
    for entity in found:
        assert model.get(entity["schema"]).validate(entity) is None, entity
        model.get_proxy(entity)
    assert [as_told(words)] in [e["properties"]["name"] for e in found if e["schema"] == "Person"]


def test_quickstatements_stay_one_command_a_line(case: tuple[str, Triples]) -> None:
    words, known = case
    content = encoded(known, "quickstatements").decode()
    assert not DIRECTIONS.search(content)
    lines = content.split("\n")[:-1]
    benign = encoded(of_graph(build_graph(knowledge())), "quickstatements").decode().split("\n")[:-1]
    assert len(lines) == len(benign)
    value = r'(?:Q\d+|\+\d{4}-\d\d-\d\dT00:00:00Z/\d+|(?:\? |[a-z-]+:)?"[^"\t\n\r]*")'
    for line in lines:
        inner = line.removeprefix("/* ").removesuffix(" */")
        assert "/*" not in inner and "*/" not in inner
        assert re.fullmatch(rf"{value}(?:\t[PS]\d+\t{value})+", inner), inner
        assert line.startswith("/* ") is ("? " in inner.partition("\tS")[0])


@settings(max_examples=60, deadline=None)
@given(words=st.text(st.characters(exclude_categories=[]), min_size=1, max_size=40))
def test_any_text_survives(words: str) -> None:
    known = of_graph(hostile(words))
    for name in ("turtle", "ntriples", "nquads", "trig", "jsonld"):
        again = query.read(encoded(known, name), formats()[name].endings[0])
        assert of_lines(query.dump(again), known.base) == known, name
    for name in ("graphml", "gexf"):
        ElementTree.fromstring(encoded(known, name))
    for line in encoded(known, "ftm").decode().split("\n")[:-1]:
        entity = json.loads(line)
        assert model.get(entity["schema"]).validate(entity) is None, entity
