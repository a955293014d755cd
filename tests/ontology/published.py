"""The list of published IRIs, and the way to extend it.

    .venv/bin/python tests/ontology/published.py

adds every term (``m:``) and code (``c:``) that is declared and not yet on the list to ontology/published.txt. Run it
when a version is released, and commit the result with it. Nothing is ever taken off the list.
"""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox

from miit_graph.build.sources import Project, parse
from miit_graph.vocabulary import OWL, PREFIXES, RDF, SKOS

LIST = Path("ontology") / "published.txt"
KINDS = {
    *(OWL[name] for name in ("Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty")),
    *(SKOS[name] for name in ("Concept", "ConceptScheme", "Collection")),
}
NAMESPACES = (PREFIXES["m"], PREFIXES["c"])


def declared(project: Project) -> set[str]:
    """The terms and codes that the files in ontology/ and codes/ declare, deprecated ones included."""
    return {
        quad.subject.value
        for file in project.files
        if file.role in ("ontology", "codes")
        for quad in parse(file)
        if quad.predicate == ox.NamedNode(RDF.type)
        and quad.object.value in KINDS
        and quad.subject.value.startswith(NAMESPACES)
    }


def published(project: Project) -> list[str]:
    """The IRIs on the list, as they stand there."""
    return (project.root / LIST).read_text(encoding="utf-8").splitlines()


def extend(project: Project) -> set[str]:
    """Put what is declared on the list, and return what is new there."""
    file = project.root / LIST
    before = set(published(project)) if file.exists() else set()
    after = before | declared(project)
    file.write_text("".join(f"{iri}\n" for iri in sorted(after)), encoding="utf-8")
    return after - before


if __name__ == "__main__":
    new = extend(Project.find(Path(__file__).resolve().parent))
    print(f"{LIST}: {len(new)} new", *sorted(new), sep="\n")
