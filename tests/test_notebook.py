"""The notebook runs from top to bottom and shows its three pictures; what lies in the tree is small and whole."""

from __future__ import annotations

import itertools
import struct
import sys
import zlib
from pathlib import Path
from types import ModuleType

import nbformat
import pytest
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"
pytest.importorskip("matplotlib")


@pytest.fixture(scope="module")
def refresh() -> ModuleType:
    """The module that executes the notebook; its folder is on the path as when the notebook runs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(NOTEBOOKS)
        import refresh

        yield refresh  # type: ignore[misc]
        for name in ("refresh", "layout", "plots", "maps", "tables"):
            sys.modules.pop(name, None)


@pytest.fixture(scope="module")
def executed(refresh: ModuleType) -> NotebookNode:
    """The notebook, executed as a reader would."""
    return refresh.execute()


def size_and_ink(png: bytes) -> tuple[int, int, int]:
    """Width and height in pixels, and how many different bytes the pixels have: an empty picture has next to none."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", png[16:24])
    at, data = 8, b""
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        data += png[at + 8 : at + 8 + length] if kind == b"IDAT" else b""
        at += length + 12
    return width, height, len(set(zlib.decompress(data)))


def html(notebook: NotebookNode, tag: str) -> str:
    """The table that the cell with a tag shows."""
    cells = [cell for cell in notebook.cells if tag in cell.metadata.get("tags", ())]
    return "".join(output["data"]["text/html"] for cell in cells for output in cell.outputs)


@pytest.mark.parametrize("tag", ["network", "timeline", "map"])
def test_shows_the_three_pictures(refresh: ModuleType, executed: NotebookNode, tag: str) -> None:
    width, height, ink = size_and_ink(refresh.picture(executed, tag))
    assert width > 800 and height > 250
    assert ink > 100


def test_tables_are_filled(executed: NotebookNode) -> None:
    assert "<td" in html(executed, "found") and "Visit" in html(executed, "found")
    names = html(executed, "names")
    assert any("\uac00" <= c <= "\ud7a3" for c in names), "no name in Hangul"
    assert any("\u0621" <= c <= "\u064a" for c in names), "no name in Arabic"
    assert "<td" in html(executed, "evidence")


def test_every_cell_ran_and_none_warned(executed: NotebookNode) -> None:
    codes = [cell for cell in executed.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in codes] == list(range(1, len(codes) + 1))
    outputs = [output for cell in codes for output in cell.outputs]
    assert not [o for o in outputs if o.output_type == "error" or o.get("name") == "stderr"]


def test_the_last_section_is_for_the_readers_documents(executed: NotebookNode) -> None:
    headings = [cell.source.splitlines()[0] for cell in executed.cells if cell.source.startswith("## ")]
    assert headings[-1].endswith("Your own documents")


def test_a_failing_cell_fails(refresh: ModuleType, tmp_path: Path) -> None:
    broken = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 / 0")])
    nbformat.write(broken, tmp_path / "broken.ipynb")
    with pytest.raises(CellExecutionError, match="ZeroDivisionError"):
        refresh.execute(tmp_path / "broken.ipynb")


def test_a_missing_picture_is_told(refresh: ModuleType) -> None:
    cell = nbformat.v4.new_code_cell("1", metadata={"tags": ["network"]})
    with pytest.raises(LookupError, match="shows no picture"):
        refresh.picture(nbformat.v4.new_notebook(cells=[cell]), "network")
    with pytest.raises(LookupError, match="no cell has the tag"):
        refresh.picture(nbformat.v4.new_notebook(), "network")


def test_what_lies_in_the_tree_is_executed_and_small(refresh: ModuleType) -> None:
    kept = nbformat.read(NOTEBOOKS / "explore.ipynb", as_version=4)
    for tag in refresh.PICTURES:
        refresh.picture(kept, tag)
    assert (NOTEBOOKS / "explore.ipynb").stat().st_size < 1_000_000
    picture = (NOTEBOOKS / "seeds.png").read_bytes()
    assert len(picture) <= 300_000
    assert size_and_ink(picture)[0] > 800
    assert kept == refresh.plain(nbformat.from_dict(dict(kept))), "run notebooks/refresh.py"


# --- layout ------------------------------------------------------------------------------------------------------


def test_spread_leaves_no_box_on_another(refresh: ModuleType) -> None:
    import layout

    nodes = [f"n{i}" for i in range(25)]
    sizes = {node: (60.0 + 5 * (i % 7), 20.0 + 6 * (i % 3)) for i, node in enumerate(nodes)}
    crowded = {node: (400.0 + i % 5, 300.0 + i % 4) for i, node in enumerate(nodes)}
    frame = (0.0, 0.0, 1000.0, 700.0)
    boxes = {
        n: (x - sizes[n][0] / 2, y - sizes[n][1] / 2, x + sizes[n][0] / 2, y + sizes[n][1] / 2)
        for n, (x, y) in layout.spread(crowded, sizes, frame).items()
    }
    assert all(layout.overlap(a, b) == 0 for a, b in itertools.combinations(boxes.values(), 2))
    assert all(box[0] >= 0 and box[1] >= 0 and box[2] <= 1000 and box[3] <= 700 for box in boxes.values())


def test_layout_is_the_same_every_time(refresh: ModuleType) -> None:
    import layout
    import networkx as nx

    graph = nx.Graph([("a", "b"), ("b", "c"), ("c", "d"), ("d", "a"), ("e", "f")])
    sizes = dict.fromkeys(graph, (40.0, 20.0))
    other = nx.Graph([("f", "e"), ("a", "d"), ("d", "c"), ("b", "c"), ("b", "a")])
    frame = (0.0, 0.0, 500.0, 400.0)
    assert layout.arranged(graph, sizes, frame, tries=3) == layout.arranged(other, sizes, frame, tries=3)


def test_a_label_avoids_what_is_taken(refresh: ModuleType) -> None:
    import layout

    taken = [(105.0, 80.0, 300.0, 120.0)]
    box = layout.place_label([(100.0, 100.0)], (50.0, 12.0), taken, (0.0, 0.0, 400.0, 400.0), distances=(8,))
    assert not any(layout.overlap(box, other) for other in taken)


def test_pictures_of_an_empty_graph(refresh: ModuleType) -> None:
    import matplotlib

    matplotlib.use("Agg")
    import maps
    import networkx as nx
    import plots

    for draw in (plots.network, plots.timeline, maps.places_map):
        figure = draw(nx.MultiDiGraph())
        figure.canvas.draw()
        plots.plt.close(figure)
