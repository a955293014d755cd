"""Does the evidence hold? Citations against the text they cite, and how much of each source is cited.

Source texts are not part of a project (they are other people's); these checks run where the files are at hand.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from miit_graph.build.checks import QUOTES
from miit_graph.build.citing import CITING, lines
from miit_graph.build.errors import ProjectError
from miit_graph.build.sources import Locator
from miit_graph.build.validate import Finding
from miit_graph.vocabulary import DCT, SKOS, M

_SOURCES = f"""
SELECT ?source ?file ?hash ?count {{
  ?source a <{M.SourceDocument}> ; <{DCT.identifier}> ?file .
  OPTIONAL {{ ?source <{M.sha256}> ?hash }}
  OPTIONAL {{ ?source <{M.lineCount}> ?count }}
}} ORDER BY ?file"""

_CITATIONS = f"""
SELECT ?citation ?source ?first ?last ?quote {{
  ?citation a <{M.Citation}> ; <{DCT.source}> ?source ;
    <{M.lineStart}> ?first ; <{M.lineEnd}> ?last ; <{M.quote}> ?quote .
}} ORDER BY ?citation"""


@dataclass(frozen=True)
class SourceText:
    """A source document whose file is at hand."""

    iri: str
    file: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class CoveredLine:
    """One line of a source, the nodes that cite it, and the reason given where nothing does."""

    file: str
    number: int
    text: str
    citing: tuple[str, ...]
    reason: str | None

    @property
    def explained(self) -> bool:
        """Whether the line is empty, cited, or listed with a reason."""
        return not self.text.strip() or bool(self.citing) or self.reason is not None


def read_sources(
    store: ox.Store, folder: Path, locator: Locator | None = None
) -> tuple[list[SourceText], list[Finding]]:
    """The texts of all source documents of `store`, and findings for each whose bytes or length differ.

    Raises ProjectError if `folder` lacks a file that the data names.
    """
    texts: list[SourceText] = []
    findings: list[Finding] = []
    for row in _rows(store, _SOURCES):
        path = folder / row["file"]
        if not path.is_file():
            raise ProjectError(f"{folder} lacks {row['file']}, the text of {row['source']}. Put the file there.")
        content = path.read_bytes()
        lines = tuple(content.decode("utf-8").splitlines())
        texts.append(SourceText(row["source"], row["file"], lines))
        if row.get("hash") != (actual := hashlib.sha256(content).hexdigest()):
            findings.append(
                QUOTES.finding(
                    row["source"],
                    M.sha256,
                    row.get("hash"),
                    {
                        "en": f"The file {row['file']} has SHA-256 {actual}, not the one stated.",
                        "zh": f"文件 {row['file']} 的 SHA-256 为 {actual}，与所载不符。",
                    },
                    locator,
                )
            )
        if row.get("count") != str(len(lines)):
            findings.append(
                QUOTES.finding(
                    row["source"],
                    M.lineCount,
                    row.get("count"),
                    {
                        "en": f"The file {row['file']} has {len(lines)} lines.",
                        "zh": f"文件 {row['file']} 共 {len(lines)} 行。",
                    },
                    locator,
                )
            )
    return texts, findings


def check_quotes(store: ox.Store, folder: Path, locator: Locator | None = None) -> list[Finding]:
    """Findings for every citation whose quote does not stand in its lines, and every changed source file."""
    texts, findings = read_sources(store, folder, locator)
    by_iri = {text.iri: text for text in texts}
    for row in _rows(store, _CITATIONS):
        text = by_iri.get(row["source"])
        cited = "\n".join(text.lines[int(row["first"]) - 1 : int(row["last"])]) if text else ""
        if row["quote"] not in cited:
            one = row["first"] == row["last"]
            numbers = row["first"] if one else f"{row['first']}–{row['last']}"
            lines = "line" if one else "lines"
            source = text.file if text else row["source"]
            findings.append(
                QUOTES.finding(
                    row["citation"],
                    M.quote,
                    row["quote"],
                    {
                        "en": f"The quote does not stand verbatim in {lines} {numbers} of {source}.",
                        "zh": f"引文未逐字见于 {source} 第 {numbers} 行。",
                    },
                    locator,
                )
            )
    return findings


def coverage(store: ox.Store, folder: Path, reasons: Path | None = None) -> Iterator[CoveredLine]:
    """Every line of every source with the nodes that cite it, or the reason in the table of the file `reasons`."""
    texts, _ = read_sources(store, folder)
    citing: dict[tuple[str, int], list[str]] = {}
    for row in _rows(store, CITING):
        for number in lines(row["first"], row["last"]):
            nodes = citing.setdefault((row["source"], number), [])
            if row["node"] not in nodes:
                nodes.append(row["node"])
    explained = dict(_read_reasons(reasons, store)) if reasons and reasons.is_file() else {}
    for text in texts:
        for number, line in enumerate(text.lines, 1):
            key = (text.iri, number)
            yield CoveredLine(text.file, number, line, tuple(citing.get(key, ())), explained.get(key))


def _read_reasons(path: Path, store: ox.Store) -> Iterator[tuple[tuple[str, int], str]]:
    """Rows ``| B | 35 | reason |`` of a Markdown table; the source by its skos:notation, lines as 35 or 3-5."""
    notation = f"SELECT ?source ?short {{ ?source a <{M.SourceDocument}> ; <{SKOS.notation}> ?short }}"
    sources = {row["short"]: row["source"] for row in _rows(store, notation)}
    for line in path.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) == 3 and cells[0] in sources and cells[1].replace("-", "").replace("–", "").isdigit():
            first, _, last = cells[1].replace("–", "-").partition("-")
            for number in range(int(first), int(last or first) + 1):
                yield (sources[cells[0]], number), cells[2]


def _rows(store: ox.Store, query: str) -> list[dict[str, str]]:
    """Solutions as dicts of strings; `store` may keep its triples in named graphs."""
    solutions = store.query(query, use_default_graph_as_union=True)
    assert isinstance(solutions, ox.QuerySolutions)
    names = [variable.value for variable in solutions.variables]
    # A triple that stands in two graphs gives its solution twice.
    found = dict.fromkeys(tuple(getattr(row[name], "value", None) for name in names) for row in solutions)
    return [{name: value for name, value in zip(names, values, strict=True) if value is not None} for values in found]
