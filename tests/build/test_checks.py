"""R06 and R17, the rules that need more than SHACL: what passes, what fails, and that a build runs them."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from miit_graph.build.checks import RULES, check_texts_and_dates
from tests.conftest import RunCli

PREFIXES = """
@prefix m: <https://w3id.org/miit-graph/ont#> .
@prefix time: <http://www.w3.org/2006/time#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix : <http://example.org/> .
"""
MONTH = """
:t time:inXSDgYearMonth "2010-12"^^xsd:gYearMonth ; m:edtf "2010-12" ;
   m:earliest "2010-12-01"^^xsd:date ; m:latest "2010-12-31"^^xsd:date ."""


def findings(turtle: str) -> list[tuple[str, str | None, str]]:
    store = ox.Store()
    store.load(PREFIXES + turtle, format=ox.RdfFormat.TURTLE)
    return [(finding.rule, finding.path, finding.message["en"]) for finding in check_texts_and_dates(store)]


@pytest.mark.parametrize(
    "turtle",
    [
        MONTH,
        ':t m:edtf "2021-22" ; m:earliest "2021-06-01"^^xsd:date ; m:latest "2021-08-31"^^xsd:date .',
        ':t m:edtf "2009-41" ; m:earliest "2009-07-01"^^xsd:date ; m:latest "2009-12-31"^^xsd:date .',
        # the open side of an interval is the curators' to bound
        ':t m:edtf "../2011" ; m:earliest "2009-07-01"^^xsd:date ; m:latest "2011-12-31"^^xsd:date .',
        ':a skos:prefLabel "工业和信息化部"@zh , "國家"@ja , "plain"@en .',
    ],
)
def test_what_is_right_passes(turtle: str) -> None:
    assert findings(turtle) == []


@pytest.mark.parametrize(
    ("turtle", "rule", "words"),
    [
        (':a skos:prefLabel "國家"@zh .', "R06", "«國» is not simplified"),
        (MONTH.replace("12-31", "12-30"), "R17", "The latest day of 2010-12 is 2010-12-31, not 2010-12-30"),
        (MONTH.replace("12-01", "11-01"), "R17", "The earliest day of 2010-12 is 2010-12-01"),
        (MONTH.replace(' ; m:latest "2010-12-31"^^xsd:date', ""), "R17", "not left out"),
        (MONTH.replace('m:edtf "2010-12"', 'm:edtf "12/2010"'), "R17", "not a date in EDTF"),
        (MONTH.replace('"2010-12"^^xsd', '"2010-11"^^xsd'), "R17", "2010-11 here and 2010-12 in m:edtf"),
    ],
)
def test_what_is_wrong_fails_for_exactly_that(turtle: str, rule: str, words: str) -> None:
    found = findings(turtle)
    assert len(found) == 1
    assert found[0][0] == rule and words in found[0][2]


def test_a_build_runs_them_and_names_the_line(project_copy: Path, cli: RunCli) -> None:
    file = project_copy / "data" / "times.ttl"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('"2010-12-31"^^xsd:date', '"2010-12-30"^^xsd:date', 1), encoding="utf-8")
    line = text[: text.index('"2010-12-31"')].count("\n") + 1
    result = cli("validate", "--project", project_copy)
    assert result.returncode == 1
    assert "R17" in result.stdout and f"data/times.ttl:{line}" in result.stdout and "to mend" in result.stdout


def test_every_rule_speaks_both_languages() -> None:
    for rule in RULES:
        assert set(rule.title) == set(rule.definition) == set(rule.hint) == {"en", "zh"}
