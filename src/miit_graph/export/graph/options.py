"""What a graph file shall hold: one frozen dataclass that the command line and the web server both fill from text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, get_args

from miit_graph.export.graph.errors import OptionError

Facts = Literal["collapse", "keep"]
Dialect = Literal["plain", "yed"]
Table = Literal["both", "nodes", "edges"]
Origin = Literal["stated", "derived", "claimed", "inferred"]
Category = Literal[
    "entities",
    "concepts",
    "facts",
    "citations",
    "sources",
    "times",
    "terms",
    "shapes",
    "derivations",
    "descriptions",
    "external",
]
ORIGINS: tuple[Origin, ...] = get_args(Origin)
CATEGORIES: tuple[Category, ...] = get_args(Category)

HELP: dict[str, str] = {
    "root": "only what lies around these things: IRIs, prefixed names (d:miit) or local names (miit)",
    "depth": "with root: how many edges away, in either direction (default 1)",
    "nodes": f"kinds of node: classes (m:Region), or {', '.join(CATEGORIES)}, or all (default entities)",
    "edges": "kinds of edge: properties (org:subOrganizationOf), and where they come from: "
    f"{', '.join(ORIGINS)}, or all (default stated, derived, claimed)",
    "lang": "language of `label`; label_en and label_zh are always there (default en)",
    "as-of": "leave out what certainly did not hold on that day, as in 2012-06-30, and mark what may have",
    "facts": "collapse: an edge per plain triple and fact (default); keep: facts are nodes",
    "claims": "yes: what is claimed but not adopted is there, marked (default); no: left out",
    "properties": "yes: all properties as columns (default); no: only the fixed columns",
    "dialect": "graphml only: plain (default), or yed, with drawn labels, colours and positions",
    "table": "csv only: both tables in a zip file (default), or nodes, or edges",
}
"""Every option as users write it, with a short text for --help and the API description."""


@dataclass(frozen=True, slots=True)
class Options:
    """What goes into a graph file. The defaults give all entities and their relations.

    Names in `root`, `nodes` and `edges` are resolved when the graph is made, as that needs the dataset.
    """

    root: tuple[str, ...] = ()
    depth: int = 1
    nodes: tuple[str, ...] = ()
    edges: tuple[str, ...] = ()
    lang: str = "en"
    as_of: date | None = None
    facts: Facts = "collapse"
    claims: bool = True
    properties: bool = True
    dialect: Dialect = "plain"
    table: Table = "both"

    @classmethod
    def from_strings(cls, given: Mapping[str, str | Iterable[str]]) -> Options:
        """Read options from text, by their names in `HELP` (``as_of`` is accepted for ``as-of``).

        A value is one text or several (a repeated parameter); the list options take several in one text too,
        separated by commas or spaces, with ``<…>`` around an IRI that holds a comma. Empty means default.

        Raises OptionError for an unknown name, a value that can't be read, or `depth` without `root`.
        """
        values: dict[str, Any] = {}
        for written, value in given.items():
            name = written.replace("_", "-")
            if name not in HELP:
                raise OptionError(written, _text(value), "the name of an option", HELP)
            texts = [value] if isinstance(value, str) else list(value)
            texts = [text.strip() for text in texts if text.strip()]
            if not texts:
                continue
            if name in _LISTS:
                values[name] = tuple(item.strip("<>") for text in texts for item in _ITEM.findall(text))
            elif len(set(texts)) > 1:
                raise OptionError(name, ", ".join(texts), "one value")
            else:
                values[name.replace("-", "_")] = _READERS[name](name, texts[0])
        if "depth" in values and not values.get("root"):
            raise OptionError("depth", str(values["depth"]), "a root beside it, to count from")
        return cls(**values)


_LISTS = ("root", "nodes", "edges")
_ITEM = re.compile(r"<[^<>]*>|[^\s,]+")


def _text(value: str | Iterable[str]) -> str:
    return value if isinstance(value, str) else ", ".join(value)


def _depth(name: str, text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,3}", text):
        raise OptionError(name, text, "a whole number from 0 to 999")
    return int(text)


def _lang(name: str, text: str) -> str:
    if not re.fullmatch(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*", text):
        raise OptionError(name, text, "a language tag, as in en, zh or pt-br")
    return text.lower()


def _day(name: str, text: str) -> date:
    try:
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
            raise ValueError(text)
        return date.fromisoformat(text)
    except ValueError:
        raise OptionError(name, text, "a day, as in 2012-06-30") from None


def _yes_or_no(name: str, text: str) -> bool:
    if text.lower() in ("yes", "true", "1"):
        return True
    if text.lower() in ("no", "false", "0"):
        return False
    raise OptionError(name, text, "yes or no")


def _one_of(words: tuple[str, ...]) -> Callable[[str, str], str]:
    def read(name: str, text: str) -> str:
        if text not in words:
            raise OptionError(name, text, "one of these", words)
        return text

    return read


_READERS: dict[str, Callable[[str, str], Any]] = {
    "depth": _depth,
    "lang": _lang,
    "as-of": _day,
    "facts": _one_of(get_args(Facts)),
    "claims": _yes_or_no,
    "properties": _yes_or_no,
    "dialect": _one_of(get_args(Dialect)),
    "table": _one_of(get_args(Table)),
}
