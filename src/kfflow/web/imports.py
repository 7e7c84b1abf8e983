"""Importing open cases of another system: a file is tried, every row's problem listed, and imported whole or not."""

from flask import flash, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from kfflow.domain import case_rows
from kfflow.errors import InvalidInput
from kfflow.service import case_import
from kfflow.service.case_import import Report
from kfflow.web.visitor import acting
from kfflow.web.wording import say

UNPROCESSABLE = 422
MOST_SHOWN = 500


def page() -> str:
    return _page()


def _page(name: str = "", report: Report | None = None, message: str = "") -> str:
    return render_template(
        "pages/import.html",
        name=name,
        report=report,
        message=message,
        shown=report.problems[:MOST_SHOWN] if report else [],
        wrong_rows=len({problem.row for problem in report.problems}) if report else 0,
        required=case_rows.REQUIRED,
        optional=case_rows.OPTIONAL,
    )


def receive() -> AnyResponse:
    """Try the file, or import it when that is what the button says; with one problem nothing is stored."""
    file = request.files.get("fil")
    if file is None or not file.filename:
        told = say("Vælg en fil.", "Choose a file.")
        return make_response(_page(message=told), UNPROCESSABLE)
    content = file.read()
    if request.form.get("handling") != "indlaes":
        return _tried(file.filename, content)
    try:
        with acting("indlæser sager") as ctx:
            report = case_import.import_cases(ctx, content)
    except InvalidInput as refused:
        return _tried(file.filename, content, refused.message(g.language))
    count, already = len(report.imported), report.already
    flash(say(f"{count} sager er indlæst, {already} var her.", f"{count} cases imported, {already} were here."), "ok")
    return redirect(url_for("web.import_page"), 303)


def _tried(name: str, content: bytes, message: str = "") -> AnyResponse:
    """Show what a file would do; nothing is stored."""
    with acting("prøver indlæsning") as ctx:
        report = case_import.import_cases(ctx, content, dry_run=True)
    return make_response(_page(name, report, message), UNPROCESSABLE if report.problems else 200)
