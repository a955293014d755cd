"""What every request needs to know, kept on the application."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import current_app

from miit_graph.engine.api import Engine
from miit_graph.engine.errors import QueryError
from miit_graph.engine.process.client import ProcessEngine
from miit_graph.engine.remote.engine import RemoteEngine
from miit_graph.in_flight import InFlight
from miit_graph.settings import Settings
from miit_graph.web.about import About
from miit_graph.web.cache import AnswerCache
from miit_graph.web.metrics import Metrics
from miit_graph.writing.tokens import Tokens


@dataclass(frozen=True, slots=True)
class Writing:
    """Who may change the data, and where the writer listens that does it within ``seconds``."""

    tokens: Tokens
    socket: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Context:
    """The parts the application was made of; ``told`` is what it was told of the dataset when it started.

    It is empty if nobody could tell then.
    """

    settings: Settings
    engine: Engine
    told: Mapping[str, Any]
    cache: AnswerCache
    metrics: Metrics
    writing: Writing | None = None
    in_flight: InFlight | None = None
    _abouts: dict[str, About] = field(default_factory=dict)

    @property
    def manifest(self) -> Mapping[str, Any]:
        """What is told of what is served now."""
        # These two engines can be given other data; what else there is serves one dataset for ever.
        if isinstance(self.engine, ProcessEngine | RemoteEngine) and (self._abouts or not self.told):
            return self.engine.about()
        return self.told

    @property
    def about(self) -> About:
        """What is served now. Raises QueryError if an engine that is away would have to be asked for it."""
        version = self.engine.version
        found = self._abouts.get(version)
        if found is None:
            found = About.read(self.manifest, version)
            if self.engine.version == version:
                self._abouts.clear()
                self._abouts[version] = found
        return found

    @property
    def about_or_last(self) -> About:
        """The same; while nobody can say what is served now, what was served last."""
        try:
            return self.about
        except QueryError:
            return next(iter(self._abouts.values()), None) or About.read(self.told, "")


def context() -> Context:
    """The context of the application that handles the current request."""
    found: Context = current_app.extensions["miit_graph"]
    return found
