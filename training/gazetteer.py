"""Names of places from the table that kgx ships, to put in place of those in sentences."""

from __future__ import annotations

import json
import sqlite3
import tomllib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import kgx.gazetteer

_LARGE = 300_000


def read_places(path: Path | None = None) -> Mapping[str, Mapping[str, Sequence[str]]]:
    """Read the names of countries, regions and cities, by language and kind.

    Languages listed under ``scan`` in sources.toml give every form that is safe to find in a text (all cases), the
    others the one name by which a place is called; languages that write foreign names as English does also give the
    plain names of large cities.
    """
    settings = _settings()
    table = path or Path(kgx.gazetteer.__file__).with_name("places.sqlite")
    found: defaultdict[str, defaultdict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    with sqlite3.connect(f"file:{table}?mode=ro", uri=True) as connection:
        for kind, name, population, labels in connection.execute("SELECT kind, name, population, labels FROM place"):
            for language, label in json.loads(labels).items():
                found[language][kind].add(label)
            for language in settings["latin"]:
                if (kind != "city" and language == settings["plain"]) or (kind == "city" and population >= _LARGE):
                    found[language][kind].add(name)
        query = "SELECT s.lang, p.kind, s.form FROM scan s JOIN place p ON p.no = s.no"
        for language, kind, form in connection.execute(query):
            if language in settings["scan"]:
                found[language][kind].add(form)
    return {
        language: {kind: sorted(filter(_is_plain, names)) for kind, names in kinds.items()}
        for language, kinds in found.items()
    }


def articles() -> Mapping[str, str]:
    """Return the article that a language glues to names, by language."""
    found: Mapping[str, str] = _settings()["articles"]
    return found


def _settings() -> Mapping[str, Any]:
    table: Mapping[str, Any] = tomllib.loads(Path(__file__).with_name("sources.toml").read_text(encoding="utf8"))
    settings: Mapping[str, Any] = table["gazetteer"]
    return settings


def _is_plain(name: str) -> bool:
    """Tell whether a name is more than a letter and has no comma or bracket in it."""
    return len(name) > 1 and all(char.isalnum() or char.isspace() or char in "-'’.ʻ" for char in name)
