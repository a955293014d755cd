"""What the clients ask, and how they know whether an answer is right."""

from __future__ import annotations

import csv
import hashlib
import http.client
import io
import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlencode

from miit_graph.web.language import text as text_of

ROOT = Path(__file__).resolve().parents[2]
HTML, CSV = "text/html", "text/csv"
_FRESH = 1_000
"""Half of the queries carry one of so many numbers as a comment, so that most are not answered from the cache."""
_LACKING = text_of("lacking", language="en", own={}).encode()
ATTACKS = (
    "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?f ?c ?a ?d LIMIT 1",
    "ASK " + "{" * 5_000 + "}" * 5_000,
)
PAGES = ("/", "/doc/caict", "/doc/miit", "/chart", "/timeline", "/sources", "/disputes", "/explore", "/query")
EXPORTS = ("/export/graph.gexf", "/export/graph.csv", "/dump/miit-graph.nt", "/dump/miit-graph.ttl", "/doc/miit.ttl")
SEARCHES = ("caict", "信息化", "department of planning", "gongye he xinxihua bu")


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def trouble(self) -> str:
        """The kind of problem that an error names: its status and the last part of its type."""
        try:
            kind = str(json.loads(self.body)["type"]).rpartition("/")[2]
        except (ValueError, KeyError, TypeError):
            kind = " ".join(self.body[:80].decode("utf-8", "replace").split())
        return f"{self.status} {kind.removeprefix('problems#')}".strip()

    @property
    def lacking(self) -> bool:
        """Whether a page says that something of it is missing."""
        return _LACKING in self.body and self.headers.get("cache-control", "") == "no-store"


Judge = Callable[[Reply], str]
"""Says what is wrong with a complete answer of status 200; nothing if it is right."""


@dataclass(frozen=True)
class Ask:
    """One thing to ask by GET."""

    kind: str
    target: str
    accept: str
    judge: Judge
    counts: bool = True
    query: str = ""
    expected: bytes = field(default=b"", repr=False)

    def path(self, numbers: random.Random) -> str:
        """The target; a query is made another text half of the time."""
        if not self.query:
            return self.target
        text = f"{self.query}\n# {numbers.randrange(_FRESH)}" if numbers.random() < 0.5 else self.query
        return f"{self.target}{quote(text)}"


def get(port: int, path: str, accept: str, seconds: float = 120) -> Reply:
    """One request over a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
    try:
        connection.request("GET", path, headers={"Accept": accept, "Accept-Language": "en"})
        response = connection.getresponse()
        return Reply(response.status, dict(response.getheaders()), response.read())
    finally:
        connection.close()


def questions() -> list[Ask]:
    """The competency questions, with the answers that stand beside them."""
    files = sorted([*(ROOT / "queries").glob("*.rq"), *(ROOT / "tests/queries/twenty").glob("*.rq")])
    return [
        Ask(
            "query",
            "/sparql?query=",
            CSV,
            _table(file.with_suffix(".csv")),
            query=file.read_text(encoding="utf-8"),
            expected=file.with_suffix(".csv").read_bytes(),
        )
        for file in files
    ]


def _table(file: Path) -> Judge:
    wanted = _rows(file.read_bytes())

    def judge(reply: Reply) -> str:
        return "" if _rows(reply.body) == wanted else f"{file.stem} has another answer"

    return judge


def _rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8", "replace"), newline="")))


def looked_up(port: int) -> list[Ask]:
    """Pages, graph files, dumps and searches: right is what the server says before anything is broken."""
    targets = [("page", path, HTML) for path in PAGES]
    targets += [("export", path, "*/*") for path in EXPORTS]
    targets += [("search", f"/search?{urlencode({'q': text})}", "application/json") for text in SEARCHES]
    found = []
    for kind, path, accept in targets:
        first, second = get(port, path, accept), get(port, path, accept)
        if first.status != 200 or first.body != second.body:
            raise SystemExit(f"{path}: status {first.status}, or not the same twice: cannot be used here")
        found.append(Ask(kind, path, accept, _same(path, first.body), expected=first.body))
    return found


def _same(path: str, body: bytes) -> Judge:
    digest = hashlib.sha256(body).digest()

    def judge(reply: Reply) -> str:
        if hashlib.sha256(reply.body).digest() == digest:
            return ""
        return f"{path} has another content ({len(reply.body)} bytes, not {len(body)})"

    return judge


def attacks() -> list[Ask]:
    """Queries that no limit lets through: any error is right, an answer is not."""
    return [
        Ask("attack", "/sparql?timeout=1&query=", CSV, lambda _: "an attack was answered", counts=False, query=text)
        for text in ATTACKS
    ]
