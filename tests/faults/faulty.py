"""Inputs that are broken or hostile, each with what the issue about it must say; made in code, so that all can be read.

Every entry is a file name, its bytes, where its issue points, and a part of the reason.
"""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import tarfile
import zipfile
from email.message import EmailMessage

GOOD = "Le président Macky Sall s'est rendu en Mauritanie le 5 mai 2024."
LINE = json.dumps({"text": GOOD, "published": "2024-05-06"}).encode() + b"\n"
PAGE = f"<html><body><article><p>{GOOD}</p><p>{GOOD} {GOOD}</p></article></body></html>"


def zipped(members: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target.getvalue()


def locked(archive: bytes) -> bytes:
    """The archive with the flag set that says that its first member needs a password."""
    at = archive.index(b"PK\x01\x02") + 8
    return archive[:at] + b"\x01" + archive[at + 1 :]


def tarred(members: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return target.getvalue()


def zstd(content: bytes) -> bytes:
    import zstandard

    return zstandard.ZstdCompressor().compress(content)


def parquet(*texts: str | None) -> bytes:
    import pyarrow
    import pyarrow.parquet

    target = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table({"text": list(texts)}), target)
    return target.getvalue()


def docx(text: str) -> bytes:
    import docx as word

    file = word.Document()
    file.add_paragraph(text)
    target = io.BytesIO()
    file.save(target)
    return target.getvalue()


def docx_with(part: str, change: bytes, by: bytes) -> bytes:
    """A Word file with something in one of its parts replaced."""
    out: dict[str, bytes] = {}
    with zipfile.ZipFile(io.BytesIO(docx(GOOD))) as parts:
        for name in parts.namelist():
            out[name] = parts.read(name)
    assert change in out[part]
    out[part] = out[part].replace(change, by, 1)
    return zipped(out)


def warc(*pages: str, head: str = "") -> bytes:
    records = []
    for number, page in enumerate(pages):
        body = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{page}".encode()
        records.append(
            f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a.example/{number}\r\n{head}"
            f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            + body
            + b"\r\n\r\n"
        )
    return b"".join(records)


def pdf(*objects: bytes, trailer: bytes = b"/Root 1 0 R") -> bytes:
    """A PDF of these objects, numbered from 1, with a table that is right."""
    out, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    start = b"startxref\n%d\n%%%%EOF" % len(out)
    return out + head + table + b"trailer << " + trailer + b" /Size %d >>\n" % (len(objects) + 1) + start


def mail_within_mail(depth: int) -> bytes:
    heads = [b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(depth)]
    return b"Subject: deep\n" + b"".join(heads) + b"Content-Type: text/plain\n\n" + GOOD.encode()


def mail(text: str) -> bytes:
    message = EmailMessage()
    message["Subject"] = "Visite"
    message.set_content(text)
    return message.as_bytes()


def entities(root: bytes) -> bytes:
    """Ten of ten of ten: eight kilobytes that mean a gigabyte."""
    steps = b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 10))
    return b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a0 "aaaaaaaaaa">' + steps + b"]>" + root


def matryoshka(levels: int, width: int, core: bytes) -> bytes:
    content = core
    for level in range(levels):
        inner = "txt" if level == 0 else "zip"
        content = zipped({f"{level}-{n}.{inner}": content for n in range(width)})
    return content


CATALOG, PAGES = b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
LEAF = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R >>"
BOMB = zipped({"zeros.txt": b"a" * 3_000_000, "good.txt": GOOD.encode()})
CUT = {
    "cut.zip": zipped({f"{n}.txt": f"{n} {GOOD}".encode() for n in range(20)})[:-100],
    "cut.tar": tarred({"a.txt": GOOD.encode() * 100})[:3000],
    "cut.tar.gz": gzip.compress(tarred({"a.txt": GOOD.encode() * 100}))[:-20],
    "cut.jsonl.gz": gzip.compress(LINE * 50)[:-12],
    "cut.jsonl.bz2": bz2.compress(LINE * 50)[:-12],
    "cut.jsonl.xz": lzma.compress(LINE * 50)[:-12],
    "cut.jsonl.zst": zstd(LINE * 50)[:-4],
    "cut.warc": warc(PAGE, PAGE)[:-200],
    "cut.warc.gz": gzip.compress(warc(PAGE))[:-30],
    "cut.parquet": parquet(GOOD)[:-40],
    "cut.docx": docx(GOOD)[:-500],
    "cut.pdf": pdf(CATALOG, PAGES, LEAF)[:150],
    "cut.rss": b"<rss><channel><item><title>" + GOOD.encode(),
}
HOSTILE: dict[str, tuple[bytes, str, str]] = {
    "bomb.zip": (BOMB, "bomb.zip!zeros.txt", "larger than 1 MB"),
    "nested.zip": (matryoshka(4, 1, b"x"), "2-0.zip", "deeper than 3"),
    "long.jsonl": (b'{"text": "' + b"a" * 3_000_000 + b'"}\n', "long.jsonl:1", "a line larger than 1 MB"),
    "big.txt": (b"a" * 3_000_000, "big.txt", "larger than 1 MB"),
    "digits.jsonl": (b'{"text": ' + b"1" * 6000 + b"}\n", "digits.jsonl:1", "not JSON"),
    "deep.jsonl": (b'{"text": ' + b"[" * 100_000 + b"\n", "deep.jsonl:1", "not JSON"),
    "laughs.rss": (entities(b"<rss><item><title>&a9;</title></item></rss>"), "laughs.rss", ""),
    "passwd.rss": (
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><item><title>&x;</title></item></rss>',
        "passwd.rss",
        "without text",
    ),
    "laughs.docx": (
        docx_with("word/document.xml", b"<w:document", entities(b"") + b"<w:document"), "laughs.docx", "cannot be read"
    ),
    "no.docx": (b"PK\x03\x04 nothing more", "no.docx", "cannot be read"),
    "no.parquet": (b"PAR1 no table PAR1", "no.parquet", "not a Parquet file, or cut off"),
    "no.zip": (b"PK\x03\x04 nothing more", "no.zip", "not a zip archive, or cut off"),
    "no.tar": (b"nothing" * 200, "no.tar", "not a tar archive, or cut off"),
    "no.jsonl": (b'{"text": ""}\n', "no.jsonl:1", "empty text"),
    "no.rss": (b"<a><b/></a>", "no.rss", "XML that is no feed"),
    "no.html": (b"<html><body></body></html>", "no.html", "without a main text"),
    "loop.pdf": (pdf(CATALOG, b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>"), "loop.pdf", ""),
    "itself.pdf": (pdf(CATALOG, PAGES, LEAF, b"4 0 R"), "itself.pdf", "without text"),
    "xref.pdf": (pdf(CATALOG, PAGES, LEAF).replace(b"0000000", b"9999999"), "xref.pdf", ""),
    "count.pdf": (pdf(CATALOG, b"<< /Type /Pages /Kids [3 0 R] /Count 99999999 >>", LEAF), "count.pdf", ""),
    "deep.eml": (mail_within_mail(3000), "deep.eml", "cannot be read"),
    "laughs.txt": (
        b"---\na: &a [x]\n" + b"".join(b"a%d: &a%d [%s]\n" % (n, n, b"*a," * 9) for n in range(9)) + b"---\ntext",
        "laughs.txt",
        "alias",
    ),
    "merged.txt": (b"---\na: &a {b: c}\nd:\n  <<: *a\n---\ntext", "merged.txt", "alias"),
    "front.txt": (b"---\na: " + b"x" * 60_000 + b"\n---\ntext", "front.txt", "front matter longer than"),
    "deep.txt": (b"---\na: " + b"[" * 20_000 + b"\n---\ntext", "deep.txt", "malformed front matter"),
    "several.txt": (b"---\npublished: [2024, 2025]\n---\ntext", "several.txt", "several values"),
    "half.jsonl": (b'{"text": "x", "title": "\\ud800"}\n', "half.jsonl:1", "title holds half of a surrogate pair"),
    "head.warc": (warc(PAGE, head="X-Long: " + "x" * 3_000_000 + "\r\n"), "head.warc", "a head larger than 1 MB"),
    "head.tar": (tarred({"a" * 3_000_000 + ".txt": b"x"}), "head.tar", "a head larger than 1 MB"),
    "locked.zip": (locked(zipped({"a.txt": b"x"})), "locked.zip!a.txt", "password"),
}  # fmt: skip
