"""Quotes against the source texts, and coverage of the texts, line by line.

The texts are not part of the repository: MIIT_GRAPH_SOURCES names the folder where they are. The checks themselves are
also tested on a source that the tests write, so that they are exercised everywhere.
"""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

import pytest

from tests.conftest import ROOT, RunCli

SOURCES = os.environ.get("MIIT_GRAPH_SOURCES")
needs_sources = pytest.mark.skipif(not SOURCES, reason="set MIIT_GRAPH_SOURCES to the folder of the source texts")

TEXT = "Title\n\nThe office has ten rooms.\n"
DATA = """
@prefix m: <https://w3id.org/miit-graph/ont#> .
@prefix d: <https://w3id.org/miit-graph/id/> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix prov: <http://www.w3.org/ns/prov#> .

d:src-x a m:SourceDocument ;
    dct:identifier "x.txt" ;
    skos:notation "X" ;
    m:sha256 "HASH" ;
    m:lineCount 3 .

d:cite-x-3 a m:Citation ;
    dct:source d:src-x ;
    m:lineStart 3 ;
    m:lineEnd 3 ;
    m:quote "ten rooms" .

d:office prov:wasDerivedFrom d:cite-x-3 .
"""
SHAPES = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
<http://e/s> a sh:NodeShape ; sh:targetClass <https://w3id.org/miit-graph/ont#Citation> ;
    sh:property [ sh:path <https://w3id.org/miit-graph/ont#quote> ; sh:minCount 1 ] .
"""


@needs_sources
def test_every_quote_stands_in_its_lines(cli: RunCli) -> None:
    result = cli("validate", "--project", ROOT, "--sources", SOURCES)
    assert result.returncode == 0, result.stdout


@needs_sources
def test_every_line_is_cited_or_explained(cli: RunCli) -> None:
    result = cli("coverage", "--project", ROOT, "--sources", SOURCES, "--missing")
    assert result.returncode == 0 and result.stdout == ""
    assert re.search(r"\b0 not covered", result.stderr)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A project of one fact about a text of three lines."""
    (tmp_path / "graph.toml").write_text('base = "https://w3id.org/miit-graph/"\nname = "x"\n[title]\nen = "X"\n')
    for folder in ("data", "shapes", "texts"):
        (tmp_path / folder).mkdir()
    (tmp_path / "shapes" / "s.ttl").write_text(SHAPES)
    (tmp_path / "texts" / "x.txt").write_text(TEXT)
    write(tmp_path, DATA)
    return tmp_path


def write(project: Path, data: str) -> None:
    digest = hashlib.sha256(TEXT.encode()).hexdigest()
    (project / "data" / "x.ttl").write_text(data.replace("HASH", digest))


def test_a_true_quote_passes_and_a_wrong_one_is_led_to_its_line(small: Path, cli: RunCli) -> None:
    arguments = ("validate", "--project", small, "--sources", small / "texts")
    assert cli(*arguments).returncode == 0
    write(small, DATA.replace("ten rooms", "twelve rooms"))
    result = cli(*arguments)
    assert result.returncode == 1
    assert "R13" in result.stdout and "data/x.ttl:18" in result.stdout and "line 3 of x.txt" in result.stdout
    assert "第 3 行" in cli(*arguments, "--lang", "zh").stdout


def test_a_changed_source_is_noticed(small: Path, cli: RunCli) -> None:
    (small / "texts" / "x.txt").write_text(TEXT + "More.\n")
    result = cli("validate", "--project", small, "--sources", small / "texts")
    assert result.returncode == 1 and "SHA-256" in result.stdout and "has 4 lines" in result.stdout


def test_a_missing_source_is_named(small: Path, cli: RunCli) -> None:
    (small / "texts" / "x.txt").unlink()
    result = cli("validate", "--project", small, "--sources", small / "texts")
    assert result.returncode == 1 and "lacks x.txt" in result.stderr


def test_coverage_names_lines_that_nothing_cites(small: Path, cli: RunCli) -> None:
    arguments = ("coverage", "--project", small, "--sources", small / "texts")
    result = cli(*arguments)
    assert result.returncode == 1
    assert "x.txt:1  NOT COVERED" in result.stdout and "x.txt:3  d:office" in result.stdout
    assert "1 not covered" in result.stderr
    (small / "data" / "NOT-MODELLED.md").write_text("| X | 1 | The title. |\n")
    result = cli(*arguments)
    assert result.returncode == 0 and "x.txt:1  The title." in result.stdout
