"""Write the expected answers anew, after a change of the data that changes them.

Usage, from the root of the repository: ``.venv/bin/python -m tests.queries.renew [NN ...]``, with the numbers
of the queries or without for all. Then read the difference row by row against the sources before you keep it:
an answer that was only recorded proves nothing.
"""

from __future__ import annotations

import sys

from miit_graph.build.infer import infer
from miit_graph.build.pipeline import assemble, merge
from miit_graph.build.sources import Project
from tests.conftest import ROOT
from tests.queries.answers import QUERIES, expected_file, oxigraph_csv


def main(numbers: list[str]) -> None:
    """Answer the queries of these numbers, or all, from the authored files as they stand."""
    project = Project.open(ROOT)
    assembled = assemble(project)
    infer(assembled.store, project)
    store = merge(assembled.store)
    for query in QUERIES:
        if numbers and query.name.split("-")[0] not in numbers:
            continue
        target, answer = expected_file(query), oxigraph_csv(store, query)
        if not target.exists() or target.read_bytes() != answer:
            target.write_bytes(answer)
            print(f"renewed {target.relative_to(ROOT)}: read the difference")


if __name__ == "__main__":
    main(sys.argv[1:])
