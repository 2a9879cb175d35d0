"""What exists in diplomacy, free of language: event types, offices, agreements, the terms of the graph."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from kgx.errors import DataError


class OntologyModel(BaseModel):
    """Base of ontology entries: immutable, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class EventType(OntologyModel):
    """One entry of ``events.yaml``."""

    class_name: str = Field(alias="class")
    label: str
    cameo: str
    plover: str = ""
    roles: Mapping[str, tuple[str, ...]]
    actors: int
    foreign: bool


class OfficeKind(OntologyModel):
    """One entry of ``offices.yaml``, kinds."""

    label: str
    single: bool = False
    diplomatic: bool = False
    local: bool = False
    business: bool = False
    apart: tuple[str, ...] = ()
    wikidata: str | None = None


def read_yaml(name: str) -> Any:
    """The content of ``kgx/ontology/<name>.yaml``."""
    file = files("kgx.ontology") / f"{name}.yaml"
    return yaml.load(file.read_text(encoding="utf8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def checked(name: str, data: Any, adapter: TypeAdapter[Any]) -> Any:
    """Validate an ontology file; all its faults are raised at once.

    Raises:
        DataError: with file, key and reason of each fault.
    """
    try:
        return adapter.validate_python(data)
    except ValidationError as error:
        raise DataError([f"{name}.yaml: {'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]) from error


@cache
def event_types() -> Mapping[str, EventType]:
    """All event types by name."""
    result: Mapping[str, EventType] = checked("events", read_yaml("events"), TypeAdapter(dict[str, EventType]))
    return result


@cache
def office_kinds() -> Mapping[str, OfficeKind]:
    """All kinds of office by name."""
    data = read_yaml("offices")["kinds"]
    result: Mapping[str, OfficeKind] = checked("offices", data, TypeAdapter(dict[str, OfficeKind]))
    return result


@cache
def official_bodies() -> frozenset[str]:
    """Kinds of organization that act for a state, a part of one, or a union of states."""
    return frozenset(read_yaml("offices")["official_bodies"])


@cache
def _generic_offices() -> Mapping[str, Mapping[str, str]]:
    result: Mapping[str, Mapping[str, str]] = read_yaml("offices")["generic"]
    return result


@cache
def public_bodies() -> frozenset[str]:
    """Of the official bodies, those whose dealings are diplomacy even where nobody speaks for a state."""
    return frozenset(read_yaml("offices")["public_bodies"])


def office_kind(title: str, body_kind: str | None, *, state: bool = False) -> str:
    """The kind of office that a title of a lexicon means with the body it goes with.

    Args:
        title: an office kind, or a generic title ("president") whose kind depends on the body.
        body_kind: kind of the organization, if one goes with the title.
        state: whether a state goes with it.
    """
    choices = _generic_offices().get(title)
    if choices is None:
        return title
    if body_kind is not None and body_kind in choices:
        return choices[body_kind]
    if body_kind is None and state and "country" in choices:
        return choices["country"]
    if body_kind is not None and "organization" in choices:
        return choices["organization"]
    return choices["default"]


@cache
def _inheriting() -> frozenset[str]:
    return frozenset(read_yaml("offices")["inheriting"])


def inherits(title: str) -> bool:
    """Whether a generic title without a body is of the body told with that title elsewhere in the document."""
    return title in _inheriting()


@cache
def _vague() -> frozenset[str]:
    return frozenset(read_yaml("offices")["vague"])


def is_vague(title: str) -> bool:
    """Whether a generic title takes up whoever holds any of its offices ('the Ethiopian leader')."""
    return title in _vague()


def bodies_of(title: str) -> frozenset[str]:
    """Kinds of bodies that a generic title can be of."""
    return frozenset(_generic_offices().get(title, ())) - {"default", "country"}


def kinds_of_generic(title: str) -> frozenset[str]:
    """Kinds of office that a generic title can mean."""
    return frozenset(_generic_offices().get(title, {}).values())


def is_local(title: str) -> bool:
    """Whether a place can stand beside a title as what it is of ('mayor of X')."""
    kind = office_kind(title, None)
    return kind not in office_kinds() or office_kinds()[kind].local


def is_generic(title: str) -> bool:
    """Whether the kind of a title depends on the body it goes with."""
    return title in _generic_offices()
