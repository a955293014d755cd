"""What docs/versions.md says of the invented graph is so."""

import re
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.docs.markdown import assert_same_rows, blocks

PAGES = [ROOT / "docs" / name for name in ("versions.md", "versions.zh.md")]
COOKBOOKS = [ROOT / "docs" / name for name in ("cookbook.md", "cookbook.zh.md")]
ASKED = [
    b for page in (*PAGES, *COOKBOOKS) for b in blocks(page) if b.kind == "sparql" and "tests/versions" in b.reason
]


@pytest.mark.parametrize("block", ASKED, ids=lambda block: block.place)
def test_recipes_give_what_they_show(offices, block):
    version = re.search(r"version (\d+) of", block.reason)[1]
    reply = offices.at("/sparql").get(block.text, "text/csv", version=version)
    assert_same_rows(block.answer, reply.text, in_order=True)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_table_of_both_clocks_is_what_the_server_says(offices, page):
    rows = [line.strip("| ").split(" | ") for line in page.read_text(encoding="utf-8").splitlines() if "|" in line]
    days = next(row for row in rows if "2013-05-01" in row)[-4:]
    words = {"no": None, "否": None, "possibly": "possible", "可能": "possible"}
    told = [row for row in rows if re.match(r"as version \d|版本 \d 的说法", row[0])]
    assert len(told) == 2
    for name, *cells in told:
        version = re.search(r"\d", name)[0]
        for day, cell in zip(days, cells, strict=True):
            shown = offices.at(f"/versions/{version}/doc/bureau").get(accept="text/html", as_of=day).text
            expected = words.get(cell, "certain")
            assert [state for state in ("possible", "certain") if f">{state}</span>" in shown] == (
                [expected] if expected else []
            )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_example_of_memento_is_what_the_server_answers(offices, page: Path):
    text = page.read_text(encoding="utf-8")
    moment = re.search(r"Accept-Datetime: ([^']+)'", text)[1]
    reply = offices.request("GET", "/doc/bureau", headers={"Accept-Datetime": moment})
    assert reply.headers["Location"] == re.search(r"^Location: (\S+)", text, re.M)[1]
