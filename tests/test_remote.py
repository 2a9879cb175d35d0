"""Documents, claims and graphs by URL: the same as in folders. Object storage is a stand-in that speaks S3."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from common import SEEDS
from objects import storage

from kgx import query
from kgx.cli import main
from kgx.errors import Aside, Issue, UsageError
from kgx.ingest import Source, sources

pytest.importorskip("pyarrow")

FOLDERS = {
    "news/2025/05/a.txt": b"The president went to Lisbon.",
    "news/2025/06/a.txt": b"The minister went to Porto.",
    "news/b.jsonl": b'{"text": "One."}\n{"text": "Two.", "lang": "en"}\n',
    "news/large.txt": b"A sentence. " * 400_000,
    "news/.hidden/c.txt": b"Nobody looks here.",
    "news/image.png": b"\x89PNG",
    "news/people.csv": b"id,name\n1,x\n",
    "other/d.txt": b"Not asked for.",
}


@pytest.fixture
def stored(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[dict[str, bytes], str]]:
    """What lies in the storage, and the query of its URLs."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with storage() as (objects, query):
        objects.update(FOLDERS)
        yield objects, query


def as_folder(tmp_path: Path) -> list[Source | Issue]:
    for name, content in FOLDERS.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    return list(sources([tmp_path / "news"]))


def without_places(found: list[Source | Issue]) -> list[tuple[object, ...]]:
    return [(s.id, s.file_name, s.kind, s.content, s.digest) for s in found if isinstance(s, Source)]


@pytest.mark.parametrize("path", ["news", "news/"])
def test_a_folder_by_url_holds_the_same_documents(
    path: str, stored: tuple[dict[str, bytes], str], tmp_path: Path
) -> None:
    found = list(sources([f"s3://{path}{stored[1]}"], remote=True))
    assert without_places(found) == without_places(as_folder(tmp_path))
    assert [isinstance(item, Source) for item in found] == [True] * 5 + [False] * 2
    assert found[-2:] == [
        Aside("s3://news/people.csv", ".csv", "a table without a column 'text'"),
        Aside("s3://news/image.png", ".png", "not a kind that kgx reads"),
    ]
    (issue,) = sources([f"s3://news/people.csv{stored[1]}"], remote=True)
    assert isinstance(issue, Issue) and issue.where == "s3://news/people.csv"
    assert issue.reason.startswith("a table without a column 'text'")
    assert [item.where for item in found if isinstance(item, Source)] == [
        "s3://news/2025/05/a.txt", "s3://news/2025/06/a.txt", "s3://news/b.jsonl:1", "s3://news/b.jsonl:2",
        "s3://news/large.txt",
    ]  # fmt: skip


def test_files_by_url(stored: tuple[dict[str, bytes], str], tmp_path: Path) -> None:
    as_folder(tmp_path)
    names = [f"s3://news/b.jsonl{stored[1]}", f"s3://news/2025/05/a.txt{stored[1]}", (tmp_path / "other").as_uri()]
    assert [item.id for item in sources(names, remote=True) if isinstance(item, Source)] == ["d", "a", "b-1", "b-2"]


def test_what_is_not_there_is_named(stored: tuple[dict[str, bytes], str]) -> None:
    [issue] = sources([f"s3://news/2026{stored[1]}"], remote=True)
    assert issue == Issue("s3://news/2026", "no such file, or a folder that holds none that can be read")
    [issue] = sources(["s3://news/?scheme=http&endpoint_override=127.0.0.1%3A9&retry=no"], remote=True)
    assert isinstance(issue, Issue) and issue.where == "s3://news"
    [issue] = sources(["s3://news"])
    assert issue == Issue("s3://news", "documents by URL need --engine daft")


def build(*options: str) -> int:
    with pytest.raises(SystemExit) as done:
        main(["build", "-q", *options])
    return int(done.value.code or 0)


def test_a_build_from_url_to_url(stored: tuple[dict[str, bytes], str], tmp_path: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    pytest.importorskip("daft")
    objects, asked = stored
    objects.clear()
    objects |= {f"in/seeds/{path.name}": path.read_bytes() for path in SEEDS.glob("*.txt")}
    there = ["s3://in/seeds" + asked, "--engine", "daft", "--jobs", "1", "--claims", "s3://kept/claims" + asked]
    assert build(str(SEEDS), "-o", str(tmp_path / "graph.nq")) == 0
    assert build(*there, "-o", "s3://out/graph.nq" + asked) == 0
    assert objects["out/graph.nq"] == (tmp_path / "graph.nq").read_bytes()
    assert {name.rpartition("/")[0] for name in objects if name.startswith("kept/")} == {"kept/claims"}

    monkeypatch.setattr(
        "kgx.engines.plan._round",
        lambda tasks, planner: pytest.fail(f"{next(tasks)} is read again") if next(tasks, None) else [],
    )  # noqa: E501
    assert build(*there, "-o", "s3://out/parts/" + asked, "--format", "nquads", "--shards", "3") == 0
    parts = sorted(name for name in objects if name.startswith("out/parts/"))
    assert [name.rpartition("/")[2] for name in parts] == [f"part-0000{n}-of-00003.nq" for n in (1, 2, 3)]
    assert b"".join(objects[name] for name in parts) == objects["out/graph.nq"]
    assert build(*there, "-o", "s3://out/parts/" + asked, "--format", "parquet") == 2


def said(store: query.Store) -> list[bytes]:
    """What a graph says, whatever its blank nodes are called."""
    return sorted(re.sub(rb"_:\w+", b"_:x", line) for line in query.dump(store).splitlines())


def test_parts_are_one_graph(tmp_path: Path) -> None:
    folder = tmp_path / "parts"
    assert build(str(SEEDS), "-o", str(tmp_path / "graph.nq")) == 0
    options = [str(SEEDS), "-o", str(folder), "--format", "nquads", "--shards"]
    assert build(*options, "9") == 0
    assert build(*options, "2") == 0  # in place of those
    files = sorted(folder.iterdir())
    assert [path.name for path in files] == ["part-00001-of-00002.nq", "part-00002-of-00002.nq"]
    assert b"".join(path.read_bytes() for path in files) == (tmp_path / "graph.nq").read_bytes()
    one, other = (query.load(tmp_path / name) for name in ("graph.nq", "parts"))
    assert said(one) == said(other)
    # Blank nodes mean the same within one file only.
    blank = [{word for word in path.read_text(encoding="utf8").split() if word.startswith("_:")} for path in files]
    assert all(blank) and not blank[0] & blank[1]
    (folder / "mine.txt").write_text("x", encoding="utf8")
    assert build(*options, "2") == 2


def test_tables_in_parts_have_the_same_rows(tmp_path: Path) -> None:
    from pyarrow import concat_tables, parquet

    for name, more in (("whole", []), ("parts", ["--shards", "3"])):
        assert build(str(SEEDS), "-o", str(tmp_path / name), "--format", "parquet", *more) == 0
    whole = sorted((tmp_path / "whole").iterdir())
    assert len(list((tmp_path / "parts").iterdir())) == 3 * len(whole)
    for path in whole:
        parts = sorted((tmp_path / "parts").glob(f"{path.stem}-0*.parquet"))
        assert concat_tables(map(parquet.read_table, parts)) == parquet.read_table(path)


def test_formats_in_one_piece_say_so(tmp_path: Path) -> None:
    from kgx.export.formats import formats, prepare

    with pytest.raises(UsageError, match="turtle is written in one piece; these can be parted: nquads, parquet"):
        prepare(tmp_path / "graph.ttl", formats()["turtle"], shards=2)
