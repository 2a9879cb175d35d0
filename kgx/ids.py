"""Ids and keys made of names."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import lru_cache

from anyascii import anyascii

from kgx.gazetteer.fold import loose
from kgx.models import Evidence

# Arabic writes few vowels: what can be read as one is, so that 'كانات' is Kanat, not Knt. Scheme: rough BGN, no marks.
_ARABIC = {
    **dict(zip("ابتثجحخدذرزسشصضطظعغفقكلمنه", (
        "a", "b", "t", "th", "j", "h", "kh", "d", "dh", "r", "z", "s", "sh", "s", "d", "t", "z", "a", "gh", "f", "q",
        "k", "l", "m", "n", "h"), strict=True)),
    "أ": "a", "إ": "i", "آ": "a", "ى": "a", "ة": "a", "ء": "", "ؤ": "u", "ئ": "i", "پ": "p",
    "چ": "ch", "ڤ": "v", "گ": "g",    "ژ": "zh", "ک": "k", "ی": "i",
}  # fmt: skip
_SLUG = re.compile(r"[^a-z0-9]+")
_PART = re.compile(r"[\s\-·.]+")


def slug(text: str) -> str:
    """A short ASCII form of a name in any script, for ids: lower case, hyphens, at most 60 characters."""
    return _SLUG.sub("-", anyascii(text).lower()).strip("-")[:60].rstrip("-") or "x"


@lru_cache(maxsize=65536)
def romanize(name: str) -> str:
    """A rough spelling of a name in plain Latin letters, each part with a capital."""
    parts = [anyascii(_vocalised(part)) for part in unicodedata.normalize("NFC", name).split()]
    return " ".join(part[:1].upper() + part[1:].lower() if part.isupper() or not part.isascii() else _capital(part)
                    for part in parts if part)  # fmt: skip


def _capital(part: str) -> str:
    lower = part if sum(c.isupper() for c in part) <= 1 or "-" in part else part.lower()
    return lower[:1].upper() + lower[1:]


def _vocalised(part: str) -> str:
    out = ""
    letters = [c for c in part if not "\u064b" <= c <= "\u0652"]
    for i, letter in enumerate(letters):
        after = letters[i + 1] if i + 1 < len(letters) else ""
        if letter in "وي":
            consonant, vowel = ("w", "u") if letter == "و" else ("y", "i")
            out += consonant if i == 0 or after == "ا" or (out[-1:] == "a" and after in "وي" and after) else vowel
        else:
            out += _ARABIC.get(letter, letter)
    return out


@lru_cache(maxsize=65536)
def name_parts(name: str) -> tuple[str, ...]:
    """The parts of a name, folded (case, diacritics, Arabic letter variants); hyphenated parts count as two."""
    return tuple(part for part in (loose(p) for p in _PART.split(name)) if part)


def evidence_digest(piece: Evidence) -> str:
    """What a piece of evidence is called: the same words, read by the same rule to the same roles, are one.

    Of 'the mayors of both, A and B', one rule reads two offices at one place: their holders tell them apart.
    """
    roles = (f"{slot.role} {slot.start}-{slot.end}" for slot in piece.slots)
    key = "\x1f".join((piece.document, str(piece.start), str(piece.end), piece.rule, *roles))
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()[:16]
