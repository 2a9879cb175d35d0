"""On a cluster of Ray, of two nodes in this machine: the same bytes, also where a worker or a node is lost midway."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from engines import ENVIRONMENT, ROOT, built, command, documents, told

pytest.importorskip("daft")
pytest.importorskip("ray")
if not Path("/proc/self/environ").exists():
    pytest.skip("processes are told by what Linux tells of them", allow_module_level=True)

SECONDS = 300
READS = b"ray::UDFActor.eval_input"  # what Ray calls a process while it reads


@dataclass
class Cluster:
    """A cluster: its address, the process that holds it, and the mark that all its processes bear."""

    address: str
    holder: subprocess.Popen[str]
    mark: bytes

    def readers(self) -> list[int]:
        """The processes that are reading now."""
        found = []
        for folder in Path("/proc").iterdir():
            try:
                if folder.name.isdigit() and (folder / "cmdline").read_bytes().startswith(READS):
                    found += [int(folder.name)] * (self.mark in (folder / "environ").read_bytes())
            except OSError:
                continue
        return found

    def kill_reader(self) -> None:
        """End a worker as the system does when memory is short."""
        os.kill(self.readers()[0], signal.SIGKILL)

    def kill_node(self) -> None:
        """End a node as a power cut does."""
        assert self.holder.stdin is not None and self.holder.stdout is not None
        self.holder.stdin.write("kill\n")
        self.holder.stdin.flush()
        assert self.holder.stdout.readline() == "killed\n"


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    mark = uuid.uuid4().hex
    holder = subprocess.Popen(
        [sys.executable, str(ROOT / "tests" / "cluster.py")], env={**ENVIRONMENT, "KGX_TEST": mark}, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    assert holder.stdin is not None and holder.stdout is not None
    address = holder.stdout.readline().strip()
    assert address, "no cluster"
    yield Cluster(address, holder, f"KGX_TEST={mark}".encode())
    holder.stdin.close()
    try:
        holder.wait(60)
    except subprocess.TimeoutExpired:
        holder.kill()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return documents(tmp_path_factory.mktemp("cluster") / "documents")


@pytest.fixture(scope="module")
def expected(folder: Path) -> tuple[bytes, list[tuple[str, str]]]:
    """What one process makes of them."""
    return built(folder, folder.parent / "one.ttl", "--jobs", "1")


def test_same_bytes_and_same_issues(cluster: Cluster, folder: Path, expected: object, tmp_path: Path) -> None:
    assert built(folder, tmp_path / "graph.ttl", "--engine", "daft", "--ray", cluster.address) == expected


# The node is lost last, for it does not come back.
@pytest.mark.parametrize("kill", [Cluster.kill_reader, Cluster.kill_node], ids=["worker", "node"])
def test_what_is_lost_midway_is_read_again(
    kill: Callable[[Cluster], None], cluster: Cluster, folder: Path, expected: object, tmp_path: Path
) -> None:
    output = tmp_path / "graph.ttl"
    build = command(folder, output, "--engine", "daft", "--ray", cluster.address)
    with subprocess.Popen(build, env=ENVIRONMENT, stderr=subprocess.DEVNULL) as process:
        limit = time.monotonic() + SECONDS
        while not cluster.readers() and process.poll() is None and time.monotonic() < limit:
            time.sleep(0.1)
        assert process.poll() is None
        kill(cluster)
        assert process.wait(SECONDS) == 1
    assert told(output) == expected
