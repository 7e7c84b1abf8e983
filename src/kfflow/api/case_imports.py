"""Importing open cases of another system from one file, CSV or JSON; the format stands in domain/case_rows.py."""

from dataclasses import asdict

from kfflow.api import problems
from kfflow.api.operations import Call, Operations
from kfflow.api.shapes import Answer, Nothing
from kfflow.errors import FieldProblem
from kfflow.service import case_import
from kfflow.service.context import Context

operations = Operations("Cases (kfflow)")


class RowProblemAnswer(Answer):
    """What is wrong in one row; the first row of data is 1, 0 is the file."""

    row: int
    column: str
    value: str
    code: str
    message_da: str
    message_en: str


class ImportAnswer(Answer):
    """The numbers of the new cases, how many were there already, and what is wrong."""

    dry_run: bool
    accepted: int
    imported: list[str]
    already_imported: int
    problems: list[RowProblemAnswer]


@operations.add(
    "POST",
    "/kf/cases/import",
    "Import the open cases of one uploaded file; with one problem nothing is stored",
    Nothing,
    ImportAnswer,
    takes_files=True,
)
def run(ctx: Context, call: Call[Nothing]) -> ImportAnswer:
    return _answer(case_import.import_cases(ctx, _file(call)))


@operations.add(
    "POST",
    "/kf/cases/import/dry-run",
    "Try the import of one uploaded file, and tell every problem of every row; nothing is stored",
    Nothing,
    ImportAnswer,
    takes_files=True,
)
def try_out(ctx: Context, call: Call[Nothing]) -> ImportAnswer:
    return _answer(case_import.import_cases(ctx, _file(call), dry_run=True))


def _file(call: Call[Nothing]) -> bytes:
    if len(call.files) != 1:
        raise problems.invalid_fields([FieldProblem("file", "Vedhæft én fil.", "Upload one file.")])
    return call.files[0][1]


def _answer(report: case_import.Report) -> ImportAnswer:
    return ImportAnswer(
        dry_run=report.dry_run,
        accepted=report.accepted,
        imported=report.imported,
        already_imported=report.already,
        problems=[RowProblemAnswer(**asdict(problem)) for problem in report.problems],
    )
