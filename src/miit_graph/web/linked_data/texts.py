"""The texts of the entity pages in English and Chinese."""

from __future__ import annotations

TEXTS: dict[str, dict[str, str]] = {
    "kind": {"en": "Kind", "zh": "类型"},
    "in_organisation": {"en": "Place in the organisation", "zh": "组织隶属"},
    "own": {"en": "Properties", "zh": "属性"},
    "inferred": {"en": "Inferred, and the same in other vocabularies", "zh": "推理所得及其他词汇表中的同义表述"},
    "inferred_why": {
        "en": "These follow from the properties above and the ontology's axioms.",
        "zh": "以下内容由上述属性和本体公理推出。",
    },
    "facts": {"en": "Facts about it, with their sources", "zh": "有关事实及其出处"},
    "receipts": {"en": "Where the entry itself comes from", "zh": "本条目的出处"},
    "links": {"en": "What links here", "zh": "指向本条目的内容"},
    "stated": {"en": "stated in", "zh": "载于"},
    "derived": {"en": "derived from facts", "zh": "由事实导出"},
    "more": {"en": "{n} more", "zh": "另有 {n} 项"},
    "shown": {"en": "{first}–{last} of {total}", "zh": "第 {first}–{last} 项，共 {total} 项"},
    "download": {"en": "Exactly this page as data", "zh": "下载本页数据"},
    "content": {"en": "All triples of this graph", "zh": "本图的全部三元组"},
    "line": {"en": "line {first}", "zh": "第 {first} 行"},
    "lines": {"en": "lines {first}–{last}", "zh": "第 {first}–{last} 行"},
    "as": {"en": "as", "zh": "在其中作为"},
    "rank": {"en": "rank", "zh": "等级"},
    "no_citation": {
        "en": "No source document is cited; see who it is attributed to.",
        "zh": "未引用来源文件；请看其归属。",
    },
    "other_language": {
        "en": "There is no English name; this one is in {other}.",
        "zh": "没有中文名称；此处显示{other}名称。",
    },
    "no_name": {"en": "It has no name; this is its identifier.", "zh": "没有名称；此处显示其标识符。"},
    "page_of": {"en": "Page {page} of {pages}", "zh": "第 {page} 页，共 {pages} 页"},
    "next": {"en": "Next page", "zh": "下一页"},
    "previous": {"en": "Previous page", "zh": "上一页"},
    "identifier": {"en": "Identifier", "zh": "标识符"},
    "nothing": {"en": "Nothing.", "zh": "无。"},
    "sources_of_page": {"en": "On this page", "zh": "本页内容"},
    "dumps": {"en": "Dumps of the whole dataset", "zh": "整个数据集的下载"},
    "dumps_lead": {
        "en": "Version {version}. The same version always has the same bytes; check them with the SHA-256.",
        "zh": "版本 {version}。同一版本的文件逐字节相同；可用 SHA-256 校验。",
    },
    "dump_graphs": {"en": "named graphs", "zh": "命名图"},
    "dump_merged": {"en": "everything merged", "zh": "合并后的全部三元组"},
    "file": {"en": "File", "zh": "文件"},
    "holds": {"en": "Holds", "zh": "内容"},
    "size": {"en": "Bytes", "zh": "字节"},
    "on_demand": {"en": "made at the first download", "zh": "首次下载时生成"},
    "graph_files": {"en": "Graph files", "zh": "图文件"},
    "graph_files_lead": {
        "en": "The same as nodes and edges, for Gephi, yEd, Cytoscape, Graphviz and other programs.",
        "zh": "以节点和边的形式导出，供 Gephi、yEd、Cytoscape、Graphviz 等软件使用。",
    },
    "graph_files_choose": {"en": "Choose a part, a language, a day …", "zh": "选择范围、语言、日期等"},
    "machine": {"en": "Description for machines (VoID, DCAT)", "zh": "机器可读描述（VoID、DCAT）"},
}
NAMES = {"en": {"en": "English", "zh": "英文"}, "zh": {"en": "Chinese", "zh": "中文"}}


def text(key: str, language: str, **values: object) -> str:
    """A text of these pages in one language, with ``values`` put in."""
    return TEXTS[key][language].format(**values)


def name_of_language(tag: str, language: str) -> str:
    """The name of a language in another one; the tag itself if we have none."""
    return NAMES.get(tag, {}).get(language, tag)
