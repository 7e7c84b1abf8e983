"""What can go wrong with an expression: it cannot be read, it costs too much, or a part of it has no value.

Only the first two are exceptions. A part without a value (a missing variable, an addition of text
and number) is null in FEEL; what happened is recorded as a `Problem` beside the value.
"""

from dataclasses import dataclass

from kfflow.feel.danish import DANISH


class FeelSyntaxError(Exception):
    """The text is not FEEL, or a part of it can never have a value; `column` is its 1-based place in `source`."""

    def __init__(self, template: str, column: int, source: str, *parts: object) -> None:
        self.message = filled(template, parts)
        self.message_da = filled(DANISH.get(template, template), parts)
        super().__init__(f"{self.message} (column {column})")
        self.column = column
        self.source = source


def filled(template: str, parts: tuple[object, ...]) -> str:
    """Put the parts into a template; a template without parts stays as it is."""
    return template.format(*parts) if parts else template


class BudgetExceeded(Exception):
    """An evaluation ran longer, did more or grew larger than its budget allows."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a part of an expression became null; `column` is 1-based, 0 when the place is not known."""

    template: str
    column: int = 0
    parts: tuple[object, ...] = ()

    @property
    def message(self) -> str:
        return filled(self.template, self.parts)

    @property
    def message_da(self) -> str:
        return filled(DANISH.get(self.template, self.template), self.parts)

    def as_error(self, source: str) -> FeelSyntaxError:
        template = self.template
        return FeelSyntaxError(template, self.column, source, *self.parts)
