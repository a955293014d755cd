"""What the pages of the organisation chart and of the timeline share: options, what was read, pictures as answers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from flask import Response, request

from miit_graph.export.graph.errors import OptionError, UnknownName
from miit_graph.export.picture import HELP, Options, Records, Structure
from miit_graph.publish.ask import Asker
from miit_graph.web.language import page_language
from miit_graph.web.linked_data.answers import asker, published, tag, unchanged, validated
from miit_graph.web.of_version import of_version
from miit_graph.web.pages.pictures_texts import EXPECTED, TEXTS
from miit_graph.web.problems import Problem

_KEY = "miit_graph.pictures"


@dataclass
class Read:
    """What the pictures of one version of the data are made of; read when first asked for."""

    asker: Asker

    @cached_property
    def structure(self) -> Structure:
        """For the chart."""
        return Structure.read(self.asker)

    @cached_property
    def records(self) -> Records:
        """For the timeline."""
        return Records.read(self.asker)


def read() -> Read:
    """What was read of the version that is asked for."""
    return of_version(_KEY, lambda: Read(asker()))


def options(*, picture: bool) -> Options:
    """The options of the request. A `picture` alone may have labels in both languages, a theme, and a width.

    Raises Problem (400) for a value that can't be read.
    """
    given = {name: request.args.getlist(name) for name in HELP if picture or name not in ("theme", "width")}
    lang = request.args.get("lang", "")
    given["lang"] = [lang if picture and lang == "both" else page_language()]
    try:
        return replace(Options.from_strings(given), colours=published().colours)
    except OptionError as error:
        raise refused(error) from None


def refused(error: OptionError) -> Problem:
    """The answer to an option that can't be used: 404 for a root that isn't there, 400 for the rest."""
    unknown = isinstance(error, UnknownName) and error.option == "root"
    chinese = TEXTS["refused"]["zh"].format(name=error.option, value=error.value[:80])
    chinese += EXPECTED.get(error.expected, "")
    if error.near:
        chinese += TEXTS["near" if error.total > len(error.near) else "possible"]["zh"].format("、".join(error.near))
    titles = TEXTS["unknown_root" if unknown else "wrong_option"]
    members: dict[str, Any] = {"parameter": error.option, "value": error.value[:200], "near": list(error.near)}
    status, slug = (404, "not-found") if unknown else (400, "request")
    return Problem(status, slug, titles["en"], str(error)[:2000], chinese=(titles["zh"], chinese), **members)


def iri_link(thing: str) -> str:
    """In a picture that leaves the server, things are linked by their IRIs."""
    return thing if thing.startswith(("http://", "https://")) else ""


def picture_tag(name: str) -> str:
    """The validator of a picture or its page."""
    return tag(name, page_language(), request.query_string.decode("latin-1"), published().colours.as_dict())


def picture_answer(name: str, svg: str) -> Response:
    """A picture with its validator."""
    response = Response(svg, content_type="image/svg+xml; charset=utf-8")
    response.headers["Content-Disposition"] = f'inline; filename="{name}.svg"'
    response.vary.update(("Accept-Language", "Cookie"))
    return validated(response, picture_tag(name))


__all__ = ["iri_link", "options", "picture_answer", "picture_tag", "read", "refused", "unchanged"]
