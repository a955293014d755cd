"""How the state of a remote dataset is named, and when nobody knows it."""

import threading
import time

import pytest

from miit_graph.engine.errors import EndpointFailed
from miit_graph.engine.remote.state import Mark, State, read_mark
from tests.engine.endpoints import table


def state_of(now, *marks):
    """A state at a time that is set by hand; its mark is each of these in turn, or what is raised."""
    waiting = list(marks)

    def read():
        mark = waiting.pop(0)
        if isinstance(mark, Exception):
            raise mark
        return mark

    return State("http://example.org/", 30.0, read, clock=lambda: now[0])


def test_a_state_without_a_mark_lasts_no_longer_than_said():
    now = [100.0]
    state = state_of(now, None, None)
    first = state.now()[1]
    now[0] = 119.9
    assert state.now()[1] == first == state.known
    now[0] = 120.0
    assert not state.known and state.now()[1] != first


def test_a_mark_names_the_push_and_is_read_again():
    now = [0.0]
    state = state_of(now, Mark("v1", "a", ""), Mark("v1", "b", ""))
    assert state.now()[1] == "v1-a"
    now[0] = 30.0
    assert state.now()[1] == "v1-b"


def test_while_the_mark_cannot_be_read_nobody_says_what_the_state_is():
    now, away = [0.0], EndpointFailed("away")
    state = state_of(now, Mark("v1", "a", ""), away, Mark("v1", "a", ""))
    state.now()
    now[0] = 30.0
    for _ in range(2):  # the second time nobody is asked
        with pytest.raises(EndpointFailed):
            state.now()
    assert state.mark == Mark("v1", "a", "") and not state.known
    now[0] = 31.0
    assert state.now()[1] == "v1-a"


def test_a_mark_is_read_before_it_is_too_old():
    now, read = [0.0], threading.Event()

    def ahead():
        read.set()
        return Mark("v1", "b", "")

    state = State("http://example.org/", 30.0, lambda: Mark("v1", "a", ""), ahead, lambda: now[0])
    state.now()
    now[0] = 20.0
    assert state.now()[1] == "v1-a" and read.wait(60)
    until = time.monotonic() + 60
    while state.now()[1] == "v1-a" and time.monotonic() < until:
        time.sleep(0.01)
    now[0] = 49.0
    assert state.known == "v1-b"


def test_a_mark_that_is_half_written_is_none():
    row = {"name": {"value": "urn:x-miit-graph:version"}, "value": {"value": "v1"}}
    assert read_mark(table(row, names=("name", "value")).decode()) is None
