"""Options: from text, and what they do to the graph."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pyoxigraph as ox
import pytest

from miit_graph.export.graph import FORMATS, HELP, OptionError, Options, PropertyGraph, Source, file_format
from tests.conftest import ROOT
from tests.export.graph.conftest import graph_of, written
from tests.export.graph.test_graph_readers import PREFIXES, answer

D = "https://w3id.org/miit-graph/id/"


def graph(source: Source, **options: str) -> PropertyGraph:
    return graph_of(source, Options.from_strings(options))


def ids(found: PropertyGraph) -> set[str]:
    return {node.id for node in found.nodes}


def test_from_strings() -> None:
    options = Options.from_strings(
        {
            "root": ["d:miit, sastind", "<http://example.org/a,b>"],
            "depth": "2",
            "nodes": "entities m:Nameplate",
            "edges": "org:unitOf,inferred",
            "lang": "ZH",
            "as-of": "2012-06-30",
            "facts": "keep",
            "claims": "no",
            "properties": "false",
            "dialect": "yed",
            "table": "",
        }
    )
    assert options == Options(
        root=("d:miit", "sastind", "http://example.org/a,b"),
        depth=2,
        nodes=("entities", "m:Nameplate"),
        edges=("org:unitOf", "inferred"),
        lang="zh",
        as_of=date(2012, 6, 30),
        facts="keep",
        claims=False,
        properties=False,
        dialect="yed",
    )
    assert Options.from_strings({}) == Options.from_strings({"as_of": " ", "root": []}) == Options()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"depht": "1"}, r"depht='1'.*name of an option.*depth"),
        ({"depth": "1"}, r"depth='1'.*root"),
        ({"root": "miit", "depth": "-1"}, r"depth='-1'.*whole number"),
        ({"root": "miit", "depth": "٣"}, r"depth='٣'.*whole number"),
        ({"as-of": "2012"}, r"as-of='2012'.*2012-06-30"),
        ({"as-of": "2012-02-30"}, r"a day"),
        ({"lang": "english please"}, r"language tag"),
        ({"facts": "drop"}, r"facts='drop'.*collapse, keep"),
        ({"claims": "maybe"}, r"yes or no"),
        ({"facts": ["keep", "collapse"]}, r"facts='keep, collapse': expected one value"),
    ],
)
def test_wrong_text(given: dict[str, str], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        Options.from_strings(given)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"root": "beijing-university"}, r"root='beijing-university'.*Near to it:.*d:beijing"),
        ({"root": "http://example.org/nothing"}, r"root="),
        ({"nodes": "m:Univresity"}, r"nodes='m:Univresity'.*entities"),
        ({"edges": "org:subOrganisationOf"}, r"edges=.*org:subOrganizationOf"),
        ({"edges": "org:hasSubOrganization"}, r"needs inferred beside it"),
        ({"root": "miit", "as-of": "2000-01-01"}, r"root='d:miit'.*existed on 2000-01-01"),
    ],
)
def test_names_that_are_not_there(source: Source, given: dict[str, str], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        graph(source, **given)


def test_options_of_other_formats(source: Source) -> None:
    with pytest.raises(OptionError, match=r"format='svg'.*gexf"):
        file_format("svg", Options())
    with pytest.raises(OptionError, match="only graphml"):
        written(source, "gexf", dialect="yed")
    with pytest.raises(OptionError, match="only csv"):
        written(source, "dot", table="nodes")
    assert file_format("csv", Options(table="edges")).extension == "csv"
    assert {name: file_format(name, Options()).extension for name in FORMATS} == {
        "gexf": "gexf", "graphml": "graphml", "dot": "dot", "cyjs": "cyjs", "graphology": "json", "csv": "zip"
    }  # fmt: skip


def test_neighbourhood(source: Source) -> None:
    everything = graph(source)
    near = graph(source, root="miit")
    ties = {e.source for e in everything.edges if e.target == D + "miit"}
    ties |= {e.target for e in everything.edges if e.source == D + "miit"}
    assert ids(near) == ties | {D + "miit"}
    assert {node.id: node.values["distance"] for node in near.nodes} == {
        iri: int(iri != D + "miit") for iri in ids(near)
    }
    assert [node.id for node in graph(source, root="d:miit", depth="0").nodes] == [D + "miit"]
    far = graph(source, root="miit", depth="2")
    assert ids(near) < ids(far) < ids(everything)
    both = graph(source, root="miit,caict", depth="1")
    assert ids(both) >= ids(near) and both.nodes[0].values["distance"] in (0, 1)
    # Whatever lies between nodes of the neighbourhood belongs to it.
    wanted = {e.id for e in everything.edges if {e.source, e.target} <= ids(near)}
    assert {e.id for e in near.edges} == wanted


def test_a_root_of_another_kind(source: Source) -> None:
    found = graph(source, root="c:sec-telecommunications")
    assert D + "miit" in ids(found) and "https://w3id.org/miit-graph/code/sec-telecommunications" in ids(found)


def test_kinds_of_node(source: Source, graph_store: ox.Store) -> None:
    regions = {row[0] for row in answer(graph_store, PREFIXES + "SELECT ?r { ?r a m:Region }")}
    assert ids(graph(source, nodes="m:Region")) == regions
    organs = {row[0] for row in answer(graph_store, PREFIXES + "SELECT DISTINCT ?r { ?r a m:StateOrgan }")}
    assert ids(graph(source, nodes="m:StateOrgan")) == organs  # subclasses, too
    with_concepts = graph(source, nodes="entities,concepts")
    kinds = {edge.kind.name for edge in with_concepts.edges}
    assert {"org:purpose", "m:responsibleFor", "m:pursues"} <= kinds
    assert not {"org:purpose", "m:responsibleFor", "m:pursues"} & {e.kind.name for e in graph(source).edges}
    plates = graph(source, nodes="entities m:Nameplate")
    assert {n.values["category"] for n in plates.nodes} == {"entities", "facts"}
    assert sum(e.kind.name == "m:plateOf" and e.values["rank"] == "normal" for e in plates.edges) > 10


def test_groups_of_nodes(source: Source, graph_store: ox.Store) -> None:
    """Every group that a class stands for is complete, and nothing with a class falls out of the groups."""
    classes = {
        "facts": "m:Fact",
        "citations": "m:Citation",
        "sources": "m:SourceDocument",
        "times": "time:TemporalEntity",
        "concepts": "skos:Concept",
        "derivations": "m:Derivation",
    }
    groups: dict[str, set[str]] = {}
    for node in graph(source, nodes="all", properties="no").nodes:
        groups.setdefault(str(node.values["category"]), set()).add(node.id)
    for group, name in classes.items():
        members = {row[0] for row in answer(graph_store, PREFIXES + f"SELECT DISTINCT ?x {{ ?x a {name} }}")}
        assert members <= groups[group] if group == "concepts" else members == groups[group]
    untyped = {row[0] for row in answer(graph_store, "SELECT DISTINCT ?x { ?x ?p ?o FILTER NOT EXISTS { ?x a ?c } }")}
    subjects = {row[0] for row in answer(graph_store, "SELECT DISTINCT ?x { ?x ?p ?o }")}
    assert groups.get("external", set()) & subjects <= untyped


def test_kinds_of_edge(source: Source) -> None:
    offices = graph(source, edges="org:unitOf")
    assert {edge.kind.name for edge in offices.edges} == {"org:unitOf"} and len(offices.edges) == 26
    inferred = graph(source, edges="inferred,org:hasUnit")
    assert len(inferred.edges) == 26 and all(edge.inferred for edge in inferred.edges)
    stated = graph(source, edges="stated")
    assert {edge.values["origin"] for edge in stated.edges} == {"stated"}
    claims = graph(source, nodes="all", edges="claimed")
    assert claims.edges and all(e.claimed and not e.values["asserted"] for e in claims.edges)
    assert {"rejected", "anachronistic"} <= {e.values["status"] for e in claims.edges}
    assert not any(e.claimed for e in graph(source, claims="no").edges)
    kept = graph(source, facts="keep", claims="no")
    assert "m:Claim" not in {node.kind.name for node in kept.nodes}


def test_languages(source: Source) -> None:
    for lang, name in (("en", "State Council"), ("zh", "国务院"), ("fr", "State Council")):
        node = next(n for n in graph(source, lang=lang).nodes if n.id == D + "state-council")
        assert node.label == name
        assert (node.values["label_en"], node.values["label_zh"]) == ("State Council", "国务院")
    assert [k.label for k in graph(source, lang="zh", nodes="m:PublicInstitution").node_kinds] == ["事业单位"]


def test_properties_as_columns(source: Source) -> None:
    found = graph(source)
    columns = {column.name: column for column in found.node_columns}
    assert columns["m_holderLimit"].type == "integer" and columns["skos_altLabel_zh"].meaning.endswith("#altLabel")
    assert columns["org_purpose"].type == "list"
    plain = graph(source, properties="no")
    assert {c.name for c in plain.node_columns} < set(columns)
    assert [n.id for n in plain.nodes] == [n.id for n in found.nodes]
    declared = {column.name for column in found.node_columns}
    assert all(node.values.keys() <= declared for node in found.nodes)
    assert all(edge.values.keys() <= {c.name for c in found.edge_columns} for edge in found.edges)
    for columns_ in (found.node_columns, found.edge_columns):
        names = [column.name for column in columns_]
        assert len(names) == len(set(names)) and all(re.fullmatch(r"\w+", name) for name in names)


DAYS = ("1999-12-31", "2008-03-01", "2008-03-15", "2010-12-01", "2010-12-15", "2011-01-01", "2012-06-30",
        "2015-05-08", "2020-07-31", "2022-07-29", "2022-09-15", "2025-02-10", "2025-04-30", "2030-01-01")  # fmt: skip


@pytest.mark.parametrize("day", DAYS)
def test_as_of_a_day(source: Source, graph_store: ox.Store, day: str) -> None:
    """The states are those of the competency question about the organisation chart of a day."""
    query = (ROOT / "queries" / "40-organisation-chart-as-of.rq").read_text(encoding="utf-8")
    query = re.sub(r'"2010-12-15"\^\^xsd:date', f'"{day}"^^xsd:date', query)
    expected = {(row[2], row[1], row[0]) for row in answer(graph_store, query)}
    oversight = {row[0] for row in answer(graph_store, PREFIXES + "SELECT ?f { ?f m:affiliationKind c:aff-oversight }")}
    found = graph(source, **{"as-of": day})
    got = {
        (edge.source, edge.target, str(edge.values["state"]))
        for edge in found.edges
        if edge.values.get("fact_kind") in ("m:Affiliation", "m:Tenure")
        and edge.values["fact"] not in oversight
        and edge.kind.name != "org:heldBy"
    }
    assert got == expected
    assert len(got) > 1
    assert all(node.values["state"] in ("certain", "undecided", "undated") for node in found.nodes)


def test_lifetimes(source: Source) -> None:
    miit = D + "miit"
    assert miit not in ids(graph(source, **{"as-of": "2008-02-29"}))
    states = {
        day: next(n.values["state"] for n in graph(source, **{"as-of": day}).nodes if n.id == miit)
        for day in ("2008-03-01", "2008-03-31")
    }
    assert states == {"2008-03-01": "undecided", "2008-03-31": "certain"}
    (node,) = (n for n in graph(source).nodes if n.id == miit)
    assert (node.start, node.end, node.values["valid_from"]) == ("2008-03-01", None, "2008-03")


def test_nobody_floats_about_without_a_reason(source: Source) -> None:
    """Who has no relation left on a day because all of them certainly did not hold is left out, too."""
    ends = {end for edge in graph(source).edges for end in (edge.source, edge.target)}
    past = graph(source, **{"as-of": "2009-01-01"})
    alone = ids(past) - {end for edge in past.edges for end in (edge.source, edge.target)}
    assert not alone & ends


def test_help_names_every_option() -> None:
    fields = {name.replace("_", "-") for name in Options.__dataclass_fields__}
    assert set(HELP) == fields
    text = (ROOT / "docs" / "graph-files.md").read_text(encoding="utf-8")
    for name in HELP:
        assert f"`{name}`" in text
    for column in ("valid_from_earliest", "cited_lines", "asserted", "kind_label", "distance"):
        assert f"`{column}`" in text


def test_nothing_is_written_on_an_error(source: Source, tmp_path: Path) -> None:
    from miit_graph.export.graph import write_graph

    with (tmp_path / "x").open("wb") as stream, pytest.raises(OptionError):
        write_graph(source, "gexf", stream, Options(root=("nothing-of-the-kind",)))
    assert not (tmp_path / "x").read_bytes()
