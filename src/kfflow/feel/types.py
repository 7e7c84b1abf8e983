"""Types and what conforms to them (DMN 1.5 §10.3.2.9)."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from kfflow.feel.temporal import ZULU, Date, DateTime, DaysTime, Time, YearsMonths
from kfflow.feel.values import BuiltinFunction, Function, Range


@dataclass(frozen=True, slots=True)
class AnyType:
    pass


@dataclass(frozen=True, slots=True)
class KindType:
    """A built-in type, recognised by the Python class of its values."""

    name: str
    kind: type


@dataclass(frozen=True, slots=True)
class ListType:
    of: "Type"


@dataclass(frozen=True, slots=True)
class RangeType:
    of: "Type"


@dataclass(frozen=True, slots=True)
class ContextType:
    fields: "tuple[tuple[str, Type], ...]"


@dataclass(frozen=True, slots=True)
class FunctionType:
    parameters: "tuple[Type, ...]"
    result: "Type"


@dataclass(frozen=True, slots=True, eq=False)
class RestrictedType:
    """A type whose values must also pass a test (allowed values, type constraint); `text` is the test as written."""

    of: "Type"
    allows: Callable[[object], bool]
    text: str = ""


Type = AnyType | KindType | ListType | RangeType | ContextType | FunctionType | RestrictedType

ANY = AnyType()
BUILTIN_TYPES: dict[str, Type] = {
    "Any": ANY,
    "number": KindType("number", Decimal),
    "string": KindType("string", str),
    "boolean": KindType("boolean", bool),
    "date": KindType("date", Date),
    "time": KindType("time", Time),
    "date and time": KindType("date and time", DateTime),
    "dateTime": KindType("date and time", DateTime),
    "days and time duration": KindType("days and time duration", DaysTime),
    "day and time duration": KindType("days and time duration", DaysTime),
    "dayTimeDuration": KindType("days and time duration", DaysTime),
    "years and months duration": KindType("years and months duration", YearsMonths),
    "year and month duration": KindType("years and months duration", YearsMonths),
    "yearMonthDuration": KindType("years and months duration", YearsMonths),
    "list": ListType(ANY),
    "context": ContextType(()),
    "function": FunctionType((), ANY),
    "range": RangeType(ANY),
}


def is_instance(value: object, wanted: Type) -> bool:
    """Tell whether `value instance of wanted`: null is an instance of nothing, and allowed values do not count."""
    return value is not None and conforms(value, unrestricted(wanted))


def unrestricted(wanted: Type) -> Type:
    """Give a type without the restrictions in it."""
    match wanted:
        case RestrictedType(of):
            return unrestricted(of)
        case ListType(of):
            return ListType(unrestricted(of))
        case ContextType(fields):
            return ContextType(tuple((n, unrestricted(t)) for n, t in fields))
    return wanted


def conforms(value: object, wanted: Type) -> bool:  # noqa: PLR0911 - one return a kind
    """Tell whether a value conforms to a type; null conforms to every type, but not to a restriction of one."""
    match wanted:
        case RestrictedType(of, allows):
            return conforms(value, of) and allows(value)
        case AnyType():
            return True
    if value is None:
        return True
    match wanted:
        case KindType(_, kind):
            return type(value) is kind
        case ListType(of):
            return isinstance(value, list) and all(conforms(v, of) for v in value)
        case ContextType(fields):
            return isinstance(value, dict) and all(k in value and conforms(value[k], t) for k, t in fields)
        case RangeType(of):
            return isinstance(value, Range) and conforms(value.low, of) and conforms(value.high, of)
        case FunctionType():
            return _is_function(value, wanted)
    return False


def _is_function(value: object, wanted: FunctionType) -> bool:
    if isinstance(value, BuiltinFunction):
        return True
    if not isinstance(value, Function):
        return False
    if not wanted.parameters and wanted.result == ANY:
        return True
    if len(value.types) != len(wanted.parameters):
        return False
    pairs = zip(wanted.parameters, value.types, strict=True)
    fits = value.result is None or is_subtype(value.result, wanted.result)
    return fits and all(is_subtype(w, h or ANY) for w, h in pairs)


def is_subtype(narrow: Type, wide: Type) -> bool:
    """Tell whether every value of `narrow` is one of `wide`."""
    match narrow, wide:
        case _, AnyType():
            return True
        case RestrictedType(of), _:
            return narrow is wide or is_subtype(of, wide)
        case (ListType(a), ListType(b)) | (RangeType(a), RangeType(b)):
            return is_subtype(a, b)
        case ContextType(fields), ContextType(wanted):
            have = dict(fields)
            return all(k in have and is_subtype(have[k], t) for k, t in wanted)
        case FunctionType(a, result), FunctionType(b, other):
            return len(a) == len(b) and all(map(is_subtype, b, a)) and is_subtype(result, other)
    return narrow == wide


def coerce(value: object, wanted: Type) -> tuple[object, bool]:
    """Fit a value to a type by the implicit conversions (DMN 1.5 §10.3.2.9.4); the flag tells whether it fits.

    A list of one becomes its item, a value becomes a list of one, a date becomes its midnight in UTC.
    """
    if conforms(value, wanted):
        return value, True
    if isinstance(value, list) and len(value) == 1 and conforms(value[0], wanted):
        return value[0], True
    if not isinstance(value, list) and conforms([value], wanted):
        return [value], True
    if isinstance(value, Date):
        midnight = DateTime(value, 0, ZULU)
        if conforms(midnight, wanted):
            return midnight, True
    return None, False
