"""A validation report for people (text) and for programs (JSON, or the SHACL report as RDF)."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import asdict
from itertools import groupby

from miit_graph.build.sarif import to_sarif
from miit_graph.build.texts import pick
from miit_graph.build.validate import SEVERITIES, Finding, Report
from miit_graph.vocabulary import RDF, SH, shorten

RDF_FORMATS = {"turtle": "turtle", "jsonld": "json-ld", "ntriples": "nt", "rdfxml": "xml"}
FORMATS = ("text", "json", "sarif", *RDF_FORMATS)

_WORDS = {
    "en": {
        "Violation": "VIOLATION",
        "Warning": "WARNING",
        "Info": "INFO",
        "path": "property",
        "value": "value",
        "mend": "to mend",
        "conforms": "The graph conforms: no violations, {w} warning(s), {i} info(s).",
        "fails": "The graph does not conform: {v} violation(s), {w} warning(s), {i} info(s).",
        "more": "… and {n} more of this rule",
    },
    "zh": {
        "Violation": "违规",
        "Warning": "警告",
        "Info": "提示",
        "path": "属性",
        "value": "值",
        "mend": "修正",
        "conforms": "图谱符合全部规则：无违规，警告 {w} 条，提示 {i} 条。",
        "fails": "图谱不符合规则：违规 {v} 条，警告 {w} 条，提示 {i} 条。",
        "more": "……本规则另有 {n} 条",
    },
}


def render(
    report: Report, fmt: str = "text", lang: str = "en", limit: int = 20, severities: Collection[str] = SEVERITIES
) -> str:
    """`report` as one of `FORMATS`.

    Text is in `lang` (en or zh) and shows at most `limit` findings per rule, of the `severities` only; the other
    formats hold everything.
    """
    if fmt == "text":
        return _text(report, lang, limit, severities)
    if fmt == "sarif":
        return to_sarif(report, lang)
    if fmt == "json":
        document = {
            "conforms": report.conforms,
            "counts": report.counts(),
            "findings": [asdict(f) for f in report.findings],
        }
        return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    return str(report.graph.serialize(format=RDF_FORMATS[fmt]))


def report_graph(report: Report) -> str:
    """The SHACL report (SHACL section 3.6) as N-Triples, with the findings of rules that are checked by code as well.

    What a validator found keeps its own result; the others get one made of what the finding says.
    """
    from rdflib import BNode, Graph, Literal, URIRef

    graph = Graph()
    graph += report.graph
    head = graph.value(None, URIRef(RDF.type), URIRef(SH.ValidationReport)) or BNode()
    graph.set((head, URIRef(RDF.type), URIRef(SH.ValidationReport)))
    graph.set((head, URIRef(SH.conforms), Literal(report.conforms)))
    for finding in report.findings:
        if finding.shape != finding.rule:
            continue
        result = BNode()
        graph.add((head, URIRef(SH.result), result))
        graph.add((result, URIRef(RDF.type), URIRef(SH.ValidationResult)))
        graph.add((result, URIRef(SH.focusNode), URIRef(finding.focus)))
        graph.add((result, URIRef(SH.resultSeverity), URIRef(SH[finding.severity])))
        graph.add((result, URIRef(SH.sourceConstraintComponent), URIRef(SH.SPARQLConstraintComponent)))
        if finding.path:
            graph.add((result, URIRef(SH.resultPath), URIRef(finding.path)))
        if finding.value is not None:
            graph.add((result, URIRef(SH.value), Literal(finding.value)))
        for language, text in finding.message.items():
            graph.add((result, URIRef(SH.resultMessage), Literal(text, lang=language or None)))
    return str(graph.serialize(format="nt"))


def summary(report: Report, lang: str = "en") -> str:
    """One sentence: whether the graph conforms, and how many findings of each severity."""
    counts = report.counts()
    words = _WORDS[lang]
    return words["conforms" if report.conforms else "fails"].format(
        v=counts["Violation"], w=counts["Warning"], i=counts["Info"]
    )


def _text(report: Report, lang: str, limit: int, severities: Collection[str]) -> str:
    words = _WORDS[lang]
    lines: list[str] = []
    for (severity, rule), group in groupby(
        (f for f in report.findings if f.severity in severities), key=lambda f: (f.severity, f.rule)
    ):
        findings = list(group)
        lines.append(f"{words[severity]} {rule} {pick(findings[0].title, lang)}".rstrip() + f" ({len(findings)})")
        for finding in findings[:limit]:
            lines += _entry(finding, lang)
        if len(findings) > limit:
            lines.append("  " + words["more"].format(n=len(findings) - limit))
        if hint := pick(findings[0].hint, lang):
            lines.append(f"  → {words['mend']}: {hint}")
        lines.append("")
    return "\n".join([*lines, summary(report, lang), ""])


def _entry(finding: Finding, lang: str) -> list[str]:
    place = f"{finding.file}:{finding.line}" if finding.file else "(derived)"
    name = " ".join(filter(None, [pick(finding.label, lang), f"[{shorten(finding.focus)}]"]))
    lines = [f"  {place}  {name}", f"      {pick(finding.message, lang)}"]
    if finding.path is not None:
        lines.append(f"      {_WORDS[lang]['path']}: {shorten(finding.path)}")
    if finding.value is not None:
        value = shorten(finding.value) if "://" in finding.value and " " not in finding.value else f"«{finding.value}»"
        lines.append(f"      {_WORDS[lang]['value']}: {value}")
    return lines
