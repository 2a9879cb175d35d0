"""Reading of the package's YAML data."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from typing import Any

import yaml

# The C loader is several times faster; it is missing only where PyYAML was built without libyaml.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@lru_cache(maxsize=32)
def load_yaml(path: str) -> dict[str, Any]:
    """Read a YAML file of the package. The result is shared: do not change it.

    Args:
        path: Path inside the package `kgx`, with slashes.

    Returns:
        The mapping the file holds; empty if there is no such file.

    Raises:
        ValueError: If the file does not hold a mapping.
    """
    file = resources.files("kgx").joinpath(*path.split("/"))
    if not file.is_file():
        return {}
    content = yaml.load(file.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506
    if not isinstance(content, dict):
        raise ValueError(f"{path}: a mapping is expected")
    return content
