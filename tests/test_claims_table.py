"""Claims kept as Parquet: read back as they were, in any order; a second build reads only what is new."""

from __future__ import annotations

from pathlib import Path

import pytest

from kgx.errors import UsageError
from kgx.models import Claims, Document

pytest.importorskip("pyarrow")

from kgx.engines.table import ClaimsTable  # noqa: E402


def claims(number: int) -> Claims:
    text = f"Document {number} tells of nothing."
    return Claims(
        document=Document(id=f"d{number}", file_name="d.txt", text=text, sha256=str(number)),
        lang="en",
        things=(),
        facts=(),
    )


def key(number: int) -> bytes:
    return number.to_bytes(20, "big")


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of five documents, in groups of two, of which three are at hand."""
    for name, value in (("_ROWS", 5), ("_GROUP", 2), ("_KEPT", 3)):
        monkeypatch.setattr(f"kgx.engines.table.{name}", value)


def filled(folder: Path, *numbers: int) -> None:
    with ClaimsTable(folder) as table:
        for number in numbers:
            table.add(key(number), claims(number).model_dump_json().encode())


def test_claims_are_read_back_as_they_were_in_any_order(tmp_path: Path) -> None:
    filled(tmp_path, *range(12))
    assert len(list(tmp_path.iterdir())) == 3
    with ClaimsTable(tmp_path) as table:
        order = [*reversed(range(12)), 3, 11, 0]
        assert list(table.read(map(key, order))) == [claims(number) for number in order]
        assert len(table) == 12 and key(11) in table and key(12) not in table
        with pytest.raises(KeyError):
            next(table.read([key(12)]))


def test_what_is_added_is_read_in_the_same_run_and_is_written_once(tmp_path: Path) -> None:
    filled(tmp_path, 1, 2)
    with ClaimsTable(tmp_path) as table:
        for number in (2, 3, 3):
            table.add(key(number), claims(number).model_dump_json().encode())
        assert list(table.keys()) == [key(1), key(2), key(3)]
        assert list(table.read([key(3), key(1)])) == [claims(3), claims(1)]
    assert len(list(tmp_path.iterdir())) == 2


def test_two_builds_share_a_folder(tmp_path: Path) -> None:
    filled(tmp_path, 1, 2)
    filled(tmp_path, 2, 3)
    with ClaimsTable(tmp_path) as one, ClaimsTable(tmp_path) as other:
        for table in (one, other):
            table.add(key(4), claims(4).model_dump_json().encode())
    with ClaimsTable(tmp_path) as table:
        assert list(table.read(map(key, (1, 2, 3, 4)))) == [claims(number) for number in (1, 2, 3, 4)]


def test_what_was_added_is_kept_when_a_build_ends_early(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), ClaimsTable(tmp_path) as table:
        table.add(key(1), claims(1).model_dump_json().encode())
        raise KeyboardInterrupt
    with ClaimsTable(tmp_path) as table:
        assert key(1) in table


def test_others_read_it(tmp_path: Path) -> None:
    from pyarrow import parquet

    filled(tmp_path, 1, 2)
    rows = parquet.read_table(tmp_path).to_pylist()
    assert [(row["key"], row["document"], row["lang"]) for row in rows] == [(key(1), "d1", "en"), (key(2), "d2", "en")]
    assert Claims.model_validate_json(rows[1]["claims"]) == claims(2)


def test_a_file_that_is_none_is_named(tmp_path: Path) -> None:
    filled(tmp_path, 1)
    (tmp_path / "notes.txt").write_text("mine", encoding="utf8")
    (tmp_path / "claims-broken.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(UsageError, match="claims-broken.parquet is no file of claims"):
        ClaimsTable(tmp_path)
    with pytest.raises(UsageError, match="notes.txt: "):
        ClaimsTable(tmp_path / "notes.txt")
