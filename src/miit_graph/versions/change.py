"""What a change does: run on the served dataset, told apart into what people author and what is made from it.

The graphs ``data/…`` and ``codes/…`` can be changed. The default graph that is served is everything merged, so what is
added to it goes to the graph ``data/added``, and what is deleted from it is deleted from every authored graph that has
it. What the rules, the ontology or the shapes say is not changed by an update.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from miit_graph.build.sources import Project, SourceFile
from miit_graph.versions.patch import Patch

if TYPE_CHECKING:
    from miit_graph.build.pipeline import Assembled

Change = Callable[[ox.Store], Iterable[None] | None]
"""Changes a copy of the served dataset. Where it yields, the default graph and the named graphs are made to agree."""

ADDED = "data/added"
"""The graph for what is added without naming a graph."""


class ChangeRefused(Exception):
    """A change touches what can't be changed; the text says what and what to do instead."""


def authored_change(project: Project, served: ox.Store, change: Change) -> Patch:
    """Run ``change`` on ``served`` (which it changes) and return what that means for the authored graphs.

    Raises ChangeRefused, and whatever ``change`` raises.
    """
    before = now = frozenset(served)
    for _ in change(served) or ():
        now = settle(project, served, now)
    after = settle(project, served, now)
    named = (quad for quad in before ^ after if not isinstance(quad.graph_name, ox.DefaultGraph))
    for quad in sorted(named, key=str):
        _check(project, quad, quad in after)
    return Patch(frozenset(_named(after - before)), frozenset(_named(before - after)))


def settle(project: Project, served: ox.Store, before: frozenset[ox.Quad]) -> frozenset[ox.Quad]:
    """Make the named graphs of ``served`` say what its default graph says, and the other way round.

    ``before`` is what was in it when the two last agreed. What was added to the default graph since goes to `ADDED`;
    what was deleted from it goes from every named graph that had it before. Returns all that is in it then.
    """
    after = frozenset(served)
    changed = before ^ after
    gone = {quad.triple for quad in changed if quad in before and isinstance(quad.graph_name, ox.DefaultGraph)}
    come = {quad.triple for quad in changed if quad in after and isinstance(quad.graph_name, ox.DefaultGraph)}
    into = ox.NamedNode(project.graph(ADDED))
    removed = {quad for quad in _named(before) if quad.triple in gone} & after if gone else set()
    added = {ox.Quad(triple.subject, triple.predicate, triple.object, into) for triple in come} - after
    for quad in removed:
        served.remove(quad)
    served.extend(added)
    for triple in {quad.triple for quad in changed | added | removed}:
        merged = ox.Quad(triple.subject, triple.predicate, triple.object)
        if any(_named(served.quads_for_pattern(triple.subject, triple.predicate, triple.object))):
            served.add(merged)
            added.add(merged)
        else:
            served.remove(merged)
            removed.add(merged)
    return (after - removed) | added


def _named(quads: Iterable[ox.Quad]) -> Iterator[ox.Quad]:
    return (quad for quad in quads if not isinstance(quad.graph_name, ox.DefaultGraph))


def _check(project: Project, quad: ox.Quad, added: bool) -> None:
    graph = quad.graph_name
    name = graph.value if isinstance(graph, ox.NamedNode) else str(graph)
    if not name.startswith((project.graph("data/"), project.graph("codes/"))):
        made = name in {project.graph(kind) for kind in ("derived", "derivations", "inferred", "description")}
        why = "is made from the facts. Change the fact that it rests on; m:Derivation leads there"
        if not made:
            data, codes = project.graph("data/"), project.graph("codes/")
            why = f"can't be changed by an update. Those below {data} and {codes} can"
        raise ChangeRefused(f"{quad.triple} is in the graph <{name}>, which {why}.")
    if added and ox.BlankNode in (type(quad.subject), type(quad.object)):
        raise ChangeRefused(f"{quad.triple} has a blank node, which nobody could cite or link to. Give it an IRI.")


def assemble_changed(project: Project, dataset: Iterable[ox.Quad], patch: Patch) -> Assembled:
    """The authored part of a snapshot's ``dataset`` after ``patch``, with plain triples derived anew.

    Raises RuleError.
    """
    # Web processes know what a change is, too, and need none of the libraries that build.
    from miit_graph.build.derive import derive
    from miit_graph.build.pipeline import Assembled

    store = ox.Store()
    authored = tuple(project.graph(f"{role}/") for role in ("ontology", "codes", "data", "shapes"))
    store.bulk_extend(
        quad
        for quad in dataset
        if isinstance(quad.graph_name, ox.NamedNode) and quad.graph_name.value.startswith(authored)
    )
    patch.apply(store)
    known = {file.graph for file in project.files}
    named = [graph for graph in store.named_graphs() if isinstance(graph, ox.NamedNode) and graph.value not in known]
    # A store remembers graphs that have been emptied.
    more = sorted(graph.value for graph in named if any(store.quads_for_pattern(None, None, None, graph)))
    files = (*project.files, *(_file(project, graph) for graph in more))
    return Assembled(store, files, derive(store, project))


def _file(project: Project, graph: str) -> SourceFile:
    """The file that a graph without one will have once it is written back."""
    name = graph.removeprefix(project.graph(""))
    return SourceFile(project.root / Path(f"{name}.ttl"), f"{name}.ttl", graph, name.partition("/")[0])
