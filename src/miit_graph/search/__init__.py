"""Finds things by their names, in any language: an index of all names of a dataset, and questions to it.

The index is made through the engine, so it is the same for a project, for any RDF files and for a remote endpoint. What
matches is decided by `miit_graph.matching`, as in SPARQL.
"""
