"""What is measured, a task a process: `benchmarks.measure.fresh` runs them.

    python -m benchmarks.tasks TASK MEGABYTES ARGUMENTS

Each prints JSON lines: ``name`` and ``seconds`` of the processor, with ``documents`` and ``characters`` where they
count; ``at`` is when that ended, since the start of the process, and ``megabytes`` what was resident then.
"""

from __future__ import annotations

import json
import multiprocessing
import resource
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from benchmarks.measure import OUT_OF_MEMORY

_START = time.perf_counter()
_HERE = psutil.Process()


def tell(name: str, seconds: float, **more: Any) -> None:
    """Print one line."""
    at, megabytes = time.perf_counter() - _START, _HERE.memory_info().rss / 1e6
    line = {"name": name, "seconds": round(seconds, 5), "at": round(at, 2), "megabytes": round(megabytes, 1), **more}
    print(json.dumps(line), flush=True)


@contextmanager
def timed(name: str, **more: Any) -> Iterator[None]:
    """Tell the seconds of the processor, of all threads."""
    before = time.process_time()
    yield
    tell(name, time.process_time() - before, **more)


def stages(folders: list[str], number: int, keep: str = "") -> None:
    """Every stage on documents of some folders, by language where a stage reads one document at a time.

    The first document of each language loads its rules and, for the first of all, the model: that is told as ``start``
    and not counted as reading.

    Args:
        folders: where the documents lie.
        number: how many of them to take, evenly spread; 0 for all.
        keep: a folder that gets the claims of each, to simulate others from; empty for none.
    """
    from kgx.annotate import annotate
    from kgx.claims import ClaimsStore, key_of
    from kgx.extract import extract
    from kgx.ingest import document_of
    from kgx.lang import languages
    from kgx.lang.detect import detect
    from kgx.pipeline import found

    detect("A text.")  # loads the detector
    sources = list(found(folders, report=lambda issue: None))
    sources = sources[:: -(-len(sources) // number)] if number else sources
    parts: dict[str, list[Any]] = defaultdict(list)
    for source in sources:
        if (lang := detect(document_of(source).text)) in languages():
            parts[lang].append(source)
    keys, kept = [], []
    for lang, several in sorted(parts.items()):
        with timed(f"start/{lang}"):
            extract(annotate(document_of(several[0]), lang))
        count = {"documents": len(several), "characters": sum(len(document_of(s).text) for s in several)}
        with timed(f"read/{lang}", **count):
            documents = [document_of(source) for source in several]
        with timed(f"language/{lang}", **count):
            for document in documents:
                detect(document.text)
        with timed(f"mentions/{lang}", **count):
            annotated = [annotate(document, lang) for document in documents]
        with timed(f"claims/{lang}", **count):
            claims = [extract(each) for each in annotated]
        keys += [key_of(source, None) for source in several]
        kept += claims
        mentions, facts = sum(len(a.mentions) for a in annotated), sum(len(c.facts) for c in claims)
        tell(f"found/{lang}", 0, mentions=mentions, facts=facts, **count)
    whole = {"documents": len(kept), "characters": sum(len(c.document.text) for c in kept)}
    for one in kept if keep else ():
        Path(keep, f"{one.document.id}.json").write_text(one.model_dump_json(), encoding="utf8")
    with ClaimsStore() as store:
        with timed("store/all", **whole):
            for key, one in zip(keys, kept, strict=True):
                store.add(key, one.model_dump_json().encode())
        _later(store, keys, whole)


def _later(store: Any, keys: list[bytes], whole: dict[str, int], *, only: tuple[str, ...] = ()) -> None:
    """The stages after reading."""
    from kgx.copies import without_copies
    from kgx.pipeline import Told

    told = Told(store, keys, locators=[None] * len(keys))
    with timed("unstore/all", **whole):
        for _ in told:
            pass
    with timed("copies/all", **whole):
        for _ in without_copies(told):
            pass
    if only:
        return
    claims = list(without_copies(told))

    from kgx.collection import no_collection
    from kgx.export.triples import of_graph
    from kgx.export.turtle import turtle_pieces
    from kgx.graph import build_graph
    from kgx.resolve import resolve

    tell("loaded", 0)
    with no_collection():  # as in `kgx build`
        with timed("resolve/all", **whole):
            knowledge = resolve(claims)
        tell("known", 0, things=len(knowledge.things), facts=len(knowledge.facts))
        del claims
        with timed("graph/all", **whole):
            graph = build_graph(knowledge)
        with timed("triples/all", **whole):
            triples = of_graph(graph)
        with timed("turtle/all", **whole):
            size = sum(map(len, turtle_pieces(triples)))  # as `kgx build` writes it, never all of it at once
    several = sum(len(said) + sum(map(len, inner.values())) for _, said, inner in triples.blocks())
    tell("written", 0, triples=several, bytes=size)


def simulated(folder: str, number: int, resolution: bool) -> None:
    """The stages after reading, on simulated documents; with `resolution` false only those before it."""
    from kgx.claims import ClaimsStore

    with tempfile.TemporaryDirectory() as kept:
        # In a process that ends, so that what simulating takes is not counted with the rest.
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as one:
            keys, spent, characters = one.submit(_filled, kept, folder, number).result()
        whole = {"documents": number, "characters": characters}
        tell("store/all", spent, **whole)
        with ClaimsStore(Path(kept)) as store:
            _later(store, keys, whole, only=() if resolution else ("before",))


def _filled(kept: str, folder: str, number: int) -> tuple[list[bytes], float, int]:
    """Keys of simulated documents in a store, the seconds that storing took, and characters."""
    from benchmarks.simulate import simulated as made
    from kgx.claims import ClaimsStore

    models = [path.read_bytes() for path in sorted(Path(folder).glob("*.json"))]
    keys: list[bytes] = []
    spent, characters = 0.0, 0
    with ClaimsStore(Path(kept)) as store:
        for key, claims in made(models, number):
            before = time.process_time()
            store.add(key, claims)
            spent += time.process_time() - before
            if len(keys) < len(models):
                characters += len(json.loads(claims)["document"]["text"])
            keys.append(key)
    return keys, spent, round(characters / min(len(models), number) * number)


def together(folder: str, target: str, jobs: int) -> None:
    """`kgx build` of a folder, whole: what this process and what those that read used."""
    from kgx.cli import app

    app(["build", folder, "-o", target, "--jobs", str(jobs), "--quiet"], standalone_mode=False)
    for name, who in (("here", resource.RUSAGE_SELF), ("readers", resource.RUSAGE_CHILDREN)):
        used = resource.getrusage(who)
        tell(name, used.ru_utime + used.ru_stime)


def yardstick() -> None:
    """Work that never changes, to tell a slower machine from a slower program."""
    import re
    import zlib

    import numpy as np

    rng = np.random.default_rng(8)
    with timed("yardstick"):
        words = [str(n * 7919 % 10007) for n in range(200_000)]
        counts: dict[str, int] = {}
        for word in sorted(words):
            counts[word] = counts.get(word, 0) + 1
        text = " ".join(words)
        for _ in range(4):
            len(re.findall(r"\b1\d+7\b", text)), zlib.crc32(zlib.compress(text.encode(), 1))
        matrix = rng.random((400, 400))
        for _ in range(20):
            matrix = matrix @ matrix / 400


def main() -> None:
    """Run the task that the command line names."""
    from benchmarks import others

    tasks: dict[str, Callable[..., None]] = {
        f.__name__: f for f in (stages, simulated, together, yardstick, others.spacy, others.dates)
    }
    task, megabytes, arguments = sys.argv[1:]
    if int(megabytes):
        limit = int(megabytes) * 2**20
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    try:
        tasks[task](**json.loads(arguments))
    except MemoryError:
        sys.exit(OUT_OF_MEMORY)


if __name__ == "__main__":
    main()
