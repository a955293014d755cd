"""Ways to break the shipped data: each is one edit of one authored file, as a slip of the hand would make it."""

from __future__ import annotations

import re
from dataclasses import dataclass


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
