"""The words of the pictures in English and Chinese, and dates in words with the precision that the source gives."""

from __future__ import annotations

from typing import Final, Literal

from miit_graph.export.picture.days import civil, parts_of
from miit_graph.export.picture.reading import Stated

Lang = Literal["en", "zh"]

WORDS: Final[dict[str, dict[Lang, str]]] = {
    "chart": {"en": "Organisation chart", "zh": "组织结构图"},
    "chart_of": {"en": "Organisation chart: {}", "zh": "{}组织结构图"},
    "chart_desc": {
        "en": "{units} bodies and {plates} nameplates as an indented tree. Lines and marks show how each body is tied "
        "to the one above it; the legend names them.",
        "zh": "以缩进树状图列出 {units} 个机构、{plates} 块牌子。线型与标记表示各机构与上级的关系，图例有文字说明。",
    },
    "brief_desc": {
        "en": "{units} bodies in short: each kind of tie with a mark for each body, and the first of them by name.",
        "zh": "{units} 个机构的简图：按关系类别列出，每个机构一个标记，并写出前几个的名称。",
    },
    "on_day": {"en": "as of {}", "zh": "截至{}"},
    "unit": {"en": "contained: an office without a legal person of its own", "zh": "内设：不具独立法人资格"},
    "part": {"en": "contained: a body of its own, subordinate", "zh": "下属：独立机构，隶属于上级"},
    "managed": {"en": "managed, not contained", "zh": "受管理，不属其内"},
    "co-managed": {"en": "managed together with others", "zh": "与其他机构共同管理"},
    "linked": {"en": "attached, not subordinate", "zh": "有联系，不属下级"},
    "plain_unit": {"en": "units", "zh": "内设单位"},
    "plain_part": {"en": "parts", "zh": "下属机构"},
    "plain_managed": {"en": "managed bodies", "zh": "受管理机构"},
    "plain_co-managed": {"en": "co-managed bodies", "zh": "共同管理的机构"},
    "plain_linked": {"en": "linked bodies", "zh": "相关机构"},
    "claim_unit": {"en": "said to be a unit of it", "zh": "据称为其内设单位"},
    "claim_part": {"en": "said to be part of it", "zh": "据称为其下属机构"},
    "claim_managed": {"en": "said to be managed by it", "zh": "据称由其管理"},
    "claim_co-managed": {"en": "said to be co-managed by it", "zh": "据称由其共同管理"},
    "claim_linked": {"en": "said to be attached to it", "zh": "据称与其有联系"},
    "plate": {"en": "nameplate: another name of the body above it", "zh": "牌子：其上机构的另一名称"},
    "plate_word": {"en": "nameplate", "zh": "牌子"},
    "claimed": {"en": "claimed, not adopted", "zh": "有此一说，未予采纳"},
    "deprecated": {"en": "deprecated", "zh": "已弃用"},
    "disputed": {"en": "sources or readings differ", "zh": "来源或解读有分歧"},
    "also": {"en": "also: {kind} · {over}", "zh": "另：{kind} · {over}"},
    "elsewhere": {"en": "{kind}; shown under {over}", "zh": "{kind}；列于“{over}”之下"},
    "maybe": {"en": "not certain on this day", "zh": "该日是否如此未定"},
    "deeper": {"en": "{n} more below", "zh": "其下还有 {n} 个"},
    "continued": {"en": "continued", "zh": "续"},
    "others": {"en": "Also involved", "zh": "其他相关机构"},
    "legend": {"en": "Legend", "zh": "图例"},
    "no_chart": {
        "en": "There is nothing to draw: no organisation here is part of, managed by or attached to another.",
        "zh": "无可绘制：这里没有机构隶属于、受管理于或联系于另一机构。",
    },
    "no_chart_day": {
        "en": "There is nothing to draw: no tie between organisations can have held on this day.",
        "zh": "无可绘制：该日不可能存在任何机构间的关系。",
    },
    "timeline": {"en": "Timeline", "zh": "时间线"},
    "timeline_of": {"en": "Timeline: {}", "zh": "时间线：{}"},
    "timeline_desc": {
        "en": "{n} dated entries from {first} to {last} in lanes. Solid: certain; fading or between brackets: possible "
        "within the stated precision; arrow: no beginning or end stated.",
        "zh": "按类别分栏列出{first}至{last}的 {n} 条带日期条目。"
        "实心为确定；渐变或括线为所述精度内的可能范围；箭头表示起点或终点未载明。",
    },
    "no_timeline": {
        "en": "There is nothing to draw: nothing here has a date.",
        "zh": "无可绘制：这里没有任何带日期的内容。",
    },
    "no_timeline_part": {"en": "Nothing here has a date in this part of time.", "zh": "所选时段内没有带日期的内容。"},
    "people": {"en": "People in posts", "zh": "任职"},
    "mandates": {"en": "Mandates", "zh": "职责"},
    "programmes": {"en": "Programmes and campaigns", "zh": "规划与行动"},
    "events": {"en": "Events", "zh": "事件"},
    "organisations": {"en": "Organisations", "zh": "机构"},
    "figures": {"en": "Figures", "zh": "数据"},
    "other": {"en": "Other facts", "zh": "其他事实"},
    "certain": {"en": "certain", "zh": "确定"},
    "possible": {"en": "possible: begins or ends somewhere here", "zh": "可能：始于或止于此范围内"},
    "point": {"en": "happened on a day within this range", "zh": "发生于此范围内的某日"},
    "open": {"en": "no beginning or end stated", "zh": "起点或终点未载明"},
    "undated": {"en": "attested, no date", "zh": "有载，无日期"},
    "undated_in": {"en": "no date ({})", "zh": "无日期（{}）"},
    "undated_more": {"en": "{n} more are attested without any date", "zh": "另有 {n} 条有载而无日期"},
    "dated_more": {"en": "{n} more are not drawn: choose a shorter time", "zh": "另有 {n} 条未绘出：请缩短时段"},
    "from": {"en": "from {}", "zh": "自{}"},
    "until": {"en": "until {}", "zh": "至{}"},
    "begins": {"en": "begins {}", "zh": "始于{}"},
    "ends": {"en": "ends {}", "zh": "止于{}"},
    "from_until": {"en": "{} – {}", "zh": "{}—{}"},
    "between": {"en": "between {} and {}", "zh": "{}至{}之间"},
    "by": {"en": "by {}", "zh": "截至{}"},
    "after": {"en": "after {}", "zh": "{}之后"},
    "about": {"en": "about {}", "zh": "约{}"},
    "perhaps": {"en": "{}, uncertain", "zh": "{}（存疑）"},
    "bce": {"en": "{} BCE", "zh": "公元前{}"},
    "comma": {"en": ", ", "zh": "、"},
    "means": {"en": "{} – {}", "zh": "{}——{}"},
    "sep": {"en": "; ", "zh": "；"},
}
"""Key → language → text."""

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_SEASONS: dict[int, dict[Lang, str]] = {
    **{
        base + n: {"en": en, "zh": zh}
        for base in (21, 25, 29)
        for n, (en, zh) in enumerate(
            [("spring {}", "{}春季"), ("summer {}", "{}夏季"), ("autumn {}", "{}秋季"), ("winter {}", "{}冬季")]
        )
    },
    **{33 + n: {"en": f"quarter {n + 1} of {{}}", "zh": f"{{}}第{'一二三四'[n]}季度"} for n in range(4)},
    **{37 + n: {"en": f"third {n + 1} of {{}}", "zh": f"{{}}第{n + 1}个四个月"} for n in range(3)},
    40: {"en": "first half of {}", "zh": "{}上半年"},
    41: {"en": "second half of {}", "zh": "{}下半年"},
}


def word(key: str, lang: Lang, *values: object, **named: object) -> str:
    """A text in one language, with values put in."""
    return WORDS[key][lang].format(*values, **named)


def day_in_words(number: int, lang: Lang) -> str:
    """A `day_number` as people write it: ``1 March 2008``, ``2008年3月1日``."""
    return _date(*civil(number), lang)


def in_words(time: Stated, lang: Lang) -> str:
    """A time with the precision it is stated in: ``summer 2021``, ``March 2008``, ``by 2011``."""
    parts = parts_of(time.written)
    simple = parts is not None and (parts[1] or 0) <= 12
    if not simple and (named := time.names.get(lang)):
        return named
    before, slash, after = time.written.partition("/")
    if slash:
        first, last = (_single(part, lang) for part in (before, after))
        if before in ("..", "") and last:
            return word("by", lang, last)
        if after in ("..", "") and first:
            return word("after", lang, first)
        if first and last:
            return word("from_until", lang, first, last)
    elif single := _single(time.written, lang):
        return single
    return bounds_in_words(time, lang)


def bounds_in_words(time: Stated, lang: Lang) -> str:
    """The days that a time can mean: ``between 1 January 2006 and 31 December 2006``."""
    first, last = time.bounds.first, time.bounds.last
    if first is None and last is None:
        return time.written
    if first is None or last is None:
        key, known = ("by", last) if first is None else ("after", first)
        return word(key, lang, day_in_words(known if known is not None else 0, lang))
    if first == last:
        return day_in_words(first, lang)
    return word("between", lang, day_in_words(first, lang), day_in_words(last, lang))


def _single(written: str, lang: Lang) -> str:
    parts = parts_of(written)
    if parts is None:
        return ""
    text = _date(*parts, lang)
    if written.endswith(("~", "%")):
        text = word("about", lang, text)
    return word("perhaps", lang, text) if written.endswith(("?", "%")) else text


def _date(year: int, month: int | None, day: int | None, lang: Lang) -> str:
    told = str(year) if year > 0 else word("bce", lang, 1 - year)
    if lang == "zh":
        told += "年"
    if month is None:
        return told
    if month > 12:
        return _SEASONS[month][lang].format(told)
    if lang == "zh":
        return f"{told}{month}月" + (f"{day}日" if day else "")
    return (f"{day} " if day else "") + f"{_MONTHS[month - 1]} {told}"
