"""A build that is killed at any moment goes on to the same bytes: ``python benchmarks/kill.py [MOMENTS] [--warm]``.

A build of short documents in all languages runs once undisturbed. Then, for each of the moments (50 by default, drawn
with a seed, spread over the time of that run from its first to its last, the export included), a build in a folder of
its own is killed with all its processes (SIGKILL), and run again to its end. Every time the graph must have the bytes
of the undisturbed one, and nothing may be left beside it. Reading takes the most of the time; with ``--warm`` all
documents are in the cache before, so that the moments fall into what comes after it. Exit code 1 if it fails once.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CORPUS = ROOT / "tests" / "corpus"
SEED = 20


def documents(folder: Path, count: int) -> Path:
    """The first paragraphs of articles of the corpus, as many of each language; the fewer they are, the shorter."""
    languages = sorted(path.name for path in CORPUS.iterdir() if path.is_dir())
    files = [sorted((CORPUS / lang).glob("[0-9]*.txt")) for lang in languages]
    chosen = [path for several in zip(*files, strict=False) for path in several][:count]
    folder.mkdir()
    for path in chosen:
        (folder / f"{path.parent.name}-{path.name}").write_text(path.read_text(encoding="utf8")[:1200], encoding="utf8")
    return folder


def command(inputs: Path, folder: Path, jobs: int) -> list[str]:
    """The build into a folder, with its cache there."""
    output, cache = str(folder / "graph.ttl"), str(folder / "cache")
    return [sys.executable, "-m", "kgx", "build", str(inputs), "-o", output, "--cache", cache, "-q", "-j", str(jobs)]


def killed(inputs: Path, folder: Path, seconds: float, jobs: int) -> str:
    """Kill a build after some seconds; what it was at, as far as its files tell."""
    run = subprocess.Popen(command(inputs, folder, jobs), cwd=ROOT, start_new_session=True, stderr=subprocess.DEVNULL)
    try:
        run.wait(timeout=seconds)
        return "over"
    except subprocess.TimeoutExpired:
        os.killpg(run.pid, signal.SIGKILL)
        run.wait()
    if not (folder / "cache" / "claims.sqlite").exists():
        return "before the cache"
    if (folder / "graph.ttl").exists():
        return "written"
    if any(folder.glob(".*.part")):
        return "writing"
    with closing(sqlite3.connect(f"file:{folder}/cache/claims.sqlite?mode=ro", uri=True)) as cache:
        try:
            (kept,) = cache.execute("SELECT count(*) FROM claims").fetchone()
        except sqlite3.OperationalError:  # killed between the file and its table
            kept = 0
    return "reading" if kept < len(list(inputs.iterdir())) else "resolving"


def fault(inputs: Path, folder: Path, expected: bytes, jobs: int) -> str | None:
    """Run a build that was killed to its end; what is wrong then."""
    output = folder / "graph.ttl"
    if output.exists() and output.read_bytes() != expected:
        return "half a graph was left"
    done = subprocess.run(command(inputs, folder, jobs), cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        return f"exit code {done.returncode}: {done.stderr}"
    if output.read_bytes() != expected:
        return "other bytes"
    beside = sorted(path.name for path in folder.rglob("*") if path.is_file())
    return None if beside == ["claims.sqlite", "graph.ttl"] else f"left: {beside}"


def main(argv: list[str] | None = None) -> int:
    """Run it; 0 if every moment ended well."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("moments", type=int, nargs="?", default=50)
    parser.add_argument("--documents", type=int, default=60)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--warm", action="store_true", help="all documents are in the cache before")
    options = parser.parse_args(argv)
    chance, seen, faults = random.Random(SEED), Counter[str](), 0
    with tempfile.TemporaryDirectory() as temporary:
        top = Path(temporary)
        inputs = documents(top / "in", options.documents)
        whole = top / "whole"
        whole.mkdir()
        began = time.monotonic()
        subprocess.run(command(inputs, whole, options.jobs), cwd=ROOT, check=True)
        span = time.monotonic() - began
        expected = (whole / "graph.ttl").read_bytes()
        if options.warm:
            (whole / "graph.ttl").unlink()
            began = time.monotonic()
            subprocess.run(command(inputs, whole, options.jobs), cwd=ROOT, check=True)
            span = time.monotonic() - began
        print(f"{options.documents} documents, undisturbed: {span:.1f} s, {len(expected):,} bytes", flush=True)
        for number in range(options.moments):
            folder = top / str(number)
            folder.mkdir()
            if options.warm:
                shutil.copytree(whole / "cache", folder / "cache")
            seconds = span * (number + chance.random()) / options.moments
            when = killed(inputs, folder, seconds, options.jobs)
            wrong = fault(inputs, folder, expected, options.jobs)
            seen[when] += 1
            faults += wrong is not None
            print(f"{number + 1:3d}  {seconds:6.2f} s  {when:16}  {wrong or 'the same bytes'}", flush=True)
    found = ", ".join(f"{count} {when}" for when, count in seen.most_common())
    print(f"{options.moments - faults} of {options.moments} ended with the same bytes ({found})")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
