"""Character classes of XPath regular expressions: sets, ranges, categories and blocks."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field

Predicate = Callable[[str], bool]

LITERAL_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", **{c: c for c in "\\|.-^?*+{}()[]$ "}}
_BLOCKS = {
    "BasicLatin": (0x0000, 0x007F),
    "Latin-1Supplement": (0x0080, 0x00FF),
    "LatinExtended-A": (0x0100, 0x017F),
    "LatinExtended-B": (0x0180, 0x024F),
    "IPAExtensions": (0x0250, 0x02AF),
    "Greek": (0x0370, 0x03FF),
    "GreekandCoptic": (0x0370, 0x03FF),
    "Cyrillic": (0x0400, 0x04FF),
    "Hebrew": (0x0590, 0x05FF),
    "Arabic": (0x0600, 0x06FF),
    "GeneralPunctuation": (0x2000, 0x206F),
    "CurrencySymbols": (0x20A0, 0x20CF),
    "Arrows": (0x2190, 0x21FF),
    "MathematicalOperators": (0x2200, 0x22FF),
    "CJKUnifiedIdeographs": (0x4E00, 0x9FFF),
}
_CATEGORIES = re.compile("L[ultmo]?|M[nce]?|N[dlo]?|P[cdseifo]?|Z[slp]?|S[mcko]?|C[cfon]?")


@dataclass(slots=True)
class CharacterSet:
    """A class in brackets: ranges and other sets, perhaps negated, perhaps without another class."""

    ignore_case: bool
    negated: bool = False
    ranges: list[tuple[str, str]] = field(default_factory=list)
    others: list[Predicate] = field(default_factory=list)
    without: Predicate | None = None

    @classmethod
    def of(cls, character: str, *, ignore_case: bool) -> "CharacterSet":
        return cls(ignore_case, ranges=[(character, character)])

    def add(self, low: str, high: str) -> None:
        self.ranges.append((low, high))

    def __call__(self, character: str) -> bool:
        forms = variants(character) if self.ignore_case else (character,)
        within = any(low <= c <= high for low, high in self.ranges for c in forms)
        within = within or any(other(c) for other in self.others for c in forms)
        return within is not self.negated and not (self.without is not None and self.without(character))


def variants(character: str) -> tuple[str, ...]:
    """Give the forms of a character that count as the same when case is ignored."""
    return character, character.lower(), character.upper(), character.casefold()


def dot(*, everything: bool) -> Predicate:
    return (lambda _: True) if everything else (lambda c: c not in "\n\r")


def _is_word(character: str) -> bool:
    return unicodedata.category(character)[0] not in "PZC"


def _starts_name(character: str) -> bool:
    return character in "_:" or unicodedata.category(character)[0] == "L"


def _continues_name(character: str) -> bool:
    return _starts_name(character) or character in "-.\u00b7" or unicodedata.category(character)[0] in "NM"


def _negation(test: Predicate) -> Predicate:
    return lambda c: not test(c)


_POSITIVE: dict[str, Predicate] = {
    "s": lambda c: c in " \t\n\r",
    "d": lambda c: unicodedata.category(c) == "Nd",
    "w": _is_word,
    "i": _starts_name,
    "c": _continues_name,
}
ESCAPES: dict[str, Predicate] = {**_POSITIVE, **{k.upper(): _negation(v) for k, v in _POSITIVE.items()}}


def category_class(name: str) -> Predicate | None:
    r"""Give the test for the name in `\p{…}`, None when there is no such category or block."""
    if name.startswith("Is"):
        block = _BLOCKS.get(name[2:])
        return None if block is None else lambda c: block[0] <= ord(c) <= block[1]
    if _CATEGORIES.fullmatch(name):
        return lambda c: unicodedata.category(c).startswith(name)
    return None
