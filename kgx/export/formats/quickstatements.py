"""QuickStatements for Wikidata: twinned places and offices held, with references, **for a person to check first**.

Only what has items on both sides is written: places, persons and states that the graph knows in Wikidata, and offices
by their kind. The reference is the address of a document, its date and the words that say it. What lacks an item stands
in a comment, with what is known of it elsewhere, so that a person can find the item and take the comment away.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kgx.export.formats import Format
from kgx.export.triples import Triples
from kgx.export.view import Proof, View
from kgx.ontology.terms import office_item

TWINNED, HOLDS, JURISDICTION, SINCE, AT = "P190", "P39", "P1001", "P580", "P585"
ADDRESS, PUBLISHED, QUOTATION = "S854", "S577", "S1683"
_DATE = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?")
# Marks of direction go, too: they could show the person who checks it something else than what is sent.
_BLANKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]+")
_QUOTE_LENGTH = 250
_UNKNOWN = "?"
_PRECISION = {1: 9, 2: 10, 3: 11}  # year, month, day


def to_quickstatements(known: Triples) -> bytes:
    """Triples as commands of version 1, columns by tabs, one a line, each with a reference."""
    view = View(known)
    lines = sorted({*_twinned(view), *_held(view)})
    return "".join(f"{line}\n" for line in lines).encode()


def _twinned(view: View) -> Iterator[str]:
    for fact in view.of("Twinning"):
        twins = view.all(fact, "twin")
        if view.concept(fact, "status") != "planned" and len(twins) == 2:
            one, other = (_item(view, twin) for twin in twins)
            for pair in ((one, other), (other, one)):
                yield from _statements(view, fact, [pair[0], TWINNED, pair[1], *_when(SINCE, view.text(fact, "since"))])


def _held(view: View) -> Iterator[str]:
    for fact in view.of("Tenure"):
        for holder in view.all(fact, "holder"):
            for office in view.all(fact, "office"):
                item = office_item(view.concept(office, "officeKind") or "") or _unknown(view, office)
                states = [_item(view, o) for o in view.all(office, "ofCountry")]
                of_state = [JURISDICTION, states[0]] if states else []
                at = _when(AT, view.text(fact, "attestedOn"))
                yield from _statements(view, fact, [_item(view, holder), HOLDS, item, *of_state, *at])


def _item(view: View, node: str) -> str:
    return view.wikidata(node) or _unknown(view, node)


def _unknown(view: View, node: str) -> str:
    """What is known of a thing without an item, as a part of a comment."""
    known = " ".join([view.label(node), *view.texts(node, "sameAs")])
    return f"{_UNKNOWN} {_string(known)}"


def _statements(view: View, fact: str, command: list[str]) -> Iterator[str]:
    """The command once for each document, with the first words of it that say so."""
    first: dict[str, Proof] = {}
    for proof in view.proofs(fact):
        first.setdefault(proof.document, proof)
    for document, proof in first.items():
        address = view.text(document, "url")
        sources = [ADDRESS, _string(address)] if address else []
        sources += [part.replace(AT, PUBLISHED) for part in _when(AT, view.text(document, "datePublished"))]
        sources += [QUOTATION, f"{proof.lang}:{_string(proof.quote)}"]
        line = "\t".join([*command, *sources])
        yield f"/* {line} */" if any(part.startswith(_UNKNOWN) for part in command) else line


def _when(name: str, iso: str | None) -> list[str]:
    found = _DATE.fullmatch(iso or "")
    if found is None:
        return []
    known = [part for part in found.groups() if part]
    year, month, day = [*known, "00", "00"][:3]
    return [name, f"+{year}-{month}-{day}T00:00:00Z/{_PRECISION[len(known)]}"]


def _string(words: str) -> str:
    """A string: a tab or a comment would end it, and quotation marks are not escaped there."""
    clean = _BLANKS.sub(" ", words).strip()[:_QUOTE_LENGTH]
    for sign, instead in (('"', "\u201d"), ("/*", "/ *"), ("*/", "* /")):
        clean = clean.replace(sign, instead)
    return f'"{clean}"'


FORMAT = Format("quickstatements", "QuickStatements for Wikidata", (".qs", ".quickstatements"),
                encode=to_quickstatements)  # fmt: skip
