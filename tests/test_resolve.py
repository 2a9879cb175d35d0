"""Who is who over all documents: blocks find what comparing all with all finds, and faster."""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgx.models import Claims, Document, Name, Tenure, Thing
from kgx.resolve import things as resolution
from kgx.resolve.names import compare

# name in the text, language, office, state
Said = tuple[str, str, str | None, str | None]

# The same and different people in three scripts; some of one sound, some one letter apart, some very long.
NAMES = (
    ("Tô Lâm", "vi"), ("토람", "ko"), ("تو لام", "ar"), ("To Lam", "fr"), ("Lam To", "en"), ("Tô Lâm Sơn", "vi"),
    ("Kassym-Jomart Tokayev", "fr"), ("카심조마르트 토카예프", "ko"), ("قاسم جومارت توكاييف", "ar"),
    ("Tokayev", "en"), ("Tokarev", "en"), ("Sergueï Tokarev", "fr"), ("토카예프", "ko"), ("토카레프", "ko"),
    ("김정은", "ko"), ("김정일", "ko"), ("Kim Jong Un", "en"), ("Kim Jong-il", "fr"), ("كيم جونغ أون", "ar"),
    ("Mohammed bin Abdulrahman bin Jassim Al Thani", "en"), ("Mohamed ben Abderrahmane ben Jassem Al-Thani", "fr"),
    ("محمد بن عبد الرحمن بن جاسم آل ثاني", "ar"), ("무함마드 빈 압둘라흐만 빈 자심 알사니", "ko"),
    ("Mohammed bin Salman bin Abdulaziz Al Saud", "en"), ("محمد بن سلمان بن عبد العزيز آل سعود", "ar"),
    ("Emmanuel Macron", "fr"), ("Macron Emmanuel", "en"), ("에마뉘엘 마크롱", "ko"), ("إيمانويل ماكرون", "ar"),
    ("Macron", "fr"), ("Ishak", "en"), ("Is Hak", "en"),
)  # fmt: skip
OFFICES = (None, "head_of_state", "party_leader", "foreign_minister")
STATES = (None, "VN", "KZ", "KP", "QA")


def claims(number: int, people: Iterable[Said], *others: Thing) -> Claims:
    """What a document says of some people, and other things of it."""
    persons, tenures = [], []
    for i, (name, lang, office, state) in enumerate(people):
        local = f"person/{i}"
        persons.append(Thing(id=local, kind="person", label=name, names=(Name(text=name, lang=lang),), country=state))
        if office:
            tenures.append(Tenure(holder=local, office_kind=office, title=office, title_lang=lang, country=state))
    document = Document(id=f"d{number:04}", file_name=f"d{number:04}.txt", text="", sha256="")
    return Claims(document=document, lang="en", things=(*persons, *others), facts=tuple(tenures))


def people(*documents: Sequence[Said]) -> list[set[str]]:
    """The persons found: for each, the documents' names of it."""
    things, _ = resolution.resolve_things([claims(i, d) for i, d in enumerate(documents)])
    return sorted(({n.text for n in t.names} for t in things), key=sorted)


def all_pairs(locals_: Sequence[resolution._Local], score: resolution.Score) -> list[list[resolution._Local]]:
    """The reference: every pair is scored, and every pair of two groups is asked before they join."""
    order = sorted(locals_, key=lambda x: x.key)
    pairs = [
        (-score(a, b), a.key, b.key)
        for i, a in enumerate(order)
        for b in order[i + 1 :]
        if a.document != b.document and score(a, b) > 0
    ]
    group = {x.key: [x] for x in order}
    for _, a, b in sorted(pairs):
        one, other = group[a], group[b]
        if one is other or {x.document for x in one} & {x.document for x in other}:
            continue
        if any(score(x, y) < 0 for x in one for y in other):
            continue
        one.extend(other)
        group.update({x.key: one for x in other})
    return list({id(g): g for g in group.values()}.values())


def body(local: str, label: str, state: str | None, kind: str = "ministry") -> Thing:
    """An organization."""
    return Thing(id=f"organization/{local}", kind="organization", label=label, country=state, subkind=kind)


def spot(local: str, label: str, state: str | None) -> Thing:
    """A place."""
    return Thing(id=local, kind="place", label=label, country=state)


BODIES = (
    body("Q1", "Ministry of Foreign Affairs", "VN"), body("Q2", "Ministry of Foreign Affairs", "KZ"),
    body("mfa", "Ministry of Foreign Affairs", "VN"), body("affairs", "Foreign Affairs Ministry of", "VN"),
    body("samsung", "Samsung", None, "company"), body("s", "삼성", None, "company"),
    body("s2", "Samsong", None, "company"),
)  # fmt: skip
PLACES = (
    spot("city/1", "Hanoi", "VN"), spot("city/2", "Hanoi", "VN"), spot("place/hanoi", "Hanoi", "VN"),
    spot("place/palace", "Ak Orda Palace", "KZ"), spot("place/orda", "Akorda Palace", "KZ"),
    spot("place/orda-2", "Palace Ak Orda", "KZ"), spot("place/orda-3", "Palace Ak Orda", None),
)  # fmt: skip

_said = st.builds(lambda n, o, s: (*n, o, s), st.sampled_from(NAMES), st.sampled_from(OFFICES), st.sampled_from(STATES))
_document = st.tuples(
    st.lists(_said, max_size=5),
    st.lists(st.sampled_from((*BODIES, *PLACES)), max_size=5, unique_by=lambda t: t.id),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(_document, min_size=2, max_size=9))
def test_blocks_find_what_all_pairs_find(documents: list[tuple[list[Said], list[Thing]]]) -> None:
    told = [claims(i, said, *others) for i, (said, others) in enumerate(documents)]
    found = resolution.resolve_things(told)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(resolution, "_cluster", all_pairs)
        expected = resolution.resolve_things(told)
    assert found == expected


@settings(max_examples=40, deadline=None)
@given(st.lists(_document, min_size=2, max_size=7), st.randoms(use_true_random=False))
def test_order_of_documents_does_not_matter(
    documents: list[tuple[list[Said], list[Thing]]], chance: random.Random
) -> None:
    told = [claims(i, said, *others) for i, (said, others) in enumerate(documents)]
    mixed = chance.sample(told, len(told))
    assert resolution.resolve_things(mixed) == resolution.resolve_things(told)


def test_every_pair_that_is_not_different_is_a_candidate() -> None:
    names = [name for name, _ in NAMES]
    told = claims(0, [(n, lang, None, None) for n, lang in NAMES])
    found = resolution._candidates([resolution._Local("d", t, frozenset(), (t.label,)) for t in told.things])
    alike = {
        (i, j)
        for i, a in enumerate(names)
        for j, b in enumerate(names)
        if i <= j and compare(a, b).verdict != "different"
    }
    assert alike <= found
    assert len(found) < len(names) * len(names) / 4


def test_one_name_in_three_scripts_with_one_office_is_one() -> None:
    office = ("party_leader", "VN")
    assert people([("토람", "ko", *office)], [("تو لام", "ar", *office)], [("Tô Lâm", "vi", *office)]) == [
        {"토람", "تو لام", "Tô Lâm"}
    ]


def test_one_sound_without_office_or_state_is_not_enough() -> None:
    assert len(people([("토람", "ko", None, None)], [("Tô Lâm", "vi", None, None)])) == 2


def test_two_names_of_one_office_and_state_stay_two() -> None:
    office = ("head_of_state", "KP")
    assert people([("김정은", "ko", *office)], [("김정일", "ko", *office)]) == [{"김정은"}, {"김정일"}]


def test_near_names_with_different_offices_stay_two() -> None:
    found = people([("Tokayev", "en", "head_of_state", None)], [("Tokarev", "en", "foreign_minister", None)])
    assert found == [{"Tokarev"}, {"Tokayev"}]


@pytest.mark.parametrize("second", ["To Lam", "토람", "Tô Lâm"])
def test_two_persons_of_one_document_never_become_one(second: str) -> None:
    office = ("party_leader", "VN")
    between = [("Tô Lâm", "vi", *office)]
    things, names = resolution.resolve_things(
        [claims(0, [("Tô Lâm", "vi", *office), (second, "ko", *office)]), claims(1, between)]
    )
    assert names["d0000", "person/0"] != names["d0000", "person/1"]
    assert len(things) == 2


def test_different_states_never_become_one_not_even_by_a_third() -> None:
    name = ("Nguyen Van Thanh", "vi", "head_of_state")
    things, names = resolution.resolve_things(
        [claims(0, [(*name, "VN")]), claims(1, [(*name, None)]), claims(2, [(*name, "KZ")])]
    )
    assert names["d0000", "person/0"] != names["d0002", "person/0"]
    assert sorted(t.country or "" for t in things) == ["KZ", "VN"]


def test_known_places_are_one_by_id_only() -> None:
    told = [claims(i, (), place) for i, place in enumerate(PLACES)] + [claims(9, (), PLACES[0])]
    _, names = resolution.resolve_things(told)
    assert names["d0000", "city/1"] == names["d0009", "city/1"]
    assert names["d0000", "city/1"] != names["d0001", "city/2"]
    assert names["d0003", "place/palace"] != names["d0000", "city/1"]
    assert names["d0004", "place/orda"] != names["d0006", "place/orda-3"]


def test_time_grows_little_with_documents() -> None:
    chance = random.Random(1)
    syllables = [c + v for c in "bdfghjklmnprstvz" for v in "aeiou"]

    def word() -> str:
        return "".join(chance.choices(syllables, k=chance.randint(2, 4))).capitalize()

    everyone = [(f"{word()} {word()}", "en", chance.choice(OFFICES), chance.choice(STATES)) for _ in range(600)]
    told = [claims(i, chance.sample(everyone, 8)) for i in range(200)]
    start = time.process_time()
    things, _ = resolution.resolve_things(told)
    assert time.process_time() - start < 10
    assert 300 < len(things) <= 1600
