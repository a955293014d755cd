"""Puts the class diagram on a plane: cards left and right, the tree between them. The same input, the same places."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from miit_graph.export.docs.picture import Card, Picture, Row

TITLE: Final = 13.0
TEXT: Final = 12.0
HEAD: Final = 26.0
LINE: Final = 18.0
_PAD: Final = 10.0
_GAP: Final = 12.0
_BETWEEN: Final = (104.0, 190.0)
"""Least and greatest room for the curves."""
_WIDTH: Final = 1000.0
"""The room is widened as long as the whole stays within this."""
_SPINE: Final = 16.0
_TOP: Final = 34.0
_BOX: Final = 23.0
_BOX_GAP: Final = 5.0
INDENT: Final = 14.0
_NARROW: Final = frozenset("fijlrtI.,:;'|()[] ")
_WIDE: Final = frozenset("mwMW@%…—")


@dataclass(frozen=True)
class Line:
    """A line of text on a card."""

    text: str
    target_text: str
    row: Row


@dataclass
class Box:
    """A rectangle with a title, and lines of text if it is a card."""

    iri: str
    title: str
    number: str
    lines: list[Line] = field(default_factory=list)
    also: str = ""
    depth: int = 0
    x: float = 0
    y: float = 0
    width: float = 0

    @property
    def height(self) -> float:
        """From its upper to its lower edge."""
        lines = len(self.lines) + bool(self.also)
        return HEAD + lines * LINE + (6 if lines else 0)

    def line_y(self, index: int) -> float:
        """The middle of a line of text."""
        return self.y + HEAD + (index + bool(self.also)) * LINE + LINE / 2 - 1


@dataclass(frozen=True)
class Curve:
    """From a line of a card to a box of the tree."""

    card: str
    start: tuple[float, float]
    end: tuple[float, float]


@dataclass(frozen=True)
class Plan:
    """All boxes with their places."""

    width: float
    height: float
    root: Box | None
    left: list[Box]
    right: list[Box]
    tree: list[Box]
    curves: list[Curve]
    tree_height: float = _BOX


def text_width(text: str, size: float, bold: bool = False) -> float:
    """About how wide a text is in a usual sans-serif font; rather too wide than too narrow."""
    total = 0.0
    for ch in text:
        if unicodedata.east_asian_width(ch) in "WF" or ch in "…—":
            total += 1.0
        elif ch in _NARROW:
            total += 0.36
        elif ch in _WIDE or ch.isupper():
            total += 0.8
        else:
            total += 0.6
    return total * size * (1.06 if bold else 1.0)


class Planner:
    """Plans the diagram with the names of one language."""

    def __init__(
        self, picture: Picture, name: Callable[[str], str], numbers: Mapping[str, int], words: Mapping[str, str]
    ) -> None:
        self._picture = picture
        self._name = name
        self._numbers = numbers
        self._words = words

    def plan(self) -> Plan:
        """Where everything goes."""
        tree = [self._box(iri, depth) for iri, depth in self._picture.tree]
        root = self._card(self._picture.root) if self._picture.root else None
        cards = [self._card(card) for card in self._picture.cards]
        places = {box.iri: index for index, box in enumerate(tree)}
        left, right = self._sides(cards, places)
        widest = max((self._card_width(card) for card in cards), default=0)
        middle = max([self._box_width(box) for box in tree] + ([self._card_width(root)] if root else []), default=0)
        spine = _SPINE if root else 0
        room = (_WIDTH - middle - 2 * (widest + spine)) / 2
        side = widest + min(max(room, _BETWEEN[0]), _BETWEEN[1]) if cards else 0
        x = spine + side + 1
        width = x + middle + side + spine + 1
        below = self._stack([root] if root else [], x, middle, _TOP if root else 1)
        tree_top = below + (14 if root else 0)
        for index, box in enumerate(tree):
            box.x, box.width, box.y = x, middle, tree_top + index * (_BOX + _BOX_GAP)
        start = _TOP if root else 1
        bottoms = [tree_top + len(tree) * (_BOX + _BOX_GAP)]
        bottoms.append(self._stack(left, spine + 1, widest, start))
        bottoms.append(self._stack(right, width - spine - widest - 1, widest, start))
        height = max(bottoms)
        for column in (left, right):
            self._spread(column, start, height - _GAP)
        return Plan(width, height, root, left, right, tree, self._curves(left, right, tree))

    def _box(self, iri: str, depth: int = 0) -> Box:
        number = self._numbers.get(iri, 0)
        return Box(iri, self._name(iri), f"{number:,}" if number else "", depth=depth)

    def _card(self, card: Card) -> Box:
        box = self._box(card.iri)
        for row in card.rows:
            to = self._name(row.target) if row.target else self._words["anything"]
            box.lines.append(Line(self._name(row.property), f"→ {to}", row))
        if card.also:
            separator = self._words["comma"]
            box.also = self._words["also"].format(separator.join(self._name(iri) for iri in card.also))
        return box

    @staticmethod
    def _card_width(box: Box) -> float:
        title = text_width(box.title, TITLE, bold=True) + text_width(box.number, TEXT) + 16
        lines = [text_width(f"{line.text} {line.target_text}", TEXT) for line in box.lines]
        return max([title, *lines, text_width(box.also, TEXT)]) + 2 * _PAD

    @staticmethod
    def _box_width(box: Box) -> float:
        title, number = text_width(box.title, TEXT), text_width(box.number, TEXT)
        return title + number + box.depth * INDENT + 14 + 2 * _PAD

    @staticmethod
    def _sides(cards: list[Box], places: Mapping[str, int]) -> tuple[list[Box], list[Box]]:
        """Halves of about equal height, each ordered by where its cards point to, so that few curves cross."""

        def centre(box: Box) -> float:
            targets = [line.row.target for line in box.lines if line.row.target]
            found = [places[target] for target in targets if target in places]
            return sum(found) / len(found) if found else len(places)

        left: list[Box] = []
        right: list[Box] = []
        for box in sorted(cards, key=lambda b: (centre(b), b.iri)):
            heights = [sum(b.height + _GAP for b in side) for side in (left, right)]
            (left if heights[0] <= heights[1] else right).append(box)
        for box in cards:
            box.lines.sort(key=lambda line: (places.get(line.row.target or "", len(places)), line.row.property))
        return left, right

    @staticmethod
    def _stack(boxes: list[Box], x: float, width: float, y: float) -> float:
        """Put boxes below each other; gives where the next would begin."""
        for box in boxes:
            box.x, box.y, box.width = x, y, width
            y += box.height + _GAP
        return y

    @staticmethod
    def _spread(boxes: list[Box], top: float, bottom: float) -> None:
        """Use the room between the boxes of a column that is shorter than the whole."""
        free = bottom - top - sum(box.height for box in boxes)
        gap = max(_GAP, min(4 * _GAP, free / max(1, len(boxes) - 1)))
        for box in boxes:
            box.y = top
            top += box.height + gap

    @staticmethod
    def _curves(left: list[Box], right: list[Box], tree: list[Box]) -> list[Curve]:
        """One curve for each line that leads into the tree; those that meet in a box arrive below each other."""
        curves = []
        for side in (left, right):
            arrivals: dict[str, list[tuple[float, Box]]] = {}
            for box in side:
                for index, line in enumerate(box.lines):
                    arrivals.setdefault(line.row.target or "", []).append((box.line_y(index), box))
            for target in tree:
                found = sorted(arrivals.get(target.iri, []), key=lambda pair: pair[0])
                step = min(3.0, (_BOX - 6) / max(1, len(found)))
                for index, (y, box) in enumerate(found):
                    at = target.y + _BOX / 2 + (index - (len(found) - 1) / 2) * step
                    start_x = box.x + box.width if side is left else box.x
                    end_x = target.x if side is left else target.x + target.width
                    curves.append(Curve(box.iri, (start_x, y), (end_x, at)))
        return curves
