"""Cut the tokenizer down to the scripts of our languages."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

SCRIPTS = frozenset({"LATIN", "CYRILLIC", "ARABIC", "HANGUL"})


def is_kept(piece: str) -> bool:
    """Tell whether every letter of a piece is of our scripts; digits, marks and signs are kept."""
    return all(unicodedata.name(char, "?").split()[0] in SCRIPTS for char in piece if char.isalpha())


def prune(tokenizer: dict[str, Any]) -> tuple[dict[str, Any], list[int]]:
    """Drop the pieces of other scripts.

    Every piece of a script is either kept with all others or dropped with them, so a text in the kept scripts is cut
    exactly as before; other scripts become the unknown piece.

    Args:
        tokenizer: the content of a tokenizer.json with a Unigram model.

    Returns:
        The smaller tokenizer and the old number of each of its pieces, in the new order.
    """
    vocabulary = tokenizer["model"]["vocab"]
    added = {item["content"] for item in tokenizer["added_tokens"]}
    kept = [at for at, (piece, _) in enumerate(vocabulary) if at < 4 or (piece not in added and is_kept(piece))]
    smaller = dict(tokenizer)
    smaller["added_tokens"] = [item for item in tokenizer["added_tokens"] if item["id"] < 4]
    smaller["model"] = {**tokenizer["model"], "vocab": [vocabulary[at] for at in kept]}
    return smaller, kept


def dumps(tokenizer: dict[str, Any]) -> str:
    """Write a tokenizer.json, one piece a line, so that versions can be compared."""
    vocabulary = tokenizer["model"]["vocab"]
    model = {**tokenizer["model"], "vocab": "@pieces@"}
    text = json.dumps({**tokenizer, "model": model}, ensure_ascii=False)
    lines = ",\n".join(json.dumps(piece, ensure_ascii=False) for piece in vocabulary)
    return text.replace('"@pieces@"', "[\n" + lines + "\n]") + "\n"
