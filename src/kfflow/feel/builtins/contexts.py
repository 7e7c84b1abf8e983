"""Functions of contexts (DMN 1.5 §10.3.4.9) and of what may be missing."""

from collections.abc import Sequence

from kfflow.feel import logic
from kfflow.feel.builtins.registry import builtin
from kfflow.feel.runtime import MISSING, Run


@builtin("get value", "m:context, key:string")
def get_value(_: Run, context: dict[str, object], key: str) -> object:
    return context.get(key, MISSING)


@builtin("get value", "context:context, keys:list")
def get_value_at(_: Run, context: dict[str, object], keys: list[object]) -> object:
    value: object = context
    for key in keys:
        if not isinstance(value, dict) or not isinstance(key, str):
            return MISSING
        value = value.get(key, MISSING)
    return value


@builtin("get entries", "m:context")
def get_entries(run: Run, context: dict[str, object]) -> object:
    run.grow(len(context))
    return [{"key": k, "value": v} for k, v in context.items()]


@builtin("context", "entries:list")
def context_of(_: Run, entries: list[object]) -> object:
    made: dict[str, object] = {}
    for entry in entries:
        if not isinstance(entry, dict) or not isinstance(entry.get("key"), str) or "value" not in entry:
            return MISSING
        if entry["key"] in made:
            return MISSING
        made[entry["key"]] = entry["value"]
    return made


@builtin("context put", "context:context, key:string, value:any")
def context_put(run: Run, context: dict[str, object], key: str, value: object) -> object:
    run.grow(len(context) + 1)
    return {**context, key: value}


@builtin("context put", "context:context, keys:list, value:any")
def context_put_at(run: Run, context: dict[str, object], keys: list[object], value: object) -> object:
    return _put(run, context, keys, value)


def _put(run: Run, context: dict[str, object], keys: Sequence[object], value: object) -> object:
    if not keys or not isinstance(keys[0], str):
        return MISSING
    run.grow(len(context) + 1)
    if len(keys) == 1:
        return {**context, keys[0]: value}
    inner = context.get(keys[0])
    if not isinstance(inner, dict):
        return MISSING
    put = _put(run, inner, keys[1:], value)
    return put if put is MISSING else {**context, keys[0]: put}


@builtin("context merge", "contexts:list")
def context_merge(run: Run, contexts: list[object]) -> object:
    merged: dict[str, object] = {}
    for context in contexts:
        if not isinstance(context, dict):
            return MISSING
        run.grow(len(context))
        merged.update(context)
    return merged


@builtin("is defined", "value:any")
def is_defined(_: Run, value: object) -> object:
    return value is not None


@builtin("get or else", "value:any, default:any")
def get_or_else(_: Run, value: object, default: object) -> object:
    return default if value is None else value


@builtin("assert", "value:any, condition:any, cause:string?")
def assert_value(run: Run, value: object, condition: object, cause: str | None = None) -> object:
    if condition is True:
        return value
    run.problem("{}", 0, cause or "assert()")
    return None


@builtin("not", "negand:any")
def negation(_: Run, value: object) -> object:
    return logic.negate(value)
