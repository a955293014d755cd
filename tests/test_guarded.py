"""A server that is to be reached by one name alone, over HTTPS, behind a proxy, and knows secrets: who learns what."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server import Reply, Running, started

NAME = "graph.example"
SECRETS = {
    "MIIT_GRAPH_ENDPOINT_PASSWORD": "word-of-the-endpoint",
    "MIIT_GRAPH_ENDPOINT_TOKEN": "token-of-the-endpoint",
    "MIIT_GRAPH_ENDPOINT_HEADER": "X-Key: key-of-the-endpoint",
    "MIIT_GRAPH_FOLLOW_HEADER": "X-Key: key-of-the-origin",
    "MIIT_GRAPH_TOKEN": "token-of-a-writer",
    "OTEL_EXPORTER_OTLP_HEADERS": "key=key-of-the-collector",
}
SAID = "bearer-of-a-client"
EVIL = "evil.example"
PAGES = ("/", "/robots.txt", "/sitemap.xml", "/openapi.json", "/llms.txt", "/void", "/sparql", "/doc/x", "/nothing")


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    file = tmp_path_factory.mktemp("guarded") / "data.ttl"
    file.write_text("<http://e/a> <http://e/p> 1 .", encoding="utf-8")
    settings = {"MIIT_GRAPH_HOSTS": f"{NAME} 127.0.0.1", "MIIT_GRAPH_CORS": "none", "MIIT_GRAPH_HSTS": "600"}
    settings |= {"MIIT_GRAPH_PROXIES": "1", "MIIT_GRAPH_WEB_PROCESSES": "1", "MIIT_GRAPH_LOG": "requests"}
    with started("--data", file, **settings, **SECRETS) as server:
        yield server


def ask(server: Running, path: str, **headers: str) -> Reply:
    return server.get(path, {"Host": NAME} | {name.replace("_", "-"): value for name, value in headers.items()})


class TestNames:
    """RFC 9110 section 7.4: whoever asks by another name reached this server by mistake, or by a trick."""

    @pytest.mark.parametrize(
        "host", [EVIL, f"{NAME}.{EVIL}", f"{EVIL}:80", f"{NAME}@{EVIL}", "localhost", "[::1]", f"{NAME}.", f"x{NAME}"]
    )
    def test_others_are_refused(self, guarded: Running, host: str) -> None:
        for path in ("/", "/sparql?query=ASK%7B%7D", "/health/live", "/static/icon.svg"):
            reply = guarded.get(path, {"Host": host})
            assert reply.status in (400, 421) and EVIL.encode() not in reply.body
            assert reply.headers["Access-Control-Allow-Origin"] is None

    @pytest.mark.parametrize("host", [NAME, NAME.upper(), f"{NAME}:443", "127.0.0.1:1"])
    def test_its_own_is_taken_however_it_is_written(self, guarded: Running, host: str) -> None:
        assert guarded.get("/health/live", {"Host": host}).status == 200

    def test_an_answer_for_one_name_is_not_kept_for_another(self, guarded: Running) -> None:
        """Answers that name the host, and those kept here by their query alone."""
        for path in (*PAGES, "/sparql?query=SELECT%20*%20%7B%3Fs%20%3Fp%20%3Fo%7D"):
            for _ in range(2):
                guarded.get(path, {"Host": EVIL})
                ask(guarded, path, X_Forwarded_Host=EVIL)
            reply = ask(guarded, path)
            assert EVIL.encode() not in reply.body and EVIL not in str(reply.headers)

    def test_a_proxy_that_names_another_host_is_refused(self, guarded: Running) -> None:
        for path in PAGES:
            reply = ask(guarded, path, X_Forwarded_Host=EVIL)
            assert EVIL.encode() not in reply.body and EVIL not in str(reply.headers)
            assert reply.status in (400, 404, 421) or path == "/sparql"

    @pytest.mark.parametrize("prefix", ["//evil.example", '/x"><script>', "https://evil.example", "/\\evil.example"])
    def test_a_prefix_is_no_way_out(self, guarded: Running, prefix: str) -> None:
        """Only who stands between can send one (the files in deploy/ take it away); even so it leads nowhere else."""
        for path in ("/", "/id/x", "/graph/x"):
            reply = ask(guarded, path, X_Forwarded_Prefix=prefix, Accept="text/html")
            assert b"<script>" not in reply.body.replace(b"<script>\n", b"")
            assert not (reply.headers["Location"] or "").startswith(("//", "http", "/\\"))


class TestOrigins:
    def test_no_page_of_another_origin_may_read(self, guarded: Running) -> None:
        for path in ("/sparql?query=ASK%7B%7D", "/", "/nothing"):
            for _ in range(2):
                reply = ask(guarded, path, Origin=f"https://{EVIL}")
                assert not [name for name in reply.headers if name.lower().startswith("access-control-")]
                assert reply.headers["Cross-Origin-Resource-Policy"] == "same-origin"


class TestTransport:
    """RFC 6797 section 7.2: never over HTTP, or whoever listens there could take the name away for good."""

    PATHS = ("/", "/sparql?query=ASK%7B%7D", "/nothing", "/static/icon.svg", "/health/live")

    @pytest.mark.parametrize("path", PATHS)
    def test_said_over_https_alone(self, guarded: Running, path: str) -> None:
        for _ in range(2):  # the second answer may be one that is kept
            told = {proto: ask(guarded, path, X_Forwarded_Proto=proto).headers for proto in ("https", "http", "")}
            assert told["https"].get_all("Strict-Transport-Security") == ["max-age=600"]
            assert told["http"]["Strict-Transport-Security"] is told[""]["Strict-Transport-Security"] is None

    def test_a_client_cannot_say_it_for_the_proxy(self, guarded: Running) -> None:
        """What the proxy adds stands last."""
        reply = ask(guarded, "/", X_Forwarded_Proto="https, http")
        assert reply.headers["Strict-Transport-Security"] is None


class TestSecrets:
    def test_no_process_gets_more_than_it_needs(self, guarded: Running) -> None:
        """The engine and what it forks, which run anybody's queries, know none; nothing is told on a command line."""
        seen = set[str]()
        for pid in guarded.children():
            command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
            known = Path(f"/proc/{pid}/environ").read_bytes().decode()
            own = next((name for name in ("engine.process", "search.make", "graph.worker") if name in command), "web")
            seen.add(own)
            for secret in SECRETS.values():
                assert secret not in command
                assert own == "web" or secret not in known, own
        assert "engine.process" in seen

    def test_nobody_is_told_any(self, guarded: Running) -> None:
        """Not by pages, figures, problems or descriptions, nor (at the end, so that this comes last) by the log."""
        said = {"Authorization": f"Bearer {SAID}", "Cookie": f"token={SAID}", "X-Key": SAID}
        paths = (*PAGES, "/metrics", "/health/ready", f"/sparql?query=SELEC&token={SAID}", f"/search?q=a&token={SAID}")
        for path in paths:
            for kind in ("text/html", "application/json"):
                reply = ask(guarded, path, Accept=kind, **said)
                for secret in (*SECRETS.values(), SAID):
                    told = f"{reply.body.decode()}{reply.headers}".replace(f"token={SAID}", "")  # who asks knows it
                    assert secret not in told, path
        process = guarded.process
        os.kill(process.pid, signal.SIGINT)
        assert process.stderr is not None
        log = process.stderr.read()
        assert sum(json.loads(line)["event"] == "request" for line in log.splitlines()) > len(paths)
        assert not any(secret in log for secret in (*SECRETS.values(), SAID))
