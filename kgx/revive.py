"""Claims from the JSON that they are kept as, without checking anew what was right when it was kept.

All claims of a run are in memory while they are resolved, so what is made here is small: which fields were set is told
once for all models of a kind, and what never changes and occurs often (a short string, a number, a date, a name, the
place of a word in a sentence) is there once, however many documents tell it.
"""

from __future__ import annotations

import types
from collections.abc import Callable
from decimal import Decimal
from functools import cache, lru_cache
from operator import itemgetter
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import from_json

from kgx.models import Claims, Name, PartialDate, Slot
from kgx.quantities.types import fields_of, made

__all__ = ["claims_of"]

Make = Callable[[Any], Any]
_set = object.__setattr__
# Models of a few plain values, which many documents have in common; and how many of each kind are kept to be shared.
_SHARED: tuple[type[BaseModel], ...] = (Name, PartialDate, Slot)
_MODELS, _VALUES = 2**14, 2**13


def claims_of(content: bytes) -> Claims:
    """The claims that were written as JSON by the same program: all fields are there, and their values are right."""
    claims: Claims = _maker(Claims)(from_json(content))
    return claims


@cache
def _maker(model: type[BaseModel]) -> Make:
    """What makes a model of the values of its fields."""
    if model in _SHARED:
        return _sharer(model)
    new = model.__new__
    fields = [(name, way) for name, field in model.model_fields.items() if (way := _converter(field.annotation))]
    told = fields_of(model)

    def make(values: dict[str, Any]) -> BaseModel:
        one = new(model)
        for name, convert in fields:
            if (value := values[name]) is not None:
                values[name] = convert(value)
        _set(one, "__dict__", values)
        _set(one, "__pydantic_fields_set__", told)
        _set(one, "__pydantic_extra__", None)
        _set(one, "__pydantic_private__", None)
        return one

    return make


def _sharer(model: type[BaseModel]) -> Make:
    """What gives the one model of these values."""
    names = tuple(model.model_fields)

    @lru_cache(maxsize=_MODELS)
    def one(*told: Any) -> BaseModel:
        return made(model, **dict(zip(names, told, strict=True)))

    values_of = itemgetter(*names)
    return lambda values: one(*values_of(values))


@lru_cache(maxsize=_VALUES, typed=True)
def _number(value: float) -> float:
    return value


@lru_cache(maxsize=_VALUES)
def _strings(*values: str) -> tuple[str, ...]:
    return values


def _converter(annotation: Any) -> Make | None:
    """What makes a value, not null, of a field of what JSON has for it; None where that is the value itself."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _converter(inner[0])
    if origin is tuple:
        convert = _converter(inner[0])
        if inner[0] is str:
            return lambda values: _strings(*values)
        return tuple if convert is None else lambda values: tuple([convert(value) for value in values])
    if origin in (Union, types.UnionType):
        return _one_of([kind for kind in inner if kind is not type(None)])
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _maker(annotation)
    if annotation in (int, float):
        return _number
    return Decimal if annotation is Decimal else None


def _one_of(kinds: list[Any]) -> Make | None:
    """Of several models the one that `type` names, or else the one with these fields."""
    if len(kinds) == 1:
        return _converter(kinds[0])
    if not all(isinstance(kind, type) and issubclass(kind, BaseModel) for kind in kinds):
        return None
    by_type = {field.default: _maker(kind) for kind in kinds if (field := kind.model_fields.get("type")) is not None}
    if by_type:
        return lambda values: by_type[values["type"]](values)
    by_fields = {frozenset(kind.model_fields): _maker(kind) for kind in kinds}
    return lambda values: by_fields[frozenset(values)](values)
