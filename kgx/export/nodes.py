"""Nodes of RDF as the strings that N-Triples writes: quick to make, to sort and to write, and the same in every format.

``<https://…>`` is an IRI, ``_:…`` a blank node, ``"…"@ko`` and ``"…"^^<…>`` are literals.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from urllib.parse import quote

from kgx.ontology.terms import expand
from kgx.query import is_iri

__all__ = [
    "datatype_of", "external", "iri", "is_literal", "lang_of", "literal", "named", "number", "plain", "readable",
    "text", "typed", "value_of",
]  # fmt: skip

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s]")
_LANG = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")
_SURROGATE = re.compile("[\ud800-\udfff]")
# Marks of direction are escaped too, so that a reader of the file sees them.
_ESCAPED = re.compile(r'["\\\x00-\x1f\x7f\u200e\u200f\u061c\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]')
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_UNESCAPES = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f", '"': '"', "\\": "\\", "'": "'"}
_WRITTEN = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")
_SAFE = "/-._~"
_DELIMITERS = ":?#[]@!$&'()*+,;=%"
_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")


@cache
def named(term: str) -> str:
    """The node of a term written with a prefix (``schema:Event``)."""
    return f"<{expand(term)}>"


def iri(base: str, node: str) -> str:
    """The IRI of a node of the graph: its id below `base`, percent-encoded."""
    return f"<{base}{quote(node, safe=_SAFE, errors='replace')}>"


def external(address: str) -> str:
    """An IRI from outside; what is none stays a string, for a relative IRI would come to mean something else."""
    clean = address.strip()
    if not _SCHEME.match(clean):
        return text(address)
    quoted = _PERCENT.sub("%25", quote(clean, safe=_SAFE + _DELIMITERS, errors="replace"))
    return f"<{quoted}>" if is_iri(quoted) else text(address)


def literal(content: str, suffix: str = "") -> str:
    """A literal of a string and what follows it: nothing, ``@lang`` or ``^^<datatype>``."""
    if _ESCAPED.search(content):
        content = _ESCAPED.sub(_escape, content)
    return f'"{content}"{suffix}'


def text(content: str, lang: str | None = None) -> str:
    """A string, with its language where that is known; lone surrogates, which UTF-8 can't hold, become U+FFFD."""
    # Tags are the same in any case, and one must be chosen.
    known = f"@{lang.lower()}" if lang and lang != "und" and _LANG.fullmatch(lang) else ""
    return literal(readable(content), known)


def readable(content: str) -> str:
    """A string without lone surrogates."""
    return content if content.isascii() else _SURROGATE.sub("\ufffd", content)


def typed(lexical: str, datatype: str) -> str:
    """A literal as written, of a datatype with prefix."""
    return literal(lexical, f"^^{named(datatype)}")


def number(value: Decimal | float | int) -> str:
    """A decimal number in full: never 8E+8, no zeros at the end."""
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    written = format(exact, "f")
    return typed(written.rstrip("0").rstrip(".") if "." in written else written, "xsd:decimal")


def _escape(found: re.Match[str]) -> str:
    char = found.group()
    return _ESCAPES.get(char) or f"\\u{ord(char):04X}"


def is_literal(node: str) -> bool:
    """Whether a node is a literal."""
    return node.startswith('"')


def plain(node: str) -> str:
    """What a node is in plain words: the IRI without its brackets, the string of a literal, ``_:…``."""
    return value_of(node) if node.startswith('"') else node[1:-1] if node.startswith("<") else node


def value_of(node: str) -> str:
    """The string of a literal."""
    body = node[1 : node.rindex('"')]
    return _WRITTEN.sub(_unescape, body) if "\\" in body else body


def _unescape(found: re.Match[str]) -> str:
    code = found[1] or found[2]
    return chr(int(code, 16)) if code else _UNESCAPES.get(found[3], found[3])


def lang_of(node: str) -> str | None:
    """The language of a literal."""
    _, _, tag = node.rpartition('"@')
    return tag if node.startswith('"') and tag and '"' not in tag and tag != node else None


def datatype_of(node: str) -> str | None:
    """The IRI of the datatype of a literal, None of a string."""
    return node[node.rindex('"^^<') + 4 : -1] if node.startswith('"') and node.endswith(">") else None
