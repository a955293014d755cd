"""Every page in Markdown tells the truth: what its blocks say is done, with a real server, and gives what it shows."""

from __future__ import annotations

import re
import sys
import urllib.request
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import pytest

from miit_graph.build.snapshot import Snapshot
from miit_graph.cli import parser
from miit_graph.settings import Settings
from tests.conftest import PROJECT_PARTS, ROOT, Serve
from tests.docs.markdown import SHOWN_ADDRESS, Block, Reader, anchors, blocks, links, prose

PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
RUN = ("sparql", "sh", "python", "turtle", "json")
SHOWN = ("text", "console", "csv", "js", "http", "cypher", "toml", "html")
"""What is read only; what a page shows of it has a test of its own or a command before it."""
BLOCKS = {path: blocks(path) for path in PAGES}
TEXTS = {path: path.read_text(encoding="utf-8") for path in PAGES}
FOLDERS = ("src", "tests", "docs", "queries", "rules", "shapes", "ontology", "codes", "benchmarks", "frontend")
OF_TESTS = {
    f"MIIT_GRAPH_{name}"
    for name in (
        "CHROMIUM",
        "SOURCES",
        "ALL_READERS",
        "SERVER",
        "EVERY_LOOK",
        "SEQUENCES",
        "CRASHES",
        "EXAMPLES",
        "EVERY_TROUBLE",
        "EVERY_IRI",
    )
}
VARIABLES = {row["variable"] for row in Settings.described()} | OF_TESTS | {"MIIT_GRAPH_TOKEN"}  # that of a client
OPTIONS = {
    option
    for group in parser()._actions
    for command in (group.choices or {}).values()
    for option in command._option_string_actions
}
QUERIES = {block.text: block for found in BLOCKS.values() for block in found if block.kind == "sparql"}
NAMES = {path: str(path.relative_to(ROOT)) for path in PAGES}
OWN_TESTS = ("docs/data.md", "docs/data.zh.md")
"""Pages whose Turtle is about an invented ministry: test_data_handbook.py builds it."""

MY_DATA = """
@prefix org: <http://www.w3.org/ns/org#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix ex: <https://example.org/club/> .
ex:club a org:Organization ; rdfs:label "Rowing Club"@en , "赛艇俱乐部"@zh .
ex:youth a org:OrganizationalUnit ; rdfs:label "Youth"@en , "青年队"@zh ; org:unitOf ex:club .
"""
"""What pages call my.ttl."""


def programs(path: Path) -> list[Block]:
    """The blocks of a page to be done one after the other."""
    skipped = ("sparql", "turtle") if NAMES[path] in OWN_TESTS else ("sparql",)
    return [block for block in BLOCKS[path] if block.kind in RUN and block.kind not in skipped and not block.reason]


def translation_of(path: Path) -> Path:
    return path.with_name(path.name.replace(".zh.md", ".md"))


WITH_PROGRAMS = [
    path
    for path in PAGES
    if programs(path)
    and (
        translation_of(path) == path
        or [b.text for b in programs(path)] != [b.text for b in programs(translation_of(path))]
    )
]
"""Pages to be followed; not a translation whose blocks are those of the original."""


@pytest.fixture(scope="module")
def address(snapshot: Snapshot, serve_graph: Serve) -> str:
    return serve_graph("--snapshot", snapshot.path)


@pytest.fixture
def reader(tmp_path: Path, address: str, snapshot: Snapshot) -> Reader:
    """In a folder that looks like a fresh clone, with the program on the path."""
    folder, programs = tmp_path / "clone", tmp_path / "bin"
    folder.mkdir()
    programs.mkdir()
    for part in PROJECT_PARTS:
        (folder / part).symlink_to(ROOT / part)
    for name, target in (("miit-graph", "-m miit_graph.cli"), ("python", "")):
        (programs / name).write_text(f'#!/bin/sh\nexec {sys.executable} {target} "$@"\n', encoding="utf-8")
        (programs / name).chmod(0o755)
    (folder / "my.ttl").write_text(MY_DATA, encoding="utf-8")
    (folder / ".venv").mkdir()
    (folder / ".venv" / "bin").symlink_to(programs)
    path = f"{programs}:{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin"
    environment = {"PATH": path, "MIIT_GRAPH_SNAPSHOTS": str(snapshot.path.parent)}
    return Reader(folder, address, environment)


@pytest.mark.parametrize("path", PAGES, ids=NAMES.get)
def test_blocks_say_what_they_are(path: Path) -> None:
    unknown = [f"{b.place} «{b.kind}»" for b in BLOCKS[path] if b.kind not in (*RUN, *SHOWN)]
    assert unknown == [], f"known are {RUN} and {SHOWN}"


@pytest.mark.parametrize("block", [b for b in QUERIES.values() if not b.reason], ids=lambda block: block.place)
def test_a_query_gives_the_answer_shown(block: Block, reader: Reader) -> None:
    reader.do(block)


@pytest.mark.parametrize("path", WITH_PROGRAMS, ids=NAMES.get)
def test_what_a_page_says_can_be_done(path: Path, reader: Reader) -> None:
    for block in programs(path):
        try:
            reader.do(block)
        except Exception as error:
            raise AssertionError(f"{block.place}: {error}") from error
    for picture in reader.folder.glob("*.svg"):
        assert ET.parse(picture).getroot().tag == "{http://www.w3.org/2000/svg}svg", picture.name


@pytest.mark.parametrize("path", PAGES, ids=NAMES.get)
def test_links_lead_somewhere(path: Path) -> None:
    wrong = []
    for link in links(TEXTS[path]):
        if re.match(r"https?:|mailto:", link):
            continue
        file, _, fragment = unquote(link).partition("#")
        target = (path.parent / file).resolve() if file else path
        if not target.exists() or (
            fragment and target.suffix == ".md" and fragment not in anchors(target.read_text(encoding="utf-8"))
        ):
            wrong.append(link)
    assert wrong == []


SERVED = sorted({link for text in TEXTS.values() for link in links(text) if link.startswith(SHOWN_ADDRESS)})
SERVED += sorted(
    {found for text in TEXTS.values() for found in re.findall(rf"<({SHOWN_ADDRESS}[^>]*)>", text)} - set(SERVED)
)


@pytest.mark.parametrize("link", SERVED)
def test_addresses_of_the_server_answer(link: str, address: str) -> None:
    request = urllib.request.Request(link.replace(SHOWN_ADDRESS, address), headers={"Accept": "text/html, */*;q=0.5"})
    with urllib.request.urlopen(request, timeout=60) as response:
        assert response.status == 200


@pytest.mark.parametrize("path", PAGES, ids=NAMES.get)
def test_variables_options_and_paths_exist(path: Path) -> None:
    wrong = set(re.findall(r"MIIT_GRAPH_[A-Z_]*[A-Z]", TEXTS[path])) - VARIABLES
    for code in re.findall(r"`([^`\n]+)`", prose(TEXTS[path])):
        if code.startswith("miit-graph "):
            wrong |= set(re.findall(r"(?<=\s)--[a-z][a-z-]+", code)) - OPTIONS
        if re.fullmatch(rf"(?:{'|'.join(FOLDERS)})/(?!NN)[\w./-]*\w", code) and not (ROOT / code).exists():
            wrong.add(code)
    assert wrong == set()


@pytest.mark.parametrize("path", [p for p in PAGES if p.name.endswith(".zh.md")], ids=NAMES.get)
def test_a_translation_asks_the_same(path: Path) -> None:
    def asked(page: Path) -> list[str]:
        return [block.text for block in BLOCKS[page] if block.kind == "sparql"]

    assert len(asked(path)) == len(asked(translation_of(path)))


def test_pages_are_found() -> None:
    assert len(PAGES) > 20 and len(QUERIES) > 10 and WITH_PROGRAMS
