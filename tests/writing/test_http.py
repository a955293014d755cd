"""Changes by HTTP over a server as people start it: what is accepted, what is refused, and what is told."""

from urllib.parse import quote, urlencode

import pyoxigraph as ox
import pytest
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import validate

from miit_graph.vocabulary import SKOS
from tests.writing.conftest import BOB
from tests.writing.small import BASE, DATA, ID, SCALES, setting

LEFT = f"SELECT ?x {{ <{ID}scale-0> <{BASE}ont#left> ?x }}"
WEIGHT = f"SELECT ?x {{ <{ID}scale-0> <{BASE}ont#weighs> ?x }}"
WEIGHS = f"<{BASE}ont#weighs>"
FORM = "application/x-www-form-urlencoded"


def accepted(reply, status=200):
    assert reply.status == status, reply.text
    account = reply.json
    assert account["changed"] and reply.headers["Data-Version"] == str(account["version"])
    assert reply.headers["Dataset-Version"] == f'{account["version"]}; hash="{account["snapshot"]}"'
    assert reply.headers["ETag"] == f'"{account["snapshot"]}"' and reply.headers["Cache-Control"] == "no-store"
    return account


def problem(reply, status, slug):
    assert reply.status == status, reply.text
    assert reply.headers.get_content_type() == "application/problem+json"
    assert reply.json["type"].endswith(f"#{slug}"), reply.text
    return reply.json


class TestUpdate:
    def test_what_is_written_is_read_at_once_and_derived_triples_follow(self, writing):
        for weight in (1, 2):
            account = accepted(writing.update(setting(0, weight), message=f"Weight {weight} 斤"))
            assert account["message"] == f"Weight {weight} 斤" and account["author"] == "ann"
            for _ in range(4):  # of two web processes, both
                assert writing.values(LEFT) == writing.values(WEIGHT) == [str(weight)]
            assert writing.version == account["snapshot"]

    def test_2_2_1_as_a_form(self, writing):
        body = urlencode({"update": setting(1, 11), "message": "as a form", "dry-run": "false"})
        account = accepted(writing.request("POST", "/sparql", body, {"Content-Type": FORM}))
        assert account["message"] == "as a form"
        assert accepted(
            writing.request("POST", "/sparql/", urlencode({"update": setting(1, 12)}), {"Content-Type": FORM})
        )

    def test_2_2_3_dataset_of_the_request(self, writing):
        text = f"PREFIX : <{BASE}ont#> INSERT {{ GRAPH <{DATA}seen> {{ ?s :seen ?o }} }} WHERE {{ ?s :weighs ?o }}"
        nothing = writing.update(text, using_graph_uri=SCALES)
        assert nothing.status == 200 and not nothing.json["changed"]  # what is derived is not in that graph
        accepted(writing.update(text.replace(":weighs", ":left"), using_graph_uri=[SCALES, DATA + "other"]))
        named = (
            f"DELETE {{ GRAPH ?g {{ ?s ?p ?o }} }} WHERE {{ GRAPH ?g {{ ?s ?p ?o . FILTER(?p = <{BASE}ont#seen>) }} }}"
        )
        assert not writing.update(named, using_named_graph_uri=SCALES).json["changed"]
        accepted(writing.update(named, using_named_graph_uri=DATA + "seen"))
        told = problem(
            writing.update(f"WITH <{SCALES}> DELETE {{ ?s ?p 1 }} WHERE {{}}", using_graph_uri=SCALES), 400, "syntax"
        )
        assert "using-graph-uri" in told["detail"]
        problem(writing.update(text, using_graph_uri="not an iri"), 400, "graph-name")

    def test_without_a_graph_it_is_added_to_one_and_deleted_from_all(self, writing):
        accepted(writing.update(f"INSERT DATA {{ <{ID}x> <{ID}p> 'a' }}"))
        where = f"SELECT ?x {{ GRAPH ?x {{ <{ID}x> ?p ?o }} }}"
        assert writing.values(where) == [DATA + "added"]
        accepted(writing.update(f"INSERT DATA {{ GRAPH <{DATA}again> {{ <{ID}x> <{ID}p> 'a' }} }}"))
        accepted(writing.update(f"DELETE WHERE {{ <{ID}x> ?p ?o }}"))
        assert writing.values(where) == []

    def test_a_change_that_changes_nothing_makes_no_version(self, writing):
        before = accepted(writing.update(setting(2, 21)))
        reply = writing.update(setting(2, 21))
        assert (reply.status, reply.json["changed"], reply.json["version"]) == (200, False, before["version"])

    @pytest.mark.parametrize(
        ("text", "status", "slug", "says"),
        [
            ("INSERT DATA { <a", 400, "syntax", "Line 1"),
            ("DELETE WHERE { ?s\n ?p }", 400, "syntax", "Line 2"),
            ("SELECT * { ?s ?p ?o }", 400, "syntax", "Line 1"),
            ("INSERT DATA { foo:a foo:b 1 }", 400, "syntax", "foo:"),
            ("LOAD <http://127.0.0.1/x>", 403, "load-refused", "INSERT DATA"),
            ("PREFIX : <http://e/> LOAD:x", 403, "load-refused", "column 22"),
            ("INSERT { ?s ?p ?o } WHERE { SERVICE <http://e/> { ?s ?p ?o } }", 403, "service-refused", "SERVICE"),
            ("DELETE WHERE " + "{" * 80 + "}" * 80, 400, "query-too-nested", "64"),
            (f"INSERT DATA {{ GRAPH <{DATA}x> {{ _:a <{ID}p> 1 }} }}", 422, "change-refused", "blank node"),
            (f"INSERT DATA {{ GRAPH <{BASE}graph/shapes/x> {{ <a:a> <a:p> 1 }} }}", 422, "change-refused", "shapes"),
            (f"DELETE WHERE {{ ?s {WEIGHS} ?o }}", 422, "change-refused", f"(from <{ID}scale-0>, by weight.rq)"),
            (f"DELETE WHERE {{ GRAPH ?g {{ ?s {WEIGHS} ?o }} }}", 422, "change-refused", "derived again"),
            (f"INSERT DATA {{ GRAPH <{BASE}graph/derived> {{ <a:a> <a:p> 1 }} }}", 422, "change-refused", "others"),
            (f"CREATE GRAPH <{SCALES}>", 400, "syntax", "already exists"),
            (f"INSERT DATA {{}} ; CLEAR GRAPH <{DATA}none>", 400, "syntax", "does not exist"),
            ("DROP ALL", 422, "change-refused", "graph"),
            (setting(0, 1, 2), 422, "invalid", "violation"),
        ],
    )  # fmt: skip
    def test_what_is_refused_changes_nothing_and_says_why(self, writing, text, status, slug, says):
        before = writing.version
        assert says in problem(writing.update(text), status, slug)["detail"]
        assert writing.version == before

    @pytest.mark.parametrize("where", ["{x} ?p ?o", "GRAPH ?g {{ {x} ?p ?o }}"])
    def test_what_is_derived_goes_with_what_it_follows_from(self, writing, where):
        accepted(writing.update(setting(7, 5)))
        weighs = f"SELECT ?x {{ <{ID}scale-7> {WEIGHS} ?x }}"
        assert writing.values(weighs) == ["5"]
        accepted(writing.update(f"DELETE WHERE {{ {where.format(x=f'<{ID}scale-7>')} }}"))
        assert writing.values(weighs) == writing.values(f"SELECT ?x {{ GRAPH ?g {{ <{ID}scale-7> ?p ?x }} }}") == []

    def test_a_bomb_dies_alone(self, writing):
        bomb = "INSERT { ?a ?b ?c } WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o }"
        told = writing.update(bomb).json  # which of the two limits comes first depends on the machine
        assert told["status"] == 503 and ("536,870,912 bytes" in told["detail"] or "40 seconds" in told["detail"])
        accepted(writing.update(setting(0, 99)))


class TestRefusedReport:
    BAD = setting(3, 1, 2)

    def test_as_json(self, writing):
        report = problem(writing.update(self.BAD), 422, "invalid")["report"]
        assert not report["conforms"] and report["counts"]["Violation"] == len(report["findings"]) > 0
        assert {f["focus"] for f in report["findings"]} == {ID + "scale-3"}
        assert report["findings"][0]["message"]["zh"] == "左右不等"

    @pytest.mark.parametrize(
        "kind", ["text/turtle", "application/ld+json", "application/n-triples", "application/rdf+xml"]
    )
    def test_as_shacl_report(self, writing, kind):
        reply = writing.update(self.BAD, {"Accept": kind})
        assert (reply.status, reply.headers.get_content_type()) == (422, kind)
        store = ox.Store()
        store.load(reply.body, mime_type=kind) if False else store.load(
            reply.body, format=ox.RdfFormat.from_media_type(kind)
        )
        assert bool(
            store.query(
                "PREFIX sh: <http://www.w3.org/ns/shacl#> ASK { ?r sh:conforms false ; sh:result [ sh:focusNode ?f ] }"
            )
        )

    @pytest.mark.parametrize(
        ("language", "words"), [("en", ["Nothing was changed", "differ"]), ("zh", ["数据未作改动", "左右不等"])]
    )
    def test_as_a_page(self, writing, language, words):
        reply = writing.update(self.BAD, {"Accept": "text/html", "Accept-Language": language})
        assert (reply.status, reply.headers.get_content_type()) == (422, "text/html")
        assert all(word in reply.text for word in words)
        assert 'href="/doc/scale-3' in reply.text and "<code>d:scale-3</code>" in reply.text

    def test_warnings_are_told_and_don_t_stop(self, writing):
        notes = f"INSERT DATA {{ GRAPH <{DATA}notes> {{ <{ID}scale-3> <{SKOS.note}> 'a', 'b' }} }}"
        report = accepted(writing.update(notes))["report"]
        assert report["conforms"] and [f["severity"] for f in report["findings"]] == ["Warning"]
        accepted(writing.graph("DELETE", "data/notes"))


class TestOptions:
    def test_a_dry_run_tells_all_and_changes_nothing(self, writing):
        before = writing.version
        reply = writing.update(setting(1, 77), dry_run="true")
        assert reply.status == 200 and reply.json["dryRun"] and not reply.json["changed"] and reply.json["added"] > 0
        problem(writing.update(setting(1, 7, 8), dry_run="true"), 422, "invalid")
        problem(writing.update(setting(1, 7), dry_run="maybe"), 400, "request")
        assert writing.version == before

    def test_if_match(self, writing):
        first = accepted(writing.update(setting(1, 41)))
        second = accepted(writing.update(setting(1, 42), {"If-Match": f'"{first["snapshot"]}"'}))
        told = writing.update(setting(1, 43), {"If-Match": f'"{first["snapshot"]}"'})
        assert problem(told, 412, "version")["version"] == second["version"]
        assert told.headers["ETag"] == f'"{second["snapshot"]}"'
        accepted(writing.update(setting(1, 44), {"If-Match": f'"nothing", "{second["version"]}"'}))
        accepted(writing.update(setting(1, 45), {"If-Match": "*"}))
        problem(writing.update(setting(1, 46), {"If-Match": f'W/"{writing.version}"'}), 412, "version")

    def test_idempotency_key(self, writing):
        key = {"Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}
        first = accepted(writing.update(setting(1, 51), key))
        accepted(writing.update(setting(1, 52)))
        again = writing.update(setting(1, 51), key)
        assert (again.status, again.json["repeated"], again.json["changed"]) == (200, True, False)
        assert again.json["version"] == first["version"]
        problem(writing.update(setting(1, 53), key), 422, "key-reused")
        accepted(writing.update(setting(1, 54), key, BOB))  # keys of others are others
        problem(writing.update(setting(1, 55), {"Idempotency-Key": "a b"}), 400, "request")
        journal = writing.root / "build" / "snapshots" / "changes.rdfp"
        assert key["Idempotency-Key"] in journal.read_text(encoding="utf-8")


class TestGraphStore:
    ONE, TWO = f"<{ID}a> <{ID}p> 'one' .", f"<{ID}a> <{ID}p> 'two' ."
    ALL = f"SELECT ?x {{ GRAPH <{DATA}put> {{ ?s ?p ?x }} }} ORDER BY ?x"

    def test_5_3_to_5_5_put_post_delete(self, writing):
        reply = writing.graph("PUT", "data/put", self.ONE, message="new")
        assert accepted(reply, 201)["message"] == "new" and "graph-store" in reply.headers["Location"]
        assert writing.values(self.ALL) == ["one"]
        accepted(writing.graph("POST", "data/put", self.TWO))
        assert writing.values(self.ALL) == ["one", "two"]
        accepted(writing.graph("PUT", "data/put", self.TWO))
        assert writing.values(self.ALL) == ["two"]
        accepted(writing.graph("DELETE", "data/put"))
        assert writing.values(self.ALL) == []
        problem(writing.graph("DELETE", "data/put"), 404, "not-found")
        assert writing.request("GET", "/graph-store?graph=" + quote(DATA + "put")).status == 404

    def test_by_its_own_address(self, writing):
        accepted(writing.request("PUT", "/graph/codes/one", self.ONE, {"Content-Type": "text/turtle"}), 201)
        assert self.ONE.split()[2].strip("'") in writing.request("GET", "/graph/codes/one").text
        accepted(writing.request("DELETE", "/graph/codes/one"))

    def test_the_default_graph(self, writing):
        accepted(writing.request("POST", "/graph-store?default", self.ONE, {"Content-Type": "text/turtle"}))
        accepted(writing.graph("DELETE", "data/added"))
        for method, body in (("PUT", self.ONE), ("DELETE", None)):
            headers = {"Content-Type": "text/turtle"} if body else {}
            told = problem(writing.request(method, "/graph-store?default", body, headers), 422, "change-refused")
            assert "?graph=" in told["detail"]

    @pytest.mark.parametrize(
        "name", ["derived", "ontology/scales", "shapes/scales", "inferred", "data", "description", "dataX/a"]
    )
    def test_other_graphs_are_fixed(self, writing, name):
        assert "graph/data/" in problem(writing.graph("PUT", name, self.ONE), 403, "graph-fixed")["detail"]

    def test_what_is_no_graph_is_refused(self, writing):
        told = problem(writing.graph("PUT", "data/x", "<a> <b> .\n<c>"), 400, "syntax")
        assert told["line"] == 1
        problem(writing.graph("PUT", "data/x", self.ONE, {"Content-Type": "text/csv"}), 415, "media-type")
        problem(writing.graph("PUT", "data/x", self.ONE, {"Content-Type": "application/n-quads"}), 415, "media-type")
        problem(writing.graph("PUT", "data/x", self.ONE, {"Content-Encoding": "gzip"}), 415, "media-type")
        problem(writing.request("PUT", "/graph-store", self.ONE, {"Content-Type": "text/turtle"}), 400, "request")
        problem(writing.graph("PUT", "data/x", b"\xff\xfe"), 400, "request")
        problem(writing.graph("PUT", "data/x", "<a> <b> [] ."), 422, "change-refused")
        problem(writing.graph("PUT", "data/x", f"<{ID}a> a <{BASE}ont#Scale> ."), 422, "invalid")

    def test_patch_is_not_offered(self, writing):
        reply = writing.graph("PATCH", "data/put", self.ONE)
        assert reply.status == 405
        assert {"PUT", "POST", "DELETE", "GET"} <= set(reply.headers["Allow"].split(", "))


def test_the_problems_are_explained(writing):
    kinds = writing.request("GET", "/problems", headers={"Accept": "text/html"}, token=None).text
    for slug in ("token", "version", "invalid", "outcome-unknown", "load-refused", "disk-full"):
        assert f'id="{slug}"' in kinds


@pytest.fixture(scope="module")
def described(writing):
    return writing.request("GET", "/openapi.json", token=None).json


class TestOpenApi:
    def conforms(self, described, name, value):
        OAS31Validator({"$ref": f"#/components/schemas/{name}", "components": described["components"]}).validate(value)

    def test_it_is_valid_and_tells_each_way_to_write(self, described):
        validate(described)
        ways = {(place, method) for place, methods in described["paths"].items() for method in methods}
        written = {(p, m) for p in ("/graph-store", "/graph/{name}") for m in ("put", "post", "delete")}
        assert {way for way in ways if way[1] in ("put", "delete", "patch")} | {
            way for way in ways if way[1] == "post" and way[0].startswith("/graph")
        } == written
        update = described["paths"]["/sparql"]["post"]
        assert "application/sparql-update" in update["requestBody"]["content"] and {} in update["security"]
        scheme = described["components"]["securitySchemes"]["token"]
        assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")
        for place, method in (*written, ("/sparql", "post")):
            operation = described["paths"][place][method]
            assert {"token": []} in operation["security"]
            assert {"message", "dry-run", "If-Match", "Idempotency-Key"} <= {p["name"] for p in operation["parameters"]}
            assert {"200", "202", "400", "401", "403", "412", "422", "503", "507"} <= set(operation["responses"])

    def test_answers_are_as_described(self, writing, described):
        self.conforms(described, "Change", accepted(writing.update(setting(1, 61))))
        self.conforms(described, "Change", writing.update(setting(1, 62), dry_run="true").json)
        self.conforms(described, "Invalid", problem(writing.update(setting(1, 6, 7)), 422, "invalid"))
        for status, reply in [
            ("401", writing.update(setting(1, 61), token=None)),
            ("412", writing.update(setting(1, 63), {"If-Match": '"0"'})),
            ("403", writing.graph("PUT", "derived", "<a:a> <a:b> <a:c> .")),
        ]:
            self.conforms(described, "Problem", reply.json)
            told = described["paths"]["/sparql"]["post"]["responses"][status]
            assert str(reply.status) == status and all(name in reply.headers for name in told.get("headers", {}))
