"""The kinds of errors in Chinese; the English texts stand where the errors are defined."""

from __future__ import annotations

CHINESE: dict[str, tuple[str, str]] = {
    "graph-name": ("图名不是 IRI", "指定数据集的参数不是绝对 IRI。"),
    "query-too-complex": ("查询过于复杂", "查询的组成部分过多，引擎无法制定执行计划。"),
    "query-too-nested": ("查询嵌套过深", "查询中的括号嵌套层数过多。"),
    "request": ("无法理解该请求", "参数或请求体缺失、重复或格式有误。"),
    "syntax": ("查询有语法错误", "该文本不是合法的 SPARQL 查询。"),
    "unknown-function": ("查询调用了未知函数", "查询调用了本服务器没有的函数。"),
    "service-refused": ("此 SERVICE 不在允许范围内", "查询要求本服务器再去查询另一台未获准访问的服务器。"),
    "service-failed": ("另一台服务器出错", "查询用 SERVICE 访问另一台服务器，而对方没有应答，或应答无法使用。"),
    "update-refused": ("未开放写入", "该请求要求修改数据。"),
    "not-found": ("此处没有内容", "没有资源使用该地址。"),
    "method": ("此处不允许该方法", "允许的方法见 Allow 响应头。"),
    "not-acceptable": ("没有合适的格式", "可提供的格式均不在请求接受的范围内。"),
    "gone": ("该条目已停用", "该 IRI 已停用，且没有替代者。"),
    "query-too-long": ("查询过长", "查询文本的字节数超过上限。"),
    "too-large": ("请求过大", "请求体的字节数超过服务器接受的上限。"),
    "media-type": ("请求体类型未知", "查询须以表单或 application/sparql-query 提交。"),
    "search-not-ready": ("搜索尚未就绪", "图谱中的名称仍在读取，请过几秒再试。"),
    "result-too-large": ("结果过大", "结果的字节数超过上限。"),
    "engine": ("查询引擎出错", "引擎内部发生故障，原因不在查询本身。"),
    "server": ("服务器出错", "服务器内部发生故障，原因不在请求本身。"),
    "busy": ("服务器繁忙", "可同时运行查询的位置已全部占用。"),
    "engine-unavailable": ("查询引擎正在启动", "引擎正在重新启动，或没有响应。"),
    "export-limit": ("图文件未能生成", "生成图文件所需的时间或内存超过服务器的上限。"),
    "memory-limit": ("查询占用内存过多", "查询所需内存超过上限。"),
    "time-limit": ("查询超时", "查询用时超过上限。"),
}
"""By slug: the title, and what it means."""
