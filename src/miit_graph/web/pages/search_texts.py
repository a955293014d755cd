"""The texts of the search page in English and Chinese."""

from __future__ import annotations

from miit_graph.web.language import Texts

TEXTS: Texts = {
    "as_of": {
        "en": "Left out: what certainly was not there on {day}.",
        "zh": "已略去 {day} 当日确定不存在的内容。",
    },
    "all_times": {"en": "All times", "zh": "全部时间"},
    "found": {"en": "{total} found", "zh": "共找到 {total} 项"},
    "found_one": {"en": "1 found", "zh": "共找到 1 项"},
    "found_most": {"en": "More than {total} found, the most important first", "zh": "找到 {total} 项以上，重要的在前"},
    "none": {"en": "Nothing is called “{question}”", "zh": "没有名称与“{question}”相符的条目"},
    "none_kind": {"en": "Nothing of this kind is called “{question}”", "zh": "该类别中没有与“{question}”相符的条目"},
    "none_of_kind": {"en": "There is nothing of this kind", "zh": "没有此类别的条目"},
    "near": {"en": "Names that look like it:", "zh": "相近的名称："},
    "advice": {
        "en": "Try fewer letters, one word of the name, or its pinyin.",
        "zh": "可以少输入几个字、只输入名称中的一个词，或改用拼音。",
    },
    "corrected": {
        "en": "Nothing is called “{question}”. These are the results for",
        "zh": "没有与“{question}”相符的名称。以下是相近拼写的结果：",
    },
    "kinds": {"en": "Kind", "zh": "类别"},
    "all_kinds": {"en": "All kinds", "zh": "全部类别"},
    "previous": {"en": "Previous page", "zh": "上一页"},
    "next": {"en": "Next page", "zh": "下一页"},
    "pages": {"en": "Pages of the result", "zh": "结果分页"},
    "page_of": {"en": "Page {page} of {pages}", "zh": "第 {page} 页，共 {pages} 页"},
    "as_json": {"en": "This result as JSON", "zh": "此结果的 JSON 版本"},
    "basis_preferred": {"en": "preferred name", "zh": "首选名称"},
    "basis_label": {"en": "name", "zh": "名称"},
    "basis_formal": {"en": "formal name", "zh": "正式名称"},
    "basis_alternative": {"en": "alternative name", "zh": "别名"},
    "basis_source": {"en": "name in a source", "zh": "来源所用名称"},
    "basis_notation": {"en": "code", "zh": "代码"},
    "basis_identifier": {"en": "identifier", "zh": "标识符"},
    "how_reading": {"en": "by its pinyin", "zh": "按拼音"},
    "how_initials": {"en": "by its initials", "zh": "按首字母"},
    "how_short": {"en": "as an abbreviation", "zh": "按简称"},
    "the_name": {"en": "this name", "zh": "此名称"},
    "evidence": {"en": "evidence", "zh": "出处"},
    "help_title": {"en": "Find by name", "zh": "按名称查找"},
    "help_lead": {
        "en": "Every name in the graph can be found, in any language: {names} names of {things} things.",
        "zh": "图谱中的每个名称都可以查到，不限语言：共 {things} 个条目的 {names} 个名称。",
    },
    "help_part": {
        "en": "A whole name, one word, or the beginning of a word; in Chinese any part, down to one character.",
        "zh": "可输入完整名称或其中任意一部分，中文一个字即可；英文可输入单词或词首。",
    },
    "help_script": {
        "en": "Chinese in simplified or traditional characters, or as pinyin without tones.",
        "zh": "中文可用简体、繁体，也可用不带声调的拼音。",
    },
    "help_short": {
        "en": "An abbreviation: initials of English words or of pinyin, or the usual short form of a Chinese name.",
        "zh": "可用缩写：英文首字母、拼音首字母，或中文简称。",
    },
    "help_source": {
        "en": "A name just as a source prints it; a slip in a longer Latin word is forgiven.",
        "zh": "可用来源中印出的原文名称；较长的拉丁字母单词允许少量拼写错误。",
    },
    "help_try": {"en": "For example", "zh": "例如"},
    "more_kinds": {"en": "{count} more kinds", "zh": "另有 {count} 个类别"},
    "colon": {"en": ": ", "zh": "："},
}
