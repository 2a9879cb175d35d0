"""Ids stay the same when documents come, go, merge and split."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_resolve import Said, claims

from kgx.export.turtle import write_turtle
from kgx.graph import build_graph
from kgx.models import Claims, Evidence, Knowledge
from kgx.previous import read_previous
from kgx.resolve import Previous, resolve
from kgx.resolve.identity import keep_ids


def told(number: int, *people: Said) -> Claims:
    """A document of which each person has evidence of its own."""
    made = claims(number, people)
    name = made.document.id

    def said(at: int) -> tuple[Evidence, ...]:
        return (Evidence(document=name, lang="en", start=at, end=at + 1, quote="x", rule="test", confidence=0.9),)

    things = tuple(t.model_copy(update={"evidence": said(n)}) for n, t in enumerate(made.things))
    facts = tuple(f.model_copy(update={"evidence": said(n)}) for n, f in enumerate(made.facts))
    return made.model_copy(update={"things": things, "facts": facts})


LAM = ("To Lam", "en", "party_leader", "VN")
TOKAYEV = ("Kassym-Jomart Tokayev", "en", "head_of_state", "KZ")


@pytest.fixture
def written(tmp_path: Path) -> Path:
    return tmp_path / "old.ttl"


def previous(knowledge: Knowledge, path: Path) -> Previous:
    write_turtle(build_graph(knowledge), path)
    return read_previous(path)


def test_the_same_documents_give_the_same_with_and_without_an_old_graph(written: Path) -> None:
    documents = [told(0, LAM, TOKAYEV), told(1, LAM)]
    fresh = resolve(documents)
    assert resolve(documents, previous=previous(fresh, written)) == fresh


def test_a_new_spelling_changes_no_id(written: Path) -> None:
    first = resolve([told(0, ("Tô Lam", "fr", *LAM[2:]))])
    old = first.model_copy(
        update={"things": tuple(t.model_copy(update={"id": "person/lam"}) for t in first.things), "facts": ()}
    )
    now = resolve([told(0, ("Tô Lam", "fr", *LAM[2:])), told(1, LAM)], previous=previous(old, written))
    assert [t.id for t in now.things] == ["person/lam"]
    assert {f.holder for f in now.facts} == {"person/lam"}  # type: ignore[union-attr]


def test_merged_ids_redirect_for_ever(written: Path) -> None:
    apart = resolve([told(0, LAM), told(1, TOKAYEV)])
    name = {t.label: t.id for t in apart.things}
    two = {n: previous(apart, written).evidence[i] for n, i in name.items()}
    old = Previous({"person/a": two["To Lam"], "person/b": two["To Lam"] | {"another"}, "person/c": two["To Lam"]})
    now = keep_ids(apart, old)
    kept = next(t.id for t in now.things if t.label == "To Lam")
    assert len(now.replaced) == 2 and all(to == kept and old != kept for old, to in now.replaced)
    again = keep_ids(apart, previous(now, written))
    assert set(now.replaced) <= set(again.replaced)


def test_the_larger_part_of_a_split_keeps_the_id(written: Path) -> None:
    documents = [told(0, LAM), told(1, LAM), told(2, TOKAYEV)]
    fresh = resolve(documents)
    evidence = previous(fresh, written).evidence
    whole = frozenset().union(*(d for node, d in evidence.items() if node.startswith("person/")))
    now = keep_ids(fresh, Previous({"person/old": whole}))
    assert {t.label: t.id for t in now.things}["To Lam"] == "person/old"
    assert len({t.id for t in now.things}) == 2


def test_facts_keep_their_ids_when_documents_are_added() -> None:
    few = resolve([told(1, LAM), told(3, TOKAYEV)])
    more = resolve([told(0, LAM), told(1, LAM), told(2, LAM, TOKAYEV), told(3, TOKAYEV)])
    assert {t.id for t in few.things} == {t.id for t in more.things}
    assert len({f.id for f in few.facts} & {f.id for f in more.facts}) >= 1
