"""docs/conformance.md names tests; they must exist, and every test of the graph store protocol must be named."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TABLE = (ROOT / "docs" / "conformance.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/.]+::[\w:]+)`", TABLE)))


def names_in(path):
    found = set()
    for node in ast.parse((ROOT / path).read_text(encoding="utf-8")).body:
        members = node.body if isinstance(node, ast.ClassDef) else [node]
        prefix = f"{node.name}::" if isinstance(node, ast.ClassDef) else ""
        found |= {f"{path}::{prefix}{m.name}" for m in members if isinstance(m, ast.FunctionDef)}
    return found


@pytest.mark.parametrize("name", NAMED)
def test_a_named_test_exists(name):
    assert name in names_in(name.partition("::")[0])


def test_every_row_names_a_test():
    rows = [line for line in TABLE.splitlines() if line.startswith("|") and "---" not in line]
    assert len(NAMED) > 30
    assert all("`tests/" in row or row.startswith(("| Section", "| Source")) for row in rows)


@pytest.mark.parametrize("file", ["test_protocol.py", "test_tools.py", "test_graph_store.py"])
def test_every_test_by_section_is_in_the_table(file):
    """A test that has the number of a section in its name proves something that the table has to say."""
    written = {name for name in names_in(f"tests/web/{file}") if re.search(r"::test_\d_", name)}
    assert written and not {name for name in written - set(NAMED) if not re.search("browser|slash", name)}
