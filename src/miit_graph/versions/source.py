"""Accepted changes written back into the authored Turtle, so that the files stay the place of truth.

Only the blocks of subjects that a change has touched are written anew, in the manner of the files (one property on a
line, prefixes of the file, Chinese as it is); new subjects are added at the end; every other byte stays. What was
written is read again and compared with the version before anything on the disk is changed.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

import pyoxigraph as ox

from miit_graph.build.errors import ProjectError
from miit_graph.build.sources import Project
from miit_graph.versions.patch import Patch
from miit_graph.vocabulary import RDF, prefixes_for

_TYPE = ox.NamedNode(RDF.type)
_PREFIX = re.compile(r"^@prefix\s+([\w.-]*):\s*<([^>]*)>\s*\.", re.MULTILINE)
_START = re.compile(r"^(?:<([^>\s]+)>|([\w.-]*):([\w.-]+))(?=\s)", re.MULTILINE)
_LOCAL = re.compile(r"[A-Za-z0-9_](?:[\w.-]*[\w-])?", re.ASCII)
_LANGUAGES = ("en", "zh")
_INTEGER = "http://www.w3.org/2001/XMLSchema#integer"
_BOOLEAN = "http://www.w3.org/2001/XMLSchema#boolean"
_STRING = "http://www.w3.org/2001/XMLSchema#string"


def write_back(project: Project, patch: Patch) -> dict[str, int]:
    """Make ``patch``, as far as it is about the graphs ``data/…`` and ``codes/…``, in the files of ``project``.

    Returns the number of subjects written anew per file (name inside the project). A file that has nothing left to say
    is deleted. Raises ProjectError if a file can't be edited safely; then none has been.
    """
    added, removed = _by_graph(project, patch.added), _by_graph(project, patch.removed)
    paths = {file.graph: file.path for file in project.files}
    changes: dict[Path, tuple[str, int]] = {}
    for graph in sorted({*added, *removed}):
        path = paths.get(graph) or project.root / f"{graph.removeprefix(project.graph(''))}.ttl"
        if not path.resolve().is_relative_to(project.root.resolve()):
            raise ProjectError(f"The graph <{graph}> can't have a file of its own: {path} is outside the project.")
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        present = _parsed(text, path)
        wanted = (present - removed[graph]) | added[graph]
        changed, count = _rewritten(text, present, wanted, prefixes_for(project.base), path)
        if count:
            changes[path] = (changed if wanted else "", count)
    for path, (text, _) in changes.items():
        if text:
            _replace(path, text)
        else:
            path.unlink()
    return {path.relative_to(project.root).as_posix(): count for path, (_, count) in changes.items()}


def _by_graph(project: Project, quads: Iterable[ox.Quad]) -> dict[str, set[ox.Triple]]:
    found: dict[str, set[ox.Triple]] = defaultdict(set)
    for quad in quads:
        name = quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else ""
        if name.startswith((project.graph("data/"), project.graph("codes/"))):
            found[name].add(quad.triple)
    return found


def _rewritten(
    text: str, present: set[ox.Triple], wanted: set[ox.Triple], known: Mapping[str, str], path: Path
) -> tuple[str, int]:
    """The text that says ``wanted`` instead of ``present``, and how many subjects had to be written anew."""
    named = {triple for triple in present | wanted if _plain(triple)}
    touched = {triple.subject for triple in (present ^ wanted) & named}
    subjects: set[object] = {*touched}
    if not subjects:
        return text, 0
    if not text:
        text = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in known.items())
    prefixes = dict(_PREFIX.findall(text))
    starts = list(_START.finditer(text))
    ends = [match.start() for match in starts[1:]] + [len(text)]
    blocks: dict[object, tuple[int, int]] = {}
    for match, end in zip(starts, ends, strict=False):
        iri = match[1] or prefixes.get(match[2], "") + match[3]
        blocks.setdefault(ox.NamedNode(iri) if ":" in iri else None, (match.start(), end))
    pieces, position = [], 0
    for subject, (start, end) in blocks.items():
        if subject not in subjects:
            continue
        subjects.discard(subject)
        own = text[start:end]
        length = own.rstrip().rfind("\n\n")  # what stands behind an empty line belongs to what follows
        size = _length(own, length)
        pieces += [text[position:start], _block(subject, wanted, prefixes, own)]
        position = start + size
    fresh = sorted(subjects, key=str)
    pieces.append(text[position:])
    result = "".join(pieces)
    for subject in fresh:
        result = result.rstrip("\n") + "\n\n" + _block(subject, wanted, prefixes, "")
    result = result.rstrip("\n") + "\n"
    if _parsed(result, path) & named != wanted & named or not _same_rest(present, wanted):
        raise ProjectError(
            f"{path} can't be edited safely (several blocks for one subject, or blank nodes in what has changed)."
            " Make the change there by hand; the version's patch says what it is."
        )
    return result, len(touched)


def _length(own: str, gap: int) -> int:
    """How many characters of what follows a subject are its block: up to the full stop that ends a line."""
    end = re.search(r"\.[ \t]*(?:#[^\n]*)?(?:\n|\Z)(?=\s*(?:\Z|#|\n|@|<|[\w.-]*:))", own)
    return end.end() if end else len(own) if gap < 0 else gap + 1


def _plain(triple: ox.Triple) -> bool:
    return ox.BlankNode not in (type(triple.subject), type(triple.object))


def _same_rest(present: set[ox.Triple], wanted: set[ox.Triple]) -> bool:
    """Whether what has blank nodes is as many triples as before (their names differ from file to file)."""
    return sum(not _plain(t) for t in present) == sum(not _plain(t) for t in wanted)


def _parsed(text: str, path: Path) -> set[ox.Triple]:
    try:
        return {quad.triple for quad in ox.parse(text.encode(), format=ox.RdfFormat.TURTLE)}
    except SyntaxError as error:
        raise ProjectError(f"{path}: {error}") from None


def _block(subject: object, wanted: set[ox.Triple], prefixes: Mapping[str, str], before: str) -> str:
    """The triples of a subject as the files write them; properties in the order that they had ``before``."""
    values: dict[ox.NamedNode, list[str]] = defaultdict(list)
    for triple in wanted:
        if triple.subject == subject:
            values[triple.predicate].append(_term(triple.object, prefixes))
    if not values:
        return ""

    def place(predicate: ox.NamedNode) -> tuple[bool, int, str]:
        found = before.find(_term(predicate, prefixes))
        return predicate != _TYPE, found if found >= 0 else len(before), str(predicate)

    lines = []
    for predicate in sorted(values, key=place):
        name = "a" if predicate == _TYPE else _term(predicate, prefixes)
        begin = max(0, before.find(name))
        ordered = sorted(values[predicate], key=lambda value: _order(value, before, begin))
        lines.append(f"{name} {' , '.join(ordered)}")
    head = _term(subject, prefixes)
    return f"{head} " + " ;\n    ".join(lines) + " .\n"


def _order(value: str, before: str, begin: int) -> tuple[int, int, str]:
    """Where a value stood ``before``, from ``begin`` on; a new text stands where one in its language did."""
    found = before.find(value, begin)
    tag = re.search(r'"@([\w-]+)$', value)
    if found < 0 and tag is not None:
        found = before.find(tag[0], begin)
    language = tag[1] if tag is not None else ""
    rank = _LANGUAGES.index(language) if language in _LANGUAGES else len(_LANGUAGES)
    return found if found >= 0 else len(before), rank, value


def _term(term: object, prefixes: Mapping[str, str]) -> str:
    if isinstance(term, ox.NamedNode):
        best = max((iri for iri in prefixes.values() if iri and term.value.startswith(iri)), key=len, default=None)
        local = term.value.removeprefix(best) if best else ""
        if best is not None and _LOCAL.fullmatch(local):
            return f"{next(prefix for prefix, iri in prefixes.items() if iri == best)}:{local}"
        return str(term)
    if isinstance(term, ox.Literal):
        kind = term.datatype.value
        if (kind == _INTEGER and re.fullmatch(r"[+-]?\d+", term.value)) or (
            kind == _BOOLEAN and term.value in ("true", "false")
        ):
            return term.value
        if term.language is None and kind != _STRING:
            return f"{ox.Literal(term.value)}^^{_term(term.datatype, prefixes)}"
    return str(term)


def _replace(path: Path, text: str) -> None:
    """Write a file so that it is there as before or complete."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.new")
    temporary.write_text(text, encoding="utf-8")
    if path.exists():
        temporary.chmod(path.stat().st_mode)
    os.replace(temporary, path)  # noqa: PTH105
