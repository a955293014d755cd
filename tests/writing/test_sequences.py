"""Whatever is asked in whatever order, the server and a simple model in memory agree: graph, versions and refusals.

``MIIT_GRAPH_SEQUENCES`` says how many random sequences are tried (default 6). See also `test_crash`.
"""

from __future__ import annotations

import os
from collections import Counter
from typing import ClassVar
from urllib.parse import urlencode

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from miit_graph.build.validate import SEVERITIES
from miit_graph.versions.history import History
from tests.writing import model
from tests.writing.conftest import ANN, BOB
from tests.writing.model import AUTHORED, DERIVED, INITIAL, NUMBERS, SHAPES, SUBJECTS, TEXTS
from tests.writing.small import DATA

SEQUENCES = int(os.environ.get("MIIT_GRAPH_SEQUENCES", "6"))
STEPS = 8
AUTHORS = {"ann": ANN, "bob": BOB}

graphs = st.sampled_from(AUTHORED)
places = st.sampled_from((*AUTHORED, "", ""))
subjects = st.sampled_from(SUBJECTS)
values = st.sampled_from((*NUMBERS, *TEXTS))


def quads(graphs=places):
    pan = st.tuples(st.just(model.LEFT) | st.just(model.RIGHT), st.sampled_from(NUMBERS))
    said = st.tuples(st.just(model.SAYS), values)
    kind = st.tuples(st.just(model.TYPE), st.just(model.SCALE))
    return st.tuples(subjects, said | said | pan | kind, graphs).map(lambda quad: (quad[0], *quad[1], quad[2]))


def balanced(subject, value, graph):
    """Sets both pans of a scale, wherever they were said."""
    pans = [(subject, pan, value, graph) for pan in (model.LEFT, model.RIGHT)]
    kind = (subject, model.TYPE, model.SCALE, graph)
    old = [(subject, pan, "?old", "?graph") for pan in (model.LEFT, model.RIGHT)]
    return (*(model.Modify((pattern,), (), (pattern,)) for pattern in old), model.Data((kind, *pans)))


@st.composite
def modifications(draw):
    """DELETE and INSERT by a pattern, which may stand in a named graph, in any, or in the default graph."""
    subject = draw(st.just("?s") | subjects)
    predicate = draw(st.sampled_from((model.SAYS, model.SAYS, model.LEFT, model.WEIGHS)))
    value = draw(st.just("?o") | values)
    where = (subject, predicate, value, draw(st.sampled_from((*AUTHORED, "?g", ""))))
    more = draw(st.just(()) | st.just(((where[0], model.SAYS, "?o", draw(places)),)))
    new = (where[0], model.SAYS, draw(st.sampled_from((value, *TEXTS))), draw(places))
    removes = draw(st.sampled_from(((where,), ())))
    return model.Modify(removes, draw(st.sampled_from(((), (new,)))), (where, *more))


two = st.builds(model.Manage, st.sampled_from(("COPY", "MOVE", "ADD")), graphs, graphs)
one = st.builds(model.Manage, st.sampled_from(("CLEAR", "DROP", "CREATE")), graphs)
data = st.builds(model.Data, st.lists(quads(), min_size=1, max_size=3).map(tuple), st.booleans())
fixed = st.builds(model.Data, st.tuples(quads(st.sampled_from((DERIVED, SHAPES)))))
blank = st.builds(lambda quad: model.Data(((*quad[:2], "_:b", quad[3] or model.MORE),)), quads())
wrong = st.sampled_from(
    [
        model.Wrong("DELETE WHERE { ?s ?p }", 400, "syntax"),
        model.Wrong("INSERT DATA { none:a none:b 1 }", 400, "syntax"),
        model.Wrong("SELECT * { ?s ?p ?o }", 400, "syntax"),
        model.Wrong("LOAD <http://127.0.0.1/x>", 403, "load-refused"),
    ]
)
plain = data | modifications()
steps = st.one_of(plain, plain, plain, one, two, fixed, blank, wrong).map(lambda step: (step,))
balances = st.builds(balanced, subjects, st.sampled_from(NUMBERS), graphs)
updates = st.lists(steps | balances | balances, min_size=1, max_size=3).map(
    lambda found: model.Update(tuple(step for group in found for step in group))
)
triples = st.lists(quads().map(lambda quad: quad[:3]), max_size=3).map(tuple)
scale = st.builds(
    lambda s, v: ((s, model.TYPE, model.SCALE), (s, model.LEFT, v), (s, model.RIGHT, v)),
    subjects,
    st.sampled_from(NUMBERS),
)
stores = st.builds(
    model.Store,
    st.sampled_from(("PUT", "POST", "POST", "DELETE")),
    st.sampled_from((*AUTHORED, *AUTHORED, model.ADDED, "", DERIVED, SHAPES)),
    triples | scale,
)
changes = updates | updates | stores
said = st.tuples(subjects, st.just(model.SAYS), values, places)
sound = st.one_of(  # nothing in these breaks a rule
    balances,
    st.builds(model.Data, st.lists(said, min_size=1, max_size=3).map(tuple)).map(lambda step: (step,)),
    st.builds(model.Data, st.lists(said, min_size=1, max_size=3).map(tuple), st.just(False)).map(lambda step: (step,)),
    st.just((model.Modify(((("?s", model.SAYS, "?o", "?g")),), (), (("?s", model.SAYS, "?o", "?g"),)),)),
).map(model.Update)


class Sequence(RuleBasedStateMachine):
    """Requests to a server that is taken back to the same graph before; ``client`` is set by the test."""

    client = None
    runs = 0
    seen: ClassVar[Counter[str]] = Counter()

    def __init__(self):
        super().__init__()
        Sequence.runs += 1
        if Sequence.runs % 50 == 0:
            print(f"sequence {Sequence.runs}:", dict(Sequence.seen), flush=True)
        self.run = Sequence.runs
        self.back_to_the_beginning()

    def back_to_the_beginning(self):
        old = [f"DELETE WHERE {{ GRAPH {graph} {{ ?s ?p ?o }} }}" for graph in (*AUTHORED, model.ADDED)]
        reply = self.client.update(" ;\n".join((*old, model.Data(tuple(sorted(INITIAL))).text())))
        assert reply.status == 200, reply.text
        told = reply.json
        self.model = model.Model(told["version"], [model.Version(INITIAL, told["author"], told["message"])])
        self.snapshot = told["snapshot"]
        self.keyed = {}

    @rule(
        change=changes,
        author=st.sampled_from(("ann", "ann", "bob")),
        message=st.sampled_from(("", "why", "为何？\n«x»")),
        dry=st.sampled_from((False, False, False, True)),
        key=st.sampled_from(("", "", "", "a", "b")),
        match=st.sampled_from(("", "", "", "hash", "number", "*", "earlier", "weak", "either")),
    )
    def ask(self, change, author, message, dry, key, match):
        self.check(self.send(change, author, message, dry, key, match), change, author, message, dry, key, match)

    @rule(change=sound, author=st.sampled_from(("ann", "bob")), match=st.sampled_from(("", "hash", "number", "either")))
    def ask_for_something_sound(self, change, author, match):
        request = (change, author, "", False, "", match)
        self.check(self.send(*request), *request)

    @precondition(lambda self: self.keyed)
    @rule(data=st.data(), match=st.sampled_from(("", "earlier")))
    def ask_again(self, data, match):
        """What was accepted with a key: by chance the same would hardly ever come under it."""
        author, key = data.draw(st.sampled_from(sorted(self.keyed)))
        change, message = self.keyed[author, key]
        request = (change, author, message, False, key, match)
        self.check(self.send(*request), *request)

    def send(self, change, author, message, dry, key, match):
        headers = {"Idempotency-Key": f"{self.run}-{key}"} if key else {}
        now, number = self.snapshot, self.model.number
        tags = {"hash": f'"{now}"', "number": f'"{number}"', "*": "*", "earlier": f'"{number - 1}"'}
        tags |= {"weak": f'W/"{now}"', "either": f'"{number - 1}", "{now}"'}
        headers |= {"If-Match": tags[match]} if match else {}
        parameters = ({"message": message} if message else {}) | ({"dry-run": "true"} if dry else {})
        if isinstance(change, model.Update):
            target, kind, method = "/sparql", "application/sparql-update", "POST"
        else:
            target, kind, method = "/graph-store", "text/turtle", change.method
            parameters |= {"graph": change.graph[1:-1]} if change.graph else {"default": ""}
        body = change.text() if method != "DELETE" else None
        headers |= {"Content-Type": kind} if body is not None else {}
        target += f"?{urlencode(parameters)}" if parameters else ""
        return self.client.request(method, target, body, headers, AUTHORS[author])

    def expected(self, change, author, message, dry, key, match):
        """What the answer has to be, as (status, kind of the problem or outcome, quads)."""
        known = self.model.keys.get((author, key)) if key else None
        try:
            if isinstance(change, model.Store) and change.graph in (DERIVED, SHAPES):
                raise model.Refused(403, "graph-fixed")
            if known is not None:
                if known[0] != asked(change, message):
                    raise model.Refused(422, "key-reused")
                return 200, "repeated", None
            if match in ("earlier", "weak"):
                raise model.Refused(412, "version")
            after = self.model.outcome(change)
        except model.Refused as refused:
            return refused.status, refused.kind, None
        if after == self.model.present:
            return 200, "unchanged", None
        if dry:
            return 200, "dry", None
        return 200, "accepted", after

    def check(self, reply, change, author, message, dry, key, match):
        status, what, after = self.expected(change, author, message, dry, key, match)
        Sequence.seen[what] += 1
        if status != 200:
            assert (reply.status, reply.json.get("type", "").rpartition("#")[2]) == (status, what), reply.text
            return
        assert reply.status in (200, 201), (what, reply.text)
        told = reply.json
        assert (reply.status == 201) <= (what == "accepted" and isinstance(change, model.Store))
        assert (told.get("changed"), "dryRun" in told) == (what == "accepted", dry), told
        if what == "repeated":
            assert told["repeated"] and told["version"] == self.model.keys[author, key][1]
            return
        if what == "accepted":
            self.accepted(change, author, message, key, after)
            assert (told["author"], told["message"]) == (author, message.strip())
            self.snapshot = told["snapshot"]
            assert told["report"]["conforms"]
        assert told["version"] == self.model.number and told["snapshot"] == self.snapshot
        assert reply.headers["ETag"] == f'"{self.snapshot}"'
        assert set(told["report"]["counts"]) == set(SEVERITIES)

    def accepted(self, change, author, message, key, after):
        self.model.versions.append(model.Version(after, author, message.strip()))
        if key:
            self.model.keys[author, key] = asked(change, message), self.model.number
            self.keyed[author, key] = change, message

    @rule(change=changes, how=st.sampled_from(("none", "wrong", "dry", "key")))
    def ask_wrongly(self, change, how):
        if how in ("none", "wrong"):
            headers = {"Content-Type": "application/sparql-update"}
            reply = self.client.request("POST", "/sparql", change.text(), headers, None if how == "none" else ANN[::-1])
            assert reply.status == 401
        elif how == "dry":
            assert self.client.update(change.text(), dry_run="perhaps").status == 400
        else:
            assert self.client.update(change.text(), {"Idempotency-Key": "a b"}).status == 400

    @invariant()
    def what_is_read_is_what_was_accepted(self):
        query = f"""SELECT ?s ?p ?o ?g {{ GRAPH ?g {{ ?s ?p ?o }}
            FILTER(STRSTARTS(STR(?g), "{DATA}") || STR(?g) IN ("{model.CODES[1:-1]}", "{DERIVED[1:-1]}")) }}"""
        expected = self.model.present | model.derived(self.model.present)
        assert self.client.version == self.snapshot
        assert self.read(query, "spog") == expected
        merged = {(s, p, o) for s, p, o, _ in expected}
        names = ", ".join((model.LEFT, model.RIGHT, model.WEIGHS, model.SAYS))
        kept = {triple for triple in merged if triple[1] in names}
        assert self.read(f"SELECT ?s ?p ?o {{ ?s ?p ?o FILTER(?p IN ({names})) }}", "spo") == kept

    def read(self, query, variables):
        reply = self.client.request("GET", "/sparql?" + urlencode({"query": query, "format": "json"}), token=None)
        assert reply.status == 200, reply.text
        rows = reply.json["results"]["bindings"]
        found = [tuple(_term(row[variable]) for variable in variables) for row in rows]
        assert len(found) == len(set(found))
        return set(found)

    def teardown(self):
        first, last = self.model.first, self.model.number
        reply = self.client.request("GET", "/versions?format=json", token=None)
        listed = {version["number"]: version for version in reply.json["versions"]}
        assert max(listed) == last
        history = History(self.client.root / "build" / "snapshots")
        for number, version in enumerate(self.model.versions, first):
            recorded = history.find(number)
            if number > first:
                assert (recorded.author, recorded.message) == (version.author, version.message)
            assert {found for quad in history.quads(recorded) if (found := _quad(quad)) is not None} == version.quads
        if last > first:
            reply = self.client.request("GET", f"/changes?from={first}&to={last}&format=rdfp", token=None)
            rows = [line for line in reply.text.splitlines() if line[:2] in ("A ", "D ")]
            rows = [row for row in rows if row.split()[-2] in (*AUTHORED, model.ADDED)]
            start, end = INITIAL, self.model.present
            assert sorted(rows) == sorted(
                [f"A {' '.join(quad)} ." for quad in end - start] + [f"D {' '.join(quad)} ." for quad in start - end]
            )


def asked(change, message):
    """What an idempotency key stands for."""
    return type(change), change.text(), getattr(change, "method", ""), getattr(change, "graph", ""), message.strip()


def _term(value):
    if value["type"] == "uri":
        return f"<{value['value']}>"
    tail = f"@{value['xml:lang']}" if "xml:lang" in value else f"^^<{value['datatype']}>" if "datatype" in value else ""
    return f'"{value["value"]}"{tail}'


def _quad(quad):
    graph = str(quad.graph_name)
    return tuple(map(str, quad)) if graph in (*AUTHORED, model.ADDED) else None


def tried(machine, client, sequences, steps=STEPS):
    machine.client = client
    many = sequences > 50
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=sequences,
            stateful_step_count=steps,
            deadline=None,
            derandomize=not many,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    if many:
        print(f"{sequences} sequences of {machine.__name__}:", dict(machine.seen.most_common()))
    wanted = {"accepted", "unchanged", "repeated", "invalid", "change-refused"}
    if machine is Sequence:  # the others have too few requests for what is rare
        wanted |= {"dry", "syntax", "version", "not-found", "key-reused", "graph-fixed", "load-refused"}
    assert not many or set(machine.seen) >= wanted


def test_random_sequences_agree_with_the_model(writing):
    tried(Sequence, writing, SEQUENCES)
