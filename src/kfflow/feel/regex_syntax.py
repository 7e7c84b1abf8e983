"""Regular expressions of XPath (F&O 3.1 §5.6.1, as DMN 1.5 §10.3.4.3 prescribes) to a program for the matcher.

Python's `re` is not used: its dialect differs, and a pattern can keep it busy for years. The program runs in
`regex_match`, which counts its steps.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from kfflow.feel.regex_classes import ESCAPES, LITERAL_ESCAPES, CharacterSet, category_class, dot

Predicate = Callable[[str], bool]
CHAR, SPLIT, JUMP, SAVE, START, END, BACKREF, PROGRESS, MATCH = range(9)
Instruction = tuple[int, object, object]
_PROGRAM_LIMIT = 20_000
_REPEAT_LIMIT = 1_000
_PATTERN_LIMIT = 2_000
_DEPTH_LIMIT = 50
_QUANTIFIERS = {"*": (0, None), "+": (1, None), "?": (0, 1)}


class PatternError(Exception):
    """The text is not a regular expression of XPath."""


@dataclass(frozen=True, slots=True)
class Program:
    instructions: tuple[Instruction, ...]
    groups: int
    slots: int
    ignore_case: bool
    multiline: bool


@lru_cache(maxsize=256)
def compile_pattern(pattern: str, flags: str) -> Program:
    """Compile a pattern with flags out of `smixq`; raises PatternError."""
    if set(flags) - set("smixq") or len(pattern) > _PATTERN_LIMIT:
        raise PatternError(flags)
    reader = _Reader(_without_blanks(pattern) if "x" in flags and "q" not in flags else pattern, flags)
    code = reader.literal() if "q" in flags else reader.whole()
    slots = 2 * (reader.groups + 1) + reader.loops
    program: list[Instruction] = [(SAVE, 0, None), *code, (SAVE, 1, None), (MATCH, None, None)]
    return Program(tuple(program), reader.groups, slots, "i" in flags, "m" in flags)


def _without_blanks(pattern: str) -> str:
    kept, depth, index = [], 0, 0
    for index, character in enumerate(pattern):
        escaped = index > 0 and pattern[index - 1] == "\\"
        depth += (character == "[") - (character == "]") if not escaped else 0
        if depth > 0 or character not in " \t\r\n":
            kept.append(character)
    return "".join(kept)


Code = list[Instruction]


@dataclass(slots=True)
class _Reader:
    """Recursive descent over the pattern; jumps in the code it gives are relative."""

    text: str
    flags: str
    position: int = 0
    groups: int = 0
    loops: int = 0
    depth: int = 0
    closed: set[int] = field(default_factory=set)

    @property
    def next(self) -> str:
        return self.text[self.position : self.position + 1]

    def take(self) -> str:
        if self.position >= len(self.text):
            raise PatternError(self.text)
        self.position += 1
        return self.text[self.position - 1]

    def takes(self, text: str) -> bool:
        if self.text.startswith(text, self.position):
            self.position += len(text)
            return True
        return False

    def literal(self) -> Code:
        return [self._char(CharacterSet.of(c, ignore_case="i" in self.flags)) for c in self.text]

    def whole(self) -> Code:
        code = self.alternatives()
        if self.position < len(self.text):
            raise PatternError(self.text)
        return self._relative_slots(code)

    def _relative_slots(self, code: Code) -> Code:
        """Number the progress slots behind those of the groups, now that these are counted."""
        first = 2 * (self.groups + 1)
        return [(op, first + a, b) if op == PROGRESS and isinstance(a, int) else (op, a, b) for op, a, b in code]

    def alternatives(self) -> Code:
        self.depth += 1
        if self.depth > _DEPTH_LIMIT:
            raise PatternError("too deep")
        branches = [self.branch()]
        while self.takes("|"):
            branches.append(self.branch())
        self.depth -= 1
        code = branches.pop()
        while branches:
            first = branches.pop()
            code = [(SPLIT, 1, len(first) + 2), *first, (JUMP, len(code) + 1, None), *code]
        return self._bounded(code)

    def branch(self) -> Code:
        code: Code = []
        while self.next and self.next not in "|)":
            code += self.piece()
        return code

    def _bounded(self, code: Code) -> Code:
        if len(code) > _PROGRAM_LIMIT:
            raise PatternError("too long")
        return code

    def piece(self) -> Code:
        atom = self.atom()
        if self.next in {"*", "+", "?"} and self.next:
            least, most = _QUANTIFIERS[self.take()]
        elif self.next == "{":
            least, most = self.counts()
        else:
            return atom
        return self._bounded(self.repeated(atom, least, most, lazy=self.takes("?")))

    def counts(self) -> tuple[int, int | None]:
        end = self.text.find("}", self.position)
        parts = self.text[self.position + 1 : end].split(",") if end > 0 else []
        if not 1 <= len(parts) <= 2 or not parts[0].isdecimal() or not (parts[-1].isdecimal() or parts[1:] == [""]):  # noqa: PLR2004 - {n} or {n,m}
            raise PatternError(self.text)
        self.position = end + 1
        least = int(parts[0])
        most = None if parts[1:] == [""] else int(parts[-1])
        if max(least, most or 0) > _REPEAT_LIMIT or (most is not None and most < least):
            raise PatternError(self.text)
        return least, most

    def repeated(self, atom: Code, least: int, most: int | None, *, lazy: bool) -> Code:
        if len(atom) * max(least, most or 1) > _PROGRAM_LIMIT:
            raise PatternError("too long")
        code = atom * least
        if most is not None:
            optional: Code = [*self._split(len(atom) + 1, lazy=lazy), *atom]
            return code + optional * (most - least)
        slot, self.loops = self.loops, self.loops + 1
        body: Code = [*atom, (PROGRESS, slot, None)]
        return [*code, *self._split(len(body) + 2, lazy=lazy), *body, (JUMP, -(len(body) + 1), None)]

    @staticmethod
    def _split(skip: int, *, lazy: bool) -> Code:
        return [(SPLIT, skip, 1) if lazy else (SPLIT, 1, skip)]

    def _char(self, test: Predicate) -> Instruction:
        return (CHAR, test, None)

    def atom(self) -> Code:  # noqa: PLR0911 - one return a kind
        character = self.take()
        match character:
            case "(":
                return self.group()
            case "[":
                return [self._char(self.character_class())]
            case ".":
                return [self._char(dot(everything="s" in self.flags))]
            case "^":
                return [(START, None, None)]
            case "$":
                return [(END, None, None)]
            case "\\":
                return self.escape()
            case "*" | "+" | "?" | "{" | "}" | "]" | ")":
                raise PatternError(self.text)
        return [self._char(CharacterSet.of(character, ignore_case="i" in self.flags))]

    def group(self) -> Code:
        if self.takes("?:"):
            code = self.alternatives()
        elif self.next == "?":
            raise PatternError(self.text)
        else:
            self.groups += 1
            number = self.groups
            code = [(SAVE, 2 * number, None), *self.alternatives(), (SAVE, 2 * number + 1, None)]
            self.closed.add(number)
        if not self.takes(")"):
            raise PatternError(self.text)
        return code

    def escape(self) -> Code:
        if self.next.isdecimal():
            return [(BACKREF, self.back_reference(), None)]
        return [self._char(self.escaped_set())]

    def back_reference(self) -> int:
        number = int(self.take())
        while self.next.isdecimal() and number * 10 + int(self.next) <= self.groups:
            number = number * 10 + int(self.take())
        if number not in self.closed:
            raise PatternError(self.text)
        return number

    def escaped_set(self) -> Predicate:
        character = self.take()
        if character in {"p", "P"}:
            return self.category(negated=character == "P")
        if character in ESCAPES:
            return ESCAPES[character]
        if character in LITERAL_ESCAPES:
            return CharacterSet.of(LITERAL_ESCAPES[character], ignore_case="i" in self.flags)
        raise PatternError(self.text)

    def category(self, *, negated: bool) -> Predicate:
        end = self.text.find("}", self.position)
        if self.next != "{" or end < 0:
            raise PatternError(self.text)
        found = category_class(self.text[self.position + 1 : end])
        if found is None:
            raise PatternError(self.text)
        self.position = end + 1
        return (lambda c: not found(c)) if negated else found

    def character_class(self) -> Predicate:
        self.depth += 1
        if self.depth > _DEPTH_LIMIT:
            raise PatternError("too deep")
        negated = self.takes("^")
        found = CharacterSet(ignore_case="i" in self.flags, negated=negated)
        is_first = True
        while not self.takes("]"):
            if self.takes("-["):
                found.without = self.character_class()
                if not self.takes("]"):
                    raise PatternError(self.text)
                break
            self._class_item(found, is_first=is_first)
            is_first = False
        self.depth -= 1
        if is_first:
            raise PatternError(self.text)
        return found

    def _class_item(self, found: CharacterSet, *, is_first: bool) -> None:
        low = self._class_character(found, is_first=is_first)
        if low is None:
            return
        is_range = self.next == "-" and self.text[self.position + 1 : self.position + 2] not in {"]", "["}
        if not is_range:
            found.add(low, low)
            return
        self.take()
        high = self._class_character(found, is_first=False)
        if high is None or high < low:
            raise PatternError(self.text)
        found.add(low, high)

    def _class_character(self, found: CharacterSet, *, is_first: bool) -> str | None:
        character = self.take()
        if character == "[" or (character == "-" and not is_first and self.next not in {"]", "["}):
            raise PatternError(self.text)
        if character != "\\":
            return character
        if self.next in LITERAL_ESCAPES and self.next:
            return LITERAL_ESCAPES[self.take()]
        found.others.append(self.escaped_set())
        return None
