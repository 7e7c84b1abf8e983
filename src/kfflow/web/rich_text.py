"""The little Markdown that forms and comments use, as HTML that cannot act: headings, lists, bold, paragraphs."""

import re
from itertools import groupby

from markupsafe import Markup, escape

from kfflow.web.wording import safe_html

_BOLD = re.compile(r"\*\*(.+?)\*\*")
_HEADING = re.compile(r"#{1,6}\s+(.*)")
_ITEM = re.compile(r"[-*]\s+(.*)")


def markdown(source: str) -> Markup:
    """Give the text as HTML; a heading becomes h3, whatever its level."""
    parts = [_block(kind, list(lines)) for kind, lines in groupby(source.splitlines(), key=_kind)]
    return safe_html("".join(parts))


def _kind(line: str) -> str:
    if not line.strip():
        return "gap"
    if _HEADING.match(line):
        return "heading"
    return "item" if _ITEM.match(line) else "text"


def _block(kind: str, lines: list[str]) -> str:
    match kind:
        case "gap":
            return ""
        case "heading":
            return "".join(f"<h3>{_inline(_bare(line))}</h3>" for line in lines)
        case "item":
            return "<ul>" + "".join(f"<li>{_inline(_bare(line))}</li>" for line in lines) + "</ul>"
        case _:
            return "<p>" + "<br>".join(_inline(line) for line in lines) + "</p>"


def _bare(line: str) -> str:
    found = _HEADING.match(line) or _ITEM.match(line)
    return found[1] if found else line


def _inline(text: str) -> str:
    return _BOLD.sub(r"<strong>\1</strong>", str(escape(text)))
