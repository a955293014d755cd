"""The dashboard and the alerts ask only for figures that the server has, in a language that Prometheus understands."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

import pytest
import yaml

from miit_graph.build.snapshot import Snapshot
from tests.conftest import ROOT, Serve, missing

DASHBOARD = ROOT / "deploy" / "grafana" / "miit-graph.json"
RULES = ROOT / "deploy" / "prometheus" / "miit-graph.rules.yml"
ALERTS = [rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]
PANELS = json.loads(DASHBOARD.read_text())["panels"]
QUERIES = [target["expr"] for panel in PANELS for target in panel.get("targets", ())]


@pytest.fixture(scope="module")
def page(snapshot: Snapshot, serve_graph: Serve) -> str:
    address = serve_graph("--snapshot", snapshot.path)
    for path in ("/sparql?query=ASK%20%7B%7D", "/nothing", "/metrics"):
        try:
            with urllib.request.urlopen(address + path, timeout=60) as response:
                told = response.read().decode()
        except urllib.error.HTTPError:
            continue
    return told


def promtool(*arguments: object, text: str = "") -> subprocess.CompletedProcess[str]:
    if shutil.which("promtool") is None:
        missing("promtool (Debian: prometheus) is not installed")
    return subprocess.run(
        ["promtool", "check", *map(str, arguments)], input=text, capture_output=True, text=True, timeout=60, check=False
    )


def test_every_figure_that_is_asked_for_exists(page: str) -> None:
    there = set(re.findall(r"^# TYPE (\w+)", page, re.MULTILINE))
    asked = {
        name
        for query in (*QUERIES, *(rule["expr"] for rule in ALERTS))
        for name in re.findall(r"miit_graph_\w+", query)
    }
    assert len(asked) > 15
    assert {re.sub(r"_(bucket|sum|count)$", "", name) for name in asked} - there == set()


def test_labels_of_alerts_have_values_that_occur(page: str) -> None:
    for rule in ALERTS:
        for label in re.findall(r'(\w+)(?:=~|=)"', rule["expr"]):
            assert label in ("job", "outcome", "event", "reason", "status", "route"), rule["alert"]
        assert rule["annotations"]["summary"] and rule["annotations"]["description"]
    for event in re.findall(r'event="([\w-]+)"', str(ALERTS)):
        assert f'miit_graph_engine_events_total{{event="{event}"}}' in page


def test_names_keep_to_the_conventions_of_prometheus(page: str) -> None:
    done = promtool("metrics", text=page)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_prometheus_understands_alerts_and_queries(tmp_path: Path) -> None:
    done = promtool("rules", RULES)
    assert done.returncode == 0 and f"{len(ALERTS)} rules found" in done.stdout, done.stderr
    plain = [
        query.replace("$__rate_interval", "5m").replace("$job", ".+").replace("$instance", ".+") for query in QUERIES
    ]
    rules = [{"record": f"panel:{number}", "expr": query} for number, query in enumerate(plain)]
    (tmp_path / "panels.yml").write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}))
    done = promtool("rules", tmp_path / "panels.yml")
    assert done.returncode == 0, done.stdout + done.stderr


def test_panels_of_the_dashboard_do_not_overlap() -> None:
    taken = set()
    for panel in PANELS:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken and place["x"] + place["w"] <= 24, panel["title"]
        taken |= cells
    assert len({panel["id"] for panel in PANELS}) == len(PANELS)
