"""Importing open cases of another system: a file is tried, every row's problem listed, and imported whole or not.

A long file is told as it goes, for a thousand rows take a while; it is one transaction all the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from flask import Response, flash, g, make_response, redirect, render_template, request, stream_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from kfflow.domain import case_rows
from kfflow.errors import InvalidInput, KfflowError
from kfflow.service import case_import
from kfflow.service.case_import import Report
from kfflow.web.visitor import acting
from kfflow.web.wording import number, say

UNPROCESSABLE = 422
LONG = 20_000
"""From how many bytes on a file is told as it goes: about a hundred rows."""
STEPS = 20
"""How often at most it is told how far the file is."""


def page() -> str:
    return _page()


def _page(name: str = "", report: Report | None = None, message: str = "") -> str:
    return render_template(
        "pages/import.html",
        name=name,
        report=report,
        message=message,
        required=case_rows.REQUIRED,
        optional=case_rows.OPTIONAL,
    )


def receive() -> AnyResponse:
    """Try the file, or import it when that is what the button says; with one problem nothing is stored."""
    file = request.files.get("fil")
    if file is None or not file.filename:
        told = say("Vælg en fil.", "Choose a file.")
        return make_response(_page(message=told), UNPROCESSABLE)
    content, keeps = file.read(), request.form.get("handling") == "indlaes"
    going = Going(content, dry_run=not keeps)
    if len(content) >= LONG:
        return Response(stream_template("pages/import_run.html", name=file.filename, going=going))
    for _ in going.lines():
        continue
    if going.refusal is not None and not isinstance(going.refusal, InvalidInput):
        raise going.refusal
    if going.report.problems or not keeps:
        status = UNPROCESSABLE if going.report.problems else 200
        return make_response(_page(file.filename, going.report, going.message), status)
    flash(going.done, "ok")
    return redirect(url_for("web.import_page"), 303)


@dataclass(slots=True)
class Going:
    """A file on its way: how it fares, and at the end why it was refused, or what was done."""

    content: bytes
    dry_run: bool
    report: Report = field(default_factory=Report)
    refusal: KfflowError | None = None

    def lines(self) -> Iterator[str]:
        """Take the rows in one transaction; gives from time to time how far it is."""
        try:
            with acting("prøver indlæsning" if self.dry_run else "indlæser sager") as ctx:
                for report in case_import.importing(ctx, self.content, dry_run=self.dry_run):
                    self.report = report
                    if self._is_a_step():
                        yield self._told()
        except KfflowError as refused:
            self.refusal = refused

    @property
    def message(self) -> str:
        """Give why nothing is stored, or nothing."""
        if self.refusal is not None:
            return self.refusal.message(g.language)
        return say("Filen har fejl.", "The file has errors.") if self.report.problems else ""

    @property
    def done(self) -> str:
        if self.dry_run:
            return say(
                "Filen kan indlæses. Vælg den igen, og tryk Indlæs.",
                "The file can be imported. Choose it again and press Import.",
            )
        count, already = self.report.accepted, self.report.already
        return say(f"{count} sager er indlæst, {already} var her.", f"{count} cases imported, {already} were here.")

    def _is_a_step(self) -> bool:
        tried, total = self.report.tried, self.report.total
        return tried * STEPS // max(total, 1) > (tried - 1) * STEPS // max(total, 1)

    def _told(self) -> str:
        tried, total = number(self.report.tried), number(self.report.total)
        wrong = number(len({problem.row for problem in self.report.problems}))
        return say(f"{tried} af {total} rækker, {wrong} med fejl", f"{tried} of {total} rows, {wrong} with errors")
