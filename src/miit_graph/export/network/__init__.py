"""Walks through a dataset from thing to thing, asking its engine only for what lies around: neighbours, paths, parts.

What it gives are property graphs of `miit_graph.export.graph`, equal to the same part of a graph file of the whole.
"""

from miit_graph.export.network.network import MOST_NODES, Network, Page, UnknownThing
from miit_graph.export.network.path import Path, find_path

__all__ = ["MOST_NODES", "Network", "Page", "Path", "UnknownThing", "find_path"]
