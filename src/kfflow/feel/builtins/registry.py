"""The table of built-in functions: their parameter names and kinds, and how arguments find their overload.

A built-in is a Python function of the run and its arguments. Its signature is written as FEEL documents
it: `@builtin("substring", "string:string, start position:number, length:number?")`; `?` marks an argument
that may be left out or null; with `many` the last parameter takes any number of arguments.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from kfflow.feel.runtime import MISSING
from kfflow.feel.temporal import Date, DateTime, DaysTime, Time, YearsMonths
from kfflow.feel.values import BuiltinFunction, Function, Range

if TYPE_CHECKING:
    from kfflow.feel.runtime import Run

KINDS: dict[str, tuple[type, ...]] = {
    "any": (),
    "number": (Decimal,),
    "string": (str,),
    "boolean": (bool,),
    "list": (list,),
    "context": (dict,),
    "date": (Date,),
    "time": (Time,),
    "date and time": (DateTime,),
    "day": (Date, DateTime),
    "moment": (Date, DateTime, Time),
    "days": (DaysTime,),
    "duration": (DaysTime, YearsMonths),
    "range": (Range,),
    "function": (Function, BuiltinFunction),
    "ordered": (Decimal, str, Date, Time, DateTime, DaysTime, YearsMonths),
}


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    kinds: tuple[type, ...]
    optional: bool


@dataclass(frozen=True, slots=True)
class Overload:
    parameters: tuple[Parameter, ...]
    many: bool
    call: Callable[..., object]

    def accepts_count(self, count: int) -> bool:
        required = sum(not p.optional for p in self.parameters)
        return required <= count and (self.many or count <= len(self.parameters))


BUILTINS: dict[str, list[Overload]] = {}
_MISFIT = object()


def builtin(
    name: str, signature: str = "", *, many: bool = False
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a function under a FEEL name; several registrations of a name are overloads, tried in order."""

    def register(call: Callable[..., Any]) -> Callable[..., Any]:
        parameters = tuple(_parameter(p) for p in signature.split(",") if p)
        BUILTINS.setdefault(name, []).append(Overload(parameters, many, call))
        return call

    return register


def _parameter(text: str) -> Parameter:
    name, _, kind = text.strip().partition(":")
    return Parameter(name, KINDS[kind.rstrip("?")], kind.endswith("?"))


def call_builtin(run: "Run", name: str, arguments: Sequence[object], at: int = 0) -> object:
    """Call with positional arguments; null with a problem at column `at` when no overload takes them."""
    for overload in BUILTINS[name]:
        if not overload.accepts_count(len(arguments)):
            continue
        fitted = _fit(overload, arguments)
        if fitted is not None:
            return _call(run, name, overload, fitted, at)
    run.problem("{}() does not take these arguments", at, name)
    return None


def call_builtin_named(run: "Run", name: str, arguments: Mapping[str, object], at: int = 0) -> object:
    """Call with named arguments."""
    for overload in BUILTINS[name]:
        names = [p.name for p in overload.parameters]
        if not arguments or not set(arguments) <= set(names):
            continue
        if overload.many:
            return call_builtin(run, name, [*arguments.values()], at)
        fitted = _fit(overload, [arguments.get(n) for n in names])
        if fitted is not None:
            return _call(run, name, overload, fitted, at)
    run.problem("{}() does not take these named arguments", at, name)
    return None


def _call(run: "Run", name: str, overload: Overload, arguments: list[object], at: int) -> object:
    run.charge(1)
    for argument in arguments:
        run.charge_for(argument)
    value = overload.call(run, *arguments)
    if value is MISSING:
        run.problem("{}() has no value for these arguments", at, name)
        return None
    return run.built(value)


def _fit(overload: Overload, arguments: Sequence[object]) -> list[object] | None:
    fitted = []
    last = len(overload.parameters) - 1
    for index, argument in enumerate(arguments):
        value = _fit_one(overload.parameters[min(index, last)], argument)
        if value is _MISFIT:
            return None
        fitted.append(value)
    return fitted


def _fit_one(parameter: Parameter, value: object) -> object:
    if not parameter.kinds or type(value) in parameter.kinds:
        return value
    if value is None:
        return None if parameter.optional else _MISFIT
    if list in parameter.kinds:
        return [value]
    if isinstance(value, list) and len(value) == 1 and type(value[0]) in parameter.kinds:
        return value[0]
    return _MISFIT
