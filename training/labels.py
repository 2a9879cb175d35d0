"""The labels of word pieces: BIOES over the types of entities."""

from __future__ import annotations

TYPES = ("PER", "ORG", "LOC", "OFFICE")
LABELS = ("O", *(f"{edge}-{kind}" for kind in TYPES for edge in "BIES"))


def may_follow(first: str, second: str) -> bool:
    """Tell whether label ``second`` may stand right after ``first``."""
    inside = first[0] in "BI"
    if inside:
        return second[0] in "IE" and second[2:] == first[2:]
    return second[0] in "OBS"
