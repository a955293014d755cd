"""The language of pages, and their texts in English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping

from flask import request

LANGUAGES = ("en", "zh")
COOKIE = "lang"

Texts = Mapping[str, Mapping[str, str]]
"""Texts of pages: by key, then by language."""

TEXTS: Texts = {
    "nav": {"en": "Pages", "zh": "页面"},
    "nav_explore": {"en": "Network", "zh": "关系网络"},
    "nav_chart": {"en": "Chart", "zh": "组织结构"},
    "nav_timeline": {"en": "Timeline", "zh": "时间线"},
    "nav_query": {"en": "Query", "zh": "查询"},
    "nav_sources": {"en": "Sources", "zh": "来源"},
    "nav_disputes": {"en": "Disputes", "zh": "争议"},
    "memento": {
        "en": "This is how the data stood in version {n} of {day}. What they say today may differ.",
        "zh": "此处为版本 {n}（{day}）当时的数据，与现行内容可能不同。",
    },
    "lacking": {
        "en": "Some of this page is missing: the engine took too long to count it. It may be there in a minute.",
        "zh": "查询引擎统计超时，本页缺少部分内容；请过一分钟再试。",
    },
    "memento_today": {"en": "Today’s page", "zh": "现行页面"},
    "nav_versions": {"en": "Versions", "zh": "版本"},
    "nav_data": {"en": "Data", "zh": "数据"},
    "theme": {"en": "Dark", "zh": "深色"},
    "search": {"en": "Search", "zh": "搜索"},
    "search_hint": {"en": "Name, 中文, pinyin, abbreviation", "zh": "名称、英文、拼音或缩写"},
    "suggestions": {"en": "Suggestions", "zh": "搜索建议"},
    "suggestions_count": {"en": "{count} suggestions, arrow keys to choose", "zh": "{count} 条建议，可用方向键选择"},
    "suggestions_none": {"en": "No suggestions", "zh": "没有建议"},
    "open_data": {"en": "Open data", "zh": "开放数据"},
    "triples": {"en": "triples", "zh": "条三元组"},
    "graphs": {"en": "Named graphs", "zh": "命名图"},
    "classes": {"en": "What is in it", "zh": "内容概览"},
    "class": {"en": "Class", "zh": "类"},
    "graph": {"en": "Graph", "zh": "图"},
    "count": {"en": "Number", "zh": "数量"},
    "version": {"en": "Version", "zh": "版本"},
    "built": {"en": "built", "zh": "构建于"},
    "lead": {
        "en": "Ask this knowledge graph in SPARQL, here or from any program.",
        "zh": "用 SPARQL 查询这个知识图谱：可以直接在此提问，也可以从任何程序访问。",
    },
    "query": {"en": "Query", "zh": "查询"},
    "query_text": {"en": "Query (SPARQL)", "zh": "查询（SPARQL）"},
    "ask": {"en": "Ask a question", "zh": "提出查询"},
    "run": {"en": "Run", "zh": "运行"},
    "answer_as": {"en": "Answer as", "zh": "结果格式"},
    "page": {"en": "page", "zh": "网页"},
    "examples": {"en": "Examples", "zh": "查询示例"},
    "for_programs": {"en": "For programs", "zh": "供程序使用"},
    "endpoint": {"en": "SPARQL endpoint", "zh": "SPARQL 端点"},
    "description": {"en": "Service description", "zh": "服务描述"},
    "problems": {"en": "Error messages", "zh": "错误说明"},
    "problems_lead": {
        "en": "Every error has one of these types, as a problem document (RFC 9457) or as a page.",
        "zh": "所有错误都属于下列类型之一，以问题文档（RFC 9457）或网页形式返回。",
    },
    "result": {"en": "Result", "zh": "查询结果"},
    "row": {"en": "row", "zh": "行"},
    "rows": {"en": "rows", "zh": "行"},
    "no_rows": {"en": "The query has no results.", "zh": "查询没有结果。"},
    "cut": {
        "en": "Only the first {rows} rows are shown; the result has more. Get all of it as",
        "zh": "此处只显示前 {rows} 行，结果不止这些。完整结果可下载：",
    },
    "whole": {"en": "Get this result as", "zh": "下载结果："},
    "yes": {"en": "yes", "zh": "是"},
    "no": {"en": "no", "zh": "否"},
    "edit": {"en": "Change the query", "zh": "修改查询"},
    "similar": {"en": "Did you mean", "zh": "您要找的是不是"},
    "home": {"en": "Home", "zh": "首页"},
    "skip": {"en": "Skip to the content", "zh": "跳到正文"},
    "more": {"en": "What this error means", "zh": "查看该错误的说明"},
    "error": {"en": "Error", "zh": "错误"},
}


def asked_language() -> str:
    """The language that `?lang=` asks for, if it is one of ours; else empty."""
    wanted = request.args.get("lang", "").lower().partition("-")[0]
    return wanted if wanted in LANGUAGES else ""


def page_language() -> str:
    """The language of the page: `?lang=`, else what was last asked for, else Accept-Language, else English."""
    kept = request.cookies.get(COOKIE, "")
    if kept not in LANGUAGES:
        kept = ""
    return asked_language() or kept or request.accept_languages.best_match(LANGUAGES) or "en"


def text(key: str, /, language: str, own: Texts, **values: object) -> str:
    """A text in one language, of the page's ``own`` or of those all pages share, with ``values`` put in."""
    found = (own.get(key) or TEXTS[key])[language]
    return found.format(**values) if values else found
