"""Ids and keys made of names."""

from __future__ import annotations

import re
from functools import lru_cache

from anyascii import anyascii

from kgx.gazetteer.fold import loose

_SLUG = re.compile(r"[^a-z0-9]+")
_PART = re.compile(r"[\s\-·.]+")


def slug(text: str) -> str:
    """A short ASCII form of a name in any script, for ids: lower case, hyphens, at most 60 characters."""
    return _SLUG.sub("-", anyascii(text).lower()).strip("-")[:60].rstrip("-") or "x"


@lru_cache(maxsize=65536)
def name_parts(name: str) -> tuple[str, ...]:
    """The parts of a name, folded (case, diacritics, Arabic letter variants); hyphenated parts count as two."""
    return tuple(part for part in (loose(p) for p in _PART.split(name)) if part)
