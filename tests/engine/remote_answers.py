"""What an engine elsewhere answers in tests, byte by byte, and how to ask it."""

from miit_graph.engine import formats
from miit_graph.engine.api import Limits, Query
from miit_graph.engine.remote.endpoint import Endpoint
from miit_graph.engine.remote.engine import RemoteEngine
from miit_graph.engine.remote.state import QUERY as MARK
from tests.engine.endpoints import table

ALL = "SELECT * { ?s ?p ?o }"
NO_MARK = table(names=("name", "value"))
ROW = {"x": {"type": "literal", "value": "one"}}


def ask(engine, text="SELECT * { ?s ?p ?x }", format=formats.JSON, gone=None, **limits):
    return b"".join(engine.run(Query(text), format, Limits(**{"seconds": 10, **limits}), gone))


def engine_at(found, **more):
    return RemoteEngine(Endpoint(found.address, **{"kind": "other", **more}))


def raw(*parts, status="200 OK", type="application/sparql-results+json", length=None, chunked=False):
    """An answer written byte by byte, after which the connection is closed."""

    def answer(handler, query):
        if query == MARK:
            handler.reply(200, NO_MARK)
            return
        head = [f"HTTP/1.1 {status}", f"Content-Type: {type}", "Connection: close"]
        head += [f"Content-Length: {length}"] if length is not None else []
        head += ["Transfer-Encoding: chunked"] if chunked else []
        handler.wfile.write(("\r\n".join(head) + "\r\n\r\n").encode())
        for part in parts:
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(part), part) if chunked else part)
            handler.wfile.flush()
        handler.close_connection = True

    return answer


def endless(said=b"", left=None):
    """An answer that never ends: ``said`` is all that comes of it. ``left`` is set when the other side goes."""

    def answer(handler, query):
        if query == MARK:
            handler.reply(200, NO_MARK)
            return
        handler.connection.sendall(said)
        handler.connection.settimeout(60)
        if handler.connection.recv(1) == b"" and left is not None:
            left.set()

    return answer
