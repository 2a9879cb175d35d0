"""What an earlier graph says of its ids, so that a new one can keep them."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from urllib.parse import unquote

from kgx.ontology.terms import expand
from kgx.query import base_of, load, triples
from kgx.resolve.identity import Previous

__all__ = ["read_previous"]


def read_previous(path: str | Path) -> Previous:
    """Read the ids of a graph that kgx wrote, each with its evidence.

    Raises:
        UsageError: if the file can't be read or holds no graph.
    """
    store = load(path)
    base = base_of(store)
    derived, replaced_by = expand("prov:wasDerivedFrom"), expand("dcterms:isReplacedBy")
    evidence: dict[str, set[str]] = defaultdict(set)
    replaced: dict[str, str] = {}
    for triple in triples(store):
        if not triple.subject.startswith(base) or not triple.object.startswith(base):
            continue
        subject, target = (unquote(iri.removeprefix(base)) for iri in (triple.subject, triple.object))
        if triple.predicate == derived:
            evidence[subject].add(target.removeprefix("evidence/"))
        elif triple.predicate == replaced_by:
            replaced[subject] = target
    return Previous({node: frozenset(digests) for node, digests in evidence.items()}, replaced)
