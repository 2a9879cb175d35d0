"""What several tests share."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from kgx.graph import Graph
from kgx.models import Document, Knowledge, PartialDate

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


@pytest.fixture(scope="session")
def seeds_knowledge() -> Knowledge:
    """What the five seeds tell."""
    from kgx.pipeline import know

    def fail(issue: object) -> None:
        raise AssertionError(issue)

    return know([SEEDS], report=fail)


@pytest.fixture(scope="session")
def seeds_graph(seeds_knowledge: Knowledge) -> Graph:
    """The graph of the seeds."""
    from kgx.graph import build_graph

    return build_graph(seeds_knowledge)
