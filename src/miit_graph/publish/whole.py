"""All that is told about a dataset, together: for the web, and for a build that puts it into the dataset itself."""

from __future__ import annotations

import pyoxigraph as ox

from miit_graph.publish import dcat, examples, void
from miit_graph.publish.dcat import Distribution
from miit_graph.publish.profile import Profile
from miit_graph.publish.published import Published
from miit_graph.publish.void import Places


def describe(
    published: Published, profile: Profile, places: Places, distributions: tuple[Distribution, ...] = ()
) -> list[ox.Triple]:
    """VoID, DCAT, prefixes and example queries, each triple once; no blank nodes."""
    told = (
        *void.describe(published, profile, places),
        *dcat.describe(published, places, distributions),
        *examples.describe(published, places),
    )
    return list(dict.fromkeys(told))
