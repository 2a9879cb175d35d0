"""What a query may not do, and what is said of a faulty one."""

from __future__ import annotations

import re

from kgx.errors import UsageError

__all__ = ["is_update", "located", "refuse_service"]

_AT = re.compile(r"(?:error )?at (\d+):(\d+): *")
# What hides words of a query that are none: strings, IRIs, comments.
_OPAQUE = re.compile(r'"""(?:[^\\]|\\.)*?"""|\'\'\'(?:[^\\]|\\.)*?\'\'\'|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\''
                     r"|<[^<>\"{}|^`\\\s]*>|#[^\n]*", re.DOTALL)  # fmt: skip
_SERVICE = re.compile(r"(?<![\w:?$@.-])SERVICE(?![\w:-])", re.IGNORECASE)
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_EXPECTED = "expected one of "
_LONG = 120  # characters of a list that nobody reads
_PROLOGUE = re.compile(r"(?:\s|BASE\b|PREFIX\s+[\w.-]*:)*", re.IGNORECASE)
_UPDATE = re.compile(r"(?:INSERT|DELETE|LOAD|CLEAR|DROP|CREATE|ADD|MOVE|COPY|WITH)\b", re.IGNORECASE)


# The parser calls itself for each of these, and deep calls end the process: no query of a person comes near.
_DEPTH, _SIGNS, _PATTERNS = 200, 200, 5_000
_RUN = re.compile(rf"(?:[!+-]\s*){{{_SIGNS},}}")


def refuse_service(sparql: str) -> None:
    """Refuse a query that would ask another server, or that is nested so deeply that it would end the process.

    Raises:
        UsageError: if it says SERVICE, or is nested too deeply or too long.
    """
    _refuse_depth(_OPAQUE.sub(" ", sparql))
    # Escapes may count everywhere or in strings alone; what one reading hides the other shows.
    unescaped = _ESCAPE.sub(lambda m: _character(int(m[1] or m[2], 16)), sparql)
    if any(_SERVICE.search(_OPAQUE.sub(" ", text)) for text in (sparql, unescaped)):
        raise UsageError("SPARQL: SERVICE is not allowed: a query reads nothing but the graph")


def _refuse_depth(plain: str) -> None:
    depth = deepest = 0
    for char in plain:
        if char in "{([":
            depth += 1
            deepest = max(deepest, depth)
        elif char in "})]":
            depth -= 1
    if deepest > _DEPTH or _RUN.search(plain):
        raise UsageError(f"SPARQL: nested too deeply: more than {_DEPTH} levels")
    if plain.count(".") + plain.count(";") > _PATTERNS:
        raise UsageError(f"SPARQL: too long: more than {_PATTERNS:,} patterns")


def _character(code: int) -> str:
    return chr(code) if code < 0x110000 else " "


def is_update(sparql: str) -> bool:
    """Whether what is no query would be an update."""
    plain = _OPAQUE.sub(" ", sparql)
    start = _PROLOGUE.match(plain)
    return bool(_UPDATE.match(plain, start.end() if start else 0))


def located(message: str) -> str:
    """What the parser says, with line and column in front, and without the long list of what could follow."""
    found = _AT.match(message)
    reason = message[found.end() :] if found else message
    if "Prefix not found" in reason:
        reason = "unknown prefix: declare it with PREFIX, or use one of the vocabulary"
    elif len(reason) > _LONG and reason.startswith(_EXPECTED):
        words = [word for word in reason.removeprefix(_EXPECTED).split(", ") if re.fullmatch(r"[A-Z]{2,}", word)]
        reason = "not expected here" + (f"; expected: {', '.join(words)}, or the like" if words else "")
    return f"line {found[1]}, column {found[2]}: {reason}" if found else reason
