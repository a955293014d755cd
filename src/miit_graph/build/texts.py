"""Choosing among texts in several languages."""

from __future__ import annotations

from collections.abc import Mapping


def pick(texts: Mapping[str, str], lang: str) -> str:
    """The text in `lang`, else in English, else in Chinese, else in any language, else nothing."""
    return texts.get(lang) or texts.get("en") or texts.get("zh") or next(iter(texts.values()), "")
