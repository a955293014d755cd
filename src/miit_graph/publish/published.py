"""What is published: the dataset's name, texts, licence, prefixes, graphs and examples, from its manifest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from miit_graph.colours import Colours
from miit_graph.vocabulary import STANDARD_PREFIXES

Texts = Mapping[str, str]
"""One text by language tag."""


@dataclass(frozen=True, slots=True)
class ExampleQuery:
    """A query with the question it answers."""

    slug: str
    title: Texts
    question: Texts
    query: str


@dataclass(frozen=True, slots=True)
class Published:
    """What a dataset says of itself. ``base`` is empty if its IRIs have nothing in common.

    ``union`` says whether the default graph is the union of the named ones.
    """

    name: str
    base: str
    version: str
    title: Texts
    description: Texts = field(default_factory=dict)
    license: str = ""
    modified: str = ""
    triples: int | None = None
    union: bool = False
    prefixes: Mapping[str, str] = field(default_factory=lambda: STANDARD_PREFIXES)
    graphs: tuple[tuple[str, int | None], ...] = ()
    examples: tuple[ExampleQuery, ...] = ()
    figures: tuple[str, ...] = ()
    """IRIs of the classes whose sizes tell most about the dataset."""
    start: tuple[str, ...] = ()
    """IRIs of things to begin with."""
    colours: Colours = field(default_factory=Colours)

    @classmethod
    def read(cls, manifest: Mapping[str, Any], version: str) -> Self:
        """Read a snapshot's manifest (or another mapping with some of its keys)."""
        return cls(
            name=str(manifest.get("name") or "dataset"),
            base=str(manifest.get("base") or ""),
            version=version,
            title=_texts(manifest.get("title")) or {"en": "Dataset"},
            description=_texts(manifest.get("description")),
            license=str(manifest.get("license") or ""),
            modified=str(manifest.get("built") or ""),
            triples=manifest.get("triples"),
            union=bool(manifest.get("union", False)),
            prefixes=dict(manifest.get("prefixes") or STANDARD_PREFIXES),
            graphs=tuple((str(graph["iri"]), graph.get("triples")) for graph in manifest.get("graphs") or ()),
            examples=tuple(
                ExampleQuery(str(e["slug"]), _texts(e.get("title")), _texts(e.get("question")), str(e["query"]))
                for e in manifest.get("examples") or ()
            ),
            figures=tuple(map(str, manifest.get("figures") or ())),
            start=tuple(map(str, manifest.get("start") or ())),
            colours=Colours.told(manifest.get("colours")),
        )


def _texts(value: Any) -> Texts:
    if isinstance(value, str):
        return {"en": value} if value else {}
    return {str(tag): str(text) for tag, text in (value or {}).items() if text}
