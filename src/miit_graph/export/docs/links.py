"""Addresses of what the pages tell about, as seen from one page."""

from __future__ import annotations

from miit_graph.export.docs.documents import Documents

PAGES = ("index", "codes", "rules", "reused", "alignments")
"""Names of the pages of a language, as files without their ending."""


class Links:
    """Which page tells about an IRI."""

    def __init__(self, documents: Documents) -> None:
        places: dict[str, tuple[str, str]] = {}
        for alignment in documents.alignments:
            places[alignment.header.iri] = ("alignments", alignment.header.anchor)
            places |= {term.iri: ("alignments", term.anchor) for term in alignment.terms}
        for rule in documents.rules:
            places[rule.iri] = ("rules", rule.anchor)
        for scheme in documents.schemes:
            places[scheme.iri] = ("codes", scheme.anchor)
            places |= {concept.iri: ("codes", concept.anchor) for concept in scheme.concepts}
        for module, _ in documents.modules:
            places[module.iri] = ("index", module.anchor)
        for term in documents.terms.values():
            places[term.iri] = ("index" if term.own else "reused", term.anchor)
        self._places = places

    def to(self, iri: str, page: str) -> str | None:
        """The address of what tells about `iri`, as seen from `page`; None if nothing does."""
        if iri not in self._places:
            return None
        where, anchor = self._places[iri]
        return f"#{anchor}" if where == page else f"{where}.html#{anchor}"
