"""What is drawn: the terms of W3C ORG, PROV-O, OWL-Time, schema.org and our ontology that the pictures read.

Nothing else in this package names a property of the data, so a graph that uses these terms gets the same pictures.
"""

from __future__ import annotations

from typing import Final, Literal

from miit_graph.export.graph.text import local_name
from miit_graph.vocabulary import DCT, ORG, PROV, RDF, SCHEMA, SKOS, TIME, M

Bond = Literal["unit", "part", "managed", "co-managed", "linked"]
"""How a body is tied to the one above it, the closest first."""
BONDS: Final[tuple[Bond, ...]] = ("unit", "part", "managed", "co-managed", "linked")

BOND_OF: Final[dict[str, Bond]] = {
    ORG.unitOf: "unit",
    ORG.subOrganizationOf: "part",
    SCHEMA.parentOrganization: "part",
    M.managedBy: "managed",
    M.coManagedBy: "co-managed",
    ORG.linkedTo: "linked",
}
"""What a property from the lower to the upper body means; an affiliation's kind names one as its `m:shortcut`."""
PLAIN: Final = (ORG.unitOf, ORG.subOrganizationOf, SCHEMA.parentOrganization, M.managedBy, M.coManagedBy)
"""Properties that draw a tie by themselves. `org:linkedTo` is not among them: it says nothing of up and down."""
PLAIN_DOWN: Final[dict[str, Bond]] = {
    ORG.hasUnit: "unit",
    ORG.hasSubOrganization: "part",
    SCHEMA.subOrganization: "part",
}
"""The same from the upper to the lower body."""
ORGANISATIONS: Final = (ORG.Organization, ORG.FormalOrganization, ORG.OrganizationalUnit, SCHEMA.Organization)

STARTS: Final = (M.validFrom, PROV.startedAtTime, SCHEMA.startDate, TIME.hasBeginning)
ENDS: Final = (M.validUntil, PROV.endedAtTime, SCHEMA.endDate, TIME.hasEnd)
POINTS: Final = (M.at, M.refTime, M.claimedAt, PROV.atTime, SCHEMA.datePublished)
INTERVALS: Final = (ORG.memberDuring,)
"""Properties whose value is a `time:Interval` with a beginning and an end."""
TIME_VALUES: Final = (
    TIME.inXSDDate,
    TIME.inXSDgYearMonth,
    TIME.inXSDgYear,
    TIME.inXSDDateTimeStamp,
    TIME.inXSDDateTime,
)

Lane = Literal["people", "mandates", "programmes", "events", "organisations", "figures", "other"]
LANES: Final[tuple[tuple[Lane, tuple[str, ...]], ...]] = (
    ("people", (ORG.Membership, M.Tenure)),
    ("mandates", (M.MandateAssignment,)),
    ("events", (ORG.ChangeEvent, M.PolicyEvent, SCHEMA.Event)),
    ("programmes", (M.Programme, M.RegulatoryCampaign, M.PolicyPlan, PROV.Activity)),
    ("organisations", ORGANISATIONS),
    ("figures", (M.Statistic, SCHEMA.Observation)),
    ("other", ()),
)
"""Which class of thing belongs to which lane of the timeline; the first that fits. ``other`` takes the rest."""
LANE_ORDER: Final[tuple[Lane, ...]] = (
    "organisations",
    "people",
    "mandates",
    "programmes",
    "events",
    "figures",
    "other",
)

LABEL_PARTS: Final[tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]] = (
    ((ORG.member,), (M.inPost, ORG.role, ORG.organization)),
    ((M.function,), (M.holder,)),
    ((SCHEMA.measuredProperty, SCHEMA.value), (SCHEMA.observationAbout,)),
    ((M.claimText,), (M.claimedBy,)),
    ((RDF.subject,), (RDF.predicate, RDF.object)),
)
"""For what has no name of its own: the properties whose values stand for it, and those that say more of it."""
ABOUT: Final = (M.holder, ORG.organization, M.actor, M.about, M.participant)

CITATION: Final = (PROV.wasDerivedFrom, DCT.source, M.lineStart, M.lineEnd, SKOS.notation)


def is_deprecated(rank: str) -> bool:
    """Whether the code of a rank says that the fact must not be relied on (`m:rank`)."""
    return local_name(rank).endswith("deprecated")


def is_adopted(status: str) -> bool:
    """Whether the code of a claim's status says that it counts as a fact (`m:status`)."""
    return local_name(status).endswith("accepted")
