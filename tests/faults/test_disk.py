"""A disk that is full or may not be written to: what stood there before stands whole, and nothing is left beside it."""

from __future__ import annotations

import errno
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from faulty import GOOD

from kgx.claims import FILE, ClaimsStore
from kgx.errors import UsageError
from kgx.export.files import atomic_folder, atomic_write, writable, writable_folder

OLD = "# what an earlier build wrote"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 256 KB, where it may be mounted."""
    where = tmp_path / "disk"
    where.mkdir()
    mounted = (
        sys.platform == "linux"
        and not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", where], capture_output=True, check=False
        ).returncode
    )
    if not mounted:
        pytest.skip("file systems may not be mounted here")
    yield where
    subprocess.run(["umount", "-l", where], check=True)


def test_a_full_disk_leaves_the_old_file(small_disk: Path) -> None:
    target = small_disk / "graph.ttl"
    target.write_text(OLD)
    with pytest.raises(UsageError, match="graph.ttl: cannot be written: No space left on device"):
        atomic_write(target, b"x" * 10**6)
    assert target.read_text() == OLD
    assert [p.name for p in small_disk.iterdir()] == ["graph.ttl"]


def test_a_disk_that_is_only_read_is_told_as_one(small_disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    with pytest.raises(UsageError, match="graph.ttl: cannot be written: Read-only file system"):
        writable(small_disk / "graph.ttl")
    with pytest.raises(UsageError, match="store: cannot be written: Read-only file system"):
        writable_folder(small_disk / "store", lambda _: True)


def test_a_full_disk_leaves_the_old_folder(small_disk: Path) -> None:
    target = small_disk / "store"
    target.mkdir()
    (target / "a").write_text(OLD)
    with pytest.raises(UsageError, match="store: cannot be written: No space left on device"):
        atomic_folder(target, lambda folder: (folder / "a").write_bytes(b"x" * 10**6), ours=lambda _: True)
    assert (target / "a").read_text() == OLD
    assert [p.name for p in small_disk.iterdir()] == ["store"]


def test_a_store_on_a_full_disk_keeps_what_was_committed(small_disk: Path) -> None:
    with ClaimsStore(small_disk) as store:
        store.add(b"first", b"{}")
        store.commit()
    with pytest.raises(UsageError, match="claims cannot be kept"), ClaimsStore(small_disk) as store:
        for number in range(100):
            store.add(b"%d" % number, os.urandom(20_000))
            store.commit()
    (small_disk / FILE).chmod(0o644)
    with ClaimsStore(small_disk) as store:
        assert b"first" in store and 0 < len(store) < 100


def test_a_store_that_fills_the_disk_at_its_end_is_told(small_disk: Path) -> None:
    with pytest.raises(UsageError, match="claims cannot be kept"), ClaimsStore(small_disk) as store:
        store.add(b"key", os.urandom(500_000))


def test_what_went_wrong_first_is_told(small_disk: Path) -> None:
    with pytest.raises(KeyError, match="first"), ClaimsStore(small_disk) as store:
        store.add(b"key", os.urandom(500_000))
        raise KeyError("first")


def test_a_read_only_disk_is_told_before_the_work(small_disk: Path) -> None:
    (small_disk / "graph.ttl").write_text(OLD)
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    for check in (writable, lambda path: writable_folder(path, lambda _: True)):
        with pytest.raises(UsageError, match="cannot be written: (Permission denied|Read-only file system)"):
            check(small_disk / "new")
    with pytest.raises(UsageError, match="claims cannot be kept here: .*[Rr]ead-only"):
        ClaimsStore(small_disk / "cache")
    with pytest.raises(UsageError, match="claims cannot be kept here"):
        ClaimsStore(small_disk)
    assert (small_disk / "graph.ttl").read_text() == OLD


@pytest.mark.parametrize("call", ["write", "fsync", "rename"])
def test_faults_while_writing_leave_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    """As on a full disk, on systems where none can be mounted."""

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    target = tmp_path / "graph.ttl"
    target.write_text(OLD)
    if call == "write":
        monkeypatch.setattr(Path, "open", full)
    elif call == "fsync":
        monkeypatch.setattr(os, "fsync", full)
    else:
        monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(UsageError, match="No space left"):
        atomic_write(target, "new")
    monkeypatch.undo()
    assert target.read_text() == OLD and [p.name for p in tmp_path.iterdir()] == ["graph.ttl"]


def test_outputs_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text(OLD)
    for path in (tmp_path / "no" / "graph.ttl", tmp_path / "file" / "graph.ttl", tmp_path, "/proc/nothing/graph.ttl"):
        with pytest.raises(UsageError, match="cannot be written"):
            writable(path)
    with pytest.raises(UsageError, match="other files"):
        writable_folder(tmp_path, lambda _: False)


# --- what a run that was killed left aside ---------------------------------------------------------------------------


def test_what_a_killed_run_left_aside_is_removed(tmp_path: Path) -> None:
    target = tmp_path / "graph.ttl"
    for name in (".graph.ttl.abcd_123.part", ".graph.ttl.abcd_124.part"):
        (tmp_path / name).write_text("half")
    others = [".graph.ttl.mine.part", ".other.ttl.abcd1234.part", ".graph.ttl.abcd1234.bak", "graph.ttl.abcd1234.part"]
    for name in others:
        (tmp_path / name).write_text("kept")
    atomic_write(target, "new")
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([*others, "graph.ttl"])


def test_what_another_run_is_writing_stays(tmp_path: Path) -> None:
    """Two builds into one file: each is whole, and the last one stands."""
    fcntl = pytest.importorskip("fcntl")
    other = tmp_path / ".graph.ttl.abcd1234.part"
    with other.open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        atomic_write(tmp_path / "graph.ttl", "new")
        assert other.exists()
    atomic_write(tmp_path / "graph.ttl", "newer")
    assert not other.exists() and (tmp_path / "graph.ttl").read_text() == "newer"


def test_a_folder_that_a_killed_run_had_moved_aside_comes_back(tmp_path: Path) -> None:
    pytest.importorskip("fcntl")
    for name in (".store.abcd1234.old", ".store.abcd1234.part"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a").write_text(name)
    writable_folder(tmp_path / "store", lambda _: True)
    assert [p.name for p in tmp_path.iterdir() if not p.name.endswith(".part")] == ["store"]
    assert (tmp_path / "store" / "a").read_text() == ".store.abcd1234.old"
    atomic_folder(tmp_path / "store", lambda folder: (folder / "a").write_text("new"), ours=lambda _: True)
    assert [p.name for p in tmp_path.iterdir()] == ["store"] and (tmp_path / "store" / "a").read_text() == "new"


# --- a cache that is broken or shared --------------------------------------------------------------------------------


def test_a_cache_that_is_none_or_damaged_is_named(tmp_path: Path) -> None:
    for number, content in enumerate((b"no database at all" * 100, b"SQLite format 3\0" + b"\xff" * 5000, bytes(4096))):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / FILE).write_bytes(content)
        if number < 2:
            with pytest.raises(UsageError, match=f"{folder}: claims cannot be kept here: .*(remove it|give another)"):
                ClaimsStore(folder)
            assert (folder / FILE).read_bytes() == content
    (tmp_path / "file").write_text("x")
    with pytest.raises(UsageError, match="file: claims cannot be kept here"):
        ClaimsStore(tmp_path / "file")
    (tmp_path / "folder" / FILE).mkdir(parents=True)
    with pytest.raises(UsageError, match="folder: claims cannot be kept here"):
        ClaimsStore(tmp_path / "folder")


def test_damage_within_a_cache_is_named_when_it_is_met(tmp_path: Path) -> None:
    with ClaimsStore(tmp_path) as store:
        for number in range(200):
            store.add(b"%d" % number, os.urandom(500))
    content = bytearray((tmp_path / FILE).read_bytes())
    content[8192:-4096] = b"\xff" * (len(content) - 12288)
    (tmp_path / FILE).write_bytes(bytes(content))
    with pytest.raises(UsageError, match="damaged: remove it, or give another folder"), ClaimsStore(tmp_path) as store:
        for number in range(200):
            _ = b"%d" % number in store
    with ClaimsStore(tmp_path / "other") as store:
        store.add(b"key", b"no claims")
        with pytest.raises(UsageError, match="claims cannot be read: .*damaged"):
            list(store.read([b"key"]))


def test_a_cache_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / FILE) as base:
        base.execute("PRAGMA user_version=99")
    with pytest.raises(UsageError, match="newer version of kgx; give another folder"):
        ClaimsStore(tmp_path)
    with sqlite3.connect(tmp_path / FILE) as base:
        assert base.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)


def test_a_table_of_others_is_no_cache(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / FILE) as base:
        base.execute("CREATE TABLE claims (person TEXT)")
    with pytest.raises(UsageError, match="claims cannot be kept here: no such column"):
        ClaimsStore(tmp_path)


def test_two_builds_may_share_a_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kgx.claims._WAIT", 200)
    with ClaimsStore(tmp_path) as one, ClaimsStore(tmp_path) as other:
        for number in range(50):
            one.add(b"one %d" % number, b"{}")
            other.add(b"other %d" % number, b"{}")
            if number % 10 == 9:
                one.commit()
                other.commit()
        assert b"other 1" in one and b"one 1" in other and len(one) == 100


BUILD = [sys.executable, "-m", "kgx", "build"]


def test_builds_at_once_with_one_cache_and_one_output(tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"{number}.txt").write_text(f"{GOOD} {number}.", encoding="utf8")
    command = [*BUILD, *map(str, sorted(tmp_path.glob("*.txt"))), "-q", "--cache", str(tmp_path / "cache")]
    running = [subprocess.Popen([*command, "-o", str(tmp_path / name)]) for name in ("a.ttl", "a.ttl")]
    assert [process.wait(timeout=300) for process in running] == [0, 0]
    assert subprocess.run([*command, "-o", str(tmp_path / "b.ttl")], check=False).returncode == 0
    assert (tmp_path / "a.ttl").read_bytes() == (tmp_path / "b.ttl").read_bytes()
    assert not list(tmp_path.glob(".*"))


def test_a_build_on_a_full_disk_keeps_the_old_graph(small_disk: Path) -> None:
    """The cache, the graph and the report, each on a disk that has no room for it."""
    files, text = small_disk.parent / "in", "\n".join(f"{GOOD} {n}." for n in range(3))
    files.mkdir()
    for number in range(4):
        (files / f"{number}.txt").write_text(f"{number}\n{text}", encoding="utf8")
    (small_disk / "graph.ttl").write_text(OLD)
    with pytest.raises(OSError), (small_disk / "fill").open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
    elsewhere = str(small_disk.parent / "other.ttl")
    for options in (["-o", "graph.ttl"], ["-o", elsewhere, "--cache", "c"], ["-o", elsewhere, "--report", "a.json"]):
        done = subprocess.run(
            [*BUILD, str(files), "-q", *options], cwd=small_disk, capture_output=True, text=True, check=False,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        )  # fmt: skip
        assert done.returncode == 2, done.stderr
        [line] = done.stderr.splitlines()
        assert line.startswith("kgx: ") and ("No space left" in line or "disk" in line), line
        assert (small_disk / "graph.ttl").read_text() == OLD
        assert not list(small_disk.glob(".*.part"))


def build(*arguments: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kgx", "build", *map(str, arguments), "--quiet"],
        capture_output=True,
        text=True,
        env={**os.environ, **more},
        check=False,
    )


def test_no_room_for_what_reading_needs_is_no_fault_of_the_documents(small_disk: Path, tmp_path: Path) -> None:
    texts, target = tmp_path / "texts", tmp_path / "graph.nq"
    texts.mkdir()
    for n in range(3):
        (texts / f"{n}.txt").write_text(f"{n} {GOOD}", encoding="utf8")
    target.write_text(OLD)
    done = build(texts, "-o", target, TMPDIR=str(small_disk))
    assert done.returncode == 2 and done.stderr.count("\n") == 1
    assert str(small_disk) in done.stderr and "No space left on device" in done.stderr
    assert target.read_text() == OLD


@pytest.mark.parametrize(
    "outputs",
    [("-o", "g.nq", "--report", "./g.nq"), ("-o", "g.nq", "--facts", "link.nq"), ("-o", "g.nq", "--report", "in/a.txt"),
     ("-o", "in/a.txt", "--format", "nquads")],
)  # fmt: skip
def test_no_output_takes_the_place_of_another_one_or_of_a_document(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, outputs: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("in").mkdir()
    for name in ("in/a.txt", "in/b.txt"):
        Path(name).write_text(GOOD, encoding="utf8")
    Path("g.nq").write_text(OLD)
    Path("link.nq").symlink_to("g.nq")
    done = build("in", *outputs)
    assert done.returncode == 2 and "name" in done.stderr
    assert Path("g.nq").read_text() == OLD and Path("in/a.txt").read_text(encoding="utf8") == GOOD
