"""Stage 5: the claims of all documents become one knowledge: one person, one place, one event.

Persons are clustered by names across scripts with office and state as witnesses; places by gazetteer id; bodies by
name within a state; then facts are rewritten to the common things and joined where they tell the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from kgx.collection import no_collection
from kgx.models import Claims, Knowledge
from kgx.resolve.decisions import Applied, Decision
from kgx.resolve.facts import resolve_facts
from kgx.resolve.identity import Previous, keep_ids
from kgx.resolve.known import Known, link_known
from kgx.resolve.things import resolve_things

__all__ = ["Previous", "resolve"]


def resolve(
    claims: Iterable[Claims],
    *,
    decisions: Sequence[Decision] = (),
    known: Iterable[Known] = (),
    previous: Previous | None = None,
    report: Callable[[Decision], None] | None = None,
) -> Knowledge:
    """Merge all documents; their order does not matter.

    Args:
        claims: of each document.
        decisions: what people decided; it is obeyed whatever the features say.
        known: entities of files of knowledge; a thing that is surely one of them gets its identifiers and names.
        previous: an earlier graph, whose ids are kept for what it has already.
        report: is told of decisions that match nothing.
    """
    with no_collection():
        documents = tuple(sorted(claims, key=lambda c: (c.document.id, c.document.sha256)))
        applied = Applied(decisions, documents)
        if report is not None:
            for decision in applied.unmatched:
                report(decision)
        documents = tuple(map(applied.without_dropped, documents))
        found = resolve_things(documents, applied.verdicts, applied.labels)
        facts = resolve_facts(documents, found.names, found.things)
        things = link_known(found.things, facts, known)
        knowledge = Knowledge(documents=documents, things=things, facts=tuple(facts), comparisons=found.comparisons)
        return keep_ids(knowledge, previous) if previous is not None else knowledge
