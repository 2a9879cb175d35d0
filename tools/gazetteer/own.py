"""The project's own facts about places: `kgx/gazetteer/world.yaml` and `kgx/lang/<code>/places.yaml`."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tools.gazetteer.inflect import Facts, facts_of


@dataclass(frozen=True)
class LanguagePlaces:
    """What one language's places.yaml says; see the head of that file for the meaning of each key."""

    lang: str
    data: dict[str, Any]
    alphabet: re.Pattern[str]
    inflection: Facts | None = None

    def names(self, table: str, key: str) -> tuple[str, ...]:
        """Own names of an entry, the preferred one first; empty if the file has none."""
        return tuple(self.data.get(table, {}).get(key, ()))

    def speaks(self, form: str) -> bool:
        """Whether a form is written in the language's alphabet."""
        return self.alphabet.fullmatch(form) is not None


def _load(path: Path) -> dict[str, Any]:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(content, dict):
        raise ValueError(f"{path}: a mapping is expected")
    return content


def languages(package: Path) -> tuple[str, ...]:
    """Languages that have a places.yaml, sorted.

    Args:
        package: Folder of the package kgx.
    """
    return tuple(sorted(path.parent.name for path in (package / "lang").glob("*/places.yaml")))


def read_world(package: Path) -> dict[str, Any]:
    """Read the language-free facts."""
    return _load(package / "gazetteer" / "world.yaml")


def read_language(package: Path, lang: str) -> LanguagePlaces:
    """Read one language's facts."""
    data = _load(package / "lang" / lang / "places.yaml")
    inflection = facts_of(data["inflection"]) if "inflection" in data else None
    return LanguagePlaces(lang=lang, data=data, alphabet=re.compile(data["alphabet"]), inflection=inflection)


def own_files(package: Path) -> tuple[Path, ...]:
    """The files whose change makes the shipped table stale, sorted."""
    files = [package / "gazetteer" / "world.yaml"]
    for lang in languages(package):
        files += [package / "lang" / lang / name for name in ("places.yaml", "demonyms.yaml")]
    return tuple(sorted(path for path in files if path.is_file()))


def digest(paths: Iterable[Path], *, ignore: Iterable[str] = ("capitalized", "veto")) -> str:
    """Hash the content of YAML files, without comments and without the keys that are read at run time only.

    Args:
        paths: The files.
        ignore: Top-level keys to leave out.

    Returns:
        Hexadecimal SHA-256.
    """
    left_out = set(ignore)
    summary = hashlib.sha256()
    for path in paths:
        content = {key: value for key, value in _load(path).items() if key not in left_out}
        summary.update(repr((path.parent.name, path.name, content)).encode())
    return summary.hexdigest()
