"""The texts of the pages of the organisation chart and of the timeline."""

from __future__ import annotations

from miit_graph.web.language import Texts

TEXTS: Texts = {
    "chart": {"en": "Organisation chart", "zh": "组织结构"},
    "chart_lead": {
        "en": "{units} bodies, each once, below the one it is tied to most closely; {plates} nameplates on bearers.",
        "zh": "共 {units} 个机构，各列一次，置于关系最近的上级之下；{plates} 块牌子列于挂牌机构之下。",
    },
    "chart_lead_bare": {
        "en": "{units} bodies, each once, below the one it is tied to most closely.",
        "zh": "共 {units} 个机构，各列一次，置于关系最近的上级之下。",
    },
    "on_day": {"en": "What may have held on {day}.", "zh": "{day}可能成立的情况。"},
    "as_of": {"en": "On the day", "zh": "所选日期"},
    "depth": {"en": "Levels", "zh": "层数"},
    "kinds": {"en": "Kinds of tie", "zh": "关系类别"},
    "lanes": {"en": "Kinds", "zh": "类别"},
    "show": {"en": "Show", "zh": "显示"},
    "all": {"en": "Show everything", "zh": "显示全部"},
    "open_all": {"en": "Open all", "zh": "全部展开"},
    "close_all": {"en": "Close all", "zh": "全部收起"},
    "plate": {"en": "nameplate", "zh": "牌子"},
    "dispute": {"en": "Sources or readings differ: {name}", "zh": "来源或解读有分歧：{name}"},
    "maybe": {"en": "not certain on this day", "zh": "该日是否如此未定"},
    "below": {"en": "{n} below", "zh": "下辖 {n} 个"},
    "only_this": {"en": "Only this branch", "zh": "只看此分支"},
    "deeper": {"en": "{n} more below", "zh": "其下还有 {n} 个"},
    "legend": {"en": "What lines and marks mean", "zh": "线型与标记的含义"},
    "claimed": {"en": "claimed, not adopted", "zh": "有此一说，未予采纳"},
    "differ": {"en": "sources or readings differ; leads to the conflict", "zh": "来源或解读有分歧；点击查看分歧"},
    "a_plate": {
        "en": "nameplate: another name of the body above it, no body of its own",
        "zh": "牌子：其上机构的另一名称，并非另一机构",
    },
    "picture": {"en": "As a picture", "zh": "下载图片"},
    "light": {"en": "SVG, light", "zh": "SVG（浅色）"},
    "dark": {"en": "SVG, dark", "zh": "SVG（深色）"},
    "both": {"en": "SVG, both languages", "zh": "SVG（中英对照）"},
    "files": {"en": "As a graph file", "zh": "图数据文件"},
    "loose": {"en": "{n} organisations without a tie that is stated", "zh": "{n} 个未载明隶属关系的机构"},
    "timeline": {"en": "Timeline", "zh": "时间线"},
    "timeline_lead": {
        "en": "{n} entries with a date, drawn as precisely as the sources state it, and no more.",
        "zh": "共 {n} 条带日期的条目，按来源所载精度绘制，不作推断。",
    },
    "from": {"en": "From", "zh": "起"},
    "to": {"en": "To", "zh": "止"},
    "time_hint": {"en": "2008 or 2008-03", "zh": "如 2008 或 2008-03"},
    "mark_day": {"en": "Mark the day", "zh": "标出日期"},
    "as_list": {"en": "The same as a list", "zh": "列表"},
    "when": {"en": "When", "zh": "时间"},
    "what": {"en": "What", "zh": "内容"},
    "kind": {"en": "Kind", "zh": "类别"},
    "source": {"en": "Source", "zh": "来源"},
    "undated": {"en": "Attested without a date", "zh": "有载而无日期"},
    "wrong_option": {"en": "A parameter can't be used", "zh": "参数无法使用"},
    "unknown_root": {"en": "There is nothing of that name here", "zh": "没有这个名称的事物"},
    "refused": {"en": "", "zh": "参数 {name} 的值“{value}”无法使用。"},
    "near": {"en": "", "zh": "相近的有：{}。"},
    "possible": {"en": "", "zh": "可用的有：{}。"},
    "about_one": {"en": "Only what concerns one thing is shown.", "zh": "仅显示与所选事物有关的内容。"},
}

EXPECTED = {
    "the name of an option": "此处没有这个参数。",
    "one value": "只能给一个值。",
    "a time after that of `from`": "应晚于 from 的时间。",
    "a day, as in 2012-06-30": "应为日期，如 2012-06-30。",
    "a year, month or day, as in 2008, 2008-03 or 2008-03-15": "应为年、年月或日期，如 2008、2008-03 或 2008-03-15。",
}
"""What an option should be, in Chinese, by what its error expects; elsewhere the possible values say it."""
