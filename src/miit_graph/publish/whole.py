"""All that is told about a dataset, together: for the web, and for a build that puts it into the dataset itself."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from miit_graph.publish import dcat, examples, service, void
from miit_graph.publish.dcat import Distribution
from miit_graph.publish.profile import Profile
from miit_graph.publish.published import Published
from miit_graph.publish.triples import moved
from miit_graph.publish.void import Places

GRAPH = "graph/description"
"""The named graph of a built dataset that holds its description, below the base."""
_DETAILS = ("#use-", "#value-", "#literal-")


def describe(
    published: Published,
    profile: Profile,
    places: Places,
    distributions: tuple[Distribution, ...] = (),
    *,
    federated: bool = False,
) -> list[ox.Triple]:
    """VoID, service description, DCAT, prefixes and example queries, each triple once; no blank nodes."""
    told = (
        *void.describe(published, profile, places),
        *void.release(published, places),
        *service.describe(published, places, federated=federated),
        *dcat.describe(published, places, distributions),
        *examples.describe(published, places),
    )
    return list(dict.fromkeys(told))


def resume(
    stored: Iterable[ox.Triple],
    published: Published,
    old: Places,
    new: Places,
    distributions: tuple[Distribution, ...] = (),
    *,
    federated: bool = False,
) -> list[ox.Triple]:
    """A description that was stored at the build, with the addresses of this server and what only it can know.

    That is: version and time of the build, sizes of the dumps, numbers of all graphs, features of the service.
    """
    places = {old.home: new.home, old.endpoint: new.endpoint, **dict(zip(old.dumps, new.dumps, strict=True))}
    told = (
        *moved(stored, places),
        *void.release(published, new),
        *service.describe(published, new, federated=federated),
        *dcat.describe(published, new, distributions),
    )
    return list(dict.fromkeys(told))


def without_details(triples: Iterable[ox.Triple]) -> list[ox.Triple]:
    """The description without which properties the members of each class have: a tenth of its size."""
    return [t for t in triples if not any(part in str(term) for part in _DETAILS for term in (t.subject, t.object))]
