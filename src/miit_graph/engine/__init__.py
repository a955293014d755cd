"""Runs one SPARQL query under limits and streams the answer. Knows nothing of the web.

`api` is the seam (what goes in, what comes out, what can go wrong), `gate` decides what may be run at all,
`local` runs it in this process.
"""
