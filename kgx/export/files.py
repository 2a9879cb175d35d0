"""Writing files so that a reader never sees half of one."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from kgx.errors import UsageError


def atomic_write(path: str | Path, content: bytes | str) -> None:
    """Write aside, then rename: the file at `path` is either the old or the new one, whole.

    A symbolic link stays one: its target is replaced. What is no regular file (a pipe, a terminal) is written to.

    Args:
        path: the file.
        content: strings are written as UTF-8, their line ends as they are.

    Raises:
        UsageError: if it can't be written, with path and reason; nothing is left behind.
    """
    data = content.encode() if isinstance(content, str) else content
    with _explained(path):
        target = _checked(Path(path))
        if target.exists() and not target.is_file():
            target.write_bytes(data)
        else:
            _replace(target, data)


def writable(path: str | Path) -> None:
    """Make sure, before the work is done, that `path` can be written; nothing is changed.

    Raises:
        UsageError: if it can't, with path and reason.
    """
    with _explained(path):
        _checked(Path(path))


@contextlib.contextmanager
def _explained(path: str | Path) -> Iterator[None]:
    try:
        yield
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop of links, before Python 3.13
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise UsageError(f"{path}: cannot be written: {reason}") from error


def _checked(path: Path) -> Path:
    """The file that a path means, if it can be written."""
    target = path.resolve()
    if target.is_dir():
        raise _error(errno.EISDIR)
    if target.exists():
        # A rename would get round the protection of the file.
        if not os.access(target, os.W_OK):
            raise _error(errno.EACCES)
        if not target.is_file():
            return target
    if not target.parent.exists():
        raise OSError(errno.ENOENT, f"there is no folder {path.parent}")
    if not target.parent.is_dir():
        raise _error(errno.ENOTDIR)
    if not os.access(target.parent, os.W_OK | os.X_OK):
        raise _error(errno.EACCES)
    return target


def _error(number: int) -> OSError:
    return OSError(number, os.strerror(number))


def _replace(target: Path, content: bytes) -> None:
    mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
    handle, aside = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:100]}.", suffix=".part")
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
