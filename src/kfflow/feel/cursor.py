"""The reading position in the tokens and the names known there.

FEEL names may hold spaces and operators (`Loan Amount`, `a-b`); which tokens make one name is decided
by the names in scope, the longest first (DMN 1.5 §10.3.1.4). Words that no name claims are joined with
single spaces, because two names side by side mean nothing else.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache

from kfflow.feel.errors import FeelSyntaxError
from kfflow.feel.lexer import Kind, Token, tokenize

DEPTH_LIMIT = 100
# Words that end a name of several words; others, such as `of` in "date of birth", are part of it.
_NAME_ENDS = frozenset({"and", "between", "else", "in", "instance", "or", "return", "satisfies", "then"})


class Names:
    """The names in scope, found by their tokens; the longest candidates come first."""

    def __init__(self, names: Iterable[str]) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        parts = _parts(name)
        if parts:
            candidates = self._by_first.setdefault(parts[0], [])
            candidates.append((parts, name))
            candidates.sort(key=lambda c: -len(c[0]))

    def remove(self, name: str) -> None:
        parts = _parts(name)
        if parts:
            self._by_first[parts[0]].remove((parts, name))

    def longest(self, tokens: list[Token], position: int) -> tuple[int, str]:
        """Find the longest known name from `position`: how many tokens it has, and the name; (0, "") if none."""
        for parts, name in self._by_first.get(tokens[position].text, ()):
            if _matches(parts, tokens, position):
                return len(parts), name
        return 0, ""


@lru_cache(maxsize=4096)
def _parts(name: str) -> tuple[str, ...]:
    try:
        return tuple(t.text for t in tokenize(name)[:-1])
    except FeelSyntaxError:
        return ()


def _matches(parts: tuple[str, ...], tokens: list[Token], position: int) -> bool:
    found = tokens[position : position + len(parts)]
    return len(found) == len(parts) and all(
        t.text == p and t.kind not in {Kind.STRING, Kind.AT} for t, p in zip(found, parts, strict=True)
    )


def spelled(tokens: Iterable[Token], source: str) -> str:
    """Write a name of several tokens the way it is declared: as in the source, runs of blanks as one space."""
    found = list(tokens)
    return " ".join(source[found[0].start : found[-1].end].split())


class Cursor:
    """Tokens with a position, the names in scope and a guard against deep nesting."""

    def __init__(self, source: str, names: Iterable[str], builtins: Names, members: Iterable[str] = ()) -> None:
        self.source = source
        self.tokens = tokenize(source)
        self.position = 0
        self.scope = Names(names)
        self.members = Names(members)
        self.builtins = builtins
        self.depth = 0
        self.in_range_end = False

    @property
    def token(self) -> Token:
        return self.tokens[self.position]

    @property
    def column(self) -> int:
        return self.tokens[self.position].start + 1

    def fail(self, template: str, *parts: object) -> FeelSyntaxError:
        return FeelSyntaxError(template, self.column, self.source, *parts)

    def peek(self, ahead: int = 1) -> Token:
        return self.tokens[min(self.position + ahead, len(self.tokens) - 1)]

    def is_symbol(self, *texts: str) -> bool:
        return self.token.kind is Kind.SYMBOL and self.token.text in texts

    def is_word(self, *texts: str) -> bool:
        return self.token.kind is Kind.NAME and self.token.text in texts

    def advance(self) -> Token:
        token = self.tokens[self.position]
        if token.kind is not Kind.END:
            self.position += 1
        return token

    def take_symbol(self, *texts: str) -> bool:
        if self.is_symbol(*texts):
            self.position += 1
            return True
        return False

    def take_word(self, *texts: str) -> bool:
        if self.is_word(*texts):
            self.position += 1
            return True
        return False

    def expect(self, text: str) -> None:
        if not (self.take_symbol(text) or self.take_word(text)):
            found = self.token.text or "…"
            raise self.fail("expected '{}', found '{}'", text, found[:40])

    @contextmanager
    def nested(self) -> Iterator[None]:
        """Go one level deeper; refuses what would exhaust the stack."""
        self.depth += 1
        if self.depth > DEPTH_LIMIT:
            raise self.fail("nested deeper than {} levels", DEPTH_LIMIT)
        range_end, self.in_range_end = self.in_range_end, False
        try:
            yield
        finally:
            self.depth -= 1
            self.in_range_end = range_end

    @contextmanager
    def scoped(self) -> Iterator[list[str]]:
        """Open a scope; names declared in it (see `declare`) are forgotten at its end."""
        declared: list[str] = []
        try:
            yield declared
        finally:
            for name in declared:
                self.scope.remove(name)

    def declare(self, name: str, declared: list[str]) -> None:
        if name:
            self.scope.add(name)
            declared.append(name)

    def read_name(self) -> str:
        """Read a variable or function name: the longest known one, else the words side by side."""
        if self.token.kind is Kind.QUOTED_NAME:
            return self.advance().text
        known, name = self.scope.longest(self.tokens, self.position)
        built_in, builtin_name = self.builtins.longest(self.tokens, self.position)
        if known and known >= built_in:
            self.position += known
            return name
        if built_in and not self._goes_on(built_in):
            self.position += built_in
            return builtin_name
        return self._words()

    def read_member(self) -> str:
        """Read what follows a dot: the longest known member, else the words side by side."""
        if self.token.kind is Kind.QUOTED_NAME:
            return self.advance().text
        if self.token.kind is not Kind.NAME:
            raise self.fail("expected a name after '.'")
        found = (self.members.longest(self.tokens, self.position), self.builtins.longest(self.tokens, self.position))
        known, name = max(found)
        if not known or self._goes_on(known):
            return self._words()
        self.position += known
        return name

    def read_until(self, *stops: str) -> str:
        """Read a name being declared: everything up to one of the symbols or words `stops`."""
        if self.token.kind in {Kind.QUOTED_NAME, Kind.STRING}:
            return self.advance().text
        start = self.position
        while self.token.kind is not Kind.END and self.token.text not in stops:
            self.position += 1
        if start == self.position or self.tokens[start].kind is not Kind.NAME:
            raise self.fail("expected a name")
        return spelled(self.tokens[start : self.position], self.source)

    def _goes_on(self, count: int) -> bool:
        following = self.peek(count)
        return following.kind is Kind.NAME and following.text not in _NAME_ENDS

    def _words(self) -> str:
        if self.token.kind is not Kind.NAME:
            raise self.fail("expected a name")
        count = 1
        while self._goes_on(count):
            count += 1
        taken = self.tokens[self.position : self.position + count]
        self.position += count
        return spelled(taken, self.source)
