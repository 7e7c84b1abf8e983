"""The supervisor's board: what is late, where it piles up, who can help. Every number opens its own list."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy import Row
from werkzeug.wrappers import Response

from kfflow.domain.authorization import Permission
from kfflow.persistence import board as rows
from kfflow.persistence import inbox as inbox_rows
from kfflow.persistence import keys
from kfflow.service import access, audit, cases, tasks
from kfflow.service.absences import Absence, is_told
from kfflow.service.context import Context
from kfflow.web import colleagues, inbox
from kfflow.web.absences import words_of
from kfflow.web.visitor import acting
from kfflow.web.wording import say

VIEWS = rows.VIEWS
MOST_AT_ONCE = 200
LATEST_SHOWN = 15
TILES = (
    ("eskaleret", "danger"),
    ("overskredet", "danger"),
    ("truet", "warn"),
    ("idag", "warn"),
    ("uge", ""),
    ("ufordelte", ""),
    ("enhed", "ok"),
)


@dataclass(frozen=True, slots=True)
class Load:
    """One row of the board: a place or a person, its numbers, the widths of its bar, the link of each number."""

    label: str
    note: str
    numbers: dict[str, int]
    links: dict[str, str]
    bar: tuple[tuple[str, float, float], ...]
    href: str = ""


def board() -> str:
    with acting("tavlen") as ctx:
        shown = _gather(ctx)
    return render_template("pages/board.html", **shown)


def _gather(ctx: Context) -> dict[str, Any]:
    access.require(ctx, Permission.READ_BOARD)
    beholder = inbox.beholder_of(ctx)
    places, people = rows.places(ctx.session, beholder), rows.people(ctx.session, beholder)
    totals = {view: sum(getattr(row, view) for row in places) for view in VIEWS}
    pressing = inbox_rows.page(ctx.session, inbox_rows.Filter(view="enhed"), beholder)[:LATEST_SHOWN]
    audit.record(ctx, "web:board:read", "board", data={"keys": [str(row.key) for row in pressing]})
    most = max((row.enhed for row in [*places, *people]), default=1)
    return {
        "as_of": ctx.at,
        "tiles": [(view, kind, totals[view], url_for("web.inbox", view=view)) for view, kind in TILES],
        "labels": {view: say(*inbox.VIEW_WORDS[view]) for view in VIEWS},
        "views": VIEWS,
        "places": [_place(row, most) for row in places],
        "people": [_person(row, most, cases.local_date(ctx)) for row in people],
        "pressing": pressing,
        "colleagues": colleagues.gather(ctx),
    }


def _place(row: Row[Any], most: int) -> Load:
    nowhere = inbox_rows.NOWHERE
    where = {"enhed": row.unit_code or nowhere, "sted": row.institution_code or nowhere}
    label = row.institution or say("Uden tjenestested", "No institution")
    return _load(row, label, row.unit or "", where, most)


def _person(row: Row[Any], most: int, today: date) -> Load:
    """Give the load of a person; who is or will be away says so, and leads to where the tasks are put back."""
    absence = Absence(row.assignee, row.name, row.absent_from, row.absent_until, 0)
    away = words_of(absence) if is_told(absence.first, absence.last, today) else ""
    load = _load(row, row.name or row.assignee, away, {"ansvarlig": row.assignee}, most)
    return replace(load, href=url_for("web.absence", username=row.assignee)) if away else load


def _load(row: Row[Any], label: str, note: str, where: dict[str, Any], most: int) -> Load:
    numbers = {view: getattr(row, view) for view in VIEWS}
    links = {view: url_for("web.inbox", view=view, **where) for view in VIEWS}
    return Load(label, note, numbers, links, tuple(_bar(numbers, most)))


def _bar(numbers: dict[str, int], most: int) -> list[tuple[str, float, float]]:
    """Give the parts of a bar: class, where it begins, how wide it is, of a hundred."""
    late, risk = numbers["overskredet"], numbers["truet"]
    parts = [("breached", late), ("risk", risk), ("ok", numbers["enhed"] - late - risk)]
    begun, bar = 0.0, []
    for name, count in parts:
        width = round(100 * count / max(most, 1), 2)
        bar.append((name, begun, width))
        begun += width
    return bar


def reassign() -> Response:
    """Give the ticked tasks to one colleague; those that cannot be moved say why."""
    ticked = keys.read_all(request.form.getlist("opgave")[:MOST_AT_ONCE])
    with acting("fordeler opgaver") as ctx:
        results = tasks.reassign_many(ctx, ticked, request.form.get("assignee", ""))
    moved = sum(result.ok for result in results)
    if not ticked:
        flash(say("Sæt kryds ved mindst én opgave.", "Tick at least one task."), "warn")
    if moved:
        flash(say(f"{moved} opgaver er fordelt.", f"{moved} tasks were handed over."), "ok")
    for refused in [result for result in results if not result.ok]:
        flash(f"{refused.key}: {refused.message}", "warn")
    return redirect(url_for("web.board"), 303)
