"""What tests of engines share: documents good and bad, and what a build makes of them."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from kgx.models import Document
from kgx.workers import Limits

ROOT = Path(__file__).parent.parent
CORPUS = ROOT / "tests" / "corpus"
# What processes of Daft and Ray find modules by, those of the tests too; and no word to their makers.
ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "tests"))),
    "RAY_USAGE_STATS_ENABLED": "0",
    "DAFT_ANALYTICS_ENABLED": "0",
}
LONGEST = 3000
BAD = {
    "empty.txt": b"",
    "binary.txt": bytes(range(256)) * 3,
    "long.txt": b"A sentence of some words. " * 200,
    "front.txt": b"---\npublished: never\n---\nThe president went to Lisbon.\n",
    "other.txt": b"---\nlang: xx\n---\nNobody reads this.\n",
    "lines.jsonl": b'{"id": "good", "text": "The president of France visited Latvia on Monday.", "lang": "en"}\nno\n',
}


def documents(folder: Path, *, each: int = 7) -> Path:
    """A folder of some 40 documents in all languages, and of some that can't be read."""
    folder.mkdir()
    for language in sorted(path for path in CORPUS.iterdir() if path.is_dir()):
        for path in sorted(language.glob("[0-9]*.txt"))[:each]:
            shutil.copy(path, folder / f"{language.name}-{path.name}")
    for name, content in BAD.items():
        (folder / name).write_bytes(content)
    return folder


def command(folder: Path, output: Path, *options: str) -> list[str]:
    """A build of a folder, with a report beside the output."""
    limits = ["--max-characters", str(LONGEST), "--report", f"{output}.json", "-q"]
    return [sys.executable, "-m", "kgx", "build", str(folder), "-o", str(output), *limits, *options]


def built(folder: Path, output: Path, *options: str) -> tuple[bytes, list[tuple[str, str]]]:
    """The graph of a folder, as bytes, and what could not be read."""
    done = subprocess.run(
        command(folder, output, *options), cwd=output.parent, env=ENVIRONMENT, capture_output=True, text=True
    )
    assert done.returncode == 1, done.stderr
    return told(output)


def told(output: Path) -> tuple[bytes, list[tuple[str, str]]]:
    """The graph that a build wrote, and what it could not read."""
    report = json.loads(Path(f"{output}.json").read_text(encoding="utf8"))
    return output.read_bytes(), sorted((issue["where"], issue["reason"]) for issue in report["skipped"])


SMALL = Limits(characters=100, seconds=3, megabytes=1500)


def reader(document: Document, lang: str) -> bytes:
    """Stands for the real reader: the text says what befalls it."""
    match document.text.split():
        case ["die"]:
            os.kill(os.getpid(), signal.SIGKILL)
        case ["exit"]:
            os._exit(7)
        case ["sleep"]:
            time.sleep(60)
        case ["grow"]:
            return bytes(bytearray(3 * 2**30))
        case ["fault"]:
            raise ValueError("no such thing")
        case ["work"]:
            time.sleep(0.05)
    return f"{document.id} in {lang}".encode()


def tasks(*texts: str) -> list[tuple[Document, str]]:
    return [
        (Document(id=f"d{n}", file_name=f"d{n}.txt", text=t, sha256=hashlib.sha256(t.encode()).hexdigest()), "en")
        for n, t in enumerate(texts)
    ]


REASONS = {
    "die": "the process reading it was ended by SIGKILL (out of memory?)",
    "exit": "the process reading it ended with code 7",
    "sleep": "took longer than 3 s",
    "grow": "needs more than 1500 MB of memory",
    "fault": "could not be read (ValueError: no such thing)",
}
