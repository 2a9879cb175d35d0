"""Which reading of a stretch of text stands."""

from __future__ import annotations

import hashlib

from kgx.annotate import annotate
from kgx.candidates import Candidate
from kgx.mentions import _without_nationality
from kgx.models import Document


def found(text: str, lang: str, kind: str) -> dict[str, str | None]:
    document = Document(id="d", file_name="d.txt", text=text, sha256=hashlib.sha256(text.encode()).hexdigest())
    return {m.text: m.country for m in annotate(document, lang).mentions if m.kind == kind}


def test_a_capital_that_opens_a_report_is_nobody() -> None:
    text = "طشقند - أعلن الرئيس الأوزبكي رستم كريموف الارتقاء بالعلاقات. وقد غادر كريموف طشقند صباح اليوم."
    assert set(found(text, "ar", "person")) == {"رستم كريموف", "كريموف"}
    assert found(text, "ar", "place") == {"طشقند": "UZ"}


def test_a_town_goes_without_the_nationality_after_it() -> None:
    text = "سان لويس السنغالية"
    town, nation = Candidate(0, len(text), "place"), Candidate(9, len(text), "nationality", value="SN")
    bare, state = _without_nationality(town, [nation], text)
    assert (text[bare.start : bare.end], state) == ("سان لويس", "SN")
    assert _without_nationality(nation, [nation], text) == (nation, None)


def test_nationality_words_are_no_places_and_no_titles() -> None:
    text = "ارتفعت الصادرات المصرية إلى تركيا، وبحث وزيرا الخارجية السعودي فيصل بن فرحان والروسي سيرغي لافروف الأمر."
    assert found(text, "ar", "place") == {"تركيا": "TR"}
    assert "الروسي" not in found(text, "ar", "office")
