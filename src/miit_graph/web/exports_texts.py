"""The texts about graph files in English and Chinese: the page that offers them, and what can go wrong."""

from __future__ import annotations

from miit_graph.export.graph import FORMATS, HELP

TEXTS: dict[str, dict[str, str]] = {
    "title": {"en": "Graph files", "zh": "图文件"},
    "lead": {
        "en": "The graph, or a part of it, as nodes and edges for Gephi, yEd, Cytoscape, Graphviz and other programs.",
        "zh": "把整个图谱或其中一部分导出为节点和边，供 Gephi、yEd、Cytoscape、Graphviz 等软件使用。",
    },
    "format": {"en": "Format", "zh": "格式"},
    "download": {"en": "Download", "zh": "下载"},
    "more": {"en": "More options", "zh": "更多选项"},
    "default": {"en": "default", "zh": "默认"},
    "hint": {
        "en": "Leave a field empty for its default. The address of the download holds all options, so it can be kept"
        " and used by programs.",
        "zh": "留空即采用默认值。下载地址包含全部选项，可以收藏，也可供程序使用。",
    },
    "limit": {
        "en": "At most {most:,} nodes and edges together; for more, use the command miit-graph export graph.",
        "zh": "节点和边合计最多 {most:,} 个；更大的图请使用命令 miit-graph export graph。",
    },
    "wrong_option": {"en": "An option has a wrong value", "zh": "选项的值不正确"},
    "unknown_root": {"en": "The root is not in this dataset", "zh": "数据集中没有这个起点"},
    "option_detail": {"en": "", "zh": "参数 {name} 的值“{value}”不可用。{name} 的用法：{allowed}。"},
    "near": {"en": "", "zh": "相近的有：{names}。"},
    "allowed": {"en": "", "zh": "可选：{names}。"},
    "too_large": {"en": "The graph is too large for this server", "zh": "图过大，服务器无法导出"},
    "too_large_detail": {
        "en": "It would have {nodes:,} nodes and {edges:,} edges; together there may be {limit:,}. Ask for a part with"
        " root and depth, nodes, or edges, or use the command miit-graph export graph, which has no such limit.",
        "zh": "该图有 {nodes:,} 个节点和 {edges:,} 条边，合计不得超过 {limit:,}。请用 root 和 depth、nodes 或 edges"
        " 缩小范围，或使用没有此限制的命令 miit-graph export graph。",
    },
    "busy": {"en": "The server is busy", "zh": "服务器正忙"},
    "busy_detail": {
        "en": "Several graph files are being made for others. Try again in a few seconds.",
        "zh": "正在为其他请求生成图文件，请稍后再试。",
    },
    "slow": {"en": "The graph file took too long", "zh": "生成图文件超时"},
    "slow_detail": {
        "en": "It was not done after {value:g} seconds. Ask for a part with root and depth, nodes, or edges, or use the"
        " command miit-graph export graph.",
        "zh": "{value:g} 秒内未能完成。请用 root 和 depth、nodes 或 edges 缩小范围，"
        "或使用命令 miit-graph export graph。",
    },
    "memory": {"en": "The graph file needs too much memory", "zh": "生成图文件所需内存过多"},
    "memory_detail": {
        "en": "{value:,} bytes of memory were not enough. Use the command miit-graph export graph.",
        "zh": "{value:,} 字节内存不够用。请使用命令 miit-graph export graph。",
    },
    "disk": {"en": "The disk is full", "zh": "磁盘已满"},
    "disk_detail": {
        "en": "There is no room left to make the file in. Try again later.",
        "zh": "没有空间生成文件，请稍后再试。",
    },
    "failed": {"en": "The server has failed", "zh": "服务器出错"},
    "failed_detail": {
        "en": "The server has noted the reason in its log.",
        "zh": "原因已记入服务器日志。",
    },
}
_LABELS: dict[str, dict[str, str]] = {
    "root": {"en": "Start from", "zh": "起点"},
    "depth": {"en": "Steps from there", "zh": "步数"},
    "nodes": {"en": "Kinds of node", "zh": "节点种类"},
    "edges": {"en": "Kinds of edge", "zh": "边的种类"},
    "lang": {"en": "Language", "zh": "语言"},
    "as-of": {"en": "On the day", "zh": "日期"},
    "facts": {"en": "Facts", "zh": "事实"},
    "claims": {"en": "Claims", "zh": "未采纳的说法"},
    "properties": {"en": "Properties", "zh": "属性列"},
    "dialect": {"en": "Kind of GraphML", "zh": "GraphML 变体"},
    "table": {"en": "Tables of CSV", "zh": "CSV 表"},
}
_CHINESE: dict[str, str] = {
    "root": "只取这些事物的周边：IRI、带前缀的名称（d:miit）或本地名称（miit），须在数据集中；"
    "设有 as-of 时当日须可能存在",
    "depth": "与 root 同用：沿边走几步，不分方向；0 至 999 的整数（默认 1）",
    "nodes": "节点的种类：数据集中有实例的类（m:Region），或 entities、concepts、facts、citations、sources、times、"
    "terms、shapes、derivations、descriptions、external、all（默认 entities）",
    "edges": "边的种类：属性（org:subOrganizationOf），或来源 stated、derived、claimed、inferred、all"
    "（默认 stated、derived、claimed）",
    "lang": "label 的语言，如 zh、en；label_en 和 label_zh 总是都有（默认 en）",
    "as-of": "日期，如 2012-06-30：略去当日肯定不成立的内容，并标出可能成立的",
    "facts": "collapse：每条普通三元组、每个事实各为一条边（默认）；keep：事实作为节点",
    "claims": "yes：包括未被采纳的说法，并加标记（默认）；no：略去",
    "properties": "yes：所有属性都作为列（默认）；no：只有固定的列",
    "dialect": "仅用于 graphml：plain（默认），或 yed，即带有 yEd 显示的标签、颜色和位置",
    "table": "仅用于 csv：both，即 zip 文件中的两个表（默认），或 nodes、edges 之一",
}
_TITLES = {"csv": "CSV（节点表和边表）"}
_NAMES = "、".join(HELP)


def text(key: str, language: str, **values: object) -> str:
    """A text in one language, with ``values`` put in."""
    return TEXTS[key][language].format(**values)


def meaning(language: str, option: str) -> str:
    """What an option does and takes; for a name that is no option, the names there are."""
    if option not in HELP:
        return f"选项名 {_NAMES}" if language == "zh" else f"the name of an option: {', '.join(HELP)}"
    return _CHINESE[option] if language == "zh" else HELP[option]


def label(option: str, language: str) -> str:
    """What an option is called in a form."""
    return _LABELS[option][language]


def title_of(name: str, language: str) -> str:
    """What a format is called; most have the same name in every language."""
    english = FORMATS[name].title
    return _TITLES.get(name, english) if language == "zh" else english
