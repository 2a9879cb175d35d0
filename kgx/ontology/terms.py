"""The classes, properties and closed lists of values of the graph, from ``terms.yaml`` and its like."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Literal

from pydantic import Field, TypeAdapter, field_validator, model_validator

from kgx.errors import DataError
from kgx.ontology import OntologyModel, checked, office_kinds, read_yaml

Count = Literal["1", "?", "*", "+", "2"]
LIMITS: Mapping[Count, tuple[int | None, int | None]] = {
    "1": (1, 1), "?": (None, 1), "*": (None, None), "+": (1, None), "2": (2, 2),
}  # fmt: skip
_OTHER_GROUPS = {"evidence", "graph", "macro"}  # a region of the world is ``macro/``


class Use(OntologyModel):
    """How a class uses a property: how often it stands, and which concepts it can have."""

    count: Count
    values: tuple[str, ...] = ()


class ClassTerm(OntologyModel):
    """A class of the graph; `parents` are names of classes here or terms with a prefix."""

    label: str
    comment: str
    parents: tuple[str, ...] = Field(min_length=1)
    wikidata: str | None = None
    evidence: bool = True
    properties: Mapping[str, Use] = {}

    @field_validator("properties", mode="before")
    @classmethod
    def _short_uses(cls, value: Any) -> Any:
        return {k: {"count": v} if isinstance(v, str) else v for k, v in value.items()}


class PropertyTerm(OntologyModel):
    """A property of the graph; exactly one of `range`, `datatype` and `scheme` says what its values are."""

    label: str
    comment: str
    iri: str | None = Field(default=None, description="with prefix; None for kgx's own terms")
    parents: tuple[str, ...] = ()
    range: tuple[str, ...] = ()
    datatype: str | None = None
    scheme: str | None = None
    wikidata: str | None = None
    symmetric: bool = False

    @model_validator(mode="after")
    def _one_kind_of_value(self) -> PropertyTerm:
        if sum(map(bool, (self.range, self.datatype, self.scheme))) != 1:
            raise ValueError("exactly one of range, datatype and scheme is needed")
        if bool(self.parents) is bool(self.iri):
            raise ValueError("own terms have parents, others an IRI")
        return self


class DatatypeTerm(OntologyModel):
    """A datatype of kgx's own."""

    label: str
    comment: str


class Vocabulary(OntologyModel):
    """All of ``terms.yaml``."""

    base: str
    prefixes: Mapping[str, str]
    classes: Mapping[str, ClassTerm]
    properties: Mapping[str, PropertyTerm]
    datatypes: Mapping[str, DatatypeTerm]


class ConceptEntry(OntologyModel):
    """One value of a closed list."""

    label: str
    comment: str | None = None
    wikidata: str | None = None


class Scheme(OntologyModel):
    """A closed list of values."""

    label: str
    concepts: Mapping[str, ConceptEntry]


@cache
def vocabulary() -> Vocabulary:
    """The checked content of ``terms.yaml``.

    Raises:
        DataError: all faults at once: unknown keys, parents, prefixes, properties, schemes or values.
    """
    result: Vocabulary = checked("terms", read_yaml("terms"), TypeAdapter(Vocabulary))
    if faults := list(_faults(result)):
        raise DataError([f"terms.yaml: {fault}" for fault in faults])
    return result


def _faults(terms: Vocabulary) -> list[str]:
    faults = []
    for name, term in terms.classes.items():
        faults += [f"classes.{name}: unknown parent {p!r}" for p in term.parents if not _known(terms, p)]
        for prop, use in term.properties.items():
            if prop not in terms.properties:
                faults.append(f"classes.{name}: unknown property {prop!r}")
                continue
            allowed = schemes()[terms.properties[prop].scheme or ""].concepts if use.values else {}
            faults += [f"classes.{name}.{prop}: unknown value {v!r}" for v in use.values if v not in allowed]
    for name, prop_term in terms.properties.items():
        parents = (*prop_term.parents, *([prop_term.iri] if prop_term.iri else []))
        faults += [
            f"properties.{name}: unknown prefix of {p!r}" for p in parents if p.partition(":")[0] not in terms.prefixes
        ]
        faults += [f"properties.{name}: unknown class {c!r}" for c in prop_term.range if c not in terms.classes]
        if prop_term.scheme and prop_term.scheme not in schemes():
            faults.append(f"properties.{name}: unknown scheme {prop_term.scheme!r}")
    return faults


def _known(terms: Vocabulary, parent: str) -> bool:
    prefix, colon, _ = parent.partition(":")
    return prefix in terms.prefixes if colon else parent in terms.classes


@cache
def schemes() -> Mapping[str, Scheme]:
    """All closed lists of values by name, offices and agreements among them."""
    listed: Mapping[str, Scheme] = checked("concepts", read_yaml("concepts"), TypeAdapter(dict[str, Scheme]))
    agreements = checked("agreements", read_yaml("agreements"), TypeAdapter(dict[str, ConceptEntry]))
    offices = {k: ConceptEntry(label=v.label, wikidata=v.wikidata) for k, v in office_kinds().items()}
    return {
        **listed,
        "agreement-kind": Scheme(label="kind of agreement", concepts=agreements),
        "office-kind": Scheme(label="kind of office", concepts=offices),
    }


@cache
def groups() -> tuple[str, ...]:
    """What the ids of nodes begin with: a class in small letters (``trade-figure/``) or a list of concepts."""
    classes = {re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower() for name in vocabulary().classes}
    return tuple(sorted(classes | set(schemes()) | _OTHER_GROUPS))


def office_item(kind: str) -> str | None:
    """The item of Wikidata of a kind of office."""
    entry = schemes()["office-kind"].concepts.get(kind)
    return entry.wikidata if entry else None


def expand(term: str) -> str:
    """The IRI of a term written with a prefix (``schema:Event``).

    Raises:
        KeyError: if the prefix is not known.
    """
    prefix, _, local = term.partition(":")
    return vocabulary().prefixes[prefix] + local


@cache
def class_iri(name: str) -> str:
    """The IRI of a class of the vocabulary."""
    if name not in vocabulary().classes:
        raise KeyError(name)
    return expand(f"kgx:{name}")


@cache
def property_iri(name: str) -> str:
    """The IRI of a property of the vocabulary, by its name in the graph."""
    return expand(vocabulary().properties[name].iri or f"kgx:{name}")


@cache
def superclasses(name: str) -> tuple[str, ...]:
    """A class and all its superclasses, kgx's own (by name) first, then the well-known ones (with prefix)."""
    own: list[str] = [name]
    foreign: list[str] = []
    for current in own:  # grows while it is read: the parents of parents
        for parent in vocabulary().classes[current].parents:
            target = foreign if ":" in parent else own
            if parent not in target:
                target.append(parent)
    return (*own, *foreign)


@cache
def subclasses(name: str) -> tuple[str, ...]:
    """A class and all classes below it."""
    return tuple(other for other in vocabulary().classes if name in superclasses(other))
