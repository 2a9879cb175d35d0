"""Codes of three letters, as CLDR has them: ISO 3166-1 alpha-3 of countries, ISO 639-3 of languages."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Literal

from babel.core import get_global

__all__ = ["alpha3", "language3"]


@cache
def _codes(kind: Literal["territory_aliases", "language_aliases"]) -> Mapping[str, str]:
    # CLDR knows the long codes as other names of the short ones, and those of former states and of books as such, too:
    # the code in use has the letters of the short one in order (DEU for DE), the others mostly not (DDR, ger).
    found: dict[str, list[str]] = {}
    for name, known in get_global(kind).items():
        codes = [known] if isinstance(known, str) else known
        if len(name) == 3 and name.isalpha() and len(codes) == 1:
            found.setdefault(codes[0], []).append(name)
    return {code: min(names, key=lambda name: (not _in_order(code, name), name)) for code, names in found.items()}


def _in_order(code: str, name: str) -> bool:
    letters = iter(name)
    return all(letter in letters for letter in code)


def alpha3(code: str | None) -> str | None:
    """The alpha-3 code of an alpha-2 code; None where there is none."""
    return _codes("territory_aliases").get(code or "")


def language3(code: str | None) -> str | None:
    """The ISO 639-3 code of an ISO 639-1 code; None where there is none."""
    return _codes("language_aliases").get(code or "")
