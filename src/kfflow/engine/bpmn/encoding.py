"""Files of other tools as text: whatever encoding they say or show, given on as UTF-8."""

import codecs
import re

from kfflow.errors import InvalidInput

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UNMARKED = ((b"<\x00?\x00", "utf-16-le"), (b"\x00<\x00?", "utf-16-be"))
_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']""")
_DECLARATION = re.compile(r"""(<\?xml[^>]{0,200}?encoding\s*=\s*["'])[\w.:-]{1,40}(["'])""")


def as_text(source: bytes) -> str:
    """Give a file as text that says UTF-8 where it names an encoding (XML 1.0, appendix F); raises InvalidInput."""
    name, start = _encoding(source)
    try:
        text = source[start:].decode(name)
    except (UnicodeDecodeError, LookupError):
        raise InvalidInput(
            f"Filens tegn kan ikke læses som {name}.", f"The characters of the file cannot be read as {name}."
        ) from None
    return _DECLARATION.sub(r"\g<1>UTF-8\g<2>", text, count=1)


def _encoding(source: bytes) -> tuple[str, int]:
    for mark, name in _MARKS:
        if source.startswith(mark):
            return name, len(mark)
    for beginning, name in _UNMARKED:
        if source.startswith(beginning):
            return name, 0
    declared = _DECLARED.match(source)
    return (declared[1].decode("ascii") if declared else "utf-8"), 0
