"""The texts that reading makes are kept with the graph, found by whoever shows a quote, and never taken for others."""

from __future__ import annotations

import hashlib
import html
import json
import os
import random
import re
import sqlite3
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from common import make_document
from starlette.testclient import TestClient
from test_inputs import FILES, PAGE, SENTENCE

import kgx
import kgx.explain
import kgx.show
from kgx.errors import UsageError
from kgx.ingest import read
from kgx.models import Document
from kgx.query import load, select
from kgx.serve import create_app
from kgx.texts import Texts, beside, copying_texts, keeping_texts, lacking, prepare_texts, write_texts

OTHER = "Le ministre français des Affaires étrangères, Paul Roche, a rencontré Anna Verdi à Rome le 3 juin 2025."
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>\u202e{{7*7}} &amp; ]]> \x00\x1b[31m"
MADE = ("a.html", "a.pdf", "a.docx", "a.eml", "a.warc.gz", "a.ndjson", "a.parquet", "a.zip", "a.txt.bz2")


def run(*args: str | Path, code: int = 0, columns: str = "500") -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "COLUMNS": columns, "NO_COLOR": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "kgx", *map(str, args)], capture_output=True, text=True, encoding="utf8", env=env
    )
    assert done.returncode == code, done.stderr
    return done


def kept(graph: Path) -> dict[str, str]:
    with sqlite3.connect(beside(graph)) as base:
        rows = base.execute("SELECT sha256, content FROM texts").fetchall()
    return {digest.hex(): zlib.decompress(content).decode() for digest, content in rows}


def documents(folder: Path) -> dict[str, Document]:
    return {d.file_name: d for d in read([folder]) if isinstance(d, Document)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A document of each kind, each with words of its own, and two plain texts."""
    folder = tmp_path_factory.mktemp("inputs")
    for name in MADE:
        (folder / name).write_bytes(FILES[name])
    (folder / "a.html").write_text(PAGE.replace("Hanoï", "Lima"), encoding="utf8")  # else it copies another
    (folder / "plain.txt").write_text(OTHER, encoding="utf8")
    (folder / "hostile.jsonl").write_text(
        json.dumps({"text": f"{HOSTILE}\n{OTHER.replace('Roche', 'Blanc')}"}), encoding="utf8"
    )
    return folder


@pytest.fixture(scope="module")
def graph(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("built") / "graph.ttl"
    done = run("build", folder, "-o", target)
    assert "graph.ttl.texts" in done.stdout
    return target


def test_what_reading_made_is_kept_and_plain_files_are_not(folder: Path, graph: Path) -> None:
    every = [d for d in read([folder]) if isinstance(d, Document)]
    assert len(every) == len(MADE) + 2
    assert kept(graph) == {d.sha256: d.text for d in every if d.file_name != "plain.txt"}


def test_every_quote_stands_where_it_is_said_to(graph: Path) -> None:
    texts = kept(graph)
    rows = select(
        load(graph),
        "SELECT ?digest ?start ?end ?words { ?proof oa:hasSource ?d ; oa:hasSelector ?at, ?in . "
        "?d kgx:textFrom ?kind ; kgx:sha256 ?digest . ?at oa:start ?start ; oa:end ?end . ?in oa:exact ?words }",
    ).rows
    assert len(rows) > 10
    for digest, start, end, words in rows:
        assert texts[str(digest)][int(str(start)) : int(str(end))] == words


def test_the_graph_tells_what_texts_were_made_from(graph: Path) -> None:
    rows = select(load(graph), "SELECT ?file ?kind { ?d kgx:fileName ?file ; kgx:textFrom ?kind }").rows
    assert {str(file): str(kind) for file, kind in rows} == {
        "a.html": "html", "a.pdf": "pdf", "a.docx": "docx", "a.eml": "mail", "a.warc.gz": "html",
        "a.ndjson": "part", "a.parquet": "part", "b.txt": "part", "a.txt": "part", "hostile.jsonl": "part",
    }  # fmt: skip


def test_the_same_texts_give_the_same_bytes_in_any_order(tmp_path: Path) -> None:
    several = [make_document(f"{n} " * (n * 37 % 4000), name=f"{n}.txt") for n in range(300)]
    assert write_texts(tmp_path / "a", several) == 300
    first = beside(tmp_path / "a").read_bytes()
    random.Random(1).shuffle(several)
    write_texts(tmp_path / "a", several[:50])
    assert write_texts(tmp_path / "a", [*several, *several[:9]]) == 300
    assert beside(tmp_path / "a").read_bytes() == first
    assert [p.name for p in tmp_path.iterdir()] == ["a.texts"]


def test_a_new_build_keeps_exactly_the_texts_of_its_own_documents(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "graph.ttl"
    for names in (["a.html", "a.pdf"], ["a.pdf", "a.eml", "plain.txt"], ["plain.txt"]):
        run("build", *(folder / name for name in names), "-o", target, "-q", "--cache", tmp_path / "cache")
        wanted = {d.sha256 for name, d in documents(folder).items() if name in names and name != "plain.txt"}
        assert (set(kept(target)) if beside(target).exists() else set()) == wanted
    run("build", folder / "a.html", folder / "plain.txt", "-o", target, "-q", "--keep-texts", "all")
    assert set(kept(target)) == {documents(folder)[name].sha256 for name in ("a.html", "plain.txt")}
    run("build", folder / "a.html", "-o", target, "-q", "--keep-texts", "none")
    assert not beside(target).exists()
    assert "is none of made, all, none" in run("build", folder, "-o", target, "--keep-texts", "x", code=2).stderr


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two pages of which one copies the other but for its last words."""
    folder = tmp_path_factory.mktemp("copies")
    (folder / "one.html").write_text(PAGE, encoding="utf8")
    (folder / "two.html").write_text(PAGE.replace("son homologue.", "son homologue, dit-on."), encoding="utf8")
    return folder


def test_texts_of_copies_are_kept_too(copied: Path, tmp_path: Path) -> None:
    target = tmp_path / "graph.ttl"
    run("build", copied, "-o", target, "-q")
    assert len(select(load(target), "SELECT ?a { ?a kgx:copyOf ?b }").rows) == 1
    assert kept(target) == {d.sha256: d.text for d in documents(copied).values()}
    run("build", copied, "-o", target, "-q", "--with-text")
    rows = select(load(target), "SELECT ?digest ?text { ?d kgx:text ?text ; kgx:sha256 ?digest }").rows
    assert {str(digest): text for digest, text in rows} == {d.sha256: d.text for d in documents(copied).values()}
    assert not beside(target).exists()


@pytest.fixture(scope="module")
def full(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("full") / "graph.ttl"
    run("build", folder, "-o", target, "-q", "--with-text")
    return target


@pytest.mark.parametrize("name", ["graph.nt", "graph.nq", "graph.trig", "graph.jsonld", "again.ttl", "store/"])
def test_texts_in_the_graph_stay_in_every_format(name: str, full: Path, folder: Path, tmp_path: Path) -> None:
    target = tmp_path / name
    run("convert", full, "-o", f"{target}{'/' if name.endswith('/') else ''}")
    texts = Texts(load(target), target)
    for document in documents(folder).values():
        assert texts[document.sha256] == document.text
    assert lacking(load(target), target) is None
    if name == "again.ttl":
        assert target.read_bytes() == full.read_bytes()


def test_a_graph_with_texts_is_sound(full: Path) -> None:
    assert "the graph is sound" in run("validate", full).stdout


@pytest.mark.parametrize("name", ["other.nq", "store/"])
def test_a_converted_graph_has_its_texts_beside_it(name: str, graph: Path, tmp_path: Path) -> None:
    target = f"{tmp_path}/{name}"
    run("convert", graph, "-o", target)
    assert beside(target).parent == tmp_path and kept(Path(target)) == kept(graph)
    run("convert", target, "-o", tmp_path / "back.ttl")
    assert (tmp_path / "back.ttl").read_bytes() == graph.read_bytes()
    assert beside(tmp_path / "back.ttl").read_bytes() == beside(graph).read_bytes()


def test_formats_that_kgx_does_not_read_have_nothing_beside_them(graph: Path, tmp_path: Path) -> None:
    run("convert", graph, "-o", tmp_path / "graph.gexf")
    run("convert", graph, "-o", f"{tmp_path}/tables/", "--format", "csv")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["graph.gexf", "tables"]


def test_a_copy_replaces_the_texts_of_what_it_replaces(graph: Path, tmp_path: Path) -> None:
    write_texts(tmp_path / "b.nt", [make_document("old")])
    with copying_texts(tmp_path / "a.ttl", tmp_path / "b.nt"):
        assert kept(tmp_path / "b.nt")
    assert not beside(tmp_path / "b.nt").exists()
    with copying_texts(graph, graph):
        pass
    assert kept(graph)


# --- who shows them ----------------------------------------------------------------------------------------------


def fact_of(graph: Path, file: str, kind: str = "kgx:Fact") -> str:
    return str(
        select(
            load(graph),
            f'SELECT ?f {{ ?f a {kind} ; prov:wasDerivedFrom/oa:hasSource/kgx:fileName "{file}" }} ORDER BY ?f LIMIT 1',
        ).rows[0][0]
    )


def test_show_tells_the_sentence_of_a_fact(graph: Path) -> None:
    shown = run("show", graph, fact_of(graph, "a.pdf", "kgx:Visit")).stdout
    assert SENTENCE in shown.replace("\u2068", "").replace("\u2069", "")


def test_a_row_or_member_is_told_with_its_quotes(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(
        "".join(json.dumps({"text": text}) + "\n" for text in (SENTENCE, OTHER, SENTENCE.replace("12", "13"))),
        encoding="utf8",
    )
    target, report = tmp_path / "graph.ttl", tmp_path / "report.json"
    run("build", tmp_path / "a.jsonl", "-o", target, "-q", "--report", report)
    shown = run("show", target, "Ashimbayev").stdout
    assert "a.jsonl:1:" in shown and "a.jsonl:3:" in shown and "a.jsonl:2:" not in shown
    assert "a.jsonl:2:" in run("explain", target, "Paul Roche").stdout
    told = json.loads(report.read_bytes())["documents"]
    assert [d["locator"] for d in told] == ["a.jsonl:1", "a.jsonl:2", "a.jsonl:3"]
    rows = run("query", target, "--name", "evidence", "--param", "fact=Paul Roche", "--format", "csv").stdout
    assert "a.jsonl:2" in rows and "a.jsonl:1" not in rows
    assert kgx.load(target).text_of("a.jsonl:2") == OTHER
    [told_of] = {row.file for row in kgx.load(target).query("SELECT ?file { ?d kgx:fileName ?file }")}
    assert str(told_of) == "a.jsonl"


@pytest.mark.parametrize("command", ["show", "explain"])
def test_what_is_piped_is_not_wrapped(command: str, graph: Path) -> None:
    """Nor filled with blanks; who says how wide lines may be is obeyed."""
    whole = run(command, graph, "Ashimbayev", columns="").stdout
    assert max(map(len, whole.splitlines())) > 80 and not re.search(r" $", whole, re.M)
    narrow = run(command, graph, "Ashimbayev", columns="60").stdout
    assert max(map(len, narrow.splitlines())) <= 60
    assert "".join(narrow.split()) == "".join(whole.split())


def test_show_tells_the_sentence_around_what_is_only_named(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "La ville de Lima est belle. Il pleut. Rien."}', encoding="utf8")
    target = tmp_path / "graph.ttl"
    run("build", tmp_path / "a.jsonl", "-o", target, "-q", "--lang", "fr")
    shown = run("show", target, "Lima")
    assert "“La ville de Lima est belle.”" in shown.stdout and shown.stderr == ""
    beside(target).unlink()
    shown = run("show", target, "Lima")
    assert "La ville" not in shown.stdout and "“Lima”" in shown.stdout
    assert "1 text should be in graph.ttl.texts, which is not beside graph.ttl" in shown.stderr


def test_explain_tells_words_of_another_sentence(tmp_path: Path) -> None:
    document = make_document("Un mot. Un autre mot.")
    quote = kgx.show.Quote("Un", "fr", "f", 8, 10, "r", 1.0, "", " autre mot.", (("host", 3, 6),), document.sha256)
    write_texts(tmp_path / "g", [document])
    assert kgx.explain.reading_of(quote, Texts(None, tmp_path / "g")).roles == {"host": ("mot",)}
    assert kgx.explain.reading_of(quote).roles == {"host": ("f:3-6",)}


def test_load_gives_the_text_of_a_document(graph: Path, folder: Path) -> None:
    loaded = kgx.load(graph)
    assert loaded.text_of("a.pdf") == documents(folder)["a.pdf"].text
    assert loaded.text_of("plain.txt") is None
    for name, reason in (("Ashimbayev", "is no document"), ("nobody", "nothing in the graph is called")):
        with pytest.raises(UsageError, match=reason):
            loaded.text_of(name)


@pytest.fixture(scope="module")
def served(graph: Path) -> Iterator[TestClient]:
    with TestClient(create_app(load(graph), graph=graph), base_url="http://127.0.0.1") as client:
        yield client


def page_of(client: TestClient, graph: Path, file: str) -> str:
    node = select(load(graph), f'SELECT ?d {{ ?d kgx:fileName "{file}" }}').rows[0][0]
    answer = client.get(str(node).removeprefix("https://w3id.org/kgx"), headers={"Accept": "text/html"})
    assert answer.status_code == 200
    return answer.text


@pytest.mark.parametrize("name", ["a.pdf", "a.html", "a.eml"])
def test_served_pages_show_the_whole_text_with_what_it_tells(
    name: str, served: TestClient, graph: Path, folder: Path
) -> None:
    page = page_of(served, graph, name)
    [block] = re.findall(r'<div class="text".*?</div>', page, re.S)
    shown = re.sub(r"<a class=\"note\".*?</a>|<[^>]*>", "", block, flags=re.S)
    assert html.unescape(shown) == documents(folder)[name].text
    assert re.search(r'<a id="c\d+"[^>]*>(?:M\. )?(?:Maulen )?Ashimbayev</a>', block)


def test_a_hostile_text_stays_text(served: TestClient, graph: Path) -> None:
    page = page_of(served, graph, "hostile.jsonl")
    assert 'class="text"' in page and "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page and "<img" not in page and "{{7*7}}" in page


# --- files that are missing, foreign or made to harm -------------------------------------------------------------


def test_texts_of_another_graph_are_told_and_not_shown(graph: Path, tmp_path: Path) -> None:
    other = tmp_path / "graph.ttl"
    other.write_bytes(graph.read_bytes())
    assert "which is not beside" in str(lacking(load(other), other))
    write_texts(other, [make_document("another")])
    assert re.search(r"belongs to another graph: it lacks (\d) of \1 texts", str(lacking(load(other), other)))
    beside(other).write_bytes(b"no database" * 100)
    assert "can't be read" in str(lacking(load(other), other))
    assert lacking(load(graph), graph) is None


def test_a_file_that_is_none_of_ours_is_not_replaced(graph: Path, tmp_path: Path) -> None:
    target = tmp_path / "graph.ttl"
    beside(target).write_text("mine")
    with pytest.raises(UsageError, match="move it away"):
        prepare_texts(target)
    assert not prepare_texts("/dev/null")
    assert "move it away" in run("convert", graph, "-o", target, code=2).stderr
    assert write_texts(target, []) == 0
    assert beside(target).read_text() == "mine" and not target.exists()


def forged(path: Path, *rows: tuple[bytes, bytes], view: bool = False) -> None:
    with sqlite3.connect(path) as base:
        table = "hidden" if view else "texts"
        base.execute(f"CREATE TABLE {table} (sha256 BLOB, content BLOB)")
        base.executemany(f"INSERT INTO {table} VALUES (?, ?)", rows)
        if view:
            base.execute("CREATE VIEW texts AS SELECT sha256, load_extension('x') AS content FROM hidden")


def test_what_has_not_the_digest_of_the_graph_is_never_shown(tmp_path: Path) -> None:
    digest = hashlib.sha256(b"told").digest()
    bomb = zlib.compress(b"\0" * 600_000_000, 9)
    for number, (content, view) in enumerate([(zlib.compress(b"forged"), False), (b"junk", False), (bomb, False),
                                              (zlib.compress(b"told"), True)]):  # fmt: skip
        forged(beside(tmp_path / str(number)), (digest, content), view=view)
        assert Texts(None, tmp_path / str(number))[digest.hex()] is None
    forged(beside(tmp_path / "good"), (digest, zlib.compress(b"told")))
    texts = Texts(None, tmp_path / "good")
    assert texts[digest.hex()] == "told"
    assert texts["'; DROP TABLE texts"] is None and texts['" } #'] is None


def test_a_link_means_the_texts_of_the_graph_that_it_means(tmp_path: Path) -> None:
    document = make_document("text")
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "g.ttl").write_text("")
    (tmp_path / "link.ttl").symlink_to(tmp_path / "real" / "g.ttl")
    write_texts(tmp_path / "link.ttl", [document])
    assert (tmp_path / "real" / "g.ttl.texts").is_file()
    assert Texts(None, tmp_path / "link.ttl")[document.sha256] == "text"


def test_what_fails_leaves_what_was_kept(tmp_path: Path) -> None:
    write_texts(tmp_path / "g", [make_document("old")])
    before = beside(tmp_path / "g").read_bytes()

    def broken() -> Iterator[Document]:
        yield make_document("new")
        raise OSError(28, "No space left on device")

    with pytest.raises(UsageError, match="No space left"):
        write_texts(tmp_path / "g", broken())
    assert beside(tmp_path / "g").read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["g.texts"]


@pytest.mark.parametrize("documents", [[make_document("new")], []], ids=["some", "none"])
def test_a_graph_that_cannot_be_written_leaves_the_old_one_its_texts(
    documents: list[Document], graph: Path, tmp_path: Path
) -> None:
    write_texts(tmp_path / "g", [make_document("old")])
    before = beside(tmp_path / "g").read_bytes()
    for keep in (keeping_texts(tmp_path / "g", documents), copying_texts(graph, tmp_path / "g")):
        with pytest.raises(UsageError, match="disk full"), keep:
            raise UsageError("disk full")
    assert beside(tmp_path / "g").read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["g.texts"]
