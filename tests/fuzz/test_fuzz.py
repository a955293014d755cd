"""What fuzzing has found is tried again each time, and a little that is new; `make fuzz` looks for more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz import PIECES, read_corpus, seeds
from tests.fuzz.targets import TARGETS


@pytest.mark.parametrize("target", TARGETS)
def test_inputs_that_were_found_before(target):
    texts = [*read_corpus(target), *seeds(target)]
    assert len(texts) > 40
    for text in texts:
        TARGETS[target](text)


@pytest.mark.parametrize("target", TARGETS)
def test_a_little_that_is_new(target):
    @given(st.lists(st.sampled_from(PIECES[target]), max_size=12), st.sampled_from(["", " "]))
    def check(pieces, space):
        TARGETS[target](space.join(pieces))

    check()


@pytest.mark.parametrize(
    ("target", "lie"),
    [
        ("queries", ("examine", "SELECT * { ?s ?p ?o SERVICE <http://127.0.0.1:1/> {} }")),
        ("negotiation", ("negotiate", "a/b")),
    ],
)
def test_a_broken_promise_would_be_seen(target, lie, monkeypatch):
    """The gate lets everything through, the negotiation always takes a page."""
    import tests.fuzz.targets as targets
    from miit_graph.engine.api import Form
    from miit_graph.engine.gate import Allow

    name, text = lie
    answer = (lambda *_: Allow(Form.SELECT, False, True)) if name == "examine" else (lambda *_, **__: targets.HTML)
    monkeypatch.setattr(targets, name, answer)
    with pytest.raises(AssertionError):
        TARGETS[target](text)
