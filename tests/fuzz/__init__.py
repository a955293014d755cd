"""Fuzzing: targets.py says what must hold, corpus/ holds inputs that reach all of it, test_fuzz.py replays them."""

from __future__ import annotations

import json
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_QUERY_PIECES = (
    "SERVICE service SERVICE: :SERVICE SILENT LOAD load: FROM NAMED now() RAND() BNODE() INSERT DELETE DATA WHERE WITH"
    " USING INTO COPY CLEAR SELECT ASK CONSTRUCT DESCRIBE PREFIX BASE VERSION FILTER( FILTER BIND( AS EXISTS NOT MINUS"
    " UNION OPTIONAL GRAPH VALUES UNDEF GROUP ORDER BY HAVING( IN( REGEX( REPLACE( CONCAT( true false ?a ?service $s"
    " <p:p> <http://127.0.0.1:1/> <?b)SERVICE#> <'> x:x a:SERVICE _:b _:service 'x' \"x\" \"\"\" ''' @en @en--ltr ^^"
    " << >> <<( )>> {| |} && || != <= >= = ! * + / | ^ ~ ( ) { } [ ] , ; . # 1 1.5 1e3 -1 \\u0053 \\u \\U0001F600 \\n"
    " \\\\ %53 \u0130 \u017f \u212a \ufeff \u4e2d \U0001f600 a LIMIT DISTINCT SEPARATOR LATERAL"
)
_NEGOTIATION_PIECES = (
    "text/html application/json application/sparql-results+json application/sparql-results+xml text/csv text/turtle"
    " text/tab-separated-values application/n-triples application/rdf+xml application/ld+json application/trig text/*"
    " application/* */* * ;q=0 ;q=0.5 ;q=1 ;q=nan ;q=inf ;q=1_0 ;q=-1 ;q= ;charset=utf-8 , ; = / gzip br zstd identity"
    " x-gzip ttl json xml turtle rdf+xml \u0130 \u212a"
)
PIECES: dict[str, tuple[str, ...]] = {
    "queries": (*_QUERY_PIECES.split(), "\n", "\t", " ", "\u00a0"),
    "negotiation": (*_NEGOTIATION_PIECES.split(), "\n", " "),
}
"""Words that the fuzzer puts together, by target."""
_HEADERS = (
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8\ngzip, deflate, br, zstd",
    "application/sparql-results+json, application/json;q=0.9, */*;q=0.1\nx-gzip;q=0.5, *;q=0",
    "text/turtle;q=0.4, application/rdf+xml\nidentity;q=0\nturtle",
)


def corpus_file(target: str) -> Path:
    """Where the inputs of a target are kept: a JSON string in each line."""
    return Path(__file__).parent / "corpus" / f"{target}.jsonl"


def read_corpus(target: str) -> list[str]:
    """The inputs that are kept for a target."""
    file = corpus_file(target)
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()] if file.exists() else []


def seeds(target: str) -> list[str]:
    """Inputs to begin with: what people really send."""
    if target == "queries":
        return [file.read_text(encoding="utf-8") for file in sorted((ROOT / "queries").rglob("*.rq"))]
    return list(_HEADERS)
