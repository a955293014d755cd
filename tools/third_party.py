"""Write docs/third-party.md: what the program uses that others wrote, and under which licences.

Run it in the environment of `make test`: ``.venv/bin/python tools/third_party.py``. Python packages are those that a
plain installation brings, read from the metadata of what is installed; JavaScript is from frontend/package-lock.json.
"""

from __future__ import annotations

import importlib.metadata
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "third-party.md"
_NOT_BUNDLED = re.compile(r"^(@?esbuild|@types|typescript)(/|$)")
_SAID = {"MIT License": "MIT", "BSD License": "BSD", "Apache Software License": "Apache-2.0"}


def names(requirements: list[str]) -> Iterator[str]:
    """The packages that requirements ask for here, without extras."""
    for requirement in requirements:
        found = re.match(r"[A-Za-z0-9._-]+", requirement)
        if found and "extra ==" not in requirement:
            yield re.sub(r"[-_.]+", "-", found[0]).lower()


def python_packages() -> dict[str, str]:
    """Packages that a plain installation brings, with their licences; those for other systems are left out."""
    todo = list(names(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]))
    found: dict[str, str] = {}
    while todo:
        name = todo.pop()
        if name in found:
            continue
        try:
            told = importlib.metadata.metadata(name)
        except importlib.metadata.PackageNotFoundError:
            continue
        found[name] = licence(told)
        todo += names(importlib.metadata.requires(name) or [])
    return dict(sorted(found.items()))


def licence(told: importlib.metadata.PackageMetadata) -> str:
    """The licence in as few words as the package has for it."""
    expression = told.get("License-Expression")
    classified = [c.rsplit(" :: ", 1)[-1] for c in told.get_all("Classifier") or () if c.startswith("License ::")]
    written = str(told.get("License") or "").strip().split("\n")[0]
    short = expression or (written if 0 < len(written) <= 40 else "") or ", ".join(classified)
    return _SAID.get(short, short) or "see the package"


def javascript_packages() -> dict[str, str]:
    """Packages of which parts may be in the bundles, with their licences."""
    locked = json.loads((ROOT / "frontend" / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    told = {path.rpartition("node_modules/")[2]: entry.get("license", "") for path, entry in locked.items() if path}
    return {name: text for name, text in sorted(told.items()) if not _NOT_BUNDLED.match(name)}


def page() -> str:
    """The page in Markdown."""
    lines = [
        "# What others wrote",
        "",
        "Written by `tools/third_party.py`. The texts of the licences of bundled JavaScript go along with it, at",
        "`/static/built/LICENSES.txt` of every server; those of Python packages come with the packages.",
    ]
    for title, found in (("Python packages", python_packages()), ("Bundled JavaScript", javascript_packages())):
        lines += ["", f"## {title}", "", "| package | licence |", "|---|---|"]
        lines += [f"| {name} | {text} |" for name, text in found.items()]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
