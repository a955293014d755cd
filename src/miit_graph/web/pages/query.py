"""The query editor at ``/query``: a form and example queries, and more with its script."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response, request, url_for

from miit_graph.publish.published import ExampleQuery
from miit_graph.web.about import pick
from miit_graph.web.context import context
from miit_graph.web.language import page_language
from miit_graph.web.linked_data.answers import asker, published, tag, unchanged, validated
from miit_graph.web.linked_data.descriptions import LABELS
from miit_graph.web.of_version import left_out, of_version, pinned
from miit_graph.web.page import page, way
from miit_graph.web.pages.query_terms import Terms
from miit_graph.web.pages.query_texts import SCRIPT_TEXTS, TEXTS
from miit_graph.web.problem_texts import CHINESE

blueprint = Blueprint("query", __name__)
_KEY = "miit_graph.query_terms"


@blueprint.get("/query")
def query() -> Response:
    """The editor, with ``query`` in it if that is given; ``run=1`` also runs it."""
    examples = _examples()
    text = request.args.get("query", "")
    return page(
        "query.html",
        texts=TEXTS,
        query=text or (examples[0].query if examples else ""),
        examples=examples,
        limits=context().settings.limits(),
        data=_data(text),
    )


@blueprint.get("/query/terms.json")
def terms() -> Response:
    """The classes and properties of the present version, for completion."""
    etag = tag("query-terms")
    same = unchanged(etag)
    if same is not None:
        return same
    whole, content = of_version(_KEY, _terms, whole=lambda found: found[0])
    if not whole:
        left_out()
    return validated(Response(content, content_type="application/json"), etag)


def _terms() -> tuple[bool, bytes]:
    """Whether nothing was left out, and what is told."""
    terms = Terms(asker())
    return terms.whole, json.dumps({"version": pinned().version, **terms.told}, ensure_ascii=False).encode()


def _examples() -> tuple[ExampleQuery, ...]:
    """The examples of the dataset, else those that fit any."""
    fallback = (ExampleQuery(example.slug, example.title, {}, example.query) for example in context().about.examples)
    return published().examples or tuple(fallback)


def _data(text: str) -> dict[str, Any]:
    """What the script needs to know."""
    language = page_language()
    limits = context().settings.limits()
    return {
        "language": language,
        "root": request.script_root,
        "base": context().about.base,
        "version": context().about.version,
        "endpoint": url_for("sparql.sparql"),
        "terms": url_for("query.terms"),
        "find": way("search.search"),
        "problems": url_for("pages.problem_list"),
        "query": text,
        "run": bool(text) and request.args.get("run") == "1",
        "seconds": limits.seconds,
        "prefixes": dict(published().prefixes),
        "labels": list(LABELS),
        "examples": [_example(example, language) for example in _examples()],
        "errors": {slug: texts[0] for slug, texts in CHINESE.items()} if language == "zh" else {},
        "texts": {key: texts[language] for key, texts in SCRIPT_TEXTS.items()},
    }


def _example(example: ExampleQuery, language: str) -> dict[str, str]:
    question = pick(example.question, language) if example.question else ""
    return {
        "slug": example.slug,
        "title": pick(example.title, language) if example.title else example.slug,
        "question": question,
        "also": " ".join((*example.title.values(), *example.question.values())),
        "query": example.query,
    }
