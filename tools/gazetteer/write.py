"""Writing of the table: the same rows give the same bytes (with one version of SQLite)."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path

from tools.gazetteer.build import ENGLISH, Row, form_rows

_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE place (
  no INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, name TEXT NOT NULL, country TEXT, admin TEXT,
  latitude REAL, longitude REAL, population INTEGER NOT NULL, geonames TEXT, wikidata TEXT, capital INTEGER NOT NULL,
  weight INTEGER NOT NULL, labels TEXT NOT NULL);
CREATE TABLE form (key TEXT NOT NULL, lang TEXT NOT NULL, no INTEGER NOT NULL, form TEXT NOT NULL,
  PRIMARY KEY (key, lang, no, form)) WITHOUT ROWID;
CREATE TABLE scan (lang TEXT NOT NULL, form TEXT NOT NULL, no INTEGER NOT NULL,
  PRIMARY KEY (lang, form, no)) WITHOUT ROWID;
CREATE INDEX capital ON place (country) WHERE capital = 1;
"""


def _labels(row: Row) -> str:
    """The labels as JSON; the English one is left out where it is the name."""
    labels = {lang: label for lang, label in row.labels.items() if (lang, label) != (ENGLISH, row.name)}
    return json.dumps(labels, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def write_table(rows: Sequence[Row], path: Path, *, meta: Mapping[str, str]) -> None:
    """Write the table.

    Args:
        rows: The places; their order does not matter.
        path: The file to write; replaced if it exists.
        meta: Entries of the table `meta`.
    """
    path.unlink(missing_ok=True)
    ordered = sorted(rows, key=lambda row: row.id)
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("PRAGMA page_size = 4096")
        connection.execute("PRAGMA journal_mode = OFF")
        connection.executescript(_SCHEMA)
        connection.execute("BEGIN")
        connection.executemany("INSERT INTO meta VALUES (?, ?)", sorted(meta.items()))
        connection.executemany(
            "INSERT INTO place VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (no, row.id, row.kind, row.name, row.country, row.admin, row.latitude, row.longitude, row.population,
                 None if row.kind == "city" else row.geonames, row.wikidata, int(row.capital), row.weight,
                 _labels(row))
                for no, row in enumerate(ordered)
            ),
        )  # fmt: skip
        forms = sorted((key, lang, no, form) for no, row in enumerate(ordered) for key, lang, form in form_rows(row))
        connection.executemany("INSERT INTO form VALUES (?, ?, ?, ?)", forms)
        scan = sorted(
            {(lang, form, no) for no, row in enumerate(ordered) for lang, found in row.scan.items() for form in found}
        )
        connection.executemany("INSERT INTO scan VALUES (?, ?, ?)", scan)
        connection.execute("COMMIT")
        connection.execute("VACUUM")
    finally:
        connection.close()
