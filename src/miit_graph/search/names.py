"""What is a name: which properties hold one, and what that says about it. For any vocabulary."""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import unquote

from miit_graph.vocabulary import DCT, FOAF, RDFS, SCHEMA, SKOS, M

Basis = Literal["preferred", "label", "formal", "alternative", "source", "notation", "identifier"]
BASES: dict[Basis, float] = {
    "preferred": 1.0,
    "label": 1.0,
    "formal": 0.98,
    "alternative": 0.96,
    "source": 0.93,
    "notation": 0.85,
    "identifier": 0.75,
}
"""What a name rests on, the best first, and how much a match with it counts."""
ORDER: tuple[Basis, ...] = tuple(BASES)

_OLD_SCHEMA = "http://schema.org/"
_KNOWN: dict[str, Basis] = {
    SKOS.prefLabel: "preferred",
    RDFS.label: "label",
    SKOS.altLabel: "alternative",
    SKOS.hiddenLabel: "alternative",
    SKOS.notation: "notation",
    DCT["title"]: "label",
    DCT.alternative: "alternative",
    DCT.identifier: "notation",
    FOAF.name: "label",
    FOAF.nick: "alternative",
    M.formalName: "formal",
    M.nameText: "source",
    **dict.fromkeys((SCHEMA.name, f"{_OLD_SCHEMA}name"), "label"),
    **dict.fromkeys((SCHEMA.alternateName, f"{_OLD_SCHEMA}alternateName"), "alternative"),
    **dict.fromkeys((SCHEMA.legalName, f"{_OLD_SCHEMA}legalName"), "formal"),
    **dict.fromkeys((SCHEMA.identifier, f"{_OLD_SCHEMA}identifier"), "notation"),
}
_BY_LOCAL_NAME: dict[str, Basis] = {
    **dict.fromkeys(("label", "name", "title", "名称", "标题"), "label"),
    "preflabel": "preferred",
    **dict.fromkeys(("fullname", "legalname", "officialname"), "formal"),
    **dict.fromkeys(("altlabel", "alias", "alternatename", "acronym", "abbreviation", "shortname"), "alternative"),
    **dict.fromkeys(("notation", "identifier"), "notation"),
}
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def local_name(iri: str) -> str:
    """What stands behind the last # or / (or colon), decoded."""
    rest = iri.rstrip("#/")
    return unquote(re.split(r"[#/:]", rest)[-1])


def basis_of(predicate: str) -> Basis | None:
    """What a literal of ``predicate`` is as a name; None if it is none. Other vocabularies go by the local name."""
    return _KNOWN.get(predicate) or _BY_LOCAL_NAME.get(local_name(predicate).lower())


def spelled_out(iri: str) -> str:
    """The local name as words: ``hasOffice`` as "has Office"."""
    return _CAMEL.sub(" ", local_name(iri))
