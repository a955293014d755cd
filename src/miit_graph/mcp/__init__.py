"""The graph for agents: a server of the Model Context Protocol over a `miit_graph.library.graph.Graph`.

`terms` knows the vocabulary of the dataset, `check` compares a query with it, `answers` has what every tool answers,
and `server` offers it with the official SDK, which only that module imports.
"""
