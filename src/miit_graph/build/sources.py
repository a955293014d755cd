"""The authored files of a project: where they are, what they say, and where a subject stands in them."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from miit_graph.build.errors import ProjectError, SourceError
from miit_graph.colours import ColourError, Colours
from miit_graph.vocabulary import PREFIXES, SH, prefixes_for, shorten

ROLES = ("ontology", "codes", "data", "shapes")
"""Folders of authored Turtle, in the order in which they are read."""

PROJECT_FILE = "graph.toml"
SHIPPED = "shipped"
"""The value of ``model`` with which a project takes over the model that comes with the program."""
_PACKAGE = Path(__file__).resolve().parents[1]


def shipped_graph() -> Path | None:
    """The folder of the graph that comes with the program: inside an installation, or of the checkout."""
    places = (_PACKAGE / "graph", _PACKAGE.parent.parent)
    return next((folder for folder in places if (folder / PROJECT_FILE).is_file()), None)


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One authored Turtle file, the named graph that it becomes, and the folder that it lies in."""

    path: Path
    name: str
    """Path inside the project with forward slashes, as messages and the manifest show it."""
    graph: str
    role: str


def _names(file: Path, settings: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """The prefixed names that [home] lists under `key`, as IRIs."""
    prefixes = prefixes_for(str(settings["base"]))
    return tuple(_iri(file, prefixes, f"{key} in [home]", name) for name in settings.get("home", {}).get(key, ()))


def _iri(file: Path, prefixes: Mapping[str, str], where: str, name: object) -> str:
    """The IRI of a prefixed name. Raises ProjectError."""
    prefix, colon, local = str(name).partition(":")
    if not colon or prefix not in prefixes:
        known = ", ".join(f"{known}:" for known in prefixes)
        raise ProjectError(f"{file}: {where} has {name!r}; write a name with one of the prefixes {known}")
    return prefixes[prefix] + local


def _colours(file: Path, settings: Mapping[str, Any]) -> Colours:
    """What [colours] asks for. Raises ProjectError."""
    given = settings.get("colours", {})
    kinds = given.get("kinds", {}) if isinstance(given, dict) else None
    if not isinstance(kinds, dict):
        raise ProjectError(f"{file}: [colours] has accent, accent_dark and the table [colours.kinds].")
    unknown = set(given) - {"accent", "accent_dark", "kinds"}
    if unknown:
        raise ProjectError(f"{file}: [colours] has {min(unknown)!r}; it may have accent, accent_dark and kinds.")
    prefixes = prefixes_for(str(settings["base"]))
    named = {_iri(file, prefixes, "[colours.kinds]", name): value for name, value in kinds.items()}
    try:
        return Colours.read(given.get("accent"), given.get("accent_dark"), named)
    except ColourError as error:
        raise ProjectError(f"{file}: in [colours], {error}") from None


@dataclass(frozen=True, slots=True)
class Model:
    """The part of the graph that comes with the program which other projects can use without copying it.

    Its terms and codes keep their IRIs in every project, as those of any vocabulary do.
    """

    root: Path
    base: str
    codes: tuple[str, ...]
    """The code lists that belong to the model; the others are about the shipped graph's subject."""
    without_shapes: tuple[str, ...] = ()
    """Local names of shapes that only fit the shipped graph's subject."""

    @classmethod
    def read(cls, file: Path, wanted: object) -> Model | None:
        """What ``model`` in a graph.toml asks for; a table there says instead what the project offers to others."""
        if wanted is None or isinstance(wanted, dict):
            return None
        root = shipped_graph()
        if wanted != SHIPPED or root is None:
            raise ProjectError(f'{file}: model must be "{SHIPPED}", or left out if the project has a model of its own.')
        settings = tomllib.loads((root / PROJECT_FILE).read_text(encoding="utf-8"))
        return cls(
            root, settings["base"], tuple(settings["model"]["codes"]), tuple(settings["model"]["without_shapes"])
        )

    def deactivations(self) -> bytes:
        """Turtle that switches off the shapes that are left out (SHACL, section 2.1.3.3: `sh:deactivated`)."""
        lines = (f"<{self.base}shape/{name}> <{SH.deactivated}> true .\n" for name in self.without_shapes)
        return "".join(lines).encode()

    def files(self, role: str) -> list[tuple[Path, str]]:
        """The Turtle files of a role, each with its name inside the role's folder."""
        if role == "data":
            return []
        folder = self.root / role
        found = [(path, path.relative_to(folder).as_posix()) for path in sorted(folder.rglob("*.ttl"))]
        return [(path, rel) for path, rel in found if role != "codes" or rel.removesuffix(".ttl") in self.codes]


@dataclass(frozen=True)
class Project:
    """A folder laid out as ontology/, codes/, data/, shapes/, rules/, queries/ with a graph.toml on top."""

    root: Path
    base: str
    name: str
    title: Mapping[str, str]
    description: Mapping[str, str]
    short_title: Mapping[str, str] = field(default_factory=dict)
    license: str | None = None
    figures: tuple[str, ...] = ()
    """IRIs of the classes whose sizes the home page shows."""
    start: tuple[str, ...] = ()
    """IRIs of things to begin with."""
    colours: Colours = field(default_factory=Colours)
    model: Model | None = None
    """What the project takes over from the model that comes with the program."""

    @classmethod
    def open(cls, root: Path) -> Project:
        """Read `root`/graph.toml. Raises ProjectError if it is missing or a required key is."""
        file = root / PROJECT_FILE
        try:
            settings: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise ProjectError(
                f"{root} is not a graph project: it has no {PROJECT_FILE}. "
                "Go to a project's folder, or name one with --project DIR."
            ) from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ProjectError(f"{file}: {error}. Mend the file's TOML syntax.") from error
        for key in ("base", "name", "title"):
            if key not in settings:
                raise ProjectError(f"{file}: the key '{key}' is missing; see graph.toml in the README.")
        if not re.match(r"https?://.+[/#]$", str(settings["base"])):
            raise ProjectError(f"{file}: base must be an http(s) IRI ending in / or #, not {settings['base']!r}.")
        return cls(
            root=root,
            base=settings["base"],
            name=settings["name"],
            title=dict(settings["title"]),
            description=dict(settings.get("description", {})),
            short_title=dict(settings.get("short_title", {})),
            license=settings.get("license"),
            figures=_names(file, settings, "figures"),
            start=_names(file, settings, "start"),
            colours=_colours(file, settings),
            model=Model.read(file, settings.get("model")),
        )

    @property
    def prefixes(self) -> dict[str, str]:
        """Prefixes for queries; the codes of a model that was taken over have one of their own, `mc:`."""
        return prefixes_for(self.base) | ({"mc": self.model.base + "code/"} if self.model else {})

    @classmethod
    def find(cls, start: Path) -> Project:
        """The project that `start` lies in: `start` itself or the nearest folder above with a graph.toml."""
        for folder in (start, *start.parents):
            if (folder / PROJECT_FILE).is_file():
                return cls.open(folder)
        return cls.open(start)

    def graph(self, name: str) -> str:
        """The IRI of the named graph `name`, for example ``data/people`` or ``derived``."""
        return f"{self.base}graph/{name}"

    @cached_property
    def files(self) -> tuple[SourceFile, ...]:
        """All Turtle files, by role and then by name. A project without data is an error, not an empty graph."""
        found = tuple(
            SourceFile(path, f"{role}/{rel}", self.graph(f"{role}/{rel.removesuffix('.ttl')}"), role)
            for role in ROLES
            for path in sorted((self.root / role).rglob("*.ttl"))
            for rel in [path.relative_to(self.root / role).as_posix()]
        )
        if self.model:
            found = self._with_model(found, self.model)
        if not any(file.role == "data" for file in found):
            raise ProjectError(f"{self.root / 'data'} holds no Turtle file (*.ttl), so there is nothing to build.")
        return found

    def _with_model(self, own: tuple[SourceFile, ...], model: Model) -> tuple[SourceFile, ...]:
        """The files of the model and the project's own, by role; no name may stand twice."""
        taken = [
            SourceFile(path, f"{role}/{rel}", self.graph(f"{role}/{rel.removesuffix('.ttl')}"), role)
            for role in ROLES
            for path, rel in model.files(role)
        ]
        twice = {file.name for file in own} & {file.name for file in taken}
        if twice:
            raise ProjectError(f"{self.root / min(twice)}: the shipped model has a file of this name. Rename yours.")
        return tuple(sorted((*taken, *own), key=lambda file: (ROLES.index(file.role), file.name)))

    def rule_files(self) -> list[Path]:
        """The derivation rules in the order in which they run; one of the project replaces the model's of its name."""
        own = {path.name: path for path in (self.root / "rules").glob("*.rq")}
        taken = {path.name: path for path in (self.model.root / "rules").glob("*.rq")} if self.model else {}
        return [path for _, path in sorted((taken | own).items())]

    def query_files(self) -> list[Path]:
        """The competency and example queries, by number."""
        return sorted((self.root / "queries").glob("*.rq"))

    def inputs_digest(self) -> str:
        """SHA-256 over the names and bytes of everything that a build reads."""
        digest = hashlib.sha256()
        named = [(PROJECT_FILE, self.root / PROJECT_FILE), *((file.name, file.path) for file in self.files)]
        named += [(f"{path.parent.name}/{path.name}", path) for path in (*self.rule_files(), *self.query_files())]
        for name, path in named:
            content = path.read_bytes()
            digest.update(f"{name}\0{len(content)}\0".encode())
            digest.update(content)
        return digest.hexdigest()


def parse(file: SourceFile) -> Iterator[ox.Quad]:
    """The file's triples as quads of its named graph.

    Blank nodes get fresh names, so that two files never share one by accident.
    Data and codes have no blank nodes. Raises SourceError with file, line and column.
    """
    graph = ox.NamedNode(file.graph)
    try:
        with file.path.open("rb") as stream:
            for quad in ox.parse(stream, format=ox.RdfFormat.TURTLE, rename_blank_nodes=True):
                if file.role in ("data", "codes") and ox.BlankNode in (type(quad.subject), type(quad.object)):
                    raise _blank_node(file, quad)
                yield ox.Quad(quad.subject, quad.predicate, quad.object, graph)
    except SyntaxError as error:
        raise SourceError.from_syntax(file.name, file.path, error) from None
    except OSError as error:
        raise SourceError(file.name, None, None, f"cannot be read: {error.strerror}") from None


_BLANK = re.compile(r'"(?:[^"\\]|\\.)*"|<[^>]*>|#.*|(\[|_:)')


def _blank_node(file: SourceFile, quad: ox.Quad) -> SourceError:
    """The error for a node without a name: nobody could cite, correct or link to it."""
    lines = file.path.read_text(encoding="utf-8").splitlines()
    found = (n for n, line in enumerate(lines, 1) if any(match[1] for match in _BLANK.finditer(line)))
    line = next(found, None)
    reason = f"a blank node ([…], _:…), near {shorten(quad.predicate.value)}. Give the thing an IRI of its own."
    return SourceError(file.name, line, None, reason, lines[line - 1].strip()[:160] if line else "")


_PREFIX = re.compile(r"^\s*(?:@prefix|PREFIX)\s+([\w.-]*):\s*<([^>]*)>", re.IGNORECASE)
_SUBJECT = re.compile(r"^(?:<([^>]+)>|([\w.-]*):([\w.-]+))(?=\s)")


@dataclass
class Locator:
    """Finds the line on which a subject, or one of its properties, stands in the authored files."""

    files: tuple[SourceFile, ...]
    _index: dict[str, tuple[SourceFile, int]] = field(default_factory=dict, init=False)
    _lines: dict[str, list[str]] = field(default_factory=dict, init=False)
    _namespaces: dict[str, tuple[str, int]] = field(default_factory=dict, init=False)

    def _read(self) -> None:
        for file in self.files:
            lines = self._lines[file.name] = file.path.read_text(encoding="utf-8").splitlines()
            prefixes: dict[str, str] = {}
            for number, line in enumerate(lines, 1):
                if declared := _PREFIX.match(line):
                    prefixes[declared[1]] = declared[2]
                    self._namespaces.setdefault(declared[2], (file.name, number))
                elif subject := _SUBJECT.match(line):
                    iri = subject[1] or prefixes.get(subject[2], "") + subject[3].rstrip(".")
                    self._index.setdefault(iri, (file, number))

    def find(self, subject: str, path: str | None = None, value: str | None = None) -> tuple[str, int] | None:
        """File name and line of `subject`, or of the line in its block that names `path` or `value` best.

        `path` and `value` are as written in Turtle. Where nothing in the block names the value, a value that has a
        block of its own is meant, or else the first line that mentions it anywhere; so too if `subject` is no subject
        of any file (a datatype, a text).
        """
        if not self._lines:
            self._read()
        if subject not in self._index:
            return self._elsewhere(value) if value else self._mention(f'"{subject}"')
        file, start = self._index[subject]
        lines = self._lines[file.name]
        end = next((n for n in range(start + 1, len(lines) + 1) if _SUBJECT.match(lines[n - 1])), len(lines) + 1)
        best, line = max((_score(lines[n - 1], path, value), -n) for n in range(start, end))
        if value and best < _VALUE and ":" in value and (place := self._elsewhere(value)):
            return place
        return file.name, -line if best else start

    def _elsewhere(self, name: str) -> tuple[str, int] | None:
        """Where the block of `name` begins, or else the first line that mentions it.

        An IRI that no file mentions as it is has been made of a prefix, so the first declaration of that is meant.
        """
        prefix, _, local = name.partition(":")
        if place := self._index.get(PREFIXES[prefix] + local if prefix in PREFIXES else name):
            return place[0].name, place[1]
        namespaces = sorted((namespace for namespace in self._namespaces if name.startswith(namespace)), key=len)
        return self._mention(name) or (self._namespaces[namespaces[-1]] if namespaces else None)

    def _mention(self, name: str) -> tuple[str, int] | None:
        """The first line, in any file, on which `name` stands as a whole."""
        whole = re.compile(rf"(?<![\w:-]){re.escape(name)}(?![\w-])")
        for file, lines in self._lines.items():
            for number, line in enumerate(lines, 1):
                if whole.search(line):
                    return file, number
        return None


_VALUE = 2
"""Score of a line that names the value; one that names only the property has less."""


def _score(line: str, path: str | None, value: str | None) -> int:
    """How much of a property and its value a line of Turtle names."""
    named = bool(path and path in line)
    if value and value in line and (len(value) > 2 or named):
        return _VALUE + named
    return int(named)
