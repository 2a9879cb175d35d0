"""What several test modules import."""

from __future__ import annotations

import hashlib
from pathlib import Path

from kgx.models import Document, PartialDate

SEEDS = Path(__file__).parent.parent / "seeds"


def make_document(text: str, *, name: str = "made.txt", published: str | None = None) -> Document:
    """A document made in a test."""
    return Document(
        id=Path(name).stem,
        file_name=name,
        text=text,
        sha256=hashlib.sha256(text.encode("utf8", "surrogatepass")).hexdigest(),
        published=PartialDate.parse(published) if published else None,
    )
