"""Execute the course and keep its outputs: ``python notebooks/refresh.py``; also writes `seeds.png`."""

from __future__ import annotations

import sys
from base64 import b64decode
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

HERE = Path(__file__).parent
NOTEBOOKS = sorted(HERE.glob("[1-9]_*.ipynb"))
"""In the order of the course: the first writes the graph that others open."""
PICTURES = {
    "1_build": ("network",),
    "3_relationship": ("timeline", "map", "figures"),
    "4_languages": ("told",),
    "5_event_data": ("exchanges",),
}


def execute(path: Path, *, timeout: int = 300) -> NotebookNode:
    """The notebook, executed in its folder.

    Args:
        path: of the notebook; it is not changed.
        timeout: seconds that a single cell may take.

    Raises:
        nbclient.exceptions.CellExecutionError: if a cell fails.
    """
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook, timeout=timeout, kernel_name="python3", record_timing=False,
        resources={"metadata": {"path": str(path.parent)}},
    )  # fmt: skip
    return client.execute()


def picture(notebook: NotebookNode, tag: str) -> bytes:
    """The PNG that the cell with a tag shows.

    Raises:
        LookupError: if there is no such cell or it shows no picture.
    """
    for cell in notebook.cells:
        if tag in cell.metadata.get("tags", ()):
            for output in cell.get("outputs", ()):
                if "image/png" in output.get("data", {}):
                    return b64decode(output["data"]["image/png"])
            raise LookupError(f"the cell {tag!r} shows no picture")
    raise LookupError(f"no cell has the tag {tag!r}")


def plain(notebook: NotebookNode) -> NotebookNode:
    """The notebook without what differs from machine to machine."""
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number:02d}"
        cell.metadata = {"tags": list(cell.metadata["tags"])} if cell.metadata.get("tags") else {}
    return nbformat.from_dict(notebook)


def main() -> int:
    """Write the executed notebooks and the picture of the README."""
    for path in NOTEBOOKS:
        done = execute(path)
        for tag in PICTURES.get(path.stem, ()):
            shown = picture(done, tag)
            if tag == "network":
                (HERE / "seeds.png").write_bytes(shown)
        nbformat.write(plain(done), path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
