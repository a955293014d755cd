"""Writes SVG: elements, and colours that are either a theme's own or those of the page around."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal
from xml.etree import ElementTree as ET

from miit_graph.export.graph.text import clean

Theme = Literal["light", "dark", "page"]
"""``page``: colours are the custom properties of the page that holds the picture."""

_FONT: Final = (
    "system-ui, 'Noto Sans', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans SC', 'Noto Sans CJK SC', sans-serif"
)
TOKENS: Final[dict[str, tuple[str, str]]] = {
    "ink": ("#1c2427", "#e8eceb"),
    "soft": ("#56646a", "#a3b1b4"),
    "paper": ("#fcfbf8", "#11171a"),
    "panel": ("#f2f2ec", "#1a2225"),
    "raised": ("#ffffff", "#20292d"),
    "line": ("#d9dbd3", "#334046"),
    "accent": ("#0a6569", "#6cccc8"),
    "accent-soft": ("#e0efed", "#17373a"),
    "trouble": ("#a6301f", "#ff9f8c"),
    "trouble-soft": ("#fbe9e4", "#3b201b"),
    "derived": ("#7a5b12", "#d9b65c"),
}
"""The colours of the pages' style sheet by name: light, dark."""


def one_line(text: str) -> str:
    """Text as a picture can hold it: no control characters, no bidirectional overrides, white space as one space."""
    kept = "".join(ch for ch in clean(text) if not ("\u202a" <= ch <= "\u202e" or "\u2066" <= ch <= "\u2069"))
    return " ".join(kept.split())


@dataclass(frozen=True, slots=True)
class Pen:
    """Makes elements in one theme; numbers are rounded, texts cleaned, empty attributes left out."""

    theme: Theme
    own: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """The project's colours, in the place of those in `TOKENS`."""

    def color(self, token: str) -> str:
        """A colour by its name in `TOKENS`; anything else stays as it is (``none``, ``url(#…)``)."""
        if token not in TOKENS:
            return token
        if self.theme == "page":
            return f"var(--{token})"
        return self.own.get(token, TOKENS[token])[self.theme == "dark"]

    def document(self, width: float, height: float, title: str, description: str, lang: str, name: str) -> ET.Element:
        """The root of a picture, with a title and description for screen readers; `name` makes its ids unique."""
        root = ET.Element("svg")
        if self.theme != "page":
            root.set("xmlns", "http://www.w3.org/2000/svg")
        size = {"viewBox": f"0 0 {number(width)} {number(height)}", "width": number(width), "height": number(height)}
        told = {
            "role": "group",
            "aria-labelledby": f"{name}-title {name}-desc",
            "lang": lang,
            "class": f"picture {name}",
        }
        root.attrib.update(size | told)
        if self.theme != "page":
            root.set("font-family", _FONT)
        self.add(root, "title", id=f"{name}-title").text = one_line(title)
        self.add(root, "desc", id=f"{name}-desc").text = one_line(description)
        if self.theme != "page":
            self.add(root, "rect", width=width, height=height, fill="paper")
        return root

    def add(self, parent: ET.Element, tag: str, **attributes: object) -> ET.Element:
        """A new child. ``stroke_width`` is written ``stroke-width``, ``class_`` ``class``; None is left out."""
        found = {
            name.rstrip("_").replace("_", "-"): self._value(name, value)
            for name, value in attributes.items()
            if value is not None
        }
        return ET.SubElement(parent, tag, found)

    def text(self, parent: ET.Element, x: float, y: float, words: str, **attributes: object) -> ET.Element:
        """One line of text with its baseline at `y`."""
        element = self.add(parent, "text", x=x, y=y, **({"fill": "ink"} | attributes))
        element.text = one_line(words)
        return element

    def sign(self, text: ET.Element, address: str, sign: str, tip: str) -> None:
        """A mark behind a line of text, wherever the line ends in the reader's font, with a link of its own."""
        link = self.link(text, address, tip, class_="sign")
        span = self.add(link, "tspan", dx=6, fill="trouble", font_weight=700, font_style="normal")
        span.text = sign

    def link(self, parent: ET.Element, address: str, tip: str = "", **attributes: object) -> ET.Element:
        """A link, or a group where `address` is empty; `tip` shows on hover and is read out."""
        outside = "tspan" if parent.tag == "text" else "g"
        element = (
            self.add(parent, "a", href=address, **attributes) if address else self.add(parent, outside, **attributes)
        )
        if tip:
            self.add(element, "title").text = one_line(tip)
        return element

    def _value(self, name: str, value: object) -> str:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return number(value)
        text = str(value)
        return self.color(text) if name in ("fill", "stroke", "stop_color") else clean(text)


def number(value: float) -> str:
    """A number with at most one digit behind the point."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def write(root: ET.Element) -> str:
    """The picture as text, ending in a line feed."""
    _indent(root, "\n")
    return ET.tostring(root, encoding="unicode") + "\n"


def _indent(element: ET.Element, before: str) -> None:
    """Begin each element on a line of its own, but leave texts as they are."""
    if element.tag == "text" or not len(element):
        return
    element.text = before
    for child in element:
        _indent(child, before)
        child.tail = before
