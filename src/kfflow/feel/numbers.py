"""Numbers: decimal floating point with 34 digits, ties to even (DMN 1.5 §10.3.2.3.1)."""

from decimal import (
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DecimalException,
    DivisionByZero,
    InvalidOperation,
    Overflow,
)

NUMBERS = Context(
    prec=34,
    rounding=ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    traps=[DivisionByZero, InvalidOperation, Overflow],
)
ZERO = Decimal(0)
ONE = Decimal(1)


def is_whole(number: Decimal) -> bool:
    return number == number.to_integral_value()


def number_from(value: float | str) -> Decimal | None:
    """Give the FEEL number for a JSON number or its text; None when it has none (NaN, infinity, too large)."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    try:
        text = repr(value) if isinstance(value, float) else value
        number = NUMBERS.create_decimal(text)
    except (DecimalException, ValueError):
        return None
    return number if number.is_finite() else None


def plain(number: Decimal) -> str:
    """Write a number without exponent, without a sign on zero and without zeros that say nothing."""
    text = format(number or abs(number), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
