"""What a picture shall show: one frozen dataclass that the command line and the web server both fill from text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, get_args

from miit_graph.colours import Colours
from miit_graph.export.graph.errors import OptionError
from miit_graph.export.picture.days import Bounds, bounds_of
from miit_graph.export.picture.svg import Theme

Labels = Literal["en", "zh", "both"]
DEEPEST = 30
HELP: dict[str, str] = {
    "root": "chart: the body at the top; timeline: only what concerns this thing (an IRI, d:miit or miit)",
    "as-of": "chart: leave out what certainly did not hold on that day, as in 2012-06-30; timeline: mark the day",
    "lang": "language of names and words: en (default), zh, or both for names in both",
    "theme": "light (default) or dark",
    "width": "wide (default), or narrow: for a telephone, the chart in short",
    "depth": f"chart: how many levels below the top, up to {DEEPEST} (default {DEEPEST})",
    "kind": "chart: only these kinds of affiliation; timeline: only these lanes",
    "from": "timeline: where it begins: a year, month or day",
    "to": "timeline: where it ends: a year, month or day",
}
"""Every option as users write it."""
_WORDS = {"lang": get_args(Labels), "theme": ("light", "dark"), "width": ("wide", "narrow")}


@dataclass(frozen=True, slots=True)
class Options:
    """What goes into a picture. The defaults draw everything, in English, on light ground."""

    root: str = ""
    as_of: date | None = None
    lang: Labels = "en"
    theme: Theme = "light"
    depth: int = DEEPEST
    kind: tuple[str, ...] = ()
    start: Bounds | None = None
    end: Bounds | None = None
    narrow: bool = False
    """Arranged for a telephone."""
    colours: Colours = field(default_factory=Colours)
    """The project's, for pictures that leave its pages."""

    @property
    def words(self) -> Literal["en", "zh"]:
        """The language of everything but names."""
        return "zh" if self.lang == "zh" else "en"

    @classmethod
    def from_strings(cls, given: Mapping[str, str | list[str]]) -> Options:
        """Read options from text, by their names in `HELP` (``as_of`` is accepted for ``as-of``); empty is default.

        Raises OptionError for an unknown name or a value that can't be read.
        """
        values: dict[str, Any] = {}
        for written, value in given.items():
            name = written.replace("_", "-")
            texts = [text.strip() for text in ([value] if isinstance(value, str) else value) if text.strip()]
            if name not in HELP:
                raise OptionError(written, ", ".join(texts), "the name of an option", HELP)
            if not texts:
                continue
            if name == "kind":
                values["kind"] = tuple(
                    dict.fromkeys(part for text in texts for part in re.split(r"[\s,]+", text) if part)
                )
            elif len(set(texts)) > 1:
                raise OptionError(name, ", ".join(texts), "one value")
            else:
                field = {"from": "start", "to": "end", "width": "narrow"}.get(name, name.replace("-", "_"))
                values[field] = _read(name, texts[0])
        start, end = values.get("start"), values.get("end")
        if start and end and end.last <= start.first:
            raise OptionError("to", str(given["to"]), "a time after that of `from`")
        return cls(**values)


def _read(name: str, text: str) -> Any:
    if name == "root":
        return text.strip("<>")
    if name == "as-of":
        try:
            if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
                raise ValueError(text)
            return date.fromisoformat(text)
        except ValueError:
            raise OptionError(name, text, "a day, as in 2012-06-30") from None
    if name == "depth":
        if not re.fullmatch(r"[0-9]{1,2}", text, re.ASCII) or not 1 <= int(text) <= DEEPEST:
            raise OptionError(name, text, f"a whole number from 1 to {DEEPEST}")
        return int(text)
    if name in ("from", "to"):
        found = bounds_of(text)
        if found is None:
            raise OptionError(name, text, "a year, month or day, as in 2008, 2008-03 or 2008-03-15")
        return found
    words = _WORDS[name]
    if text not in words:
        raise OptionError(name, text, "one of these", words)
    return text == "narrow" if name == "width" else text
