"""A running server goes over to what was built, while people read."""

import threading

import pytest

from miit_graph.build.sources import Project
from miit_graph.engine.process import AVAILABLE
from miit_graph.versions.sync import build_version
from tests.conftest import wait_until
from tests.server import started
from tests.writing.conftest import Writing
from tests.writing.small import BASE, ID, built

LEFT = f"SELECT ?x {{ <{ID}scale-0> <{BASE}ont#left> ?x }}"
WEIGHT = f"SELECT ?x {{ <{ID}scale-0> <{BASE}ont#weighs> ?x }}"


@pytest.mark.skipif(not AVAILABLE, reason="needs Linux")
def test_what_was_built_is_served_after_reload_and_nobody_is_turned_away(tmp_path, cli):
    _, snapshots = built(tmp_path)
    with started("--project", tmp_path, MIIT_GRAPH_WEB_PROCESSES="2") as server:
        client = Writing(server, token=None)
        seen, stop = [], threading.Event()

        def read():
            while not stop.is_set():
                seen.append(client.values(f"{LEFT} # {len(seen)}"))  # fails unless it is answered

        reader = threading.Thread(target=read)
        reader.start()
        try:
            file = tmp_path / "data" / "scales.ttl"
            old, new = (f"d:scale-0 a :Scale ; :left {value} ; :right {value} ." for value in (0, 1))
            assert old in file.read_text()
            file.write_text(file.read_text().replace(old, new))
            found, _ = build_version(Project.open(tmp_path), snapshots, lambda _: None)
            assert client.version != found.version  # not before it is told
            result = cli("reload", "--project", tmp_path)
            assert result.returncode == 0 and str(server.process.pid) in result.stdout, result.stderr
            wait_until(lambda: client.version == found.version)
            assert client.values(WEIGHT) == ["1"]
        finally:
            stop.set()
            reader.join()
        assert [value for n, value in enumerate(seen) if n == 0 or value != seen[n - 1]] == [["0"], ["1"]]
