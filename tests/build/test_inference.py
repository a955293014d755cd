"""A build writes out what follows from the ontology, unless told not to."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox

from miit_graph.build.snapshot import Snapshot
from tests.conftest import ROOT, RunCli

SUPERCLASS = """
    PREFIX d: <https://w3id.org/miit-graph/id/>
    PREFIX org: <http://www.w3.org/ns/org#>
    ASK { d:caict a org:Organization }"""
INFERRED = "https://w3id.org/miit-graph/graph/inferred"


def test_superclasses_answer_in_plain_sparql(snapshot: Snapshot) -> None:
    assert snapshot.load().query(SUPERCLASS)
    assert any(graph["iri"] == INFERRED and graph["triples"] > 0 for graph in snapshot.manifest["graphs"])


def test_it_can_be_left_out(cli: RunCli, tmp_path: Path, snapshot: Snapshot) -> None:
    result = cli("build", "--project", ROOT, "--out", tmp_path, "--no-inference")
    assert result.returncode == 0, result.stderr
    plain = Snapshot.open(tmp_path)
    store = plain.load()
    assert not store.query(SUPERCLASS)
    assert not store.contains_named_graph(ox.NamedNode(INFERRED))
    assert plain.version != snapshot.version
    assert INFERRED not in {graph["iri"] for graph in plain.manifest["graphs"]}
