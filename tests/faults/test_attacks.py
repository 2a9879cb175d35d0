"""Broken and hostile inputs: each is named once, costs nothing else, and takes neither time nor memory."""

from __future__ import annotations

import io
import random
import subprocess
import sys
import time
import zlib
from pathlib import Path

import pytest
from faulty import (
    CATALOG,
    CUT,
    GOOD,
    HOSTILE,
    LEAF,
    LINE,
    PAGE,
    PAGES,
    docx_with,
    entities,
    mail,
    mail_within_mail,
    matryoshka,
    parquet,
    pdf,
    tarred,
    warc,
    zipped,
    zstd,
)

from kgx import pipeline
from kgx.claims import ClaimsStore
from kgx.errors import Issue
from kgx.ingest import InputLimits, Source, containers, read, sources
from kgx.models import Document
from kgx.workers import Failure

SMALL = InputLimits(document=2**20)


def outcome(folder: Path, limits: InputLimits = SMALL) -> tuple[list[Document], list[Issue]]:
    items = list(read([folder], limits=limits))
    return [i for i in items if isinstance(i, Document)], [i for i in items if isinstance(i, Issue)]


@pytest.mark.parametrize("name", HOSTILE)
def test_each_attack_is_named_once_and_costs_nothing_else(tmp_path: Path, name: str) -> None:
    content, where, reason = HOSTILE[name]
    (tmp_path / name).write_bytes(content)
    (tmp_path / "good.txt").write_text(GOOD, encoding="utf8")
    start = time.process_time()
    documents, [issue] = outcome(tmp_path)
    assert time.process_time() - start < 10
    assert where in issue.where and reason in issue.reason, issue
    assert "good.txt" in [d.file_name for d in documents]
    assert not any("root:" in d.text for d in documents)


@pytest.mark.parametrize("name", CUT)
def test_what_is_cut_off_is_named_once(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(CUT[name])
    (tmp_path / "good.txt").write_text(GOOD, encoding="utf8")
    documents, [issue] = outcome(tmp_path)
    assert name in issue.where and issue.reason
    assert "good.txt" in [d.file_name for d in documents]


@pytest.mark.parametrize("name", ["lines.jsonl.gz", "lines.jsonl.zst", "pages.tar.gz", "pages.warc"])
def test_what_was_read_before_a_file_breaks_off_stays(tmp_path: Path, name: str) -> None:
    lines = b"".join(b'{"text": "%d %s"}\n' % (n * n, GOOD.encode()) for n in range(20_000))
    members = {f"{n}.txt": f"{n * n} {GOOD}".encode() for n in range(200)}
    content = {
        "lines.jsonl.gz": lambda: zlib_gz(lines),
        "lines.jsonl.zst": lambda: zstd(lines),
        "pages.tar.gz": lambda: zlib_gz(tarred(members)),
        "pages.warc": lambda: warc(*[f"{PAGE}<!-- {n} -->" for n in range(200)]),
    }[name]()
    (tmp_path / name).write_bytes(content[: len(content) // 2])
    documents, [issue] = outcome(tmp_path)
    assert len(documents) > 50 and name in issue.where


def test_of_a_packed_archive_all_whole_members_stay(tmp_path: Path) -> None:
    noise = random.Random(1)
    texts = {f"{n}.txt": f"{GOOD} {noise.randbytes(400).hex()}".encode() for n in range(12)}
    packed = zlib_gz(tarred(texts))
    (tmp_path / "few.tar.gz").write_bytes(packed[: len(packed) * 3 // 4])
    documents, [issue] = outcome(tmp_path)
    assert len(documents) >= 8 and "few.tar.gz" in issue.where


@pytest.mark.parametrize("beyond", [0, 100])
def test_an_archive_that_ends_between_its_members_is_cut_off(tmp_path: Path, beyond: int) -> None:
    whole = tarred({f"{n}.txt": f"{n * n} {GOOD}".encode() for n in range(3)})
    member = len(whole.rstrip(b"\0")) // 3 // 512 * 512 + 512
    (tmp_path / "three.tar").write_bytes(whole[: 2 * member + beyond])
    documents, [issue] = outcome(tmp_path)
    assert len(documents) == 2 and issue.where.endswith("three.tar") and "before its end is marked" in issue.reason


def zlib_gz(content: bytes) -> bytes:
    packer = zlib.compressobj(6, wbits=31)
    return packer.compress(content) + packer.flush()


def test_libraries_print_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Of a record that is longer than its head tells the library of crawls would write to standard error."""
    pages = warc(PAGE, PAGE).replace(b"</html>", b"</html> and more", 1)
    (tmp_path / "a.warc").write_bytes(pages)
    documents, issues = outcome(tmp_path)
    assert documents and len(issues) <= 1
    assert capfd.readouterr() == ("", "")


def test_a_member_without_a_name_costs_no_other(tmp_path: Path) -> None:
    """Found by fuzzing: the library asks for its last letter."""
    content = zipped({"a.txt": GOOD.encode(), "b.txt": b"x"})
    at = content.rindex(b"PK\x01\x02")
    nameless = content[: at + 28] + b"\0\0" + content[at + 30 : at + 46] + content[at + 51 :]
    end = nameless.index(b"PK\x05\x06")
    nameless = nameless[: end + 12] + (end - content.index(b"PK\x01\x02")).to_bytes(4, "little") + nameless[end + 16 :]
    (tmp_path / "a.zip").write_bytes(nameless)
    documents, _ = outcome(tmp_path)
    assert [d.text for d in documents] == [GOOD]


def test_a_fault_of_ours_in_one_file_costs_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fall(_: object) -> None:
        raise AttributeError("no such thing")

    monkeypatch.setitem(containers.CONTAINERS, ".zip", fall)
    (tmp_path / "a.zip").write_bytes(zipped({"a.txt": b"x"}))
    (tmp_path / "good.txt").write_text(GOOD, encoding="utf8")
    documents, [issue] = outcome(tmp_path)
    assert [d.id for d in documents] == ["good"] and issue.reason == "broken off: AttributeError: no such thing"


def test_a_bad_member_costs_no_other(tmp_path: Path) -> None:
    bad = bytearray(zipped({"a.txt": GOOD.encode(), "b.txt": b"", "c.txt": f"2 {GOOD}".encode()}))
    bad[bad.index(b"a.txt") + 8] ^= 0xFF  # within the packed content of the first
    (tmp_path / "a.zip").write_bytes(bytes(bad))
    documents, issues = outcome(tmp_path)
    assert [d.text for d in documents] == [f"2 {GOOD}"]
    assert sorted(i.where.rpartition("!")[2] for i in issues) == ["a.txt", "b.txt"]


def test_a_bad_page_of_a_crawl_is_told_with_its_address(tmp_path: Path) -> None:
    """Its number counts pages, which no other program counts by."""
    lost = warc(PAGE).replace(b"200 OK", b"404 No")
    crawl = tmp_path / "a.warc"
    crawl.write_bytes(lost + warc(PAGE, "<html></html>", "x" * 2_000_000, PAGE))
    documents, issues = outcome(tmp_path)
    assert [d.locator for d in documents] == ["a.warc:1", "a.warc:4"]
    assert [str(issue) for issue in issues] == [
        f"{crawl}:2: a page without a main text (http://a.example/1)",
        f"{crawl}:3: larger than 1 MB (http://a.example/2)",
    ]
    told: list[Issue] = []
    pages = [item for item in sources([crawl], limits=SMALL) if isinstance(item, Source)]
    with ClaimsStore() as store:
        pipeline.told(
            pages[1:2], store, report=told.append, engine=lambda tasks, **_: ((t, Failure("x")) for t in tasks)
        )
    assert [str(issue) for issue in told] == [f"{crawl}:2: x (http://a.example/1)"]


def test_bad_lines_and_rows_cost_no_other(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(LINE + b'{"text": ' + b"1" * 6000 + b"}\n" + b"\xff\n" + LINE)
    (tmp_path / "b.parquet").write_bytes(parquet(GOOD, None, "x" * 2_000_000, GOOD))
    documents, issues = outcome(tmp_path)
    assert [d.text for d in documents] == [GOOD] * 4
    assert [i.where.rpartition("/")[2] for i in issues] == ["a.jsonl:2", "a.jsonl:3", "b.parquet:2", "b.parquet:3"]


# --- bombs: what is small here and large there -----------------------------------------------------------------------


@pytest.fixture
def little(monkeypatch: pytest.MonkeyPatch) -> int:
    """A budget small enough to be spent soon."""
    monkeypatch.setattr(containers, "_FREE", 8 * 2**20)
    monkeypatch.setattr(containers, "_RATIO", 2)
    return 8 * 2**20


BOMBS = {
    "ratio.txt.gz": lambda: zlib_gz(bytes(64 * 2**20)),
    "ratio.jsonl.gz": lambda: zlib_gz(b"\n" * (64 * 2**20)),
    "42.zip": lambda: matryoshka(3, 16, b"0" * 1_000_000),
    "members.zip": lambda: zipped({f"{n}.txt": b"0" * 1_000_000 for n in range(40)}),
    "members.tar.gz": lambda: zlib_gz(tarred({f"{n}.txt": b"0" * 1_000_000 for n in range(40)})),
    "twice.jsonl.gz.gz": lambda: zlib_gz(zlib_gz(LINE + b"\n" * (64 * 2**20))),
    "rows.parquet": lambda: parquet(*["0" * 1_000_000] * 40),
    "head.warc.gz": lambda: zlib_gz(b"WARC/1.0\r\n" + b"X-A: b\r\n" * 8_000_000),
    "longname.tar.gz": lambda: zlib_gz(tarred({"a" * 60_000_000 + ".txt": b"x"})),
}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_are_named_once_and_not_unpacked(tmp_path: Path, name: str, little: int) -> None:
    (tmp_path / name).write_bytes(BOMBS[name]())
    (tmp_path / "good.txt").write_text(GOOD, encoding="utf8")
    documents, [issue] = outcome(tmp_path, InputLimits())
    assert name in issue.where
    assert "far more than its size" in issue.reason or "larger than" in issue.reason, issue
    assert sum(len(d.text) for d in documents) < 2 * little and "good" in [d.id for d in documents]


def test_a_zip_whose_members_are_one_and_the_same(tmp_path: Path, little: int) -> None:
    """Fifield's bomb: the directory points again and again at the same packed bytes."""
    import struct

    one = zipped({"a.txt": b"0" * 1_000_000})
    start = one.index(b"PK\x01\x02")
    entry = one[start : one.index(b"PK\x05\x06")]
    many = 500
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, many, many, len(entry) * many, start, 0)
    (tmp_path / "same.zip").write_bytes(one[:start] + entry * many + end)
    documents, issues = outcome(tmp_path, InputLimits())
    assert len(issues) == 1 and len(documents) < 20


# --- a line of two gigabytes ---------------------------------------------------------------------------------------

# The peak of its own memory: what `getrusage` tells of a child begins with that of its parent.
MEASURED = """
import sys
from kgx.ingest import read
items = list(read([sys.argv[1]]))
for item in items:
    print(type(item).__name__, getattr(item, "reason", ""))
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(int(peak.split()[1]) // 1024)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of memory is read from /proc")
@pytest.mark.parametrize("name", ["line.jsonl", "line.txt", "line.jsonl.gz"])
def test_a_line_of_two_gigabytes(tmp_path: Path, name: str) -> None:
    """Holes of a file, or one packed block over and over: little to make, two gigabytes to read."""
    file, size = tmp_path / name, 2 * 2**30
    if name.endswith(".gz"):
        block = zlib_gz(b" " * 2**22)
        file.write_bytes(zlib_gz(LINE) + block * (size // 2**22))
    else:
        head = LINE if name.endswith(".jsonl") else b""
        with file.open("wb") as target:
            target.write(head)
            target.truncate(size)
    done = subprocess.run([sys.executable, "-c", MEASURED, file], capture_output=True, text=True, check=True)
    *items, megabytes = done.stdout.splitlines()
    assert len([i for i in items if i.startswith("Issue")]) == 1, items
    assert len([i for i in items if i.startswith("Document")]) == (".jsonl" in name)
    assert int(megabytes) < 400  # the interpreter, and twice the longest document


# --- structure without end ----------------------------------------------------------------------------------------

DEEP = {
    "a.html": ("<html><body>" + "<div>" * 100_000 + GOOD + "</div>" * 100_000 + "</body></html>").encode(),
    "b.html": ("<p>" + "<b><i>" * 50_000 + GOOD).encode(),
    "c.html": ("<table><tr><td>" * 20_000 + GOOD).encode(),
    "a.eml": mail_within_mail(60),
    "b.eml": b"Subject: x\nContent-Type: message/rfc822\n\n" * 500 + mail(GOOD),
    "c.eml": b"From: " + b"(" * 20_000 + b"\nDate: " + b"(" * 20_000 + b"\n\n" + GOOD.encode(),
    "d.eml": b"Subject: " + b"=?utf-8?q?a?= " * 20_000 + b"\n\n" + GOOD.encode(),
    "a.rss": b"<rss>" + b"<a>" * 100_000 + b"</a>" * 100_000 + b"</rss>",
    "b.rss": b"<rss><item><title>x</title><description>" + b"&lt;p " * 150_000 + b"</description></item></rss>",
    "a.txt": b"---\n" + b"- " * 20_000 + b"\n---\n" + GOOD.encode(),
    "a.pdf": pdf(CATALOG, PAGES, LEAF, b"<< /Length 5 0 R >>\nstream\nendstream", b"5 0 R"),
    "b.pdf": pdf(CATALOG, PAGES, LEAF, b"[" * 100_000),
}


@pytest.mark.parametrize("name", DEEP)
def test_structure_without_end_ends(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(DEEP[name])
    (tmp_path / "good.txt").write_text(GOOD, encoding="utf8")
    start = time.process_time()
    documents, issues = outcome(tmp_path, InputLimits())
    assert time.process_time() - start < 30
    assert len(issues) <= 1 and len(documents) == 2 - len(issues)


def test_entities_of_others_are_not_read(tmp_path: Path) -> None:
    doctype = b'?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    word = docx_with("word/document.xml", b"?>", doctype)
    (tmp_path / "a.docx").write_bytes(word)
    (tmp_path / "b.docx").write_bytes(docx_with("word/document.xml", GOOD[:10].encode(), entities(b"")))
    (tmp_path / "c.rss").write_bytes(
        doctype[2:] + b"<rss><item><title>" + GOOD.encode() + b"</title><description>&x;</description></item></rss>"
    )
    documents, _ = outcome(tmp_path)
    assert GOOD in "".join(d.text for d in documents)
    assert not any("root:" in d.text or "/bin/" in d.text for d in documents)


def test_many_documents_of_one_id_take_no_longer(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(b'{"id": "x", "text": "t"}\n' * 20_000)
    start = time.process_time()
    documents, _ = outcome(tmp_path)
    assert time.process_time() - start < 10
    assert len({d.id for d in documents}) == 20_000
    assert [d.id for d in documents[:3]] == ["x", f"{tmp_path.name}-x", f"{tmp_path.name}-x-2"]


def test_standard_input_that_breaks_off_is_named() -> None:
    class Broken(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, buffer: object) -> int:
            raise OSError(5, "Input/output error")

    [issue] = read(["-"], stdin=Broken())
    assert isinstance(issue, Issue) and issue.where == "stdin" and "Input/output" in issue.reason
