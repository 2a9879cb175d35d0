"""Every block of code in the guides and the README is run, against a graph of the seeds that is built once.

Console lines run in a folder that has what the guides speak of; so do blocks of Python, those of a page one after the
other in one namespace. Queries are asked, YAML is parsed. What sets kgx up (`git clone`, `make`) is left out.
"""

from __future__ import annotations

import doctest
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from objects import address_of, storage

from kgx import build, query
from kgx.cli import main
from kgx.export.turtle import write_turtle
from kgx.graph import Graph

pytest.importorskip("pandas")
pytest.importorskip("pyshacl")
pytest.importorskip("mcp")
pytest.importorskip("daft")
pytest.importorskip("ray")

ROOT = Path(__file__).parent.parent
PAGES = [*sorted((ROOT / "docs").glob("*.md")), ROOT / "README.md"]
LANGUAGES = {"console", "python", "sparql", "yaml"}
SETUP = ("git ", "make ", "source ", "pip ")
LOCAL = "http://127.0.0.1:8000"
ELSEWHERE = "https://example.org/sparql"
ARTICLE = "Le président estonien Alar Karis s'est rendu en Lettonie lundi. Il a rencontré la Première ministre lettone."
_BLOCK = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```$", re.M | re.S)


@dataclass(frozen=True)
class Block:
    """A fenced block of a page."""

    page: str
    line: int
    language: str
    code: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def blocks(path: Path) -> list[Block]:
    """The fenced blocks of a page."""
    text = path.read_text(encoding="utf8")
    found = _BLOCK.finditer(text)
    return [Block(path.name, text.count("\n", 0, m.start()) + 1, m[1], m[2]) for m in found]


def commands(block: Block) -> list[str]:
    """The lines of a console block that are commands: those after ``$`` where there are any, else all."""
    lines = block.code.splitlines()
    typed = [line[2:] for line in lines if line.startswith("$ ")] or lines
    return [line for line in typed if line.strip() and not line.startswith(SETUP)]


BLOCKS = [block for path in PAGES for block in blocks(path)]
COMMANDS = [
    pytest.param(block, line, id=f"{block}-{number}")
    for block in BLOCKS
    if block.language == "console"
    for number, line in enumerate(commands(block))
]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, seeds_graph: Graph) -> Path:
    """A folder with what the guides speak of."""
    folder = tmp_path_factory.mktemp("guides")
    for name in ("seeds", "kgx", "schemas"):
        (folder / name).symlink_to(ROOT / name)
    write_turtle(seeds_graph, folder / "graph.ttl")
    query.write_store(query.dump(query.load(folder / "graph.ttl")), folder / "store")
    for name in ("news", "more", "my_gold"):
        (folder / name).mkdir()
    for number, path in enumerate(sorted((ROOT / "tests" / "corpus" / "fr").glob("01-*"))):
        shutil.copy(path, folder / "my_gold" / path.name)
        if path.suffix == ".txt":
            shutil.copy(path, folder / "news" / path.name)
            shutil.copy(path, folder / "more" / f"{number}.md")
    (folder / "article.txt").write_text(ARTICLE, encoding="utf8")
    (folder / "crawl.jsonl").write_text(f'{{"id": "one", "lang": "fr", "text": "{ARTICLE}"}}\n', encoding="utf8")
    (folder / "people.csv").write_text("name,id,lang,country,birth_date\nTô Lâm,Q1,vi,VN,1957\n", encoding="utf8")
    (folder / "question.rq").write_text("ASK { ?p a kgx:Person }\n", encoding="utf8")
    decided = "- decide: different\n  one: {name: Tô Lâm}\n  other: {name: Karin Erlan}\n"
    (folder / "decisions.yaml").write_text(decided, encoding="utf8")
    write_turtle(build(folder / "my_gold"), folder / "my_graph.ttl")
    write_turtle(build(folder / "article.txt", lang="fr"), folder / "article.ttl")
    shutil.copy(folder / "graph.ttl", folder / "seeds.ttl")
    return folder


@pytest.fixture
def folder(made: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder to work in; the graph is that of the seeds, whatever a block before has built."""
    shutil.copy(made / "seeds.ttl", made / "graph.ttl")
    monkeypatch.chdir(made)
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO()))
    return made


@pytest.fixture
def cloud(made: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Object storage, with a bucket of documents that the guides speak of."""
    with storage() as (objects, where):
        objects["crawl/2025/article.txt"] = (made / "article.txt").read_bytes()
        keys = {"ACCESS_KEY_ID": "test", "SECRET_ACCESS_KEY": "test", "EC2_METADATA_DISABLED": "true"}
        for name, value in {**keys, "ENDPOINT_URL": address_of(where), "DEFAULT_REGION": "eu-west-3"}.items():
            monkeypatch.setenv(f"AWS_{name}", value)
        yield


@pytest.fixture(scope="module")
def address(made: Path) -> Iterator[str]:
    """Where the graph of the seeds is served."""
    process, address = served("kgx serve seeds.ttl", made)
    yield address
    process.terminate()
    process.wait(30)


def environment(folder: Path) -> dict[str, str]:
    """The environment of a command: `kgx` is that of this checkout."""
    bin_ = folder / ".bin"
    if not bin_.exists():
        bin_.mkdir()
        script = bin_ / "kgx"
        script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m kgx "$@"\n', encoding="utf8")
        script.chmod(0o755)
    paths = {"PATH": f"{bin_}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    return {**os.environ, **paths, "COLUMNS": "120", "PYTHONIOENCODING": "utf8"}


def ran(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """A line of a console, as a person's shell runs it, without anything typed."""
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", line], cwd=folder, env=environment(folder), capture_output=True,
        encoding="utf8", stdin=subprocess.DEVNULL, timeout=300,
    )  # fmt: skip


def served(line: str, folder: Path) -> tuple[subprocess.Popen[str], str]:
    """Start a `kgx serve` at a free port; the process, and the address that it tells."""
    words = f"{line.partition('  #')[0]} --port 0"
    process = subprocess.Popen(
        ["bash", "-c", f"exec {words}"], cwd=folder, env=environment(folder), stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, encoding="utf8",
    )  # fmt: skip
    assert process.stdout is not None
    watch = threading.Timer(120, process.kill)
    watch.start()
    told = ""
    for text in process.stdout:
        told += text
        if found := re.search(r"http://\S+", text.replace(ELSEWHERE, "")):
            watch.cancel()
            address = found[0].rstrip("/")
            return process, address if "127.0.0.1" in address else re.sub(r"//[^:/]+", "//127.0.0.1", address)
    watch.cancel()
    process.wait(30)
    raise AssertionError(f"{line}: {told}")


def test_blocks_are_of_languages_that_are_run() -> None:
    assert len(COMMANDS) > 40
    assert [str(block) for block in BLOCKS if block.language not in LANGUAGES] == []


@pytest.mark.parametrize(("block", "line"), COMMANDS)
def test_console(block: Block, line: str, folder: Path, request: pytest.FixtureRequest) -> None:
    if "s3://" in line:
        request.getfixturevalue("cloud")
    if ELSEWHERE in line:
        line = line.replace(ELSEWHERE, request.getfixturevalue("address") + "/sparql")
    if line.startswith("kgx serve"):
        process, _ = served(line, folder)
        process.terminate()
        process.wait(30)
        return
    if LOCAL in line:
        line = line.replace(LOCAL, request.getfixturevalue("address")).replace("curl ", "curl -sS --fail ", 1)
    if line.startswith("kgx ") and "|" not in line and not line.startswith("kgx mcp"):
        with pytest.raises(SystemExit) as done:  # in this process, which has the model already
            main(shlex.split(line, comments=True)[1:])
        assert not done.value.code, f"{block}: {line}"
        return
    told = ran(line, folder)
    assert told.returncode == 0, f"{block}: {line}\n{told.stdout[-1000:]}\n{told.stderr[-2000:]}"


@pytest.mark.parametrize("page", sorted({block.page for block in BLOCKS if block.language == "python"}))
@pytest.mark.usefixtures("folder")
def test_python(page: str) -> None:
    names: dict[str, Any] = {"__name__": "guide"}
    for block in BLOCKS:
        if (block.page, block.language) != (page, "python"):
            continue
        if ">>>" in block.code:
            examples = doctest.DocTestParser().get_doctest(block.code, names, str(block), page, block.line)
            told: list[str] = []
            result = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(examples, out=told.append)
            assert not result.failed, "".join(told)
        else:
            exec(compile(block.code, str(block), "exec"), names)


@pytest.mark.parametrize("block", [block for block in BLOCKS if block.language == "sparql"], ids=str)
def test_sparql(block: Block, folder: Path) -> None:
    assert query.select(query.load(folder / "graph.ttl"), block.code).rows


@pytest.mark.parametrize("block", [block for block in BLOCKS if block.language == "yaml"], ids=str)
def test_yaml(block: Block) -> None:
    assert yaml.safe_load(block.code)


def test_every_page_is_in_the_table_of_contents() -> None:
    site = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf8"))
    listed = {page for entry in site["nav"] for page in entry.values()}
    assert listed == {path.name for path in PAGES if path.parent.name == "docs"}
    assert site["theme"]["font"] is False, "fonts would come from elsewhere"


def test_what_many_documents_cost_is_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    import scale

    text = scale.PAGE.read_text(encoding="utf8")
    assert "| 1 million |" in text
    assert text == scale.page(text), "python benchmarks/scale.py --write"
