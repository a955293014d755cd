"""What is served: title, counts, graphs, classes, examples. Read once, with a fallback for everything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from miit_graph.colours import Colours

Texts = Mapping[str, str]
"""One text in several languages, by language tag."""

_ALL = """SELECT ?subject ?predicate ?object
WHERE {
  ?subject ?predicate ?object
}
LIMIT 20
"""
_CLASSES = """SELECT ?class (COUNT(?thing) AS ?things)
WHERE {
  ?thing a ?class
}
GROUP BY ?class
ORDER BY DESC(?things)
"""
_FALLBACK_EXAMPLES = (
    {"slug": "triples", "title": {"en": "Twenty triples", "zh": "任意二十条三元组"}, "query": _ALL},
    {
        "slug": "classes",
        "title": {"en": "Classes and their sizes", "zh": "各类及其实例数"},
        "query": _CLASSES,
    },
)


def _texts(value: Any, fallback: str) -> Texts:
    if isinstance(value, str) and value:
        return {"en": value}
    if isinstance(value, Mapping):
        texts = {str(language): str(text) for language, text in value.items() if text}
        if texts:
            return texts
    return {"en": fallback}


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


@dataclass(frozen=True, slots=True)
class Graph:
    """A named graph and the number of its triples, if known."""

    iri: str
    triples: int | None


@dataclass(frozen=True, slots=True)
class Class:
    """A class and the number of its members, if known."""

    iri: str
    label: Texts
    count: int | None


@dataclass(frozen=True, slots=True)
class Example:
    """A query to start from."""

    slug: str
    title: Texts
    query: str


@dataclass(frozen=True, slots=True)
class About:
    """The dataset as it is told to people and machines; ``base`` is empty if it has no IRI of its own."""

    title: Texts
    short_title: Texts
    version: str
    triples: int | None
    built: str
    base: str
    union: bool
    graphs: tuple[Graph, ...]
    classes: tuple[Class, ...]
    examples: tuple[Example, ...]
    colours: Colours = field(default_factory=Colours)
    store: str = ""
    """Where queries find the graph: memory, disk, or not said."""

    @classmethod
    def read(cls, about: Mapping[str, Any], version: str) -> Self:
        """Read the mapping given to `create_app`.

        Keys: `title`, `short_title` (text, or texts by language), `version`, `triples`, `built` (ISO 8601), `base`
        (an IRI), `union` (is the default graph the union of all?), `graphs` [{iri, triples}], `classes` [{iri, label,
        count}], `examples` [{slug, title, query}], `colours`. All may be missing; what can't be used is left out.
        """
        return cls(
            title=(title := _texts(about.get("title"), "SPARQL endpoint")),
            short_title=_texts(about.get("short_title") or title, ""),
            version=str(about.get("version") or version),
            triples=_count(about.get("triples")),
            built=str(about.get("built") or ""),
            base=str(about.get("base") or ""),
            union=bool(about.get("union", False)),
            graphs=tuple(
                Graph(str(graph["iri"]), _count(graph.get("triples")))
                for graph in about.get("graphs") or ()
                if graph.get("iri")
            ),
            classes=tuple(
                Class(str(item["iri"]), _texts(item.get("label"), str(item["iri"])), _count(item.get("count")))
                for item in about.get("classes") or ()
                if item.get("iri")
            ),
            examples=tuple(
                Example(str(item["slug"]), _texts(item.get("title"), str(item["slug"])), str(item["query"]))
                for item in about.get("examples") or _FALLBACK_EXAMPLES
                if item.get("slug") and item.get("query")
            ),
            colours=Colours.told(about.get("colours")),
            store=str(about.get("store") or ""),
        )


def pick(texts: Texts, language: str) -> str:
    """The text in this language, else English, else Chinese, else the first language by name."""
    for wanted in (language, "en", "zh"):
        if wanted in texts:
            return texts[wanted]
    return texts[min(texts)]
