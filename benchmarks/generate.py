"""A graph of any size in our own model: bodies, people, posts, facts with ranks and citations, in both languages.

    .venv/bin/python benchmarks/generate.py 100000 --out generated.nt [--mistakes 9]

Written are about as many triples as asked (never fewer, at most a ministry's worth more), as N-Triples, always the
same for the same arguments, in constant memory: the graph is a row of ministries under one state council, each with
its own offices, regional administrations, institutes, people, tenures, claims, conflicts and source document, roughly
in the proportions of the shipped graph. What is written is what people would author; the rules of this repository make
the plain triples.

Over the ontology and the codes of this repository the graph breaks no rule (it leaves some codes unused), but for the
mistakes that are asked for: number N is of the kind ``MISTAKES[N % len(MISTAKES)]``, about nodes whose IRIs contain
``gen-mistake-N``, and ``expected(K)`` says how often each rule is broken.
"""

from __future__ import annotations

import argparse
import calendar
import hashlib
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from miit_graph.vocabulary import DCT, FOAF, ORG, PREFIXES, PROV, RDF, SKOS, TIME, M

D, C = PREFIXES["d"], PREFIXES["c"]
CV, SCHEMA, XSD = PREFIXES["cv"], PREFIXES["schema"], PREFIXES["xsd"]

Pair = tuple[str, str]
"""A property and a value, both as they stand in N-Triples."""


def _i(iri: str) -> str:
    return f"<{iri}>"


def d(name: str) -> str:
    return f"<{D}gen-{name}>"


def c(name: str) -> str:
    return f"<{C}{name}>"


def text(value: str, lang: str | None = None) -> str:
    return f'"{value}"@{lang}' if lang else f'"{value}"'


def typed(value: str | int, datatype: str) -> str:
    return f'"{value}"^^<{XSD}{datatype}>'


TYPE, FROM, SOURCE, RANK = _i(RDF.type), _i(PROV.wasDerivedFrom), _i(DCT.source), _i(M.rank)
LABEL, ALT, NOTE = _i(SKOS.prefLabel), _i(SKOS.altLabel), _i(SKOS.editorialNote)
NORMAL, CURATORS, COUNCIL = c("rank-normal"), d("curators"), d("state-council")
REGION_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
FIRST_YEAR, YEARS = 1980, 40
LINES = 400


def node(name: str, types: tuple[str, ...], *pairs: Pair) -> Iterator[str]:
    """The triples of one node."""
    subject = d(name)
    for kind in types:
        yield f"{subject} {TYPE} <{kind}> .\n"
    for predicate, value in pairs:
        yield f"{subject} {predicate} {value} .\n"


def names(en: str, zh: str) -> tuple[Pair, Pair]:
    return (LABEL, text(en, "en")), (LABEL, text(zh, "zh"))


def note(en: str, zh: str) -> tuple[Pair, Pair]:
    return (NOTE, text(en, "en")), (NOTE, text(zh, "zh"))


def curated_name(name: str, zh: str) -> Iterator[str]:
    """The use of a Chinese name that no source prints."""
    return node(
        f"name-{name}-zh",
        (M.NameUse,),
        (_i(M.nameOf), d(name)),
        (_i(M.nameText), text(zh, "zh")),
        (_i(M.nameBasis), c("name-curated")),
        (RANK, NORMAL),
        (_i(PROV.wasAttributedTo), CURATORS),
        *note("The source is in English only.", "来源仅有英文。"),
    )


def top() -> Iterator[str]:
    """What all ministries share: curators and the body above them."""
    yield from node("curators", (FOAF.Group,), *names("Curators of the generated graph", "生成图谱编者"))
    yield from node(
        "state-council",
        (M.StateOrgan, CV + "PublicOrganisation"),
        *names("Council of the generated state", "生成国国务院"),
    )
    yield from curated_name("state-council", "生成国国务院")


def times(year: int) -> Iterator[str]:
    """A year, its months and one season."""
    yield from node(
        f"t-{year}",
        (TIME.Instant,),
        (_i(TIME.inXSDgYear), typed(year, "gYear")),
        (_i(M.edtf), text(str(year))),
        (_i(M.earliest), typed(f"{year}-01-01", "date")),
        (_i(M.latest), typed(f"{year}-12-31", "date")),
    )
    for month in range(1, 13):
        stated, last = f"{year}-{month:02}", calendar.monthrange(year, month)[1]
        yield from node(
            f"t-{stated}",
            (TIME.Instant,),
            (_i(TIME.inXSDgYearMonth), typed(stated, "gYearMonth")),
            (_i(M.edtf), text(stated)),
            (_i(M.earliest), typed(f"{stated}-01", "date")),
            (_i(M.latest), typed(f"{stated}-{last}", "date")),
        )
    yield from node(
        f"t-summer-{year}",
        (TIME.TemporalEntity,),
        *names(f"summer {year}", f"{year}年夏季"),
        (_i(M.edtf), text(f"{year}-22")),
        (_i(M.earliest), typed(f"{year}-06-01", "date")),
        (_i(M.latest), typed(f"{year}-08-31", "date")),
    )


def region_code(number: int) -> str:
    """Two letters, a hyphen, three of letters and digits: a code that no other number has (up to 31 million)."""
    digits = []
    for base in (36, 36, 36, 26, 26):
        number, digit = divmod(number, base)
        digits.append(REGION_LETTERS[digit])
    return "".join([digits[4], digits[3], "-", digits[2], digits[1], digits[0]])


class Ministry:
    """The ministry of a number, and everything that belongs to it."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.source = f"src-{number}"
        self.year = FIRST_YEAR + number % YEARS
        self._line = 0

    def triples(self) -> Iterator[str]:
        """All of it: about 2,300 triples."""
        if self.number < YEARS:
            yield from times(self.year)
        yield from self._source()
        yield from self._ministry()
        yield from self._units()
        yield from self._people()
        yield from self._mandates()
        yield from self._programme()
        yield from self._debate()

    def n(self, name: str) -> str:
        """A local name that no other ministry has."""
        return f"{name}-{self.number}"

    def cite(self, about: str, quote: str) -> Iterator[str]:
        """A citation named after what it is evidence for."""
        self._line = self._line % LINES + 1
        return node(
            f"cite-{about}",
            (M.Citation,),
            (SOURCE, d(self.source)),
            (_i(M.lineStart), typed(self._line, "integer")),
            (_i(M.lineEnd), typed(self._line, "integer")),
            (_i(M.quote), text(quote)),
        )

    def evidence(self, about: str, undated: bool = True) -> tuple[Pair, ...]:
        """Rank and citation of a fact, and that its interval is unknown."""
        unknown = ((_i(M.intervalKnown), typed("false", "boolean")), (_i(M.attestedIn), d(self.source)))
        return (*(unknown if undated else ()), (RANK, NORMAL), (FROM, d(f"cite-{about}")))

    def _source(self) -> Iterator[str]:
        title = f"来源：第{self.number}部条目"
        yield from node(
            self.source,
            (M.SourceDocument,),
            *names(f"Source: article on ministry {self.number}", title),
            (_i(DCT["title"]), text(f"Ministry {self.number}", "en")),
            (_i(SKOS.notation), text(f"G{self.number}")),
            (_i(DCT.identifier), text(f"generated-{self.number}.txt")),
            (_i(M.sha256), text(hashlib.sha256(self.source.encode()).hexdigest())),
            (_i(M.lineCount), typed(LINES, "integer")),
        )
        yield from curated_name(self.source, title)

    def _body(
        self, name: str, types: tuple[str, ...], en: str, zh: str, kind: str, above: str, *more: Pair
    ) -> Iterator[str]:
        """A body with the line that names it and its affiliation."""
        yield from self.cite(name, f"{en} ({zh})")
        yield from node(name, types, *names(en, zh), *more, (FROM, d(f"cite-{name}")))
        yield from self._affiliation(name, kind, above)

    def _affiliation(self, name: str, kind: str, above: str, slug: str = "aff") -> Iterator[str]:
        return node(
            f"{slug}-{name}",
            (M.Affiliation,),
            (_i(M.affiliate), d(name)),
            (_i(M.principal), d(above)),
            (_i(M.affiliationKind), c(f"aff-{kind}")),
            (_i(M.listPosition), typed(self._line, "integer")),
            *self.evidence(name),
        )

    def _ministry(self) -> Iterator[str]:
        number, own, old, change = self.number, self.n("ministry"), self.n("old-ministry"), self.n("change")
        en, zh = f"Ministry {number}", f"第{number}部"
        yield from self._body(
            own, (M.ConstituentDepartment, CV + "PublicOrganisation"), en, zh, "constituent", "state-council"
        )
        yield from self.cite(old, f"Former Ministry {number} (原第{number}部)")
        yield from node(
            old, (M.StateOrgan,), *names(f"Former Ministry {number}", f"原第{number}部"), (FROM, d(f"cite-{old}"))
        )
        yield from self.cite(change, f"Ministry {number} superseded the former one in {self.year}")
        yield from node(
            change,
            (M.Supersession, ORG.ChangeEvent),
            *names(f"Supersession of the former Ministry {number}", f"取代原第{number}部"),
            (_i(ORG.originalOrganization), d(old)),
            (_i(ORG.resultingOrganization), d(own)),
            (_i(M.at), d(f"t-{self.year}-01")),
            *self.evidence(change, undated=False),
        )
        formal = self.n("stmt-formal-name")
        yield from self.cite(formal, f"生成国第{number}部")
        yield from node(
            formal,
            (M.Statement,),
            (_i(RDF.subject), d(own)),
            (_i(RDF.predicate), _i(M.formalName)),
            (_i(RDF.object), text(f"生成国第{number}部", "zh")),
            *self.evidence(formal),
        )

    def _units(self) -> Iterator[str]:
        number, own = self.number, self.n("ministry")
        office = (M.InternalOrgan, ORG.OrganizationalUnit)
        for k in range(1, 13):
            name = self.n(f"department-{k}")
            en, zh = f"Department {k} of Ministry {number}", f"第{number}部第{k}司"
            yield from self._body(name, office, en, zh, "internal", own)
            if k <= 4:
                yield from self._body(
                    f"office-{name}", office, f"Research Office of {en}", f"{zh}研究室", "internal", name
                )
                yield from self._nameplate(name, f"Secretariat Office {k} of Ministry {number}", f"{zh}秘书局办公室")
        for k in range(1, 11):
            region, name = self.n(f"region-{k}"), self.n(f"administration-{k}")
            en, zh = f"Province {number}–{k}", f"第{number}之{k}省"
            yield from self.cite(region, f"{en} ({zh})")
            yield from node(
                region,
                (M.Region,),
                *names(en, zh),
                (ALT, text(f"P{number}–{k}", "en")),
                (_i(SKOS.notation), text(region_code(number * 10 + k - 1))),
                (_i(M.regionKind), c("region-province")),
                (FROM, d(f"cite-{region}")),
            )
            types, place = (M.RegionalAdministration, CV + "PublicOrganisation"), (_i(DCT.spatial), d(region))
            en, zh = f"{en} Communications Administration", f"{zh}通信管理局"
            yield from self._body(name, types, en, zh, "regional", own, place)
        for k in range(1, 9):
            name, en, zh = self.n(f"institute-{k}"), f"Institute {k} of Ministry {number}", f"第{number}部第{k}研究院"
            yield from self._body(name, (M.PublicInstitution, ORG.FormalOrganization), en, zh, "direct-unit", own)
            yield from self._printed_name(name, f"Institute No. {k}, Ministry {number}")
        for k in range(1, 4):
            name, en, zh = self.n(f"university-{k}"), f"University {number}–{k}", f"第{number}之{k}大学"
            yield from self._body(name, (SCHEMA + "CollegeOrUniversity",), en, zh, "university", own)
        bureau, association = self.n("bureau"), self.n("association")
        en, zh = f"National Bureau {number}", f"国家第{number}局"
        yield from self._body(bureau, (M.ManagedNationalBureau,), en, zh, "managed-bureau", own)
        en, zh = f"Industry Association {number}", f"第{number}行业协会"
        yield from self._body(association, (M.SocialOrganisation,), en, zh, "attached-association", own)
        for k in range(1, 3):
            name, en, zh = self.n(f"company-{k}"), f"State Company {number}–{k}", f"第{number}之{k}公司"
            yield from self._body(name, (M.StateOwnedEnterprise,), en, zh, "enterprise", own)
        yield from self._affiliation(self.n("institute-8"), "co-managed", bureau, slug="aff-2")

    def _nameplate(self, of: str, en: str, zh: str) -> Iterator[str]:
        name = f"plate-{of}"
        yield from self.cite(name, f"{en} ({zh})")
        yield from node(
            name,
            (M.Nameplate,),
            *names(en, zh),
            (_i(M.plateOf), d(of)),
            (_i(M.plateKind), c("plate-added")),
            *self.evidence(name),
        )
        yield from node(
            f"name-{name}-zh",
            (M.NameUse,),
            (_i(M.nameOf), d(name)),
            (_i(M.nameText), text(zh, "zh")),
            (_i(M.nameBasis), c("name-as-printed")),
            *self.evidence(name, undated=False),
        )

    def _printed_name(self, of: str, en: str) -> Iterator[str]:
        name = f"name-{of}-en"
        yield from self.cite(name, en)
        yield from node(
            name,
            (M.NameUse,),
            (_i(M.nameOf), d(of)),
            (_i(M.nameText), text(en, "en")),
            (_i(M.nameBasis), c("name-as-printed")),
            *self.evidence(name, undated=False),
        )

    def _people(self) -> Iterator[str]:
        number, own = self.number, self.n("ministry")
        spans = [(1, 5), (5, 9), (9, None)]
        for k in range(1, 6):
            post, zh = self.n(f"post-{k}"), f"第{number}部第{k}职"
            yield from self.cite(post, f"Post {k}")
            yield from node(
                post,
                (ORG.Post,),
                *names(f"Post {k} of Ministry {number}", zh),
                (_i(ORG.postIn), d(own)),
                (_i(M.holderLimit), typed(1, "integer")),
                (FROM, d(f"cite-{post}")),
            )
            yield from curated_name(post, zh)
            for ordinal, (start, end) in enumerate(spans, 1):
                person, tenure = self.n(f"person-{k}-{ordinal}"), self.n(f"tenure-{k}-{ordinal}")
                name = f"第{number}部{k}之{ordinal}君"
                yield from self.cite(tenure, f"| {ordinal} | Person {k}-{ordinal} | {self.year}-{start} |")
                yield from node(
                    person,
                    (FOAF.Person,),
                    *names(f"Person {number}–{k}–{ordinal}", name),
                    (_i(FOAF.familyName), text("Person")),
                    (FROM, d(f"cite-{tenure}")),
                )
                yield from curated_name(person, name)
                until = ((_i(M.validUntil), d(f"t-{self.year}-{end:02}")),) if end else ()
                yield from node(
                    tenure,
                    (M.Tenure, ORG.Membership),
                    (_i(ORG.member), d(person)),
                    (_i(ORG.organization), d(own)),
                    (_i(M.inPost), d(post)),
                    (_i(M.ordinal), typed(ordinal, "integer")),
                    (_i(M.validFrom), d(f"t-{self.year}-{start:02}")),
                    *until,
                    *self.evidence(tenure, undated=False),
                )

    def _mandates(self) -> Iterator[str]:
        number, own = self.number, self.n("ministry")
        law, zh = self.n("law"), f"第{number}号法"
        yield from self.cite(law, f"Law {number}")
        yield from node(law, (SCHEMA + "Legislation",), *names(f"Law {number}", zh), (FROM, d(f"cite-{law}")))
        yield from curated_name(law, zh)
        functions, sectors = ("regulation", "industrial-development"), ("internet", "telecommunications")
        for k in range(1, 13):
            name = self.n(f"mandate-{k}")
            yield from self.cite(name, f"responsible for matter {k}")
            yield from node(
                name,
                (M.MandateAssignment,),
                (_i(M.holder), d(own if k < 3 else self.n(f"department-{k}"))),
                (_i(M.function), c(f"fn-{functions[k % 2]}")),
                (_i(M.appliesTo), c(f"sec-{sectors[k // 2 % 2]}")),
                (_i(M.legalBasis), d(law)),
                *self.evidence(name),
            )
        framework, delegation, overlap = self.n("framework"), self.n("delegation"), self.n("overlap")
        yield from self.cite(framework, f"acts within Law {number}")
        yield from node(
            framework,
            (M.LegalFramework,),
            (_i(M.framedBody), d(own)),
            (_i(M.legalBasis), d(law)),
            *self.evidence(framework),
        )
        yield from self.cite(delegation, "delegates standards to its institutes")
        yield from node(
            delegation,
            (M.Delegation,),
            (_i(M.delegator), d(own)),
            (_i(M.delegate), d(self.n("institute-1"))),
            (_i(M.delegate), d(self.n("institute-2"))),
            (_i(M.function), c("fn-regulation")),
            *self.evidence(delegation),
        )
        yield from self.cite(overlap, "both regulate the internet")
        yield from node(
            overlap,
            (M.RegulatoryOverlap,),
            (_i(M.party), d(own)),
            (_i(M.party), d(self.n("bureau"))),
            (_i(M.function), c("fn-regulation")),
            *self.evidence(overlap),
        )
        for k in range(1, 6):
            name = self.n(f"aim-{k}")
            yield from self.cite(name, f"aims at goal {k}")
            yield from node(
                name,
                (M.Aim,),
                (_i(M.pursuedBy), d(self.n(f"institute-{k}"))),
                (_i(M.goal), c("goal-resilience")),
                *self.evidence(name),
            )

    def _programme(self) -> Iterator[str]:
        number, name = self.number, self.n("programme")
        zh = f"第{number}工程"
        yield from self.cite(name, f"Programme {number} began in summer")
        yield from node(
            name,
            (M.Programme,),
            *names(f"Programme {number}", zh),
            (_i(M.validFrom), d(f"t-summer-{self.year}")),
            (FROM, d(f"cite-{name}")),
        )
        yield from curated_name(name, zh)
        for k in range(1, 3):
            part = self.n(f"participation-{k}")
            yield from self.cite(part, f"State Company {number}–{k} took part")
            yield from node(
                part,
                (M.Participation,),
                (_i(M.participant), d(self.n(f"company-{k}"))),
                (_i(M.inActivity), d(name)),
                (_i(M.participationRole), c("role-builder-and-financier")),
                *self.evidence(part, undated=False),
            )
        for k in range(1, 5):
            figure = self.n(f"statistic-{k}")
            yield from self.cite(figure, f"{1000 * k + number} people")
            yield from node(
                figure,
                (M.Statistic, SCHEMA + "Observation"),
                (_i(SCHEMA + "observationAbout"), d(name)),
                (_i(SCHEMA + "measuredProperty"), c("ms-working-group-size")),
                (_i(SCHEMA + "value"), typed(1000 * k + number, "integer")),
                (_i(SCHEMA + "unitText"), text("people", "en")),
                (_i(SCHEMA + "unitText"), text("人", "zh")),
                (_i(M.comparator), c("cmp-approximately")),
                (_i(M.refTime), d(f"t-{self.year}")),
                *self.evidence(figure, undated=False),
            )

    def _debate(self) -> Iterator[str]:
        number, own = self.number, self.n("ministry")
        for k in range(1, 4):
            group, zh = self.n(f"group-{k}"), f"第{number}部的第{k}批评者"
            yield from self.cite(group, f"critics {k} of the ministry")
            yield from node(
                group, (M.UnnamedGroup,), *names(f"Critics {k} of Ministry {number}", zh), (FROM, d(f"cite-{group}"))
            )
            yield from curated_name(group, zh)
            for side in ("a", "b"):
                claim = self.n(f"claim-{k}{side}")
                yield from self.cite(claim, f"critics say {side}")
                yield from node(
                    claim,
                    (M.Claim,),
                    (_i(M.claimText), text(f"Ministry {number} does {side} in matter {k}.", "en")),
                    (_i(M.claimText), text(f"第{number}部在第{k}事上如此（{side}）。", "zh")),
                    (_i(M.claimedBy), d(group)),
                    (_i(M.stance), c("stance-supportive" if side == "a" else "stance-critical")),
                    (_i(M.about), d(own)),
                    (_i(M.status), c("status-opinion")),
                    *self.evidence(claim, undated=False),
                )
            conflict = self.n(f"conflict-{k}")
            yield from node(
                conflict,
                (M.Conflict,),
                *names(f"Disagreement {k} on Ministry {number}", f"关于第{number}部的第{k}分歧"),
                (_i(M.about), d(own)),
                (_i(M.side), d(self.n(f"claim-{k}a"))),
                (_i(M.side), d(self.n(f"claim-{k}b"))),
                (_i(M.conflictKind), c("conflict-temporal")),
                (_i(M.resolution), text("Left open.", "en")),
                (_i(M.resolution), text("存疑。", "zh")),
                (RANK, NORMAL),
                (_i(PROV.wasAttributedTo), CURATORS),
            )


# Mistakes, each about a node of its own

_CITED = (FROM, d("cite-ministry-0"))


def _group(name: str, *labels: Pair) -> Iterator[str]:
    return node(name, (M.UnnamedGroup,), *labels, _CITED)


def _trailing_space(name: str, number: int) -> Iterator[str]:
    yield from _group(name, *names(f"Mistake {number} ", f"第{number}误"))
    yield from curated_name(name, f"第{number}误")


def _no_chinese(name: str, number: int) -> Iterator[str]:
    return _group(name, (LABEL, text(f"Mistake {number}", "en")))


def _latin(name: str, number: int) -> Iterator[str]:
    yield from _group(name, *names(f"Mistake {number}", f"第{number}误 mistake"))
    yield from curated_name(name, f"第{number}误 mistake")


def _no_quote(name: str, number: int) -> Iterator[str]:
    line = typed(number % LINES + 1, "integer")
    return node(name, (M.Citation,), (SOURCE, d("src-0")), (_i(M.lineStart), line), (_i(M.lineEnd), line))


def _beyond_end(name: str, number: int) -> Iterator[str]:
    line = typed(LINES + 1 + number, "integer")
    quote = (_i(M.quote), text("no such line"))
    return node(name, (M.Citation,), (SOURCE, d("src-0")), (_i(M.lineStart), line), (_i(M.lineEnd), line), quote)


def _aim(name: str, *more: Pair) -> Iterator[str]:
    pursued = (_i(M.pursuedBy), d("ministry-0"))
    return node(name, (M.Aim,), pursued, (_i(M.goal), c("goal-resilience")), _CITED, *more)


def _no_rank(name: str, number: int) -> Iterator[str]:
    return _aim(name)


def _stray_property(name: str, number: int) -> Iterator[str]:
    return _aim(name, (RANK, NORMAL), (_i(M.ordinal), typed(number, "integer")))


def _foreign_code(name: str, number: int) -> Iterator[str]:
    return _aim(name, (RANK, NORMAL), (_i(M.function), c("region-province")))


def _negative(name: str, number: int) -> Iterator[str]:
    return node(
        name,
        (M.Statistic, SCHEMA + "Observation"),
        (_i(SCHEMA + "observationAbout"), d("ministry-0")),
        (_i(SCHEMA + "measuredProperty"), c("ms-working-group-size")),
        (_i(SCHEMA + "value"), typed(-1 - number, "integer")),
        (_i(SCHEMA + "unitText"), text("people", "en")),
        (_i(M.comparator), c("cmp-exactly")),
        (_i(M.refTime), d(f"t-{FIRST_YEAR}")),
        (RANK, NORMAL),
        _CITED,
    )


def _second_parent(name: str, number: int) -> Iterator[str]:
    zh = f"第{number}误研究院"
    yield from node(name, (M.PublicInstitution,), *names(f"Institute of mistake {number}", zh), _CITED)
    yield from curated_name(name, zh)
    for above in ("ministry-0", "state-council"):
        yield from node(
            f"aff-{name}-{above}",
            (M.Affiliation,),
            (_i(M.affiliate), d(name)),
            (_i(M.principal), d(above)),
            (_i(M.affiliationKind), c("aff-direct-unit")),
            (RANK, NORMAL),
            _CITED,
        )


MISTAKES: tuple[tuple[str, Callable[[str, int], Iterator[str]]], ...] = (
    ("R04", _trailing_space),
    ("R01", _no_chinese),
    ("R03", _latin),
    ("R12", _no_quote),
    ("R12", _beyond_end),
    ("R35", _no_rank),
    ("R36", _stray_property),
    ("R31", _foreign_code),
    ("R32", _negative),
    ("R26", _second_parent),
)
"""The kinds of planted mistakes: the rule that each breaks, once, and what writes it."""


def expected(mistakes: int) -> Counter[str]:
    """How often each rule is broken by so many planted mistakes."""
    return Counter(MISTAKES[number % len(MISTAKES)][0] for number in range(mistakes))


def triples(n: int, mistakes: int = 0) -> Iterator[str]:
    """Lines of N-Triples: whole ministries until there are `n`, then the mistakes."""
    count = 0
    for line in top():
        count += 1
        yield line
    number = 0
    while count < n or number == 0:
        for line in Ministry(number).triples():
            count += 1
            yield line
        number += 1
    for wrong in range(mistakes):
        _, write = MISTAKES[wrong % len(MISTAKES)]
        yield from write(f"mistake-{wrong}", wrong)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("n", type=int, metavar="N", help="how many triples, about")
    parser.add_argument("--out", type=Path, metavar="FILE", help="where to write them (default: standard output)")
    parser.add_argument("--mistakes", type=int, default=0, metavar="K", help="how many mistakes to plant (default: 0)")
    arguments = parser.parse_args()
    if arguments.out:
        with arguments.out.open("w", encoding="utf-8") as out:
            out.writelines(triples(arguments.n, arguments.mistakes))
    else:
        sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
        sys.stdout.writelines(triples(arguments.n, arguments.mistakes))


if __name__ == "__main__":
    main()
