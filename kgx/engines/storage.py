"""Folders here or in object storage: files put into them whole, and outputs written to a URL."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from kgx.errors import UsageError
from kgx.export.files import atomic_write
from kgx.ingest import InputError
from kgx.ingest.remote import here, is_url, located

__all__ = ["Folder", "Output"]


class Folder:
    """A folder in this machine or in object storage.

    Attributes:
        name: as the user gave it, without the query of a URL.
    """

    def __init__(self, place: str | Path) -> None:
        """Name a folder; one that is not there is made, if not before, when a first file is put into it.

        Raises:
            UsageError: if it can't be one.
        """
        self.name = str(place).partition("?")[0]
        self._system: Any = None
        self._root = str(here(place))
        try:
            if is_url(self._root):
                self._system, self._root = located(str(place))
            else:
                Path(self._root).mkdir(parents=True, exist_ok=True)
        except (InputError, OSError) as error:
            raise UsageError(f"{self.name}: {getattr(error, 'strerror', None) or error}") from error

    def names(self) -> list[str]:
        """The files in it, not below it, in order.

        Raises:
            UsageError: if it can't be listed.
        """
        if self._system is None:
            return sorted(path.name for path in Path(self._root).iterdir() if path.is_file())
        from pyarrow import fs

        with self._explained("cannot be listed"):
            found = self._system.get_file_info(fs.FileSelector(self._root, allow_not_found=True))
        return sorted(PurePosixPath(file.path).name for file in found if file.type == fs.FileType.File)

    def open(self, name: str) -> Any:
        """A file in it, to read: a path, or a stream that can be read from anywhere in it."""
        if self._system is None:
            return Path(self._root) / name
        with self._explained(f"{name} cannot be read"):
            return self._system.open_input_file(f"{self._root}/{name}")

    def put(self, name: str, content: bytes) -> None:
        """Put a file into it, so that a reader never sees half of one.

        Raises:
            UsageError: if it can't be written.
        """
        if self._system is None:
            atomic_write(Path(self._root) / name, content)
            return
        with (
            self._explained(f"{name} cannot be written"),
            self._system.open_output_stream(f"{self._root}/{name}") as to,
        ):
            to.write(content)

    @contextlib.contextmanager
    def _explained(self, what: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise UsageError(f"{self.name}: {what}: {str(error).splitlines()[0]}") from error


class Output:
    """What will stand at a path or a URL; for a URL it is written aside, and sent when it is done.

    Attributes:
        path: where to write it.
    """

    def __init__(self, output: str, *, folder: bool) -> None:
        """Look whether it can be written.

        Args:
            output: a path or a URL.
            folder: whether it will be a folder; in object storage a new one, for nothing is thrown away there.

        Raises:
            UsageError: if it can't.
        """
        self.path = str(here(output))
        self._folder, self._target = folder, None
        if not is_url(self.path):
            return
        address, sign, query = output.partition("?")
        address = address.rstrip("/")
        self._target = Folder((address if folder else address.rpartition("/")[0]) + sign + query)
        if folder and self._target.names():
            raise UsageError(f"{address}: the folder holds files; give a new one")
        self._aside = tempfile.TemporaryDirectory()
        self.path = str(Path(self._aside.name) / address.rpartition("/")[2])

    def deliver(self) -> None:
        """Send what was written.

        Raises:
            UsageError: if that fails.
        """
        if self._target is None:
            return
        path = Path(self.path)
        # Of a file also what is kept beside it.
        for file in sorted((path if self._folder else path.parent).iterdir()):
            self._target.put(file.name, file.read_bytes())
        self._aside.cleanup()
