"""Endpoints of SERVICE that do what they shouldn't: an honest error, and nobody else is asked."""

import threading

import pytest

from miit_graph.engine.errors import ClientGone, QueryError, ServiceFailed, TimeLimitExceeded
from miit_graph.engine.process.client import ProcessEngine
from tests.engine.endpoints import endpoint, table
from tests.engine.federated import LABELS, THERE, failure, limits, run


def _redirect(target):
    return lambda handler, _: handler.reply(307, b"", Location=target)


class TestFailures:
    """Whatever an endpoint does: an honest error that names it, or with SILENT one solution without bindings."""

    def both(self, engine, found, allowed=None):
        """The message of the failure; with SILENT there is none."""
        allowed = allowed or limits(found.address)
        query = f"SELECT ?s ?l {{ ?s <http://d/year> ?y SERVICE %s<{found.address}> {{ ?t <http://d/label> ?l }} }}"
        rows = run(engine, query % "SILENT ", allowed)
        assert rows == [{"s": {"type": "uri", "value": "http://d/a"}}]
        detail = failure(engine, query % "", allowed)
        assert found.address in detail
        return detail

    @pytest.mark.parametrize(
        "content",
        [
            b"", b"<html>", b"\xff", b"[]", b"null", b"{}", b'{"boolean":true}', b'{"results":{"bindings":[1]}}',
            table({"l": {"type": "uri", "value": "no iri"}}), table({"l": {"type": "uri", "value": "a>} INSERT"}}),
            table({"l": {"type": "literal", "value": 5}}), table({"l": {"type": "literal", "value": "\ud800"}}),
            table({"l": {"type": "literal", "value": "", "xml:lang": "a b"}}),
            table({"l": {"type": "literal", "value": "", "datatype": "x y"}}),
            table({"l": {"type": "triple", "value": {}}}), table({"l": "x"}), table({"l": {"type": "literal"}}),
            b'{"results":{"bindings":' + b"[" * 200_000,
        ],
    )  # fmt: skip
    def test_no_results(self, engine, content):
        with endpoint(answer=lambda handler, _: handler.reply(200, content)) as found:
            self.both(engine, found)

    def test_what_it_says_cannot_become_part_of_the_query(self, engine, forbidden):
        evil = f'" }} SERVICE <{forbidden.address}> {{ ?a ?b ?c }} #'
        rows = table({"l": {"type": "literal", "value": evil}, "s": {"type": "uri", "value": "http://d/injected"}})
        with endpoint(answer=lambda handler, _: handler.reply(200, rows)) as found:
            query = f"SELECT ?s ?l {{ SERVICE <{found.address}> {{ ?t <http://d/label> ?l }} }}"
            assert run(engine, query, limits(found.address)) == [{"l": {"type": "literal", "value": evil}}]

    @pytest.mark.parametrize("status", [204, 400, 404, 500, 503])
    def test_statuses(self, engine, status):
        with endpoint(answer=lambda handler, _: handler.reply(status, b"")) as found:
            assert str(status) in self.both(engine, found)

    def test_nobody_listens(self, engine):
        with endpoint() as found:
            pass
        self.both(engine, found)

    def test_something_else_listens(self, engine):
        with endpoint(answer=lambda handler, _: handler.wfile.write(b"SSH-2.0-x\r\n")) as found:
            assert "HTTP" in self.both(engine, found)

    def test_it_breaks_off(self, engine):
        def answer(handler, _):
            handler.send_response(200)
            handler.send_header("Content-Length", "1000")
            handler.end_headers()
            handler.wfile.write(table({"l": {"type": "literal", "value": "1"}}))

        with endpoint(answer=answer) as found:
            assert "broke off" in self.both(engine, found)

    @pytest.mark.parametrize("where", ["headers", "body"])
    def test_it_never_ends(self, engine, where):
        leaving = threading.Event()

        def answer(handler, _):
            if where == "body":
                handler.send_response(200)
                handler.end_headers()
            while not leaving.wait(0.01):
                handler.wfile.write(b"x: y\r\n" if where == "headers" else b" ")

        with endpoint(answer=answer) as found:
            allowed = limits(found.address, service_seconds=0.5)
            detail = self.both(engine, found, allowed)
            leaving.set()
        assert "0.5 seconds" in detail or "HTTP" in detail

    def test_it_says_nothing(self, engine):
        leaving = threading.Event()
        with endpoint(answer=lambda *_: leaving.wait(60)) as found:
            assert "0.3 seconds" in self.both(engine, found, limits(found.address, service_seconds=0.3))
            leaving.set()

    def test_the_time_of_the_query_counts(self, engine):
        leaving = threading.Event()
        with endpoint(answer=lambda *_: leaving.wait(60)) as found:
            query = f"SELECT * {{ SERVICE <{found.address}> {{ ?a ?b ?c }} }}"
            with pytest.raises((ServiceFailed, TimeLimitExceeded)):
                run(engine, query, limits(found.address, seconds=0.5))
            assert not leaving.is_set()
            leaving.set()

    def test_it_says_too_much(self, engine):
        with endpoint(answer=lambda handler, _: handler.reply(200, b" " * 200_000)) as found:
            assert "100,000 bytes" in self.both(engine, found, limits(found.address, service_bytes=100_000))

    def test_the_client_leaves(self, engine):
        leaving = threading.Event()
        with endpoint(answer=lambda *_: leaving.wait(60)) as found:
            query = f"SELECT * {{ SERVICE <{found.address}> {{ ?a ?b ?c }} }}"
            with pytest.raises(ClientGone):
                run(engine, query, limits(found.address), gone=lambda: bool(found.queries))
            leaving.set()

    def test_memory_is_limited_as_ever(self, engine):
        if not isinstance(engine, ProcessEngine):
            pytest.skip("only processes have a limit of their own")
        rows = table(*({"l": {"type": "literal", "value": str(number)}} for number in range(100_000)))
        with endpoint(answer=lambda handler, _: handler.reply(200, rows)) as found:
            query = f"SELECT * {{ SERVICE <{found.address}> {{ ?t <http://d/label> ?l }} }}"
            with pytest.raises(QueryError) as caught:
                run(engine, query, limits(found.address, memory_bytes=8 * 1024 * 1024))
            assert caught.value.slug == "memory-limit"


class TestRedirects:
    def test_to_an_allowed_endpoint(self, engine, there):
        with endpoint(answer=_redirect(there.address)) as found:
            rows = run(engine, LABELS % f"<{found.address}>", limits(found.address, there.address))
        assert len(rows) == 3

    def test_to_any_other_place(self, engine, forbidden):
        for target in (forbidden.address, f"//127.0.0.1:{forbidden.port}/sparql", "file:///etc/passwd", "/other"):
            with endpoint(answer=_redirect(target)) as found:
                assert "not allowed" in failure(engine, LABELS % f"<{found.address}>", limits(found.address))
                assert len(found.queries) == 1

    def test_in_a_circle(self, engine):
        with endpoint(answer=_redirect("/sparql")) as found:
            assert "3 times" in failure(engine, LABELS % f"<{found.address}>", limits(found.address))
            assert len(found.queries) == 4


def test_a_name_that_leads_into_this_machine_is_not_followed(engine, forbidden):
    """As when whoever owns the name of an endpoint lets it point to 127.0.0.1."""
    address = f"http://127.1:{forbidden.port}/sparql"  # resolved to 127.0.0.1, and not written so
    assert "127.0.0.1" in failure(engine, LABELS % f"<{address}>", limits(address))


def test_ipv6(engine):
    try:
        with endpoint(THERE, host="::1") as found:
            address = f"http://[::1]:{found.port}/sparql"
            assert len(run(engine, LABELS % f"<{address}>", limits(address))) == 3
    except OSError:
        pytest.skip("no IPv6 here")
