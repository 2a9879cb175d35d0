"""`kgx serve` as it is typed."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pyoxigraph as ox
import pytest

from tests.serve.conftest import DATA, ENDLESS, ROOT, started

ENDLESS_REQUEST = (
    "POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sparql-query\r\n"
    f"Content-Length: {len(ENDLESS)}\r\n\r\n{ENDLESS}"
).encode()


def kgx(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "kgx", *words], cwd=ROOT, capture_output=True, text=True, timeout=30)


def test_a_port_that_is_taken_is_told_at_once(data_file: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        found = kgx("serve", str(data_file), "--port", port)
    assert found.returncode == 2
    assert (
        found.stderr == f"kgx: cannot listen at 127.0.0.1, port {port}: Address already in use; --port takes another\n"
    )


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["{file}", "--host", "192.0.2.1"], "cannot listen at 192.0.2.1"),
        (["{file}", "--host", "no.such.invalid"], "cannot listen at no.such.invalid"),
        (["{file}", "--port", "99999"], "cannot listen"),
        (["nothing.ttl", "--port", "0"], "nothing.ttl: cannot be read"),
        (["{file}", "--port", "0", "--documents", "nothing"], "nothing: there is no such folder"),
    ],
)
def test_what_cannot_be_served_is_told(data_file: Path, words: list[str], told: str) -> None:
    found = kgx("serve", *(word.format(file=data_file) for word in words))
    assert found.returncode == 2
    assert told in found.stderr
    assert "Traceback" not in found.stderr


@pytest.mark.parametrize("busy", [False, True])
def test_ctrl_c_ends_it_without_a_word(data_file: Path, busy: bool) -> None:
    with started(data_file) as server:
        assert server.ask("GET", "/sparql?query=ASK%20%7B%7D").status == 200
        if busy:
            connection = socket.create_connection(("127.0.0.1", server.port))
            connection.sendall(ENDLESS_REQUEST)
            time.sleep(0.3)
        children = processes(server.process.pid)
        assert children
        began = time.monotonic()
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(10) == 0
        assert time.monotonic() - began < 6
        assert server.process.stdout is not None
        assert server.process.stdout.read() == ""
        assert not any(alive(child) for child in children)
        if busy:
            connection.close()


def test_nothing_runs_on_when_the_server_is_killed(data_file: Path) -> None:
    with started(data_file, "--seconds", "1") as server:
        assert server.ask("GET", "/sparql?query=ASK%20%7B%7D").status == 200
        with socket.create_connection(("127.0.0.1", server.port)) as connection:
            connection.sendall(ENDLESS_REQUEST)
            time.sleep(0.3)
            children = processes(server.process.pid)
            server.process.kill()
            server.process.wait(5)
        deadline = time.monotonic() + 8
        while any(alive(child) for child in children) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert not any(alive(child) for child in children)


def processes(parent: int) -> list[int]:
    """The processes that a process began (Linux)."""
    found = Path(f"/proc/{parent}/task/{parent}/children")
    if not found.exists():
        pytest.skip("the system does not tell")
    return [
        int(child) for path in Path(f"/proc/{parent}/task").glob("*/children") for child in path.read_text().split()
    ]


def alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_store_is_served_where_it_lies(tmp_path: Path) -> None:
    store = ox.Store(str(tmp_path / "store"))
    store.load(DATA.encode("utf8"), format=ox.RdfFormat.TRIG)
    store.flush()
    del store
    before = sorted(path.name for path in (tmp_path / "store").iterdir())
    with started(tmp_path / "store") as server, started(tmp_path / "store") as other:
        for one in (server, other):
            reply = one.ask("GET", "/sparql?query=ASK%20%7B%20%3Fs%20a%20kgx%3APerson%20%7D")
            assert b"true" in reply.body
    assert sorted(path.name for path in (tmp_path / "store").iterdir()) == before


def test_an_endpoint_elsewhere_is_served_alike(data_file: Path) -> None:
    with started(data_file) as server, started(f"http://127.0.0.1:{server.port}/sparql") as relay:
        for path in (
            "/sparql?query=ASK%20%7B%20%3Fs%20a%20kgx%3APerson%20%7D&format=xml",
            "/sparql?query=SELECT%20%3Fs%20%7B%20%3Fs%20a%20%3Ft%20%7D&default-graph-uri=http%3A%2F%2Fdata.example%2Fone&format=csv",
            "/id/country/VN?format=nt",
            "/sparql?query=ASK%20%7B",
        ):
            direct, relayed = server.ask("GET", path), relay.ask("GET", path)
            assert direct.status == relayed.status
            if direct.status == 200:
                assert sorted(direct.body.splitlines()) == sorted(relayed.body.splitlines())
