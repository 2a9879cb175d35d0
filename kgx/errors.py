"""Errors (our own data is wrong) and issues (the input is wrong or unclear)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

# What would break a line, move the cursor of a terminal, or is no character: control characters, the separators of
# lines and paragraphs, and the halves of surrogate pairs that stand for bytes of a name that is not UTF-8.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def printable(text: str) -> str:
    """The text on one line, whatever a file is called: what can't be printed is escaped, the rest stays.

    >>> printable("a\\nb\\udcff.txt")
    'a\\\\x0ab\\\\xff.txt'
    """
    return _UNPRINTABLE.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    code = ord(match[0])
    if 0xDC80 <= code <= 0xDCFF:  # a byte, as Python keeps it in a name
        code -= 0xDC00
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def to_install(extra: str) -> str:
    """What to type for what an extra brings: in a checkout pip takes the project from there."""
    checkout = (Path(__file__).parents[1] / "pyproject.toml").is_file()
    return f"pip install -e '.[{extra}]'" if checkout else f"pip install 'kgx-diplomacy[{extra}]'"


class KgxError(Exception):
    """Base of all errors that kgx raises on purpose."""


class DataError(KgxError):
    """The project's own data (ontology, language packs) is faulty; the message lists all faults, with file and key."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class UsageError(KgxError):
    """What the caller asked for can't be done: a wrong option, nothing to read, an output that can't be written."""


@dataclass(frozen=True)
class Aside:
    """Something found beside the documents that is not read, which is no fault; all on one line.

    Attributes:
        where: a file, a member of an archive, an attachment of a mail; or a crawl, of several of its records.
        kind: what it is: an ending (``.png``), a media type, a status.
        reason: why it is not read.
        number: how many there are of it.
    """

    where: str
    kind: str
    reason: str
    number: int = 1

    def __post_init__(self) -> None:
        for name in ("where", "kind", "reason"):
            object.__setattr__(self, name, printable(getattr(self, name)))


@dataclass(frozen=True)
class Issue:
    """An input that could not be read, with the reason, each on one line; the run goes on with the rest."""

    where: str
    reason: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "where", printable(self.where))
        object.__setattr__(self, "reason", printable(self.reason))

    def __str__(self) -> str:
        return f"{self.where}: {self.reason}"
