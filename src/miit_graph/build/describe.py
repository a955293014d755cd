"""The dataset's description of itself, written into the dataset: the graph ``description``.

VoID, service description, DCAT, prefixes and example queries, so that tools that ask the endpoint find them. Addresses
are those below the base, for the data don't know which server they will be on; the figures are of the data without the
description. Version and time of the build are left out: the version is a hash of the data, and two builds of the same
files are to be the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyoxigraph as ox

from miit_graph.build.sources import Project

_FOR_EVER = 24 * 3600.0
_UNBOUNDED = 1 << 40


def describe(store: ox.Store, project: Project, manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Write the graph ``description`` of what `store` holds in its other graphs, replacing it.

    `manifest` is what the snapshot's manifest says of the rest; returned is what it should say of this graph.
    """
    # Imported here: the description is made by the rooms of engine and publishing, which know nothing of builds.
    from miit_graph.engine.api import Limits
    from miit_graph.engine.local import LocalEngine
    from miit_graph.publish import whole
    from miit_graph.publish.ask import Asker
    from miit_graph.publish.dumps import file_names
    from miit_graph.publish.profile import profile
    from miit_graph.publish.published import Published
    from miit_graph.publish.void import Places

    graph = ox.NamedNode(project.base + whole.GRAPH)
    store.clear_graph(graph)
    served = ox.Store()
    served.bulk_extend(store)
    served.bulk_extend(ox.Quad(q.subject, q.predicate, q.object) for q in store)
    engine = LocalEngine(served, "", workers=1)
    found = profile(Asker(engine, Limits(_FOR_EVER, _UNBOUNDED, _UNBOUNDED)), project.base)
    published = Published.read({**manifest, "built": "", "triples": None}, "")
    places = Places.below(f"{project.base}void", project.base, file_names(project.name))
    told = whole.describe(published, found, places)
    store.bulk_extend(ox.Quad(t.subject, t.predicate, t.object, graph) for t in told)
    return {"iri": graph.value, "file": None, "triples": len(told)}
