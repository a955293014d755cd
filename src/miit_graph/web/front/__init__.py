"""The front: what happens to a request before, or instead of, Flask."""
