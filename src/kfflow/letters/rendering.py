"""The typst compiler, behind one function: templates in memory and data in, the bytes of a PDF out.

The compiler is given a root that is no folder, its own fonts and no others, and an instant: it reads no file, asks no
clock and no network. It lets other threads of the process run while it works. Data goes in as JSON, so that what people
typed is text and never markup.
"""

import functools
import os
import re
from collections.abc import Mapping
from datetime import datetime
from importlib.metadata import version

import orjson
import typst

from kfflow.errors import EngineFailure
from kfflow.letters import characters

COMPILER = f"typst {version('typst')}"
STANDARDS: "list[typst.PDFStandard]" = ["a-2a", "ua-1"]
"""PDF/A-2a (ISO 19005-2) to keep it, PDF/UA-1 (ISO 14289-1) to read it with any means."""
AS_PDF: Mapping[str, object] = {"pdf_standards": STANDARDS}
AS_PICTURES: Mapping[str, object] = {"format": "png", "ppi": 110}
MAIN = "main.typ"
DATA = "data.json"
"""Stands beside the template: what does not read it, the compiler keeps from letter to letter."""
MOST_MISSING = 2000
"""How many different characters without a glyph are looked for in one letter."""

_PLACE = re.compile(r"┌─ (?:.*/)?([^/\s:]+):(\d+):(\d+)")
_WITHOUT_GLYPH = re.compile(r'the text `"(.+?)"` could not be displayed')
_NOT_THERE = re.compile(r"failed to load file \(.*?\(os error \d+\)\)")
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")


class TemplateFault(EngineFailure):
    """What the compiler found wrong with a template; `resource` and the 1-based `line` say where, when it knows."""

    def __init__(self, message: str, resource: str, line: int | None = None) -> None:
        place = resource if line is None else f"{resource}, linje {line}"
        where = resource if line is None else f"{resource}, line {line}"
        da, en = (
            f"Brevskabelonen kan ikke bruges ({place}): {message}",
            f"The letter template fails ({where}): {message}",
        )
        super().__init__(da, en, kind="LETTER")
        self.resource, self.line = resource, line


def render(name: str, sources: Mapping[str, bytes], data: Mapping[str, object], at: datetime) -> bytes:
    """Give the PDF of the template `name`, dated `at` (aware); raises TemplateFault.

    `sources` holds the template and every part that it imports, by resource name.
    """
    made = _made(name, sources, data, {**AS_PDF, "timestamp": int(at.timestamp())})
    assert isinstance(made, bytes), "a PDF is one file"
    return made


def pictures(name: str, sources: Mapping[str, bytes], data: Mapping[str, object], at: datetime) -> tuple[bytes, ...]:
    """Give the same letter as one PNG for each page, to be looked at on a screen; raises TemplateFault."""
    made = _made(name, sources, data, {**AS_PICTURES, "timestamp": int(at.timestamp())})
    return (made,) if isinstance(made, bytes) else tuple(made)


def _made(
    name: str, sources: Mapping[str, bytes], data: Mapping[str, object], wanted: Mapping[str, object]
) -> bytes | list[bytes]:
    missing: frozenset[str] = frozenset()
    while True:
        try:
            return _compile(name, sources, characters.shown(data, missing), wanted)
        except typst.TypstError as problem:
            more = missing | _without_glyph(problem)
            if more == missing or len(more) > MOST_MISSING:
                raise _fault(problem, name) from None
            missing = more


def _compile(
    name: str, sources: Mapping[str, bytes], data: object, wanted: Mapping[str, object]
) -> bytes | list[bytes]:
    text = orjson.dumps(data)
    files = {MAIN if own == name else own: source for own, source in sources.items()} | {DATA: text}
    asked = any(b"inputs" in source for source in sources.values())
    made: bytes | list[bytes] = typst.compile(  # type: ignore[call-overload]  # it takes files in memory; its stub does not say so
        files,
        root=os.devnull,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"data": text.decode()} if asked else {},
        **wanted,
    )
    return made


@functools.cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)


def _without_glyph(problem: typst.TypstError) -> frozenset[str]:
    """Give the characters that the compiler has no font for."""
    texts = (_ESCAPED.sub(_unescaped, text) for text in _WITHOUT_GLYPH.findall(problem.diagnostic))
    return frozenset(character for text in texts for character in text)


def _unescaped(found: re.Match[str]) -> str:
    return chr(int(found[1], 16))


def _fault(problem: typst.TypstError, name: str) -> TemplateFault:
    place = _PLACE.search(problem.diagnostic)
    message = _NOT_THERE.sub("file not found", "; ".join([problem.message, *problem.hints]))
    if place is None:
        return TemplateFault(message, name)
    return TemplateFault(message, name if place[1] == MAIN else place[1], int(place[2]))
