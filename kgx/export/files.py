"""Writing files so that a reader never sees half of one."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from kgx.errors import UsageError


def atomic_write(path: str | Path, content: bytes) -> None:
    """Write aside, then rename: the file at `path` is either the old or the new one, whole.

    A symbolic link stays one: its target is replaced. What is no regular file (a pipe, a terminal) is written to.

    Raises:
        UsageError: if it can't be written, with path and reason; nothing is left behind.
    """
    target = Path(path)
    try:
        target = target.resolve()
        if target.exists() and not target.is_file():
            if target.is_dir():
                raise IsADirectoryError(21, os.strerror(21))
            target.write_bytes(content)
            return
        if target.exists() and not os.access(target, os.W_OK):
            # A rename would get round the protection of the file.
            raise PermissionError(13, os.strerror(13))
        _replace(target, content)
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop of links, before Python 3.13
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise UsageError(f"{path}: cannot be written: {reason}") from error


def _replace(target: Path, content: bytes) -> None:
    mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
    handle, aside = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())  # else a crash after the rename could leave an empty file
        Path(aside).chmod(mode)
        Path(aside).replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(aside).unlink()
        raise


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
