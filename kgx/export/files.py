"""Writing files so that a reader never sees half of one."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from kgx.errors import UsageError

Ours = Callable[[Path], bool]


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
            with replacing(path) as aside:
                aside.write_bytes(data)


@contextlib.contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """An empty file aside, which becomes the one at `path` when the block ends well; else nothing is left behind.

    Raises:
        UsageError: if it can't be made or put in place, with path and reason.
    """
    with _explained(path):
        target = _checked(Path(path))
        mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:100]}.", suffix=".part")
    aside = Path(name)
    try:
        yield aside
        with _explained(path):
            os.fsync(handle)  # else a crash after the rename could leave an empty file
            aside.chmod(mode)
            aside.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            aside.unlink()
        raise
    finally:
        os.close(handle)


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
    _checked_parent(target, path)
    return target


def _checked_parent(target: Path, path: Path) -> None:
    if not target.parent.exists():
        raise OSError(errno.ENOENT, f"there is no folder {path.parent}")
    if not target.parent.is_dir():
        raise _error(errno.ENOTDIR)
    if not os.access(target.parent, os.W_OK | os.X_OK):
        raise _error(errno.EACCES)


def _error(number: int) -> OSError:
    return OSError(number, os.strerror(number))


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current


def atomic_folder(path: str | Path, fill: Callable[[Path], None], ours: Ours) -> None:
    """Fill a folder aside, then rename it: what stands at `path` is either the old or the new one, whole.

    Args:
        path: the folder; it need not exist.
        fill: writes into an empty folder.
        ours: whether a folder is one of the kind, so that it may be replaced: nobody's files are thrown away.

    Raises:
        UsageError: if it can't be written, with path and reason; nothing is left behind.
    """
    with _explained(path):
        target = _checked_folder(Path(path), ours)
        aside = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name[:100]}.", suffix=".part"))
        try:
            fill(aside)
            aside.chmod(target.stat().st_mode & 0o777 if target.exists() else 0o777 & ~_umask())
            if target.exists():
                old = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name[:100]}.", suffix=".old"))
                target.replace(old)  # onto an empty folder
                try:
                    aside.replace(target)
                except BaseException:
                    old.replace(target)
                    raise
                shutil.rmtree(old, ignore_errors=True)
            else:
                aside.replace(target)
        except BaseException:
            shutil.rmtree(aside, ignore_errors=True)
            raise


def writable_folder(path: str | Path, ours: Ours) -> None:
    """Make sure, before the work is done, that a folder can be written; nothing is changed.

    Raises:
        UsageError: if it can't, with path and reason.
    """
    with _explained(path):
        _checked_folder(Path(path), ours)


def _checked_folder(path: Path, ours: Ours) -> Path:
    target = path.resolve()
    if target.exists() and not target.is_dir():
        raise _error(errno.ENOTDIR)
    if target.exists() and any(target.iterdir()) and not ours(target):
        raise OSError(errno.EEXIST, "the folder holds other files; give a new one")
    _checked_parent(target, path)
    return target
