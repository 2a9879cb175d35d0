"""kgx reads diplomatic news in many languages and writes one knowledge graph, every fact with its evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kgx.export.loaded import load
    from kgx.pipeline import build

__all__ = ["__version__", "build", "load"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    # `import kgx` stays instant: the pipeline is loaded when it is first asked for.
    if name == "build":
        from kgx.pipeline import build

        return build
    if name == "load":
        from kgx.export.loaded import load

        return load
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
