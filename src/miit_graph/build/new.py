"""A new project: the files of ``template/`` in a folder of its own, with its name and base IRI put in."""

from __future__ import annotations

import re
from pathlib import Path

from miit_graph.build.errors import ProjectError

_TEMPLATE = Path(__file__).resolve().parents[1] / "template"
_BASE = re.compile(r"https?://[^\s<>\"{}|^`\\]+[/#]")


def new_project(folder: Path, base: str = "", title: str = "") -> Path:
    """Write the project into ``folder``, which must not exist or be empty. Raises ProjectError."""
    name = re.sub(r"[^a-z0-9]+", "-", folder.name.casefold()).strip("-") or "graph"
    base = base or f"https://example.org/{name}/"
    title = title or folder.name
    if not _BASE.fullmatch(base):
        raise ProjectError(f"base must be an http(s) IRI ending in / or #, not {base!r}.")
    if '"' in title or "\\" in title or "\n" in title:
        raise ProjectError("A title has no quotation marks, backslashes or line breaks.")
    try:
        if folder.exists() and any(folder.iterdir()):
            raise ProjectError(f"{folder} is not empty; name a folder that is not there yet.")
        for path in sorted(_TEMPLATE.rglob("*")):
            if path.is_file():
                target = folder / path.relative_to(_TEMPLATE)
                if target.name == "gitignore":  # under its own name it would rule over the template
                    target = target.with_name(".gitignore")
                target.parent.mkdir(parents=True, exist_ok=True)
                text = path.read_text(encoding="utf-8")
                for key, value in (("base", base), ("name", name), ("title", title)):
                    text = text.replace("{{" + key + "}}", value)
                target.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ProjectError(f"{folder} cannot be written: {error.strerror}.") from None
    return folder
