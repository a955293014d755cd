"""A graph that takes changes, in memory and as simple as can be: what the real one has to agree with.

Terms are written as in N-Triples; a quad is (subject, predicate, object, graph), where "" is the default graph; in a
pattern, what begins with "?" is a variable.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.writing.small import BASE, DATA, ID

INTEGER = "<http://www.w3.org/2001/XMLSchema#integer>"
TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
SCALE, LEFT, RIGHT, WEIGHS, SAYS = (f"<{BASE}ont#{name}>" for name in ("Scale", "left", "right", "weighs", "says"))
SCALES, MORE, CODES, ADDED = f"<{DATA}scales>", f"<{DATA}more>", f"<{BASE}graph/codes/kinds>", f"<{DATA}added>"
DERIVED, SHAPES = f"<{BASE}graph/derived>", f"<{BASE}graph/shapes/more>"
AUTHORED = (SCALES, MORE, CODES)
SUBJECTS = (*(f"<{ID}scale-{number}>" for number in range(4)), f"<{ID}thing>")
NUMBERS = tuple(f'"{number}"^^{INTEGER}' for number in range(4))
TEXTS = ('"a"@en', '"天平"@zh', '"1"')

Triple = tuple[str, str, str]
Quad = tuple[str, str, str, str]
INITIAL = frozenset(
    (subject, predicate, value, SCALES)
    for subject in SUBJECTS[:4]
    for predicate, value in ((TYPE, SCALE), (LEFT, NUMBERS[0]), (RIGHT, NUMBERS[0]))
)


class Refused(Exception):
    """The change is refused with this status, as a problem of this kind."""

    def __init__(self, status: int, kind: str) -> None:
        super().__init__(kind)
        self.status = status
        self.kind = kind


def derived(quads: frozenset[Quad]) -> set[Quad]:
    """What the rule of the small project makes."""
    return {(s, WEIGHS, o, DERIVED) for s, p, o, _ in quads if p == LEFT}


def conforms(quads: frozenset[Quad]) -> bool:
    """What the shapes of the small project say."""
    for scale in {s for s, p, o, _ in quads if (p, o) == (TYPE, SCALE)}:
        left, right = ({o for s, p, o, _ in quads if (s, p) == (scale, pan)} for pan in (LEFT, RIGHT))
        if left != right or len(left) != 1 or not left.pop().endswith(INTEGER):
            return False
    return True


@dataclass
class Dataset:
    """The dataset while a request changes it: the named graphs, and those that exist though they may be empty."""

    quads: set[Quad]
    graphs: set[str]

    @classmethod
    def of(cls, authored: frozenset[Quad]) -> Dataset:
        quads = authored | derived(authored)
        return cls(set(quads), {graph for *_, graph in quads})

    def merged(self) -> set[Triple]:
        return {(s, p, o) for s, p, o, _ in self.quads}

    def change(self, remove: set[Quad], add: set[Quad]) -> None:
        """One operation: first remove, then add."""
        before, named = self.merged(), set(self.quads)
        default = before - {(s, p, o) for s, p, o, g in remove if not g}
        default |= {(s, p, o) for s, p, o, g in add if not g}
        self.quads = named - remove | {quad for quad in add if quad[3]}
        self.quads -= {quad for quad in named if quad[:3] in before - default}
        self.quads |= {(*triple, ADDED) for triple in default - before}
        self.graphs |= {graph for *_, graph in self.quads}

    def solutions(self, patterns: tuple[Quad, ...]) -> list[dict[str, str]]:
        found: list[dict[str, str]] = [{}]
        data = self.quads | {(*triple, "") for triple in self.merged()}
        for pattern in patterns:
            found = [more for known in found for quad in data if (more := _match(pattern, quad, known)) is not None]
        return found


def _match(pattern: Quad, quad: Quad, known: dict[str, str]) -> dict[str, str] | None:
    found = dict(known)
    for wanted, term in zip(pattern, quad, strict=True):
        if not wanted.startswith("?"):
            if wanted != term:
                return None
        elif not term or found.setdefault(wanted, term) != term:  # a variable for a graph is never the default graph
            return None
    return found


@dataclass(frozen=True)
class Data:
    """INSERT DATA or DELETE DATA."""

    quads: tuple[Quad, ...]
    adds: bool = True

    def text(self) -> str:
        return f"{'INSERT' if self.adds else 'DELETE'} DATA {_block(self.quads)}"

    def apply(self, data: Dataset) -> None:
        data.change(*((set(), set(self.quads)) if self.adds else (set(self.quads), set())))


@dataclass(frozen=True)
class Modify:
    """DELETE … INSERT … WHERE …"""

    removes: tuple[Quad, ...]
    adds: tuple[Quad, ...]
    where: tuple[Quad, ...]

    def text(self) -> str:
        if self.removes == self.where and not self.adds:
            return f"DELETE WHERE {_block(self.where)}"
        parts = [f"DELETE {_block(self.removes)}"] if self.removes else []
        parts += [f"INSERT {_block(self.adds)}"] if self.adds or not self.removes else []
        return f"{' '.join(parts)} WHERE {_block(self.where)}"

    def apply(self, data: Dataset) -> None:
        found = data.solutions(self.where)
        remove, add = (
            {_filled(quad, solution) for quad in quads for solution in found} for quads in (self.removes, self.adds)
        )
        data.change(remove, add)


@dataclass(frozen=True)
class Manage:
    """CLEAR, DROP, CREATE of a graph; COPY, MOVE, ADD of one to another."""

    verb: str
    graph: str
    to: str = ""

    def text(self) -> str:
        return f"{self.verb} {self.graph} TO {self.to}" if self.to else f"{self.verb} GRAPH {self.graph}"

    def apply(self, data: Dataset) -> None:
        here = {quad for quad in data.quads if quad[3] == self.graph}
        if self.to:
            if self.to == self.graph:
                return
            there = {quad for quad in data.quads if quad[3] == self.to} if self.verb != "ADD" else set()
            if self.verb == "MOVE" and self.graph not in data.graphs:
                raise Refused(400, "syntax")
            data.graphs -= {self.to} if self.verb != "ADD" else set()
            data.quads -= there
            data.change(set(), {(s, p, o, self.to) for s, p, o, _ in here})
            if self.verb == "MOVE":
                data.quads -= here
                data.graphs.discard(self.graph)
            return
        if (self.graph in data.graphs) == (self.verb == "CREATE"):
            raise Refused(400, "syntax")
        if self.verb == "CREATE":
            data.graphs.add(self.graph)
        else:
            data.quads -= here
            data.graphs -= {self.graph} if self.verb == "DROP" else set()


@dataclass(frozen=True)
class Wrong:
    """A text that is refused for itself."""

    content: str
    status: int
    kind: str

    def text(self) -> str:
        return self.content

    def apply(self, data: Dataset) -> None:
        raise Refused(self.status, self.kind)


Step = Data | Modify | Manage | Wrong


@dataclass(frozen=True)
class Update:
    """A SPARQL Update request."""

    steps: tuple[Step, ...]

    def text(self) -> str:
        return " ;\n".join(step.text() for step in self.steps)

    def changed(self, data: Dataset) -> None:
        """Do it. Raises Refused."""
        for kind in (403, 400):  # what can be seen before anything is done
            for step in self.steps:
                if isinstance(step, Wrong) and step.status == kind:
                    step.apply(data)
        for step in self.steps:
            step.apply(data)


@dataclass(frozen=True)
class Store:
    """A request of the Graph Store Protocol; the default graph is ""."""

    method: str
    graph: str
    triples: tuple[Triple, ...] = ()

    def text(self) -> str:
        return "\n".join(f"{' '.join(triple)} ." for triple in self.triples) if self.method != "DELETE" else ""

    def changed(self, data: Dataset) -> None:
        """Do it. Raises Refused."""
        if not self.graph and self.method != "POST":
            raise Refused(422, "change-refused")
        present = {quad for quad in data.quads if quad[3] == self.graph}
        if self.method == "DELETE" and not present:
            raise Refused(404, "not-found")
        wanted = {(*triple, self.graph) for triple in self.triples} if self.method != "DELETE" else set()
        data.change(present - wanted if self.method != "POST" else set(), wanted)


Change = Update | Store


@dataclass(frozen=True)
class Version:
    """What was accepted, from whom and why."""

    quads: frozenset[Quad]
    author: str
    message: str


@dataclass
class Model:
    """The versions since the test began, and which idempotency keys have made which."""

    first: int
    versions: list[Version]
    keys: dict[tuple[str, str], tuple[object, int]] = field(default_factory=dict)

    @property
    def present(self) -> frozenset[Quad]:
        return self.versions[-1].quads

    @property
    def number(self) -> int:
        """The number of the present version."""
        return self.first + len(self.versions) - 1

    def outcome(self, change: Change) -> frozenset[Quad]:
        """The quads after a change. Raises Refused."""
        if isinstance(change, Store) and change.graph and not change.graph.startswith((f"<{DATA}", CODES[:-6])):
            raise Refused(403, "graph-fixed")
        data = Dataset.of(self.present)
        before = set(data.quads)
        change.changed(data)
        made = {quad for quad in before - data.quads if quad[3] == DERIVED}
        if any(graph not in (*AUTHORED, ADDED) for *_, graph in (before ^ data.quads) - made):
            raise Refused(422, "change-refused")
        if any(term.startswith("_:") for quad in data.quads - before for term in quad):
            raise Refused(422, "change-refused")
        after = frozenset(quad for quad in data.quads if quad[3] != DERIVED)
        if made & derived(after):  # it was to be deleted, and is made again
            raise Refused(422, "change-refused")
        if after != self.present and not conforms(after):
            raise Refused(422, "invalid")
        return after


def _block(quads: tuple[Quad, ...]) -> str:
    rows = [f"{s} {p} {o} ." if not g else f"GRAPH {g} {{ {s} {p} {o} }}" for s, p, o, g in quads]
    return f"{{ {' '.join(rows)} }}"


def _filled(quad: Quad, solution: dict[str, str]) -> Quad:
    s, p, o, g = (solution.get(term, term) for term in quad)
    return s, p, o, g
