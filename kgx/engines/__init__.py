"""Where documents are read: here in processes, or as a plan of Daft, on this machine or on a cluster of Ray.

An engine takes documents and gives what each says, in their order, within the same limits and with the same words for
what fails. It knows nothing of documents: what came of them is kept and resolved in one place, whoever read them.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

from kgx.claims import ClaimsStore, Store
from kgx.engines.storage import Output
from kgx.errors import UsageError, to_install
from kgx.ingest.remote import is_url
from kgx.workers import Limits, Outcome, Reader, Task

__all__ = ["ENGINES", "QUIET", "Engine", "engine", "output_of", "path_of", "scale_is_here", "store_of"]

ENGINES = ("local", "daft")
# Neither library shall tell its makers of its use, nor fill the screen; who wants it may still say so.
QUIET = {
    "DAFT_ANALYTICS_ENABLED": "0", "DAFT_PROGRESS_BAR": "0", "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
}  # fmt: skip


class Engine(Protocol):
    """Reads documents with `reader`, in `jobs` processes (0: as many as there are processors), in the order given."""

    def __call__(
        self, tasks: Iterable[Task], reader: Reader, *, jobs: int, limits: Limits
    ) -> Iterator[tuple[Task, Outcome]]: ...


def engine(name: str = "local", *, ray: str | None = None) -> Engine:
    """The engine of a name.

    Args:
        name: ``local`` or ``daft``.
        ray: for ``daft``, the address of a cluster of Ray; ``auto`` finds the one that this machine belongs to, and
            ``local`` starts one here.

    Raises:
        UsageError: if there is none of this name, or what it needs is not installed.
    """
    if name not in ENGINES:
        raise UsageError(f"--engine {name!r} is none of {', '.join(ENGINES)}")
    if name == "local":
        if ray is not None:
            raise UsageError("--ray goes with --engine daft")
        from kgx.engines.local import in_this_machine

        return in_this_machine
    scale_is_here(*(("daft", "ray") if ray is not None else ("daft",)))
    for variable, value in QUIET.items():
        os.environ.setdefault(variable, value)
    from kgx.engines.plan import in_daft

    return partial(in_daft, ray=ray)


def store_of(
    claims: str | Path | None, *, cache: Path | None = None, remote: bool = False
) -> AbstractContextManager[Store]:
    """Where claims are kept, to be entered: as Parquet in `claims`, else in `cache`, else for this run only.

    Args:
        claims: a folder, or where `remote` a URL.
        cache: a folder, for a `kgx.claims.ClaimsStore`.
        remote: whether `claims` may be a URL.

    Raises:
        UsageError: if there can be no store there.
    """
    if claims is None:
        return ClaimsStore(cache)
    if cache is not None:
        raise UsageError("claims are kept in one place: give either --claims or --cache")
    if is_url(claims) and not remote:
        raise UsageError(f"{claims}: claims by URL need --engine daft")
    scale_is_here("pyarrow")
    from kgx.engines.table import ClaimsTable

    return ClaimsTable(claims)


def output_of(output: str, *, folder: bool, remote: bool = False) -> Output:
    """Where a graph goes: a path, or where `remote` a URL.

    Raises:
        UsageError: if nothing can be written there.
    """
    if is_url(output) and not remote:
        raise UsageError(f"{output}: writing to a URL needs --engine daft")
    return Output(output, folder=folder)


def path_of(output: str) -> str:
    """A path, or a URL without its query: what tells the format."""
    return output.partition("?")[0] if is_url(output) else output


def scale_is_here(*libraries: str) -> None:
    """Make sure that libraries of the extra ``scale`` are installed.

    Raises:
        UsageError: if one is not, with what to type.
    """
    for name in libraries:
        if find_spec(name) is None:
            raise UsageError(f"this needs {name}: {to_install('scale')}")
