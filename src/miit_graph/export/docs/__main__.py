"""Renew the committed table of rules: ``python -m miit_graph.export.docs`` in the folder of a project."""

from __future__ import annotations

import sys
from pathlib import Path

from miit_graph.build.pipeline import assemble
from miit_graph.build.sources import Project
from miit_graph.export.docs.markdown import write_rules

if __name__ == "__main__":
    project = Project.find(Path.cwd())
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else project.root / "docs"
    for path in write_rules(assemble(project).store, folder):
        print(path)
