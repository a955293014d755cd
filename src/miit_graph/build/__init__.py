"""From authored Turtle to a snapshot: parse, derive, validate, freeze.

Import what is needed from the modules: `pipeline` builds, `snapshot` opens what was built (and is cheap to import,
which the server relies on).
"""
