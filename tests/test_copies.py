"""One report on several sites is one source; what only looks like it is not."""

from __future__ import annotations

from pathlib import Path

from kgx import copies
from kgx.annotate import annotate
from kgx.copies import without_copies
from kgx.extract import extract
from kgx.models import Claims, Document, PartialDate, Thing
from kgx.pipeline import know

REPORT = (
    "Le président du Sénat kazakh, Maulen Ashimbayev, s'est rendu à Hanoï le 12 mai 2025 pour une visite officielle de "
    "trois jours. Il y a rencontré le président de l'Assemblée nationale, Tran Thanh Man, avec qui il a signé un "
    "protocole de coopération entre les deux chambres. Les deux parties se sont félicitées de la croissance des "
    "échanges commerciaux, qui ont atteint 800 millions de dollars, et souhaitent développer le tourisme, les liaisons "
    "aériennes directes et la coopération entre les provinces. La délégation a visité un centre de recherche agricole "
    "avant de regagner Astana."
)


def claims(
    name: str, text: str, *, day: int | None = 13, month: int = 5, things: tuple[str, ...] = (), lang: str = "fr"
) -> Claims:
    published = PartialDate(year=2025, month=month, day=day) if day else None
    document = Document(id=name, file_name=f"{name}.txt", text=text, sha256=name, published=published)
    found = tuple(Thing(id=f"person/{t}", kind="person", label=t) for t in things)
    return Claims(document=document, lang=lang, things=found, facts=())


def kept(*several: Claims) -> dict[str, tuple[str, ...]]:
    return {c.document.id: tuple(d.id for d in c.copies) for c in without_copies(several)}


def test_copies_on_other_sites_belong_to_the_earliest() -> None:
    cut = REPORT.rsplit(". ", 1)[0] + "."
    one = claims("b-site", f"Visite à Hanoï\n\n{REPORT}", day=14)
    other = claims("c-site", f"{cut} (Agence)", day=13)
    original = claims("d-agency", REPORT, day=12)
    assert kept(one, other, original) == {"d-agency": ("b-site", "c-site")}
    assert kept(original, other, one) == {"d-agency": ("b-site", "c-site")}


def test_the_same_words_about_others_or_at_another_time_are_no_copy() -> None:
    original = claims("a", REPORT, things=("Maulen Ashimbayev", "Tran Thanh Man"))
    others = claims("b", REPORT.replace("Tran Thanh Man", "Le Minh Hung"), things=("Maulen Ashimbayev", "Le Minh Hung"))
    number = claims("c", REPORT.replace("800", "900"), things=("Maulen Ashimbayev", "Tran Thanh Man"))
    later = claims("d", REPORT, month=8, things=("Maulen Ashimbayev", "Tran Thanh Man"))
    translated = claims("e", REPORT, lang="en")
    assert set(kept(original, others, number, later, translated)) == {"a", "b", "c", "d", "e"}


def told(name: str, text: str, *, published: int = 13) -> Claims:
    """What is read in a text, as the build would."""
    document = Document(
        id=name,
        file_name=f"{name}.txt",
        text=text,
        sha256=name,
        published=PartialDate(year=2025, month=3, day=published),
    )
    return extract(annotate(document, "en"))


VISIT = (
    "French President Emmanuel Macron visited Astana on 12 March 2025 and held talks with Kazakh President "
    "Kassym-Jomart Tokayev. The two sides discussed trade, transport, energy and water, and agreed to continue their "
    "regular consultations on all of these matters in the course of the coming year."
)


def test_the_one_that_tells_more_is_the_original_whichever_came_first() -> None:
    more = f"{VISIT} Macron also visited Tashkent on 14 March 2025 and met Uzbek President Shavkat Mirziyoyev."
    assert kept(told("a", VISIT), told("b", more)) == {"b": ("a",)}
    assert kept(told("a", VISIT), told("b", more, published=15)) == {"b": ("a",)}
    # Words of the site itself make no original, nor keep two sites apart.
    sites = [told(n, f"{VISIT}\n\n{words}") for n, words in (("c", "Photo: John Brown, 14:35"), ("d", "Updated 15:20"))]
    assert kept(told("a", VISIT, published=12), *sites) == {"a": ("c", "d")}


def test_another_month_in_words_or_another_town_is_no_copy() -> None:
    assert set(kept(told("a", VISIT), told("b", VISIT.replace("March", "May")))) == {"a", "b"}
    elsewhere = VISIT.replace("Astana", "Almaty") + "\n\nMacron in Astana"
    assert set(kept(told("a", VISIT), told("b", elsewhere))) == {"a", "b"}
    # What 'yesterday' means follows from the day of the paper, and does not make two reports of one.
    relative = VISIT.replace("on 12 March 2025", "yesterday")
    assert kept(told("a", relative, published=13), told("b", relative, published=14)) == {"a": ("b",)}


def test_short_notices_are_never_copies() -> None:
    assert set(kept(claims("a", "Visite officielle à Hanoï."), claims("b", "Visite officielle à Hanoï."))) == {"a", "b"}
    words = [f"mot{n}" for n in range(copies._SHORTEST)]
    assert set(kept(claims("a", " ".join(words)), claims("b", " ".join(words)))) == {"a"}
    assert set(kept(claims("a", " ".join(words[1:])), claims("b", " ".join(words[1:])))) == {"a", "b"}
    guide = (Path(__file__).parents[1] / "docs" / "reports.md").read_text(encoding="utf8")
    assert f"fewer than {copies._SHORTEST} words" in guide and f"{copies._ALIKE:.0%}".replace("%", " %") in guide


def test_one_without_a_day_may_copy_any() -> None:
    far = [claims(n, REPORT, month=month) for n, month in (("a", 1), ("b", 6), ("c", 12))]
    assert set(kept(*far)) == {"a", "b", "c"}
    assert kept(*far, claims("d", REPORT, day=None)) == {"a": ("d",), "b": (), "c": ()}
    assert kept(claims("d", REPORT.rsplit(". ", 1)[0], day=None), *far[1:]) == {"b": ("d",), "c": ()}


def test_a_copy_stands_in_the_graph_and_adds_no_confidence(tmp_path) -> None:  # type: ignore[no-untyped-def]
    from kgx.graph import build_graph

    for name, text in (("a", REPORT), ("b", f"Agence\n\n{REPORT}")):
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf8")
    alone = build_graph(know([tmp_path / "b.txt"], report=print))
    both = build_graph(know([tmp_path], report=print))
    assert [(u, v) for u, v, role in both.edges(keys=True) if role == "copyOf"] == [("document/a", "document/b")]
    assert set(both) - set(alone) == {"document/a"}
    assert [d.get("confidence") for n, d in both.nodes(data=True) if n != "document/a"] == [
        d.get("confidence") for _, d in alone.nodes(data=True)
    ]
