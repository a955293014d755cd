"""The documentation site: one command builds it without a warning, its links lead somewhere, it asks nobody else."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import html5lib
import pytest

from miit_graph.build.snapshot import Snapshot
from miit_graph.cli import parser
from miit_graph.settings import Settings
from tests.conftest import ROOT

HTML = "{http://www.w3.org/1999/xhtml}"


@pytest.fixture(scope="module")
def site(snapshot: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("docs") / "site"
    run = subprocess.run(
        [sys.executable, ROOT / "docs" / "site" / "build.py", target],
        env={**os.environ, "MIIT_GRAPH_SNAPSHOTS": str(snapshot.path.parent)},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert run.returncode == 0, run.stderr + run.stdout
    assert run.stderr == ""
    return target


@pytest.fixture(scope="module")
def documents(site: Path) -> dict[Path, object]:
    """Every page of the site as a tree."""
    return {page: html5lib.parse(page.read_text(encoding="utf-8")) for page in sorted(site.rglob("*.html"))}


def addresses(tree: object) -> list[tuple[str, str, str]]:
    """Element, attribute and value of whatever leads somewhere or is loaded."""
    return [
        (element.tag.removeprefix(HTML), name, element.attrib[name])
        for element in tree.iter()
        if isinstance(element.tag, str)
        for name in ("href", "src", "srcset", "data")
        if name in element.attrib
    ]


def test_links_and_anchors_lead_somewhere(site: Path, documents: dict[Path, object]) -> None:
    ids = {page: {e.attrib["id"] for e in tree.iter() if "id" in e.attrib} for page, tree in documents.items()}
    wrong = []
    for page, tree in documents.items():
        if page.name == "404.html":
            continue  # its addresses begin at the root
        for element, _, address in addresses(tree):
            if re.match(r"(https?|mailto|data):", address):
                continue
            file, _, fragment = unquote(address).partition("#")
            target = (page.parent / file.partition("?")[0]).resolve() if file not in ("", ".") else page
            if not target.is_file():
                wrong.append(f"{page.relative_to(site)}: {element} {address}")
            elif fragment and target in ids and fragment not in ids[target] and not fragment.startswith("__"):
                wrong.append(f"{page.relative_to(site)}: no anchor {address}")
    assert wrong == []
    assert len(documents) > 80


def test_nothing_is_loaded_from_elsewhere(site: Path, documents: dict[Path, object]) -> None:
    outside = [
        f"{page.relative_to(site)}: {element} {address}"
        for page, tree in documents.items()
        for element, name, address in addresses(tree)
        if re.match(r"(https?:)?//", address) and (name != "href" or element == "link")
    ]
    styles = [
        path.relative_to(site)
        for path in site.rglob("*.css")
        if re.search(r"(@import|url\()\s*[\"']?(https?:)?//", path.read_text(encoding="utf-8"))
    ]
    assert (outside, styles) == ([], [])


def test_every_page_has_the_other_language_at_the_same_place(site: Path) -> None:
    english = {path.relative_to(site) for path in site.rglob("*.html") if path.relative_to(site).parts[0] != "zh"}
    chinese = {path.relative_to(site / "zh") for path in (site / "zh").rglob("*.html")}
    assert {path for path in english if path.parts[0] != "ontology"} == chinese
    tour = (site / "tour.html").read_text(encoding="utf-8")
    assert 'href="zh/tour.html"' in tour
    assert 'href="../tour.html"' in (site / "zh" / "tour.html").read_text(encoding="utf-8")


def test_the_search_knows_words_of_chinese(site: Path) -> None:
    index = json.loads((site / "zh" / "search" / "search_index.json").read_text(encoding="utf-8"))
    assert "\\u200b" in index["config"]["separator"] or "\u200b" in index["config"]["separator"]
    (tour,) = (entry for entry in index["docs"] if entry["location"] == "tour.html")
    assert "导览" in tour["title"].split("\u200b")


def test_the_reference_is_that_of_the_code(site: Path) -> None:
    settings = (site / "reference" / "settings.html").read_text(encoding="utf-8")
    assert [row["variable"] for row in Settings.described() if row["variable"] not in settings] == []
    commands = (site / "reference" / "cli.html").read_text(encoding="utf-8")
    flags = re.findall(r"(?<=\s)--[a-z-]+", parser().format_help())
    assert "--allow-service" in commands and "--processor" in commands and flags
