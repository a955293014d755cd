"""The limit on how often one client may ask."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miit_graph.web.front.rate import Buckets, make_table, network_of
from tests.conftest import wait_until
from tests.server import started


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("rate") / "clients"


@settings(max_examples=60, deadline=None)
@given(
    rate=st.floats(0.1, 1000),
    burst=st.integers(1, 50),
    steps=st.lists(st.tuples(st.floats(0, 20), st.integers(1, 60)), min_size=1, max_size=12),
)
def test_a_client_gets_its_burst_and_its_rate_and_no_more(path, rate, burst, steps):
    clock = Clock()
    buckets = Buckets(make_table(path), rate, burst, clock)
    began, allowed = clock.now, 0
    for pause, requests in steps:
        clock.now += pause
        for _ in range(requests):
            before = allowed
            verdict = buckets.take("192.0.2.1")
            allowed += verdict.allowed
            if verdict.allowed:
                assert verdict.remaining < burst
            else:  # who waits as long as it is told is let in
                assert allowed == before and verdict.remaining == 0
                clock.now += verdict.seconds + 1e-6
                assert buckets.take("192.0.2.1").allowed
                allowed += 1
        assert allowed <= burst + (clock.now - began) * rate + 1
    assert buckets.take("192.0.2.2").remaining == burst - 1


def test_processes_count_together_and_crowds_only_make_it_milder(path):
    clock = Clock()
    one, other = (Buckets(make_table(path) if not n else path, 1, 10, clock) for n in range(2))
    assert [taker.take("::1").allowed for _ in range(6) for taker in (one, other)] == [True] * 10 + [False] * 2
    size = path.stat().st_size
    assert all(one.take(f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}").allowed for n in range(100_000))
    assert path.stat().st_size == size < 1 << 21


def test_what_one_client_is():
    assert network_of("2001:db8::1") == network_of("2001:db8:0:0:ffff::2%eth0") != network_of("2001:db8:0:1::1")
    assert network_of("::ffff:192.0.2.1") == network_of("192.0.2.1") != network_of("192.0.2.2")
    assert network_of("not an address")


def test_over_http_by_all_processes_together(tmp_path):
    (tmp_path / "a.ttl").write_text("<http://e/a> <http://e/p> 1 .")
    limits = {"MIIT_GRAPH_WEB_PROCESSES": "2", "MIIT_GRAPH_RATE": "0.01", "MIIT_GRAPH_RATE_BURST": "12"}
    with started("--data", tmp_path / "a.ttl", MIIT_GRAPH_PROXIES="1", **limits) as server:
        replies = [server.ask("ASK {}", {"X-Forwarded-For": "198.51.100.1, 192.0.2.7"}) for _ in range(20)]
        assert [reply.status for reply in replies] == [200] * 12 + [429] * 8
        assert replies[0].headers["RateLimit-Policy"] == '"client";q=12;w=1200'
        assert replies[0].headers["RateLimit"].startswith('"client";r=11;t=')
        refused = replies[-1]
        assert 1 <= int(refused.headers["Retry-After"]) <= 100
        assert refused.headers["RateLimit"] == f'"client";r=0;t={refused.headers["Retry-After"]}'
        problem = json.loads(refused.body)
        assert (problem["status"], problem["type"]) == (429, "/problems#rate-limit")
        browser = {"X-Forwarded-For": "192.0.2.7", "Accept": "text/html", "Accept-Language": "zh"}
        page = server.get("/", browser)
        assert page.status == 429 and "请求过于频繁" in page.body.decode() and page.headers["Retry-After"]
        # What the client says itself of its address counts for nothing, nor does another client suffer.
        assert server.ask("ASK {}", {"X-Forwarded-For": "192.0.2.7, 198.51.100.9"}).status == 200
        assert server.ask("ASK {}", {"X-Forwarded-For": "203.0.113.1, 192.0.2.7"}).status == 429
        for path in ("/health/live", "/health/ready", "/metrics", "/static/css/base.css"):
            assert server.get(path, {"X-Forwarded-For": "192.0.2.7"}).status == 200

        def refusals() -> float:
            return sum(number for name, number in server.figures().items() if 'status="429"' in name)

        wait_until(lambda: refusals() >= 10)
        assert refusals() == 10  # one for the page, one for the other client
