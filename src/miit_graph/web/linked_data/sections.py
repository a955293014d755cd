"""The page of a thing as sections: which facts lead to it, arranged as its graph says, with those shown read in full.

One query lists the facts with how they lead to the thing; only what is shown is read further, all at once, so the
number of queries doesn't grow with the page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

import pyoxigraph as ox

from miit_graph.publish.ask import Term
from miit_graph.publish.sparql_text import iri as text_of
from miit_graph.publish.sparql_text import iris
from miit_graph.vocabulary import ORG, OWL, PROV, RDF, RDFS, M
from miit_graph.web.linked_data.facts import Fact, read_facts, tell
from miit_graph.web.linked_data.terms import Known, Property, Value
from miit_graph.web.linked_data.views import Block, Section, Views

FIRST, PAGE = 8, 200
"""How many facts of a list a page shows at first, and how many the page of a section."""
INDEX = 20_000
"""How many facts about a thing are listed at most."""
LINKS_SHOWN = 8
_GENERAL = frozenset((M.Fact, PROV.Entity, RDFS.Resource, OWL.Thing, OWL.NamedIndividual))


@dataclass(slots=True)
class Entry:
    """A fact in the index: how it leads to the thing, what divides it from its like, and its place among them."""

    iri: str
    role: str
    kinds: tuple[str, ...]
    divider: str = ""
    deprecated: bool = False
    day: str = ""
    position: float = 0
    predicate: str = ""


@dataclass(slots=True)
class FactList:
    """Facts of one kind that lead to the thing in one way; ``total`` counts those that are not shown, too."""

    title: Value
    entries: list[Entry]
    shown: list[Entry] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)

    @property
    def total(self) -> int:
        """How many there are."""
        return len(self.entries)

    @property
    def dated(self) -> bool:
        """Whether the list reads best as a table with a column for the time: who was what, or mostly dated facts."""
        if not self.facts:
            return False
        served = all(ORG.Membership in entry.kinds for entry in self.shown)
        return served or sum(fact.dated for fact in self.facts) * 3 >= len(self.facts) > 1

    @property
    def columns(self) -> list[Value]:
        """The columns of such a table besides name, time and source: what differs from row to row."""
        names = dict.fromkeys(detail.name for fact in self.facts for detail in fact.details)
        values = {name: [[d.values for d in fact.details if d.name == name] for fact in self.facts] for name in names}
        return [name for name in names if len(self.facts) == 1 or any(v != values[name][0] for v in values[name])][:3]


@dataclass(slots=True)
class Part:
    """A section as it is shown."""

    slug: str
    title: str
    place: float
    properties: list[Property] = field(default_factory=list)
    lists: list[FactList] = field(default_factory=list)

    @property
    def total(self) -> int:
        """How many facts it has."""
        return sum(part.total for part in self.lists)

    @property
    def shown(self) -> int:
        """How many of them are on the page."""
        return sum(len(part.facts) for part in self.lists)


def index(known: Known, views: Views, iri: str) -> list[Entry]:
    """All facts that lead to the thing, up to `INDEX`."""
    x = text_of(iri)
    dividing = iris(views.dividing) if views.dividing else f"<{M.rank}>"
    rows = known.asker.rows(
        f"SELECT ?f ?role ?kind ?divider ?rank ?day ?place ?statement {{"
        f" {{ SELECT ?f ?role {{ ?f ?role {x} . ?f a <{M.Fact}> FILTER(isIRI(?f)) }} LIMIT {INDEX} }}"
        f" ?f a ?kind OPTIONAL {{ VALUES ?d {{ {dividing} }} ?f ?d ?divider }} OPTIONAL {{ ?f <{M.rank}> ?rank }}"
        f" OPTIONAL {{ ?f <{M.validFrom}>|<{M['at']}> ?t . ?t <{M.earliest}> ?day }}"
        f" OPTIONAL {{ ?f <{M.ordinal}>|<{M.listPosition}> ?place }}"
        f" OPTIONAL {{ ?f <{RDF.predicate}> ?statement }} }}"
    )
    found: dict[tuple[str, str], Entry] = {}
    for row in rows:
        key = (cast(ox.NamedNode, row["f"]).value, cast(ox.NamedNode, row["role"]).value)
        entry = found.setdefault(key, Entry(*key, ()))
        kind = str(getattr(row["kind"], "value", ""))
        if kind not in _GENERAL and kind not in entry.kinds:
            entry.kinds = (*entry.kinds, kind)
        entry.divider = max(entry.divider, _value(row, "divider"))
        entry.deprecated |= _value(row, "rank").endswith("deprecated")
        entry.day = max(entry.day, _value(row, "day"))
        entry.predicate = _value(row, "statement")
        if (place := _value(row, "place")).isdecimal():
            entry.position = float(place)
    for entry in found.values():
        entry.kinds = tuple(sorted(entry.kinds))
    return list(found.values())


def _value(row: Mapping[str, Term], name: str) -> str:
    return str(getattr(row.get(name), "value", ""))


def arrange(known: Known, views: Views, entries: list[Entry], only: str = "", page: int = 1) -> list[Part]:
    """The sections with the facts to show read; ``only`` one of them, of which ``page`` (from 1) is told at length.

    A fact that leads to the thing in several ways stands where it comes first.
    """
    placed: dict[str, tuple[Section, Block, str, Entry]] = {}
    for entry in entries:
        section, block, kind = _place(views, entry)
        best = placed.get(entry.iri)
        if best is None or (section.place, block.place) < (best[0].place, best[1].place):
            placed[entry.iri] = (section, block, kind, entry)
    parts: dict[str, Part] = {}
    lists: dict[tuple[str, float, str, str], list[Entry]] = {}
    for section, block, kind, entry in placed.values():
        parts.setdefault(section.slug, Part(section.slug, in_language(section.title, known.language), section.place))
        title = in_language(block.title, known.language)
        lists.setdefault((section.slug, block.place, title, kind), []).append(entry)
    known.read_names({kind for *_, kind in lists if kind} | {e.divider for es in lists.values() for e in es})
    for (slug, _, title, kind), found in sorted(lists.items()):
        if not only or slug == only:
            parts[slug].lists += _divided(known, title, kind, found)
    for part in parts.values():
        part.title = part.title or next((known.named(kind).text for (slug, *_, kind) in lists if slug == part.slug), "")
    read_facts(known, [entry.iri for part in parts.values() for entry in _choose(part, only, page)])
    return sorted(parts.values(), key=lambda part: (part.place, part.slug))


def _choose(part: Part, only: str, page: int) -> list[Entry]:
    """The entries of each list that are shown; gives all of them."""
    skip, room = ((page - 1) * PAGE, PAGE) if only else (0, 0)
    for found in part.lists:
        if only:
            found.shown = found.entries[skip : skip + room]
            skip, room = max(0, skip - len(found.entries)), room - len(found.shown)
        else:  # two more are shown rather than a link to two more
            found.shown = found.entries if found.total <= FIRST + 2 else found.entries[:FIRST]
    return [entry for found in part.lists for entry in found.shown]


def fill(known: Known, views: Views, parts: list[Part], iri: str) -> None:
    """Put what is shown of each list in words, once all names are read."""
    for part in parts:
        for found in part.lists:
            found.facts = [tell(known, views, entry.iri, iri, found.title.text) for entry in found.shown]


def _place(views: Views, entry: Entry) -> tuple[Section, Block, str]:
    """The section, the place in it and the class that decided: of the statement's predicate, of class and role, else
    a section for the class."""
    found = views.block(entry.kinds, entry.role)
    of_property = views.properties.get(entry.predicate) if entry.role == RDF.subject else None
    if of_property and (found is None or found[1].section is views.first):  # a claim stays among the claims
        return of_property.section, Block(of_property.section, 0), ""
    if found:
        return found[1].section, found[1], found[0]
    kind = next((kind for kind in entry.kinds if kind.startswith(M)), next(iter(entry.kinds), M.Fact))
    section = Section("facts-" + kind.replace("#", "/").rpartition("/")[2].lower(), 1e8)
    return section, Block(section, 0), kind


def _divided(known: Known, title: str, kind: str, entries: list[Entry]) -> list[FactList]:
    """One list, or one for each value that divides it if it is long; the deprecated last, the dated in order."""
    entries.sort(key=lambda e: (e.deprecated, e.day or "9999", e.position, e.iri))
    label = Value(title) if title or not kind else known.named(kind)
    dividers = list(dict.fromkeys(entry.divider for entry in entries))
    if len(entries) <= FIRST or len(dividers) < 2:
        return [FactList(label, entries)]
    found = []
    for divider in sorted(dividers, key=lambda d: (-sum(e.divider == d for e in entries), d)):
        some = [entry for entry in entries if entry.divider == divider]
        found.append(FactList(known.named(divider) if divider else label, some))
    return found


def in_language(texts: Mapping[str, str], language: str) -> str:
    """The text in a language, else in English, Chinese, any; empty if there is none."""
    return next((texts[tag] for tag in (language, "en", "zh", "", *sorted(texts)) if tag in texts), "")
