"""Text to tokens: names, numbers, strings, temporal literals and symbols (DMN 1.5 §10.3.1.2, grammar rules 26-41).

A name of several words is several tokens here; the cursor joins them because only the scope knows
which words belong together.
"""

import re
import sys
from dataclasses import dataclass
from enum import Enum

from kfflow.feel.errors import FeelSyntaxError

SOURCE_LIMIT = 20_000


class Kind(Enum):
    NAME = "name"
    QUOTED_NAME = "quoted name"
    NUMBER = "number"
    STRING = "string"
    AT = "temporal literal"
    SYMBOL = "symbol"
    END = "end"


@dataclass(frozen=True, slots=True)
class Token:
    """One token: its text (of a string: the decoded value) and its 0-based offsets in the source."""

    kind: Kind
    text: str
    start: int
    end: int


_ASTRAL = "\U00010000-\U000effff"
_TOKEN = re.compile(
    rf"""
    (?P<space>[\s\u180e\u200b\ufeff]+ | //[^\r\n]* | /\*(?:[^*]|\*(?!/))*\*/)
  | (?P<number>(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
  | (?P<name>(?:[^\W\d]|[?{_ASTRAL}])(?:[\w?\u00b7\u0300-\u036f\u203f-\u2040{_ASTRAL}])*)
  | (?P<quoted>`[^`]+`)
  | (?P<at>@"(?:[^"\\]|\\.)*")
  | (?P<string>"(?:[^"\\]|\\.)*")
  | (?P<symbol>\.\.|\*\*|<=|>=|!=|->|/(?!\*)|[-+*=<>(){{}}\[\],.:'\u2019])
    """,
    re.VERBOSE | re.DOTALL,
)
_UNSTORABLE = re.compile("[\\x00\\ud800-\\udfff]")
_KINDS = {"number": Kind.NUMBER, "name": Kind.NAME, "symbol": Kind.SYMBOL}
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{6})|(.))", re.DOTALL)
_MEANT = {"&": "and", "|": "or", "!": "not(…)", "%": "modulo(…)"}
_SIMPLE_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "'": "'", "\\": "\\"}


def tokenize(source: str) -> list[Token]:
    """Split `source`; the last token is always END. Raises FeelSyntaxError."""
    if len(source) > SOURCE_LIMIT:
        raise FeelSyntaxError("the expression is longer than {} characters", SOURCE_LIMIT, source[:200], SOURCE_LIMIT)
    unreadable = _UNSTORABLE.search(source)
    if unreadable:
        raise FeelSyntaxError("there is a character that no text may hold", unreadable.start() + 1, source)
    tokens: list[Token] = []
    position = 0
    while position < len(source):
        match = _TOKEN.match(source, position)
        if match is None:
            raise _unreadable(source, position)
        if match.lastgroup != "space":
            tokens.append(_token(match, source))
        position = match.end()
    tokens.append(Token(Kind.END, "", len(source), len(source)))
    return tokens


def _unreadable(source: str, position: int) -> FeelSyntaxError:
    found = source[position]
    if found in '"`@':
        return FeelSyntaxError("a text, quoted name or temporal literal is not closed", position + 1, source)
    if found == "/":
        return FeelSyntaxError("a comment is not closed", position + 1, source)
    if found in _MEANT:
        return FeelSyntaxError("write {} for '{}'", position + 1, source, _MEANT[found], found)
    return FeelSyntaxError("unexpected '{}'", position + 1, source, found)


def _token(match: re.Match[str], source: str) -> Token:
    text, group = match.group(), match.lastgroup or ""
    if group == "quoted":
        return Token(Kind.QUOTED_NAME, " ".join(text[1:-1].split()), match.start(), match.end())
    if group in {"string", "at"}:
        kind = Kind.STRING if group == "string" else Kind.AT
        inner = text[1:-1] if group == "string" else text[2:-1]
        return Token(kind, unescape(inner, match.start(), source), match.start(), match.end())
    return Token(_KINDS[group], text, match.start(), match.end())


def unescape(text: str, start: int, source: str) -> str:
    r"""Decode \n, \uXXXX and the like; an unknown escape such as \d stays, as regular expressions need it."""
    if "\\" not in text:
        return text

    def decoded(match: re.Match[str]) -> str:
        short, long, simple = match.groups()
        if simple is not None:
            return _SIMPLE_ESCAPES.get(simple, match.group())
        code = int(short or long, 16)
        if code > sys.maxunicode or code == 0:
            raise FeelSyntaxError("no such character", start + 1, source)
        return chr(code)

    raw = _ESCAPE.sub(decoded, text)
    return raw.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
