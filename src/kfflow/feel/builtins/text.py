"""String functions (DMN 1.5 §10.3.4.3). Positions count characters from 1, from the end when negative."""

from decimal import Decimal

from kfflow.feel.builtins.registry import builtin
from kfflow.feel.numbers import is_whole
from kfflow.feel.runtime import MISSING, Run


@builtin("substring", "string:string, start position:number, length:number?")
def substring(_: Run, text: str, start: Decimal, length: Decimal | None = None) -> object:
    if not start or abs(start) > len(text) or (length is not None and length < 1):
        return MISSING
    first = int(start) - 1 if start > 0 else len(text) + int(start)
    return text[first:] if length is None else text[first : first + int(min(length, Decimal(len(text))))]


@builtin("string length", "string:string")
def string_length(_: Run, text: str) -> object:
    return Decimal(len(text))


@builtin("upper case", "string:string")
def upper_case(_: Run, text: str) -> object:
    return text.upper()


@builtin("lower case", "string:string")
def lower_case(_: Run, text: str) -> object:
    return text.lower()


@builtin("trim", "string:string")
def trim(_: Run, text: str) -> object:
    return text.strip()


@builtin("is blank", "string:string")
def is_blank(_: Run, text: str) -> object:
    return not text.strip()


@builtin("substring before", "string:string, match:string")
def substring_before(_: Run, text: str, match: str) -> object:
    head, found, _tail = text.partition(match) if match else ("", "", "")
    return head if found else ""


@builtin("substring after", "string:string, match:string")
def substring_after(_: Run, text: str, match: str) -> object:
    return text.partition(match)[2] if match else text


@builtin("contains", "string:string, match:string")
def contains(_: Run, text: str, match: str) -> object:
    return match in text


@builtin("starts with", "string:string, match:string")
def starts_with(_: Run, text: str, match: str) -> object:
    return text.startswith(match)


@builtin("ends with", "string:string, match:string")
def ends_with(_: Run, text: str, match: str) -> object:
    return text.endswith(match)


@builtin("string join", "list:list, delimiter:string?")
def string_join(run: Run, items: list[object], delimiter: str | None = None) -> object:
    texts = [i for i in items if isinstance(i, str)]
    if len(texts) != sum(i is not None for i in items):
        return MISSING
    run.grow(sum(map(len, texts)) + len(texts) * len(delimiter or ""))
    return (delimiter or "").join(texts)


@builtin("string join", "list:list, delimiter:string, prefix:string, suffix:string")
def string_join_within(run: Run, items: list[object], delimiter: str, prefix: str, suffix: str) -> object:
    joined = string_join(run, items, delimiter)
    return f"{prefix}{joined}{suffix}" if isinstance(joined, str) else joined


@builtin("repeat", "string:string, count:number")
def repeat(run: Run, text: str, count: Decimal) -> object:
    if count < 0 or not is_whole(count):
        return MISSING
    run.grow(len(text) * int(count) + int(count))
    return text * int(count)


@builtin("pad left", "string:string, length:number, character:string?")
def pad_left(run: Run, text: str, length: Decimal, character: str | None = None) -> object:
    run.grow(max(0, int(length)))
    return text.rjust(int(length), (character or " ")[0])
