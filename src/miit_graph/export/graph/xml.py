"""Text in XML."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

# Readers that take XML 1.1's line ends for those of XML 1.0 make a line feed of this one, unless it is a reference.
_SEPARATOR = {"\u2028": "&#8232;"}
_SPECIAL = re.compile("[&<>\u2028]")
_SPECIAL_IN_ATTRIBUTE = re.compile('[&<>"\n\r\t\u2028]')
"""Most texts have nothing of it, and are done with then."""


def content(value: str) -> str:
    """`value` as the content of an element."""
    return escape(value, _SEPARATOR) if _SPECIAL.search(value) else value


def attribute(value: str) -> str:
    """`value` as an attribute, with its quotes; tabs and line feeds become references, as plain ones get lost."""
    return quoteattr(value, _SEPARATOR) if _SPECIAL_IN_ATTRIBUTE.search(value) else f'"{value}"'
