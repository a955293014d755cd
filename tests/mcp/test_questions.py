"""docs/agents.md: the twenty questions are answered by the tools alone, with the facts that the page gives."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.mcp.conftest import Call

PAGE = (ROOT / "docs" / "agents.md").read_text(encoding="utf-8")
QUESTIONS: list[Any] = json.loads((ROOT / "tests" / "mcp" / "questions.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("question", "tool", "arguments", "facts"), QUESTIONS, ids=range(1, len(QUESTIONS) + 1))
def test_a_question(question: str, tool: str, arguments: dict[str, Any], facts: list[str], call: Call) -> None:
    assert f"| {question} |" in PAGE
    answer = call(tool, **arguments)
    if tool == "examples":
        answer = call("query", sparql=answer["query"])
    text = json.dumps(answer, ensure_ascii=False)
    assert [fact for fact in facts if fact not in text] == []


def test_there_are_twenty() -> None:
    assert len(QUESTIONS) == 20
