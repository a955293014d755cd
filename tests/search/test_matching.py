"""Folding, pinyin and matching as such, and the functions of SPARQL that are made of them."""

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from miit_graph.matching.folding import fold
from miit_graph.matching.match import Match, Name, Question, match
from miit_graph.matching.pinyin import tokens
from miit_graph.matching.readings import readings
from miit_graph.search.highlight import key_with_places, spans
from miit_graph.search.names import basis_of

QUESTIONS = ["信息", "局", "xinxi", "gxb", "CNSA", "cyber bureau", "國家航天局", "工信部", "tion", "a", "的", "信息 局"]


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("Ｍinistry　of Ìndustry", "ministry of industry"),
        ("國家航天局（國）", "国家航天局国"),
        ("5G應用", "5g 应用"),
        ("People's Xi’an", "peoples xian"),
        ("Civil-Military", "civil military"),
        ("Straße ŒUVRE ½", "strasse œuvre 1 2"),
        ("·—、。()", ""),
        ("ﾊﾞﾝｸ", "ハンク"),
    ],
)
def test_ways_of_writing_the_same_have_one_key(written, key):
    assert fold(written) == key


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("工业和信息化部", "gong ye he xin xi hua bu"),
        ("重庆银行", "chong qing yin hang"),
        ("绿色5G", "lu se 5g"),
        ("长春", "chang chun"),
        ("MIIT部", "miit bu"),
    ],
)
def test_characters_are_read_as_their_words_are(text, spoken):
    assert " ".join(tokens(fold(text))) == spoken


def test_readings_are_kept_and_made_again_if_that_is_damaged(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    readings.cache_clear()
    made = readings()
    (file,) = (tmp_path / "miit-graph").iterdir()
    kept = file.read_bytes()
    readings.cache_clear()
    assert readings() == made and file.read_bytes() == kept
    file.write_bytes(kept[:1000])
    readings.cache_clear()
    assert readings() == made and file.read_bytes() == kept
    monkeypatch.setenv("XDG_CACHE_HOME", str(file))  # no folder can be made there
    readings.cache_clear()
    assert readings() == made


@given(st.text(max_size=60))
def test_a_key_folds_to_itself_and_its_places_are_in_the_text(text):
    key = fold(text)
    assert fold(key) == key
    again, places = key_with_places(text)
    assert again == key and len(places) == len(key) and places == sorted(places)


@given(st.text(alphabet="工业和信息化部國航天局abc XY-", min_size=1, max_size=20), st.data())
def test_a_part_of_a_chinese_name_is_found_and_marked(text, data):
    begin = data.draw(st.integers(0, len(text) - 1))
    part = text[begin : data.draw(st.integers(begin + 1, len(text)))]
    found = match(Name.of(text), Question.of(part))
    if fold(part) and not fold(part).isascii() and "-" not in part and part == part.strip():
        assert found is not None
        if found.how != "words" and found.where == "text":
            assert all(text[first:last] for first, last in spans(text, found))


@given(st.text(max_size=30), st.text(max_size=30))
def test_scores_stay_within_bounds(name, question):
    found = match(Name.of(name), Question.of(question))
    assert found is None or (isinstance(found, Match) and 0 < found.score <= 1)


@pytest.fixture(scope="module")
def sparql(app):
    def select(query):
        reply = app.test_client().get("/sparql", query_string={"query": query, "format": "json"})
        assert reply.status_code == 200, reply.text
        return [{k: v["value"] for k, v in row.items()} for row in reply.json["results"]["bindings"]]

    return select


class TestInSparql:
    @pytest.mark.parametrize("question", QUESTIONS)
    def test_agrees_with_the_search(self, sparql, ask, question):
        """Whoever has a name that m:matches takes is found by the search, and the other way round."""
        used = [row["p"] for row in sparql("SELECT DISTINCT ?p { ?s ?p ?o FILTER(isLiteral(?o)) }")]
        names = "|".join(f"<{p}>" for p in used if basis_of(p) and not p.endswith("nameText"))
        query = f"""SELECT DISTINCT ?s {{
            {{ ?s {names} ?name }} UNION {{ ?use m:nameOf ?s ; m:nameText ?name }}
            FILTER(isIRI(?s) && m:matches(?name, "{question}")) }}"""
        by_name = {row["s"] for row in sparql(query)}
        assert by_name
        found, page = {}, 1
        while True:
            answer = ask(question, limit=100, page=page)
            found |= {hit["iri"]: hit["match"] for hit in answer["hits"]}
            page += 1
            if page > answer["pages"]:
                break
        assert answer["complete"]
        assert by_name <= set(found)
        others = {iri for iri in set(found) - by_name if found[iri]["basis"] != "identifier"}
        # Only the search looks at several names of a thing together.
        assert all(found[iri]["how"] == "words" for iri in others)

    def test_scores_order_results(self, sparql):
        rows = sparql("""SELECT ?s ?score { ?s skos:prefLabel|skos:altLabel ?name
            BIND(m:matchScore(?name, "gongxinbu") AS ?score) FILTER(?score > 0) } ORDER BY DESC(?score) LIMIT 3""")
        assert rows[0]["s"].endswith("/miit") and float(rows[0]["score"]) <= 1

    def test_keys_compare_ways_of_writing(self, sparql):
        assert sparql('SELECT ?x { FILTER(m:searchKey("國家（ＡＢ）") = m:searchKey("国家 ab")) BIND(1 AS ?x) }')

    @pytest.mark.parametrize(
        "call",
        [
            "m:matches(<a:b>, 'a')",
            "m:matches('a')",
            "m:matches('a', 'b', 'c')",
            "m:matchScore()",
            "m:searchKey(d:miit)",
        ],
    )
    def test_wrong_arguments_are_errors_of_sparql(self, sparql, call):
        assert sparql(f"SELECT ?x {{ BIND({call} AS ?x) }}") == [{}]

    def test_numbers_and_texts_in_a_language_are_texts(self, sparql):
        assert sparql('SELECT ?x { BIND(m:matches(2025, "2025") && m:matches("局"@zh, "局"@en) AS ?x) }') == [
            {"x": "true"}
        ]

    def test_the_service_description_names_the_functions(self, app):
        reply = app.test_client().get("/sparql", headers={"Accept": "application/n-triples"})
        told = {str(triple.object) for triple in ox.parse(reply.data, format=ox.RdfFormat.N_TRIPLES)}
        for name in ("matches", "matchScore", "searchKey"):
            assert f"<https://w3id.org/miit-graph/ont#{name}>" in told
