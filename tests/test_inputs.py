"""Documents as the world has them: pages, PDF, Word, mail, feeds, crawls, tables, archives; and attacks."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
import zipfile
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kgx.errors import Issue
from kgx.ingest import InputLimits, read
from kgx.ingest.encoding import decode
from kgx.ingest.formats import READERS
from kgx.ingest.source import InputError, Source
from kgx.models import Document

SENTENCE = (
    "Le président du Sénat kazakh, Maulen Ashimbayev, s'est rendu à Hanoï le 12 mai 2025 pour une visite officielle."
)
PAGE = f"""<!DOCTYPE html><html lang="fr"><head><title>Visite à Hanoï | Agence</title>
<meta property="og:site_name" content="Agence Exemple"><meta property="article:published_time" content="2025-05-13T08:00">
</head><body><nav><a href="/">Accueil</a> <a href="/sport">Sport</a></nav><article><h1>Visite à Hanoï</h1>
<p>{SENTENCE}</p><p>{SENTENCE.replace("Maulen Ashimbayev", "M. Ashimbayev")} Il a rencontré son homologue.</p>
</article><footer>Tous droits réservés. Abonnez-vous à notre lettre.</footer></body></html>"""


def outcome(folder: Path, **limits: int) -> tuple[list[Document], list[Issue]]:
    items = list(read([folder], limits=InputLimits(**limits)))
    return [i for i in items if isinstance(i, Document)], [i for i in items if isinstance(i, Issue)]


def pdf(lines: list[str]) -> bytes:
    """A PDF of one page, by hand."""
    shown = " T* ".join("(" + line.replace("(", r"\(").replace(")", r"\)") + ") Tj" for line in lines)
    stream = f"BT /F1 10 Tf 14 TL 50 750 Td {shown} ET".encode("cp1252")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n" % len(stream) + stream + b"\nendstream",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return (
        out
        + b"xref\n0 6\n0000000000 65535 f \n"
        + table
        + b"trailer << /Root 1 0 R /Size 6 >>\nstartxref\n%d\n%%%%EOF" % len(out)
    )


def docx(text: str) -> bytes:
    import docx as word

    file = word.Document()
    file.core_properties.title = "Communiqué"
    file.add_paragraph(text)
    table = file.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Vietnam", "Kazakhstan"
    target = io.BytesIO()
    file.save(target)
    return target.getvalue()


def mail(text: str) -> bytes:
    message = EmailMessage()
    message["Subject"], message["From"] = "Communiqué", "Ministère <presse@exemple.org>"
    message["Date"] = "Tue, 13 May 2025 09:00:00 +0200"
    message.set_content(text)
    return message.as_bytes()


def warc(page: str) -> bytes:
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    target = io.BytesIO()
    writer = WARCWriter(target, gzip=True)
    for url, media, body in (("http://a.example/p", "text/html", page), ("http://a.example/i", "image/png", "x")):
        headers = StatusAndHeaders("200 OK", [("Content-Type", f"{media}; charset=utf-8")], protocol="HTTP/1.1")
        record = writer.create_warc_record(url, "response", payload=io.BytesIO(body.encode()), http_headers=headers)
        writer.write_record(record)
    return target.getvalue()


RSS = f"""<?xml version="1.0"?><rss version="2.0"><channel><title>Agence</title><item><title>Visite</title>
<link>http://a.example/1</link><pubDate>Tue, 13 May 2025 09:00:00 GMT</pubDate>
<description>&lt;p&gt;{SENTENCE}&lt;/p&gt;</description></item></channel></rss>"""
ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>Agence</title><entry><title>Visite</title>
<link href="http://a.example/1"/><updated>2025-05-13T09:00:00Z</updated><content type="html">{SENTENCE}</content>
</entry></feed>"""


def zstd(content: bytes) -> bytes:
    import zstandard

    return zstandard.ZstdCompressor().compress(content)


def parquet() -> bytes:
    import pyarrow
    import pyarrow.parquet

    target = io.BytesIO()
    rows = {"text": [SENTENCE], "url": ["http://a.example/1"], "published": ["2025-05-13"], "other": [1]}
    pyarrow.parquet.write_table(pyarrow.table(rows), target)
    return target.getvalue()


def archive(mode: str) -> bytes:
    target = io.BytesIO()
    if mode == "zip":
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as z:
            z.writestr("a/b.txt", SENTENCE)
            z.writestr("__MACOSX/b.txt", "x")
    else:
        with tarfile.open(fileobj=target, mode="w:gz") as t:
            member = tarfile.TarInfo("a/b.txt")
            member.size = len(SENTENCE.encode())
            t.addfile(member, io.BytesIO(SENTENCE.encode()))
    return target.getvalue()


LINE = json.dumps({"text": SENTENCE, "url": "http://a.example/1", "published": "2025-05-13"}).encode() + b"\n"
FILES = {
    "a.html": PAGE.encode(), "a.htm.gz": gzip.compress(PAGE.encode()), "latin.html": PAGE.encode("cp1252"),
    "a.pdf": pdf([SENTENCE[:60], SENTENCE[60:].strip()]), "a.docx": docx(SENTENCE), "a.eml": mail(SENTENCE),
    "a.rss": RSS.encode(), "a.xml": ATOM.encode(), "a.warc.gz": warc(PAGE), "a.jsonl.gz": gzip.compress(LINE),
    "a.jsonl.zst": zstd(LINE), "a.ndjson": LINE, "a.parquet": parquet(), "a.zip": archive("zip"),
    "a.csv": f'id,text,published,url\r\n,"{SENTENCE}",2025-05-13,http://a.example/1\r\n'.encode(),
    "a.tsv.gz": gzip.compress(f"url\tpublished\ttext\nhttp://a.example/1\t2025-05-13\t{SENTENCE}".encode()),
    "a.tar.gz": archive("tar"), "a.tgz": archive("tar"), "a.txt.bz2": __import__("bz2").compress(SENTENCE.encode()),
}  # fmt: skip
DATED = {"a.html", "a.htm.gz", "latin.html", "a.eml", "a.rss", "a.xml", "a.warc.gz", "a.jsonl.gz", "a.jsonl.zst", "a.ndjson", "a.parquet", "a.csv", "a.tsv.gz"}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_each_format_gives_its_text_and_what_it_tells(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(FILES[name])
    [document], issues = outcome(tmp_path)
    assert issues == []
    assert SENTENCE in document.text
    assert "Tous droits" not in document.text and "Accueil" not in document.text
    if name in DATED:
        assert document.published is not None and document.published.iso == "2025-05-13"
    assert (document.url is not None) == (name in ("a.rss", "a.xml", "a.warc.gz", "a.jsonl.gz", "a.jsonl.zst", "a.ndjson", "a.parquet", "a.csv", "a.tsv.gz"))  # fmt: skip
    kind = next((k for e, k in (("htm", "html"), ("warc", "html"), ("pdf", "pdf"), ("docx", "docx"), ("eml", "mail")) if e in name), "part")  # fmt: skip
    assert document.derived == kind


def test_tables_as_spreadsheets_write_them(tmp_path: Path) -> None:
    """Semicolons, UTF-16 or an old code page, cells of several lines; the number of a row is no number of a line."""
    rows = [
        "Title;text;lang",
        '"Un; deux";"Premier.\r\n\r\nSuite ""citée"".";fr',
        "",
        "Trois;Le président du Sénat à Hanoï, déjà;",
    ]
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252"):
        (tmp_path / "a.csv").write_bytes("\r\n".join(rows).encode(encoding))
        documents, issues = outcome(tmp_path)
        assert issues == [] and [d.id for d in documents] == ["a-1", "a-2"]
        assert [d.text for d in documents] == ['Premier.\n\nSuite "citée".', "Le président du Sénat à Hanoï, déjà"]
        assert [d.lang for d in documents] == ["fr", None] and documents[1].title is None


def test_a_long_table_without_a_mark_of_its_encoding(tmp_path: Path) -> None:
    for encoding in ("utf-16-le", "utf-16-be"):
        (tmp_path / "a.csv").write_bytes(("text\n" + "Un président à Hanoï.\n" * 2000).encode(encoding))
        documents, issues = outcome(tmp_path)
        assert issues == [] and len(documents) == 2000


def test_a_bad_row_of_a_table_is_named_and_costs_no_other(tmp_path: Path) -> None:
    lines = ["text,lang", "a", ",fr", "b, not quoted,fr", '"c" d,fr', "e,fr", '"f\n', "g"]
    (tmp_path / "a.csv").write_text("\n".join(lines), encoding="utf8")
    documents, issues = outcome(tmp_path)
    assert [(d.id, d.text) for d in documents] == [("a-1", "a"), ("a-5", "e")]
    assert {i.where.rpartition(":")[2]: i.reason for i in issues} == {
        "2": "empty text", "3": "more cells than the head has columns: 3 and 2",
        "4": "not CSV: ',' expected after '\"'", "6": "not CSV: unexpected end of data",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (
            b"name; full body;a\nx,y\n",
            "a table without a column 'text': it has 'name', 'full body', 'a'; the first row must name the columns",
        ),
        (
            b"A sentence that is as long as it gets.\n",
            "a table without a column 'text': it has 'A sentence that is a';",
        ),
        (b"x," * 500 + b"x\n", "a table without a column 'text': it has " + "'x', " * 20 + "…; the first row must"),
        (b"\n", "empty file"),
        (b"text\n" + b"a" * 3000, "line 2 is longer than 2,048 characters"),
        (b"text\n" + b"a\n" * 40_000 + b"\xff\n", "not UTF-8: in or after line 3"),
        (b"text\n\x00\x01\x02\x00\n", "binary file, not text"),
    ],
)
def test_what_is_no_table_of_texts_is_told(tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    _, issues = outcome(tmp_path / "a.csv", document=2048)
    assert issues[-1].reason.startswith(reason)


PLACES = {
    "a.htm.gz": "a.htm.gz", "a.rss": "a.rss:1", "a.warc.gz": "a.warc.gz:1", "a.jsonl.zst": "a.jsonl.zst:1",
    "a.parquet": "a.parquet:1", "a.csv": "a.csv:1", "a.tsv.gz": "a.tsv.gz:1", "a.zip": "a.zip!a/b.txt", "a.tgz": "a.tgz!a/b.txt", "a.pdf": None,
}  # fmt: skip


@pytest.mark.parametrize("name", PLACES)
def test_a_document_tells_which_part_of_which_file_it_is(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(FILES[name])
    [document], _ = outcome(tmp_path)
    assert document.locator == PLACES[name] and document.where == (PLACES[name] or name)


def test_what_lies_in_files_within_files_tells_the_whole_way(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as z:
        z.writestr("x/b.jsonl", LINE * 2)
    documents, _ = outcome(tmp_path)
    assert [d.locator for d in documents] == ["a.zip!x/b.jsonl:1", "a.zip!x/b.jsonl:2"]
    assert {d.file_name for d in documents} == {"b.jsonl"}
    lines, plain = (list(read(["-"], stdin=io.BytesIO(content))) for content in (LINE * 2, SENTENCE.encode()))
    assert [getattr(d, "locator", "") for d in (*lines, *plain)] == ["stdin:1", "stdin:2", None]


def test_tables_of_word_files_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(docx("Partenaires"))
    [document], _ = outcome(tmp_path)
    assert document.text.split("\n") == ["Partenaires", "Vietnam\tKazakhstan"]
    assert document.title == "Communiqué"


def test_lines_of_print_become_paragraphs(tmp_path: Path) -> None:
    lines = ["COMMUNIQUE", "The President of Kazakhstan arrived in Hanoi on an offi-", "cial visit and met his counterpart there in the after-",
             "noon of the same day. Both sides signed an agreement.", "Trade grew."]  # fmt: skip
    (tmp_path / "a.pdf").write_bytes(pdf(lines))
    [document], _ = outcome(tmp_path)
    assert document.text.split("\n") == [
        "COMMUNIQUE",
        "The President of Kazakhstan arrived in Hanoi on an official visit and met his counterpart there in the "
        "afternoon of the same day. Both sides signed an agreement.",
        "Trade grew.",
    ]  # fmt: skip


KOREAN = "토람 베트남 공산당 서기장이 5월 5일 카자흐스탄을 국빈 방문하여 토카예프 대통령과 회담을 가졌다."
ARABIC = "وصل رئيس كازاخستان قاسم جومارت توكاييف إلى هانوي في زيارة رسمية يوم الاثنين والتقى نظيره."
RUSSIAN = "Президент Казахстана Касым-Жомарт Токаев прибыл в Ханой с официальным визитом в понедельник."
ENCODED = [
    (KOREAN, "euc-kr"), (KOREAN, "utf-16"), (KOREAN, "utf-16-le"), (KOREAN, "utf-8-sig"), (ARABIC, "cp1256"),
    (ARABIC, "utf-16-be"), (RUSSIAN, "cp1251"), (RUSSIAN, "koi8-r"), (SENTENCE, "cp1252"), (SENTENCE, "utf-32"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "encoding"), ENCODED, ids=[e for _, e in ENCODED])
def test_encodings_are_found(text: str, encoding: str) -> None:
    content = (text + "\r\n" + text).encode(encoding)
    if encoding.startswith("utf-16-"):
        content = (text + "\n Vietnam - Kazakhstan 2025\n" * 3 + text).encode(encoding)
        assert decode(content).startswith(text)
    else:
        assert decode(content) == text + "\n" + text


@pytest.mark.parametrize("text", [KOREAN, ARABIC, RUSSIAN, SENTENCE])
@pytest.mark.parametrize("every", [1, 3, 20])
def test_zeros_in_a_text_make_no_other_script_of_it(text: str, every: int) -> None:
    """Zeros that stand at odd places only are what UTF-16 without a mark is told by."""
    content = bytearray(f"{text}\ufeff{text}".encode("utf-8" if text != SENTENCE else "cp1252", "ignore"))
    for at in range(1, len(content), 2 * every + 2):
        content.insert(at, 0)
    with pytest.raises(InputError, match="binary file, not text: a zero at offset 1"):
        decode(bytes(content))


@pytest.mark.parametrize("text", [KOREAN[:40], ARABIC, RUSSIAN, SENTENCE, "Tô Lâm thăm chính thức Ca-dắc-xtan"])
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_wide_texts_are_read_without_a_mark(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize("kind", sorted(READERS))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(content=st.one_of(st.binary(max_size=400), st.text(max_size=200).map(lambda t: t.encode("utf-8", "replace"))))
def test_no_bytes_crash_a_reader(kind: str, content: bytes) -> None:
    try:
        text, fields = READERS[kind](Source("x", "x", "x", kind, content))
    except InputError as error:
        assert str(error)
    else:
        assert isinstance(text, str) and isinstance(fields, dict)


@pytest.mark.parametrize("name", sorted(FILES))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(cut=st.integers(0, 10_000), flip=st.integers(0, 10_000))
def test_damaged_files_never_crash(tmp_path_factory: pytest.TempPathFactory, name: str, cut: int, flip: int) -> None:
    content = bytearray(FILES[name])
    content[flip % len(content)] ^= 0x55
    folder = tmp_path_factory.mktemp("damaged")
    (folder / name).write_bytes(bytes(content[: max(1, len(content) - cut % len(content))]))
    documents, issues = outcome(folder)
    assert all(isinstance(d, Document) for d in documents) and len(issues) <= 3
