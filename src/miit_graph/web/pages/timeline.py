"""Everything that has a date, as a picture and as a list."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, Response, request
from markupsafe import Markup

from miit_graph.export.picture import OptionError, Options, build_timeline, draw_timeline
from miit_graph.export.picture.reading import Names
from miit_graph.export.picture.timeline_entries import Entry
from miit_graph.export.picture.timeline_layout import label_of, when_told
from miit_graph.export.picture.timeline_model import Timeline
from miit_graph.export.picture.words import Lang, word
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

blueprint = Blueprint("timeline", __name__)


def _timeline(chosen: Options) -> Timeline:
    try:
        return build_timeline(read().records, chosen, published().prefixes)
    except OptionError as error:
        raise refused(error) from None


@blueprint.get("/timeline")
@any_version
@rendered
def timeline() -> Response:
    """The picture, wide and narrow, and the list: ``?from=&to=&kind=&root=&as-of=``."""
    chosen = options(picture=False)
    found = _timeline(chosen)
    lang, names = chosen.words, found.names
    dated = sorted((entry for lane in found.lanes for entry in lane.entries), key=lambda entry: entry.order)
    undated = [(lane.lane, (*lane.undated, *lane.hidden)) for lane in found.lanes if lane.undated or lane.hidden]
    return page(
        "timeline.html",
        texts=TEXTS,
        timeline=found,
        chosen=chosen,
        lane_name=lambda lane: word(lane, lang),
        # Our own drawing: every text in it went through an XML writer.
        drawings=[
            (width, Markup(draw_timeline(found, inside, link_to)))
            for width, inside in (("wide", _inside(chosen)), ("narrow", _inside(chosen, narrow=True)))
        ]
        if found.lanes
        else [],
        dated=dated,
        undated=undated,
        label=lambda entry: label_of(entry, names, lang),
        more=lambda entry: entry.told(names, lang)[1],
        when=lambda entry: when_told(entry, names, lang),
        exactly=lambda entry: _exactly(entry, found, chosen),
        named=lambda thing: names.text(thing, lang),
        receipts=lambda entry: _receipts(entry, names, lang),
        link=link_to,
        nothing=word("no_timeline_part" if found.known else "no_timeline", lang),
        svg=lambda **more: _svg(**more),
        asked={name: request.args.get(name, "") for name in ("from", "to", "as-of", "root")},
    )


@blueprint.get("/timeline.svg")
@any_version
def picture() -> Response:
    """The timeline as a picture: also ``?theme=&lang=both&width=narrow``."""
    chosen = options(picture=True)
    found = _timeline(chosen)
    same = unchanged(picture_tag("timeline"))
    if same is not None:
        return same
    return picture_answer("timeline", draw_timeline(found, chosen, iri_link))


def _inside(chosen: Options, *, narrow: bool = False) -> Options:
    """The same options for a picture inside the page."""
    return Options(**{name: getattr(chosen, name) for name in _COPIED}, theme="page", narrow=narrow)


_COPIED = ("root", "as_of", "lang", "depth", "kind", "start", "end")


def _exactly(entry: Entry, found: Timeline, chosen: Options) -> str:
    told = when_told(entry, found.names, chosen.words, exactly=True)
    return "" if told == when_told(entry, found.names, chosen.words) else told


def _receipts(entry: Entry, names: Names, lang: Lang) -> list[tuple[str, str]]:
    """Where an entry is written, each place once, with the citation that says so."""
    told = {_receipt(one.short or names.text(one.source, lang), one.lines): one.citation for one in entry.receipts}
    return list(told.items())


def _receipt(source: str, lines: str) -> str:
    return f"{source} {lines}" if lines else source


def _svg(**more: str) -> str:
    kept = [(name, value) for name, value in request.args.items(multi=True) if name not in more and value]
    return f"{request.script_root}/timeline.svg?" + urlencode([*kept, *more.items()])
