"""Two real SPARQL servers, each on free ports and in a folder of its own: Oxigraph's and Virtuoso."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from tests.conftest import missing

_SECONDS = 120
_VIRTUOSO = """[Database]
DatabaseFile = {folder}/v.db
ErrorLogFile = {folder}/v.log
LockFile = {folder}/v.lck
TransactionFile = {folder}/v.trx
xa_persistent_file = {folder}/v.pxa
[TempDatabase]
DatabaseFile = {folder}/v-temp.db
TransactionFile = {folder}/v-temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
NumberOfBuffers = 10000
MaxDirtyBuffers = 6000
DirsAllowed = .
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerThreads = 20
[SPARQL]
ResultSetMaxRows = 1000000
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _until_answering(address, process):
    until = time.monotonic() + _SECONDS
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{address}?query=ASK%7B%7D", timeout=5):
            return
        time.sleep(0.1)
    raise AssertionError(f"{address} did not start")


@contextlib.contextmanager
def oxigraph(folder, *options):
    """The address of the queries of an empty Oxigraph server."""
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))
    program = shutil.which("oxigraph", path=path)
    if program is None:
        missing("oxigraph's server is not installed (pip install oxigraph)")
    port = free_port()
    process = subprocess.Popen(
        [program, "serve", "--bind", f"127.0.0.1:{port}", *options],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _until_answering(f"http://127.0.0.1:{port}/query", process)
        yield f"http://127.0.0.1:{port}/query"
    finally:
        process.kill()
        process.wait()


@contextlib.contextmanager
def virtuoso(folder):
    """The address of the queries of an empty Virtuoso, into which everybody may write."""
    if shutil.which("virtuoso-t") is None or shutil.which("isql-vt") is None:
        missing("virtuoso is not installed (Debian: virtuoso-opensource-7-bin)")
    http, sql = free_port(), free_port()
    (folder / "v.ini").write_text(_VIRTUOSO.format(folder=folder, sql=sql, http=http))
    process = subprocess.Popen(
        ["virtuoso-t", "+configfile", "v.ini", "+foreground"],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _until_answering(f"http://127.0.0.1:{http}/sparql", process)
        grant = ["isql-vt", f"127.0.0.1:{sql}", "dba", "dba", 'exec=GRANT SPARQL_UPDATE TO "SPARQL";']
        subprocess.run(grant, check=True, capture_output=True, timeout=_SECONDS)
        yield f"http://127.0.0.1:{http}/sparql"
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
