"""What the tests of SERVICE share: the data here and there, and how to ask."""

import json

import pytest

from miit_graph.engine import formats
from miit_graph.engine.api import Limits, Query
from miit_graph.engine.errors import ServiceFailed, ServiceRefused

HERE = """
@prefix : <http://d/> .
:a :same :x1 ; :year 2008 . :b :same :x2 . :c :same :x9 ; :note "九"@zh .
:endpoints :one "unused" .
GRAPH :g { :a :in :g . }
"""
THERE = """
@prefix : <http://d/> .
:x1 :label "一"@zh , "one"@en . :x2 :label "two \\"quoted\\" \\\\ line\\nbreak" ; :year 2008 .
:x3 :label "three"@en ; :part [ :label "blank" ] . :x4 :part _:p . _:p :label "shared" .
"""
LABELS = "SELECT * { ?s <http://d/same> ?t SERVICE %s { ?t <http://d/label> ?l } } ORDER BY ?l"


def limits(*services, **more):
    return Limits(services=tuple(services), **more)


def run(engine, query, allowed, gone=None):
    content = b"".join(engine.run(Query(query), formats.JSON, allowed, gone))
    found = json.loads(content)
    return found["boolean"] if "boolean" in found else found["results"]["bindings"]


def column(rows, name):
    return [row.get(name, {}).get("value") for row in rows]


def refused(engine, query, allowed):
    with pytest.raises(ServiceRefused) as caught:
        run(engine, query, allowed)
    return caught.value


def failure(engine, query, allowed, gone=None):
    with pytest.raises(ServiceFailed) as caught:
        run(engine, query, allowed, gone)
    assert caught.value.status == 502 and caught.value.line == 1 and caught.value.column > 1
    return caught.value.detail
