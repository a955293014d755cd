"""The shipped data, broken in many ways that no fixture was made for: each is reported with its rule, file and line.

Every breakage is one edit of one authored file, as a slip of the hand would make it. Those that still parse are put
into a few copies of the project, several at a time; those that do not parse get a build of their own each. Quotes are
compared with source texts that the test makes up from the quotes themselves, because the real ones are not at hand
everywhere. ``docs/breakages.md`` lists all of them with what is reported:

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
from tests.conftest import ROOT, copy_project

TABLE = ROOT / "docs" / "breakages.md"
TURTLE = "–"
"""Stands for a rule where the file does not parse."""


@dataclass(frozen=True)
class Breakage:
    """One slip: in the block of `subject`, `old` becomes `new`, and `rule` is to be reported on the line with `at`."""

    slip: str
    """What went wrong, in words."""
    rule: str
    file: str
    subject: str
    """Name of the subject whose block is edited, or that stands there afterwards."""
    old: str
    """What is replaced; empty to put `new` after the whole block."""
    new: str
    at: str = ""
    """Part of the line to be reported, in the edited file after the subject; empty: the subject's own line; ``d:x a``:
    the first line of another subject's block."""
    batch: int = 0
    """Breakages of one batch are put into one copy; those that would disturb each other are in different ones."""

    def apply(self, text: str) -> str:
        """The text of the file after the slip."""
        start, end = self._block(text)
        block = text[start:end]
        if not self.old:
            return text[:end] + self.new + text[end:]
        assert block.count(self.old) == 1, f"{self.slip}: {self.file} no longer has «{self.old}» once in {self.subject}"
        return text[:start] + block.replace(self.old, self.new) + text[end:]

    def _block(self, text: str) -> tuple[int, int]:
        found = re.search(rf"^{re.escape(self.subject)} .*?(?:\.\n\n|\.\n\Z)", text, re.MULTILINE | re.DOTALL)
        assert found, f"{self.slip}: {self.file} has no {self.subject}"
        return found.start(), found.end()

    def line(self, text: str) -> int:
        """The number of the line to be reported in the edited text."""
        at = self.at if self.at.endswith(" a") else self.subject + " "
        found = re.search(rf"^{re.escape(at)}", text, re.MULTILINE)
        start = found.start() if found else text.index(self.at)
        place = start if at == self.at or not self.at else text.index(self.at, start)
        return text.count("\n", 0, place) + 1


PEOPLE, POSTS, TIMES, PLACES = "data/people.ttl", "data/posts-and-tenures.ttl", "data/times.ttl", "data/places.ttl"
REGIONAL, UNITS, OFFICES = (
    "data/regional-administrations.ttl",
    "data/subordinate-units.ttl",
    "data/internal-offices.ttl",
)
UNIVERSITIES, FUNCTIONS, DEBATES = "data/universities.ttl", "data/functions.ttl", "data/debates.ttl"
LAWS, BUREAUS, PROGRAMMES = "data/laws.ttl", "data/bureaus-and-nameplates.ttl", "data/programmes.ttl"
CONFLICTS, ENTERPRISES, SOURCES = (
    "data/naming-conflicts.ttl",
    "data/enterprises-and-associations.ttl",
    "data/sources.ttl",
)

BREAKAGES = (
    # Labels
    Breakage("wrong language tag", "R01", PEOPLE, "d:xin-guobin", '"Xin Guobin"@en', '"Xin Guobin"@eng', '"@eng'),
    Breakage("no language tag", "R01", PEOPLE, "d:zhang-yunming", '"Zhang Yunming"@en', '"Zhang Yunming"', '"Zhang'),
    Breakage("no Chinese label", "R01", UNIVERSITIES, "d:beihang", ' , "北京航空航天大学"@zh', "", "skos:prefLabel"),
    Breakage("label with a trailing space", "R04", OFFICES, "d:office-planning", '"规划司"', '"规划司 "', '"规划司 "'),
    Breakage("traditional characters", "R06", OFFICES, "d:office-finance", '"财务司"', '"財務司"', '"財務司"'),
    Breakage("pinyin tagged as Chinese", "R02", PEOPLE, "d:ye-min", '"叶民"@zh', '"Ye Min"@zh', '"Ye Min"@zh'),
    Breakage("name of another thing", "R09", LAWS, "d:law-anti-monopoly", '"反垄断法"', '"网络安全法"', '"网络安全法"'),
    Breakage(
        "curated name without a note", "R11", LAWS, "d:name-law-cybersecurity-zh", "skos:editorialNote", "rdfs:comment"
    ),
    # Terms and codes
    Breakage("typo in a fact's property", "R36", UNITS, "d:aff-caict", "m:affiliate ", "m:affilate ", "m:affilate "),
    Breakage("typo in a thing's property", "R39", PEOPLE, "d:xie-yuansheng", ":family", ":famliy", ":famliy"),
    Breakage(
        "typo in a class", "R39", REGIONAL, "d:ca-tianjin", "Administration ,", "Adminstration ,", "Adminstration ,"
    ),
    Breakage("property that nobody declared", "R39", UNITS, "d:ccid", "prov:", "m:budget 5 ;\n    prov:", "m:budget 5"),
    Breakage(
        "code of another scheme", "R31", UNITS, "d:aff-ccid", "c:aff-direct-unit", "c:plate-added", "c:plate-added"
    ),
    Breakage("typo in a code", "R31", LAWS, "d:name-law-anti-monopoly-zh", "rank-normal", "rank-nomal", "rank-nomal"),
    Breakage(
        "capital letters in an IRI",
        "R38",
        DEBATES,
        "d:cite-a-21-defenders",
        "d:cite-a-21-defenders a m:Citation",
        'd:Cite-A a m:Citation ;\n    dct:source d:src-a ;\n    m:lineStart 1 ; m:lineEnd 1 ;\n    m:quote "a" .\n\n'
        "d:cite-a-21-defenders a m:Citation",
        "d:Cite-A a",
    ),
    Breakage(
        "slip in the namespace of a prefix",
        "R39",
        "data/topics.ttl",
        "@prefix skos:",
        "core#>",
        "core>",
        batch=1,
    ),
    # Structure
    Breakage(
        "two parents",
        "R26",
        REGIONAL,
        "d:aff-ca-hebei",
        "",
        "d:aff-ca-hebei-second a m:Affiliation ;\n    m:affiliate d:ca-hebei ;\n    m:principal d:caict ;\n"
        "    m:affiliationKind c:aff-regional ;\n    m:rank c:rank-normal ;\n    prov:wasDerivedFrom d:cite-b-97 .\n\n",
        "d:aff-ca-hebei a",
    ),
    Breakage(
        "body that is its own ancestor",
        "R24",
        OFFICES,
        "d:aff-office-general",
        "d:miit",
        "d:office-general",
        "d:office-general a",
    ),
    Breakage(
        "person typed as an organisation too",
        "R36",
        PEOPLE,
        "d:li-lecheng",
        "foaf:Person ;",
        "foaf:Person , m:StateOrgan ;",
        "",
    ),
    Breakage(
        "organisation in place of a person",
        "R36",
        POSTS,
        "d:tenure-party-secretary-5",
        "org:member d:li-lecheng",
        "org:member d:party-group",
        "org:member",
    ),
    Breakage(
        "nameplate typed as an organisation",
        "R28",
        BUREAUS,
        "d:plate-cnsa",
        "m:Nameplate ;",
        "m:Nameplate , m:StateOrgan ;",
    ),
    Breakage(
        "nameplate of nobody", "R28", UNITS, "d:plate-third-electronics-institute", "    m:plateOf d:ccid ;\n", ""
    ),
    Breakage(
        "legal person as a unit, by hand",
        "R14",
        UNITS,
        "d:caict",
        "prov:",
        "org:unitOf d:miit ;\n    prov:",
        "org:unitOf",
    ),
    Breakage("IRI of nothing as a body", "R36", ENTERPRISES, "d:aff-cic", "d:miit", "d:mitt", "d:mitt"),
    Breakage("text where a thing is expected", "R36", ENTERPRISES, "d:aff-cnpubmedia", "d:miit", '"MIIT"', '"MIIT"'),
    Breakage(
        "two facts under one IRI",
        "R36",
        UNIVERSITIES,
        "d:aff-beihang",
        "    m:principal",
        "    m:affiliate d:caict ;\n    m:principal",
        "m:affiliate",
    ),
    Breakage(
        "office without an affiliation",
        "R26",
        OFFICES,
        "d:aff-office-policy-law",
        "d:office-policy-law",
        "d:office-planning",
        "d:office-policy-law a",
    ),
    # Regions
    Breakage("Shanxi's code for Shaanxi", "R37", PLACES, "d:region-cn-sn", '"CN-SN"', '"CN-SX"', '"CN-SX"'),
    Breakage("code in lower case", "R37", PLACES, "d:region-cn-he", '"CN-HE"', '"cn-he"', '"cn-he"'),
    Breakage("code that does not exist", "R37", PLACES, "d:region-cn-jl", '"CN-JL"', '"CN-QQ"', '"CN-QQ"'),
    Breakage(
        "region of the neighbour",
        "R37",
        REGIONAL,
        "d:ca-heilongjiang",
        "d:region-cn-hl",
        "d:region-cn-jl",
    ),
    # Evidence
    Breakage("quote that is not there", "R13", REGIONAL, "d:cite-b-100", "Liaoning Prov", "Liaoning prov", "m:quote"),
    Breakage(
        "quote from the next line",
        "R13",
        REGIONAL,
        "d:cite-b-101",
        "m:lineStart 101 ;\n    m:lineEnd 101",
        "m:lineStart 102 ;\n    m:lineEnd 102",
        "m:quote",
    ),
    Breakage(
        "line beyond the end of the source",
        "R12",
        REGIONAL,
        "d:cite-b-102",
        "m:lineEnd 102",
        "m:lineEnd 1020",
        "m:lineEnd 1020",
    ),
    Breakage("lines the wrong way round", "R12", UNITS, "d:cite-b-126", "m:lineEnd 126", "m:lineEnd 12", "m:lineStart"),
    Breakage(
        "line number in quotation marks", "R12", UNITS, "d:cite-b-127", "m:lineEnd 127", 'm:lineEnd "127"', "m:lineEnd"
    ),
    Breakage("citation removed", "R11", ENTERPRISES, "d:cnpubmedia", "d:cite-b-161", "d:cite-b-1610", "d:cite-b-1610"),
    Breakage(
        "fact without evidence",
        "R11",
        UNIVERSITIES,
        "d:name-beihang-en-listed",
        "prov:wasDerivedFrom d:cite-b-152",
        'skos:scopeNote "The form of the list."@en',
    ),
    Breakage(
        "hash of another source text", "R13", SOURCES, "d:src-a", 'm:sha256 "', 'm:sha256 "0123456789', "m:sha256"
    ),
    # Time
    Breakage(
        "dates swapped",
        "R16",
        POSTS,
        "d:tenure-party-secretary-3",
        "m:validFrom d:t-2020-07 ;\n    m:validUntil d:t-2022-07",
        "m:validFrom d:t-2022-07 ;\n    m:validUntil d:t-2020-07",
        "m:validUntil",
    ),
    Breakage(
        "bounds swapped",
        "R15",
        TIMES,
        "d:t-2013",
        '"2013-01-01"^^xsd:date ;\n    m:latest "2013-12-31"',
        '"2013-12-31"^^xsd:date ;\n    m:latest "2013-01-01"',
        "m:earliest",
    ),
    Breakage("bound that its EDTF does not have", "R17", TIMES, "d:t-2018", "2018-12-31", "2019-12-31", "m:latest"),
    Breakage("day that does not exist", "R17", TIMES, "d:t-2025-02", "2025-02-28", "2025-02-30", "m:latest"),
    Breakage(
        "date that is not EDTF", "R17", TIMES, "d:t-late-2009", 'm:edtf "2009-41"', 'm:edtf "late 2009"', "m:edtf"
    ),
    Breakage(
        "bare year",
        "R18",
        PROGRAMMES,
        "d:prog-every-village",
        "d:t-2004",
        '"2004"^^<http://www.w3.org/2001/XMLSchema#gYear>',
    ),
    Breakage(
        "tenure before the ministry was founded",
        "R23",
        POSTS,
        "d:tenure-minister-1",
        "m:intervalKnown false ;\n    m:attestedIn d:src-b",
        "m:validFrom d:t-2006",
        "",
    ),
    Breakage(
        "dates although the interval is unknown",
        "R36",
        POSTS,
        "d:tenure-vice-minister-3",
        "m:intervalKnown",
        "m:validFrom d:t-2023 ;\n    m:intervalKnown",
        "",
    ),
    Breakage(
        "ordinal left out of the row",
        "R21",
        POSTS,
        "d:tenure-party-secretary-2",
        "m:ordinal 2",
        "m:ordinal 7",
    ),
    # Ranks, claims, conflicts, figures
    Breakage("missing rank", "R35", POSTS, "d:tenure-vice-minister-4", "    m:rank c:rank-normal ;\n", ""),
    Breakage(
        "deprecated without a reason", "R35", POSTS, "d:tenure-vice-minister-2", "c:rank-normal", "c:rank-deprecated"
    ),
    Breakage(
        "negative statistic",
        "R32",
        FUNCTIONS,
        "d:stat-ministry-rank",
        "schema:value 6",
        "schema:value -6",
        "schema:value",
    ),
    Breakage(
        "statistic as a text",
        "R32",
        "data/made-in-china-2025.ttl",
        "d:stat-mic2025-working-group",
        "schema:value 150",
        'schema:value "some 150"',
        "schema:value",
    ),
    Breakage(
        "claim without a status",
        "R33",
        DEBATES,
        "d:claim-proponents-resilience",
        "    m:status c:status-opinion ;\n",
        "",
    ),
    Breakage(
        "claim of nobody",
        "R33",
        DEBATES,
        "d:claim-proponents-readiness",
        "    m:claimedBy d:unnamed-proponents ;\n",
        "",
    ),
    Breakage(
        "conflict with one side",
        "R34",
        CONFLICTS,
        "d:conflict-cnsa-caea",
        "m:side d:plate-cnsa , d:plate-caea , d:claim-cnsa-child , d:claim-caea-child",
        "m:side d:plate-cnsa",
        "m:side",
    ),
    Breakage(
        "person as the holder of a mandate",
        "R36",
        FUNCTIONS,
        "d:mandate-internet-regulation",
        "d:miit",
        "d:ye-min",
        "d:ye-min",
    ),
)


@dataclass(frozen=True)
class Unreadable:
    """One slip after which a file is no Turtle any more: `old` becomes `new`; the line of `at` is to be reported."""

    slip: str
    old: str
    new: str
    at: str
    words: str
    """Part of the message."""
    encoding: str = "utf-8"


REGION = "d:region-cn-bj a m:Region ;\n"
SITE_END = "prov:wasDerivedFrom d:cite-b-8 .\n\nd:name-site-beijing-zh"
FILE = PLACES
UNREADABLE = (
    Unreadable("prefix that is not declared", REGION, REGION.replace("m:", "mm:"), "mm:Region", "mm"),
    Unreadable("full stop left out", SITE_END, SITE_END.replace(" .", ""), "d:name-site-beijing-zh", ""),
    Unreadable("semicolon left out", REGION, REGION.replace(" ;", ""), 'skos:prefLabel "Beijing Municipality"', ""),
    Unreadable("quotation mark left out", '"Beijing Municipality"', '"Beijing Municipality', '"Beijing Munici', ""),
    Unreadable("typographic quotation marks", '"Beijing Municipality"', "“Beijing Municipality”", "“Beijing", ""),
    Unreadable("full-width semicolon", REGION, REGION.replace(";", "；"), "m:Region ；", ""),
    Unreadable(
        "blank node", "org:siteAddress d:beijing", "org:siteAddress [ a m:Place ]", "[ a m:Place ]", "blank node"
    ),
    Unreadable(
        "quotation marks inside a text", '"Headquarters in Beijing"', '"Headquarters in "Beijing""', "Headq", ""
    ),
    Unreadable("space in an IRI", "<http://purl.org/dc/terms/>", "<http://purl.org/dc terms/>", "dc terms", ""),
    Unreadable("text as a subject", REGION, REGION.replace("d:region-cn-bj", '"Beijing"'), '"Beijing" a', ""),
    Unreadable("Latin-1 letter in the file", '"Headquarters', '"Si\udce8ge', '"Si', "UTF-8"),
    Unreadable("file saved as GBK", "", "", 'skos:prefLabel "China"', "UTF-8", "gb18030"),
    Unreadable("file saved as UTF-16", "", "", "", "UTF-8", "utf-16"),
    Unreadable("file saved with a byte order mark", "", "", "", "byte order mark", "utf-8-sig"),
)


def applied(some: Iterable[Breakage], folder: Path) -> dict[str, str]:
    """The changed files of the project in `folder`, by name."""
    texts: dict[str, str] = {}
    for breakage in some:
        text = texts.get(breakage.file) or (folder / breakage.file).read_text(encoding="utf-8")
        texts[breakage.file] = breakage.apply(text)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return texts


def write_sources(project: Project, folder: Path) -> None:
    """Source texts in which each quote stands in its lines; the data is given their hashes."""
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
    listed = project.root / SOURCES
    text = listed.read_text(encoding="utf-8")
    for (name, count, stated), quotes in lines.items():
        content = "".join(" … ".join(quotes.get(number, ["…"])) + "\n" for number in range(1, count + 1)).encode()
        (folder / name).write_bytes(content)
        text = text.replace(stated, hashlib.sha256(content).hexdigest())
    listed.write_text(text, encoding="utf-8")


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
        for batch in sorted({breakage.batch for breakage in BREAKAGES}):
            folder = Path(parent, str(batch))
            folder.mkdir()
            project = Project.open(copy_project(folder))
            write_sources(project, sources)
            some = [breakage for breakage in BREAKAGES if breakage.batch == batch]
            texts = applied(some, folder)
            findings = check(project, assemble(project), sources=sources).findings
            for breakage in some:
                line = breakage.line(texts[breakage.file])
                here = tuple(f for f in findings if (f.file, f.line) == (breakage.file, line))
                of_rule = next((f for f in here if f.rule == breakage.rule), None)
                found.append(Outcome(breakage, line, of_rule, here))
    return tuple(found)


def unreadable(slip: Unreadable, folder: Path) -> tuple[int | None, SourceError]:
    """The line to be reported (None: the first one), and what a build of the project in `folder` reports."""
    path = folder / FILE
    text = path.read_text(encoding="utf-8")
    if slip.old:
        assert text.count(slip.old) == 1, f"{slip.slip}: {FILE} no longer has «{slip.old}» once"
        text = text.replace(slip.old, slip.new)
    path.write_bytes(text.encode(slip.encoding, "surrogateescape"))
    with pytest.raises(SourceError) as caught:
        assemble(Project.open(folder))
    return text.count("\n", 0, text.index(slip.at)) + 1, caught.value


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


@pytest.mark.parametrize("slip", UNREADABLE, ids=_name)
def test_what_is_no_turtle_is_reported_with_its_line(slip: Unreadable, project_copy: Path) -> None:
    line, error = unreadable(slip, project_copy)
    assert (error.name, error.line) == (FILE, line)
    assert slip.words in str(error)


def test_breakages_of_one_batch_do_not_meet() -> None:
    blocks = [(one.batch, one.file, one.subject) for one in BREAKAGES]
    assert len(blocks) == len(set(blocks))
    assert len({one.slip for one in (*BREAKAGES, *UNREADABLE)}) == len(BREAKAGES) + len(UNREADABLE) >= 30


def test_the_table_is_as_reported(reported: dict[Breakage, Outcome], tmp_path: Path) -> None:
    assert TABLE.read_text(encoding="utf-8") == table(reported, tmp_path), "run python -m tests.test_breakages"


HEAD = """# What happens when the data is broken

Each row is one slip of the hand in one authored file of this repository, and what `miit-graph validate` (or `build`)
reports for it: the rule of [rules.md](rules.md), and the message. Every report names the file and the line, shows the
label of the thing, and says what would mend it, in English or, with `--lang zh`, in Chinese; where a file is not
readable at all, the message of the Turtle parser follows file, line and column.

`tests/test_breakages.py` makes these slips in copies of the project and fails if one is not reported with its rule on
its line, or if this table is not what was reported (`python -m tests.test_breakages` writes it anew). The slips were
thought of after the rules, and none of them has a fixture of its own.
"""


def table(reported: dict[Breakage, Outcome], folder: Path) -> str:
    """The page of documentation; `folder` is an empty one to work in."""
    rows = ["| no. | slip | file | rule | reported on its line |", "|---|---|---|---|---|"]
    for slip in (*BREAKAGES, *UNREADABLE):
        if isinstance(slip, Breakage):
            finding = reported[slip].finding
            told = finding.message["en"] if finding else "nothing"
        else:
            copy = folder / str(len(rows))
            copy.mkdir()
            told = str(unreadable(slip, copy_project(copy))[1]).splitlines()[0]
            told = re.sub(r"^[^ ]+ (?:not valid Turtle: )?", "", told)
        file, rule = (slip.file, slip.rule) if isinstance(slip, Breakage) else (FILE, TURTLE)
        told = re.sub(r"[\ufeff\s]+", " ", told).replace("|", "\\|").strip()
        rows.append(f"| {len(rows) - 1} | {slip.slip} | {file.removeprefix('data/')} | {rule} | {told} |")
    return "\n".join([HEAD, *rows, ""])


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as empty:
        TABLE.write_text(table({outcome.breakage: outcome for outcome in outcomes()}, Path(empty)), encoding="utf-8")
