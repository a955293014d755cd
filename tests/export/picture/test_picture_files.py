"""`miit-graph export picture` as a user runs it, and the pictures that the documentation shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from miit_graph.build.snapshot import Snapshot
from tests.conftest import ROOT, RunCli

SHOWN = sorted((ROOT / "docs" / "pictures").glob("*.svg"))


def test_there_are_pictures() -> None:
    assert [path.name for path in SHOWN] == ["chart-en.svg", "chart-zh.svg", "timeline-en.svg", "timeline-zh.svg"]


@pytest.mark.parametrize("path", SHOWN, ids=lambda path: path.stem)
def test_a_picture_is_current(path: Path, cli: RunCli, snapshot: Snapshot, tmp_path: Path) -> None:
    name, lang = path.stem.split("-")
    result = cli("export", "picture", name, "--lang", lang, "--snapshot", snapshot.path, "--out", tmp_path / "x.svg")
    assert result.returncode == 0, result.stderr
    renew = f"miit-graph export picture {name} --lang {lang} --out docs/pictures/{path.name}"
    assert (tmp_path / "x.svg").read_bytes() == path.read_bytes(), f"Renew it: {renew}"


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["picture"], 2, "chart, timeline"),
        (["rdf", "chart"], 2, "chart goes with export picture"),
        (["picture", "chart", "--format", "gexf"], 2, "leave --format out"),
        (["picture", "chart", "--root", "miiit"], 1, "miit"),
        (["picture", "timeline", "--as-of", "2012"], 1, "as in 2012-06-30"),
        (["picture", "chart", "--facts", "keep"], 1, "goes with export graph"),
    ],
)
def test_wrong_use_is_explained(arguments: list[str], code: int, told: str, cli: RunCli, snapshot: Snapshot) -> None:
    result = cli("export", *arguments, "--snapshot", snapshot.path)
    assert (result.returncode, result.stdout) == (code, "")
    assert told in result.stderr


def test_any_rdf_file_can_be_drawn(cli: RunCli, tmp_path: Path) -> None:
    data = tmp_path / "bodies.ttl"
    data.write_text(
        "@prefix org: <http://www.w3.org/ns/org#> . @prefix x: <https://example.org/> .\n"
        'x:a org:unitOf x:b ; <http://www.w3.org/2000/01/rdf-schema#label> "Alpha" .',
        encoding="utf-8",
    )
    assert "Alpha" in cli("export", "picture", "chart", "--data", data).stdout
    assert "There is nothing to draw" in cli("export", "picture", "timeline", "--data", data).stdout
