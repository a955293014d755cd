"""Linked data: every IRI of ours leads to a description, as a page or as RDF."""
