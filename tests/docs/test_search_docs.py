"""The pages about search tell the truth: their queries give the answers shown, their questions find something."""

from __future__ import annotations

import re

import pytest

from miit_graph.build.snapshot import Snapshot
from tests.conftest import ROOT, RunCli

PAGES = {name: (ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("search.md", "search.zh.md")}
EXAMPLES = {name: re.findall(r"```sparql\n(.*?)```\n```csv\n(.*?)```", text, re.DOTALL) for name, text in PAGES.items()}


def test_both_languages_show_the_same() -> None:
    assert len(EXAMPLES["search.md"]) == 2
    assert EXAMPLES["search.md"] == EXAMPLES["search.zh.md"]


@pytest.mark.parametrize(("query", "answer"), EXAMPLES["search.md"])
def test_a_query_gives_the_answer_shown(query: str, answer: str, cli: RunCli, snapshot: Snapshot) -> None:
    result = cli("query", query, "--snapshot", snapshot.path, "--format", "csv")
    assert result.stdout.replace("\r\n", "\n") == answer, result.stderr
