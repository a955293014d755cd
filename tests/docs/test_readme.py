"""The README tells the truth: its queries give the answers that it shows."""

from __future__ import annotations

import re

import pytest

from miit_graph.build.snapshot import Snapshot
from tests.conftest import ROOT, RunCli

README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```sparql\n(.*?)```\n```csv\n(.*?)```", README, re.DOTALL)


def test_there_are_three_examples() -> None:
    assert len(EXAMPLES) == 3


@pytest.mark.parametrize(("query", "answer"), EXAMPLES)
def test_a_query_gives_the_answer_shown(query: str, answer: str, cli: RunCli, snapshot: Snapshot) -> None:
    result = cli("query", query, "--snapshot", snapshot.path, "--format", "csv")
    assert result.stdout.replace("\r\n", "\n") == answer, result.stderr


def test_every_file_it_links_to_exists() -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []
