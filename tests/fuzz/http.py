"""Requests that schemathesis makes of /openapi.json, to a started server: each answer is one that the document has."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.fuzz import ROOT

_CHECKS = (
    *("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance"),
    *("response_headers_conformance", "unsupported_method"),
)


def run(seconds: int) -> int:
    """Fuzz for so many seconds. Returns 1 if something was found, 0 if not."""
    path = os.pathsep.join((str(ROOT / "src"), str(ROOT)))
    environment = {**os.environ, "PYTHONPATH": path, "MIIT_GRAPH_WEB_PROCESSES": "1"}
    command = [sys.executable, "-m", "miit_graph.cli", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment) as server:
        try:
            assert server.stdout is not None
            found = re.search(r"http://[^/]+/", server.stdout.readline())
            assert found, "the server did not start"
            return subprocess.run(_command(found[0], seconds), check=False).returncode
        finally:
            server.terminate()


def _command(address: str, seconds: int) -> list[str]:
    command = [str(Path(sys.executable).with_name("schemathesis")), "run", f"{address}openapi.json"]
    command += ["--max-time", str(seconds), "--phases", "examples,coverage,fuzzing", "--checks", ",".join(_CHECKS)]
    command += ["--wait-for-schema", "30", "--request-timeout", "60", "--max-redirects", "0", "--continue-on-failure"]
    return [*command, "--generation-database", "none", "--workers", "1", "--warnings", "off", "--no-color"]
