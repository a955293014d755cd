"""The wheel and the sdist: complete, the same bytes each time, and served from an environment without Node."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import sysconfig
import tarfile
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT, wait_until_ready
from tools.third_party import javascript_packages, python_packages

BUILT = ROOT / "src" / "miit_graph" / "web" / "static" / "built"


def made(folder: Path) -> list[Path]:
    """An sdist, and a wheel out of it."""
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1700000000"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return sorted(folder.iterdir())


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    if not (BUILT / "shell.js").exists():
        pytest.skip("the front end is not built: make front")
    return made(tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def installed(dist: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bare environment with the wheel, and with the dependencies of this one in sight."""
    folder = tmp_path_factory.mktemp("bare") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True, timeout=60)
    wheel = next(path for path in dist if path.suffix == ".whl")
    pip = [sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python"), "install", "--quiet"]
    subprocess.run([*pip, "--no-deps", "--no-index", str(wheel)], check=True, timeout=120)
    packages = next(folder.glob("lib/python*/site-packages"))
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def address(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("elsewhere")
    environment = {"PATH": str(installed / "bin"), "HOME": str(folder), "MIIT_GRAPH_WEB_PROCESSES": "1"}
    command = [installed / "bin" / "miit-graph", "serve", "--port", "0"]
    with subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("Serving http://"), line
        place = line.split()[1].rstrip("/")
        wait_until_ready(place, process)
        yield place
        process.terminate()


def read(address: str) -> str:
    with urllib.request.urlopen(address, timeout=60) as response:
        assert response.status == 200
        return str(response.read().decode())


def test_pages_come_with_their_scripts(address: str) -> None:
    for path in ("/", "/explore", "/chart", "/query", "/doc/miit.html"):
        page = read(address + path)
        scripts = re.findall(r'<(?:script[^>]* src|link rel="stylesheet" href)="([^"]+)"', page)
        assert any("built/" in script for script in scripts), path
        for script in scripts:
            assert read(address + script if script.startswith("/") else script)
    assert "cytoscape" in read(f"{address}/static/built/LICENSES.txt")


def test_a_new_project_is_made_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    program = str(installed / "bin" / "miit-graph")
    for arguments in (["new", "club"], ["validate", "--project", "club", "--sources", "club/sources"]):
        done = subprocess.run(
            [program, *arguments], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
    assert "The graph conforms" in done.stdout


HELLO = [
    {
        "id": 1,
        "method": "initialize",
        "params": {
            "protocolVersion": "2025-06-18",
            "capabilities": {},
            "clientInfo": {"name": "test", "version": "1"},
        },
    },
    {"method": "notifications/initialized"},
    {"id": 2, "method": "tools/list"},
]


def test_it_asks_and_offers_the_graph_to_agents(installed: Path, address: str, tmp_path: Path) -> None:
    environment = {"PATH": str(installed / "bin"), "HOME": str(tmp_path)}
    program = str(installed / "bin" / "miit-graph")
    query = [program, "query", "--endpoint", f"{address}/sparql", "--format", "json", "ASK { d:miit ?p ?o }"]
    assert "true" in subprocess.run(query, env=environment, capture_output=True, text=True, timeout=60).stdout
    pipe, command = subprocess.PIPE, [program, "mcp", "--endpoint", address]
    with subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdin is not None and process.stdout is not None
        process.stdin.writelines(json.dumps({"jsonrpc": "2.0", **message}) + "\n" for message in HELLO)
        process.stdin.flush()
        answers = [json.loads(process.stdout.readline()) for _ in range(2)]
        process.terminate()
    assert {tool["name"] for tool in answers[1]["result"]["tools"]} >= {"search", "describe", "query"}


def test_two_builds_are_the_same(dist: list[Path], tmp_path: Path) -> None:
    again = made(tmp_path)
    assert [path.name for path in again] == [path.name for path in dist]
    assert [path.read_bytes() for path in again] == [path.read_bytes() for path in dist]


def test_both_hold_everything(dist: list[Path]) -> None:
    sdist, wheel = sorted(dist, key=lambda path: path.suffix)
    parts = ("ontology/core.ttl", "data/people.ttl", "shapes/core.ttl", "graph.toml", "web/static/built/shell.js")
    with tarfile.open(sdist) as archive, zipfile.ZipFile(wheel) as zipped:
        for names in (archive.getnames(), zipped.namelist()):
            for part in (*parts, "LICENSE", "LICENSE-DATA", "template/graph.toml"):
                assert any(name.endswith(f"/{part}") for name in names), part
            assert not any("examples/university/build" in name or "node_modules" in name for name in names)


def test_the_list_of_third_parties_is_complete() -> None:
    page = (ROOT / "docs" / "third-party.md").read_text(encoding="utf-8")
    told = set(re.findall(r"^\| ([\w@/.-]+) \|", page, re.M))
    bundled = javascript_packages()
    assert bundled and set(bundled) <= told, "run tools/third_party.py"
    assert set(python_packages()) - told <= {"backports-zstd"}, "run tools/third_party.py"
