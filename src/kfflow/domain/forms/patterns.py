"""Patterns that a form's author writes: a part of regular expressions whose worst case stays small.

Allowed: literals, `.`, classes, escapes, groups with alternatives, `^`, `$`, and the quantifiers `? * + {m} {m,n}`;
groups take only `?` and `{m}`. Refused: references, lookaround, flags, and what could take too long on any text.
"""

import re

LONGEST_PATTERN = 200
LONGEST_TEXT = 200
COSTLIEST = 10_000_000
"""Bound on the ways a pattern can be tried on the longest text (a few tenths of a second at worst)."""

_QUANTIFIER = re.compile(r"[?*+]|\{(\d{1,3})(,(\d{0,3}))?\}")
_ATOM = re.compile(r"\\[dDwWsSbB]|\\[^\w]|\\u[0-9a-fA-F]{4}|\\[tnr]|\[\^?\]?(?:\\.|[^\]\\])*\]|[^\\\[\](){}*+?|]")


class PatternRefused(ValueError):
    """The pattern is no regular expression, or one that could take too long."""


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Give the pattern ready to search in texts of at most LONGEST_TEXT; raises PatternRefused."""
    if len(pattern) > LONGEST_PATTERN:
        raise PatternRefused
    anywhere = 1 if pattern.startswith("^") else LONGEST_TEXT
    cost, end = _alternatives_cost(pattern, 0)
    if end != len(pattern) or cost * anywhere > COSTLIEST:
        raise PatternRefused
    try:
        return re.compile(pattern, re.ASCII)
    except (re.error, RecursionError, OverflowError) as wrong:
        raise PatternRefused from wrong


def _alternatives_cost(pattern: str, at: int) -> tuple[int, int]:
    """Give the summed cost of alternatives up to `)` or the end, and where they end."""
    total, at = _sequence_cost(pattern, at)
    while at < len(pattern) and pattern[at] == "|":
        cost, at = _sequence_cost(pattern, at + 1)
        total += cost
    return total, at


def _sequence_cost(pattern: str, at: int) -> tuple[int, int]:
    cost = 1
    while at < len(pattern) and pattern[at] not in "|)":
        if pattern[at] == "(":
            factor, at = _group_cost(pattern, at)
        else:
            factor, at = _atom_cost(pattern, at)
        cost = min(cost * factor, COSTLIEST + 1)
    return cost, at


def _atom_cost(pattern: str, at: int) -> tuple[int, int]:
    found = _ATOM.match(pattern, at)
    if not found:
        raise PatternRefused
    low, high, at = _quantifier(pattern, found.end())
    return high - low + 1, at


def _group_cost(pattern: str, at: int) -> tuple[int, int]:
    at += 3 if pattern.startswith("(?:", at) else 1
    inner, at = _alternatives_cost(pattern, at)
    if at >= len(pattern):
        raise PatternRefused
    low, high, at = _quantifier(pattern, at + 1)
    if low == high:
        return int(min(inner ** min(high, 30), COSTLIEST + 1)), at
    if (low, high) == (0, 1):
        return inner + 1, at
    raise PatternRefused


def _quantifier(pattern: str, at: int) -> tuple[int, int, int]:
    """Give how often at least and at most, and where the quantifier ends."""
    found = _QUANTIFIER.match(pattern, at)
    if not found:
        return 1, 1, at
    if found[0] in "?*+":
        return {"?": (0, 1), "*": (0, LONGEST_TEXT), "+": (1, LONGEST_TEXT)}[found[0]] + (found.end(),)
    low = int(found[1])
    high = low if found[2] is None else int(found[3] or LONGEST_TEXT)
    return low, max(low, high), found.end()
