"""The page of mentions: the whole text, whatever overlaps, no way out for hostile text."""

from __future__ import annotations

import html
import os
import re
from pathlib import Path

import pytest
from common import make_document
from typer.testing import CliRunner

from kgx.cli import app
from kgx.export.page import mentions_page
from kgx.models import Annotated, Furniture, Mention, Text

CHROMIUM = Path("/usr/bin/chromium")
AXE = Path(__file__).parent / "serve" / "vendor" / "axe.min.js"
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


def test_in_a_browser_it_fits_runs_both_ways_and_does_nothing(tmp_path: Path) -> None:
    if not CHROMIUM.exists():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"there is no {CHROMIUM} (apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    hostile = "</div></article><script>alert(1)</script><img src=x onerror=alert(2)> \u202e" + "endless" * 60
    arabic = "زار الرئيس طوكيو"
    pages = [
        Annotated(
            text=Text(document=make_document(hostile), lang="en"), mentions=(mention(hostile, "endless", "place"),)
        ),
        Annotated(text=Text(document=make_document(arabic), lang="ar"), mentions=(mention(arabic, "طوكيو", "place"),)),
    ]
    path = tmp_path / "page.html"
    path.write_text(mentions_page([(annotated, ()) for annotated in pages]), encoding="utf8")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"])
        for width in (1280, 390):
            for scheme in ("light", "dark"):
                page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True)  # type: ignore[arg-type]
                said: list[str] = []
                page.on("dialog", lambda dialog, said=said: (said.append(dialog.message), dialog.dismiss()))  # type: ignore[misc]
                page.on("console", lambda message, said=said: said.append(message.text))  # type: ignore[misc]
                page.goto(path.as_uri())
                assert page.evaluate("document.documentElement.scrollWidth") <= width
                assert page.evaluate("document.querySelectorAll('script, img').length") == 0
                box = page.locator("[dir=rtl]").bounding_box()
                mark = page.locator("[dir=rtl] mark").bounding_box()
                assert box is not None and mark is not None
                start = page.evaluate(
                    "(r => (r.selectNodeContents(document.querySelector('[dir=rtl]')), r.getBoundingClientRect()))"
                    "(new Range())"
                )
                assert (
                    start["right"] > mark["x"] + mark["width"]
                )  # the first letter stands to the right of the last word
                page.add_script_tag(path=str(AXE))
                faults = page.evaluate("axe.run(document).then((found) => found.violations)")
                faults = [fault["id"] for fault in faults if fault["impact"] in ("serious", "critical")]
                assert faults == []
                assert said == []
                page.close()
        browser.close()
