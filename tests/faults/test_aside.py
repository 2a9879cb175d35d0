"""What lies beside documents and is of no kind that is read is no fault, but counted and named."""

from __future__ import annotations

<<<<<<< HEAD
import gzip
import io
=======
from collections.abc import Callable
>>>>>>> odds
from email.message import EmailMessage
from pathlib import Path

import pytest
from faulty import GOOD, PAGE, tarred, warc, zipped
from typer.testing import CliRunner

import kgx
from kgx.cli import app
from kgx.errors import Aside, Issue
from kgx.ingest import Source, sources
from kgx.report import BuildReport, in_a_line


def test_what_is_left_aside_is_counted_and_named(tmp_path: Path) -> None:
    message = EmailMessage()
    message["Subject"] = "Visite"
    message.set_content(GOOD)
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="a.pdf")
    (tmp_path / "news" / "b").mkdir(parents=True)
    files = {
        "a.txt": GOOD.encode(), "a.eml": message.as_bytes(), "b/x.png": b"\x89PNG", "b/y.PNG": b"", "z.bin": b"\0",
        ".hidden": b"",
        "a.zip": zipped(
            {"a.txt": GOOD.encode(), "../evil.txt": b"x", "..\\bad.txt": b"x", "c.exe": b"MZ", "__MACOSX/c.exe": b""}
        ),
        "a.tar": tarred({"./a.txt": GOOD.encode(), "LICENSE": b"x"}),
    }  # fmt: skip
    for name, content in files.items():
        (tmp_path / "news" / name).write_bytes(content)
    report, command = tmp_path / "r.json", ["build", str(tmp_path / "news"), "-o", str(tmp_path / "a.ttl")]
    result = CliRunner().invoke(app, [*command, "--report", str(report)], env={"COLUMNS": "500"})
    assert result.exit_code == 0, result.output
    assert (
        "left aside: 2 .png, 1 .bin, 1 .exe, 1 without an ending (not a kind that kgx reads); 1 .pdf" in result.output
    )
    told = BuildReport.model_validate_json(report.read_bytes())
    others = {Path(other.where).name: (other.kind, other.reason, other.number) for other in told.aside}
    assert others == {
        "x.png": (".png", "not a kind that kgx reads", 1), "y.PNG": (".png", "not a kind that kgx reads", 1),
        "z.bin": (".bin", "not a kind that kgx reads", 1), "a.zip!c.exe": (".exe", "not a kind that kgx reads", 1),
        "a.tar!LICENSE": ("without an ending", "not a kind that kgx reads", 1),
        "a.eml!a.pdf": (".pdf", "attachments of mails", 1),
        "evil.txt": (".txt", "its name leads out of the archive", 1),
        "a.zip!..\\bad.txt": (".txt", "its name leads out of the archive", 1),
    }  # fmt: skip
    graph = kgx.build(tmp_path / "news")
    assert len(graph.graph["aside"]) == 8 and graph.graph["issues"] == ()
    assert CliRunner().invoke(app, [*command, "-q"]).output == ""


<<<<<<< HEAD
def people() -> bytes:
    import pyarrow
    from pyarrow import parquet

    target = io.BytesIO()
    parquet.write_table(pyarrow.table({"id": ["1"], "name": ["x"]}), target)
    return target.getvalue()


@pytest.mark.parametrize("name", ["a.csv", "a.tsv.gz", "a.parquet"])
def test_a_table_without_texts_is_a_fault_only_where_it_is_named(tmp_path: Path, name: str) -> None:
    table = b"id\tname\n1\tx\n"
    content = {"a.csv": table, "a.tsv.gz": gzip.compress(table), "a.parquet": people()}[name]
    (tmp_path / name).write_bytes(content)
    (tmp_path / "a.zip").write_bytes(zipped({name: content, "a.txt": GOOD.encode()}))
    kind, reason = f".{name.split('.')[1]}", "a table without a column 'text'"
    lone, inside = str(tmp_path / name), f"{tmp_path / 'a.zip'}!{name}"
    asides = [item for item in sources([tmp_path]) if not isinstance(item, Source)]
    assert asides == [Aside(lone, kind, reason), Aside(inside, kind, reason)]
    for paths in ([lone], [str(tmp_path / "a.[ctp]*")], [tmp_path, lone]):
        assert Issue(lone, reason) in sources(paths) and Aside(lone, kind, reason) not in sources(paths)


def test_what_is_named_and_found_in_a_folder_is_read_and_not_left_aside(tmp_path: Path) -> None:
    for name in ("a.log", "b.txt"):
        (tmp_path / name).write_text(GOOD, encoding="utf8")
    found = list(sources([tmp_path, tmp_path / "a.log"]))
    assert len(found) == 2 and all(isinstance(item, Source) for item in found)
=======
@pytest.mark.parametrize(("pack", "ending"), [(zipped, "zip"), (tarred, "tar")])
def test_members_that_are_named_as_on_windows(
    pack: Callable[[dict[str, bytes]], bytes], ending: str, tmp_path: Path
) -> None:
    members = {"b\\c.txt": b"x", ".git\\d.txt": b"x", "..\\.e.txt": b"x", "f\\..\\g.txt": b"x", "h.d\\i": b"x"}
    (tmp_path / f"a.{ending}").write_bytes(pack(members))
    found = list(sources([tmp_path]))
    assert [(s.id, s.file_name, s.locator) for s in found if isinstance(s, Source)] == [
        ("c", "c.txt", f"a.{ending}!b\\c.txt")
    ]
    assert {
        (other.where.partition("!")[2], other.kind, other.reason) for other in found if isinstance(other, Aside)
    } == {
        ("f\\..\\g.txt", ".txt", "its name leads out of the archive"),
        ("h.d\\i", "without an ending", "not a kind that kgx reads"),
    }
>>>>>>> odds


def test_what_a_crawl_fetched_that_is_no_page_is_counted(tmp_path: Path) -> None:
    lost = warc(PAGE, PAGE).replace(b"200 OK", b"404 No")
    (tmp_path / "a.warc").write_bytes(warc(PAGE) + lost + warc(PAGE).replace(b"text/html", b"image/png"))
    found = list(sources([tmp_path]))
    assert [item for item in found if isinstance(item, Aside)] == [
        Aside(str(tmp_path / "a.warc"), "image/png", "records of a crawl that are no page"),
        Aside(str(tmp_path / "a.warc"), "status 404", "records of a crawl that are no page", 2),
    ]
    (tmp_path / "a.warc").write_bytes(lost[:-20])  # what was counted before a crawl breaks off is told, too
    aside, issue = sources([tmp_path])
    assert isinstance(aside, Aside) and isinstance(issue, Issue)
    (tmp_path / "a.warc").unlink()
    (tmp_path / "a.png").write_bytes(b"")
    issue, aside = sources([tmp_path])
    assert isinstance(aside, Aside) and str(issue).endswith("folder holds no file that can be read")


def test_a_line_names_the_commonest_kinds() -> None:
    others = [Aside("x", f".{n:02}", "no", 20 - n) for n in range(12)]
    assert in_a_line(others).endswith("13 .07, 42 of 4 other kinds (no)")
