"""Nodes of a generated graph as lines of N-Triples, and those that all of its ministries share."""

from __future__ import annotations

import calendar
from collections.abc import Iterator

from miit_graph.vocabulary import DCT, FOAF, PREFIXES, PROV, RDF, SKOS, TIME, M

D, C = PREFIXES["d"], PREFIXES["c"]
CV, SCHEMA, XSD = PREFIXES["cv"], PREFIXES["schema"], PREFIXES["xsd"]

Pair = tuple[str, str]
"""A property and a value, both as they stand in N-Triples."""


def i(iri: str) -> str:
    return f"<{iri}>"


def d(name: str) -> str:
    return f"<{D}gen-{name}>"


def c(name: str) -> str:
    return f"<{C}{name}>"


def text(value: str, lang: str | None = None) -> str:
    return f'"{value}"@{lang}' if lang else f'"{value}"'


def typed(value: str | int, datatype: str) -> str:
    return f'"{value}"^^<{XSD}{datatype}>'


TYPE, FROM, SOURCE, RANK = i(RDF.type), i(PROV.wasDerivedFrom), i(DCT.source), i(M.rank)
LABEL, ALT, NOTE = i(SKOS.prefLabel), i(SKOS.altLabel), i(SKOS.editorialNote)
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
        (i(M.nameOf), d(name)),
        (i(M.nameText), text(zh, "zh")),
        (i(M.nameBasis), c("name-curated")),
        (RANK, NORMAL),
        (i(PROV.wasAttributedTo), CURATORS),
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
        (i(TIME.inXSDgYear), typed(year, "gYear")),
        (i(M.edtf), text(str(year))),
        (i(M.earliest), typed(f"{year}-01-01", "date")),
        (i(M.latest), typed(f"{year}-12-31", "date")),
    )
    for month in range(1, 13):
        stated, last = f"{year}-{month:02}", calendar.monthrange(year, month)[1]
        yield from node(
            f"t-{stated}",
            (TIME.Instant,),
            (i(TIME.inXSDgYearMonth), typed(stated, "gYearMonth")),
            (i(M.edtf), text(stated)),
            (i(M.earliest), typed(f"{stated}-01", "date")),
            (i(M.latest), typed(f"{stated}-{last}", "date")),
        )
    yield from node(
        f"t-summer-{year}",
        (TIME.TemporalEntity,),
        *names(f"summer {year}", f"{year}年夏季"),
        (i(M.edtf), text(f"{year}-22")),
        (i(M.earliest), typed(f"{year}-06-01", "date")),
        (i(M.latest), typed(f"{year}-08-31", "date")),
    )


def region_code(number: int) -> str:
    """Two letters, a hyphen, three of letters and digits: a code that no other number has (up to 31 million)."""
    digits = []
    for base in (36, 36, 36, 26, 26):
        number, digit = divmod(number, base)
        digits.append(REGION_LETTERS[digit])
    return "".join([digits[4], digits[3], "-", digits[2], digits[1], digits[0]])
