"""Calling function values: user-defined functions, built-ins and functions of the host (business knowledge models)."""

from collections.abc import Mapping, Sequence

from kfflow.feel.builtins.registry import call_builtin, call_builtin_named
from kfflow.feel.runtime import Run
from kfflow.feel.types import coerce
from kfflow.feel.values import BuiltinFunction, Function


def call(run: Run, function: object, arguments: Sequence[object], at: int = 0) -> object:
    """Call with positional arguments; null with a problem when the value is no function or takes others."""
    run.charge(1)
    if isinstance(function, BuiltinFunction):
        return call_builtin(run, function.name, arguments, at)
    if not isinstance(function, Function):
        run.problem("what is called is not a function", at)
        return None
    if len(arguments) != len(function.parameters):
        run.problem("{} takes {} arguments", at, function.name or "the function", len(function.parameters))
        return None
    return _call(run, function, arguments, at)


def call_named(run: Run, function: object, arguments: Mapping[str, object], at: int = 0) -> object:
    """Call with named arguments."""
    run.charge(1)
    if isinstance(function, BuiltinFunction):
        return call_builtin_named(run, function.name, arguments, at)
    if not isinstance(function, Function):
        run.problem("what is called is not a function", at)
        return None
    if set(arguments) != set(function.parameters):
        run.problem("{} takes the arguments {}", at, function.name or "the function", ", ".join(function.parameters))
        return None
    return _call(run, function, [arguments[p] for p in function.parameters], at)


def _call(run: Run, function: Function, arguments: Sequence[object], at: int) -> object:
    fitted = []
    for name, wanted, value in zip(function.parameters, function.types, arguments, strict=True):
        fitting, fits = coerce(value, wanted) if wanted is not None else (value, True)
        if not fits:
            run.problem("argument {} is not of its type", at, name)
            return None
        fitted.append(fitting)
    result = function.call(run, fitted)
    if function.result is None:
        return result
    value, fits = coerce(result, function.result)
    if not fits:
        run.problem("the result of {} is not of its type", at, function.name or "the function")
    return value
