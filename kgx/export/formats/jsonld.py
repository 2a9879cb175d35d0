"""JSON-LD with the context of ``schemas/``: the whole context stands in the file, so that it is read offline."""

from __future__ import annotations

from functools import cache
from typing import Any

from kgx.export.context import context
from kgx.export.formats import Format
from kgx.export.json import dump
from kgx.export.nodes import datatype_of, is_literal, lang_of, value_of
from kgx.export.triples import Triples
from kgx.export.view import View, short
from kgx.ontology.terms import vocabulary

_TRUTH = {"true": True, "false": False}


def to_jsonld(known: Triples) -> bytes:
    """Triples as JSON-LD: one node a line, blank nodes within what refers to them."""
    view = View(known)
    inner = {o for _, _, o in known.triples if o.startswith("_:")}
    nodes = [dump(_node(view, node)) for node in view.said if node not in inner]
    head = dump(context()["@context"])
    body = ",\n".join(nodes)
    return f'{{"@context": {head},\n"@graph": [\n{body}\n]}}\n'.encode()


def _node(view: View, node: str) -> dict[str, Any]:
    found: dict[str, Any] = {} if node.startswith("_:") else {"id": node[1:-1]}
    for name, objects in view.said[node].items():
        if name == "rdf:type":
            found["type"] = [_class(o) for o in objects]
            continue
        key = {"rdfs:label": "label", "skos:altLabel": "altLabel"}.get(name, name)
        entry = context()["@context"].get(key, {})
        if "@language" in entry.get("@container", ()):
            found[key] = _by_language(objects)
        else:
            values = [_value(view, o, entry.get("@type")) for o in objects]
            found[key] = values[0] if len(values) == 1 else values
    return found


@cache
def _class(node: str) -> str:
    name = short(node)
    own = name.removeprefix("kgx:")
    return own if own in vocabulary().classes else name


def _by_language(objects: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for o in objects:
        found.setdefault(lang_of(o) or "@none", []).append(value_of(o))
    return {lang: values[0] if len(values) == 1 else values for lang, values in found.items()}


def _value(view: View, node: str, coerced: str | None) -> Any:
    if node.startswith("_:"):
        return _node(view, node)
    if not is_literal(node):
        iri = node[1:-1]
        scheme = iri.partition(":")[0]
        if scheme in context()["@context"]:  # <owl:0> is an IRI of its own, not what the prefix makes of it
            return {"@context": {scheme: None}, "@id": iri}
        return iri if coerced == "@id" else {"id": iri}
    value, datatype, lang = value_of(node), datatype_of(node), lang_of(node)
    if lang is not None:
        return {"@value": value, "@language": lang}
    kind = short(f"<{datatype}>") if datatype else None
    if kind == "xsd:boolean" and value in _TRUTH and coerced is None:
        return _TRUTH[value]
    if kind == coerced:
        return value
    return {"@value": value} if kind is None else {"@value": value, "@type": kind}


FORMAT = Format("jsonld", "JSON-LD with the context of schemas/", (".jsonld",), encode=to_jsonld, graph=True)
