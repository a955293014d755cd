"""The texts of the pages about versions in English and Chinese."""

from __future__ import annotations

from miit_graph.web.language import Texts

TEXTS: Texts = {
    "versions": {"en": "Versions", "zh": "版本"},
    "lead": {
        "en": "Each accepted change makes a version. Nothing is lost: every one can be read, compared and queried.",
        "zh": "每次获接受的更改都产生一个版本。任何内容都不会丢失：每个版本均可阅读、比较和查询。",
    },
    "only": {
        "en": "Changes of these data are not recorded here, so there is one version: what is served.",
        "zh": "此处未记录数据更改，因此只有一个版本，即当前提供的内容。",
    },
    "unrecorded": {
        "en": "What is served now ({hash}) was built from the files and is none of these versions.",
        "zh": "当前提供的内容（{hash}）直接由文件构建，不属于下列版本。",
    },
    "version_n": {"en": "Version {n}", "zh": "版本 {n}"},
    "colon": {"en": ": ", "zh": "："},
    "feed_title": {"en": "{title}: versions", "zh": "{title}：版本"},
    "counts": {"en": "{added} triples added, {removed} removed", "zh": "新增 {added} 条三元组，删除 {removed} 条"},
    "number": {"en": "Version", "zh": "版本"},
    "when": {"en": "When", "zh": "时间"},
    "who": {"en": "Who", "zh": "作者"},
    "why": {"en": "Why", "zh": "说明"},
    "size": {"en": "Change", "zh": "更改"},
    "hash": {"en": "Hash", "zh": "哈希"},
    "current": {"en": "served now", "zh": "当前版本"},
    "no_message": {"en": "no message", "zh": "未填写说明"},
    "by_build": {"en": "as built from the files", "zh": "由文件构建"},
    "feed": {"en": "Atom feed", "zh": "Atom 订阅"},
    "as_json": {"en": "as JSON", "zh": "JSON 格式"},
    "compare": {"en": "Compare two versions", "zh": "比较两个版本"},
    "from": {"en": "From", "zh": "从"},
    "to": {"en": "to", "zh": "到"},
    "show": {"en": "Show what changed", "zh": "显示更改"},
    "change_of": {"en": "What version {n} changed", "zh": "版本 {n} 的更改"},
    "change_between": {"en": "From version {old} to version {new}", "zh": "从版本 {old} 到版本 {new}"},
    "nothing": {"en": "The data are the same.", "zh": "数据没有变化。"},
    "first": {
        "en": "This is the first version that is recorded: the state from which all others were made.",
        "zh": "这是有记录的第一个版本，其他版本均由此更改而来。",
    },
    "written": {"en": "What was written", "zh": "人工更改"},
    "written_none": {"en": "Nothing that people write has changed.", "zh": "人工撰写的内容没有变化。"},
    "made": {
        "en": "What follows from it: {added} triples added, {removed} removed",
        "zh": "由此推出的变化：新增 {added} 条三元组，删除 {removed} 条",
    },
    "made_left": {"en": "{n} more are in the RDF Patch.", "zh": "其余 {n} 条见 RDF Patch。"},
    "in_graph": {"en": "in", "zh": "见于"},
    "added": {"en": "added", "zh": "新增"},
    "removed": {"en": "removed", "zh": "删除"},
    "as_data": {"en": "This change as data", "zh": "以数据形式获取本次更改"},
    "turtle_added": {"en": "Turtle of what was added", "zh": "新增内容（Turtle）"},
    "turtle_removed": {"en": "Turtle of what was removed", "zh": "删除内容（Turtle）"},
    "checked": {"en": "Validation", "zh": "校验"},
    "query_it": {"en": "Query the data as they were in version {n}", "zh": "查询版本 {n} 当时的数据"},
    "older": {"en": "Version before", "zh": "上一版本"},
    "newer": {"en": "Version after", "zh": "下一版本"},
    "page_of": {"en": "Page {page} of {pages}", "zh": "第 {page} 页，共 {pages} 页"},
    "next": {"en": "Next page", "zh": "下一页"},
    "previous": {"en": "Previous page", "zh": "上一页"},
    "all": {"en": "All versions", "zh": "全部版本"},
    "history_of": {"en": "History of ", "zh": "历史："},
    "blame_lead": {
        "en": "Which version said each of these triples, who made it, and why; below, all that ever happened.",
        "zh": "下列每条三元组由哪个版本首次写入、作者是谁、理由为何；其后列出曾发生的全部更改。",
    },
    "blame_none": {"en": "No version has ever said anything about this.", "zh": "没有任何版本提及此内容。"},
    "since": {"en": "Since", "zh": "始于"},
    "said": {"en": "What is said now", "zh": "当前内容"},
    "happened": {"en": "What happened", "zh": "更改历史"},
    "triple": {"en": "Triple", "zh": "三元组"},
    "about_thing": {"en": "About", "zh": "主题"},
    "cut": {"en": "Only the first {n} are shown; all are in the JSON.", "zh": "仅显示前 {n} 条；全部内容见 JSON。"},
}


def text(key: str, language: str, **values: object) -> str:
    """A text of these pages in one language, with ``values`` put in."""
    return TEXTS[key][language].format(**values)
