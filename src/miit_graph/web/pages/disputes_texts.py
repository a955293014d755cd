"""The texts of the page of disputes in English and Chinese."""

from __future__ import annotations

from miit_graph.web.language import Texts

TEXTS: Texts = {
    "disputes": {"en": "What is disputed", "zh": "争议"},
    "lead": {
        "en": "Where sources contradict each other, themselves or good sense, nothing is smoothed over: each side stays"
        " with its evidence, and the decision stands beside it.",
        "zh": "来源之间相互矛盾、自相矛盾或有悖常理之处，一律不加抹平：各方说法连同依据均予保留，处理结果并列于旁。",
    },
    "none": {"en": "This graph records no disputes.", "zh": "本图谱未记录争议。"},
    "conflicts": {"en": "Disagreements", "zh": "分歧"},
    "claims": {"en": "Who claims what", "zh": "各方主张"},
    "claims_lead": {
        "en": "Attributed to those who say it, and never asserted as fact.",
        "zh": "均注明主张者，绝不作为事实断言。",
    },
    "contested": {"en": "Contested links", "zh": "有争议的关系"},
    "contested_lead": {
        "en": "Links that a source states and the graph does not, or not without reserve.",
        "zh": "来源有载，而本图谱不予断言或有所保留的关系。",
    },
    "about": {"en": "About", "zh": "关于"},
    "side": {"en": "Side {n}", "zh": "说法 {n}"},
    "decided": {"en": "What was decided, and why", "zh": "如何处理及其理由"},
    "open": {"en": "Nothing has been decided.", "zh": "尚未处理。"},
    "filter": {"en": "Show only", "zh": "只看"},
    "all": {"en": "all", "zh": "全部"},
    "no_stance": {"en": "without a stance", "zh": "未注明立场"},
    "claimant": {"en": "Who", "zh": "主张者"},
    "claim": {"en": "Claim", "zh": "主张"},
    "from": {"en": "From", "zh": "自"},
    "link": {"en": "Link", "zh": "关系"},
    "to": {"en": "To", "zh": "至"},
    "status": {"en": "Status", "zh": "状态"},
    "evidence": {"en": "Source", "zh": "出处"},
    "as_query": {"en": "As a query", "zh": "以查询方式获取"},
    "as_json": {"en": "as JSON", "zh": "以 JSON 获取"},
    "page_of": {"en": "Page {page} of {pages}", "zh": "第 {page} 页，共 {pages} 页"},
    "next": {"en": "Next page", "zh": "下一页"},
    "previous": {"en": "Previous page", "zh": "上一页"},
    "fact": {"en": "Fact", "zh": "事实"},
    "note": {"en": "Editor’s note", "zh": "编者注"},
    "attributed": {"en": "attributed to", "zh": "归于"},
    "no_citation": {"en": "No source document is cited.", "zh": "未引用来源文件。"},
    "preferred": {"en": "preferred", "zh": "首选"},
    "deprecated": {"en": "deprecated", "zh": "弃用"},
}
