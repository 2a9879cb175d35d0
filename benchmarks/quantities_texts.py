"""News to measure speed on, each article once, and the measuring."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path

__all__ = ["articles", "megabytes"]

CORPUS = Path(__file__).parent.parent / "tests" / "corpus"
_FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
_ROUNDS = 3
_TURN = count(1)


def articles(*folders: Path) -> dict[str, str]:
    """Language -> the articles of the test corpus and of the folders, one after the other, each once."""
    texts: dict[str, list[str]] = {}
    for folder in (CORPUS, *folders):
        for record in sorted(folder.rglob("*.json")):
            path = record.with_suffix(".txt")
            lang = json.loads(record.read_text(encoding="utf-8")).get("lang") if path.is_file() else None
            if isinstance(lang, str):
                texts.setdefault(lang, []).append(_FRONT_MATTER.sub("", path.read_text(encoding="utf-8")))
    return {lang: "\n\n".join(each) for lang, each in sorted(texts.items())}


def megabytes(read: Callable[[str], Sequence[object]], text: str) -> float:
    """Million characters a second of processor time, the best of some rounds; rules are compiled before."""
    read(text)
    best = float("inf")
    for _ in range(_ROUNDS):
        shifted = "\n" * next(_TURN) + text  # a text never read before, so that nothing kept of another helps
        start = time.process_time()
        read(shifted)
        best = min(best, time.process_time() - start)
    return len(text) / best / 1e6
