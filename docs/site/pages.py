"""Which pages the site has, in which order, and under which titles in English and Chinese."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = ("en", "zh")


@dataclass(frozen=True)
class Page:
    """A page of the site: its place there, and the Markdown file that it is made of (none if it is generated)."""

    place: str
    titles: tuple[str, str]
    source: str = ""


@dataclass(frozen=True)
class Part:
    """A part of the navigation."""

    titles: tuple[str, str]
    pages: tuple[Page, ...]


def _docs(name: str, en: str, zh: str) -> Page:
    return Page(f"{name}.md", (en, zh), f"docs/{name}.md")


def _heading(path: Path) -> str:
    """The title of a Markdown file."""
    return path.read_text(encoding="utf-8").partition("\n")[0].lstrip("# ")


def _decisions() -> tuple[Page, ...]:
    """The decisions under their own headings."""
    found = [Page("decisions/index.md", ("All decisions", "全部决定"), "docs/decisions/README.md")]
    for path in sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md")):
        title = _heading(path)
        found.append(Page(f"decisions/{path.name}", (title, title), f"docs/decisions/{path.name}"))
    return tuple(found)


HOME = _docs("index", "Start", "开始")
_PARTS = (
    Part(
        ("How to", "操作指南"),
        (
            _docs("tour", "Five-minute tour", "五分钟导览"),
            _docs("cookbook", "Cookbook of queries", "查询手册"),
            _docs("tools", "Load it into other tools", "导入其他工具"),
            Page("ministry.md", ("Notebook: the ministry in pictures", "笔记本：图说工信部")),
            _docs("search", "Search", "搜索"),
            _docs("pictures", "Pictures", "图片"),
            _docs("explorer", "Network explorer", "关系网络"),
            _docs("graph-files", "Graph files", "图文件"),
            _docs("versions", "Versions", "版本"),
            _docs("linked-data", "Linked data and dumps", "关联数据与转储"),
            _docs("python", "The graph in Python", "在 Python 中使用"),
            _docs("agents", "The graph for agents", "供智能体使用"),
            _docs("your-own-graph", "A graph of your own", "建立自己的图谱"),
            _docs("federation", "Ask other endpoints", "查询其他端点"),
            _docs("sizes", "How large a graph may be", "图谱规模与存储方式"),
            _docs("remote-engines", "Another engine behind it", "接入其他引擎"),
            _docs("scaling", "Several servers", "多台服务器"),
            _docs("writing", "Change the data", "修改数据"),
            _docs("operations", "Running it for others", "对外运行"),
            _docs("data", "Data handbook", "数据手册"),
        ),
    ),
    Part(
        ("Reference", "参考"),
        (
            Page("reference/cli.md", ("Command line", "命令行")),
            Page("reference/settings.md", ("Settings", "设置")),
            Page("reference/http.md", ("HTTP", "HTTP 接口")),
            Page("reference/ontology.md", ("Ontology", "本体")),
            Page("reference/questions.md", ("Questions with answers", "问题与查询")),
            _docs("rules", "Rules", "校验规则"),
            _docs("conformance", "Conformance", "标准符合情况"),
            _docs("threat-model", "Threat model", "威胁模型"),
        ),
    ),
    Part(
        ("Explanation", "原理"),
        (
            _docs("model", "Facts and their receipts", "事实及其依据"),
            _docs("engine", "How queries are run", "查询如何执行"),
            _docs("ontology-versions", "Versions of the ontology", "本体的版本"),
            _docs("breakages", "Mistakes and their messages", "错误与提示"),
        ),
    ),
    Part(("Decisions", "决定"), _decisions()),
    Part(
        ("Project", "项目"),
        (
            Page("changelog.md", ("Changelog", "变更记录"), "CHANGELOG.md"),
            Page("contributing.md", ("Contributing", "参与贡献"), "CONTRIBUTING.md"),
            _docs("releasing", "Making a release", "发布流程"),
            _docs("third-party", "What others wrote", "第三方组件"),
        ),
    ),
)


def _parts() -> tuple[Part, ...]:
    """All parts; a page of docs/ that none of them names comes last, under its own heading."""
    named = {page.source for page in (HOME, *(page for part in _PARTS for page in part.pages))}
    paths = (ROOT / "docs").glob("[a-z]*.md")
    more = sorted(path for path in paths if path.suffixes == [".md"] and f"docs/{path.name}" not in named)
    *before, last = _PARTS
    unnamed = tuple(_docs(path.stem, _heading(path), _heading(path)) for path in more)
    return (*before, Part(last.titles, (*last.pages, *unnamed)))


PARTS = _parts()


def pages() -> Iterator[Page]:
    """All pages in order."""
    yield HOME
    for part in PARTS:
        yield from part.pages


def navigation(lang: str) -> list[dict[str, object]]:
    """The navigation as MkDocs wants it."""
    number = LANGUAGES.index(lang)
    parts = [{part.titles[number]: [{p.titles[number]: p.place} for p in part.pages]} for part in PARTS]
    return [{HOME.titles[number]: HOME.place}, *parts]
