"""The soak of benchmarks/soak in small: twenty seconds of changes and readers while processes are killed."""

import sys

import pytest

from benchmarks.soak.ledger import RIGHT, Ledger
from benchmarks.soak.phases import Plan, writing

SECONDS = 20.0


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="kills processes and mounts a disk as Linux does")
def test_nothing_wrong_is_answered_while_things_break(tmp_path):
    ledger = Ledger(tmp_path / "wrong")
    plan = Plan(tmp_path, tmp_path, SECONDS, gap=1.0, broken=0.3, clients=2, ledger=ledger, fill=0)
    writing(plan)
    log = (tmp_path / "writing.log").read_text()
    assert not ledger.wrong, [path.read_text() for path in ledger.folder.glob("*.txt")]
    assert ledger.faults and any(entry.outcome == RIGHT for entry in ledger.entries)
    assert not plan.left_running and "Traceback" not in log, log
