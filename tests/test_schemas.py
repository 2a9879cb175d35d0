"""The schemas are what the generator writes, and the shapes tell sound graphs from unsound ones."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from handmade import knowledge
from rdflib import OWL, RDF, RDFS, Graph, Literal, Namespace, URIRef
from rdflib.namespace import SKOS, XSD

from kgx.export.schemas import context, write_schemas
from kgx.export.turtle import DEFAULT_BASE, to_rdf
from kgx.graph import build_graph
from kgx.models import Document, Event
from kgx.ontology.terms import superclasses, vocabulary

pyshacl = pytest.importorskip("pyshacl")

SCHEMAS = Path(__file__).parent.parent / "schemas"
KGX = Namespace("https://w3id.org/kgx/ontology#")
ID = Namespace(DEFAULT_BASE)
OA = Namespace("http://www.w3.org/ns/oa#")
PROV = Namespace("http://www.w3.org/ns/prov#")
SCHEMA = Namespace("https://schema.org/")


def test_schemas_are_up_to_date(tmp_path: Path) -> None:
    fresh = {path.name: path.read_bytes() for path in write_schemas(tmp_path)}
    kept = {path.name: path.read_bytes() for path in SCHEMAS.iterdir() if path.name != ".gitkeep"}
    assert sorted(kept) == sorted(fresh)
    stale = [name for name in fresh if kept[name] != fresh[name]]
    assert not stale, f"run: python -m kgx.export.schemas schemas/ (stale: {', '.join(stale)})"


@pytest.fixture(scope="module")
def shapes() -> Graph:
    return Graph().parse(SCHEMAS / "shapes.ttl")


def failures(rdf: Graph, shapes: Graph, *, meta: bool = False) -> list[str]:
    """Messages of all violations, each once."""
    _, report, _ = pyshacl.validate(rdf, shacl_graph=shapes, meta_shacl=meta)
    return sorted(
        {str(message) for message in report.objects(None, URIRef("http://www.w3.org/ns/shacl#resultMessage"))}
    )


def sound(base: str = DEFAULT_BASE) -> Graph:
    return to_rdf(build_graph(knowledge()), base=base)


@pytest.mark.parametrize("base", [DEFAULT_BASE, "https://example.org/other/"])
def test_a_sound_graph_conforms(shapes: Graph, base: str) -> None:
    assert failures(sound(base), shapes, meta=base == DEFAULT_BASE) == []


def _no_evidence(rdf: Graph) -> None:
    rdf.remove((ID["meeting/1"], PROV.wasDerivedFrom, None))


def _no_evidence_of_a_place(rdf: Graph) -> None:
    rdf.remove((ID["city/1581130"], PROV.wasDerivedFrom, None))


def _proof(rdf: Graph) -> URIRef:
    return sorted(rdf.objects(ID["meeting/1"], PROV.wasDerivedFrom))[0]


def _one_selector(rdf: Graph) -> None:
    for selector in list(rdf.objects(_proof(rdf), OA.hasSelector)):
        if (selector, RDF.type, OA.TextQuoteSelector) in rdf:
            rdf.remove((_proof(rdf), OA.hasSelector, selector))


def _end_before_start(rdf: Graph) -> None:
    for selector in rdf.objects(_proof(rdf), OA.hasSelector):
        if (selector, OA.end, None) in rdf:
            rdf.set((selector, OA.end, rdf.value(selector, OA.start)))


def _quote_without_language(rdf: Graph) -> None:
    for selector in rdf.objects(_proof(rdf), OA.hasSelector):
        if (selector, OA.exact, None) in rdf:
            rdf.set((selector, OA.exact, Literal("x")))


def _surer_than_sure(rdf: Graph) -> None:
    rdf.set((_proof(rdf), KGX.confidence, Literal("1.5", datatype=XSD.decimal)))


def _one_twin(rdf: Graph) -> None:
    rdf.remove((ID["twinning/1"], KGX.twin, ID["city/1581130"]))


def _no_status(rdf: Graph) -> None:
    rdf.remove((ID["meeting/1"], KGX.status, None))


def _status_of_a_figure(rdf: Graph) -> None:
    rdf.set((ID["meeting/1"], KGX.status, ID["status/actual"]))


def _unknown_status(rdf: Graph) -> None:
    rdf.set((ID["meeting/1"], KGX.status, ID["status/dreamt"]))


def _two_starts(rdf: Graph) -> None:
    rdf.add((ID["meeting/1"], SCHEMA.startDate, Literal("2024-05-06", datatype=XSD.date)))


def _untyped_date(rdf: Graph) -> None:
    rdf.set((ID["meeting/1"], SCHEMA.startDate, Literal("2024-05-05")))


def _holder_is_a_place(rdf: Graph) -> None:
    rdf.set((ID["tenure/1"], KGX.holder, ID["city/1581130"]))


def _value_without_currency(rdf: Graph) -> None:
    rdf.remove((ID["trade-figure/1"], KGX.currency, None))


def _no_label(rdf: Graph) -> None:
    rdf.remove((ID["person/do-ram"], RDFS.label, None))


def _invented_kind(rdf: Graph) -> None:
    kind = ID["agreement-kind/handshake"]
    rdf.add((kind, RDF.type, SKOS.Concept))
    rdf.add((kind, SKOS.notation, Literal("handshake")))
    rdf.set((ID["agreement/1"], KGX.agreementKind, kind))


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (_no_evidence, "fact: no evidence says where it is told"),
        (_no_evidence_of_a_place, "place: no evidence says where it is told"),
        (_one_selector, "exactly one oa:TextQuoteSelector"),
        (_end_before_start, "less than oa:end"),
        (_quote_without_language, "oa:exact must be one string with its language"),
        (_surer_than_sure, "confidence must be one xsd:decimal from 0 to 1"),
        (_one_twin, r"twinning: twin (kgx:twin) must stand exactly twice"),
        (_no_status, "event: status (kgx:status) must stand exactly once"),
        (_status_of_a_figure, "event: status (kgx:status) must be"),
        (_unknown_status, "event: status (kgx:status) must be a skos:Concept"),
        (_two_starts, "event: start date (schema:startDate) must not stand more than once"),
        (_untyped_date, "must be a date typed by its precision"),
        (_holder_is_a_place, "tenure: holder (kgx:holder) must be a kgx:Person"),
        (_value_without_currency, "a value with its currency or a growth"),
        (_no_label, "person: a label (rdfs:label) must stand exactly once"),
        (_invented_kind, "must be one of: mou"),
    ],
)
def test_an_unsound_graph_does_not_conform(shapes: Graph, spoil: Callable[[Graph], None], message: str) -> None:
    rdf = sound()
    spoil(rdf)
    found = failures(rdf, shapes)
    assert len(found) == 1, found
    assert message in found[0]


def test_a_state_that_is_only_meant_needs_no_evidence() -> None:
    assert (ID["country/KZ"], PROV.wasDerivedFrom, None) not in sound()


def test_every_own_term_of_the_ontology_has_a_parent_elsewhere() -> None:
    rdf = Graph().parse(SCHEMAS / "ontology.ttl")
    for kind, parent in ((OWL.Class, RDFS.subClassOf), (OWL.ObjectProperty, RDFS.subPropertyOf),
                         (OWL.DatatypeProperty, RDFS.subPropertyOf)):  # fmt: skip
        own = [s for s in rdf.subjects(RDF.type, kind) if str(s).startswith(str(KGX))]
        assert own
        for term in own:
            above = set(rdf.transitive_objects(term, parent))
            assert any(not str(other).startswith(str(KGX)) for other in above), term
            assert rdf.value(term, RDFS.label) and rdf.value(term, RDFS.comment), term


def test_every_term_of_a_graph_is_in_the_ontology() -> None:
    ontology = Graph().parse(SCHEMAS / "ontology.ttl")
    used = {n for s, p, o in sound() for n in (p, *([o] if p == RDF.type else [])) if str(n).startswith(str(KGX))}
    assert used
    assert not [term for term in used if (term, RDF.type, None) not in ontology]


def test_the_context_knows_every_term() -> None:
    entries = context()["@context"]
    assert {*vocabulary().classes, *vocabulary().properties} <= set(entries)
    data = {
        "@context": entries, "id": str(ID["meeting/1"]), "type": ["Meeting", "Event"], "label": {"en": "a meeting"},
        "participant": [str(ID["person/a"])], "subject": {"fr": "l'amitié"}, "value": "0.10",
    }  # fmt: skip
    rdf = Graph().parse(data=json.dumps(data), format="json-ld")
    assert (ID["meeting/1"], KGX.participant, ID["person/a"]) in rdf
    assert (ID["meeting/1"], KGX.subject, Literal("l'amitié", lang="fr")) in rdf
    assert (ID["meeting/1"], RDF.type, KGX.Meeting) in rdf
    assert str(rdf.value(ID["meeting/1"], KGX.value)) == "0.10"


@pytest.mark.parametrize(("name", "model"), [("document", Document), ("event", Event)])
def test_json_schemas_name_the_fields_of_the_models(name: str, model: type) -> None:
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf8"))
    assert set(schema["properties"]) == set(model.model_fields)  # type: ignore[attr-defined]
    assert schema["$id"].endswith(f"/{name}.schema.json")


def test_classes_of_facts_are_facts() -> None:
    facts = {c for c in vocabulary().classes if "Fact" in superclasses(c)}
    assert facts >= {"Visit", "Tenure", "Twinning", "Agreement"}
    assert facts.isdisjoint({"Person", "Organization", "Country", "Office", "Document"})
