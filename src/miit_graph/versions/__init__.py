"""Every accepted change of the data as a version: who made it, when, why, and the change itself as RDF Patch.

Between `build` and those that serve: nothing here knows of HTTP.
"""
