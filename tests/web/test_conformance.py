"""docs/conformance.md and docs/threat-model.md name tests; they must exist, and every row must name one."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TABLE = (ROOT / "docs" / "conformance.md").read_text(encoding="utf-8")
THREATS = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
NAMED, COUNTERED = (sorted(set(re.findall(r"`(tests/[\w/.]+::[\w:]+)`", text))) for text in (TABLE, THREATS))


def names_in(path):
    found = set()
    for node in ast.parse((ROOT / path).read_text(encoding="utf-8")).body:
        members = node.body if isinstance(node, ast.ClassDef) else [node]
        prefix = f"{node.name}::" if isinstance(node, ast.ClassDef) else ""
        found |= {f"{path}::{prefix}{m.name}" for m in members if isinstance(m, ast.FunctionDef)}
    return found


@pytest.mark.parametrize("name", sorted({*NAMED, *COUNTERED}))
def test_a_named_test_exists(name):
    assert name in names_in(name.partition("::")[0])


def test_every_row_names_a_test():
    rows = [line for line in TABLE.splitlines() if line.startswith("|") and "---" not in line]
    assert len(NAMED) > 30
    assert all("`tests/" in row or row.startswith(("| Section", "| Source")) for row in rows)


def test_every_threat_is_countered_by_a_test():
    rows = [line for line in THREATS.splitlines() if line.startswith("| ") and not line.startswith("| Threat")]
    rows = [row for row in rows if row.count("|") == 5]
    assert len(rows) > 20
    assert [row for row in rows if "`tests/" not in row] == []


@pytest.mark.parametrize("file", ["test_protocol.py", "test_tools.py", "test_graph_store.py"])
def test_every_test_by_section_is_in_the_table(file):
    """A test that has the number of a section in its name proves something that the table has to say."""
    written = {name for name in names_in(f"tests/web/{file}") if re.search(r"::test_\d_", name)}
    assert written and not {name for name in written - set(NAMED) if not re.search("browser|slash", name)}
