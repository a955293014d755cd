"""Pages that are made from the code and the graph: command line, settings, HTTP, ontology, questions."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Iterator
from typing import Any

from miit_graph.cli import parser
from miit_graph.dataset import Dataset
from miit_graph.export.docs.documents import Documents
from miit_graph.publish.published import Published
from miit_graph.settings import Settings
from miit_graph.web.openapi import document

_TEXTS = {
    "cli": ("Command line", "命令行"),
    "cli-lead": (
        "Exit code 0: done; 1: the data, the query or a setting is at fault, and the message says where; "
        "2: wrong usage.",
        "退出码 0 表示完成；1 表示数据、查询或设置有误，提示会说明位置；2 表示用法错误。",
    ),
    "option": ("option", "选项"),
    "meaning": ("meaning", "含义"),
    "example": ("Example:", "示例："),
    "settings": ("Settings", "设置"),
    "settings-lead": (
        "Environment variables of `miit-graph serve` and `make serve`. An empty one counts as unset. Times are in "
        "seconds, sizes in bytes.",
        "`miit-graph serve` 与 `make serve` 读取的环境变量；空值视为未设置。时间以秒计，大小以字节计。",
    ),
    "variable": ("variable", "变量"),
    "default": ("default", "默认值"),
    "expected": ("expected", "取值"),
    "http": ("HTTP", "HTTP 接口"),
    "http-lead": (
        "Every server tells this of itself at `/openapi.json` (OpenAPI 3.1), with answers and schemas. Errors are "
        "problem documents (RFC 9457); a browser gets a page.",
        "每台服务器都在 `/openapi.json`（OpenAPI 3.1）提供本说明及响应与模式。"
        "错误以问题文档（RFC 9457）返回，浏览器则得到网页。",
    ),
    "parameter": ("parameter", "参数"),
    "ontology": ("Ontology", "本体"),
    "ontology-lead": (
        "Classes and properties with definitions, axioms, examples from the graph and a diagram; made by "
        "`miit-graph export docs`.",
        "类与属性的定义、公理、图谱中的实例以及类图，由 `miit-graph export docs` 生成。",
    ),
    "terms": ("Terms and class diagram", "术语与类图"),
    "codes": ("Code lists", "代码表"),
    "rules": ("Rules", "规则"),
    "reused": ("Terms of others", "沿用的术语"),
    "alignments": ("Alignments", "与其他词汇表的对应"),
    "class": ("class", "类"),
    "definition": ("definition", "定义"),
    "questions": ("Questions with answers", "问题与查询"),
    "questions-lead": (
        "Each has its expected answer beside it in `queries/`, checked by a test. Run one by its file: "
        "`miit-graph query queries/01-formal-chinese-name.rq`.",
        "每个问题的预期答案都在 `queries/` 中与查询并列，并由测试核对。可按文件运行："
        "`miit-graph query queries/01-formal-chinese-name.rq`。",
    ),
}


def generate(opened: Dataset, documents: Documents, lang: str) -> dict[str, str]:
    """The pages by their place in the site."""
    words = {key: texts[0 if lang == "en" else 1] for key, texts in _TEXTS.items()}
    made = {
        "cli": _cli(words),
        "settings": _settings(words),
        "http": _http(Published.read(opened.about, opened.version), words),
        "ontology": _ontology(documents, lang, words),
        "questions": _questions(Published.read(opened.about, opened.version), lang, words),
    }
    return {f"reference/{name}.md": _page(words, name, lines) for name, lines in made.items()}


def _page(words: dict[str, str], name: str, lines: Iterator[str]) -> str:
    return "\n".join([f"# {words[name]}", "", words[f"{name}-lead"], "", *lines, ""])


def _row(*cells: str) -> str:
    return f"| {' | '.join(' '.join(cell.split()).replace('|', '&#124;') for cell in cells)} |"


def _head(*cells: str) -> Iterator[str]:
    yield _row(*cells)
    yield f"|{'---|' * len(cells)}"


def _cli(words: dict[str, str]) -> Iterator[str]:
    (commands,) = (a for a in parser()._actions if isinstance(a, argparse._SubParsersAction))
    for name, command in commands.choices.items():
        yield from (f"## miit-graph {name}", "", command.description or "", "")
        yield from _head(words["option"], words["meaning"])
        for action in command._actions:
            if not isinstance(action, argparse._HelpAction):
                yield _row(_usage(action), _meaning(action))
        example = (command.epilog or "").removeprefix("example:\n")
        yield from ("", words["example"], "```sh", *(line.strip() for line in example.splitlines()), "```", "")


def _usage(action: argparse.Action) -> str:
    values = "" if action.nargs == 0 else str(action.metavar or "｜".join(map(str, action.choices or ())))
    values += "…" if action.nargs == "+" else ""
    if not action.option_strings:
        return f"`{values or action.dest}`"
    return ", ".join(f"`{name} {values}`".replace(" `", "`") for name in action.option_strings)


def _meaning(action: argparse.Action) -> str:
    text = action.help or ""
    if action.metavar and action.choices:
        text += " (" + ", ".join(map(str, action.choices)) + ")"
    shown = isinstance(action.default, str) and action.default and action.default != argparse.SUPPRESS
    return text + (f" (default {action.default})" if shown and "default" not in text else "")


def _settings(words: dict[str, str]) -> Iterator[str]:
    yield from _head(words["variable"], words["default"], words["expected"], words["meaning"])
    for field, setting in zip(dataclasses.fields(Settings), Settings.described(), strict=True):
        unset = field.default in (None, (), "")
        yield _row(
            f"`{setting['variable']}`", "" if unset else setting["default"], setting["expected"], setting["help"]
        )


def _http(published: Published, words: dict[str, str]) -> Iterator[str]:
    for path, methods in document("http://127.0.0.1:8000/", published, writing=True)["paths"].items():
        for method, operation in methods.items():
            yield from (f"## {method.upper()} {path}", "", _sentence(operation["summary"]), "")
            parameters = operation.get("parameters", [])
            if parameters:
                yield from _head(words["parameter"], words["meaning"])
                yield from (_row(f"`{p['name']}`", p["description"] + _values(p["schema"])) for p in parameters)
                yield ""
            types = operation["responses"].get("200", {}).get("content", {})
            if types:
                yield from (", ".join(f"`{kind}`" for kind in types), "")


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?")) else f"{text}."


def _values(schema: dict[str, Any]) -> str:
    values = schema.get("enum") or schema.get("items", {}).get("enum") or ()
    return "".join((" ", ", ".join(f"`{value}`" for value in values))) if values else ""


def _ontology(documents: Documents, lang: str, words: dict[str, str]) -> Iterator[str]:
    up = "../" if lang == "en" else "../../"  # the pages of both languages stand once, in the English site
    for page in ("index", "codes", "rules", "reused", "alignments"):
        title = words["terms" if page == "index" else page]
        yield f'- <a href="{up}ontology/{lang}/{page}.html">{title}</a>'
    yield ""
    yield from _head(words["class"], words["definition"])
    for term in sorted(documents.terms.values(), key=lambda term: term.iri):
        if term.own and term.kind == "class":
            address = f"{up}ontology/{lang}/index.html#{term.anchor}"
            label = term.label.get(lang, term.name)
            yield _row(f'<a href="{address}">{label}</a> (`{term.name}`)', term.definition.get(lang, ""))


def _questions(published: Published, lang: str, words: dict[str, str]) -> Iterator[str]:
    for example in published.examples:
        number, _, _ = example.slug.partition("-")
        yield from (f"## {number} {example.title.get(lang, example.slug)}", "", example.question.get(lang, ""), "")
        yield from ("```sparql", example.query.strip(), "```", "")
