"""Two readers behind nginx: new versions come and one reader is killed under load, and nobody notices.

The long run, with servers that leave and come back, is `python -m tests.deploy.readers`.
"""

import pytest

from miit_graph.engine.process import AVAILABLE
from tests.deploy.nginx import program
from tests.deploy.readers import drive


@pytest.mark.skipif(not AVAILABLE, reason="needs Linux")
def test_no_request_fails_and_no_answer_is_mixed(tmp_path):
    program()
    load, _ = drive(tmp_path, rounds=0, pause=0.3, clients=3)
    assert not load.troubles and not load.mixed
    assert set(load.versions) == {2, 3, 4}
    assert len(load.lost) <= 3  # one of each client at the moment of the kill
