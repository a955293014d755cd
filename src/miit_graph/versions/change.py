"""What a change does: run on the served dataset, told apart into what people author and what is made from it.

The graphs ``data/…`` and ``codes/…`` can be changed. The default graph that is served is everything merged, so what is
added to it goes to the graph ``data/added``, and what is deleted from it is deleted from every authored graph that has
it. What the rules, the ontology or the shapes say is not changed by an update. What is derived can be deleted together
with what it follows from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from miit_graph.build.sources import Project, SourceFile
from miit_graph.versions.patch import Patch
from miit_graph.vocabulary import PROV, M

if TYPE_CHECKING:
    from miit_graph.build.pipeline import Assembled

Change = Callable[[ox.Store], Iterable[None] | None]
"""Changes a copy of the served dataset. Where it yields, the default graph and the named graphs are made to agree."""

ADDED = "data/added"
"""The graph for what is added without naming a graph."""
_MADE = ("derived", "derivations", "inferred")
"""The graphs that follow from what is written."""
_SHOWN = 5


class ChangeRefused(Exception):
    """A change touches what can't be changed; the text says what and what to do instead."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a change means: for the graphs that people write, and for those that are made from them."""

    authored: Patch
    made: frozenset[ox.Quad]
    """What it deletes of what is made: done if it is not made again, see `check_gone`."""


def asked_change(project: Project, served: ox.Store, change: Change) -> Asked:
    """Run ``change`` on ``served`` (which it changes) and return what that means.

    Raises ChangeRefused, and whatever ``change`` raises.
    """
    before = now = _lines(served)
    for _ in change(served) or ():
        now = settle(project, served, now)
    after = settle(project, served, now)
    added, removed = (frozenset(_named(_quads(lines))) for lines in (after - before, before - after))
    made = {ox.NamedNode(project.graph(kind)) for kind in _MADE}
    gone = frozenset(quad for quad in removed if quad.graph_name in made)
    for quad in sorted((added | removed) - gone, key=str):
        _check(project, quad, quad in added)
    return Asked(Patch(added, removed - gone), gone)


def settle(project: Project, served: ox.Store, before: frozenset[bytes]) -> frozenset[bytes]:
    """Make the named graphs of ``served`` say what its default graph says, and the other way round.

    ``before`` is what was in it when the two last agreed, as lines of N-Quads: a tenth of the work that the same quads
    as objects are. What was added to the default graph since goes to `ADDED`; what was deleted from it goes from every
    named graph that had it before. Returns all that is in it then.
    """
    after = _lines(served)
    come, left = _quads(after - before), _quads(before - after)
    into = ox.NamedNode(project.graph(ADDED))
    removed = {quad for gone in _default(left) for quad in _everywhere(served, gone) if quad not in come}
    added = {ox.Quad(q.subject, q.predicate, q.object, into) for q in _default(come)}
    added = {quad for quad in added if quad not in served}
    for quad in removed:
        served.remove(quad)
    served.extend(added)
    for triple in {quad.triple for quad in come | left | added | removed}:
        merged = ox.Quad(triple.subject, triple.predicate, triple.object)
        if any(_everywhere(served, merged)):
            served.add(merged)
            added.add(merged)
        else:
            served.remove(merged)
            removed.add(merged)
    return (after - _written(removed)) | _written(added)


def _lines(store: ox.Store) -> frozenset[bytes]:
    return frozenset((store.dump(format=ox.RdfFormat.N_QUADS) or b"").split(b"\n"))


def _quads(lines: Iterable[bytes]) -> frozenset[ox.Quad]:
    return frozenset(ox.parse(b"\n".join(lines), format=ox.RdfFormat.N_QUADS))


def _written(quads: Iterable[ox.Quad]) -> frozenset[bytes]:
    return frozenset((ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b"").split(b"\n")) - {b""}


def _named(quads: Iterable[ox.Quad]) -> Iterator[ox.Quad]:
    return (quad for quad in quads if not isinstance(quad.graph_name, ox.DefaultGraph))


def _default(quads: Iterable[ox.Quad]) -> Iterator[ox.Quad]:
    return (quad for quad in quads if isinstance(quad.graph_name, ox.DefaultGraph))


def _everywhere(store: ox.Store, quad: ox.Quad) -> Iterator[ox.Quad]:
    """The named graphs' quads with the triple of a quad."""
    return _named(store.quads_for_pattern(quad.subject, quad.predicate, quad.object))


def _check(project: Project, quad: ox.Quad, added: bool) -> None:
    graph = quad.graph_name
    name = graph.value if isinstance(graph, ox.NamedNode) else str(graph)
    if not name.startswith((project.graph("data/"), project.graph("codes/"))):
        made = name in {project.graph(kind) for kind in (*_MADE, "description")}
        why = "is made from the others. Add what it follows from"
        if not made:
            data, codes = project.graph("data/"), project.graph("codes/")
            why = f"can't be changed by an update. Those below {data} and {codes} can"
        raise ChangeRefused(f"{quad.triple} is in the graph <{name}>, which {why}.")
    if added and ox.BlankNode in (type(quad.subject), type(quad.object)):
        raise ChangeRefused(f"{quad.triple} has a blank node, which nobody could cite or link to. Give it an IRI.")


def check_gone(project: Project, asked: Asked, now: ox.Store) -> None:
    """Raise ChangeRefused if what ``asked`` deletes of what is made stands in ``now`` again.

    What is accepted has done all that it says. The text names the rules and the facts that the triples follow from.
    """
    again = sorted((quad for quad in asked.made if quad in now), key=str)
    if not again:
        return
    told = [f"{quad.triple} {_reason(project, quad, now)}" for quad in again[:_SHOWN]]
    more = [f"and {len(again) - _SHOWN} more"] if len(again) > _SHOWN else []
    raise ChangeRefused(
        f"What is derived goes when what it follows from goes, and this would be derived again: "
        f"{'; '.join([*told, *more])}. Delete or change that in the same update."
    )


def _reason(project: Project, quad: ox.Quad, now: ox.Store) -> str:
    """What a quad follows from, as far as it is recorded."""
    from miit_graph.build.derive import derivation_iri

    if quad.graph_name == ox.NamedNode(project.graph("inferred")):
        return "(follows from the ontology)"
    recorded = quad.graph_name == ox.NamedNode(project.graph("derivations"))
    record = quad.subject if recorded else derivation_iri(project, quad.triple)
    found = {
        name: sorted(_text(q.object) for q in now.quads_for_pattern(record, ox.NamedNode(name), None))
        for name in (PROV.wasDerivedFrom, M.derivedBy)
    }
    facts, rules = found.values()
    said = [*(f"from {fact}" for fact in facts[:_SHOWN]), *(f"by {rule}" for rule in rules)]
    return f"({', '.join(said)})" if said else "(by a rule)"


def _text(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> str:
    return term.value if isinstance(term, ox.Literal) else str(term)


def assemble_changed(project: Project, served: ox.Store) -> Assembled:
    """The authored part of ``served`` (see `asked_change`, which left it so), with plain triples derived anew.

    Raises RuleError.
    """
    # Web processes know what a change is, too, and need none of the libraries that build.
    from miit_graph.build.derive import derive
    from miit_graph.build.pipeline import Assembled

    authored = tuple(project.graph(f"{role}/") for role in ("ontology", "codes", "data", "shapes"))
    served.clear_graph(ox.DefaultGraph())
    for graph in list(served.named_graphs()):
        if not isinstance(graph, ox.NamedNode) or not graph.value.startswith(authored):
            served.remove_graph(graph)
    known = {file.graph for file in project.files}
    named = [graph for graph in served.named_graphs() if isinstance(graph, ox.NamedNode) and graph.value not in known]
    # A store remembers graphs that have been emptied.
    more = sorted(graph.value for graph in named if any(served.quads_for_pattern(None, None, None, graph)))
    files = (*project.files, *(_file(project, graph) for graph in more))
    return Assembled(served, files, derive(served, project))


def _file(project: Project, graph: str) -> SourceFile:
    """The file that a graph without one will have once it is written back."""
    name = graph.removeprefix(project.graph(""))
    return SourceFile(project.root / Path(f"{name}.ttl"), f"{name}.ttl", graph, name.partition("/")[0])
