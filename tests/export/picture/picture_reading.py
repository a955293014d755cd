"""Draws pictures and reads what is in them."""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree import ElementTree as ET

import pyoxigraph as ox

from miit_graph.engine.api import Limits
from miit_graph.engine.local import LocalEngine
from miit_graph.export.picture import Options, draw
from miit_graph.export.picture.measure import width
from miit_graph.publish.ask import Asker
from miit_graph.vocabulary import PREFIXES

SVG = "{http://www.w3.org/2000/svg}"
PREFIX = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())


def shown(element: ET.Element) -> str:
    """The text of an element as it is drawn: without the titles that show on hover."""
    if element.tag == f"{SVG}title":
        return ""
    return (element.text or "") + "".join(shown(child) + (child.tail or "") for child in element)


@dataclass
class Picture:
    """A parsed picture."""

    source: str
    root: ET.Element

    @classmethod
    def read(cls, source: str) -> Picture:
        return cls(source, ET.fromstring(source))

    @property
    def size(self) -> tuple[float, float]:
        x, y, wide, tall = map(float, self.root.attrib["viewBox"].split())
        assert (x, y) == (0, 0)
        return wide, tall

    @property
    def words(self) -> str:
        return " ".join(shown(text) for text in self.root.iter(f"{SVG}text"))

    def boxes(self) -> list[tuple[float, float, float, float, str]]:
        """Left, top, right, bottom and words of each line of text, by our own measure."""
        found = []
        for text in self.root.iter(f"{SVG}text"):
            words, size = shown(text), float(text.get("font-size", "13"))
            wide, x, y = width(words, size), float(text.attrib["x"]), float(text.attrib["y"])
            left = x - {"middle": wide / 2, "end": wide}.get(text.get("text-anchor", ""), 0)
            found.append((left, y - size * 0.8, left + wide, y + size * 0.2, words))
        return found

    def of_class(self, name: str) -> list[ET.Element]:
        return [element for element in self.root.iter() if name in element.get("class", "").split()]

    def iris(self, name: str) -> list[str]:
        """The things that have an element of this class, in order."""
        return [element.attrib["data-iri"] for element in self.of_class(name)]


def ask(turtle: str) -> Asker:
    """A graph written as Turtle with our prefixes, ready to be asked."""
    store = ox.Store()
    store.load((PREFIX + turtle).encode(), format=ox.RdfFormat.TURTLE)
    return Asker(LocalEngine(store, "test", prefixes=PREFIXES, workers=1), Limits())


def drawn(asker: Asker, name: str, **options: str) -> Picture:
    given = {key.rstrip("_").replace("_", "-"): value for key, value in options.items()}
    return Picture.read(draw(asker, name, Options.from_strings(given), prefixes=PREFIXES))
