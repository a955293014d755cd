"""What every request needs to know, kept on the application."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app

from miit_graph.engine.api import Engine
from miit_graph.settings import Settings
from miit_graph.web.about import About
from miit_graph.web.cache import AnswerCache
from miit_graph.web.metrics import Metrics


@dataclass(frozen=True, slots=True)
class Context:
    """The parts the application was made of."""

    settings: Settings
    engine: Engine
    about: About
    cache: AnswerCache
    metrics: Metrics


def context() -> Context:
    """The context of the application that handles the current request."""
    found: Context = current_app.extensions["miit_graph"]
    return found
