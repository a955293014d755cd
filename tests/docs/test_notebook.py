"""The notebook runs as it is, and gives the text that it shows; its figures are drawn."""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
import pytest

from miit_graph.build.snapshot import Snapshot
from tests.conftest import ROOT, Serve

NOTEBOOK = ROOT / "docs" / "ministry.ipynb"


def shown(notebook: nbformat.NotebookNode) -> list[str]:
    """What the cells print and give, pictures by their type."""
    found = []
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            text = output.get("text") or data.get("text/plain", "")
            found.append("picture" if "image/png" in data else text)
    return found


@pytest.fixture(scope="module")
def fresh(snapshot: Snapshot, serve_graph: Serve) -> nbformat.NotebookNode:
    sys.path.insert(0, str(ROOT / "docs" / "site"))
    try:
        from notebook import run_notebook
    finally:
        sys.path.pop(0)
    return run_notebook(NOTEBOOK, serve_graph("--snapshot", snapshot.path))


def test_it_gives_what_it_shows(fresh: nbformat.NotebookNode) -> None:
    assert shown(fresh) == shown(nbformat.read(NOTEBOOK, as_version=4))
    assert shown(fresh).count("picture") == 4


def test_no_character_is_drawn_as_a_box(fresh: nbformat.NotebookNode) -> None:
    """matplotlib warns of a glyph that the font lacks; there is no output besides what is meant."""
    kinds = {output.output_type for cell in fresh.cells for output in cell.get("outputs", [])}
    names = {output.get("name", "stdout") for cell in fresh.cells for output in cell.get("outputs", [])}
    assert kinds <= {"stream", "execute_result", "display_data"} and names == {"stdout"}


def test_figures_are_described(tmp_path: Path) -> None:
    for cell in nbformat.read(NOTEBOOK, as_version=4).cells:
        if any("image/png" in output.get("data", {}) for output in cell.get("outputs", [])):
            assert cell.metadata.get("alt")
