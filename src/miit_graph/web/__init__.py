"""The Flask application: the SPARQL endpoint and what a person sees of it."""

from miit_graph.web.app import create_app

__all__ = ["create_app"]
