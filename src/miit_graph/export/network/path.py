"""The shortest path between two things: from both ends at once, under limits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from miit_graph.export.graph.options import Category
from miit_graph.export.network.network import DEFAULT_GROUPS, Network, UnknownThing
from miit_graph.publish.sparql_text import iris

MOST_VISITED = 20_000
MOST_STEPS = 12
_BATCH = 500
_MOST_ROWS = 50_000


@dataclass(frozen=True, slots=True)
class Path:
    """The things on the way, both ends included; empty if there is no way. ``exhausted``: the search was cut short."""

    nodes: tuple[str, ...]
    exhausted: bool = False


def find_path(
    network: Network,
    start: str,
    end: str,
    *,
    groups: frozenset[Category] = DEFAULT_GROUPS,
    properties: frozenset[str] = frozenset(),
    claims: bool = True,
) -> Path:
    """One shortest path, edges taken in either direction; equal requests find the same one.

    Raises UnknownThing for an end that is not in the dataset, and the `QueryError` of the engine.
    """
    for thing in (start, end):
        if not network.exists(thing):
            raise UnknownThing(thing)
    if start == end:
        return Path((start,))
    sides: tuple[dict[str, str], dict[str, str]] = ({start: ""}, {end: ""})
    frontiers = [{start}, {end}]
    for _ in range(MOST_STEPS):
        # The smaller frontier grows: a hub on one side is then met from the other.
        side = 0 if len(frontiers[0]) <= len(frontiers[1]) else 1
        known, other = sides[side], sides[1 - side]
        found = _step(network, frontiers[side], properties, claims)
        new = {thing: origin for thing, origin in sorted(found.items()) if thing not in known}
        ends = network.in_groups(new.keys() - {start, end}, groups) | ({start, end} & new.keys())
        new = {thing: origin for thing, origin in new.items() if thing in ends}
        known.update(new)
        met = sorted(new.keys() & other.keys())
        if met:
            return Path(min((_joined(sides, thing) for thing in met), key=lambda nodes: (len(nodes), nodes)))
        frontiers[side] = set(new)
        if not new:
            return Path(())
        if len(known) + len(other) > MOST_VISITED:
            return Path((), exhausted=True)
    return Path((), exhausted=True)


def _step(network: Network, frontier: Iterable[str], properties: frozenset[str], claims: bool) -> dict[str, str]:
    """Each thing one edge away, with the first thing of the frontier that leads there."""
    found: dict[str, str] = {}
    ordered = sorted(frontier)
    for begin in range(0, len(ordered), _BATCH):
        values = f"VALUES ?from {{ {iris(ordered[begin : begin + _BATCH])} }}"
        only = f"FILTER(?p IN ({', '.join(f'<{name}>' for name in sorted(properties))}))" if properties else ""
        pattern = network.steps("?from", values, claims=claims)
        for row in network.slices.ask.rows(f"SELECT DISTINCT ?from ?n {{ {pattern} {only} }} LIMIT {_MOST_ROWS}"):
            origin, thing = str(row["from"].value), str(row["n"].value)  # type: ignore[union-attr]
            if thing not in found or origin < found[thing]:
                found[thing] = origin
    return found


def _joined(sides: tuple[dict[str, str], dict[str, str]], middle: str) -> tuple[str, ...]:
    halves: list[list[str]] = []
    for side in sides:
        half, thing = [], middle
        while thing:
            half.append(thing)
            thing = side[thing]
        halves.append(half)
    return (*reversed(halves[0]), *halves[1][1:])
