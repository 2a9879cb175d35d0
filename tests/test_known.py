"""Files of knowledge: read in four forms, linked only when sure."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from test_identity import LAM, TOKAYEV, told

from kgx.errors import Issue
from kgx.models import Thing
from kgx.resolve import resolve
from kgx.resolve.known import Known, read_known

FTM = {"id": "NK-1", "schema": "Person", "properties": {
    "name": ["Kassym-Jomart Tokayev"], "alias": ["Қасым-Жомарт Тоқаев"], "country": ["kz"], "wikidataId": ["Q1"],
    "birthDate": ["1953-05-17"]}}  # fmt: skip
WIKIDATA = {"type": "item", "id": "Q1", "labels": {"en": {"value": "Kassym-Jomart Tokayev"}}, "aliases": {}, "claims": {
    "P31": [{"mainsnak": {"datavalue": {"value": {"id": "Q5"}}}}],
    "P569": [{"mainsnak": {"datavalue": {"value": {"time": "+1953-05-17T00:00:00Z"}}}}]}}  # fmt: skip
SPARQL = {"head": {}, "results": {"bindings": [{
    "item": {"value": "http://www.wikidata.org/entity/Q1"}, "born": {"value": "1953-05-17"},
    "itemLabel": {"value": "Kassym-Jomart Tokayev", "xml:lang": "en"}}]}}  # fmt: skip
FORMS = {
    "ftm.jsonl": json.dumps(FTM) + "\n",
    "dump.json": "[\n" + json.dumps(WIKIDATA) + ",\n]\n",
    "results.json": json.dumps(SPARQL),
    "list.csv": "name,id,lang,country,birth_date\n"
    "Kassym-Jomart Tokayev,http://www.wikidata.org/entity/Q1,en,kz,1953-05-17\n",
}


def read(path: Path) -> tuple[list[Known], list[Issue]]:
    issues: list[Issue] = []
    return list(read_known(path, issues.append)), issues


def people(known: list[Known]) -> dict[str, Thing]:
    return {t.label: t for t in resolve([told(0, LAM, TOKAYEV)], known=known).things}


@pytest.mark.parametrize("name", FORMS)
def test_every_form_links_the_person_and_nobody_else(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(FORMS[name], encoding="utf8")
    known, issues = read(tmp_path / name)
    assert not issues
    found = people(known)
    assert found["Kassym-Jomart Tokayev"].same_as == ("http://www.wikidata.org/entity/Q1",)
    assert str(found["Kassym-Jomart Tokayev"].born) == "1953-05-17"
    assert found["To Lam"].same_as == () and len(found) == 2


def test_bad_lines_are_reported_and_skipped(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"a": 1}\n{\n' + FORMS["ftm.jsonl"] + '{"schema": "Person"}\n', encoding="utf8")
    known, issues = read(tmp_path / "a.jsonl")
    assert len(known) == 1
    assert [i.where for i in issues] == ["a.jsonl:1", "a.jsonl:2", "a.jsonl:4"]
    (tmp_path / "b.csv").write_text("name,id,birth_date\n,Q1,\nX Y,Q2,1953-99\nX Z,Q3,1953\n", encoding="utf8")
    known, issues = read(tmp_path / "b.csv")
    assert [k.born for k in known] == ["1953"] and len(issues) == 2


def test_other_states_and_two_of_one_name_do_not_link(tmp_path: Path) -> None:
    rows = ["Kassym-Jomart Tokayev,Q1,en,{},", "Kassym-Jomart Tokayev,Q2,en,{},"]
    head = "name,id,lang,country,birth_date\n"
    (tmp_path / "a.csv").write_text(head + rows[0].format("us"), encoding="utf8")
    assert people(read(tmp_path / "a.csv")[0])["Kassym-Jomart Tokayev"].same_as == ()
    (tmp_path / "b.csv").write_text(head + "\n".join(r.format("kz") for r in rows), encoding="utf8")
    assert people(read(tmp_path / "b.csv")[0])["Kassym-Jomart Tokayev"].same_as == ()


def test_the_state_of_wikidata_entities_is_told(tmp_path: Path) -> None:
    told = {"P27": [{"mainsnak": {"datavalue": {"value": {"id": "Q232"}}}}]}
    two = {"P27": [*told["P27"], {"mainsnak": {"datavalue": {"value": {"id": "Q142"}}}}]}
    entities = [{**WIKIDATA, "claims": {**WIKIDATA["claims"], **claims}} for claims in ({}, told, two)]
    file = tmp_path / "dump.json"
    file.write_text("".join(json.dumps(e) + "\n" for e in entities), encoding="utf8")
    assert [k.country for k in read_known(file, print)] == [None, "KZ", None]
