"""The command line as a user meets it: exit codes, messages, files."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from common import SEEDS

from kgx.cli import common

FRENCH = "Le président Macky Sall s'est rendu en Mauritanie le 5 mai 2024."


def kgx(*args: str, stdin: str = "", cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kgx", *args],
        input=stdin,
        capture_output=True,
        text=True,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(SEEDS.parent), "COLUMNS": "200", "PYTHONIOENCODING": "utf8"},
        check=False,
    )


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("graph") / "graph.ttl"
    done = kgx("build", str(SEEDS), "-o", str(target))
    assert done.returncode == 0, done.stderr
    assert "Person" in done.stdout and done.stderr == ""
    return target


def test_bad_inputs_are_named_and_the_rest_is_built(tmp_path: Path) -> None:
    bad = {
        "empty.txt": b"",
        "latin.txt": "Sénat réuni".encode("latin-1"),
        "binary.txt": b"PK\x03\x04\x00\x00",
        "front.txt": b"---\npublished: [\n---\ntext",
        "lines.jsonl": b'{"text": "' + FRENCH.encode() + b'"}\n{broken\n',
        "german.txt": "Der Bundespräsident besuchte am Montag die Hauptstadt und sprach mit dem Kanzler.".encode(),
    }
    for name, content in bad.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "good.txt").write_text(FRENCH, encoding="utf8")
    target = tmp_path / "out.ttl"
    done = kgx("build", str(tmp_path), str(tmp_path / "missing.txt"), "-o", str(target), "--quiet")
    assert done.returncode == 1
    reasons = {
        "empty.txt": "empty file",
        "latin.txt": "not UTF-8",
        "binary.txt": "binary file",
        "front.txt": "malformed front matter",
        "lines.jsonl:2": "not JSON",
        "german.txt": "language 'de' is not supported",
        "missing.txt": "no such file",
    }
    lines = done.stderr.splitlines()
    assert len(lines) == len(reasons)
    for name, reason in reasons.items():
        assert [line for line in lines if name in line and reason in line], (name, done.stderr)
    text = target.read_text(encoding="utf8")
    assert '"good.txt"' in text and '"lines.jsonl"' in text and "Macky Sall" in text


def test_nothing_read_keeps_the_old_graph(tmp_path: Path) -> None:
    target = tmp_path / "graph.ttl"
    target.write_text("# old", encoding="utf8")
    (tmp_path / "empty.txt").write_text("", encoding="utf8")
    done = kgx("build", str(tmp_path / "empty.txt"), "-o", str(target))
    assert done.returncode == 2
    assert target.read_text(encoding="utf8") == "# old"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["empty.txt", "graph.ttl"]


def test_output_that_cannot_be_written_is_told_before_the_work(tmp_path: Path) -> None:
    done = kgx("build", str(SEEDS), "-o", str(tmp_path / "no" / "such" / "folder" / "graph.ttl"))
    assert done.returncode == 2
    assert "folder" in done.stderr and "Traceback" not in done.stderr
    done = kgx("build", str(SEEDS), "-o", str(tmp_path))
    assert done.returncode == 2 and str(tmp_path) in done.stderr


@pytest.mark.parametrize("args", [["build"], ["build", "x", "--no-such-option"], ["query"], ["nonsense"]])
def test_wrong_usage(args: list[str]) -> None:
    assert kgx(*args).returncode == 2


def test_unknown_language() -> None:
    done = kgx("build", str(SEEDS), "--lang", "xx")
    assert done.returncode == 2 and "xx" in done.stderr


def test_help_and_version() -> None:
    assert "knowledge graph" in kgx("--help").stdout
    assert kgx("--version").stdout.startswith("kgx ")


def test_annotate_reads_standard_input() -> None:
    done = kgx("annotate", "-", stdin=FRENCH)
    assert done.returncode == 0, done.stderr
    [record] = [json.loads(line) for line in done.stdout.splitlines()]
    assert (record["lang"], record["text"]) == ("fr", FRENCH)
    for mention in record["mentions"]:
        assert FRENCH[mention["start"] : mention["end"]] == mention["text"]
        assert mention["rule"] and 0 < mention["confidence"] <= 1
    kinds = {m["kind"]: m for m in record["mentions"]}
    assert kinds["person"]["text"] == "Macky Sall"
    assert kinds["place"]["value"] == "country/MR"
    assert kinds["date"]["value"] == "2024-05-05"
    assert kinds["event"]["value"] == "visit" and "rendu" in kinds["event"]["text"]


def test_annotate_tells_money_in_full(tmp_path: Path) -> None:
    target = tmp_path / "mentions.jsonl"
    done = kgx("annotate", "-", "-o", str(target), "--lang", "ko", stdin="교역액은 7천 5백만 달러였다.")
    assert done.returncode == 0, done.stderr
    [record] = [json.loads(line) for line in target.read_text(encoding="utf8").splitlines()]
    [money] = [m for m in record["mentions"] if m["kind"] == "money"]
    assert (money["value"], money["currency"]) == ("75000000", "USD")


def test_facts_as_json_lines(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(FRENCH, encoding="utf8")
    facts = tmp_path / "facts.jsonl"
    done = kgx("build", str(tmp_path / "a.txt"), "-o", str(tmp_path / "a.ttl"), "--facts", str(facts), "-q")
    assert done.returncode == 0 and done.stdout == ""
    kinds = [json.loads(line)["type"] for line in facts.read_text(encoding="utf8").splitlines()]
    assert "event" in kinds and "tenure" in kinds


def test_base_is_an_option(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(FRENCH, encoding="utf8")
    done = kgx(
        "build", str(tmp_path / "a.txt"), "-o", str(tmp_path / "a.ttl"), "--base", "https://example.org/x/", "-q"
    )
    assert done.returncode == 0, done.stderr
    assert "https://example.org/x/" in (tmp_path / "a.ttl").read_text(encoding="utf8")


def test_query_named_and_free(graph: Path, tmp_path: Path) -> None:
    done = kgx("query", str(graph), "--name", "visits", "--format", "csv")
    assert done.returncode == 0 and "Ho Chi Minh" in done.stdout
    ask = "SELECT ?n WHERE { ?c a kgx:Country ; kgx:iso3166 'KZ' ; rdfs:label ?n }"
    done = kgx("query", str(graph), ask, "--format", "json")
    rows = json.loads(done.stdout)["results"]["bindings"]
    assert [row["n"]["value"] for row in rows] == ["Kazakhstan"]
    (tmp_path / "q.rq").write_text(ask, encoding="utf8")
    assert "Kazakhstan" in kgx("query", str(graph), str(tmp_path / "q.rq")).stdout


def test_query_errors_are_one_line(graph: Path) -> None:
    for args in (["SELECT nonsense"], ["--name", "nothing"], ["SELECT * {}", "--name", "visits"], ["no.rq"]):
        done = kgx("query", str(graph), *args)
        assert done.returncode == 2 and "Traceback" not in done.stderr and done.stderr.startswith("kgx: ")
    assert kgx("query", "missing.ttl", "ASK {}").returncode == 2


def test_a_query_that_takes_too_long_is_stopped(graph: Path) -> None:
    endless = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    done = kgx("query", str(graph), endless, "--timeout", "0.2")
    assert done.returncode == 2 and not done.stdout
    assert done.stderr.splitlines() == ["kgx: the query took more than 0.2 seconds, and was stopped (see --timeout)"]
    assert kgx("query", str(graph), "ASK {}", "--timeout", "0").stdout == "yes\n"


@pytest.mark.parametrize("name", ["To Lam", "토람", "تو لام"])
def test_show_finds_a_person_in_any_script(graph: Path, name: str) -> None:
    done = kgx("show", str(graph), name)
    assert done.returncode == 0, done.stderr
    assert "To Lam" in done.stdout and "party leader" in done.stdout
    assert "000_692ac460da88bc0f.txt:" in done.stdout


def test_show_says_when_it_knows_nobody(graph: Path) -> None:
    done = kgx("show", str(graph), "Nobody Atall")
    assert done.returncode == 2 and "Nobody Atall" in done.stderr


NAMED = {
    "offices": ["To Lam", "party leader", "Vietnam"],
    "meetings": ["Maulen Ashimbayev", "2025-05-05", "Astana"],
    "visits": ["2023-08", "1959", "Ho Chi Minh"],
    "agreements": ["memorandum", "strategic partnership"],
    "figures": ["800000000", "1000000000", "10000000000"],
    "twinnings": ["Bac Ninh", "East Kazakhstan", "Da Nang", "2024"],
    "planned": ["Azerbaijan", "Belarus"],
    "corroborated": ["Maulen Ashimbayev", "ko", "fr", "ar"],
    "evidence": [],
    "document": [],
}


@pytest.mark.parametrize("name", NAMED)
def test_named_queries_answer_on_the_seeds(graph: Path, name: str) -> None:
    done = kgx("query", str(graph), "--name", name, "--format", "csv")
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) > 1
    for word in NAMED[name]:
        assert word in done.stdout, word


def test_a_graph_takes_no_documents_place(tmp_path: Path) -> None:
    document = tmp_path / "a.txt"
    document.write_text("On 3 May 2024 the President of Kenya, William Ruto, visited Rwanda.\n", encoding="utf8")
    before = document.read_bytes()
    run = kgx("build", str(document), "-o", str(document), "--format", "nt")
    assert run.returncode == 2
    assert "is one of the documents to read" in run.stderr
    assert document.read_bytes() == before


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no such device")
def test_a_device_is_written_to_and_never_read_as_an_earlier_graph(tmp_path: Path) -> None:
    document = tmp_path / "a.txt"
    document.write_text("On 3 May 2024 the President of Kenya, William Ruto, visited Rwanda.\n", encoding="utf8")
    run = kgx("build", str(document), "-o", "/dev/full", "--format", "nt", "--keep-texts", "none", "-q", "-j", "1")
    assert run.returncode == 2
    assert "/dev/full: cannot be written: No space left on device" in run.stderr


@pytest.mark.parametrize("name", ["news[draft].txt", "[/b].txt", "[red]a.txt"])
def test_what_is_being_read_is_told_as_it_is_called(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Brackets are markup to the library that draws on terminals."""
    drawn = io.StringIO()
    monkeypatch.setattr(common, "err", common.Screen(file=drawn, force_terminal=True, width=200, highlight=False))
    with common.progress(quiet=False) as tick:
        tick(name)
    assert f"1 read: {name}" in drawn.getvalue()
