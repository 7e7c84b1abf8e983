"""A row of a decision table that gives deadlines: its columns, and the rule that they say together.

The columns are those of the due dates in HMCTS Work Allocation (interval, unit, non-working calendar, must be working
day), with the share after which owners are warned, the group it escalates to, and whether it is of the law.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from kfflow.domain.almanac import CODES as CALENDARS
from kfflow.domain.deadlines.rules import Roll, parse_rule
from kfflow.domain.deadlines.words import Words
from kfflow.errors import FieldProblem, InvalidInput

ASKED = ("proces", "opgave", "prioritet")
"""What a table is asked: the id of the process, that of the task or again of the process, the task's priority."""
INTERVAL, UNIT, CALENDAR, ROLL = "interval", "enhed", "kalender", "arbejdsdag"
WARNED, ESCALATED, KIND = "advarsel_pct", "eskaler_til", "art"
COLUMNS = (INTERVAL, UNIT, CALENDAR, ROLL, WARNED, ESCALATED, KIND)
KINDS = frozenset({"legal", "internal"})
_UNITS = frozenset({"AD", "KD", "W", "MD", "H", "M"})
_ROLLS = frozenset(roll.value for roll in Roll)
_ALL_PERCENT = 100


@dataclass(frozen=True, slots=True)
class Row:
    """What a row says, in the words of a `kf:deadline`."""

    rule: str
    calendar: str
    roll: str
    warn_share: float
    escalate_to: str | None
    kind: str


def read_row(cells: Mapping[str, object]) -> Row:
    """Give what a row says; an empty cell is what a `kf:deadline` says by default.

    Raises InvalidInput naming each column that is wrong or not known.
    """
    problems = list(_problems(cells))
    if problems:
        raise InvalidInput("Rækken giver ingen frist.", "The row gives no deadline.", fields=problems)
    said = {column: value for column, value in cells.items() if value not in (None, "")}
    return Row(
        rule=f"{_whole(said[INTERVAL])} {said[UNIT]}",
        calendar=str(said.get(CALENDAR, "dk")),
        roll=str(said.get(ROLL, Roll.NONE)),
        warn_share=float(str(said.get(WARNED, 80))) / _ALL_PERCENT,
        escalate_to=str(said[ESCALATED]) if ESCALATED in said else None,
        kind=str(said.get(KIND, "internal")),
    )


def _problems(cells: Mapping[str, object]) -> Iterator[FieldProblem]:
    for column in COLUMNS:
        value = cells.get(column)
        is_missing = value in (None, "")
        if (is_missing and column in {INTERVAL, UNIT}) or not (is_missing or _FITS[column](value)):
            yield _problem(column, value, _WANTED[column])
    for column in sorted(cells.keys() - set(COLUMNS)):
        yield _problem(column, cells[column], ("kolonnen kendes ikke", "the column is not known"))
    yield from _too_long(cells)


def _too_long(cells: Mapping[str, object]) -> Iterator[FieldProblem]:
    interval, unit = cells.get(INTERVAL), cells.get(UNIT)
    if _is_whole(interval) and _is_unit(unit):
        try:
            parse_rule(f"{_whole(interval)} {unit}")
        except InvalidInput as problem:
            yield from (FieldProblem(INTERVAL, wrong.message_da, wrong.message_en) for wrong in problem.fields)


def _problem(column: str, value: object, wanted: Words) -> FieldProblem:
    da, en = wanted
    shown = "tom" if value in (None, "") else f"»{value}«", "empty" if value in (None, "") else f'"{value}"'
    return FieldProblem(column, f"{column} er {shown[0]}: {da}.", f"{column} is {shown[1]}: {en}.")


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_whole(value: object) -> bool:
    return _is_number(value) and float(str(value)).is_integer()


def _whole(value: object) -> int:
    return int(float(str(value)))


def _is_unit(value: object) -> bool:
    return value in _UNITS


_FITS: Mapping[str, Callable[[object], bool]] = {
    INTERVAL: _is_whole,
    UNIT: _is_unit,
    CALENDAR: lambda value: value in CALENDARS,
    ROLL: lambda value: value in _ROLLS,
    WARNED: lambda value: _is_number(value) and 0 < float(str(value)) <= _ALL_PERCENT,
    ESCALATED: lambda value: isinstance(value, str),
    KIND: lambda value: value in KINDS,
}
_WANTED: Mapping[str, Words] = {
    INTERVAL: ("skriv et helt tal", "write a whole number"),
    UNIT: ("skriv AD, KD, W, MD, H eller M", "write AD, KD, W, MD, H or M"),
    CALENDAR: (f"skriv {', '.join(sorted(CALENDARS))}", f"write {', '.join(sorted(CALENDARS))}"),
    ROLL: ("skriv none, next eller previous", "write none, next or previous"),
    WARNED: ("skriv en procent over 0 og højst 100", "write a percentage above 0 and at most 100"),
    ESCALATED: ("skriv en gruppe", "write a group"),
    KIND: ("skriv legal eller internal", "write legal or internal"),
}
