"""What was published stays: each term and code on the list is still declared, if only as deprecated."""

from __future__ import annotations

from pathlib import Path

from miit_graph.build.sources import Project
from tests.ontology.published import NAMESPACES, declared, extend, published


def vanished(project: Project) -> set[str]:
    return set(published(project)) - declared(project)


def test_no_published_iri_has_vanished(project: Project) -> None:
    assert vanished(project) == set(), (
        "These IRIs were published. Put them back, deprecated if need be: see docs/ontology-versions.md."
    )


def test_the_list_is_sorted_and_holds_terms_and_codes_only(project: Project) -> None:
    listed = published(project)
    assert listed == sorted(set(listed))
    assert listed
    assert all(iri.startswith(NAMESPACES) for iri in listed)


def test_a_deleted_term_and_a_renamed_code_are_noticed(project_copy: Path) -> None:
    for name, old, new in (
        ("ontology/org.ttl", "m:plateIssuer a owl:ObjectProperty", "m:issuer a owl:ObjectProperty"),
        ("codes/rank.ttl", "c:rank-ministerial a", "c:rank-minister a"),
    ):
        file = project_copy / name
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8")
    copy = Project.open(project_copy)
    assert {iri.rsplit("/", 1)[1] for iri in vanished(copy)} == {"ont#plateIssuer", "rank-ministerial"}


def test_a_deprecated_term_is_still_declared(project_copy: Path) -> None:
    file = project_copy / "ontology" / "org.ttl"
    text = file.read_text(encoding="utf-8")
    kept = "m:plateIssuer owl:deprecated true ; dct:isReplacedBy m:plateOf .\n"
    file.write_text(f"{text}\n{kept}", encoding="utf-8")
    assert vanished(Project.open(project_copy)) == set()


def test_the_list_grows_by_what_is_new_and_never_shrinks(project_copy: Path) -> None:
    project = Project.open(project_copy)
    extend(project)
    before = published(project)
    file = project_copy / "ontology" / "org.ttl"
    text = file.read_text(encoding="utf-8")
    changed = text.replace("m:plateIssuer a owl:ObjectProperty", "m:anotherIssuer a owl:ObjectProperty")
    file.write_text(changed, encoding="utf-8")
    new = extend(Project.open(project_copy))
    assert {iri.rsplit("#", 1)[1] for iri in new} == {"anotherIssuer"}
    assert published(project) == sorted([*before, *new])
