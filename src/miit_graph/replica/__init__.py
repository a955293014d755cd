"""A server that serves copies of another one's snapshots: it asks what is new there, copies, verifies, goes over.

`origin` speaks with the other server, `copy` makes a snapshot of what it gives, `follower` does so again and again.
`miit_graph.web.snapshots` is the other side.
"""
