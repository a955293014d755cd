"""Runs the notebook, and makes a page of it."""

from __future__ import annotations

import base64
import os
from pathlib import Path

import nbformat
from jupyter_client import AsyncKernelManager
from nbclient import NotebookClient

_LEAD = {"zh": "可下载本笔记本自行运行：", "en": "Get the notebook to run it yourself: "}


def run_notebook(path: Path, server: str) -> nbformat.NotebookNode:
    """The notebook at `path` with what it gives when it asks `server`. Raises CellExecutionError."""
    notebook = nbformat.read(path, as_version=4)
    kept = os.environ.get("MIIT_GRAPH_SERVER")
    os.environ["MIIT_GRAPH_SERVER"] = server
    try:
        NotebookClient(notebook, km=AsyncKernelManager(transport="ipc"), timeout=120).execute()
    finally:
        os.environ.pop("MIIT_GRAPH_SERVER") if kept is None else os.environ.update(MIIT_GRAPH_SERVER=kept)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)  # when it ran
    return notebook


def notebook_page(path: Path, folder: Path, lang: str) -> str:
    """The notebook with its kept outputs as Markdown; its pictures and itself are written into `folder`."""
    notebook = nbformat.read(path, as_version=4)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / path.name).write_bytes(path.read_bytes())
    lines: list[str] = []
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown":
            lines += [cell.source, ""]
            if number == 0:
                lines += [f"{_LEAD[lang]}[{path.name}]({path.name})", ""]
            continue
        lines += ["```python", cell.source, "```", ""]
        for output in cell.outputs:
            data = output.get("data", {})
            if "image/png" in data:
                picture = folder / f"{path.stem}-{number}.png"
                picture.write_bytes(base64.b64decode(data["image/png"]))
                lines += [f"![{cell.metadata.get('alt', '')}]({picture.name})", ""]
            elif text := output.get("text") or data.get("text/plain", ""):
                lines += ["```text", text.rstrip("\n"), "```", ""]
    return "\n".join(lines)


if __name__ == "__main__":
    import sys

    PLACE = Path(__file__).resolve().parents[1] / "ministry.ipynb"
    nbformat.write(run_notebook(PLACE, sys.argv[1].rstrip("/")), PLACE)
