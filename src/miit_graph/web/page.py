"""Renders the pages of the server."""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import urlencode

from flask import Response, render_template, request

from miit_graph.web.about import pick
from miit_graph.web.context import context
from miit_graph.web.language import LANGUAGES, page_language, text


def page(template: str, status: int = 200, **values: Any) -> Response:
    """A page in the language the request likes best.

    Templates get `language`, `about`, `t(key)` for the texts of the pages and `say(texts)` for texts of the
    data.
    """
    language = page_language()
    other = next(name for name in LANGUAGES if name != language)
    parameters = request.args.to_dict(flat=False) | {"lang": [other]}
    content = render_template(
        template,
        language=language,
        other_language=other,
        other_address="?" + urlencode(parameters, doseq=True),
        about=context().about,
        t=partial(text, language=language),
        say=partial(pick, language=language),
        **values,
    )
    response = Response(content, status, content_type="text/html; charset=utf-8")
    response.headers["Content-Language"] = language
    response.vary.update(("Accept", "Accept-Language"))
    return response
