"""How well a graph agrees with gold records: what a careful reader took from the same documents.

A record is one JSON file a document; `kgx.evaluate.records` tells its fields, `kgx.evaluate.kinds` what counts as
right. Everything is counted document by document: a thing or fact counts where one of its pieces of evidence lies.
"""

from __future__ import annotations

from kgx.evaluate.records import Record, read_records
from kgx.evaluate.report import Report, evaluate, to_json, to_tables

__all__ = ["Record", "Report", "evaluate", "read_records", "to_json", "to_tables"]
