"""The page of mentions: the whole text, whatever overlaps, no way out for hostile text."""

from __future__ import annotations

import html
import re
from pathlib import Path

from common import make_document
from typer.testing import CliRunner

from kgx.cli import app
from kgx.export.page import mentions_page
from kgx.models import Annotated, Furniture, Mention, Text

BODY = re.compile(r'<div class="text" lang="(\w+)" dir="(\w+)">(.*?)</div>', re.S)


def mention(text: str, words: str, kind: str, **fields: object) -> Mention:
    start = text.index(words)
    content = {"kind": kind, "start": start, "end": start + len(words), "text": words, "rule": "r", "confidence": 0.5}
    return Mention.model_validate({**content, **fields})


def page(text: str, lang: str, *mentions: Mention, furniture: tuple[Furniture, ...] = ()) -> tuple[str, str, str]:
    document = Text(document=make_document(text, name="<b>.txt"), lang=lang, furniture=furniture)
    plain = tuple(m for m in mentions if m.kind != "event")
    content = mentions_page([(Annotated(text=document, mentions=plain), [m for m in mentions if m.kind == "event"])])
    assert "<b>.txt" not in content
    found = BODY.search(content)
    assert found is not None
    return found[1], found[2], found[3]


def shown(body: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", body))


def test_the_text_stays_whole_and_overlaps_are_both_painted() -> None:
    text = "Lula visited\n  Paris on Monday. (Photo)"
    furniture = (Furniture(kind="credit", start=len(text) - 7, end=len(text)),)
    _, way, body = page(
        text, "en", mention(text, "Paris", "place", value="city/1"), mention(text, "visited\n  Paris", "event"),
        furniture=furniture,
    )  # fmt: skip
    assert shown(body) == text
    assert way == "ltr"
    assert '<mark class="place event" data-base title="place, city/1, r, 0.50; event, r, 0.50">Paris</mark>' in body
    assert '<span class="furniture" title="page furniture">(Photo)</span>' in body


def test_arabic_runs_from_right_to_left() -> None:
    text = "زار الرئيس WTO"
    lang, way, body = page(text, "ar", mention(text, "الرئيس", "office"))
    assert (lang, way, shown(body)) == ("ar", "rtl", text)


def test_hostile_text_stays_text() -> None:
    text = "<script>alert('1')</script> & \u202e\" onmouseover=x"
    _, _, body = page(text, "en", mention(text, text, "organization", value='"><script>', rule="<i>"))
    assert "<script" not in body and "<i>" not in body
    assert shown(body) == text
    assert body.count("<mark") == 1 and 'title="organization, &#34;&gt;&lt;script&gt;' in body


def test_command_line(tmp_path: Path) -> None:
    text, target = tmp_path / "a.txt", tmp_path / "a.html"
    text.write_text("Lula a rencontré Macron à Paris.", encoding="utf8")
    run = CliRunner().invoke(app, ["annotate", str(text), "--html", str(target), "--lang", "fr"])
    assert run.exit_code == 0 and run.stdout == ""
    content = target.read_text(encoding="utf8")
    assert '<mark class="person" data-base title="person' in content and "Macron" in content
    assert "http" not in content.replace("http-equiv", "")
