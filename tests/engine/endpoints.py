"""SPARQL endpoints on this machine that count who comes, and some that misbehave."""

import json
import socket
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pyoxigraph as ox


@dataclass
class Endpoint:
    """A server on a free port: what it was asked, and how often somebody connected."""

    port: int = 0
    queries: list[str] = field(default_factory=list)
    connections: int = 0

    @property
    def address(self):
        return f"http://127.0.0.1:{self.port}/sparql"


@contextmanager
def endpoint(data="", answer=None, host="127.0.0.1"):
    """A SPARQL endpoint over N-Quads or Turtle ``data``; ``answer(handler, query)`` answers in its own way instead."""
    store, found = ox.Store(), Endpoint()
    store.load(data.encode(), format=ox.RdfFormat.TRIG)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            query = parse_qs(body)["query"][0]
            found.queries.append(query)
            if answer is not None:
                answer(self, query)
                return
            try:
                results = store.query(query)
            except SyntaxError as error:
                self.reply(400, str(error).encode())
                return
            self.reply(200, results.serialize(format=ox.QueryResultsFormat.JSON))

        def reply(self, status, content, **headers):
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Type", "application/sparql-results+json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            pass

    class Counting(ThreadingHTTPServer):
        address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        daemon_threads = True

        def get_request(self):
            found.connections += 1
            return super().get_request()

        def handle_error(self, *_):
            pass  # who asks may go whenever it likes

    with Counting((host, 0), Handler) as server:
        found.port = server.server_port
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield found
        server.shutdown()


def table(*rows, names=("x",)):
    """SPARQL results in JSON."""
    return json.dumps({"head": {"vars": list(names)}, "results": {"bindings": list(rows)}}).encode()
