"""The graph as pictures: the organisation as a chart, and everything with a date on a timeline, as SVG.

`draw` does everything. Who draws often from one dataset reads it once with `Structure.read` or `Records.read`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from miit_graph.export.graph.errors import OptionError
from miit_graph.export.picture.chart_drawing import draw_chart
from miit_graph.export.picture.chart_model import build_chart
from miit_graph.export.picture.options import HELP, Options
from miit_graph.export.picture.structure import Structure
from miit_graph.export.picture.timeline_drawing import draw_timeline
from miit_graph.export.picture.timeline_model import build_timeline
from miit_graph.export.picture.timeline_records import Records
from miit_graph.publish.ask import Asker
from miit_graph.vocabulary import STANDARD_PREFIXES

__all__ = [
    "HELP",
    "PICTURES",
    "OptionError",
    "Options",
    "Records",
    "Structure",
    "build_chart",
    "build_timeline",
    "draw",
    "draw_chart",
    "draw_timeline",
]

PICTURES = ("chart", "timeline")


def draw(
    asker: Asker,
    name: str,
    options: Options,
    *,
    prefixes: Mapping[str, str] = STANDARD_PREFIXES,
    link: Callable[[str], str] = lambda iri: iri if iri.startswith(("http://", "https://")) else "",
) -> str:
    """The picture `name` as SVG; equal data and options give equal bytes. `link` gives the address of a thing.

    Raises OptionError if `name` or an option names nothing that is there, and the `QueryError` of the engine.
    """
    if name == "chart":
        structure = Structure.read(asker)
        return draw_chart(build_chart(structure, options, prefixes), structure, options, link)
    if name == "timeline":
        records = Records.read(asker)
        return draw_timeline(build_timeline(records, options, prefixes), options, link)
    raise OptionError("picture", name, "one of these", PICTURES)
