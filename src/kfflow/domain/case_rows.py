"""Open cases of another system as rows: what a file says, checked as far as it can be without a database.

CSV (UTF-8, comma or semicolon, a line of names) or JSON (an array of objects) with these columns:

    external_id   *  the case's number in the other system; the same number is never imported twice
    process       *  id of the process
    element       *  where the case stands: id of an element, several separated by | (in JSON also an array)
    institution   *  code of the institution
    opened_at     *  when the case was opened: a date or an instant (ISO 8601); without a zone that of the installation
    entered_at       since when it stands at the element; deadlines run from here. Otherwise `opened_at`
    person           number of the person it is about
    title, legal_date, assignee
    variables        a JSON object
    variables.NAME   one variable as text
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import orjson

from kfflow.domain import case_file, instants, nesting
from kfflow.domain.case_file import CaseFile, Cells, UnreadableFile

REQUIRED = ("external_id", "process", "element", "institution", "opened_at")
TEXTS = ("external_id", "process", "element", "institution", "person", "title", "assignee")
OPTIONAL = ("entered_at", "person", "title", "legal_date", "assignee", "variables")
PREFIX = "variables."
LONGEST_TEXT = 200
LONGEST_SHOWN = 60
_COLUMNS = ", ".join((*REQUIRED, *OPTIONAL))
_UNKNOWN = (
    f"Kolonnen kendes ikke. Brug {_COLUMNS} eller variables.NAVN.",
    f"Unknown column. Use {_COLUMNS} or variables.NAME.",
)


@dataclass(frozen=True, slots=True)
class RowProblem:
    """One thing that is wrong: row (the first row of data is 1, 0 is the file), column, value, why and what to do."""

    row: int
    column: str
    value: str
    message_da: str
    message_en: str
    code: str = "invalid"


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One open case; instants in UTC."""

    row: int
    external_id: str
    process: str
    elements: tuple[str, ...]
    institution: str
    opened_at: datetime
    entered_at: datetime
    person: str | None = None
    title: str | None = None
    legal_date: date | None = None
    assignee: str | None = None
    variables: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Parsed:
    """The rows that can be read, and everything that is wrong with the others."""

    rows: list[CaseRow] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)


def parse(content: bytes, *, at: datetime, zone: str) -> Parsed:
    """Read a file of open cases; `at` is now, which no date may lie behind."""
    parsed = Parsed()
    try:
        file = case_file.read(content)
    except UnreadableFile as unreadable:
        parsed.problems.append(_of_file(unreadable.message_da, unreadable.message_en))
        return parsed
    of_columns = {problem.column: problem for problem in _wrong_columns(file)}
    parsed.problems.extend(of_columns.values())
    seen: dict[str, int] = {}
    for number, cells in file.rows:
        row, problems = _Reading(number, cells, at, zone, of_columns).read()
        if row is not None and (first := seen.setdefault(row.external_id, number)) != number:
            problems.append(_twice(row, first))
        parsed.problems.extend(problems)
        if row is not None and not problems:
            parsed.rows.append(row)
    return parsed


def _wrong_columns(file: CaseFile) -> Iterator[RowProblem]:
    """Give the columns that a file lacks or that nobody knows, each once for all its rows."""
    names = file.columns
    if names is None:
        return
    for name in REQUIRED:
        if name not in names:
            da, en = f"Filen har ikke kolonnen {name}; tilføj den.", f"The file has no column {name}; add it."
            yield _of_file(da, en, name, "missing_column")
    for name in names:
        if not _is_known(name):
            yield _of_file(*_UNKNOWN, name, "unknown_column")


def _is_known(name: str) -> bool:
    return name in REQUIRED or name in OPTIONAL or (name.startswith(PREFIX) and len(name) > len(PREFIX))


def _of_file(danish: str, english: str, column: str = "", code: str = "file") -> RowProblem:
    return RowProblem(0, column, "", danish, english, code)


def _twice(row: CaseRow, first: int) -> RowProblem:
    da = f"Samme nummer som række {first}; hver sag står én gang."
    en = f"The same number as row {first}; each case stands once."
    return RowProblem(row.row, "external_id", row.external_id, da, en, "twice")


class _Reading:
    """One row being read; every problem is collected, not only the first, but `told` columns are not told again."""

    def __init__(self, number: int, cells: Cells, at: datetime, zone: str, told: Collection[str]) -> None:
        self.number, self.cells, self.at, self.zone, self.told = number, cells, at, zone, told
        self.problems: list[RowProblem] = []

    def read(self) -> tuple[CaseRow | None, list[RowProblem]]:
        self._unknown_columns()
        given = {name: self._text(name) for name in TEXTS}
        elements = self._elements()
        opened = self._instant("opened_at")
        entered = self._instant("entered_at") or opened
        self._in_order(opened, entered)
        legal, variables = self._date("legal_date"), self._variables()
        if self.problems or self.told or opened is None or entered is None:
            return None, self.problems
        row = CaseRow(
            row=self.number,
            external_id=given["external_id"] or "",
            process=given["process"] or "",
            elements=elements,
            institution=given["institution"] or "",
            opened_at=opened,
            entered_at=entered,
            person=given["person"],
            title=given["title"],
            legal_date=legal,
            assignee=given["assignee"],
            variables=variables,
        )
        return row, self.problems

    def _wrong(self, column: str, danish: str, english: str, code: str = "invalid") -> None:
        value = self.cells.get(column)
        shown = "" if value is None else str(value)[:LONGEST_SHOWN]
        self.problems.append(RowProblem(self.number, column, shown, danish, english, code))

    def _unknown_columns(self) -> None:
        for name in self.cells:
            if not _is_known(name) and name not in self.told:
                self._wrong(name, *_UNKNOWN, "unknown_column")

    def _is_given(self, name: str) -> bool:
        if self.cells.get(name) not in (None, ""):
            return True
        if name in REQUIRED and name not in self.told:
            code = "required" if name in self.cells else "missing_column"
            self._wrong(name, "Mangler; skal udfyldes.", "Missing; must be given.", code)
        return False

    def _text(self, name: str) -> str | None:
        value = self.cells.get(name)
        if not self._is_given(name) or (isinstance(value, list) and name == "element"):
            return None
        if not isinstance(value, str) or len(value) > LONGEST_TEXT:
            da, en = f"Skal være tekst på højst {LONGEST_TEXT} tegn.", f"Text of at most {LONGEST_TEXT} characters."
            self._wrong(name, da, en, "text")
            return None
        return value.strip() or None

    def _elements(self) -> tuple[str, ...]:
        value = self.cells.get("element")
        parts: Iterable[Any] = value if isinstance(value, list) else str(value or "").split("|")
        names = tuple(part.strip() for part in parts if isinstance(part, str) and part.strip())
        if isinstance(value, list) and (not names or len(names) != len(value)):
            self._wrong("element", "Skal være id'er på elementer.", "Must be ids of elements.")
        return names

    def _instant(self, name: str) -> datetime | None:
        if not self._is_given(name):
            return None
        found = instants.read_instant(str(self.cells[name]), self.zone)
        if found is None:
            self._no_date(name, "2026-01-31 / 2026-01-31T09:30")
        return found

    def _date(self, name: str) -> date | None:
        if not self._is_given(name):
            return None
        found = instants.read_day(str(self.cells[name]))
        if found is None:
            self._no_date(name, "2026-01-31")
        return found

    def _no_date(self, name: str, like: str) -> None:
        da = f"Er ingen dato i årene {instants.SPAN}; skriv {like}."
        self._wrong(name, da, f"Is no date in the years {instants.SPAN}; write {like}.", "date")

    def _in_order(self, opened: datetime | None, entered: datetime | None) -> None:
        if opened is None or entered is None:
            return
        if opened > entered:
            da, en = "Ligger før opened_at; ret den ene.", "Lies before opened_at; correct one of them."
            self._wrong("entered_at", da, en, "order")
        for name, instant in (("opened_at", opened), ("entered_at", entered)):
            if instant > self.at and (name == "opened_at" or "entered_at" in self.cells):
                self._wrong(name, "Ligger i fremtiden; ret datoen.", "Lies in the future; correct it.", "future")

    def _variables(self) -> dict[str, Any]:
        given = self.cells.get("variables")
        if isinstance(given, str) and given:
            try:
                given = orjson.loads(given)
            except ValueError:
                given = 0
            if nesting.is_too_deep(given):
                self._wrong("variables", *nesting.TOO_DEEP)
        if given not in (None, "") and not isinstance(given, dict):
            self._wrong("variables", 'Skal være et JSON-objekt: {"navn": 1}.', 'Must be a JSON object: {"name": 1}.')
        named = {
            name.removeprefix(PREFIX): value
            for name, value in self.cells.items()
            if name.startswith(PREFIX) and value not in (None, "")
        }
        return {**(given if isinstance(given, dict) else {}), **named}
