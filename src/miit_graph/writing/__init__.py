"""Takes changes from those who may write, tries each one in a process of its own, and makes versions of them.

`operations` says what a request does to the dataset; `attempt` tries it under limits; `server` is the writer process,
which does one after the other; `host` keeps that process alive beside a server; `client` is how web processes reach it;
`tokens` tells who may write. Nothing here knows of HTTP.
"""
