"""How the pages of a graph are arranged: read from its shapes, which may group and order what is known of a thing.

A property shape without a target checks nothing, but may say where the values of its path stand (SHACL sections
2.3.2.3 and 2.3.2.4): ``sh:group`` names the section, ``sh:order`` the place in it. An inverse path with ``sh:class``
places fact nodes of a class by how they lead to the thing. ``dash:propertyRole`` (DASH) tells what names a fact in a
list (``dash:LabelRole``) and what such lists are divided by (``dash:KeyInfoRole``). A graph without any of this gets
the same pages with one section for each class of facts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

import pyoxigraph as ox

from miit_graph.publish.ask import Asker, Row
from miit_graph.vocabulary import RDFS, SH
from miit_graph.web.of_version import of_version

DASH = "http://datashapes.org/dash#"
_KEY = "miit_graph.views"
_QUERY = f"""SELECT * {{
  ?shape <{SH.path}> ?path ; <{SH.order}> ?order .
  OPTIONAL {{ ?path <{SH.inversePath}> ?inverse }}
  OPTIONAL {{ ?shape <{SH["class"]}> ?class }}
  OPTIONAL {{ ?shape <{SH.name}> ?name }}
  OPTIONAL {{ ?shape <{DASH}propertyRole> ?role }}
  OPTIONAL {{ ?shape <{SH.group}> ?group . ?group <{RDFS.label}> ?title OPTIONAL {{ ?group <{SH.order}> ?place }} }}
}} LIMIT 10000"""

Texts = dict[str, str]


@dataclass(slots=True)
class Section:
    """A part of the page. ``slug`` is its name in addresses."""

    slug: str
    place: float
    title: Texts = field(default_factory=dict)


@dataclass(slots=True)
class Block:
    """Where facts of a class stand that reach the thing by a property."""

    section: Section
    place: float
    title: Texts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Views:
    """The arrangement: ``blocks`` by class and property, ``properties`` of the thing itself by predicate."""

    blocks: Mapping[tuple[str, str], Block]
    properties: Mapping[str, Block]
    naming: tuple[str, ...]
    dividing: tuple[str, ...]

    @property
    def first(self) -> Section | None:
        """The section for what no other wants."""
        sections = [block.section for block in self.properties.values()]
        return min(sections, key=lambda section: section.place, default=None)

    def block(self, kinds: tuple[str, ...], predicate: str) -> tuple[str, Block] | None:
        """The first of the classes that has a place for what is reached by ``predicate``, and the place."""
        return next(((kind, self.blocks[kind, predicate]) for kind in kinds if (kind, predicate) in self.blocks), None)


def views(asker: Asker) -> Views:
    """The arrangement of the graph that is served; read once per version."""
    return of_version(_KEY, lambda: _read(asker.rows(_QUERY)))


def _read(rows: list[Row]) -> Views:
    sections: dict[str, Section] = {}
    blocks: dict[tuple[str, str], Block] = {}
    properties: dict[str, Block] = {}
    roles: dict[str, dict[str, float]] = {"LabelRole": {}, "KeyInfoRole": {}}
    for row in rows:
        order = _number(row, "order")
        role = _text(row, "role").removeprefix(DASH)
        if role in roles and isinstance(row["path"], ox.NamedNode):
            roles[role][row["path"].value] = order
        if "group" not in row:
            continue
        iri = _text(row, "group")
        slug = iri.replace("#", "/").rpartition("/")[2].removeprefix("section-")
        section = sections.setdefault(iri, Section(slug, _number(row, "place")))
        _add(section.title, row, "title")
        if "inverse" in row:
            place = blocks.setdefault((_text(row, "class"), _text(row, "inverse")), Block(section, order))
        elif isinstance(row["path"], ox.NamedNode):
            place = properties.setdefault(row["path"].value, Block(section, order))
        else:
            continue
        _add(place.title, row, "name")
    ordered = {role: tuple(sorted(found, key=lambda p: (found[p], p))) for role, found in roles.items()}
    return Views(blocks, properties, ordered["LabelRole"], ordered["KeyInfoRole"])


def _add(texts: Texts, row: Row, name: str) -> None:
    term = row.get(name)
    if isinstance(term, ox.Literal):
        texts[term.language or ""] = term.value


def _text(row: Row, name: str) -> str:
    return str(getattr(row.get(name), "value", ""))


def _number(row: Row, name: str) -> float:
    try:
        return float(cast(ox.Literal, row[name]).value)
    except (KeyError, ValueError):
        return 1e9
