"""Files become documents; what can't be read is named with its reason, and the rest is read."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgx.errors import Issue
from kgx.ingest import read
from kgx.models import Document, PartialDate


def outcome(found: object) -> tuple[list[Document], list[Issue]]:
    items = list(found)  # type: ignore[call-overload]
    return [i for i in items if isinstance(i, Document)], [i for i in items if isinstance(i, Issue)]


def test_front_matter_is_metadata_and_offsets_count_after_it(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("---\npublished: 2022-07-05\nurl: http://x.org/a\n---\nBonjour.\n", encoding="utf8")
    [document], issues = outcome(read([tmp_path]))
    assert issues == []
    assert document.text == "Bonjour.\n"
    assert document.published == PartialDate(year=2022, month=7, day=5)
    assert document.url == "http://x.org/a"


@pytest.mark.parametrize(
    ("value", "iso"),
    [("2025-05", "2025-05"), ("20250505", "2025-05-05"), ("2025", "2025"), ("2025-05-05T10:00:00", "2025-05-05")],
)
def test_partial_publication_dates(tmp_path: Path, value: str, iso: str) -> None:
    (tmp_path / "a.txt").write_text(f"---\npublished: {value}\n---\ntext", encoding="utf8")
    [document], _ = outcome(read([tmp_path / "a.txt"]))
    assert document.published is not None and document.published.iso == iso


def test_folders_are_searched_recursively_and_globs_expand_each_file_once(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    for name in ("a.txt", "b/c.txt", "b/d.md", "b/e.png"):
        (tmp_path / name).write_text("text", encoding="utf8")
    documents, issues = outcome(read([tmp_path, str(tmp_path / "*.txt"), tmp_path / "b" / "c.txt"]))
    assert [d.file_name for d in documents] == ["a.txt", "c.txt", "d.md"]
    assert issues == []


def test_json_lines_and_standard_input() -> None:
    lines = [{"id": "x", "text": "one", "lang": "fr", "published": "2024-01-02", "publisher": "P"}, {"text": "two"}]
    content = "\n".join(map(json.dumps, lines)).encode()
    documents, issues = outcome(read(["-"], stdin=io.BytesIO(content)))
    assert issues == []
    assert [d.text for d in documents] == ["one", "two"]
    assert (documents[0].id, documents[0].lang, documents[0].publisher) == ("x", "fr", "P")
    plain, _ = outcome(read(["-"], stdin=io.BytesIO(b"un texte")))
    assert [d.text for d in plain] == ["un texte"]


def test_documents_of_one_stem_get_different_ids(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "same.txt").write_text(folder, encoding="utf8")
    documents, _ = outcome(read([tmp_path]))
    assert [d.id for d in documents] == ["same", "b-same"]
    other, _ = outcome(read([tmp_path / "b", tmp_path / "a"]))
    assert [(d.id, d.sha256) for d in other] == [(d.id, d.sha256) for d in documents]


BAD = {
    "empty.txt": (b" \n", "empty file"),
    "latin.txt": ("Sénat".encode("latin-1"), "not UTF-8: byte 0xe9 at offset 1"),
    "binary.txt": (b"\x00\x01", "binary file"),
    "open.txt": (b"---\npublished: 2022-01-01\nno end", "no closing ---"),
    "yaml.txt": (b"---\na: [1\n---\ntext", "malformed front matter"),
    "date.txt": (b"---\npublished: soon\n---\ntext", "published: 'soon' is no date"),
    "calendar.txt": (b"---\npublished: 2025-13-45\n---\ntext", "malformed front matter"),
    "bare.txt": (b"---\njust words\n---\ntext", "not 'name: value' lines"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_files_are_named_and_the_rest_is_read(tmp_path: Path, name: str) -> None:
    content, reason = BAD[name]
    (tmp_path / name).write_bytes(content)
    (tmp_path / "good.txt").write_text("text", encoding="utf8")
    documents, [issue] = outcome(read([tmp_path]))
    assert [d.id for d in documents] == ["good"]
    assert name in issue.where and reason in issue.reason


def test_bad_lines_are_named_by_number(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "one"}\n{"text": 2}\n{oops\n{"text": "\\ud800"}\n', encoding="utf8")
    documents, issues = outcome(read([tmp_path / "a.jsonl"]))
    assert [d.text for d in documents] == ["one"]
    assert [i.where.rpartition(":")[2] for i in issues] == ["2", "3", "4"]


def test_missing_paths_and_empty_folders(tmp_path: Path) -> None:
    (tmp_path / "void").mkdir()
    documents, issues = outcome(read([tmp_path / "nowhere.txt", tmp_path / "void"]))
    assert documents == []
    assert [i.reason.split()[0] for i in issues] == ["no", "folder"]


@given(st.binary(max_size=300))
def test_no_bytes_crash_it(content: bytes) -> None:
    for item in read(["-"], stdin=io.BytesIO(content)):
        assert isinstance(item, Document | Issue)
