"""Dates and amounts can be had alone: without a model and without the libraries that read one."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("spacy", "onnxruntime", "rdflib", "networkx", "numpy", "thinc")
CODE = """
import sys
from kgx.quantities import find_amounts, find_dates
assert find_dates("on 5 May 2024", "en") and find_amounts("5 million dollars", "en")
print(*[name for name in sys.argv[1:] if name in sys.modules])
"""


def test_neither_model_nor_heavy_libraries_are_loaded() -> None:
    done = subprocess.run([sys.executable, "-c", CODE, *HEAVY], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


@pytest.mark.parametrize("name", ["find_dates", "find_amounts", "find_numbers", "parse_number", "year_of_writing"])
def test_what_is_offered(name: str) -> None:
    import kgx.quantities

    assert name in kgx.quantities.__all__
    assert callable(getattr(kgx.quantities, name))
