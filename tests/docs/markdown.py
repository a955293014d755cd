"""Reads Markdown and does what its fenced blocks say; the rules are in CONTRIBUTING.md, «Examples in Markdown»."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import re
import shlex
import subprocess
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from miit_graph.cli import parser
from tests.conftest import ROOT

SHOWN_ADDRESS = "http://127.0.0.1:8000"
"""The address that all pages write; a test puts that of its server in its place."""
ANSWERS = ("csv", "text")
_FENCE = re.compile(r"^(?:<!-- not run: (?P<reason>[^\n]+) -->\n+)?```(?P<kind>\S*)\n(?P<text>.*?)^```$", re.M | re.S)
_SERVING = re.compile(r"(?:\w+=\S+ |\w+=\"[^\"]*\" )*(?:\S*/)?miit-graph serve\b(?P<arguments>.*)")
_MAKING = re.compile(r"(?:\w+=\S+ |\w+=\"[^\"]*\" )*make (?P<target>[\w-]+)")


@dataclass(frozen=True)
class Block:
    """A fenced block, and the block with the answer that follows it."""

    place: str
    kind: str
    text: str
    reason: str = ""
    """Why it is not run, if it is not."""
    answer: str | None = None


def blocks(path: Path) -> list[Block]:
    """The fenced blocks of a page in order, each answer with the block that it belongs to."""
    content = path.read_text(encoding="utf-8")
    found: list[Block] = []
    end = 0
    for match in _FENCE.finditer(content):
        line = content.count("\n", 0, match.start("kind")) + 1
        block = Block(f"{path.relative_to(ROOT)}:{line}", match["kind"], match["text"], match["reason"] or "")
        follows = found and not content[end : match.start()].strip()
        if follows and block.kind == {"sparql": "csv", "sh": "text", "python": "text"}.get(found[-1].kind):
            last = found.pop()
            found.append(Block(last.place, last.kind, last.text, last.reason, block.text))
        else:
            found.append(block)
        end = match.end()
    return found


def matches(shown: str, real: str) -> bool:
    """Whether `real` is what is shown, in which … stands for anything."""
    pattern = re.escape(shown.rstrip("\n")).replace("…", ".*")
    return re.fullmatch(pattern, real.rstrip("\n"), re.DOTALL) is not None


@dataclass
class Reader:
    """Does what a page says as its reader would, in one folder, with a server to ask."""

    folder: Path
    address: str
    environment: Mapping[str, str]
    names: dict[str, Any] = field(default_factory=lambda: {"__name__": "page"})
    """What the Python blocks of the page have defined so far."""

    def do(self, block: Block) -> None:
        """Do what a block says; AssertionError if the answer is another than the one shown."""
        real = getattr(self, "ask" if block.kind == "sparql" else f"_{block.kind}")(block.text)
        if block.answer is not None:
            if block.kind == "sparql":
                assert_same_rows(block.answer, real, in_order="ORDER BY" in block.text)
            else:
                assert matches(block.answer, real), f"shown:\n{block.answer}\nreal:\n{real}"

    def ask(self, query: str) -> str:
        """The answer to a query: CSV, or Turtle."""
        form = urllib.parse.urlencode({"query": query}).encode()
        accept = {"Accept": "text/csv, text/turtle;q=0.5"}
        request = urllib.request.Request(f"{self.address}/sparql", form, accept)
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return str(response.read().decode("utf-8"))
        except urllib.error.HTTPError as error:
            raise AssertionError(error.read().decode("utf-8")) from None

    def _sh(self, script: str) -> str:
        lines = [line for line in script.replace("\\\n", " ").splitlines() if not is_only_checked(line)]
        run = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", self._here("\n".join(lines))],
            capture_output=True,
            text=True,
            encoding="utf-8",
            cwd=self.folder,
            env={**os.environ, **self.environment},
            timeout=120,
            check=False,
        )
        assert run.returncode == 0, run.stderr + run.stdout
        return self._there(run.stdout)

    def _python(self, program: str) -> str:
        printed = io.StringIO()
        with contextlib.chdir(self.folder), contextlib.redirect_stdout(printed):
            exec(compile(self._here(program), "<page>", "exec"), self.names)
        return self._there(printed.getvalue())

    def _turtle(self, text: str) -> str:
        prefixes = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in self.prefixes().items())
        list(ox.parse((prefixes + text).encode(), format=ox.RdfFormat.TURTLE))
        return ""

    def _json(self, text: str) -> str:
        json.loads(text)
        return ""

    def prefixes(self) -> dict[str, str]:
        """The prefixes of the server."""
        rows = csv.DictReader(io.StringIO(self.ask("SELECT ?p ?n { ?s sh:prefix ?p ; sh:namespace ?n }")))
        return {row["p"]: row["n"] for row in rows}

    def _here(self, text: str) -> str:
        return text.replace(SHOWN_ADDRESS, self.address)

    def _there(self, text: str) -> str:
        return text.replace(self.address, SHOWN_ADDRESS)


def is_only_checked(line: str) -> bool:
    """Whether a command starts a server or is for make: then only its options, or its target, are checked."""
    if serving := _SERVING.fullmatch(line.strip()):
        parser().parse_args(["serve", *shlex.split(serving["arguments"].replace("…", ""), comments=True)])
        return True
    if making := _MAKING.match(line.strip()):
        assert re.search(rf"^{making['target']}:", (ROOT / "Makefile").read_text(), re.M), line
        return True
    return False


def assert_same_rows(shown: str, real: str, in_order: bool) -> None:
    """The same rows; those after a last row that is only … are not compared."""
    (head, *rows), (real_head, *real_rows) = (list(csv.reader(io.StringIO(text))) for text in (shown, real))
    if not in_order:
        rows, real_rows = sorted(rows), sorted(real_rows)
    if rows and rows[-1] == ["…"]:
        rows.pop()
        assert len(real_rows) > len(rows), "nothing is left for the …"
        real_rows = real_rows[: len(rows)]
    assert (head, rows) == (real_head, real_rows), f"real:\n{real}"


def prose(text: str) -> str:
    """A page without its fenced blocks."""
    return re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)


def links(text: str) -> Iterator[str]:
    """Where the links and pictures of a Markdown text lead, but for code."""
    for match in re.finditer(
        r"\]\(([^()\s]*(?:\([^()\s]*\)[^()\s]*)*)(?: \"[^\"]*\")?\)", re.sub(r"`[^`\n]*`", "", prose(text))
    ):
        yield match[1]


def anchor(heading: str) -> str:
    """The anchor of a heading, as code forges make it."""
    plain = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading).replace("`", "")
    return re.sub(r"[^\w\- ]", "", plain.strip().lower()).replace(" ", "-")


def anchors(text: str) -> set[str]:
    """All anchors of a page."""
    written = prose(text)
    headings = {anchor(heading) for heading in re.findall(r"^#+ (.+)$", written, re.M)}
    return headings | set(re.findall(r'<a id="([^"]+)"', written))
