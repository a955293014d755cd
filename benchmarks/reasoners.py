"""Which reasoner writes out what follows from the ontology: time, memory, and whether they agree.

    .venv/bin/pip install reasonable owlrl
    .venv/bin/python benchmarks/reasoners.py [--copies 1 10] [--engines own sparql reasonable owlrl] [--limit 600]

Every engine gets the same input: the axioms that `miit_graph.build.infer` knows, and the shipped facts, copied as often
as asked with other IRIs (one copy is about 20,000 triples). Domains, ranges and functional properties are left out of
the input, because what follows from them is not wanted. Each engine runs in a process of its own, from a file of
N-Triples to the set of new triples; of these are counted those that are wanted: no literal as subject, nothing of OWL's
and RDFS's own vocabulary. Seconds are wall clock and processor time, memory is the growth of the peak.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from miit_graph.build.infer import Axioms, closure
from miit_graph.build.pipeline import assemble
from miit_graph.build.sources import Project
from miit_graph.vocabulary import OWL, PREFIXES, RDF, RDFS

AXIOMS = {RDFS.subClassOf, RDFS.subPropertyOf, OWL.equivalentClass, OWL.equivalentProperty, OWL.inverseOf}
AXIOMS |= {OWL.propertyChainAxiom, RDF.first, RDF.rest}
KINDS = {OWL.TransitiveProperty, OWL.SymmetricProperty}
Triples = set[ox.Triple]


def write_input(project: Project, copies: int, file: Path) -> None:
    """One file: first the axioms, then an empty line, then the facts."""
    axioms: Triples = set()
    facts: Triples = set()
    for quad in assemble(project).store:
        name = quad.graph_name.value.removeprefix(project.graph(""))
        if name.startswith("ontology/"):
            if quad.predicate.value in AXIOMS or (quad.predicate.value == RDF.type and quad.object.value in KINDS):
                axioms.add(quad.triple)
        elif name != "derivations" and not name.startswith("shapes/"):
            facts.add(quad.triple)
    lists = {t.subject for t in axioms if t.predicate.value == RDF.rest} - _chained(axioms)
    axioms = {t for t in axioms if t.subject not in lists}
    copied = {
        ox.Triple(_copy(t.subject, number), t.predicate, _copy(t.object, number))
        for t in facts
        for number in range(copies)
    }
    parts = (ox.serialize(sorted(part, key=str), format=ox.RdfFormat.N_TRIPLES) for part in (axioms, copied))
    file.write_bytes(b"\n".join(parts))


def _chained(axioms: Triples) -> set[Any]:
    """The list nodes that belong to property chains; those of disjointness axioms say nothing to these engines."""
    rests = {t.subject: t.object for t in axioms if t.predicate.value == RDF.rest}
    nodes = {t.object for t in axioms if t.predicate.value == OWL.propertyChainAxiom}
    while more := {rests[node] for node in nodes if node in rests} - nodes:
        nodes |= more
    return nodes


def _copy(term: Any, number: int) -> Any:
    if number and isinstance(term, ox.NamedNode) and term.value.startswith(PREFIXES["d"]):
        return ox.NamedNode(f"{term.value}-copy-{number}")
    return term


def read(text: bytes) -> Triples:
    return {quad.triple for quad in ox.parse(text, format=ox.RdfFormat.N_TRIPLES)}


def own(text: bytes) -> Triples:
    axioms, facts = (read(part) for part in text.split(b"\n\n", 1))
    return closure(Axioms.read(axioms), facts)


RULES = (
    "?x a ?d WHERE ?c (rdfs:subClassOf|owl:equivalentClass|^owl:equivalentClass)+ ?d . ?x a ?c",
    "?x ?q ?y WHERE ?p (rdfs:subPropertyOf|owl:equivalentProperty|^owl:equivalentProperty)+ ?q . ?x ?p ?y",
    "?y ?q ?x WHERE ?p owl:inverseOf|^owl:inverseOf ?q . ?x ?p ?y FILTER(!isLiteral(?y))",
    "?y ?p ?x WHERE ?p a owl:SymmetricProperty . ?x ?p ?y FILTER(!isLiteral(?y))",
    "?x ?p ?z WHERE ?p a owl:TransitiveProperty . ?x ?p ?y . ?y ?p ?z",
    "?x ?q ?z WHERE ?q owl:propertyChainAxiom ?l . ?l rdf:first ?a ; rdf:rest ?m . "
    "?m rdf:first ?b ; rdf:rest rdf:nil . ?x ?a ?y . ?y ?b ?z",
)


def sparql(text: bytes) -> Triples:
    """The same rules as SPARQL updates in Oxigraph, repeated until nothing is new."""
    store = ox.Store()
    store.bulk_load(input=text, format=ox.RdfFormat.N_TRIPLES)
    prefixes = "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in ("rdf", "rdfs", "owl"))
    size = -1
    while len(store) != size:
        size = len(store)
        for rule in RULES:
            head, body = rule.split(" WHERE ")
            store.update(f"{prefixes} INSERT {{ {head} }} WHERE {{ {body} }}")
    return {quad.triple for quad in store}


def reasonable(text: bytes) -> Triples:
    import rdflib
    import reasonable as library

    with tempfile.NamedTemporaryFile(suffix=".ttl") as file:
        file.write(text)
        file.flush()
        reasoner = library.PyReasoner()
        reasoner.load_file(file.name)
    return {_from_rdflib(t) for t in reasoner.reason() if not isinstance(t[0], rdflib.Literal)}


def owlrl(text: bytes) -> Triples:
    import owlrl as library
    import rdflib

    graph = rdflib.Graph().parse(data=text, format="nt")
    library.DeductiveClosure(library.OWLRL_Semantics).expand(graph)
    return {_from_rdflib(t) for t in graph if not isinstance(t[0], rdflib.Literal)}


def _from_rdflib(triple: Any) -> ox.Triple:
    import rdflib

    def term(node: Any) -> Any:
        if isinstance(node, rdflib.URIRef):
            return ox.NamedNode(str(node))
        if isinstance(node, rdflib.BNode):
            return ox.BlankNode(str(node))
        if node.language:
            return ox.Literal(str(node), language=node.language)
        return ox.Literal(str(node), datatype=ox.NamedNode(str(node.datatype)) if node.datatype else None)

    return ox.Triple(*map(term, triple))


ENGINES: dict[str, Callable[[bytes], Triples]] = {
    "own": own,
    "sparql": sparql,
    "reasonable": reasonable,
    "owlrl": owlrl,
}


def wanted(triple: ox.Triple) -> bool:
    """Whether a triple says something about the things of the graph, rather than about terms or about everything."""
    return (
        isinstance(triple.subject, ox.NamedNode)
        and triple.subject.value.startswith((PREFIXES["d"], PREFIXES["c"]))
        and not triple.predicate.value.startswith((OWL, RDFS))
        and not (isinstance(triple.object, ox.NamedNode) and triple.object.value.startswith((OWL, RDFS)))
    )


def peak_megabytes() -> float:
    """The process's peak memory. Linux hands ru_maxrss down from parent to child, VmHWM it does not."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().split("VmHWM:")[1].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(engine: str, source: Path, result: Path) -> None:
    """In a process of its own: run `engine` on `source`, write what is new and wanted to `result`, print figures."""
    text = source.read_bytes()
    ENGINES[engine](b"<urn:a> <urn:p> <urn:b> .\n\n<urn:a> <urn:p> <urn:c> .\n")  # imports are not what is measured
    peak = peak_megabytes()
    wall, processor = time.perf_counter(), time.process_time()
    found = ENGINES[engine](text)
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    megabytes = peak_megabytes() - peak
    given = read(text)
    lines = sorted(str(triple) for triple in found - given if wanted(triple))
    result.write_text("\n".join(lines), encoding="utf-8")
    print(json.dumps({"wall": wall, "cpu": processor, "mb": megabytes, "all": len(found)}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--copies", type=int, nargs="+", default=[1, 10])
    parser.add_argument("--engines", nargs="+", default=list(ENGINES), choices=list(ENGINES))
    parser.add_argument("--limit", type=float, default=600, help="seconds for one run")
    parser.add_argument("--measure", nargs=3, metavar=("ENGINE", "SOURCE", "RESULT"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        measure(options.measure[0], Path(options.measure[1]), Path(options.measure[2]))
        return
    project = Project.find(Path(__file__).resolve().parent)
    print("| triples in | engine | wall s | cpu s | memory MB | new and wanted | missing | too many |")
    print("|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for copies in options.copies:
            source = Path(folder) / f"in-{copies}.nt"
            write_input(project, copies, source)
            size = len(read(source.read_bytes()))
            reference: set[str] | None = None
            for engine in options.engines:
                result = Path(folder) / f"out-{engine}-{copies}.nt"
                command = [sys.executable, __file__, "--measure", engine, str(source), str(result)]
                try:
                    run = subprocess.run(command, capture_output=True, text=True, timeout=options.limit, check=True)
                except subprocess.TimeoutExpired:
                    print(f"| {size:,} | {engine} | over {options.limit:.0f} | | | | | |")
                    continue
                except subprocess.CalledProcessError as error:
                    print(f"| {size:,} | {engine} | failed: {error.stderr.strip().splitlines()[-1]} | | | | | |")
                    continue
                figures = json.loads(run.stdout)
                lines = set(result.read_text(encoding="utf-8").splitlines())
                reference = lines if reference is None else reference
                print(
                    f"| {size:,} | {engine} | {figures['wall']:.2f} | {figures['cpu']:.2f} | {figures['mb']:.0f} "
                    f"| {len(lines):,} | {len(reference - lines):,} | {len(lines - reference):,} |",
                    flush=True,
                )


if __name__ == "__main__":
    main()
