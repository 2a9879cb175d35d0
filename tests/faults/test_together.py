"""Everything that is wrong with inputs, in one folder and one run: each is named once, and the good ones are read."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from faulty import CUT, GOOD, HOSTILE, LINE, docx, docx_with, mail, parquet, warc, zipped

ROOT = Path(__file__).parents[2]
# In every process of a build: what would reach out is written down, and fails.
GUARD = """
import os, socket, sys
def told(what):
    with open(os.environ["KGX_TEST_REACHED"], "a") as file: file.write(f"{what}\\n")
    raise OSError(f"no network: {what}")
class Socket(socket.socket):
    def connect(self, address): told(address)
    def connect_ex(self, address): told(address)
    def sendto(self, *args): told(args[-1])
socket.socket = Socket
socket.getaddrinfo = lambda *args, **_: told(args[:2])
socket.gethostbyname = lambda *args: told(args)
socket.create_connection = lambda *args, **_: told(args)
def hook(event, args):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto", "urllib.Request"): told((event, args[-1:]))
sys.addaudithook(hook)
"""


def build(folder: Path, output: Path, *options: str, environment: dict[str, str] | None = None):  # type: ignore[no-untyped-def]
    return subprocess.run(
        [sys.executable, "-m", "kgx", "build", str(folder), "-o", str(output), "-q", "--jobs", "2", *options],
        env={**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def files(report: dict[str, Any]) -> set[str]:
    """What was read, copies of one text included."""
    return {document["file"] for document in (*report["documents"], *report["copies"])}


def test_one_run_over_everything(tmp_path: Path) -> None:
    folder, report = tmp_path / "in", tmp_path / "report.json"
    folder.mkdir()
    for name, content in {**{n: c for n, (c, _, _) in HOSTILE.items()}, **CUT}.items():
        (folder / name).write_bytes(content)
    for number in range(12):
        (folder / f"good{number}.txt").write_text(f"{GOOD} {'Une phrase. ' * number}", encoding="utf8")
    done = build(folder, tmp_path / "graph.ttl", "--report", str(report), "--max-characters", "1000000")
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    told = json.loads(report.read_text(encoding="utf8"))
    assert {f"good{number}.txt" for number in range(12)} <= files(told)
    named = Counter(skip["where"] for skip in told["skipped"])
    assert max(named.values()) == 1
    lines = done.stderr.splitlines()
    assert sorted(lines) == sorted(f"kgx: {skip['where']}: {skip['reason']}" for skip in told["skipped"])
    # With the limits of a build some of what is too large for the tests beside this one is no fault.
    fine = {"bomb.zip", "long.jsonl", "big.txt"}
    for name in (*CUT, *HOSTILE):
        assert name in fine or any(name in where for where in named), name
    assert all(skip["reason"] for skip in told["skipped"])


@pytest.fixture
def server() -> Iterator[tuple[int, list[str]]]:
    """Listens for who comes, at the level below Python too."""
    came: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.2)
        ended = threading.Event()

        def listen() -> None:
            while not ended.is_set():
                try:
                    connection, _ = listening.accept()
                except TimeoutError:
                    continue
                came.append(connection.recv(200).decode(errors="replace"))
                connection.close()

        listener = threading.Thread(target=listen)
        listener.start()
        yield listening.getsockname()[1], came
        ended.set()
        listener.join()


def remote(at: str) -> dict[str, bytes]:
    """Documents that refer to an address in every way that their formats know."""
    page = f"""<!DOCTYPE html SYSTEM "{at}/dtd"><html><head><base href="{at}/"><link rel="stylesheet" href="{at}/css">
<link rel="canonical" href="{at}/canonical"><script src="{at}/js"></script><meta http-equiv="refresh" content="0;{at}">
<link rel="alternate" type="application/rss+xml" href="{at}/feed"></head><body background="{at}/b"><article>
<p>{GOOD}</p><img src="{at}/img" srcset="{at}/2x 2x"><iframe src="{at}/frame"></iframe><p>{GOOD} {GOOD}</p>
<object data="{at}/object"></object><video src="{at}/video"></video>
<xi:include href="{at}/x"/></article></body></html>"""
    doctype = f'<!DOCTYPE a SYSTEM "{at}/dtd" [<!ENTITY x SYSTEM "{at}/entity"><!ENTITY % p SYSTEM "{at}/p"> %p;]>'
    feed = f"""<?xml version="1.0"?>{doctype}<?xml-stylesheet href="{at}/xsl" type="text/xsl"?><rss>
<channel><xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{at}/include"/><item><title>Visite</title>
<link>{at}/1</link><enclosure url="{at}/mp3" type="audio/mpeg" length="1"/><description>{GOOD} &x;</description></item>
</channel></rss>"""
    relation = f'<Relationship Id="r9" TargetMode="External" Target="{at}/t" Type="http://schemas.openxmlformats.org/'
    template = relation + 'officeDocument/2006/relationships/attachedTemplate"/></Relationships>'
    letter = f'From: a@b.example\nContent-Type: message/external-body; access-type=URL; URL="{at}/mail"\n\n{GOOD}'
    html = f"Subject: a\nContent-Type: text/html; charset=utf-8\n\n{page}"
    return {
        "a.html": page.encode(), "b.rss": feed.encode(), "c.atom": feed.encode(), "d.warc": warc(page),
        "e.eml": letter.encode(), "f.eml": html.encode(), "g.zip": zipped({"a.html": page.encode() + b" "}),
        "h.docx": docx_with("word/_rels/document.xml.rels", b"</Relationships>", template.encode()),
        "i.docx": docx_with("word/document.xml", b"?>", f"?>{doctype}".encode()),
        "j.txt": f"---\nurl: {at}/text\n---\n{GOOD} {at}/in-text".encode(), "k.jsonl": LINE, "l.parquet": parquet(GOOD),
        "m.eml": mail(f"{GOOD} {at}"), "n.docx": docx(f"{at} {GOOD}"),
    }  # fmt: skip


def test_nothing_is_ever_fetched(tmp_path: Path, server: tuple[int, list[str]]) -> None:
    port, came = server
    folder, guard, reached = tmp_path / "in", tmp_path / "guard", tmp_path / "reached"
    folder.mkdir()
    guard.mkdir()
    (guard / "sitecustomize.py").write_text(GUARD)
    for name, content in remote(f"http://127.0.0.1:{port}").items():
        (folder / name).write_bytes(content)
    environment = {"PYTHONPATH": f"{guard}{os.pathsep}{ROOT}", "KGX_TEST_REACHED": str(reached)}
    check = "import socket; socket.create_connection(('127.0.0.1', 1))"
    guarded = subprocess.run([sys.executable, "-c", check], env={**os.environ, **environment}, capture_output=True)
    assert b"no network" in guarded.stderr and reached.read_text()
    reached.unlink()
    done = build(folder, tmp_path / "graph.ttl", "--report", str(tmp_path / "r.json"), environment=environment)
    read = files(json.loads((tmp_path / "r.json").read_text(encoding="utf8")))
    assert {"a.html", "d.warc", "f.eml", "h.docx", "j.txt", "m.eml"} <= read, done.stderr
    assert not reached.exists(), reached.read_text()
    assert came == []
