"""A file of open cases taken apart into rows of cells: CSV or JSON, and in words why it cannot be."""

import csv
import io
import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from kfflow.domain import nesting

MOST_ROWS = 10_000

Cells = Mapping[str, Any]


class UnreadableFile(Exception):
    """A file that holds no rows for us, and why in Danish and English."""

    def __init__(self, message_da: str, message_en: str) -> None:
        super().__init__(message_en)
        self.message_da, self.message_en = message_da, message_en


@dataclass(frozen=True, slots=True)
class CaseFile:
    """The rows of a file, by number as a spreadsheet counts those below the line of names.

    `columns` are the names of a CSV file; None of JSON, where each object has its own.
    """

    rows: list[tuple[int, Cells]]
    columns: tuple[str, ...] | None = None


def read(content: bytes) -> CaseFile:
    """Take a file apart; raises UnreadableFile when it is not UTF-8, neither CSV nor JSON, too long or has no rows."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise UnreadableFile(
            "Filen er ikke UTF-8; gem den som UTF-8.", "The file is not UTF-8; save it so."
        ) from problem
    if "\x00" in text or "\\u0000" in text:
        raise UnreadableFile(
            "Filen indeholder tegnet NUL; fjern det.", "The file holds the character NUL; take it out."
        )
    return _from_json(text) if text.lstrip()[:1] in {"[", "{"} else _from_csv(text)


def _from_json(text: str) -> CaseFile:
    try:
        given = orjson.loads(text)
    except ValueError as problem:
        raise UnreadableFile(f"Filen er ikke JSON: {problem}.", f"The file is not JSON: {problem}.") from problem
    if not isinstance(given, list) or not all(isinstance(row, dict) for row in given):
        raise UnreadableFile("JSON skal være en liste af sager: [{…}, …].", "JSON must be a list of cases: [{…}, …].")
    rows = _limited(enumerate(given, 1))
    for number, row in rows:
        if nesting.is_too_deep(row):
            da, en = nesting.TOO_DEEP
            raise UnreadableFile(f"Række {number}: {da}", f"Row {number}: {en}")
    return CaseFile(rows)


def _from_csv(text: str) -> CaseFile:
    head = text.partition("\n")[0]
    delimiter = ";" if head.count(";") > head.count(",") else ","
    reader = _numbered(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    names = [name.strip() for name in next(reader, (0, []))[1]]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        told = ", ".join(twice)
        raise UnreadableFile(f"Kolonnen står to gange: {told}.", f"The column stands twice: {told}.")
    rows = ((number, _cells(names, cells)) for number, cells in reader if any(cells))
    return CaseFile(_limited(rows), tuple(names))


def _numbered(reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    """Give each row with its number, the line of names as 0; a row whose quotes do not match is told by number."""
    number = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as problem:
            raise UnreadableFile(
                f"Række {number}: anførselstegnene passer ikke. En celle, der begynder med et, slutter med et; "
                'et inde i den skrives dobbelt ("").',
                f"Row {number}: the quotes do not match. A cell that begins with one ends with one; "
                'one inside it is written twice ("").',
            ) from problem
        yield number, cells
        number += 1


def _cells(names: list[str], cells: list[str]) -> Cells:
    """Give cells by name; those left out at the end are empty, those too many have the number of their column."""
    whole = cells + [""] * (len(names) - len(cells))
    extra = {f"#{number}": cell for number, cell in enumerate(cells[len(names) :], len(names) + 1)}
    return dict(zip(names, whole, strict=False)) | extra


def _limited(rows: Iterable[tuple[int, Cells]]) -> list[tuple[int, Cells]]:
    taken = list(itertools.islice(rows, MOST_ROWS + 1))
    if len(taken) > MOST_ROWS:
        raise UnreadableFile(
            f"Filen har flere end {MOST_ROWS} rækker; del den.", f"The file has more than {MOST_ROWS} rows; split it."
        )
    if not taken:
        raise UnreadableFile("Filen har ingen rækker.", "The file has no rows.")
    return taken
