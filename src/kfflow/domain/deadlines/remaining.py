"""The time left to a deadline, short enough for a list's cell."""

from dataclasses import dataclass
from datetime import datetime, timedelta

MINUS = "−"


@dataclass(frozen=True, slots=True)
class Remaining:
    """Time left (negative: overdue) with its text: `4 d 21 t`, `3 t 20 min`, `−7 d 0 t`."""

    left: timedelta
    text_da: str
    text_en: str

    @property
    def is_overdue(self) -> bool:
        return self.left < timedelta(0)

    def text(self, language: str) -> str:
        return self.text_da if language == "da" else self.text_en


def remaining(due_at: datetime, at: datetime) -> Remaining:
    """Give the time from an instant to the due instant, rounded towards zero; days are 24 hours."""
    left = due_at - at
    minutes = int(abs(left).total_seconds()) // 60
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    sign = MINUS if left < timedelta(0) else ""
    if days:
        return Remaining(left, f"{sign}{days} d {hours} t", f"{sign}{days} d {hours} h")
    if hours:
        return Remaining(left, f"{sign}{hours} t {minutes} min", f"{sign}{hours} h {minutes} min")
    return Remaining(left, f"{sign}{minutes} min", f"{sign}{minutes} min")
