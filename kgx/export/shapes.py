"""``schemas/shapes.ttl``: what a graph must hold to be sound, as SHACL shapes made from ``kgx/ontology``.

The shapes hold for every base: closed lists are compared by skos:notation, not by IRI.
"""

from __future__ import annotations

from collections.abc import Iterable

from kgx.export.ontology import add_list
from kgx.export.rdf import BNode, Graph, Literal, Node, URIRef, all_prefixes, named, new_graph, text, typed
from kgx.ontology.terms import LIMITS, Use, class_iri, property_iri, schemes, vocabulary

__all__ = ["shapes"]

SH = "http://www.w3.org/ns/shacl#"
SHAPES = "https://w3id.org/kgx/shapes#"
_DATES = ("xsd:date", "xsd:gYearMonth", "xsd:gYear", "xsd:gMonthDay")
_TIMES = {1: "once", 2: "twice"}


def shapes() -> Graph:
    """The shapes of all classes and of evidence."""
    builder = _Shapes(new_graph({**all_prefixes(), "sh": SH, "shape": SHAPES}))
    for name, term in vocabulary().classes.items():
        shape = builder.node_shape(name, URIRef(class_iri(name)))
        for prop, use in term.properties.items():
            builder.use(shape, name, prop, use)
    builder.labels()
    builder.evidence()
    builder.special()
    return builder.rdf


def _sh(name: str) -> URIRef:
    return URIRef(SH + name)


class _Shapes:
    def __init__(self, rdf: Graph) -> None:
        self.rdf = rdf

    def add(self, subject: Node, name: str, value: Node) -> None:
        self.rdf.add((subject, _sh(name), value))

    def node_shape(self, name: str, target: URIRef) -> URIRef:
        shape = URIRef(f"{SHAPES}{name}")
        self.rdf.add((shape, named("rdf:type"), _sh("NodeShape")))
        self.add(shape, "targetClass", target)
        return shape

    def constraint(self, shape: URIRef, key: str, path: Node, message: str, **parts: Node | int) -> BNode:
        """A property shape with the limits and conditions given, and a message for people."""
        node = BNode(f"{shape.rpartition('#')[2]}-{key}")
        self.add(shape, "property", node)
        self.add(node, "path", path)
        self.add(node, "message", text(message, "en"))
        for name, value in parts.items():
            self.add(node, name, typed(str(value), "xsd:integer") if isinstance(value, int) else value)
        return node

    def any_of(self, node: BNode, condition: str, values: Iterable[Node]) -> None:
        """sh:or over one condition with several values."""
        choices: list[Node] = []
        for i, value in enumerate(values):
            choice = BNode(f"{node}-or-{i}")
            self.add(choice, condition, value)
            choices.append(choice)
        self.add(node, "or", add_list(self.rdf, f"{node}-or-list", choices))

    def use(self, shape: URIRef, cls: str, prop: str, use: Use) -> None:
        term, path = vocabulary().properties[prop], URIRef(property_iri(prop))
        what = f"{vocabulary().classes[cls].label}: {term.label} ({term.iri or 'kgx:' + prop})"
        low, high = LIMITS[use.count]
        if low is not None and low == high:
            message = f"{what} must stand exactly {_TIMES[low]}"
            self.constraint(shape, f"{prop}-n", path, message, minCount=low, maxCount=low)
        elif low is not None:
            self.constraint(shape, f"{prop}-n", path, f"{what} is missing", minCount=low)
        elif high is not None:
            self.constraint(shape, f"{prop}-n", path, f"{what} must not stand more than {_TIMES[high]}", maxCount=high)
        if term.scheme:
            values = use.values or tuple(schemes()[term.scheme].concepts)
            self._closed(shape, prop, path, what, values)
        elif term.range:
            label = " or ".join(f"kgx:{c}" for c in term.range)
            node = self.constraint(shape, prop, path, f"{what} must be a {label}")
            self.any_of(node, "class", [URIRef(class_iri(c)) for c in term.range])
        elif term.datatype in ("when", "date"):
            node = self.constraint(shape, prop, path, f"{what} must be a date typed by its precision")
            kinds = (*_DATES, "kgx:interval") if term.datatype == "when" else _DATES
            self.any_of(node, "datatype", [named(kind) for kind in kinds])
        elif term.datatype == "text":
            self.constraint(
                shape, prop, path, f"{what} must be a string with its language", datatype=named("rdf:langString")
            )
        elif term.datatype == "iri":
            if prop != "url":  # an address that is no IRI is kept as the string it is
                self.constraint(shape, prop, path, f"{what} must be an IRI", nodeKind=_sh("IRI"))
        elif term.datatype:
            self.constraint(shape, prop, path, f"{what} must be of type {term.datatype}", datatype=named(term.datatype))

    def _closed(self, shape: URIRef, prop: str, path: URIRef, what: str, values: tuple[str, ...]) -> None:
        concept, key = named("skos:Concept"), f"{shape.rpartition('#')[2]}-{prop}"
        self.constraint(shape, prop, path, f"{what} must be a skos:Concept of its list", **{"class": concept})
        notation = add_list(self.rdf, f"{key}-path", [path, named("skos:notation")])
        allowed = add_list(self.rdf, f"{key}-in", [Literal(value) for value in values])
        self.constraint(shape, f"{prop}-in", notation, f"{what} must be one of: {', '.join(values)}", **{"in": allowed})

    def labels(self) -> None:
        """Everything has one label; every thing and fact is told somewhere, but for what needs no evidence."""
        for name, term in vocabulary().classes.items():
            if any(":" not in parent for parent in term.parents):
                continue  # its superclass says so already
            shape = URIRef(f"{SHAPES}{name}")
            self.constraint(
                shape, "label", named("rdfs:label"), f"{term.label}: a label (rdfs:label) must stand exactly once",
                minCount=1, maxCount=1,
            )  # fmt: skip
            if term.evidence:
                self._told(name, shape)

    def _told(self, name: str, shape: URIRef) -> None:
        label = vocabulary().classes[name].label
        derived, source = URIRef(property_iri("wasDerivedFrom")), named("oa:SpecificResource")
        self.constraint(
            shape, "proof", derived, f"{label}: its evidence must be an oa:SpecificResource", **{"class": source}
        )
        confidence = URIRef(property_iri("confidence"))
        self._confidence(shape, confidence, label)
        without = [c for c, term in vocabulary().classes.items() if not term.evidence and name in term.parents]
        told = BNode(f"{name}-told")
        self.add(told, "path", derived)
        self.add(told, "minCount", typed("1", "xsd:integer"))
        choices: list[Node] = []
        has = BNode(f"{name}-has-evidence")
        self.add(has, "property", told)
        choices.append(has)
        for cls in without:
            exempt = BNode(f"{name}-{cls}-exempt")
            self.add(exempt, "class", URIRef(class_iri(cls)))
            choices.append(exempt)
        rule = URIRef(f"{SHAPES}{name}-evidence")
        self.rdf.add((rule, named("rdf:type"), _sh("NodeShape")))
        self.add(rule, "targetClass", URIRef(class_iri(name)))
        self.add(rule, "message", text(f"{label}: no evidence says where it is told (prov:wasDerivedFrom)", "en"))
        self.add(rule, "or", add_list(self.rdf, f"{name}-evidence-or", choices))

    def _confidence(self, shape: URIRef, path: URIRef, label: str, *, needed: bool = False) -> None:
        node = self.constraint(
            shape, "confidence", path, f"{label}: confidence must be one xsd:decimal from 0 to 1",
            maxCount=1, datatype=named("xsd:decimal"), minInclusive=0, maxInclusive=1,
        )  # fmt: skip
        if needed:
            self.add(node, "minCount", typed("1", "xsd:integer"))

    def evidence(self) -> None:
        """Evidence lies in one document and has both selectors, the start before the end."""
        shape = self.node_shape("Evidence", named("oa:SpecificResource"))
        self.constraint(
            shape, "source", named("oa:hasSource"), "evidence: must lie in exactly one document (oa:hasSource)",
            minCount=1, maxCount=1, **{"class": URIRef(class_iri("Document"))},
        )  # fmt: skip
        for kind, said in (("TextPositionSelector", "from where to where"), ("TextQuoteSelector", "in which words")):
            selector = BNode(f"Evidence-is-{kind}")
            self.add(selector, "class", named(f"oa:{kind}"))
            self.constraint(
                shape, kind, named("oa:hasSelector"), f"evidence: exactly one oa:{kind} must say {said}",
                qualifiedValueShape=selector, qualifiedMinCount=1, qualifiedMaxCount=1,
            )  # fmt: skip
        self.constraint(
            shape, "rule", URIRef(property_iri("rule")), "evidence: exactly one kgx:rule must say what read it",
            minCount=1, maxCount=1, datatype=named("xsd:string"),
        )  # fmt: skip
        self.constraint(
            shape, "slot", URIRef(property_iri("slot")), "evidence: a kgx:slot is a role and where its words stand",
            datatype=named("xsd:string"),
        )  # fmt: skip
        self._confidence(shape, URIRef(property_iri("confidence")), "evidence", needed=True)
        position = self.node_shape("Position", named("oa:TextPositionSelector"))
        self.constraint(
            position, "start", named("oa:start"), "position: oa:start must be one whole number, less than oa:end",
            minCount=1, maxCount=1, datatype=named("xsd:integer"), minInclusive=0, lessThan=named("oa:end"),
        )  # fmt: skip
        self.constraint(
            position, "end", named("oa:end"), "position: oa:end must be one whole number",
            minCount=1, maxCount=1, datatype=named("xsd:integer"),
        )  # fmt: skip
        quotation = self.node_shape("Quote", named("oa:TextQuoteSelector"))
        self.constraint(
            quotation, "exact", named("oa:exact"), "quote: oa:exact must be one string with its language, not empty",
            minCount=1, maxCount=1, datatype=named("rdf:langString"), minLength=1,
        )  # fmt: skip

    def special(self) -> None:
        """What no table of properties can say."""
        figure = URIRef(f"{SHAPES}TradeFigure-tells")
        self.rdf.add((figure, named("rdf:type"), _sh("NodeShape")))
        self.add(figure, "targetClass", URIRef(class_iri("TradeFigure")))
        self.add(figure, "message", text("trade figure: a value with its currency or a growth is needed", "en"))
        choices: list[Node] = []
        for i, needed in enumerate((("value", "currency"), ("growthPercent",))):
            choice = BNode(f"TradeFigure-choice-{i}")
            for prop in needed:
                part = BNode(f"TradeFigure-choice-{i}-{prop}")
                self.add(part, "path", URIRef(property_iri(prop)))
                self.add(part, "minCount", typed("1", "xsd:integer"))
                self.add(choice, "property", part)
            choices.append(choice)
        self.add(figure, "or", add_list(self.rdf, "TradeFigure-choices", choices))
