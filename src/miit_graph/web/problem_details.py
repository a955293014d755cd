"""What is wrong with a query, in Chinese: the sentences of the engine's errors, found by their English wording.

The engine speaks English alone, because it knows nothing of pages and their languages. A sentence that isn't known here
stays as it is; whoever shows it says in which language it is.
"""

from __future__ import annotations

import re

_PLACE = re.compile(r"Line (\d+), column (\d+): (.*)", re.DOTALL)
_SENTENCES = {
    r"(.+) is not expected here\.": "此处不应出现 {}。",
    r"the query ends too early, or a bracket is not closed\.": "查询在此提前结束，或有括号没有闭合。",
    r'the prefix "([^"]*):" is not declared; add .*': "前缀“{0}:”没有声明；请在查询开头加上 PREFIX {0}: <…>。",
    r"(.+) is a relative IRI; write it in full, or declare a BASE\.": (
        "{} 是相对 IRI；请写出完整的 IRI，或用 BASE 声明基准。"
    ),
    r"syntax error near here\.": "此处附近有语法错误。",
    r'"(.+)" is not a word of SPARQL\.': "“{}”不是 SPARQL 的词。",
    r'"(.+)" is not a character\.': "“{}”不是有效字符。",
    r"half of a surrogate pair is not a character\.": "半个代理对不是有效字符。",
    r"this string is not closed, or holds a line break or a wrong escape\.": (
        "字符串没有闭合，或其中有换行、错误的转义。"
    ),
    r"an escape is only allowed inside a string or an IRI\.": "转义只能写在字符串或 IRI 之内。",
    r"a language tag is expected after @\.": "@ 之后应为语言标签。",
    r'the character "(.+)" has no meaning here\.': "字符“{}”在此处没有意义。",
    r"a query starts with SELECT, ASK, CONSTRUCT or DESCRIBE .*": (
        "查询应以 SELECT、ASK、CONSTRUCT 或 DESCRIBE 开头（写在各 PREFIX 之后）。"
    ),
    r"brackets are nested more than (\d+) deep here\..*": "此处括号嵌套超过 {} 层。请减少嵌套，或拆成几个查询。",
    r"this server does not send queries to other servers\..*": (
        "本服务器不向其他服务器发送查询。请去掉 SERVICE 子句，或在您自己的引擎中与本端点联合查询。"
        "服务器的管理者可用 miit-graph serve --allow-service URL 指定允许访问的端点。"
        "如果这里本来不是 SERVICE 子句，请在 { 之前的三元组后面加上句点。"
    ),
    r"There is no function <(.+)> here\..*": (
        "此处没有函数 <{}>。可用的有 SPARQL 1.1 的函数、XML Schema 的类型转换，以及搜索函数"
        " m:matches、m:matchScore、m:searchKey。"
    ),
    r"This server only answers queries .*": ("本服务器只回答查询（SELECT、ASK、CONSTRUCT、DESCRIBE），不执行更新。"),
    r"The query has ([\d,]+) bytes; at most ([\d,]+) are allowed\..*": (
        "查询有 {} 字节，最多允许 {} 字节。请拆成几个查询，例如拆分 VALUES 部分。"
    ),
    r"The query was not done after (\S+) seconds and was given up\..*": (
        "查询在 {} 秒内没有完成，已经中止。请缩小查询范围，加上 LIMIT，或用参数 timeout 要求更长的时间。"
    ),
    r"The query needed more than the ([\d,]+) bytes of memory .*": (
        "查询所需内存超过允许的 {} 字节，已经中止。请减少排序、分组和连接的行数：缩小范围，或分几次查询。"
    ),
    r"The query needed too much memory .*": (
        "查询所需内存过多，已经中止。请减少排序、分组和连接的行数：缩小范围，或分几次查询。"
    ),
    r"The result is larger than ([\d,]+) bytes\..*": ("结果超过 {} 字节。请用 ORDER BY、LIMIT、OFFSET 分几次取回。"),
    r"All query slots are taken by other queries\..*": "可同时运行查询的位置都已占用，请过几秒再试。",
    r"The query engine is being started and takes no queries yet\..*": (
        "查询引擎正在启动，尚不能接受查询，请过几秒再试。"
    ),
    r"Nothing here has this address\..*": "没有资源使用该地址。查询端点是 /sparql。",
    r"The server has noted the reason in its log\.": "服务器已将原因记入日志。",
}
_KNOWN = tuple((re.compile(english, re.DOTALL), chinese) for english, chinese in _SENTENCES.items())


def in_chinese(detail: str) -> str | None:
    """The detail of a problem in Chinese; None if its sentence isn't known here."""
    placed = _PLACE.fullmatch(detail)
    sentence = placed[3] if placed else detail
    for english, chinese in _KNOWN:
        if found := english.fullmatch(sentence):
            told = chinese.format(*found.groups()) if found.groups() else chinese
            return f"第 {placed[1]} 行第 {placed[2]} 列：{told}" if placed else told
    return None
