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


def test_every_test_by_section_is_in_the_table():
    written = {name for name in names_in("tests/web/test_graph_store.py") if re.search(r"::test_[45]_\d", name)}
    missing = {name for name in written - set(NAMED) if "browser" not in name}
    assert not missing
