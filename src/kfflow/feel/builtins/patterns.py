"""Functions that take a regular expression: `matches`, `replace`, `split`, `extract` (DMN 1.5 §10.3.4.3)."""

import re

from kfflow.feel import regex_match
from kfflow.feel.builtins.registry import builtin
from kfflow.feel.regex_match import Slots
from kfflow.feel.regex_syntax import PatternError, Program, compile_pattern
from kfflow.feel.runtime import MISSING, Run

_REPLACEMENT = re.compile(r"\\([\\$])|\$([0-9]+)|([^\\$]+)")


def _compiled(pattern: str, flags: str | None) -> Program | None:
    try:
        return compile_pattern(pattern, "".join(sorted(flags or "")))
    except PatternError:
        return None


def _matches_nothing(run: Run, program: Program) -> bool:
    """Tell whether a pattern matches the empty text, which can be neither replaced nor split by (F&O 3.1 §5.6.3-4)."""
    return regex_match.search(run, program, "") is not None


@builtin("matches", "input:string, pattern:string, flags:string?")
def matches(run: Run, text: str, pattern: str, flags: str | None = None) -> object:
    program = _compiled(pattern, flags)
    return MISSING if program is None else regex_match.search(run, program, text) is not None


@builtin("replace", "input:string, pattern:string, replacement:string, flags:string?")
def replace(run: Run, text: str, pattern: str, replacement: str, flags: str | None = None) -> object:
    program = _compiled(pattern, flags)
    pieces = [replacement] if "q" in (flags or "") else _pieces(replacement, program.groups if program else 0)
    if program is None or pieces is None or _matches_nothing(run, program):
        return MISSING
    result, position = [], 0
    for found in regex_match.matches(run, program, text):
        new = "".join(p if isinstance(p, str) else regex_match.group(text, found, p) for p in pieces)
        run.grow(found[0] - position + len(new))
        result += [text[position : found[0]], new]
        position = found[1]
    return "".join([*result, text[position:]])


def _pieces(replacement: str, groups: int) -> list[str | int] | None:
    r"""Read `$1`, `\$` and `\\` in a replacement; None when it is malformed."""
    pieces: list[str | int] = []
    position = 0
    while position < len(replacement):
        match = _REPLACEMENT.match(replacement, position)
        if match is None:
            return None
        position = match.end()
        escaped, digits, plain = match.groups()
        if digits is None:
            pieces.append(escaped or plain)
            continue
        number = digits[:1]
        while len(number) < len(digits) and int(digits[: len(number) + 1]) <= groups:
            number = digits[: len(number) + 1]
        pieces += [int(number) if int(number) <= groups else "", digits[len(number) :]]
    return pieces


@builtin("split", "string:string, delimiter:string")
def split(run: Run, text: str, delimiter: str) -> object:
    program = _compiled(delimiter, None)
    if program is None or _matches_nothing(run, program):
        return MISSING
    parts, position = [], 0
    for found in regex_match.matches(run, program, text):
        parts.append(text[position : found[0]])
        position = found[1]
    run.grow(len(parts) + len(text))
    return [*parts, text[position:]]


@builtin("extract", "string:string, pattern:string")
def extract(run: Run, text: str, pattern: str) -> object:
    program = _compiled(pattern, None)
    if program is None:
        return MISSING
    found: list[Slots] = list(regex_match.matches(run, program, text))
    run.grow(len(found) + len(text))
    return [regex_match.group(text, slots, 0) for slots in found]
