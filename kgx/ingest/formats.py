"""One document's bytes become its text and what they tell of it: plain text, pages, PDF, Word, mail.

A reader takes a `Source` and gives a text with fields. Libraries for formats other than plain text are an extra; what
they need is imported when a first document of that format comes.
"""

from __future__ import annotations

import importlib
import io
import re
import statistics
import zipfile
from collections.abc import Callable
from contextlib import suppress
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parseaddr, parsedate_to_datetime
from pathlib import Path
from typing import Any

import yaml

from kgx.errors import printable, to_install
from kgx.ingest.encoding import decode
from kgx.ingest.source import InputError, Source

__all__ = ["READERS", "DERIVED", "ending_of", "kind_of", "needed"]

Read = tuple[str, dict[str, Any]]  # a text and its fields
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)^---[ \t]*(?:\n|\Z)", re.S | re.M)
_CHARSET = re.compile(rb"""<(?:meta\b[^>]*charset|\?xml\b[^>]*encoding)\s*=\s*["']?([\w.:-]+)""", re.I)
_UNPACKED = 256 * 2**20  # of a Word file, which is an archive
_PAGES = 2000
_FRONT, _BRACKETS = 50_000, 500
_BRACKET = re.compile(r"[\[{]")


def needed(name: str) -> Any:
    """A library of the extra `inputs`.

    Raises:
        InputError: if it is not installed, with what to type.
    """
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise InputError(f"reading this needs {name}: {to_install('inputs')}") from error


def _plain(source: Source) -> Read:
    text = decode(source.content, source.fields.get("charset"))
    fields: dict[str, Any] = {}
    front = _FRONT_MATTER.match(text)
    if front is None and re.match(r"---[ \t]*\n[ \t]*[\w-]+[ \t]*:", text):
        raise InputError("malformed front matter: no closing ---")
    if front:
        if len(front[1]) > _FRONT:
            raise InputError(f"front matter longer than {_FRONT:,} characters")
        if len(_BRACKET.findall(front[1])) > _BRACKETS:  # the time that the library takes is their number squared
            raise InputError(f"malformed front matter: more than {_BRACKETS} brackets")
        try:
            # What is named once and meant often can grow without end, and front matter has no use for it.
            if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(front[1], yaml.SafeLoader)):
                raise InputError("malformed front matter: it holds an alias (*name)")
            fields = yaml.safe_load(front[1]) or {}
        except (yaml.YAMLError, ValueError, RecursionError) as error:  # a ValueError is a date that no calendar has
            mark = getattr(error, "problem_mark", None)
            line = f" in line {mark.line + 2}" if mark else ""
            raise InputError(f"malformed front matter{line}: {getattr(error, 'problem', None) or error}") from error
        if not isinstance(fields, dict):
            raise InputError("malformed front matter: not 'name: value' lines")
        text = text[front.end() :]
    return text, fields


def _text(source: Source) -> Read:
    """A text as it is: of a JSON line, a table, a feed."""
    try:
        return source.content.decode("utf-8", "surrogatepass"), {}
    except UnicodeDecodeError as error:
        raise InputError(f"not UTF-8: offset {error.start}") from error


def _html(source: Source) -> Read:
    """The main text of a page, without what surrounds it; title, date, author and publisher that it declares."""
    needed("trafilatura")
    declared = _CHARSET.search(source.content[:4096])
    page = decode(source.content, source.fields.get("charset") or (declared[1].decode("ascii") if declared else None))
    return _of_page(page, source.fields.get("url"))


def _of_page(page: str, url: str | None) -> Read:
    from trafilatura import bare_extraction

    try:
        found: Any = bare_extraction(page, url=url, with_metadata=True, include_comments=False, include_tables=True)
    except (RecursionError, ValueError) as error:
        raise InputError(f"this page cannot be read: {error}") from error
    if found is None or not (found.text or "").strip():
        raise InputError("a page without a main text")
    title, text = (found.title or "").strip(), str(found.text)
    if title and title not in text[: len(title) + 200]:
        text = f"{title}\n\n{text}"
    fields = {
        "title": title, "published": found.date, "publisher": found.sitename, "author": found.author, "url": found.url,
    }  # fmt: skip
    return text, fields


def _pdf(source: Source) -> Read:
    """The text of a PDF, its lines joined to paragraphs."""
    pdfium = needed("pypdfium2")
    try:
        with pdfium.PdfDocument(source.content) as file:
            if len(file) > _PAGES:
                raise InputError(f"a PDF of more than {_PAGES} pages: {len(file)}")
            pages = []
            for page in file:
                pages.append(page.get_textpage().get_text_bounded())
                page.close()
            told = file.get_metadata_dict(skip_empty=True)
    except pdfium.PdfiumError as error:
        raise InputError(f"this PDF cannot be read: {error}") from error
    # The library has joined words that a hyphen parts at the end of a line, and marks where.
    text = _joined("\n".join(pages).replace("\r\n", "\n").replace("\r", "\n").translate({0: None, 2: None}))
    if not text.strip():
        raise InputError("a PDF without text: scanned pages are not read")
    return text, {"title": told.get("Title"), "author": told.get("Author")}


# A line that ends so ends its paragraph, if it is also short.
_STOP = re.compile(r"[.!?。؟…:;»”\"')]\s*$")
_HYPHEN = re.compile(r"(?<=[^\W\d_])[\u00ad\u2010-]$")


def _joined(text: str) -> str:
    """Lines of print as paragraphs: what fills its line goes on, unless it ends a sentence and falls a little short."""
    lines = [line.strip().replace("\ufffe", "-") for line in text.split("\n")]
    filled = [len(line) for line in lines if line]
    if not filled:
        return ""
    width = statistics.quantiles(filled, n=10)[8] if len(filled) > 1 else filled[0]
    paragraphs: list[str] = []
    goes_on = False
    for line in lines:
        if not line:
            goes_on = False
            continue
        if goes_on and _HYPHEN.search(paragraphs[-1]) and line[0].islower():
            paragraphs[-1] = paragraphs[-1][:-1] + line
        elif goes_on:
            paragraphs[-1] += f" {line}"
        else:
            paragraphs.append(line)
        goes_on = len(line) >= (0.85 if _STOP.search(line) else 0.6) * width
    return "\n".join(paragraphs)


def _docx(source: Source) -> Read:
    """Paragraphs and tables of a Word file, in their order."""
    docx = needed("docx")
    try:
        with zipfile.ZipFile(io.BytesIO(source.content)) as parts:
            if sum(part.file_size for part in parts.infolist()) > _UNPACKED:
                raise InputError(f"unpacks to more than {_UNPACKED // 2**20} MB")
        file = docx.Document(io.BytesIO(source.content))
        lines: list[str] = []
        for block in file.iter_inner_content():
            if hasattr(block, "rows"):
                lines.extend("\t".join(cell.text for cell in row.cells) for row in block.rows)
            else:
                lines.append(block.text)
        told = file.core_properties
        fields = {"title": told.title or None, "author": told.author or None}
    except InputError:
        raise
    except Exception as error:  # the library raises whatever its parts do
        raise InputError(f"this Word file cannot be read: {error}") from error
    return "\n".join(lines), fields


# What any kind of fault in the head of a mail makes the library raise.
_FAULTY = (LookupError, ValueError, TypeError, AttributeError, RecursionError)


def _mail(source: Source) -> Read:
    """The body of a mail; its subject, date and sender, and the names of what is attached."""
    try:
        mail = BytesParser(EmailMessage, policy=policy.default).parsebytes(source.content)
        body = mail.get_body(preferencelist=("plain", "html"))
        if body is None:
            raise InputError("a mail without text")
        content = str(body.get_content())
        if body.get_content_subtype() == "html":
            needed("trafilatura")
            content, _ = _of_page(content, None)
        subject = str(mail["subject"] or "").strip()
        name, address = parseaddr(str(mail["from"] or ""))
        day = parsedate_to_datetime(str(mail["date"])).date().isoformat() if mail["date"] else None
    except InputError:
        raise
    except _FAULTY as error:
        raise InputError(f"this mail cannot be read: {error}") from error
    text = content.replace("\r\n", "\n")
    if subject and subject not in text:
        text = f"{subject}\n\n{text}"
    told = {"title": subject or None, "publisher": name or address or None, "published": day}
    return text, {**told, "attachments": _attachments(mail)}


def _attachments(mail: EmailMessage) -> list[str]:
    """Names of what is attached, or the media types of what has none; in a damaged mail, as far as they can be told."""
    found: list[str] = []
    with suppress(*_FAULTY):
        found.extend(
            printable(part.get_filename() or part.get_content_type())[:200] for part in mail.iter_attachments()
        )
    return found


READERS: dict[str, Callable[[Source], Read]] = {
    "plain": _plain, "text": _text, "html": _html, "pdf": _pdf, "docx": _docx, "mail": _mail,
}  # fmt: skip
# Of these the text is made, not copied: offsets count in the text that the graph keeps.
DERIVED = frozenset(READERS) - {"plain", "text"}
_SUFFIXES = {
    ".txt": "plain", ".md": "plain", ".html": "html", ".htm": "html", ".xhtml": "html", ".pdf": "pdf",
    ".docx": "docx", ".eml": "mail",
}  # fmt: skip


def kind_of(name: str) -> str | None:
    """How a file of this name is read; None for a container or an unknown ending."""
    return _SUFFIXES.get(Path(name).suffix.lower())


def ending_of(name: str) -> str:
    """What a file is called by that is of no kind that is read."""
    return Path(name).suffix.lower() or "without an ending"


def suffixes() -> tuple[str, ...]:
    """The endings of files that hold one document."""
    return tuple(_SUFFIXES)
