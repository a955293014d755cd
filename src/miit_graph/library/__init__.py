"""The graph for programs in Python: what `miit_graph.open` gives. Imports are late, so that opening is what costs."""
