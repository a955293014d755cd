"""The texts of the pages of sources in English and Chinese."""

from __future__ import annotations

from miit_graph.web.language import Texts

TEXTS: Texts = {
    "sources": {"en": "Sources", "zh": "来源"},
    "sources_lead": {
        "en": "Every fact rests on lines of these texts. The texts themselves are other people’s and not part of the"
        " graph: quotes of at most a dozen words show where to look.",
        "zh": "每一事实都以下列文本的若干行为依据。文本版权属他人，不在本图谱之内；图谱只存简短引文，以便核对。",
    },
    "no_sources": {
        "en": "This graph names no source documents.",
        "zh": "本图谱未列出来源文件。",
    },
    "source": {"en": "Source", "zh": "来源"},
    "kind": {"en": "Kind", "zh": "类型"},
    "licence": {"en": "Licence", "zh": "许可"},
    "not_stated": {"en": "not stated", "zh": "未注明"},
    "resting": {"en": "facts and entries", "zh": "条事实与条目"},
    "lines_used": {"en": "{used} of {all} lines used", "zh": "共 {all} 行，已用 {used} 行"},
    "share": {"en": "{n} % of the lines", "zh": "占全部行数的 {n}%"},
    "by_line": {"en": "Line by line", "zh": "逐行查看"},
    "coverage": {
        "en": "Where in the text the used lines are, from first to last",
        "zh": "已用各行在全文中的分布（自首行至末行）",
    },
    "line": {"en": "Line {n}", "zh": "第 {n} 行"},
    "lines": {"en": "Lines {first}–{last}", "zh": "第 {first}–{last} 行"},
    "gap": {"en": "1 line without facts", "zh": "1 行，未载事实"},
    "gaps": {"en": "{n} lines without facts", "zh": "{n} 行，未载事实"},
    "gap_filter": {"en": "1 line without facts of this kind", "zh": "1 行，未载此类事实"},
    "gaps_filter": {"en": "{n} lines without facts of this kind", "zh": "{n} 行，未载此类事实"},
    "filter": {"en": "Show only", "zh": "只看"},
    "all": {"en": "everything", "zh": "全部"},
    "things": {"en": "entry", "zh": "条目"},
    "about_source": {"en": "What is said of the source itself", "zh": "关于该来源本身的记载"},
    "as_query": {"en": "The same as a query", "zh": "以查询方式获取"},
    "deprecated": {"en": "deprecated", "zh": "弃用"},
    "file": {"en": "File", "zh": "文件"},
}
