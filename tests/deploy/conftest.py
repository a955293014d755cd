"""The small project with a few versions, and a server over it: the origin."""

from tests.versions.conftest import (  # noqa: F401
    history,
    offices,
    serve,
    small_project,
    snapshots,
    without_journal,
)
