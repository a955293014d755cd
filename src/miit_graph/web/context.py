"""What every request needs to know, kept on the application."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app

from miit_graph.engine.api import Engine
from miit_graph.settings import Settings
from miit_graph.web.about import About


@dataclass(frozen=True, slots=True)
class Context:
    """The parts the application was made of."""

    settings: Settings
    engine: Engine
    about: About


def context() -> Context:
    """The context of the application that handles the current request."""
    found: Context = current_app.extensions["miit_graph"]
    return found
