"""The course runs from top to bottom and shows its pictures; what lies in the tree is small and whole."""

from __future__ import annotations

import itertools
import struct
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import nbformat
import pytest
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"
NAMES = sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb"))
pytest.importorskip("matplotlib")
pytest.importorskip("pandas")


@pytest.fixture(scope="module")
def refresh() -> ModuleType:
    """The module that executes the notebooks; its folder is on the path as when they run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(NOTEBOOKS)
        import refresh

        yield refresh  # type: ignore[misc]
        for name in ("refresh", "layout", "plots", "maps", "charts", "tables"):
            sys.modules.pop(name, None)


@pytest.fixture(scope="module")
def executed(refresh: ModuleType) -> Callable[[str], NotebookNode]:
    """Gives a notebook by its name, executed as a reader would: the first one writes what others open."""
    done: dict[str, NotebookNode] = {}

    def run(name: str) -> NotebookNode:
        for needed in dict.fromkeys((NAMES[0], name)):
            if needed not in done:
                done[needed] = refresh.execute(NOTEBOOKS / f"{needed}.ipynb")
        return done[name]

    return run


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


def test_the_course_is_numbered_and_its_parts_are_linked(refresh: ModuleType) -> None:
    assert [path.stem for path in refresh.NOTEBOOKS] == NAMES
    assert [name[0] for name in NAMES] == [str(number) for number in range(1, len(NAMES) + 1)]
    texts = [(NOTEBOOKS / f"{name}.ipynb").read_text("utf8") for name in NAMES]
    for before, name in itertools.pairwise(NAMES):
        assert f"({name}.ipynb)" in texts[0]
        assert f"({name}.ipynb)" in texts[NAMES.index(before)]


@pytest.mark.parametrize("name", NAMES)
def test_every_cell_runs_and_none_warns(executed: Callable[[str], NotebookNode], name: str) -> None:
    codes = [cell for cell in executed(name).cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in codes] == list(range(1, len(codes) + 1))
    outputs = [output for cell in codes for output in cell.outputs]
    assert outputs and not [o for o in outputs if o.output_type == "error" or o.get("name") == "stderr"]


def test_shows_its_pictures(refresh: ModuleType, executed: Callable[[str], NotebookNode]) -> None:
    assert set(refresh.PICTURES) <= set(NAMES)
    for name, tags in refresh.PICTURES.items():
        for tag in tags:
            width, height, ink = size_and_ink(refresh.picture(executed(name), tag))
            assert width > 800 and height > 200, tag
            assert ink > 100, tag


@pytest.mark.parametrize(
    ("name", "tag", "told"),
    [
        ("1_build", "found", "Visit"),
        ("2_ask", "visits", "To Lam"),
        ("2_ask", "evidence", ".txt"),
        ("3_relationship", "agreements", "strategic partnership"),
        ("4_languages", "quotes", "카자흐스탄|베트남"),
        ("4_languages", "quotes", "كازاخستان"),
        ("4_languages", "shared", "Arabic and Korean"),
        ("5_event_data", "rows", "042"),
        ("5_event_data", "travel", "VNM"),
        ("6_your_documents", "events", "2024-10-14"),
        ("6_your_documents", "corroborated", "en; fr"),
    ],
)
def test_tables_tell_what_the_text_says(
    executed: Callable[[str], NotebookNode], name: str, tag: str, told: str
) -> None:
    shown = html(executed(name), tag)
    assert any(f in shown for f in told.split("|"))


def test_names_are_shown_in_their_scripts(executed: Callable[[str], NotebookNode]) -> None:
    names = html(executed("2_ask"), "names")
    assert any("\uac00" <= c <= "\ud7a3" for c in names), "no name in Hangul"
    assert any("\u0621" <= c <= "\u064a" for c in names), "no name in Arabic"


def test_a_relationship_leaves_out_what_concerns_others(refresh: ModuleType) -> None:
    import charts
    import networkx as nx

    graph = nx.MultiDiGraph()
    for node, kind in {"a": "Country", "b": "Country", "c": "Country", "ab": "Visit", "ac": "Visit"}.items():
        graph.add_node(node, type=kind, label=node.upper())
    for fact in ("ab", "ac"):
        for state in fact:
            graph.add_edge(fact, state, key="country")
    assert set(charts.between(graph, "A", "B")) == {"ab", "a", "b"}


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


@pytest.mark.parametrize("name", NAMES)
def test_what_lies_in_the_tree_is_executed_and_small(refresh: ModuleType, name: str) -> None:
    path = NOTEBOOKS / f"{name}.ipynb"
    kept = nbformat.read(path, as_version=4)
    for tag in refresh.PICTURES.get(name, ()):
        refresh.picture(kept, tag)
    assert path.stat().st_size < 500_000
    assert kept == refresh.plain(nbformat.from_dict(dict(kept))), "run notebooks/refresh.py"


def test_the_picture_of_the_readme_is_small() -> None:
    picture = (NOTEBOOKS / "seeds.png").read_bytes()
    assert len(picture) <= 300_000
    assert size_and_ink(picture)[0] > 800


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
