"""The schemas of the project, all generated: ``python -m kgx.export.schemas schemas/`` writes them anew."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from kgx import models
from kgx.export.context import context
from kgx.export.files import atomic_write
from kgx.export.ontology import ontology
from kgx.export.rdf import turtle
from kgx.export.shapes import shapes

__all__ = ["context", "main", "write_schemas"]

_MODELS: tuple[type[BaseModel], ...] = (
    models.Document,
    models.Mention,
    models.Evidence,
    models.Thing,
    models.Tenure,
    models.Event,
    models.Agreement,
    models.TradeFigure,
    models.Twinning,
    models.DiplomaticRelation,
    models.TradePartnerRank,
    models.Claims,
)
_PREDICATES = ("rdf:type", "rdfs:label", "skos:prefLabel", "rdfs:comment", "rdfs:subClassOf", "rdfs:subPropertyOf")
_CLASSES = ("owl:Ontology", "owl:Class", "owl:ObjectProperty", "owl:DatatypeProperty", "rdfs:Datatype")


def _json(content: Any) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def _schemas() -> Iterator[tuple[str, bytes]]:
    yield "ontology.ttl", turtle(ontology(), classes=_CLASSES, predicates=_PREDICATES)
    yield "shapes.ttl", turtle(shapes(), predicates=_PREDICATES)
    yield "context.jsonld", _json(context())
    for model in _MODELS:
        name = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", model.__name__).lower() + ".schema.json"
        head = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": f"https://w3id.org/kgx/schemas/{name}",
        }
        yield name, _json({**head, **model.model_json_schema()})


def write_schemas(folder: str | Path) -> tuple[Path, ...]:
    """Write all schemas to a folder, which is made if needed.

    Returns:
        The files written, in order of name.

    Raises:
        UsageError: if one can't be written.
    """
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    written = []
    for name, content in _schemas():
        atomic_write(target / name, content)
        written.append(target / name)
    return tuple(sorted(written))


def main(arguments: Sequence[str]) -> int:
    """``python -m kgx.export.schemas FOLDER``."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m kgx.export.schemas FOLDER\n")
        return 2
    write_schemas(arguments[0])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
