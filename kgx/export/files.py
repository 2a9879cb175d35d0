"""Writing files so that a reader never sees half of one, and so that a run that is killed leaves nothing for good."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from kgx.errors import UsageError

try:
    import fcntl
except ImportError:  # Windows: what a killed run left aside stays there
    fcntl = None  # type: ignore[assignment]

Ours = Callable[[Path], bool]


def atomic_write(path: str | Path, content: bytes | str | Iterable[bytes]) -> None:
    """Write aside, then rename: the file at `path` is either the old or the new one, whole.

    A symbolic link stays one: its target is replaced. What is no regular file (a pipe, a terminal) is written to.

    Args:
        path: the file.
        content: strings are written as UTF-8, their line ends as they are; of pieces, one after another.

    Raises:
        UsageError: if it can't be written, with path and reason; nothing is left behind.
    """
    whole = content.encode() if isinstance(content, str) else content
    pieces = (whole,) if isinstance(whole, bytes) else whole
    with _explained(path):
        target = _checked(Path(path))
        if target.exists() and not target.is_file():
            with target.open("wb") as file:
                file.writelines(pieces)
        else:
            with replacing(path) as aside, aside.open("wb") as file:
                file.writelines(pieces)


@contextlib.contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """An empty file aside, which becomes the one at `path` when the block ends well; else nothing is left behind.

    Raises:
        UsageError: if it can't be made or put in place, with path and reason.
    """
    with _explained(path):
        target = _checked(Path(path))
        _clear(target)
        mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=_prefix(target), suffix=".part")
    aside = Path(name)
    try:
        _lock(handle)
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
            raise _refused(target)
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
        raise _refused(target.parent)


def _refused(path: Path) -> OSError:
    """Why one may not write there: the file system is only to be read, or it is a matter of rights."""
    only_read = hasattr(os, "statvfs") and os.statvfs(path).f_flag & os.ST_RDONLY
    return _error(errno.EROFS if only_read else errno.EACCES)


def _error(number: int) -> OSError:
    return OSError(number, os.strerror(number))


def _prefix(target: Path) -> str:
    return f".{target.name[:100]}."


def _lock(handle: int) -> bool:
    """Whether this run may hold what it writes aside; what nobody holds is left of one that was killed."""
    if fcntl is None:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[int]:
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    try:
        yield handle
    finally:
        os.close(handle)


def _clear(target: Path) -> None:
    """Remove what runs that were killed left aside; an old folder that was not yet replaced goes back in its place."""
    if fcntl is None:
        return
    ours = re.compile(re.escape(_prefix(target)) + r"[a-z0-9_]{8}\.(part|old)")
    for left in [Path(entry.path) for entry in os.scandir(target.parent) if ours.fullmatch(entry.name)]:
        with contextlib.suppress(OSError), _opened(left) as handle:
            if not _lock(handle):
                continue
            if left.suffix == ".old" and not target.exists():
                left.replace(target)
            elif left.is_dir():
                shutil.rmtree(left, ignore_errors=True)
            else:
                left.unlink()


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
        _clear(target)
        aside = Path(tempfile.mkdtemp(dir=target.parent, prefix=_prefix(target), suffix=".part"))
        try:
            with _opened(aside) as handle:
                _lock(handle)
                fill(aside)
                aside.chmod(target.stat().st_mode & 0o777 if target.exists() else 0o777 & ~_umask())
                _exchange(target, aside)
        except BaseException:
            shutil.rmtree(aside, ignore_errors=True)
            raise


def _exchange(target: Path, aside: Path) -> None:
    """Put one folder in the place of another, which is removed."""
    if not target.exists():
        aside.replace(target)
        return
    with _opened(target) as handle:
        _lock(handle)
        old = Path(tempfile.mkdtemp(dir=target.parent, prefix=_prefix(target), suffix=".old"))
        target.replace(old)  # onto an empty folder
        try:
            aside.replace(target)
        except BaseException:
            old.replace(target)
            raise
        shutil.rmtree(old, ignore_errors=True)


def writable_folder(path: str | Path, ours: Ours) -> None:
    """Make sure, before the work is done, that a folder can be written; nothing is changed.

    Raises:
        UsageError: if it can't, with path and reason.
    """
    with _explained(path):
        _checked_folder(Path(path), ours)


def _checked_folder(path: Path, ours: Ours) -> Path:
    target = path.resolve()
    if not target.exists() and target.parent.is_dir():
        _clear(target)  # a run that was killed between two renames left the old one aside
    if target.exists() and not target.is_dir():
        raise _error(errno.ENOTDIR)
    if target.exists() and any(target.iterdir()) and not ours(target):
        raise OSError(errno.EEXIST, "the folder holds other files; give a new one")
    _checked_parent(target, path)
    return target
