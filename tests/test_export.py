"""The graph as Turtle: exactly the vocabulary, the same bytes each time, and never half a file."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import networkx as nx
import pytest
import yaml
from handmade import knowledge, said
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import RDF, RDFS, Graph, Literal, Namespace, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import SKOS, XSD

from kgx.errors import UsageError
from kgx.export.files import atomic_write, writable
from kgx.export.turtle import DEFAULT_BASE, to_rdf, write_turtle
from kgx.graph import Link, build_graph
from kgx.models import Name
from kgx.ontology import event_types
from kgx.ontology.terms import class_iri, property_iri, schemes, superclasses, vocabulary

KGX = Namespace("https://w3id.org/kgx/ontology#")
ID = Namespace(DEFAULT_BASE)
OA = Namespace("http://www.w3.org/ns/oa#")
PROV = Namespace("http://www.w3.org/ns/prov#")
SCHEMA = Namespace("https://schema.org/")
ORG = Namespace("http://www.w3.org/ns/org#")
SEM = Namespace("http://semanticweb.cs.vu.nl/2009/11/sem/")
GEO = Namespace("http://www.w3.org/2003/01/geo/wgs84_pos#")
OWL_SAME = URIRef("http://www.w3.org/2002/07/owl#sameAs")
ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def rdf() -> Graph:
    """The handmade knowledge, written and read again by another parser's rules."""
    return Graph().parse(data=turtle_of(), format="turtle")


def turtle_of(*, reverse: bool = False, base: str = DEFAULT_BASE) -> bytes:
    target = io.BytesIO()
    write_turtle(build_graph(knowledge(reverse=reverse)), target, base=base)
    return target.getvalue()


@pytest.mark.parametrize(
    ("subject", "predicate", "value"),
    [
        ("meeting/1", RDF.type, KGX.Meeting),
        ("meeting/1", RDF.type, KGX.Event),
        ("meeting/1", RDF.type, SCHEMA.Event),
        ("meeting/1", RDF.type, SEM.Event),
        ("meeting/1", SCHEMA.startDate, Literal("2024-05-05", datatype=XSD.date)),
        ("meeting/1", KGX.status, ID["status/occurred"]),
        ("meeting/1", KGX.participant, ID["person/do-ram"]),
        ("meeting/1", KGX.partOf, ID["visit/1"]),
        ("meeting/1", KGX.cameoCode, Literal("040")),
        ("visit/1", SCHEMA.startDate, Literal("2024-05", datatype=XSD.gYearMonth, normalize=False)),
        ("visit/1", KGX.visitLevel, ID["visit-level/state"]),
        ("visit/2", SCHEMA.startDate, Literal("2025", datatype=XSD.gYear, normalize=False)),
        ("twinning/1", KGX.since, Literal("--05-05", datatype=XSD.gMonthDay, normalize=False)),
        ("city/1581130", KGX.twinnedWith, ID["region/KZ-VOS"]),
        ("region/KZ-VOS", KGX.twinnedWith, ID["city/1581130"]),
        ("city/1581130", RDF.type, KGX.Place),
        ("city/1581130", RDF.type, SCHEMA.Place),
        ("city/1581130", GEO.lat, Literal("21.0245", datatype=XSD.decimal)),
        ("city/1581130", SKOS.exactMatch, URIRef("https://sws.geonames.org/1581130/")),
        ("city/1581130", OWL_SAME, URIRef("http://www.wikidata.org/entity/Q1858")),
        ("country/KZ", KGX.iso3166, Literal("KZ")),
        ("person/do-ram", RDF.type, SCHEMA.Person),
        ("person/do-ram", RDFS.label, Literal("Do Ram", lang="en")),
        ("person/do-ram", SKOS.altLabel, Literal("도람", lang="ko")),
        ("person/do-ram", ORG.holds, ID["office/party-leader-vn-the-party"]),
        ("person/do-ram", KGX.country, ID["country/VN"]),
        ("office/party-leader-vn-the-party", RDF.type, ORG.Post),
        ("office/party-leader-vn-the-party", KGX.officeKind, ID["office-kind/party_leader"]),
        ("tenure/1", RDF.type, ORG.Membership),
        ("tenure/1", KGX.attestedOn, Literal("2024-05-05", datatype=XSD.date)),
        ("trade-figure/3", KGX.period, Literal("2022/2023", datatype=KGX.interval)),
        ("trade-figure/1", KGX.approximate, Literal(True)),
        ("trade-figure/1", KGX.disagreesWith, ID["trade-figure/2"]),
        ("trade-figure/2", KGX.growthPercent, Literal("-12.5", datatype=XSD.decimal)),
        ("trade-partner-rank/1", KGX.inferred, Literal(True)),
        ("agreement/1", KGX.subject, Literal("l'amitié", lang="fr")),
        ("agreement/1", KGX["count"], Literal(3)),
        ("status/occurred", RDF.type, SKOS.Concept),
        ("status/occurred", SKOS.inScheme, ID.status),
        ("agreement-kind/mou", SKOS.prefLabel, Literal("memorandum of understanding", lang="en")),
    ],
)
def test_says(rdf: Graph, subject: str, predicate: URIRef, value: object) -> None:
    assert (ID[subject], predicate, value) in rdf


def test_amounts_are_written_in_full(rdf: Graph) -> None:
    assert b'"1000000000"^^xsd:decimal' in turtle_of()
    assert {int(v) for v in rdf.objects(None, KGX.value)} == {1_000_000_000, 800_000_000, 5}


def test_evidence_has_both_selectors(rdf: Graph) -> None:
    proofs = set(rdf.objects(ID["meeting/1"], PROV.wasDerivedFrom))
    assert len(proofs) == 2
    pieces = build_graph(knowledge()).nodes["meeting/1"]["evidence"]
    expected = {(p.start, p.end, p.quote, p.lang, str(p.confidence)) for p in pieces}
    found = set()
    for proof in proofs:
        assert (proof, RDF.type, OA.SpecificResource) in rdf
        [source] = rdf.objects(proof, OA.hasSource)
        assert (source, RDF.type, KGX.Document) in rdf
        by_kind = {rdf.value(s, RDF.type): s for s in rdf.objects(proof, OA.hasSelector)}
        position, words = by_kind[OA.TextPositionSelector], by_kind[OA.TextQuoteSelector]
        exact = rdf.value(words, OA.exact)
        start, end = rdf.value(position, OA.start).toPython(), rdf.value(position, OA.end).toPython()
        found.add((start, end, str(exact), exact.language, str(rdf.value(proof, KGX.confidence))))
        assert rdf.value(proof, KGX.rule) == Literal("test/1")
    assert found == expected


def test_same_span_and_rule_is_one_piece_as_sure_as_the_surest() -> None:
    graph = nx.MultiDiGraph()
    for node, sure in (("person/a", 0.5), ("person/b", 0.7), ("person/c", 0.6)):
        piece = said("b_fr", "Do Ram", confidence=sure)
        graph.add_node(node, type="Person", label=node, names=(), properties={}, evidence=(piece,), confidence=sure)
    rdf = to_rdf(graph)
    [proof] = set(rdf.objects(None, PROV.wasDerivedFrom))
    assert [str(v) for v in rdf.objects(proof, KGX.confidence)] == ["0.7"]


def test_dates_of_a_document_are_typed(rdf: Graph) -> None:
    [document] = rdf.subjects(KGX.fileName, Literal("b_fr.txt"))
    dates = {(str(v), v.datatype) for v in rdf.objects(document, KGX.mentionsDate)}
    assert dates == {("2024-05-05", XSD.date), ("2024", XSD.gYear), ("--05-05", XSD.gMonthDay)}


def test_same_bytes_in_another_order_and_with_another_hash_seed() -> None:
    first = turtle_of()
    assert turtle_of(reverse=True) == first
    code = "import sys, test_export; sys.stdout.buffer.write(test_export.turtle_of(reverse=True))"
    for seed in ("1", "2"):
        path = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": path}
        run = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True)
        assert run.stdout == first


def test_turtle_holds_what_the_graph_says(rdf: Graph) -> None:
    assert isomorphic(rdf, to_rdf(build_graph(knowledge())))


def test_documents_come_first_and_things_before_evidence() -> None:
    lines = turtle_of().decode().splitlines()
    first = [line.partition(" ")[0] for line in lines if line and not line.startswith((" ", "@"))]
    groups = list(dict.fromkeys(name.partition(":")[0] for name in first))
    assert groups[:3] == ["document", "person", "organization"]
    assert groups[-1] == "evidence"


def test_base_is_an_option() -> None:
    rdf = Graph().parse(data=turtle_of(base="https://example.org/x/"), format="turtle")
    other = Namespace("https://example.org/x/")
    assert (other["meeting/1"], KGX.status, other["status/occurred"]) in rdf
    assert not [s for s in rdf.subjects() if isinstance(s, URIRef) and s.startswith(DEFAULT_BASE)]


@pytest.mark.parametrize("base", ["", "x", "https://example.org/a b/", "https://example.org/x", "https://<>/"])
def test_faulty_base(base: str) -> None:
    with pytest.raises(UsageError, match="base"):
        to_rdf(build_graph(knowledge()), base=base)


nasty = st.text(st.characters(codec="utf-8"), min_size=1) | st.sampled_from(
    [
        'a\n\\"',
        '"""',
        "\\",
        "'''\n\"",
        "\u200fقصر\u202e",
        "é\u0301\u1112\u1161",
        "👩\u200d🚀",
        "<a> . <b>",
        "}\t{ ^^@en",
    ]
)


@settings(max_examples=150, deadline=None)
@given(label=nasty, node=nasty, link=nasty)
def test_any_text_survives(label: str, node: str, link: str) -> None:
    graph = nx.MultiDiGraph()
    names = (Name(text=label, lang="ar"), Name(text=label, lang="und"))
    properties = {"sameAs": [Link(link), Link(f"https://example.org/{link}")], "url": [label]}
    graph.add_node(f"person/{node}", type="Person", label=label, names=names, properties=properties, evidence=())
    target = io.BytesIO()
    write_turtle(graph, target)
    again = Graph().parse(data=target.getvalue(), format="turtle")
    [subject] = again.subjects(RDF.type, KGX.Person)
    assert str(subject).isascii()
    assert Literal(label, lang="ar") in set(again.objects(subject, SKOS.altLabel))
    assert str(again.value(subject, RDFS.label)) == label


def test_nodes_that_differ_have_iris_that_differ() -> None:
    graph = nx.MultiDiGraph()
    for node in ("person/a b", "person/a%20b", "person/A b", "person/é", "person/e"):
        graph.add_node(node, type="Person", label="x", names=(), properties={}, evidence=())
    assert len(set(to_rdf(graph).subjects(RDF.type, KGX.Person))) == 5


def test_an_edge_to_nothing_is_left_out() -> None:
    graph = build_graph(knowledge())
    graph.add_edge("meeting/1", "visit/lost", key="partOf")
    assert (ID["meeting/1"], KGX.partOf, ID["visit/lost"]) not in to_rdf(graph)


def test_unknown_names_are_errors() -> None:
    graph = nx.MultiDiGraph()
    graph.add_node("person/a", type="Person", label="a", names=(), properties={"shoeSize": [43]}, evidence=())
    with pytest.raises(KeyError, match="shoeSize"):
        to_rdf(graph)


# --- files -------------------------------------------------------------------------------------------------------


def test_an_old_file_stays_whole_when_writing_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "graph.ttl"
    target.write_text("old")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(UsageError, match=r"graph\.ttl: cannot be written: No space left"):
        write_turtle(build_graph(knowledge()), target)
    assert target.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["graph.ttl"]


@pytest.mark.parametrize("check", [writable, lambda path: atomic_write(path, b"new")])
def test_what_cannot_be_written_is_named(tmp_path: Path, check: object) -> None:
    (tmp_path / "file").touch()
    for path, reason in (
        (tmp_path, "directory"),
        (tmp_path / "no" / "graph.ttl", "no folder"),
        (tmp_path / "file" / "graph.ttl", "directory"),
    ):
        with pytest.raises(UsageError, match=f"(?i){path}.*{reason}"):
            check(path)  # type: ignore[operator]


def test_links_and_rights_stay(tmp_path: Path) -> None:
    (tmp_path / "real.ttl").write_text("old")
    (tmp_path / "real.ttl").chmod(0o640)
    (tmp_path / "link.ttl").symlink_to("real.ttl")
    writable(tmp_path / "link.ttl")
    atomic_write(tmp_path / "link.ttl", "é\r\n")
    assert (tmp_path / "link.ttl").is_symlink()
    assert (tmp_path / "real.ttl").read_bytes() == b"\xc3\xa9\r\n"
    assert (tmp_path / "real.ttl").stat().st_mode & 0o777 == 0o640


# --- the vocabulary as data --------------------------------------------------------------------------------------


def test_superclasses_are_all_there() -> None:
    assert superclasses("Visit") == ("Visit", "Event", "Fact", "schema:Event", "sem:Event", "prov:Entity")
    assert {event.class_name for event in event_types().values()} <= set(vocabulary().classes)


def test_own_terms_have_parents_outside() -> None:
    for name in vocabulary().classes:
        assert any(":" in parent for parent in superclasses(name)), name
    assert property_iri("startDate") == "https://schema.org/startDate"
    assert class_iri("Visit") == "https://w3id.org/kgx/ontology#Visit"
    assert property_iri("holds") == "http://www.w3.org/ns/org#holds"


def test_closed_lists_hold_what_the_language_packs_say() -> None:
    kinds = set(schemes()["organization-kind"].concepts)
    for file in sorted((ROOT / "kgx" / "lang").glob("*/agreements.yaml")):
        assert set(yaml.safe_load(file.read_text(encoding="utf8"))) <= set(schemes()["agreement-kind"].concepts), file
    for file in sorted((ROOT / "kgx" / "lang").glob("*/heads.yaml")):
        # Heads of places stand in the same file.
        assert set(yaml.safe_load(file.read_text(encoding="utf8"))) <= kinds | {"venue", "region", "city"}, file
    bodies = yaml.safe_load((ROOT / "kgx" / "ontology" / "bodies.yaml").read_text(encoding="utf8"))["bodies"]
    assert {body["kind"] for body in bodies.values()} <= kinds
