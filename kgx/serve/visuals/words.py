"""Messages of the views in the language of the interface."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from kgx.serve.language import LANGUAGES, language_of

__all__ = ["LANGUAGES", "language_of", "messages"]

FOLDER = Path(__file__).parent.parent / "messages"


@cache
def messages(language: str) -> Mapping[str, str]:
    """All messages of a language, nested keys joined by dots."""
    text = (FOLDER / f"visuals.{language}.yaml").read_text(encoding="utf8")
    return dict(_flat("", yaml.safe_load(text)))


def _flat(prefix: str, value: Any) -> list[tuple[str, str]]:
    if isinstance(value, Mapping):
        return [
            pair for key, inner in value.items() for pair in _flat(f"{prefix}.{key}" if prefix else str(key), inner)
        ]
    return [(prefix, str(value))]
