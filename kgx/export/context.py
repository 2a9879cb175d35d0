"""The JSON-LD context: every class and property of the graph by its name, with the type of its values."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from kgx.ontology.terms import class_iri, property_iri, vocabulary

__all__ = ["context"]


@cache
def context() -> Mapping[str, Any]:
    """The JSON-LD context: every class and property by its name, with the type of its values."""
    terms = vocabulary()
    entries: dict[str, Any] = {**terms.prefixes, "id": "@id", "type": "@type"}
    entries |= {name: class_iri(name) for name in terms.classes}
    for name, term in terms.properties.items():
        entry: dict[str, str] = {"@id": property_iri(name)}
        if term.range or term.scheme or term.datatype == "iri":
            entry["@type"] = "@id"
        elif term.datatype in ("xsd:decimal", "xsd:integer"):
            # JSON numbers lose digits; a string of this type does not.
            entry["@type"] = term.datatype
        elif term.datatype == "text":
            entry["@container"] = "@language"
        entries[name] = entry
    entries["label"] = {"@id": "rdfs:label", "@container": "@language"}
    entries["altLabel"] = {"@id": "skos:altLabel", "@container": ["@language", "@set"]}
    return {"@context": entries}
