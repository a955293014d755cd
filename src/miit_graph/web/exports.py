"""The graph as files for visualisation tools: ``/export/graph.<ending>``, and ``/export/graph`` with a form.

Every option of the library is a parameter. For how they are made and kept see `graph_files`.
"""

from __future__ import annotations

import logging
from functools import partial
from typing import Any, NoReturn
from urllib.parse import urlencode

from flask import Blueprint, Response, g, request

from miit_graph import __version__
from miit_graph.engine.formats import Format
from miit_graph.export.graph import (
    ENDINGS,
    FORMATS,
    FileFormat,
    GraphTooLarge,
    OptionError,
    Options,
    UnknownName,
    file_format,
)
from miit_graph.export.graph.maker import MakerBusy, MakerDisk, MakerError, MakerMemory, MakerTimeout
from miit_graph.export.graph.text import local_name
from miit_graph.publish.dcat import Distribution
from miit_graph.web.about import pick
from miit_graph.web.choice import choose
from miit_graph.web.context import context
from miit_graph.web.downloads import built
from miit_graph.web.exports_texts import TEXTS, label, meaning, text, title_of
from miit_graph.web.graph_files import content
from miit_graph.web.language import LANGUAGES, page_language
from miit_graph.web.linked_data.answers import link_header, published, tag, unchanged, validated
from miit_graph.web.linked_data.names import MEMENTO, address
from miit_graph.web.page import page
from miit_graph.web.problems import Problem
from miit_graph.web.versions.asked import PARAMETER, any_version

blueprint = Blueprint("exports", __name__)
_ALIASES = {"graphml": ("application/xml", "text/xml"), "dot": ("text/plain",), "csv": ("text/csv",)}
_OFFERS = tuple(
    Format(
        ending, FORMATS[name].title, FORMATS[name].media_type.partition(";")[0], ending, "", _ALIASES.get(ending, ())
    )
    for ending, name in ENDINGS.items()
)
_NAMED_ROOTS = 3
_log = logging.getLogger(__name__)


_UNREGISTERED = ("application/gexf+xml", "application/graphml+xml")
"""Media types that are in use, but not on IANA's list."""


def distributions() -> list[Distribution]:
    """The whole graph in every format, for the description of the dataset."""
    return [
        Distribution(
            f"{request.url_root}export/graph.{offer.name}",
            "" if offer.media_type in _UNREGISTERED else offer.media_type,
            packed=False,
            format={language: title_of(ENDINGS[offer.name], language) for language in LANGUAGES},
        )
        for offer in _OFFERS
    ]


@blueprint.get("/export/graph.<ending>")
@any_version
def graph_file(ending: str) -> Response:
    """One graph file. Raises Problem: 400 for a wrong option, 404 for an unknown root or ending, 422, 503."""
    if ending not in ENDINGS:
        known = ", ".join(f".{known}" for known in ENDINGS)
        raise Problem(404, "not-found", "There is nothing here", f"A graph file ends in one of these: {known}.")
    return _file(ENDINGS[ending])


@blueprint.get("/export/graph")
@any_version
def graph() -> Response:
    """The graph in the format that the request likes best; for people a form to choose it with."""
    choice = choose(request.args.get("format"), request.headers.get("Accept", ""), _OFFERS, "a graph file")
    if isinstance(choice, str):
        return _form()
    response = _file(ENDINGS[choice.name], "format")
    response.headers["Content-Location"] = _address(choice.name)
    return response


def _form() -> Response:
    language = page_language()
    offers = [(ending, title_of(name, language)) for ending, name in ENDINGS.items()]
    most = context().settings.export_size
    told: dict[str, Any] = {"meaning": partial(meaning, language), "label": partial(label, language=language)}
    return page("exports.html", texts=TEXTS, offers=offers, most=most, **told)


def _address(ending: str) -> str:
    """Where exactly this file can be had."""
    pairs = [(name, value) for name, value in request.args.items(multi=True) if name != "format" and value]
    return f"{request.script_root}/export/graph.{ending}" + (f"?{urlencode(pairs)}" if pairs else "")


def _file(name: str, *besides: str) -> Response:
    """A file of the options in the address, where ``besides`` are no options but read already."""
    given = {name: request.args.getlist(name) for name in request.args if name not in (PARAMETER, *besides)}
    try:
        options = Options.from_strings(given)
        chosen = file_format(name, options)
    except OptionError as error:
        _refuse(error)
    title = pick(published().title, options.lang)
    kinds = published().colours.kinds
    etag = tag("export", __version__, name, repr(options), title, kinds)
    same = unchanged(etag) or _unmodified(etag)
    if same is not None:
        return same
    try:
        body, size = content(name, options, title, chosen)
    except (OptionError, GraphTooLarge, MakerError) as error:
        _refuse(error)
    response = Response(body, content_type=chosen.media_type)
    response.content_length = size
    response.headers.set("Content-Disposition", "attachment", filename=_file_name(options, chosen))
    response.headers["Content-Language"] = options.lang
    links = [(published().license, "license", {}), (address("void"), "describedby", {"type": "text/turtle"})]
    response.headers["Link"] = link_header(links)
    response.last_modified = built()
    return validated(response, etag)


def _unmodified(etag: str) -> Response | None:
    """304 by date alone, for a client that sends no entity tag (RFC 9110 section 13.1.3)."""
    since, changed = request.if_modified_since, built()
    if since is None or changed is None or request.if_none_match or changed.replace(microsecond=0) > since:
        return None
    return validated(Response(status=304), etag)


def _file_name(options: Options, chosen: FileFormat) -> str:
    """A name that tells one file from another; ASCII, for every system."""
    roots = [local_name(root.strip("<>")) for root in options.root[:_NAMED_ROOTS]]
    parts = [published().name, *roots, *([options.as_of.isoformat()] if options.as_of else [])]
    if (version := g.get(MEMENTO)) is not None:
        parts.append(f"version-{version.number}")
    plain = ("".join(c if c.isascii() and (c.isalnum() or c in "-.") else "-" for c in part) for part in parts)
    return "_".join(part.strip("-.")[:60] or "x" for part in plain) + f".{chosen.extension}"


def _refuse(error: OptionError | GraphTooLarge | MakerError) -> NoReturn:
    if isinstance(error, OptionError):
        _refuse_option(error)
    if isinstance(error, GraphTooLarge):
        figures: dict[str, Any] = {"nodes": error.nodes, "edges": error.edges, "limit": error.most}
        title, detail = text("too_large", "en"), text("too_large_detail", "en", **figures)
        chinese = (text("too_large", "zh"), text("too_large_detail", "zh", **figures))
        raise Problem(422, "result-too-large", title, detail, chinese=chinese, **figures) from None
    key, value, slug, retry = "failed", 0.0, "server", {}
    match error:
        case MakerBusy():
            key, slug, retry = "busy", "busy", {"Retry-After": "10"}
        case MakerTimeout():
            key, value, slug = "slow", error.seconds, "export-limit"
        case MakerMemory():
            key, value, slug = "memory", error.limit, "export-limit"
        case MakerDisk():
            key, slug = "disk", "disk-full"
            _log.error("a graph file could not be written: %s", error)
        case _:
            _log.error("a graph file could not be made: %s", error)
    title, detail = text(key, "en"), text(f"{key}_detail", "en", value=value)
    chinese = (text(key, "zh"), text(f"{key}_detail", "zh", value=value))
    raise Problem({"failed": 500, "disk": 507}.get(key, 503), slug, title, detail, retry, chinese) from None


def _refuse_option(error: OptionError) -> NoReturn:
    """400, or 404 for a root that is not in the dataset."""
    unknown = isinstance(error, UnknownName) and error.option == "root"
    members: dict[str, Any] = {"parameter": error.option, "value": error.value, "expected": error.expected}
    chinese = text("option_detail", "zh", name=error.option, value=error.value, allowed=meaning("zh", error.option))
    if error.near:
        kind = "near" if error.total > len(error.near) else "allowed"
        members[kind] = error.near
        chinese += text(kind, "zh", names="、".join(error.near))
    status, slug = (404, "not-found") if unknown else (400, "request")
    title = text("unknown_root" if unknown else "wrong_option", "en")
    titles = text("unknown_root" if unknown else "wrong_option", "zh"), chinese
    raise Problem(status, slug, title, str(error), chinese=titles, **members) from None
