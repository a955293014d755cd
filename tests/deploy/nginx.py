"""Starts nginx with the file that is shipped, on other ports."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import ROOT, wait_until

FILE = ROOT / "deploy" / "nginx" / "miit-graph.conf"
_MAIN = """
{user}
worker_processes 1;
daemon off;
pid {folder}/pid;
error_log stderr warn;
events {{ worker_connections 512; }}
http {{
    access_log off;
    {temporary}
    include {file};
}}
"""
_PLACES = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def program() -> str:
    """Where nginx is; skips the test where it isn't, which CI never does."""
    found = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")
    if found is None:
        reason = "nginx is not installed (Debian: apt-get install nginx-light)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on."""
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def configuration(folder: Path, port: int, readers: Sequence[int]) -> str:
    """The shipped file, word by word but for addresses and the place of the cache."""
    text = FILE.read_text(encoding="utf-8")
    for shipped, reader in zip(("8001", "8002"), readers, strict=True):
        assert text.count(f"server 127.0.0.1:{shipped} ") == 1
        text = text.replace(f"server 127.0.0.1:{shipped} ", f"server 127.0.0.1:{reader} ")
    text, listening = re.subn(r"listen 80;", f"listen 127.0.0.1:{port};", text)
    text, cached = re.subn(r"/var/cache/nginx/miit-graph", f"{folder}/cache", text)
    assert (listening, cached) == (1, 1)
    return text


@contextmanager
def nginx(folder: Path, readers: Sequence[int]) -> Iterator[int]:
    """nginx before two readers, given by their ports; gives its own port."""
    command = program()
    (port,) = free_ports(1)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "miit-graph.conf").write_text(configuration(folder, port, readers), encoding="utf-8")
    temporary = " ".join(f"{name}_temp_path {folder}/{name};" for name in _PLACES)
    user = "user root;" if os.geteuid() == 0 else ""  # else its workers may not enter our folder
    main = _MAIN.format(folder=folder, temporary=temporary, file=folder / "miit-graph.conf", user=user)
    (folder / "nginx.conf").write_text(main, encoding="utf-8")
    arguments = [command, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr"]
    tested = subprocess.run([*arguments, "-t"], capture_output=True, text=True, check=False)
    assert tested.returncode == 0 and "[warn]" not in tested.stderr, tested.stderr
    with (folder / "errors").open("w") as errors, subprocess.Popen(arguments, stderr=errors) as process:
        try:
            wait_until(lambda: _listens(port))
            yield port
        finally:
            process.terminate()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
