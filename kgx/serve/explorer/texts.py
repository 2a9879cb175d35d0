"""The texts of documents: the graph keeps only what it quotes, so they are looked for where the documents lie."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

from kgx.ingest import read
from kgx.models import Document

__all__ = ["Texts"]


class Texts:
    """Texts by their digest, read when one is first asked for.

    Args:
        folders: in which the documents lie.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(folders)
        self._found: dict[str, str] | None = None
        self._lock = threading.Lock()

    def __getitem__(self, sha256: str) -> str | None:
        """The text of a digest; None where it is not at hand."""
        with self._lock:
            if self._found is None:
                known = (d for d in read(self._folders) if isinstance(d, Document)) if self._folders else ()
                self._found = {document.sha256: document.text for document in known}
            return self._found.get(sha256)
