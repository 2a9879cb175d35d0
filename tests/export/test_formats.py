"""Every format, read back by the tool it is for, says what the graph says; the same bytes each time."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import networkx as nx
import pandas
import pytest
from followthemoney import model
from handmade import knowledge
from pyarrow import parquet
from rdflib import RDF, Dataset, URIRef
from rdflib import Graph as RdfGraph
from rdflib.compare import isomorphic
from rdflib.graph import DATASET_DEFAULT_GRAPH_ID

from kgx import query
from kgx.errors import UsageError
from kgx.export.context import context
from kgx.export.formats import chosen, formats, write
from kgx.export.formats.csv import cell
from kgx.export.tables import TABLES
from kgx.export.triples import DEFAULT_BASE, Triples, of_graph, of_lines
from kgx.export.turtle import to_rdf
from kgx.export.view import View
from kgx.graph import Graph, build_graph, document_node

ROOT = Path(__file__).parent.parent.parent
PROV = "http://www.w3.org/ns/prov#"
FACTS = {"tenure", "meeting", "visit", "agreement", "trade-figure", "twinning", "diplomatic-relation",
         "trade-partner-rank"}  # fmt: skip
FILES = [name for name, form in formats().items() if form.encode is not None]


@pytest.fixture(scope="module")
def graph() -> Graph:
    return build_graph(knowledge())


@pytest.fixture(scope="module")
def known(graph: Graph) -> Triples:
    return of_graph(graph)


def written(known: Triples, name: str, folder: Path) -> Path:
    target = folder / f"graph{formats()[name].endings[0] if formats()[name].endings else ''}"
    write(known, target, formats()[name])
    return target


# --- RDF ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["turtle", "ntriples", "jsonld"])
def test_rdflib_reads_the_same_graph(name: str, graph: Graph, known: Triples, tmp_path: Path) -> None:
    form = {"turtle": "turtle", "ntriples": "nt", "jsonld": "json-ld"}[name]
    again = RdfGraph().parse(written(known, name, tmp_path), format=form)
    assert isomorphic(again, to_rdf(graph))


@pytest.mark.parametrize("name", ["nquads", "trig"])
def test_rdflib_reads_a_graph_for_each_document(name: str, graph: Graph, known: Triples, tmp_path: Path) -> None:
    data = Dataset()
    data.parse(written(known, name, tmp_path), format=name)
    told = {str(g.identifier) for g in data.graphs() if g.identifier != DATASET_DEFAULT_GRAPH_ID}
    documents = [document_node(name) for name in ("a_ko", "b_fr")]
    assert told == {f"{DEFAULT_BASE}{d.replace('document/', 'graph/')}" for d in documents}
    default = data.default_graph
    for name_ in told:
        node, document = URIRef(name_), URIRef(name_.replace("/graph/", "/document/"))
        assert (node, URIRef(PROV + "wasDerivedFrom"), document) in default
        assert (node, RDF.type, URIRef(PROV + "Bundle")) in default
        assert list(default.objects(node, URIRef(PROV + "wasAttributedTo")))
    own = {URIRef(n) for n in told} | {URIRef(f"{DEFAULT_BASE}software/kgx")}
    every = {(s, p, o) for s, p, o, _ in data.quads() if s not in own}
    flat = RdfGraph()
    for triple in every:
        flat.add(triple)
    assert isomorphic(flat, to_rdf(graph))


def test_the_graph_of_a_document_says_what_it_alone_says(known: Triples, tmp_path: Path) -> None:
    store = query.load(written(known, "trig", tmp_path))
    fr, ko = (f"<{DEFAULT_BASE}graph/{document_node(d).partition('/')[2]}>" for d in ("b_fr", "a_ko"))

    def ask(graph: str, pattern: str) -> bool:
        return bool(query.select(store, f"ASK {{ GRAPH {graph} {{ {pattern} }} }}").rows[0][0])

    assert ask(fr, "person:do-ram skos:altLabel 'Do Ram'@fr") and not ask(ko, "person:do-ram skos:altLabel 'Do Ram'@fr")
    assert ask(ko, "person:do-ram skos:altLabel '도람'@ko") and not ask(fr, "person:do-ram skos:altLabel '도람'@ko")
    assert ask(fr, "trade-figure:2 a kgx:TradeFigure") and not ask(ko, "trade-figure:2 a kgx:TradeFigure")
    assert ask(ko, "?e oa:hasSource ?d") and not ask(ko, f"?e oa:hasSource <{DEFAULT_BASE}{document_node('b_fr')}>")
    assert not ask(fr, "meeting:1 kgx:confidence ?c")  # that is of all documents
    # Each graph can be read alone: evidence that is meant is there, with its words.
    for graph in (fr, ko):
        assert not ask(graph, "?s prov:wasDerivedFrom ?e FILTER NOT EXISTS { ?e oa:hasSelector/oa:exact ?words }")


@pytest.mark.parametrize("name", ["turtle", "ntriples", "nquads", "trig", "jsonld", "store"])
def test_oxigraph_reads_the_same_triples(name: str, known: Triples, tmp_path: Path) -> None:
    target = written(known, name, tmp_path)
    store = query.load(target)
    assert of_lines(query.dump(store), query.base_of(store)) == known


def test_json_ld_has_the_context_of_the_schemas(known: Triples, tmp_path: Path) -> None:
    content = json.loads(written(known, "jsonld", tmp_path).read_bytes())
    assert content["@context"] == context()["@context"]
    assert content["@context"] == json.loads((ROOT / "schemas/context.jsonld").read_bytes())["@context"]
    [meeting] = [n for n in content["@graph"] if n.get("id", "").endswith("meeting/1")]
    assert meeting["place"] == f"{DEFAULT_BASE}city/1581130" and "Meeting" in meeting["type"]
    [figure] = [n for n in content["@graph"] if n.get("id", "").endswith("trade-figure/1")]
    assert figure["value"] == "1000000000" and figure["approximate"] is True


# --- networks ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "read"), [("graphml", nx.read_graphml), ("gexf", nx.read_gexf)])
def test_networkx_reads_the_same_network(name: str, read: object, graph: Graph, known: Triples, tmp_path: Path) -> None:
    again = read(written(known, name, tmp_path))  # type: ignore[operator]
    ours = {node: data for node, data in graph.nodes(data=True) if data["type"] != "Redirect"}
    assert set(again) == set(ours)
    for node, data in ours.items():
        assert (again.nodes[node]["label"], again.nodes[node]["kind"]) == (data["label"], data["type"])
        if data["evidence"]:
            assert again.nodes[node]["confidence"] == data["confidence"]
    told = [(s, t, d["role"]) for s, t, d in again.edges(data=True)]
    assert sorted(e for e in told if e[2] != "toldIn") == sorted(graph.edges(keys=True))
    quotes = {(s, t): d["quotes"] for s, t, d in again.edges(data=True) if d["role"] == "toldIn"}
    pieces = {(n, document_node(e.document), f"{e.start}-{e.end} {e.quote}") for n, d in ours.items()
              for e in d["evidence"]}  # fmt: skip
    assert {(n, d, q) for (n, d), words in quotes.items() for q in re.split(r"\n(?=\d+-\d+ )", words)} == pieces
    figure = again.nodes["trade-figure/2"]
    assert (figure["value"], figure["currency"], figure["measure"]) == (8e8, "USD", "bilateral_trade")
    assert again.nodes["meeting/1"]["startDate"] == "2024-05-05"


# --- tables ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tables(known: Triples, tmp_path_factory: pytest.TempPathFactory) -> dict[str, pandas.DataFrame]:
    folder = tmp_path_factory.mktemp("tables") / "out"
    write(known, folder, formats()["csv"])
    assert sorted(f.name for f in folder.iterdir()) == sorted(f"{name}.csv" for name in TABLES)
    read = {name: pandas.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False) for name in TABLES}
    view = View(known)
    for name, table in TABLES.items():
        assert list(read[name].columns) == list(table.columns)
        assert [list(row) for row in read[name].itertuples(index=False)] == [
            [cell(value) for value in row] for row in table.rows(view)
        ]
    return read


def test_tables_hold_every_thing_fact_and_quote(tables: dict[str, pandas.DataFrame], graph: Graph) -> None:
    listed = {i for name in ("offices", "events", "agreements", "figures", "twinnings", "relations", "ranks")
              for i in tables[name]["id"]}  # fmt: skip
    assert listed == {node for node in graph if node.partition("/")[0] in FACTS}
    for name, kinds in (("persons", ["Person"]), ("organizations", ["Organization"]), ("documents", ["Document"]),
                        ("places", ["City", "Region", "Country", "Venue"])):  # fmt: skip
        assert set(tables[name]["id"]) == {n for n, d in graph.nodes(data=True) if d["type"] in kinds}
    told = {(n, document_node(e.document), str(e.start), str(e.end), e.quote, e.lang)
            for n, d in graph.nodes(data=True) for e in d["evidence"]}  # fmt: skip
    columns = ["of", "document", "start", "end", "quote", "language"]
    assert set(tables["evidence"][columns].itertuples(index=False, name=None)) == told


def test_parquet_holds_the_same_typed(known: Triples, tmp_path: Path) -> None:
    write(known, tmp_path / "out", formats()["parquet"])
    view = View(known)
    for name, table in TABLES.items():
        read = parquet.read_table(tmp_path / "out" / f"{name}.parquet").to_pylist()
        assert [tuple(row.values()) for row in read] == list(table.rows(view)), name
    figures = parquet.read_table(tmp_path / "out" / "figures.parquet").to_pylist()
    assert figures[1]["value"] == Decimal(800000000) and figures[1]["growth_percent"] == Decimal("-12.5")
    frame = pandas.read_parquet(tmp_path / "out" / "event_data.parquet")
    assert frame["latitude"].dtype == float


def test_event_data_has_the_columns_of_event_coders(tables: dict[str, pandas.DataFrame]) -> None:
    events = tables["event_data"].set_index("event_id")
    meeting = events.loc["meeting/1"]
    assert (meeting["event_date"], meeting["source"], meeting["target"]) == (
        "2024-05-05", "person/do-ram", "person/maruen")  # fmt: skip
    assert (meeting["source_country"], meeting["target_country"], meeting["directed"]) == ("VNM", "KAZ", "false")
    assert (meeting["cameo_code"], meeting["cameo_root"], meeting["plover_type"]) == ("040", "04", "CONSULT")
    assert (meeting["place"], meeting["place_country"], meeting["latitude"]) == ("Hanoi", "VNM", "21.0245")
    assert meeting["documents"] == "a_ko.txt; b_fr.txt"
    visit = events.loc["visit/1"]
    assert (visit["source"], visit["target_country"], visit["directed"]) == ("person/maruen", "VNM", "true")
    assert (visit["plover_type"], visit["plover_mode"]) == ("CONSULT", "visit")


def test_leaders_travel(tables: dict[str, pandas.DataFrame]) -> None:
    travel = tables["leader_travel"].set_index("visit")
    row = travel.loc["visit/2"]
    assert (row["leader_name"], row["from"], row["to"], row["to_iso3"]) == ("Do Ram", "VN", "KZ", "KAZ")
    assert row["office"] == "party leader, The Party" and row["status"] == "planned" and row["start"] == "2025"
    assert travel.loc["visit/1"]["level"] == "state"


# --- FollowTheMoney, QuickStatements -------------------------------------------------------------------------------


def entities(path: Path) -> list[dict[str, object]]:
    """All entities, each of which followthemoney finds valid and takes without dropping anything."""
    found = [json.loads(line) for line in path.read_text(encoding="utf8").splitlines()]
    for entity in found:
        schema = model.get(entity["schema"])
        assert schema is not None and not schema.abstract
        assert schema.validate(entity) is None, entity
        proxy = model.get_proxy({"id": entity["id"], "schema": entity["schema"], "properties": {}})
        for name, values in entity["properties"].items():
            for value in values:
                proxy.add(name, value, fuzzy=False)
            assert len(proxy.get(name)) == len(values), (entity, name)
    return found


def test_followthemoney_takes_every_entity(graph: Graph, known: Triples, tmp_path: Path) -> None:
    found = entities(written(known, "ftm", tmp_path))
    ids = {e["id"] for e in found}
    assert len(ids) == len(found)
    for entity in found:  # every reference leads somewhere
        schema = model.get(entity["schema"])
        for name, values in entity["properties"].items():
            if schema.get(name).type.name == "entity":
                assert set(values) <= ids
    kinds: dict[str, list[str]] = {}
    for entity in found:
        kinds.setdefault(entity["schema"], []).append(entity["id"])
    expected = {"Person": ["Person"], "Occupancy": ["Tenure"], "Position": ["Office"], "Article": ["Document"],
                "Event": ["Meeting", "Visit", "Agreement"], "Organization": ["Organization"],
                "Territory": ["Country", "Region"], "Address": ["City", "Venue"],
                "UnknownLink": ["Twinning", "DiplomaticRelation", "TradeFigure", "TradePartnerRank"]}  # fmt: skip
    for schema, classes in expected.items():
        count = sum(d["type"] in classes for _, d in graph.nodes(data=True))
        assert len(kinds.pop(schema)) == count, schema
    assert not kinds
    [tenure] = [e["properties"] for e in found if e["schema"] == "Occupancy"]
    assert tenure["holder"] == ["person.do-ram"] and tenure["date"] == ["2024-05-05"]
    assert tenure["description"] == ["서기장 (a_ko:3-6)"] and tenure["proof"][0].startswith("document.a-ko")
    [twins] = [e["properties"] for e in found if e["id"] == "twinning.1"]
    assert "date" not in twins  # a date without a year


def test_quickstatements_have_items_and_references(known: Triples, tmp_path: Path) -> None:
    lines = written(known, "quickstatements", tmp_path).read_text(encoding="utf8").splitlines()
    done = [line for line in lines if not (line.startswith("/* ") and line.endswith(" */"))]
    assert not done and len(lines) == 3  # the region and the person have no item: for a person to find
    assert any("Q1858" in line and "East Kazakhstan" in line for line in lines)
    twinned = next(t for t in knowledge().facts if t.id == "twinning/1")
    region = next(t for t in knowledge().things if t.id == "region/KZ-VOS")
    item = region.model_copy(update={"same_as": ("http://www.wikidata.org/entity/Q485382",)})
    things = tuple(item if t.id == region.id else t for t in knowledge().things)
    known = of_graph(build_graph(knowledge().model_copy(update={"things": things, "facts": (twinned,)})))
    lines = written(known, "quickstatements", tmp_path).read_text(encoding="utf8").splitlines()
    assert [line.split("\t") for line in lines] == [
        ["Q1858", "P190", "Q485382", "S1683", 'fr:"Le 5 mai 2024"'],
        ["Q485382", "P190", "Q1858", "S1683", 'fr:"Le 5 mai 2024"'],
    ]


def test_triples_made_as_they_are_asked_for_are_those_that_are_kept(known: Triples, tmp_path: Path) -> None:
    kept = Triples(known.base, known.triples)
    assert list(known) == list(kept.triples) == sorted(set(kept.triples))
    for name in ("turtle", "ntriples"):
        encode, pieces = formats()[name].encode, formats()[name].pieces
        assert encode is not None and pieces is not None
        assert encode(known) == encode(kept) == b"".join(pieces(known)) == written(kept, name, tmp_path).read_bytes()


# --- bytes, endings, folders ---------------------------------------------------------------------------------------


def all_bytes() -> bytes:
    """Every format that is a file, and all tables, one after the other, of the same knowledge in another order."""
    import tempfile

    known = of_graph(build_graph(knowledge(reverse=True)))
    found = b""
    with tempfile.TemporaryDirectory() as folder:
        for name, form in formats().items():
            if name == "store":  # a database has its times in it
                continue
            target = Path(folder, name)
            write(known, target, form)
            for file in sorted(target.iterdir()) if target.is_dir() else [target]:
                found += file.read_bytes()
    return found


def test_the_same_bytes_in_another_order_and_with_another_hash_seed(known: Triples, tmp_path: Path) -> None:
    first = b""
    for name, form in formats().items():
        if name != "store":
            write(known, tmp_path / name, form)
            target = tmp_path / name
            for file in sorted(target.iterdir()) if target.is_dir() else [target]:
                first += file.read_bytes()
    code = "import sys, test_formats; sys.stdout.buffer.write(test_formats.all_bytes())"
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "export")])
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": path}
        run = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True)
        assert run.stdout == first


def test_the_ending_or_the_name_tells_the_format(tmp_path: Path) -> None:
    for path, name in (("g.ttl", "turtle"), ("g.NT", "ntriples"), ("a/b.nq", "nquads"), ("g.trig", "trig"),
                       ("g.jsonld", "jsonld"), ("g.graphml", "graphml"), ("g.gexf", "gexf"), ("g.ftm.json", "ftm"),
                       ("g.qs", "quickstatements"), ("store/", "store"), (tmp_path, "turtle"), ("g", "turtle"),
                       ("/dev/stdout", "turtle")):  # fmt: skip
        assert chosen(path).name == name, path
    assert chosen("g.ttl", "csv").name == "csv"
    (tmp_path / "CURRENT").touch()  # as in a store
    assert chosen(tmp_path).name == "store"
    with pytest.raises(UsageError, match=r"x\.docx.*\.graphml"):
        chosen("x.docx")
    with pytest.raises(UsageError, match="'odt' is none of csv, ftm"):
        chosen("x", "odt")


def test_short_names_and_names_as_people_write_them() -> None:
    for name, form in (("nt", "ntriples"), ("ttl", "turtle"), ("N-Triples", "ntriples"), ("JSON-LD", "jsonld"),
                       ("qs", "quickstatements"), ("CSV", "csv"), (".trig", "trig")):  # fmt: skip
        assert chosen("x", name).name == form
    for name in ("", ".", "t"):
        with pytest.raises(UsageError, match="is none of csv"):
            chosen("x", name)


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_tables_are_a_folder_and_no_file(ending: str) -> None:
    with pytest.raises(UsageError, match=f"a folder: give -o a/graph/ --format {ending}"):
        chosen(f"a/graph.{ending.upper()}")


@pytest.mark.parametrize("name", ["store", "csv", "parquet"])
def test_a_folder_is_replaced_whole_and_only_if_it_is_ours(name: str, known: Triples, tmp_path: Path) -> None:
    target = tmp_path / "out"
    target.mkdir()
    for _ in range(2):  # an empty folder, then one of the kind
        write(known, target, formats()[name])
        assert any(target.iterdir())
    assert [p.name for p in tmp_path.iterdir()] == ["out"]
    other = tmp_path / "letters"
    other.mkdir()
    (other / "letter.txt").write_text("dear")
    with pytest.raises(UsageError, match="letters.*holds other files"):
        write(known, other, formats()[name])
    with pytest.raises(UsageError, match="letter.txt"):
        write(known, other / "letter.txt", formats()[name])
    assert (other / "letter.txt").read_text() == "dear"


def test_an_old_folder_stays_whole_when_writing_fails(
    known: Triples, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "store"
    write(known, target, formats()["store"])
    before = query.dump(query.load(target))

    def fail(folder: Path, lines: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("kgx.export.formats.store.write_store", lambda lines, folder: fail(folder, lines))
    with pytest.raises(UsageError, match="No space left"):
        write(known, target, formats()["store"])
    assert query.dump(query.load(target)) == before
    assert [p.name for p in tmp_path.iterdir()] == ["store"]


def test_every_iri_is_below_the_base_that_is_asked_for(graph: Graph, tmp_path: Path) -> None:
    for name in FILES:
        target = written(of_graph(graph, base="https://example.org/x#"), name, tmp_path)
        content = target.read_bytes()
        if name == "jsonld":  # the context knows the namespaces of the vocabulary
            content = content.partition(b'"@graph"')[2]
        assert DEFAULT_BASE.encode() not in content, name
    assert query.base_of(query.load(tmp_path / "graph.ttl")) == "https://example.org/x#"
