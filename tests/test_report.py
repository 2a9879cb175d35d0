"""The report of a build tells what was read, skipped and copied, by what, within which limits and how long it took."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from pydantic import BaseModel
from typer.testing import CliRunner

from kgx import __version__
from kgx.claims import fingerprint, model_digest
from kgx.cli import app
from kgx.errors import Aside, Issue
from kgx.report import (
    NOTHING,
    BuildReport,
    CopiedDocument,
    LeftAside,
    Read,
    ReadDocument,
    Skipped,
    Stopwatch,
    Versions,
    build_report,
    left_aside,
)

FRENCH = "Le président Macky Sall s'est rendu en Mauritanie le 5 mai 2024."
LONG = (
    f"{FRENCH} Il y a rencontré son homologue mauritanien et les deux hommes ont parlé de pêche, de gaz et de routes."
)
GUIDE = Path(__file__).parents[1] / "docs" / "reports.md"


def built(folder: Path, *options: str, files: str = "*.txt", code: int = 1) -> BuildReport:
    report = folder / "report.json"
    paths = [str(path) for path in sorted(folder.glob(files))]
    result = CliRunner().invoke(app, ["build", *paths, "-o", str(folder / "a.ttl"), "--report", str(report), *options])
    assert result.exit_code == code, result.output
    return BuildReport.model_validate_json(report.read_bytes())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    texts = {"a.txt": LONG, "b.txt": f"{LONG}\n", "c.txt": "President Macky Sall visited Mauritania.", "bad.txt": ""}
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf8")
    return tmp_path


def test_a_report_is_complete(folder: Path) -> None:
    told = built(folder, "--max-characters", "5000", "--timeout", "70", "--cache", str(folder / "cache"))
    assert (told.versions.kgx, told.versions.rules, told.versions.model) == (__version__, fingerprint(), model_digest())
    assert told.limits == {"characters": 5000, "seconds": 70, "megabytes": 4096}
    assert told.read == Read(
        documents=3, copies=1, from_cache=0, characters=len(LONG) + 40, languages={"en": 1, "fr": 2}
    )
    assert [d.id for d in told.documents] == ["a", "c"] and told.documents[0].facts > 0
    assert told.copies == (CopiedDocument(id="b", file="b.txt", lang="fr", copy_of="a"),)
    assert told.skipped == (Skipped(where=str(folder / "bad.txt"), reason="empty file"),)
    assert told.found["person"] == 1 and told.found["event"] >= 1
    assert list(told.seconds) == ["read", "resolve", "graph", "write"] and all(s >= 0 for s in told.seconds.values())
    again = built(folder, "--cache", str(folder / "cache"))
    assert again.read.from_cache == 3 and again.documents == told.documents and again.found == told.found


@pytest.mark.parametrize("kept", ["--cache", "--claims"])
def test_a_line_put_in_has_no_other_read_again(tmp_path: Path, kept: str) -> None:
    """Lines with ids of their own, copies among them, are what they were, and told by where they stand now."""
    if kept == "--claims":
        pytest.importorskip("pyarrow")
    rows = [json.dumps({"id": f"n{number}", "text": f"{LONG} {number // 2}"}) for number in range(5)]

    def read(lines: list[str], *options: str) -> BuildReport:
        (tmp_path / "a.jsonl").write_text("\n".join(lines), encoding="utf8")
        return built(tmp_path, *options, files="*.jsonl", code=0)

    assert read([*rows[:1], *rows[2:]], kept, str(tmp_path / "kept")).read.from_cache == 0
    told = read(rows, kept, str(tmp_path / "kept"))
    assert (told.read.documents, told.read.copies, told.read.from_cache) == (5, 2, 4)
    assert {d.id: d.locator for d in (*told.documents, *told.copies)} == {f"n{n}": f"a.jsonl:{n + 1}" for n in range(5)}
    graph = (tmp_path / "a.ttl").read_bytes()
    read(rows)
    assert (tmp_path / "a.ttl").read_bytes() == graph


def test_a_report_tells_why_nothing_could_be_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("")
    (tmp_path / "b.png").write_text("")
    report = tmp_path / "r.json"
    result = CliRunner().invoke(app, ["build", str(tmp_path), "-o", str(tmp_path / "a.ttl"), "--report", str(report)])
    assert not (tmp_path / "a.ttl").exists()
    assert "left aside: 1 .png (not a kind that kgx reads)" in result.output
    assert "no document could be read; no graph was written" in str(result.exception)
    told = BuildReport.model_validate_json(report.read_bytes())
    assert told.read.documents == 0 and told.found == {} and len(told.aside) == 1
    assert told.skipped == (Skipped(where=str(tmp_path / "a.txt"), reason="empty file"),)


def test_what_was_skipped_is_listed_as_people_count() -> None:
    places = ["1.txt", "a.jsonl:2", "a.jsonl:10", "a.jsonl:010", "a.zip!x2/b.txt", "a.zip!x10/a.txt", "b" + "9" * 5000]
    issues = [Issue(where, "bad") for where in sorted(places)]
    asides = [Aside(where, ".png", "no kind") for where in sorted(places)]
    told = json.loads(build_report(NOTHING, issues, left_aside(NOTHING, asides)))
    for listed in (told["skipped"], told["aside"]):
        assert [item["where"] for item in listed] == [*places[:2], "a.jsonl:010", "a.jsonl:10", *places[4:]]


def test_a_stage_that_fails_is_timed_too() -> None:
    clock = Stopwatch()
    with pytest.raises(ValueError), clock("read"):
        raise ValueError
    assert list(clock.seconds) == ["read"]


def test_the_guide_tells_every_field() -> None:
    def fields(model: type[BaseModel]) -> set[str]:
        return set(model.model_fields)

    told = set(re.findall(r"^\| `([a-z_]+)`", GUIDE.read_text(encoding="utf8"), re.M))
    parts = (BuildReport, Versions, Read, ReadDocument, CopiedDocument, Skipped, LeftAside)
    assert told == set().union(*map(fields, parts))
    json.dumps(BuildReport.model_json_schema())
