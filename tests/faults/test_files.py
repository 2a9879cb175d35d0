"""Files as file systems have them: links to nothing, pipes, sockets, names of any bytes, files that go away."""

from __future__ import annotations

import os
import socket
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from faulty import GOOD

from kgx.errors import Issue, printable
from kgx.ingest import Source, read, sources
from kgx.models import Document

needs_posix = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a POSIX file system")


def outcome(*paths: object) -> tuple[list[Document], dict[str, str]]:
    """Documents, and the reason of each issue by the name of what it is about; none is named twice."""
    items = list(read(map(str, paths)))
    issues = [i for i in items if isinstance(i, Issue)]
    named = {Path(i.where).name: i.reason for i in issues}
    assert len(named) == len(issues)
    return [i for i in items if isinstance(i, Document)], named


@needs_posix
def test_what_is_no_file_is_named_and_never_waited_for(tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text(GOOD, encoding="utf8")
    (tmp_path / "dangling.txt").symlink_to(tmp_path / "nowhere")
    (tmp_path / "loop.txt").symlink_to(tmp_path / "loop.txt")
    os.mkfifo(tmp_path / "pipe.txt")
    server = socket.socket(socket.AF_UNIX)
    try:
        before = os.getcwd()
        os.chdir(tmp_path)  # the name of a socket may not be long
        server.bind("socket.txt")
        os.chdir(before)
        documents, named = outcome(tmp_path)
        assert [d.id for d in documents] == ["good"]
        assert named == {
            "dangling.txt": "No such file or directory",
            "loop.txt": "Too many levels of symbolic links",
            "pipe.txt": "no regular file",
            "socket.txt": "no regular file",
        }
        one_by_one = outcome(*sorted(tmp_path.glob("*.txt")), "/dev/zero")
        assert one_by_one[1] == {**named, "zero": "no regular file"}
    finally:
        server.close()


@needs_posix
def test_links_to_folders_are_not_followed_and_files_taken_once(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    (tmp_path / "a" / "one.txt").write_text(GOOD, encoding="utf8")
    (tmp_path / "other.txt").symlink_to(tmp_path / "a" / "one.txt")
    documents, named = outcome(tmp_path, tmp_path / "a" / "loop" / "a" / "loop" / "a" / "one.txt")
    assert len(documents) == 1 and named == {}


def test_a_folder_of_a_document_s_name_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a.txt").mkdir()
    (tmp_path / "a.txt" / "b.pdf").mkdir()
    (tmp_path / "a.txt" / "b.pdf" / "c.txt").write_text(GOOD, encoding="utf8")
    documents, named = outcome(tmp_path / "a.txt")
    assert [d.id for d in documents] == ["c"] and named == {}


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs /proc")
def test_files_that_open_but_cannot_be_read(tmp_path: Path) -> None:
    """As a broken disk: reading fails, and for the superuser too."""
    (tmp_path / "bad.txt").symlink_to("/proc/self/mem")
    (tmp_path / "bad.jsonl.gz").symlink_to("/proc/self/mem")
    (tmp_path / "empty.txt").symlink_to("/proc/self/oom_score_adj_of_nobody")
    (tmp_path / "good.txt").write_text(GOOD, encoding="utf8")
    documents, named = outcome(tmp_path / "bad.txt", tmp_path / "good.txt")
    assert [d.id for d in documents] == ["good"]
    assert named == {"bad.txt": "broken off: Input/output error"}
    _, named = outcome(tmp_path)
    assert len(named) == 2  # the two names of one file count once


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may read everything")
def test_forbidden_files_and_folders(tmp_path: Path) -> None:
    (tmp_path / "file.txt").write_text(GOOD, encoding="utf8")
    (tmp_path / "folder").mkdir()
    for name in ("file.txt", "folder"):
        (tmp_path / name).chmod(0)
    try:
        assert outcome(tmp_path)[1] == {"file.txt": "Permission denied", "folder": "Permission denied"}
    finally:
        (tmp_path / "folder").chmod(stat.S_IRWXU)


def test_errors_of_opening_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As of a file that is forbidden, or on a share that hangs; tests may be run by the superuser."""

    def refused(self: Path, *_: object, **__: object) -> object:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "a.txt").write_text(GOOD, encoding="utf8")
    monkeypatch.setattr(Path, "open", refused)
    assert outcome(tmp_path) == ([], {"a.txt": "Permission denied"})


def test_files_that_vanish_between_listing_and_reading(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt", "c.txt"):
        (tmp_path / name).write_text(f"{name} {GOOD}", encoding="utf8")

    def vanishing() -> Iterator[Source | Issue]:
        for found in sources([tmp_path]):
            (tmp_path / "b.txt").unlink(missing_ok=True)
            yield found

    found = list(vanishing())
    assert [i.reason for i in found if isinstance(i, Issue)] == ["No such file or directory"]
    assert [s.id for s in found if isinstance(s, Source)] == ["a", "c"]


def test_a_folder_that_vanishes_while_it_is_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b.txt").write_text(GOOD, encoding="utf8")
    real = os.scandir

    def scandir(path: object) -> object:
        if str(path).endswith("a"):
            raise FileNotFoundError(2, "No such file or directory", str(path))
        return real(path)  # type: ignore[call-overload]

    monkeypatch.setattr(os, "scandir", scandir)
    documents, named = outcome(tmp_path)
    assert [d.id for d in documents] == ["b"] and named == {"a": "No such file or directory"}


def test_paths_that_no_system_has(tmp_path: Path) -> None:
    _, named = outcome("a" * 5000, "no\0name", tmp_path / "none.txt" / "a.txt", "")
    assert len(named) >= 3


NAMES = [
    "한국어 문서.txt", "ملف عربي.txt", "Văn bản.txt", "документ.txt", "📄.txt", "e\u0301.txt", "a b&<>'\"$;|*?[x].txt",
    "-rf.txt", "x" * 250 + ".txt", "\u202egpj.txt", "\u200f.txt", "a\\b.txt", "a=b@c:d.txt",
]  # fmt: skip
BYTES = [b"caf\xe9.txt", b"\xff\xfe.txt", b"a\nb.txt", b"a\x1b[31mred\x07.txt", b"a\tb\r.txt", b"\xed\xa0\x80.txt"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems allow fewer names")
def test_names_in_any_script_and_of_any_bytes(tmp_path: Path) -> None:
    names = [os.fsencode(name) for name in NAMES] + BYTES
    for number, name in enumerate(names):
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_text(f"{number} {GOOD}", encoding="utf8")
        bad = os.fsdecode(os.fsencode(tmp_path) + b"/bad-" + name[-200:])
        Path(bad).write_bytes(b"")
    items = list(read([tmp_path]))
    documents = [i for i in items if isinstance(i, Document)]
    issues = [i for i in items if isinstance(i, Issue)]
    assert len(documents) == len({d.id for d in documents}) == len(names)
    assert {i.reason for i in issues} == {"empty file"} and len({i.where for i in issues}) == len(names)
    for told in (*(d.file_name for d in documents), *(d.id for d in documents), *map(str, issues)):
        told.encode()
        assert told == printable(told) and len(told.splitlines()) == 1
    assert {"한국어 문서.txt", "ملف عربي.txt", "caf\\xe9.txt", "a\\x0ab.txt"} <= {d.file_name for d in documents}
    for document in documents:
        document.model_dump_json()


def test_what_can_be_printed_stays() -> None:
    for name in NAMES:
        assert printable(name) == name
    once = printable("a\n\x1b\u2028\udcff\ud800")
    assert once == "a\\x0a\\x1b\\u2028\\xff\\ud800" and printable(once) == once
