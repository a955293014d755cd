"""A validation report as SARIF 2.1.0 (OASIS), which code-review tools show beside the lines it is about."""

from __future__ import annotations

import json
from typing import Any

from miit_graph import __version__
from miit_graph.build.texts import pick
from miit_graph.build.validate import Finding, Report

_LEVELS = {"Violation": "error", "Warning": "warning", "Info": "note"}


def to_sarif(report: Report, lang: str = "en") -> str:
    """`report` as a SARIF log with one run; paths are relative to the project's folder."""
    rules: dict[str, dict[str, Any]] = {}
    for finding in report.findings:
        rules.setdefault(
            finding.rule,
            {
                "id": finding.rule,
                "shortDescription": {"text": pick(finding.title, lang) or finding.rule},
                "help": {"text": pick(finding.hint, lang) or pick(finding.title, lang) or finding.rule},
            },
        )
    order = {rule: index for index, rule in enumerate(rules)}
    driver = {
        "name": "miit-graph",
        "version": __version__,
        "informationUri": "https://w3id.org/miit-graph/",
        "rules": list(rules.values()),
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, order[finding.rule], lang) for finding in report.findings],
    }
    log = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False, indent=2) + "\n"


def _result(finding: Finding, rule: int, lang: str) -> dict[str, Any]:
    subject = pick(finding.label, lang) or finding.focus
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": rule,
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{subject}: {pick(finding.message, lang)}"},
        "properties": {"focus": finding.focus, "path": finding.path, "value": finding.value, "shape": finding.shape},
    }
    if finding.file is not None:
        place = {"artifactLocation": {"uri": finding.file}, "region": {"startLine": finding.line}}
        result["locations"] = [{"physicalLocation": place}]
    return result
