"""Expressions of Camunda 7 (JUEL, `${…}`) written as FEEL, as far as they mean the same."""

import re
from dataclasses import dataclass

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<text>\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')"
    r"|(?P<name>[A-Za-z_]\w*)|(?P<sign>&&|\|\||==|!=|<=|>=|[-+*/%<>!?:().,\[\]]))"
)
_PIECE = re.compile(r"[$#]\{([^{}]*)\}")
_WORDS = {
    "and": "&&", "or": "||", "not": "!", "eq": "==", "ne": "!=", "lt": "<", "gt": ">", "le": "<=", "ge": ">=",
    "div": "/", "mod": "%",
}  # fmt: skip
_LEVELS = (("||",), ("&&",), ("==", "!="), ("<", ">", "<=", ">="), ("+", "-"), ("*", "/", "%"))
_FEEL = {"||": "or", "&&": "and", "==": "="}
_METHODS = {
    "contains": "contains({0}, {1})",
    "startsWith": "starts with({0}, {1})",
    "endsWith": "ends with({0}, {1})",
    "equals": "({0} = {1})",
    "toLowerCase": "lower case({0})",
    "toUpperCase": "upper case({0})",
    "size": "count({0})",
    "isEmpty": "(count({0}) = 0)",
    "length": "string length({0})",
}
_TEXT = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'")
_ONLY_JUEL = re.compile(rf"&&|\|\||==|\.(?:{'|'.join(_METHODS)})\s*\(")
_EMPTY = (
    '(if {0} = null then true else if {0} instance of string then {0} = ""'
    " else if {0} instance of list<Any> then count({0}) = 0 else false)"
)


class Untranslatable(ValueError):
    """The expression has no counterpart in FEEL that is known to mean the same."""


def is_expression(text: str) -> bool:
    """Tell whether a text is or contains a `${…}`."""
    return "${" in text or "#{" in text


def is_juel(text: str) -> bool:
    """Tell whether an expression is surely JUEL: in `${…}`, or bare with operators or methods that FEEL has not."""
    return is_expression(text) or _ONLY_JUEL.search(_TEXT.sub("", text)) is not None


def to_feel(text: str) -> str:
    """Translate `${…}`, or a bare JUEL expression, to FEEL without the leading `=`; raises Untranslatable."""
    body = text.strip()
    if not is_expression(body):
        return _expression(body)
    whole = _PIECE.fullmatch(body)
    return _expression(whole[1]) if whole else _template(text.strip())


def _template(text: str) -> str:
    """Translate a text with expressions in it to a concatenation."""
    parts, position = [], 0
    for piece in _PIECE.finditer(text):
        parts += [*_literal(text[position : piece.start()]), f"string({_expression(piece[1])})"]
        position = piece.end()
    parts += _literal(text[position:])
    return " + ".join(parts)


def _literal(text: str) -> list[str]:
    if "{" in text or "}" in text:
        raise Untranslatable(text)
    return [f'"{text.replace(chr(92), chr(92) * 2).replace(chr(34), chr(92) + chr(34))}"'] if text else []


def _expression(text: str) -> str:
    parser = _Parser(_tokens(text))
    translated = parser.choice()
    if parser.position != len(parser.tokens):
        raise Untranslatable(text)
    return translated


def _tokens(text: str) -> list[str]:
    found, position = [], 0
    text = text.strip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise Untranslatable(text)
        token = match.group().strip()
        found.append(_WORDS.get(token, token))
        position = match.end()
    return found


@dataclass
class _Parser:
    """Recursive descent; every method gives the FEEL of what it read."""

    tokens: list[str]
    position: int = 0

    def peek(self) -> str:
        return self.tokens[self.position] if self.position < len(self.tokens) else ""

    def take(self, expected: str = "") -> str:
        token = self.peek()
        if not token or (expected and token != expected):
            raise Untranslatable(" ".join(self.tokens))
        self.position += 1
        return token

    def choice(self) -> str:
        condition = self.level(0)
        if self.peek() != "?":
            return condition
        self.take("?")
        yes = self.choice()
        self.take(":")
        return f"(if {condition} then {yes} else {self.choice()})"

    def level(self, depth: int) -> str:
        if depth == len(_LEVELS):
            return self.unary()
        left = self.level(depth + 1)
        while self.peek() in _LEVELS[depth]:
            operator = self.take()
            right = self.level(depth + 1)
            left = f"modulo({left}, {right})" if operator == "%" else f"{left} {_FEEL.get(operator, operator)} {right}"
        return left

    def unary(self) -> str:
        sign = self.peek()
        if sign == "!":
            self.take()
            return f"(({self.unary()}) != true)"
        if sign == "-":
            self.take()
            return f"-{self.unary()}"
        if sign == "empty":
            self.take()
            return _EMPTY.format(self.unary())
        return self.path()

    def path(self) -> str:
        value = self.atom()
        while self.peek() in (".", "["):
            value = self.member(value) if self.take() == "." else self.index(value)
        return value

    def member(self, value: str) -> str:
        name = self.take()
        if self.peek() != "(":
            return f"{value}.{name}"
        arguments = self.arguments()
        if value == "execution" and name == "getVariable" and len(arguments) == 1:
            return arguments[0].strip('"')
        template = _METHODS.get(name)
        if template is None or len(arguments) != template.count("{") - 1:
            raise Untranslatable(f"{name}()")
        return template.format(value, *arguments)

    def arguments(self) -> list[str]:
        self.take("(")
        found: list[str] = []
        while self.peek() != ")":
            if found:
                self.take(",")
            found.append(self.choice())
        self.take(")")
        return found

    def index(self, value: str) -> str:
        key = self.choice()
        self.take("]")
        if key.startswith('"'):
            return f"{value}.{key[1:-1]}"
        return f"{value}[{key} + 1]"

    def atom(self) -> str:
        word = self.take()
        if word == "(":
            inner = self.choice()
            self.take(")")
            return f"({inner})"
        if word.startswith("'"):
            return '"' + word[1:-1].replace('"', '\\"') + '"'
        if re.fullmatch(r'\w.*|".*"', word, re.DOTALL):
            return word
        raise Untranslatable(word)
