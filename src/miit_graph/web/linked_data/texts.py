"""The texts of the entity pages in English and Chinese."""

from __future__ import annotations

TEXTS: dict[str, dict[str, str]] = {
    "kind": {"en": "Kind", "zh": "类型"},
    "in_organisation": {"en": "Place in the organisation", "zh": "组织隶属"},
    "own": {"en": "Properties", "zh": "属性"},
    "follows_why": {
        "en": "Plain triples derived from the facts, and what the ontology’s axioms add, in other vocabularies too.",
        "zh": "由上述事实导出的三元组，以及本体公理所推得者（含其他词汇表的同义表述）。",
    },
    "as_of": {"en": "As of", "zh": "截至"},
    "as_of_show": {"en": "Show", "zh": "查看"},
    "as_of_day": {
        "en": "What held on {day}, as these data say. Left out: facts that certainly did not hold then ({n}), and what"
        " follows from facts without saying when.",
        "zh": "依本数据所载，{day}当日的情况。已略去当时确定不成立的 {n} 条事实，以及未注明时间的推导内容。",
    },
    "as_of_all": {"en": "All times", "zh": "全部时间"},
    "state_certain": {"en": "certain", "zh": "确定"},
    "state_undecided": {"en": "possible", "zh": "可能"},
    "state_undated": {"en": "undated", "zh": "未注明时间"},
    "history": {"en": "History of this entry", "zh": "本条目的更改历史"},
    "history_none": {"en": "Unchanged since version {n}, {day}.", "zh": "自版本 {n}（{day}）以来未作更改。"},
    "history_all": {"en": "Which version said what", "zh": "逐条查看各版本所载"},
    "version_n": {"en": "Version {n}", "zh": "版本 {n}"},
    "no_message": {"en": "no message", "zh": "未填写说明"},
    "by_build": {"en": "as built from the files", "zh": "由文件构建"},
    "receipts": {"en": "Where the entry itself comes from", "zh": "本条目的出处"},
    "links": {"en": "What links here", "zh": "指向本条目的内容"},
    "stated": {"en": "stated in graph", "zh": "载于命名图"},
    "derived": {"en": "derived from facts", "zh": "由事实导出"},
    "more": {"en": "{n} more", "zh": "另有 {n} 项"},
    "download": {"en": "Exactly this page as data", "zh": "下载本页数据"},
    "download_all": {"en": "The whole description as data", "zh": "下载完整描述的数据"},
    "all_disputes": {"en": "All that is disputed, side by side", "zh": "查看全部争议（各方并列）"},
    "content": {"en": "All triples of this graph", "zh": "本图的全部三元组"},
    "line": {"en": "line {first}", "zh": "第 {first} 行"},
    "lines": {"en": "lines {first}–{last}", "zh": "第 {first}–{last} 行"},
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
    "on_page": {"en": "On this page", "zh": "本页内容"},
    "all_of": {"en": "All {n}", "zh": "全部 {n} 项"},
    "back": {"en": "Back to the whole page", "zh": "返回完整页面"},
    "around": {"en": "What surrounds it", "zh": "周边关系"},
    "network": {"en": "Explore the network from here", "zh": "由此探索关系网络"},
    "around_text": {
        "en": "{name} with its neighbours; the sections below say the same in words.",
        "zh": "{name}及其周边；下文各节以文字列出同样内容。",
    },
    "basis": {"en": "Name", "zh": "名称"},
    "also": {"en": "Also", "zh": "又称"},
    "undated": {"en": "as attested; dates not stated", "zh": "来源载为现状，未言起止"},
    "as_attested": {"en": ", as attested", "zh": "，见载时仍然如此"},
    "when": {"en": "When", "zh": "时间"},
    "who": {"en": "Who or what", "zh": "名称"},
    "evidence": {"en": "Source", "zh": "出处"},
    "fact": {"en": "Fact", "zh": "事实"},
    "preferred": {"en": "preferred", "zh": "首选"},
    "deprecated": {"en": "deprecated", "zh": "弃用"},
    "reason": {"en": "Why", "zh": "理由"},
    "note": {"en": "Editor’s note", "zh": "编者注"},
    "attributed": {"en": "attributed to", "zh": "归于"},
    "status": {"en": "status", "zh": "状态"},
    "made_by": {"en": "The query that made this page", "zh": "生成本页的查询"},
    "in_source": {"en": "See it in the source, line by line", "zh": "在来源中逐行查看"},
    "follows": {"en": "What follows from this", "zh": "由此推出的内容"},
    "cut_index": {"en": "Only the first {n} facts are listed.", "zh": "仅列出前 {n} 条事实。"},
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


def yes_or_no(value: bool, language: str) -> str:
    """A truth value in words."""
    return {"en": ("no", "yes"), "zh": ("否", "是")}[language][value]
