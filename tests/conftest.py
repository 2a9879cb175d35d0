"""What several tests share."""

from __future__ import annotations

import os

import pytest
from common import SEEDS
from hypothesis import HealthCheck, is_hypothesis_test, settings

from kgx.graph import Graph
from kgx.models import Knowledge

# `make thorough`: rare examples are found by trying many, which no gate has the time for.
settings.register_profile(
    "thorough", max_examples=2000, derandomize=False, deadline=None, suppress_health_check=list(HealthCheck)
)
PROFILE = os.environ.get("HYPOTHESIS_PROFILE")
if PROFILE:
    settings.load_profile(PROFILE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests that try examples; a profile asked for by name wins over the number that they set for the gate."""
    for item in items:
        function = getattr(item, "obj", None)
        if is_hypothesis_test(function):
            item.add_marker("examples")
            if PROFILE:
                function._hypothesis_internal_use_settings = settings.get_profile(PROFILE)  # type: ignore[union-attr]


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
