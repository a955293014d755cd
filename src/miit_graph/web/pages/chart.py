"""The organisation as a tree that opens and closes, and as a picture."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, Response, request

from miit_graph.export.picture import OptionError, Options, build_chart, draw_chart
from miit_graph.export.picture.chart_layout import kind_text, tie_text
from miit_graph.export.picture.chart_marks import LINES, mark_svg, variants
from miit_graph.export.picture.chart_model import Chart
from miit_graph.export.picture.days import number_of
from miit_graph.export.picture.structure import Tie
from miit_graph.export.picture.terms import BOND_OF
from miit_graph.export.picture.words import day_in_words, word
from miit_graph.web.kept import rendered
from miit_graph.web.linked_data.answers import published
from miit_graph.web.linked_data.names import link_to
from miit_graph.web.page import page
from miit_graph.web.pages.pictures import (
    iri_link,
    options,
    picture_answer,
    picture_tag,
    read,
    refused,
    unchanged,
)
from miit_graph.web.pages.pictures_texts import TEXTS
from miit_graph.web.versions.asked import any_version

blueprint = Blueprint("chart", __name__)
_SHAPES = ("gexf", "graphml", "dot", "cyjs", "csv")


def _chart(chosen: Options) -> Chart:
    try:
        return build_chart(read().structure, chosen, published().prefixes)
    except OptionError as error:
        raise refused(error) from None


@blueprint.get("/chart")
@any_version
@rendered
def chart() -> Response:
    """The tree: ``?root=&as-of=&kind=&depth=&version=``."""
    chosen = options(picture=False)
    found = _chart(chosen)
    lang, structure = chosen.words, read().structure
    day = number_of(chosen.as_of) if chosen.as_of else None
    marks = {kind: mark_svg(*variant) for kind, variant in variants(found).items()}
    return page(
        "chart.html",
        texts=TEXTS,
        chart=found,
        chosen=chosen,
        day=day_in_words(day, lang) if day is not None else "",
        marks=marks,
        lines=tuple(LINES),
        link=link_to,
        name=lambda thing: found.names.name(thing, lang),
        kind_name=lambda kind: kind_text(found, kind, chosen),
        bond_means=lambda bond: word(bond, lang),
        tie_told=lambda tie, unit: tie_text(found, tie, unit, chosen),
        claimed=lambda tie: bool(tie.claim or tie.deprecated),
        doubtful=lambda tie: _doubtful(tie, day),
        plain=lambda kind: kind in BOND_OF,
        nothing=word("no_chart_day" if chosen.as_of and found.known else "no_chart", lang),
        pictures=[(key, _svg(**more)) for key, more in _pictures(lang)],
        shapes=_SHAPES,
        with_root=lambda thing: "?" + urlencode([*_kept(), ("root", thing)]),
        without_root="?" + urlencode(_kept()),
        structure=structure,
    )


@blueprint.get("/chart.svg")
@any_version
def picture() -> Response:
    """The chart as a picture: also ``?theme=&lang=both&width=narrow``."""
    chosen = options(picture=True)
    found = _chart(chosen)
    same = unchanged(picture_tag("chart"))
    if same is not None:
        return same
    return picture_answer("chart", draw_chart(found, read().structure, chosen, iri_link))


def _doubtful(tie: Tie, day: int | None) -> bool:
    return day is not None and not read().structure.certain(tie, day)


def _kept() -> list[tuple[str, str]]:
    """The parameters of the page but its root."""
    return [(name, value) for name, value in request.args.items(multi=True) if name != "root" and value]


def _pictures(lang: str) -> list[tuple[str, dict[str, str]]]:
    return [
        ("light", {"lang": lang, "theme": "light"}),
        ("dark", {"lang": lang, "theme": "dark"}),
        ("both", {"lang": "both", "theme": "light"}),
    ]


def _svg(**more: str) -> str:
    kept = [(name, value) for name, value in request.args.items(multi=True) if name not in more and value]
    return f"{request.script_root}/chart.svg?" + urlencode([*kept, *more.items()])
