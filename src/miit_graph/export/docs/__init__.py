"""Documentation of an ontology, made from the graph itself: pages in English and Chinese, and a table of the rules."""

from miit_graph.export.docs.markdown import rules_table, write_rules
from miit_graph.export.docs.site import write_docs

__all__ = ["rules_table", "write_docs", "write_rules"]
