"""The same documents by every engine: bytes of the graph, seconds of the processors, memory, what a document weighs.

    python benchmarks/engines.py [--documents 1000] [--engines jobs1 jobs2 daft ray] [--save figures.json]

Documents are generated from those of tests/corpus, all languages in turn, about 900 characters each: people get other
names, of a tenth as many people as documents, and each document another day. Each engine builds in processes of its
own, which are watched twice a second: seconds are those of all their processors, memory is what they hold together,
what they share counted once. The exit code is 1 if two graphs differ.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from resolve_scale import spelled

ROOT = Path(__file__).parent.parent
ENGINES = {
    "jobs1": ["--jobs", "1"],
    "jobs2": ["--jobs", "2"],
    "daft": ["--engine", "daft", "--jobs", "2"],
    "ray": ["--engine", "daft", "--ray", "local", "--jobs", "2"],
}
_SCRIPTS = (("ko", re.compile("[가-힣]")), ("ru", re.compile("[а-яё]", re.I)), ("ar", re.compile("[\u0620-\u064a]")))
_TICKS = os.sysconf("SC_CLK_TCK")


def generated(number: int) -> Iterator[tuple[str, str]]:
    """So many documents, the same ones each time: names of files, and texts."""
    rng = random.Random(number)
    people = [spelled(rng) for _ in range(number // 10 + 5)]
    folders = sorted(path for path in (ROOT / "tests" / "corpus").iterdir() if path.is_dir())
    texts = [sorted(folder.glob("[0-9]*.txt")) for folder in folders]
    for n in range(number):
        several = texts[n % len(texts)]
        path = several[n // len(texts) % len(several)]
        told = json.loads(path.with_suffix(".json").read_text(encoding="utf8"))
        day = date(2015, 1, 1) + timedelta(days=rng.randrange(3600))
        text = re.sub(r"^published: .*$", f"published: {day}", path.read_text(encoding="utf8"), count=1, flags=re.M)
        for person in told["persons"]:
            name = rng.choice(people)
            for surface in sorted(person["surface"], key=len, reverse=True):
                text = text.replace(surface, _alike(name, surface))
        yield f"{n:06}-{path.stem}.txt", text


def _alike(name: tuple[str, ...], surface: str) -> str:
    """A name in the script of another, the last part only where the other is of one."""
    index = next((i for i, (_, script) in enumerate(_SCRIPTS, 1) if script.search(surface)), 0)
    return name[index] if " " in surface else name[index].split()[-1]


class Watch:
    """Processor time and memory of a process and all that it starts, wherever they go: they carry a mark."""

    def __init__(self) -> None:
        self.mark = f"KGX_WATCHED={uuid.uuid4().hex}"
        self._seconds: dict[str, float] = {}
        self.peak, self.worker = 0, 0

    def look(self) -> None:
        """Look at them once."""
        total = 0
        for folder in Path("/proc").iterdir():
            try:
                if not folder.name.isdigit() or self.mark.encode() not in (folder / "environ").read_bytes():
                    continue
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
                held = int(re.search(r"^Pss:\s+(\d+)", (folder / "smaps_rollup").read_text(), re.M)[1]) * 1024  # type: ignore[index]
                command = (folder / "cmdline").read_bytes()
            except (OSError, TypeError):
                continue
            self._seconds[f"{folder.name}/{fields[19]}"] = (int(fields[11]) + int(fields[12])) / _TICKS
            total += held
            if b"spawn_main" in command and b"-m\0kgx" not in command:
                self.worker = max(self.worker, held)
        self.peak = max(self.peak, total)

    @property
    def seconds(self) -> float:
        """Of the processors, all of them."""
        return sum(self._seconds.values())


def run(engine: str, documents: Path, folder: Path) -> dict[str, Any]:
    """Build by an engine, with its claims kept as Parquet."""
    watch, output = Watch(), folder / f"{engine}.nq"
    name, _, value = watch.mark.partition("=")
    command = [sys.executable, "-m", "kgx", "build", str(documents), "-o", str(output), "-q", *ENGINES[engine],
               "--claims", str(folder / f"claims-{engine}")]  # fmt: skip
    began = time.monotonic()
    process = subprocess.Popen(command, env={**os.environ, name: value, "PYTHONPATH": str(ROOT)})
    while process.poll() is None:
        watch.look()
        time.sleep(0.5)
    if process.returncode:
        sys.exit(f"{engine}: exit code {process.returncode}")
    content = output.read_bytes()
    claims = sum(path.stat().st_size for path in (folder / f"claims-{engine}").iterdir())
    return {
        "clock": time.monotonic() - began, "seconds": watch.seconds, "peak": watch.peak, "worker": watch.worker,
        "claims": claims, "graph": len(content), "digest": hashlib.sha256(content).hexdigest(),
    }  # fmt: skip


def after(claims: str) -> dict[str, float]:
    """What comes after the documents were read, from their claims: seconds, memory and sizes, in a fresh process."""
    from kgx.copies import without_copies
    from kgx.engines.table import ClaimsTable
    from kgx.export.formats.ntriples import to_ntriples
    from kgx.export.triples import of_graph
    from kgx.graph import build_graph
    from kgx.resolve import resolve

    with ClaimsTable(claims) as store:
        keys = list(store.keys())
        raw = sum(len(one.model_dump_json().encode()) for one in store.read(keys))
        before, began = _held(), time.process_time()
        knowledge = resolve(without_copies([*store.read(keys)]))
        resolved, held = time.process_time(), _held()
        known = of_graph(build_graph(knowledge))
        lines = to_ntriples(known)
        told = {
            "resolve": resolved - began, "export": time.process_time() - resolved, "held": held - before,
            "memory": _held() - before, "raw": raw, "triples": len(known.triples), "ntriples": len(lines),
            "characters": sum(len(d.document.text) for d in knowledge.documents),
        }  # fmt: skip
    return {name: value / len(keys) for name, value in told.items()}


def _held() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def main() -> None:
    """Print a line an engine, and what a document weighs."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--documents", type=int, default=1000)
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=list(ENGINES))
    parser.add_argument("--save", type=Path, help="also write the figures, as JSON")
    parser.add_argument("--after", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.after:
        print(json.dumps(after(options.after)))
        return
    with tempfile.TemporaryDirectory() as folder:
        documents = Path(folder, "documents")
        documents.mkdir()
        for name, text in generated(options.documents):
            (documents / name).write_text(text, encoding="utf8")
        found: dict[str, Any] = {}
        for engine in options.engines:
            one = found[engine] = run(engine, documents, Path(folder))
            print(
                f"{engine:6} {one['clock']:7.1f} s by the clock, {one['seconds']:7.1f} s of processors, "
                f"{one['peak'] / 1e6:6,.0f} MB, {one['worker'] / 1e6:5,.0f} MB a reader, graph {one['digest'][:12]}",
                flush=True,
            )
        claims = str(Path(folder, f"claims-{options.engines[0]}"))
        done = subprocess.run(
            [sys.executable, __file__, "--after", claims], check=True, stdout=subprocess.PIPE, text=True
        )
        weighs = json.loads(done.stdout)
        weighs["claims"] = found[options.engines[0]]["claims"] / options.documents
        weighs["nquads"] = found[options.engines[0]]["graph"] / options.documents
    for name, value in weighs.items():
        print(f"{name:10} {value:12,.4f} a document")
    if options.save:
        options.save.write_text(
            json.dumps({"documents": options.documents, "engines": found, "weighs": weighs}, indent=1)
        )
    sys.exit(len({one["digest"] for one in found.values()}) > 1)


if __name__ == "__main__":
    main()
