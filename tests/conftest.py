"""What several tests share."""

from __future__ import annotations

import pytest
from common import SEEDS

from kgx.graph import Graph
from kgx.models import Knowledge


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
