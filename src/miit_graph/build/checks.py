"""Rules that SHACL cannot express, reported in the same form: script of Chinese texts, and dates in EDTF.

The third one, R13 (quotes against the source texts), needs files from outside the project; see `evidence`.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import edtf
import opencc
import pyoxigraph as ox

from miit_graph.build.sources import Locator
from miit_graph.build.validate import Finding
from miit_graph.vocabulary import TIME, M, shorten

Texts = dict[str, str]


@dataclass(frozen=True)
class Rule:
    """A rule that is checked by code: what the shapes of the other rules say about themselves in Turtle."""

    identifier: str
    title: Texts
    definition: Texts
    hint: Texts
    severity: str = "Violation"

    def finding(
        self,
        focus: str,
        path: str,
        value: str | None,
        message: Texts,
        locator: Locator | None = None,
        label: Texts | None = None,
    ) -> Finding:
        """A finding of this rule, led back to its line where `locator` knows it."""
        place = locator.find(focus, shorten(path), value) if locator else None
        return Finding(
            rule=self.identifier,
            title=self.title,
            severity=self.severity,
            focus=focus,
            label=label or {},
            path=path,
            value=value,
            message=message,
            hint=self.hint,
            shape=self.identifier,
            file=place[0] if place else None,
            line=place[1] if place else None,
        )


SIMPLIFIED = Rule(
    "R06",
    {"en": "Chinese is written in simplified characters", "zh": "中文一律用简体字"},
    {
        "en": "No text tagged zh holds a traditional character.",
        "zh": "标记为 zh 的文字不含繁体字。",
    },
    {
        "en": "Write the text in simplified characters; a name printed in traditional ones is a m:quote.",
        "zh": "改用简体字；来源以繁体所印者只写入 m:quote。",
    },
)
EDTF = Rule(
    "R17",
    {"en": "A date, its EDTF form and its bounds agree", "zh": "日期、EDTF 写法与上下限一致"},
    {
        "en": "m:edtf is valid EDTF; m:earliest and m:latest are its first and last day, as far as it has them; "
        "time:inXSD… says the same.",
        "zh": "m:edtf 合乎 EDTF；m:earliest 与 m:latest 为其首日与末日（有则须合）；time:inXSD… 与之相同。",
    },
    {
        "en": "Write the date as the source states it into m:edtf and set the bounds to its first and last day.",
        "zh": "将来源所述日期写入 m:edtf，并以其首日、末日为上下限。",
    },
)
QUOTES = Rule(
    "R13",
    {"en": "Quotes stand verbatim in the cited lines", "zh": "引文须逐字见于所引各行"},
    {
        "en": "Each m:quote stands in the cited lines of the source file, whose SHA-256 and length are as stated.",
        "zh": "每一 m:quote 逐字见于来源文件所引各行；文件的 SHA-256 与行数与所载相符。",
    },
    {
        "en": "Compare the citation with the source file: copy the words as they stand, correct the line numbers.",
        "zh": "对照来源文件：照录原文，并更正行号。",
    },
)
RULES = (SIMPLIFIED, QUOTES, EDTF)
"""All rules that are checked by code."""


def check_texts_and_dates(data: ox.Store, locator: Locator | None = None) -> list[Finding]:
    """Findings of R06 and R17 in the default graph of `data`."""
    return [*_traditional(data, locator), *_dates(data, locator)]


@cache
def _converter() -> Any:
    return opencc.OpenCC("t2s")


def _traditional(data: ox.Store, locator: Locator | None) -> Iterator[Finding]:
    for quad in data.quads_for_pattern(None, None, None, ox.DefaultGraph()):
        text = quad.object
        if not isinstance(text, ox.Literal) or text.language != "zh" or not isinstance(quad.subject, ox.NamedNode):
            continue
        simplified = _converter().convert(text.value)
        if simplified != text.value:
            wrong = "".join(a for a, b in zip(text.value, simplified, strict=False) if a != b)
            yield SIMPLIFIED.finding(
                quad.subject.value,
                quad.predicate.value,
                text.value,
                {
                    "en": f"«{wrong}» is not simplified Chinese; it would be «{simplified}».",
                    "zh": f"“{wrong}”非简体字，应作“{simplified}”。",
                },
                locator,
            )


_TIMES = f"""
SELECT ?time ?edtf ?earliest ?latest ?stated {{
  ?time <{M.edtf}> ?edtf .
  OPTIONAL {{ ?time <{M.earliest}> ?earliest }}
  OPTIONAL {{ ?time <{M.latest}> ?latest }}
  OPTIONAL {{ ?time <{TIME.inXSDDate}>|<{TIME.inXSDgYearMonth}>|<{TIME.inXSDgYear}> ?stated }}
}} ORDER BY ?time"""


def _dates(data: ox.Store, locator: Locator | None) -> Iterator[Finding]:
    rows = data.query(_TIMES)
    assert isinstance(rows, ox.QuerySolutions)
    for row in rows:
        values = {name: getattr(row[name], "value", None) for name in ("time", "edtf", "earliest", "latest", "stated")}
        time, text = str(values["time"]), str(values["edtf"])
        try:
            bounds = _bounds(text)
        except edtf.EDTFParseException:
            message = {"en": f"«{text}» is not a date in EDTF.", "zh": f"“{text}”不合 EDTF 写法。"}
            yield EDTF.finding(time, M.edtf, text, message, locator)
            continue
        for name, day in zip(("earliest", "latest"), bounds, strict=True):
            if day is not None and values[name] != day:
                which = "首日" if name == "earliest" else "末日"
                message = {
                    "en": f"The {name} day of {text} is {day}, not {values[name] or 'left out'}.",
                    "zh": f"{text} 的{which}为 {day}，而非 {values[name] or '缺省'}。",
                }
                yield EDTF.finding(time, M[name], values[name], message, locator)
        if values["stated"] not in (None, text):
            message = {
                "en": f"The date is {values['stated']} here and {text} in m:edtf.",
                "zh": f"此处日期为 {values['stated']}，m:edtf 为 {text}。",
            }
            yield EDTF.finding(time, M.edtf, text, message, locator)


_PLAIN = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2]))?")


@cache
def _bounds(text: str) -> tuple[str | None, str | None]:
    """First and last day of a date in EDTF, None where it has none. The parser takes 10 ms, so years and months do not
    get that far.
    """
    if (plain := _PLAIN.fullmatch(text)) and int(plain[1]):
        year, first, last = int(plain[1]), int(plain[2] or 1), int(plain[2] or 12)
        return f"{plain[1]}-{first:02}-01", f"{plain[1]}-{last:02}-{monthrange(year, last)[1]}"
    parsed = edtf.parse_edtf(text)
    return _day(parsed.lower_strict()), _day(parsed.upper_strict())


def _day(bound: Any) -> str | None:
    """A bound as an ISO date, None where the EDTF leaves that side open."""
    if not hasattr(bound, "tm_year"):  # minus or plus infinity
        return None
    return date(bound.tm_year, bound.tm_mon, bound.tm_mday).isoformat()
