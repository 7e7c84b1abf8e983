"""What operators write after a command: keys, days and times, read here and refused in both languages."""

from datetime import date, datetime
from typing import Any

import click

from kfflow.domain import instants


class BadValue(click.BadParameter):
    """A value that cannot be read; `danish` says what can be written, as the message does in English."""

    def __init__(self, danish: str, english: str) -> None:
        super().__init__(english)
        self.danish = danish


class Key(click.ParamType[int]):
    """The key of something in the database."""

    name = "key"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:  # noqa: ANN401, ARG002  # as click calls it
        from kfflow.persistence import keys

        key = keys.read(str(value))
        if key is None:
            raise BadValue(f"»{value}« er ingen nøgle.", f"“{value}” is no key.")
        return key


class Day(click.ParamType[date]):
    """A day as YYYY-MM-DD, in the years of a case."""

    name = "yyyy-mm-dd"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:  # noqa: ANN401, ARG002  # as click calls it
        day = instants.read_day(str(value))
        if day is None:
            years = f"{instants.YEARS[0]}-{instants.YEARS[-1]}"
            raise BadValue(
                f"»{value}« er ingen dag i årene {years}. Skriv ÅÅÅÅ-MM-DD, fx 2026-12-01.",
                f"“{value}” is no day of the years {years}. Write YYYY-MM-DD, e.g. 2026-12-01.",
            )
        return day


class Moment(click.ParamType[datetime]):
    """A day, or a day and a time of day without an offset, by the clock of the installation."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:  # noqa: ANN401, ARG002  # as click calls it
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is not None:
            raise BadValue(
                f"»{value}« er intet tidspunkt. Skriv fx 2026-12-01T12:00.",
                f"“{value}” is no time. Write e.g. 2026-12-01T12:00.",
            )
        return moment


KEY = Key()
DAY = Day()
MOMENT = Moment()
WHOLE = click.IntRange(0, 2**31 - 1)
"""What a column of whole numbers holds, such as a version."""
