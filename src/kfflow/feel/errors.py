"""What can go wrong with an expression: it cannot be read, it costs too much, or a part of it has no value.

Only the first two are exceptions. A part without a value (a missing variable, an addition of text
and number) is null in FEEL; what happened is recorded as a `Problem` beside the value.
"""

from dataclasses import dataclass


class FeelSyntaxError(Exception):
    """The text is not FEEL; `column` is the 1-based position in `source` where reading stopped."""

    def __init__(self, message: str, column: int, source: str) -> None:
        super().__init__(f"{message} (column {column})")
        self.message = message
        self.column = column
        self.source = source


class BudgetExceeded(Exception):
    """An evaluation ran longer, did more or grew larger than its budget allows."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a part of an expression became null; `column` is 1-based, 0 when the place is not known."""

    message: str
    column: int = 0
