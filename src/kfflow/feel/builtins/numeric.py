"""Numeric functions (DMN 1.5 §10.3.4.5)."""

from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Context,
    Decimal,
    DecimalException,
)

from kfflow.feel.builtins.registry import builtin
from kfflow.feel.numbers import NUMBERS, ZERO, is_whole
from kfflow.feel.runtime import MISSING, Run
from kfflow.feel.temporal import DaysTime, YearsMonths

LEAST_SCALE, SCALE_LIMIT = -6111, 6176
_WIDE = Context(prec=NUMBERS.prec + 2 * SCALE_LIMIT)


def _scaled(number: Decimal, scale: Decimal | None, rounding: str) -> object:
    places = scale if scale is not None else ZERO
    if not is_whole(places) or not LEAST_SCALE <= places <= SCALE_LIMIT:
        return MISSING
    try:
        return NUMBERS.plus(number.quantize(Decimal(1).scaleb(-int(places)), rounding, _WIDE))
    except DecimalException:
        return MISSING


@builtin("decimal", "n:number, scale:number")
def decimal(_: Run, number: Decimal, scale: Decimal) -> object:
    return _scaled(number, scale.to_integral_value(ROUND_DOWN), ROUND_HALF_EVEN)


@builtin("floor", "n:number, scale:number")
@builtin("floor", "n:number")
def floor(_: Run, number: Decimal, scale: Decimal | None = None) -> object:
    return _scaled(number, scale, ROUND_FLOOR)


@builtin("ceiling", "n:number, scale:number")
@builtin("ceiling", "n:number")
def ceiling(_: Run, number: Decimal, scale: Decimal | None = None) -> object:
    return _scaled(number, scale, ROUND_CEILING)


@builtin("round up", "n:number, scale:number")
def round_up(_: Run, number: Decimal, scale: Decimal) -> object:
    return _scaled(number, scale, ROUND_UP)


@builtin("round down", "n:number, scale:number")
def round_down(_: Run, number: Decimal, scale: Decimal) -> object:
    return _scaled(number, scale, ROUND_DOWN)


@builtin("round half up", "n:number, scale:number")
def round_half_up(_: Run, number: Decimal, scale: Decimal) -> object:
    return _scaled(number, scale, ROUND_HALF_UP)


@builtin("round half down", "n:number, scale:number")
def round_half_down(_: Run, number: Decimal, scale: Decimal) -> object:
    return _scaled(number, scale, ROUND_HALF_DOWN)


@builtin("abs", "n:number")
def absolute(_: Run, number: Decimal) -> object:
    return abs(number)


@builtin("abs", "n:duration")
def absolute_duration(_: Run, duration: DaysTime | YearsMonths) -> object:
    if isinstance(duration, DaysTime):
        return DaysTime(abs(duration.nanos))
    return YearsMonths(abs(duration.months))


@builtin("modulo", "dividend:number, divisor:number")
def modulo(_: Run, dividend: Decimal, divisor: Decimal) -> object:
    if divisor == 0:
        return MISSING
    try:
        quotient = NUMBERS.divide(dividend, divisor).to_integral_value(ROUND_FLOOR)
        return NUMBERS.subtract(dividend, NUMBERS.multiply(divisor, quotient))
    except DecimalException:
        return MISSING


@builtin("sqrt", "number:number")
def sqrt(_: Run, number: Decimal) -> object:
    return NUMBERS.sqrt(number) if number >= 0 else MISSING


@builtin("log", "number:number")
def log(_: Run, number: Decimal) -> object:
    return NUMBERS.ln(number) if number > 0 else MISSING


@builtin("exp", "number:number")
def exp(_: Run, number: Decimal) -> object:
    try:
        return NUMBERS.exp(number)
    except DecimalException:
        return MISSING


@builtin("odd", "number:number")
def odd(_: Run, number: Decimal) -> object:
    return is_whole(number) and int(number) % 2 == 1


@builtin("even", "number:number")
def even(_: Run, number: Decimal) -> object:
    return is_whole(number) and int(number) % 2 == 0


@builtin("random number")
def random_number(run: Run) -> object:
    """Chance has no place in a decision that must be explained; always null."""
    run.problem("random number() is not available: the same case must give the same answer")
    return None


def spread(numbers: list[Decimal]) -> Decimal | None:
    """Give the standard deviation of a sample of two or more."""
    if len(numbers) < 2:  # noqa: PLR2004 - one value has no spread
        return None
    count = Decimal(len(numbers))
    mean = NUMBERS.divide(total(numbers), count)
    squares = [NUMBERS.power(NUMBERS.subtract(n, mean), Decimal(2)) for n in numbers]
    return NUMBERS.sqrt(NUMBERS.divide(total(squares), count - 1))


def total(numbers: list[Decimal]) -> Decimal:
    result = ZERO
    for number in numbers:
        result = NUMBERS.add(result, number)
    return result
