"""What the model reads wrongly and the gazetteer or the lexicons know better."""

from __future__ import annotations

from kgx.bodies import after_pair, is_agreement, is_governed
from kgx.candidates import Candidate, Spans
from kgx.edges import edges_of
from kgx.gazetteer import Gazetteer
from kgx.misread import as_places
from kgx.places import without_state
from kgx.sure import supported
from kgx.trimmed import before_agreement, from_word_start


def at(text: str, part: str, kind: str, **fields: object) -> Candidate:
    start = text.index(part)
    return Candidate(start, start + len(part), kind, **fields)  # type: ignore[arg-type]


def place(text: str, part: str, lang: str) -> Candidate:
    values = tuple(p.id for p in Gazetteer.open().lookup(part, lang))
    return at(text, part, "place", values=values)


def test_a_body_called_but_as_a_town_is_the_town() -> None:
    text = "Chisinau and Moldtelecom"
    town, body = at(text, "Chisinau", "organization"), at(text, "Moldtelecom", "organization")
    kinds = [e.kind for e in as_places([town, body], [place(text, "Chisinau", "en")], [], [], text)]
    assert kinds == ["place", "organization"]
    state = at(text, "Chisinau", "organization")
    assert as_places([state], [at(text, "Chisinau", "place", values=("country/MD",))], [], [], text) == [state]


def test_a_town_with_the_nationality_of_its_state_is_no_body() -> None:
    text = "ليماسول القبرصية"
    towns = [place(text, "ليماسول", "ar")]
    body = at(text, text, "organization")
    for state, kind in (("CY", "place"), ("GR", "organization")):
        nation = at(text, "القبرصية", "nationality", value=state)
        assert [e.kind for e in as_places([body], towns, [nation], [], text)] == [kind]


def test_a_person_called_as_a_town_is_one_where_something_says_so() -> None:
    text = "mayor Tbilisi. Tbilisi, and Ana Tbilisi"
    known = [Candidate(start, start + 7, "place", values=("city/611717",)) for start in (6, 15)]
    doubtful = Candidate(15, 22, "person", score=0.8)
    assert [e.kind for e in as_places([doubtful], known, [], [], text)] == ["place"]
    sure = Candidate(15, 22, "person", score=0.99)
    assert as_places([sure], known, [], [], text) == [sure]
    titled, title = Candidate(6, 13, "person", score=0.8), at(text, "mayor", "offices")
    assert as_places([titled], known, [], [title], text) == [titled]
    whole = at(text, "Ana Tbilisi", "person")
    assert as_places([doubtful, whole], known, [], [], text) == [doubtful, whole]


def test_a_town_goes_without_the_state_that_its_name_ends_with() -> None:
    for text, name, state in (
        ("Saint-Louis du Sénégal", "Saint-Louis", "SN"),
        ("Saint-Louis (Sénégal", "Saint-Louis", "SN"),
        ("Nord du Sénégal", "Nord du Sénégal", None),  # no town
    ):
        town, told = without_state(at(text, text, "place"), place(text, "Sénégal", "fr"), text, "fr")
        assert (text[town.start : town.end], told) == (name, state)


def test_a_name_ends_before_an_agreement() -> None:
    text = "باتمونخ باتسيتسيغ بروتوكولا"
    deal = at(text, "بروتوكولا", "agreements")
    name = before_agreement(at(text, text, "person"), [deal], text)
    assert text[name.start : name.end] == "باتمونخ باتسيتسيغ"
    body = at(text, text, "organization")
    assert before_agreement(body, [deal], text) == body


def test_a_name_begins_with_a_word() -> None:
    text = "도착하자마자 무라트 누르틀레우 부총리"
    name = from_word_start(at(text, "마자 무라트 누르틀레우", "person"), text, edges_of("ko"))
    assert text[name.start : name.end] == "무라트 누르틀레우"
    text = "وعبد الله"  # a clitic is no word cut in two
    name = at(text, "عبد الله", "person")
    assert from_word_start(name, text, edges_of("ar")) == name


def test_two_states_are_told_beside_their_body() -> None:
    text = "한-모로코 고위급 공동위원회"
    pair = [at(text, "한", "pair"), at(text, "모로코", "pair")]
    body = after_pair(at(text, text, "organization"), pair, text)
    assert text[body.start : body.end] == "고위급 공동위원회"
    assert len(after_pair(at(text, "한-모로코 고위급", "organization"), pair, text)) == 0
    known = at(text, text, "organization", value="known")
    assert after_pair(known, pair, text) == known


def test_what_ends_with_an_agreement_is_one() -> None:
    text = "에콰도르 전략적경제협력협정"
    deal = at(text, "전략적경제협력협정", "agreements")
    assert is_agreement(at(text, text, "organization"), [deal])
    assert not is_agreement(at(text, "에콰도르", "organization"), [deal])


def test_a_doubtful_body_needs_a_head_word() -> None:
    text = "Ministry of Stuff, Widgets"
    doubtful = [
        at(text, "Ministry of Stuff", "organization", score=0.4),
        at(text, "Widgets", "organization", score=0.4),
    ]
    kept = supported(doubtful, Spans(), text, "en")
    assert [text[c.start : c.end] for c in kept] == ["Ministry of Stuff"]


def test_a_mission_whose_head_is_titled_is_its_state_and_seat() -> None:
    for text, body, governed in (
        ("Trưởng Phái đoàn Việt Nam tại Liên hợp quốc", "Phái đoàn Việt Nam tại Liên hợp quốc", True),
        ("Trưởng Phái đoàn Việt Nam tại Geneva", "Phái đoàn Việt Nam tại Geneva", True),
        ("Trưởng Phái đoàn Liên hợp quốc", "Phái đoàn Liên hợp quốc", True),
        ("Trưởng Phái đoàn Việt Nam mới", "Phái đoàn Việt Nam mới", False),  # ends with nothing known
        ("Trưởng Phái đoàn Hội Luật gia Việt Nam", "Phái đoàn Hội Luật gia Việt Nam", False),  # begins so
        ("Phái đoàn Việt Nam tại Geneva", "Phái đoàn Việt Nam tại Geneva", False),  # no one's title
    ):
        title = at(text, "Trưởng Phái đoàn" if text.startswith("Trưởng") else "Phái đoàn", "offices")
        names = [at(text, name, "name") for name in ("Việt Nam", "Liên hợp quốc") if name in text]
        seats = [at(text, "Geneva", "place")] if "Geneva" in text else []
        assert is_governed(at(text, body, "organization"), [title], names, seats, text) == governed
