"""An engine held to one version of its data, for work that asks several questions."""

from __future__ import annotations

from miit_graph.engine.api import Answer, Engine, Gone, Limits, Query
from miit_graph.engine.formats import Format
from miit_graph.engine.gate import Allow, Refuse


class VersionMoved(Exception):
    """The data have changed between two questions that belong together: begin again."""


class Pinned:
    """``engine``, as long as it answers from the version that it has now; then everything raises VersionMoved."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.version = engine.version

    def examine(self, text: str, limits: Limits) -> Allow | Refuse:
        """As `miit_graph.engine.api.Engine.examine`."""
        return self._engine.examine(text, limits)

    def run(self, query: Query, format: Format, limits: Limits, gone: Gone | None = None) -> Answer:
        """As `miit_graph.engine.api.Engine.run`; raises VersionMoved besides."""
        answer = self._engine.run(query, format, limits, gone)
        if answer.version != self.version:
            answer.close()
            raise VersionMoved
        return answer
