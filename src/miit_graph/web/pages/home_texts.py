"""The texts of the home page in English and Chinese."""

from __future__ import annotations

from miit_graph.web.language import Texts

TEXTS: Texts = {
    "begin": {"en": "Begin with", "zh": "可以从这里开始："},
    "inside": {"en": "What is in it", "zh": "图谱里有什么"},
    "sourced": {"en": "Every fact has its receipt", "zh": "每条事实都有凭据"},
    "sourced_text": {
        "en": "{facts} facts cite {citations} passages in {sources} documents, by line and quote.",
        "zh": "{facts} 条事实引用了 {sources} 份文献中的 {citations} 处文字，均注明行号与原文摘录。",
    },
    "sourced_text_one": {
        "en": "{facts} facts cite {citations} passages in one document, by line and quote.",
        "zh": "{facts} 条事实引用了一份文献中的 {citations} 处文字，均注明行号与原文摘录。",
    },
    "disputed_text": {
        "en": "Where sources contradict each other or themselves, both sides stay: {conflicts} conflicts are recorded.",
        "zh": "来源相互矛盾或自相矛盾时，各方说法一并保留：共记录 {conflicts} 处冲突。",
    },
    "see_sources": {"en": "The sources, line by line", "zh": "逐行查看来源"},
    "see_disputes": {"en": "All disputes", "zh": "查看全部争议"},
    "organisation": {"en": "The organisation", "zh": "组织结构"},
    "organisation_open": {"en": "Open the whole chart", "zh": "打开完整结构图"},
    "ways_in": {"en": "Three ways in", "zh": "三种用法"},
    "ask_title": {"en": "Ask and check", "zh": "提问与核对"},
    "ask_text": {
        "en": "Find a body, a person or a law, and see for each statement who says so, where, and since when.",
        "zh": "查找机构、人物或法律，看清每条陈述由谁说、出自何处、自何时起成立。",
    },
    "look_title": {"en": "Look", "zh": "看图"},
    "look_text": {
        "en": "Walk through the network, unfold the organisation, move along time, or take it to Gephi or Cytoscape.",
        "zh": "在关系网络中漫游，展开组织结构，沿时间线浏览，或导出到 Gephi、Cytoscape 等工具。",
    },
    "link_title": {"en": "Link and query", "zh": "链接与查询"},
    "link_text": {
        "en": "SPARQL, dereferenceable IRIs, dumps in every RDF format, and a description for tools.",
        "zh": "SPARQL 端点、可解引用的 IRI、各种 RDF 格式的完整数据，以及供工具自动读取的描述。",
    },
    "endpoint_at": {"en": "Endpoint", "zh": "端点地址"},
    "search_all": {"en": "Search", "zh": "搜索"},
    "questions": {"en": "Questions it answers", "zh": "可以回答的问题"},
    "all_questions": {"en": "All {n} questions", "zh": "全部 {n} 个问题"},
    "graphs_title": {"en": "The {n} named graphs", "zh": "全部 {n} 个命名图"},
    "dumps": {"en": "Download all of it", "zh": "下载完整数据"},
    "of_version": {"en": "Version {version}", "zh": "版本 {version}"},
}
