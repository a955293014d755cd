"""The shipped data, broken in many ways that no fixture was made for: each is reported with its rule, file and line.

The breakages stand in `tests.breakages`. Those that still parse are put into a few copies of the project, several at a
time; those that do not parse get a build of their own each. Quotes are compared with source texts that the test makes
up from the quotes themselves, because the real ones are not at hand everywhere. ``docs/breakages.md`` lists all of them
with what is reported:

    .venv/bin/python -m tests.test_breakages     writes it anew
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
import pytest

from miit_graph.build.errors import SourceError
from miit_graph.build.pipeline import assemble, check
from miit_graph.build.sources import Project
from miit_graph.build.validate import Finding
from miit_graph.vocabulary import DCT, M
from tests.breakages import BREAKAGES, FILE, SOURCES, UNREADABLE, Breakage, Unreadable
from tests.conftest import ROOT, copy_project

TABLE = ROOT / "docs" / "breakages.md"
TURTLE = "–"
"""Stands for a rule where the file does not parse."""


def applied(some: Iterable[Breakage], folder: Path) -> dict[str, str]:
    """The changed files of the project in `folder`, by name."""
    texts: dict[str, str] = {}
    for breakage in some:
        text = texts.get(breakage.file) or (folder / breakage.file).read_text(encoding="utf-8")
        texts[breakage.file] = breakage.apply(text)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return texts


def write_sources(project: Project, folder: Path) -> str:
    """Source texts in which each quote stands in its lines; gives the file that lists them with their hashes."""
    store = assemble(project).store
    rows = store.query(
        f"SELECT ?file ?count ?hash ?line ?quote {{ ?c <{DCT.source}> ?s ; <{M.lineStart}> ?line ; <{M.quote}> ?quote ."
        f" ?s <{DCT.identifier}> ?file ; <{M.lineCount}> ?count ; <{M.sha256}> ?hash }}",
        use_default_graph_as_union=True,
    )
    assert isinstance(rows, ox.QuerySolutions)
    lines: dict[tuple[str, int, str], dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        key = (row["file"].value, int(row["count"].value), row["hash"].value)
        lines[key][int(row["line"].value)].append(row["quote"].value)
    text = (project.root / SOURCES).read_text(encoding="utf-8")
    for (name, count, stated), quotes in lines.items():
        content = "".join(" … ".join(quotes.get(number, ["…"])) + "\n" for number in range(1, count + 1)).encode()
        (folder / name).write_bytes(content)
        text = text.replace(stated, hashlib.sha256(content).hexdigest())
    return text


@dataclass(frozen=True)
class Outcome:
    """A breakage, and what was reported for it: the finding of its rule on its line, if there is one."""

    breakage: Breakage
    line: int
    finding: Finding | None
    others: tuple[Finding, ...]
    """Everything reported for the same file and line."""


def outcomes() -> tuple[Outcome, ...]:
    """All breakages that leave Turtle, put into copies batch by batch, with what was reported that was not before."""
    found: list[Outcome] = []
    with tempfile.TemporaryDirectory() as parent:
        sources = Path(parent, "sources")
        sources.mkdir()
        listed = write_sources(Project.open(ROOT), sources)
        for batch in sorted({breakage.batch for breakage in BREAKAGES}):
            folder = Path(parent, str(batch))
            folder.mkdir()
            project = Project.open(copy_project(folder))
            (folder / SOURCES).write_text(listed, encoding="utf-8")
            some = [breakage for breakage in BREAKAGES if breakage.batch == batch]
            texts = applied(some, folder)
            findings = check(project, assemble(project), sources=sources).findings
            for breakage in some:
                line = breakage.line(texts[breakage.file])
                here = tuple(f for f in findings if (f.file, f.line) == (breakage.file, line))
                of_rule = next((f for f in here if f.rule == breakage.rule), None)
                found.append(Outcome(breakage, line, of_rule, here))
    return tuple(found)


def unreadable(slip: Unreadable, folder: Path) -> tuple[int, SourceError]:
    """The line to be reported, and what a build of the project in `folder` reports; the file is put back after it."""
    path = folder / FILE
    before = path.read_bytes()
    text = before.decode("utf-8")
    if slip.old:
        assert text.count(slip.old) == 1, f"{slip.slip}: {FILE} no longer has «{slip.old}» once"
        text = text.replace(slip.old, slip.new)
    path.write_bytes(text.encode(slip.encoding, "surrogateescape"))
    try:
        assemble(Project.open(folder))
    except SourceError as error:
        return text.count("\n", 0, text.index(slip.at)) + 1, error
    finally:
        path.write_bytes(before)
    raise AssertionError(f"{slip.slip}: nothing was reported")


def refusals() -> dict[Unreadable, tuple[int, SourceError]]:
    """Every slip that leaves no Turtle, one after the other in one copy of the project."""
    with tempfile.TemporaryDirectory() as folder:
        project = copy_project(Path(folder))
        return {slip: unreadable(slip, project) for slip in UNREADABLE}


def _name(slip: Breakage | Unreadable) -> str:
    return re.sub(r"\W+", "-", slip.slip)


@pytest.fixture(scope="module")
def reported() -> dict[Breakage, Outcome]:
    return {outcome.breakage: outcome for outcome in outcomes()}


@pytest.mark.parametrize("breakage", BREAKAGES, ids=_name)
def test_is_reported_with_its_rule_on_its_line(breakage: Breakage, reported: dict[Breakage, Outcome]) -> None:
    outcome = reported[breakage]
    wanted = f"{breakage.rule} at {breakage.file}:{outcome.line}"
    assert outcome.finding, f"no {wanted}; there: {[finding.rule for finding in outcome.others]}"
    finding = outcome.finding
    for texts in (finding.title, finding.message, finding.hint):
        assert set(texts) >= {"en", "zh"} and all(texts.values()), f"{wanted} is not told in both languages: {texts}"


@pytest.fixture(scope="module")
def refused() -> dict[Unreadable, tuple[int, SourceError]]:
    return refusals()


@pytest.mark.parametrize("slip", UNREADABLE, ids=_name)
def test_what_is_no_turtle_is_reported_with_its_line(
    slip: Unreadable, refused: dict[Unreadable, tuple[int, SourceError]]
) -> None:
    line, error = refused[slip]
    assert (error.name, error.line) == (FILE, line)
    assert slip.words in str(error)


def test_breakages_of_one_batch_do_not_meet() -> None:
    blocks = [(one.batch, one.file, one.subject) for one in BREAKAGES]
    assert len(blocks) == len(set(blocks))
    assert len({one.slip for one in (*BREAKAGES, *UNREADABLE)}) == len(BREAKAGES) + len(UNREADABLE) >= 30


def test_the_table_is_as_reported(
    reported: dict[Breakage, Outcome], refused: dict[Unreadable, tuple[int, SourceError]]
) -> None:
    assert TABLE.read_text(encoding="utf-8") == table(reported, refused), "run python -m tests.test_breakages"


HEAD = """# What happens when the data is broken

Each row is one slip of the hand in one authored file of this repository, and what `miit-graph validate` (or `build`)
reports for it: the rule of [rules.md](rules.md), and the message. Every report names the file and the line, shows the
label of the thing, and says what would mend it, in English or, with `--lang zh`, in Chinese; where a file is not
readable at all, the message of the Turtle parser follows file, line and column.

`tests/test_breakages.py` makes these slips in copies of the project and fails if one is not reported with its rule on
its line, or if this table is not what was reported (`python -m tests.test_breakages` writes it anew). The slips were
thought of after the rules, and none of them has a fixture of its own.
"""


def table(reported: dict[Breakage, Outcome], refused: dict[Unreadable, tuple[int, SourceError]]) -> str:
    """The page of documentation."""
    rows = ["| no. | slip | file | rule | reported on its line |", "|---|---|---|---|---|"]
    for slip in (*BREAKAGES, *UNREADABLE):
        if isinstance(slip, Breakage):
            finding = reported[slip].finding
            told = finding.message["en"] if finding else "nothing"
        else:
            told = str(refused[slip][1]).splitlines()[0]
            told = re.sub(r"^[^ ]+ (?:not valid Turtle: )?", "", told)
        file, rule = (slip.file, slip.rule) if isinstance(slip, Breakage) else (FILE, TURTLE)
        told = re.sub(r"[\ufeff\s]+", " ", told).replace("|", "\\|").strip()
        rows.append(f"| {len(rows) - 1} | {slip.slip} | {file.removeprefix('data/')} | {rule} | {told} |")
    return "\n".join([HEAD, *rows, ""])


if __name__ == "__main__":
    TABLE.write_text(table({outcome.breakage: outcome for outcome in outcomes()}, refusals()), encoding="utf-8")
