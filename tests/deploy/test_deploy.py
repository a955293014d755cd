"""What is in deploy/ is right as far as that can be told without containers: by its own linters, and by running it."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
import yaml

from miit_graph.build.snapshot import Snapshot
from miit_graph.settings import Settings
from tests.conftest import ROOT, RunNode, Serve, missing, wait_until

DEPLOY = ROOT / "deploy"
DOCKERFILE = (DEPLOY / "docker" / "Dockerfile").read_text()
UNIT = (DEPLOY / "systemd" / "miit-graph.service").read_text()
COMPOSE = DEPLOY / "docker" / "compose.yaml"
MOST_EXPOSED = 1.5


@pytest.fixture(scope="module")
def address(snapshot: Snapshot, serve_graph: Serve) -> str:
    return serve_graph("--snapshot", snapshot.path)


def run(*command: object, **options: object) -> subprocess.CompletedProcess[str]:
    name = str(command[0])
    if shutil.which(name) is None:
        missing(f"{name} is not installed")
    words = [str(word) for word in command]
    return subprocess.run(words, capture_output=True, text=True, timeout=60, check=False, **options)  # type: ignore[call-overload,no-any-return]


@pytest.mark.parametrize("path", [p for p in DEPLOY.rglob("*") if p.is_file()], ids=lambda path: path.name)
def test_variables_exist(path: Path) -> None:
    known = {row["variable"] for row in Settings.described()}
    assert set(re.findall(r"MIIT_GRAPH_[A-Z_]*[A-Z]", path.read_text())) <= known


def test_the_dockerfile_has_no_faults() -> None:
    done = run(Path(sys.executable).with_name("hadolint"), DEPLOY / "docker" / "Dockerfile")
    assert (done.returncode, done.stdout) == (0, ""), done.stdout


def test_all_that_the_image_is_made_of_is_let_in() -> None:
    let_in = re.findall(r"^!(\S+)", (DEPLOY / "docker" / "Dockerfile.dockerignore").read_text(), re.MULTILINE)
    assert [name for name in let_in if not (ROOT / name).exists()] == []
    wheel = re.search(r"force-include\]\n(.*?)\n\n", (ROOT / "pyproject.toml").read_text(), re.DOTALL)
    assert wheel and set(re.findall(r'^"([^"]+)"', wheel[1], re.MULTILINE)) <= set(let_in)


def test_the_health_check_of_the_image_tells_ready_from_not(address: str) -> None:
    command = re.search(r"HEALTHCHECK .*?CMD (\[.*?\])\n", DOCKERFILE, re.DOTALL)
    assert command is not None
    words = [sys.executable, *json.loads(command[1])[1:]]
    for port, expected in ((address.rpartition(":")[2], 0), ("1", 1)):
        assert run(*words, env={**os.environ, "PORT": port}).returncode == expected


def test_compose_has_no_faults_and_gives_nothing_away(node: RunNode) -> None:
    done = node("dclint", COMPOSE, "--max-warnings", "0")
    assert done.returncode == 0, done.stdout
    for name, service in yaml.safe_load(COMPOSE.read_text())["services"].items():
        assert service["read_only"] and service["cap_drop"] == ["ALL"], name
        assert all(str(port).startswith("127.0.0.1:") for port in service.get("ports", ())), name
        for volume in service.get("volumes", ()):
            assert volume["type"] != "bind" or (COMPOSE.parent / volume["source"]).is_file(), volume
    assert "USER 10001:10001" in DOCKERFILE


def test_the_unit_is_right_and_little_exposed(tmp_path: Path) -> None:
    unit = tmp_path / "miit-graph.service"
    unit.write_text(UNIT.replace("/opt/miit-graph/bin/miit-graph", "/bin/true"))
    done = run("systemd-analyze", "verify", "--man=no", unit)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    done = run("systemd-analyze", "security", "--offline=true", "--no-pager", unit)
    exposure = re.search(r"Overall exposure level .*: ([\d.]+)", done.stdout)
    assert exposure and float(exposure[1]) <= MOST_EXPOSED, done.stdout + done.stderr


@pytest.mark.parametrize("path", sorted(DEPLOY.rglob("*nginx.conf")) + sorted(DEPLOY.glob("nginx/*.conf")), ids=str)
def test_a_cache_keeps_hosts_apart(path: Path) -> None:
    """nginx's own key has the name of the upstream servers instead: who asks by another name would name it to all."""
    text = path.read_text(encoding="utf-8")
    assert 'proxy_cache_key "$scheme://$http_host$request_uri";' in text
    assert all(f'proxy_set_header {name} "";' in text for name in ("Forwarded", "X-Forwarded-Prefix"))


def test_nginx_passes_requests_on_and_says_who_asks(address: str, tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    front = f"http://127.0.0.1:{port}"
    text = (DEPLOY / "docker" / "nginx.conf").read_text()
    text = text.replace("server server:8000", f"server {address.removeprefix('http://')}")
    text = text.replace("listen 8080", f"listen 127.0.0.1:{port}").replace("    listen [::]:8080;\n", "")
    text = text.replace("/var/cache/nginx", str(tmp_path))
    user = "user root;" if os.geteuid() == 0 else ""
    (tmp_path / "nginx.conf").write_text(
        f"{user} daemon off; pid {tmp_path}/pid; error_log stderr; events {{}} http {{ access_log off; {text}\n}}"
    )
    if shutil.which("nginx") is None:
        missing("nginx is not installed")
    with subprocess.Popen(["nginx", "-p", tmp_path, "-c", tmp_path / "nginx.conf"], stderr=subprocess.PIPE) as process:
        try:

            def answers() -> bool:
                assert process.poll() is None, process.stderr and process.stderr.read()
                try:
                    with urllib.request.urlopen(f"{front}/sparql?query=ASK%20%7B%7D", timeout=60) as reply:
                        return json.load(reply)["boolean"] is True
                except OSError:
                    return False

            wait_until(answers)
            with urllib.request.urlopen(f"{front}/metrics", timeout=60) as reply:
                assert b"miit_graph_build_info" in reply.read()
        finally:
            process.terminate()
