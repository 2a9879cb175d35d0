"""Questions to a graph: SPARQL, the named queries and the cards, on knowledge made by hand."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from handmade import TEXTS, knowledge
from rich.console import Console

from kgx import query, show
from kgx.errors import UsageError
from kgx.export.turtle import write_turtle
from kgx.graph import build_graph

BASE = "https://w3id.org/kgx/id/"


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("graph") / "graph.ttl"
    write_turtle(build_graph(knowledge()), target)
    return target


@pytest.fixture(scope="module")
def store(path: Path) -> query.Store:
    return query.load(path)


def rows(result: query.Result, *columns: str) -> list[tuple[query.Cell, ...]]:
    """Only these columns of a result."""
    index = [result.columns.index(column) for column in columns]
    return [tuple(row[i] for i in index) for row in result.rows]


# --- SPARQL ------------------------------------------------------------------------------------------------------


def test_prefixes_need_no_declaration(store: query.Store) -> None:
    sparql = "SELECT ?who { meeting:1 kgx:participant/rdfs:label ?who ; kgx:status status:occurred } ORDER BY ?who"
    result = query.select(store, sparql)
    assert result.rows == (("Do Ram",), ("Maruen",))


def test_id_follows_the_base_of_the_graph(tmp_path: Path) -> None:
    write_turtle(build_graph(knowledge()), tmp_path / "g.ttl", base="https://example.org/x/")
    store = query.load(tmp_path / "g.ttl")
    assert query.base_of(store) == "https://example.org/x/"
    assert query.select(store, r"ASK { ?e kgx:status id:status\/planned }").rows == ((True,),)
    assert rows(query.run_named(store, "planned"), "what") == [("visit: Do Ram to Kazakhstan (2025)",)]


def test_numbers_and_truth_are_python_values(store: query.Store) -> None:
    result = query.select(store, "SELECT ?v ?a ?none { trade-figure:1 kgx:value ?v ; kgx:approximate ?a }")
    assert result.rows == ((1_000_000_000, True, None),)


def test_ask_and_construct(store: query.Store) -> None:
    assert query.select(store, "ASK { ?x a kgx:Meeting }").kind == "ask"
    made = query.select(store, "CONSTRUCT { ?a kgx:met ?b } WHERE { ?m a kgx:Meeting ; kgx:participant ?a, ?b }")
    assert made.columns == ("subject", "predicate", "object")
    assert len(made.rows) == 4


@pytest.mark.parametrize(
    ("sparql", "message"),
    [
        ("SELECT ?a\nWHERE { ?a ?b }", "line 2, column"),
        ("SELECT * { ?a nosuch:term ?b }", "unknown prefix"),
        ("SELECT * { SERVICE <http://localhost:1/> { ?a ?b ?c } }", "SERVICE is not allowed"),
        ("SELECT * { service silent <http://localhost:1/> { ?a ?b ?c } }", "SERVICE is not allowed"),
        ("SELECT * { \\u0053ERVICE <http://localhost:1/> { ?a ?b ?c } }", "SERVICE is not allowed"),
        ("INSERT DATA { <a:a> <b:b> 1 }", "line 1"),
        ("", "line 1"),
    ],
)
def test_faulty_queries(store: query.Store, sparql: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        query.select(store, sparql)


def test_the_word_service_in_a_string_is_harmless(store: query.Store) -> None:
    sparql = 'SELECT ?service { ?service rdfs:label "x SERVICE \\" y" . # SERVICE\n ?service a <http://x/SERVICE> }'
    assert query.select(store, sparql).rows == ()


def test_files_that_are_no_graphs(tmp_path: Path) -> None:
    (tmp_path / "binary.ttl").write_bytes(b"\x00\xff\x01")
    for name in ("text.ttl", "text.txt"):
        (tmp_path / name).write_text("Once upon a time")
    reasons = {
        "none.ttl": "No such file",
        "binary.ttl": r"binary\.ttl: is no graph of kgx \(or is damaged: ",
        "text.ttl": "no graph.*line 1",
        "text.txt": r"text\.txt: is no graph of kgx \(kgx build writes one: graph\.ttl or store/\)$",
        ".": "folder and no store",
    }
    for name, reason in reasons.items():
        with pytest.raises(UsageError, match=f"(?is){reason}"):
            query.load(tmp_path / name)


# --- named queries -----------------------------------------------------------------------------------------------


def test_all_questions_have_a_query() -> None:
    assert set(query.named_queries()) == {
        "offices", "meetings", "visits", "agreements", "figures", "twinnings", "planned", "corroborated", "evidence",
        "document",
    }  # fmt: skip
    assert all(named.description and named.parameters for named in query.named_queries().values())


@pytest.mark.parametrize(
    ("name", "columns", "expected"),
    [
        ("offices", ("person", "office", "country", "organization", "attested"),
         [("Do Ram", "party leader", "Vietnam", "The Party", "2024-05-05")]),
        ("meetings", ("date", "participants", "place", "documents"),
         [("2024-05-05", "Do Ram; Maruen", "Hanoi", "a_ko.txt; b_fr.txt")]),
        ("visits", ("date", "visitors", "from", "to", "level", "status"),
         [("2024-05", "Maruen", "Kazakhstan", "Vietnam", "state visit", "occurred"),
          ("2025", "Do Ram", "Vietnam", "Kazakhstan", None, "planned")]),
        ("agreements", ("kind", "count", "parties", "subject", "status"),
         [("memorandum of understanding", 3, "Kazakhstan; Vietnam", "l'amitié", "signed")]),
        ("figures", ("parties", "period", "value", "documents", "disagreesWith", "otherDocuments"),
         [("Kazakhstan; Vietnam", "2024", 800_000_000, "b_fr.txt", "1000000000 USD", "a_ko.txt"),
          ("Kazakhstan; Vietnam", "2024", 1_000_000_000, "a_ko.txt", "800000000 USD", "b_fr.txt"),
          ("Vietnam", "2022/2023", 5, "b_fr.txt", None, None)]),
        ("twinnings", ("place", "twin", "since", "status"), [("Hanoi", "East Kazakhstan", "--05-05", "existing")]),
        ("planned", ("kind", "date", "what"), [("Visit", "2025", "visit: Do Ram to Kazakhstan (2025)")]),
        ("corroborated", ("kind", "sources", "languages"), [("Meeting", 2, "fr; ko"), ("Visit", 2, "fr; ko")]),
    ],
)  # fmt: skip
def test_answers(store: query.Store, name: str, columns: tuple[str, ...], expected: list[object]) -> None:
    assert rows(query.run_named(store, name), *columns) == expected


def test_what_is_told_as_done_is_planned_no_more(tmp_path: Path) -> None:
    known = knowledge()
    plan = next(f for f in known.facts if f.id == "visit/2")
    for when, still in (("2025-03", False), ("2024-03", True)):
        start = plan.start.parse(when)  # type: ignore[union-attr]
        done = plan.model_copy(update={"id": "visit/3", "status": "occurred", "start": start})
        write_turtle(build_graph(known.model_copy(update={"facts": (*known.facts, done)})), tmp_path / "g.ttl")
        assert bool(query.run_named(query.load(tmp_path / "g.ttl"), "planned").rows) is still, when


@pytest.mark.parametrize("fact", [f"{BASE}meeting/1", f"<{BASE}meeting/1>", "meeting/1", "meeting:1",
                                  "Meeting: do ram, maruen (2024-05-05)"])  # fmt: skip
def test_evidence_of_one_fact(store: query.Store, fact: str) -> None:
    found = rows(query.run_named(store, "evidence", fact=fact), "quote", "file", "start", "end", "language")
    assert len(found) == 2
    for quote, file, start, end, lang in found:
        code, text = TEXTS[str(file).removesuffix(".txt")]
        assert (text[start:end], code) == (quote, lang)  # type: ignore[misc]


def test_parameters_narrow(store: query.Store) -> None:
    assert len(query.run_named(store, "visits", country="KZ", other="Vietnam").rows) == 2
    assert rows(query.run_named(store, "visits", person="도람"), "date") == [("2025",)]
    assert len(query.run_named(store, "figures", party="Vietnam", other="Kazakhstan").rows) == 2
    assert len(query.run_named(store, "figures", party="Vietnam").rows) == 3
    assert rows(query.run_named(store, "twinnings", place="Kazakhstan"), "twin") == [("East Kazakhstan",)]


def test_what_one_document_alone_contributes(store: query.Store) -> None:
    alone = rows(query.run_named(store, "document", document="a_ko.txt"), "kind", "what")
    assert ("TradeFigure", "bilateral trade 1,000,000,000 USD: Kazakhstan, Vietnam") in alone
    assert {kind for kind, _ in alone} == {"Office", "Organization", "Tenure", "TradeFigure"}


@pytest.mark.parametrize(
    "value", ['x" } DROP ALL #', "> } SELECT * { ?a ?b ?c", "<http://x/> } #", "\\u003e", "\u200f", "?x", "a\nb"]
)
def test_no_parameter_becomes_part_of_a_query(store: query.Store, value: str) -> None:
    with pytest.raises(UsageError, match="nothing in the graph is called"):
        query.run_named(store, "evidence", fact=value)


def test_unknown_queries_and_parameters_are_named(store: query.Store) -> None:
    with pytest.raises(UsageError, match=r"no query is called 'gossip'.*visits"):
        query.run_named(store, "gossip")
    with pytest.raises(UsageError, match=r"no parameter 'fact'.*country"):
        query.run_named(store, "visits", fact="x")


# --- formats -----------------------------------------------------------------------------------------------------


def test_csv_and_json(store: query.Store) -> None:
    result = query.select(store, "SELECT ?n ?v ?x { place:palace rdfs:label ?n . trade-figure:2 kgx:value ?v }")
    assert list(csv.reader(io.StringIO(query.to_csv(result), newline=""))) == [
        ["n", "v", "x"], ["قصر \u200f\"الورد\"", "800000000", ""]
    ]  # fmt: skip
    told = json.loads(query.to_json(result))
    assert told["head"]["vars"] == ["n", "v", "x"]
    assert told["results"]["bindings"][0]["v"] == {
        "type": "literal", "value": "800000000", "datatype": "http://www.w3.org/2001/XMLSchema#decimal",
    }  # fmt: skip
    assert json.loads(query.to_json(query.select(store, "ASK { ?a kgx:nothing ?b }")))["boolean"] is False


def test_table_shortens_iris_and_sets_arabic_apart(store: query.Store) -> None:
    console = Console(file=io.StringIO(), width=120)
    result = query.select(store, "SELECT ?p ?n { ?p a kgx:Venue ; rdfs:label ?n }")
    query.render(result, console, known=query.prefixes(store))
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert "place:palace" in shown
    assert '\u2068قصر \u200f"الورد"\u2069' in shown


def test_markup_in_the_data_is_text(store: query.Store) -> None:
    console = Console(file=io.StringIO(), width=80)
    query.render(query.select(store, 'SELECT ("[red]x[/]" AS ?a) {}'), console)
    assert "[red]x[/]" in console.file.getvalue()  # type: ignore[attr-defined]


# --- cards -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Do Ram", "do ram", "DÔ RÂM", "도람", " do-ram ", "Ram"])
def test_a_card_is_found_by_any_name(store: query.Store, name: str) -> None:
    assert show.card(store, name).iri == f"{BASE}person/do-ram"


def test_a_card_tells_all(store: query.Store) -> None:
    card = show.card(store, "Do Ram")
    assert (card.kind, card.country, card.names) == ("person", "Vietnam", {"fr": ("Do Ram",), "ko": ("도람",)})
    assert [office.kind for office in card.offices] == ["party leader, The Party"]
    assert [(e.kind, e.when, e.status) for e in card.events] == [
        ("meeting", "2024-05-05", "occurred"), ("visit", "2025", "planned"),
    ]  # fmt: skip
    meeting = card.events[0]
    assert (meeting.roles, meeting.place) == ({"participant": ("Maruen",)}, "Hanoi")
    assert {quote.where for quote in meeting.quotes} == {"a_ko.txt:14-37", "b_fr.txt:22-48"}
    for quote in meeting.quotes:
        lang, text = TEXTS[quote.file.removesuffix(".txt")]
        assert (text[quote.start : quote.end], lang) == (quote.text, quote.lang)
    assert [a.kind for a in card.agreements] == ["memorandum of understanding"]  # signed at the meeting


def test_cards_of_states_and_places(store: query.Store) -> None:
    state = show.card(store, "VN")
    assert (state.label, len(state.figures), len(state.relations), len(state.agreements)) == ("Vietnam", 3, 2, 1)
    place = show.card(store, "ha noi")
    assert [t.roles for t in place.twinnings] == [{"twin": ("East Kazakhstan",)}]
    assert "https://sws.geonames.org/1581130/" in place.same_as


def test_several_matches_are_listed(store: query.Store) -> None:
    card = show.card(store, "kazakh")
    assert {card.label, *(match.label for match in card.also)} >= {"Kazakhstan", "East Kazakhstan"}


def test_what_tells_of_a_person_is_not_called_like_him(store: query.Store) -> None:
    """A part of a name is also part of the labels of his offices, meetings and comparisons."""
    found = {node.value.removeprefix(BASE).partition("/")[0] for node in query.find(store, "maru", parts=True)}
    assert found > {"person", "meeting"}
    card = show.card(store, "maru")
    assert card.label == "Maruen" and card.also == ()
    fact = show.card(store, "bilateral trade")
    assert fact.kind == "trade figure" and {match.kind for match in fact.also} == {"trade figure"}


def test_nobody_is_called_so(store: query.Store) -> None:
    with pytest.raises(UsageError, match="'Nobody'"):
        show.card(store, "Nobody")


def test_a_card_on_the_terminal_and_as_json(store: query.Store) -> None:
    console = Console(file=io.StringIO(), width=100)
    show.render_card(show.card(store, "قصر"), console)
    show.render_card(show.card(store, "Maruen"), console)
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert "\u2068" in shown and "b_fr.txt:22-48" in shown and "5월 5일 하노이에서" in shown
    told = json.loads(show.to_json(show.card(store, "Maruen")))
    assert told["events"][0]["quotes"][0]["start"] == 14


@pytest.mark.parametrize(
    "sparql",
    [
        "ASK" + "{" * 20_000 + "}" * 20_000,
        "ASK {FILTER(" + "!" * 200_000 + "true)}",
        "ASK {" + "?s ?p ?o . " * 50_000 + "}",
    ],
)
def test_a_query_nested_beyond_reason_is_refused_before_it_ends_the_process(sparql: str) -> None:
    from kgx.errors import UsageError
    from kgx.query.guard import refuse_service

    with pytest.raises(UsageError, match="nested too deeply|too long"):
        refuse_service(sparql)
    refuse_service("ASK {" + "{" * 50 + "}" * 50 + "}")
