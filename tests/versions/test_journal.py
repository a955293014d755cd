"""Patches say what changed and the journal keeps it, whatever interrupts a write."""

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miit_graph.versions.journal import Journal, JournalError, Version
from miit_graph.versions.patch import Patch, PatchError

EX = "http://example.org/"
texts = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=12)
literals = st.builds(ox.Literal, texts) | st.builds(lambda text: ox.Literal(text, language="zh"), texts)
iris = st.sampled_from([ox.NamedNode(EX + name) for name in "abcd"])
quads = st.builds(ox.Quad, iris, iris, literals | iris, iris | st.just(ox.DefaultGraph()))
datasets = st.frozensets(quads, max_size=8)


def version(number, **more):
    given = {"time": "2026-11-22T08:30:00Z", "author": "ann", "message": "why", "snapshot": "f00"} | more
    return Version(number, added=0, removed=0, **given)


def loaded(dataset):
    store = ox.Store()
    store.extend(dataset)
    return store


def content(store):
    return frozenset(store)


@given(datasets, datasets, datasets)
def test_patches_lead_from_one_dataset_to_the_next_and_back(first, second, third):
    one, two = Patch.between(first, second), Patch.between(second, third)
    store = loaded(first)
    one.then(two).apply(store)
    assert content(store) == third
    one.then(two).reverse().apply(store)
    assert content(store) == first
    assert bool(one) == (first != second)


@given(datasets, datasets, st.dictionaries(st.sampled_from(["author", "message"]), texts))
def test_a_patch_survives_being_written(first, second, header):
    patch = Patch(second - first, first - second, header)
    text = "".join(f"{line}\n" for line in patch.lines())
    assert Patch.parse(text.split("\n")) == patch


@pytest.mark.parametrize("text", ["X <a> <b> <c> .", "A <a .", 'H author "x', "A <http://e/a> <http://e/b> ."])
def test_what_is_no_patch_is_refused(text):
    with pytest.raises(PatchError):
        Patch.parse([text])


def fill(path, patches):
    with Journal(path, writing=True) as journal:
        for number, patch in enumerate(patches, 1):
            journal.append(version(number, message=f"Nr. {number}\n第二行", key=f"k{number}"), patch)


@settings(deadline=None)
@given(st.lists(datasets, min_size=1, max_size=5))
def test_the_journal_gives_back_every_change(tmp_path_factory, states):
    path = tmp_path_factory.mktemp("journal") / "changes.rdfp"
    patches = [Patch.between(a, b) for a, b in zip([frozenset(), *states], states, strict=False)]
    fill(path, patches)
    journal = Journal(path)
    assert [journal.patch(v.number).added for v in journal.versions] == [p.added for p in patches]
    for old in range(len(states) + 1):
        for new in range(len(states) + 1):
            store = loaded([frozenset(), *states][old])
            journal.between(old, new).apply(store)
            assert content(store) == ([frozenset(), *states])[new]
    assert journal.with_key("ann", "k1").number == 1 and journal.with_key("bob", "k1") is None
    assert journal.latest.message == f"Nr. {len(states)}\n第二行"


def test_an_interrupted_write_costs_nothing_that_was_recorded(tmp_path):
    path = tmp_path / "changes.rdfp"
    quad = [ox.Quad(ox.NamedNode(EX + "a"), ox.NamedNode(EX + "b"), ox.Literal(f"第{n}")) for n in range(3)]
    patches = [Patch(frozenset({q})) for q in quad]
    fill(path, patches[:2])
    whole = path.read_bytes()
    with Journal(path, writing=True) as journal:
        journal.append(version(3), patches[2])
    longer = path.read_bytes()
    for end in range(len(whole), len(longer)):
        path.write_bytes(longer[:end])
        assert len(Journal(path).versions) == 2  # a reader just doesn't see it
        with Journal(path, writing=True) as journal:
            assert [v.number for v in journal.versions] == [1, 2]
            journal.append(version(3), patches[2])
        assert path.read_bytes() == longer
    if end > len(whole):
        assert path.with_name(f"changes.rdfp.unfinished-{len(whole)}").read_bytes() == longer[len(whole) : end]


def test_damage_in_the_middle_is_not_passed_over(tmp_path):
    path = tmp_path / "changes.rdfp"
    quad = ox.Quad(ox.NamedNode(EX + "a"), ox.NamedNode(EX + "b"), ox.Literal("abc"))
    fill(path, [Patch(frozenset({quad})), Patch(removed=frozenset({quad}))])
    path.write_bytes(path.read_bytes().replace(b"abc", b"abd", 1))
    with pytest.raises(JournalError, match="version 1, at byte 0"):
        Journal(path, writing=True)


def test_only_one_writes(tmp_path):
    path = tmp_path / "changes.rdfp"
    with Journal(path, writing=True) as journal:
        with pytest.raises(JournalError, match="another process"):
            Journal(path, writing=True)
        reader = Journal(path)
        journal.append(version(1), Patch())
        assert reader.latest is None
        reader.refresh()
        assert reader.latest.number == 1
        with pytest.raises(JournalError, match="reading only"):
            reader.append(version(2), Patch())


def test_who_said_it(tmp_path):
    path = tmp_path / "changes.rdfp"
    quad = ox.Quad(ox.NamedNode(EX + "a"), ox.NamedNode(EX + "b"), ox.Literal("abc"))
    other = ox.Quad(ox.NamedNode(EX + "a"), ox.NamedNode(EX + "b"), ox.Literal("x"))
    fill(path, [Patch(frozenset({quad})), Patch(frozenset({other})), Patch(removed=frozenset({quad}))])
    assert [(v.number, added) for v, added in Journal(path).history(quad)] == [(1, True), (3, False)]
