"""The application as a WSGI server starts it: everything it needs to know stands in the environment."""

from __future__ import annotations

from flask import Flask

from miit_graph.dataset import Selection, engine_for, open_dataset
from miit_graph.settings import Settings
from miit_graph.web import create_app


def application() -> Flask:
    """Open the dataset that the environment names and make the application that serves it."""
    settings = Settings.from_environment()
    opened = open_dataset(Selection.from_settings(settings), settings)
    return create_app(settings, engine_for(opened, settings), opened.about)
