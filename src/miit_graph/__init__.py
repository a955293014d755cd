"""A knowledge graph that says who says so: build, validate, query and serve it."""

__version__ = "0.1.0"
