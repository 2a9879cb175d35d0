"""Standard streams that are closed, full or given up, and Ctrl-C: the run ends cleanly and says what is true."""

from __future__ import annotations

import json
import os
import re
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from faulty import GOOD
from test_processes import of_session

from kgx.claims import ClaimsStore

CORPUS = Path(__file__).parents[1] / "corpus"
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
posix = pytest.mark.skipif(os.name != "posix", reason="needs a POSIX shell")


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "good.txt").write_text(GOOD, encoding="utf8")
    (tmp_path / "bad.txt").write_text("", encoding="utf8")
    return tmp_path


def shell(command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """A command as typed; `kgx` is this one."""
    typed = re.sub(r"\bkgx\b", f"{sys.executable} -m kgx", command)
    return subprocess.run(
        ["bash", "-c", f"set -o pipefail; {typed}"], cwd=cwd, env=ENVIRONMENT, capture_output=True, text=True,
        check=False, timeout=200,
    )  # fmt: skip


@posix
@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("kgx build good.txt | true", 0),
        ("kgx build good.txt bad.txt | true", 1),
        ("kgx build good.txt bad.txt 2>&1 | true", 1),
        ("kgx build good.txt <&- >&- 2>&-", 0),
        ("kgx build good.txt - <&-", 1),
        ("kgx build good.txt > /dev/full", 2),
        ("kgx annotate good.txt good.txt | true", 0),
    ],
)
def test_streams_that_are_closed_or_full(files: Path, command: str, code: int) -> None:
    done = shell(command, files)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr and "Exception ignored" not in done.stderr
    assert ("build" in command) == (files / "graph.ttl").exists()
    assert "bad.txt" not in command or "2>&1" in command or "bad.txt: empty file" in done.stderr


def test_a_sender_that_goes_away_is_the_end_of_the_text(files: Path) -> None:
    line = json.dumps({"text": GOOD}).encode()
    command = [sys.executable, "-m", "kgx", "build", "-", "-o", str(files / "a.ttl"), "-q"]
    done = subprocess.run(command, input=line + b"\n" + line[:-9], env=ENVIRONMENT, capture_output=True, check=False)
    assert done.returncode == 1 and b"stdin:2: not JSON" in done.stderr
    assert "Macky Sall" in (files / "a.ttl").read_text(encoding="utf8")


@posix
@pytest.mark.parametrize("moment", ["as it begins", "while it starts", "while it reads"])
def test_ctrl_c_leaves_clean(tmp_path: Path, moment: str) -> None:
    """On a terminal, as a person presses it: all processes of the terminal are told at once."""
    import pty

    cache, output = tmp_path / "cache", tmp_path / "graph.ttl"
    output.write_text("# old")
    paths = [str(path) for path in sorted(CORPUS.glob("*/*.txt"))[:120]]
    command = [sys.executable, "-m", "kgx", "build", *paths, "-o", str(output), "--cache", str(cache), "-j", "2"]
    child, terminal = pty.fork()
    if child == 0:
        os.execve(sys.executable, command, {**ENVIRONMENT, "TERM": "xterm", "COLUMNS": "200"})
    screen = b""
    seen = {
        "as it begins": lambda: b"reading" in screen,
        "while it starts": cache.exists,
        "while it reads": lambda: b" read: " in screen,
    }
    deadline, pressed = time.monotonic() + 120, False
    while time.monotonic() < deadline:
        if not pressed and seen[moment]() and len(of_session(child)) >= (1 if moment == "as it begins" else 3):
            time.sleep({"as it begins": 0.0, "while it starts": 0.3, "while it reads": 0.1}[moment])
            os.write(terminal, b"\x03")
            pressed = True
        if select.select([terminal], [], [], 0.1)[0]:
            try:
                piece = os.read(terminal, 2**16)
            except OSError:  # the other end is closed
                break
            if not piece:
                break
            screen += piece
    _, status = os.waitpid(child, 0)
    os.close(terminal)
    told = screen.decode(errors="replace")
    assert os.waitstatus_to_exitcode(status) == 130, told
    assert "kgx: interrupted" in told and "Traceback" not in told and "Exception" not in told, told
    assert output.read_text() == "# old" and [p.name for p in tmp_path.glob(".*")] == []
    until = time.monotonic() + 10
    while of_session(child) and time.monotonic() < until:
        time.sleep(0.1)
    assert of_session(child) == []
    if moment == "while it reads":
        assert f"what was read is kept in {cache}" in told.replace("\r\n", "")
        with ClaimsStore(cache) as store:
            assert len(store) >= 1


@posix
def test_ctrl_c_twice_ends_it_too(tmp_path: Path) -> None:
    paths = [str(path) for path in sorted(CORPUS.glob("*/*.txt"))[:60]]
    command = [sys.executable, "-m", "kgx", "build", *paths, "-o", str(tmp_path / "a.ttl"), "-j", "2"]
    with subprocess.Popen(command, start_new_session=True, env=ENVIRONMENT, stderr=subprocess.PIPE) as run:
        while len(of_session(run.pid)) < 4:
            time.sleep(0.1)
        for _ in range(2):
            os.killpg(run.pid, signal.SIGINT)
            time.sleep(0.2)
        assert run.wait(timeout=60) == 130
    until = time.monotonic() + 10
    while of_session(run.pid) and time.monotonic() < until:
        time.sleep(0.1)
    assert of_session(run.pid) == []


@posix
def test_a_run_that_is_told_to_end_leaves_clean(tmp_path: Path) -> None:
    """As a cluster or a supervisor ends it: the parent alone is told."""
    paths = [str(path) for path in sorted(CORPUS.glob("*/*.txt"))[:60]]
    command = [sys.executable, "-m", "kgx", "build", *paths, "-o", str(tmp_path / "a.ttl"), "--cache", "c", "-j", "2"]
    with subprocess.Popen(
        command, start_new_session=True, env=ENVIRONMENT, stderr=subprocess.PIPE, cwd=tmp_path, text=True
    ) as run:
        while len(of_session(run.pid)) < 4:
            time.sleep(0.1)
        time.sleep(0.5)
        run.terminate()
        assert run.wait(timeout=60) == 130
        assert run.stderr is not None
        told = run.stderr.read()
    with ClaimsStore(tmp_path / "c") as store:  # where nothing was read yet, nothing is said to be kept
        assert ("what was read is kept in c" in told) == bool(len(store))
    assert "interrupted" in told
    assert "Traceback" not in told and "leaked" not in told
    assert of_session(run.pid) == [] and not list(tmp_path.glob(".*"))
