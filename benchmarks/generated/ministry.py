"""One generated ministry with everything that belongs to it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from generated.triples import (
    ALT,
    CURATORS,
    CV,
    FIRST_YEAR,
    FROM,
    LINES,
    NORMAL,
    RANK,
    SCHEMA,
    SOURCE,
    YEARS,
    Pair,
    c,
    curated_name,
    d,
    i,
    names,
    node,
    region_code,
    text,
    times,
    typed,
)

from miit_graph.vocabulary import DCT, FOAF, ORG, PROV, RDF, SKOS, M


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
            (i(M.lineStart), typed(self._line, "integer")),
            (i(M.lineEnd), typed(self._line, "integer")),
            (i(M.quote), text(quote)),
        )

    def evidence(self, about: str, undated: bool = True) -> tuple[Pair, ...]:
        """Rank and citation of a fact, and that its interval is unknown."""
        unknown = ((i(M.intervalKnown), typed("false", "boolean")), (i(M.attestedIn), d(self.source)))
        return (*(unknown if undated else ()), (RANK, NORMAL), (FROM, d(f"cite-{about}")))

    def _source(self) -> Iterator[str]:
        title = f"来源：第{self.number}部条目"
        yield from node(
            self.source,
            (M.SourceDocument,),
            *names(f"Source: article on ministry {self.number}", title),
            (i(DCT["title"]), text(f"Ministry {self.number}", "en")),
            (i(SKOS.notation), text(f"G{self.number}")),
            (i(DCT.identifier), text(f"generated-{self.number}.txt")),
            (i(M.sha256), text(hashlib.sha256(self.source.encode()).hexdigest())),
            (i(M.lineCount), typed(LINES, "integer")),
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
            (i(M.affiliate), d(name)),
            (i(M.principal), d(above)),
            (i(M.affiliationKind), c(f"aff-{kind}")),
            (i(M.listPosition), typed(self._line, "integer")),
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
            (i(ORG.originalOrganization), d(old)),
            (i(ORG.resultingOrganization), d(own)),
            (i(M.at), d(f"t-{self.year}-01")),
            *self.evidence(change, undated=False),
        )
        formal = self.n("stmt-formal-name")
        yield from self.cite(formal, f"生成国第{number}部")
        yield from node(
            formal,
            (M.Statement,),
            (i(RDF.subject), d(own)),
            (i(RDF.predicate), i(M.formalName)),
            (i(RDF.object), text(f"生成国第{number}部", "zh")),
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
                (i(SKOS.notation), text(region_code(number * 10 + k - 1))),
                (i(M.regionKind), c("region-province")),
                (FROM, d(f"cite-{region}")),
            )
            types, place = (M.RegionalAdministration, CV + "PublicOrganisation"), (i(DCT.spatial), d(region))
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
            (i(M.plateOf), d(of)),
            (i(M.plateKind), c("plate-added")),
            *self.evidence(name),
        )
        yield from node(
            f"name-{name}-zh",
            (M.NameUse,),
            (i(M.nameOf), d(name)),
            (i(M.nameText), text(zh, "zh")),
            (i(M.nameBasis), c("name-as-printed")),
            *self.evidence(name, undated=False),
        )

    def _printed_name(self, of: str, en: str) -> Iterator[str]:
        name = f"name-{of}-en"
        yield from self.cite(name, en)
        yield from node(
            name,
            (M.NameUse,),
            (i(M.nameOf), d(of)),
            (i(M.nameText), text(en, "en")),
            (i(M.nameBasis), c("name-as-printed")),
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
                (i(ORG.postIn), d(own)),
                (i(M.holderLimit), typed(1, "integer")),
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
                    (i(FOAF.familyName), text("Person")),
                    (FROM, d(f"cite-{tenure}")),
                )
                yield from curated_name(person, name)
                until = ((i(M.validUntil), d(f"t-{self.year}-{end:02}")),) if end else ()
                yield from node(
                    tenure,
                    (M.Tenure, ORG.Membership),
                    (i(ORG.member), d(person)),
                    (i(ORG.organization), d(own)),
                    (i(M.inPost), d(post)),
                    (i(M.ordinal), typed(ordinal, "integer")),
                    (i(M.validFrom), d(f"t-{self.year}-{start:02}")),
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
                (i(M.holder), d(own if k < 3 else self.n(f"department-{k}"))),
                (i(M.function), c(f"fn-{functions[k % 2]}")),
                (i(M.appliesTo), c(f"sec-{sectors[k // 2 % 2]}")),
                (i(M.legalBasis), d(law)),
                *self.evidence(name),
            )
        framework, delegation, overlap = self.n("framework"), self.n("delegation"), self.n("overlap")
        yield from self.cite(framework, f"acts within Law {number}")
        yield from node(
            framework,
            (M.LegalFramework,),
            (i(M.framedBody), d(own)),
            (i(M.legalBasis), d(law)),
            *self.evidence(framework),
        )
        yield from self.cite(delegation, "delegates standards to its institutes")
        yield from node(
            delegation,
            (M.Delegation,),
            (i(M.delegator), d(own)),
            (i(M.delegate), d(self.n("institute-1"))),
            (i(M.delegate), d(self.n("institute-2"))),
            (i(M.function), c("fn-regulation")),
            *self.evidence(delegation),
        )
        yield from self.cite(overlap, "both regulate the internet")
        yield from node(
            overlap,
            (M.RegulatoryOverlap,),
            (i(M.party), d(own)),
            (i(M.party), d(self.n("bureau"))),
            (i(M.function), c("fn-regulation")),
            *self.evidence(overlap),
        )
        for k in range(1, 6):
            name = self.n(f"aim-{k}")
            yield from self.cite(name, f"aims at goal {k}")
            yield from node(
                name,
                (M.Aim,),
                (i(M.pursuedBy), d(self.n(f"institute-{k}"))),
                (i(M.goal), c("goal-resilience")),
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
            (i(M.validFrom), d(f"t-summer-{self.year}")),
            (FROM, d(f"cite-{name}")),
        )
        yield from curated_name(name, zh)
        for k in range(1, 3):
            part = self.n(f"participation-{k}")
            yield from self.cite(part, f"State Company {number}–{k} took part")
            yield from node(
                part,
                (M.Participation,),
                (i(M.participant), d(self.n(f"company-{k}"))),
                (i(M.inActivity), d(name)),
                (i(M.participationRole), c("role-builder-and-financier")),
                *self.evidence(part, undated=False),
            )
        for k in range(1, 5):
            figure = self.n(f"statistic-{k}")
            yield from self.cite(figure, f"{1000 * k + number} people")
            yield from node(
                figure,
                (M.Statistic, SCHEMA + "Observation"),
                (i(SCHEMA + "observationAbout"), d(name)),
                (i(SCHEMA + "measuredProperty"), c("ms-working-group-size")),
                (i(SCHEMA + "value"), typed(1000 * k + number, "integer")),
                (i(SCHEMA + "unitText"), text("people", "en")),
                (i(SCHEMA + "unitText"), text("人", "zh")),
                (i(M.comparator), c("cmp-approximately")),
                (i(M.refTime), d(f"t-{self.year}")),
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
                    (i(M.claimText), text(f"Ministry {number} does {side} in matter {k}.", "en")),
                    (i(M.claimText), text(f"第{number}部在第{k}事上如此（{side}）。", "zh")),
                    (i(M.claimedBy), d(group)),
                    (i(M.stance), c("stance-supportive" if side == "a" else "stance-critical")),
                    (i(M.about), d(own)),
                    (i(M.status), c("status-opinion")),
                    *self.evidence(claim, undated=False),
                )
            conflict = self.n(f"conflict-{k}")
            yield from node(
                conflict,
                (M.Conflict,),
                *names(f"Disagreement {k} on Ministry {number}", f"关于第{number}部的第{k}分歧"),
                (i(M.about), d(own)),
                (i(M.side), d(self.n(f"claim-{k}a"))),
                (i(M.side), d(self.n(f"claim-{k}b"))),
                (i(M.conflictKind), c("conflict-temporal")),
                (i(M.resolution), text("Left open.", "en")),
                (i(M.resolution), text("存疑。", "zh")),
                (RANK, NORMAL),
                (i(PROV.wasAttributedTo), CURATORS),
            )
