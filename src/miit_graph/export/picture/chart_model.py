"""The organisation as a tree: every body once, below the one it is tied to most closely; nameplates on bearers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from miit_graph.export.picture.days import number_of
from miit_graph.export.picture.options import Options
from miit_graph.export.picture.reading import Names, resolve
from miit_graph.export.picture.structure import Plate, Structure, Tie
from miit_graph.export.picture.terms import BONDS, Bond

__all__ = ["Chart", "Group", "Unit", "build_chart"]


@dataclass(frozen=True, slots=True)
class Group:
    """The bodies that are tied to one body in one way."""

    kind: str
    """The code or property that says how."""
    bond: Bond
    units: tuple[Unit, ...]

    @property
    def size(self) -> int:
        """How many bodies are in this group and below."""
        return sum(1 + unit.below for unit in self.units)


@dataclass(slots=True)
class Unit:
    """A body in the tree."""

    iri: str
    tie: Tie | None = None
    """How it is tied to the one above it in the tree."""
    groups: tuple[Group, ...] = ()
    plates: tuple[Plate, ...] = ()
    also: tuple[Tie, ...] = ()
    """Its further ties to bodies above."""
    elsewhere: tuple[Tie, ...] = ()
    """Ties to bodies below that stand elsewhere in the tree, and what is claimed to be below."""
    below: int = 0
    cut: int = 0
    """How many bodies below are not shown, as they are too deep."""

    @property
    def only(self) -> Unit | None:
        """The one body below, if there is just one and it branches further."""
        if len(self.groups) == 1 and len(self.groups[0].units) == 1 and self.groups[0].units[0].groups:
            return self.groups[0].units[0]
        return None


@dataclass(slots=True)
class Chart:
    """What is drawn. `units` counts bodies, `plates` nameplates, in the tree."""

    roots: tuple[Unit, ...]
    kinds: Mapping[str, Bond]
    """The kinds of tie in the tree, in the order of their bonds."""
    names: Names
    loose: tuple[str, ...] = ()
    """Organisations of which no tie is known."""
    known: bool = True
    """Whether the dataset has any tie at all, whatever the options."""
    all_kinds: Mapping[str, Bond] = field(default_factory=dict)
    """The kinds of tie in the dataset, before any filter."""

    def every(self) -> Iterator[Unit]:
        """All bodies, each once, from the top."""
        waiting = list(self.roots)[::-1]
        while waiting:
            unit = waiting.pop()
            yield unit
            waiting += [child for group in reversed(unit.groups) for child in reversed(group.units)]

    @property
    def main(self) -> Unit:
        """The first body from the top that has more than one below it; there must be a root."""
        unit = self.roots[0]
        while (only := unit.only) is not None:
            unit = only
        return unit

    @property
    def units(self) -> int:
        """How many bodies there are."""
        return sum(1 for _ in self.every())

    @property
    def plates(self) -> int:
        """How many nameplates there are."""
        return sum(len(unit.plates) for unit in self.every())


def build_chart(structure: Structure, options: Options, prefixes: Mapping[str, str]) -> Chart:
    """Arrange the structure as a tree.

    Raises OptionError if `root` or `kind` names nothing that is there.
    """
    ties = list(structure.ties)
    all_kinds = _kinds(ties)
    chosen = {resolve("kind", kind, all_kinds, prefixes, "a kind of affiliation") for kind in options.kind}
    if options.as_of:
        day = number_of(options.as_of)
        ties = [tie for tie in ties if structure.may_hold(tie, day)]
    bodies = {end for tie in structure.ties if tie.drawn for end in (tie.unit, tie.over)}
    root = resolve("root", options.root, bodies, prefixes, "a body of the chart") if options.root else ""
    if chosen:
        ties = [tie for tie in ties if not tie.drawn or tie.kind in chosen]
    drawn = [tie for tie in ties if tie.drawn]
    main = _main_ties(drawn, root)
    shown = {end for tie in drawn for end in (tie.unit, tie.over)} | ({root} if root else set())
    below: dict[str, list[Tie]] = defaultdict(list)
    for tie in main.values():
        below[tie.over].append(tie)
    tops = [root] if root else sorted(shown - main.keys())
    units = {body: Unit(body, main.get(body)) for body in shown}
    _hang(units, structure, ties, main, options)
    order = {kind: place for place, kind in enumerate(_kinds(drawn))}
    roots = [_grow(units, top, below, order, options.depth, structure.names, options.words) for top in tops]
    roots.sort(key=lambda unit: (-unit.below, structure.names.text(unit.iri, options.words), unit.iri))
    loose = () if root or chosen else tuple(sorted(structure.organisations - bodies))
    return Chart(tuple(roots) if drawn or root else (), _kinds(drawn), structure.names, loose, bool(bodies), all_kinds)


def _kinds(ties: Iterable[Tie]) -> dict[str, Bond]:
    """The kinds of tie, closest bond first, within a bond the most frequent first."""
    counts: dict[tuple[str, Bond], int] = defaultdict(int)
    for tie in ties:
        if tie.drawn:
            counts[tie.kind, tie.bond] += 1
    return dict(sorted(counts, key=lambda key: (BONDS.index(key[1]), -counts[key], key[0])))


def _main_ties(ties: Iterable[Tie], root: str) -> dict[str, Tie]:
    """For each body the tie by which it stands in the tree: the closest, unless that would close a circle."""
    offers: dict[str, list[Tie]] = defaultdict(list)
    for tie in ties:
        if tie.unit != tie.over and tie.unit != root:
            offers[tie.unit].append(tie)
    main: dict[str, Tie] = {}
    for unit in sorted(offers):
        for tie in sorted(offers[unit], key=lambda tie: tie.closeness):
            above: str | None = tie.over
            while above is not None and above != unit:
                above = main[above].over if above in main else None
            if above is None:
                main[unit] = tie
                break
    return main


def _hang(
    units: Mapping[str, Unit], structure: Structure, ties: Iterable[Tie], main: Mapping[str, Tie], options: Options
) -> None:
    """Give each body its nameplates and the ties that are not lines of the tree."""
    also: dict[str, list[Tie]] = defaultdict(list)
    elsewhere: dict[str, list[Tie]] = defaultdict(list)
    for tie in ties:
        if main.get(tie.unit) == tie:
            continue
        if tie.drawn:
            also[tie.unit].append(tie)
        beside = main.get(tie.unit)
        if tie.over in units and tie.unit != tie.over and not (tie.drawn and beside and beside.over == tie.over):
            elsewhere[tie.over].append(tie)
    plates: dict[str, list[Plate]] = defaultdict(list)
    for plate in structure.plates:
        plates[plate.bearer].append(plate)
    for body, unit in units.items():
        unit.plates = tuple(plates[body])
        unit.also = tuple(sorted(also[body], key=lambda tie: tie.closeness))
        unit.elsewhere = tuple(sorted(elsewhere[body], key=lambda tie: (tie.drawn, tie.closeness, tie.unit)))


def _grow(
    units: Mapping[str, Unit],
    top: str,
    below: Mapping[str, list[Tie]],
    order: Mapping[str, int],
    depth: int,
    names: Names,
    lang: str,
) -> Unit:
    """Put the bodies below `top` into groups, down to `depth`; counts go to the bottom."""
    sequence: list[tuple[str, int]] = []
    waiting = [(top, 0)]
    while waiting:
        body, level = waiting.pop()
        sequence.append((body, level))
        waiting += [(tie.unit, level + 1) for tie in below.get(body, ())]
    for body, level in reversed(sequence):  # children before parents
        unit = units[body]
        groups: dict[tuple[str, Bond], list[Tie]] = defaultdict(list)
        for tie in below.get(body, ()):
            groups[tie.kind, tie.bond].append(tie)
            unit.below += 1 + units[tie.unit].below
        if level >= depth:
            unit.cut = unit.below
            continue
        unit.groups = tuple(
            Group(kind, bond, tuple(units[tie.unit] for tie in sorted(groups[kind, bond], key=_in_list(names, lang))))
            for kind, bond in sorted(groups, key=lambda key: order[key[0]])
        )
    return units[top]


def _in_list(names: Names, lang: str) -> Callable[[Tie], tuple[bool, int, str, str]]:
    return lambda tie: (tie.position is None, tie.position or 0, names.text(tie.unit, lang), tie.unit)
